//! Several payments at once: one to many, many to one, lists from a file. They share one transfer.

use super::amount::Amount;
use super::command::Pay;
use super::ids::PaymentId;
use super::payment::TransferPosition;
use super::refusal::Refusal;

/// The most payments of a batch.
pub const BATCH_PAYMENTS_MAX: usize = 1_000;
/// The most lines of a bulk.
pub const BULK_LINES_MAX: usize = 10_000;

/// How several payments are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ManyMode {
    /// As one: each account's net change counts, and all are made or none.
    Together,
    /// One after the other, with the balances that the ones before leave; all are made or none.
    AllInOrder,
    /// One after the other, and those that are refused are left out.
    ValidInOrder,
}

/// Several payments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PayMany {
    /// How they are judged.
    pub mode: ManyMode,
    /// The payments, in the caller's order.
    pub payments: Vec<Pay>,
    /// For each of them the line on which the caller wrote it.
    pub lines: Vec<u32>,
    /// Lines that are no payments and are left out.
    pub unfit: Vec<UnfitLine>,
}

/// A line that is no payment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnfitLine {
    /// The line.
    pub line: u32,
    /// The problem code.
    pub code: &'static str,
    /// What is wrong with it, for people. Nothing of what was written on it.
    pub detail: String,
}

/// A line whose payment is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LineRefusal {
    /// The line.
    pub line: u32,
    /// Why.
    pub refusal: Refusal,
}

/// Several payments that were made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaidMany {
    /// The transfer that they share.
    pub transfer: TransferPosition,
    /// How much was paid in all.
    pub total: Amount,
    /// Each payment with its line.
    pub payments: Vec<(Option<u32>, PaymentId)>,
    /// What was left out because it was refused.
    pub refusals: Vec<LineRefusal>,
    /// What was left out because it was no payment.
    pub unfit: Vec<UnfitLine>,
}
