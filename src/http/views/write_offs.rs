//! Write-offs, and what a community has to expect.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::write_off::WriteOffCategory;
use crate::services::write_offs::{ExpectedLoss, Register, VisibleLine};

/// A line of the register.
#[derive(Serialize, ToSchema)]
#[schema(as = WriteOff)]
pub struct WriteOffView {
    /// In which month.
    #[schema(example = "2027-03")]
    month: String,
    /// The balance that was written off: below zero where the community bears it, above where it was given up.
    #[schema(example = "-80.00")]
    amount: String,
    /// How much of it was taken back since, by a reversal.
    #[schema(example = "0.00")]
    taken_back: String,
    /// Why, in short; null where so few have it that it would tell of somebody.
    #[schema(example = "unreachable")]
    category: Option<&'static str>,
    /// When, to the moment; for admins, else null.
    created_at: Option<String>,
    /// The account's code; for admins, else null.
    account: Option<String>,
    /// The account's name; for admins, else null.
    name: Option<String>,
    /// The payment; for admins, else null.
    payment_id: Option<Uuid>,
}

/// A year of the register of write-offs.
#[derive(Serialize, ToSchema)]
#[schema(as = WriteOffRegister)]
pub struct WriteOffRegisterView {
    /// The year.
    #[schema(example = 2027)]
    year: i16,
    /// What the community bears of it: the sum of what was below zero.
    #[schema(example = "80.00")]
    borne: String,
    /// What was given up: the sum of what was above zero.
    #[schema(example = "0.00")]
    given_up: String,
    /// The write-offs, by month.
    data: Vec<WriteOffView>,
}

/// Debts of one age.
#[derive(Serialize, ToSchema)]
#[schema(as = LossBucket)]
pub struct LossBucketView {
    /// Its name: by how long the balances have been below zero, or `frozen_or_leaving`.
    #[schema(example = "under_90_days")]
    name: &'static str,
    /// How many accounts.
    #[schema(example = 12)]
    accounts: usize,
    /// What they owe together.
    #[schema(example = "840.00")]
    owed: String,
    /// How much of it is expected to be lost, in hundredths of a percent.
    #[schema(example = 100)]
    rate_bp: i64,
    /// The same as an amount, rounded up.
    #[schema(example = "8.40")]
    expected_loss: String,
}

/// What a community has to expect to lose, and what it has set aside.
#[derive(Serialize, ToSchema)]
#[schema(as = ExpectedLoss)]
pub struct ExpectedLossView {
    /// When it was looked at.
    made_at: String,
    /// The debts by age.
    buckets: Vec<LossBucketView>,
    /// All buckets together.
    #[schema(example = "8.40")]
    expected_loss: String,
    /// What the commons holds, where that is above zero.
    #[schema(example = "20.00")]
    reserve: String,
    /// How much of the expected loss is set aside, in hundredths of a percent, rounded down; null where none is expected.
    #[schema(example = 23809)]
    covered_bp: Option<i64>,
    /// The balance of the write-off account: below zero where the community bears losses.
    #[schema(example = "-80.00")]
    written_off: String,
}

impl From<&Register> for WriteOffRegisterView {
    fn from(register: &Register) -> Self {
        let money = |amount| register.community.scale.format(amount);
        let line = |visible: &VisibleLine| WriteOffView {
            month: visible.month.clone(),
            amount: money(visible.line.amount),
            taken_back: money(visible.line.taken_back),
            category: visible.category.map(WriteOffCategory::name),
            created_at: visible.account.as_ref().map(|_| visible.line.created_at.rfc3339()),
            account: visible.account.as_ref().map(|account| account.code.to_string()),
            name: visible.account.as_ref().map(|account| account.name.to_string()),
            payment_id: visible.account.as_ref().map(|_| visible.line.payment_id.uuid()),
        };
        let (borne, given_up) = register.sums();
        Self {
            year: register.year,
            borne: money(borne),
            given_up: money(given_up),
            data: register.lines.iter().map(line).collect(),
        }
    }
}

impl From<&ExpectedLoss> for ExpectedLossView {
    fn from(found: &ExpectedLoss) -> Self {
        let money = |amount| found.community.scale.format(amount);
        let buckets = found.lines.iter().map(|line| LossBucketView {
            name: line.bucket.name(),
            accounts: line.accounts,
            owed: money(line.owed),
            rate_bp: line.bucket.rate_bp(),
            expected_loss: money(line.loss),
        });
        Self {
            made_at: found.made_at.rfc3339(),
            buckets: buckets.collect(),
            expected_loss: money(found.total()),
            reserve: money(found.reserve),
            covered_bp: found.covered_bp(),
            written_off: money(found.written_off),
        }
    }
}
