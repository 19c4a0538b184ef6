//! Commands: what may be asked of the ledger, by whom. Those that take a payment further are in
//! `command/lives.rs`, and what each needs looked up in `command/needs.rs`.

mod checkouts;
mod lives;
mod needs;

use super::account::{AccountKind, AccountStatus, Limits};
use super::allowance::SetAllowance;
use super::amount::Amount;
use super::approval::{SetApprovalRules, SettleApproval};
use super::bringing::{Bring, BringIncome, BringPolicy};
use super::contributions::Charge;
use super::delegation::{Delegate, TellerTerms};
use super::fees::SetFees;
use super::fund::{PayIncome, PayOut};
use super::ids::{AccountId, CommunityId, MemberId, PaymentId, SessionId, SpenderId, UserId};
use super::income_plan::SetIncome;
use super::key::KeyUse;
use super::limit_policy::{AdoptPolicy, FollowPolicy};
pub use super::mail::{CommandNotice, NoticeOf};
use super::many::PayMany;
use super::member::{MemberStatus, Role};
use super::merging::AskMerge;
use super::policy::Reach;
use super::schedule::{ChangeSchedule, EditSchedule, NewSchedule, RunSchedule};
use super::scopes::Scopes;
use super::settings::ChangeSettings;
use super::spending::SpendingCeilings;
use super::time::Timestamp;
use super::write_off::AskWriteOff;

pub use checkouts::{ApproveCheckout, CheckoutEnd, CreateCheckout, EndCheckout};
pub use lives::{Accept, Authorise, Cancel, Capture, Decline, Expire, Request, SetTrust, Void};

/// On whose authority a command comes. The fold checks it again, in the command's place in the order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Authority {
    /// The service itself: set-up, import, expiries.
    Service,
    /// A user with a token.
    User(UserAuthority),
}

/// What a token says of its bearer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct UserAuthority {
    /// The user.
    pub user_id: UserId,
    /// The sign-in that the token descends from.
    pub session_id: SessionId,
    /// What the token allows.
    pub scopes: Scopes,
    /// When the user last proved who they are: by signing in or stepping up.
    pub auth_time: Timestamp,
    /// How much may be spent with it, where it is an app's.
    pub ceilings: SpendingCeilings,
    /// The app or machine that got the token, by what its spending is counted under; none for the user at the service.
    pub app: Option<SpenderId>,
    /// The one account that it is for, where it is a key, or the token of an app that was allowed no more.
    pub only: Option<OneAccount>,
}

/// The one account that somebody may act at, whatever else its user may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OneAccount {
    /// The account's community.
    pub community_id: CommunityId,
    /// The account.
    pub account_id: AccountId,
}

impl UserAuthority {
    /// Whether an app or a machine acts, and not the user at the service.
    pub const fn is_app(&self) -> bool {
        self.app.is_some()
    }

    /// How far the user's standings in a community count for it.
    pub fn reach_in(&self, community_id: CommunityId) -> Reach {
        match self.only {
            None => Reach::Everywhere,
            Some(only) if only.community_id == community_id => Reach::Account(only.account_id),
            Some(_) => Reach::Nowhere,
        }
    }
}

/// One thing to do in one community.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Command {
    /// The community in whose order it takes its place.
    pub community_id: CommunityId,
    /// Who asks.
    pub authority: Authority,
    /// The idempotency key, where it moves money for a caller.
    pub key: Option<KeyUse>,
    /// The request that it came with, for the refusal that is stored under the key.
    pub request_id: String,
    /// What to do.
    pub action: Action,
    /// When it happened, where it happened in another system before: what it posts has this time, as far as the
    /// community's order allows. Only the service itself tells of such things.
    pub happened_at: Option<Timestamp>,
    /// Whom to tell by mail, in the transaction in which it is done. Nobody where nothing changes by it.
    pub notices: Vec<CommandNotice>,
}

/// What to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Action {
    /// Let a member in, with a first account.
    Admit(Admit),
    /// Open one of the community's own accounts.
    OpenAccount(OpenAccount),
    /// Change how far an account may go.
    SetLimits(SetLimits),
    /// Give an account the limits that the policy gives it.
    FollowPolicy(FollowPolicy),
    /// Let an account pass its credit limit by one payment, or no longer.
    SetAllowance(SetAllowance),
    /// Freeze, thaw or close an account.
    SetStatus(SetStatus),
    /// Move money now.
    Pay(Pay),
    /// Reserve money for a payment that the payee may capture.
    Authorise(Authorise),
    /// Take what was reserved, in whole or in part; the rest is released.
    Capture(Capture),
    /// Give back what was reserved.
    Void(Void),
    /// From here on the session posts nothing more.
    EndSession(EndSession),
    /// Forget who a member was.
    EraseMember(EraseMember),
    /// Change above which amount an account's payments need a fresh proof.
    SetAccountStepUp(SetAccountStepUp),
    /// Change what the community's admins chose about it as a whole.
    ChangeSettings(ChangeSettings),
    /// Let somebody act at an account, on other terms, or no longer.
    SetDelegation(SetDelegation),
    /// Change what a member may do.
    SetRole(SetRole),
    /// Give a member another name.
    RenameMember(RenameMember),
    /// Freeze, thaw or close a member.
    SetMemberStatus(SetMemberStatus),
    /// Give a payment back, in part or whole.
    Refund(Refund),
    /// Plan a payment, or one after the other.
    Schedule(NewSchedule),
    /// Pause, resume or end what is planned.
    ChangeSchedule(ChangeSchedule),
    /// Change what a schedule does from its next run on.
    EditSchedule(EditSchedule),
    /// Make a payment whose time has come.
    RunSchedule(RunSchedule),
    /// Change above which amounts what an admin does needs another one.
    SetApprovalRules(SetApprovalRules),
    /// Adopt a policy on limits.
    AdoptPolicy(AdoptPolicy),
    /// Change which fees payments bear.
    SetFees(SetFees),
    /// Take what an account contributes for a month.
    Charge(Charge),
    /// Pay out of the fund, as an admin.
    PayOut(PayOut),
    /// Set the income that the fund pays.
    SetIncome(SetIncome),
    /// Pay the fund's income for a period.
    PayIncome(PayIncome),
    /// Agree to what another admin asked for, or refuse it.
    SettleApproval(SettleApproval),
    /// Undo a payment, as an admin.
    Reverse(Reverse),
    /// Ask for the rest of a balance to be written off.
    WriteOff(AskWriteOff),
    /// Merge two memberships of one person.
    Merge(AskMerge),
    /// Ask that everybody be let ask to join: why.
    OpenJoining(String),
    /// Make several payments by one transfer.
    PayMany(PayMany),
    /// Bring along what moved in another system.
    Bring(Bring),
    /// Bring along what a fund paid as an income in another system.
    BringIncome(BringIncome),
    /// Bring along a policy on limits of another system.
    BringPolicy(BringPolicy),
    /// Ask to be paid.
    Request(Request),
    /// Pay what was asked for.
    Accept(Accept),
    /// Say no to what was asked for.
    Decline(Decline),
    /// Take back that one asked.
    Cancel(Cancel),
    /// End what nobody acted on in time.
    Expire(Expire),
    /// Accept a payee's requests beforehand, on other terms, or no longer.
    SetTrust(SetTrust),
    /// Make a checkout, or find the one that stands for its order.
    CreateCheckout(Box<CreateCheckout>),
    /// Pay a checkout, or set its amount aside.
    ApproveCheckout(ApproveCheckout),
    /// End an open checkout without payment.
    EndCheckout(EndCheckout),
}

/// Let a member in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admit {
    /// The new member's id.
    pub member_id: MemberId,
    /// The new account's id.
    pub account_id: AccountId,
    /// The name people read, of member and account.
    pub name: String,
    /// The user who will operate the account.
    pub user_id: UserId,
    /// What the member may do.
    pub role: Role,
    /// How far the account may go.
    pub limits: Limits,
    /// Whose word that is.
    pub limits_by: LimitsBy,
    /// Why; may be empty.
    pub reason: String,
}

/// Whether an account's first limits are its own, or those of the policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LimitsBy {
    /// They are its own where they are not what everybody gets.
    Difference,
    /// The policy's, whatever they are: the account goes on following it.
    Policy,
    /// They are its own.
    Override {
        /// Until when; none for as long as nobody ends them.
        until: Option<Timestamp>,
    },
}

/// Open an account that belongs to no member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenAccount {
    /// The new account's id.
    pub account_id: AccountId,
    /// What it is for.
    pub kind: AccountKind,
    /// The name people read.
    pub name: String,
    /// How far it may go.
    pub limits: Limits,
}

/// Change an account's limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetLimits {
    /// The account.
    pub account_id: AccountId,
    /// Its limits from now on.
    pub limits: Limits,
    /// Until when they count instead of the policy's; none for as long as nobody ends them.
    pub until: Option<Timestamp>,
    /// Why.
    pub reason: String,
    /// The version that the caller saw, where the caller said so.
    pub if_version: Option<i64>,
}

/// Change an account's status.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetStatus {
    /// The account.
    pub account_id: AccountId,
    /// Its status from now on.
    pub status: AccountStatus,
    /// Why.
    pub reason: String,
}

/// Move money now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pay {
    /// Who pays.
    pub payer_id: AccountId,
    /// Who is paid.
    pub payee_id: AccountId,
    /// How much; above zero.
    pub amount: Amount,
    /// What for; may be empty.
    pub description: String,
    /// Whether it is meant, also where it looks like the repetition of another.
    pub allow_duplicate: bool,
}

/// End a session in this community's order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndSession {
    /// The session.
    pub session_id: SessionId,
    /// When its last access token will have expired.
    pub forget_at: Timestamp,
}

/// Put a neutral name in the place of a member's, who has closed every account. Only the service itself asks for it,
/// once every text of the member's is erased: from its turn in the order on, no earlier answer is repeated from memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EraseMember {
    /// The member.
    pub member_id: MemberId,
    /// The member's accounts, all of them.
    pub account_ids: Vec<AccountId>,
    /// The name from now on.
    pub name: String,
}

/// Change above which amount an account's payments need a fresh proof of who pays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetAccountStepUp {
    /// The account.
    pub account_id: AccountId,
    /// The amount; none where the community's alone counts.
    pub above: Option<Amount>,
}

/// Let somebody act at an account, on other terms, or no longer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetDelegation {
    /// The account.
    pub account_id: AccountId,
    /// Who.
    pub delegate: Delegate,
    /// On which terms; none for no longer.
    pub terms: Option<TellerTerms>,
}

/// Change what a member may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetRole {
    /// The member.
    pub member_id: MemberId,
    /// The role from now on.
    pub role: Role,
    /// Why.
    pub reason: String,
}

/// Give a member another name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RenameMember {
    /// The member.
    pub member_id: MemberId,
    /// Those of the member's accounts that get the same name.
    pub account_ids: Vec<AccountId>,
    /// The name from now on.
    pub name: String,
    /// Why.
    pub reason: String,
}

/// Freeze, thaw or close a member.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SetMemberStatus {
    /// The member.
    pub member_id: MemberId,
    /// The member's accounts, which get the same status.
    pub account_ids: Vec<AccountId>,
    /// The status from now on.
    pub status: MemberStatus,
    /// Why.
    pub reason: String,
}

/// Give a payment back, in part or whole.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refund {
    /// The payment.
    pub payment_id: PaymentId,
    /// How much; above zero.
    pub amount: Amount,
    /// Why; may be empty. The new payment's description.
    pub reason: String,
}

/// Undo what is left of a payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reverse {
    /// The payment.
    pub payment_id: PaymentId,
    /// Why. The new payment's description.
    pub reason: String,
    /// Whether it may leave an account past its limit, this once.
    pub allow_beyond_limit: bool,
}

impl Command {
    /// What the service itself asks for: nobody waits under a key, and nobody is told by mail.
    pub const fn by_service(community_id: CommunityId, action: Action) -> Self {
        Self {
            community_id,
            authority: Authority::Service,
            key: None,
            request_id: String::new(),
            action,
            happened_at: None,
            notices: Vec::new(),
        }
    }

    /// What a user asks for with this request.
    pub fn by_user(
        community_id: CommunityId,
        user: UserAuthority,
        request_id: String,
        action: Action,
    ) -> Self {
        Self { request_id, authority: Authority::User(user), ..Self::by_service(community_id, action) }
    }
}
