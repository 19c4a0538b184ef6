//! Proving again who one is: before sensitive acts, and before large payments.

use secrecy::SecretString;

use super::audit::Origin;
use super::caller::require_live_session;
use super::commanding::unexpected;
use super::second_factors::wrong_code;
use super::{Fault, ServiceError, Services};
use crate::auth::tokens::{Bearer, FIRST_PARTY};
use crate::domain::account::AccountReference;
use crate::domain::amount::{Amount, BALANCE_MAX_MINOR, Scale};
use crate::domain::command::{Action, SetAccountStepUp, UserAuthority};
use crate::domain::fold::Outcome;
use crate::domain::ids::CommunityId;
use crate::domain::refusal::Refusal;
use crate::domain::step_up;
use crate::domain::time::Timestamp;
use crate::storage::{sessions, users};

/// A token with a fresh proof in it.
#[derive(Debug)]
pub struct SteppedUp {
    /// The short-lived token for requests.
    pub access_token: SecretString,
    /// How long it lives, in seconds.
    pub expires_in: i64,
}

/// Above which amounts an account's payments need a fresh proof.
#[derive(Debug, Clone)]
pub struct StepUpAmounts {
    /// How the amounts are written.
    pub scale: Scale,
    /// What the member set.
    pub own: Option<Amount>,
    /// What the community set.
    pub community: Option<Amount>,
}

impl Services {
    /// Proves again who the bearer is: with the second factor's code where there is one, else with the password.
    ///
    /// # Errors
    /// A fault at what is missing or wrong; [`ServiceError::SecondFactorRequired`].
    pub async fn step_up(
        &self,
        bearer: &Bearer,
        password: Option<SecretString>,
        code: Option<String>,
        origin: &Origin,
    ) -> Result<SteppedUp, ServiceError> {
        require_first_party(bearer)?;
        let (now, caller, authority) = (self.now(), bearer.clone(), bearer.authority);
        let user = self
            .ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                users::find(conn, caller.authority.user_id)?.ok_or(ServiceError::Unauthenticated)
            })
            .await?;
        if password.is_none() && code.is_none() {
            return Err(missing_password());
        }
        let factor = self.second_factor(authority.user_id).await?;
        if factor.is_none() && password.is_none() {
            return Err(missing_password());
        }
        let factor = match (factor, code) {
            (None, _) => None,
            (Some(factor), Some(code)) => Some((factor, code)),
            (Some(_), None) => return Err(ServiceError::SecondFactorRequired),
        };
        let mut charges = Vec::new();
        if let Some(password) = password {
            charges.push(self.require_password("/password", password, &user, origin).await?.charge());
        }
        if let Some((factor, code)) = factor {
            let proved = self.prove_code(authority.user_id, factor, &code, origin).await;
            let proved = proved.and_then(|proved| proved.ok_or_else(wrong_code));
            // The password was right: what was wrong is counted with the code.
            charges.push(self.blameless(proved, &charges).await?.charge());
        }
        let now = self.now();
        let is_noted = self
            .ledger
            .write(move |conn| {
                for charge in &charges {
                    charge.settle(conn)?;
                }
                sessions::note_proof(conn, authority.session_id, now)
            })
            .await?;
        if !is_noted {
            return Err(ServiceError::Unauthenticated);
        }
        let access_token =
            self.access_token(&UserAuthority { auth_time: now, ..authority }, FIRST_PARTY).await?;
        Ok(SteppedUp { access_token, expires_in: self.tokens.life_seconds() })
    }

    /// Above which amounts an account's payments need a fresh proof. For those who see the account's amounts.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the account is not the bearer's to look into.
    pub async fn step_up_amounts(
        &self,
        bearer: &Bearer,
        reference: AccountReference,
    ) -> Result<StepUpAmounts, ServiceError> {
        let visible = self.account(bearer, reference).await?;
        let account = visible.full().ok_or(ServiceError::NotFound)?;
        Ok(StepUpAmounts {
            scale: visible.community.scale,
            own: account.step_up_above,
            community: visible.community.step_up_above,
        })
    }

    /// Sets above which amount an account's payments need a fresh proof. For its member; what lets more through
    /// than before needs a fresh proof itself.
    ///
    /// # Errors
    /// What is wrong with the amount, or why the bearer may not set it.
    pub async fn set_account_step_up(
        &self,
        bearer: &Bearer,
        reference: AccountReference,
        above: Option<&str>,
        origin: &Origin,
    ) -> Result<StepUpAmounts, ServiceError> {
        let visible = self.account(bearer, reference).await?;
        let community = visible.community;
        let own = parse(community.scale, above)?;
        let action =
            Action::SetAccountStepUp(SetAccountStepUp { account_id: visible.account.id, above: own });
        self.change_step_up(bearer, community.id, action, origin).await?;
        Ok(StepUpAmounts { scale: community.scale, own, community: community.step_up_above })
    }

    async fn change_step_up(
        &self,
        bearer: &Bearer,
        community_id: CommunityId,
        action: Action,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        match self.command(bearer, community_id, action, Vec::new(), origin).await? {
            Outcome::Done => Ok(()),
            other => Err(unexpected("a change of a step-up amount", &other)),
        }
    }
}

/// Refuses a bearer who did not prove who they are a short while ago.
pub(super) fn require_fresh_proof(bearer: &Bearer, now: Timestamp) -> Result<(), ServiceError> {
    if step_up::is_fresh(bearer.authority.auth_time, now) {
        Ok(())
    } else {
        Err(Refusal::StepUpRequired.into())
    }
}

/// Refuses other clients' tokens: what opens the login itself is for its owner's own sign-in.
pub(super) fn require_first_party(bearer: &Bearer) -> Result<(), ServiceError> {
    if bearer.is_first_party() { Ok(()) } else { Err(Refusal::Forbidden.into()) }
}

fn missing_password() -> ServiceError {
    ServiceError::Invalid(vec![Fault::new(
        "/password",
        "missing",
        "proves who you are, where there is no second factor",
    )])
}

fn parse(scale: Scale, above: Option<&str>) -> Result<Option<Amount>, ServiceError> {
    let parsed = above.map(|text| scale.parse(text, BALANCE_MAX_MINOR)).transpose();
    parsed.map_err(|error| ServiceError::Invalid(vec![Fault::new("/above", error.code(), error.to_string())]))
}
