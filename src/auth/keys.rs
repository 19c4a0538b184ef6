//! Signing keys: ES256 and nothing else, each known by its `kid`.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{DecodingKey, EncodingKey};
use serde::Serialize;
use sha2::{Digest, Sha256};
use thiserror::Error;

use crate::domain::time::Timestamp;

/// The bytes of an uncompressed P-256 point: a marker and two coordinates of 32 bytes each.
const POINT_BYTES: usize = 65;

/// A key that cannot be used.
#[derive(Debug, Error)]
#[error("a signing key is unusable")]
pub struct BadKey;

/// A private key with all that follows from it.
pub struct SigningKey {
    /// The name under which tokens refer to it: the RFC 7638 thumbprint of the public key.
    pub kid: String,
    /// From when on it signs.
    pub active_from: Timestamp,
    /// When its last token has expired, once it has a successor.
    pub retire_at: Option<Timestamp>,
    pub(super) encoding: EncodingKey,
    pub(super) decoding: DecodingKey,
    public: PublicKey,
}

/// A public key as the key set shows it (RFC 7517, RFC 7518 section 6.2).
#[derive(Debug, Clone, Serialize)]
pub struct PublicKey {
    kty: &'static str,
    crv: &'static str,
    x: String,
    y: String,
    kid: String,
    #[serde(rename = "use")]
    usage: &'static str,
    alg: &'static str,
}

impl SigningKey {
    /// A fresh private key, PKCS#8 in DER.
    ///
    /// # Errors
    /// When the system has no randomness.
    pub fn generate() -> Result<Vec<u8>, BadKey> {
        let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).map_err(|_| BadKey)?;
        Ok(pair.to_pkcs8v1().map_err(|_| BadKey)?.as_ref().to_vec())
    }

    /// Reads a private key made by [`SigningKey::generate`], which signs without end.
    ///
    /// # Errors
    /// When it is none.
    pub fn from_pkcs8(private_key: &[u8]) -> Result<Self, BadKey> {
        let pair =
            EcdsaKeyPair::from_pkcs8(&ECDSA_P256_SHA256_FIXED_SIGNING, private_key).map_err(|_| BadKey)?;
        let point = pair.public_key().as_ref();
        if point.len() != POINT_BYTES {
            return Err(BadKey);
        }
        let (coordinates_x, coordinates_y) = point.split_at(POINT_BYTES / 2 + 1);
        let x = URL_SAFE_NO_PAD.encode(coordinates_x.get(1..).ok_or(BadKey)?);
        let y = URL_SAFE_NO_PAD.encode(coordinates_y);
        // RFC 7638: the required members, in lexicographic order, without spaces.
        let canonical = format!(r#"{{"crv":"P-256","kty":"EC","x":"{x}","y":"{y}"}}"#);
        let kid = URL_SAFE_NO_PAD.encode(Sha256::digest(canonical));
        let decoding = DecodingKey::from_ec_components(&x, &y).map_err(|_| BadKey)?;
        let public =
            PublicKey { kty: "EC", crv: "P-256", x, y, kid: kid.clone(), usage: "sig", alg: "ES256" };
        Ok(Self {
            kid,
            active_from: Timestamp::from_micros(i64::MIN),
            retire_at: None,
            encoding: EncodingKey::from_ec_der(private_key),
            decoding,
            public,
        })
    }

    /// The same key with its times.
    #[must_use]
    pub fn during(self, active_from: Timestamp, retire_at: Option<Timestamp>) -> Self {
        Self { active_from, retire_at, ..self }
    }

    /// Whether its tokens can still be good: also before it signs, so that it is known when it does.
    pub fn is_current(&self, now: Timestamp) -> bool {
        self.retire_at.is_none_or(|retire_at| now < retire_at)
    }

    /// The public half.
    pub const fn public(&self) -> &PublicKey {
        &self.public
    }
}
