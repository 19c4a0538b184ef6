//! What is made for one request alone, because the request ends it: payments that somebody awaits, trusted payees. Made in
//! the ledger, without the sign-ins that would take most of the time.

use counterfoil::domain::account::Limits;
use counterfoil::domain::amount::Amount;
use counterfoil::domain::checkout::{CaptureMode, CheckoutTerms, Metadata, OrderKey};
use counterfoil::domain::command::{
    Action, Authorise, Authority, Command, CreateCheckout, Pay, Request, SetLimits, SetMemberStatus,
    SetTrust, UserAuthority,
};
use counterfoil::domain::fold::Outcome;
use counterfoil::domain::ids::SessionId;
use counterfoil::domain::member::MemberStatus;
use counterfoil::domain::scopes::Scopes;
use counterfoil::domain::spending::SpendingCeilings;
use counterfoil::domain::time::Timestamp;
use counterfoil::domain::trust::TrustTerms;
use serde_json::json;
use uuid::Uuid;

use super::world::{Things, World};
use crate::support::Person;

/// What a payment awaits of the account that it is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Awaiting {
    /// It is asked to pay.
    Payer,
    /// It has asked to be paid.
    Request,
    /// It may capture.
    Hold,
}

impl World<'_> {
    /// A payment between the account and its neighbour that awaits somebody; an old one where there can be none.
    pub fn fresh_payment(&self, things: &Things, awaiting: Awaiting) -> String {
        let between = (self.person_of(&things.account), self.person_of(&things.neighbour));
        let (Some(own), Some(neighbour)) = between else { return things.payment.clone() };
        let (payer, payee) = if awaiting == Awaiting::Payer { (own, neighbour) } else { (neighbour, own) };
        let payment = Pay {
            payer_id: payer.account_id.parse().unwrap(),
            payee_id: payee.account_id.parse().unwrap(),
            amount: Amount::from_minor(1),
            description: String::new(),
            allow_duplicate: true,
        };
        let expires_at = self.app().now().plus_seconds(86_400);
        let action = match awaiting {
            Awaiting::Payer | Awaiting::Request => Action::Request(Request { payment, expires_at }),
            Awaiting::Hold => Action::Authorise(Authorise { payment, expires_at }),
        };
        match self.submit(own, Authority::Service, action) {
            Outcome::Paid(payment) => payment.id.to_string(),
            _ => things.payment.clone(),
        }
    }

    /// A key of the account, in the place of the one that was made for this before.
    pub fn passing_key(&self, things: &Things) -> String {
        let Some(own) = self.person_of(&things.account) else { return things.member.clone() };
        let earlier = own.get(&format!("/api/v1/api-keys?account={}", own.code));
        let earlier = earlier.body["data"].as_array().into_iter().flatten();
        for key in earlier.filter(|key| key["name"] == "Till") {
            own.delete(&format!("/api/v1/api-keys/{}", key["id"].as_str().unwrap())).expect(204);
        }
        let asked = json!({"name": "Till", "account": own.code, "role": "take_payments"});
        let made = own.post("/api/v1/api-keys", &asked);
        made.body["id"].as_str().unwrap_or(&things.member).to_owned()
    }

    /// A checkout of the account that is made for this; where there can be none, an id that nothing has.
    pub fn fresh_checkout(&self, account: &str) -> String {
        let nobodys = || "019a0000-0000-7000-8000-000000000001".to_owned();
        let Some(own) = self.person_of(account) else { return nobodys() };
        let account_id = own.account_id.parse().unwrap();
        let terms = CheckoutTerms {
            amount: Amount::from_minor(1),
            capture: CaptureMode::Automatic,
            order_reference: self.fresh_address(),
            description: String::new(),
            return_url: None,
            cancel_url: None,
            metadata: Metadata::new(),
            national: None,
        };
        let new = CreateCheckout {
            account_id,
            order_key: OrderKey::new(account_id, &terms.order_reference),
            digest: terms.digest(None),
            terms,
            expires_at: self.app().now().plus_seconds(86_400),
            follower: None,
        };
        match self.submit(own, Authority::Service, Action::CreateCheckout(Box::new(new))) {
            Outcome::MadeCheckout(checkout) => checkout.id.to_string(),
            _ => nobodys(),
        }
    }

    /// A payment link of the account that is made for this; where there can be none, an id that nothing has.
    pub fn fresh_link(&self, account: &str) -> String {
        let nobodys = || "019a0000-0000-7000-8000-000000000001".to_owned();
        let Some(own) = self.person_of(account) else { return nobodys() };
        let path = "/api/v1/payment-links";
        let reply = own.again().post(path, &json!({"account": own.code, "title": self.fresh_address()}));
        reply.body["id"].as_str().map_or_else(nobodys, str::to_owned)
    }

    /// The account's neighbour, who is trusted now where the owner can say so.
    pub fn passing_trust(&self, things: &Things) -> String {
        let between = (self.person_of(&things.account), self.person_of(&things.neighbour));
        if let (Some(own), Some(neighbour)) = between {
            let terms = TrustTerms { up_to: Amount::from_minor(1), per_month: None };
            let owner = Authority::User(UserAuthority {
                user_id: own.user_id,
                session_id: SessionId::from_uuid(Uuid::nil()),
                scopes: Scopes::all(),
                auth_time: Timestamp::from_micros(i64::MAX),
                ceilings: SpendingCeilings::default(),
                app: None,
                only: None,
            });
            let change = SetTrust {
                payer_id: own.account_id.parse().unwrap(),
                payee_id: neighbour.account_id.parse().unwrap(),
                terms: Some(terms),
            };
            self.submit(own, owner, Action::SetTrust(change));
        }
        things.neighbour.clone()
    }

    /// Whoever began to leave stays after all.
    pub fn stay(&self, role: &str) {
        let (own, things) = self.in_role(role);
        let change = SetMemberStatus {
            member_id: things.member.parse().unwrap(),
            account_ids: vec![own.account_id.parse().unwrap()],
            status: MemberStatus::Active,
            reason: String::new(),
        };
        self.submit(own, Authority::Service, Action::SetMemberStatus(change));
    }

    /// A group of the account's community that is made for this.
    pub fn passing_group(&self, things: &Things) -> String {
        let Some(own) = self.person_of(&things.account) else { return things.member.clone() };
        let admin = self.caller(if own.community == "RIVER" { "admin" } else { "elsewhere" });
        let path = format!("/api/v1/communities/{}/groups", own.community);
        let made = admin.post(&path, &json!({"name": self.fresh_address()})).expect(201);
        made.body["id"].as_str().unwrap().to_owned()
    }

    /// An endpoint of the account that may go: the last one that was made for this, or a new one where that is gone.
    pub fn passing_webhook(&self, things: &Things) -> String {
        let Some(own) = self.person_of(&things.account) else { return things.webhook.clone() };
        let owner = own.again();
        let found = owner.get(&format!("/api/v1/webhook-endpoints?account={}", own.code));
        if found.status != 200 {
            return things.webhook.clone();
        }
        let is_passing = |endpoint: &&serde_json::Value| endpoint["id"] != things.webhook;
        match found.data().iter().find(is_passing) {
            Some(endpoint) => endpoint["id"].as_str().unwrap().to_owned(),
            None => super::world::endpoint(&owner).0,
        }
    }

    /// The account, which has limits of its own now.
    pub fn passing_override(&self, things: &Things) -> String {
        if let Some(own) = self.person_of(&things.account) {
            let change = SetLimits {
                account_id: own.account_id.parse().unwrap(),
                limits: Limits { credit_limit: Amount::from_minor(10_000), ceiling: None },
                until: None,
                reason: String::new(),
                if_version: None,
            };
            self.submit(own, Authority::Service, Action::SetLimits(change));
        }
        things.account.clone()
    }

    fn submit(&self, own: &Person, authority: Authority, action: Action) -> Outcome {
        let community_id = self.app().community(&own.community).id;
        let command = Command { authority, ..Command::by_service(community_id, action) };
        self.app().block_on(self.app().services().ledger().submit(command)).unwrap()
    }
}
