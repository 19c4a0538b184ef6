//! The access policy: what each standing permits, in one table. What it does not permit is refused.
//!
//! Both the ledger's fold, which judges whatever is posted in its place in the order, and the use cases that only
//! show something ask here.

use std::collections::HashMap;

use uuid::Uuid;

use super::account::{Account, AccountStatus};
use super::delegation::{Delegation, TellerRight, TellerTerms};
use super::ids::{AccountId, UserId};
use super::member::{Operator, Role};

/// Something that not everybody may.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Right {
    /// See an account's amounts, its entries and its payments.
    SeeAccount,
    /// Pay from an account, and reserve money in it.
    PayFrom,
    /// Ask for payments to an account, and take what was authorised to it, or release it.
    TakeFor,
    /// Say what protects an account, who its tellers are, which brokers act for it, and whose requests it accepts.
    ManageAccount,
    /// Say which machines are told what happens on an account.
    ManageWebhooks,
    /// Give back what was reserved for others.
    VoidForOthers,
    /// Undo payments between others.
    ReversePayment,
    /// Ask for what an account holds or owes to be written off.
    WriteOff,
    /// Merge two memberships of one person.
    MergeMembers,
    /// Change how far accounts may go.
    SetLimits,
    /// Freeze, thaw and close accounts.
    SetAccountStatus,
    /// Change what was chosen about the community as a whole.
    ChangeSettings,
    /// Let people in.
    Admit,
    /// Say what members may do.
    SetRole,
    /// Freeze, thaw and close members.
    SetMemberStatus,
    /// Read the community's audit log.
    ReadAudit,
    /// See what became of the community's mails, and send them again.
    HandleMails,
    /// Say who may ask to join, and on which terms.
    SetJoining,
    /// Say above which amounts what an admin does needs another one.
    SetApprovalRules,
    /// Say which fees payments bear, and what members contribute.
    SetFees,
    /// Pay out of the community's fund, and say which income it pays.
    PayOut,
    /// See what other admins want done, and agree to it.
    Approve,
    /// See how the community's currency is doing.
    SeeHealth,
    /// Say from where on admins are told of it.
    SetHealthThresholds,
    /// See what the community's members hold and owe together.
    SeeBalanceSheet,
    /// See and set what policies tell members apart by: groups and kinds.
    SetGroups,
    /// See, try and adopt policies on how far accounts may go.
    SetLimitPolicy,
}

/// As what somebody acts: in the community, or at one account of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A member of the community.
    Member,
    /// A member who may let people in.
    Broker,
    /// A member who runs the community.
    Admin,
    /// Who operates the member whose account it is.
    Owner,
    /// A broker whom the account's owner lets act for it.
    Agent,
    /// Whom the account's owner gave some rights at it.
    Teller(TellerTerms),
}

/// The table: whether a standing has a right.
pub const fn permits(standing: Standing, right: Right) -> bool {
    use Standing::{Admin, Agent, Broker, Owner, Teller};
    match right {
        Right::SeeAccount => match standing {
            Teller(terms) => terms.rights.holds(TellerRight::See),
            _ => matches!(standing, Owner | Agent | Admin),
        },
        Right::PayFrom => match standing {
            Teller(terms) => terms.rights.holds(TellerRight::Pay),
            _ => matches!(standing, Owner | Agent),
        },
        Right::TakeFor => match standing {
            Teller(terms) => terms.rights.holds(TellerRight::Take),
            _ => matches!(standing, Owner | Agent),
        },
        Right::ManageAccount | Right::ManageWebhooks => matches!(standing, Owner),
        Right::Admit => matches!(standing, Broker | Admin),
        Right::VoidForOthers
        | Right::ReversePayment
        | Right::WriteOff
        | Right::MergeMembers
        | Right::SetLimits
        | Right::SetAccountStatus
        | Right::ChangeSettings
        | Right::SetRole
        | Right::SetMemberStatus
        | Right::ReadAudit
        | Right::HandleMails
        | Right::SetJoining
        | Right::SetApprovalRules
        | Right::SetFees
        | Right::PayOut
        | Right::Approve
        | Right::SeeHealth
        | Right::SetHealthThresholds
        | Right::SeeBalanceSheet
        | Right::SetGroups
        | Right::SetLimitPolicy => matches!(standing, Admin),
    }
}

impl Right {
    /// Whether an app may that somebody let act for them, where its token has the scope. To an app somebody is a plain
    /// member, or a teller: what is theirs by office or by another member's trust is for them alone, and so is who
    /// acts at an account. Only limits and the status of accounts have a scope of their own.
    const fn is_for_apps(self, standing: Standing) -> bool {
        match standing {
            Standing::Member | Standing::Teller(_) => true,
            Standing::Owner => !matches!(self, Self::ManageAccount),
            Standing::Admin => matches!(self, Self::SetLimits | Self::SetAccountStatus),
            Standing::Broker | Standing::Agent => false,
        }
    }

    /// Whether it is enough to belong to the community, frozen or not: whoever is frozen still sees what is theirs.
    const fn is_for_frozen(self, standing: Standing) -> bool {
        matches!((self, standing), (Self::SeeAccount, Standing::Owner))
    }
}

/// How far a caller's standings count in one community.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// As far as they go.
    Everywhere,
    /// At this account alone, as whoever owns it or acts at it; as long as they may act, and it is open.
    Account(AccountId),
    /// Not here: the caller is bound to an account of another community.
    Nowhere,
}

/// Everything that gives a user a standing in one community.
#[derive(Debug, Clone, Copy)]
pub struct Places<'a> {
    /// The user.
    pub user_id: UserId,
    /// Whether it is an app of the user's that asks.
    pub is_app: bool,
    /// How far all that counts for who asks.
    pub reach: Reach,
    /// The members that the user operates.
    pub operators: &'a [Operator],
    /// What accounts' owners gave to the user, and to the members that the user operates, by the id of who got it.
    pub delegations: &'a HashMap<Uuid, Vec<Delegation>>,
}

impl<'a> Places<'a> {
    /// Whether the user may know of the community's insides as its members do.
    pub fn belongs(&self) -> bool {
        self.reach == Reach::Everywhere && self.is_member()
    }

    fn is_member(&self) -> bool {
        self.operators.iter().any(|operator| operator.status.belongs())
    }

    /// Whether the user has any place at all: strangers learn nothing.
    pub fn has_any(&self) -> bool {
        self.reach != Reach::Nowhere && (self.is_member() || !self.given_to(self.user_id.uuid()).is_empty())
    }

    /// Whether the user has the right: in the community, or at the account.
    pub fn may(&self, right: Right, account: Option<&Account>) -> bool {
        self.find(right, account).is_some()
    }

    /// The strongest standing that gives the user the right: each place by itself, so that who is active as one
    /// member does not act as another, frozen or left.
    pub fn find(&self, right: Right, account: Option<&Account>) -> Option<Standing> {
        self.all_with(right, account).next()
    }

    /// Whether an account's business is the user's own: theirs to see, and not only by office.
    pub fn is_concerned(&self, account: &Account) -> bool {
        self.all_with(Right::SeeAccount, Some(account)).any(|standing| standing != Standing::Admin)
    }

    /// Every standing that gives the user the right, as far as the caller's reach goes.
    fn all_with(&self, right: Right, account: Option<&Account>) -> impl Iterator<Item = Standing> + use<'a> {
        let (is_app, reach) = (self.is_app, self.reach);
        let all = self.as_operator(account).chain(self.as_delegate(account));
        let open = account.filter(|account| account.status != AccountStatus::Closed).map(|open| open.id);
        all.filter_map(move |(standing, is_active)| {
            let is_within = match reach {
                Reach::Everywhere => is_active || right.is_for_frozen(standing),
                Reach::Account(id) => {
                    is_active && open == Some(id) && matches!(standing, Standing::Owner | Standing::Teller(_))
                }
                Reach::Nowhere => false,
            };
            let is_theirs = !is_app || right.is_for_apps(standing);
            (is_within && is_theirs && permits(standing, right)).then_some(standing)
        })
    }

    /// Standings of the user's members, each with whether it may act.
    fn as_operator(&self, account: Option<&Account>) -> impl Iterator<Item = (Standing, bool)> + use<'a> {
        let owner_id = account.and_then(|account| account.member_id);
        let operators: &'a [Operator] = self.operators;
        operators.iter().filter(|operator| operator.status.belongs()).flat_map(move |operator| {
            let in_community = match operator.role {
                Role::Member => Standing::Member,
                Role::Broker => Standing::Broker,
                Role::Admin => Standing::Admin,
            };
            let owner = (Some(operator.member_id) == owner_id).then_some(Standing::Owner);
            let is_active = operator.status.may_act();
            owner.into_iter().chain([in_community]).map(move |standing| (standing, is_active))
        })
    }

    /// Standings that the account's owner gave: to the user's brokers, and to the user. They end with the account.
    fn as_delegate(&self, account: Option<&Account>) -> impl Iterator<Item = (Standing, bool)> + use<'a> {
        let account_id = account.filter(|open| open.status != AccountStatus::Closed).map(|open| open.id);
        let places = *self;
        let of_account = move |given: &&Delegation| Some(given.account_id) == account_id;
        let is_broker = |operator: &&Operator| operator.role == Role::Broker && operator.status.may_act();
        let brokers = places.operators.iter().filter(is_broker);
        let agent = brokers
            .flat_map(move |operator| places.given_to(operator.member_id.uuid()))
            .filter(of_account)
            .map(|_| (Standing::Agent, true));
        let teller = places
            .given_to(places.user_id.uuid())
            .iter()
            .filter(of_account)
            .map(|given| (Standing::Teller(given.terms), true));
        agent.chain(teller)
    }

    fn given_to(&self, id: Uuid) -> &'a [Delegation] {
        self.delegations.get(&id).map(Vec::as_slice).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::delegation::TellerRights;
    use crate::domain::spending::SpendingCeilings;

    fn teller(rights: &str) -> Standing {
        let rights = TellerRights::parse(rights.split_whitespace()).unwrap();
        Standing::Teller(TellerTerms { rights, ceilings: SpendingCeilings::default() })
    }

    /// The table once more, as people read it: a letter for each right in the order of the list below.
    #[test]
    fn each_standing_has_its_rights_and_no_other() {
        const RIGHTS: [(Right, char); 27] = [
            (Right::SeeAccount, 's'),
            (Right::PayFrom, 'p'),
            (Right::TakeFor, 't'),
            (Right::ManageAccount, 'm'),
            (Right::ManageWebhooks, 'n'),
            (Right::VoidForOthers, 'v'),
            (Right::ReversePayment, 'w'),
            (Right::WriteOff, 'W'),
            (Right::SetLimits, 'l'),
            (Right::SetAccountStatus, 'f'),
            (Right::ChangeSettings, 'u'),
            (Right::Admit, 'a'),
            (Right::SetRole, 'r'),
            (Right::SetMemberStatus, 'c'),
            (Right::ReadAudit, 'd'),
            (Right::HandleMails, 'e'),
            (Right::SetJoining, 'j'),
            (Right::SetApprovalRules, 'g'),
            (Right::Approve, 'o'),
            (Right::SeeHealth, 'h'),
            (Right::SetHealthThresholds, 'k'),
            (Right::SeeBalanceSheet, 'b'),
            (Right::SetFees, 'i'),
            (Right::PayOut, 'z'),
            (Right::SetGroups, 'x'),
            (Right::SetLimitPolicy, 'y'),
            (Right::MergeMembers, 'M'),
        ];
        let held = |standing| -> String {
            RIGHTS.iter().filter(|(right, _)| permits(standing, *right)).map(|(_, letter)| letter).collect()
        };
        assert_eq!(held(Standing::Member), "");
        assert_eq!(held(Standing::Broker), "a");
        assert_eq!(held(Standing::Admin), "svwWlfuarcdejgohkbizxyM");
        assert_eq!(held(Standing::Owner), "sptmn");
        assert_eq!(held(Standing::Agent), "spt");
        for (rights, letters) in [("see", "s"), ("pay", "p"), ("take", "t"), ("see take pay", "spt")] {
            assert_eq!(held(teller(rights)), letters);
        }
    }

    #[test]
    fn to_an_app_everybody_is_a_plain_member_or_a_teller() {
        use Right::{
            Admit, ManageAccount, PayFrom, ReadAudit, SeeAccount, SetAccountStatus, SetLimits, TakeFor,
            VoidForOthers,
        };
        let all = [PayFrom, SeeAccount, TakeFor, ManageAccount, SetLimits, SetAccountStatus, ReadAudit];
        let left = |standing| -> Vec<_> {
            let all = all.into_iter().chain([VoidForOthers, Admit]);
            all.filter(|right| permits(standing, *right) && right.is_for_apps(standing)).collect()
        };
        assert_eq!(left(Standing::Admin), [SetLimits, SetAccountStatus]);
        assert_eq!(left(Standing::Owner), [PayFrom, SeeAccount, TakeFor]);
        assert_eq!(left(teller("pay")), [PayFrom]);
        assert!(left(Standing::Broker).is_empty() && left(Standing::Agent).is_empty());
    }
}
