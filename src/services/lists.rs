//! Lists of a community's things that only some of its people see, newest first: a thing's id is its place, because ids
//! are in the order of time.

use std::fmt::Display;
use std::str::FromStr;

use super::caller::require_right;
use super::cursors::{cut, page_length};
use super::{Page, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::community::Community;
use crate::domain::policy::Right;
use crate::storage::Conn;

/// Which list of a community, for whom, and which page of it.
pub(super) struct ListQuery {
    /// The list's name.
    pub name: &'static str,
    /// The community's code.
    pub code: String,
    /// The right that its readers have.
    pub right: Right,
    /// The name of the state that all items have; empty for any.
    pub state: &'static str,
    /// How many.
    pub limit: Option<i64>,
    /// Where to go on.
    pub cursor: Option<String>,
}

impl Services {
    /// A page of a community's list. `read` gives at most so many items with ids below the one that it gets, if any.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer does not belong to it,
    /// [`crate::domain::refusal::Refusal::Forbidden`] when they lack the right; what is wrong with the page.
    pub(super) async fn list<T, Id>(
        &self,
        bearer: &Bearer,
        query: ListQuery,
        read: impl FnOnce(&mut Conn, &Community, Option<Id>, i64) -> Result<Vec<T>, ServiceError> + Send + 'static,
        id_of: impl FnOnce(&T) -> Id,
    ) -> Result<Page<T>, ServiceError>
    where
        T: Send + 'static,
        Id: FromStr + Display + Send + 'static,
    {
        let length = page_length(query.limit)?;
        let context = format!("{}|{}|{}|{}", query.name, bearer.authority.user_id, query.code, query.state);
        // A place in a cursor whose authenticity was checked is one that we wrote.
        let before = match query.cursor {
            Some(cursor) => self.cursors.decode(&context, &cursor)?.parse().ok(),
            None => None,
        };
        let (now, caller) = (self.now(), bearer.clone());
        let mut items = self
            .ledger
            .read(move |conn| {
                let community = require_right(conn, &caller, &query.code, query.right, now)?;
                read(conn, &community, before, length + 1)
            })
            .await?;
        let has_more = cut(&mut items, length);
        let last = items.last().filter(|_| has_more);
        let next_cursor = last.map(|item| self.cursors.encode(&context, &id_of(item).to_string()));
        Ok(Page { items, next_cursor })
    }
}
