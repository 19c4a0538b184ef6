//! What a community agreed on beside its books: groups and kinds of members, fees, and the plans by which those who leave settle.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::commands::{Identity, member_id};
use super::plan::{Plan as ImportPlan, PlannedAccount};
use super::rows::{Fields, Reading, unguarded};
use super::table::{Sheet, Source};
use crate::auth::names;
use crate::domain::account::AccountStatus;
use crate::domain::amount::MOVEMENT_MAX_MINOR;
use crate::domain::archive::read_instalments;
use crate::domain::fees::{FEE_BASIS_POINTS_MAX, FEE_FIXED_MAX_MINOR, Fee};
use crate::domain::groups::{GROUP_NAME_CHARS_MAX, GROUPS_MAX, MemberClass, MemberGroup, MemberKind};
use crate::domain::ids::UserId;
use crate::domain::leaving::{INSTALMENTS_MAX, Instalment, Plan, PlanSide};
use crate::domain::member::{MemberStatus, Role};
use crate::domain::time::Timestamp;
use crate::domain::zone::{Day, Zone};
use crate::storage::{Conn, StorageError, groups, leavings};

/// All of it, members by the places of their accounts.
#[derive(Debug, Clone, Default)]
pub(super) struct Agreed {
    groups: Vec<String>,
    /// Each with its kind and the place of its group.
    classes: Vec<(usize, MemberKind, Option<usize>)>,
    /// What payers and payees bear.
    pub fees: Option<[Fee; 2]>,
    leavings: Vec<(usize, PlannedLeaving)>,
}

/// How somebody who leaves is to settle.
#[derive(Debug, Clone)]
struct PlannedLeaving {
    target_on: Day,
    instalments: Vec<Instalment>,
    proposed_as: PlanSide,
    is_agreed: bool,
}

/// The same with the ids of what it is about, as it is stored.
pub(super) struct Stored {
    groups: Vec<MemberGroup>,
    classes: Vec<MemberClass>,
    /// Each with whoever agreed to it.
    plans: Vec<(crate::domain::ids::MemberId, Plan, Option<UserId>)>,
}

/// Whose members' accounts are, by their places.
struct People<'a> {
    by_member: &'a HashMap<Arc<str>, usize>,
    accounts: &'a [PlannedAccount],
}

impl People<'_> {
    /// The place of the member whom a line names.
    fn named(&self, fields: &mut Fields<'_, '_>) -> Option<usize> {
        let reference = fields.line.get("member");
        let found = self.by_member.get(reference).copied();
        if found.is_none() {
            fields.wrong("member", "is nobody of the members");
        }
        found
    }

    fn status(&self, place: usize) -> Option<MemberStatus> {
        self.accounts.get(place)?.member.as_ref().map(|member| member.status)
    }
}

/// Reads the files about it.
pub(super) fn read(
    reading: &mut Reading<'_>,
    sources: &[Source],
    by_member: &HashMap<Arc<str>, usize>,
    accounts: &[PlannedAccount],
) -> Agreed {
    let people = People { by_member, accounts };
    let mut agreed = Agreed::default();
    let (mut classified, mut leaving) = (HashSet::new(), HashSet::new());
    for source in sources {
        match source.sheet {
            Sheet::Groups => {
                reading.each(source, |fields| agreed.add_class(fields, &people, &mut classified));
            }
            Sheet::Fees => reading.each(source, |fields| agreed.add_fees(fields, accounts)),
            Sheet::Leavings => {
                reading.each(source, |fields| agreed.add_leaving(fields, &people, &mut leaving));
            }
            _ => {}
        }
    }
    agreed
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
        let Some(place) = people.named(fields) else { return };
        if seen.insert(place) {
            self.classes.push((place, kind, group));
        } else {
            fields.wrong("member", "is there twice");
        }
    }

    fn place_of(&mut self, name: String) -> usize {
        let known = self.groups.iter().position(|group| group.to_lowercase() == name.to_lowercase());
        known.unwrap_or_else(|| {
            self.groups.push(name);
            self.groups.len() - 1
        })
    }

    fn add_fees(&mut self, fields: &mut Fields<'_, '_>, accounts: &[PlannedAccount]) {
        if self.fees.is_some() {
            return fields.wrong("payer_fixed", "is a second line, and there are only these fees");
        }
        let mut fee = |fixed: &str, share: &str| {
            let amount = fields.unsigned(fixed, FEE_FIXED_MAX_MINOR)?;
            let basis_points = fields.line.get(share).parse::<i64>().ok();
            let Some(basis_points) = basis_points.filter(|parts| (0..=FEE_BASIS_POINTS_MAX).contains(parts))
            else {
                fields.wrong(share, format_args!("is no whole number from 0 to {FEE_BASIS_POINTS_MAX}"));
                return None;
            };
            Some(Fee { fixed: amount, basis_points })
        };
        let fees = [fee("payer_fixed", "payer_basis_points"), fee("payee_fixed", "payee_basis_points")];
        if accounts.first().is_some_and(|fund| fund.status != AccountStatus::Active) {
            return fields.wrong("payer_fixed", "goes to the commons account, which does not take part");
        }
        if let [Some(payer), Some(payee)] = fees {
            self.fees = Some([payer, payee]);
        }
    }

    fn add_leaving(&mut self, fields: &mut Fields<'_, '_>, people: &People<'_>, seen: &mut HashSet<usize>) {
        let Some(place) = people.named(fields) else { return };
        if people.status(place) != Some(MemberStatus::Leaving) {
            return fields.wrong("member", "is not leaving");
        }
        if !seen.insert(place) {
            return fields.wrong("member", "is there twice");
        }
        let Ok(target_on) = fields.line.get("target_on").parse::<Day>() else {
            return fields.wrong("target_on", "is no day like 2025-12-31");
        };
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
        let is_agreed = fields.word(
            "agreed",
            false,
            |text| match text {
                "yes" => Some(true),
                "no" => Some(false),
                _ => None,
            },
            &["yes", "no"],
        );
        self.leavings.push((place, PlannedLeaving { target_on, instalments, proposed_as, is_agreed }));
    }
}

impl ImportPlan {
    /// What was agreed on, as it is stored.
    pub(super) fn stored(&self, identity: &Identity) -> Stored {
        let agreed = &self.agreed;
        let group_id = |place: usize| identity.group_id(self, place);
        let groups = agreed.groups.iter().enumerate();
        let class = |(place, kind, group): &(usize, MemberKind, Option<usize>)| MemberClass {
            member_id: member_id(identity, self, *place),
            kind: *kind,
            group_id: group.map(group_id),
        };
        let user_of = |place: usize| {
            let login = self.accounts.get(place).and_then(|account| account.member.as_ref()?.login);
            identity.user_id(self, place, login)
        };
        let runs = |account: &PlannedAccount| {
            account.member.as_ref().is_some_and(|member| {
                member.role == Role::Admin && member.status == MemberStatus::Active && member.login.is_some()
            })
        };
        let admin = self.accounts.iter().position(runs).unwrap_or(0);
        let plan = |(place, leaving): &(usize, PlannedLeaving)| {
            let (proposer, other) = match leaving.proposed_as {
                PlanSide::Member => (*place, admin),
                PlanSide::Admin => (admin, *place),
            };
            let plan = Plan {
                target_on: leaving.target_on,
                instalments: leaving.instalments.clone(),
                proposed_as: leaving.proposed_as,
                proposed_by: user_of(proposer),
                agreed_by: None,
            };
            (member_id(identity, self, *place), plan, leaving.is_agreed.then(|| user_of(other)))
        };
        Stored {
            groups: groups
                .map(|(place, name)| MemberGroup { id: group_id(place), name: name.clone(), members: 0 })
                .collect(),
            classes: agreed.classes.iter().map(class).collect(),
            plans: agreed.leavings.iter().map(plan).collect(),
        }
    }
}

impl Stored {
    /// Writes it, once all members are there.
    pub(super) fn write(
        &self,
        conn: &mut Conn,
        community_id: crate::domain::ids::CommunityId,
        zone: &Zone,
        now: Timestamp,
    ) -> Result<(), StorageError> {
        for group in &self.groups {
            groups::insert(conn, community_id, group, now)?;
        }
        for class in &self.classes {
            groups::classify(conn, community_id, class)?;
        }
        for (member_id, plan, agreed_by) in &self.plans {
            let gone = || StorageError::Corrupt(format!("member {member_id} is not leaving"));
            let version = leavings::find(conn, community_id, *member_id)?.ok_or_else(gone)?.version;
            let mut is_written = leavings::set_plan(conn, community_id, (*member_id, version), plan)?;
            if let Some(agreed_by) = agreed_by {
                let next = plan.next_reminder(0, now, zone);
                is_written &=
                    leavings::agree(conn, community_id, (*member_id, version + 1), *agreed_by, next)?;
            }
            if !is_written {
                return Err(gone());
            }
        }
        Ok(())
    }
}
