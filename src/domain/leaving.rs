//! Leaving: the plan by which a member settles what it holds or owes, and when people are reminded of it.

use super::amount::Amount;
use super::coded::coded_enum;
use super::ids::{MemberId, UserId};
use super::time::Timestamp;
use super::zone::{Day, TimeOfDay, Zone};

/// The most instalments of a plan.
pub const INSTALMENTS_MAX: usize = 60;
/// How far ahead a plan may go, in days: about five years.
pub const PLAN_DAYS_MAX: i64 = 5 * 366;
/// How many days before a date people are reminded of it; and once more on the day.
const REMINDED_BEFORE_DAYS: i64 = 7;
/// When people are reminded, in minutes after midnight by the community's clocks: at nine.
const REMINDED_AT_MIN: i16 = 9 * 60;

coded_enum! {
    /// Who proposes a plan; the other side agrees.
    PlanSide {
        /// The member who leaves.
        Member = 1 "member",
        /// The community, by one of its admins.
        Admin = 2 "admin",
    }
}

coded_enum! {
    /// How leaving ended.
    LeavingEnd {
        /// The member stays after all.
        Stayed = 1 "stayed",
        /// The member is closed.
        Closed = 2 "closed",
    }
}

/// A part of what is to be settled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instalment {
    /// By when.
    pub due_on: Day,
    /// How much; above zero.
    pub amount: Amount,
}

/// How a member who leaves comes to zero.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// By when it is at zero.
    pub target_on: Day,
    /// The parts, by date; none where only the target counts.
    pub instalments: Vec<Instalment>,
    /// Which side proposed it.
    pub proposed_as: PlanSide,
    /// Who did.
    pub proposed_by: UserId,
    /// Who agreed to it for the other side.
    pub agreed_by: Option<UserId>,
}

/// A member's leaving.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leaving {
    /// The member.
    pub member_id: MemberId,
    /// Since when.
    pub began_at: Timestamp,
    /// How it ended, and when.
    pub ended: Option<(LeavingEnd, Timestamp)>,
    /// The plan that was proposed last.
    pub plan: Option<Plan>,
    /// Counts the plans and agreements, so that nobody agrees to what they have not seen.
    pub version: i64,
    /// How many of the plan's reminders have had their turn.
    pub step: i16,
    /// When the next one has.
    pub remind_at: Option<Timestamp>,
}

/// Something to be reminded of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reminder {
    /// On which day.
    pub on: Day,
    /// Of which date.
    pub about: Day,
    /// How much is to be settled by then; none where it is all.
    pub amount: Option<Amount>,
}

impl Plan {
    /// Everything that people are reminded of, in order: a week before each date, and on the day.
    pub fn reminders(&self) -> Vec<Reminder> {
        let parts = self.instalments.iter().map(|part| (part.due_on, Some(part.amount)));
        let all = parts.chain([(self.target_on, None)]);
        let both = all.flat_map(|(about, amount)| {
            let earlier = about.plus_days(-REMINDED_BEFORE_DAYS);
            let on = [earlier, Some(about)].into_iter().flatten();
            on.map(move |on| Reminder { on, about, amount })
        });
        let mut reminders: Vec<_> = both.collect();
        reminders.sort_unstable();
        reminders
    }

    /// Which of the reminders is the next whose time is not over, from this one on, and when that is.
    pub fn next_reminder(&self, from: i16, now: Timestamp, zone: &Zone) -> Option<(i16, Timestamp)> {
        let all = self.reminders().into_iter().zip(0_i16..);
        let with_time =
            all.filter_map(|(reminder, place)| moment(zone, reminder.on).map(|time| (place, time)));
        with_time.filter(|(place, _)| *place >= from).find(|(_, time)| *time > now)
    }
}

impl Reminder {
    /// Whether its date has come.
    pub fn is_due(&self) -> bool {
        self.on == self.about
    }
}

fn moment(zone: &Zone, day: Day) -> Option<Timestamp> {
    zone.moment(day, TimeOfDay::from_minutes(REMINDED_AT_MIN)?)
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn plan(parts: &[(&str, i64)], target: &str) -> Plan {
        let part = |(due_on, minor): &(&str, i64)| Instalment {
            due_on: due_on.parse().unwrap(),
            amount: Amount::from_minor(*minor),
        };
        Plan {
            target_on: target.parse().unwrap(),
            instalments: parts.iter().map(part).collect(),
            proposed_as: PlanSide::Member,
            proposed_by: UserId::from_uuid(Uuid::nil()),
            agreed_by: None,
        }
    }

    #[test]
    fn people_are_reminded_a_week_before_and_on_the_day_in_order() {
        let plan = plan(&[("2027-03-10", 50), ("2027-03-12", 70)], "2027-03-12");
        let told: Vec<_> = plan
            .reminders()
            .iter()
            .map(|one| format!("{} {} {:?}", one.on, one.about, one.amount.map(Amount::minor)))
            .collect();
        assert_eq!(
            told,
            [
                "2027-03-03 2027-03-10 Some(50)",
                "2027-03-05 2027-03-12 None",
                "2027-03-05 2027-03-12 Some(70)",
                "2027-03-10 2027-03-10 Some(50)",
                "2027-03-12 2027-03-12 None",
                "2027-03-12 2027-03-12 Some(70)",
            ]
        );
    }

    #[test]
    fn what_is_over_is_not_reminded_of() {
        let (zone, plan) = (Zone::UTC, plan(&[("2027-03-10", 50)], "2027-03-31"));
        let at = |text: &str| Timestamp::parse_rfc3339(text).unwrap();
        let next = |from, now: &str| plan.next_reminder(from, at(now), &zone);
        assert_eq!(next(0, "2027-03-01T00:00:00Z"), Some((0, at("2027-03-03T09:00:00Z"))));
        assert_eq!(next(0, "2027-03-03T09:00:00Z"), Some((1, at("2027-03-10T09:00:00Z"))));
        assert_eq!(next(2, "2027-03-01T00:00:00Z"), Some((2, at("2027-03-24T09:00:00Z"))));
        assert_eq!(next(0, "2027-03-31T09:00:00Z"), None);
        assert_eq!(next(4, "2027-03-01T00:00:00Z"), None);
    }
}
