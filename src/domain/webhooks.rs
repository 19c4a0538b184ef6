//! Webhooks: what an endpoint wants to be told, what a message is called, and when it is tried again.

use std::fmt;

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::coded::coded_enum;
use super::ids::{WebhookDeliveryId, WebhookEndpointId};
use super::kinds::EventKind;
use super::scopes::{Scope, Scopes};
use super::time::Timestamp;

/// The first parts of the names of what is told.
const NOUNS: [&str; 4] = ["payment", "account", "member", "checkout"];
/// The name of the event that tells of nothing but itself.
pub const TEST_TYPE: &str = "webhook.test";
/// The number under which deliveries of it are stored; no event of the outbox has it.
pub const TEST_CODE: i16 = 0;
/// The most names of events that an endpoint lists.
pub const TYPES_MAX: usize = 32;
/// How long a delivery waits before it is tried again, in seconds: after the first failure, the second, and so on. About 76
/// hours in all; then it has failed.
pub const WAITS_S: [i64; 9] = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400];
/// Up to what part of a wait is added by chance, so that what failed together does not come back together: a tenth.
const JITTER_PART: i64 = 10;
/// The longest that a receiver can have a delivery wait, in seconds: the longest wait of our own.
pub const RETRY_AFTER_MAX_S: i64 = 86_400;
/// For how long an endpoint takes nothing before a delivery that has failed for good switches it off, in seconds: three days.
pub const FAILING_MAX_S: i64 = 3 * 86_400;

coded_enum! {
    /// Whether an endpoint is told of anything.
    WebhookEndpointState {
        /// It is.
        Enabled = 1 "enabled",
        /// Its owner switched it off.
        Disabled = 2 "disabled",
        /// It answered 410.
        Gone = 3 "gone",
        /// It took nothing for days.
        Failing = 4 "failing",
        /// Its owner removed it; what is left of it goes in the background.
        Deleted = 5 "deleted",
    }
}

coded_enum! {
    /// Where a delivery stands.
    WebhookDeliveryState {
        /// It is to be sent, now or at the next attempt.
        Waiting = 1 "waiting",
        /// The receiver took it.
        Delivered = 2 "delivered",
        /// It is not tried any more.
        Failed = 3 "failed",
    }
}

/// The names of events that an endpoint wants: `*` for all, `payment.*` for all of a kind, or one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WantedTypes(Vec<String>);

impl WantedTypes {
    /// From names, each of which must stand for something that can be told; repetitions fall away.
    ///
    /// # Errors
    /// The place of the first that does not; the number of names where it is none, or too many.
    pub fn parse(names: &[String]) -> Result<Self, usize> {
        if names.is_empty() || names.len() > TYPES_MAX {
            return Err(names.len());
        }
        if let Some(place) = names.iter().position(|name| !is_known(name)) {
            return Err(place);
        }
        let mut kept: Vec<String> = Vec::with_capacity(names.len());
        for name in names {
            if !kept.contains(name) {
                kept.push(name.clone());
            }
        }
        Ok(Self(kept))
    }

    /// From the stored form.
    pub fn from_stored(text: &str) -> Self {
        Self(text.split(' ').map(str::to_owned).collect())
    }

    /// The names, in the order in which they were given.
    pub fn names(&self) -> &[String] {
        &self.0
    }

    /// What a token needs to be told all of it.
    pub fn scopes(&self) -> Scopes {
        let wanted = all_types().filter(|name| self.matches(name)).filter_map(scope_of);
        wanted.fold(Scopes::default(), Scopes::with)
    }

    /// Whether an event of this name is wanted.
    pub fn matches(&self, name: &str) -> bool {
        self.0.iter().any(|wanted| is_in(name, wanted))
    }
}

impl fmt::Display for WantedTypes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.join(" "))
    }
}

/// Whether a name falls under what is wanted.
fn is_in(name: &str, wanted: &str) -> bool {
    match wanted.strip_suffix('*') {
        Some("") => true,
        Some(beginning) => beginning.ends_with('.') && name.starts_with(beginning),
        None => name == wanted,
    }
}

fn is_known(wanted: &str) -> bool {
    all_types().any(|name| is_in(name, wanted))
}

/// The names of everything that an endpoint can be told. That somebody joined is none of it: it happens on no account, and is for
/// those who look after members, by streams.
pub fn all_types() -> impl Iterator<Item = &'static str> {
    let is_told = |name: &&str| name.split_once('.').is_some_and(|(noun, _)| NOUNS.contains(&noun));
    let of_accounts = EventKind::ALL.iter().filter(|kind| **kind != EventKind::MemberJoined);
    of_accounts.map(|kind| kind.name()).filter(is_told).chain([TEST_TYPE])
}

/// What a token needs to read what an event of this name tells of; none where that is nothing but a test.
pub fn scope_of(name: &str) -> Option<Scope> {
    match name.split_once('.')?.0 {
        "payment" | "checkout" => Some(Scope::PaymentsRead),
        // The account's member, too.
        "account" | "member" => Some(Scope::AccountsRead),
        _ => None,
    }
}

/// The name of what a delivery tells.
pub fn type_name(code: i16) -> &'static str {
    match code {
        TEST_CODE => TEST_TYPE,
        code => EventKind::from_code(code).map_or("unknown", EventKind::name),
    }
}

/// The id of a message: the same for every attempt, and for every time that the event is told again to the endpoint, so that
/// receivers know what they have. A test tells of nothing but its own delivery.
pub fn message_id(endpoint_id: WebhookEndpointId, event_seq: i64, delivery_id: WebhookDeliveryId) -> String {
    let mut hash = Sha256::new_with_prefix(b"counterfoil/webhook/1");
    hash.update(endpoint_id.uuid());
    hash.update(event_seq.to_be_bytes());
    if event_seq == 0 {
        hash.update(delivery_id.uuid());
    }
    let digest: [u8; 32] = hash.finalize().into();
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    format!("msg_{}", Builder::from_custom_bytes(bytes).into_uuid().simple())
}

/// When a delivery that failed `attempts` times is tried again; none when that was the last time. `chance` is a random byte.
/// A receiver that says for how long it wants to be left alone is, within bounds.
pub fn next_attempt(
    attempts: i32,
    now: Timestamp,
    chance: u8,
    retry_after_s: Option<i64>,
) -> Option<Timestamp> {
    let place = usize::try_from(attempts.saturating_sub(1)).ok()?;
    let own_s = *WAITS_S.get(place)?;
    let wait_s = retry_after_s.map_or(own_s, |asked| asked.clamp(own_s, RETRY_AFTER_MAX_S.max(own_s)));
    let jitter_micros = wait_s.saturating_mul(1_000_000) / JITTER_PART * i64::from(chance) / 255;
    Some(Timestamp::from_micros(now.plus_seconds(wait_s).micros().saturating_add(jitter_micros)))
}

/// The nil id, which no delivery has.
pub const NO_DELIVERY: WebhookDeliveryId = WebhookDeliveryId::from_uuid(Uuid::nil());

#[cfg(test)]
mod tests {
    use super::*;

    fn wanted(names: &[&str]) -> Result<WantedTypes, usize> {
        WantedTypes::parse(&names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>())
    }

    #[test]
    fn names_stand_for_what_is_told() {
        for good in [
            &["*"][..],
            &["payment.*"],
            &["payment.completed", "account.*"],
            &["webhook.test"],
            &["member.*"],
        ] {
            assert_eq!(wanted(good).unwrap().names(), good);
        }
        for (bad, place) in [
            (&[][..], 0),
            (&["payment"][..], 0),
            (&["payment.*", "pay*"], 1),
            (&["**"], 0),
            (&["payment.completed*"], 0),
            (&["schedule.changed"], 0),
            (&["payment.refunded", "member.joined"], 1),
            (&["payment.completed "], 0),
            (&[""], 0),
        ] {
            assert_eq!(wanted(bad), Err(place), "{bad:?}");
        }
        assert_eq!(wanted(&["*"; 33]), Err(33));
        assert_eq!(wanted(&["*", "*"]).unwrap().names(), ["*"]);
        let some = wanted(&["payment.*", "account.limits_changed"]).unwrap();
        assert!(some.matches("payment.completed") && some.matches("account.limits_changed"));
        assert!(!some.matches("account.status_changed") && !some.matches("payments.completed"));
        assert_eq!(WantedTypes::from_stored(&some.to_string()), some);
    }

    #[test]
    fn what_is_told_needs_the_scope_to_read_it() {
        for (names, scopes) in [
            (&["*"][..], "accounts:read payments:read"),
            (&["payment.*", "checkout.completed"], "payments:read"),
            (&["account.near_limit"], "accounts:read"),
            (&["member.*"], "accounts:read"),
            (&["webhook.test"], ""),
        ] {
            assert_eq!(wanted(names).unwrap().scopes(), Scopes::parse(scopes), "{names:?}");
        }
    }

    #[test]
    fn waits_are_those_of_the_contract_and_end_after_three_days() {
        let now = Timestamp::from_micros(0);
        let at = |attempts, chance, asked| {
            next_attempt(attempts, now, chance, asked).map(|time| time.micros() / 1_000_000)
        };
        for (attempts, seconds) in (1..).zip(WAITS_S) {
            assert_eq!(at(attempts, 0, None), Some(seconds));
            assert_eq!(at(attempts, 255, None), Some(seconds + seconds / 10));
        }
        assert_eq!(at(10, 0, None), None);
        assert_eq!(at(0, 0, None), None);
        let total: i64 = WAITS_S.iter().sum();
        assert!((75 * 3_600..77 * 3_600).contains(&total), "{total}");
        // A receiver can only ask for more time than it gets anyway, and for a day at most.
        assert_eq!(at(1, 0, Some(60)), Some(60));
        assert_eq!(at(2, 0, Some(60)), Some(300));
        assert_eq!(at(1, 0, Some(i64::MAX)), Some(86_400));
        assert_eq!(at(1, 0, Some(-1)), Some(5));
    }

    #[test]
    fn a_message_has_one_id_and_no_other_has_it() {
        let endpoint = |number| WebhookEndpointId::from_uuid(Uuid::from_u128(number));
        let delivery = |number| WebhookDeliveryId::from_uuid(Uuid::from_u128(number));
        let id = message_id(endpoint(1), 7, delivery(1));
        assert_eq!(id, message_id(endpoint(1), 7, delivery(2)), "told again, it is the same message");
        assert!(id.starts_with("msg_") && id.len() == 36 && !id.contains('.'), "{id}");
        let others = [
            message_id(endpoint(2), 7, delivery(1)),
            message_id(endpoint(1), 8, delivery(1)),
            message_id(endpoint(1), 0, delivery(1)),
            message_id(endpoint(1), 0, delivery(2)),
        ];
        for (place, other) in others.iter().enumerate() {
            assert!(*other != id && !others[..place].contains(other), "{other}");
        }
    }
}
