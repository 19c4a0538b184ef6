//! One-off allowances: an admin lets an account pass its credit limit, for one payment.

use super::accounts::check_reason;
use super::audit::Origin;
use super::caller::VisibleAccount;
use super::commanding::unexpected;
use super::{Fault, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::account::AccountReference;
use crate::domain::allowance::{ALLOWANCE_LIFE_S, Allowance, SetAllowance};
use crate::domain::amount::Scale;
use crate::domain::command::Action;
use crate::domain::fold::Outcome;
use crate::domain::time::Timestamp;

/// An allowance as an admin writes it.
#[derive(Debug, Clone)]
pub struct NewAllowance {
    /// The most that the payment may be, as decimal text.
    pub amount: String,
    /// Before when it has to be made, RFC 3339.
    pub until: String,
}

impl Services {
    /// Lets an account pass its credit limit by one payment, or no longer. For admins, with a fresh proof; one that stands
    /// is replaced.
    ///
    /// # Errors
    /// Everything that is wrong with it, or why the bearer may not.
    pub async fn set_allowance(
        &self,
        bearer: &Bearer,
        reference: AccountReference,
        (new, reason, if_version): (Option<NewAllowance>, String, Option<i64>),
        origin: &Origin,
    ) -> Result<VisibleAccount, ServiceError> {
        let visible = self.account(bearer, reference).await?;
        let mut faults: Vec<_> = check_reason(&reason).err().into_iter().collect();
        let now = self.now();
        let allowance = new.and_then(|new| parse(&new, visible.community.scale, now, &mut faults));
        if !faults.is_empty() {
            return Err(ServiceError::Invalid(faults));
        }
        let change = SetAllowance { account_id: visible.account.id, allowance, reason, if_version };
        let action = Action::SetAllowance(change);
        let notices = self.notices_of_new_limits(&visible).await?;
        match self.command(bearer, visible.community.id, action, notices, origin).await? {
            Outcome::Account(account) => Ok(VisibleAccount { account: *account, ..visible }),
            other => Err(unexpected("an allowance", &other)),
        }
    }
}

fn parse(new: &NewAllowance, scale: Scale, now: Timestamp, faults: &mut Vec<Fault>) -> Option<Allowance> {
    let amount = scale.parse_positive(&new.amount);
    if let Err(error) = &amount {
        faults.push(Fault::new("/amount", error.code(), error.to_string()));
    }
    let until = Timestamp::parse_rfc3339(&new.until);
    match until {
        None => faults.push(Fault::new("/until", "malformed", "is no time in RFC 3339")),
        Some(until) if until <= now => faults.push(Fault::new("/until", "past", "has passed")),
        Some(until) if until > now.plus_seconds(ALLOWANCE_LIFE_S) => {
            faults.push(Fault::new("/until", "out_of_range", "is more than a year ahead"));
        }
        Some(_) => {}
    }
    Some(Allowance { amount: amount.ok()?, until: until? })
}
