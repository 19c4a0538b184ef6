//! What is wrong with the files, each with its file and line.

use std::fmt;
use std::sync::Arc;

/// How many problems are named; the rest are counted.
pub const PROBLEMS_NAMED_MAX: usize = 1_000;
/// How many characters of one are kept: they quote what files say, and that may be long.
const PROBLEM_CHARS_MAX: usize = 400;

/// One thing that is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// In which file.
    pub file: Arc<str>,
    /// On which line, from 1; none where it is about the whole file.
    pub line: Option<u64>,
    /// What, for people.
    pub what: String,
}

impl fmt::Display for Problem {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            Some(line) => write!(formatter, "{}:{line}: {}", self.file, self.what),
            None => write!(formatter, "{}: {}", self.file, self.what),
        }
    }
}

/// Everything that is wrong: the first [`PROBLEMS_NAMED_MAX`] by name, and how many there are.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems {
    /// Those that are named, in the order in which they were found.
    pub named: Vec<Problem>,
    /// How many there are in all.
    pub total: u64,
}

impl Problems {
    /// Adds one.
    pub fn add(&mut self, file: &Arc<str>, line: Option<u64>, what: impl Into<String>) {
        self.total += 1;
        if self.named.len() < PROBLEMS_NAMED_MAX {
            self.named.push(Problem { file: Arc::clone(file), line, what: cut(what.into()) });
        }
    }

    /// Whether nothing is wrong.
    pub const fn is_empty(&self) -> bool {
        self.total == 0
    }
}

/// What fits.
fn cut(what: String) -> String {
    match what.char_indices().nth(PROBLEM_CHARS_MAX) {
        Some((end, _)) => format!("{}…", what.get(..end).unwrap_or_default()),
        None => what,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_one_is_cut() {
        let (mut problems, file) = (Problems::default(), Arc::from("history.csv"));
        problems.add(&file, None, "é".repeat(10_000_000));
        problems.add(&file, None, "é".repeat(PROBLEM_CHARS_MAX));
        let told: Vec<_> = problems.named.iter().map(|problem| problem.what.chars().count()).collect();
        assert_eq!(told, [PROBLEM_CHARS_MAX + 1, PROBLEM_CHARS_MAX]);
    }

    #[test]
    fn many_problems_are_counted_and_some_are_named() {
        let (mut problems, file) = (Problems::default(), Arc::from("history.csv"));
        assert!(problems.is_empty());
        for line in 1..=1_500 {
            problems.add(&file, Some(line), "is wrong");
        }
        assert_eq!((problems.total, problems.named.len()), (1_500, PROBLEMS_NAMED_MAX));
        assert_eq!(problems.named[1].to_string(), "history.csv:2: is wrong");
    }
}
