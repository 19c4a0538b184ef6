//! What goes in comes out: ids, times and numbers at the ends of their ranges, texts of every kind.

use counterfoil::domain::amount::{Amount, Scale};
use counterfoil::domain::approval::ApprovalRules;
use counterfoil::domain::community::Community;
use counterfoil::domain::fees::{Fee, FeeRules};
use counterfoil::domain::ids::{AccountId, CommunityId, SessionId, UserId};
use counterfoil::domain::records::Head;
use counterfoil::domain::scopes::Scopes;
use counterfoil::domain::time::Timestamp;
use counterfoil::storage::sessions::Session;
use counterfoil::storage::users::User;
use counterfoil::storage::{StorageError, communities, heads, secrets, sessions, users};
use serde_json::json;
use uuid::Uuid;

use crate::support::{both_engines, fresh_key};

/// Texts that quoting, encoding or patterns could trip over.
const TEXTS: [&str; 12] = [
    "plain",
    "it's \"quoted\" \\ and \\u0041 \\x41",
    "'; DROP TABLE entries; --",
    "100 % of a_b",
    "null",
    "[1, {\"a\": null}]",
    "two\nlines",
    "Ünïcödé ß ﬀ İ ı",
    "שלום عليكم 你好",
    "👩‍👩‍👧‍👦 \u{10FFFF} \u{FFFD}",
    "line\u{2028}separator\u{FEFF}",
    " spaces around ",
];

fn ids() -> [Uuid; 4] {
    [Uuid::nil(), Uuid::max(), Uuid::from_u128(1), Uuid::from_u128(0x0102_0304_0506_0708_090a_0b0c_0d0e_0f10)]
}

both_engines! {
    fn numbers_ids_and_times_keep_their_ends(database: &TestDatabase) {
        let mut conn = database.open().connect_writer().unwrap();
        let times = [i64::MIN, -1, 0, i64::MAX].map(Timestamp::from_micros);
        let numbers = [0, 1, i64::MAX - 1, i64::MAX];
        for (place, id) in ids().into_iter().enumerate() {
            let community = Community {
                id: CommunityId::from_uuid(id),
                code: ["AA", "BB", "CC", "DD"][place].parse().unwrap(),
                name: TEXTS[place].to_owned(),
                unit: TEXTS[place + 4].to_owned(),
                symbol: TEXTS[place + 8].to_owned(),
                scale: Scale::try_from(i16::try_from(place).unwrap()).unwrap(),
                time_zone: ["UTC", "Europe/Berlin", "Pacific/Apia", "America/Argentina/ComodRivadavia"][place].parse().unwrap(),
                default_credit_limit: Amount::from_minor(numbers[place]),
                step_up_above: (place > 0).then_some(Amount::from_minor(numbers[place])),
                approval_rules: ApprovalRules {
                    limits_above: (place > 1).then_some(Amount::from_minor(numbers[place])),
                    reversals_above: (place != 2).then_some(Amount::from_minor(numbers[place])),
                },
                test_of: (place == 2).then(|| CommunityId::from_uuid(ids()[0])),
                settings_version: numbers[place].max(1),
                limit_policy_version: 0,
                fees: FeeRules {
                    version: numbers[place],
                    fund_id: (place > 0).then_some(AccountId::from_uuid(id)),
                    payer: Fee { fixed: Amount::from_minor(numbers[place]), basis_points: numbers[3 - place] },
                    payee: Fee { fixed: Amount::from_minor(numbers[(place + 1) % 4]), basis_points: numbers[place] },
                },
            };
            communities::insert(&mut conn, &community, times[place]).unwrap();
            assert_eq!(communities::find(&mut conn, community.id).unwrap(), Some(community.clone()));
            assert_eq!(communities::find_by_code(&mut conn, community.code.as_str()).unwrap(), Some(community.clone()));

            let head = Head {
                seq: numbers[place],
                event_seq: numbers[place],
                version: numbers[place],
                hash: [u8::try_from(place).unwrap() * 85; 32],
                ..Head::new(community.id, times[place])
            };
            heads::insert(&mut conn, &head).unwrap();
            assert_eq!(heads::find(&mut conn, community.id).unwrap(), Some(head.clone()));
            assert!(matches!(heads::insert(&mut conn, &head), Err(StorageError::Taken { .. })));

            let user_id = UserId::from_uuid(id);
            let user = User { id: user_id, email: format!("{place}@x"), name: TEXTS[place].into(), password_hash: String::new() };
            users::insert(&mut conn, &user, times[place]).unwrap();
            assert_eq!(users::find(&mut conn, user_id).unwrap().unwrap().name, user.name);
            let session = Session { id: SessionId::from_uuid(id), user_id, expires_at: times[place], ended_at: None, authenticated_at: times[place], client_id: None, scopes: Scopes::all() };
            sessions::insert(&mut conn, &session, TEXTS[place], times[place]).unwrap();
            sessions::end(&mut conn, session.id, times[3 - place]).unwrap();
            let found = sessions::find(&mut conn, session.id).unwrap().unwrap();
            assert_eq!((found.expires_at, found.ended_at), (times[place], Some(times[3 - place])));
        }
        assert_eq!(communities::all(&mut conn).unwrap().len(), 4);
        assert_eq!(heads::all(&mut conn).unwrap().len(), 4);
        assert_eq!(communities::find(&mut conn, CommunityId::from_uuid(Uuid::from_u128(2))).unwrap(), None);
    }

    fn secrets_are_made_once(database: &TestDatabase) {
        let mut conn = database.open().connect_writer().unwrap();
        let now = Timestamp::from_micros(7);
        let every_byte: Vec<u8> = (0..=255).collect();
        assert_eq!(secrets::find_or_insert(&mut conn, "cursors", &every_byte, now).unwrap(), every_byte);
        assert_eq!(secrets::find_or_insert(&mut conn, "cursors", &[1], now).unwrap(), every_byte, "the first one stays");
        assert_eq!(secrets::find_or_insert(&mut conn, "others", &[], now).unwrap(), Vec::<u8>::new());
    }

    fn sessions_live_a_whole_life(database: &TestDatabase) {
        let mut conn = database.open().connect_writer().unwrap();
        let at = |seconds: i64| Timestamp::from_micros(seconds * 1_000_000);
        let user = User {
            id: UserId::from_uuid(Uuid::from_u128(1)),
            email: "ada@river.example".into(),
            name: "Ada".into(),
            password_hash: "hash".into(),
        };
        assert!(users::find_by_email(&mut conn, &user.email).unwrap().is_none());
        users::insert(&mut conn, &user, at(0)).unwrap();
        let twin = User { id: UserId::from_uuid(Uuid::from_u128(2)), ..user.clone() };
        assert!(matches!(users::insert(&mut conn, &twin, at(0)), Err(StorageError::Taken { .. })), "the address is taken");
        let session =
            Session { id: SessionId::from_uuid(Uuid::from_u128(3)), user_id: user.id, expires_at: at(100), ended_at: None, authenticated_at: at(0), client_id: None, scopes: Scopes::all() };
        assert!(sessions::find(&mut conn, session.id).unwrap().is_none());
        sessions::insert(&mut conn, &session, "", at(0)).unwrap();
        sessions::insert_refresh_token(&mut conn, &[7; 32], session.id, at(0), at(50)).unwrap();
        assert!(sessions::retire_refresh_token(&mut conn, &[7; 32], at(1), &[9; 16]).unwrap());
        assert!(!sessions::retire_refresh_token(&mut conn, &[7; 32], at(2), &[8; 16]).unwrap(), "only once");
        assert!(!sessions::retire_refresh_token(&mut conn, &[6; 32], at(2), &[8; 16]).unwrap(), "only what is there");
        let token = sessions::find_refresh_token(&mut conn, &[7; 32]).unwrap().unwrap();
        assert_eq!((token.retired_at, token.successor_salt), (Some(at(1)), Some([9; 16])));
        sessions::end(&mut conn, session.id, at(3)).unwrap();
        sessions::end(&mut conn, session.id, at(4)).unwrap();
        assert_eq!(sessions::find(&mut conn, session.id).unwrap().unwrap().ended_at, Some(at(3)), "the first end stays");
    }

    fn texts_come_back_as_they_went(app: &TestApp) {
        let (ada, bob) = (app.member("ada"), app.member("bob"));
        for text in TEXTS {
            let body = json!({"allow_duplicate": true, "payer": ada.code, "payee": bob.code, "amount": "0.01", "description": text});
            let key = fresh_key();
            let first = ada.post_payment(&key, &body).expect(201);
            let id = first.body["id"].as_str().unwrap().to_owned();
            assert_eq!(first.body["description"], text);
            assert_eq!(ada.get(&format!("/api/v1/payments/{id}")).expect(200).body["description"], text);
            let entries = bob.get(&format!("/api/v1/accounts/{}/entries?limit=1", bob.code)).expect(200);
            assert_eq!(entries.data()[0]["description"], text);
        }
        // The kept answers, read from the database by a service that remembers nothing.
        let mut kept = Vec::new();
        for (number, text) in TEXTS.into_iter().enumerate() {
            let body = json!({"allow_duplicate": true, "payer": ada.code, "payee": bob.code, "amount": "0.01", "description": text});
            kept.push((format!("text-{number}"), body.clone(), ada.post_payment(&format!("text-{number}"), &body).bytes));
        }
        crate::program::restart(app);
        for (key, body, bytes) in kept {
            let replay = ada.post_payment(&key, &body).expect(201);
            assert_eq!(replay.header("idempotency-replayed"), Some("true"));
            assert_eq!(replay.bytes, bytes);
        }
    }
}
