//! Buttons and donation links: a shop makes them, and members who follow them get a checkout each.

use std::sync::Arc;

use super::audit::{self, NewUserAudit, Origin};
use super::caller::{find_visible_account, require_live_session, require_place};
use super::checkouts::{Receiving, receiving_accounts};
use super::oauth::browser::BrowserUser;
use super::payments::{check_amount_shape, check_text, parse_amount};
use super::{Fault, ServiceError, Services};
use crate::auth::return_urls::ReturnUrl;
use crate::auth::tokens::Bearer;
use crate::domain::account::AccountReference;
use crate::domain::amount::Amount;
use crate::domain::checkout::{
    CHECKOUT_S, CaptureMode, CheckoutTerms, LinkToken, Metadata, OPEN_BY_LINKS_EACH_MAX, OrderKey,
};
use crate::domain::command::{Action, Command, CreateCheckout};
use crate::domain::community::Community;
use crate::domain::fold::Outcome;
use crate::domain::ids::PaymentLinkId;
use crate::domain::payment::{DESCRIPTION_CHARS_MAX, Party};
use crate::domain::payment_link::{PAYMENT_LINKS_MAX, PaymentLink, TITLE_CHARS_MAX};
use crate::domain::policy::Right;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::storage::{accounts, checkouts, communities, payment_links};

/// A link with its community.
#[derive(Debug, Clone)]
pub struct LinkInContext {
    /// The link.
    pub link: PaymentLink,
    /// Its community.
    pub community: Arc<Community>,
}

/// A link as a shop asks for it.
#[derive(Debug, Clone)]
pub struct NewPaymentLink {
    /// Who is paid: an account's code or id.
    pub account: String,
    /// What it is called.
    pub title: String,
    /// What for; may be empty.
    pub description: String,
    /// How much, as decimal text; up to the payer where nothing is said.
    pub amount: Option<String>,
    /// Where the payer goes afterwards.
    pub return_url: Option<String>,
}

impl Services {
    /// Makes a link for an account that the bearer may take for.
    ///
    /// # Errors
    /// What is wrong with it; [`ServiceError::NotFound`] where the account is not there; that there are enough.
    pub async fn create_payment_link(
        &self,
        bearer: &Bearer,
        new: NewPaymentLink,
        origin: &Origin,
    ) -> Result<LinkInContext, ServiceError> {
        let reference = check_shape(&new)?;
        let (now, caller, mut ids) = (self.now(), bearer.clone(), self.fresh_ids());
        let id = PaymentLinkId::from_uuid(ids.uuid_at(now));
        let token = LinkToken(ids.random_16());
        let line = self.link_audit("payment_link.created", bearer, id, origin);
        self.settle(move |conn| {
            require_live_session(conn, &caller, now)?;
            let (membership, visible) = find_visible_account(conn, &caller.authority, &reference)?;
            if !membership.may(Right::TakeFor, &visible.account) {
                return Err(Refusal::Forbidden.into());
            }
            let scale = visible.community.scale;
            let amount = new.amount.as_deref().map(|text| parse_amount(scale, text)).transpose();
            let link = PaymentLink {
                id,
                payee: Party::from(&visible.account),
                token,
                title: new.title,
                description: new.description,
                amount: amount.map_err(|fault| ServiceError::Invalid(vec![fault]))?,
                return_url: new.return_url,
                is_enabled: true,
                created_by: caller.authority.user_id,
                created_at: now,
            };
            if !payment_links::insert(conn, visible.community.id, &link, PAYMENT_LINKS_MAX)? {
                return Err(Refusal::Conflict(ConflictReason::TooMany).into());
            }
            audit::record(conn, &line)?;
            Ok(LinkInContext { link, community: Arc::new(visible.community) })
        })
        .await
    }

    fn link_audit(&self, action: &str, bearer: &Bearer, id: PaymentLinkId, origin: &Origin) -> NewUserAudit {
        NewUserAudit {
            session_id: Some(bearer.authority.session_id),
            after: format!(r#"{{"payment_link_id":"{id}"}}"#),
            ..self.own_audit(action, bearer.authority.user_id, origin)
        }
    }

    /// The links in use of the bearer's accounts, or of one that they may take for.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where the account is not theirs.
    pub async fn payment_links(
        &self,
        bearer: &Bearer,
        account: Option<AccountReference>,
    ) -> Result<Vec<LinkInContext>, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                require_live_session(conn, &caller, now)?;
                let mut found = Vec::new();
                for place in receiving_accounts(conn, &caller, account.as_ref())? {
                    let Receiving { community, accounts, is_by_office } = place;
                    // They are the shop's own, and no business of those who see the account by office.
                    if is_by_office {
                        return Err(ServiceError::NotFound);
                    }
                    for own in accounts {
                        let links = payment_links::of_account(conn, community.id, own.id, PAYMENT_LINKS_MAX)?;
                        let in_context = |link| LinkInContext { link, community: Arc::clone(&community) };
                        found.extend(links.into_iter().map(in_context));
                    }
                }
                Ok(found)
            })
            .await
    }

    /// Takes a link out of use. Twice is the same as once.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where it is not the bearer's to know of.
    pub async fn delete_payment_link(
        &self,
        bearer: &Bearer,
        id: PaymentLinkId,
        origin: &Origin,
    ) -> Result<(), ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        let line = self.link_audit("payment_link.disabled", bearer, id, origin);
        self.settle(move |conn| {
            require_live_session(conn, &caller, now)?;
            let own = communities::ids_of_user(conn, caller.authority.user_id)?;
            let found = payment_links::find_in_any(conn, &own, id)?;
            let (community_id, link) = found.ok_or(ServiceError::NotFound)?;
            let community = communities::find(conn, community_id)?.ok_or(ServiceError::NotFound)?;
            let membership = require_place(conn, community, &caller.authority)?;
            let payee = accounts::find_many(conn, community_id, &[link.payee.account_id])?;
            if !payee.iter().any(|account| membership.may(Right::TakeFor, account)) {
                return Err(ServiceError::NotFound);
            }
            if link.is_enabled {
                payment_links::disable(conn, community_id, id)?;
                audit::record(conn, &line)?;
            }
            Ok(())
        })
        .await
    }

    /// A link for whoever follows it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when there is none.
    pub async fn linked_payment_link(&self, token: LinkToken) -> Result<LinkInContext, ServiceError> {
        self.ledger
            .read_once(move |conn| {
                let found = payment_links::find_by_token(conn, &token)?;
                let (community_id, link) = found.ok_or(ServiceError::NotFound)?;
                let community = communities::find(conn, community_id)?.ok_or(ServiceError::NotFound)?;
                Ok(LinkInContext { link, community: Arc::new(community) })
            })
            .await
    }

    /// Makes a checkout of a link, for a member who follows it. What opens its page.
    ///
    /// # Errors
    /// What is wrong with the amount; why there can be none.
    pub async fn use_payment_link(
        &self,
        user: &BrowserUser,
        found: &LinkInContext,
        amount: Option<&str>,
    ) -> Result<LinkToken, ServiceError> {
        let LinkInContext { link, community } = found;
        if !link.is_enabled {
            return Err(Refusal::Conflict(ConflictReason::LinkDisabled).into());
        }
        let amount = match link.amount {
            Some(amount) => amount,
            None => read_amount(community, amount.unwrap_or_default())?,
        };
        let account_id = link.payee.account_id;
        let (now, caller, community_id) = (self.now(), user.bearer(self.now()), community.id);
        // Only for members, and for each of them a few at a time, so that nobody fills a shop's list.
        let open = self
            .ledger
            .read_once(move |conn| {
                require_live_session(conn, &caller, now)?;
                let community = communities::find(conn, community_id)?.ok_or(ServiceError::NotFound)?;
                require_place(conn, community, &caller.authority)?;
                let user_id = caller.authority.user_id;
                Ok::<_, ServiceError>(checkouts::count_open_by(conn, community_id, account_id, user_id)?)
            })
            .await?;
        if open >= OPEN_BY_LINKS_EACH_MAX {
            return Err(Refusal::Conflict(ConflictReason::TooManyCheckouts).into());
        }
        let terms = CheckoutTerms {
            amount,
            capture: CaptureMode::Automatic,
            order_reference: format!("link-{}", self.fresh_uuid().simple()),
            description: if link.description.is_empty() {
                link.title.clone()
            } else {
                link.description.clone()
            },
            return_url: link.return_url.clone(),
            cancel_url: link.return_url.clone(),
            metadata: Metadata::from([("payment_link".to_owned(), link.id.to_string())]),
            national: None,
        };
        let create = CreateCheckout {
            account_id,
            order_key: OrderKey::new(account_id, &terms.order_reference),
            digest: terms.digest(None),
            terms,
            expires_at: self.now().plus_seconds(CHECKOUT_S),
            follower: Some(user.user_id),
        };
        let command = Command::by_service(community.id, Action::CreateCheckout(Box::new(create)));
        match self.ledger.submit(command).await? {
            Outcome::MadeCheckout(checkout) => Ok(checkout.token),
            Outcome::Refused(refusal) => Err(refusal.into()),
            other => Err(ServiceError::Internal(format!("a link's checkout gave {other:?}"))),
        }
    }
}

fn read_amount(community: &Community, text: &str) -> Result<Amount, ServiceError> {
    parse_amount(community.scale, text).map_err(|fault| ServiceError::Invalid(vec![fault]))
}

fn check_shape(new: &NewPaymentLink) -> Result<AccountReference, ServiceError> {
    let mut faults = Vec::new();
    let reference = new.account.parse::<AccountReference>();
    if reference.is_err() {
        let detail = "is neither an account's code, like RIVER0001, nor its id";
        faults.push(Fault::new("/account", "malformed_account", detail));
    }
    if new.title.trim().is_empty() {
        faults.push(Fault::new("/title", "empty", "is empty"));
    }
    faults.extend(check_text("/title", &new.title, TITLE_CHARS_MAX).err());
    faults.extend(check_text("/description", &new.description, DESCRIPTION_CHARS_MAX).err());
    faults.extend(new.amount.as_deref().and_then(check_amount_shape));
    if new.return_url.as_deref().is_some_and(|url| ReturnUrl::parse(url).is_none()) {
        let detail = "must be an https address without user and fragment, of at most 512 characters; http only on your own machine";
        faults.push(Fault::new("/return_url", "malformed_url", detail));
    }
    match reference {
        Ok(reference) if faults.is_empty() => Ok(reference),
        _ => Err(ServiceError::Invalid(faults)),
    }
}
