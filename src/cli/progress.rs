//! How far long work has come: a bar on a terminal, a line now and then elsewhere. Goes to where errors go, so that what is
//! read by programs stays clean.

use std::io::{IsTerminal, Write};

/// How wide the bar is, in characters.
const WIDTH: usize = 40;
/// How many lines there are at most where nobody looks on.
const LINES: usize = 10;

/// One piece of work.
pub struct Progress {
    what: &'static str,
    total: usize,
    /// How many of how many parts of the bar, or lines, were shown.
    shown: usize,
    is_terminal: bool,
}

impl Progress {
    /// Work of so many steps.
    pub fn new(what: &'static str, total: usize) -> Self {
        Self { what, total, shown: 0, is_terminal: std::io::stderr().is_terminal() }
    }

    /// So many of them are done.
    pub fn tell(&mut self, done: usize) {
        let parts = if self.is_terminal { WIDTH } else { LINES };
        let reached = done.saturating_mul(parts).checked_div(self.total).unwrap_or(parts).min(parts);
        if reached <= self.shown {
            return;
        }
        self.shown = reached;
        if self.is_terminal {
            let bar = format!("{}{}", "#".repeat(reached), ".".repeat(parts - reached));
            eprint!("\r{} [{bar}] {done} of {}", self.what, self.total);
            if reached == parts {
                eprintln!();
            }
            // A terminal that is gone shows nothing.
            let _ = std::io::stderr().flush();
        } else {
            eprintln!("{}: {done} of {}", self.what, self.total);
        }
    }
}
