//! From events to what each user is told.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use uuid::Uuid;

use crate::domain::account::Account;
use crate::domain::community::Community;
use crate::domain::ids::{AccountId, CommunityId, PaymentId, UserId};
use crate::domain::notifications::{Cadence, Topic};
use crate::domain::payment::Payment;
use crate::domain::records::{Event, EventKind};
use crate::domain::time::Timestamp;
use crate::mail::{NewsItem, NewsWhat, Plain};
use crate::services::letters::ADMINS_TOLD_MAX;
use crate::storage::notifications::{self, Choice};
use crate::storage::{Conn, StorageError, accounts, events, members, payments};

/// How many events one look takes.
pub(super) const EVENTS_PER_LOOK: usize = 2_000;
/// The most things that one mail tells; of the others it says how many there are.
const ITEMS_MAX: usize = 20;

/// What one user is told.
#[derive(Debug, Default)]
pub(super) struct Tally {
    /// The first things, oldest first.
    pub items: Vec<NewsItem>,
    /// How many more there are.
    pub more: u64,
}

/// What was gathered for all users at one cadence.
#[derive(Debug, Default)]
pub(super) struct Gathered {
    /// For each user.
    pub tallies: BTreeMap<UserId, Tally>,
    /// Up to which event.
    pub through: i64,
}

/// What is to be told of an event to somebody.
struct Wanted {
    event: Event,
    user_id: UserId,
    /// Whether to the payer; of an account's event, whether to those whose account it is.
    is_payer: bool,
}

impl Gathered {
    /// From here on.
    pub(super) fn behind(through: i64) -> Self {
        Self { tallies: BTreeMap::new(), through }
    }

    /// Adds what the next events up to one tell at a cadence.
    pub(super) fn add_look(
        &mut self,
        conn: &mut Conn,
        community: &Arc<Community>,
        cadence: Cadence,
        until: i64,
    ) -> Result<(), StorageError> {
        let run = events::behind(conn, community.id, self.through, EVENTS_PER_LOOK)?;
        let known: Vec<_> = run.events.into_iter().filter(|event| event.event_seq <= until).collect();
        self.through = run.through.min(until);
        let wanted = find_wanted(conn, community.id, known, cadence)?;
        let ids = wanted.iter().filter(|one| is_about_payment(&one.event));
        let ids: HashSet<_> = ids.map(|one| PaymentId::from_uuid(one.event.subject_id)).collect();
        let found = if ids.is_empty() {
            Vec::new()
        } else {
            payments::find_many(conn, community.id, &ids.into_iter().collect::<Vec<_>>())?
        };
        let found: HashMap<_, _> = found.into_iter().map(|payment| (payment.id.uuid(), payment)).collect();
        let names = names_of_accounts(conn, community.id, &wanted)?;
        for one in wanted {
            let tally = self.tallies.entry(one.user_id).or_default();
            if tally.items.len() < ITEMS_MAX {
                tally.items.push(item(community, &one, found.get(&one.event.subject_id), &names));
            } else {
                tally.more += 1;
            }
        }
        Ok(())
    }
}

fn is_about_payment(event: &Event) -> bool {
    event.kind.name().starts_with("payment.")
}

/// Which of the events are to be told to whom at this cadence.
fn find_wanted(
    conn: &mut Conn,
    community_id: CommunityId,
    known: Vec<Event>,
    cadence: Cadence,
) -> Result<Vec<Wanted>, StorageError> {
    let ids: Vec<_> = known
        .iter()
        .filter(|event| is_about_payment(event))
        .map(|event| PaymentId::from_uuid(event.subject_id))
        .collect();
    let sides = if ids.is_empty() { HashMap::new() } else { events::sides(conn, community_id, &ids)? };
    // Each event with the accounts that it concerns: of whom it is the payer's, and what about.
    let mut concerned: Vec<(Event, AccountId, bool, Topic)> = Vec::new();
    for event in known {
        if cadence == Cadence::AtOnce && Topic::has_own_mail(event.kind.name()) {
            continue;
        }
        if let Some([payer, payee]) = sides.get(&PaymentId::from_uuid(event.subject_id)) {
            for (account_id, is_payer) in [(*payer, true), (*payee, false)] {
                if let Some(topic) = Topic::of_payment(event.kind.name(), is_payer) {
                    concerned.push((event.clone(), account_id, is_payer, topic));
                }
            }
        } else if event.kind.name() == "account.status_changed" {
            let account_id = AccountId::from_uuid(event.subject_id);
            concerned.push((event, account_id, false, Topic::AccountChanged));
        } else if event.kind == EventKind::AccountNearLimit {
            let account_id = AccountId::from_uuid(event.subject_id);
            concerned.push((event, account_id, true, Topic::NearLimit));
        }
    }
    if concerned.is_empty() {
        return Ok(Vec::new());
    }
    let accounts: HashSet<_> = concerned.iter().map(|(_, account_id, ..)| *account_id).collect();
    let pairs = notifications::owners(conn, community_id, &accounts.into_iter().collect::<Vec<_>>())?;
    let is_near = |(event, ..): &(Event, AccountId, bool, Topic)| event.kind == EventKind::AccountNearLimit;
    let admins = if concerned.iter().any(is_near) {
        members::admins(conn, community_id, ADMINS_TOLD_MAX)?
    } else {
        Vec::new()
    };
    let users: HashSet<_> = pairs.iter().map(|(_, user_id)| *user_id).chain(admins.iter().copied()).collect();
    let users: Vec<_> = users.into_iter().collect();
    let choices = notifications::choices(conn, community_id, &users)?;
    let mut owners: HashMap<AccountId, Vec<UserId>> = HashMap::new();
    for (account_id, user_id) in pairs {
        owners.entry(account_id).or_default().push(user_id);
    }
    let mut wanted = Vec::new();
    for (event, account_id, is_payer, topic) in concerned {
        let mut want = |user_id: UserId, is_payer: bool, topic: Topic| {
            let chosen = choices.get(&user_id).map(Vec::as_slice).unwrap_or_default();
            if is_wanted(chosen, topic, cadence, event.created_at) {
                wanted.push(Wanted { event: event.clone(), user_id, is_payer });
            }
        };
        let own = owners.get(&account_id).map(Vec::as_slice).unwrap_or_default();
        for user_id in own {
            want(*user_id, is_payer, topic);
        }
        if topic == Topic::NearLimit {
            for admin in admins.iter().filter(|admin| !own.contains(admin)) {
                want(*admin, false, Topic::MemberNearLimit);
            }
        }
    }
    Ok(wanted)
}

/// The names of the accounts that admins are told of.
fn names_of_accounts(
    conn: &mut Conn,
    community_id: CommunityId,
    wanted: &[Wanted],
) -> Result<HashMap<Uuid, String>, StorageError> {
    let told = wanted.iter().filter(|one| one.event.kind == EventKind::AccountNearLimit && !one.is_payer);
    let ids: HashSet<_> = told.map(|one| AccountId::from_uuid(one.event.subject_id)).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found = accounts::find_many(conn, community_id, &ids.into_iter().collect::<Vec<_>>())?;
    let name = |account: Account| (account.id.uuid(), format!("{} ({})", account.name, account.code));
    Ok(found.into_iter().map(name).collect())
}

/// Whether something that happened at a time is told at this cadence. A choice holds for what happens after it, so that
/// nothing is told twice.
fn is_wanted(chosen: &[Choice], topic: Topic, cadence: Cadence, at: Timestamp) -> bool {
    match chosen.iter().find(|choice| choice.topic == topic) {
        Some(choice) => choice.cadence == cadence && choice.chosen_at <= at,
        None => topic.default_cadence() == cadence,
    }
}

fn item(
    community: &Community,
    wanted: &Wanted,
    payment: Option<&Payment>,
    names: &HashMap<Uuid, String>,
) -> NewsItem {
    let (amount, other, description) = if let Some(payment) = payment {
        let other = if wanted.is_payer { &payment.payee } else { &payment.payer };
        let amount = format!("{} {}", community.scale.format(payment.amount), community.unit);
        (amount, other.name.to_string(), payment.description.clone())
    } else {
        let name = names.get(&wanted.event.subject_id).cloned().unwrap_or_default();
        (String::new(), name, String::new())
    };
    NewsItem {
        what: NewsWhat::of(wanted.event.kind.name(), wanted.is_payer),
        at: Plain::from(community.time_zone.minute_of(wanted.event.created_at)),
        amount: Plain::from(amount),
        other: Plain::from(other),
        description: Plain::from(description),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_choice_holds_from_when_it_was_made() {
        let at = Timestamp::from_micros;
        let topic = Topic::PaymentReceived;
        assert!(is_wanted(&[], topic, Cadence::Daily, at(1)), "the default");
        let chosen = [Choice { topic, cadence: Cadence::AtOnce, chosen_at: at(5) }];
        assert!(is_wanted(&chosen, topic, Cadence::AtOnce, at(5)));
        assert!(!is_wanted(&chosen, topic, Cadence::AtOnce, at(4)));
        assert!(!is_wanted(&chosen, topic, Cadence::Daily, at(5)));
    }
}
