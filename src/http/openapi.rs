//! The API's description (OpenAPI 3.1), collected from the handlers.

use std::sync::LazyLock;

use actix_web::App;
use utoipa::openapi::path::Operation;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::openapi::{ContentBuilder, Ref, ResponseBuilder};
use utoipa::{Modify, OpenApi};
use utoipa_actix_web::AppExt;

use super::app::routes;
use super::fallback::Routes;
use super::middleware::UNLIMITED;
use super::problem::{PROBLEM_JSON, Problem, ProblemCode, ProblemFault};
use super::routing::RouteConfig;

/// The facts of the description that no handler holds.
#[derive(OpenApi)]
#[openapi(
    info(
        title = "Counterfoil",
        description = "A mutual-credit service for local currencies. Money is decimal text in the community's scale, \
            times are RFC 3339 in UTC. Every error is a problem (RFC 9457) with a stable `code`. Every request that \
            pays takes an `Idempotency-Key`: the same key pays at most once, for ever.",
        license(name = "MIT OR Apache-2.0", identifier = "MIT OR Apache-2.0")
    ),
    tags(
        (name = "sessions", description = "Signing in, staying signed in, proving again who one is, signing out"),
        (name = "me", description = "Who is signed in, and how they prove it"),
        (name = "password-resets", description = "A new password without the old one"),
        (name = "api-keys", description = "Keys with which shops' software acts at one account"),
        (name = "accounts", description = "Balances, entries and limits"),
        (name = "payments", description = "Paying, and finding payments"),
        (name = "checkouts", description = "What shops ask to be paid, for one order each"),
        (name = "events", description = "What happens, as it happens"),
        (name = "webhooks", description = "Telling other machines what happens on an account"),
        (name = "schedules", description = "Paying again and again"),
        (name = "communities", description = "Communities, their members and their ledger"),
        (name = "joining", description = "Asking to join, confirming an address, a community's terms, invitations"),
        (name = "leaving", description = "Leaving a community: towards zero, by a plan, and out"),
        (name = "write-offs", description = "Balances that nobody settles: the register, and what to expect"),
        (name = "approvals", description = "What one admin asks for and another one has to agree to"),
        (name = "mails", description = "What became of a community's mails"),
        (name = "oauth", description = "OAuth 2.1: apps that act for members, and what members allowed"),
        (name = "operations", description = "Health, keys and documents")
    ),
    components(schemas(Problem, ProblemFault)),
    modifiers(&Security)
)]
struct Description;

/// How requests prove who sends them.
struct Security;

impl Modify for Security {
    fn modify(&self, document: &mut utoipa::openapi::OpenApi) {
        let bearer = HttpBuilder::new().scheme(HttpAuthScheme::Bearer).bearer_format("JWT").build();
        let components = document.components.get_or_insert_default();
        components.add_security_scheme("bearer", SecurityScheme::Http(bearer));
    }
}

/// What any request with a body can be told.
const BODY_PROBLEMS: [ProblemCode; 3] =
    [ProblemCode::RequestTimeout, ProblemCode::BodyTooLarge, ProblemCode::UnsupportedMediaType];
/// What keys are told, and apps that were allowed one account, where an operation is not for them.
const KEY_PROBLEMS: [ProblemCode; 1] = [ProblemCode::Forbidden];
/// What any request can be told whose number and size are limited.
const LIMIT_PROBLEMS: [ProblemCode; 2] = [ProblemCode::RateLimited, ProblemCode::HeadTooLarge];
/// What any request that asks the database can be told.
const DATABASE_PROBLEMS: [ProblemCode; 2] = [ProblemCode::Internal, ProblemCode::Overloaded];

/// What is made of the description.
pub(super) struct Collected {
    /// Every route's path and methods.
    pub routes: Routes,
    /// The description, as JSON.
    pub text: String,
}

/// The description as requests need it, made when it is asked for first.
pub(super) fn description() -> &'static Collected {
    static COLLECTED: LazyLock<Collected> = LazyLock::new(|| {
        let document = document();
        // It is our own and has only text keys, so writing it cannot fail.
        Collected { routes: Routes::new(&document), text: document.to_json().unwrap_or_default() }
    });
    &COLLECTED
}

/// The whole description.
pub fn document() -> utoipa::openapi::OpenApi {
    let mut document = App::new()
        .into_utoipa_app()
        .openapi(Description::openapi())
        .configure(|config| routes(&mut RouteConfig::Describing(config)))
        .split_for_parts()
        .1;
    for (path, item) in &mut document.paths.paths {
        let operations = [&mut item.get, &mut item.post, &mut item.put, &mut item.patch, &mut item.delete];
        for operation in operations.into_iter().flatten() {
            // OAuth's endpoints have errors of their own shape.
            if !path.starts_with("/oauth/") {
                add_common_problems(operation, path);
            }
        }
    }
    document
}

/// Adds what is not the handler's own doing, where the handler does not say it itself.
fn add_common_problems(operation: &mut Operation, path: &str) {
    let of_body = operation.request_body.is_some().then_some(BODY_PROBLEMS).into_iter().flatten();
    let of_database = path.starts_with("/api/").then_some(DATABASE_PROBLEMS).into_iter().flatten();
    let of_limits = (!UNLIMITED.contains(&path)).then_some(LIMIT_PROBLEMS).into_iter().flatten();
    let of_keys = operation.security.is_some().then_some(KEY_PROBLEMS).into_iter().flatten();
    for problem in of_body.chain(of_database).chain(of_limits).chain(of_keys) {
        let content = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
        let response = ResponseBuilder::new()
            .description(format!("`{}`", problem.code()))
            .content(PROBLEM_JSON, content);
        operation
            .responses
            .responses
            .entry(problem.status().to_string())
            .or_insert_with(|| response.build().into());
    }
}
