//! Who may act at an account beside its owner.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::people::MemberView;
use crate::services::delegations::{Delegates, Teller};

/// A teller of an account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Teller)]
pub struct TellerView {
    /// The user's id.
    user_id: Uuid,
    /// The user's name.
    #[schema(example = "Till Baker")]
    name: String,
    /// What the teller may: some of `see`, `take` and `pay`.
    #[schema(example = json!(["see", "take"]))]
    rights: Vec<&'static str>,
    /// The most in one payment, in units; null for no ceiling.
    #[schema(example = "50")]
    per_payment: Option<String>,
    /// The most on one day, in units; null for no ceiling.
    #[schema(example = "200")]
    per_day: Option<String>,
}

impl From<&Teller> for TellerView {
    fn from(teller: &Teller) -> Self {
        let ceilings = teller.terms.ceilings;
        Self {
            user_id: teller.user.id.uuid(),
            name: teller.user.name.clone(),
            rights: teller.terms.rights.names(),
            per_payment: ceilings.per_payment.map(|ceiling| ceiling.to_string()),
            per_day: ceilings.per_day.map(|ceiling| ceiling.to_string()),
        }
    }
}

/// Who may act at an account beside its owner.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Delegates)]
pub struct DelegatesView {
    /// With some rights.
    tellers: Vec<TellerView>,
    /// As the owner.
    brokers: Vec<MemberView>,
}

impl From<&Delegates> for DelegatesView {
    fn from(delegates: &Delegates) -> Self {
        Self {
            tellers: delegates.tellers.iter().map(TellerView::from).collect(),
            brokers: delegates.brokers.iter().map(MemberView::from).collect(),
        }
    }
}
