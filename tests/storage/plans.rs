//! Hot queries go by an index, whatever the table's size. The queries are those that the service sends: they are caught
//! on their way and explained.

use std::sync::{Arc, Mutex};

use counterfoil::domain::amount::Amount;
use counterfoil::domain::ids::{AccountId, CommunityId, MemberId, PaymentId, ScheduleId, SessionId, UserId};
use counterfoil::domain::key::KeyHash;
use counterfoil::domain::mail::MailState;
use counterfoil::domain::payment::PaymentState;
use counterfoil::domain::time::Timestamp;
use counterfoil::storage::notes::NotePlace;
use counterfoil::storage::payments::{Direction, PaymentFilter, Place, Search};
use counterfoil::storage::{
    Conn, Engine, accounts, communities, events, heads, history, holds, idempotency, mails, members, notes,
    payment_notices, payments, recent, refunds, requests, schedules, sessions, users,
};
use diesel::Connection;
use diesel::connection::InstrumentationEvent;
use uuid::Uuid;

use crate::by_hand::ByHand;
use crate::support::{TestDatabase, both_engines};

/// The queries that `work` sends, without their values.
fn caught(conn: &mut Conn, work: impl FnOnce(&mut Conn)) -> Vec<String> {
    let queries = Arc::new(Mutex::new(Vec::new()));
    let sink = Arc::clone(&queries);
    let listen = move |event: InstrumentationEvent<'_>| {
        if let InstrumentationEvent::StartQuery { query, .. } = event {
            let text = query.to_string();
            let (sql, _) = text.split_once("-- binds:").unwrap_or((&text, ""));
            sink.lock().unwrap().push(sql.trim().to_owned());
        }
    };
    match conn {
        Conn::Postgres(c) => c.set_instrumentation(listen),
        Conn::Sqlite(c) => c.set_instrumentation(listen),
    }
    work(conn);
    let silent = |_: InstrumentationEvent<'_>| {};
    match conn {
        Conn::Postgres(c) => c.set_instrumentation(silent),
        Conn::Sqlite(c) => c.set_instrumentation(silent),
    }
    queries.lock().unwrap().clone()
}

/// How the engine would go about a query with whatever values.
fn plan(engine: Engine, by_hand: &mut ByHand, sql: &str) -> Vec<String> {
    match engine {
        Engine::Sqlite => {
            let mut lines = Vec::new();
            let rows: Vec<Step> = match &mut by_hand.0 {
                Conn::Sqlite(c) => diesel::RunQueryDsl::load(
                    diesel::sql_query(format!("EXPLAIN QUERY PLAN {sql}")),
                    &mut **c,
                )
                .unwrap(),
                Conn::Postgres(_) => unreachable!(),
            };
            lines.extend(rows.into_iter().map(|row| row.detail));
            lines
        }
        Engine::Postgres => {
            // With an empty table every plan costs nothing; what is forbidden here is used only where nothing else is left.
            by_hand.run(
                "SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET enable_sort = off; \
                 SET enable_hashjoin = off; SET enable_mergejoin = off; SET enable_material = off; SET enable_bitmapscan = off",
            );
            let highest = (1..100).rev().find(|number| sql.contains(&format!("${number}"))).unwrap_or(0);
            let nothing = vec!["NULL"; highest].join(", ");
            by_hand.run(&format!("PREPARE probe AS {sql}"));
            let arguments = if highest == 0 { String::new() } else { format!("({nothing})") };
            let rows: Vec<PlanLine> = match &mut by_hand.0 {
                Conn::Postgres(c) => diesel::RunQueryDsl::load(
                    diesel::sql_query(format!("EXPLAIN EXECUTE probe{arguments}")),
                    &mut **c,
                )
                .unwrap(),
                Conn::Sqlite(_) => unreachable!(),
            };
            by_hand.run("DEALLOCATE probe");
            rows.into_iter().map(|row| row.line).collect()
        }
    }
}

#[derive(diesel::QueryableByName)]
struct Step {
    #[diesel(sql_type = diesel::sql_types::Text)]
    detail: String,
}

#[derive(diesel::QueryableByName)]
struct PlanLine {
    #[diesel(sql_type = diesel::sql_types::Text, column_name = "QUERY PLAN")]
    line: String,
}

/// What a hot query must not do: read a whole table or index, or put rows in order by itself.
fn faults(plan: &[String]) -> Vec<&String> {
    let is_bad = |line: &&String| {
        let line = line.trim_start_matches([' ', '-', '>']);
        line.starts_with("SCAN ")
            || line.contains("USE TEMP B-TREE")
            || line.starts_with("Seq Scan")
            || line.starts_with("Sort ")
    };
    plan.iter().filter(is_bad).collect()
}

#[track_caller]
fn goes_by_index(database: &TestDatabase, what: &str, work: impl FnOnce(&mut Conn)) {
    let mut conn = database.inspect();
    let queries = caught(&mut conn, work);
    assert!(!queries.is_empty(), "{what} sent no query");
    let mut by_hand = ByHand::on(database);
    for sql in queries {
        let plan = plan(database.engine(), &mut by_hand, &sql);
        assert!(!plan.is_empty(), "{sql}");
        assert!(faults(&plan).is_empty(), "{what}: {sql}\n{}", plan.join("\n"));
    }
}

fn community_id() -> CommunityId {
    CommunityId::from_uuid(Uuid::from_u128(1))
}

fn account_id() -> AccountId {
    AccountId::from_uuid(Uuid::from_u128(2))
}

const SEARCH: Search = Search {
    community_id: CommunityId::from_uuid(Uuid::from_u128(1)),
    account_id: AccountId::from_uuid(Uuid::from_u128(2)),
    newest: 1_000_000,
    below: Place::START,
    limit: 21,
    scan_max: 4_000,
};

both_engines! {
    fn what_listeners_are_told_goes_by_index(database: &TestDatabase) {
        let (payment_id, user_id) = (PaymentId::from_uuid(Uuid::nil()), UserId::from_uuid(Uuid::nil()));
        goes_by_index(database, "the newest events", |conn| drop(events::newest(conn, &[community_id()]).unwrap()));
        goes_by_index(database, "events", |conn| drop(events::behind(conn, community_id(), 5, 100).unwrap()));
        goes_by_index(database, "sides", |conn| drop(events::sides(conn, community_id(), &[payment_id]).unwrap()));
        goes_by_index(database, "whom it concerns", |conn| {
            drop(events::users_at(conn, community_id(), &[account_id()]).unwrap());
        });
        goes_by_index(database, "live sessions", |conn| {
            events::live_sessions(conn, &[SessionId::from_uuid(Uuid::nil())], Timestamp::from_micros(0)).unwrap();
        });
        goes_by_index(database, "places", |conn| drop(events::places_of(conn, &[user_id]).unwrap()));
        goes_by_index(database, "payments", |conn| {
            payments::find_many(conn, community_id(), &[payment_id]).unwrap();
        });
    }

    fn notes_go_by_index(database: &TestDatabase) {
        let place = NotePlace {
            community_id: community_id(),
            account_id: account_id(),
            payment_id: PaymentId::from_uuid(Uuid::nil()),
        };
        goes_by_index(database, "a note", |conn| drop(notes::find(conn, place).unwrap()));
        goes_by_index(database, "categories", |conn| {
            notes::categories(conn, community_id(), account_id(), 200).unwrap();
        });
    }

    fn pages_of_history_go_by_index(database: &TestDatabase) {
        goes_by_index(database, "a page of entries", |conn| {
            history::between(conn, community_id(), account_id(), (70, 90)).unwrap();
        });
        goes_by_index(database, "a page of payments", |conn| {
            payments::of_account(conn, &SEARCH, &PaymentFilter::default()).unwrap();
        });
        let filter = PaymentFilter {
            state: Some(PaymentState::Completed),
            from: Some(Timestamp::from_micros(0)),
            until: Some(Timestamp::from_micros(1)),
            text: Some("rye".into()),
            direction: Some(Direction::In),
            party: Some(account_id()),
            least: Some(Amount::ZERO),
            most: Some(Amount::ZERO),
            category: Some("Groceries".into()),
        };
        goes_by_index(database, "a page of filtered payments", |conn| {
            payments::of_account(conn, &SEARCH, &filter).unwrap();
        });
        goes_by_index(database, "one payment", |conn| {
            payments::find_in_any(conn, &[community_id()], PaymentId::from_uuid(Uuid::nil())).unwrap();
        });
    }

    fn what_the_fold_reads_goes_by_index(database: &TestDatabase) {
        goes_by_index(database, "used keys", |conn| {
            idempotency::find_many(conn, community_id(), &[KeyHash([1; 32]), KeyHash([2; 32])]).unwrap();
        });
        goes_by_index(database, "accounts by id", |conn| {
            accounts::find_many(conn, community_id(), &[account_id(), account_id()]).unwrap();
        });
        goes_by_index(database, "operators", |conn| {
            members::operators(conn, community_id(), &[UserId::from_uuid(Uuid::nil())]).unwrap();
        });
        goes_by_index(database, "holds", |conn| {
            holds::find_many(conn, community_id(), &[PaymentId::from_uuid(Uuid::nil())]).unwrap();
        });
        goes_by_index(database, "payments for their next step", |conn| {
            payments::find_lives(conn, community_id(), &[PaymentId::from_uuid(Uuid::nil())]).unwrap();
        });
        goes_by_index(database, "what stands between two", |conn| {
            requests::find_pairs(conn, community_id(), &[(account_id(), account_id())]).unwrap();
        });
        goes_by_index(database, "payments with what was given back", |conn| {
            refunds::find_refundable(conn, community_id(), &[PaymentId::from_uuid(Uuid::nil())]).unwrap();
        });
        goes_by_index(database, "schedules by id", |conn| {
            schedules::find_many(conn, community_id(), &[ScheduleId::from_uuid(Uuid::nil())]).unwrap();
        });
        goes_by_index(database, "what is planned from an account", |conn| {
            schedules::live_of(conn, community_id(), &[account_id()]).unwrap();
        });
        goes_by_index(database, "recent payments", |conn| {
            recent::find_many(conn, community_id(), &[account_id(), account_id()]).unwrap();
        });
        goes_by_index(database, "ended sessions", |conn| {
            holds::ended_sessions(conn, community_id(), Timestamp::from_micros(0)).unwrap();
        });
        goes_by_index(database, "a head", |conn| { heads::find(conn, community_id()).unwrap(); });
        goes_by_index(database, "a hash", |conn| {
            heads::hash_at(conn, community_id(), 1).unwrap();
        });
        goes_by_index(database, "a community", |conn| drop(communities::find(conn, community_id()).unwrap()));
    }

    fn what_every_request_reads_goes_by_index(database: &TestDatabase) {
        let user_id = UserId::from_uuid(Uuid::nil());
        goes_by_index(database, "an account by code", |conn| {
            accounts::find_by_code(conn, community_id(), "RIVER0001").unwrap();
        });
        let code = "RIVER0001".parse().unwrap();
        let session_id = SessionId::from_uuid(Uuid::nil());
        goes_by_index(database, "one's own account", |conn| {
            accounts::find_own(conn, &code, user_id, session_id, Timestamp::from_micros(0)).unwrap();
        });
        goes_by_index(database, "an account by id", |conn| {
            accounts::find_in_any(conn, &[community_id()], account_id()).unwrap();
        });
        goes_by_index(database, "accounts of members", |conn| {
            accounts::of_members(conn, community_id(), &[MemberId::from_uuid(Uuid::nil())]).unwrap();
        });
        goes_by_index(database, "a community by code", |conn| drop(communities::find_by_code(conn, "RIVER").unwrap()));
        goes_by_index(database, "a user's communities", |conn| drop(communities::ids_of_user(conn, user_id).unwrap()));
        goes_by_index(database, "a session", |conn| {
            sessions::find(conn, SessionId::from_uuid(Uuid::nil())).unwrap();
        });
        goes_by_index(database, "a refresh token", |conn| { sessions::find_refresh_token(conn, &[0; 32]).unwrap(); });
        goes_by_index(database, "a login", |conn| drop(users::find_by_email(conn, "ada@river.example").unwrap()));
    }

    fn what_is_planned_goes_by_index(database: &TestDatabase) {
        goes_by_index(database, "what is due", |conn| {
            schedules::due(conn, community_id(), Timestamp::from_micros(0), 100).unwrap();
        });
        let id = ScheduleId::from_uuid(Uuid::nil());
        goes_by_index(database, "a page of schedules", |conn| {
            schedules::of_account(conn, community_id(), account_id(), None, Some(id), 21).unwrap();
        });
        goes_by_index(database, "a page of a schedule's payments", |conn| {
            payments::of_schedule(conn, community_id(), id, i64::MAX, 21).unwrap();
        });
    }

    fn the_outbox_goes_by_index(database: &TestDatabase) {
        let now = Timestamp::from_micros(0);
        goes_by_index(database, "the next notice of a payment", |conn| {
            payment_notices::take_due(conn, community_id(), now).unwrap();
        });
        goes_by_index(database, "the next mail", |conn| { mails::claim(conn, now, now).unwrap(); });
        goes_by_index(database, "a page of mails", |conn| {
            mails::of_community(conn, community_id(), Some(MailState::Failed), None, 21).unwrap();
        });
    }

    fn the_explainer_sees_what_is_bad(database: &TestDatabase) {
        let mut by_hand = ByHand::on(database);
        for bad in ["SELECT amount FROM payments WHERE amount = 1", "SELECT seq FROM records ORDER BY created_at"] {
            let plan = plan(database.engine(), &mut by_hand, bad);
            assert!(!faults(&plan).is_empty(), "{bad}: {plan:?}");
        }
    }
}

/// How many accounts there are later, and how many are asked for.
const ACCOUNTS: u128 = 5_000;
const ASKED: usize = 100;

#[test]
fn many_accounts_are_found_by_a_plan_from_before_there_were_many() {
    let database = TestDatabase::new(Engine::Postgres);
    let mut writer = ByHand(database.open().connect_writer().unwrap());
    let ids: Vec<_> = (1..=ACCOUNTS).map(|number| AccountId::from_uuid(Uuid::from_u128(number))).collect();
    // From here on the writer has its plan.
    assert!(accounts::find_many(&mut writer.0, community_id(), &ids[..1]).unwrap().is_empty());
    let mut by_hand = ByHand::on(&database);
    by_hand.run(&format!(
        "SET session_replication_role = replica; \
         INSERT INTO accounts (community_id, id, code, name, kind, status, credit_limit, reserved, changes, created_at) \
         SELECT '{}', lpad(to_hex(n), 32, '0')::uuid, 'RIVER' || lpad(n::text, 6, '0'), 'Ada', 1, 1, 0, 0, 1, 0 \
         FROM generate_series(1, {ACCOUNTS}) AS n",
        community_id()
    ));
    writer.run("BEGIN");
    assert_eq!(accounts::find_many(&mut writer.0, community_id(), &ids[..ASKED]).unwrap().len(), ASKED);
    let read = writer.number(
        "SELECT CAST(coalesce(idx_tup_fetch, 0) + coalesce(seq_tup_read, 0) AS BIGINT) AS value \
         FROM pg_stat_xact_user_tables WHERE relname = 'accounts'",
    );
    writer.run("ROLLBACK");
    assert!(read <= 2 * i64::try_from(ASKED).unwrap(), "{read} rows were read for {ASKED} accounts");
}
