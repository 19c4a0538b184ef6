//! Reading a community's events, for whoever tells of them, and for whom each is.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::Listener;
use crate::domain::account::Account;
use crate::domain::checkout::Checkout;
use crate::domain::community::Community;
use crate::domain::delegation::Delegation;
use crate::domain::ids::{AccountId, CheckoutId, CommunityId, MemberId, PaymentId, UserId};
use crate::domain::member::Operator;
use crate::domain::payment::Payment;
use crate::domain::policy::{Places, Reach, Right};
use crate::domain::records::{Event, EventKind};
use crate::domain::scopes::Scope;
use crate::storage::members::Member;
use crate::storage::{
    Conn, StorageError, accounts, checkouts, delegations, events, members, payments, refunds,
};
use uuid::Uuid;

/// Up to how many listeners all are looked at for each event, before it is looked up whom it could concern.
const ALL_LISTENERS_MAX: usize = 32;

/// An event with what it is about, as it is when it is told.
#[derive(Debug, Clone, PartialEq)]
pub struct Told {
    /// The community.
    pub community: Arc<Community>,
    /// What happened.
    pub event: Event,
    /// To what.
    pub subject: Subject,
}

/// What an event is about.
#[derive(Debug, Clone, PartialEq)]
pub enum Subject {
    /// A payment.
    Payment(Box<Payment>),
    /// An account.
    Account(Box<Account>),
    /// A member.
    Member(Box<Member>),
    /// A checkout.
    Checkout(Box<Checkout>),
    /// A payment that was given back, and the payment by which it was.
    Refund {
        /// What was given back, in part or whole.
        paid: Box<Payment>,
        /// By which payment.
        by: Box<Payment>,
    },
}

/// What an event is about, before it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Noun {
    Payment,
    Account,
    Member,
    Checkout,
}

impl Noun {
    /// By the first part of the event's name. Other things are for others to tell.
    fn of(event: &Event) -> Option<Self> {
        match event.kind.name().split_once('.')?.0 {
            "payment" => Some(Self::Payment),
            "account" => Some(Self::Account),
            "member" => Some(Self::Member),
            "checkout" => Some(Self::Checkout),
            _ => None,
        }
    }

    /// What a token needs to be told of it.
    const fn scope(self) -> Scope {
        match self {
            Self::Payment | Self::Checkout => Scope::PaymentsRead,
            Self::Account => Scope::AccountsRead,
            Self::Member => Scope::MembersRead,
        }
    }
}

/// Events of a community, each with the accounts that it concerns.
pub(in crate::services) struct Scan {
    events: Vec<(Event, Noun, Vec<AccountId>)>,
    /// How far the events were read.
    pub through: i64,
}

impl Scan {
    /// Each event with the accounts that it concerns.
    pub(in crate::services) fn concerning(&self) -> impl Iterator<Item = (&Event, &[AccountId])> {
        self.events.iter().map(|(event, _, accounts)| (event, accounts.as_slice()))
    }
}

/// The next events of a community behind a place, at most `limit`.
pub(in crate::services) fn scan(
    conn: &mut Conn,
    community_id: CommunityId,
    after: i64,
    limit: usize,
) -> Result<Scan, StorageError> {
    let mut run = events::behind(conn, community_id, after, limit)?;
    name_refunds(conn, community_id, &mut run.events)?;
    let known: Vec<_> =
        run.events.into_iter().filter_map(|event| Noun::of(&event).map(|noun| (event, noun))).collect();
    let paid = known.iter().filter(|(_, noun)| *noun == Noun::Payment);
    let mut payment_ids: Vec<_> = paid.map(|(event, _)| PaymentId::from_uuid(event.subject_id)).collect();
    payment_ids.sort_unstable();
    payment_ids.dedup();
    let sides = if payment_ids.is_empty() {
        HashMap::new()
    } else {
        events::sides(conn, community_id, &payment_ids)?
    };
    let sold = known.iter().filter(|(_, noun)| *noun == Noun::Checkout);
    let mut checkout_ids: Vec<_> = sold.map(|(event, _)| CheckoutId::from_uuid(event.subject_id)).collect();
    checkout_ids.sort_unstable();
    checkout_ids.dedup();
    let payees: HashMap<_, _> = if checkout_ids.is_empty() {
        HashMap::new()
    } else {
        checkouts::payees(conn, community_id, &checkout_ids)?.into_iter().collect()
    };
    let members = accounts_of_members(conn, community_id, &known)?;
    let concerned = |event: &Event, noun: Noun| match noun {
        Noun::Checkout => payees.get(&CheckoutId::from_uuid(event.subject_id)).copied().into_iter().collect(),
        Noun::Payment => {
            sides.get(&PaymentId::from_uuid(event.subject_id)).map(Vec::from).unwrap_or_default()
        }
        Noun::Account => vec![AccountId::from_uuid(event.subject_id)],
        Noun::Member => members.get(&MemberId::from_uuid(event.subject_id)).cloned().unwrap_or_default(),
    };
    let events = known.into_iter().map(|(event, noun)| {
        let accounts = concerned(&event, noun);
        (event, noun, accounts)
    });
    Ok(Scan { events: events.collect(), through: run.through })
}

/// Tells those payments apart by which others are given back: the outbox says of each that it was completed.
fn name_refunds(conn: &mut Conn, community_id: CommunityId, run: &mut [Event]) -> Result<(), StorageError> {
    let completed = run.iter().filter(|event| event.kind == EventKind::PaymentCompleted);
    let ids: Vec<_> = completed.map(|event| PaymentId::from_uuid(event.subject_id)).collect();
    if ids.is_empty() {
        return Ok(());
    }
    let giving_back = refunds::among(conn, community_id, &ids)?;
    for event in run.iter_mut().filter(|event| event.kind == EventKind::PaymentCompleted) {
        if giving_back.contains(&PaymentId::from_uuid(event.subject_id)) {
            event.kind = EventKind::PaymentRefunded;
        }
    }
    Ok(())
}

/// The accounts of the members whose status has changed: what happens to a member happens at them. Who joins has none of whose
/// events anybody could be told yet.
fn accounts_of_members(
    conn: &mut Conn,
    community_id: CommunityId,
    known: &[(Event, Noun)],
) -> Result<HashMap<MemberId, Vec<AccountId>>, StorageError> {
    let changed = known.iter().filter(|(event, _)| event.kind == EventKind::MemberStatusChanged);
    let ids: HashSet<_> = changed.map(|(event, _)| MemberId::from_uuid(event.subject_id)).collect();
    let mut own: HashMap<MemberId, Vec<AccountId>> = HashMap::new();
    if ids.is_empty() {
        return Ok(own);
    }
    for account in accounts::of_members(conn, community_id, &ids.into_iter().collect::<Vec<_>>())? {
        if let Some(member_id) = account.member_id {
            own.entry(member_id).or_default().push(account.id);
        }
    }
    Ok(own)
}

/// For each of the events that concern a listener, in their order: the event, and the places of those listeners.
pub(super) type Addressed = Vec<(Event, Vec<usize>)>;

/// For which of the listeners each event is.
pub(super) fn address(
    conn: &mut Conn,
    community_id: CommunityId,
    scan: &Scan,
    listeners: &[Listener],
) -> Result<Addressed, StorageError> {
    let mut by_user: HashMap<UserId, Vec<usize>> = HashMap::new();
    for (place, listener) in listeners.iter().enumerate() {
        by_user.entry(listener.user_id).or_default().push(place);
    }
    let account_ids: HashSet<_> =
        scan.events.iter().flat_map(|(_, _, accounts)| accounts.iter().copied()).collect();
    let account_ids: Vec<_> = account_ids.into_iter().collect();
    let concerned = Concerned::find(conn, community_id, (scan, &account_ids), listeners, &by_user)?;
    let mut addressed = Vec::new();
    for (event, noun, event_accounts) in &scan.events {
        let mut places: Vec<usize> = match noun {
            Noun::Member => concerned.by_member(MemberId::from_uuid(event.subject_id), &by_user),
            _ => event_accounts
                .iter()
                .filter_map(|id| concerned.by_account.get(id))
                .flatten()
                .copied()
                .collect(),
        };
        places.sort_unstable();
        places.dedup();
        places.retain(|place| listeners.get(*place).is_some_and(|to| to.scopes.holds(noun.scope())));
        if !places.is_empty() {
            addressed.push((event.clone(), places));
        }
    }
    Ok(addressed)
}

/// Which listeners may hear of which accounts and members.
struct Concerned {
    by_account: HashMap<AccountId, Vec<usize>>,
    operators: HashMap<UserId, Vec<Operator>>,
}

impl Concerned {
    fn find(
        conn: &mut Conn,
        community_id: CommunityId,
        (scan, account_ids): (&Scan, &[AccountId]),
        listeners: &[Listener],
        by_user: &HashMap<UserId, Vec<usize>>,
    ) -> Result<Self, StorageError> {
        let is_about_members = scan.events.iter().any(|(_, noun, _)| *noun == Noun::Member);
        // Only a few are looked at for every account; of many, those alone whom it could concern.
        let pairs: Vec<(AccountId, UserId)> = if by_user.len() <= ALL_LISTENERS_MAX {
            account_ids.iter().flat_map(|id| by_user.keys().map(|user| (*id, *user))).collect()
        } else {
            let mut pairs = events::users_at(conn, community_id, account_ids)?;
            pairs.retain(|(_, user)| by_user.contains_key(user));
            pairs.sort_unstable();
            pairs.dedup();
            pairs
        };
        let users: HashSet<UserId> = if is_about_members {
            by_user.keys().copied().collect()
        } else {
            pairs.iter().map(|(_, user)| *user).collect()
        };
        let users: Vec<_> = users.into_iter().collect();
        if users.is_empty() {
            return Ok(Self { by_account: HashMap::new(), operators: HashMap::new() });
        }
        let (operators, delegations) = standings(conn, community_id, &users)?;
        let wanted: HashSet<_> = pairs.iter().map(|(id, _)| *id).collect();
        let wanted: Vec<_> = wanted.into_iter().collect();
        let found = accounts::find_many(conn, community_id, &wanted)?;
        let found: HashMap<_, _> = found.into_iter().map(|account| (account.id, account)).collect();
        let mut by_account: HashMap<AccountId, Vec<usize>> = HashMap::new();
        for (id, user_id) in pairs {
            let Some(account) = found.get(&id) else { continue };
            let reach = Reach::Everywhere;
            let own = operators.get(&user_id).map(Vec::as_slice).unwrap_or_default();
            for place in by_user.get(&user_id).into_iter().flatten() {
                let Some(listener) = listeners.get(*place) else { continue };
                let places = Places {
                    user_id,
                    is_app: listener.is_app,
                    reach,
                    operators: own,
                    delegations: &delegations,
                };
                if places.is_concerned(account) {
                    by_account.entry(id).or_default().push(*place);
                }
            }
        }
        Ok(Self { by_account, operators })
    }

    /// Those to whom it is of interest that somebody joined: they themselves, and who looks after members.
    fn by_member(&self, member_id: MemberId, by_user: &HashMap<UserId, Vec<usize>>) -> Vec<usize> {
        let (none, reach) = (HashMap::new(), Reach::Everywhere);
        let is_for = |(user_id, own): &(&UserId, &Vec<Operator>)| {
            let places = Places {
                user_id: **user_id,
                is_app: false,
                reach,
                operators: own.as_slice(),
                delegations: &none,
            };
            own.iter().any(|operator| operator.member_id == member_id && operator.status.belongs())
                || places.may(Right::SetMemberStatus, None)
        };
        let users = self.operators.iter().filter(is_for).map(|(user_id, _)| user_id);
        users.filter_map(|user_id| by_user.get(user_id)).flatten().copied().collect()
    }
}

type Standings = (HashMap<UserId, Vec<Operator>>, HashMap<Uuid, Vec<Delegation>>);

/// What gives these users a standing in the community.
fn standings(
    conn: &mut Conn,
    community_id: CommunityId,
    users: &[UserId],
) -> Result<Standings, StorageError> {
    let mut operators: HashMap<UserId, Vec<Operator>> = HashMap::new();
    for (user_id, operator) in members::operators(conn, community_id, users)? {
        operators.entry(user_id).or_default().push(operator);
    }
    let members = operators.values().flatten().map(|operator| operator.member_id.uuid());
    let delegates: Vec<_> = members.chain(users.iter().map(|user| user.uuid())).collect();
    let mut given: HashMap<Uuid, Vec<Delegation>> = HashMap::new();
    for delegation in delegations::given_to(conn, community_id, &delegates)? {
        given.entry(delegation.delegate.uuid()).or_default().push(delegation);
    }
    Ok((operators, given))
}

/// Events with what they are about, as it is now. What is not there any more is not told.
pub(in crate::services) fn tell<'e>(
    conn: &mut Conn,
    community: &Arc<Community>,
    events: impl Iterator<Item = &'e Event> + Clone,
) -> Result<HashMap<i64, Arc<Told>>, StorageError> {
    let of = |wanted: Noun| {
        let events = events.clone().filter(move |event| Noun::of(event) == Some(wanted));
        let ids: HashSet<_> = events.map(|event| event.subject_id).collect();
        ids.into_iter()
    };
    let payment_ids: Vec<_> = of(Noun::Payment).map(PaymentId::from_uuid).collect();
    let account_ids: Vec<_> = of(Noun::Account).map(AccountId::from_uuid).collect();
    let checkout_ids: Vec<_> = of(Noun::Checkout).map(CheckoutId::from_uuid).collect();
    let mut subjects: HashMap<Uuid, Subject> = HashMap::new();
    if !payment_ids.is_empty() {
        let found = payments::find_many(conn, community.id, &payment_ids)?;
        subjects.extend(found.into_iter().map(|one| (one.id.uuid(), Subject::Payment(Box::new(one)))));
    }
    if !account_ids.is_empty() {
        let found = accounts::find_many(conn, community.id, &account_ids)?;
        subjects.extend(found.into_iter().map(|one| (one.id.uuid(), Subject::Account(Box::new(one)))));
    }
    if !checkout_ids.is_empty() {
        let found = checkouts::find_many(conn, community.id, &checkout_ids)?;
        subjects.extend(found.into_iter().map(|one| (one.id.uuid(), Subject::Checkout(Box::new(one)))));
    }
    for id in of(Noun::Member) {
        let found = members::find(conn, community.id, MemberId::from_uuid(id))?;
        subjects.extend(found.map(|one| (id, Subject::Member(Box::new(one)))));
    }
    let paid = given_back(conn, community.id, &subjects, events.clone())?;
    let told = events.filter_map(|event| {
        let subject = match (event.kind, subjects.get(&event.subject_id)?) {
            (EventKind::PaymentRefunded, Subject::Payment(by)) => {
                let paid = paid.get(&by.gives_back()?.0)?.clone();
                Subject::Refund { paid: Box::new(paid), by: by.clone() }
            }
            (_, subject) => subject.clone(),
        };
        let told = Told { community: Arc::clone(community), event: event.clone(), subject };
        Some((event.event_seq, Arc::new(told)))
    });
    Ok(told.collect())
}

/// The payments that were given back, of the events that tell of it.
fn given_back<'e>(
    conn: &mut Conn,
    community_id: CommunityId,
    subjects: &HashMap<Uuid, Subject>,
    events: impl Iterator<Item = &'e Event>,
) -> Result<HashMap<PaymentId, Payment>, StorageError> {
    let by =
        events.filter(|event| event.kind == EventKind::PaymentRefunded).filter_map(|event| {
            match subjects.get(&event.subject_id)? {
                Subject::Payment(by) => by.gives_back(),
                _ => None,
            }
        });
    let ids: HashSet<_> = by.map(|(paid, _)| paid).collect();
    if ids.is_empty() {
        return Ok(HashMap::new());
    }
    let found = payments::find_many(conn, community_id, &ids.into_iter().collect::<Vec<_>>())?;
    Ok(found.into_iter().map(|payment| (payment.id, payment)).collect())
}
