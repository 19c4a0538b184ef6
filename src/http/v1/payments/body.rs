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
    /// For when, if not now: a time with its offset, or a date, which means the beginning of that day in the
    /// community's time zone. In the future, at most five years ahead.
    #[schema(example = "2026-12-31T09:00:00+01:00")]
    pub scheduled_for: Option<String>,
    /// Set it where the same payment is meant twice: without it, one to the same payee over the same amount with the
    /// same description within two minutes is refused as a `possible_duplicate`.
    #[serde(default)]
    allow_duplicate: bool,
}

impl From<CreatePaymentRequest> for NewPayment {
    fn from(body: CreatePaymentRequest) -> Self {
        let CreatePaymentRequest { payer, payee, amount, description, scheduled_for: _, allow_duplicate } =
            body;
        Self { payer, payee, amount, description, allow_duplicate }
    }
}
