//! Limits on load: how many requests a minute, and how many at once, for each user and each address.
//!
//! Kept in memory, for each process: what they guard is this process. Who is signed in counts as the user, wherever they
//! come from, so that a shop or a village behind one address does not share a limit; everyone else counts as their address.
//! Windows begin with the first request. What nobody used for longest is forgotten first.

use std::net::IpAddr;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use actix_web::http::Method;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};
use lru::LruCache;

use super::problem::{ApiError, ProblemCode, RETRY_AFTER_S};
use crate::auth::tokens::Bearer;
use crate::config::Settings;
use crate::domain::address::client_group;
use crate::domain::ids::{ApiKeyId, UserId};
use crate::domain::time::Timestamp;
use crate::services::{Exhausted, ServiceError};

/// The window of every limit, in seconds.
const WINDOW_SECONDS: i64 = 60;
/// Parts of the memory, each with a lock of its own.
const SHARDS: usize = 16;
/// How many users and addresses each part remembers: all together 65,536, in about 8 MiB.
const KEYS_PER_SHARD: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();
/// Where apps get tokens and people decide about apps. Guessing there leaves an address its other requests.
const OAUTH: &str = "/oauth/";
/// The names of the policies.
pub const POLICY_HEADER: HeaderName = HeaderName::from_static("ratelimit-policy");
/// What is left of them.
pub const LIMIT_HEADER: HeaderName = HeaderName::from_static("ratelimit");

/// What is counted together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Policy {
    /// A user's requests that move money.
    Payments,
    /// A user's other requests.
    Requests,
    /// The requests of an address that no user answers for.
    Address,
    /// An address's requests to OAuth's endpoints and pages.
    OAuth,
    /// What is under way with all keys that a user made.
    Keys,
}

impl Policy {
    const fn name(self) -> &'static str {
        match self {
            Self::Payments => "payments",
            Self::Requests => "requests",
            Self::Address => "address",
            Self::OAuth => "oauth",
            Self::Keys => "keys",
        }
    }
}

/// Who is counted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Principal {
    /// A signed-in user.
    User(UserId),
    /// A shop's key: its load is not that of the user who made it, and all their keys share a bound.
    Key(ApiKeyId, UserId),
    /// Whoever is at this address.
    Address(Option<IpAddr>),
}

impl Principal {
    /// Whoever bears a good token or key.
    pub fn of(bearer: &Bearer) -> Self {
        let user_id = bearer.authority.user_id;
        bearer.key.map_or(Self::User(user_id), |key| Self::Key(key, user_id))
    }
}

type Key = (Policy, u128);

/// One key's present window.
#[derive(Debug, Clone, Copy)]
struct Window {
    began_at: Timestamp,
    count: u32,
    at_once: u32,
}

/// Counts requests.
pub struct Limits {
    shards: [Mutex<LruCache<Key, Window>>; SHARDS],
    payments: Quota,
    requests: Quota,
    address: Quota,
    oauth: Quota,
    at_once_each: u32,
    at_once_all: usize,
    under_way: AtomicUsize,
}

/// A policy's quota with its header; 0 is no limit.
struct Quota {
    max: u32,
    header: HeaderValue,
}

/// A request that was let in. It takes a place until it is dropped.
pub struct Place {
    limits: Arc<Limits>,
    key: Key,
    standing: Option<Standing>,
    /// The place among all keys of a user, where it is a key's.
    _among_keys: Option<AmongKeys>,
}

/// A request's place among those under way with all keys that a user made.
struct AmongKeys {
    limits: Arc<Limits>,
    key: Key,
}

/// How many times as much may be under way with all keys of a user as with one.
const KEYS_TOGETHER: u32 = 2;

/// A request's part in the load of all.
pub struct Share(Arc<Limits>);

/// What a client is told of its limit.
#[derive(Debug, Clone)]
struct Standing {
    policy: HeaderValue,
    name: &'static str,
    left: u32,
    reset_seconds: i64,
}

impl Limits {
    /// Limits as the settings say.
    pub fn new(settings: &Settings) -> Self {
        let quota = |policy: Policy, max: u32| {
            let text = format!(r#""{}";q={max};w={WINDOW_SECONDS}"#, policy.name());
            // Our own names and numbers make a good header.
            let header = HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static(""));
            Quota { max, header }
        };
        Self {
            shards: std::array::from_fn(|_| Mutex::new(LruCache::new(KEYS_PER_SHARD))),
            payments: quota(Policy::Payments, settings.limit_payments_per_minute),
            requests: quota(Policy::Requests, settings.limit_requests_per_minute),
            address: quota(Policy::Address, settings.limit_address_requests_per_minute),
            oauth: quota(Policy::OAuth, settings.limit_oauth_requests_per_minute),
            at_once_each: settings.limit_requests_at_once_each,
            at_once_all: settings.limit_requests_at_once,
            under_way: AtomicUsize::new(0),
        }
    }

    /// Takes a request's share of the load of all.
    ///
    /// # Errors
    /// `overloaded` when too many requests are under way.
    pub fn share(self: &Arc<Self>) -> Result<Share, ApiError> {
        let share = Share(Arc::clone(self));
        if self.under_way.fetch_add(1, Ordering::Relaxed) < self.at_once_all {
            Ok(share)
        } else {
            Err(ApiError::new(ProblemCode::Overloaded))
        }
    }

    /// Lets a request in, counted to its principal.
    ///
    /// # Errors
    /// `rate_limited` when the principal's window is used up, or too many of its requests are under way.
    pub fn admit(
        self: &Arc<Self>,
        principal: Principal,
        method: &Method,
        path: &str,
        now: Timestamp,
    ) -> Result<Place, ApiError> {
        // Given back behind the lock below where the request is not let in.
        let among_keys = match principal {
            Principal::Key(_, user_id) => Some(self.enter_among_keys(user_id, now)?),
            _ => None,
        };
        let (policy, id) = match principal {
            Principal::User(id) => (policy_of(method, path), id.uuid().as_u128()),
            Principal::Key(id, _) => (policy_of(method, path), id.uuid().as_u128()),
            Principal::Address(address) if path.starts_with(OAUTH) => {
                (Policy::OAuth, address.map_or(0, number))
            }
            Principal::Address(address) => (Policy::Address, address.map_or(0, number)),
        };
        let quota = match policy {
            Policy::Payments => &self.payments,
            // Of keys together, only what is under way is counted.
            Policy::Requests | Policy::Keys => &self.requests,
            Policy::Address => &self.address,
            Policy::OAuth => &self.oauth,
        };
        let key = (policy, id);
        let Some(shard) = self.shard(id) else { return Err(ApiError::new(ProblemCode::Internal)) };
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        let window = shard.get_or_insert_mut(key, || Window { began_at: now, count: 0, at_once: 0 });
        // A clock that was set back begins a window, too.
        let passed = now.micros().saturating_sub(window.began_at.micros());
        if !(0..WINDOW_SECONDS * 1_000_000).contains(&passed) {
            (window.began_at, window.count) = (now, 0);
        }
        let reset_micros = window.began_at.plus_seconds(WINDOW_SECONDS).micros() - now.micros();
        let reset_seconds = reset_micros.div_euclid(1_000_000) + i64::from(reset_micros % 1_000_000 != 0);
        if window.at_once >= self.at_once_each {
            return Err(too_many_at_once(self.at_once_each));
        }
        if quota.max > 0 && window.count >= quota.max {
            return Err(ApiError::rate_limited(&Exhausted {
                policy: policy.name(),
                quota: quota.max,
                window_seconds: WINDOW_SECONDS,
                wait_seconds: reset_seconds,
            }));
        }
        window.count = window.count.saturating_add(1);
        window.at_once += 1;
        let standing = (quota.max > 0).then(|| Standing {
            policy: quota.header.clone(),
            name: policy.name(),
            left: quota.max.saturating_sub(window.count),
            reset_seconds,
        });
        drop(shard);
        Ok(Place { limits: Arc::clone(self), key, standing, _among_keys: among_keys })
    }

    /// Counts a request among those under way with all keys of a user.
    fn enter_among_keys(self: &Arc<Self>, user_id: UserId, now: Timestamp) -> Result<AmongKeys, ApiError> {
        let id = user_id.uuid().as_u128();
        let (key, most) = ((Policy::Keys, id), self.at_once_each.saturating_mul(KEYS_TOGETHER));
        let Some(shard) = self.shard(id) else { return Err(ApiError::new(ProblemCode::Internal)) };
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        let window = shard.get_or_insert_mut(key, || Window { began_at: now, count: 0, at_once: 0 });
        if window.at_once >= most {
            return Err(too_many_at_once(most));
        }
        window.at_once += 1;
        drop(shard);
        Ok(AmongKeys { limits: Arc::clone(self), key })
    }

    /// That a request is not under way any more.
    fn leave(&self, key: &Key) {
        let Some(shard) = self.shard(key.1) else { return };
        let mut shard = shard.lock().unwrap_or_else(PoisonError::into_inner);
        // A key that was forgotten meanwhile begins with nobody.
        if let Some(window) = shard.peek_mut(key) {
            window.at_once = window.at_once.saturating_sub(1);
        }
    }

    fn shard(&self, id: u128) -> Option<&Mutex<LruCache<Key, Window>>> {
        let mixed = id.to_be_bytes().iter().fold(0_u8, |mixed, byte| mixed ^ byte);
        self.shards.get(usize::from(mixed) % SHARDS)
    }
}

/// A user's policy for a request: what moves money is counted by itself.
fn policy_of(method: &Method, path: &str) -> Policy {
    let moves_money = ["/api/v1/payments", "/api/v1/payment-requests", "/api/v1/checkouts"];
    if *method == Method::POST && moves_money.iter().any(|beginning| path.starts_with(beginning)) {
        Policy::Payments
    } else {
        Policy::Requests
    }
}

fn number(address: IpAddr) -> u128 {
    match client_group(address) {
        IpAddr::V4(address) => address.to_ipv6_mapped().to_bits(),
        IpAddr::V6(address) => address.to_bits(),
    }
}

impl Place {
    /// Tells the client where it stands, unless the answer tells of another limit.
    pub fn tell(&self, headers: &mut HeaderMap) {
        let Some(standing) = &self.standing else { return };
        if headers.contains_key(&POLICY_HEADER) {
            return;
        }
        headers.insert(POLICY_HEADER, standing.policy.clone());
        if let Some(value) = remaining(standing.name, standing.left, standing.reset_seconds) {
            headers.insert(LIMIT_HEADER, value);
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.limits.leave(&self.key);
    }
}

impl Drop for AmongKeys {
    fn drop(&mut self) {
        self.limits.leave(&self.key);
    }
}

fn too_many_at_once(quota: u32) -> ApiError {
    ApiError::rate_limited(&Exhausted { policy: "at-once", quota, window_seconds: 1, wait_seconds: 1 })
}

impl Drop for Share {
    fn drop(&mut self) {
        self.0.under_way.fetch_sub(1, Ordering::Relaxed);
    }
}

fn remaining(name: &str, left: u32, reset_seconds: i64) -> Option<HeaderValue> {
    HeaderValue::from_str(&format!(r#""{name}";r={left};t={reset_seconds}"#)).ok()
}

/// What tells of the limit or the overload that an error is about, on any kind of answer.
pub fn headers_of(error: &ServiceError) -> Vec<(HeaderName, HeaderValue)> {
    match error {
        ServiceError::RateLimited(limit) => {
            let mut headers = exhausted_headers(limit);
            headers.push((RETRY_AFTER, HeaderValue::from(limit.wait_seconds)));
            headers
        }
        ServiceError::Overloaded | ServiceError::OutcomeUnknown => {
            vec![(RETRY_AFTER, HeaderValue::from_static(RETRY_AFTER_S))]
        }
        _ => Vec::new(),
    }
}

/// The headers of an answer that says that a limit is reached.
pub fn exhausted_headers(limit: &Exhausted) -> Vec<(HeaderName, HeaderValue)> {
    let policy = format!(r#""{}";q={};w={}"#, limit.policy, limit.quota, limit.window_seconds);
    let policy = HeaderValue::from_str(&policy).ok().map(|value| (POLICY_HEADER, value));
    let left = remaining(limit.policy, 0, limit.wait_seconds).map(|value| (LIMIT_HEADER, value));
    policy.into_iter().chain(left).collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn limits(change: impl FnOnce(&mut Settings)) -> Arc<Limits> {
        let mut settings = Settings::defaults().unwrap();
        change(&mut settings);
        Arc::new(Limits::new(&settings))
    }

    fn user(number: u128) -> Principal {
        Principal::User(UserId::from_uuid(Uuid::from_u128(number)))
    }

    #[test]
    fn a_window_is_used_up_and_begins_anew() {
        let limits = limits(|settings| settings.limit_payments_per_minute = 2);
        let pay = |who, seconds| {
            limits.admit(
                who,
                &Method::POST,
                "/api/v1/payments",
                Timestamp::from_micros(0).plus_seconds(seconds),
            )
        };
        assert!(pay(user(1), 0).is_ok() && pay(user(1), 59).is_ok());
        assert!(pay(user(1), 59).is_err());
        assert!(pay(user(2), 59).is_ok(), "another user has a window of their own");
        let read =
            limits.admit(user(1), &Method::GET, "/api/v1/payments", Timestamp::from_micros(59_000_000));
        assert!(read.is_ok(), "reading is counted by itself");
        assert!(pay(user(1), 60).is_ok());
        assert!(pay(user(1), -1).is_ok(), "a clock that was set back locks nobody out");
    }

    #[test]
    fn requests_at_once_give_their_place_back() {
        let limits = limits(|settings| settings.limit_requests_at_once_each = 1);
        let get = || limits.admit(user(1), &Method::GET, "/api/v1/me", Timestamp::from_micros(0));
        let first = get();
        assert!(first.is_ok() && get().is_err());
        drop(first);
        assert!(get().is_ok());
    }

    #[test]
    fn all_keys_of_a_user_share_a_bound() {
        let limits = limits(|settings| settings.limit_requests_at_once_each = 2);
        let get = |key, owner| {
            let [key, owner] = [key, owner].map(Uuid::from_u128);
            let key = Principal::Key(ApiKeyId::from_uuid(key), UserId::from_uuid(owner));
            limits.admit(key, &Method::GET, "/api/v1/payments", Timestamp::from_micros(0))
        };
        let mut under_way = vec![get(1, 9).ok(), get(1, 9).ok()];
        assert!(get(1, 9).is_err(), "one key has its own");
        under_way.extend([get(2, 9).ok(), get(3, 9).ok()]);
        assert!(under_way.iter().all(Option::is_some) && get(4, 9).is_err());
        assert!(get(4, 8).is_ok(), "another user's are counted by themselves");
        let owner = limits.admit(user(9), &Method::GET, "/api/v1/me", Timestamp::from_micros(0));
        assert!(owner.is_ok(), "and the user's own requests are");
        under_way.pop();
        assert!(get(4, 9).is_ok());
    }

    #[test]
    fn the_load_of_all_is_bounded() {
        let limits = limits(|settings| settings.limit_requests_at_once = 2);
        let shares = [limits.share(), limits.share()];
        assert!(shares.iter().all(Result::is_ok));
        assert!(limits.share().is_err());
        drop(shares);
        assert!(limits.share().is_ok());
    }

    #[test]
    fn memory_is_bounded_and_zero_is_no_limit() {
        let limits = limits(|settings| settings.limit_requests_per_minute = 0);
        for number in 0..200_000 {
            let place = limits.admit(user(number), &Method::GET, "/", Timestamp::from_micros(0)).unwrap();
            assert!(place.standing.is_none());
        }
        let kept: usize = limits.shards.iter().map(|shard| shard.lock().unwrap().len()).sum();
        assert_eq!(kept, SHARDS * KEYS_PER_SHARD.get());
    }
}
