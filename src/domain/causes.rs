//! An error with what caused it, in one line for the log: what an error says of itself does not repeat its cause.

use std::error::Error;

/// An error and its causes, outermost first.
pub fn with_causes(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
