//! Merging two memberships of one person: all that the one account has moves to the other, within the other's limits, and the
//! one is closed with its member.

use super::payments::{Draft, two_legs};
use super::posting::{after_change, within_limits};
use super::{Fold, Outcome};
use crate::domain::account::{Account, AccountKind, AccountStatus};
use crate::domain::amount::{Amount, MOVEMENT_MAX_MINOR};
use crate::domain::approval::{Act, Approval};
use crate::domain::command::{Authority, SetStatus, UserAuthority};
use crate::domain::ids::{AccountId, ApprovalId, MemberId, PaymentId, TextId, UserId};
use crate::domain::member::{MemberStatus, Operator};
use crate::domain::merging::{AskMerge, Merge};
use crate::domain::payment::{Party, PaymentState};
use crate::domain::policy::Right;
use crate::domain::records::EntryKind;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::scopes::Scope;

/// A merge that may be made.
struct Merging {
    account: Account,
    kept: Account,
    /// The member that is closed.
    member: Operator,
}

impl Fold<'_> {
    /// Merges one account into another at an admin's word; where the community has two admins agree to anything, it notes that
    /// one wants it.
    pub(super) fn ask_merge(&mut self, authority: &Authority, ask: &AskMerge) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        let sides = [ask.account_id, ask.kept_id];
        for id in sides {
            self.account(id, Thing::Account)?;
        }
        self.require(authority, Right::MergeMembers, Scope::LimitsWrite)?;
        self.require_fresh_proof(authority)?;
        // It is somebody's word that the two are one, and the service knows nobody.
        let Authority::User(user) = authority else { return Err(Refusal::Forbidden) };
        let merging = self.judge_merge(sides, &[user.user_id], None)?;
        if self.state.community.approval_rules.are_any() {
            let (account_id, kept_id, amount) = (ask.account_id, ask.kept_id, merging.account.balance);
            let act = Act::Merge { account_id, kept_id, amount };
            return Ok(self.ask_another(user, act, &ask.reason));
        }
        let closed = self.make_merge(authority, merging, (&ask.reason, None));
        Ok(Outcome::Account(Box::new(closed)))
    }

    /// Does it, now that another admin agrees: neither of the two has only one of the accounts, and what moves is what they
    /// agreed to.
    pub(super) fn merge(
        &mut self,
        (asker, approver): (&Authority, &UserAuthority),
        approval: &Approval,
        sides: [AccountId; 2],
        agreed: Amount,
    ) -> Result<(), Refusal> {
        let merging = self.judge_merge(sides, &[approver.user_id, approval.asked_by], Some(agreed))?;
        self.make_merge(asker, merging, (&approval.reason, Some(approval.id)));
        Ok(())
    }

    /// Whether the one account can be merged into the other: of two members, the one of them not closed, with nothing reserved in
    /// it or for it, and its member's only one; the other active and with room for what the one has: so much as was agreed to.
    fn judge_merge(
        &self,
        [account_id, kept_id]: [AccountId; 2],
        by: &[UserId],
        agreed: Option<Amount>,
    ) -> Result<Merging, Refusal> {
        let account = self.account(account_id, Thing::Account)?.clone();
        let kept = self.account(kept_id, Thing::Account)?.clone();
        if account.id == kept.id {
            return Err(Refusal::SameAccount);
        }
        for (side, may_be) in [
            (&account, account.status != AccountStatus::Closed),
            (&kept, kept.status == AccountStatus::Active),
        ] {
            if !may_be {
                return Err(Refusal::AccountNotActive { code: side.code.clone(), status: side.status });
            }
        }
        let conflict = |reason| Err(Refusal::Conflict(reason));
        let are_members = account.kind == AccountKind::Member
            && kept.kind == AccountKind::Member
            && kept.member_id.is_some();
        let Some(member_id) =
            account.member_id.filter(|_| are_members && account.member_id != kept.member_id)
        else {
            return conflict(ConflictReason::NoTwoMembers);
        };
        if account.reserved != Amount::ZERO {
            return conflict(ConflictReason::MoneyReserved);
        }
        if self.has_more_open(&account) {
            return conflict(ConflictReason::MergeBlocked);
        }
        if by.iter().any(|user_id| self.has_just_one(*user_id, [Some(member_id), kept.member_id])) {
            return conflict(ConflictReason::OwnAccount);
        }
        if agreed.is_some_and(|agreed| agreed != account.balance) {
            return conflict(ConflictReason::BalanceChanged);
        }
        let member = self.member(member_id)?;
        self.keep_an_admin(member, Operator { status: MemberStatus::Closed, ..member })?;
        if !account.balance.is_within(MOVEMENT_MAX_MINOR) {
            return conflict(ConflictReason::TooLarge);
        }
        within_limits(&kept, &after_change(&kept, account.balance)?)?;
        Ok(Merging { account, kept, member })
    }

    /// Whether somebody else's money is reserved for it, or its member has another account: it would be left behind.
    fn has_more_open(&self, account: &Account) -> bool {
        let is_held_for = self.state.holds.values().any(|hold| hold.is_open && hold.payee_id == account.id);
        let is_another = |other: &Account| {
            other.member_id == account.member_id
                && other.id != account.id
                && other.status != AccountStatus::Closed
        };
        is_held_for || self.state.accounts.values().any(is_another)
    }

    /// Whether somebody operates one of two members and not the other: what they gain by a merge is another's loss.
    fn has_just_one(&self, user_id: UserId, members: [Option<MemberId>; 2]) -> bool {
        let operated = self.state.operators.get(&user_id).map(Vec::as_slice).unwrap_or_default();
        let has = |member: Option<MemberId>| operated.iter().any(|own| Some(own.member_id) == member);
        let [one, other] = members.map(has);
        one != other
    }

    fn make_merge(
        &mut self,
        authority: &Authority,
        Merging { account, kept, member }: Merging,
        (reason, approval_id): (&str, Option<ApprovalId>),
    ) -> Account {
        let payment_id = self.move_all(authority, (&account, &kept), reason);
        self.postings.merges.push(Merge {
            account_id: account.id,
            kept_id: kept.id,
            amount: account.balance,
            payment_id,
            approval_id,
            created_at: self.now,
        });
        let was = format!(r#"{{"status":"{}"}}"#, member.status.name());
        let is = format!(
            r#"{{"status":"closed","account_id":"{}","kept_id":"{}","balance_minor":{}}}"#,
            account.id,
            kept.id,
            account.balance.minor()
        );
        let audit_id = self.note_audit(authority, "member.merged", member.member_id.uuid(), was, is);
        self.keep_text(TextId::from_uuid(audit_id.uuid()), reason);
        self.change_member_status(Operator { status: MemberStatus::Closed, ..member });
        self.end_consents(authority, member.member_id);
        let emptied = self.known_account(account.id).clone();
        let close =
            SetStatus { account_id: account.id, status: AccountStatus::Closed, reason: reason.to_owned() };
        self.change_status(authority, &emptied, &close)
    }

    /// Moves all that the one has to the other, in either direction; nothing where it is at zero.
    fn move_all(
        &mut self,
        authority: &Authority,
        (account, kept): (&Account, &Account),
        reason: &str,
    ) -> Option<PaymentId> {
        let balance = account.balance;
        if balance == Amount::ZERO {
            return None;
        }
        let payment_id = PaymentId::from_uuid(self.ids.uuid_at(self.now));
        let (text_salt, text) = self.commit_to_text(reason);
        let (payer, payee) = if balance.is_negative() { (kept, account) } else { (account, kept) };
        let amount = Amount::from_minor(balance.minor().abs());
        let legs = two_legs(EntryKind::Merge, payment_id, [payer.id, payee.id], amount, text);
        let transfer = self.post(&legs, None);
        let parties = (Party::from(payer), Party::from(payee));
        let draft = Draft::new(payment_id, parties, text_salt, PaymentState::Completed);
        self.make_payment(authority, (amount, reason), draft, Some(transfer));
        Some(payment_id)
    }
}
