//! Where a list goes on: an opaque text that names a place, bound to its list, its filters and its reader.

use aws_lc_rs::hmac;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::{Fault, ServiceError};

/// The page length where the caller names none.
pub const PAGE_DEFAULT: i64 = 20;
/// The longest page.
pub const PAGE_MAX: i64 = 100;
/// How much of the authentication code a cursor carries, in bytes.
const TAG_BYTES: usize = 16;
/// Longer texts are no cursors of ours.
const CURSOR_BYTES_MAX: usize = 8_192;

/// One page of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The page's items.
    pub items: Vec<T>,
    /// Where the list goes on; none at its end.
    pub next_cursor: Option<String>,
}

/// Makes and checks cursors.
#[derive(Clone)]
pub(super) struct Cursors {
    key: hmac::Key,
}

impl Cursors {
    pub(super) fn new(secret: &[u8]) -> Self {
        Self { key: hmac::Key::new(hmac::HMAC_SHA256, secret) }
    }

    /// A cursor for a place in the list that `context` describes: its name, filters and reader.
    pub(super) fn encode(&self, context: &str, place: &str) -> String {
        let tag = self.tag(context, place);
        let tag = tag.as_ref().get(..TAG_BYTES).unwrap_or_default();
        URL_SAFE_NO_PAD.encode([tag, place.as_bytes()].concat())
    }

    /// The place that a cursor names in the list that `context` describes.
    ///
    /// # Errors
    /// When it was altered, or made for another list, other filters or another reader.
    pub(super) fn decode(&self, context: &str, cursor: &str) -> Result<String, ServiceError> {
        self.open(context, cursor).ok_or_else(|| {
            let detail = "is not a cursor of this list with these filters; begin without one";
            ServiceError::Invalid(vec![Fault::new("cursor", "bad_cursor", detail)])
        })
    }

    fn open(&self, context: &str, cursor: &str) -> Option<String> {
        if cursor.len() > CURSOR_BYTES_MAX {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(cursor).ok()?;
        let (tag, place) = bytes.split_at_checked(TAG_BYTES)?;
        let place = str::from_utf8(place).ok()?;
        let expected = self.tag(context, place);
        let expected = expected.as_ref().get(..TAG_BYTES)?;
        aws_lc_rs::constant_time::verify_slices_are_equal(tag, expected).ok()?;
        Some(place.to_owned())
    }

    fn tag(&self, context: &str, place: &str) -> hmac::Tag {
        let mut message = hmac::Context::with_key(&self.key);
        message.update(context.as_bytes());
        message.update(&[0]);
        message.update(place.as_bytes());
        message.sign()
    }
}

/// The page length that a caller asked for, in range.
///
/// # Errors
/// When it is out of range.
pub(super) fn page_length(limit: Option<i64>) -> Result<i64, ServiceError> {
    let limit = limit.unwrap_or(PAGE_DEFAULT);
    if (1..=PAGE_MAX).contains(&limit) {
        Ok(limit)
    } else {
        Err(ServiceError::Invalid(vec![Fault::new(
            "limit",
            "out_of_range",
            format!("must be 1 to {PAGE_MAX}"),
        )]))
    }
}

/// Cuts a list that was read with one item too many down to its page. Whether there was one too many.
pub(super) fn cut<T>(items: &mut Vec<T>, length: i64) -> bool {
    let length = usize::try_from(length).unwrap_or(usize::MAX);
    let has_more = items.len() > length;
    items.truncate(length);
    has_more
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cursors_are_bound_to_their_list() {
        let cursors = Cursors::new(&[1; 32]);
        let cursor = cursors.encode("entries|ada", "42");
        assert_eq!(cursors.decode("entries|ada", &cursor).unwrap(), "42");
        assert!(cursors.decode("entries|bob", &cursor).is_err());
        assert!(Cursors::new(&[2; 32]).decode("entries|ada", &cursor).is_err());
        for altered in ["", "AAAA", &cursor[1..], &format!("{cursor}A"), "ключ"] {
            assert!(cursors.decode("entries|ada", altered).is_err(), "{altered}");
        }
    }
}
