//! What `verify` tells: how far it is, what it read, and what does not agree.

use std::fmt::{self, Debug, Display};

use serde::Serialize;

/// How many differences a report lists. All are counted: one damaged record can have thousands of consequences.
pub const DIFFERENCES_LISTED_MAX: usize = 1_000;

/// How far the reading is, told once for every page of records.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress<'a> {
    /// The community's code.
    pub community: &'a str,
    /// How many of its records were re-derived.
    pub records_done: i64,
    /// How many there are, as its head says.
    pub records_total: i64,
}

impl Display for Progress<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {} of {} records", self.community, self.records_done, self.records_total)
    }
}

/// What was read and what does not agree.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Report {
    /// What each community's records say, by community id.
    pub communities: Vec<CommunityReport>,
    /// The first differences, at most [`DIFFERENCES_LISTED_MAX`].
    pub differences: Vec<Difference>,
    /// The number of all differences.
    pub differences_total: u64,
}

impl Report {
    /// Whether everything agrees.
    pub const fn is_clean(&self) -> bool {
        self.differences_total == 0
    }
}

/// What a community's records say, re-derived.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct CommunityReport {
    /// The community's code.
    pub code: String,
    /// The number of records.
    pub records: i64,
    /// How many of them are transfers.
    pub transfers: i64,
    /// The number of entries.
    pub entries: i64,
    /// The number of accounts opened.
    pub accounts: i64,
    /// The sum of all balances in minor units, which is zero.
    pub sum: i64,
    /// The place of the last record.
    pub head_seq: i64,
    /// The chain's hash after the last record, in hexadecimal: to compare with one that was noted elsewhere.
    pub head_hash: String,
}

impl Display for CommunityReport {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { code, records, transfers, entries, accounts, sum, head_seq, head_hash } = self;
        write!(
            formatter,
            "{code}: {records} records, {transfers} transfers, {entries} entries, {accounts} accounts, "
        )?;
        write!(formatter, "sum {sum}, head {head_seq} {head_hash}")
    }
}

/// Something that does not agree with the records.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The community's code; none where it concerns no community in particular.
    pub community: Option<String>,
    /// The record, account, payment or table in question.
    pub place: String,
    /// What is wrong there.
    pub what: String,
}

impl Display for Difference {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(community) = &self.community {
            write!(formatter, "{community}, ")?;
        }
        write!(formatter, "{}: {}", self.place, self.what)
    }
}

/// Gathers differences: lists the first, counts all.
#[derive(Debug, Default)]
pub(super) struct Differences {
    community: Option<String>,
    listed: Vec<Difference>,
    total: u64,
}

impl Differences {
    /// From here on, differences concern this community, or none in particular.
    pub(super) fn concern(&mut self, community: Option<&str>) {
        self.community = community.map(str::to_owned);
    }

    /// Notes a difference.
    pub(super) fn add(&mut self, place: impl Display, what: impl Display) {
        self.total += 1;
        if self.listed.len() < DIFFERENCES_LISTED_MAX {
            self.listed.push(Difference {
                community: self.community.clone(),
                place: place.to_string(),
                what: what.to_string(),
            });
        }
    }

    /// Notes a difference where something does not hold.
    pub(super) fn expect(&mut self, holds: bool, place: impl Display, what: impl Display) {
        if !holds {
            self.add(place, what);
        }
    }

    /// Notes a difference where a stored value is not the derived one.
    pub(super) fn compare<T: PartialEq + Debug + Copy>(
        &mut self,
        place: impl Display,
        name: &str,
        stored: T,
        derived: T,
    ) {
        if stored != derived {
            self.add(place, format_args!("{name} is {stored:?}, and the records give {derived:?}"));
        }
    }

    /// Notes a difference where a stored hash is not the derived one.
    pub(super) fn compare_hash(&mut self, place: impl Display, name: &str, stored: &[u8], derived: &[u8]) {
        if stored != derived {
            self.add(
                place,
                format_args!(
                    "{name} is {}, and the records give {}",
                    hex::encode(stored),
                    hex::encode(derived)
                ),
            );
        }
    }

    /// What was gathered, and how much there was in all.
    pub(super) fn into_parts(self) -> (Vec<Difference>, u64) {
        (self.listed, self.total)
    }
}
