//! From the files to the plan: what belongs together is put together, and everything into the order of its times.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::agreed::{self, Agreed};
use super::fields::Reading;
use super::founding;
use super::origin::Origin;
use super::plan::{
    COMMONS_REFERENCE, Plan, PlannedAccount, PlannedIncome, PlannedLimits, PlannedLogin, PlannedMember,
    PlannedTransfer, PlannedWay, Request,
};
use super::problems::Problems;
use super::rows::{AccountRow, MemberRow, OpeningRow, Place};
use super::table::{Sheet, Source};
use crate::domain::account::{AccountKind, AccountStatus, Limits};
use crate::domain::amount::Amount;
use crate::domain::member::Role;
use crate::domain::time::Timestamp;
use crate::services::setup::NewCommunity;

/// Works the plan out.
///
/// # Errors
/// Everything that is wrong with the files.
pub fn read(sources: &[Source], request: &Request, now: Timestamp) -> Result<Plan, Problems> {
    let mut problems = Problems::default();
    let file_names = sources.iter().map(|source| (source.sheet, Arc::clone(&source.name))).collect();
    let found = founding::read(request.founding.clone(), sources, now, &mut problems);
    let Some((community, founded)) = found else { return Err(problems) };
    let mut building = Building {
        sources,
        request,
        now,
        default_limits: Limits { credit_limit: community.default_credit_limit, ceiling: None },
        file_names,
        accounts: Vec::new(),
        by_reference: HashMap::new(),
        by_member: HashMap::new(),
        limits: Vec::new(),
        limits_at: Vec::new(),
        incomes: Vec::new(),
        agreed: Agreed::default(),
        logins: Vec::new(),
        transfers: Vec::new(),
        times: Vec::new(),
    };
    building.fill(&community, &mut problems);
    let plan = building.order(community, founded, &mut problems);
    if problems.is_empty() { Ok(plan) } else { Err(problems) }
}

/// A plan in the making.
pub(super) struct Building<'a> {
    pub sources: &'a [Source],
    pub request: &'a Request,
    pub now: Timestamp,
    pub default_limits: Limits,
    pub file_names: HashMap<Sheet, Arc<str>>,
    pub accounts: Vec<PlannedAccount>,
    pub limits: Vec<PlannedLimits>,
    /// When each of the limits begins, and its place among what has the same time.
    pub limits_at: Vec<(Option<Timestamp>, i64)>,
    pub incomes: Vec<PlannedIncome>,
    pub by_reference: HashMap<Arc<str>, usize>,
    /// Each member's account.
    pub by_member: HashMap<Arc<str>, usize>,
    pub agreed: Agreed,
    pub logins: Vec<PlannedLogin>,
    pub transfers: Vec<PlannedTransfer>,
    /// When each transfer happened, and its place among what has the same time; no time for what is brought along before the
    /// history.
    pub times: Vec<(Option<Timestamp>, i64)>,
}

impl Building<'_> {
    fn fill(&mut self, community: &NewCommunity, problems: &mut Problems) {
        let (mut members, mut accounts, mut limits, mut openings) =
            (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        let mut reading = Reading {
            origin: self.request.origin,
            scale: community.scale,
            zone: community.time_zone.clone(),
            now: self.now,
            problems,
        };
        let has_history = self.sources.iter().any(|source| source.sheet == Sheet::History);
        let follows = has_history && self.request.origin.balances_follow_from_history();
        for source in self.sources {
            match source.sheet {
                Sheet::Members => members.extend(reading.members(source)),
                Sheet::Accounts => accounts.extend(reading.accounts(source)),
                Sheet::Limits => limits.extend(reading.limits(source)),
                Sheet::OpeningBalances if !follows => openings.extend(reading.openings(source)),
                _ => {}
            }
        }
        self.add_commons(community, &accounts);
        self.add_accounts(members, accounts, reading.problems);
        self.add_limits(limits, reading.problems);
        self.add_openings(openings, community, reading.problems);
        self.agreed = agreed::read(&mut reading, self.sources, self);
        self.add_history(&mut reading);
        self.check_admin(problems);
    }

    pub fn wrong(&self, place: Place, what: impl Into<String>, problems: &mut Problems) {
        let file =
            self.file_names.get(&place.sheet).map_or_else(|| Arc::from(place.sheet.name()), Arc::clone);
        problems.add(&file, (place.line > 0).then_some(place.line), what);
    }

    /// The community's fund comes first, whether a file names it or not.
    fn add_commons(&mut self, community: &NewCommunity, rows: &[AccountRow]) {
        let row = rows.iter().find(|row| row.kind == AccountKind::Commons);
        let nowhere = Place { sheet: Sheet::Accounts, line: 0 };
        let default_name = format!("{} commons", community.name);
        let reference = row.map_or_else(|| Arc::from(COMMONS_REFERENCE), |row| Arc::clone(&row.reference));
        self.by_reference.insert(Arc::clone(&reference), 0);
        if self.request.origin == Origin::TimeOverflow {
            // The time bank itself goes by its name.
            self.by_reference.insert(Arc::from(community.name.as_str()), 0);
        }
        self.accounts.push(PlannedAccount {
            place: row.map_or(nowhere, |row| row.place),
            reference,
            kind: AccountKind::Commons,
            name: row.and_then(|row| row.name.clone()).unwrap_or(default_name),
            status: row.map_or(AccountStatus::Active, |row| row.status),
            opened: row.and_then(|row| row.opened),
            member: None,
            first_limits: None,
            last_limits: None,
        });
    }

    fn add_accounts(&mut self, members: Vec<MemberRow>, rows: Vec<AccountRow>, problems: &mut Problems) {
        let mut emails: HashMap<String, usize> = HashMap::new();
        let mut known: HashMap<Arc<str>, (MemberRow, Option<usize>)> = HashMap::new();
        let mut order = Vec::new();
        for member in members {
            if known.contains_key(&member.reference) {
                self.wrong(member.place, format!("member {} is there twice", member.reference), problems);
                continue;
            }
            let login = member.email.clone().map(|email| {
                *emails.entry(email.clone()).or_insert_with(|| {
                    let (name, language) = (member.name.clone(), member.language);
                    self.logins.push(PlannedLogin { email, name, language });
                    self.logins.len() - 1
                })
            });
            order.push(Arc::clone(&member.reference));
            known.insert(Arc::clone(&member.reference), (member, login));
        }
        let mut is_first_commons = true;
        for row in rows {
            if row.kind == AccountKind::Commons && std::mem::take(&mut is_first_commons) {
                continue;
            }
            match (row.kind, &row.member) {
                (AccountKind::Member, Some(reference)) => match known.get(reference) {
                    None => self.wrong(row.place, format!("there is no member {reference}"), problems),
                    Some(_) if self.by_member.contains_key(reference) => {
                        let what = format!("member {reference} has an account already, and each has one");
                        self.wrong(row.place, what, problems);
                    }
                    Some((member, login)) => {
                        let (member, login) = (member.clone(), *login);
                        self.add_account(row, Some((&member, login)), problems);
                    }
                },
                (AccountKind::Member, None) => {}
                (AccountKind::Commons, _) => self.wrong(row.place, "is a second commons account", problems),
                _ => self.add_account(row, None, problems),
            }
        }
        for reference in order {
            let Some((member, login)) =
                known.get(&reference).filter(|_| !self.by_member.contains_key(&reference))
            else {
                continue;
            };
            let (member, login) = (member.clone(), *login);
            let row = AccountRow {
                place: member.place,
                reference,
                member: None,
                kind: AccountKind::Member,
                name: None,
                status: AccountStatus::Active,
                opened: None,
            };
            self.add_account(row, Some((&member, login)), problems);
        }
    }

    fn add_account(
        &mut self,
        row: AccountRow,
        member: Option<(&MemberRow, Option<usize>)>,
        problems: &mut Problems,
    ) {
        if self.by_reference.contains_key(&row.reference) {
            return self.wrong(row.place, format!("account {} is there twice", row.reference), problems);
        }
        self.by_reference.insert(Arc::clone(&row.reference), self.accounts.len());
        if let Some((member, _)) = member {
            self.by_member.insert(Arc::clone(&member.reference), self.accounts.len());
        }
        let own_name = || member.map(|(member, _)| member.name.clone());
        let is_admin = |member: &MemberRow| {
            member.email.is_some() && member.email == self.request.admin.as_deref().map(str::to_lowercase)
        };
        self.accounts.push(PlannedAccount {
            place: row.place,
            name: row.name.or_else(own_name).unwrap_or_else(|| row.reference.to_string()),
            reference: row.reference,
            kind: row.kind,
            status: row.status,
            opened: row.opened.or(member.and_then(|(member, _)| member.joined)),
            first_limits: None,
            last_limits: None,
            member: member.map(|(member, login)| PlannedMember {
                place: member.place,
                role: if is_admin(member) { Role::Admin } else { member.role },
                status: member.status,
                login,
            }),
        });
    }

    /// What accounts bring along must add up to zero; the community's fund takes part, and what it has in the end follows
    /// from the others.
    fn add_openings(&mut self, rows: Vec<OpeningRow>, community: &NewCommunity, problems: &mut Problems) {
        let (mut seen, mut sum, before) = (HashSet::new(), 0_i128, problems.total);
        let Some(first) = rows.first().map(|row| row.place) else { return };
        let mut brought = Vec::new();
        for row in rows {
            let Some(index) = self.by_reference.get(&row.account).copied() else {
                self.wrong(row.place, format!("there is no account {}", row.account), problems);
                continue;
            };
            if !seen.insert(index) {
                let what = format!("account {} has an opening balance already", row.account);
                self.wrong(row.place, what, problems);
                continue;
            }
            sum += i128::from(row.balance.minor());
            if index != 0 && row.balance != Amount::ZERO {
                brought.push((row, index));
            }
        }
        if sum != 0 && problems.total == before {
            let named = i64::try_from(sum).ok().map(|sum| community.scale.format(Amount::from_minor(sum)));
            let named = named.unwrap_or_else(|| format!("{sum} of the smallest units"));
            let place = Place { line: 0, ..first };
            self.wrong(place, format!("the balances add up to {named} and not to zero"), problems);
        }
        // First what is owed, so that the fund never goes below zero for what others hold.
        brought.sort_by_key(|(row, _)| !row.balance.is_negative());
        for (row, index) in brought {
            let is_owed = row.balance.is_negative();
            let (payer, payee) = if is_owed { (index, 0) } else { (0, index) };
            self.transfers.push(PlannedTransfer {
                place: row.place,
                payer,
                payee,
                amount: Amount::from_minor(row.balance.minor().abs()),
                description: String::new(),
                way: PlannedWay::OpeningBalance,
                is_given_back: false,
            });
            self.times.push((row.at, 0));
        }
    }

    fn check_admin(&self, problems: &mut Problems) {
        let place = Place { sheet: Sheet::Members, line: 0 };
        let mut members = self.accounts.iter().filter_map(|account| account.member.as_ref());
        let runs = |member: &PlannedMember| {
            member.role == Role::Admin && member.status.may_act() && member.login.is_some()
        };
        if !members.any(runs) {
            let what =
                "there is no active admin with an e-mail address, and so nobody could run the community";
            self.wrong(place, what, problems);
        }
    }
}
