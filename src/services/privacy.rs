//! What is held about a person: handing it out, and forgetting it.
//!
//! An erasure waits, so that nobody loses their data to a thief's quarter of an hour or to a moment's anger. Then the
//! background work does it in steps that are the same twice as once:
//!
//! | step | why in this place |
//! |---|---|
//! | applications | nobody is let in any more |
//! | the roles, by commands in each community's order | of two admins who go at once, in any processes, one stays |
//! | the login | nobody signs in any more |
//! | payments that await somebody, by commands in the order | nobody would be there to act on them |
//! | descriptions and kept answers, in short writes | accounts are closed, so there will be no others |
//! | names, by a command in each community's order | from its place on, no process repeats from memory what was erased |
//! | reasons | that command is the last line of the audit log |
//! | the bytes left behind in the files | once a day at most, for SQLite's payments wait meanwhile |

use super::audit::{self, Origin};
use super::caller::require_live_session;
use super::step_up::{require_first_party, require_fresh_proof};
use super::{Fault, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::account::{Account, AccountStatus};
use crate::domain::command::{Action, Command, EraseMember, SetRole};
use crate::domain::fold::Outcome;
use crate::domain::ids::{AccountId, CommunityId, UserId};
use crate::domain::member::Role;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::storage::privacy::{self, ExportPlace, OwnMember, erasures};
use crate::storage::{Conn, StorageError, notifications, payment_links, statement_mailings};

pub use crate::storage::privacy::erasures::Erasure;
pub use crate::storage::privacy::{ExportedRow, ExportedRows};

/// The most rows of a page of an export.
pub const EXPORT_ROWS_MAX: usize = 500;
/// How long an erasure can be taken back, in seconds: two weeks.
pub const ERASURE_WAIT_S: i64 = 14 * 86_400;
/// How long before it is due an erasure can be taken back no more, in seconds: longer than a request waits and clocks
/// differ, so that nobody is told that it was taken back while it is being done.
const CANCEL_MARGIN_S: i64 = 60;
/// How much later an erasure is tried again that cannot be done, in seconds.
const PUT_OFF_S: i64 = 86_400;
/// How long after freed bytes were given back they are again, in seconds.
const SCRUB_PAUSE_S: i64 = 86_400;
/// How many kept answers one write erases.
const ANSWERS_MAX: usize = 200;

/// A page of what is held about a user: rows of one table after the other.
#[derive(Debug)]
pub struct ExportPage {
    /// Each row with its table's name.
    pub rows: ExportedRows,
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
        let from = match cursor {
            Some(cursor) => Some(read_place(&self.cursors.decode(&context, &cursor)?)?),
            None => None,
        };
        let (rows, next) = self
            .ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                Ok::<_, ServiceError>(privacy::export(conn, user_id, from.as_ref(), EXPORT_ROWS_MAX)?)
            })
            .await?;
        let next_cursor = next.map(|next| self.cursors.encode(&context, &next.to_text()));
        Ok(ExportPage { rows, next_cursor })
    }

    /// Asks for the bearer to be forgotten, once the time for second thoughts is over. Who asked already asked then.
    /// Needs a fresh proof, every account settled and closed, and another admin where others need one.
    ///
    /// # Errors
    /// [`Refusal::StepUpRequired`]; a conflict as long as something stands in the way.
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
        let in_the_way = self
            .ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                Ok::<_, ServiceError>(what_stands_in_the_way(conn, user_id)?)
            })
            .await?;
        if let Some(reason) = in_the_way {
            return Err(Refusal::Conflict(reason).into());
        }
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

    /// Takes an erasure back, as long as it waits.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where none is waiting, or none any more.
    pub async fn cancel_erasure(&self, bearer: &Bearer, origin: &Origin) -> Result<(), ServiceError> {
        require_first_party(bearer)?;
        let (now, caller) = (self.now(), bearer.clone());
        let user_id = caller.authority.user_id;
        self.ledger.read(move |conn| require_live_session(conn, &caller, now)).await?;
        let line = self.own_audit("erasure.cancelled", user_id, origin);
        let is_cancelled = self
            .ledger
            .write(move |conn| {
                let is_cancelled = erasures::cancel(conn, user_id, now.plus_seconds(CANCEL_MARGIN_S))?;
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
        let look = move |conn: &mut Conn| {
            Ok::<_, StorageError>((erasures::next_due(conn, now)?, erasures::last_scrubbed(conn)?))
        };
        let (due, last_scrubbed) = self.ledger.read(look).await?;
        let Some(due) = due else { return Ok(false) };
        if due.erased_at.is_none() {
            self.erase(due.user_id).await?;
            return Ok(true);
        }
        if last_scrubbed.is_none_or(|last| last.plus_seconds(SCRUB_PAUSE_S) <= now) {
            self.ledger.scrub().await?;
            self.ledger.write(move |conn| erasures::note_scrubbed(conn, now, now)).await?;
        }
        Ok(false)
    }

    async fn erase(&self, user_id: UserId) -> Result<(), ServiceError> {
        let now = self.now();
        let is_admitted = self.ledger.write(move |conn| privacy::erase_applications(conn, user_id)).await?;
        let find = move |conn: &mut Conn| {
            let in_the_way = what_stands_in_the_way(conn, user_id)?;
            let communities = privacy::find_communities(conn, user_id)?;
            Ok::<_, StorageError>((in_the_way, privacy::find_members(conn, user_id)?, communities))
        };
        let (in_the_way, members, communities) = self.ledger.read(find).await?;
        if is_admitted || in_the_way.is_some() || !self.end_roles(user_id, &members).await? {
            // Something changed since they asked: for people to sort out.
            let later = now.plus_seconds(PUT_OFF_S);
            return Ok(self.ledger.write(move |conn| erasures::put_off(conn, user_id, later)).await?);
        }
        self.end_sessions_with(user_id, None, |_| Ok(())).await?;
        self.ledger.write(move |conn| privacy::erase_login(conn, user_id, now)).await?;
        // What others still operate is not one person's.
        for member in members.iter().filter(|member| !member.is_shared) {
            self.erase_member(user_id, member).await?;
            self.erase_reasons(user_id, member.community_id, Some(member)).await?;
        }
        for community_id in communities {
            let forget = move |conn: &mut Conn| {
                notifications::forget(conn, community_id, user_id)?;
                statement_mailings::forget(conn, community_id, user_id)
            };
            self.ledger.write(forget).await?;
            self.erase_reasons(user_id, community_id, None).await?;
        }
        self.ledger.write(move |conn| erasures::note_erased(conn, user_id, now)).await?;
        tracing::info!(user.id = %user_id, "a user's data were erased");
        Ok(())
    }

    /// Takes their roles from who is about to go. Whether that could be: the ledger keeps every community that has others
    /// an admin, also from two who go at the same moment.
    async fn end_roles(&self, user_id: UserId, members: &[OwnMember]) -> Result<bool, ServiceError> {
        for member in members.iter().filter(|member| !member.is_shared) {
            let action =
                Action::SetRole(SetRole { member_id: member.id, role: Role::Member, reason: String::new() });
            match self.ledger.submit(Command::by_service(member.community_id, action)).await? {
                Outcome::Member(_) => {}
                // Who is alone may go, and who is not alone any more is seen now.
                Outcome::Refused(Refusal::Conflict(ConflictReason::LastAdmin)) => {
                    let look = move |conn: &mut Conn| what_stands_in_the_way(conn, user_id);
                    if self.ledger.read(look).await?.is_some() {
                        return Ok(false);
                    }
                }
                Outcome::Refused(refusal) => return Err(refusal.into()),
                other => return Err(ServiceError::Internal(format!("the end of a role gave {other:?}"))),
            }
        }
        Ok(true)
    }

    async fn erase_member(&self, user_id: UserId, member: &OwnMember) -> Result<(), ServiceError> {
        let community_id = member.community_id;
        for account in &member.accounts {
            self.end_awaited(community_id, account.id).await?;
            self.erase_account_texts(user_id, community_id, account.id).await?;
            self.erase_notes(community_id, account.id).await?;
        }
        let account_ids = member.accounts.iter().map(|account| account.id).collect();
        self.forget_webhooks(community_id, account_ids).await?;
        for slice in 0..privacy::KEY_SLICES {
            let of = member.clone();
            let keys = self.ledger.read(move |conn| privacy::find_answers(conn, &of, slice)).await?;
            for some in keys.chunks(ANSWERS_MAX) {
                let some = some.to_vec();
                self.ledger.write(move |conn| privacy::erase_answers(conn, community_id, &some)).await?;
            }
        }
        if member.is_test {
            return Ok(());
        }
        let action = Action::EraseMember(EraseMember {
            member_id: member.id,
            account_ids: member.accounts.iter().map(|account| account.id).collect(),
            name: format!("former member {}", member.number),
        });
        match self.ledger.submit(Command::by_service(community_id, action)).await? {
            Outcome::Done => Ok(()),
            Outcome::Refused(refusal) => Err(refusal.into()),
            other => Err(ServiceError::Internal(format!("an erasure gave {other:?}"))),
        }
    }

    async fn erase_account_texts(
        &self,
        user_id: UserId,
        community_id: CommunityId,
        account_id: AccountId,
    ) -> Result<(), ServiceError> {
        let (account, mut behind) = ((community_id, account_id), Some(0));
        while let Some(account_seq) = behind {
            let find = move |conn: &mut Conn| privacy::find_descriptions(conn, account, user_id, account_seq);
            let (found, next) = self.ledger.read(find).await?;
            if !found.is_empty() {
                let erase = move |conn: &mut Conn| privacy::erase_descriptions(conn, community_id, &found);
                self.ledger.write(erase).await?;
            }
            behind = next;
        }
        let erase = move |conn: &mut Conn| privacy::erase_open_descriptions(conn, account, user_id);
        while self.ledger.write(erase).await? > 0 {}
        while self.ledger.write(move |conn| privacy::erase_declines(conn, account)).await? > 0 {}
        while self.ledger.write(move |conn| privacy::erase_checkouts(conn, account)).await? > 0 {}
        self.ledger.write(move |conn| payment_links::erase(conn, community_id, account_id)).await?;
        Ok(())
    }

    async fn erase_reasons(
        &self,
        user_id: UserId,
        community_id: CommunityId,
        member: Option<&OwnMember>,
    ) -> Result<(), ServiceError> {
        loop {
            let of = member.cloned();
            let erase =
                move |conn: &mut Conn| privacy::erase_reasons(conn, community_id, of.as_ref(), user_id);
            if self.ledger.write(erase).await? == 0 {
                return Ok(());
            }
        }
    }
}

fn read_place(text: &str) -> Result<ExportPlace, ServiceError> {
    ExportPlace::parse(text).ok_or_else(|| {
        let fault = Fault::new("cursor", "bad_cursor", "is of an older list; begin without one");
        ServiceError::Invalid(vec![fault])
    })
}

/// Why a user cannot be forgotten now: what an account holds or owes would be nobody's, and a community that has members
/// would have nobody to decide.
fn what_stands_in_the_way(conn: &mut Conn, user_id: UserId) -> Result<Option<ConflictReason>, StorageError> {
    let members = privacy::find_members(conn, user_id)?;
    let open: Vec<&Account> = members
        .iter()
        .filter(|member| !member.is_shared && !member.is_test)
        .flat_map(|member| &member.accounts)
        .filter(|account| account.status != AccountStatus::Closed)
        .collect();
    if open.iter().any(|account| !account.is_settled()) {
        return Ok(Some(ConflictReason::NotSettled));
    }
    if !open.is_empty() {
        return Ok(Some(ConflictReason::AccountOpen));
    }
    for member in members {
        if privacy::is_last_admin(conn, member.community_id, user_id)? {
            return Ok(Some(ConflictReason::LastAdmin));
        }
    }
    Ok(None)
}
