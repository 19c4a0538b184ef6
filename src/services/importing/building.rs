//! From the files to the plan: what belongs together is put together, and everything into the order of its times.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::agreed::{self, Agreed};
use super::founding;
use super::origin::Origin;
use super::plan::{
    COMMONS_REFERENCE, LimitsFrom, Plan, PlannedAccount, PlannedLogin, PlannedMember, PlannedTransfer,
    Request, Step,
};
use super::problems::Problems;
use super::rows::{AccountRow, LimitsRow, MemberRow, OpeningRow, Place, Reading};
use super::table::{Sheet, Source};
use crate::domain::account::{AccountKind, AccountStatus, Limits};
use crate::domain::amount::Amount;
use crate::domain::member::{MemberStatus, Role};
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
struct Building<'a> {
    sources: &'a [Source],
    request: &'a Request,
    now: Timestamp,
    default_limits: Limits,
    file_names: HashMap<Sheet, Arc<str>>,
    accounts: Vec<PlannedAccount>,
    by_reference: HashMap<Arc<str>, usize>,
    /// Each member's account.
    by_member: HashMap<Arc<str>, usize>,
    agreed: Agreed,
    logins: Vec<PlannedLogin>,
    transfers: Vec<PlannedTransfer>,
    /// When each transfer happened; none for what is brought along before the history.
    times: Vec<Option<Timestamp>>,
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
                Sheet::Community | Sheet::OpeningBalances | Sheet::History => {}
                Sheet::Groups | Sheet::Fees | Sheet::Leavings => {}
            }
        }
        self.add_commons(community, &accounts);
        self.add_accounts(members, accounts, reading.problems);
        self.add_limits(limits, reading.problems);
        self.add_openings(openings, community, reading.problems);
        self.add_history(&mut reading);
        self.agreed = agreed::read(&mut reading, self.sources, &self.by_member, &self.accounts);
        self.check_admin(problems);
    }

    fn wrong(&self, place: Place, what: impl Into<String>, problems: &mut Problems) {
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
            limits: Limits::default(),
            limits_place: nowhere,
            limits_reason: String::new(),
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
            limits: if member.is_some() { self.default_limits } else { Limits::default() },
            limits_place: row.place,
            limits_reason: String::new(),
            member: member.map(|(member, login)| PlannedMember {
                place: member.place,
                role: if is_admin(member) { Role::Admin } else { member.role },
                status: member.status,
                login,
            }),
        });
    }

    fn add_limits(&mut self, rows: Vec<LimitsRow>, problems: &mut Problems) {
        let mut seen = HashSet::new();
        for row in rows {
            let Some(index) = self.by_reference.get(&row.account).copied() else {
                self.wrong(row.place, format!("there is no account {}", row.account), problems);
                continue;
            };
            if !seen.insert(index) {
                let what = format!("account {} has limits already", row.account);
                self.wrong(row.place, what, problems);
            } else if let Some(account) = self.accounts.get_mut(index) {
                (account.limits, account.limits_place) = (row.limits, row.place);
                account.limits_reason = row.reason;
            }
        }
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
                is_opening_balance: true,
            });
            self.times.push(row.at);
        }
    }

    fn add_history(&mut self, reading: &mut Reading<'_>) {
        let (mut transfers, mut times, mut seen) = (Vec::new(), Vec::new(), HashSet::new());
        for source in self.sources.iter().filter(|source| source.sheet == Sheet::History) {
            reading.transfers(source, |row, file, problems| {
                let mut wrong = |what: String| problems.add(file, Some(row.place.line), what);
                let find = |reference: &str| self.by_reference.get(reference).copied();
                let (payer, payee) = (find(row.payer), find(row.payee));
                for (side, found) in [(row.payer, payer), (row.payee, payee)] {
                    if found.is_none() {
                        wrong(format!("there is no account {side}"));
                    }
                }
                if let Some(reference) = row.reference
                    && !seen.insert(reference.to_owned())
                {
                    wrong(format!("transfer {reference} is there twice"));
                }
                let (Some(payer), Some(payee)) = (payer, payee) else { return };
                if payer == payee {
                    return wrong("payer and payee are one account".to_owned());
                }
                if row.is_opening_balance && payer != 0 && payee != 0 {
                    return wrong("an opening balance stands between an account and the commons".to_owned());
                }
                times.push(Some(row.at));
                transfers.push(PlannedTransfer {
                    place: row.place,
                    payer,
                    payee,
                    amount: row.amount,
                    description: row.description,
                    is_opening_balance: row.is_opening_balance,
                });
            });
        }
        self.transfers.append(&mut transfers);
        self.times.append(&mut times);
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

    /// Puts everything into the order of its times.
    fn order(self, community: NewCommunity, founded: Option<Timestamp>, problems: &mut Problems) -> Plan {
        let history = || self.times.iter().flatten().copied();
        let begin = history().min().unwrap_or(self.now);
        let opened = self.accounts.iter().filter_map(|account| account.opened);
        let first = opened.chain(founded).chain(history()).min().unwrap_or(self.now);
        let opened_at =
            |index: usize| self.accounts.get(index).and_then(|account| account.opened).unwrap_or(first);
        let mut steps: Vec<(Timestamp, Step)> =
            Vec::with_capacity(self.accounts.len() + self.transfers.len());
        // The fund has the first number, whatever its file says.
        let is_first = |at: &Timestamp| {
            history().all(|time| time >= *at) && (1..self.accounts.len()).all(|index| opened_at(index) >= *at)
        };
        let fund = self.accounts.first().and_then(|fund| fund.opened).filter(is_first).unwrap_or(first);
        steps.push((fund, Step::Open(0)));
        steps.extend((1..self.accounts.len()).map(|index| (opened_at(index), Step::Open(index))));
        for (index, (transfer, at)) in self.transfers.iter().zip(&self.times).enumerate() {
            let at = at.unwrap_or(begin);
            for side in [transfer.payer, transfer.payee] {
                if side != 0 && opened_at(side) > at {
                    let reference = self.accounts.get(side).map(|account| Arc::clone(&account.reference));
                    let reference = reference.unwrap_or_default();
                    let what = format!("account {reference} was opened later, {}", opened_at(side).rfc3339());
                    self.wrong(transfer.place, what, problems);
                }
            }
            steps.push((at, Step::Post(index)));
        }
        for (index, account) in self.accounts.iter().enumerate() {
            if self.request.limits_from == LimitsFrom::End {
                steps.push((self.now, Step::SetLimits(index)));
            }
            let status = account.member.as_ref().map_or(MemberStatus::Active, |member| member.status);
            if status != MemberStatus::Active {
                steps.push((self.now, Step::SetMemberStatus(index)));
            }
            // Those of frozen and closed members follow them.
            let is_by_itself = matches!(status, MemberStatus::Active | MemberStatus::Leaving);
            if is_by_itself && account.status != AccountStatus::Active {
                steps.push((self.now, Step::SetAccountStatus(index)));
            }
        }
        steps.sort_unstable();
        Plan {
            community,
            founded: first,
            limits_from: self.request.limits_from,
            logins: self.logins,
            accounts: self.accounts,
            transfers: self.transfers,
            agreed: self.agreed,
            steps,
            file_names: self.file_names,
        }
    }
}
