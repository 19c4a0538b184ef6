//! Bringing a community along from another system: its members, accounts, limits, balances and history.
//!
//! | file | what lives there |
//! |---|---|
//! | `agreed.rs` | what a community agreed on beside its books |
//! | `building.rs` | from the files to the plan |
//! | `choices.rs` | what its admins chose |
//! | `commands.rs` | from the plan's steps to the ledger's commands |
//! | `fields.rs` | the fields of one line |
//! | `founding.rs` | the community itself |
//! | `history.rs` | what happened, each with what it belongs to |
//! | `ordering.rs` | limits by their times, and everything in its order |
//! | `origin.rs` | which system the files come from, and how it writes |
//! | `plan.rs` | what is to be done, in its order |
//! | `policies.rs` | policies on limits |
//! | `problems.rs` | what is wrong with the files |
//! | `quotes.rs` | whether fields end where they should |
//! | `registers.rs` | what it keeps beside its books |
//! | `rows.rs` | what the files say, line by line |
//! | `sheets.rs` | which files and columns there are |
//! | `stored.rs` | what comes along beside the ledger's commands |
//! | `table.rs` | a file as lines with named fields |
//! | `times.rs` | times as they are written |
//! | `trial.rs` | the plan judged by the ledger's rules, before anything is done |
//!
//! All or nothing: the files are read and judged in full first, by the rules by which they will be posted. Then, in one
//! transaction, the community and the logins are made; until the last step nobody sees the community. Its records are written through the ledger's queue. Each step is one record, or none and then done once
//! more without harm; and the same files give the same steps, so that the chain's length tells how far it came: whoever is cut off
//! runs the same again. The last step shows the community.

mod agreed;
mod building;
mod choices;
mod commands;
mod fields;
mod founding;
mod history;
mod ordering;
mod origin;
mod plan;
mod policies;
mod problems;
mod quotes;
mod registers;
mod rows;
mod sheets;
mod stored;
mod table;
#[cfg(test)]
mod tests;
mod times;
mod trial;

pub use building::read;
pub use founding::Founding;
pub use origin::Origin;
pub use plan::{COMMONS_REFERENCE, Counts, LimitsFrom, Plan, Request};
pub use problems::{PROBLEMS_NAMED_MAX, Problem, Problems};
pub use table::{FILE_BYTES_MAX, Sheet, Source};
pub use trial::{Outcomes, play};

use std::collections::{HashMap, VecDeque};

use sha2::{Digest, Sha256};

use super::{ServiceError, Services};
use crate::domain::amount::Amount;
use crate::domain::chain::Hash;
use crate::domain::fold::Outcome;
use crate::domain::ids::{CommunityId, UserId};
use crate::domain::language::Language;
use crate::domain::records::Head;
use crate::domain::refusal::Refusal;
use crate::domain::time::Timestamp;
use crate::ledger::SubmitError;
use crate::storage::imports::{self, Import};
use crate::storage::users::User;
use crate::storage::{Conn, StorageError, communities, heads, users};
use commands::Identity;
use plan::PlannedLogin;

/// What stands before the id in place of an address that nobody has.
const ABSENT_PREFIX: &str = "absent:";
/// How many commands are on their way to the ledger at once: as many as its queue holds, and batches enough.
const ON_THEIR_WAY_MAX: usize = 4_000;
/// How many addresses are looked up at once.
const ADDRESSES_AT_ONCE: usize = 1_000;

/// What became of a community's import.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// There is no such community.
    Absent,
    /// The code is taken by a community that is there.
    Taken,
    /// An import with this digest was begun then, and cut off.
    Begun(Import),
}

/// Everything that decides what comes of an import: the files, and how they are read.
pub fn digest(sources: &[Source], request: &Request) -> Hash {
    let mut hash = Sha256::new_with_prefix(b"counterfoil/import/1");
    let mut part = |bytes: &[u8]| {
        hash.update(u64::try_from(bytes.len()).unwrap_or(u64::MAX).to_be_bytes());
        hash.update(bytes);
    };
    // By their own words, which the next release has as well, so that an import which was cut off goes on there.
    let Founding { code, name, unit, symbol, scale, time_zone, credit_limit, founded } = &request.founding;
    for text in [code, name, unit, symbol, scale, time_zone, credit_limit, founded, &request.admin] {
        part(text.as_deref().unwrap_or("\0").as_bytes());
    }
    part(request.origin.name().as_bytes());
    part(&[u8::from(request.limits_from == LimitsFrom::End)]);
    for source in sources {
        part(source.sheet.name().as_bytes());
        part(&source.bytes);
    }
    hash.finalize().into()
}

/// How a community with this code stands, read beside a service that may be running.
///
/// # Errors
/// When the database refuses.
pub fn standing(conn: &mut Conn, code: &str) -> Result<Standing, StorageError> {
    Ok(match imports::find_by_code(conn, code)? {
        None => Standing::Absent,
        Some((_, Some(import))) if import.finished_at.is_none() => Standing::Begun(import),
        Some(_) => Standing::Taken,
    })
}

impl Services {
    /// How a community with this code stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn import_standing(&self, code: String) -> Result<Standing, ServiceError> {
        Ok(self.ledger.read(move |conn| standing(conn, &code)).await?)
    }

    /// Brings a community along by a plan that was found to be right, or goes on where that was cut off. `tell` hears how many
    /// of its records are written. `password_hash` is that of a password which nobody knows: who comes with an address
    /// chooses another by asking for it.
    ///
    /// # Errors
    /// When the database or the ledger fails: the same again goes on.
    pub async fn carry_out(
        &self,
        plan: &Plan,
        begun: Option<Import>,
        (digest, started_at): (Hash, Timestamp),
        password_hash: String,
        mut tell: impl FnMut(usize),
    ) -> Result<CommunityId, ServiceError> {
        let import = match begun {
            Some(import) => import,
            None => self.begin_import(plan, (digest, started_at), password_hash).await?,
        };
        let community_id = import.community_id;
        let identity = Identity { community_id, user_ids: self.logins_of(plan).await? };
        let head = self.ledger.read(move |conn| heads::find(conn, community_id)).await?;
        let done = head.map_or(0, |head| usize::try_from(head.seq).unwrap_or(usize::MAX));
        self.post_steps(plan, &identity, done, &mut tell).await?;
        // What ended of known users' sessions before they were listed has to end here, too, before anybody sees it; who is new
        // has no session yet.
        let is_new =
            |place, user_id: &UserId| *user_id == Identity::new_user_id(community_id, place, plan.founded);
        for (place, user_id) in identity.user_ids.iter().enumerate() {
            if !is_new(place, user_id) {
                self.confirm_place(community_id, *user_id).await?;
            }
        }
        self.finish_import(plan, &identity).await?;
        Ok(community_id)
    }

    /// Makes the community, which nobody sees, and the logins, which have no place in it.
    async fn begin_import(
        &self,
        plan: &Plan,
        (digest, started_at): (Hash, Timestamp),
        password_hash: String,
    ) -> Result<Import, ServiceError> {
        let community_id = CommunityId::from_uuid(self.fresh_uuid());
        let import = Import { community_id, digest, records: plan.records(), started_at, finished_at: None };
        let community = trial::community_of(community_id, &plan.community);
        let (founded, now) = (plan.founded, self.now());
        let user = |id: UserId, email: String, name: &str| User {
            id,
            email,
            name: name.to_owned(),
            password_hash: password_hash.clone(),
        };
        let new_login = |(place, login): (usize, &PlannedLogin)| {
            let id = Identity::new_user_id(community_id, place, founded);
            (user(id, login.email.clone(), &login.name), login.language)
        };
        let mut logins: Vec<_> = plan.logins.iter().enumerate().map(new_login).collect();
        logins.extend(plan.accounts.iter().enumerate().filter(|(_, account)| account.lacks_login()).map(
            |(place, account)| {
                let id = Identity::absent_user_id(community_id, place, founded);
                // Nobody has such an address: who stands for the member can neither sign in nor ask for a password.
                (user(id, format!("{ABSENT_PREFIX}{id}"), &account.name), Language::English)
            },
        ));
        self.ledger
            .write(move |conn| {
                communities::insert(conn, &community, founded)?;
                heads::insert(conn, &Head::new(community_id, founded))?;
                imports::insert(conn, &import)?;
                // Who has a login already keeps it as it is.
                let logins: Vec<_> = logins.iter().map(|(user, language)| (user, *language)).collect();
                users::insert_all_new(conn, &logins, now)?;
                Ok(())
            })
            .await?;
        Ok(import)
    }

    /// The users with the plan's addresses, in its order.
    async fn logins_of(&self, plan: &Plan) -> Result<Vec<UserId>, ServiceError> {
        let emails: Vec<_> = plan.logins.iter().map(|login| login.email.clone()).collect();
        let find = move |conn: &mut Conn| {
            let mut found = HashMap::with_capacity(emails.len());
            for emails in emails.chunks(ADDRESSES_AT_ONCE) {
                found.extend(users::ids_by_email(conn, emails)?);
            }
            let id_of = |email: &String| {
                found
                    .get(email)
                    .copied()
                    .ok_or_else(|| StorageError::Corrupt("a login that was just there".into()))
            };
            emails.iter().map(id_of).collect::<Result<Vec<_>, _>>()
        };
        Ok(self.ledger.read(find).await?)
    }

    /// Puts the steps behind the first `done` into the ledger's queue, and waits until all of them are written.
    async fn post_steps(
        &self,
        plan: &Plan,
        identity: &Identity,
        done: usize,
        tell: &mut impl FnMut(usize),
    ) -> Result<(), ServiceError> {
        // What leaves no record and stands behind the last that is written may have been done or not, and is done once more.
        let mut records = 0;
        let left = plan.steps.iter().filter(|(_, _, step)| {
            let is_record = plan.is_record(*step);
            records += usize::from(is_record);
            records > done || (!is_record && records == done)
        });
        let mut commands = left
            .filter_map(|(at, _, step)| Some((plan.is_record(*step), plan.command(identity, *at, *step)?)));
        let mut on_their_way = VecDeque::with_capacity(ON_THEIR_WAY_MAX);
        let mut written = done;
        loop {
            while on_their_way.len() < ON_THEIR_WAY_MAX
                && let Some((is_record, command)) = commands.next()
            {
                on_their_way.push_back((is_record, self.ledger.queue(command)?));
            }
            let Some((is_record, first)) = on_their_way.pop_front() else { break };
            match first.await.unwrap_or(Err(SubmitError::OutcomeUnknown))? {
                Outcome::Refused(Refusal::PreconditionFailed) if !is_record => {}
                Outcome::Refused(refusal) => {
                    let what = format!("step {written} of an import was refused: {}", refusal.code());
                    return Err(ServiceError::Internal(what));
                }
                _ => written += usize::from(is_record),
            }
            tell(written);
        }
        Ok(())
    }

    /// What the books of a community that was brought along say: the sum of all balances, and where its order stands.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn books_of(&self, community_id: CommunityId) -> Result<(Amount, Head), ServiceError> {
        self.ledger
            .read(move |conn| {
                let head = heads::find(conn, community_id)?.ok_or(ServiceError::NotFound)?;
                Ok((heads::sum_of_balances(conn, community_id)?, head))
            })
            .await
    }

    /// Shows the community.
    async fn finish_import(&self, plan: &Plan, identity: &Identity) -> Result<(), ServiceError> {
        let (records, now) = (plan.records(), self.now());
        let (community_id, stored) = (identity.community_id, plan.stored(identity));
        self.ledger
            .write(move |conn| {
                let head = heads::find(conn, community_id)?;
                if head.is_none_or(|head| head.seq != records) {
                    return Err(StorageError::Corrupt(
                        "an import with other records than were planned".into(),
                    ));
                }
                stored.write(conn, now)?;
                imports::finish(conn, community_id, now)
            })
            .await?;
        Ok(())
    }
}
