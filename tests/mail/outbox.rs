//! From the outbox to the server: in the end, once, and with nothing left behind that should not be.

use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

use counterfoil::domain::language::Language;
use counterfoil::domain::mail::ATTEMPTS_MAX;
use counterfoil::jobs::{Cleaning, Mailing, Runner, Work};
use counterfoil::mail::{Letter, MailFault, Outgoing, Plain};
use counterfoil::services::Services;
use counterfoil::services::mailing::{Addressee, enqueue};
use counterfoil::storage::StorageError;
use serde_json::{Value, json};

use crate::server::MailServer;
use crate::support::{TestApp, both_engines};
use crate::{TOKEN, mailer, token};

/// Longer than a mail is claimed for, in seconds.
const AFTER_THE_LEASE_S: i64 = 121;
/// Longer than any wait between two attempts, in seconds.
const AFTER_ANY_WAIT_S: i64 = 4_501;
/// How long the runner may take to notice a mail; its timer alone takes longer.
const PROMPT: Duration = Duration::from_secs(4);

fn addressee(app: &TestApp, name: &str) -> Addressee {
    Addressee {
        address: format!("{name}@river.example"),
        language: Language::English,
        user_id: None,
        community_id: Some(app.community("RIVER").id),
    }
}

fn approved() -> Letter {
    Letter::ApplicationApproved { community: Plain::from("River Valley Exchange") }
}

fn write(app: &TestApp, name: &str, letter: Letter) -> String {
    app.block_on(app.services().write_to(addressee(app, name), letter)).unwrap().to_string()
}

fn mailing(app: &TestApp, server: &MailServer) -> Mailing {
    Mailing::new(app.services(), mailer(&server.url("smtp://")))
}

/// Works until nothing more is due. How many pieces it was, the last and idle one included.
fn work(app: &TestApp, work: &dyn Work) -> usize {
    let mut pieces = 1;
    while app.block_on(work.do_one()).unwrap() {
        pieces += 1;
    }
    pieces
}

/// A column of all mails as text, in the order of writing.
fn column(app: &TestApp, expression: &str) -> Vec<String> {
    app.database.db_texts(&format!(
        "SELECT coalesce(CAST({expression} AS TEXT), 'none') AS value FROM mails ORDER BY created_at"
    ))
}

fn message_ids(server: &MailServer) -> Vec<String> {
    server.accepted().iter().map(|mail| mail["headers"]["Message-ID"].as_str().unwrap().to_owned()).collect()
}

both_engines! {
    fn what_was_written_is_sent_and_forgotten(app: &TestApp) {
        let server = MailServer::start();
        let mailing = mailing(app, &server);
        let first = write(app, "zoe", Letter::ConfirmAddress { token: token(), code: token() });
        let second = write(app, "ben", approved());
        assert!(column(app, "parameters")[0].contains(TOKEN));
        work(app, &mailing);
        assert_eq!(message_ids(&server), [format!("<{first}@river.example>"), format!("<{second}@river.example>")]);
        assert_eq!(column(app, "state"), ["2", "2"]);
        assert_eq!(column(app, "parameters"), ["none", "none"], "nothing that was said stays");
        assert_eq!(column(app, "recipient"), ["z•••@river.example", "b•••@river.example"]);
        work(app, &mailing);
        app.clock.advance(AFTER_ANY_WAIT_S);
        work(app, &mailing);
        assert_eq!(server.accepted().len(), 2, "sent is sent");
    }

    fn a_mail_is_written_with_its_cause_or_not_at_all(app: &TestApp) {
        let services = app.services();
        let new = services.new_mail(addressee(app, "zoe"), approved());
        let written = app.block_on(services.write_with_mail(move |conn| {
            enqueue(conn, &new)?;
            Err::<(), _>(StorageError::Corrupt("what caused it fails".into()))
        }));
        assert!(written.is_err());
        assert_eq!(app.database.db_count("mails"), 0);
    }

    fn a_server_that_is_down_delays_mails_and_loses_none(app: &TestApp) {
        let server = MailServer::start();
        let mailing = mailing(app, &server);
        server.tell("down");
        for name in ["ada", "ben", "zoe"] {
            write(app, name, approved());
        }
        assert_eq!(work(app, &mailing), 1, "the way is blocked for all, so one is tried at each look");
        assert_eq!(column(app, "attempts"), ["1", "0", "0"]);
        assert_eq!(column(app, "last_error")[0], "the mail server could not be reached");
        for _ in 0..20 {
            work(app, &mailing);
        }
        assert_eq!(column(app, "attempts"), ["1", "1", "1"], "no second attempt before its time");
        // Half an hour of failure.
        for _ in 0..60 {
            app.clock.advance(30);
            work(app, &mailing);
        }
        let attempts: Vec<i32> = column(app, "attempts").iter().map(|text| text.parse().unwrap()).collect();
        assert!(attempts.iter().all(|attempts| (4..=8).contains(attempts)), "waits grow: {attempts:?}");
        server.tell("up");
        work(app, &mailing);
        app.clock.advance(AFTER_ANY_WAIT_S);
        work(app, &mailing);
        let mut ids = message_ids(&server);
        ids.sort();
        ids.dedup();
        assert_eq!((ids.len(), server.accepted().len()), (3, 3), "each once");
        assert_eq!(column(app, "state"), ["2", "2", "2"]);
        assert_eq!(column(app, "last_error"), ["none", "none", "none"]);
    }

    fn a_greylisted_mail_waits_and_holds_up_no_other(app: &TestApp) {
        let server = MailServer::start();
        let mailing = mailing(app, &server);
        server.tell("greylist 1");
        write(app, "ada", approved());
        write(app, "ben", approved());
        assert_eq!(work(app, &mailing), 3);
        assert_eq!(column(app, "state"), ["1", "2"]);
        assert_eq!(column(app, "last_error")[0], "the mail server refused it for now (451)");
        app.clock.advance(29);
        work(app, &mailing);
        assert_eq!(column(app, "attempts"), ["1", "1"]);
        app.clock.advance(9);
        work(app, &mailing);
        assert_eq!((column(app, "state"), column(app, "attempts")), (vec!["2".to_owned(), "2".to_owned()], vec!["2".to_owned(), "1".to_owned()]));
    }

    fn a_refused_mail_fails_at_once_where_admins_see_it(app: &TestApp) {
        let server = MailServer::start();
        let mailing = mailing(app, &server);
        let admin = app.admin();
        server.tell("refuse 550");
        let id = write(app, "zoe", approved());
        work(app, &mailing);
        let path = "/api/v1/communities/RIVER/mails";
        let failed = admin.get(&format!("{path}?state=failed")).expect(200);
        let mail = &failed.data()[0];
        assert_eq!((&mail["id"], &mail["state"], &mail["attempts"]), (&json!(id), &json!("failed"), &json!(1)));
        assert_eq!(mail["last_error"], "the mail server refused it (550)");
        assert_eq!((&mail["recipient"], &mail["can_retry"]), (&json!("z•••@river.example"), &json!(true)));
        for secret in ["zoe@", "not known here", "River Valley"] {
            assert!(!failed.body.to_string().contains(secret), "{}", failed.body);
        }
        app.clock.advance(AFTER_ANY_WAIT_S);
        work(app, &mailing);
        assert_eq!(column(app, "attempts"), ["1"], "it is not tried any more by itself");
        server.tell("accept");
        let retried = admin.again().post(&format!("{path}/{id}/retry"), &Value::Null).expect(200).body;
        assert_eq!((&retried["state"], &retried["last_error"]), (&json!("waiting"), &Value::Null));
        work(app, &mailing);
        assert_eq!(message_ids(&server), [format!("<{id}@river.example>")]);
    }

    fn a_failed_mails_secret_is_erased(app: &TestApp) {
        let server = MailServer::start();
        let mailing = mailing(app, &server);
        server.tell("refuse 550");
        let id = write(app, "zoe", Letter::PasswordReset { token: token() });
        write(app, "ben", approved());
        work(app, &mailing);
        let parameters = column(app, "parameters");
        assert!(parameters[0] == "none" && parameters[1].contains("River Valley"), "{parameters:?}");
        let path = format!("/api/v1/communities/RIVER/mails/{id}/retry");
        let refused = app.admin().post(&path, &Value::Null).expect_problem(409, "conflict");
        assert_eq!(refused.body["reason"], "mail_erased");
    }

    fn a_link_that_has_expired_is_not_sent(app: &TestApp) {
        let server = MailServer::start();
        let mailing = mailing(app, &server);
        let services = app.services();
        let letter = Letter::ConfirmAddress { token: token(), code: token() };
        let new = services.new_mail(addressee(app, "zoe"), letter).useful_until(app.now().plus_seconds(600));
        app.block_on(services.write_with_mail(move |conn| enqueue(conn, &new))).unwrap();
        app.clock.advance(601);
        work(app, &mailing);
        assert_eq!(server.begun(), 0);
        assert_eq!((column(app, "state"), column(app, "parameters")), (vec!["3".to_owned()], vec!["none".to_owned()]));
    }

    fn a_crash_between_sending_and_noting_it_repeats_one_mail_once(app: &TestApp) {
        let server = MailServer::start();
        let mailing = mailing(app, &server);
        let id = write(app, "zoe", approved());
        let services = app.services();
        // What the job does, cut off where it hurts most.
        let claimed = app.block_on(services.claim_mail()).unwrap().unwrap();
        let letter = services.letter_of(&claimed).unwrap();
        let outgoing = Outgoing {
            id: claimed.id,
            recipient: &claimed.recipient,
            language: claimed.language,
            letter: &letter,
            written_at: claimed.created_at,
            enclosure: None,
        };
        app.block_on(mailer(&server.url("smtp://")).deliver(&outgoing)).unwrap();
        work(app, &mailing);
        assert_eq!(server.accepted().len(), 1, "it stays claimed");
        app.clock.advance(AFTER_THE_LEASE_S);
        work(app, &mailing);
        app.clock.advance(AFTER_ANY_WAIT_S);
        work(app, &mailing);
        let own = format!("<{id}@river.example>");
        assert_eq!(message_ids(&server), [own.clone(), own], "the same mail, known by its Message-ID");
        let [one, other] = server.accepted().try_into().unwrap();
        assert_eq!(one["headers"]["Date"], other["headers"]["Date"]);
        // Who comes back from the dead changes nothing.
        app.block_on(services.settle_mail(&claimed, Err(MailFault::Unreachable))).unwrap();
        assert_eq!(column(app, "state"), ["2"]);
    }

    fn a_mail_that_kills_every_attempt_ends(app: &TestApp) {
        write(app, "zoe", approved());
        let services = app.services();
        for _ in 0..ATTEMPTS_MAX {
            app.block_on(services.claim_mail()).unwrap().expect("it is due again when the lease ends");
            app.clock.advance(AFTER_THE_LEASE_S);
        }
        let server = MailServer::start();
        work(app, &mailing(app, &server));
        assert_eq!((server.begun(), column(app, "state")), (0, vec!["3".to_owned()]));
        assert_eq!(column(app, "last_error"), ["the last attempt was interrupted"]);
    }

    fn two_runners_send_no_mail_twice(app: &TestApp) {
        let server = MailServer::start();
        for number in 0..24 {
            write(app, &format!("m{number}"), approved());
        }
        let url = server.url("smtp://");
        let services: Arc<Services> = app.services();
        std::thread::scope(|scope| {
            for _ in 0..2 {
                let (services, url) = (Arc::clone(&services), url.clone());
                scope.spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
                    let mailing = Mailing::new(services, mailer(&url));
                    while runtime.block_on(mailing.do_one()).unwrap() {}
                });
            }
        });
        let mut ids = message_ids(&server);
        assert_eq!(ids.len(), 24);
        ids.sort();
        ids.dedup();
        assert_eq!(ids.len(), 24);
    }

    fn the_runner_wakes_for_a_mail_and_stops_in_good_order(app: &TestApp) {
        let server = MailServer::start();
        let mailing = mailing(app, &server);
        let (services, addressee) = (app.services(), addressee(app, "zoe"));
        let (started, wait) = mpsc::channel();
        app.block_on(async {
            let running = Runner::new(Arc::clone(&services)).with(mailing).with(Cleaning::new(Arc::clone(&services))).start();
            started.send(Instant::now()).unwrap();
            services.write_to(addressee, approved()).await.unwrap();
            let begun = Instant::now();
            while server.accepted().is_empty() && begun.elapsed() < PROMPT {
                tokio::task::yield_now().await;
            }
            running.stop().await;
        });
        assert_eq!(server.accepted().len(), 1);
        assert_eq!(column(app, "state"), ["2"], "what was under way is noted before the end");
        assert!(wait.recv().unwrap().elapsed() < PROMPT + Duration::from_secs(1));
    }

    fn settled_mails_are_deleted_in_time(app: &TestApp) {
        let server = MailServer::start();
        let mailing = mailing(app, &server);
        let cleaning = Cleaning::new(app.services());
        write(app, "ada", approved());
        work(app, &mailing);
        server.tell("refuse 550");
        write(app, "ben", approved());
        work(app, &mailing);
        server.tell("down");
        write(app, "zoe", approved());
        work(app, &mailing);
        work(app, &cleaning);
        assert_eq!(app.database.db_count("mails"), 3);
        app.clock.advance(31 * 86_400);
        work(app, &cleaning);
        assert_eq!(column(app, "state"), ["3", "1"]);
        app.clock.advance(60 * 86_400);
        work(app, &cleaning);
        assert_eq!(column(app, "state"), ["1"], "what waits is kept");
    }
}
