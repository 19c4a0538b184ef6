//! When something that recurs comes again. Pure: the same plan in the same zone gives the same times, whenever and in
//! whatever order they are asked for.

use super::coded::coded_enum;
use super::time::Timestamp;
use super::zone::{Day, TimeOfDay, Zone};

/// The most days, weeks or months between one time and the next.
pub const EVERY_MAX: i16 = 366;
/// The most times that a plan may name as its number.
pub const COUNT_MAX: i64 = 10_000;

coded_enum! {
    /// What an interval is counted in.
    Unit {
        /// Days of the calendar.
        Day = 1 "day",
        /// Weeks.
        Week = 2 "week",
        /// Months.
        Month = 3 "month",
    }
}

/// Every so many days, weeks or months, from a day on, at a time of day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Recurrence {
    /// The first day.
    pub starts_on: Day,
    /// The time of day, by the clocks of the community's zone.
    pub time: TimeOfDay,
    /// How many units lie between one time and the next; at least one.
    pub every: i16,
    /// What they are counted in.
    pub unit: Unit,
    /// The last day on which it may still come; none where no day ends it.
    pub ends_on: Option<Day>,
    /// How often it comes in all; none where no number ends it.
    pub count: Option<i64>,
}

/// Once, or again and again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Plan {
    /// At this time.
    Once(Timestamp),
    /// By this rule.
    Recurring(Recurrence),
}

impl Recurrence {
    /// The day of an occurrence, counted from 1: always reckoned from the first day, so that the 31st, which a short
    /// month makes its last day, is the 31st again in the next long one. None behind the end.
    fn day(&self, occurrence: i64) -> Option<Day> {
        if occurrence < 1 || self.count.is_some_and(|count| occurrence > count) {
            return None;
        }
        let steps = (occurrence - 1).checked_mul(self.every.into())?;
        let day = match self.unit {
            Unit::Day => self.starts_on.plus_days(steps),
            Unit::Week => self.starts_on.plus_days(steps.checked_mul(7)?),
            Unit::Month => self.starts_on.plus_months(steps),
        }?;
        (self.ends_on.is_none_or(|last| day <= last)).then_some(day)
    }
}

impl Plan {
    /// When an occurrence, counted from 1, is to be; none behind the end. Later occurrences are never earlier. Two are
    /// at the same time only where a zone skipped a whole day.
    pub fn at(&self, occurrence: i64, zone: &Zone) -> Option<Timestamp> {
        match self {
            Self::Once(time) => (occurrence == 1).then_some(*time),
            Self::Recurring(recurrence) => zone.moment(recurrence.day(occurrence)?, recurrence.time),
        }
    }

    /// The first occurrence from `from` on that is later than `now`, with its time; none where there is none any more.
    pub fn first_after(&self, from: i64, now: Timestamp, zone: &Zone) -> Option<(i64, Timestamp)> {
        let is_later = |occurrence| self.at(occurrence, zone).is_none_or(|time| time > now);
        // Steps that double find an upper bound, and halves of the last one the place.
        let (mut below, mut step) = (from, 1);
        while !is_later(below.checked_add(step)?) {
            below += step;
            step *= 2;
        }
        let mut found = if is_later(from) { from } else { below + step };
        while found > from && found - below > 1 {
            let middle = below + (found - below) / 2;
            if is_later(middle) { found = middle } else { below = middle }
        }
        self.at(found, zone).map(|time| (found, time))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ZONES: [&str; 6] = [
        "UTC",
        "Europe/Berlin",
        "America/New_York",
        "Australia/Lord_Howe",
        "Pacific/Apia",
        "Africa/Casablanca",
    ];

    fn plan(starts_on: &str, time: &str, every: i16, unit: Unit) -> Recurrence {
        Recurrence {
            starts_on: starts_on.parse().unwrap(),
            time: time.parse().unwrap(),
            every,
            unit,
            ends_on: None,
            count: None,
        }
    }

    fn days(recurrence: &Recurrence, occurrences: i64) -> Vec<String> {
        (1..=occurrences).map_while(|number| recurrence.day(number)).map(|day| day.to_string()).collect()
    }

    #[test]
    fn the_31st_becomes_a_short_months_last_day_and_is_the_31st_again() {
        let monthly = plan("2027-12-31", "09:00", 1, Unit::Month);
        let expected = [
            "2027-12-31",
            "2028-01-31",
            "2028-02-29",
            "2028-03-31",
            "2028-04-30",
            "2028-05-31",
            "2028-06-30",
        ];
        assert_eq!(days(&monthly, 7), expected);
        let yearly = plan("2024-02-29", "09:00", 12, Unit::Month);
        assert_eq!(days(&yearly, 5), ["2024-02-29", "2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]);
        let of_centuries = plan("2096-02-29", "09:00", 48, Unit::Month);
        assert_eq!(days(&of_centuries, 3), ["2096-02-29", "2100-02-28", "2104-02-29"]);
    }

    #[test]
    fn a_day_or_a_number_ends_it() {
        let weekly = plan("2026-12-07", "09:00", 2, Unit::Week);
        let by_day = Recurrence { ends_on: "2027-01-04".parse().ok(), ..weekly };
        assert_eq!(days(&by_day, 9), ["2026-12-07", "2026-12-21", "2027-01-04"]);
        let by_number = Recurrence { count: Some(2), ..weekly };
        assert_eq!(days(&by_number, 9), ["2026-12-07", "2026-12-21"]);
        assert_eq!(weekly.day(0), None);
        assert_eq!(weekly.day(i64::MAX), None);
        assert_eq!(plan("9999-12-31", "09:00", 1, Unit::Day).day(2), None);
        assert_eq!(Plan::Recurring(plan("9999-12-31", "23:59", 1, Unit::Month)).at(2, &Zone::UTC), None);
        let once = Plan::Once(Timestamp::from_micros(7));
        assert_eq!([0, 1, 2].map(|n| once.at(n, &Zone::UTC)), [None, Some(Timestamp::from_micros(7)), None]);
    }

    fn recurrences() -> impl Strategy<Value = Recurrence> {
        let unit = prop_oneof![Just(Unit::Day), Just(Unit::Week), Just(Unit::Month)];
        let count = proptest::option::of(1..400_i64);
        (0..16_000_i64, 0..24 * 60_i16, 1..=40_i16, unit, count).prop_map(
            |(day, minutes, every, unit, count)| Recurrence {
                starts_on: "2000-01-01".parse::<Day>().unwrap().plus_days(day).unwrap(),
                time: TimeOfDay::from_minutes(minutes).unwrap(),
                every,
                unit,
                ends_on: None,
                count,
            },
        )
    }

    proptest! {
        /// Always later, and never further than the unit allows: so none is left out, and none comes twice.
        #[test]
        fn occurrences_follow_each_other_without_gaps(recurrence in recurrences(), zone in 0..ZONES.len()) {
            let name = ZONES[zone];
            let zone: Zone = name.parse().unwrap();
            let plan = Plan::Recurring(recurrence);
            let times: Vec<_> = (1..=200).map_while(|number| plan.at(number, &zone)).collect();
            prop_assert_eq!(i64::try_from(times.len()).unwrap(), recurrence.count.unwrap_or(200).min(200));
            let (shortest, longest) = match recurrence.unit {
                Unit::Day => (1, 1),
                Unit::Week => (7, 7),
                Unit::Month => (28, 31),
            };
            // Clocks change by less than two hours, but on Samoa, which skipped a day.
            let change = if name == "Pacific/Apia" { 26 } else { 2 };
            let hours = |times: &[Timestamp]| (times[1].unix_seconds() - times[0].unix_seconds()) / 3_600;
            for pair in times.windows(2) {
                let every = i64::from(recurrence.every);
                prop_assert!(pair[1] > pair[0] || (name == "Pacific/Apia" && pair[1] == pair[0]));
                prop_assert!(hours(pair) >= every * shortest * 24 - change, "{:?}", pair);
                prop_assert!(hours(pair) <= every * longest * 24 + change, "{:?}", pair);
            }
        }

        /// What comes next does not depend on when, or from where on, it is asked.
        #[test]
        fn the_next_one_is_the_same_from_wherever_it_is_asked(
            recurrence in recurrences(), zone in 0..ZONES.len(), from in 1..150_i64, days in -10..20_000_i64,
        ) {
            let zone: Zone = ZONES[zone].parse().unwrap();
            let plan = Plan::Recurring(recurrence);
            let Some(start) = plan.at(from, &zone) else { return Ok(()) };
            let now = start.plus_seconds(days * 86_400 / 7);
            let one_by_one = (from..).map(|number| (number, plan.at(number, &zone)))
                .find(|(_, time)| time.is_none_or(|time| time > now))
                .and_then(|(number, time)| Some((number, time?)));
            prop_assert_eq!(plan.first_after(from, now, &zone), one_by_one);
        }
    }
}
