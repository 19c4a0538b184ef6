//! Reading, writing and comparing tables of verdicts.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write;

use super::requests::{Object, Operation};

/// A table: for each operation and object, a verdict for each role.
pub struct Table {
    roles: Vec<String>,
    rows: BTreeMap<(String, String), BTreeMap<String, String>>,
}

impl Table {
    /// A table without rows.
    pub fn new(roles: &[&str]) -> Self {
        Self { roles: roles.iter().map(|role| (*role).to_owned()).collect(), rows: BTreeMap::new() }
    }

    /// Reads a table. Lines that begin with `#` are for people.
    pub fn parse(text: &str) -> Self {
        let mut lines = text.lines().filter(|line| !line.starts_with('#') && !line.trim().is_empty());
        let head = lines.next().unwrap_or_default();
        let roles: Vec<_> = head.split_whitespace().skip(2).map(str::to_owned).collect();
        let mut rows = BTreeMap::new();
        for line in lines {
            let words: Vec<_> = line.split_whitespace().map(str::to_owned).collect();
            assert_eq!(words.len(), roles.len() + 2, "a verdict for each role: {line}");
            let verdicts = roles.iter().cloned().zip(words[2..].iter().cloned()).collect();
            let earlier = rows.insert((words[0].clone(), words[1].clone()), verdicts);
            assert!(earlier.is_none(), "twice: {line}");
        }
        Self { roles, rows }
    }

    /// Puts a verdict in its place.
    pub fn set(&mut self, operation: &Operation, object: Object, role: &str, verdict: String) {
        let row = (operation.id.clone(), object.name().to_owned());
        self.rows.entry(row).or_default().insert(role.to_owned(), verdict);
    }

    /// The operations, sorted.
    pub fn operations(&self) -> Vec<String> {
        let all: BTreeSet<_> = self.rows.keys().map(|(operation, _)| operation.clone()).collect();
        all.into_iter().collect()
    }

    /// The table as text, below its introduction.
    pub fn write(&self, introduction: &str) -> String {
        let mut text = introduction.to_owned();
        let names = self.rows.keys().map(|(operation, _)| operation.len()).max().unwrap_or_default();
        let mut line = |first: &str, second: &str, cells: Vec<&str>| {
            let mut row = format!("{first:names$} {second:6}");
            for (role, cell) in self.roles.iter().zip(cells) {
                write!(row, " {cell:width$}", width = role.len().max(4)).unwrap();
            }
            text.push_str(row.trim_end());
            text.push('\n');
        };
        line("operation", "object", self.roles.iter().map(String::as_str).collect());
        for ((operation, object), verdicts) in &self.rows {
            let cells = self.roles.iter().map(|role| verdicts.get(role).map_or("?", String::as_str));
            line(operation, object, cells.collect());
        }
        text
    }
}

/// What a table says to people, before its first row.
pub fn introduction(text: &str) -> String {
    text.lines().take_while(|line| line.starts_with('#') || line.is_empty()).fold(
        String::new(),
        |mut all, line| {
            all.push_str(line);
            all.push('\n');
            all
        },
    )
}

/// Where what was found is not what is wanted, one line each.
pub fn differences(wanted: &Table, found: &Table) -> Vec<String> {
    let mut all = Vec::new();
    if wanted.roles != found.roles {
        all.push(format!("the roles are {:?}, and not {:?}", found.roles, wanted.roles));
    }
    for ((operation, object), verdicts) in &found.rows {
        let Some(wanted) = wanted.rows.get(&(operation.clone(), object.clone())) else {
            all.push(format!("{operation} of {object} is not listed"));
            continue;
        };
        for (role, verdict) in verdicts {
            let expected = wanted.get(role).map_or("?", String::as_str);
            if verdict != expected {
                all.push(format!("{operation} of {object} for {role}: {verdict}, and not {expected}"));
            }
        }
    }
    for (operation, object) in wanted.rows.keys() {
        if !found.rows.contains_key(&(operation.clone(), object.clone())) {
            all.push(format!("{operation} of {object} is listed and does not exist"));
        }
    }
    all
}
