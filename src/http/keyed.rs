//! What is answered to a request that makes or changes a payment under a key.

use std::collections::BTreeMap;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderName, HeaderValue};
use actix_web::web::Bytes;
use utoipa::IntoResponses;
use utoipa::openapi::{Content, Ref, RefOr, Response, ResponseBuilder};

use crate::domain::fold::Answered;
use crate::http::problem::PROBLEM_JSON;
use crate::http::views::{ApprovalView, PaymentBatchView, PaymentView};
use crate::services::many::ManyAnswer;
use crate::services::payments::KeyedAnswer;

/// Says that an answer repeats an earlier one.
pub const IDEMPOTENCY_REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

/// What anything that is done under a key may be answered, beside what its own rules say: for the API's description.
pub struct KeyedProblems;

const KEYED_PROBLEMS: [(&str, &str); 6] = [
    ("400", "`validation_failed`, `idempotency_key_missing`"),
    ("401", "`unauthenticated`"),
    ("413", "`body_too_large`"),
    ("415", "`unsupported_media_type`"),
    ("422", "`idempotency_key_reused`"),
    ("503", "`overloaded`, `outcome_unknown`"),
];

impl IntoResponses for KeyedProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        described(KEYED_PROBLEMS)
    }
}

/// What a list of payments may be answered that is done under a key.
pub struct ListProblems;

const LIST_PROBLEMS: [(&str, &str); 3] = [
    (
        "403",
        "`step_up_required`: for what a payer pays in all; `forbidden`: none of the payers is yours, or the token lacks `payments:write`",
    ),
    ("404", "`not_found`: no such accounts in a community of yours"),
    ("409", "`lines_refused`"),
];

impl IntoResponses for ListProblems {
    fn responses() -> BTreeMap<String, RefOr<Response>> {
        described(KEYED_PROBLEMS.into_iter().chain(LIST_PROBLEMS))
    }
}

fn described(
    problems: impl IntoIterator<Item = (&'static str, &'static str)>,
) -> BTreeMap<String, RefOr<Response>> {
    let response = |description: &str| {
        let problem = Content::new(Some(Ref::from_schema_name("Problem")));
        ResponseBuilder::new().description(description).content(PROBLEM_JSON, problem).build()
    };
    let describe = |(status, description): (&str, &str)| (status.to_owned(), response(description).into());
    problems.into_iter().map(describe).collect()
}

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
