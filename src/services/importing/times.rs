//! Times as people and programs write them.

use crate::domain::time::Timestamp;
use crate::domain::zone::{Day, TimeOfDay, Zone};

/// In which order day and month stand where they are written with slashes or points.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DayOrder {
    /// Such days are not taken: nobody can tell.
    Neither,
    /// 31/12/2025.
    DayFirst,
}

/// The first time that is taken, when 1970 began where it did first: earlier ones are slips of the pen, and a community that old would
/// be measured day by day since.
const EARLIEST: Timestamp = Timestamp::from_micros(-14 * 3_600 * 1_000_000);
/// The first that is not taken any more, as years have four digits: that of 10000, by the clocks of UTC.
const TOO_LATE: Timestamp = Timestamp::from_micros(253_402_300_800_000_000);

/// What is wrong with a time.
pub(super) const BAD_TIME: &str = "is no time since 1970 like 2025-12-31T18:30:00Z, 2025-12-31 18:30:00 or 2025-12-31, nor seconds since then";

/// Reads RFC 3339, or a day, or a day with a time, by the clocks of this zone; or whole seconds since 1970. None before that.
pub(super) fn read(text: &str, zone: &Zone, order: DayOrder) -> Option<Timestamp> {
    read_any(text, zone, order).filter(|time| (EARLIEST..TOO_LATE).contains(time))
}

fn read_any(text: &str, zone: &Zone, order: DayOrder) -> Option<Timestamp> {
    if text.len() >= 9 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        let seconds: i64 = text.parse().ok()?;
        return Some(Timestamp::from_micros(seconds.checked_mul(1_000_000)?));
    }
    let text = text.strip_suffix(" UTC").map_or_else(|| text.to_owned(), |rest| format!("{rest}Z"));
    let spaced = text.replacen(' ', "T", 1);
    if let Some(time) = Timestamp::parse_rfc3339(&spaced) {
        return Some(time);
    }
    let (day, time) = spaced.split_once('T').unwrap_or((&spaced, "00:00"));
    let day = read_day(day, order)?;
    let (minutes, seconds) = match time.char_indices().filter(|(_, sign)| *sign == ':').nth(1) {
        Some((place, _)) => time.split_at(place),
        None => (time, ""),
    };
    let minutes: TimeOfDay = minutes.parse().ok()?;
    let begin = zone.moment(day, minutes)?;
    let (seconds, fraction) = seconds.split_once('.').unwrap_or((seconds, ""));
    let seconds = match seconds.strip_prefix(':') {
        Some(digits) if digits.len() == 2 && digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().ok().filter(|seconds| *seconds < 60)?
        }
        None if seconds.is_empty() => 0,
        _ => return None,
    };
    Some(Timestamp::from_micros(begin.plus_seconds(seconds).micros().checked_add(micros(fraction)?)?))
}

/// A part of a second, cut off behind microseconds.
fn micros(fraction: &str) -> Option<i64> {
    if !fraction.bytes().all(|byte| byte.is_ascii_digit()) || fraction.len() > 9 {
        return None;
    }
    let cut = fraction.get(..fraction.len().min(6))?;
    format!("{cut:0<6}").parse().ok()
}

fn read_day(text: &str, order: DayOrder) -> Option<Day> {
    if let Ok(day) = text.parse() {
        return Some(day);
    }
    let parts: Vec<_> = text.split(['/', '.', '-']).collect();
    let [day, month, year] = parts.as_slice() else { return None };
    if order == DayOrder::Neither || year.len() != 4 || day.len() > 2 || month.len() > 2 {
        return None;
    }
    format!("{year}-{month:0>2}-{day:0>2}").parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_read_as_they_are_written() {
        let berlin: Zone = "Europe/Berlin".parse().unwrap();
        for (text, expected) in [
            ("2025-12-31T18:30:00Z", "2025-12-31T18:30:00.000000Z"),
            ("2025-12-31T18:30:00.123456789+01:00", "2025-12-31T17:30:00.123456Z"),
            ("2025-12-31 18:30:00Z", "2025-12-31T18:30:00.000000Z"),
            ("2025-12-31 18:30:00 UTC", "2025-12-31T18:30:00.000000Z"),
            ("2025-12-31 18:30:07", "2025-12-31T17:30:07.000000Z"),
            ("2025-12-31 18:30:07.25", "2025-12-31T17:30:07.250000Z"),
            ("2025-12-31 18:30", "2025-12-31T17:30:00.000000Z"),
            ("2025-07-01", "2025-06-30T22:00:00.000000Z"),
            ("1735689600", "2025-01-01T00:00:00.000000Z"),
            ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00.000000Z"),
            ("9999-12-31T23:59:59Z", "9999-12-31T23:59:59.000000Z"),
            // Clocks that skip midnight, and a day that was none.
            ("2025-03-30 02:30", "2025-03-30T01:00:00.000000Z"),
        ] {
            let read = read(text, &berlin, DayOrder::Neither);
            assert_eq!(read.map(Timestamp::rfc3339).as_deref(), Some(expected), "{text}");
        }
        let read = |text| read(text, &Zone::UTC, DayOrder::DayFirst).map(Timestamp::rfc3339);
        assert_eq!(read("31/12/2025 18:30").as_deref(), Some("2025-12-31T18:30:00.000000Z"));
        assert_eq!(read("1.2.2025").as_deref(), Some("2025-02-01T00:00:00.000000Z"));
    }

    #[test]
    fn what_is_no_time_is_not_guessed() {
        for bad in [
            "",
            "now",
            "12345678",
            "2025-13-01",
            "2025-02-30",
            "31/12/2025",
            "2025-12-31 25:00",
            "2025-12-31 18:30:61",
            "2025-12-31 18:30:0x",
            "2025-12-31 18:30:00.x",
            "99999999999999999999",
            // The largest that there are, and those that no community can have.
            "9223372036854",
            "253402300800",
            "10000-01-01",
            "1969-12-31T09:59:59.999999Z",
            "1969-12-31",
            "0202-05-01",
            "0000-01-01",
            "-2025-01-01",
            "2025-06-30T23:59:60Z+",
            "9999-12-31T23:59:59-01:00",
            "\u{661}\u{662}\u{663}\u{664}\u{665}\u{666}\u{667}\u{668}\u{669}",
        ] {
            assert_eq!(read(bad, &Zone::UTC, DayOrder::Neither), None, "{bad:?}");
        }
    }
}
