//! Buttons and links that make checkouts.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::checkouts::token_text;
use crate::services::payment_links::LinkInContext;

/// A button or link.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PaymentLink)]
pub struct PaymentLinkView<'a> {
    /// Its id.
    id: Uuid,
    /// The code of the account that is paid.
    #[schema(example = "RIVER0002")]
    account: &'a str,
    /// What it is called.
    #[schema(example = "Coffee for the repair café")]
    title: &'a str,
    /// What for.
    #[schema(example = "A coffee")]
    description: &'a str,
    /// How much; null where it is up to the payer.
    #[schema(example = "2.50")]
    amount: Option<String>,
    /// Where it leads: for buttons, mails and QR codes.
    #[schema(example = "https://river.example/pay/Zk3vX0m2q8rB1tYw4uNpLA")]
    url: String,
    /// Where the payer goes afterwards.
    return_url: Option<&'a str>,
    /// When it was made.
    #[schema(example = "2026-09-21T14:13:20.000000Z")]
    created_at: String,
}

impl<'a> PaymentLinkView<'a> {
    /// A link below a public URL.
    pub fn new(found: &'a LinkInContext, public_url: &str) -> Self {
        let LinkInContext { link, community } = found;
        Self {
            id: link.id.uuid(),
            account: link.payee.code.as_str(),
            title: &link.title,
            description: &link.description,
            amount: link.amount.map(|amount| community.scale.format(amount)),
            url: format!("{public_url}/pay/{}", token_text(link.token)),
            return_url: link.return_url.as_deref(),
            created_at: link.created_at.rfc3339(),
        }
    }
}

/// The links in use, newest first: at most a hundred for each account.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentLinkList<'a> {
    /// The links.
    pub data: Vec<PaymentLinkView<'a>>,
}
