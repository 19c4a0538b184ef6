//! Which income the fund pays next: the rules, as they hold, with the period that has its turn next; and how they change.

use std::str::FromStr;

use super::amount::Amount;
use super::community::Community;
use super::fund::{IncomeRules, Period, Qualification};
use super::groups::MemberKind;
use super::ids::GroupId;
use super::time::Timestamp;
use super::zone::{Day, TimeOfDay};

/// What stands for nothing in stored rules.
const NOTHING: &str = "-";

/// Which period's income comes next.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NextIncome {
    /// The period's first day.
    pub period: Day,
    /// When the period ends.
    pub due_at: Timestamp,
}

/// A community's rules, with what comes next by them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct IncomePlan {
    /// The rules.
    pub rules: IncomeRules,
    /// Which period has its turn next.
    pub next: NextIncome,
}

impl IncomePlan {
    /// Whether a period is over at a time that has not had its turn: what is due for it is due by these rules.
    pub fn is_under_way(&self, now: Timestamp) -> bool {
        self.next.due_at <= now && self.rules.amount.is_positive()
    }
}

/// Set the income that the fund pays, as an admin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetIncome {
    /// The rules, whatever their version.
    pub rules: IncomeRules,
    /// Whether whoever asks is in the group that gets it.
    pub is_own: bool,
    /// Why.
    pub reason: String,
    /// The version that the caller saw, where the caller said so.
    pub if_version: Option<i64>,
}

impl Period {
    /// The turn of the period that begins on a day, by the community's clocks; none at the end of the calendar.
    pub fn turn(self, community: &Community, first: Day) -> Option<NextIncome> {
        let due_at = community.time_zone.moment(self.next(first)?, TimeOfDay::MIDNIGHT)?;
        Some(NextIncome { period: first, due_at })
    }

    /// The turn of the period in which a time is; none at the end of the calendar.
    pub fn turn_at(self, community: &Community, now: Timestamp) -> Option<NextIncome> {
        self.turn(community, self.first_day(community.time_zone.day_of(now)?)?)
    }

    /// The first day of the period so many before this, by its first day; none at the end of the calendar.
    pub fn back(self, first: Day, periods: i64) -> Option<Day> {
        match self {
            Self::Week => first.plus_days(periods.checked_mul(-7)?),
            Self::Month => first.plus_months(periods.checked_neg()?),
        }
    }
}

/// A text that is no stored rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BadStoredRules;

impl IncomeRules {
    /// The rules as they are kept until another admin agrees to them: words and numbers, in minor units, that no later release
    /// reads in another way.
    pub fn to_stored(&self) -> String {
        let or_nothing = |text: Option<String>| text.unwrap_or_else(|| NOTHING.to_owned());
        let Qualification { kind, group_id, member_days, traded_days } = self.who;
        format!(
            "income {} {} {} {} {} {member_days} {}",
            self.version,
            self.every.name(),
            self.amount.minor(),
            kind.map_or(NOTHING, MemberKind::name),
            or_nothing(group_id.map(|id| id.to_string())),
            or_nothing(traded_days.map(|days| days.to_string())),
        )
    }
}

impl FromStr for IncomeRules {
    type Err = BadStoredRules;

    fn from_str(text: &str) -> Result<Self, BadStoredRules> {
        let words: Vec<_> = text.split(' ').collect();
        let ["income", version, every, amount, kind, group_id, member_days, traded_days] = words.as_slice()
        else {
            return Err(BadStoredRules);
        };
        let number = |text: &str| text.parse::<i64>().map_err(|_| BadStoredRules);
        let something = |text| Some(text).filter(|text| *text != NOTHING);
        let kind = something(*kind).map(|name| MemberKind::from_name(name).ok_or(BadStoredRules));
        let group_id = something(*group_id).map(|id| id.parse::<GroupId>().map_err(|_| BadStoredRules));
        Ok(Self {
            version: number(version)?,
            every: Period::from_name(every).ok_or(BadStoredRules)?,
            amount: Amount::from_minor(number(amount)?),
            who: Qualification {
                kind: kind.transpose()?,
                group_id: group_id.transpose()?,
                member_days: number(member_days)?,
                traded_days: something(*traded_days).map(number).transpose()?,
            },
        })
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn rules_are_read_as_they_were_kept() {
        let group_id = Some(GroupId::from_uuid(Uuid::from_u128(7)));
        let (amount, kind) = (Amount::from_minor(1_250), Some(MemberKind::Business));
        for (every, who) in [
            (Period::Month, Qualification::default()),
            (Period::Week, Qualification { kind, group_id, member_days: 90, traded_days: Some(30) }),
        ] {
            let rules = IncomeRules { version: 3, every, amount, who };
            assert_eq!(rules.to_stored().parse(), Ok(rules));
        }
        let first = "income 3 month 1250 - - 0 -";
        assert_eq!(first.parse::<IncomeRules>().unwrap().to_stored(), first, "and as they were once kept");
        for wrong in
            ["", "income 3 day 1250 - - 0 -", "income 3 month 1250 - - 0", "income x month 1 - - 0 -"]
        {
            assert_eq!(wrong.parse::<IncomeRules>(), Err(BadStoredRules), "{wrong}");
        }
    }

    #[test]
    fn periods_go_back_as_they_go_on() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        assert_eq!(Period::Week.back(day("2027-03-01"), 4), Some(day("2027-02-01")));
        assert_eq!(Period::Month.back(day("2027-03-01"), 4), Some(day("2026-11-01")));
    }
}
