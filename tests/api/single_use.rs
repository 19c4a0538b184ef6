//! Secrets that work once: of many who use one in the same moment, exactly one does, for each kind and in every round.
//!
//! A round is sixteen tasks behind a barrier, each with a write of its own that goes the way of the service's: on SQLite
//! in the writer's batches, on PostgreSQL in transactions of their own. A campaign sets `COUNTERFOIL_TEST_ROUNDS`.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use counterfoil::auth::pkce;
use counterfoil::domain::ids::{SessionId, UserId};
use counterfoil::domain::scopes::Scopes;
use counterfoil::domain::spending::SpendingCeilings;
use counterfoil::domain::time::Timestamp;
use counterfoil::storage::oauth::codes::{self, Code};
use counterfoil::storage::one_time_secrets::{self, NewSecret, Purpose};
use counterfoil::storage::sessions::{self, Session};
use counterfoil::storage::{Conn, StorageError, credentials};
use tokio::sync::Barrier;
use uuid::Uuid;

use crate::support::{TestApp, VERIFIER, both_engines, challenge, rounds, session_of};

/// Who try at once.
const RIVALS: usize = 16;
/// How many rounds of each race in a commit.
const ROUNDS: usize = 25;

/// A hash that nothing else has.
fn fresh_hash() -> [u8; 32] {
    static USED: AtomicU64 = AtomicU64::new(1);
    let mut hash = [7; 32];
    hash[..8].copy_from_slice(&USED.fetch_add(1, Ordering::Relaxed).to_be_bytes());
    hash
}

/// Makes a secret in each round, has all rivals use it at once, and counts who did.
fn race(
    app: &TestApp,
    make: impl Fn(&mut Conn, [u8; 32]) -> Result<(), StorageError> + Clone + Send + 'static,
    spend: impl Fn(&mut Conn, [u8; 32]) -> Result<bool, StorageError> + Clone + Send + 'static,
) {
    let services = app.services();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        for round in 0..rounds(ROUNDS) {
            let (hash, make) = (fresh_hash(), make.clone());
            services.ledger().write(move |conn| make(conn, hash)).await.unwrap();
            let start = Arc::new(Barrier::new(RIVALS));
            let rivals: Vec<_> = (0..RIVALS)
                .map(|_| {
                    let (services, start, spend) = (Arc::clone(&services), Arc::clone(&start), spend.clone());
                    tokio::spawn(async move {
                        start.wait().await;
                        services.ledger().write(move |conn| spend(conn, hash)).await.unwrap()
                    })
                })
                .collect();
            let mut winners = 0;
            for rival in rivals {
                winners += usize::from(rival.await.unwrap());
            }
            assert_eq!(winners, 1, "round {round}");
        }
    });
}

fn race_for(app: &TestApp, purpose: Purpose) {
    let now = app.now();
    let make = move |conn: &mut Conn, hash: [u8; 32]| {
        let new = NewSecret {
            hash,
            purpose,
            subject_id: Uuid::from_u128(u128::from_be_bytes(hash[..16].try_into().unwrap())),
            payload: String::new(),
            expires_at: now.plus_seconds(600),
        };
        one_time_secrets::issue(conn, &new, now)
    };
    race(app, make, move |conn, hash| one_time_secrets::consume(conn, purpose, &hash, now));
}

/// Somebody with a second factor that is on.
fn with_factor(app: &TestApp) -> (UserId, Timestamp) {
    let (user_id, now) = (app.member("ada").user_id, app.now());
    let start = move |conn: &mut Conn| {
        credentials::start_factor(conn, user_id, b"sealed", now)?;
        credentials::confirm_factor(conn, user_id, b"sealed", 0, now)
    };
    assert!(app.block_on(app.services().ledger().write(start)).unwrap());
    (user_id, now)
}

both_engines! {
    fn a_reset(app: &TestApp) {
        race_for(app, Purpose::PasswordReset);
    }

    fn a_confirmation(app: &TestApp) {
        race_for(app, Purpose::AddressConfirmation);
    }

    fn an_invitation(app: &TestApp) {
        race_for(app, Purpose::Invitation);
    }

    fn a_ticket_for_events(app: &TestApp) {
        race_for(app, Purpose::EventTicket);
    }

    fn a_challenge_for_a_new_passkey(app: &TestApp) {
        race_for(app, Purpose::NewPasskey);
    }

    fn a_challenge_for_a_sign_in(app: &TestApp) {
        race_for(app, Purpose::PasskeySignIn);
    }

    fn a_challenge_for_a_proof(app: &TestApp) {
        race_for(app, Purpose::PasskeyStepUp);
    }

    fn a_recovery_code(app: &TestApp) {
        let (user_id, now) = with_factor(app);
        let make = move |conn: &mut Conn, hash: [u8; 32]| credentials::replace_recovery_codes(conn, user_id, &[hash]);
        race(app, make, move |conn, hash| credentials::use_recovery_code(conn, user_id, &hash, now));
    }

    fn a_step_of_an_authenticator(app: &TestApp) {
        let (user_id, _) = with_factor(app);
        // Each round is a later step, which is in the hash.
        let step = |hash: [u8; 32]| i64::from_be_bytes(hash[..8].try_into().unwrap());
        race(app, |_, _| Ok(()), move |conn, hash| credentials::use_step(conn, user_id, b"sealed", step(hash)));
    }

    fn an_authorization_code(app: &TestApp) {
        let ada = app.member("ada");
        let (client_id, user_id, now) = (app.register(&ada, false).id, ada.user_id, app.now());
        let make = move |conn: &mut Conn, hash: [u8; 32]| {
            let code = Code {
                hash,
                client_id: client_id.clone(),
                user_id,
                session_id: SessionId::from_uuid(Uuid::from_u128(u128::from_be_bytes(hash[..16].try_into().unwrap()))),
                redirect_uri: "https://shop.example/".into(),
                challenge: challenge(VERIFIER),
                scopes: Scopes::all(),
                ceilings: SpendingCeilings::default(),
                only: None,
                expires_at: now.plus_seconds(60),
                used_at: None,
            };
            assert!(pkce::meets(VERIFIER, &code.challenge));
            codes::insert(conn, &code)
        };
        race(app, make, move |conn, hash| codes::use_up(conn, &hash, now));
    }

    fn a_refresh_token(app: &TestApp) {
        let ada = app.member("ada");
        let session_id = SessionId::from_uuid(session_of(&ada.tokens().access));
        let now = app.now();
        let make = move |conn: &mut Conn, hash: [u8; 32]| {
            let found: Option<Session> = sessions::find(conn, session_id)?;
            assert!(found.is_some_and(|session| session.is_live(now)));
            sessions::insert_refresh_token(conn, &hash, session_id, now, now.plus_seconds(600))
        };
        race(app, make, move |conn, hash| sessions::retire_refresh_token(conn, &hash, now, &[1; 16]));
    }
}
