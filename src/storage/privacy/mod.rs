//! What is held about a person.
//!
//! | file | what lives there |
//! |---|---|
//! | `inventory.rs` | every table and column: what is personal, how it is exported and erased |
//! | `export.rs` | reading a user's rows by that list |
//! | `own.rs` | where a user has rows, and what stands in the way of forgetting them |
//! | `erase.rs` | taking what communities hold of them out of the world |
//! | `login.rs` | the same for what is not a community's |
//! | `erasures.rs` | who asked for it |

mod erase;
pub mod erasures;
mod export;
mod inventory;
mod login;
mod own;

pub(super) use erase::erase_member;
pub use erase::{
    KEY_SLICES, erase_answers, erase_checkouts, erase_declines, erase_descriptions, erase_open_descriptions,
    erase_reasons, find_answers, find_descriptions,
};
pub use export::{ExportPlace, ExportedRow, ExportedRows, export};
pub use inventory::{INVENTORY, Inventory, Kind};
pub use login::{erase_applications, erase_login};
pub use own::{OwnMember, find_communities, find_members, is_last_admin};

use uuid::Uuid;

use super::Conn;

/// An id as a literal. Ids are ours or parsed, so that no text of a caller's gets into a statement.
fn literal(conn: &Conn, id: Uuid) -> String {
    match conn {
        Conn::Postgres(_) => format!("'{id}'::uuid"),
        Conn::Sqlite(_) => format!("x'{}'", id.simple()),
    }
}
