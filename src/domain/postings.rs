//! Everything that one batch writes, one list for each table.

use std::sync::Arc;

use super::account::Account;
use super::approval::Approval;
use super::chain::Text;
use super::checkout::{Checkout, CheckoutChange};
use super::community::Community;
use super::contributions::{Charged, KeptCharge};
use super::fees::{FeeRules, Fees};
use super::fund::{IncomeRules, IncomeRun};
use super::head::Head;
use super::ids::PaymentId;
use super::income_plan::IncomePlan;
use super::key::{KeyHash, StoredAnswer};
use super::limit_policy::{AdoptedPolicy, OverrideChange};
use super::lone_payouts::LonePayout;
use super::mail::OutboxMail;
use super::member::Operator;
use super::merging::Merge;
use super::missed::MissedPeriods;
use super::payment::{Hold, Payment, PaymentRequest};
use super::records::{
    AccountItem, AppSpending, AuditLine, DelegationChange, EndedSession, Entry, ErasedMember, Event,
    HoldItem, NewMember, PaymentChange, PaymentNotice, Record, RefusalNote, RenamedMember, TrustChange,
};
use super::schedule::{FormerTerms, Notice, Schedule};
use super::write_off::WriteOff;

/// Everything that one batch writes for one community, one list for each table.
#[derive(Debug, Clone)]
pub struct Postings {
    /// The head's version on which the batch was folded.
    pub from_version: i64,
    /// The head after the batch.
    pub head: Head,
    /// The chain's new records.
    pub records: Vec<Record>,
    /// The entries of the new transfers.
    pub entries: Vec<Entry>,
    /// The items of the new account records.
    pub account_items: Vec<AccountItem>,
    /// The items of the new holds and releases.
    pub hold_items: Vec<HoldItem>,
    /// Payments made.
    pub payments: Vec<Payment>,
    /// Payments changed.
    pub payment_changes: Vec<PaymentChange>,
    /// New erasable texts: reasons. A payment's own text stands with the payment.
    pub texts: Vec<Text>,
    /// Keys used, with their answers.
    pub keys: Vec<(KeyHash, StoredAnswer)>,
    /// New events.
    pub events: Vec<Event>,
    /// Accounts opened.
    pub new_accounts: Vec<Account>,
    /// Accounts whose status, limits or reserved amount changed, as they are after the batch. What an account's entries
    /// alone changed follows from them.
    pub changed_accounts: Vec<Account>,
    /// The community's facts, where they changed, as they are after the batch.
    pub changed_community: Option<Arc<Community>>,
    /// Holds made or ended, as they are after the batch.
    pub holds: Vec<Hold>,
    /// Requests made or decided, as they are after the batch.
    pub requests: Vec<PaymentRequest>,
    /// Trusted payees, in the order of the changes.
    pub trusts: Vec<TrustChange>,
    /// What people are to be written about payments.
    pub payment_notices: Vec<PaymentNotice>,
    /// Members who joined.
    pub new_members: Vec<NewMember>,
    /// Sessions ended.
    pub ended_sessions: Vec<EndedSession>,
    /// Members whose status or role changed, each as it is after that change.
    pub changed_members: Vec<Operator>,
    /// Tellers and brokers of accounts, in the order of the changes.
    pub delegations: Vec<DelegationChange>,
    /// What apps with a ceiling for the day, and tellers, spent.
    pub app_spending: Vec<AppSpending>,
    /// Members forgotten.
    pub erased_members: Vec<ErasedMember>,
    /// Members with another name, in the order of the changes.
    pub renamed_members: Vec<RenamedMember>,
    /// Schedules and planned payments made or changed, as they are after the batch.
    pub schedules: Vec<Schedule>,
    /// By what their runs came until now, where that was changed, in the order of the changes.
    pub former_terms: Vec<FormerTerms>,
    /// Mails to those who planned them.
    pub notices: Vec<Notice>,
    /// Payments refused.
    pub refusals: Vec<RefusalNote>,
    /// The audit log's new lines.
    pub audits: Vec<AuditLine>,
    /// What needs two admins, asked for or settled, each as it is after that change.
    pub approvals: Vec<Approval>,
    /// Balances written off.
    pub write_offs: Vec<WriteOff>,
    /// Whether from now on everybody may ask to join.
    pub opens_joining: bool,
    /// Accounts merged into others.
    pub merges: Vec<Merge>,
    /// Which fees payments bear, where they bear some or others than before, in the order of the changes.
    pub fees: Vec<(PaymentId, Fees)>,
    /// Until when accounts were asked for contributions, each as it is after that change.
    pub charged: Vec<Charged>,
    /// That accounts were asked, each with all by which it was judged, in their order.
    pub charges: Vec<KeptCharge>,
    /// The rules on fees with each of their changes, and behind which record they came into force.
    pub fee_versions: Vec<(FeeRules, i64)>,
    /// What came of periods' incomes, in their order.
    pub income_runs: Vec<IncomeRun>,
    /// Periods whose income has no turn, in their order.
    pub missed_periods: Vec<MissedPeriods>,
    /// The rules on the fund's income with each of their changes, in their order.
    pub income_versions: Vec<IncomeRules>,
    /// The rules on the fund's income with what comes next, where they changed, as they are after the batch.
    pub income_plan: Option<IncomePlan>,
    /// What admins paid out of the fund alone.
    pub lone_payouts: Vec<LonePayout>,
    /// Mails about what was done.
    pub mails: Vec<OutboxMail>,
    /// Limits that count instead of the policy's, in the order of the changes.
    pub overrides: Vec<OverrideChange>,
    /// Policies on limits adopted.
    pub policies: Vec<AdoptedPolicy>,
    /// Checkouts made, as they are after the batch.
    pub new_checkouts: Vec<Checkout>,
    /// Checkouts of earlier batches that changed, as they are after the batch.
    pub checkout_changes: Vec<CheckoutChange>,
}

impl Postings {
    /// Nothing yet, on top of `head`.
    pub fn on(head: &Head) -> Self {
        Self {
            from_version: head.version,
            head: head.clone(),
            records: Vec::new(),
            entries: Vec::new(),
            account_items: Vec::new(),
            hold_items: Vec::new(),
            payments: Vec::new(),
            payment_changes: Vec::new(),
            texts: Vec::new(),
            keys: Vec::new(),
            events: Vec::new(),
            new_accounts: Vec::new(),
            changed_accounts: Vec::new(),
            changed_community: None,
            holds: Vec::new(),
            requests: Vec::new(),
            trusts: Vec::new(),
            payment_notices: Vec::new(),
            new_members: Vec::new(),
            ended_sessions: Vec::new(),
            changed_members: Vec::new(),
            delegations: Vec::new(),
            app_spending: Vec::new(),
            erased_members: Vec::new(),
            renamed_members: Vec::new(),
            schedules: Vec::new(),
            former_terms: Vec::new(),
            notices: Vec::new(),
            refusals: Vec::new(),
            audits: Vec::new(),
            approvals: Vec::new(),
            write_offs: Vec::new(),
            opens_joining: false,
            merges: Vec::new(),
            fees: Vec::new(),
            charged: Vec::new(),
            charges: Vec::new(),
            fee_versions: Vec::new(),
            income_runs: Vec::new(),
            missed_periods: Vec::new(),
            income_versions: Vec::new(),
            income_plan: None,
            lone_payouts: Vec::new(),
            mails: Vec::new(),
            overrides: Vec::new(),
            policies: Vec::new(),
            new_checkouts: Vec::new(),
            checkout_changes: Vec::new(),
        }
    }

    /// Adds what was folded on the head that this leaves, so that both are written as one batch.
    ///
    /// # Panics
    /// When it was folded on another head.
    pub fn append(&mut self, next: Self) {
        assert_eq!(self.head.community_id, next.head.community_id, "a batch is one community's");
        assert_eq!(self.head.version, next.from_version, "the next part was folded on what this one leaves");
        // All fields by name, so that a new one is not forgotten here.
        let Self {
            from_version: _,
            head,
            mut records,
            mut entries,
            mut account_items,
            mut hold_items,
            mut payments,
            mut payment_changes,
            mut texts,
            mut keys,
            mut events,
            mut new_accounts,
            changed_accounts,
            changed_community,
            holds,
            requests,
            mut trusts,
            mut payment_notices,
            mut new_members,
            mut ended_sessions,
            mut changed_members,
            mut delegations,
            mut app_spending,
            mut erased_members,
            mut renamed_members,
            schedules,
            mut former_terms,
            mut notices,
            mut refusals,
            mut audits,
            mut approvals,
            mut write_offs,
            opens_joining,
            mut merges,
            mut fees,
            mut charged,
            mut charges,
            mut fee_versions,
            mut income_runs,
            mut missed_periods,
            mut income_versions,
            income_plan,
            mut lone_payouts,
            mut mails,
            mut overrides,
            mut policies,
            mut new_checkouts,
            checkout_changes,
        } = next;
        self.head = head;
        self.records.append(&mut records);
        self.entries.append(&mut entries);
        self.account_items.append(&mut account_items);
        self.hold_items.append(&mut hold_items);
        self.payments.append(&mut payments);
        self.payment_changes.append(&mut payment_changes);
        self.texts.append(&mut texts);
        self.keys.append(&mut keys);
        self.events.append(&mut events);
        self.new_accounts.append(&mut new_accounts);
        // These say how things are after the batch: the later part knows better.
        replace(&mut self.changed_accounts, changed_accounts, |account| account.id);
        replace(&mut self.holds, holds, |hold| hold.payment_id);
        replace(&mut self.requests, requests, |request| request.payment_id);
        replace(&mut self.schedules, schedules, |schedule| schedule.id);
        self.trusts.append(&mut trusts);
        self.payment_notices.append(&mut payment_notices);
        self.former_terms.append(&mut former_terms);
        self.notices.append(&mut notices);
        self.changed_community = changed_community.or(self.changed_community.take());
        // Written in order, so that a later row replaces an earlier one of the same app, member or delegation.
        self.app_spending.append(&mut app_spending);
        self.changed_members.append(&mut changed_members);
        self.delegations.append(&mut delegations);
        self.new_members.append(&mut new_members);
        self.ended_sessions.append(&mut ended_sessions);
        self.erased_members.append(&mut erased_members);
        self.renamed_members.append(&mut renamed_members);
        self.refusals.append(&mut refusals);
        self.audits.append(&mut audits);
        self.approvals.append(&mut approvals);
        self.write_offs.append(&mut write_offs);
        self.opens_joining |= opens_joining;
        self.merges.append(&mut merges);
        self.fees.append(&mut fees);
        self.charged.append(&mut charged);
        self.charges.append(&mut charges);
        self.fee_versions.append(&mut fee_versions);
        self.income_runs.append(&mut income_runs);
        self.missed_periods.append(&mut missed_periods);
        self.income_versions.append(&mut income_versions);
        self.income_plan = income_plan.or(self.income_plan);
        self.lone_payouts.append(&mut lone_payouts);
        self.mails.append(&mut mails);
        self.overrides.append(&mut overrides);
        self.policies.append(&mut policies);
        self.change_checkouts(checkout_changes);
        self.new_checkouts.append(&mut new_checkouts);
    }

    fn change_checkouts(&mut self, changes: Vec<CheckoutChange>) {
        for change in changes {
            self.change_checkout(change);
        }
    }

    /// Notes how a checkout stands from now on: in its row, where this batch makes it.
    pub(super) fn change_checkout(&mut self, change: CheckoutChange) {
        if let Some(new) = self.new_checkouts.iter_mut().find(|new| new.id == change.id) {
            new.state = change.state;
            new.payment_id = change.payment_id;
            return;
        }
        self.checkout_changes.retain(|earlier| earlier.id != change.id);
        self.checkout_changes.push(change);
    }

    /// Whether there is nothing to write: every command was a repetition or left no trace.
    pub fn is_empty(&self) -> bool {
        self.records.is_empty() && self.keys.is_empty() && !self.has_rare_rows()
    }

    /// Whether there is something outside the tables that plain payments write.
    pub fn has_rare_rows(&self) -> bool {
        !(self.account_items.is_empty()
            && self.hold_items.is_empty()
            && self.payment_changes.is_empty()
            && self.new_accounts.is_empty()
            && self.changed_accounts.is_empty()
            && self.changed_community.is_none()
            && self.holds.is_empty()
            && self.requests.is_empty()
            && self.trusts.is_empty()
            && self.payment_notices.is_empty()
            && self.new_members.is_empty()
            && self.ended_sessions.is_empty()
            && self.changed_members.is_empty()
            && self.delegations.is_empty()
            && self.app_spending.is_empty()
            && self.erased_members.is_empty()
            && self.renamed_members.is_empty()
            && self.schedules.is_empty()
            && self.notices.is_empty()
            && self.refusals.is_empty()
            && self.texts.is_empty()
            && self.audits.is_empty()
            && self.approvals.is_empty()
            && self.write_offs.is_empty()
            && !self.opens_joining
            && self.merges.is_empty()
            && self.fees.is_empty()
            && self.charged.is_empty()
            && self.charges.is_empty()
            && self.fee_versions.is_empty()
            && self.income_runs.is_empty()
            && self.missed_periods.is_empty()
            && self.income_versions.is_empty()
            && self.income_plan.is_none()
            && self.lone_payouts.is_empty()
            && self.mails.is_empty()
            && self.overrides.is_empty()
            && self.policies.is_empty()
            && self.new_checkouts.is_empty()
            && self.checkout_changes.is_empty()
            && self.payments.iter().all(|payment| payment.gives_back().is_none()))
    }
}

/// Puts what is newer in the place of what is there of the same things.
fn replace<T, K: PartialEq>(kept: &mut Vec<T>, mut newer: Vec<T>, id: impl Fn(&T) -> K) {
    kept.retain(|one| newer.iter().all(|other| id(other) != id(one)));
    kept.append(&mut newer);
}
