//! What a caller asks to be paid: read once, for paying and for everything else that takes the body of a payment.

use std::sync::Arc;

use crate::auth::tokens::Bearer;
use crate::domain::account::AccountReference;
use crate::domain::amount::{Amount, SCALE_MAX, Scale};
use crate::domain::command::{Authorise, Pay};
use crate::domain::community::Community;
use crate::domain::fold::Proposal;
use crate::domain::payment::{AUTHORISATION_S, DESCRIPTION_CHARS_MAX};
use crate::domain::time::Timestamp;
use crate::services::caller::require_place;
use crate::services::{Fault, ServiceError, Services};

/// A payment as a caller asks for it.
#[derive(Debug, Clone)]
pub struct NewPayment {
    /// Who pays: an account's code or id.
    pub payer: String,
    /// Who is paid: an account's code or id.
    pub payee: String,
    /// How much, as decimal text.
    pub amount: String,
    /// What for; may be empty.
    pub description: String,
    /// Whether it is meant, also where it looks like the repetition of another.
    pub allow_duplicate: bool,
    /// Until when the payee may capture it, where it is not paid at once.
    pub hold: Option<NewHold>,
}

/// That a payment's money is only set aside, as a caller asks for it.
#[derive(Debug, Clone, Default)]
pub struct NewHold {
    /// Until when (RFC 3339); as long as is usual where nothing is said.
    pub expires_at: Option<String>,
}

/// What was asked for, with everything found that it names. Whether it may be, the ledger says.
#[derive(Debug, Clone)]
pub(in crate::services) struct Order {
    /// The community of both sides.
    pub community: Arc<Community>,
    /// Who pays whom how much.
    pub pay: Pay,
    /// Until when the payee may capture it; none where it is paid at once.
    pub hold_until: Option<Timestamp>,
}

impl Order {
    /// What it comes to, with the community.
    pub fn into_proposal(self) -> (Arc<Community>, Proposal) {
        let Self { community, pay, hold_until } = self;
        let proposal = match hold_until {
            None => Proposal::Pay(pay),
            Some(expires_at) => Proposal::Authorise(Authorise { payment: pay, expires_at }),
        };
        (community, proposal)
    }
}

impl Services {
    /// Reads what a caller asks for, and finds both sides.
    ///
    /// # Errors
    /// Everything that is wrong with it; [`ServiceError::NotFound`] where the two sides are not of one community, and
    /// one that the bearer may know of.
    pub(in crate::services) async fn order(
        &self,
        bearer: &Bearer,
        new: NewPayment,
    ) -> Result<Order, ServiceError> {
        let user_id = bearer.authority.user_id;
        let (payer, payee) = check_shape(&new)?;
        let hold_until = match &new.hold {
            Some(hold) => Some(read_expiry(hold.expires_at.as_deref(), self.now(), AUTHORISATION_S)?),
            None => None,
        };
        let payer = self.find_reference(user_id, payer).await?;
        let payee = self.find_reference(user_id, payee).await?;
        // Which of the two is absent or foreign stays untold: the answer must not show what exists elsewhere.
        let (Some(payer), Some(payee)) = (payer, payee) else { return Err(ServiceError::NotFound) };
        if payer.community.id != payee.community.id {
            return Err(ServiceError::NotFound);
        }
        let community = payer.community;
        let amount = match parse_amount(community.scale, &new.amount) {
            Ok(amount) => amount,
            Err(fault) => {
                self.require_insider(&community, bearer).await?;
                return Err(ServiceError::Invalid(vec![fault]));
            }
        };
        let pay = Pay {
            payer_id: payer.account_id,
            payee_id: payee.account_id,
            amount,
            description: new.description,
            allow_duplicate: new.allow_duplicate,
        };
        Ok(Order { community, pay, hold_until })
    }

    /// Refuses who has no place in the community.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`].
    pub(in crate::services) async fn require_insider(
        &self,
        community: &Community,
        bearer: &Bearer,
    ) -> Result<(), ServiceError> {
        let (community, caller) = (community.clone(), bearer.authority);
        self.ledger.read(move |conn| require_place(conn, community, &caller).map(drop)).await
    }
}

/// Everything that can be said of a payment without knowing its community.
fn check_shape(new: &NewPayment) -> Result<(AccountReference, AccountReference), ServiceError> {
    let mut faults = Vec::new();
    let mut parse_reference = |pointer: &str, text: &str| {
        let reference = text.parse::<AccountReference>();
        if reference.is_err() {
            faults.push(Fault::new(
                pointer,
                "malformed_account",
                "is neither an account's code, like RIVER0001, nor its id",
            ));
        }
        reference.ok()
    };
    let payer = parse_reference("/payer", &new.payer);
    let payee = parse_reference("/payee", &new.payee);
    faults.extend(check_amount_shape(&new.amount));
    faults.extend(check_text("/description", &new.description, DESCRIPTION_CHARS_MAX).err());
    match (payer, payee) {
        (Some(payer), Some(payee)) if faults.is_empty() => Ok((payer, payee)),
        _ => Err(ServiceError::Invalid(faults)),
    }
}

/// Until when something stands: as asked, or so many seconds from now. Whether that is a time at which it may end, the
/// ledger says.
pub(in crate::services) fn read_expiry(
    asked: Option<&str>,
    now: Timestamp,
    usual_seconds: i64,
) -> Result<Timestamp, ServiceError> {
    let Some(text) = asked else { return Ok(now.plus_seconds(usual_seconds)) };
    Timestamp::parse_rfc3339(text).ok_or_else(|| {
        let detail = "is not a time like 2026-09-21T00:00:00Z";
        ServiceError::Invalid(vec![Fault::new("/expires_at", "malformed_time", detail)])
    })
}

/// What is wrong with an amount under any scale. Size depends on the scale, so it is judged later.
pub(in crate::services) fn check_amount_shape(text: &str) -> Option<Fault> {
    // The finest scale of all: the community's own may be coarser, and is looked at once the community is known.
    Scale::try_from(i16::from(SCALE_MAX)).ok().and_then(|finest| shape_fault(finest, text))
}

fn shape_fault(finest: Scale, text: &str) -> Option<Fault> {
    use crate::domain::amount::AmountError;
    match finest.parse_positive(text) {
        Err(
            error @ (AmountError::Malformed | AmountError::NotPositive | AmountError::TooManyPlaces { .. }),
        ) => Some(Fault::new("/amount", error.code(), error.to_string())),
        Ok(_) | Err(AmountError::TooLarge) => None,
    }
}

pub(in crate::services) fn parse_amount(scale: Scale, text: &str) -> Result<Amount, Fault> {
    scale.parse_positive(text).map_err(|error| Fault::new("/amount", error.code(), error.to_string()))
}

/// Refuses texts that are too long or hold control characters.
pub(crate) fn check_text(pointer: &str, text: &str, chars_max: usize) -> Result<(), Fault> {
    if text.chars().count() > chars_max {
        return Err(Fault::new(pointer, "too_long", format!("has more than {chars_max} characters")));
    }
    if text.chars().any(|character| character.is_control() && character != '\n') {
        return Err(Fault::new(pointer, "control_character", "holds a control character"));
    }
    Ok(())
}
