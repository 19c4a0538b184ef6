//! Paying, and finding payments.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::accounts::place_in_order;
use super::caller::{
    Access, Membership, find_visible_account, require_live_session, require_membership, require_place,
};
use super::cursors::{cut, page_length};
use super::{Fault, Page, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::account::AccountReference;
use crate::domain::amount::{Amount, SCALE_MAX, Scale};
use crate::domain::command::{Action, Authority, Command, Pay, UserAuthority};
use crate::domain::community::Community;
use crate::domain::fold::{Answered, Outcome};
use crate::domain::ids::{AccountId, CommunityId, PaymentId};
use crate::domain::key::{IdempotencyKey, KeyHash, KeyUse, RequestDigest};
use crate::domain::payment::{DESCRIPTION_CHARS_MAX, Payment};
use crate::domain::refusal::Refusal;
use crate::domain::time::Timestamp;
use crate::storage::payments::{self, Place};
use crate::storage::{Conn, accounts, communities};

pub use crate::storage::payments::PaymentFilter;

/// A payment as a caller asks for it.
#[derive(Debug, Clone)]
pub struct NewPayment {
    /// Who pays: an account's code or id.
    pub payer: String,
    /// Who is paid: an account's code or id.
    pub payee: String,
    /// How much, as decimal text.
    pub amount: String,
    /// What for; may be empty.
    pub description: String,
}

/// The request around a payment: what makes it happen at most once.
#[derive(Debug, Clone)]
pub struct KeyedRequest {
    /// The caller's key.
    pub key: IdempotencyKey,
    /// Method, path and body, in one hash.
    pub digest: RequestDigest,
    /// The request's id, for the refusal that may be kept.
    pub request_id: String,
}

/// A payment with the community whose currency it is in.
#[derive(Debug, Clone)]
pub struct PaymentInContext {
    /// The payment.
    pub payment: Payment,
    /// Its community.
    pub community: Arc<Community>,
}

/// Which payments are wanted.
#[derive(Debug, Clone, Default)]
pub struct PaymentQuery {
    /// Only this account's; all of the caller's where none is named.
    pub account: Option<AccountReference>,
    /// Further conditions.
    pub filter: PaymentFilter,
    /// The page's length.
    pub limit: Option<i64>,
    /// Where to go on.
    pub cursor: Option<String>,
}

/// What a keyed command was answered, in the bytes that are kept.
#[derive(Debug, Clone)]
pub enum KeyedAnswer {
    /// The kept bytes, new or replayed.
    Kept(Answered),
    /// A replay whose bytes had to be erased: the payment as it is now.
    Present(Box<PaymentInContext>),
}

impl Services {
    /// Pays. The same key with the same request answers the same, for ever.
    ///
    /// # Errors
    /// What is wrong with the request, or why nothing was posted. Refusals that are final for the key are answers.
    pub async fn pay(
        &self,
        bearer: &Bearer,
        new: NewPayment,
        request: KeyedRequest,
    ) -> Result<KeyedAnswer, ServiceError> {
        let answer = self.pay_once(bearer, new, request).await;
        self.for_live_sessions(bearer, answer).await
    }

    /// An answer for its caller. The fold has judged the session behind what it posted; whatever else is told, a
    /// replay above all, is told to live sessions only.
    ///
    /// # Errors
    /// The answer's own, or that the session has ended.
    pub(super) async fn for_live_sessions(
        &self,
        bearer: &Bearer,
        answer: Result<KeyedAnswer, ServiceError>,
    ) -> Result<KeyedAnswer, ServiceError> {
        match &answer {
            Ok(KeyedAnswer::Kept(Answered { is_replay: false, .. })) => {}
            Ok(_) | Err(ServiceError::Invalid(_) | ServiceError::NotFound | ServiceError::Refused(_)) => {
                let (now, caller) = (self.now(), bearer.clone());
                self.ledger.read(move |conn| require_live_session(conn, &caller, now)).await?;
            }
            Err(_) => {}
        }
        answer
    }

    async fn pay_once(
        &self,
        bearer: &Bearer,
        new: NewPayment,
        request: KeyedRequest,
    ) -> Result<KeyedAnswer, ServiceError> {
        let user_id = bearer.authority.user_id;
        let (payer, payee) = check_shape(&new)?;
        let payer = self.find_reference(user_id, payer).await?;
        let payee = self.find_reference(user_id, payee).await?;
        // Which of the two is absent or foreign stays untold: the answer must not show what exists elsewhere.
        let (Some(payer), Some(payee)) = (payer, payee) else { return Err(ServiceError::NotFound) };
        if payer.community.id != payee.community.id {
            return Err(ServiceError::NotFound);
        }
        let community = payer.community;
        let amount = match parse_amount(community.scale, &new.amount) {
            Ok(amount) => amount,
            Err(fault) => {
                self.require_insider(&community, bearer).await?;
                return Err(ServiceError::Invalid(vec![fault]));
            }
        };
        let action = Action::Pay(Pay {
            payer_id: payer.account_id,
            payee_id: payee.account_id,
            amount,
            description: new.description,
        });
        self.submit_keyed(community, bearer, request, action).await
    }

    /// Has the ledger do something that makes a payment, at most once under the request's key.
    ///
    /// # Errors
    /// Why nothing was posted, where that is not final for the key.
    pub(super) async fn submit_keyed(
        &self,
        community: Arc<Community>,
        bearer: &Bearer,
        request: KeyedRequest,
        action: Action,
    ) -> Result<KeyedAnswer, ServiceError> {
        let command = Command {
            community_id: community.id,
            authority: Authority::User(bearer.authority),
            key: Some(KeyUse {
                hash: KeyHash::new(&bearer.client_id, bearer.authority.user_id, &request.key),
                request: request.digest,
            }),
            request_id: request.request_id,
            action,
        };
        match self.ledger.submit(command).await? {
            Outcome::Answered(Answered { body: None, payment_id, .. }) => {
                self.present(community, payment_id).await
            }
            Outcome::Answered(answered) => Ok(KeyedAnswer::Kept(answered)),
            Outcome::Refused(refusal) => Err(refusal.into()),
            other => Err(ServiceError::Internal(format!("a payment gave {other:?}"))),
        }
    }

    /// What a replay shows whose kept bytes had to be erased.
    async fn present(
        &self,
        community: Arc<Community>,
        payment_id: Option<PaymentId>,
    ) -> Result<KeyedAnswer, ServiceError> {
        let Some(payment_id) = payment_id else { return Err(ServiceError::Refused(Refusal::KeyReused)) };
        let community_id = community.id;
        let found =
            self.ledger.read(move |conn| payments::find_in_any(conn, &[community_id], payment_id)).await?;
        let payment = found.ok_or(ServiceError::NotFound)?;
        Ok(KeyedAnswer::Present(Box::new(PaymentInContext { payment, community })))
    }

    pub(super) async fn require_insider(
        &self,
        community: &Community,
        bearer: &Bearer,
    ) -> Result<(), ServiceError> {
        let (community, caller) = (community.clone(), bearer.authority);
        self.ledger.read(move |conn| require_place(conn, community, &caller).map(drop)).await
    }

    /// A payment that the bearer has a side in, or may see as an admin.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when it is absent or not theirs.
    pub async fn payment(&self, bearer: &Bearer, id: PaymentId) -> Result<PaymentInContext, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                let own = communities::ids_of_user(conn, caller.authority.user_id)?;
                let payment = payments::find_in_any(conn, &own, id)?.ok_or(ServiceError::NotFound)?;
                let community =
                    communities::find(conn, payment.community_id)?.ok_or(ServiceError::NotFound)?;
                let membership = require_place(conn, community, &caller.authority)?;
                let sides = [payment.payer.account_id, payment.payee.account_id];
                let accounts = accounts::find_many(conn, payment.community_id, &sides)?;
                if accounts.iter().all(|account| membership.access_to(account) == Access::Public) {
                    return Err(ServiceError::NotFound);
                }
                Ok(PaymentInContext { payment, community: Arc::new(membership.community) })
            })
            .await
    }

    /// The bearer's payments, newest first, over all of their communities.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the named account is not the bearer's to look into.
    pub async fn payments(
        &self,
        bearer: &Bearer,
        query: PaymentQuery,
    ) -> Result<Page<PaymentInContext>, ServiceError> {
        let length = page_length(query.limit)?;
        let context = format!("payments|{}|{:?}|{:?}", bearer.authority.user_id, query.account, query.filter);
        let mut places = match &query.cursor {
            Some(cursor) => parse_places(&self.cursors.decode(&context, cursor)?),
            None => Places::new(),
        };
        let (now, caller, below) = (self.now(), bearer.clone(), places.clone());
        let mut found = self
            .ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                find_payments(conn, &caller.authority, &query, &below, length + 1)
            })
            .await?;
        let has_more = cut(&mut found, length);
        for (account_id, place) in found.iter().flat_map(|found| &found.places) {
            let below = places.entry(*account_id).or_insert(Place::START);
            below.account_seq = below.account_seq.min(place.account_seq);
            below.event_seq = below.event_seq.min(place.event_seq);
        }
        let next_cursor = has_more.then(|| self.cursors.encode(&context, &format_places(&places)));
        Ok(Page { items: found.into_iter().map(|found| found.item).collect(), next_cursor })
    }
}

/// How far down each account's payments a reader has come.
type Places = BTreeMap<AccountId, Place>;

/// A payment in a list, with its place in the list of each account that it was found by.
struct FoundPayment {
    item: PaymentInContext,
    places: Vec<(AccountId, Place)>,
}

impl FoundPayment {
    /// Where it stands among the payments of several accounts and communities: by the time at which it completed,
    /// or was made; at the same time by the order within its community, which each account's own order agrees with.
    fn order(&self) -> (Timestamp, CommunityId, bool, i64) {
        let payment = &self.item.payment;
        let time = payment.completed_at.unwrap_or(payment.created_at);
        let place = payment.transfer.map_or(payment.event_seq, |transfer| transfer.seq);
        (time, payment.community_id, payment.transfer.is_some(), place)
    }
}

/// One page, merged from the lists of all accounts in question.
fn find_payments(
    conn: &mut Conn,
    caller: &UserAuthority,
    query: &PaymentQuery,
    below: &Places,
    length: i64,
) -> Result<Vec<FoundPayment>, ServiceError> {
    let mut found: BTreeMap<PaymentId, FoundPayment> = BTreeMap::new();
    for (membership, account_ids) in accounts_in_question(conn, caller, query)? {
        let community = Arc::new(membership.community);
        for account_id in account_ids {
            let below = below.get(&account_id).copied().unwrap_or(Place::START);
            for (payment, place) in
                payments::of_account(conn, community.id, account_id, &query.filter, below, length)?
            {
                let community = Arc::clone(&community);
                found
                    .entry(payment.id)
                    .or_insert_with(|| FoundPayment {
                        item: PaymentInContext { payment, community },
                        places: Vec::new(),
                    })
                    .places
                    .push((account_id, place));
            }
        }
    }
    let mut found: Vec<_> = found.into_values().collect();
    found.sort_by_key(|found| std::cmp::Reverse(found.order()));
    found.truncate(usize::try_from(length).unwrap_or(usize::MAX));
    Ok(found)
}

fn accounts_in_question(
    conn: &mut Conn,
    caller: &UserAuthority,
    query: &PaymentQuery,
) -> Result<Vec<(Membership, Vec<AccountId>)>, ServiceError> {
    if let Some(reference) = &query.account {
        let (membership, visible) = find_visible_account(conn, caller, reference)?;
        let account = visible.full().ok_or(ServiceError::NotFound)?;
        return Ok(vec![(membership, vec![account.id])]);
    }
    let mut found = Vec::new();
    for community_id in communities::ids_of_user(conn, caller.user_id)? {
        let Some(community) = communities::find(conn, community_id)? else { continue };
        let Ok(membership) = require_membership(conn, community, caller) else { continue };
        let member_ids: Vec<_> = membership
            .members
            .iter()
            .filter(|member| member.status.belongs())
            .map(|member| member.id)
            .collect();
        let account_ids =
            accounts::of_members(conn, community_id, &member_ids)?.iter().map(|account| account.id).collect();
        found.push((membership, account_ids));
    }
    Ok(found)
}

fn format_places(places: &Places) -> String {
    let format =
        |(id, place): (&AccountId, &Place)| format!("{id}:{}:{}", place.account_seq, place.event_seq);
    places.iter().map(format).collect::<Vec<_>>().join(",")
}

/// Places in the accounts' lists, from a cursor whose authenticity was checked.
fn parse_places(places: &str) -> Places {
    let parse = |text: &str| {
        let (id, place) = text.split_once(':')?;
        let (account_seq, event_seq) = place.split_once(':')?;
        let place = Place { account_seq: place_in_order(account_seq), event_seq: place_in_order(event_seq) };
        Some((id.parse().ok()?, place))
    };
    places.split(',').filter_map(parse).collect()
}

/// Everything that can be said of a payment without knowing its community.
fn check_shape(new: &NewPayment) -> Result<(AccountReference, AccountReference), ServiceError> {
    let mut faults = Vec::new();
    let mut parse_reference = |pointer: &str, text: &str| {
        let reference = text.parse::<AccountReference>();
        if reference.is_err() {
            faults.push(Fault::new(
                pointer,
                "malformed_account",
                "is neither an account's code, like RIVER0001, nor its id",
            ));
        }
        reference.ok()
    };
    let payer = parse_reference("/payer", &new.payer);
    let payee = parse_reference("/payee", &new.payee);
    faults.extend(check_amount_shape(&new.amount));
    faults.extend(check_text("/description", &new.description, DESCRIPTION_CHARS_MAX).err());
    match (payer, payee) {
        (Some(payer), Some(payee)) if faults.is_empty() => Ok((payer, payee)),
        _ => Err(ServiceError::Invalid(faults)),
    }
}

/// What is wrong with an amount under any scale. Size depends on the scale, so it is judged later.
pub(super) fn check_amount_shape(text: &str) -> Option<Fault> {
    // The finest scale of all: the community's own may be coarser, and is looked at once the community is known.
    Scale::try_from(i16::from(SCALE_MAX)).ok().and_then(|finest| shape_fault(finest, text))
}

fn shape_fault(finest: Scale, text: &str) -> Option<Fault> {
    use crate::domain::amount::AmountError;
    match finest.parse_positive(text) {
        Err(
            error @ (AmountError::Malformed | AmountError::NotPositive | AmountError::TooManyPlaces { .. }),
        ) => Some(Fault::new("/amount", error.code(), error.to_string())),
        Ok(_) | Err(AmountError::TooLarge) => None,
    }
}

pub(super) fn parse_amount(scale: Scale, text: &str) -> Result<Amount, Fault> {
    scale.parse_positive(text).map_err(|error| Fault::new("/amount", error.code(), error.to_string()))
}

/// Refuses texts that are too long or hold control characters.
pub(crate) fn check_text(pointer: &str, text: &str, chars_max: usize) -> Result<(), Fault> {
    if text.chars().count() > chars_max {
        return Err(Fault::new(pointer, "too_long", format!("has more than {chars_max} characters")));
    }
    if text.chars().any(|character| character.is_control() && character != '\n') {
        return Err(Fault::new(pointer, "control_character", "holds a control character"));
    }
    Ok(())
}
