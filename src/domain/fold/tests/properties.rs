//! The fold and the model judge the same random commands, and have to agree.

use std::collections::{BTreeMap, HashMap};

use proptest::prelude::*;

use super::asking::{accept, allowing, bring, cancel, decline, expire, follow, merge};
use super::comparing::{
    assert_same_but_kept_refusals, compare_quote, made_approval, made_payment, made_schedule, name_of,
    proposal_of,
};
use super::model::{Model, ModelAccount, ModelMember, ModelUser, Verdict};
use super::random::{
    ADMINS, FUND, NAMES, NextStep, Operation, STRANGER, Step, UNKNOWN_HOLD, Who, authority, steps,
};
use super::reach::play;
use super::support::{
    PlainFormat, River, START, Snapshot, by, capture, change, daily, end_session, keyed, limits, minor,
    order, refund, reverse, run, schedule, set_status, unchanged, void,
};
use crate::domain::account::AccountStatus;
use crate::domain::approval::{ApprovalRules, SetApprovalRules, SettleApproval};
use crate::domain::command::{
    Action, Authorise, Authority, Command, Pay, Request, SetLimits, SetMemberStatus, SetTrust,
};
use crate::domain::fees::{Fee, SetFees};
use crate::domain::fold::{Answered, CommunityState, Fold};
use crate::domain::ids::{
    AccountId, ApprovalId, CheckoutId, MemberId, PaymentId, ScheduleId, SessionId, UserId,
};
use crate::domain::key::KeyHash;
use crate::domain::many::PayMany;
use crate::domain::member::{MemberStatus, Role};
use crate::domain::payment_rules::PaymentRules;
use crate::domain::recurrence::Plan;
use crate::domain::schedule::EditSchedule;
use crate::domain::time::Timestamp;
use crate::domain::trust::TrustTerms;
use crate::domain::write_off::AskWriteOff;

/// The model beside the fold's community, and who and what there is.
pub(super) struct Play {
    pub(super) model: Model,
    pub(super) users: Vec<UserId>,
    pub(super) sessions: Vec<[SessionId; 2]>,
    pub(super) accounts: Vec<AccountId>,
    members: Vec<MemberId>,
    /// Where the community bears its losses.
    losses: AccountId,
    /// Payments that somebody awaits, or awaited.
    pub(super) awaited: Vec<PaymentId>,
    /// The payments of earlier batches: before that, nobody can know their ids.
    payments: Vec<PaymentId>,
    schedules: Vec<ScheduleId>,
    pub(super) checkouts: Vec<CheckoutId>,
    approvals: Vec<ApprovalId>,
    pub(super) sent: Vec<Command>,
    pub(super) answers: HashMap<KeyHash, Answered>,
    /// How often each outcome came.
    pub tally: BTreeMap<String, usize>,
}

impl Play {
    pub(super) fn new(river: &mut River) -> Self {
        river.state.knows_admins = true;
        let mut cast: Vec<_> = NAMES
            .iter()
            .enumerate()
            .map(|(index, name)| {
                let role = if ADMINS.contains(&index) { Role::Admin } else { Role::Member };
                river.newcomer(name, role, limits(1_000, (index != 0).then_some(1_500)))
            })
            .collect();
        cast.push(river.stranger());
        let fay = cast[NAMES.len() - 1];
        river.set_member_status(fay, MemberStatus::Frozen);
        river.state.members.get_mut(&fay.member).unwrap().status = MemberStatus::Frozen;

        let losses = river.losses();
        let mut model = Model::new(START);
        for (index, person) in cast.iter().enumerate() {
            let belongs = index != STRANGER;
            let user = ModelUser {
                belongs,
                acts: belongs && person.user != fay.user,
                is_admin: ADMINS.contains(&index),
            };
            model.users.insert(person.user, user);
            if belongs {
                let status = river.state.members[&person.member].status;
                let member = ModelMember { user: person.user, account: person.account, status };
                model.members.insert(person.member, member);
            }
        }
        for account in river.state.accounts.values() {
            let owner =
                cast.iter().find(|person| Some(person.member) == account.member_id).map(|person| person.user);
            let opened = ModelAccount {
                code: account.code.clone(),
                owner,
                status: AccountStatus::Active,
                credit_limit: account.limits.credit_limit.minor().into(),
                ceiling: account.limits.ceiling.map(|ceiling| ceiling.minor().into()),
                balance: 0,
                reserved: 0,
                negative_since: None,
                version: 1,
                allowance: None,
                rules: PaymentRules::default(),
            };
            model.accounts.insert(account.id, opened);
        }
        let mut accounts: Vec<_> = cast[..NAMES.len()].iter().map(|person| person.account).collect();
        accounts.push(river.commons);
        accounts.push(cast[STRANGER].account);
        Self {
            users: cast.iter().map(|person| person.user).collect(),
            sessions: cast
                .iter()
                .map(|person| [person.session, SessionId::from_uuid(person.account.uuid())])
                .collect(),
            accounts,
            losses,
            members: cast.iter().map(|person| person.member).collect(),
            model,
            awaited: Vec::new(),
            payments: Vec::new(),
            schedules: Vec::new(),
            checkouts: Vec::new(),
            approvals: Vec::new(),
            sent: Vec::new(),
            answers: HashMap::new(),
            tally: BTreeMap::new(),
        }
    }

    /// One batch with a fresh fold; afterwards its rows are audited.
    pub(super) fn run(&mut self, river: &mut River, batch: &[Step]) {
        river.now = river.now.plus_seconds(batch[0].new_batch.unwrap_or(0));
        self.model.begin(river.now);
        let mut fold = Fold::new(&mut river.state, &river.answers, river.now, &mut river.ids, &PlainFormat);
        for step in batch {
            let Some(command) = self.command(step, river.now, fold.state) else { continue };
            self.judge_twice(&mut fold, &command);
            self.sent.push(command);
        }
        let postings = fold.finish();
        self.payments.extend(postings.payments.iter().map(|payment| payment.id));
        river.keep(postings);
    }

    /// The fold and the model judge, and have to agree on the outcome and on what is left.
    fn judge_twice(&mut self, fold: &mut Fold<'_>, command: &Command) {
        self.model.turn_to(command.happened_at);
        let verdict = self.model.judge(command);
        let before = (Snapshot::of(fold.state), fold.postings.clone());
        let quote = proposal_of(command).map(|proposal| fold.quote(&command.authority, &proposal));
        let outcome = fold.apply(command);
        if let Some(quote) = quote {
            compare_quote(quote, &verdict, fold.state);
        }
        let passes = verdict == Verdict::Passes;
        if let (true, Action::Request(request)) = (passes, &command.action)
            && self.model.pays_at_once(request)
        {
            *self.tally.entry("pays at once".into()).or_default() += 1;
        }
        *self.tally.entry(name_of(&verdict, command)).or_default() += 1;

        self.compare(&verdict, &outcome, command);
        let asked = made_approval(&outcome).filter(|_| passes);
        assert_eq!(asked.is_some(), passes && self.model.needs_two(command), "{command:?}");
        if let Some(id) = asked {
            self.model.ask(command, id);
            self.approvals.push(id);
            *self.tally.entry("asks another admin".into()).or_default() += 1;
        } else if let (Action::PayMany(_) | Action::Charge(_) | Action::PayIncome(_), true) =
            (&command.action, passes)
        {
            let made = &fold.postings.payments[before.1.payments.len()..];
            let made: Vec<_> = made.iter().map(|payment| payment.id).collect();
            self.model.perform_making(command, &made);
        } else if passes {
            // What a run makes is told by its row alone.
            let by_run = fold.postings.payments.get(before.1.payments.len()).map(|payment| payment.id);
            self.model.perform(command, made_payment(&outcome, command).or(by_run));
            self.note_checkout(command, &outcome, by_run);
            if matches!(command.action, Action::Schedule(_)) {
                self.schedules.extend(made_schedule(&outcome));
            }
            let is_awaited = matches!(command.action, Action::Authorise(_) | Action::Request(_));
            self.awaited.extend(made_payment(&outcome, command).filter(|_| is_awaited));
            if let Some(id) = command.life_id() {
                assert_eq!(fold.state.lives[&id].payment.state, self.model.lives[&id].state);
            }
        } else {
            assert_eq!(Snapshot::of(fold.state), before.0, "{verdict:?} changes nothing");
            assert_same_but_kept_refusals(&fold.postings, &before.1);
        }
        for payment in &fold.postings.payments[before.1.payments.len()..] {
            self.model.check_way_back(payment);
        }
        for what in std::mem::take(&mut self.model.told) {
            *self.tally.entry(what.to_owned()).or_default() += 1;
        }
        if matches!(verdict, Verdict::Passes | Verdict::RefusedForGood(_)) {
            self.model.use_key(command);
        }
        if fold.postings.events.len() > before.1.events.len() {
            self.model.tell();
        }
        self.model.compare_approvals(fold.state);
        self.model.compare_funds(fold.state);
        self.model.compare_checkouts(fold.state);
        for (id, expected) in &self.model.schedules {
            expected.compare(&fold.state.schedules[id], command);
        }
        for (id, expected) in &self.model.accounts {
            let account = &fold.state.accounts[id];
            let found = ModelAccount {
                code: account.code.clone(),
                owner: expected.owner,
                status: account.status,
                credit_limit: account.limits.credit_limit.minor().into(),
                ceiling: account.limits.ceiling.map(|ceiling| ceiling.minor().into()),
                balance: account.balance.minor().into(),
                reserved: account.reserved.minor().into(),
                negative_since: account.negative_since,
                version: account.version,
                allowance: account
                    .allowance
                    .map(|allowance| (allowance.amount.minor().into(), allowance.until)),
                rules: account.rules,
            };
            assert_eq!(found, *expected, "after {command:?}");
        }
    }

    /// What a step asks for, as things stand.
    pub(super) fn command(&self, step: &Step, now: Timestamp, state: &CommunityState) -> Option<Command> {
        let account = |index: usize| self.accounts[index];
        let owner = |id: AccountId| {
            let owner = self.model.accounts.get(&id).and_then(|account| account.owner);
            self.users.iter().position(|user| Some(*user) == owner).unwrap_or(0)
        };
        // The newest of them more often than the others; once in a while, one that does not exist.
        let unknown = PaymentId::from_uuid(self.accounts[FUND].uuid());
        let awaited = |back: usize| {
            if back == UNKNOWN_HOLD { Some(unknown) } else { self.awaited.iter().rev().nth(back).copied() }
        };
        let side_of = |id: PaymentId, payee: bool| {
            let life = self.model.lives.get(&id);
            life.map_or(0, |life| owner(if payee { life.payee } else { life.payer }))
        };
        let planned = |back: usize| {
            let unknown = ScheduleId::from_uuid(self.accounts[FUND].uuid());
            if back == UNKNOWN_HOLD { Some(unknown) } else { self.schedules.iter().rev().nth(back).copied() }
        };
        let by_another = |told: Command| by(authority(step, 0, &self.users, &self.sessions), told.action);
        let (rightful, key, action) = match step.operation.clone() {
            Operation::Pay { payer, payee, amount, text, again, key } => {
                let pay = order(account(payer), account(payee), amount, text);
                let action = Action::Pay(Pay { allow_duplicate: again, ..pay });
                (owner(account(payer)), key, action)
            }
            Operation::PayMany { lines, mode, key } => {
                // Mostly from one who may: the first payer pays all.
                let payer = account(lines[0].0.0);
                let is_theirs = |place: usize| if place < 4 { payer } else { account(lines[place].0.0) };
                let pays = lines.iter().enumerate();
                let payments: Vec<_> = pays
                    .map(|(place, ((_, payee), amount))| {
                        order(is_theirs(place), account(*payee), *amount, "")
                    })
                    .collect();
                let numbers = (1..).take(payments.len()).collect();
                let many = PayMany { mode, payments, lines: numbers, unfit: Vec::new() };
                (owner(payer), key, Action::PayMany(many))
            }
            Operation::Authorise { payer, payee, amount, seconds, key } => {
                let payment = order(account(payer), account(payee), amount, "a bicycle");
                let expires_at = now.max(START).plus_seconds(seconds);
                (owner(account(payer)), key, Action::Authorise(Authorise { payment, expires_at }))
            }
            Operation::Request { payer, payee, amount, seconds, key } => {
                let payment = order(account(payer), account(payee), amount, "a month's bread");
                let expires_at = now.max(START).plus_seconds(seconds);
                (owner(account(payee)), key, Action::Request(Request { payment, expires_at }))
            }
            Operation::Step { step: NextStep::Expire, back, .. } if matches!(step.who, Who::Rightful) => {
                return Some(expire(Authority::Service, awaited(back)?));
            }
            Operation::Step { step, back, key } => {
                let (id, service) = (awaited(back)?, Authority::Service);
                let (is_payees, command) = match step {
                    NextStep::Capture { amount } => (true, capture(service, id, amount)),
                    NextStep::Void => (true, void(service, id)),
                    NextStep::Cancel => (true, cancel(service, id)),
                    NextStep::Accept => (false, accept(service, id)),
                    NextStep::Decline => (false, decline(service, id, "not today")),
                    NextStep::Expire => (false, expire(service, id)),
                };
                (side_of(id, is_payees), key, command.action)
            }
            Operation::Trust { payer, payee, up_to, per_month } => {
                let terms =
                    up_to.map(|up_to| TrustTerms { up_to: minor(up_to), per_month: per_month.map(minor) });
                let change = SetTrust { payer_id: account(payer), payee_id: account(payee), terms };
                (owner(account(payer)), None, Action::SetTrust(change))
            }
            Operation::Refund { back, amount, key } => {
                let paid = self.payments.iter().rev().nth(back).copied();
                // What shops sold comes back, too, and would seldom be met by chance.
                let sold = self.payments.iter().rev().find(|id| self.model.is_sale(**id)).copied();
                let paid = sold.filter(|_| amount % 3 == 0).or(paid);
                let id = if back == UNKNOWN_HOLD { unknown } else { paid? };
                let payee = self.model.paid.get(&id).map_or(0, |paid| owner(paid.payee));
                (payee, key, refund(Authority::Service, id, amount).action)
            }
            Operation::Schedule { payer, payee, amount, when, rule, key } => {
                let plan = match when {
                    Ok(seconds) => Plan::Once(START.plus_seconds(seconds)),
                    Err((days, every, count)) => daily(&format!("2026-09-{}", 21 - days), every, count),
                };
                let payment = order(account(payer), account(payee), amount, "by the day");
                (owner(account(payer)), key, schedule(Authority::Service, payment, plan, rule).action)
            }
            Operation::ChangeSchedule { back, change: what } => {
                let id = planned(back)?;
                let payer = self.model.schedules.get(&id).map_or(0, |planned| owner(planned.payer));
                (payer, None, change(Authority::Service, id, what).action)
            }
            Operation::EditSchedule { back, amount, count, rule, skip } => {
                let id = planned(back)?;
                let payer = self.model.schedules.get(&id).map_or(0, |planned| owner(planned.payer));
                let skip_until = skip.map(|days| format!("2026-09-{}", 21 + days).parse().unwrap());
                let amount = amount.map(minor);
                let edit = EditSchedule { amount, count, on_failure: rule, skip_until, ..unchanged(id) };
                (payer, None, Action::EditSchedule(edit))
            }
            Operation::RunSchedule { back, off } => {
                let id = planned(back)?;
                let next = self.model.schedules.get(&id).map_or(1, |planned| planned.next);
                // By the service, like all runs; now and then by somebody else.
                let command = run(id, next + off);
                let is_own = matches!(step.who, Who::Rightful | Who::Service);
                return Some(if is_own { command } else { by_another(command) });
            }
            Operation::Reverse { back, beyond, key } => {
                let paid = self.payments.iter().rev().nth(back).copied();
                let id = if back == UNKNOWN_HOLD { unknown } else { paid? };
                (0, key, reverse(Authority::Service, id, beyond).action)
            }
            Operation::SetRules { limits_above, reversals_above } => {
                let [limits_above, reversals_above] =
                    [limits_above, reversals_above].map(|above| above.map(minor));
                let rules = ApprovalRules { limits_above, reversals_above };
                (0, None, Action::SetApprovalRules(SetApprovalRules { rules, reason: "by decision".into() }))
            }
            Operation::Settle { back, agrees, own } => {
                let unknown = ApprovalId::from_uuid(self.accounts[FUND].uuid());
                let id = if back == UNKNOWN_HOLD {
                    Some(unknown)
                } else {
                    self.approvals.iter().rev().nth(back).copied()
                };
                let settle = SettleApproval { approval_id: id?, agrees, reason: String::new() };
                // Mostly whoever of the two did not ask.
                let is_firsts = self.model.asker_of(settle.approval_id) == Some(self.users[ADMINS[0]]);
                (ADMINS[usize::from(is_firsts != own)], None, Action::SettleApproval(settle))
            }
            Operation::Bring { account: index, owed, amount, ago, paid } => {
                let sides = if owed { [index, FUND] } else { [FUND, index] }.map(account);
                let told = bring(sides, amount, now.plus_seconds(-ago), paid);
                let is_own = !matches!(step.who, Who::Someone { .. });
                return Some(if is_own { told } else { by_another(told) });
            }
            Operation::SetLimits { account: index, credit_limit, ceiling, version_off } => {
                let version = state.accounts.get(&account(index)).map_or(0, |account| account.version);
                let change = SetLimits {
                    account_id: account(index),
                    limits: limits(credit_limit, ceiling),
                    until: None,
                    reason: "by decision".into(),
                    if_version: version_off.map(|off| version + off),
                };
                (0, None, Action::SetLimits(change))
            }
            Operation::SetFees { payer, payee, version_off } => {
                let fee = |(fixed, basis_points)| Fee { fixed: minor(fixed), basis_points };
                let change = SetFees {
                    fund_id: account(FUND),
                    payer: fee(payer),
                    payee: fee(payee),
                    reason: "by decision".into(),
                    if_version: version_off.map(|off| self.model.fees.version + off),
                };
                (0, None, Action::SetFees(change))
            }
            Operation::Follow { account: index, credit_limit, ceiling, rules, off } => {
                let known = state.accounts.get(&account(index));
                let changes = known.map_or(0, |account| account.version - account.account_seq) + off;
                return Some(follow(account(index), (limits(credit_limit, ceiling), rules), changes));
            }
            Operation::Allow { account: index, amount, seconds } => {
                (0, None, allowing(account(index), amount, now.plus_seconds(seconds)))
            }
            Operation::SetStatus { account: index, status } => {
                (0, None, set_status(Authority::Service, account(index), status).action)
            }
            Operation::WriteOff { account: index, category } => {
                let fund = if category.is_for_commons() { self.accounts[FUND] } else { self.losses };
                let (account_id, reason) = (account(index), "by decision".into());
                let ask = AskWriteOff { account_id, other_id: fund, category, reason };
                // Mostly another admin than whose account it is.
                (ADMINS[usize::from(index == ADMINS[0])], None, Action::WriteOff(ask))
            }
            Operation::Merge { account: one, kept } => {
                (ADMINS[usize::from(kept == ADMINS[0])], None, merge([one, kept].map(account)))
            }
            Operation::Leave { person, leaves } => {
                let status = if leaves { MemberStatus::Leaving } else { MemberStatus::Active };
                let (member_id, account_ids) = (self.members[person], vec![self.accounts[person]]);
                let change = SetMemberStatus { member_id, account_ids, status, reason: "moving away".into() };
                (person, None, Action::SetMemberStatus(change))
            }
            Operation::Fund(operation) => return Some(self.fund_command(step, &operation, state)),
            Operation::Sell(operation) => return self.sell_command(step, &operation, now),
            Operation::EndSession { person, session } => {
                return Some(end_session(self.sessions[person][session]));
            }
            Operation::Repeat { nth, keeps_key } => return self.again(step, nth, keeps_key),
        };
        let command = by(authority(step, rightful, &self.users, &self.sessions), action);
        Some(key.map_or_else(|| command.clone(), |key| keyed(command.clone(), &format!("k-{key}"))))
    }
}

proptest! {
    #[test]
    fn the_fold_does_what_the_model_says(steps in steps()) {
        play(&steps);
    }
}
