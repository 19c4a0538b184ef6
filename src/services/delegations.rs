//! Tellers and brokers of accounts: let, looked at and revoked by the accounts' owners.

use uuid::Uuid;

use super::audit::Origin;
use super::caller::{Membership, VisibleAccount, find_visible_account, require_live_session};
use super::commanding::unexpected;
use super::step_up::{require_first_party, require_fresh_proof};
use super::{Fault, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::account::AccountReference;
use crate::domain::command::{Action, SetDelegation};
use crate::domain::delegation::{Delegate, Delegation, TellerRights, TellerTerms};
use crate::domain::fold::Outcome;
use crate::domain::ids::{MemberId, UserId};
use crate::domain::policy::Right;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::domain::spending::{SpendingCeiling, SpendingCeilings};
use crate::storage::members::Member;
use crate::storage::users::User;
use crate::storage::{Conn, delegations, members, users};

/// The most tellers and brokers of one account.
pub const DELEGATES_MAX: usize = 100;

/// What a teller may, as an owner writes it.
#[derive(Debug, Clone)]
pub struct NewTeller {
    /// The names of the rights.
    pub rights: Vec<String>,
    /// The most in one payment, in units; none for no ceiling.
    pub per_payment: Option<String>,
    /// The most on one day, in units; none for no ceiling.
    pub per_day: Option<String>,
}

/// A teller of an account.
#[derive(Debug, Clone)]
pub struct Teller {
    /// The user.
    pub user: User,
    /// What they may.
    pub terms: TellerTerms,
}

/// Who may act at an account beside its owner.
#[derive(Debug, Clone)]
pub struct Delegates {
    /// With some rights.
    pub tellers: Vec<Teller>,
    /// As the owner.
    pub brokers: Vec<Member>,
}

impl Services {
    /// Makes a user a teller of the account, or changes what the teller may. For the account's owner, with a fresh
    /// proof.
    ///
    /// # Errors
    /// What is wrong with the terms; [`ServiceError::NotFound`] where there is no such account or user.
    pub async fn set_teller(
        &self,
        bearer: &Bearer,
        reference: AccountReference,
        teller: UserId,
        new: NewTeller,
        origin: &Origin,
    ) -> Result<Teller, ServiceError> {
        require_first_party(bearer)?;
        let owned = self.owned_account(bearer, reference).await?;
        require_fresh_proof(bearer, self.now())?;
        let terms = parse_terms(&new)?;
        let user = self.ledger.read(move |conn| find_user(conn, teller)).await?;
        self.require_room(&owned, user.id.uuid()).await?;
        self.prepare_place(owned.community.id, user.id).await?;
        self.delegate(bearer, &owned, Delegate::Teller(user.id), Some(terms), origin).await?;
        self.confirm_place(owned.community.id, user.id).await?;
        Ok(Teller { user, terms })
    }

    /// What a teller may. For the account's owner, and the teller.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such account or teller.
    pub async fn teller(
        &self,
        bearer: &Bearer,
        reference: AccountReference,
        teller: UserId,
    ) -> Result<Teller, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                let (membership, visible) = find_visible_account(conn, &caller.authority, &reference)?;
                let is_owner = membership.may(Right::ManageAccount, &visible.account);
                if !is_owner && teller != caller.authority.user_id {
                    return Err(Refusal::Forbidden.into());
                }
                let user = find_user(conn, teller)?;
                let given = find_delegation(conn, &visible, user.id.uuid())?;
                Ok(Teller { user, terms: given.terms })
            })
            .await
    }

    /// Takes back what a teller may: from then on the teller posts nothing more. For the account's owner.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such account or teller.
    pub async fn delete_teller(
        &self,
        bearer: &Bearer,
        reference: AccountReference,
        teller: UserId,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        require_first_party(bearer)?;
        let owned = self.owned_account(bearer, reference).await?;
        let user = self.ledger.read(move |conn| find_user(conn, teller)).await?;
        self.delegate(bearer, &owned, Delegate::Teller(user.id), None, origin).await
    }

    /// Who may act at the account beside its owner. For the owner.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such account; [`Refusal::Forbidden`].
    pub async fn delegates(
        &self,
        bearer: &Bearer,
        reference: AccountReference,
    ) -> Result<Delegates, ServiceError> {
        let owned = self.owned_account(bearer, reference).await?;
        let (community_id, account_id) = (owned.community.id, owned.account.id);
        self.ledger
            .read(move |conn| {
                let mut found = Delegates { tellers: Vec::new(), brokers: Vec::new() };
                for given in delegations::of_account(conn, community_id, account_id)? {
                    match given.delegate {
                        Delegate::Teller(id) => {
                            let user = users::find(conn, id)?;
                            found.tellers.extend(user.map(|user| Teller { user, terms: given.terms }));
                        }
                        Delegate::Broker(id) => {
                            found.brokers.extend(members::find(conn, community_id, id)?);
                        }
                    }
                }
                Ok(found)
            })
            .await
    }

    /// Lets a broker act for the account, as its owner would. For the owner, with a fresh proof.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such account or member; [`ConflictReason::NoBroker`].
    pub async fn set_broker(
        &self,
        bearer: &Bearer,
        reference: AccountReference,
        member_id: MemberId,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        require_first_party(bearer)?;
        let owned = self.owned_account(bearer, reference).await?;
        self.require_room(&owned, member_id.uuid()).await?;
        let terms = Some(TellerTerms::default());
        self.delegate(bearer, &owned, Delegate::Broker(member_id), terms, origin).await
    }

    /// Lets a broker act for the account no longer. For the owner.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such account or broker of it.
    pub async fn delete_broker(
        &self,
        bearer: &Bearer,
        reference: AccountReference,
        member_id: MemberId,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        require_first_party(bearer)?;
        let owned = self.owned_account(bearer, reference).await?;
        self.delegate(bearer, &owned, Delegate::Broker(member_id), None, origin).await
    }

    /// An account of which the bearer says who acts at it. The fold judges it again.
    pub(super) async fn owned_account(
        &self,
        bearer: &Bearer,
        reference: AccountReference,
    ) -> Result<VisibleAccount, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                let (membership, visible): (Membership, _) =
                    find_visible_account(conn, &caller.authority, &reference)?;
                let is_owner = membership.may(Right::ManageAccount, &visible.account);
                if is_owner { Ok(visible) } else { Err(Refusal::Forbidden.into()) }
            })
            .await
    }

    async fn require_room(&self, owned: &VisibleAccount, delegate: Uuid) -> Result<(), ServiceError> {
        let (community_id, account_id) = (owned.community.id, owned.account.id);
        let found =
            self.ledger.read(move |conn| delegations::of_account(conn, community_id, account_id)).await?;
        let is_new = found.iter().all(|given| given.delegate.uuid() != delegate);
        if is_new && found.len() >= DELEGATES_MAX {
            return Err(Refusal::Conflict(ConflictReason::TooMany).into());
        }
        Ok(())
    }

    async fn delegate(
        &self,
        bearer: &Bearer,
        owned: &VisibleAccount,
        delegate: Delegate,
        terms: Option<TellerTerms>,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        let action = Action::SetDelegation(SetDelegation { account_id: owned.account.id, delegate, terms });
        match self.command(bearer, owned.community.id, action, Vec::new(), origin).await? {
            Outcome::Done => Ok(()),
            other => Err(unexpected("a delegation", &other)),
        }
    }
}

fn find_delegation(
    conn: &mut Conn,
    visible: &VisibleAccount,
    delegate: Uuid,
) -> Result<Delegation, ServiceError> {
    let given = delegations::given_to(conn, visible.community.id, &[delegate])?;
    let of_account = given.into_iter().find(|given| given.account_id == visible.account.id);
    of_account.ok_or(ServiceError::NotFound)
}

/// A user, by the id that they were told. Not by an address: then whoever has an account could find out who has a login.
fn find_user(conn: &mut Conn, id: UserId) -> Result<User, ServiceError> {
    users::find(conn, id)?.ok_or(ServiceError::NotFound)
}

fn parse_terms(new: &NewTeller) -> Result<TellerTerms, ServiceError> {
    let mut faults = Vec::new();
    let mut parse = |pointer: &str, text: &Option<String>| {
        let parsed = text.as_deref().map(SpendingCeiling::parse).transpose();
        parsed.unwrap_or_else(|error| {
            faults.push(Fault::new(pointer, error.code(), error.to_string()));
            None
        })
    };
    let per_payment = parse("/per_payment", &new.per_payment);
    let per_day = parse("/per_day", &new.per_day);
    let rights = TellerRights::parse(new.rights.iter().map(String::as_str)).unwrap_or_else(|| {
        faults.push(Fault::new("/rights", "unknown_value", "must be one or more of see, take and pay"));
        TellerRights::default()
    });
    if faults.is_empty() {
        Ok(TellerTerms { rights, ceilings: SpendingCeilings { per_payment, per_day } })
    } else {
        Err(ServiceError::Invalid(faults))
    }
}
