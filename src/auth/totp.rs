//! Codes of an authenticator app (RFC 6238): HMAC-SHA-1, six digits, a step of 30 seconds, which is what all apps know.

use std::fmt::Write;

use aws_lc_rs::{constant_time, hmac};

use crate::domain::time::Timestamp;

/// How long a code stands on the app's screen, in seconds.
const STEP_SECONDS: i64 = 30;
/// How many steps before and after the present one are accepted, because clocks differ.
const STEPS_AROUND: i64 = 1;
/// A code's digits.
const DIGITS: usize = 6;
/// One more than the highest code.
const CODES: u32 = 1_000_000;
/// RFC 4648, without padding.
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
/// The secret's length, in bytes: what RFC 4226 recommends.
pub const SECRET_BYTES: usize = 20;

/// Whether a text has the shape of a code.
pub fn is_code(text: &str) -> bool {
    text.len() == DIGITS && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// The step at which a code is right, now or a step before or after; none where it is wrong.
pub fn matching_step(secret: &[u8], code: &str, now: Timestamp) -> Option<i64> {
    let present = now.unix_seconds().div_euclid(STEP_SECONDS);
    // All are compared, so that the time taken says nothing.
    (present - STEPS_AROUND..=present + STEPS_AROUND)
        .filter(|step| {
            constant_time::verify_slices_are_equal(code_at(secret, *step).as_bytes(), code.as_bytes()).is_ok()
        })
        .max()
}

/// The code of a step.
pub fn code_at(secret: &[u8], step: i64) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &step.to_be_bytes());
    let tag = tag.as_ref();
    // RFC 4226 section 5.3: the last four bits say where the number stands.
    let offset = usize::from(tag.last().copied().unwrap_or_default() & 0x0f);
    let number = tag.iter().skip(offset).take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    format!("{:0DIGITS$}", (number & 0x7fff_ffff) % CODES)
}

/// The code at a moment.
pub fn code(secret: &[u8], now: Timestamp) -> String {
    code_at(secret, now.unix_seconds().div_euclid(STEP_SECONDS))
}

/// Bytes as people type them into an app.
pub fn base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut waiting, mut bits) = (0_u32, 0_u32);
    for byte in bytes {
        waiting = waiting << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(letter(waiting >> bits));
        }
    }
    if bits > 0 {
        text.push(letter(waiting << (5 - bits)));
    }
    text
}

fn letter(bits: u32) -> char {
    let place = usize::try_from(bits & 0x1f).unwrap_or_default();
    BASE32.get(place).map_or('A', |byte| char::from(*byte))
}

/// The address that apps read from a QR code.
pub fn otpauth_url(issuer: &str, account: &str, secret: &[u8]) -> String {
    let (issuer, account) = (percent_encoded(issuer), percent_encoded(account));
    format!(
        "otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}&algorithm=SHA1&digits=6&period=30",
        base32(secret)
    )
}

/// Everything but unreserved characters (RFC 3986 section 2.3) as `%XX`.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            // Writing to a text cannot fail.
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B, cut to six digits.
        let vectors = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (seconds, expected) in vectors {
            assert_eq!(code(SECRET, Timestamp::from_micros(seconds * 1_000_000)), expected);
        }
    }

    #[test]
    fn codes_are_right_for_one_step_around() {
        let now = Timestamp::from_micros(1_790_000_000_000_000);
        let present = now.unix_seconds() / 30;
        for distance in -3..=3_i64 {
            let found = matching_step(SECRET, &code_at(SECRET, present + distance), now);
            assert_eq!(found, (distance.abs() <= 1).then_some(present + distance), "{distance}");
        }
        for bad in ["", "12345", "1234567", "28708२", "abcdef", "      "] {
            assert_eq!(matching_step(SECRET, bad, now), None, "{bad}");
        }
        assert!(is_code("000000") && !is_code("00000") && !is_code("00000a") && !is_code("٠٠٠"));
    }

    #[test]
    fn secrets_are_written_for_apps() {
        // RFC 4648 section 10.
        for (bytes, text) in [
            ("", ""),
            ("f", "MY"),
            ("fo", "MZXQ"),
            ("foo", "MZXW6"),
            ("foob", "MZXW6YQ"),
            ("fooba", "MZXW6YTB"),
            ("foobar", "MZXW6YTBOI"),
        ] {
            assert_eq!(base32(bytes.as_bytes()), text);
        }
        let url = otpauth_url("River & Lake", "ada@river.example", SECRET);
        assert_eq!(
            url,
            "otpauth://totp/River%20%26%20Lake:ada%40river.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=River%20%26%20Lake&algorithm=SHA1&digits=6&period=30"
        );
    }
}
