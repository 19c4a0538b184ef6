//! What a community's admins chose about it as a whole: changed together, under one version. What has rules of its own
//! (who may join, limits, contributions, thresholds) is chosen where those are.

use super::amount::Amount;
use super::community::Community;
use super::step_up::is_laxer;
use super::zone::Zone;

/// A change of some settings; what is none stays as it is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct SettingsChange {
    /// The community's full name.
    pub name: Option<String>,
    /// What one unit of its currency is called.
    pub unit: Option<String>,
    /// The sign beside amounts.
    pub symbol: Option<String>,
    /// By which clocks it lives.
    pub time_zone: Option<Zone>,
    /// Above which amount all payments need a fresh proof of who pays; within, none for no such rule.
    pub step_up_above: Option<Option<Amount>>,
}

/// Change some of a community's settings.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChangeSettings {
    /// What is to be otherwise.
    pub change: SettingsChange,
    /// Why; may be empty.
    pub reason: String,
    /// The version that the caller saw, where the caller said so.
    pub if_version: Option<i64>,
}

impl SettingsChange {
    /// The community with the change made; the same one, with the same version, where nothing is otherwise.
    #[must_use]
    pub fn applied_to(&self, before: &Community) -> Community {
        let chosen = |new: &Option<String>, old: &String| new.as_ref().unwrap_or(old).clone();
        let after = Community {
            name: chosen(&self.name, &before.name),
            unit: chosen(&self.unit, &before.unit),
            symbol: chosen(&self.symbol, &before.symbol),
            time_zone: self.time_zone.as_ref().unwrap_or(&before.time_zone).clone(),
            step_up_above: self.step_up_above.unwrap_or(before.step_up_above),
            ..before.clone()
        };
        if after == *before { after } else { after.with_next_version() }
    }

    /// Whether it is about how payments are protected.
    pub const fn is_about_protection(&self) -> bool {
        self.step_up_above.is_some()
    }

    /// Whether it is about anything else.
    pub const fn is_about_more_than_protection(&self) -> bool {
        self.name.is_some() || self.unit.is_some() || self.symbol.is_some() || self.time_zone.is_some()
    }
}

/// Whether a change of a community needs two admins: one that protects payments less does, in a community that has two
/// admins agree to anything.
pub fn needs_two_admins(before: &Community, after: &Community) -> bool {
    before.approval_rules.are_any() && is_laxer(before.step_up_above, after.step_up_above)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::approval::ApprovalRules;
    use crate::domain::community::tests::river;

    fn step_up(above: Option<i64>) -> SettingsChange {
        SettingsChange { step_up_above: Some(above.map(Amount::from_minor)), ..SettingsChange::default() }
    }

    #[test]
    fn what_is_not_named_stays() {
        let before = river();
        let change = SettingsChange { symbol: Some("R".into()), ..SettingsChange::default() };
        let after = change.applied_to(&before);
        let expected =
            Community { symbol: "R".into(), settings_version: before.settings_version + 1, ..before.clone() };
        assert_eq!(after, expected);
        assert_eq!(change.applied_to(&after), after, "nothing changed, and so not the version");
        assert_eq!(SettingsChange::default().applied_to(&before), before);
    }

    #[test]
    fn protecting_less_needs_two_where_two_ever_agree() {
        let alone = Community { step_up_above: Some(Amount::from_minor(100)), ..river() };
        let rules = ApprovalRules { limits_above: Some(Amount::from_minor(1)), reversals_above: None };
        let together = Community { approval_rules: rules, ..alone.clone() };
        for (above, is_laxer) in [(Some(101), true), (None, true), (Some(100), false), (Some(99), false)] {
            let needs = |before: &Community| needs_two_admins(before, &step_up(above).applied_to(before));
            assert_eq!((needs(&alone), needs(&together)), (false, is_laxer), "{above:?}");
        }
    }
}
