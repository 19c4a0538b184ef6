//! OAuth 2.1: apps that members allow to act for them, machines that act for who registered them, and the sign-in on
//! the service's own pages. A grant is a session of a client, so that rotation, ending and the fold's own check are
//! the same for all sessions.
//!
//! | file | what lives there |
//! |---|---|
//! | `authorize.rs` | from an app's request to a code |
//! | `browser.rs` | the sign-in on the service's own pages |
//! | `clients.rs` | registering clients, and proving who one is |
//! | `grants.rs` | what members allowed, and taking it back |
//! | `inspect.rs` | introspection and revocation |
//! | `tokens.rs` | from codes, passwords and secrets to tokens |

pub mod authorize;
pub mod browser;
pub mod clients;
pub mod grants;
pub mod inspect;
pub mod tokens;

use super::ServiceError;
use crate::domain::scopes::Scopes;
use crate::domain::time::Timestamp;

/// When the sessions of apps and machines were last proved: never. Nobody is there whom they could ask, so what needs a
/// fresh proof is not for them, however large a payment their member's ceilings admit.
pub(super) const UNPROVEN: Timestamp = Timestamp::from_micros(0);

/// Why a client gets nothing, in the words of RFC 6749 section 5.2.
#[derive(Debug)]
pub enum OAuthError {
    /// The client is unknown, or did not prove who it is.
    Client,
    /// Anything else that is the client's to mend.
    Refused {
        /// The stable code.
        error: &'static str,
        /// What it means this time, for developers.
        description: &'static str,
    },
    /// The service's own failure.
    Service(ServiceError),
}

impl<E: Into<ServiceError>> From<E> for OAuthError {
    fn from(error: E) -> Self {
        Self::Service(error.into())
    }
}

impl OAuthError {
    /// The request lacks something, or has it twice.
    pub const fn request(description: &'static str) -> Self {
        Self::Refused { error: "invalid_request", description }
    }

    const fn grant(description: &'static str) -> Self {
        Self::Refused { error: "invalid_grant", description }
    }

    const fn scope(description: &'static str) -> Self {
        Self::Refused { error: "invalid_scope", description }
    }

    const fn unauthorized() -> Self {
        Self::Refused {
            error: "unauthorized_client",
            description: "the client was not registered for this grant type",
        }
    }
}

/// The scopes that are asked for, none of them unknown or beyond what is allowed.
fn narrow(asked: &str, allowed: Scopes) -> Option<Scopes> {
    Scopes::parse_strictly(asked).filter(|scopes| scopes.is_within(allowed))
}

/// Which client an audit line is about. Ids are letters, digits, points and dashes, and need no escaping.
fn client_as_json(client_id: &str) -> String {
    format!(r#"{{"client_id":"{client_id}"}}"#)
}
