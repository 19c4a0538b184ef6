//! Which fees a community's payments bear, as its admins chose.

use super::accounts::check_reason;
use super::audit::Origin;
use super::caller::require_right;
use super::commanding::unexpected;
use super::step_up::require_first_party;
use super::{Fault, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::amount::{Amount, Scale};
use crate::domain::command::Action;
use crate::domain::community::Community;
use crate::domain::fees::{FEE_BASIS_POINTS_MAX, FEE_FIXED_MAX_MINOR, Fee, SetFees};
use crate::domain::fold::Outcome;
use crate::domain::ids::AccountId;
use crate::domain::policy::Right;
use crate::storage::{Conn, accounts};

/// One side's fee as an admin writes it.
#[derive(Debug, Clone)]
pub struct NewFee {
    /// What each payment bears, as decimal text.
    pub fixed: String,
    /// The share of what is paid, in basis points.
    pub basis_points: i64,
}

/// Fees as an admin writes them.
#[derive(Debug, Clone)]
pub struct NewFees {
    /// What payers bear.
    pub payer: NewFee,
    /// What payees bear.
    pub payee: NewFee,
    /// Why.
    pub reason: String,
    /// The version that the admin saw, where they said so.
    pub if_version: Option<i64>,
}

impl Services {
    /// Sets which fees payments between members bear. For admins, with a fresh proof. The fund that gets them is the community's
    /// commons account.
    ///
    /// # Errors
    /// What is wrong with the fees; [`crate::domain::refusal::Refusal`]: `Forbidden`, `StepUpRequired`, `PreconditionFailed`
    /// where they were changed since, `AccountNotActive` where the fund is not.
    pub async fn set_fees(
        &self,
        bearer: &Bearer,
        code: String,
        new: NewFees,
        origin: &Origin,
    ) -> Result<Community, ServiceError> {
        require_first_party(bearer)?;
        let (now, caller) = (self.now(), bearer.clone());
        let read = move |conn: &mut Conn| require_right(conn, &caller, &code, Right::SetFees, now);
        let community = self.ledger.read(read).await?;
        let (payer, payee) = parse(community.scale, &new)?;
        let fund_id = self.fund_of(&community).await?;
        let NewFees { reason, if_version, .. } = new;
        let action = Action::SetFees(SetFees { fund_id, payer, payee, reason, if_version });
        match self.command(bearer, community.id, action, Vec::new(), origin).await? {
            Outcome::Fees(rules) => Ok(Community { fees: rules, ..community }),
            other => Err(unexpected("a change of fees", &other)),
        }
    }

    /// The community's commons account, opened where it is not there yet.
    ///
    /// # Errors
    /// When the database or the ledger fails.
    pub(super) async fn fund_of(&self, community: &Community) -> Result<AccountId, ServiceError> {
        let community_id = community.id;
        let find = move |conn: &mut Conn| accounts::find_commons(conn, community_id);
        if let Some(id) = self.ledger.read(find).await? {
            return Ok(id);
        }
        self.open_commons(community).await?;
        self.ledger.read(find).await?.ok_or(ServiceError::NotFound)
    }
}

fn parse(scale: Scale, new: &NewFees) -> Result<(Fee, Fee), ServiceError> {
    let mut faults = Vec::new();
    let mut parse = |side: &str, fee: &NewFee| {
        let fixed = scale.parse(&fee.fixed, FEE_FIXED_MAX_MINOR).unwrap_or_else(|error| {
            faults.push(Fault::new(&format!("/{side}/fixed"), error.code(), error.to_string()));
            Amount::ZERO
        });
        if !(0..=FEE_BASIS_POINTS_MAX).contains(&fee.basis_points) {
            let what = format!("must be from 0 to {FEE_BASIS_POINTS_MAX}");
            faults.push(Fault::new(&format!("/{side}/basis_points"), "out_of_range", what));
        }
        Fee { fixed, basis_points: fee.basis_points }
    };
    let sides = (parse("payer", &new.payer), parse("payee", &new.payee));
    faults.extend(check_reason(&new.reason).err());
    if faults.is_empty() { Ok(sides) } else { Err(ServiceError::Invalid(faults)) }
}
