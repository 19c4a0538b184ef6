//! The body of a payment, in one place for everything that takes it.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::http::problem::ApiError;
use crate::services::Fault;
use crate::services::payments::{NewHold, NewPayment};

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
    /// `automatic`, as where it is left out: the money moves at once. `manual`: it is set aside for the payee to capture.
    #[serde(default)]
    capture: CaptureMode,
    /// With `manual`: until when it can be captured (RFC 3339), at most 30 days ahead; 7 days where it is left out.
    #[serde(default)]
    #[schema(example = "2026-09-28T14:13:20Z")]
    expires_at: Option<String>,
}

/// Whether the money moves at once.
#[derive(Deserialize, ToSchema, Default, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum CaptureMode {
    /// At once.
    #[default]
    Automatic,
    /// When the payee captures it.
    Manual,
}

impl TryFrom<CreatePaymentRequest> for NewPayment {
    type Error = ApiError;

    fn try_from(body: CreatePaymentRequest) -> Result<Self, ApiError> {
        let CreatePaymentRequest {
            payer,
            payee,
            amount,
            description,
            scheduled_for: _,
            allow_duplicate,
            capture,
            expires_at,
        } = body;
        let hold = match (capture, expires_at) {
            (CaptureMode::Manual, expires_at) => Some(NewHold { expires_at }),
            (CaptureMode::Automatic, None) => None,
            (CaptureMode::Automatic, Some(_)) => {
                let detail = "only what is captured later expires";
                return Err(ApiError::invalid(vec![Fault::new("/expires_at", "not_allowed", detail)]));
            }
        };
        Ok(Self { payer, payee, amount, description, allow_duplicate, hold })
    }
}
