//! The API's description (OpenAPI 3.1), collected from the handlers.

use actix_web::App;
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityScheme};
use utoipa::{Modify, OpenApi};
use utoipa_actix_web::AppExt;

use super::app::routes;
use super::problem::{Problem, ProblemFault};

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
        (name = "sessions", description = "Signing in, staying signed in, signing out"),
        (name = "me", description = "Who is signed in"),
        (name = "accounts", description = "Balances, entries and limits"),
        (name = "payments", description = "Paying, and finding payments"),
        (name = "communities", description = "Communities, their members and their ledger"),
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

/// The whole description.
pub fn document() -> utoipa::openapi::OpenApi {
    App::new().into_utoipa_app().openapi(Description::openapi()).configure(routes).split_for_parts().1
}
