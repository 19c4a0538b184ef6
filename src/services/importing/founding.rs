//! The community itself: from its file, or from the command line, which wins.

use std::sync::Arc;

use super::fields::unguarded;
use super::origin::Origin;
use super::problems::Problems;
use super::table::{Sheet, Source};
use super::times::{self, DayOrder};
use crate::auth::names;
use crate::domain::amount::{BALANCE_MAX_MINOR, Scale};
use crate::domain::time::Timestamp;
use crate::domain::zone::Zone;
use crate::services::setup::NewCommunity;
use crate::services::superadmins::{NAME_CHARS_MAX, UNIT_CHARS_MAX};

/// What the command line says of the community. Where it says nothing, the file does; where there is no file, what stands
/// here is missing.
#[derive(Debug, Clone, Default)]
pub struct Founding {
    /// Its short name.
    pub code: Option<String>,
    /// Its full name.
    pub name: Option<String>,
    /// What one unit is called.
    pub unit: Option<String>,
    /// The sign beside amounts.
    pub symbol: Option<String>,
    /// Decimal places of amounts.
    pub scale: Option<String>,
    /// By which clocks it lives.
    pub time_zone: Option<String>,
    /// How far below zero a member goes of whom nothing else is said.
    pub credit_limit: Option<String>,
    /// Since when it has been there.
    pub founded: Option<String>,
}

/// What is told where the command line is wrong or says too little.
const COMMAND_LINE: &str = "the community";

impl Founding {
    fn fill(&mut self, source: &Source, problems: &mut Problems) {
        let mut lines = 0;
        source.read(&Origin::Counterfoil, problems, |line, problems| {
            lines += 1;
            if lines > 1 {
                return problems.add(&source.name, Some(line.number), "is a second community");
            }
            for (column, own) in [
                ("code", &mut self.code),
                ("name", &mut self.name),
                ("unit", &mut self.unit),
                ("symbol", &mut self.symbol),
                ("scale", &mut self.scale),
                ("time_zone", &mut self.time_zone),
                ("credit_limit", &mut self.credit_limit),
                ("founded", &mut self.founded),
            ] {
                if own.is_none() {
                    *own = line.filled(column).map(|text| unguarded(text).to_owned());
                }
            }
        });
        if lines == 0 {
            problems.add(&source.name, None, "tells of no community");
        }
    }
}

/// The community and since when it has been there; nothing where something is wrong or missing.
pub(super) fn read(
    mut said: Founding,
    sources: &[Source],
    now: Timestamp,
    problems: &mut Problems,
) -> Option<(NewCommunity, Option<Timestamp>)> {
    let mut file: Arc<str> = Arc::from(COMMAND_LINE);
    for source in sources.iter().filter(|source| source.sheet == Sheet::Community) {
        said.fill(source, problems);
        file = Arc::clone(&source.name);
    }
    let before = problems.total;
    let mut wrong = |column: &str, what: &str| problems.add(&file, None, format!("{column} {what}"));
    let code = match said.code.as_deref().map(str::parse) {
        Some(Ok(code)) => Some(code),
        Some(Err(_)) => {
            wrong("code", "is not 2 to 16 letters from A to Z");
            None
        }
        None => {
            wrong("code", "is missing");
            None
        }
    };
    let [name, unit, symbol] = [
        ("name", &said.name, NAME_CHARS_MAX),
        ("unit", &said.unit, UNIT_CHARS_MAX),
        ("symbol", &said.symbol, UNIT_CHARS_MAX),
    ]
    .map(|(column, text, chars_max)| match text.as_deref().map(|text| names::read(text, chars_max)) {
        Some(Ok(text)) => Some(text),
        Some(Err(fault)) => {
            wrong(column, &fault.detail);
            None
        }
        None => {
            wrong(column, "is missing");
            None
        }
    });
    let scale =
        said.scale.as_deref().unwrap_or("2").parse::<i16>().ok().and_then(|n| Scale::try_from(n).ok());
    if scale.is_none() {
        wrong("scale", "is no whole number from 0 to 6");
    }
    let zone: Option<Zone> = said.time_zone.as_deref().unwrap_or("UTC").parse().ok();
    if zone.is_none() {
        wrong("time_zone", "is not the name of a time zone, like Europe/Berlin");
    }
    let credit_limit =
        scale.map(|scale| scale.parse(said.credit_limit.as_deref().unwrap_or("0"), BALANCE_MAX_MINOR));
    if let Some(Err(error)) = &credit_limit {
        wrong("credit_limit", &error.to_string());
    }
    let founded = match (&said.founded, &zone) {
        (Some(text), Some(zone)) => {
            let time = times::read(text, zone, DayOrder::Neither).filter(|time| *time <= now);
            if time.is_none() {
                wrong("founded", "is no time that is past");
            }
            time
        }
        _ => None,
    };
    if problems.total > before {
        return None;
    }
    let community = NewCommunity {
        code: code?,
        name: name?,
        unit: unit?,
        symbol: symbol?,
        scale: scale?,
        time_zone: zone?,
        default_credit_limit: credit_limit?.ok()?,
    };
    Some((community, founded))
}
