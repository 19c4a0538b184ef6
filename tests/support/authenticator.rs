//! An authenticator in software, with the browser around it: makes passkeys and uses them, rightly or wrongly.

use std::cell::Cell;

use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::app::PUBLIC_URL;

/// Somebody was there.
pub const UP: u8 = 1;
/// It was made sure who.
pub const UV: u8 = 4;
/// It may be backed up.
pub const BE: u8 = 8;
/// It is backed up.
pub const BS: u8 = 16;
/// A new passkey's data follow.
pub const AT: u8 = 64;
/// Outputs of extensions follow.
pub const ED: u8 = 128;

/// Bytes in base64url.
pub fn base64url(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// The bytes of a text in base64url.
pub fn from_base64url(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// A passkey on its authenticator.
pub struct SoftPasskey {
    pair: EcdsaKeyPair,
    /// What the authenticator knows it by.
    pub id: Vec<u8>,
    /// Whose it is.
    pub handle: Vec<u8>,
    /// How often it has signed; none where the authenticator does not count.
    pub count: Cell<Option<u32>>,
    /// Flags beside those of a person who was there.
    pub flags: u8,
}

/// An answer in the making, of which everything can be changed before it is put together.
pub struct Draft {
    /// What the browser says, as JSON.
    pub client: String,
    /// For whom the authenticator made it: the hash of the relying party's id.
    pub party_hash: Vec<u8>,
    /// The authenticator's flags.
    pub flags: u8,
    /// How often it says that it has signed.
    pub count: u32,
    /// The credential's id, in the authenticator's words.
    pub id: Vec<u8>,
    /// How long it says that the id is.
    pub id_length: usize,
    /// The public key, in COSE.
    pub key: Vec<u8>,
    /// What follows.
    pub tail: Vec<u8>,
    /// The attestation statement, in CBOR.
    pub statement: Vec<u8>,
    /// What follows the attestation object.
    pub object_tail: Vec<u8>,
    /// What is signed instead of the right bytes.
    pub signed: Option<Vec<u8>>,
}

impl Draft {
    /// Changes a member of what the browser says.
    pub fn client_member(&mut self, name: &str, value: Value) {
        let mut members: Value = serde_json::from_str(&self.client).unwrap();
        members[name] = value;
        self.client = members.to_string();
    }

    /// The authenticator data.
    pub fn data(&self) -> Vec<u8> {
        let mut data = self.party_hash.clone();
        data.push(self.flags);
        data.extend(self.count.to_be_bytes());
        if self.flags & AT != 0 {
            data.extend([0; 16]);
            data.extend(u16::try_from(self.id_length).unwrap().to_be_bytes());
            data.extend(&self.id);
            data.extend(&self.key);
        }
        data.extend(&self.tail);
        data
    }

    /// The attestation object.
    pub fn object(&self) -> Vec<u8> {
        let mut object = vec![0xa3];
        object.extend(cbor_text("fmt"));
        object.extend(cbor_text("none"));
        object.extend(cbor_text("attStmt"));
        object.extend(&self.statement);
        object.extend(cbor_text("authData"));
        object.extend(cbor_bytes(&self.data()));
        object.extend(&self.object_tail);
        object
    }
}

/// A short text in CBOR.
pub fn cbor_text(text: &str) -> Vec<u8> {
    [&[0x60 + u8::try_from(text.len()).unwrap()], text.as_bytes()].concat()
}

/// Bytes in CBOR.
pub fn cbor_bytes(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
    [&[0x59], length.as_slice(), bytes].concat()
}

impl SoftPasskey {
    /// A passkey of this user, made of fresh randomness.
    pub fn new(user_id: Uuid) -> Self {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_ASN1_SIGNING).unwrap();
        let id = Sha256::digest(pair.public_key().as_ref()).to_vec();
        Self { pair, id, handle: user_id.as_bytes().to_vec(), count: Cell::new(None), flags: 0 }
    }

    /// The same, on an authenticator that counts.
    #[must_use]
    pub fn counting_from(self, count: u32) -> Self {
        self.count.set(Some(count));
        self
    }

    /// The same, with flags beside those of a person who was there.
    #[must_use]
    pub fn with_flags(mut self, flags: u8) -> Self {
        self.flags = flags;
        self
    }

    /// The public key in COSE, as authenticators write it.
    pub fn cose(&self) -> Vec<u8> {
        let point = self.pair.public_key().as_ref();
        let begin = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
        [&begin, &point[1..33], &[0x22, 0x58, 0x20], &point[33..]].concat()
    }

    fn draft(&self, ceremony: &str, challenge: &str) -> Draft {
        if let Some(count) = self.count.get() {
            self.count.set(Some(count + 1));
        }
        let client =
            json!({"type": ceremony, "challenge": challenge, "origin": PUBLIC_URL, "crossOrigin": false});
        Draft {
            client: client.to_string(),
            party_hash: Sha256::digest("river.example").to_vec(),
            flags: UP | UV | self.flags,
            count: self.count.get().unwrap_or_default(),
            id: self.id.clone(),
            id_length: self.id.len(),
            key: self.cose(),
            tail: Vec::new(),
            statement: vec![0xa0],
            object_tail: Vec::new(),
            signed: None,
        }
    }

    /// What the browser gives for these options when it makes the passkey.
    pub fn create(&self, options: &Value) -> Value {
        self.create_with(options, |_| ())
    }

    /// The same, with a change on the way.
    pub fn create_with(&self, options: &Value, change: impl FnOnce(&mut Draft)) -> Value {
        let challenge = options["public_key"]["challenge"].as_str().unwrap();
        let mut draft = self.draft("webauthn.create", challenge);
        draft.flags |= AT;
        change(&mut draft);
        json!({
            "id": base64url(&self.id), "rawId": base64url(&self.id), "type": "public-key",
            "authenticatorAttachment": "platform", "clientExtensionResults": {"credProps": {"rk": true}},
            "response": {
                "clientDataJSON": base64url(draft.client.as_bytes()),
                "attestationObject": base64url(&draft.object()),
                "authenticatorData": base64url(&draft.data()), "publicKeyAlgorithm": -7,
                "transports": ["internal"],
            },
        })
    }

    /// What the browser gives for these options when it uses the passkey.
    pub fn get(&self, options: &Value) -> Value {
        self.get_with(options, |_| ())
    }

    /// The same, with a change on the way.
    pub fn get_with(&self, options: &Value, change: impl FnOnce(&mut Draft)) -> Value {
        let mut draft = self.draft("webauthn.get", options["public_key"]["challenge"].as_str().unwrap());
        change(&mut draft);
        let client_hash = Sha256::digest(draft.client.as_bytes());
        let signed = draft.signed.clone().unwrap_or_else(|| [draft.data().as_slice(), &client_hash].concat());
        let signature = self.pair.sign(&SystemRandom::new(), &signed).unwrap();
        json!({
            "id": base64url(&self.id), "rawId": base64url(&self.id), "type": "public-key",
            "authenticatorAttachment": "platform", "clientExtensionResults": {},
            "response": {
                "clientDataJSON": base64url(draft.client.as_bytes()),
                "authenticatorData": base64url(&draft.data()),
                "signature": base64url(signature.as_ref()), "userHandle": base64url(&self.handle),
            },
        })
    }
}
