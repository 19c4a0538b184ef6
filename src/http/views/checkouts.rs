//! Checkouts.

use std::collections::BTreeMap;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::checkout::{Checkout, LinkToken, NationalPart};
use crate::domain::community::Community;
use crate::domain::ids::PaymentId;
use crate::services::checkouts::CheckoutInContext;

/// A checkout, as its shop sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Checkout)]
pub struct CheckoutView<'a> {
    /// Its id.
    id: Uuid,
    /// The community's code.
    #[schema(example = "RIVER")]
    community: &'a str,
    /// True where it is of a community that is only for tests; else left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    test_mode: bool,
    /// Where it stands: `open`, `completed`, `authorised`, `declined`, `cancelled` or `expired`. It only moves forward.
    #[schema(example = "open")]
    state: &'static str,
    /// How much is to be paid in the local currency.
    #[schema(example = "75.00")]
    amount: String,
    /// The local currency: its community's code.
    #[schema(example = "RIVER")]
    currency: &'a str,
    /// The code of the account that is paid.
    #[schema(example = "RIVER0002")]
    account: &'a str,
    /// The shop's name for the order.
    #[schema(example = "shop-1042")]
    order_reference: &'a str,
    /// What for.
    #[schema(example = "Order 1042")]
    description: &'a str,
    /// Its page, where the payer approves; also what a QR code holds. Not repeated in events, nor for admins.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(example = "https://river.example/c/Zk3vX0m2q8rB1tYw4uNpLA")]
    url: Option<String>,
    /// `automatic`: the money moves when the payer approves. `manual`: when the shop captures it.
    #[schema(example = "automatic")]
    capture: &'static str,
    /// The payment that the payer approved: what is captured, voided and refunded.
    payment_id: Option<Uuid>,
    /// How much was paid.
    #[schema(example = "0.00")]
    captured: String,
    /// How much of that was given back.
    #[schema(example = "0.00")]
    refunded: String,
    /// What the shop takes itself, in national money; null where all of the price is local.
    split: Option<SplitView>,
    /// Where the payer goes afterwards.
    return_url: Option<&'a str>,
    /// Where the payer goes who does not pay.
    cancel_url: Option<&'a str>,
    /// What the shop's program wanted to find again; for those who look after the account.
    #[schema(value_type = Object)]
    metadata: &'a BTreeMap<String, String>,
    /// Until when it can be approved.
    #[schema(example = "2026-09-21T14:28:20.000000Z")]
    expires_at: String,
    /// When it was made.
    #[schema(example = "2026-09-21T14:13:20.000000Z")]
    created_at: String,
}

/// The part of a price that the shop takes itself, in national money.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Split)]
pub struct SplitView {
    /// The currency (ISO 4217).
    #[schema(example = "EUR")]
    currency: String,
    /// How much.
    #[schema(example = "225.00")]
    amount: String,
    /// The whole price, where the shop counts both parts in this currency.
    #[schema(example = "300.00")]
    total: Option<String>,
}

impl From<NationalPart> for SplitView {
    fn from(part: NationalPart) -> Self {
        let scale = part.currency.scale();
        Self {
            currency: part.currency.as_str().to_owned(),
            amount: scale.format(part.amount),
            total: part.total.map(|total| scale.format(total)),
        }
    }
}

/// The text of a token in a link.
pub fn token_text(token: LinkToken) -> String {
    URL_SAFE_NO_PAD.encode(token.0)
}

/// The token that a text of a link is, if it is one.
pub fn parse_token(text: &str) -> Option<LinkToken> {
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    bytes.try_into().ok().map(LinkToken)
}

/// The address of a checkout's page.
pub fn page_url(public_url: &str, token: LinkToken) -> String {
    format!("{public_url}/c/{}", token_text(token))
}

impl<'a> CheckoutView<'a> {
    /// A checkout in its community's currency, with the address of its page below a public URL.
    pub fn new(community: &'a Community, checkout: &'a Checkout, public_url: Option<&str>) -> Self {
        let terms = &checkout.terms;
        Self {
            id: checkout.id.uuid(),
            community: community.code.as_str(),
            test_mode: community.is_test(),
            state: checkout.state.name(),
            amount: community.scale.format(terms.amount),
            currency: community.code.as_str(),
            account: checkout.payee.code.as_str(),
            order_reference: &terms.order_reference,
            description: &terms.description,
            url: public_url.map(|public_url| page_url(public_url, checkout.token)),
            capture: terms.capture.name(),
            payment_id: checkout.payment_id.map(PaymentId::uuid),
            captured: community.scale.format(checkout.captured),
            refunded: community.scale.format(checkout.refunded),
            split: terms.national.map(SplitView::from),
            return_url: terms.return_url.as_deref(),
            cancel_url: terms.cancel_url.as_deref(),
            metadata: &terms.metadata,
            expires_at: checkout.expires_at.rfc3339(),
            created_at: checkout.created_at.rfc3339(),
        }
    }
}

/// What somebody sees of a shop's metadata who has nothing to do with it.
static NOTHING: BTreeMap<String, String> = BTreeMap::new();

impl<'a> CheckoutView<'a> {
    /// A checkout as it was found. Who sees it by office does not see what is between the shop and whoever pays: what opens its page,
    /// where it leads, and what the shop's program noted.
    pub fn found(found: &'a CheckoutInContext, public_url: &str) -> Self {
        let CheckoutInContext { checkout, community, is_by_office } = found;
        let whole = Self::new(community, checkout, Some(public_url));
        if *is_by_office {
            Self { url: None, return_url: None, cancel_url: None, metadata: &NOTHING, ..whole }
        } else {
            whole
        }
    }
}

/// A checkout, as whoever has its link sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublicCheckout)]
pub struct PublicCheckoutView<'a> {
    /// Its id.
    id: Uuid,
    /// The community's code.
    #[schema(example = "RIVER")]
    community: &'a str,
    /// True where it is of a community that is only for tests; else left out.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    #[schema(required = false)]
    test_mode: bool,
    /// Where it stands: `open`, `completed`, `authorised`, `declined`, `cancelled` or `expired`.
    #[schema(example = "open")]
    state: &'static str,
    /// How much is to be paid in the local currency.
    #[schema(example = "75.00")]
    amount: String,
    /// The local currency: its community's code.
    #[schema(example = "RIVER")]
    currency: &'a str,
    /// The code of the account that is paid.
    #[schema(example = "RIVER0002")]
    account: &'a str,
    /// The name of the shop.
    #[schema(example = "Mill Bakery")]
    payee: &'a str,
    /// The shop's name for the order.
    #[schema(example = "shop-1042")]
    order_reference: &'a str,
    /// What for.
    #[schema(example = "Order 1042")]
    description: &'a str,
    /// What the shop takes itself, in national money; null where all of the price is local.
    split: Option<SplitView>,
    /// The payment that was approved.
    payment_id: Option<Uuid>,
    /// Where the payer goes afterwards.
    return_url: Option<&'a str>,
    /// Where the payer goes who does not pay.
    cancel_url: Option<&'a str>,
    /// Until when it can be approved.
    #[schema(example = "2026-09-21T14:28:20.000000Z")]
    expires_at: String,
}

impl<'a> PublicCheckoutView<'a> {
    /// A checkout in its community's currency.
    pub fn new(community: &'a Community, checkout: &'a Checkout) -> Self {
        let terms = &checkout.terms;
        Self {
            id: checkout.id.uuid(),
            community: community.code.as_str(),
            test_mode: community.is_test(),
            state: checkout.state.name(),
            amount: community.scale.format(terms.amount),
            currency: community.code.as_str(),
            account: checkout.payee.code.as_str(),
            payee: &checkout.payee.name,
            order_reference: &terms.order_reference,
            description: &terms.description,
            split: terms.national.map(SplitView::from),
            payment_id: checkout.payment_id.map(PaymentId::uuid),
            return_url: terms.return_url.as_deref(),
            cancel_url: terms.cancel_url.as_deref(),
            expires_at: checkout.expires_at.rfc3339(),
        }
    }
}

/// A page of checkouts, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct CheckoutPage<'a> {
    /// The checkouts.
    pub data: Vec<CheckoutView<'a>>,
    /// Where the list goes on; null at its end.
    pub next_cursor: Option<String>,
}
