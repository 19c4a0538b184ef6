//! Trusted payees.

use serde::Serialize;
use utoipa::ToSchema;

use super::payments::PartyView;
use crate::services::trust::TrustedPayee;

/// A payee whose requests are accepted without asking.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TrustedPayee)]
pub struct TrustedPayeeView<'a> {
    /// Who is trusted.
    payee: PartyView<'a>,
    /// The most in one request.
    #[schema(example = "20.00")]
    up_to: String,
    /// The most in all requests of a calendar month (UTC); null where there is no such bound.
    #[schema(example = "60.00")]
    per_month: Option<String>,
    /// How much was accepted so this month.
    #[schema(example = "18.50")]
    accepted_this_month: String,
}

impl<'a> From<&'a TrustedPayee> for TrustedPayeeView<'a> {
    fn from(trusted: &'a TrustedPayee) -> Self {
        let scale = trusted.community.scale;
        Self {
            payee: PartyView::from(&trusted.payee),
            up_to: scale.format(trusted.terms.up_to),
            per_month: trusted.terms.per_month.map(|amount| scale.format(amount)),
            accepted_this_month: scale.format(trusted.accepted_this_month),
        }
    }
}

/// All trusted payees of an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct TrustedPayeeList<'a> {
    /// The payees.
    pub data: Vec<TrustedPayeeView<'a>>,
}
