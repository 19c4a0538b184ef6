//! Accounts that were merged, or would be.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::account::Account;
use crate::domain::amount::Amount;
use crate::domain::community::Community;
use crate::domain::ids::PaymentId;
use crate::domain::payment::Party;
use crate::http::problem::ProblemFault;
use crate::services::Fault;
use crate::services::merging::{MergePreview, Merged};

/// An account by which another one is known from now on.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AccountLink)]
pub struct AccountLinkView {
    /// Its id.
    id: Uuid,
    /// Its public name.
    #[schema(example = "RIVER0001")]
    code: String,
    /// The name people read.
    #[schema(example = "Ada Brook")]
    name: String,
}

/// One of two accounts that are to be merged.
#[derive(Serialize, ToSchema)]
#[schema(as = MergeSide)]
pub struct MergeSideView {
    /// The account's code.
    #[schema(example = "RIVER0002")]
    code: String,
    /// The account's name.
    #[schema(example = "Ada Brook")]
    name: String,
    /// Whether it takes part.
    #[schema(example = "active")]
    status: &'static str,
    /// What it has; below zero where it owes.
    #[schema(example = "-12.50")]
    balance: String,
}

/// What would come of a merge.
#[derive(Serialize, ToSchema)]
#[schema(as = MergePreview)]
pub struct MergePreviewView {
    /// The account that is one too many; what it has would move.
    duplicate: MergeSideView,
    /// The account that is kept.
    kept: MergeSideView,
    /// What the kept one would have.
    #[schema(example = "27.50")]
    balance_after: String,
    /// Whether another admin has to agree.
    needs_another_admin: bool,
    /// What stands in the way; empty where nothing does.
    obstacles: Vec<ProblemFault>,
}

/// A merge that was made.
#[derive(Serialize, ToSchema)]
#[schema(as = Merge)]
pub struct MergeView {
    /// The account that was closed by it.
    duplicate: AccountLinkView,
    /// The account that is kept.
    kept: AccountLinkView,
    /// What the closed one had; below zero where it owed.
    #[schema(example = "-12.50")]
    amount: String,
    /// The payment by which that moved; null where it was at zero.
    payment_id: Option<Uuid>,
    /// When.
    #[schema(example = "2026-09-21T14:13:20.000000Z")]
    merged_at: String,
}

/// A merge that an admin wants.
#[derive(Serialize, ToSchema)]
#[schema(as = WantedMerge)]
pub struct WantedMergeView {
    /// The account that is one too many, as it is now.
    duplicate: MergeSideView,
    /// The account that is kept, as it is now.
    kept: MergeSideView,
    /// What the duplicate had when it was asked for: so much moves, or nothing.
    #[schema(example = "-12.50")]
    amount: String,
}

/// A page of merges.
#[derive(Serialize, ToSchema)]
pub struct MergePage {
    /// The merges, that of the newest account first.
    pub data: Vec<MergeView>,
    /// Where the list goes on; null at its end.
    pub next_cursor: Option<String>,
}

impl From<&Party> for AccountLinkView {
    fn from(party: &Party) -> Self {
        let Party { account_id, code, name } = party;
        Self { id: account_id.uuid(), code: code.to_string(), name: name.to_string() }
    }
}

impl MergeSideView {
    fn new(community: &Community, account: &Account) -> Self {
        Self {
            code: account.code.to_string(),
            name: account.name.to_string(),
            status: account.status.name(),
            balance: community.scale.format(account.balance),
        }
    }
}

impl WantedMergeView {
    /// Both accounts as they are now.
    pub(super) fn new(community: &Community, [duplicate, kept]: [&Account; 2], amount: Amount) -> Self {
        Self {
            amount: community.scale.format(amount),
            duplicate: MergeSideView::new(community, duplicate),
            kept: MergeSideView::new(community, kept),
        }
    }
}

impl From<&MergePreview> for MergePreviewView {
    fn from(preview: &MergePreview) -> Self {
        let MergePreview { community, duplicate, kept, balance_after, needs_two, obstacles } = preview;
        let fault = |fault: &Fault| ProblemFault {
            pointer: fault.pointer.clone(),
            code: fault.code,
            detail: fault.detail.clone(),
        };
        Self {
            duplicate: MergeSideView::new(community, duplicate),
            kept: MergeSideView::new(community, kept),
            balance_after: community.scale.format(*balance_after),
            needs_another_admin: *needs_two,
            obstacles: obstacles.iter().map(fault).collect(),
        }
    }
}

impl From<&Merged> for MergeView {
    fn from(merged: &Merged) -> Self {
        let Merged { community, duplicate, kept, merge } = merged;
        let link = |account: &Account| AccountLinkView::from(&Party::from(account));
        Self {
            duplicate: link(duplicate),
            kept: link(kept),
            amount: community.scale.format(merge.amount),
            payment_id: merge.payment_id.map(PaymentId::uuid),
            merged_at: merge.created_at.rfc3339(),
        }
    }
}
