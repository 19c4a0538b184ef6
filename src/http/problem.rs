//! The one table of problem codes, and errors in the form of RFC 9457.

use actix_web::http::StatusCode;
use actix_web::http::header::{self, HeaderValue};
use actix_web::{HttpResponse, ResponseError};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::advice::advice;
use super::limits::exhausted_headers;
use crate::domain::amount::Scale;
use crate::domain::ids::{CheckoutId, PaymentId};
use crate::domain::payment_rules::LimitReached;
use crate::domain::refusal::{ConflictReason, Refusal, Spender};
use crate::services::{Exhausted, Fault, ServiceError};

/// The media type of problems.
pub const PROBLEM_JSON: &str = "application/problem+json";
/// The registered type of problems with quotas, whose members clients may know.
const QUOTA_EXCEEDED: &str = "https://iana.org/assignments/http-problem-types#quota-exceeded";
/// The most refused lines of a list that are told.
const LINES_TOLD_MAX: usize = 100;
/// After how many seconds an overloaded service may be asked again.
pub(super) const RETRY_AFTER_S: &str = "1";

macro_rules! problem_codes {
    ($($variant:ident $code:literal $status:literal $title:literal $advice:literal;)*) => {
        /// A stable code on which clients branch.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        #[expect(missing_docs, reason = "each variant's meaning is its row in the table")]
        pub enum ProblemCode { $($variant,)* }

        impl ProblemCode {
            /// Every code.
            pub const ALL: &'static [Self] = &[$(Self::$variant),*];

            /// The code in answers.
            pub const fn code(self) -> &'static str {
                match self { $(Self::$variant => $code,)* }
            }

            /// The status code it comes with.
            pub const fn status(self) -> u16 {
                match self { $(Self::$variant => $status,)* }
            }

            /// What it is, in a few words.
            pub const fn title(self) -> &'static str {
                match self { $(Self::$variant => $title,)* }
            }

            /// What the caller should do.
            pub const fn advice(self) -> &'static str {
                match self { $(Self::$variant => $advice,)* }
            }
        }
    };
}

problem_codes! {
    ValidationFailed "validation_failed" 400 "Invalid request"
        "Correct what the list `errors` names, field by field. Nothing was done.";
    IdempotencyKeyMissing "idempotency_key_missing" 400 "Idempotency key missing"
        "Send an `Idempotency-Key` header: a fresh text for each payment that you mean, the same text when you repeat one.";
    Unauthenticated "unauthenticated" 401 "Not signed in"
        "Get a fresh access token with your refresh token, or sign in again.";
    Forbidden "forbidden" 403 "Not allowed"
        "This is not yours to do. Ask an admin of the community, or use a token with the scope that is needed.";
    StepUpRequired "step_up_required" 403 "Step-up required"
        "Prove again who you are with `POST /api/v1/sessions/current/step-up`, and repeat with the new access token.";
    NotFound "not_found" 404 "Not found"
        "Check the address. What belongs to others or to other communities looks absent.";
    MethodNotAllowed "method_not_allowed" 405 "Method not allowed"
        "Use one of the methods in the `Allow` header.";
    NotAcceptable "not_acceptable" 406 "Not acceptable"
        "Ask in `Accept` for one of the media types that the operation's description names, or leave it out.";
    RequestTimeout "request_timeout" 408 "Request too slow"
        "Send the whole request at once.";
    InsufficientCredit "insufficient_credit" 409 "Insufficient credit"
        "The payer can spend no more than `available`. Pay less, or ask for a higher limit; then use a new key.";
    PaymentLimitReached "payment_limit_reached" 409 "Payment limit reached"
        "The payer may pay no more than so much, or so often, in a day, a week or a month; `reason` tells which. Wait for the next one, or ask an admin of the community; then use a new key.";
    CeilingExceeded "ceiling_exceeded" 409 "Ceiling exceeded"
        "The payee cannot hold that much. Pay less, or ask the payee to spend first; then use a new key.";
    AccountNotActive "account_not_active" 409 "Account not active"
        "One of the accounts is frozen or closed. Ask an admin of the community; then use a new key.";
    PossibleDuplicate "possible_duplicate" 409 "Possible duplicate"
        "A payment like this was made a short while ago: `payment_id`. Where both are meant, repeat with `allow_duplicate` under a new key.";
    SameAccount "same_account" 409 "Same account"
        "Payer and payee must be two accounts.";
    LinesRefused "lines_refused" 409 "Lines refused"
        "Nothing was posted. Correct or leave out the lines in `errors`, or ask for the valid lines; then use a new key.";
    Conflict "conflict" 409 "Conflict"
        "The present state does not allow this; `reason` tells which. Read the object again.";
    PreconditionFailed "precondition_failed" 412 "Precondition failed"
        "The object changed since you read it. Read it again, and repeat with its new `ETag`.";
    BodyTooLarge "body_too_large" 413 "Body too large"
        "Send at most 65536 bytes; a list of payments may have 4 MiB.";
    UnsupportedMediaType "unsupported_media_type" 415 "Unsupported media type"
        "Send JSON with `Content-Type: application/json`; a list of payments may be `text/csv`, too.";
    IdempotencyKeyReused "idempotency_key_reused" 422 "Idempotency key reused"
        "This key was used for another request. Use a fresh key for a different request.";
    RateLimited "rate_limited" 429 "Too many requests"
        "Nothing was done. Repeat after `Retry-After` seconds, with the same key.";
    HeadTooLarge "head_too_large" 431 "Request head too large"
        "Send at most 16384 bytes of address and headers.";
    Internal "internal" 500 "Internal error"
        "This is our fault. Tell the operator the `request_id`.";
    Overloaded "overloaded" 503 "Overloaded"
        "Nothing was done. Repeat after `Retry-After` seconds, with the same key.";
    OutcomeUnknown "outcome_unknown" 503 "Outcome unknown"
        "It may or may not have been done. Repeat with the same key to find out; it happens at most once.";
}

/// One thing wrong with a request.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct ProblemFault {
    /// Where: a JSON pointer into the body, a parameter's name, or `line 5` of a list.
    #[schema(example = "/amount")]
    pub pointer: String,
    /// What, for programs.
    #[schema(example = "not_positive")]
    pub code: &'static str,
    /// What, for people.
    #[schema(example = "must be greater than 0")]
    pub detail: String,
}

/// An error, in the form of RFC 9457. Branch on `code`; texts may change.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub struct Problem {
    /// A link to what the code means.
    #[serde(rename = "type")]
    #[schema(example = "https://river.example/problems/insufficient_credit")]
    pub kind: String,
    /// The code in a few words.
    #[schema(example = "Insufficient credit")]
    pub title: &'static str,
    /// The status code.
    #[schema(example = 409)]
    pub status: u16,
    /// The stable code.
    #[schema(example = "insufficient_credit")]
    pub code: &'static str,
    /// What happened this time, and what to do.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// Every fault of the request, where it makes no sense as it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false)]
    pub errors: Vec<ProblemFault>,
    /// What the payer could spend, where that was too little.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "7.00")]
    pub available: Option<String>,
    /// The earlier payment, where this one looks like its repetition.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub payment_id: Option<Uuid>,
    /// The checkout that stands for the order, where its terms are others.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkout_id: Option<Uuid>,
    /// The limits that were reached, where one was.
    #[serde(rename = "violated-policies", skip_serializing_if = "Vec::is_empty")]
    #[schema(required = false, example = json!(["payments"]))]
    pub violated_policies: Vec<&'static str>,
    /// Which state stands in the way, where one does.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "not_settled")]
    pub reason: Option<&'static str>,
    /// True where the password is right and the second factor's code is missing.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    pub second_factor_required: bool,
    /// The request's id, for questions to the operator.
    #[schema(example = "req_019a2f6b1c0a7bb4a3d25e6f708192a3")]
    pub request_id: String,
}

/// Members of a problem that few have; apart, so that errors stay small.
#[derive(Debug, Clone, Default)]
struct Members {
    available: Option<String>,
    payment_id: Option<PaymentId>,
    checkout_id: Option<CheckoutId>,
}

impl Members {
    fn available(amount: String) -> Self {
        Self { available: Some(amount), ..Self::default() }
    }
}

/// An error on its way to the caller. The middleware adds what only it knows: the link's base and the request's id.
#[derive(Debug, Clone)]
pub struct ApiError {
    code: ProblemCode,
    detail: Option<Box<str>>,
    faults: Vec<Fault>,
    members: Option<Box<Members>>,
    reason: Option<&'static str>,
    second_factor_required: bool,
    violated_policy: Option<&'static str>,
    headers: Vec<(header::HeaderName, HeaderValue)>,
}

impl ApiError {
    /// A problem with nothing to add to its code.
    pub const fn new(code: ProblemCode) -> Self {
        Self {
            code,
            detail: None,
            faults: Vec::new(),
            members: None,
            reason: None,
            violated_policy: None,
            second_factor_required: false,
            headers: Vec::new(),
        }
    }

    /// What happened this time.
    #[must_use]
    pub fn detail(mut self, detail: impl Into<String>) -> Self {
        self.detail = Some(detail.into().into_boxed_str());
        self
    }

    /// A header of the answer.
    #[must_use]
    pub fn header(mut self, name: header::HeaderName, value: HeaderValue) -> Self {
        self.headers.push((name, value));
        self
    }

    /// A request that makes no sense as it is.
    pub fn invalid(faults: Vec<Fault>) -> Self {
        Self { faults, ..Self::new(ProblemCode::ValidationFailed) }
    }

    /// No token, or (with `invalid_token`) a bad one (RFC 6750 section 3).
    pub fn unauthenticated(has_token: bool) -> Self {
        let challenge = if has_token { r#"Bearer error="invalid_token""# } else { "Bearer" };
        Self::new(ProblemCode::Unauthenticated)
            .header(header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge))
    }

    /// The right password, and no code of the second factor.
    pub fn second_factor_required() -> Self {
        let error = Self { second_factor_required: true, ..Self::unauthenticated(true) };
        error.detail("Send the second factor's code, or a recovery code, as `code`.")
    }

    /// A limit is reached for now.
    pub fn rate_limited(limit: &Exhausted) -> Self {
        let mut headers = exhausted_headers(limit);
        headers.push((header::RETRY_AFTER, HeaderValue::from(limit.wait_seconds)));
        Self { violated_policy: Some(limit.policy), headers, ..Self::new(ProblemCode::RateLimited) }
    }

    /// A rule said no. Amounts are written in the community's scale.
    pub fn refused(refusal: &Refusal, scale: Option<Scale>) -> Self {
        match refusal {
            Refusal::SessionEnded => Self::unauthenticated(true),
            Refusal::KeyReused => Self::new(ProblemCode::IdempotencyKeyReused),
            Refusal::NotFound(_) => Self::new(ProblemCode::NotFound),
            Refusal::Forbidden => Self::new(ProblemCode::Forbidden),
            Refusal::StepUpRequired => Self::new(ProblemCode::StepUpRequired),
            Refusal::SpendingCeiling { who, ceiling, asked, left } => Self {
                members: Some(Box::new(Members::available(left.clone()))),
                reason: Some(who.name_of(*ceiling)),
                ..Self::new(ProblemCode::Forbidden)
            }
            .detail(match who {
                Spender::App => {
                    format!("{asked} exceeds the {left} that the member still allows this app to spend.")
                }
                Spender::Teller => {
                    format!("{asked} exceeds the {left} that the owner still allows this teller to spend.")
                }
            }),
            Refusal::PreconditionFailed => Self::new(ProblemCode::PreconditionFailed),
            Refusal::SameAccount => Self::new(ProblemCode::SameAccount),
            Refusal::AccountNotActive { code, status } => {
                Self::new(ProblemCode::AccountNotActive).detail(format!("{code} is {}.", status.name()))
            }
            Refusal::Conflict(reason) => {
                let problem = Self { reason: Some(reason.name()), ..Self::new(ProblemCode::Conflict) };
                match advice(*reason) {
                    Some(advice) => problem.detail(advice),
                    None => problem,
                }
            }
            Refusal::OrderTaken(earlier) => {
                let members = Members { checkout_id: Some(*earlier), ..Members::default() };
                let taken = Self::refused(&Refusal::Conflict(ConflictReason::OrderReferenceTaken), scale);
                Self { members: Some(Box::new(members)), ..taken }
            }
            Refusal::PossibleDuplicate(earlier) => {
                let members = Members { payment_id: Some(*earlier), ..Members::default() };
                Self { members: Some(Box::new(members)), ..Self::new(ProblemCode::PossibleDuplicate) }
            }
            Refusal::InsufficientCredit { amount, available } => match scale {
                Some(scale) => Self {
                    members: Some(Box::new(Members::available(scale.format(*available)))),
                    ..Self::new(ProblemCode::InsufficientCredit)
                }
                .detail(format!(
                    "{} exceeds the {} available.",
                    scale.format(*amount),
                    scale.format(*available)
                )),
                None => Self::new(ProblemCode::InsufficientCredit),
            },
            Refusal::PaymentLimitReached(LimitReached { period, amount_left, payments_left }) => {
                let left = scale.zip(*amount_left).map(|(scale, left)| scale.format(left));
                // Where there are too many already, it is no matter how much may be paid.
                let told = match (payments_left, &left) {
                    (Some(0), _) => format!("No more payments may be made in this {}.", period.name()),
                    (_, Some(left)) => format!("{left} may still be paid in this {}.", period.name()),
                    (_, None) => String::new(),
                };
                let members = left.map(|left| Box::new(Members::available(left)));
                Self { members, reason: Some(period.name()), ..Self::new(ProblemCode::PaymentLimitReached) }
                    .detail(told)
            }
            Refusal::CeilingExceeded => Self::new(ProblemCode::CeilingExceeded),
            Refusal::RepeatedLine(earlier) => {
                Self::new(ProblemCode::PossibleDuplicate).detail(format!("It is the same as line {earlier}."))
            }
            Refusal::Lines(lines) => {
                let told = lines.iter().take(LINES_TOLD_MAX);
                let faults = told.map(|line| line_fault(line.line, &line.refusal, scale)).collect();
                Self { faults, ..Self::new(ProblemCode::LinesRefused) }
            }
        }
    }

    /// The problem's full form.
    pub fn into_problem(self, public_url: &str, request_id: &str) -> Problem {
        let to_fault =
            |fault: Fault| ProblemFault { pointer: fault.pointer, code: fault.code, detail: fault.detail };
        let members = self.members.map(|members| *members).unwrap_or_default();
        Problem {
            kind: match self.code {
                ProblemCode::RateLimited => QUOTA_EXCEEDED.to_owned(),
                code => format!("{public_url}/problems/{}", code.code()),
            },
            title: self.code.title(),
            status: self.code.status(),
            code: self.code.code(),
            detail: Some(self.detail.map_or_else(|| self.code.advice().to_owned(), String::from)),
            errors: self.faults.into_iter().map(to_fault).collect(),
            available: members.available,
            reason: self.reason,
            payment_id: members.payment_id.map(PaymentId::uuid),
            checkout_id: members.checkout_id.map(CheckoutId::uuid),
            second_factor_required: self.second_factor_required,
            violated_policies: self.violated_policy.into_iter().collect(),
            request_id: request_id.to_owned(),
        }
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(self.code.code())
    }
}

impl ResponseError for ApiError {
    fn status_code(&self) -> StatusCode {
        StatusCode::from_u16(self.code.status()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR)
    }

    /// The answer without its body, which the middleware writes.
    fn error_response(&self) -> HttpResponse {
        let mut response = HttpResponse::new(self.status_code());
        for (name, value) in &self.headers {
            response.headers_mut().append(name.clone(), value.clone());
        }
        if self.code.status() == 503 {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_S));
        }
        response.extensions_mut().insert(self.clone());
        response
    }
}

/// Why a line of several is refused.
fn line_fault(line: u32, refusal: &Refusal, scale: Option<Scale>) -> Fault {
    let problem = ApiError::refused(refusal, scale);
    let detail = problem.detail.map_or_else(|| problem.code.advice().to_owned(), String::from);
    Fault { pointer: format!("line {line}"), code: problem.code.code(), detail }
}

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::Invalid(faults) => Self::invalid(faults),
            ServiceError::Unauthenticated => Self::unauthenticated(true),
            ServiceError::WrongAddress => {
                Self::new(ProblemCode::Forbidden).detail("This key may not be used from this address.")
            }
            ServiceError::SecondFactorRequired => Self::second_factor_required(),
            ServiceError::NotFound => Self::new(ProblemCode::NotFound),
            ServiceError::Refused(refusal) => Self::refused(&refusal, None),
            ServiceError::Blocked(faults) => {
                Self { faults, ..Self::refused(&Refusal::Conflict(ConflictReason::MergeBlocked), None) }
            }
            ServiceError::RateLimited(limit) => Self::rate_limited(&limit),
            ServiceError::Overloaded => Self::new(ProblemCode::Overloaded),
            ServiceError::OutcomeUnknown => Self::new(ProblemCode::OutcomeUnknown),
            ServiceError::Storage(error) => {
                tracing::error!(error = ?error, "the database failed");
                Self::new(ProblemCode::Internal)
            }
            ServiceError::Internal(message) => {
                tracing::error!("{message}");
                Self::new(ProblemCode::Internal)
            }
        }
    }
}
