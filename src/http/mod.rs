//! The API over HTTP: parses requests, calls use cases, shapes answers. Decides nothing else.
//!
//! | file | what lives there |
//! |---|---|
//! | `advice.rs` | what to do about a state that stands in the way |
//! | `answers.rs` | the bytes that are kept under idempotency keys |
//! | `app.rs` | which route leads where |
//! | `client_address.rs` | who the client is, also behind proxies |
//! | `extract.rs` | from requests to typed values: bodies, queries, callers |
//! | `fallback.rs` | unknown paths, wrong methods |
//! | `formats.rs` | in which of several formats a document is written |
//! | `keyed.rs` | what is answered under idempotency keys |
//! | `landing/` | where the links of mails lead: pages for people |
//! | `limits.rs` | how many requests a minute, and how many at once |
//! | `lists.rs` | lists of payments: JSON, CSV |
//! | `middleware.rs` | what every request goes through |
//! | `oauth/` | OAuth 2.1: endpoints for apps, pages for people |
//! | `objects.rs` | objects inside of bodies, which are no lists |
//! | `one_account.rs` | what keys may ask for, and apps that were allowed one account |
//! | `openapi.rs` | the API's description, from the code |
//! | `operations.rs` | health, metrics, documents |
//! | `paging.rs` | a page's answer, with the link to the next |
//! | `pay/` | pages for people who pay shops, and for shops without software |
//! | `problem.rs` | the one table of problem codes |
//! | `routing.rs` | where handlers are put: into the app, or into the description |
//! | `series.rs` | which steps a series has |
//! | `server.rs` | listening, and stopping |
//! | `views/` | what things look like in JSON |
//! | `v1/` | one folder for each resource, one file for each verb |

mod advice;
mod answers;
mod app;
mod client_address;
mod extract;
mod fallback;
mod formats;
mod keyed;
mod landing;
mod languages;
mod limits;
mod lists;
mod middleware;
mod oauth;
mod objects;
mod one_account;
mod openapi;
mod operations;
mod paging;
mod pay;
pub mod problem;
mod routing;
mod series;
pub mod server;
mod v1;
mod views;

pub use answers::JsonAnswers;
pub use openapi::document;
