//! What is held about a person.
//!
//! | file | what lives there |
//! |---|---|
//! | `inventory.rs` | every table and column: what is personal, how it is exported and erased |
//! | `export.rs` | reading a user's rows by that list |
//! | `erase.rs` | taking them out of the world |
//! | `erasures.rs` | who asked for it |

mod erase;
pub mod erasures;
mod export;
mod inventory;

pub(super) use erase::erase_member;
pub use erase::{
    KEY_SLICES, OwnMember, erase_answers, erase_login, erase_reasons, erase_texts, find_members,
};
pub use export::{ExportedRow, rows};
pub use inventory::{INVENTORY, Inventory, Kind};

use uuid::Uuid;

use super::Conn;

/// An id as a literal. Ids are ours or parsed, so that no text of a caller's gets into a statement.
fn literal(conn: &Conn, id: Uuid) -> String {
    match conn {
        Conn::Postgres(_) => format!("'{id}'::uuid"),
        Conn::Sqlite(_) => format!("x'{}'", id.simple()),
    }
}
