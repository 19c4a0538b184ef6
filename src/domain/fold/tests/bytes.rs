//! The hashed bytes, read from the design a second time and laid out in one piece each. Shares nothing with the chain
//! but types.

use sha2::{Digest, Sha256};

use crate::domain::account::{AccountKind, AccountStatus};
use crate::domain::records::{AccountItem, Entry, EntryKind, HoldItem, Record, RecordKind};

pub(super) type Bytes32 = [u8; 32];

pub(super) fn sha256(parts: &[&[u8]]) -> Bytes32 {
    Sha256::digest(parts.concat()).into()
}

pub(super) fn record_digest(record: &Record, items: &[Bytes32]) -> Bytes32 {
    let kind = match record.kind {
        RecordKind::Account => 1,
        RecordKind::Hold => 2,
        RecordKind::Release => 3,
        RecordKind::Transfer => 4,
    };
    let mut bytes = b"counterfoil/1".to_vec();
    bytes.push(kind);
    bytes.extend(record.community_id.uuid().into_bytes());
    bytes.extend(record.seq.to_be_bytes());
    bytes.extend(record.id.uuid().into_bytes());
    bytes.extend(record.undone_id.map_or([0; 16], |id| id.uuid().into_bytes()));
    bytes.extend(record.created_at.micros().to_be_bytes());
    bytes.extend(u32::try_from(items.len()).unwrap().to_be_bytes());
    bytes.extend(items.concat());
    sha256(&[&bytes])
}

pub(super) fn account_digest(record: &Record, item: &AccountItem, text: &Bytes32) -> Bytes32 {
    let kind = match item.kind {
        AccountKind::Member => 1,
        AccountKind::Commons => 2,
        AccountKind::WriteOff => 3,
        AccountKind::Peer => 4,
    };
    let status = match item.status {
        AccountStatus::Active => 1,
        AccountStatus::Frozen => 2,
        AccountStatus::Closed => 3,
        AccountStatus::Leaving => 4,
    };
    let mut bytes = item_salt(record, 1).to_vec();
    bytes.extend(item.account_id.uuid().into_bytes());
    bytes.extend([kind, status]);
    bytes.extend(item.limits.credit_limit.minor().to_be_bytes());
    match item.limits.ceiling {
        None => bytes.extend([0; 9]),
        Some(ceiling) => {
            bytes.push(1);
            bytes.extend(ceiling.minor().to_be_bytes());
        }
    }
    bytes.extend(text);
    sha256(&[&bytes])
}

pub(super) fn hold_digest(record: &Record, item: &HoldItem, text: &Bytes32) -> Bytes32 {
    let mut bytes = item_salt(record, 1).to_vec();
    bytes.extend(item.account_id.uuid().into_bytes());
    bytes.extend(item.payment_id.uuid().into_bytes());
    bytes.extend(item.amount.minor().to_be_bytes());
    bytes.extend(item.reserved_after.minor().to_be_bytes());
    bytes.extend(text);
    sha256(&[&bytes])
}

pub(super) fn entry_digest(record: &Record, entry: &Entry, text: &Bytes32) -> Bytes32 {
    let kind = match entry.kind {
        EntryKind::Principal => 1,
        EntryKind::Fee => 2,
        EntryKind::Refund => 3,
        EntryKind::Reversal => 4,
        EntryKind::ReversalBeyondLimit => 5,
        EntryKind::Contribution => 6,
        EntryKind::HoldingCharge => 7,
        EntryKind::Payout => 8,
        EntryKind::Income => 9,
        EntryKind::WriteOff => 10,
        EntryKind::OpeningBalance => 11,
        EntryKind::Merge => 12,
        EntryKind::PrincipalBeyondLimit => 13,
    };
    let mut bytes = item_salt(record, entry.position).to_vec();
    bytes.extend(entry.account_id.uuid().into_bytes());
    bytes.extend(entry.account_seq.to_be_bytes());
    bytes.push(kind);
    bytes.extend(entry.amount.minor().to_be_bytes());
    bytes.extend(entry.balance_after.minor().to_be_bytes());
    bytes.extend(text);
    sha256(&[&bytes])
}

fn item_salt(record: &Record, position: i32) -> [u8; 16] {
    let hash = sha256(&[&record.salt, &position.to_be_bytes()]);
    hash[..16].try_into().unwrap()
}
