//! The bytes that are hashed, laid out a second time from the ledger's format, so that a mistake in the writer's
//! layout cannot hide in its own check. All numbers are big-endian.

use sha2::{Digest, Sha256};

use super::entries::KeptEntry;
use crate::domain::ids::{CommunityId, RecordId};
use crate::storage::chain::{AccountItemRow, HoldItemRow, RecordRow};

/// A SHA-256 hash.
pub(super) type Hash = [u8; 32];

/// What stands for the text where there is none.
pub(super) const NO_TEXT: Hash = [0; 32];

/// The first bytes of every record's digest.
const FORMAT: &[u8] = b"counterfoil/1";

fn sha256(parts: &[&[u8]]) -> Hash {
    let mut hasher = Sha256::new();
    for part in parts {
        hasher.update(part);
    }
    hasher.finalize().into()
}

/// What the first record's hash is linked to.
pub(super) fn genesis(community: CommunityId) -> Hash {
    sha256(&[community.uuid().as_bytes()])
}

/// The hash after a record, from the stored hash before it and the record's stored digest.
pub(super) fn link(previous: &[u8], digest: &[u8]) -> Hash {
    sha256(&[previous, digest])
}

/// A record's digest over its head and its items' digests.
pub(super) fn record(community: CommunityId, record: &RecordRow, items: &[Hash]) -> Hash {
    let undone = record.undone_id.map_or([0; 16], |id: RecordId| id.uuid().into_bytes());
    let count = u32::try_from(items.len()).unwrap_or(u32::MAX);
    sha256(&[
        FORMAT,
        &[code(record.kind)],
        community.uuid().as_bytes(),
        &record.seq.to_be_bytes(),
        record.id.uuid().as_bytes(),
        &undone,
        &record.created_at.to_be_bytes(),
        &count.to_be_bytes(),
        items.as_flattened(),
    ])
}

/// The salt of the item at a position, from 1: it opens one item without opening the others.
fn item_salt(record_salt: &[u8], position: u32) -> [u8; 16] {
    let [salt @ .., _, _, _, _, _, _, _, _, _, _, _, _, _, _, _, _] =
        sha256(&[record_salt, &position.to_be_bytes()]);
    salt
}

/// What the chain keeps of a text.
pub(super) fn text(salt: &[u8], content: &str) -> Hash {
    sha256(&[salt, content.as_bytes()])
}

/// A transfer's item.
pub(super) fn entry(record_salt: &[u8], position: u32, entry: &KeptEntry, text: &Hash) -> Hash {
    sha256(&[
        &item_salt(record_salt, position),
        entry.account_id.uuid().as_bytes(),
        &entry.account_seq.to_be_bytes(),
        &[entry.kind],
        &entry.amount.to_be_bytes(),
        &entry.balance_after.to_be_bytes(),
        text,
    ])
}

/// The item of an account's opening or change.
pub(super) fn account(record_salt: &[u8], item: &AccountItemRow, text: &Hash) -> Hash {
    sha256(&[
        &item_salt(record_salt, 1),
        item.account_id.uuid().as_bytes(),
        &[code(item.kind), code(item.status)],
        &item.credit_limit.to_be_bytes(),
        &[u8::from(item.ceiling.is_some())],
        &item.ceiling.unwrap_or(0).to_be_bytes(),
        text,
    ])
}

/// The item of a hold or a release.
pub(super) fn hold(record_salt: &[u8], item: &HoldItemRow, text: &Hash) -> Hash {
    sha256(&[
        &item_salt(record_salt, 1),
        item.account_id.uuid().as_bytes(),
        item.payment_id.uuid().as_bytes(),
        &item.amount.to_be_bytes(),
        &item.reserved_after.to_be_bytes(),
        text,
    ])
}

/// A stored number as the one byte that is hashed. Numbers beyond a byte have no meaning and are told as such elsewhere.
pub(super) fn code(number: i64) -> u8 {
    u8::try_from(number).unwrap_or(0)
}
