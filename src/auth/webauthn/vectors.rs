//! What Chromium 156 with its virtual authenticator gave on `http://localhost:18080` for a challenge of 32 bytes 0xa7, and what
//! becomes of it when anything in it is altered.

use super::{AssertionResponse, AttestationResponse, Challenge, RelyingParty, decode, encode};

const ID: &str = "cjHpNn1LGLKAKulxLSGIAW0lajbe77K7KGCmeSSEhsE";
const CREATED: &str = "eyJ0eXBlIjoid2ViYXV0aG4uY3JlYXRlIiwiY2hhbGxlbmdlIjoicDZlbnA2ZW5wNmVucDZlbnA2ZW5wNmVucDZlbnA2ZW5wNmVucDZlbnA2YyIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6MTgwODAiLCJjcm9zc09yaWdpbiI6ZmFsc2V9";
const OBJECT: &str = "o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVikSZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2NFAAAAAQECAwQFBgcIAQIDBAUGBwgAIHIx6TZ9SxiygCrpcS0hiAFtJWo23u-yuyhgpnkkhIbBpQECAyYgASFYIF73-ekBMCe_ZP0g0uGLn83q-digpQ0JReZEoRj3te7DIlggCTuXuSlNMMloWTWz3GnyZl10RqK_hwfIpGlaIBNQxHc";
const USED: &str = "eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoicDZlbnA2ZW5wNmVucDZlbnA2ZW5wNmVucDZlbnA2ZW5wNmVucDZlbnA2YyIsIm9yaWdpbiI6Imh0dHA6Ly9sb2NhbGhvc3Q6MTgwODAiLCJjcm9zc09yaWdpbiI6ZmFsc2UsIm90aGVyX2tleXNfY2FuX2JlX2FkZGVkX2hlcmUiOiJkbyBub3QgY29tcGFyZSBjbGllbnREYXRhSlNPTiBhZ2FpbnN0IGEgdGVtcGxhdGUuIFNlZSBodHRwczovL2dvby5nbC95YWJQZXgifQ";
const DATA: &str = "SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MFAAAAAg";
const SIGNATURE: &str =
    "MEYCIQDEoY3K7-qIMNjoGWNfhqYRlzJ2QAgP1ULAaDshMiXfDQIhAI5vQ4FsPCcZJJ8fxUzwfwb-WMIXseJSxOrdsoIp-jZJ";
/// More bytes than any of the texts has.
const BYTES_MAX: usize = 1_000;

fn party() -> RelyingParty {
    RelyingParty::new("http://localhost:18080").unwrap()
}

fn made(object: &str) -> AttestationResponse {
    AttestationResponse {
        id: ID.into(),
        raw_id: ID.into(),
        kind: "public-key".into(),
        client_data: CREATED.into(),
        attestation_object: object.into(),
    }
}

fn used(client_data: &str, data: &str, signature: &str) -> AssertionResponse {
    AssertionResponse {
        id: ID.into(),
        raw_id: ID.into(),
        kind: "public-key".into(),
        client_data: client_data.into(),
        authenticator_data: data.into(),
        signature: signature.into(),
        user_handle: Some(encode(&[1; 16])),
    }
}

/// The text with each bit of its bytes turned, one at a time.
fn turned(text: &str) -> Vec<String> {
    let bytes = decode(text, BYTES_MAX).unwrap();
    let turn = |bit: usize| {
        let mut altered = bytes.clone();
        altered[bit / 8] ^= 1 << (bit % 8);
        encode(&altered)
    };
    (0..bytes.len() * 8).map(turn).collect()
}

#[test]
fn a_browsers_passkey_is_made_and_used() {
    let registration = party().read_registration(&made(OBJECT)).unwrap();
    assert_eq!(registration.challenge, Challenge::from_random([0xa7; 32]).hash());
    assert_eq!((encode(&registration.credential_id).as_str(), registration.sign_count), (ID, 1));
    assert!(!registration.is_backup_eligible && !registration.is_backed_up);
    let assertion = party().read_assertion(&used(USED, DATA, SIGNATURE)).unwrap();
    assert!(assertion.is_signed_by(&registration.public_key));
    assert_eq!((assertion.challenge, assertion.sign_count), (registration.challenge, 2));
    assert_eq!(assertion.user_handle, Some(vec![1; 16]));
    for url in
        ["http://localhost:18081", "http://localhost", "https://localhost:18080", "http://a.localhost:18080"]
    {
        let other = RelyingParty::new(url).unwrap();
        assert!(other.read_registration(&made(OBJECT)).is_err(), "{url}");
        assert!(other.read_assertion(&used(USED, DATA, SIGNATURE)).is_err(), "{url}");
    }
}

#[test]
fn no_bit_of_a_use_can_be_turned() {
    let key = party().read_registration(&made(OBJECT)).unwrap().public_key;
    let passes = |response: AssertionResponse| {
        party().read_assertion(&response).is_ok_and(|assertion| assertion.is_signed_by(&key))
    };
    assert!(passes(used(USED, DATA, SIGNATURE)));
    for altered in turned(USED) {
        assert!(!passes(used(&altered, DATA, SIGNATURE)), "{altered}");
    }
    for altered in turned(DATA) {
        assert!(!passes(used(USED, &altered, SIGNATURE)), "{altered}");
    }
    for altered in turned(SIGNATURE) {
        assert!(!passes(used(USED, DATA, &altered)), "{altered}");
    }
}

#[test]
fn a_turned_bit_makes_no_other_passkey() {
    let right = party().read_registration(&made(OBJECT)).unwrap();
    for altered in turned(OBJECT) {
        // What is skipped may be altered, and so may what an authenticator says of counts and backups.
        if let Ok(other) = party().read_registration(&made(&altered)) {
            let facts = (&other.credential_id, &other.public_key, &other.challenge);
            assert_eq!(facts, (&right.credential_id, &right.public_key, &right.challenge), "{altered}");
        }
    }
    let bytes = decode(OBJECT, BYTES_MAX).unwrap();
    for length in 0..bytes.len() {
        assert!(party().read_registration(&made(&encode(&bytes[..length]))).is_err(), "{length}");
    }
}
