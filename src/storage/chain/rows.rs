//! The rows of the ledger's tables, uninterpreted.

use diesel::prelude::*;
use uuid::Uuid;

use crate::domain::ids::{AccountId, CommunityId, PaymentId, RecordId, TextId, UserId};

/// A community's head.
#[derive(Debug, Clone, Queryable)]
pub struct HeadRow {
    /// The community.
    pub community_id: CommunityId,
    /// The last record's place.
    pub seq: i64,
    /// The chain's hash after it.
    pub hash: Vec<u8>,
    /// The last event's place.
    pub event_seq: i64,
    /// How many transfers there are.
    pub transfers: i64,
    /// How many entries there are.
    pub entries: i64,
    /// How many accounts there are.
    pub accounts: i64,
    /// The last record's time, or a later one.
    pub last_at: i64,
}

/// A record of the chain.
#[derive(Debug, Clone, Queryable)]
pub struct RecordRow {
    /// Its place.
    pub seq: i64,
    /// What it tells.
    pub kind: i64,
    /// Its id.
    pub id: RecordId,
    /// The record that it undoes or uses up.
    pub undone_id: Option<RecordId>,
    /// When, in microseconds.
    pub created_at: i64,
    /// What its items' salts come from.
    pub salt: Vec<u8>,
    /// The hash of its content.
    pub digest: Vec<u8>,
    /// The chain's hash after it.
    pub hash: Vec<u8>,
}

/// An entry of a transfer.
#[derive(Debug, Clone, Queryable)]
pub struct EntryRow {
    /// The account.
    pub account_id: AccountId,
    /// Its place among the account's entries.
    pub account_seq: i64,
    /// The transfer's place.
    pub seq: i64,
    /// Its position in the transfer.
    pub position: i64,
    /// What it is.
    pub kind: i64,
    /// Signed, in minor units.
    pub amount: i64,
    /// The account's balance from then on.
    pub balance_after: i64,
    /// The payment that it belongs to.
    pub payment_id: PaymentId,
}

/// What an `account` record says.
#[derive(Debug, Clone, Queryable)]
pub struct AccountItemRow {
    /// The record's place.
    pub seq: i64,
    /// The account.
    pub account_id: AccountId,
    /// What it is for.
    pub kind: i64,
    /// Its status from then on.
    pub status: i64,
    /// How far below zero it may go.
    pub credit_limit: i64,
    /// The highest balance.
    pub ceiling: Option<i64>,
    /// The text with the reason.
    pub text_id: Option<TextId>,
}

/// What a `hold` or `release` record says.
#[derive(Debug, Clone, Queryable)]
pub struct HoldItemRow {
    /// The record's place.
    pub seq: i64,
    /// The account.
    pub account_id: AccountId,
    /// The payment.
    pub payment_id: PaymentId,
    /// How much was held or released.
    pub amount: i64,
    /// The account's reserved amount from then on.
    pub reserved_after: i64,
}

/// A payment.
#[derive(Debug, Clone, Queryable)]
pub struct PaymentRow {
    /// Its id.
    pub id: PaymentId,
    /// The event that announced it.
    pub event_seq: i64,
    /// Where it stands.
    pub state: i64,
    /// Who pays.
    pub payer_id: AccountId,
    /// Who is paid.
    pub payee_id: AccountId,
    /// How much.
    pub amount: i64,
    /// When it was made.
    pub created_at: i64,
    /// When its money moved.
    pub completed_at: Option<i64>,
    /// By which transfer.
    pub transfer_seq: Option<i64>,
    /// What its payer bears on top.
    pub payer_fee: i64,
    /// What its payee bears.
    pub payee_fee: i64,
}

/// That a payment gives back another.
#[derive(Debug, Clone, Queryable)]
pub struct RefundRow {
    /// The payment that gives back.
    pub payment_id: PaymentId,
    /// In which way.
    pub kind: i64,
    /// From whom to whom.
    pub sides: (AccountId, AccountId),
    /// How much.
    pub amount: i64,
    /// By which transfer.
    pub transfer_seq: Option<i64>,
    /// What its payer and its payee bear.
    pub fees: (i64, i64),
    /// The payment that is given back.
    pub original_id: PaymentId,
    /// From whom to whom it was.
    pub original_sides: (AccountId, AccountId),
    /// How much it was.
    pub original_amount: i64,
    /// By which transfer it was.
    pub original_seq: Option<i64>,
    /// The record of that transfer.
    pub original_record_id: Option<RecordId>,
    /// What its payer and its payee bore.
    pub original_fees: (i64, i64),
    /// How much goes back in national money beside it, and how much was paid beside the payment that is given back.
    pub national: (Option<i64>, Option<i64>),
}

/// A write-off, with its payment and the agreement that permits it.
#[derive(Debug, Clone)]
pub struct WriteOffRow {
    /// The payment.
    pub payment_id: PaymentId,
    /// Whose balance it was.
    pub account_id: AccountId,
    /// The balance.
    pub amount: i64,
    /// From whom to whom it went.
    pub sides: (AccountId, AccountId),
    /// How much was paid.
    pub paid: i64,
    /// By which transfer.
    pub transfer_seq: Option<i64>,
    /// What the agreement is about.
    pub kind: i64,
    /// Where it stands.
    pub state: i64,
    /// About which account; zero for none.
    pub approved_account: uuid::Uuid,
    /// Up to which balance; zero for none.
    pub approved_amount: i64,
    /// Who asked for it.
    pub asked_by: UserId,
    /// Who agreed to it.
    pub settled_by: Option<UserId>,
}

/// A hold, open or ended.
#[derive(Debug, Clone, Queryable)]
pub struct HoldRow {
    /// The payment it is for.
    pub payment_id: PaymentId,
    /// The record that made it.
    pub record_id: RecordId,
    /// Whose money is held.
    pub payer_id: AccountId,
    /// Who may capture it.
    pub payee_id: AccountId,
    /// How much.
    pub amount: i64,
    /// Until when it can be captured.
    pub expires_at: i64,
    /// What the chain keeps of the payment's description.
    pub text_commitment: Vec<u8>,
    /// Whether it still stands.
    pub is_open: bool,
}

/// A request, open or decided.
#[derive(Debug, Clone, Queryable)]
pub struct RequestRow {
    /// The payment that is asked for.
    pub payment_id: PaymentId,
    /// Who is asked.
    pub payer_id: AccountId,
    /// Who asks.
    pub payee_id: AccountId,
    /// How much.
    pub amount: i64,
    /// Until when it can be accepted.
    pub expires_at: i64,
    /// Whether it still awaits the payer's word.
    pub is_open: bool,
}

/// A text, or what is left of an erased one.
#[derive(Debug, Clone, Queryable)]
pub struct TextRow {
    /// Its id.
    pub id: TextId,
    /// What binds it to the chain; gone where it is erased.
    pub salt: Option<Vec<u8>>,
    /// The text; gone where it is erased.
    pub content: Option<String>,
    /// What the chain keeps of an erased text.
    pub commitment: Option<Vec<u8>>,
}

/// A row of the outbox: the events of one batch.
#[derive(Debug, Clone, Queryable)]
pub struct EventBatchRow {
    /// The place of the last of them.
    pub last_seq: i64,
    /// The place of the first of them.
    pub first_seq: i64,
    /// The events, packed.
    pub events: Vec<u8>,
}

/// A used idempotency key, without the key itself and the answer's bytes.
#[derive(Debug, Clone)]
pub struct KeyRow {
    /// The community.
    pub community_id: CommunityId,
    /// What came of it.
    pub result_id: Uuid,
    /// The answer's status code.
    pub status: i64,
}

/// An account.
#[derive(Debug, Clone, Queryable)]
pub struct AccountRow {
    /// Its id.
    pub id: AccountId,
    /// What it is for.
    pub kind: i64,
    /// Whether it takes part.
    pub status: i64,
    /// How far below zero it may go.
    pub credit_limit: i64,
    /// The highest balance.
    pub ceiling: Option<i64>,
    /// When it was opened.
    pub created_at: i64,
}

/// An account's balance.
#[derive(Debug, Clone, Queryable)]
pub struct BalanceRow {
    /// The account.
    pub account_id: AccountId,
    /// The sum of its entries.
    pub balance: i64,
    /// What is held.
    pub reserved: i64,
    /// The number of its entries.
    pub account_seq: i64,
    /// Since when it has been below zero.
    pub negative_since: Option<i64>,
}
