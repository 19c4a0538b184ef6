//! The bytes that are kept under idempotency keys, and repeated to whoever repeats the request.

use serde::Serialize;

use super::problem::ApiError;
use super::views::{
    CheckoutView, MessageView, NamedMessageView, PaymentBatchView, PaymentView, PublicCheckoutView,
};
use crate::domain::checkout::{Checkout, CheckoutReader};
use crate::domain::community::Community;
use crate::domain::fold::{AnswerFormat, FormattedAnswer};
use crate::domain::many::PaidMany;
use crate::domain::payment::Payment;
use crate::domain::refusal::Refusal;
use crate::domain::schedule::NoticeFacts;
use crate::domain::time::Timestamp;
use crate::services::events::Told;
use crate::services::schedules::notices;
use crate::services::webhooks::EventFormat;
use uuid::Uuid;

/// Answers as JSON.
#[derive(Debug, Clone)]
pub struct JsonAnswers {
    public_url: String,
}

impl JsonAnswers {
    /// Answers whose links begin with the public URL.
    pub const fn new(public_url: String) -> Self {
        Self { public_url }
    }
}

impl AnswerFormat for JsonAnswers {
    fn payment(&self, community: &Community, payment: &Payment) -> FormattedAnswer {
        FormattedAnswer { status: 201, body: to_json(&PaymentView::new(community, payment)) }
    }

    fn payments(&self, community: &Community, paid: &PaidMany) -> FormattedAnswer {
        FormattedAnswer { status: 201, body: to_json(&PaymentBatchView::new(community, paid)) }
    }

    fn checkout(&self, community: &Community, checkout: &Checkout, reader: CheckoutReader) -> Vec<u8> {
        match reader {
            CheckoutReader::Shop => to_json(&CheckoutView::new(community, checkout, Some(&self.public_url))),
            CheckoutReader::Payer => to_json(&PublicCheckoutView::new(community, checkout)),
        }
    }

    fn notice(&self, community: &Community, facts: &NoticeFacts<'_>) -> String {
        notices::parameters(community, facts)
    }

    fn refusal(&self, community: &Community, refusal: &Refusal, request_id: &str) -> FormattedAnswer {
        let problem =
            ApiError::refused(refusal, Some(community.scale)).into_problem(&self.public_url, request_id);
        FormattedAnswer { status: problem.status, body: to_json(&problem) }
    }
}

impl EventFormat for JsonAnswers {
    fn told(&self, told: &Told) -> Vec<u8> {
        to_json(&MessageView::from(told))
    }

    fn named(&self, name: &'static str, at: Timestamp, event_seq: i64, subject_id: Uuid) -> Vec<u8> {
        to_json(&NamedMessageView::new(name, at, event_seq, subject_id))
    }
}

/// The JSON of one of our own views, which have only text keys and so cannot fail.
pub(super) fn to_json(view: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(view).unwrap_or_default()
}
