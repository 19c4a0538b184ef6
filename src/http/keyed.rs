//! What is answered to a request that makes or changes a payment under a key.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::web::Bytes;

use crate::domain::fold::Answered;
use crate::http::problem::PROBLEM_JSON;
use crate::http::views::{ApprovalView, PaymentBatchView, PaymentView};
use crate::services::many::ManyAnswer;
use crate::services::payments::KeyedAnswer;

/// Says that an answer repeats an earlier one.
pub const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// The kept bytes, or, where they had to be erased, the payment as it is now.
pub fn answer(answer: KeyedAnswer) -> HttpResponse {
    match answer {
        KeyedAnswer::Kept(answered) => kept(answered),
        KeyedAnswer::Asked(approval) => HttpResponse::Accepted().json(ApprovalView::from(approval.as_ref())),
        KeyedAnswer::Present { status, found } => {
            let mut response = HttpResponse::build(status_code(status))
                .json(PaymentView::new(&found.community, &found.payment));
            response.headers_mut().insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
            response
        }
    }
}

/// The same of several payments.
pub fn answer_many(answer: ManyAnswer) -> HttpResponse {
    match answer {
        ManyAnswer::Kept(answered) => {
            let mut response = kept(answered);
            // The first payment stands for all where the key is kept, and is not what was made.
            response.headers_mut().remove(header::LOCATION);
            response
        }
        ManyAnswer::Present(community, paid) => {
            let mut response = HttpResponse::Created().json(PaymentBatchView::new(&community, &paid));
            response.headers_mut().insert(IDEMPOTENCY_REPLAYED, HeaderValue::from_static("true"));
            response
        }
    }
}

/// The kept bytes of an answer.
pub fn kept(answered: Answered) -> HttpResponse {
    let status = status_code(answered.status);
    let mut builder = HttpResponse::build(status);
    match answered.payment_id {
        Some(_) => builder.content_type("application/json"),
        None => builder.content_type(PROBLEM_JSON),
    };
    if let Some(id) = answered.payment_id.filter(|_| status == StatusCode::CREATED) {
        builder.insert_header((header::LOCATION, format!("/api/v1/payments/{id}")));
    }
    if answered.is_replay {
        builder.insert_header((IDEMPOTENCY_REPLAYED, "true"));
    }
    builder.body(answered.body.map(|body| Bytes::copy_from_slice(&body)).unwrap_or_default())
}

fn status_code(status: u16) -> StatusCode {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
}
