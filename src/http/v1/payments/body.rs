//! The body of a payment, in one place for everything that takes it.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::services::payments::NewPayment;

/// Who pays whom how much, and what for.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CreatePaymentRequest {
    /// The paying account's code or id; one of yours.
    #[schema(example = "RIVER0001")]
    payer: String,
    /// The paid account's code or id.
    #[schema(example = "RIVER0002")]
    payee: String,
    /// Decimal text, above zero, with at most the currency's decimal places.
    #[schema(example = "12.50")]
    amount: String,
    /// What for, up to 500 characters.
    #[serde(default)]
    #[schema(example = "Rye loaves")]
    description: String,
}

impl From<CreatePaymentRequest> for NewPayment {
    fn from(body: CreatePaymentRequest) -> Self {
        let CreatePaymentRequest { payer, payee, amount, description } = body;
        Self { payer, payee, amount, description }
    }
}
