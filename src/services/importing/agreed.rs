//! What a community agreed on beside its books: groups and kinds of members, fees, and the plans by which those who leave settle.
//! What admins chose is in `choices.rs`, policies on limits in `policies.rs`, the registers in `registers.rs`.

use std::collections::HashSet;

use super::building::Building;
use super::choices::{self, Choices};
use super::fields::{Fields, Reading, unguarded};
use super::policies::{self, PlannedPolicy};
use super::registers::{self, Registers};
use super::rows::Place;
use super::table::{Sheet, Source};
use crate::auth::names;
use crate::domain::account::AccountStatus;
use crate::domain::allowance::Allowance;
use crate::domain::amount::{BALANCE_MAX_MINOR, MOVEMENT_MAX_MINOR};
use crate::domain::archive::read_instalments;
use crate::domain::fees::{FEE_BASIS_POINTS_MAX, FEE_FIXED_MAX_MINOR, Fee};
use crate::domain::groups::{GROUP_NAME_CHARS_MAX, GROUPS_MAX, MemberKind};
use crate::domain::leaving::{INSTALMENTS_MAX, Instalment, PlanSide};
use crate::domain::member::MemberStatus;
use crate::domain::zone::Day;

/// All of it, members by the places of their accounts.
#[derive(Debug, Clone, Default)]
pub(super) struct Agreed {
    pub groups: Vec<String>,
    /// Each with its kind and the place of its group.
    pub classes: Vec<(usize, MemberKind, Option<usize>)>,
    /// What payers and payees bear.
    pub fees: Option<[Fee; 2]>,
    pub leavings: Vec<(usize, PlannedLeaving)>,
    pub allowances: Vec<PlannedAllowance>,
    pub policies: Vec<PlannedPolicy>,
    pub choices: Choices,
    pub registers: Registers,
}

/// How somebody who leaves is to settle.
#[derive(Debug, Clone)]
pub(super) struct PlannedLeaving {
    pub target_on: Day,
    pub instalments: Vec<Instalment>,
    pub proposed_as: PlanSide,
    pub is_agreed: bool,
}

/// An account that may pass its credit limit by one payment.
#[derive(Debug, Clone, Copy)]
pub(super) struct PlannedAllowance {
    pub place: Place,
    pub account: usize,
    pub allowance: Allowance,
}

/// Whose members' accounts are, by their places.
pub(super) struct People<'a>(pub &'a Building<'a>);

impl People<'_> {
    /// The place of the member whom a line names in this column.
    pub fn named(&self, column: &str, fields: &mut Fields<'_, '_>) -> Option<usize> {
        let reference = fields.line.get(column);
        let found = self.0.by_member.get(reference).copied();
        if found.is_none() {
            fields.wrong(column, "is nobody of the members");
        }
        found
    }

    /// The same of a column that may be empty.
    pub fn named_if_filled(&self, column: &str, fields: &mut Fields<'_, '_>) -> Option<usize> {
        fields.line.filled(column)?;
        self.named(column, fields)
    }

    /// The account that a line names in this column.
    pub fn account(&self, column: &str, fields: &mut Fields<'_, '_>) -> Option<usize> {
        let reference = fields.line.get(column);
        let found = self.0.by_reference.get(reference).copied();
        if found.is_none() {
            fields.wrong(column, "is none of the accounts");
        }
        found
    }

    /// Whether an account is a member's.
    pub fn is_members(&self, place: usize) -> bool {
        self.status(place).is_some()
    }

    /// Whether an account is closed in the end, by itself or with its member.
    pub fn is_closed(&self, place: usize) -> bool {
        let account = self.0.accounts.get(place);
        account.is_some_and(|account| account.status == AccountStatus::Closed)
            || self.status(place) == Some(MemberStatus::Closed)
    }

    fn status(&self, place: usize) -> Option<MemberStatus> {
        self.0.accounts.get(place)?.member.as_ref().map(|member| member.status)
    }
}

/// Reads the files about it.
pub(super) fn read(reading: &mut Reading<'_>, sources: &[Source], building: &Building<'_>) -> Agreed {
    let people = People(building);
    let mut agreed = Agreed::default();
    let (mut classified, mut leaving, mut allowed) = (HashSet::new(), HashSet::new(), HashSet::new());
    let of = |sheet: Sheet| sources.iter().filter(move |source| source.sheet == sheet);
    // Groups first: others name them.
    for source in of(Sheet::Groups) {
        reading.each(source, |fields| agreed.add_class(fields, &people, &mut classified));
    }
    for source in of(Sheet::Fees) {
        reading.each(source, |fields| agreed.add_fees(fields, building));
    }
    for source in of(Sheet::Leavings) {
        reading.each(source, |fields| agreed.add_leaving(fields, &people, &mut leaving));
    }
    for source in of(Sheet::Allowances) {
        reading.each(source, |fields| agreed.add_allowance(fields, &people, &mut allowed));
    }
    for source in of(Sheet::LimitPolicies) {
        agreed.policies = policies::read(reading, source, &people, &agreed.groups);
    }
    for source in of(Sheet::Settings) {
        agreed.choices = choices::read(reading, source, &agreed.groups);
    }
    agreed.registers = registers::read(reading, sources, &people);
    agreed
}

/// The place of the group with this name.
pub(super) fn group_named(groups: &[String], name: &str) -> Option<usize> {
    groups.iter().position(|group| group.to_lowercase() == unguarded(name).to_lowercase())
}

impl Agreed {
    fn add_class(&mut self, fields: &mut Fields<'_, '_>, people: &People<'_>, seen: &mut HashSet<usize>) {
        let kind = fields.word("kind", MemberKind::Person, MemberKind::from_name, &["person", "business"]);
        let group = fields.line.filled("group").map(|text| unguarded(text).to_owned());
        let group = match group.map(|name| names::read(&name, GROUP_NAME_CHARS_MAX)) {
            Some(Ok(name)) => Some(self.place_of(name)),
            Some(Err(fault)) => return fields.wrong("group", fault.detail),
            None => None,
        };
        if self.groups.len() > usize::try_from(GROUPS_MAX).unwrap_or(0) {
            return fields.wrong("group", format_args!("is one more than {GROUPS_MAX}"));
        }
        if fields.line.filled("member").is_none() {
            return;
        }
        let Some(place) = people.named("member", fields) else { return };
        if seen.insert(place) {
            self.classes.push((place, kind, group));
        } else {
            fields.wrong("member", "is there twice");
        }
    }

    fn place_of(&mut self, name: String) -> usize {
        group_named(&self.groups, &name).unwrap_or_else(|| {
            self.groups.push(name);
            self.groups.len() - 1
        })
    }

    fn add_fees(&mut self, fields: &mut Fields<'_, '_>, building: &Building<'_>) {
        if self.fees.is_some() {
            return fields.wrong("payer_fixed", "is a second line, and there are only these fees");
        }
        let mut fee = |fixed: &str, share: &str| {
            let amount = fields.unsigned(fixed, FEE_FIXED_MAX_MINOR)?;
            let basis_points = fields.number(share, 0..=FEE_BASIS_POINTS_MAX)?;
            Some(Fee { fixed: amount, basis_points })
        };
        let fees = [fee("payer_fixed", "payer_basis_points"), fee("payee_fixed", "payee_basis_points")];
        if building.accounts.first().is_some_and(|fund| fund.status == AccountStatus::Closed) {
            return fields.wrong("payer_fixed", "goes to the commons account, which is closed");
        }
        if let [Some(payer), Some(payee)] = fees {
            self.fees = Some([payer, payee]);
        }
    }

    fn add_leaving(&mut self, fields: &mut Fields<'_, '_>, people: &People<'_>, seen: &mut HashSet<usize>) {
        let Some(place) = people.named("member", fields) else { return };
        if people.status(place) != Some(MemberStatus::Leaving) {
            return fields.wrong("member", "is not leaving");
        }
        if !seen.insert(place) {
            return fields.wrong("member", "is there twice");
        }
        let Some(target_on) = fields.day("target_on") else { return };
        let parts = read_instalments(fields.line.get("instalments"), |text| {
            fields.reading.scale.parse(text, MOVEMENT_MAX_MINOR).ok().filter(|amount| amount.is_positive())
        });
        let is_fit = |part: &Instalment| part.due_on <= target_on;
        let Some(instalments) =
            parts.filter(|parts| parts.len() <= INSTALMENTS_MAX && parts.iter().all(is_fit))
        else {
            return fields.wrong("instalments", "are no days until the target, each with an amount");
        };
        let proposed_as =
            fields.word("proposed_as", PlanSide::Admin, PlanSide::from_name, &["member", "admin"]);
        let is_agreed = fields.is_said("agreed");
        self.leavings.push((place, PlannedLeaving { target_on, instalments, proposed_as, is_agreed }));
    }

    fn add_allowance(&mut self, fields: &mut Fields<'_, '_>, people: &People<'_>, seen: &mut HashSet<usize>) {
        let Some(account) = people.account("account", fields) else { return };
        let amount = fields.unsigned("amount", BALANCE_MAX_MINOR);
        if fields.line.filled("until").is_none() {
            fields.wrong("until", "is empty");
        }
        let until = fields.moment("until");
        if !seen.insert(account) {
            return fields.wrong("account", "is there twice");
        }
        if people.status(account).is_none() {
            return fields.wrong("account", "is no member's");
        }
        let place = Place { sheet: Sheet::Allowances, line: fields.line.number };
        if let (Some(amount), Some(until)) = (amount, until) {
            let allowance = Allowance { amount, until };
            self.allowances.push(PlannedAllowance { place, account, allowance });
        }
    }
}
