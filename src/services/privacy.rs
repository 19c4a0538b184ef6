//! What is held about a person: handing it out, and forgetting it.
//!
//! An erasure waits, so that nobody loses their data to a thief's quarter of an hour or to a moment's anger. Then the
//! background work does it in steps that are the same twice as once: texts and kept answers, in short writes; the
//! names, by a command in each community's order, after which no process repeats from memory what was erased; the
//! login; and last the bytes that all of it left behind in the files.

use super::audit::{self, Origin};
use super::caller::require_live_session;
use super::step_up::{require_first_party, require_fresh_proof};
use super::{ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::account::AccountStatus;
use crate::domain::command::{Action, Authority, Command, EraseMember};
use crate::domain::fold::Outcome;
use crate::domain::ids::UserId;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::storage::privacy::{self, INVENTORY, OwnMember, erasures};

pub use crate::storage::privacy::ExportedRow;
pub use crate::storage::privacy::erasures::Erasure;

/// The most rows of a page of an export.
pub const EXPORT_ROWS_MAX: i64 = 500;
/// How long an erasure can be taken back, in seconds: two weeks.
pub const ERASURE_WAIT_S: i64 = 14 * 86_400;
/// How much later an erasure is tried again where an account was opened meanwhile, in seconds.
const PUT_OFF_S: i64 = 86_400;

/// A page of what is held about a user: rows of one table after the other.
#[derive(Debug)]
pub struct ExportPage {
    /// Each row with its table's name.
    pub rows: Vec<(&'static str, ExportedRow)>,
    /// Where it goes on.
    pub next_cursor: Option<String>,
}

impl Services {
    /// A page of all that is held about the bearer. Needs a fresh proof.
    ///
    /// # Errors
    /// [`Refusal::StepUpRequired`]; a fault at the cursor.
    pub async fn export(&self, bearer: &Bearer, cursor: Option<String>) -> Result<ExportPage, ServiceError> {
        require_first_party(bearer)?;
        let (now, caller) = (self.now(), bearer.clone());
        require_fresh_proof(bearer, now)?;
        let user_id = caller.authority.user_id;
        let context = format!("export|{user_id}");
        let place = cursor.map(|cursor| self.cursors.decode(&context, &cursor)).transpose()?;
        // A place in a cursor whose authenticity was checked is one that we wrote.
        let place = place.as_deref().and_then(|place| place.split_once(' '));
        let (table, offset) = place.map_or((0, 0), |(table, offset)| {
            (table.parse().unwrap_or_default(), offset.parse().unwrap_or_default())
        });
        let (rows, next) = self
            .ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                let (mut rows, mut offset) = (Vec::new(), offset);
                let mut room = EXPORT_ROWS_MAX;
                for (number, of_table) in INVENTORY.iter().enumerate().skip(table) {
                    let found = privacy::rows(conn, user_id, of_table, offset, room)?;
                    let count = i64::try_from(found.len()).unwrap_or(i64::MAX);
                    rows.extend(found.into_iter().map(|row| (of_table.table, row)));
                    if count >= room {
                        return Ok((rows, Some((number, offset + count))));
                    }
                    (offset, room) = (0, room - count);
                }
                Ok::<_, ServiceError>((rows, None))
            })
            .await?;
        let next_cursor =
            next.map(|(table, offset)| self.cursors.encode(&context, &format!("{table} {offset}")));
        Ok(ExportPage { rows, next_cursor })
    }

    /// Asks for the bearer to be forgotten, once the time for second thoughts is over. Who asked already asked then.
    /// Needs a fresh proof, and every account closed.
    ///
    /// # Errors
    /// [`Refusal::StepUpRequired`]; a conflict as long as an account is open.
    pub async fn ask_erasure(
        &self,
        bearer: &Bearer,
        reason: String,
        origin: &Origin,
    ) -> Result<Erasure, ServiceError> {
        require_first_party(bearer)?;
        let (now, caller) = (self.now(), bearer.clone());
        require_fresh_proof(bearer, now)?;
        let user_id = caller.authority.user_id;
        self.ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                require_closed(&privacy::find_members(conn, user_id)?)
            })
            .await?;
        let line = audit::NewUserAudit { reason, ..self.own_audit("erasure.asked", user_id, origin) };
        let asked = self
            .ledger
            .write(move |conn| {
                if let Some(asked) = erasures::find(conn, user_id)? {
                    return Ok(Some(asked));
                }
                audit::record(conn, &line)?;
                erasures::ask(conn, user_id, now, now.plus_seconds(ERASURE_WAIT_S))
            })
            .await?;
        asked.ok_or_else(|| ServiceError::Internal("an erasure that was asked for is not there".into()))
    }

    /// Takes an erasure back.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where none is waiting.
    pub async fn cancel_erasure(&self, bearer: &Bearer, origin: &Origin) -> Result<(), ServiceError> {
        require_first_party(bearer)?;
        let (now, caller) = (self.now(), bearer.clone());
        let user_id = caller.authority.user_id;
        self.ledger.read(move |conn| require_live_session(conn, &caller, now)).await?;
        let line = self.own_audit("erasure.cancelled", user_id, origin);
        let is_cancelled = self
            .ledger
            .write(move |conn| {
                let is_cancelled = erasures::cancel(conn, user_id)?;
                if is_cancelled {
                    audit::record(conn, &line)?;
                }
                Ok(is_cancelled)
            })
            .await?;
        if is_cancelled { Ok(()) } else { Err(ServiceError::NotFound) }
    }

    /// Does one erasure that is due, or scrubs what those that are done left behind. Whether more may be due.
    ///
    /// # Errors
    /// When it could not be done; it stays due.
    pub async fn erase_due(&self) -> Result<bool, ServiceError> {
        let now = self.now();
        let due = self.ledger.read(move |conn| erasures::next_due(conn, now)).await?;
        let Some(due) = due else { return Ok(false) };
        if due.erased_at.is_none() {
            self.erase(due.user_id).await?;
            return Ok(true);
        }
        self.ledger.scrub().await?;
        self.ledger.write(move |conn| erasures::note_scrubbed(conn, now, now)).await?;
        Ok(false)
    }

    async fn erase(&self, user_id: UserId) -> Result<(), ServiceError> {
        let now = self.now();
        let members = self.ledger.read(move |conn| privacy::find_members(conn, user_id)).await?;
        if require_closed(&members).is_err() {
            // They joined again somewhere: asking for both is for people to sort out.
            let later = now.plus_seconds(PUT_OFF_S);
            return Ok(self.ledger.write(move |conn| erasures::put_off(conn, user_id, later)).await?);
        }
        self.end_sessions_with(user_id, None, |_| Ok(())).await?;
        for member in members {
            self.erase_member(user_id, member).await?;
        }
        self.ledger.write(move |conn| privacy::erase_login(conn, user_id, now)).await?;
        tracing::info!(user.id = %user_id, "a user's data were erased");
        Ok(())
    }

    async fn erase_member(&self, user_id: UserId, member: OwnMember) -> Result<(), ServiceError> {
        let community_id = member.community_id;
        for (account_id, _) in member.accounts.clone() {
            let erase = move |conn: &mut _| privacy::erase_texts(conn, community_id, account_id, user_id);
            while self.ledger.write(erase).await? > 0 {}
        }
        for slice in 0..privacy::KEY_SLICES {
            let member = member.clone();
            self.ledger.write(move |conn| privacy::erase_answers(conn, &member, slice)).await?;
        }
        let command = Command {
            community_id,
            authority: Authority::Service,
            key: None,
            request_id: String::new(),
            action: Action::EraseMember(EraseMember {
                member_id: member.id,
                account_ids: member.accounts.iter().map(|(id, _)| *id).collect(),
                name: format!("former member {}", member.number),
            }),
        };
        match self.ledger.submit(command).await? {
            Outcome::Done => {}
            Outcome::Refused(refusal) => return Err(refusal.into()),
            other => return Err(ServiceError::Internal(format!("an erasure gave {other:?}"))),
        }
        loop {
            let member = member.clone();
            if self.ledger.write(move |conn| privacy::erase_reasons(conn, &member, user_id)).await? == 0 {
                return Ok(());
            }
        }
    }
}

/// Refuses as long as an account is open: what it holds or owes would be nobody's.
fn require_closed(members: &[OwnMember]) -> Result<(), ServiceError> {
    let closed = i16::from(AccountStatus::Closed.code());
    let mut accounts = members.iter().flat_map(|member| &member.accounts);
    if accounts.all(|(_, status)| *status == closed) {
        Ok(())
    } else {
        Err(Refusal::Conflict(ConflictReason::AccountOpen).into())
    }
}
