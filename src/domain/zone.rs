//! Days, times of day and time zones. The zones' tables are in the binary: every process has the same ones.

mod reading;

use std::fmt;
use std::str::FromStr;

use jiff::civil::{Date, Time};
use jiff::tz::{AmbiguousOffset, TimeZone};
use thiserror::Error;

use super::time::Timestamp;

/// How many minutes a day of the clock has.
const MINUTES_A_DAY: i16 = 24 * 60;

/// A day of the calendar, written `2026-12-31`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Day(Date);

/// A time of day to the minute, written `09:30`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TimeOfDay(i16);

/// A time zone with all its changes, known by its name, such as `Europe/Berlin`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Zone(TimeZone);

/// A text that is no day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("is not a day like 2026-12-31")]
pub struct BadDay;

/// A text that is no time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("is not a time of day like 09:30")]
pub struct BadTimeOfDay;

/// A text that names no time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("is not the name of a time zone, like Europe/Berlin")]
pub struct BadZone;

impl Day {
    /// The day so many days later; none behind the calendar's end.
    pub fn plus_days(self, days: i64) -> Option<Self> {
        self.0.checked_add(jiff::Span::new().try_days(days).ok()?).ok().map(Self)
    }

    /// The same day of the month so many months later, or that month's last day where it is shorter; none behind the
    /// calendar's end.
    pub fn plus_months(self, months: i64) -> Option<Self> {
        self.0.checked_add(jiff::Span::new().try_months(months).ok()?).ok().map(Self)
    }

    /// How many full months lie between this day and a later one, by the same rule; zero where it is not later.
    pub fn full_months_until(self, later: Self) -> i64 {
        let years = i64::from(later.0.year()) - i64::from(self.0.year());
        let months = years * 12 + i64::from(later.0.month()) - i64::from(self.0.month());
        let is_full = self.plus_months(months).is_some_and(|day| day <= later);
        if is_full { months.max(0) } else { (months - 1).max(0) }
    }
}

impl FromStr for Day {
    type Err = BadDay;

    fn from_str(text: &str) -> Result<Self, BadDay> {
        let is_shaped = text.len() == 10
            && text.bytes().enumerate().all(|(place, byte)| match place {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            });
        if is_shaped { text.parse().map(Self).map_err(|_| BadDay) } else { Err(BadDay) }
    }
}

impl fmt::Display for Day {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(formatter)
    }
}

impl TimeOfDay {
    /// The first minute of the day.
    pub const MIDNIGHT: Self = Self(0);

    /// The time so many minutes after midnight, which must be fewer than a day has.
    pub fn from_minutes(minutes: i16) -> Option<Self> {
        (0..MINUTES_A_DAY).contains(&minutes).then_some(Self(minutes))
    }

    /// Minutes after midnight.
    pub const fn minutes(self) -> i16 {
        self.0
    }
}

impl FromStr for TimeOfDay {
    type Err = BadTimeOfDay;

    fn from_str(text: &str) -> Result<Self, BadTimeOfDay> {
        let (hour, minute) = text.split_once(':').ok_or(BadTimeOfDay)?;
        let number = |part: &str, below: i16| {
            let is_shaped = part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
            part.parse().ok().filter(|number| is_shaped && (0..below).contains(number)).ok_or(BadTimeOfDay)
        };
        Ok(Self(number(hour, 24)? * 60 + number(minute, 60)?))
    }
}

impl fmt::Display for TimeOfDay {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:02}:{:02}", self.0 / 60, self.0 % 60)
    }
}

impl Zone {
    /// Coordinated universal time.
    pub const UTC: Self = Self(TimeZone::UTC);

    /// Its name.
    pub fn name(&self) -> &str {
        self.0.iana_name().unwrap_or("UTC")
    }

    /// When the clocks of the zone show this time. What they skip is the first moment after it, and of what they show
    /// twice it is the first. None outside of the range of times.
    pub fn moment(&self, day: Day, time: TimeOfDay) -> Option<Timestamp> {
        let (hour, minute) = (i8::try_from(time.0 / 60).ok()?, i8::try_from(time.0 % 60).ok()?);
        let shown = day.0.to_datetime(Time::new(hour, minute, 0, 0).ok()?);
        let moment = match self.0.to_ambiguous_timestamp(shown).offset() {
            AmbiguousOffset::Unambiguous { offset } => offset.to_timestamp(shown).ok()?,
            AmbiguousOffset::Fold { before, .. } => before.to_timestamp(shown).ok()?,
            // By the clock after the jump it is before it, and the jump is the next thing that happens.
            AmbiguousOffset::Gap { after, .. } => {
                self.0.following(after.to_timestamp(shown).ok()?).next()?.timestamp()
            }
        };
        Some(Timestamp::from_micros(moment.as_microsecond()))
    }
}

impl FromStr for Zone {
    type Err = BadZone;

    fn from_str(name: &str) -> Result<Self, BadZone> {
        let zone = TimeZone::get(name).map_err(|_| BadZone)?;
        if zone.iana_name().is_some() { Ok(Self(zone)) } else { Err(BadZone) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(zone: &str, day: &str, time: &str) -> String {
        let zone: Zone = zone.parse().unwrap();
        zone.moment(day.parse().unwrap(), time.parse().unwrap())
            .unwrap()
            .rfc3339()
            .replace(":00.000000Z", "Z")
    }

    #[test]
    fn what_the_clocks_skip_is_the_first_moment_after_it() {
        let cases = [
            ("Europe/Berlin", "2026-03-29", "01:59", "2026-03-29T00:59Z"),
            ("Europe/Berlin", "2026-03-29", "02:00", "2026-03-29T01:00Z"),
            ("Europe/Berlin", "2026-03-29", "02:30", "2026-03-29T01:00Z"),
            ("Europe/Berlin", "2026-03-29", "03:00", "2026-03-29T01:00Z"),
            ("America/New_York", "2026-03-08", "02:30", "2026-03-08T07:00Z"),
            // Half an hour, forward from 02:00 to 02:30.
            ("Australia/Lord_Howe", "2026-10-04", "02:15", "2026-10-03T15:30Z"),
            ("Australia/Lord_Howe", "2026-10-04", "02:30", "2026-10-03T15:30Z"),
            // A whole day that never was.
            ("Pacific/Apia", "2011-12-29", "09:00", "2011-12-29T19:00Z"),
            ("Pacific/Apia", "2011-12-30", "09:00", "2011-12-30T10:00Z"),
            ("Pacific/Apia", "2011-12-31", "09:00", "2011-12-30T19:00Z"),
        ];
        for (zone, day, time, expected) in cases {
            assert_eq!(moment(zone, day, time), expected, "{zone} {day} {time}");
        }
    }

    #[test]
    fn of_what_the_clocks_show_twice_it_is_the_first() {
        let cases = [
            ("Europe/Berlin", "2026-10-25", "02:30", "2026-10-25T00:30Z"),
            ("Europe/Berlin", "2026-10-25", "03:00", "2026-10-25T02:00Z"),
            ("America/New_York", "2026-11-01", "01:30", "2026-11-01T05:30Z"),
            ("Australia/Lord_Howe", "2026-04-05", "01:45", "2026-04-04T14:45Z"),
            ("Australia/Lord_Howe", "2026-04-05", "02:00", "2026-04-04T15:30Z"),
            ("UTC", "2026-10-25", "02:30", "2026-10-25T02:30Z"),
        ];
        for (zone, day, time, expected) in cases {
            assert_eq!(moment(zone, day, time), expected, "{zone} {day} {time}");
        }
    }

    #[test]
    fn days_times_and_zones_are_read_strictly() {
        for bad in ["", "2026-2-3", "2026-02-30", "20260203", "2026-02-03T00:00", "+026-02-03", "2026-13-01"]
        {
            assert!(bad.parse::<Day>().is_err(), "{bad:?}");
        }
        assert_eq!("2028-02-29".parse::<Day>().unwrap().to_string(), "2028-02-29");
        for bad in ["", "9:00", "24:00", "09:60", "09:00:00", "+9:00", "0900", "09-00"] {
            assert!(bad.parse::<TimeOfDay>().is_err(), "{bad:?}");
        }
        assert_eq!("09:05".parse::<TimeOfDay>().unwrap().to_string(), "09:05");
        assert_eq!(TimeOfDay::from_minutes(24 * 60), None);
        for bad in ["", "Berlin", "Europe/Nowhere", "+02:00", "../etc/passwd"] {
            assert!(bad.parse::<Zone>().is_err(), "{bad:?}");
        }
        assert_eq!("Europe/Berlin".parse::<Zone>().unwrap().name(), "Europe/Berlin");
        assert_eq!("UTC".parse::<Zone>().unwrap().name(), Zone::UTC.name());
    }
}
