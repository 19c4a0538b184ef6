//! Communities, members and payments.

use std::collections::BTreeMap;
use std::hash::{BuildHasher, RandomState};
use std::ops::Deref;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, LazyLock, PoisonError};

use argon2::password_hash::PasswordHasher;
use argon2::{Algorithm, Argon2, Params, Version};
use counterfoil::auth::keys::SigningKey;
use counterfoil::auth::tokens::{FIRST_PARTY, Tokens as TokenIssuer};
use counterfoil::domain::account::Limits;
use counterfoil::domain::amount::{Amount, Scale};
use counterfoil::domain::command::{Pay, UserAuthority};
use counterfoil::domain::community::Community;
use counterfoil::domain::ids::{SessionId, UserId};
use counterfoil::domain::member::Role;
use counterfoil::domain::scopes::Scopes;
use counterfoil::domain::spending::SpendingCeilings;
use counterfoil::domain::time::Timestamp;
use counterfoil::services::setup::{NewCommunity, NewMembership};
use counterfoil::storage::secrets;
use serde_json::{Value, json};
use uuid::Uuid;

use super::app::{PUBLIC_URL, TestApp};
use super::client::{Caller, Reply};

/// Everybody's password.
pub const PASSWORD: &str = "correct horse battery staple";
/// The community that is founded where none is named.
const RIVER: &str = "RIVER";
/// How far below zero a member may go where nothing else is said, in minor units.
const CREDIT_LIMIT: Amount = Amount::from_minor(10_000);
/// How much is let be in a community that has no decimal places.
const LIMIT_MAX_MINOR: i64 = 1_000_000_000_000_000;

/// The hash of everybody's password, made once and of the cheapest kind: passwords' own tests hash in earnest.
static PASSWORD_HASH: LazyLock<String> = LazyLock::new(|| {
    let cheap = Params::new(Params::MIN_M_COST, Params::MIN_T_COST, 1, None).unwrap();
    let hasher = Argon2::new(Algorithm::Argon2id, Version::V0x13, cheap);
    hasher.hash_password(PASSWORD.as_bytes()).unwrap().to_string()
});

/// Who is there, by name.
#[derive(Default)]
pub struct People {
    communities: BTreeMap<String, Community>,
    users: BTreeMap<String, UserId>,
    members: BTreeMap<(String, String), Person>,
}

/// A member of a community with an account, a login and, from the first request on, a session. Sends requests like a
/// [`Caller`].
#[derive(Clone)]
pub struct Person {
    /// The e-mail address of the login.
    pub email: String,
    /// The name people read.
    pub name: String,
    /// The login.
    pub user_id: UserId,
    /// The community's code.
    pub community: String,
    /// The account's code.
    pub code: String,
    /// The account's id.
    pub account_id: String,
    caller: Caller,
}

impl Deref for Person {
    type Target = Caller;

    fn deref(&self) -> &Caller {
        &self.caller
    }
}

impl Person {
    /// The account, as its owner sees it.
    pub fn account(&self) -> Value {
        self.get(&format!("/api/v1/accounts/{}", self.code)).expect(200).body
    }

    /// The account's balance.
    pub fn balance(&self) -> String {
        self.account()["balance"].as_str().expect("a balance").to_owned()
    }

    /// Pays under this key.
    pub fn pay_keyed(&self, payee: &Person, amount: &str, key: &str) -> Reply {
        self.post_payment(key, &payment(self, payee, amount))
    }

    /// Sends a payment's body under this key.
    pub fn post_payment(&self, key: &str, body: &Value) -> Reply {
        self.post_with("/api/v1/payments", &[("Idempotency-Key", key)], body)
    }

    /// The same person in a new session.
    #[must_use]
    pub fn again(&self) -> Self {
        Self { caller: self.caller.signed_in_again(), ..self.clone() }
    }
}

/// A payment's body.
pub fn payment(payer: &Person, payee: &Person, amount: &str) -> Value {
    json!({"payer": payer.code, "payee": payee.code, "amount": amount, "description": "Rye loaves", "allow_duplicate": true})
}

/// A key that no test has used, in no run: some databases are brought along from runs before.
pub fn fresh_key() -> String {
    static RUN: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(()));
    static USED: AtomicU64 = AtomicU64::new(0);
    format!("key-{:016x}-{}", *RUN, USED.fetch_add(1, Ordering::Relaxed))
}

/// Someone who is about to join.
pub struct Newcomer<'a> {
    app: &'a TestApp,
    name: String,
    community: String,
    role: Role,
    credit_limit: Option<String>,
    ceiling: Option<String>,
}

impl Newcomer<'_> {
    /// In this community, which must be there, instead of `RIVER`.
    #[must_use]
    pub fn of(mut self, community: &str) -> Self {
        community.clone_into(&mut self.community);
        self
    }

    /// As an admin.
    #[must_use]
    pub fn with_admin_rights(mut self) -> Self {
        self.role = Role::Admin;
        self
    }

    /// With this credit limit instead of 100.00.
    #[must_use]
    pub fn with_credit_limit(mut self, amount: &str) -> Self {
        self.credit_limit = Some(amount.to_owned());
        self
    }

    /// With this ceiling instead of none.
    #[must_use]
    pub fn with_ceiling(mut self, amount: &str) -> Self {
        self.ceiling = Some(amount.to_owned());
        self
    }

    /// Joins. Who has a login already joins with it.
    pub fn join(self) -> Person {
        let community = self.app.community(&self.community);
        let email = format!("{}@{}", self.name.to_lowercase().replace(' ', "."), "river.example");
        let mut people = self.app.people.lock().unwrap_or_else(PoisonError::into_inner);
        let services = self.app.services();
        let user_id = match people.users.get(&email) {
            Some(user_id) => *user_id,
            None => {
                let made = services.create_user(&email, &self.name, PASSWORD_HASH.clone());
                self.app.block_on(made).unwrap()
            }
        };
        people.users.insert(email.clone(), user_id);
        let parse = |text: String| community.scale.parse(&text, LIMIT_MAX_MINOR).unwrap();
        let limits = Limits {
            credit_limit: self.credit_limit.map_or(CREDIT_LIMIT, parse),
            ceiling: self.ceiling.map(parse),
        };
        let new = NewMembership { user_id, name: self.name.clone(), role: self.role, limits };
        let account = self.app.block_on(services.admit(community.id, new)).unwrap();
        let earlier = people.members.values().find(|person| person.user_id == user_id);
        let caller = match earlier {
            Some(person) => person.caller.clone(),
            None => self.app.anonymous().with_login(&email, PASSWORD),
        };
        let person = Person {
            email,
            name: self.name.clone(),
            user_id,
            community: self.community.clone(),
            code: account.code.to_string(),
            account_id: account.id.to_string(),
            caller,
        };
        people.members.insert((self.community, self.name), person.clone());
        person
    }
}

impl TestApp {
    /// Founds a community whose amounts have this many decimal places.
    pub fn found(&self, code: &str, places: i16) -> Community {
        self.found_in(code, places, "UTC")
    }

    /// Founds a community that lives by the clocks of this time zone.
    pub fn found_in(&self, code: &str, places: i16, time_zone: &str) -> Community {
        let new = NewCommunity {
            code: code.parse().unwrap(),
            name: format!("{code} Exchange"),
            unit: "shell".to_owned(),
            symbol: "§".to_owned(),
            scale: Scale::try_from(places).unwrap(),
            time_zone: time_zone.parse().unwrap(),
            default_credit_limit: CREDIT_LIMIT,
        };
        let community = self.block_on(self.services().found_community(new)).unwrap();
        let mut people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        people.communities.insert(code.to_owned(), community.clone());
        community
    }

    /// The community with this code; `RIVER`, with two decimal places, is founded where it is not there.
    pub fn community(&self, code: &str) -> Community {
        let known = self.people.lock().unwrap_or_else(PoisonError::into_inner).communities.get(code).cloned();
        match known {
            Some(community) => community,
            None if code == RIVER => self.found(RIVER, 2),
            None => panic!("found {code} first"),
        }
    }

    /// Someone who is about to join `RIVER`, unless something else is said.
    pub fn newcomer(&self, name: &str) -> Newcomer<'_> {
        Newcomer {
            app: self,
            name: name.to_owned(),
            community: RIVER.to_owned(),
            role: Role::Member,
            credit_limit: None,
            ceiling: None,
        }
    }

    /// A member of `RIVER` with a credit limit of 100.00, who joins when first named.
    pub fn member(&self, name: &str) -> Person {
        self.known_member(RIVER, name).unwrap_or_else(|| self.newcomer(name).join())
    }

    /// The admin of `RIVER`.
    pub fn admin(&self) -> Person {
        self.known_member(RIVER, "greta").unwrap_or_else(|| self.newcomer("greta").with_admin_rights().join())
    }

    /// Somebody who joined `RIVER` through the API, signed in with the password that they chose.
    pub fn who_joined(&self, name: &str, email: &str, password: &str) -> Person {
        let caller = self.anonymous().with_login(email, password);
        let me = caller.get("/api/v1/me").expect(200).body;
        let account = &me["memberships"][0]["accounts"][0];
        let text = |value: &Value| value.as_str().unwrap_or_else(|| panic!("{me}")).to_owned();
        Person {
            email: email.to_owned(),
            name: name.to_owned(),
            user_id: text(&me["user"]["id"]).parse().unwrap(),
            community: RIVER.to_owned(),
            code: text(&account["code"]),
            account_id: text(&account["id"]),
            caller,
        }
    }

    /// The member of a community with this name, who has joined.
    pub fn known_member(&self, community: &str, name: &str) -> Option<Person> {
        let people = self.people.lock().unwrap_or_else(PoisonError::into_inner);
        people.members.get(&(community.to_owned(), name.to_owned())).cloned()
    }

    /// Pays, under a fresh key, and gives the payment.
    #[track_caller]
    pub fn pay(&self, payer: &Person, payee: &Person, amount: &str) -> Value {
        self.try_pay(payer, payee, amount).expect(201).body
    }

    /// Pays 0.01 so many times, as history is made: not through HTTP.
    pub fn pay_often(&self, payer: &Person, payee: &Person, times: usize) {
        /// How many wait for the ledger at once.
        const AT_ONCE: usize = 200;
        let community_id = self.community(&payer.community).id;
        let (payer_id, payee_id) = (payer.account_id.parse().unwrap(), payee.account_id.parse().unwrap());
        self.block_on(async {
            for part in (0..times).step_by(AT_ONCE) {
                let mut waiting = tokio::task::JoinSet::new();
                for _ in part..times.min(part + AT_ONCE) {
                    let services = self.services();
                    let (amount, description) = (Amount::from_minor(1), "Rye loaves".to_owned());
                    let pay = Pay { payer_id, payee_id, amount, description, allow_duplicate: true };
                    waiting.spawn(async move { services.post_history(community_id, pay).await });
                }
                while let Some(posted) = waiting.join_next().await {
                    posted.unwrap().unwrap();
                }
            }
        });
    }

    /// Tries to pay, under a fresh key.
    pub fn try_pay(&self, payer: &Person, payee: &Person, amount: &str) -> Reply {
        payer.pay_keyed(payee, amount, &fresh_key())
    }

    /// The admin sets limits.
    #[track_caller]
    pub fn set_limits(&self, person: &Person, credit_limit: &str, ceiling: Option<&str>) -> Reply {
        let body =
            json!({"credit_limit": credit_limit, "ceiling": ceiling, "reason": "Decided at the meeting"});
        self.admin().put(&format!("/api/v1/accounts/{}/limits", person.code), &body).expect(200)
    }

    /// The admin sets a status.
    #[track_caller]
    pub fn set_status(&self, person: &Person, status: &str) -> Reply {
        let body = json!({"status": status, "reason": "Decided at the meeting"});
        self.admin().put(&format!("/api/v1/accounts/{}/status", person.code), &body).expect(200)
    }

    /// A community's ledger in numbers, as a member sees it.
    #[track_caller]
    pub fn ledger(&self, member: &Person) -> Value {
        member.get(&format!("/api/v1/communities/{}/ledger", member.community)).expect(200).body
    }

    /// The person's session with a token of these scopes only, signed with the stored key.
    pub fn db_with_scopes(&self, person: &Person, scopes: &str) -> Caller {
        self.db_with(person, Scopes::parse(scopes), self.now())
    }

    /// The person's session with a token whose proof of who it is was given an hour ago, signed with the stored key.
    pub fn db_with_old_proof(&self, person: &Person) -> Caller {
        self.db_with(person, Scopes::all(), self.now().plus_seconds(-3_600))
    }

    fn db_with(&self, person: &Person, scopes: Scopes, auth_time: Timestamp) -> Caller {
        let authority = UserAuthority {
            user_id: person.user_id,
            session_id: SessionId::from_uuid(session_of(&person.tokens().access)),
            scopes,
            auth_time,
            ceilings: SpendingCeilings::default(),
            app: None,
            only: None,
        };
        let rows = secrets::signing_keys(&mut self.database.inspect()).unwrap();
        let keys =
            rows.iter().map(|row| Arc::new(SigningKey::from_pkcs8(&row.private_key).unwrap())).collect();
        // As long as tokens may live: tests move the clock.
        let issuer = TokenIssuer::new(PUBLIC_URL, 600, keys);
        let token = issuer.issue(&authority, FIRST_PARTY, Uuid::from_u128(1), self.now()).unwrap();
        person.with_token(&token)
    }
}

/// The session that an access token names.
pub fn session_of(access_token: &str) -> Uuid {
    claims(access_token)["sid"].as_str().unwrap().parse().unwrap()
}

/// What an access token says.
pub fn claims(access_token: &str) -> Value {
    use base64::Engine;
    let part = access_token.split('.').nth(1).expect("a token has three parts");
    serde_json::from_slice(&base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(part).unwrap()).unwrap()
}
