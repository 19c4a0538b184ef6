//! `counterfoil openapi`: the API's description.

use std::process::ExitCode;

use clap::Args;

use crate::http;

/// How to print it.
#[derive(Debug, Args)]
pub struct OpenapiArguments {
    /// As JSON; otherwise as YAML.
    #[arg(long)]
    json: bool,
}

/// Prints it.
pub fn run(arguments: &OpenapiArguments) -> anyhow::Result<ExitCode> {
    let document = http::document();
    if arguments.json {
        println!("{}", document.to_pretty_json()?);
    } else {
        print!("{}", document.to_yaml()?);
    }
    Ok(ExitCode::SUCCESS)
}
