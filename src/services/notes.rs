//! What the people at an account note of its payments, for themselves: a category and a few words.
//!
//! It belongs to the account, so that everybody who looks after it sees the same. The other side sees nothing of it, and
//! neither do admins by their office.

use super::caller::{Membership, find_visible_account, require_live_session, require_place};
use super::payments::check_text;
use super::{Fault, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::account::{Account, AccountReference};
use crate::domain::ids::PaymentId;
use crate::domain::time::Timestamp;
use crate::storage::notes::{self, NotePlace};
use crate::storage::{Conn, accounts, communities, payments};

pub use crate::storage::notes::Note;

/// The most characters of a category.
pub const CATEGORY_CHARS_MAX: usize = 40;
/// The most characters of a note.
pub const NOTE_CHARS_MAX: usize = 1_000;
/// The most categories of an account.
pub const CATEGORIES_MAX: i64 = 200;
/// How many notes one write deletes.
const DELETED_MAX: i64 = 500;

/// A payment's note, with the account whose it is.
#[derive(Debug, Clone)]
pub struct NoteInContext {
    /// The account.
    pub account: Account,
    /// What is noted.
    pub note: Note,
    /// Since when; none where nothing is.
    pub updated_at: Option<Timestamp>,
}

impl Services {
    /// What is noted of a payment at the bearer's account.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the payment is none of the bearer's accounts' business.
    pub async fn payment_note(
        &self,
        bearer: &Bearer,
        id: PaymentId,
        account: Option<AccountReference>,
    ) -> Result<NoteInContext, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                let (place, account) = find_place(conn, &caller, id, account.as_ref())?;
                let (note, updated_at) = notes::find(conn, place)?.unzip();
                Ok(NoteInContext { account, note: note.unwrap_or_default(), updated_at })
            })
            .await
    }

    /// Notes something of a payment at the bearer's account, instead of what was noted. The last word counts.
    ///
    /// # Errors
    /// What is wrong with it; [`ServiceError::NotFound`] as for reading.
    pub async fn set_payment_note(
        &self,
        bearer: &Bearer,
        id: PaymentId,
        account: Option<AccountReference>,
        note: Note,
    ) -> Result<NoteInContext, ServiceError> {
        let note = check(note)?;
        let (now, caller) = (self.now(), bearer.clone());
        let wanted = note.category.clone();
        let (place, account) = self
            .ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                let (place, account) = find_place(conn, &caller, id, account.as_ref())?;
                check_room(conn, place, wanted.as_deref())?;
                Ok::<_, ServiceError>((place, account))
            })
            .await?;
        let written = note.clone();
        self.ledger.write(move |conn| notes::set(conn, place, &written, now)).await?;
        let is_empty = note == Note::default();
        Ok(NoteInContext { account, note, updated_at: (!is_empty).then_some(now) })
    }

    /// The categories in use at the bearer's account, each with how many payments it has.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the account is not the bearer's business.
    pub async fn categories(
        &self,
        bearer: &Bearer,
        reference: AccountReference,
    ) -> Result<Vec<(String, i64)>, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                let (membership, visible) = find_visible_account(conn, &caller.authority, &reference)?;
                require_concern(&membership, &visible.account)?;
                Ok(notes::categories(conn, visible.community.id, visible.account.id, CATEGORIES_MAX)?)
            })
            .await
    }

    /// Forgets everything that was noted at an account.
    pub(super) async fn erase_notes(
        &self,
        community_id: crate::domain::ids::CommunityId,
        account_id: crate::domain::ids::AccountId,
    ) -> Result<(), ServiceError> {
        let delete = move |conn: &mut Conn| notes::delete_some(conn, community_id, account_id, DELETED_MAX);
        while self.ledger.write(delete).await? > 0 {}
        Ok(())
    }
}

pub(super) fn require_concern(membership: &Membership, account: &Account) -> Result<(), ServiceError> {
    if membership.is_concerned(account) { Ok(()) } else { Err(ServiceError::NotFound) }
}

/// At which of the bearer's accounts a payment is noted.
fn find_place(
    conn: &mut Conn,
    bearer: &Bearer,
    id: PaymentId,
    wanted: Option<&AccountReference>,
) -> Result<(NotePlace, Account), ServiceError> {
    let own = communities::ids_of_user(conn, bearer.authority.user_id)?;
    let payment = payments::find_in_any(conn, &own, id)?.ok_or(ServiceError::NotFound)?;
    let community_id = payment.community_id;
    let community = communities::find(conn, community_id)?.ok_or(ServiceError::NotFound)?;
    let membership = require_place(conn, community, &bearer.authority)?;
    let sides = [payment.payer.account_id, payment.payee.account_id];
    let mut concerned = accounts::find_many(conn, community_id, &sides)?;
    concerned.retain(|account| membership.is_concerned(account));
    if concerned.is_empty() {
        return Err(ServiceError::NotFound);
    }
    let is_wanted = |account: &Account| match wanted {
        None => true,
        Some(AccountReference::Id(id)) => account.id == *id,
        Some(AccountReference::Code(code)) => account.code == *code,
    };
    concerned.retain(is_wanted);
    let fault = |code, detail: &str| ServiceError::Invalid(vec![Fault::new("account", code, detail)]);
    match (concerned.pop(), concerned.is_empty()) {
        (Some(account), true) => {
            Ok((NotePlace { community_id, account_id: account.id, payment_id: id }, account))
        }
        (Some(_), false) => Err(fault("ambiguous", "both sides are yours: say at which account")),
        (None, _) => Err(fault("not_a_side", "is not your side of this payment")),
    }
}

fn check(note: Note) -> Result<Note, ServiceError> {
    let trim = |text: Option<String>| text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
    let note = Note { category: trim(note.category), note: trim(note.note) };
    let mut faults = Vec::new();
    if let Some(category) = &note.category {
        faults.extend(check_text("/category", category, CATEGORY_CHARS_MAX).err());
        if category.contains('\n') {
            faults.push(Fault::new("/category", "control_character", "holds a line end"));
        }
    }
    if let Some(text) = &note.note {
        faults.extend(check_text("/note", text, NOTE_CHARS_MAX).err());
    }
    if faults.is_empty() { Ok(note) } else { Err(ServiceError::Invalid(faults)) }
}

/// Refuses a category that would be one too many.
fn check_room(conn: &mut Conn, place: NotePlace, wanted: Option<&str>) -> Result<(), ServiceError> {
    let Some(wanted) = wanted else { return Ok(()) };
    let used = notes::categories(conn, place.community_id, place.account_id, CATEGORIES_MAX)?;
    let is_full = i64::try_from(used.len()).is_ok_and(|used| used >= CATEGORIES_MAX);
    if is_full && used.iter().all(|(category, _)| category != wanted) {
        let detail = format!("there are {CATEGORIES_MAX} categories already: use one of them");
        return Err(ServiceError::Invalid(vec![Fault::new("/category", "too_many", detail)]));
    }
    Ok(())
}
