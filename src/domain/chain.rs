//! The hash chain: the exact bytes that are hashed. `api-spec/ledger-format.md` says the same for others.

use sha2::{Digest, Sha256};

use super::ids::{CommunityId, TextId};
use super::records::{AccountItem, Entry, HoldItem, Record};

/// Stands before every record's bytes, so that no other hash can be taken for one.
const DOMAIN: &[u8] = b"counterfoil/1";

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// Stands for the text where a record has none.
pub const NO_TEXT: Hash = [0; 32];

/// The previous hash of a community's first record: SHA-256 of its id.
pub fn genesis(community_id: CommunityId) -> Hash {
    Sha256::digest(community_id.uuid().as_bytes()).into()
}

/// The chain's hash after a record: SHA-256(previous hash ‖ digest).
pub fn link(previous: &Hash, digest: &Hash) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(previous);
    hasher.update(digest);
    hasher.finalize().into()
}

/// What a record says, in one hash over its head and the digests of its items.
pub fn record_digest(record: &Record, items: &[Hash]) -> Hash {
    let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
    let mut hasher = Sha256::new();
    hasher.update(DOMAIN);
    hasher.update([record.kind.code()]);
    hasher.update(record.community_id.uuid().as_bytes());
    hasher.update(record.seq.to_be_bytes());
    hasher.update(record.id.uuid().as_bytes());
    hasher.update(record.undone_id.map_or([0; 16], |id| id.uuid().into_bytes()));
    hasher.update(record.created_at.micros().to_be_bytes());
    hasher.update(count.to_be_bytes());
    for item in items {
        hasher.update(item);
    }
    hasher.finalize().into()
}

/// The salt of a record's item: the first 16 bytes of SHA-256(record salt ‖ position). It can be shown
/// to one member without opening the record's other items to guessing.
pub fn item_salt(record_salt: &[u8; 16], position: u32) -> [u8; 16] {
    let mut hasher = Sha256::new();
    hasher.update(record_salt);
    hasher.update(position.to_be_bytes());
    let hash: Hash = hasher.finalize().into();
    let mut salt = [0; 16];
    salt.copy_from_slice(&hash[..16]);
    salt
}

/// Binds a text without showing it: SHA-256(salt ‖ UTF-8 text). The salt goes when the text is erased.
pub fn text_commitment(salt: &[u8; 16], text: &str) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(salt);
    hasher.update(text.as_bytes());
    hasher.finalize().into()
}

/// The digest of one entry of a transfer.
pub fn entry_digest(salt: &[u8; 16], entry: &Entry, text: &Hash) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(salt);
    hasher.update(entry.account_id.uuid().as_bytes());
    hasher.update(entry.account_seq.to_be_bytes());
    hasher.update([entry.kind.code()]);
    hasher.update(entry.amount.minor().to_be_bytes());
    hasher.update(entry.balance_after.minor().to_be_bytes());
    hasher.update(text);
    hasher.finalize().into()
}

/// The digest of an account's opening or change: its kind, status and limits from now on.
pub fn account_digest(salt: &[u8; 16], item: &AccountItem, text: &Hash) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(salt);
    hasher.update(item.account_id.uuid().as_bytes());
    hasher.update([item.kind.code(), item.status.code()]);
    hasher.update(item.limits.credit_limit.minor().to_be_bytes());
    hasher.update([u8::from(item.limits.ceiling.is_some())]);
    hasher.update(item.limits.ceiling.unwrap_or_default().minor().to_be_bytes());
    hasher.update(text);
    hasher.finalize().into()
}

/// The digest of a hold or a release.
pub fn hold_digest(salt: &[u8; 16], item: &HoldItem, text: &Hash) -> Hash {
    let mut hasher = Sha256::new();
    hasher.update(salt);
    hasher.update(item.account_id.uuid().as_bytes());
    hasher.update(item.payment_id.uuid().as_bytes());
    hasher.update(item.amount.minor().to_be_bytes());
    hasher.update(item.reserved_after.minor().to_be_bytes());
    hasher.update(text);
    hasher.finalize().into()
}

/// An erasable text with the salt that binds it to the chain.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// The id of the payment or record it belongs to.
    pub id: TextId,
    /// Erased together with the text.
    pub salt: [u8; 16],
    /// The text itself.
    pub text: String,
}

impl Text {
    /// What the chain keeps of it.
    pub fn commitment(&self) -> Hash {
        text_commitment(&self.salt, &self.text)
    }
}
