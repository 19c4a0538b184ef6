//! Passkeys that are not what they should be: tables of bad inputs for each endpoint, after every one of which nothing
//! has changed, and the right one still works.

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::passkeys::{add, add_this, send, send_new, sign_in, start, start_sign_in, start_step_up};
use crate::passwords::bad_bodies;
use crate::support::{
    AT, BE, BS, Draft, ED, Reply, SoftPasskey, TestApp, UP, UV, base64url, both_engines, cbor_bytes,
    cbor_text, from_base64url,
};

const CLIENT: &str = "/response/clientDataJSON";
const OBJECT: &str = "/response/attestationObject";
const DATA: &str = "/response/authenticatorData";
const SIGNATURE: &str = "/response/signature";
const HANDLE: &str = "/response/userHandle";

/// How a credential is spoilt.
enum Spoil {
    /// Before it is put together.
    Draft(fn(&mut Draft)),
    /// Afterwards.
    Json(fn(&mut Value)),
}
use Spoil::{Draft as Made, Json as Sent};

/// What is done, where that is wrong, and which flaw it is.
type Row = (&'static str, Spoil, &'static str, &'static str);

/// Rows as a table: one line for each.
macro_rules! rows {
    ($($name:literal, $kind:ident($change:expr), $place:expr, $code:literal;)*) => {
        vec![$(($name, $kind($change), $place, $code)),*]
    };
}

/// What the browser says that is wrong, in any ceremony.
fn client_rows() -> Vec<Row> {
    rows! {
        "a type of nothing", Made(|d| d.client_member("type", json!("webauthn"))), CLIENT, "wrong_ceremony";
        "a type in capitals", Made(|d| d.client_member("type", json!("WEBAUTHN.GET"))), CLIENT, "wrong_ceremony";
        "an old type", Made(|d| d.client_member("type", json!("navigator.id.getAssertion"))), CLIENT, "wrong_ceremony";
        "an empty type", Made(|d| d.client_member("type", json!(""))), CLIENT, "wrong_ceremony";
        "a type that is a number", Made(|d| d.client_member("type", json!(1))), CLIENT, "malformed";
        "no type", Made(|d| d.client = d.client.replace("\"type\"", "\"kind\"")), CLIENT, "malformed";
        "no challenge", Made(|d| d.client = d.client.replace("\"challenge\"", "\"challenged\"")), CLIENT, "malformed";
        "a challenge that is null", Made(|d| d.client_member("challenge", json!(null))), CLIENT, "malformed";
        "an empty challenge", Made(|d| d.client_member("challenge", json!(""))), CLIENT, "bad_challenge";
        "somebody's own challenge", Made(|d| d.client_member("challenge", json!(base64url(&[7; 32])))), CLIENT, "bad_challenge";
        "a short challenge", Made(|d| d.client_member("challenge", json!(base64url(&[7; 16])))), CLIENT, "bad_challenge";
        "a long challenge", Made(|d| d.client_member("challenge", json!(base64url(&[7; 64])))), CLIENT, "bad_challenge";
        "a padded challenge", Made(|d| respell(d, |text| format!("{text}="))), CLIENT, "bad_challenge";
        "a challenge with stray bits", Made(|d| respell(d, stray_bits)), CLIENT, "bad_challenge";
        "a challenge with a line break", Made(|d| respell(d, |text| format!("{text}\n"))), CLIENT, "bad_challenge";
        "a challenge in the other alphabet", Made(|d| d.client_member("challenge", json!("+/".repeat(21) + "A"))), CLIENT, "bad_challenge";
        "no origin", Made(|d| d.client = d.client.replace("\"origin\"", "\"origins\"")), CLIENT, "malformed";
        "an empty origin", Made(|d| d.client_member("origin", json!(""))), CLIENT, "wrong_origin";
        "an origin over http", Made(|d| d.client_member("origin", json!("http://river.example"))), CLIENT, "wrong_origin";
        "an origin of another port", Made(|d| d.client_member("origin", json!("https://river.example:8443"))), CLIENT, "wrong_origin";
        "an origin with its usual port", Made(|d| d.client_member("origin", json!("https://river.example:443"))), CLIENT, "wrong_origin";
        "an origin with a slash", Made(|d| d.client_member("origin", json!("https://river.example/"))), CLIENT, "wrong_origin";
        "an origin below", Made(|d| d.client_member("origin", json!("https://wallet.river.example"))), CLIENT, "wrong_origin";
        "an origin above", Made(|d| d.client_member("origin", json!("https://example"))), CLIENT, "wrong_origin";
        "an origin that begins the same", Made(|d| d.client_member("origin", json!("https://river.example.evil.example"))), CLIENT, "wrong_origin";
        "an origin that ends the same", Made(|d| d.client_member("origin", json!("https://evilriver.example"))), CLIENT, "wrong_origin";
        "an origin in capitals", Made(|d| d.client_member("origin", json!("https://RIVER.example"))), CLIENT, "wrong_origin";
        "an origin of an app", Made(|d| d.client_member("origin", json!("android:apk-key-hash:AAAA"))), CLIENT, "wrong_origin";
        "an origin with a zero", Made(|d| d.client_member("origin", json!("https://river.example\u{0}"))), CLIENT, "wrong_origin";
        "an opaque origin", Made(|d| d.client_member("origin", json!("null"))), CLIENT, "wrong_origin";
        "a list of origins", Made(|d| d.client_member("origin", json!(["https://river.example"]))), CLIENT, "malformed";
        "a foreign frame", Made(|d| d.client_member("crossOrigin", json!(true))), CLIENT, "cross_origin";
        "a frame in words", Made(|d| d.client_member("crossOrigin", json!("false"))), CLIENT, "malformed";
        "a top page", Made(|d| d.client_member("topOrigin", json!("https://river.example"))), CLIENT, "cross_origin";
        "two challenges", Made(|d| d.client = d.client.replacen('{', r#"{"challenge":"AAAA","#, 1)), CLIENT, "malformed";
        "two origins", Made(|d| d.client = d.client.replacen('{', r#"{"origin":"https://evil.example","#, 1)), CLIENT, "malformed";
        "a list of values", Made(|d| d.client = r#"["webauthn.get","AAAA","https://river.example"]"#.into()), CLIENT, "malformed";
        "a text", Made(|d| d.client = "\"{}\"".into()), CLIENT, "malformed";
        "nothing said", Made(|d| d.client = String::new()), CLIENT, "malformed";
        "a cut object", Made(|d| d.client.truncate(d.client.len() - 1)), CLIENT, "malformed";
        "something after the object", Made(|d| d.client.push_str("{}")), CLIENT, "malformed";
        "a mark of byte order", Made(|d| d.client.insert(0, '\u{feff}')), CLIENT, "malformed";
        "very much said", Made(|d| d.client_member("x", json!("x".repeat(5_000)))), CLIENT, "malformed";
        "deep nesting", Made(|d| d.client = format!("{{\"x\":{}", "[".repeat(2_000))), CLIENT, "malformed";
        "no UTF-8", Sent(|c| c["response"]["clientDataJSON"] = json!(base64url(b"{\"type\":\"\xff\"}"))), CLIENT, "malformed";
        "no base64", Sent(|c| c["response"]["clientDataJSON"] = json!("{}")), CLIENT, "malformed";
        "padding", Sent(|c| c["response"]["clientDataJSON"] = json!("e30=")), CLIENT, "malformed";
    }
}

/// What the authenticator says that is wrong, in any ceremony.
fn data_rows(place: &'static str) -> Vec<Row> {
    rows! {
        "another relying party", Made(|d| d.party_hash = Sha256::digest("evil.example").to_vec()), place, "wrong_relying_party";
        "a relying party above", Made(|d| d.party_hash = Sha256::digest("example").to_vec()), place, "wrong_relying_party";
        "an origin for a relying party", Made(|d| d.party_hash = Sha256::digest("https://river.example").to_vec()), place, "wrong_relying_party";
        "nobody there", Made(|d| d.flags &= !UP), place, "user_not_present";
        "nobody verified", Made(|d| d.flags &= !UV), place, "user_not_verified";
        "neither", Made(|d| d.flags &= !(UP | UV)), place, "user_not_present";
        "backed up and may not be", Made(|d| d.flags |= BS), place, "wrong_backup_state";
        "something after the end", Made(|d| d.tail = vec![0]), place, "malformed";
        "outputs without their flag", Made(|d| d.tail = vec![0xa0]), place, "malformed";
        "the flag without outputs", Made(|d| d.flags |= ED), place, "malformed";
        "outputs that are a list", Made(|d| extend(d, &[0x80])), place, "malformed";
        "outputs that are a number", Made(|d| extend(d, &[0x01])), place, "malformed";
        "outputs that are cut", Made(|d| extend(d, &[0xa1, 0x61, 0x78])), place, "malformed";
        "outputs of a promised size", Made(|d| extend(d, &[0xbb, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff])), place, "malformed";
        "outputs twice", Made(|d| extend(d, &[0xa0, 0xa0])), place, "malformed";
        "outputs without an end", Made(|d| extend(d, &[0xbf])), place, "malformed";
        "outputs nested deeply", Made(|d| extend(d, &[&[0xa1, 0x61, 0x78], [0x81; 500].as_slice()].concat())), place, "malformed";
    }
}

/// What is wrong around it, in any ceremony.
fn envelope_rows() -> Vec<Row> {
    rows! {
        "another type", Sent(|c| c["type"] = json!("password")), "/type", "wrong_type";
        "a type in capitals outside", Sent(|c| c["type"] = json!("Public-Key")), "/type", "wrong_type";
        "two ids", Sent(|c| c["rawId"] = json!("AAAA")), "/rawId", "malformed";
        "an empty id", Sent(|c| both_ids(c, "")), "/id", "malformed";
        "a padded id", Sent(|c| both_ids(c, "AA==")), "/id", "malformed";
        "an id with stray bits", Sent(|c| both_ids(c, "AB")), "/id", "malformed";
        "an id in the other alphabet", Sent(|c| both_ids(c, "+/+/")), "/id", "malformed";
        "a huge id", Sent(|c| both_ids(c, &"A".repeat(1_366))), "/id", "malformed";
        "a very huge id", Sent(|c| both_ids(c, &"A".repeat(20_000))), "/id", "malformed";
    }
}

/// What is wrong with a new passkey only.
fn new_rows() -> Vec<Row> {
    rows! {
        "a use for a new one", Made(|d| d.client_member("type", json!("webauthn.get"))), CLIENT, "wrong_ceremony";
        "half a hash", Made(|d| d.party_hash.truncate(16)), OBJECT, "wrong_relying_party";
        "no hash", Made(|d| d.party_hash.clear()), OBJECT, "wrong_relying_party";
        "no data of a credential", Made(|d| d.flags &= !AT), OBJECT, "malformed";
        "another id outside", Sent(|c| both_ids(c, "AAAA")), "/id", "malformed";
        "another id inside", Made(|d| d.id[0] ^= 1), "/id", "malformed";
        "an id of no length", Made(|d| (d.id, d.id_length) = (Vec::new(), 0)), OBJECT, "malformed";
        "an id that is too long", Made(|d| (d.id, d.id_length) = (vec![7; 1_024], 1_024)), OBJECT, "malformed";
        "an id longer than all", Made(|d| d.id_length = 60_000), OBJECT, "malformed";
        "an id that eats the key", Made(|d| d.id_length += 10), OBJECT, "wrong_algorithm";
        "an id that is cut", Made(|d| d.id_length -= 1), OBJECT, "wrong_algorithm";
        "no key", Made(|d| d.key.clear()), OBJECT, "malformed";
        "a cut key", Made(|d| d.key.truncate(76)), OBJECT, "malformed";
        "a longer key", Made(|d| d.key.push(0)), OBJECT, "malformed";
        "ES384", Made(|d| drop(d.key.splice(4..5, [0x38, 0x22]))), OBJECT, "wrong_algorithm";
        "EdDSA", Made(|d| d.key[4] = 0x27), OBJECT, "wrong_algorithm";
        "a key for encryption", Made(|d| d.key[2] = 0x01), OBJECT, "wrong_algorithm";
        "another curve", Made(|d| d.key[6] = 0x02), OBJECT, "wrong_algorithm";
        "RSA", Made(|d| { d.key = [&[0xa4, 1, 3, 3, 0x39, 1, 0, 0x20], cbor_bytes(&[7; 256]).as_slice(), &[0x21, 0x43, 1, 0, 1]].concat() }), OBJECT, "wrong_algorithm";
        "a symmetric key", Made(|d| d.key = [&[0xa3, 1, 4, 3, 0x26, 0x20], cbor_bytes(&[7; 32]).as_slice()].concat()), OBJECT, "wrong_algorithm";
        "a compressed point", Made(|d| d.key.truncate(45)), OBJECT, "malformed";
        "no point of the curve", Made(|d| d.key[40] ^= 1), OBJECT, "wrong_algorithm";
        "the point zero", Made(|d| { d.key[10..42].fill(0); d.key[45..].fill(0); }), OBJECT, "wrong_algorithm";
        "coordinates beyond the field", Made(|d| d.key[10..42].fill(0xff)), OBJECT, "wrong_algorithm";
        "a key's members in another order", Made(|d| { let key = d.key.clone(); d.key = [&[0xa5], &key[3..5], &key[1..3], &key[5..]].concat(); }), OBJECT, "wrong_algorithm";
        "a key with a member more", Made(|d| { d.key[0] = 0xa6; d.key.extend([0x04, 0x80]); }), OBJECT, "wrong_algorithm";
        "a key without an end", Made(|d| { d.key[0] = 0xbf; d.key.push(0xff); }), OBJECT, "wrong_algorithm";
        "a statement that is a list", Made(|d| d.statement = vec![0x80]), OBJECT, "malformed";
        "a statement that is cut", Made(|d| d.statement = vec![0xa1]), OBJECT, "malformed";
        "a statement that is nothing", Made(|d| d.statement = vec![0xf6]), OBJECT, "malformed";
        "something after the object", Made(|d| d.object_tail = vec![0]), OBJECT, "malformed";
        "two objects", Made(|d| d.object_tail = vec![0xa0]), OBJECT, "malformed";
        "an empty object", Sent(|c| object(c, |_| Vec::new())), OBJECT, "malformed";
        "an object of nothing", Sent(|c| object(c, |_| vec![0xa0])), OBJECT, "malformed";
        "an object that is a list", Sent(|c| object(c, |_| vec![0x83, 0x01, 0x02, 0x03])), OBJECT, "malformed";
        "an object without an end", Sent(|c| object(c, |o| [&[0xbf], &o[1..], &[0xff]].concat())), OBJECT, "malformed";
        "an object of four", Sent(|c| object(c, |o| [&[0xa4], &o[1..], cbor_text("x").as_slice(), &[0]].concat())), OBJECT, "malformed";
        "an object of two", Sent(|c| object(c, |o| [&[0xa2], &o[1..]].concat())), OBJECT, "malformed";
        "formats twice", Sent(|c| object(c, |o| [&[0xa3], &o[1..10], &o[1..]].concat())), OBJECT, "malformed";
        "an object that is cut in half", Sent(|c| object(c, |o| o[..o.len() / 2].to_vec())), OBJECT, "malformed";
        "an object without its last byte", Sent(|c| object(c, |o| o[..o.len() - 1].to_vec())), OBJECT, "malformed";
        "an object in a tag", Sent(|c| object(c, |o| [&[0xd9, 0xd9, 0xf7], o].concat())), OBJECT, "malformed";
        "an object in a text", Sent(|c| object(c, cbor_bytes)), OBJECT, "malformed";
        "a huge object", Sent(|c| object(c, |o| [o, &[0; 20_000]].concat())), OBJECT, "malformed";
        "data in a text", Sent(|c| { object(c, |o| { let mut o = o.to_vec(); let place = o.len() - 3 - 164; if o[place] == 0x59 { o[place] = 0x79; } o }) }), OBJECT, "malformed";
        "an object in padded base64", Sent(|c| { let text = c["response"]["attestationObject"].as_str().unwrap().to_owned(); c["response"]["attestationObject"] = json!(text + "="); }), OBJECT, "malformed";
    }
}

/// What is wrong with the use of a passkey only.
fn use_rows() -> Vec<Row> {
    rows! {
        "a new one for a use", Made(|d| d.client_member("type", json!("webauthn.create"))), CLIENT, "wrong_ceremony";
        "a payment's confirmation", Made(|d| d.client_member("type", json!("payment.get"))), CLIENT, "wrong_ceremony";
        "half a hash", Made(|d| d.party_hash.truncate(16)), DATA, "malformed";
        "data of a credential", Made(|d| d.flags |= AT), DATA, "malformed";
        "a backup that it never had", Made(|d| d.flags |= BE), DATA, "wrong_backup_state";
        "nothing from the authenticator", Sent(|c| c["response"]["authenticatorData"] = json!("")), DATA, "malformed";
        "data that are cut", Sent(|c| cut(c, "authenticatorData")), DATA, "malformed";
        "huge data", Sent(|c| c["response"]["authenticatorData"] = json!("A".repeat(4_000))), DATA, "malformed";
        "data in padded base64", Sent(|c| pad(c, "authenticatorData")), DATA, "malformed";
        "no signature", Sent(|c| c["response"]["signature"] = json!("")), SIGNATURE, "wrong_signature";
        "a signature that is cut", Sent(|c| cut(c, "signature")), SIGNATURE, "wrong_signature";
        "a signature of zeros", Sent(|c| c["response"]["signature"] = json!(base64url(&[0x30, 6, 2, 1, 0, 2, 1, 0]))), SIGNATURE, "wrong_signature";
        "a signature with a bit turned", Sent(|c| turn(c, "signature", 20)), SIGNATURE, "wrong_signature";
        "a signature with something after it", Sent(|c| c["response"]["signature"] = json!(base64url(&[0x30, 6, 2, 1, 1, 2, 1, 1, 0]))), SIGNATURE, "wrong_signature";
        "a signature without DER", Sent(|c| c["response"]["signature"] = json!(base64url(&[7; 64]))), SIGNATURE, "wrong_signature";
        "a huge signature", Sent(|c| c["response"]["signature"] = json!("A".repeat(400))), SIGNATURE, "malformed";
        "a signature in padded base64", Sent(|c| c["response"]["signature"] = json!("MAYCAQECAQE=")), SIGNATURE, "malformed";
        "a signature over something else", Made(|d| d.signed = Some(b"something else".to_vec())), SIGNATURE, "wrong_signature";
        "a signature over the data alone", Made(|d| d.signed = Some(d.data())), SIGNATURE, "wrong_signature";
        "a signature over what is said itself", Made(|d| d.signed = Some([d.data().as_slice(), d.client.as_bytes()].concat())), SIGNATURE, "wrong_signature";
        "a count that was altered afterwards", Sent(|c| turn(c, "authenticatorData", 36)), SIGNATURE, "wrong_signature";
        "another spelling of what was said", Sent(respell_client), SIGNATURE, "wrong_signature";
        "nobody's passkey", Sent(|c| both_ids(c, "AAAA")), "/id", "wrong_owner";
        "nobody's passkey with a long id", Sent(|c| both_ids(c, &base64url(&[7; 1_023]))), "/id", "wrong_owner";
        "somebody else's handle", Sent(|c| c["response"]["userHandle"] = json!(base64url(&[7; 16]))), HANDLE, "wrong_owner";
        "an empty handle", Sent(|c| c["response"]["userHandle"] = json!("")), HANDLE, "wrong_owner";
        "a short handle", Sent(|c| c["response"]["userHandle"] = json!("AAAA")), HANDLE, "wrong_owner";
        "a huge handle", Sent(|c| c["response"]["userHandle"] = json!("A".repeat(100))), HANDLE, "malformed";
        "a padded handle", Sent(|c| pad(c, "userHandle")), HANDLE, "malformed";
    }
}

fn both_ids(credential: &mut Value, id: &str) {
    credential["id"] = json!(id);
    credential["rawId"] = json!(id);
}

fn extend(draft: &mut Draft, outputs: &[u8]) {
    draft.flags |= ED;
    draft.tail = outputs.to_vec();
}

fn respell(draft: &mut Draft, spell: impl Fn(&str) -> String) {
    let client: Value = serde_json::from_str(&draft.client).unwrap();
    let text = spell(client["challenge"].as_str().unwrap());
    draft.client_member("challenge", json!(text));
}

/// The same bytes to a lenient reader: the last letter's two lowest bits stand for nothing.
fn stray_bits(text: &str) -> String {
    const LETTERS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let place = LETTERS.find(text.chars().last().unwrap()).unwrap() + 1;
    format!("{}{}", &text[..text.len() - 1], &LETTERS[place..=place])
}

fn object(credential: &mut Value, change: impl Fn(&[u8]) -> Vec<u8>) {
    let whole = from_base64url(credential["response"]["attestationObject"].as_str().unwrap());
    credential["response"]["attestationObject"] = json!(base64url(&change(&whole)));
}

fn change(credential: &mut Value, name: &str, change: impl Fn(&mut Vec<u8>)) {
    let mut bytes = from_base64url(credential["response"][name].as_str().unwrap());
    change(&mut bytes);
    credential["response"][name] = json!(base64url(&bytes));
}

fn cut(credential: &mut Value, name: &str) {
    change(credential, name, |bytes| bytes.truncate(bytes.len() - 1));
}

fn turn(credential: &mut Value, name: &str, place: usize) {
    change(credential, name, |bytes| bytes[place] ^= 1);
}

fn pad(credential: &mut Value, name: &str) {
    let text = credential["response"][name].as_str().unwrap().to_owned();
    credential["response"][name] = json!(text + "==");
}

fn respell_client(credential: &mut Value) {
    change(credential, "clientDataJSON", |bytes| bytes.insert(1, b' '));
}

/// What this passkey gives for these options, spoilt.
fn spoilt_use(passkey: &SoftPasskey, options: &Value, spoil: &Spoil) -> Value {
    match spoil {
        Spoil::Draft(change) => passkey.get_with(options, change),
        Spoil::Json(change) => {
            let mut credential = passkey.get(options);
            change(&mut credential);
            credential
        }
    }
}

/// What must not change: what there is of passkeys, sessions and lines in the log.
fn state(app: &TestApp) -> Vec<i64> {
    let count = |table| app.database.db_count(table);
    let uses =
        app.database.db_numbers("SELECT count(*) AS value FROM passkeys WHERE last_used_at IS NOT NULL");
    [vec![count("passkeys"), count("sessions"), count("user_audits"), count("mails")], uses].concat()
}

#[track_caller]
fn assert_fault(name: &str, reply: Reply, pointer: &str, code: &str) {
    let told = (reply.status, reply.pointers(), reply.body["errors"][0]["code"].clone());
    assert_eq!(told, (400, vec![pointer.to_owned()], json!(code)), "{name}: {}", reply.body);
    reply.expect_problem(400, "validation_failed");
}

both_engines! {
    fn nothing_spoilt_becomes_a_passkey(app: &TestApp) {
        let ada = app.member("ada");
        ada.tokens();
        let rows: Vec<Row> = [client_rows(), data_rows(OBJECT), envelope_rows(), new_rows()].into_iter().flatten().collect();
        assert!(rows.len() >= 60, "{}", rows.len());
        let before = state(app);
        for (name, spoil, place, code) in &rows {
            let (options, passkey) = (start(&ada), SoftPasskey::new(ada.user_id.uuid()));
            let credential = match spoil {
                Spoil::Draft(change) => passkey.create_with(&options, change),
                Spoil::Json(change) => {
                    let mut credential = passkey.create(&options);
                    change(&mut credential);
                    credential
                }
            };
            assert_fault(name, send_new(&ada, &credential), &format!("/credential{place}"), code);
            assert_eq!(state(app), before, "{name}");
        }
        let passkey = SoftPasskey::new(ada.user_id.uuid());
        add_this(&ada, &passkey);
        sign_in(app, &passkey).expect(201);
    }

    fn nothing_spoilt_signs_in(app: &TestApp) {
        let ada = app.member("ada");
        let (passkey, _) = add(&ada);
        let rows: Vec<Row> = [client_rows(), data_rows(DATA), envelope_rows(), use_rows()].into_iter().flatten().collect();
        assert!(rows.len() >= 60, "{}", rows.len());
        let before = state(app);
        for (number, (name, spoil, place, code)) in rows.iter().enumerate() {
            // An address may try twenty times a minute.
            if number % 19 == 0 {
                app.clock.advance(61);
            }
            let reply = send(app, &spoilt_use(&passkey, &start_sign_in(app), spoil));
            if ["malformed", "wrong_type"].contains(code) {
                assert_fault(name, reply, &format!("/credential{place}"), code);
            } else {
                assert_eq!(reply.status, 401, "{name}: {}", reply.body);
                reply.expect_problem(401, "unauthenticated");
            }
            assert_eq!(state(app), before, "{name}");
        }
        let mut silent = passkey.get(&start_sign_in(app));
        silent["response"].as_object_mut().unwrap().remove("userHandle");
        send(app, &silent).expect_problem(401, "unauthenticated");
        sign_in(app, &passkey).expect(201);
    }

    fn nothing_spoilt_steps_up(app: &TestApp) {
        let ada = app.member("ada");
        let (passkey, _) = add(&ada);
        let rows: Vec<Row> = [client_rows(), data_rows(DATA), envelope_rows(), use_rows()].into_iter().flatten().collect();
        let mut session = ada.again();
        let mut before = state(app);
        for (number, (name, spoil, place, code)) in rows.iter().enumerate() {
            if number % 19 == 0 {
                app.clock.advance(61);
                session = ada.again();
                before = state(app);
            }
            let body = json!({"passkey": spoilt_use(&passkey, &start_step_up(&session), spoil)});
            assert_fault(name, session.step_up_with(&body), &format!("/passkey{place}"), code);
            assert_eq!(state(app), before, "{name}");
        }
        app.clock.advance(61);
        session.step_up_with(&json!({"passkey": passkey.get(&start_step_up(&session))})).expect(200);
    }

    fn nothing_of_the_wrong_shape_gets_in(app: &TestApp) {
        let ada = app.member("ada");
        let (passkey, _) = add(&ada);
        let (options, fresh) = (start(&ada), SoftPasskey::new(ada.user_id.uuid()));
        let (made, shown) = (fresh.create(&options), passkey.get(&start_sign_in(app)));
        for body in &bad_bodies(&["credential"], &[]) {
            app.anonymous().post("/api/v1/sessions/passkey", body).expect_problem(400, "validation_failed");
        }
        for body in &bad_bodies(&["name", "credential"], &[]) {
            ada.post("/api/v1/me/passkeys", body).expect_problem(400, "validation_failed");
        }
        for body in &bad_bodies(&[], &["passkey"]) {
            ada.post("/api/v1/sessions/current/step-up", body).expect_problem(400, "validation_failed");
        }
        for wrong in [json!(null), json!(1), json!([]), json!({}), json!("x"), json!(true), json!([[]])] {
            for name in ["id", "rawId", "type", "response"] {
                let mut spoilt = (made.clone(), shown.clone());
                spoilt.0[name] = wrong.clone();
                spoilt.1[name] = wrong.clone();
                send_new(&ada, &spoilt.0).expect_problem(400, "validation_failed");
                send(app, &spoilt.1).expect_problem(400, "validation_failed");
            }
            for name in ["clientDataJSON", "attestationObject", "authenticatorData", "signature"] {
                let mut spoilt = (made.clone(), shown.clone());
                spoilt.0["response"][name] = wrong.clone();
                spoilt.1["response"][name] = wrong.clone();
                if ["clientDataJSON", "attestationObject"].contains(&name) {
                    send_new(&ada, &spoilt.0).expect_problem(400, "validation_failed");
                }
                if name != "attestationObject" {
                    send(app, &spoilt.1).expect_problem(400, "validation_failed");
                }
            }
        }
        for (name, code) in [("", "empty"), (" ", "empty"), ("\u{202e}", "empty"), ("a\u{0}", "control_character"), (&"x".repeat(61), "too_long"), (&"x".repeat(9_000), "too_long")] {
            let refused = ada.post("/api/v1/me/passkeys", &json!({"name": name, "credential": made}));
            assert_eq!(refused.expect_fault("/name").body["errors"][0]["code"], code, "{name:?}");
        }
        let mut many = made.clone();
        many["response"]["transports"] = json!(["internal", "x".repeat(10_000), "usb", "internal"]);
        send_new(&ada, &many).expect(201);
        assert_eq!(app.database.db_texts("SELECT transports AS value FROM passkeys ORDER BY id"), ["internal", "internal usb"]);
        let huge = json!({"credential": {"x": "x".repeat(70_000)}});
        app.anonymous().post("/api/v1/sessions/passkey", &huge).expect_problem(413, "body_too_large");
    }
}
