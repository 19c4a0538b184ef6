//! The second layout of the hashed bytes gives what the first one gives.

use proptest::prelude::*;
use uuid::Uuid;

use super::bytes::{self, Hash};
use super::entries::{KeptEntry, Stretch};
use crate::domain::account::{AccountKind, AccountStatus, Limits};
use crate::domain::amount::Amount;
use crate::domain::chain;
use crate::domain::ids::{AccountId, CommunityId, PaymentId, RecordId, TextId};
use crate::domain::records::{AccountItem, Entry, EntryKind, HoldItem, Record, RecordKind};
use crate::domain::time::Timestamp;
use crate::storage::chain::{AccountItemRow, EntryRow, HoldItemRow, RecordRow};

fn uuids() -> impl Strategy<Value = Uuid> {
    any::<[u8; 16]>().prop_map(Uuid::from_bytes)
}

fn amounts() -> impl Strategy<Value = Amount> {
    any::<i64>().prop_map(Amount::from_minor)
}

fn one_of<T: Copy + std::fmt::Debug>(all: &'static [T]) -> impl Strategy<Value = T> {
    (0..all.len()).prop_map(|index| all[index])
}

prop_compose! {
    fn records()(
        kind in one_of(RecordKind::ALL),
        (community, id) in (uuids(), uuids()),
        undone in proptest::option::of(uuids()),
        (seq, micros) in any::<(i64, i64)>(),
        salt in any::<[u8; 16]>(),
    ) -> Record {
        Record {
            community_id: CommunityId::from_uuid(community),
            seq,
            kind,
            id: RecordId::from_uuid(id),
            undone_id: undone.map(RecordId::from_uuid),
            created_at: Timestamp::from_micros(micros),
            salt,
            digest: [0; 32],
            hash: [0; 32],
        }
    }
}

prop_compose! {
    fn entries()(
        (account, payment) in (uuids(), uuids()),
        (account_seq, seq, position) in any::<(i64, i64, i32)>(),
        kind in one_of(EntryKind::ALL),
        (amount, balance_after) in (amounts(), amounts()),
    ) -> Entry {
        Entry {
            account_id: AccountId::from_uuid(account),
            account_seq,
            seq,
            position,
            kind,
            amount,
            balance_after,
            negative_since: None,
            payment_id: PaymentId::from_uuid(payment),
        }
    }
}

prop_compose! {
    fn account_items()(
        account in uuids(),
        seq in any::<i64>(),
        kind in one_of(AccountKind::ALL),
        status in one_of(AccountStatus::ALL),
        credit_limit in amounts(),
        ceiling in proptest::option::of(amounts()),
        text in proptest::option::of(uuids()),
    ) -> AccountItem {
        AccountItem {
            seq,
            account_id: AccountId::from_uuid(account),
            kind,
            status,
            limits: Limits { credit_limit, ceiling },
            text_id: text.map(TextId::from_uuid),
        }
    }
}

prop_compose! {
    fn hold_items()(
        (account, payment) in (uuids(), uuids()),
        seq in any::<i64>(),
        (amount, reserved_after) in (amounts(), amounts()),
    ) -> HoldItem {
        HoldItem {
            seq,
            account_id: AccountId::from_uuid(account),
            payment_id: PaymentId::from_uuid(payment),
            amount,
            reserved_after,
        }
    }
}

fn record_row(record: &Record) -> RecordRow {
    RecordRow {
        seq: record.seq,
        kind: record.kind.code().into(),
        id: record.id,
        undone_id: record.undone_id,
        created_at: record.created_at.micros(),
        salt: record.salt.to_vec(),
        digest: record.digest.to_vec(),
        hash: record.hash.to_vec(),
    }
}

fn kept_entry(entry: &Entry) -> KeptEntry {
    KeptEntry::from(EntryRow {
        account_id: entry.account_id,
        account_seq: entry.account_seq,
        seq: entry.seq,
        position: entry.position.into(),
        kind: entry.kind.code().into(),
        amount: entry.amount.minor(),
        balance_after: entry.balance_after.minor(),
        payment_id: entry.payment_id,
    })
}

proptest! {
    #[test]
    fn both_layouts_of_a_record_agree(record in records(), items in proptest::collection::vec(any::<Hash>(), 0..5)) {
        prop_assert_eq!(bytes::record(record.community_id, &record_row(&record), &items), chain::record_digest(&record, &items));
        prop_assert_eq!(bytes::genesis(record.community_id), chain::genesis(record.community_id));
    }

    #[test]
    fn both_layouts_of_an_entry_agree(
        entry in entries(),
        salt in any::<[u8; 16]>(),
        position in any::<u32>(),
        text in any::<Hash>(),
    ) {
        let item_salt = chain::item_salt(&salt, position);
        prop_assert_eq!(
            bytes::entry(&salt, position, &kept_entry(&entry), &text),
            chain::entry_digest(&item_salt, &entry, &text),
        );
    }

    #[test]
    fn both_layouts_of_an_account_agree(item in account_items(), salt in any::<[u8; 16]>(), text in any::<Hash>()) {
        let row = AccountItemRow {
            seq: item.seq,
            account_id: item.account_id,
            kind: item.kind.code().into(),
            status: item.status.code().into(),
            credit_limit: item.limits.credit_limit.minor(),
            ceiling: item.limits.ceiling.map(Amount::minor),
            text_id: item.text_id,
        };
        let item_salt = chain::item_salt(&salt, 1);
        prop_assert_eq!(bytes::account(&salt, &row, &text), chain::account_digest(&item_salt, &item, &text));
    }

    #[test]
    fn both_layouts_of_a_hold_agree(item in hold_items(), salt in any::<[u8; 16]>(), text in any::<Hash>()) {
        let row = HoldItemRow {
            seq: item.seq,
            account_id: item.account_id,
            payment_id: item.payment_id,
            amount: item.amount.minor(),
            reserved_after: item.reserved_after.minor(),
        };
        let item_salt = chain::item_salt(&salt, 1);
        prop_assert_eq!(bytes::hold(&salt, &row, &text), chain::hold_digest(&item_salt, &item, &text));
    }

    #[test]
    fn both_layouts_of_texts_and_links_agree(
        salt in any::<[u8; 16]>(),
        text in any::<String>(),
        previous in any::<Hash>(),
        digest in any::<Hash>(),
    ) {
        prop_assert_eq!(bytes::text(&salt, &text), chain::text_commitment(&salt, &text));
        prop_assert_eq!(bytes::link(&previous, &digest), chain::link(&previous, &digest));
    }

    #[test]
    fn a_shortened_stretch_keeps_whole_transfers(
        seqs in proptest::collection::vec(1_i64..40, 30..100),
        kept_max in 10_usize..30,
    ) {
        let template = kept_entry(&Entry {
            account_id: AccountId::from_uuid(Uuid::nil()),
            account_seq: 1,
            seq: 1,
            position: 1,
            kind: EntryKind::Principal,
            amount: Amount::ZERO,
            balance_after: Amount::ZERO,
            negative_since: None,
            payment_id: PaymentId::from_uuid(Uuid::nil()),
        });
        let entries = seqs.iter().map(|seq| KeptEntry { seq: *seq, ..template.clone() }).collect();
        let mut stretch = Stretch { seqs: 1..=i64::MAX, entries };
        if stretch.drop_later(kept_max).is_ok() {
            let through = *stretch.seqs.end();
            let inside = seqs.iter().filter(|seq| **seq <= through).count();
            prop_assert_eq!(stretch.entries.len(), inside);
            prop_assert!(stretch.entries.len() <= kept_max);
            prop_assert!(stretch.entries.iter().all(|entry| entry.seq <= through));
        } else {
            let first = seqs.iter().min().copied();
            prop_assert!(seqs.iter().filter(|seq| Some(**seq) == first).count() > kept_max);
        }
    }
}
