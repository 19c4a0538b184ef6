//! Paying out of a community's fund, as its admins decide.

use std::sync::Arc;

use super::audit::Origin;
use super::caller::membership;
use super::payments::{KeyedAnswer, KeyedRequest, check_text, parse_amount};
use super::step_up::require_first_party;
use super::{Fault, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::account::AccountReference;
use crate::domain::amount::{Amount, Scale};
use crate::domain::command::Action;
use crate::domain::fund::PayOut;
use crate::domain::lone_payouts::LONE_PAYOUTS_S;
use crate::domain::payment::DESCRIPTION_CHARS_MAX;
use crate::domain::policy::Right;
use crate::domain::refusal::{Refusal, Thing};
use crate::storage::{Conn, accounts, payouts};

/// A payment out of the fund as an admin asks for it.
#[derive(Debug, Clone)]
pub struct NewPayout {
    /// Whom to pay, by code or id.
    pub payee: AccountReference,
    /// How much, as decimal text.
    pub amount: String,
    /// What for.
    pub description: String,
}

impl Services {
    /// Pays out of a community's fund. For its admins, with a fresh proof; above the community's amount for reversals, by itself or
    /// with what was paid out alone a short while ago, and to an account of the admin's own, it waits for another admin. The same key with the same request answers the same, for ever.
    ///
    /// # Errors
    /// What is wrong with the request, or why nothing was posted. Refusals that are final for the key are answers.
    pub async fn pay_out(
        &self,
        bearer: &Bearer,
        code: String,
        new: NewPayout,
        request: KeyedRequest,
        origin: &Origin,
    ) -> Result<KeyedAnswer, ServiceError> {
        let answer = self.pay_out_once(bearer, code, new, request, origin).await;
        self.for_live_sessions(bearer, answer).await
    }

    async fn pay_out_once(
        &self,
        bearer: &Bearer,
        code: String,
        new: NewPayout,
        request: KeyedRequest,
        origin: &Origin,
    ) -> Result<KeyedAnswer, ServiceError> {
        require_first_party(bearer)?;
        let (now, caller, reference) = (self.now(), bearer.clone(), new.payee.clone());
        let find = move |conn: &mut Conn| {
            let place = membership(conn, &caller, &code, now)?;
            place.require(Right::PayOut)?;
            let community = &place.community;
            let account = match reference {
                AccountReference::Id(id) => accounts::find_many(conn, community.id, &[id])?.pop(),
                AccountReference::Code(code) => accounts::find_by_code(conn, community.id, code.as_str())?,
            };
            let payee = account.ok_or(Refusal::NotFound(Thing::Payee))?;
            let is_own = place.members.iter().any(|member| Some(member.id) == payee.member_id);
            let lone = payouts::alone_since(conn, community.id, now.plus_seconds(-LONE_PAYOUTS_S))?;
            Ok::<_, ServiceError>((place.community, payee, is_own, lone))
        };
        let (community, payee, is_own, lone) = self.ledger.read(find).await?;
        let amount = parse(&new, community.scale)?;
        let fund_id = self.fund_of(&community).await?;
        self.note_origin(origin).await?;
        let sides = (bearer.authority.user_id, payee.id);
        let notices = if is_own || lone.need_two(&community.approval_rules, sides, amount, now) {
            self.notices_of_asking(bearer, &community, Right::PayOut).await?
        } else {
            Vec::new()
        };
        let action =
            Action::PayOut(PayOut { fund_id, payee_id: payee.id, amount, description: new.description });
        self.submit_keyed_telling(Arc::new(community), bearer, request, (action, notices)).await
    }
}

fn parse(new: &NewPayout, scale: Scale) -> Result<Amount, ServiceError> {
    let mut faults = Vec::new();
    let amount = parse_amount(scale, &new.amount).map_err(|fault| faults.push(fault));
    faults.extend(check_text("/description", &new.description, DESCRIPTION_CHARS_MAX).err());
    if new.description.trim().is_empty() {
        faults.push(Fault::new(
            "/description",
            "missing",
            "says what for, for the record and for whoever gets it",
        ));
    }
    match amount {
        Ok(amount) if faults.is_empty() => Ok(amount),
        _ => Err(ServiceError::Invalid(faults)),
    }
}
