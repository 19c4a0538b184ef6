//! Fees: what payments bear, and by which rules.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::amount::{Amount, Scale};
use crate::domain::community::Community;
use crate::domain::fees::{Fee, Fees};

/// What one side of a payment bears for the community's fund.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Fee)]
pub struct FeeView {
    /// Who bears it: the `payer`, on top of the amount, or the `payee`, out of what is received.
    #[schema(example = "payer")]
    side: &'static str,
    /// How much.
    #[schema(example = "0.25")]
    amount: String,
}

impl FeeView {
    /// What each side bears, where it bears something.
    pub fn list(scale: Scale, fees: Fees) -> Vec<Self> {
        let sides = [("payer", fees.payer), ("payee", fees.payee)].into_iter();
        let borne = sides.filter(|(_, amount)| *amount != Amount::ZERO);
        borne.map(|(side, amount)| Self { side, amount: scale.format(amount) }).collect()
    }
}

/// One side's fee: a fixed amount and a share of what is paid.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FeeRule)]
pub struct FeeRuleView {
    /// What each payment bears.
    #[schema(example = "0.10")]
    fixed: String,
    /// The share of what is paid, in basis points, rounded half up: 100 is one per cent.
    #[schema(example = 100)]
    basis_points: i64,
}

/// Which fees payments between members bear.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = FeeRules)]
pub struct FeeRulesView {
    /// Rises with each change; zero where they were never set.
    #[schema(example = 1)]
    version: i64,
    /// What payers bear, on top of the amount.
    payer: FeeRuleView,
    /// What payees bear, out of what they receive.
    payee: FeeRuleView,
}

impl FeeRuleView {
    fn new(scale: Scale, fee: Fee) -> Self {
        Self { fixed: scale.format(fee.fixed), basis_points: fee.basis_points }
    }
}

impl From<&Community> for FeeRulesView {
    fn from(community: &Community) -> Self {
        let (scale, rules) = (community.scale, &community.fees);
        Self {
            version: rules.version,
            payer: FeeRuleView::new(scale, rules.payer),
            payee: FeeRuleView::new(scale, rules.payee),
        }
    }
}
