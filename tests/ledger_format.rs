//! Holds `api-spec/ledger-format.md` and `domain::chain` to each other: every vector and every table of codes in the
//! document is read and compared with the code, and nothing that the code hashes may be missing there.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Debug;
use std::str::FromStr;

use counterfoil::domain::account::{AccountKind, AccountStatus, Limits};
use counterfoil::domain::amount::Amount;
use counterfoil::domain::chain::{self, Hash};
use counterfoil::domain::records::{AccountItem, Entry, EntryKind, Head, HoldItem, Record, RecordKind};
use counterfoil::domain::time::Timestamp;
use sha2::{Digest, Sha256};

const DOCUMENT: &str = include_str!("../api-spec/ledger-format.md");

// ---- reading the document

/// One block of the document, such as
///
/// ````text
/// ```vector genesis
/// community id = 01930000-0000-7000-8000-0000000000c0
/// ```
/// ````
#[derive(Clone)]
struct Vector {
    name: String,
    /// Names and values in their order; a name may come more than once.
    lines: Vec<(String, String)>,
}

impl Vector {
    fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.lines.iter().filter(move |(found, _)| found == name).map(|(_, value)| value.as_str())
    }

    /// The value with this name, of which there is one.
    fn text(&self, name: &str) -> &str {
        let values: Vec<_> = self.all(name).collect();
        let [value] = values[..] else { panic!("{}: `{name}` stands {} times", self.name, values.len()) };
        value
    }

    fn parse<T: FromStr<Err: Debug>>(&self, name: &str) -> T {
        self.text(name).parse().unwrap_or_else(|error| panic!("{}: `{name}`: {error:?}", self.name))
    }

    fn optional<T: FromStr<Err: Debug>>(&self, name: &str) -> Option<T> {
        (self.text(name) != "none").then(|| self.parse(name))
    }

    fn hex<const N: usize>(&self, name: &str) -> [u8; N] {
        read_hex(self.text(name))
    }

    fn amount(&self, name: &str) -> Amount {
        Amount::from_minor(self.parse(name))
    }

    /// The hash under this name, after a look that it is the hash of the bytes given beside it.
    fn hash_of_bytes(&self, name: &str) -> Hash {
        let bytes = hex::decode(self.text("bytes")).unwrap();
        let hash = self.hex(name);
        assert_eq!(hash, <Hash>::from(Sha256::digest(&bytes)), "{}: `bytes` have another hash", self.name);
        hash
    }
}

fn read_hex<const N: usize>(text: &str) -> [u8; N] {
    assert!(!text.bytes().any(|byte| byte.is_ascii_uppercase()), "hexadecimal is written small");
    hex::decode(text)
        .unwrap()
        .try_into()
        .unwrap_or_else(|bytes: Vec<u8>| panic!("{} bytes, not {N}", bytes.len()))
}

fn vectors(document: &str) -> Vec<Vector> {
    let mut vectors = Vec::new();
    let mut lines = document.lines();
    while let Some(line) = lines.next() {
        let Some(name) = line.strip_prefix("```vector ") else { continue };
        let content = lines.by_ref().take_while(|line| *line != "```");
        let content = content.map(|line| line.split_once(" = ").unwrap_or_else(|| panic!("{name}: {line}")));
        let content = content.map(|(name, value)| (name.trim().to_owned(), value.to_owned())).collect();
        vectors.push(Vector { name: name.to_owned(), lines: content });
    }
    vectors
}

/// The codes and names of the table under a bold title.
fn code_table(document: &str, title: &str) -> BTreeSet<(u8, String)> {
    let (_, rest) =
        document.split_once(&format!("\n**{title}**\n\n")).unwrap_or_else(|| panic!("no table {title}"));
    let rows = rest.lines().skip(2).take_while(|line| line.starts_with('|'));
    rows.map(|row| {
        let cells: Vec<_> = row.split('|').map(str::trim).collect();
        (cells[1].parse().unwrap(), cells[2].trim_matches('`').to_owned())
    })
    .collect()
}

// ---- checking it against the code

/// Checks the blocks in their order: a record's items come before it, and records follow each other on one chain.
#[derive(Default)]
struct Checker {
    counts: BTreeMap<String, usize>,
    record_kinds: BTreeSet<RecordKind>,
    item_kinds: BTreeMap<RecordKind, &'static str>,
    /// The salts and digests of the items since the last record.
    items: Vec<([u8; 16], Hash)>,
    item_kind: Option<&'static str>,
    /// Commitments that the document shows, and the one for no text.
    commitments: BTreeSet<Hash>,
    used_commitments: BTreeSet<Hash>,
    genesis: Option<Hash>,
    head: Option<(i64, Hash)>,
}

impl Checker {
    fn check(&mut self, vector: &Vector) {
        *self.counts.entry(vector.name.clone()).or_default() += 1;
        match vector.name.as_str() {
            "genesis" => self.genesis(vector),
            "text commitment" => self.text_commitment(vector),
            "item salt" => item_salt(vector),
            "account item" => self.account_item(vector),
            "hold item" => self.hold_item(vector),
            "entry" => self.entry(vector),
            "record" => self.record(vector),
            other => panic!("a block named {other} is not checked"),
        }
    }

    fn genesis(&mut self, vector: &Vector) {
        let community_id = vector.parse("community id");
        assert_eq!(chain::genesis(community_id), vector.hash_of_bytes("hash"));
        let head = Head::new(community_id, Timestamp::default());
        assert_eq!((head.seq, head.hash), (0, vector.hex("hash")));
        self.genesis = Some(head.hash);
        self.head = Some((head.seq, head.hash));
    }

    fn text_commitment(&mut self, vector: &Vector) {
        let commitment = chain::text_commitment(&vector.hex("text salt"), vector.text("text"));
        assert_eq!(commitment, vector.hash_of_bytes("commitment"));
        self.commitments.insert(commitment);
    }

    fn account_item(&mut self, vector: &Vector) {
        let limits = Limits {
            credit_limit: vector.amount("credit limit"),
            ceiling: vector.optional("ceiling").map(Amount::from_minor),
        };
        let item = AccountItem {
            seq: 0,
            account_id: vector.parse("account id"),
            kind: AccountKind::from_name(vector.text("account kind")).unwrap(),
            status: AccountStatus::from_name(vector.text("status")).unwrap(),
            limits,
            text_id: None,
        };
        let text = self.commitment(vector);
        self.item("account item", vector, |salt| chain::account_digest(salt, &item, &text));
    }

    fn hold_item(&mut self, vector: &Vector) {
        let item = HoldItem {
            seq: 0,
            account_id: vector.parse("account id"),
            payment_id: vector.parse("payment id"),
            amount: vector.amount("amount"),
            reserved_after: vector.amount("reserved after"),
        };
        let text = self.commitment(vector);
        self.item("hold item", vector, |salt| chain::hold_digest(salt, &item, &text));
    }

    fn entry(&mut self, vector: &Vector) {
        let entry = Entry {
            account_id: vector.parse("account id"),
            account_seq: vector.parse("account seq"),
            seq: 0,
            position: vector.parse("position"),
            kind: EntryKind::from_name(vector.text("entry kind")).unwrap(),
            amount: vector.amount("amount"),
            balance_after: vector.amount("balance after"),
            negative_since: None,
            // Not part of the digest.
            payment_id: vector.parse("account id"),
        };
        let text = self.commitment(vector);
        self.item("entry", vector, |salt| chain::entry_digest(salt, &entry, &text));
    }

    fn commitment(&mut self, vector: &Vector) -> Hash {
        let commitment = vector.hex("text commitment");
        assert!(
            self.commitments.contains(&commitment) || commitment == chain::NO_TEXT,
            "a text that is not shown"
        );
        self.used_commitments.insert(commitment);
        commitment
    }

    fn item(&mut self, kind: &'static str, vector: &Vector, digest: impl FnOnce(&[u8; 16]) -> Hash) {
        assert!(
            self.item_kind.replace(kind).is_none_or(|before| before == kind),
            "a record has items of one kind"
        );
        let record_salt = vector.hex("record salt");
        let salt = chain::item_salt(&record_salt, vector.parse("position"));
        assert_eq!(salt, vector.hex("item salt"));
        let digest = digest(&salt);
        assert_eq!(digest, vector.hash_of_bytes("digest"), "{}", vector.name);
        self.items.push((record_salt, digest));
        assert_eq!(vector.parse::<usize>("position"), self.items.len());
    }

    fn record(&mut self, vector: &Vector) {
        let items = std::mem::take(&mut self.items);
        let salt = items[0].0;
        assert!(items.iter().all(|item| item.0 == salt), "a record has one salt");
        let digests: Vec<_> = items.into_iter().map(|(_, digest)| digest).collect();
        let shown: Vec<Hash> = vector.all("item digest").map(read_hex).collect();
        assert_eq!((vector.parse("count"), &shown), (digests.len(), &digests));

        let record = Record {
            community_id: vector.parse("community id"),
            seq: vector.parse("seq"),
            kind: RecordKind::from_name(vector.text("kind")).unwrap(),
            id: vector.parse("record id"),
            undone_id: vector.optional("undone id"),
            created_at: Timestamp::from_micros(vector.parse("time")),
            salt,
            digest: vector.hash_of_bytes("digest"),
            hash: vector.hex("hash"),
        };
        assert_eq!(chain::record_digest(&record, &digests), record.digest, "record {}", record.seq);
        let (last_seq, before) = self.head.expect("the genesis comes first");
        assert_eq!((record.seq, vector.hex("hash before")), (last_seq + 1, before));
        assert_eq!(Some(chain::genesis(record.community_id)), self.genesis, "one community");
        assert_eq!(chain::link(&before, &record.digest), record.hash, "record {}", record.seq);
        self.head = Some((record.seq, record.hash));
        self.record_kinds.insert(record.kind);
        self.item_kinds.insert(record.kind, self.item_kind.take().unwrap());
    }
}

fn item_salt(vector: &Vector) {
    let salt = chain::item_salt(&vector.hex("record salt"), vector.parse("position"));
    assert_eq!(salt, vector.hex("item salt"));
    let bytes = hex::decode(vector.text("bytes")).unwrap();
    assert_eq!(salt, Sha256::digest(&bytes)[..16]);
}

#[test]
fn the_vectors_are_what_the_code_computes() {
    let mut checker = Checker::default();
    for vector in vectors(DOCUMENT) {
        checker.check(&vector);
    }
    let counts = checker.counts.iter().map(|(name, count)| (name.as_str(), *count)).collect::<Vec<_>>();
    let expected = [
        ("account item", 3),
        ("entry", 4),
        ("genesis", 1),
        ("hold item", 4),
        ("item salt", 3),
        ("record", 9),
        ("text commitment", 2),
    ];
    assert_eq!(counts, expected, "no vector is lost");
    assert_eq!(
        checker.record_kinds,
        RecordKind::ALL.iter().copied().collect(),
        "every kind of record is shown"
    );
    let item_kinds = [
        (RecordKind::Account, "account item"),
        (RecordKind::Hold, "hold item"),
        (RecordKind::Release, "hold item"),
        (RecordKind::Transfer, "entry"),
    ];
    assert_eq!(checker.item_kinds, BTreeMap::from(item_kinds));
    checker.commitments.insert(chain::NO_TEXT);
    assert_eq!(checker.used_commitments, checker.commitments, "items with each text and without one");
    assert!(checker.items.is_empty(), "every item belongs to a record");
}

#[test]
fn the_codes_are_those_of_the_code() {
    macro_rules! codes {
        ($kind:ty) => {
            <$kind>::ALL.iter().map(|kind| (kind.code(), kind.name().to_owned())).collect::<BTreeSet<_>>()
        };
    }
    assert_eq!(code_table(DOCUMENT, "Record kinds"), codes!(RecordKind));
    assert_eq!(code_table(DOCUMENT, "Entry kinds"), codes!(EntryKind));
    assert_eq!(code_table(DOCUMENT, "Account kinds"), codes!(AccountKind));
    assert_eq!(code_table(DOCUMENT, "Account statuses"), codes!(AccountStatus));
}

/// The check has to be able to fail: it finds a change of any single value of any vector.
#[test]
fn a_changed_vector_is_found() {
    let vectors = vectors(DOCUMENT);
    let passes = |vectors: &[Vector]| {
        let run = || {
            let mut checker = Checker::default();
            vectors.iter().for_each(|vector| checker.check(vector));
        };
        std::panic::catch_unwind(run).is_ok()
    };
    assert!(passes(&vectors));
    for (index, vector) in vectors.iter().enumerate() {
        for (line, (name, value)) in vector.lines.iter().enumerate() {
            let mut changed = vectors.clone();
            changed[index].lines[line].1 = change(value);
            assert!(!passes(&changed), "{} {index}: another `{name}` was not found", vector.name);
        }
    }
}

/// The value with another last character, of the same sort where that is possible.
fn change(value: &str) -> String {
    let mut characters: Vec<_> = value.chars().collect();
    let last = characters.pop().unwrap();
    characters.push(if last == '1' { '2' } else { '1' });
    characters.into_iter().collect()
}
