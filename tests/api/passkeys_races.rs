//! Many at once with the same challenge: exactly one wins, in each ceremony.

use std::sync::Barrier;

use serde_json::json;

use crate::passkeys::{add, send, send_new, start, start_sign_in, start_step_up};
use crate::support::{Reply, SoftPasskey, both_engines, rounds};

/// How many at once.
const CLIENTS: usize = 16;
/// How many rounds of each race in a commit.
const ROUNDS: usize = 5;

/// All of them at once; exactly one gets `won` and all others `lost`.
#[track_caller]
fn assert_one_wins(won: u16, lost: u16, send: impl Fn(usize) -> Reply + Sync) {
    let start = Barrier::new(CLIENTS);
    let statuses: Vec<u16> = std::thread::scope(|scope| {
        let (start, send) = (&start, &send);
        let threads: Vec<_> = (0..CLIENTS)
            .map(|number| {
                scope.spawn(move || {
                    start.wait();
                    send(number).status
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    let count = |wanted| statuses.iter().filter(|status| **status == wanted).count();
    assert_eq!((count(won), count(lost)), (1, CLIENTS - 1), "{statuses:?}");
}

both_engines! {
    fn of_many_sign_ins_with_one_challenge_one_wins(app: &TestApp) {
        let ada = app.member("ada");
        let passkeys = [add(&ada).0, add(&ada).0];
        let before = app.database.db_count("sessions");
        for _ in 0..rounds(ROUNDS) {
            app.clock.advance(61);
            let options = start_sign_in(app);
            // The same answer, and another one to the same challenge.
            let shown = [passkeys[0].get(&options), passkeys[1].get(&options)];
            assert_one_wins(201, 401, |number| send(app, &shown[number % 2]));
        }
        let begun = app.database.db_count("sessions") - before;
        assert_eq!(usize::try_from(begun).unwrap(), rounds(ROUNDS));
    }

    fn of_many_step_ups_with_one_challenge_one_wins(app: &TestApp) {
        let ada = app.member("ada");
        let (passkey, _) = add(&ada);
        for _ in 0..rounds(ROUNDS) {
            app.clock.advance(61);
            let session = ada.again();
            let body = json!({"passkey": passkey.get(&start_step_up(&session))});
            assert_one_wins(200, 400, |_| session.post("/api/v1/sessions/current/step-up", &body));
        }
    }

    fn of_many_new_passkeys_with_one_challenge_one_is_added(app: &TestApp) {
        let ada = app.member("ada");
        for _ in 0..rounds(ROUNDS) {
            app.clock.advance(61);
            let session = ada.again();
            let options = start(&session);
            let made: Vec<_> = (0..CLIENTS).map(|_| SoftPasskey::new(ada.user_id.uuid()).create(&options)).collect();
            assert_one_wins(201, 400, |number| send_new(&session, &made[number]));
            let list = session.get("/api/v1/me/passkeys").expect(200);
            assert_eq!(list.data().len(), 1);
            session.delete(&format!("/api/v1/me/passkeys/{}", list.data()[0]["id"].as_str().unwrap())).expect(204);
        }
    }

    fn of_many_new_passkeys_of_many_sessions_no_more_than_ten_are_added(app: &TestApp) {
        let ada = app.member("ada");
        for _ in 0..7 {
            add(&ada);
        }
        let sessions: Vec<_> = (0..CLIENTS).map(|_| ada.again()).collect();
        let made: Vec<_> = sessions.iter().map(|session| SoftPasskey::new(ada.user_id.uuid()).create(&start(session))).collect();
        let barrier = Barrier::new(CLIENTS);
        let statuses: Vec<u16> = std::thread::scope(|scope| {
            let threads: Vec<_> = sessions.iter().zip(&made).map(|(session, made)| {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    send_new(session, made).status
                })
            }).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let count = |wanted| statuses.iter().filter(|status| **status == wanted).count();
        assert_eq!((count(201), count(409)), (3, CLIENTS - 3), "{statuses:?}");
        assert_eq!(app.database.db_count("passkeys"), 10);
    }
}
