//! Members who are leaving.

use serde::Serialize;
use utoipa::ToSchema;

use super::MemberView;
use crate::domain::account::Account;
use crate::domain::leaving::Plan;
use crate::services::leaving::VisibleLeaving;

/// Some members.
#[derive(Serialize, ToSchema)]
pub struct MemberList {
    /// The members.
    pub data: Vec<MemberView>,
}

/// What an account of a leaving member still holds or owes.
#[derive(Serialize, ToSchema)]
#[schema(as = LeavingAccount)]
pub struct LeavingAccountView {
    /// Its code.
    #[schema(example = "RIVER0001")]
    code: String,
    /// Its balance.
    #[schema(example = "-80.00")]
    balance: String,
    /// What is held for payments that are authorised.
    #[schema(example = "0.00")]
    reserved: String,
}

/// A part of what is to be settled.
#[derive(Serialize, ToSchema)]
#[schema(as = Instalment)]
pub struct InstalmentView {
    /// By when.
    #[schema(example = "2027-01-31")]
    due_on: String,
    /// How much.
    #[schema(example = "40.00")]
    amount: String,
}

/// How a leaving member comes to zero.
#[derive(Serialize, ToSchema)]
#[schema(as = LeavingPlan)]
pub struct LeavingPlanView {
    /// By when it is at zero.
    #[schema(example = "2027-03-31")]
    target_on: String,
    /// The parts, by date.
    instalments: Vec<InstalmentView>,
    /// Which side proposed it: `member` or `admin`.
    #[schema(example = "member")]
    proposed_by: &'static str,
    /// Whether the other side agreed.
    is_agreed: bool,
}

/// A member's leaving.
#[derive(Serialize, ToSchema)]
#[schema(as = Leaving)]
pub struct LeavingView {
    /// The member.
    member: MemberView,
    /// Since when.
    began_at: String,
    /// When it ended; null until then.
    ended_at: Option<String>,
    /// How it ended: `stayed` or `closed`; null until then.
    ended_as: Option<&'static str>,
    /// What is still to be settled.
    accounts: Vec<LeavingAccountView>,
    /// The plan that was proposed last; null where none was.
    plan: Option<LeavingPlanView>,
    /// Goes up with each plan and agreement.
    version: i64,
}

/// A page of leavings.
#[derive(Serialize, ToSchema)]
pub struct LeavingPage {
    /// The leavings, the newest member first.
    pub data: Vec<LeavingView>,
    /// Where the list goes on; null at its end.
    pub next_cursor: Option<String>,
}

impl From<&VisibleLeaving> for LeavingView {
    fn from(visible: &VisibleLeaving) -> Self {
        let VisibleLeaving { community, member, accounts, leaving } = visible;
        let money = |amount| community.scale.format(amount);
        let account = |account: &Account| LeavingAccountView {
            code: account.code.to_string(),
            balance: money(account.balance),
            reserved: money(account.reserved),
        };
        let plan = |plan: &Plan| LeavingPlanView {
            target_on: plan.target_on.to_string(),
            instalments: plan
                .instalments
                .iter()
                .map(|part| InstalmentView { due_on: part.due_on.to_string(), amount: money(part.amount) })
                .collect(),
            proposed_by: plan.proposed_as.name(),
            is_agreed: plan.agreed_by.is_some(),
        };
        Self {
            member: MemberView::from(member),
            began_at: leaving.began_at.rfc3339(),
            ended_at: leaving.ended.map(|(_, at)| at.rfc3339()),
            ended_as: leaving.ended.map(|(end, _)| end.name()),
            accounts: accounts.iter().map(account).collect(),
            plan: leaving.plan.as_ref().map(plan),
            version: leaving.version,
        }
    }
}
