//! Secrets and signatures (Standard Webhooks 1.0, `v1`: HMAC-SHA256 over `id.timestamp.body`).

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret, SecretString};

/// How many random bytes a new secret has. The standard asks for 24 to 64.
pub const SECRET_BYTES: usize = 32;
/// What secrets begin with, so that people and scanners know what they have found.
const PREFIX: &str = "whsec_";

/// What an endpoint's messages are signed with. It never prints itself.
#[derive(Debug, Clone)]
pub struct WebhookSecret(SecretString);

impl WebhookSecret {
    /// From random bytes.
    pub fn from_random(random: &[u8; SECRET_BYTES]) -> Self {
        Self(format!("{PREFIX}{}", STANDARD.encode(random)).into())
    }

    /// From its text; none where that is no secret.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = STANDARD.decode(text.strip_prefix(PREFIX)?).ok()?;
        (24..=64).contains(&bytes.len()).then(|| Self(text.into()))
    }

    /// The text, for the receiver's owner alone.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    fn key(&self) -> Option<hmac::Key> {
        let bytes = STANDARD.decode(self.expose().strip_prefix(PREFIX)?).ok()?;
        Some(hmac::Key::new(hmac::HMAC_SHA256, &bytes))
    }
}

/// The value of the header `webhook-signature`: one signature for each secret, separated by a space.
pub fn sign(secrets: &[WebhookSecret], id: &str, unix_seconds: i64, body: &[u8]) -> String {
    let signatures = secrets.iter().filter_map(WebhookSecret::key).map(|key| {
        let mut message = hmac::Context::with_key(&key);
        message.update(format!("{id}.{unix_seconds}.").as_bytes());
        message.update(body);
        format!("v1,{}", STANDARD.encode(message.sign()))
    });
    signatures.collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

    #[test]
    fn signatures_are_those_of_the_standard() {
        let secret = [WebhookSecret::parse(SECRET).unwrap()];
        let common = sign(&secret, "msg_p5jXN8AQM9LWM0D4loKWxJek", 1_614_265_330, br#"{"test": 2432232314}"#);
        assert_eq!(common, "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=");
        let own = br#"{"type":"payment.completed","timestamp":"2026-09-21T14:13:20Z","data":{"id":"019a1","amount":"12.50","currency":"RIVER"}}"#;
        let signature = sign(&secret, "msg_01K3", 1_790_000_000, own);
        assert_eq!(signature, "v1,5QbD1JzLjDt5Lylo0R5DmL7prG/8wr6dzP6zEVE9aJE=");
    }

    #[test]
    fn during_a_rotation_both_secrets_sign() {
        let [old, new] =
            [[1; SECRET_BYTES], [2; SECRET_BYTES]].map(|random| WebhookSecret::from_random(&random));
        let each = [&old, &new].map(|secret| sign(std::slice::from_ref(secret), "msg_1", 1, b"{}"));
        assert_eq!(sign(&[old, new], "msg_1", 1, b"{}"), each.join(" "));
        assert_ne!(each[0], each[1]);
    }

    #[test]
    fn secrets_read_back_and_do_not_print_themselves() {
        let secret = WebhookSecret::from_random(&[7; SECRET_BYTES]);
        assert_eq!(WebhookSecret::parse(secret.expose()).unwrap().expose(), secret.expose());
        assert!(!format!("{secret:?}").contains(PREFIX));
        for bad in ["", "whsec_", "whsec_AAAA", "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_ü"] {
            assert!(WebhookSecret::parse(bad).is_none(), "{bad}");
        }
    }
}
