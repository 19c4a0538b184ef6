//! OAuth 2.1 over HTTP, outside of `/api/v1`: endpoints for apps, pages for people.
//!
//! | file | what lives there |
//! |---|---|
//! | `authorize.rs` | where an app sends its member: sign-in and consent |
//! | `browser.rs` | the sign-in cookie, and forms that only our own pages can send |
//! | `failure.rs` | errors in OAuth's own shape |
//! | `form.rs` | form-encoded parameters, and who the client says it is |
//! | `grants.rs` | the page where a member sees and takes back what they allowed |
//! | `guarded.rs` | how pages are sent, whatever they show |
//! | `introspect.rs`, `revoke.rs`, `token.rs` | the endpoints of those names |
//! | `metadata.rs` | what this server can do (RFC 8414) |
//! | `pages.rs` | what the pages look like |
//! | `passkeys.rs`, `passkey.js` | the page where a member adds and removes passkeys |
//! | `texts/` | what they say, in five languages |

pub(super) mod authorize;
pub(super) mod browser;
mod failure;
pub(super) mod form;
mod grants;
pub(super) mod guarded;
mod introspect;
mod metadata;
pub(super) mod pages;
mod passkeys;
mod revoke;
pub(super) mod texts;
mod token;

pub use metadata::get_metadata_below_path;

use super::routing::RouteConfig;

/// The described routes.
pub fn routes(config: &mut RouteConfig<'_, '_>) {
    config
        .service(token::create_oauth_token)
        .service(revoke::create_oauth_revocation)
        .service(introspect::create_oauth_introspection)
        .service(metadata::get_oauth_metadata)
        .service(authorize::get_authorization_page)
        .service(authorize::create_authorization)
        .service(grants::get_grants_page)
        .service(grants::create_grants_answer)
        .service(passkeys::get_passkeys_page)
        .service(passkeys::create_passkeys_answer)
        .service(passkeys::get_script)
        .service(pages::get_stylesheet);
}
