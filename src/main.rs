//! The program: parses the command line and calls it.

use std::process::ExitCode;

fn main() -> ExitCode {
    counterfoil::cli::run()
}
