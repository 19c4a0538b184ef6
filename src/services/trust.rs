//! Trusted payees: whose requests an account's owner accepts beforehand, and up to how much.

use std::sync::Arc;

use super::audit::Origin;
use super::caller::{VisibleAccount, find_visible_account, require_live_session};
use super::step_up::{require_first_party, require_fresh_proof};
use super::{Fault, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::account::AccountReference;
use crate::domain::amount::{Amount, Scale};
use crate::domain::command::{Action, Command, SetTrust};
use crate::domain::community::Community;
use crate::domain::fold::Outcome;
use crate::domain::payment::Party;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::domain::time::Timestamp;
use crate::domain::trust::{Trust, TrustTerms};
use crate::storage::{Conn, accounts, trusted_payees};

/// The most payees that one account trusts.
pub const TRUSTED_MAX: usize = 100;

/// Up to how much a payee is trusted, as an owner writes it.
#[derive(Debug, Clone)]
pub struct NewTrust {
    /// The most in one request, as decimal text.
    pub up_to: String,
    /// The most in all requests of a month, as decimal text; none for no such bound.
    pub per_month: Option<String>,
}

/// A payee whose requests are accepted beforehand.
#[derive(Debug, Clone)]
pub struct TrustedPayee {
    /// The community.
    pub community: Arc<Community>,
    /// The payee.
    pub payee: Party,
    /// Up to how much.
    pub terms: TrustTerms,
    /// How much was accepted so this month.
    pub accepted_this_month: Amount,
}

/// An account, and a payee who is trusted there, or shall be.
pub type TrustReference = (AccountReference, AccountReference);

impl Services {
    /// Trusts a payee, or on other terms. For the account's owner, with a fresh proof, and not for apps.
    ///
    /// # Errors
    /// What is wrong with the terms; [`ServiceError::NotFound`] where there is no such account.
    pub async fn set_trusted_payee(
        &self,
        bearer: &Bearer,
        (account, payee): TrustReference,
        new: NewTrust,
        origin: &Origin,
    ) -> Result<TrustedPayee, ServiceError> {
        require_first_party(bearer)?;
        let owned = self.owned_account(bearer, account.clone()).await?;
        require_fresh_proof(bearer, self.now())?;
        let terms = parse_terms(owned.community.scale, &new)?;
        let found = self.find_payee(bearer, &owned, payee.clone()).await?;
        let (community_id, account_id) = (owned.community.id, owned.account.id);
        let trusted =
            self.ledger.read(move |conn| trusted_payees::of_account(conn, community_id, account_id)).await?;
        let is_new = trusted.iter().all(|trust| trust.payee_id != found.account.id);
        if is_new && trusted.len() >= TRUSTED_MAX {
            return Err(Refusal::Conflict(ConflictReason::TooMany).into());
        }
        self.change_trust(bearer, &owned, &found, Some(terms), origin).await?;
        self.trusted_payee(bearer, (account, payee)).await
    }

    /// Trusts a payee no longer. For the account's owner.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such account or trusted payee.
    pub async fn delete_trusted_payee(
        &self,
        bearer: &Bearer,
        (account, payee): TrustReference,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        require_first_party(bearer)?;
        let owned = self.owned_account(bearer, account).await?;
        let found = self.find_payee(bearer, &owned, payee).await?;
        self.change_trust(bearer, &owned, &found, None, origin).await
    }

    /// Up to how much a payee is trusted. For the account's owner.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such account or trusted payee.
    pub async fn trusted_payee(
        &self,
        bearer: &Bearer,
        (account, payee): TrustReference,
    ) -> Result<TrustedPayee, ServiceError> {
        let owned = self.owned_account(bearer, account).await?;
        let found = self.find_payee(bearer, &owned, payee).await?;
        let now = self.now();
        self.ledger
            .read(move |conn| {
                let pair = (owned.account.id, found.account.id);
                let trust = trusted_payees::find_many(conn, owned.community.id, &[pair])?.into_iter().next();
                let trust = trust.ok_or(ServiceError::NotFound)?;
                Ok(describe(&Arc::new(owned.community), Party::from(&found.account), &trust, now))
            })
            .await
    }

    /// All trusted payees of an account. For its owner.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such account.
    pub async fn trusted_payees(
        &self,
        bearer: &Bearer,
        account: AccountReference,
    ) -> Result<Vec<TrustedPayee>, ServiceError> {
        let owned = self.owned_account(bearer, account).await?;
        let now = self.now();
        self.ledger
            .read(move |conn| {
                let community = Arc::new(owned.community);
                let trusted = trusted_payees::of_account(conn, community.id, owned.account.id)?;
                let ids: Vec<_> = trusted.iter().map(|trust| trust.payee_id).collect();
                let found = accounts::find_many(conn, community.id, &ids)?;
                let with_payee = trusted.iter().filter_map(|trust| {
                    let payee = found.iter().find(|account| account.id == trust.payee_id)?;
                    Some(describe(&community, Party::from(payee), trust, now))
                });
                Ok(with_payee.collect())
            })
            .await
    }

    /// An account of the same community, for whoever owns one there.
    async fn find_payee(
        &self,
        bearer: &Bearer,
        owned: &VisibleAccount,
        payee: AccountReference,
    ) -> Result<VisibleAccount, ServiceError> {
        let (now, caller, community_id) = (self.now(), bearer.clone(), owned.community.id);
        self.ledger
            .read(move |conn: &mut Conn| {
                require_live_session(conn, &caller, now)?;
                let (_, found) = find_visible_account(conn, &caller.authority, &payee)?;
                if found.community.id == community_id { Ok(found) } else { Err(ServiceError::NotFound) }
            })
            .await
    }

    async fn change_trust(
        &self,
        bearer: &Bearer,
        owned: &VisibleAccount,
        payee: &VisibleAccount,
        terms: Option<TrustTerms>,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        self.note_origin(origin).await?;
        let change = SetTrust { payer_id: owned.account.id, payee_id: payee.account.id, terms };
        let (community_id, request_id) = (owned.community.id, origin.request_id.clone());
        let action = Action::SetTrust(change);
        let command = Command::by_user(community_id, bearer.authority, request_id, action);
        match self.ledger.submit(command).await? {
            Outcome::Done => Ok(()),
            Outcome::Refused(refusal) => Err(refusal.into()),
            other => Err(ServiceError::Internal(format!("a trusted payee gave {other:?}"))),
        }
    }
}

fn describe(community: &Arc<Community>, payee: Party, trust: &Trust, now: Timestamp) -> TrustedPayee {
    let accepted_this_month = if trust.month == now.month() { trust.spent } else { Amount::ZERO };
    TrustedPayee { community: Arc::clone(community), payee, terms: trust.terms, accepted_this_month }
}

fn parse_terms(scale: Scale, new: &NewTrust) -> Result<TrustTerms, ServiceError> {
    let mut faults = Vec::new();
    let mut parse = |pointer: &str, text: &str| {
        let parsed = scale.parse_positive(text);
        parsed.map_err(|error| faults.push(Fault::new(pointer, error.code(), error.to_string()))).ok()
    };
    let up_to = parse("/up_to", &new.up_to);
    let per_month = new.per_month.as_deref().map(|text| parse("/per_month", text));
    match (up_to, per_month) {
        (Some(up_to), None) => Ok(TrustTerms { up_to, per_month: None }),
        (Some(up_to), Some(Some(per_month))) => Ok(TrustTerms { up_to, per_month: Some(per_month) }),
        _ => Err(ServiceError::Invalid(faults)),
    }
}
