//! What things look like in JSON. Money is decimal text, times are RFC 3339 in UTC.

mod accounts;
mod apps;
mod communities;
mod payments;
mod people;

pub use accounts::{AccountView, EntryPage, EntryView};
pub use apps::{GrantList, GrantView, OAuthClientList, OAuthClientView};
pub use communities::{CommunityView, LedgerView};
pub use payments::{PaymentPage, PaymentView};
pub use people::{DirectoryMemberView, MeView, MemberPage};
