//! What the fund pays out: the income, what came of it, and what would come of the next.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::missed::MissedPeriodsView;
use crate::domain::amount::Scale;
use crate::domain::fund::{IncomeRules, IncomeRun};
use crate::domain::groups::MemberKind;
use crate::domain::ids::GroupId;
use crate::domain::time::Timestamp;
use crate::services::income::{Income, Preview};

/// The group of those who qualify.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = QualifyingGroup)]
pub struct QualifyingGroupView {
    /// Its id.
    id: Uuid,
    /// Its name.
    #[schema(example = "Neighbours")]
    name: String,
}

/// Who gets an income: active members of which all of this is true when the period ends.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Qualification)]
pub struct QualificationView {
    /// `person` or `business`; null for both.
    #[schema(example = "person")]
    kind: Option<&'static str>,
    /// Their group; null for any or none.
    group: Option<QualifyingGroupView>,
    /// Members for at least so many days.
    #[schema(example = 90)]
    member_days: i64,
    /// With a payment in so many days before; null for no such rule.
    #[schema(example = 60)]
    traded_days: Option<i64>,
}

/// The income that an admin wants.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = WantedIncome)]
pub struct WantedIncomeView {
    /// After each `week` or `month`.
    #[schema(example = "month")]
    every: &'static str,
    /// How much each member gets.
    #[schema(example = "10.00")]
    amount: String,
    /// `person` or `business`; null for both.
    #[schema(example = "person")]
    kind: Option<&'static str>,
    /// The id of the group that gets it; null for any or none.
    group: Option<Uuid>,
    /// Members for at least so many days.
    #[schema(example = 90)]
    member_days: i64,
    /// With a payment in so many days before; null for no such rule.
    #[schema(example = 60)]
    traded_days: Option<i64>,
}

impl WantedIncomeView {
    /// These rules in the community's scale.
    pub(super) fn new(scale: Scale, rules: &IncomeRules) -> Self {
        let who = rules.who;
        Self {
            every: rules.every.name(),
            amount: scale.format(rules.amount),
            kind: who.kind.map(MemberKind::name),
            group: who.group_id.map(GroupId::uuid),
            member_days: who.member_days,
            traded_days: who.traded_days,
        }
    }
}

/// What came of a period's income.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IncomeRun)]
pub struct IncomeRunView {
    /// `week` or `month`, by the rules of then.
    #[schema(example = "month")]
    every: &'static str,
    /// The period's first day.
    #[schema(example = "2026-11-01")]
    period: String,
    /// `paid`; `fund_empty`: the fund had not enough for all who qualified, and nobody got it; `fund_not_active`: it was frozen;
    /// `nobody` qualified; `too_many` qualified to be paid at once.
    #[schema(example = "paid")]
    outcome: &'static str,
    /// How many got it, or would have.
    #[schema(example = 42)]
    members: i64,
    /// How many qualified, and had an account that could take no more.
    #[schema(example = 0)]
    left_out: i64,
    /// What each got, or would have.
    #[schema(example = "10.00")]
    amount: String,
    /// What they got together, or would have.
    #[schema(example = "420.00")]
    total: String,
    /// What the fund had to pay with.
    #[schema(example = "1250.00")]
    available: String,
    /// When.
    #[schema(example = "2026-12-01T00:00:31Z")]
    made_at: String,
}

impl IncomeRunView {
    fn new(scale: Scale, run: &IncomeRun) -> Self {
        Self {
            every: run.every.name(),
            period: run.period.to_string(),
            outcome: run.outcome.name(),
            members: run.members,
            left_out: run.left_out,
            amount: scale.format(run.amount),
            total: scale.format(run.total()),
            available: scale.format(run.available),
            made_at: run.made_at.rfc3339(),
        }
    }
}

/// What the next period would bring if it ended now.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IncomePreview)]
pub struct IncomePreviewView {
    /// How many members qualify; more than 10,000 are not counted, and cannot be paid at once.
    #[schema(example = 42)]
    members: i64,
    /// What they would get together.
    #[schema(example = "420.00")]
    total: String,
    /// What the fund has to pay with.
    #[schema(example = "1250.00")]
    available: String,
    /// Whether all of them would be paid, and else nobody.
    is_enough: bool,
}

impl IncomePreviewView {
    fn new(scale: Scale, preview: &Preview) -> Self {
        Self {
            members: preview.members,
            total: scale.format(preview.total),
            available: scale.format(preview.available),
            is_enough: preview.is_enough(),
        }
    }
}

/// The income that a community's fund pays.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Income)]
pub struct IncomeView {
    /// Rises with each change; zero where nothing was ever set.
    #[schema(example = 1)]
    version: i64,
    /// After each `week` or `month`.
    #[schema(example = "month")]
    every: &'static str,
    /// How much each member gets; zero for no income.
    #[schema(example = "10.00")]
    amount: String,
    /// Who gets it.
    qualifies: QualificationView,
    /// The first day of the period that is paid for next; null where nothing was ever set.
    #[schema(example = "2026-11-01")]
    next_period: Option<String>,
    /// When that is.
    #[schema(example = "2026-11-30T23:00:00Z")]
    next_at: Option<String>,
    /// What came of the last 24 periods, the newest first.
    runs: Vec<IncomeRunView>,
    /// Periods that nobody was paid for, because the service was off; the latest 24 such times, the newest first.
    missed: Vec<MissedPeriodsView>,
    /// What would come of the next; for admins, and where there is an income.
    preview: Option<IncomePreviewView>,
}

impl From<&Income> for IncomeView {
    fn from(income: &Income) -> Self {
        let (rules, scale) = (&income.rules, income.community.scale);
        let group = income.group.as_ref();
        Self {
            version: rules.version,
            every: rules.every.name(),
            amount: scale.format(rules.amount),
            qualifies: QualificationView {
                kind: rules.who.kind.map(MemberKind::name),
                group: group
                    .map(|group| QualifyingGroupView { id: group.id.uuid(), name: group.name.clone() }),
                member_days: rules.who.member_days,
                traded_days: rules.who.traded_days,
            },
            next_period: income.next.map(|next| next.period.to_string()),
            next_at: income.next.map(|next| Timestamp::rfc3339(next.due_at)),
            runs: income.runs.iter().map(|run| IncomeRunView::new(scale, run)).collect(),
            missed: income.missed.iter().map(MissedPeriodsView::from).collect(),
            preview: income.preview.as_ref().map(|preview| IncomePreviewView::new(scale, preview)),
        }
    }
}
