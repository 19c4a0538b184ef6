//! From moments to what the clocks and the calendar of a zone show.

use jiff::Timestamp as Moment;
use jiff::civil::Weekday;

use super::{Day, Zone};
use crate::domain::time::Timestamp;

impl Day {
    /// The Monday of the day's week; none before the calendar's beginning.
    pub fn monday(self) -> Option<Self> {
        let since = self.0.weekday().since(Weekday::Monday);
        self.plus_days(-i64::from(since))
    }

    /// The first day of the day's month.
    #[must_use]
    pub fn first_of_month(self) -> Self {
        Self(self.0.first_of_month())
    }

    /// Whether it is in the last month of the year.
    pub fn is_in_december(self) -> bool {
        self.0.month() == 12
    }

    /// Its year and month as they are written everywhere, such as `2026-11`.
    pub fn year_and_month(self) -> String {
        self.0.strftime("%Y-%m").to_string()
    }
}

impl Zone {
    /// Which day it is in the zone at this moment; none outside of the calendar.
    pub fn day_of(&self, at: Timestamp) -> Option<Day> {
        let moment = Moment::from_microsecond(at.micros()).ok()?;
        Some(Day(self.0.to_datetime(moment).date()))
    }

    /// What the clocks of the zone show at this moment, to the minute, and how far they are from UTC, such as
    /// `2026-09-21 16:13 +02:00`.
    pub fn minute_of(&self, at: Timestamp) -> String {
        let moment = Moment::from_microsecond(at.micros()).unwrap_or(Moment::MAX);
        moment.to_zoned(self.0.clone()).strftime("%Y-%m-%d %H:%M %:z").to_string()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn zone(name: &str) -> Zone {
        name.parse().unwrap()
    }

    fn at(text: &str) -> Timestamp {
        Timestamp::parse_rfc3339(text).unwrap()
    }

    #[test]
    fn days_and_minutes_are_those_of_the_zone() {
        let cases = [
            ("Europe/Berlin", "2026-09-21T21:59:59Z", "2026-09-21", "2026-09-21 23:59 +02:00"),
            ("Europe/Berlin", "2026-09-21T22:00:00Z", "2026-09-22", "2026-09-22 00:00 +02:00"),
            ("Europe/Berlin", "2026-12-31T23:00:00Z", "2027-01-01", "2027-01-01 00:00 +01:00"),
            ("America/New_York", "2026-03-08T06:59:59Z", "2026-03-08", "2026-03-08 01:59 -05:00"),
            ("America/New_York", "2026-03-08T07:00:00Z", "2026-03-08", "2026-03-08 03:00 -04:00"),
            ("UTC", "1969-12-31T23:59:59Z", "1969-12-31", "1969-12-31 23:59 +00:00"),
        ];
        for (name, moment, day, minute) in cases {
            assert_eq!(zone(name).day_of(at(moment)).unwrap().to_string(), day, "{name} {moment}");
            assert_eq!(zone(name).minute_of(at(moment)), minute);
        }
    }

    #[test]
    fn weeks_begin_on_monday_and_months_on_the_first() {
        let cases = [
            ("2026-09-21", "2026-09-21", "2026-09-01"),
            ("2026-09-27", "2026-09-21", "2026-09-01"),
            ("2026-03-01", "2026-02-23", "2026-03-01"),
            ("2028-02-29", "2028-02-28", "2028-02-01"),
        ];
        for (day, monday, first) in cases {
            let day: Day = day.parse().unwrap();
            assert_eq!(day.monday().unwrap().to_string(), monday);
            assert_eq!(day.first_of_month().to_string(), first);
        }
    }
}
