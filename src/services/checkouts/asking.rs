//! From a request's texts to a checkout.

use std::sync::Arc;

use super::{CheckoutAnswer, Receiving, receiving_accounts};
use crate::auth::return_urls::ReturnUrl;
use crate::auth::tokens::Bearer;
use crate::domain::account::AccountReference;
use crate::domain::amount::Amount;
use crate::domain::amount::Scale;
use crate::domain::checkout::{
    CHECKOUT_S, CaptureMode, CheckoutTerms, METADATA_BYTES_MAX, METADATA_ENTRIES_MAX,
    METADATA_NAME_CHARS_MAX, METADATA_VALUE_CHARS_MAX, Metadata, NATIONAL_MAX_MINOR, NationalCurrency,
    NationalPart, ORDER_REFERENCE_CHARS_MAX, OrderKey,
};
use crate::domain::command::{Action, CreateCheckout};
use crate::domain::community::Community;
use crate::domain::ids::AccountId;
use crate::domain::payment::DESCRIPTION_CHARS_MAX;
use crate::domain::policy::Right;
use crate::domain::refusal::Refusal;
use crate::domain::split::{Split, SplitError, WHOLE_BASIS_POINTS};
use crate::domain::visible::is_harmful;
use crate::services::audit::{self, NewUserAudit, Origin};
use crate::services::caller::{find_visible_account, only_one, require_live_session};
use crate::services::payments::{KeyedRequest, check_amount_shape, check_text, parse_amount, read_expiry};
use crate::services::references::Found;
use crate::services::{Fault, ServiceError, Services};
use crate::storage::checkouts;

/// A checkout as a shop asks for it.
#[derive(Debug, Clone, Default)]
pub struct NewCheckout {
    /// Who is to be paid: an account's code or id; the caller's only one where nothing is said.
    pub account: Option<String>,
    /// How much, as decimal text; may follow from the split.
    pub amount: Option<String>,
    /// The shop's name for the order.
    pub order_reference: String,
    /// What for; may be empty.
    pub description: String,
    /// Where the payer goes afterwards.
    pub return_url: Option<String>,
    /// Where the payer goes who does not pay.
    pub cancel_url: Option<String>,
    /// Whether the money is only set aside, to be captured.
    pub is_manual: bool,
    /// What the shop's program wants to find again.
    pub metadata: Metadata,
    /// Until when (RFC 3339); as long as is usual where nothing is said.
    pub expires_at: Option<String>,
    /// What the shop takes itself, in national money.
    pub split: Option<NewSplit>,
}

/// A price in two moneys, as a shop says it.
#[derive(Debug, Clone, Default)]
pub struct NewSplit {
    /// The national currency.
    pub currency: String,
    /// The part in national money, as decimal text.
    pub amount: Option<String>,
    /// The whole price, as decimal text.
    pub total: Option<String>,
    /// Which part of the price is paid in the local currency, in per cent, as decimal text.
    pub local_percent: Option<String>,
}

impl Services {
    /// Makes a checkout, or finds the one that stands for its order with the same terms. The same key with the same request
    /// answers the same, for ever.
    ///
    /// # Errors
    /// What is wrong with the request, or why it was refused. Refusals that are final for the key are answers.
    pub async fn create_checkout(
        &self,
        bearer: &Bearer,
        new: NewCheckout,
        request: KeyedRequest,
    ) -> Result<CheckoutAnswer, ServiceError> {
        let answer = self.create_checkout_once(bearer, new, request).await;
        self.checkout_for_live_sessions(bearer, answer).await
    }

    async fn create_checkout_once(
        &self,
        bearer: &Bearer,
        new: NewCheckout,
        request: KeyedRequest,
    ) -> Result<CheckoutAnswer, ServiceError> {
        let reference = check_shape(&new)?;
        let expires_at = read_expiry(new.expires_at.as_deref(), self.now(), CHECKOUT_S)?;
        let asked_expiry = new.expires_at.is_some().then_some(expires_at);
        let Found { community, account_id } = self.receiving_account(bearer, reference).await?;
        let share = self.local_share(&community, account_id, &new).await?;
        let (amount, national) = match read_parts(&new, share, community.scale) {
            Ok(parts) => parts,
            Err(fault) => {
                self.require_insider(&community, bearer).await?;
                return Err(ServiceError::Invalid(vec![fault]));
            }
        };
        let terms = CheckoutTerms {
            amount,
            capture: if new.is_manual { CaptureMode::Manual } else { CaptureMode::Automatic },
            order_reference: new.order_reference,
            description: new.description,
            return_url: new.return_url,
            cancel_url: new.cancel_url,
            metadata: new.metadata,
            national,
        };
        let create = CreateCheckout {
            account_id,
            order_key: OrderKey::new(account_id, &terms.order_reference),
            digest: terms.digest(asked_expiry),
            terms,
            expires_at,
            follower: None,
        };
        let action = Action::CreateCheckout(Box::new(create));
        self.submit_checkout(&community, bearer, request, action).await
    }

    /// The account that is to be paid: the named one, or the caller's only one.
    async fn receiving_account(
        &self,
        bearer: &Bearer,
        named: Option<AccountReference>,
    ) -> Result<Found, ServiceError> {
        if let Some(reference) = named {
            let found = self.find_reference(bearer.authority.user_id, reference).await?;
            return found.ok_or(ServiceError::NotFound);
        }
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                let own = receiving_accounts(conn, &caller, None)?;
                let own = own.into_iter().flat_map(|Receiving { community, accounts, .. }| {
                    accounts.into_iter().map(move |account| (Arc::clone(&community), account))
                });
                let (community, account) = only_one(&caller.authority, own).ok_or_else(|| {
                    let detail = "names the account that is to be paid, where you do not have exactly one";
                    ServiceError::Invalid(vec![Fault::new("/account", "required", detail)])
                })?;
                Ok(Found { community, account_id: account.id })
            })
            .await
    }

    /// Which part of a price is local where the request says nothing: what the account's owner chose.
    async fn local_share(
        &self,
        community: &Community,
        account_id: AccountId,
        new: &NewCheckout,
    ) -> Result<Option<i64>, ServiceError> {
        let Some(split) = &new.split else { return Ok(None) };
        let follows = new.amount.is_none() && split.amount.is_none() && split.local_percent.is_none();
        if !follows || split.total.is_none() {
            return Ok(None);
        }
        let community_id = community.id;
        self.ledger.read_once(move |conn| Ok(checkouts::default_share(conn, community_id, account_id)?)).await
    }
}

impl Services {
    /// Chooses which part of a price an account takes in the local currency where its requests do not say, in per cent; or none.
    ///
    /// # Errors
    /// What is wrong with the share; [`ServiceError::NotFound`] where the account is not there.
    pub async fn set_local_share(
        &self,
        bearer: &Bearer,
        reference: AccountReference,
        percent: Option<&str>,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        let share = percent.map(|text| read_percent("/local_percent", text)).transpose();
        let share = share.map_err(|fault| ServiceError::Invalid(vec![fault]))?;
        let (now, caller) = (self.now(), bearer.clone());
        let line = NewUserAudit {
            session_id: Some(bearer.authority.session_id),
            ..self.own_audit("local_share.set", bearer.authority.user_id, origin)
        };
        self.settle(move |conn| {
            require_live_session(conn, &caller, now)?;
            let (membership, visible) = find_visible_account(conn, &caller.authority, &reference)?;
            if !membership.may(Right::TakeFor, &visible.account) {
                return Err(Refusal::Forbidden.into());
            }
            let (community_id, account_id) = (visible.community.id, visible.account.id);
            let before = checkouts::default_share(conn, community_id, account_id)?;
            checkouts::set_default_share(conn, community_id, account_id, share)?;
            let [before, after] = [before, share].map(|share| {
                let share = share.map_or_else(|| "null".to_owned(), |share| share.to_string());
                format!(r#"{{"account_id":"{account_id}","local_basis_points":{share}}}"#)
            });
            Ok(audit::record(conn, &NewUserAudit { before, after, ..line })?)
        })
        .await
    }
}

/// Everything that can be said of a checkout without knowing its community.
fn check_shape(new: &NewCheckout) -> Result<Option<AccountReference>, ServiceError> {
    let mut faults = Vec::new();
    let reference = new.account.as_deref().map(str::parse::<AccountReference>).transpose();
    if reference.is_err() {
        let detail = "is neither an account's code, like RIVER0001, nor its id";
        faults.push(Fault::new("/account", "malformed_account", detail));
    }
    match &new.amount {
        Some(amount) => faults.extend(check_amount_shape(amount)),
        None if new.split.as_ref().is_some_and(|split| split.total.is_some()) => {}
        None => faults.push(Fault::new("/amount", "required", "is how much is to be paid")),
    }
    faults.extend(check_line("/order_reference", &new.order_reference, ORDER_REFERENCE_CHARS_MAX));
    faults.extend(check_text("/description", &new.description, DESCRIPTION_CHARS_MAX).err());
    for (pointer, url) in [("/return_url", &new.return_url), ("/cancel_url", &new.cancel_url)] {
        if url.as_deref().is_some_and(|url| ReturnUrl::parse(url).is_none()) {
            let detail = "must be an https address without user and fragment, of at most 512 characters; http only on your own machine";
            faults.push(Fault::new(pointer, "malformed_url", detail));
        }
    }
    faults.extend(check_metadata(&new.metadata));
    match reference {
        Ok(reference) if faults.is_empty() => Ok(reference),
        _ => Err(ServiceError::Invalid(faults)),
    }
}

/// Refuses what is no line of text with something in it.
fn check_line(pointer: &str, text: &str, chars_max: usize) -> Option<Fault> {
    if text.trim().is_empty() {
        return Some(Fault::new(pointer, "empty", "is empty"));
    }
    if text.contains('\n') {
        return Some(Fault::new(pointer, "control_character", "has more than one line"));
    }
    // Two orders must not look alike that are not the same.
    if text.chars().any(is_harmful) {
        return Some(Fault::new(pointer, "forbidden_character", "must be of visible characters"));
    }
    check_text(pointer, text, chars_max).err()
}

fn check_metadata(metadata: &Metadata) -> Vec<Fault> {
    let mut faults = Vec::new();
    if metadata.len() > METADATA_ENTRIES_MAX {
        let detail = format!("has more than {METADATA_ENTRIES_MAX} entries");
        faults.push(Fault::new("/metadata", "too_many", detail));
    }
    let bytes: usize = metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
    if bytes > METADATA_BYTES_MAX {
        let detail = format!("has more than {METADATA_BYTES_MAX} bytes in all");
        faults.push(Fault::new("/metadata", "too_long", detail));
    }
    if faults.is_empty() {
        for (name, value) in metadata {
            // As RFC 6901 writes a member's name.
            let pointer = format!("/metadata/{}", name.replace('~', "~0").replace('/', "~1"));
            faults.extend(check_line(&pointer, name, METADATA_NAME_CHARS_MAX));
            faults.extend(check_text(&pointer, value, METADATA_VALUE_CHARS_MAX).err());
        }
    }
    faults
}

/// How much is paid in the local currency, and what the shop takes itself.
fn read_parts(
    new: &NewCheckout,
    share: Option<i64>,
    scale: Scale,
) -> Result<(Amount, Option<NationalPart>), Fault> {
    let local = new.amount.as_deref().map(|text| parse_amount(scale, text)).transpose()?;
    let Some(split) = &new.split else {
        let missing = || Fault::new("/amount", "required", "is how much is to be paid");
        return Ok((local.ok_or_else(missing)?, None));
    };
    let currency = NationalCurrency::parse(&split.currency).filter(NationalCurrency::is_current);
    let currency = currency.ok_or_else(|| {
        let detail = "is no currency of ISO 4217: three capital letters, such as EUR";
        Fault::new("/split/currency", "malformed_currency", detail)
    })?;
    let read = |pointer: &str, text: &Option<String>| {
        let parsed = text.as_deref().map(|text| {
            let amount = currency.scale().parse_positive(text)?;
            Ok::<_, crate::domain::amount::AmountError>(amount)
        });
        let fault =
            |error: crate::domain::amount::AmountError| Fault::new(pointer, error.code(), error.to_string());
        parsed.transpose().map_err(fault).and_then(|amount| match amount {
            Some(amount) if amount.minor() > NATIONAL_MAX_MINOR => {
                Err(Fault::new(pointer, "too_large", "is too large"))
            }
            amount => Ok(amount),
        })
    };
    let asked = Split {
        currency,
        local,
        national: read("/split/amount", &split.amount)?,
        total: read("/split/total", &split.total)?,
        local_basis_points: match &split.local_percent {
            Some(text) => Some(read_percent("/split/local_percent", text)?),
            None => share,
        },
    };
    asked.parts(scale).map_err(|error| match error {
        SplitError::Unclear => Fault::new("/split", "unclear_split", error.to_string()),
        SplitError::SumDiffers => Fault::new("/split/total", "sum_differs", error.to_string()),
        SplitError::NothingLeft => Fault::new("/split", "nothing_left", error.to_string()),
        SplitError::TooLarge => Fault::new("/split/total", "too_large", error.to_string()),
    })
}

/// Per cent above zero and up to a hundred, as hundredths of them.
fn read_percent(pointer: &str, text: &str) -> Result<i64, Fault> {
    let percent = Scale::small(2).parse_positive(text).ok().map(Amount::minor);
    percent.filter(|percent| *percent <= WHOLE_BASIS_POINTS).ok_or_else(|| {
        Fault::new(
            pointer,
            "malformed_percent",
            "must be above 0 and at most 100, with at most two decimal places",
        )
    })
}
