//! What would change if a policy were adopted, on the real history.

use std::collections::{HashMap, HashSet};

use super::PolicyText;
use super::evaluating::{Judge, is_overridden, no_day};
use crate::auth::tokens::Bearer;
use crate::domain::account::Limits;
use crate::domain::amount::Amount;
use crate::domain::community::Community;
use crate::domain::ids::{AccountId, PaymentId};
use crate::domain::payment_rules::{Paid, PaymentRules};
use crate::domain::policy::Right;
use crate::domain::time::Timestamp;
use crate::domain::zone::TimeOfDay;
use crate::services::caller::require_right;
use crate::services::{ServiceError, Services};
use crate::storage::limits::accounts::{self, BoundAccount};
use crate::storage::limits::past;
use crate::storage::{Conn, StorageError, heads};

/// The most accounts, and the most payments, that a preview lists.
pub const PREVIEW_LIST_MAX: usize = 100;
/// Over how many days payments are looked at: a year.
const PREVIEW_DAYS: i64 = 365;
/// How many accounts are read at once.
const ACCOUNTS_PER_PAGE: i64 = 500;

/// What would change.
#[derive(Debug, Clone)]
pub struct Preview {
    /// The community.
    pub community: Community,
    /// How many accounts a policy is about.
    pub accounts: i64,
    /// How many of them have limits that count instead of it, and stay as they are.
    pub overridden: i64,
    /// How many would get another credit limit, or another ceiling.
    pub changed: i64,
    /// How many would get a higher credit limit.
    pub raised: i64,
    /// How many would get a lower one.
    pub lowered: i64,
    /// How much credit is granted in all now.
    pub granted_before: Amount,
    /// How much would be.
    pub granted_after: Amount,
    /// The accounts whose credit limits would change most, and then the others that change.
    pub changes: Vec<ChangedAccount>,
    /// From when on payments were looked at.
    pub payments_from: Timestamp,
    /// How many of them would have been refused with these limits.
    pub refused: i64,
    /// The newest of them.
    pub refused_payments: Vec<RefusedPayment>,
}

/// An account that would get other limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ChangedAccount {
    /// The account.
    pub id: AccountId,
    /// Its code.
    pub code: String,
    /// The name people read.
    pub name: String,
    /// How far it may go.
    pub before: Limits,
    /// How far it could go.
    pub after: Limits,
}

/// A payment that was made and would have been refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedPayment {
    /// Its place on the chain.
    pub seq: i64,
    /// The payment.
    pub payment_id: PaymentId,
    /// The code of the account whose limit it would have passed.
    pub code: String,
    /// How much.
    pub amount: Amount,
    /// The problem's code.
    pub refusal: &'static str,
}

impl Services {
    /// What would change if a policy were adopted now. For admins. Nothing is changed.
    ///
    /// # Errors
    /// Everything that is wrong with it; why the bearer may not.
    pub async fn preview_limit_policy(
        &self,
        bearer: &Bearer,
        code: String,
        policy: PolicyText,
    ) -> Result<Preview, ServiceError> {
        let room = self.room_for_books(bearer.authority.user_id)?;
        let (now, caller) = (self.now(), bearer.clone());
        let read = move |conn: &mut Conn| {
            let _room = room;
            let community = require_right(conn, &caller, &code, Right::SetLimitPolicy, now)?;
            let policy = policy.read(conn, &community, None)?;
            let judge = Judge::read(conn, community, policy, None, now)?;
            Ok(preview(conn, &judge, now)?)
        };
        self.ledger.read(read).await
    }
}

fn preview(conn: &mut Conn, judge: &Judge, now: Timestamp) -> Result<Preview, StorageError> {
    let community = judge.community().clone();
    let zone = &community.time_zone;
    let first = zone.day_of(now).and_then(|today| today.plus_days(-PREVIEW_DAYS)).ok_or_else(no_day)?;
    let payments_from = zone.moment(first, TimeOfDay::MIDNIGHT).ok_or_else(no_day)?;
    let last_seq = heads::find(conn, community.id)?.map_or(0, |head| head.seq);
    let after_seq = heads::seq_before(conn, community.id, payments_from, last_seq)?;
    let mut preview = Preview {
        community,
        accounts: 0,
        overridden: 0,
        changed: 0,
        raised: 0,
        lowered: 0,
        granted_before: Amount::ZERO,
        granted_after: Amount::ZERO,
        changes: Vec::new(),
        payments_from,
        refused: 0,
        refused_payments: Vec::new(),
    };
    let mut refused_ids = HashSet::new();
    let mut behind = None;
    loop {
        let page = accounts::page(conn, preview.community.id, behind, ACCOUNTS_PER_PAGE)?;
        let (Some(first), Some(last)) = (page.first(), page.last()) else { return Ok(preview) };
        let bounds = (first.id, last.id);
        behind = Some(last.id);
        let mut given = HashMap::with_capacity(page.len());
        for account in &page {
            let evaluated = judge.evaluate(account)?;
            let after = if is_overridden(account, now) {
                preview.overridden += 1;
                account.limits
            } else {
                evaluated.limits()
            };
            preview.note(account, after)?;
            given.insert(account.id, (account.code.as_str(), after, evaluated.payments));
        }
        preview.keep_largest();
        for entry in past::entries(conn, preview.community.id, bounds, after_seq)? {
            if let Some((code, limits, _)) = given.get(&entry.account_id) {
                if refused_ids.contains(&entry.payment_id) {
                    continue;
                }
                let refused = preview.judge_entry(&entry, code, *limits);
                refused_ids.extend(refused.then_some(entry.payment_id));
            }
        }
        if judge.bounds_payments() {
            let mut paid: HashMap<AccountId, Paid> = HashMap::new();
            for past in past::payments(conn, preview.community.id, bounds, after_seq)? {
                let (id, payment_id) = (past.entry.account_id, past.entry.payment_id);
                let Some((code, _, rules)) = given.get(&id).filter(|_| !refused_ids.contains(&payment_id))
                else {
                    continue;
                };
                let refused = preview.judge_payment(&past, code, rules, paid.entry(id).or_default());
                refused_ids.extend(refused.then_some(payment_id));
            }
        }
        preview.keep_newest();
    }
}

impl Preview {
    fn note(&mut self, account: &BoundAccount, after: Limits) -> Result<(), StorageError> {
        let too_much =
            || StorageError::Corrupt("all credit limits together leave the range of numbers".into());
        let add = |sum: Amount, limits: Limits| sum.checked_add(limits.credit_limit).ok_or_else(too_much);
        self.accounts += 1;
        self.granted_before = add(self.granted_before, account.limits)?;
        self.granted_after = add(self.granted_after, after)?;
        let before = account.limits;
        self.raised += i64::from(after.credit_limit > before.credit_limit);
        self.lowered += i64::from(after.credit_limit < before.credit_limit);
        if after != before {
            self.changed += 1;
            let (code, name) = (account.code.clone(), account.name.clone());
            self.changes.push(ChangedAccount { id: account.id, code, name, before, after });
        }
        Ok(())
    }

    /// Keeps of the changes only as many as are listed.
    fn keep_largest(&mut self) {
        let by = |change: &ChangedAccount| {
            let (before, after) = (change.before.credit_limit.minor(), change.after.credit_limit.minor());
            (std::cmp::Reverse(after.abs_diff(before)), change.id)
        };
        self.changes.sort_by_key(by);
        self.changes.truncate(PREVIEW_LIST_MAX);
    }

    /// Counts a payment that would have been refused with these limits on this side. Whether it would.
    fn judge_entry(&mut self, entry: &past::PastEntry, code: &str, limits: Limits) -> bool {
        let past::PastEntry { amount, balance_after, .. } = *entry;
        let is_beyond_credit = amount.is_negative()
            && balance_after.checked_add(limits.credit_limit).is_some_and(Amount::is_negative);
        let is_above = amount.is_positive() && limits.ceiling.is_some_and(|ceiling| balance_after > ceiling);
        let refusal = match (is_beyond_credit, is_above) {
            (true, _) => "insufficient_credit",
            (false, true) => "ceiling_exceeded",
            (false, false) => return false,
        };
        self.refuse(entry, code, refusal);
        true
    }

    /// Counts a payment that would have been too much, or one too many, for the payer's day, week or month. What would have
    /// been refused counts for none. Whether it would.
    fn judge_payment(
        &mut self,
        past: &past::PastPayment,
        code: &str,
        rules: &PaymentRules,
        paid: &mut Paid,
    ) -> bool {
        let (at, zone) = (past.created_at, &self.community.time_zone);
        let amount = Amount::from_minor(past.entry.amount.minor().saturating_abs());
        if rules.judge(paid, amount, at, zone).is_err() {
            self.refuse(&past.entry, code, "payment_limit_reached");
            return true;
        }
        *paid = paid.with(amount, at, zone);
        false
    }

    fn refuse(&mut self, entry: &past::PastEntry, code: &str, refusal: &'static str) {
        self.refused += 1;
        self.refused_payments.push(RefusedPayment {
            seq: entry.seq,
            payment_id: entry.payment_id,
            code: code.to_owned(),
            amount: Amount::from_minor(entry.amount.minor().saturating_abs()),
            refusal,
        });
        if self.refused_payments.len() > 2 * PREVIEW_LIST_MAX {
            self.keep_newest();
        }
    }

    /// Keeps of the refused payments only as many as are listed.
    fn keep_newest(&mut self) {
        self.refused_payments.sort_by_key(|refused| std::cmp::Reverse(refused.seq));
        self.refused_payments.truncate(PREVIEW_LIST_MAX);
    }
}
