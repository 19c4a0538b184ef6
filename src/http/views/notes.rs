//! What people note of their payments.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::time::Timestamp;
use crate::services::notes::NoteInContext;

/// What is noted of a payment at one account. The other side sees nothing of it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentNote)]
pub struct NoteView {
    /// The code of the account whose note it is.
    #[schema(example = "RIVER0001")]
    account: String,
    /// Under what it is counted.
    #[schema(example = "Groceries")]
    category: Option<String>,
    /// What is to be remembered.
    #[schema(example = "For the harvest party")]
    note: Option<String>,
    /// Since when; null where nothing is noted.
    #[schema(example = "2026-09-21T14:13:20.000000Z")]
    updated_at: Option<String>,
}

impl From<NoteInContext> for NoteView {
    fn from(found: NoteInContext) -> Self {
        Self {
            account: found.account.code.to_string(),
            category: found.note.category,
            note: found.note.note,
            updated_at: found.updated_at.map(Timestamp::rfc3339),
        }
    }
}

/// A category in use.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Category)]
pub struct CategoryView {
    /// Its name.
    #[schema(example = "Groceries")]
    category: String,
    /// How many payments it has.
    #[schema(example = 12)]
    payments: i64,
}

/// The categories in use at an account, in the order of their letters.
#[derive(Debug, Serialize, ToSchema)]
pub struct CategoryList {
    /// The categories.
    data: Vec<CategoryView>,
}

impl From<Vec<(String, i64)>> for CategoryList {
    fn from(categories: Vec<(String, i64)>) -> Self {
        let view = |(category, payments)| CategoryView { category, payments };
        Self { data: categories.into_iter().map(view).collect() }
    }
}
