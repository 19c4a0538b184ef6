//! `counterfoil openapi`: the API's description.

use std::io::{ErrorKind, Write};
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
    let mut text = if arguments.json { document.to_pretty_json()? } else { document.to_yaml()? };
    if !text.ends_with('\n') {
        text.push('\n');
    }
    match std::io::stdout().write_all(text.as_bytes()) {
        // Whoever reads on has seen enough.
        Err(error) if error.kind() == ErrorKind::BrokenPipe => Ok(ExitCode::SUCCESS),
        Err(error) => Err(error.into()),
        Ok(()) => Ok(ExitCode::SUCCESS),
    }
}
