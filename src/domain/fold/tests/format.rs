//! How answers look in these tests.

use crate::domain::checkout::{Checkout, CheckoutReader};
use crate::domain::community::Community;
use crate::domain::fold::{AnswerFormat, FormattedAnswer};
use crate::domain::many::PaidMany;
use crate::domain::payment::Payment;
use crate::domain::refusal::Refusal;
use crate::domain::schedule::NoticeFacts;

/// Answers whose bytes tell everything that a caller could see, so that equal bytes are equal answers.
pub(super) struct PlainFormat;

impl AnswerFormat for PlainFormat {
    fn payment(&self, community: &Community, payment: &Payment) -> FormattedAnswer {
        let amount = community.scale.format(payment.amount);
        let body = format!("{} {} {} {}", payment.id, payment.state.name(), amount, payment.description);
        FormattedAnswer { status: 201, body: body.into_bytes() }
    }

    fn payments(&self, community: &Community, paid: &PaidMany) -> FormattedAnswer {
        let total = community.scale.format(paid.total);
        FormattedAnswer { status: 201, body: format!("{total} {:?}", paid.payments).into_bytes() }
    }

    fn checkout(&self, community: &Community, checkout: &Checkout, reader: CheckoutReader) -> Vec<u8> {
        let amount = community.scale.format(checkout.terms.amount);
        format!("{} {} {amount} {:?} {reader:?}", checkout.id, checkout.state.name(), checkout.payment_id)
            .into_bytes()
    }

    fn notice(&self, _community: &Community, facts: &NoticeFacts<'_>) -> String {
        format!("{facts:?}")
    }

    fn refusal(&self, _community: &Community, refusal: &Refusal, request_id: &str) -> FormattedAnswer {
        FormattedAnswer { status: 409, body: refusal_body(refusal, request_id) }
    }
}

/// The bytes of a stored refusal in these tests.
pub(super) fn refusal_body(refusal: &Refusal, request_id: &str) -> Vec<u8> {
    format!("{refusal:?} {request_id}").into_bytes()
}
