//! What each operation is asked with.

use serde_json::{Value, json};

use super::passing::Awaiting;
use super::world::{Things, World};
use crate::support::{Caller, PASSWORD, Reply, challenge, encode, fresh_key};

/// An id that nothing has.
const NOBODYS_ID: &str = "019a0000-0000-7000-8000-000000000001";

/// Whose the thing is that is asked about, as members of `RIVER` see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Object {
    /// Nothing in particular.
    None,
    /// The caller's.
    Own,
    /// Another member's, or the community's, in `RIVER`.
    Group,
    /// The member's of `RIVER` who let the teller and the broker act.
    Given,
    /// `LAKE`'s, or a member's there.
    Other,
    /// `LAKE`'s, asked for below `RIVER`'s path.
    Mixed,
    /// Nobody's: it is not there.
    Absent,
}

impl Object {
    /// The name in the table.
    pub const fn name(self) -> &'static str {
        match self {
            Self::None => "-",
            Self::Own => "own",
            Self::Group => "group",
            Self::Given => "given",
            Self::Other => "other",
            Self::Mixed => "mixed",
            Self::Absent => "absent",
        }
    }
}

/// An operation of the API's description.
pub struct Operation {
    /// Its `operationId`.
    pub id: String,
    method: String,
    path: String,
}

/// Every operation of the description.
pub fn operations() -> Vec<Operation> {
    let description = serde_json::to_value(counterfoil::http::document()).unwrap();
    let mut all = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            let id = operation["operationId"].as_str().unwrap().to_owned();
            all.push(Operation { id, method: method.to_uppercase(), path: path.clone() });
        }
    }
    all
}

impl Operation {
    /// What it is asked about.
    pub fn objects(&self) -> Vec<Object> {
        use Object::{Absent, Given, Group, Mixed, None, Other, Own};
        let has_object = |part: &str| self.path.contains(part);
        if has_object("/communities/{code}/members/{id}") {
            return vec![Own, Group, Other, Mixed, Absent];
        }
        if self.id == "create_acceptance" {
            return vec![Group, Other, Absent];
        }
        if has_object("/communities/{code}/") && self.path.matches('{').count() > 1 {
            return vec![Group, Other, Mixed, Absent];
        }
        if has_object("/communities/{code}") {
            return vec![Group, Other, Absent];
        }
        let is_about_accounts = [
            "accept_payment",
            "cancel_payment",
            "capture_payment",
            "create_api_key",
            "create_batch",
            "create_bulk",
            "create_bulk_preview",
            "create_payment",
            "create_payment_request",
            "create_quote",
            "create_refund",
            "create_reversal",
            "decline_payment",
            "get_payment",
            "get_payment_note",
            "set_payment_note",
            "get_payment_receipt",
            "list_api_keys",
            "list_payments",
            "create_schedule",
            "list_schedules",
            "void_payment",
            "create_checkout",
            "list_checkouts",
            "get_checkout",
            "approve_checkout",
            "decline_checkout",
            "cancel_checkout",
            "create_payment_link",
            "list_payment_links",
            "delete_payment_link",
        ]
        .contains(&self.id.as_str());
        if is_about_accounts || has_object("{account}") {
            return vec![Own, Group, Given, Other, Absent];
        }
        if has_object("{") && self.id != "get_problem" {
            return vec![Own, Group, Other, Absent];
        }
        vec![None]
    }

    /// How many seconds pass before each request, where an address may ask only so many times a minute.
    pub fn pause(&self) -> i64 {
        match self.id.as_str() {
            // Applications change who has a place where, so they come after what only looks at places.
            "resend_address_confirmation" | "create_application" => 4,
            _ => 0,
        }
    }

    /// Whether the caller's session may not be there any more afterwards.
    pub fn ends_sessions(&self) -> bool {
        ["delete_session", "delete_one_session", "delete_other_sessions", "delete_grant"]
            .contains(&self.id.as_str())
    }
}

/// A request in full.
pub struct Request {
    method: String,
    path: String,
    body: Option<Value>,
    form: Option<String>,
}

impl Request {
    /// What this operation is asked with by this role about this object.
    pub fn new(world: &World<'_>, operation: &Operation, object: Object, role: &str) -> Self {
        let things = match object {
            Object::Own if operation.id == "delete_oauth_client" => world.own_with_fresh_client(role),
            Object::None | Object::Own => world.own(role, operation.ends_sessions()),
            Object::Group => world.group(operation.ends_sessions()),
            Object::Given => world.given(),
            Object::Other => world.other(operation.ends_sessions()),
            Object::Mixed => Things { community: "RIVER".into(), ..world.other(false) },
            Object::Absent => Things::all(NOBODYS_ID, "NOWHERE", "RIVER0999", "RIVER0001"),
        };
        let fill = |part: &str| match (operation.id.as_str(), part) {
            ("get_problem", _) => "not_found".to_owned(),
            ("resume_limit_policy", "account") => world.passing_override(&things),
            (_, "account") => things.account.clone(),
            (_, "code") => things.community.clone(),
            (_, "session") => things.session.clone(),
            ("get_payment" | "get_payment_note" | "set_payment_note" | "get_payment_receipt", "id") => {
                things.payment.clone()
            }
            ("cancel_schedule", "id") => things.schedules[1].clone(),
            (
                "get_schedule"
                | "edit_schedule"
                | "pause_schedule"
                | "resume_schedule"
                | "list_schedule_payments",
                "id",
            ) => things.schedules[0].clone(),
            ("create_refund" | "create_reversal", "id") => things.received.clone(),
            ("accept_payment" | "decline_payment", "id") => world.fresh_payment(&things, Awaiting::Payer),
            ("cancel_payment", "id") => world.fresh_payment(&things, Awaiting::Request),
            // Whoever comes from the shop: the neighbour's, and where there is no account, none.
            ("approve_checkout" | "decline_checkout", "id") => {
                let is_there = world.person_of(&things.account).is_some();
                world.fresh_checkout(if is_there { &things.neighbour } else { &things.account })
            }
            ("delete_payment_link", "id") => world.fresh_link(&things.account),
            ("get_checkout" | "cancel_checkout", "id") => world.fresh_checkout(&things.account),
            ("capture_payment" | "void_payment", "id") => world.fresh_payment(&things, Awaiting::Hold),
            ("set_trusted_payee", "payee") => things.neighbour.clone(),
            (_, "payee") => world.passing_trust(&things),
            ("delete_grant", "id") => things.session.clone(),
            ("delete_webhook_endpoint", "id") => world.passing_webhook(&things),
            ("get_webhook_delivery" | "redeliver_webhook", "id") => things.delivery.clone(),
            (id, "id") if id.contains("webhook") => things.webhook.clone(),
            ("delete_oauth_client", "id") => things.client.clone(),
            ("retry_mail", "id") => things.mail.clone(),
            ("approve_application", "id") => things.approvable.clone(),
            ("refuse_application", "id") => things.refusable.clone(),
            ("delete_invitation", "id") => things.invitation.clone(),
            ("get_api_key" | "edit_api_key" | "rotate_api_key" | "delete_api_key", "id") => {
                world.passing_key(&things)
            }
            ("delete_passkey", "id") => world.passing_passkey(&things),
            ("approve_approval", "id") => things.agreeable.clone(),
            ("refuse_approval", "id") => things.declinable.clone(),
            ("create_acceptance", "version") => world.terms(&things.community).unwrap_or(1).to_string(),
            ("get_leaving" | "propose_leaving_plan" | "agree_to_leaving_plan", "id") => things.member.clone(),
            ("edit_group" | "delete_group", "group") => world.passing_group(&things),
            (
                "set_role" | "set_member_name" | "set_member_status" | "get_member_class"
                | "set_member_class",
                "id",
            ) => things.member.clone(),
            ("set_broker" | "delete_broker", "member") => {
                world.passing_broker(&things, operation.id == "delete_broker")
            }
            ("get_teller", "teller") => world.teller(),
            ("set_teller" | "delete_teller", "teller") => {
                world.passing_teller(&things, operation.id == "delete_teller")
            }
            (id, part) => panic!("say which {part} {id} is asked with"),
        };
        let mut path = operation.path.clone();
        while let Some((before, rest)) = path.split_once('{') {
            let (part, after) = rest.split_once('}').unwrap();
            path = format!("{before}{}{after}", fill(part));
        }
        path.push_str(&query(&operation.id, &things, world));
        let form = form(&operation.id);
        let takes_body = operation.method != "GET" && operation.method != "DELETE" && form.is_none();
        let body = takes_body.then(|| body(&operation.id, &things, world, role)).flatten();
        Self { method: operation.method.clone(), path, body, form }
    }

    /// Sends it, under a fresh key.
    pub fn send(&self, caller: &Caller) -> Reply {
        let key = fresh_key();
        let mut headers = vec![("Idempotency-Key", key.as_str())];
        if let Some(form) = &self.form {
            headers.push(("Content-Type", "application/x-www-form-urlencoded"));
            return caller.send(&self.method, &self.path, &headers, Some(form.clone().into_bytes()));
        }
        let body = self.body.as_ref().map(|body| body.to_string().into_bytes());
        caller.send(&self.method, &self.path, &headers, body)
    }
}

fn query(operation: &str, things: &Things, world: &World<'_>) -> String {
    match operation {
        "list_api_keys" | "list_payments" | "list_schedules" | "list_checkouts" | "list_payment_links" => {
            format!("?account={}", things.account)
        }
        "get_statement" | "get_reconciliation" => "?from=2026-01-01&to=2026-02-01".to_owned(),
        "get_authorization_page" => {
            let address = world.client().address("payments:read");
            address.split_once('?').map(|(_, query)| format!("?{query}")).unwrap()
        }
        _ => String::new(),
    }
}

/// Forms, from someone who is no client and in whose browser nobody is signed in.
fn form(operation: &str) -> Option<String> {
    let pairs: &[(&str, &str)] = match operation {
        "create_authorization" | "create_grants_answer" | "create_passkeys_answer" => {
            &[("do", "allow"), ("form_token", "x")]
        }
        "create_oauth_introspection" | "create_oauth_revocation" => &[("token", "x")],
        "create_oauth_token" => &[("grant_type", "client_credentials"), ("client_id", "x")],
        _ => return None,
    };
    Some(encode(pairs))
}

fn body(operation: &str, things: &Things, world: &World<'_>, role: &str) -> Option<Value> {
    let body = match operation {
        "approve_application" => json!({"reason": "Known to us"}),
        "approve_approval" | "refuse_approval" => json!({"reason": null}),
        "set_approval_rules" => {
            json!({"limits_above": "1000000.00", "reversals_above": null, "reason": "Decided"})
        }
        "refuse_application" => json!({"reason": "Too far away"}),
        "create_address_confirmation" => json!({"token": "x"}),
        "resend_address_confirmation" => json!({"email": world.fresh_address()}),
        "create_agreement" => json!({"title": "Our agreement", "text": "We keep our balances near zero."}),
        "create_application" => {
            let login = (role == "anonymous").then(|| (world.fresh_address(), "pelican rudder quilt seven"));
            let (email, password) = login.unzip();
            let version = world.terms(&things.community);
            json!({"name": "Zoë", "email": email, "password": password, "agreement_version": version})
        }
        "create_invitation" => json!({"email": world.fresh_address()}),
        "set_fees" => {
            let fee = json!({"fixed": "0.00", "basis_points": 0});
            json!({"payer": fee, "payee": fee, "reason": "Decided"})
        }
        "create_payout" => {
            json!({"payee": things.account, "amount": "0.01", "description": "Mending the roof"})
        }
        "set_income" => json!({"every": "month", "amount": "0.00", "reason": "Decided"}),
        "set_contributions" => json!({"every": "month", "amount": "0.00", "reason": "Decided"}),
        "set_joining" => json!({"members_may_invite": false, "reason": "Decided"}),
        "complete_password_reset" => json!({"token": "x", "new_password": "a good long new password"}),
        "confirm_totp" => json!({"code": "000000"}),
        "create_passkey" => json!({"name": "My phone", "credential": passkey(&["attestationObject"])}),
        "create_passkey_session" => json!({"credential": passkey(&["authenticatorData", "signature"])}),
        "create_api_key" => json!({"name": "Till", "account": things.account, "role": "read_only"}),
        "edit_api_key" => json!({"name": "Till"}),
        "create_oauth_client" => json!({
            "name": "Mill Bakery's shop", "redirect_uris": ["https://shop.example/"],
            "grant_types": ["authorization_code"], "scopes": ["payments:read"], "confidential": false,
        }),
        "create_password_reset" => json!({"email": world.fresh_address()}),
        "create_payment" | "create_quote" => json!({
            "payer": things.account, "payee": things.neighbour, "amount": "0.01", "description": "",
            "allow_duplicate": true,
        }),
        "create_batch" | "create_bulk" | "create_bulk_preview" => json!({"payments": [
            {"payer": things.account, "payee": things.neighbour, "amount": "0.01", "description": world.fresh_address()},
        ]}),
        "create_refund" => json!({"amount": "0.01"}),
        "create_schedule" => json!({
            "payer": things.account, "payee": things.neighbour, "amount": "0.01",
            "starts_on": world.day_after(1), "unit": "month",
        }),
        "edit_schedule" => json!({"description": "Bread by the week"}),
        "pause_schedule" | "resume_schedule" | "cancel_schedule" => return None,
        "create_reversal" => json!({"reason": "By mistake"}),
        "create_payment_request" => {
            json!({"payer": things.neighbour, "payee": things.account, "amount": "0.01"})
        }
        "create_checkout" => json!({
            "account": things.account, "amount": "0.01", "order_reference": world.fresh_address(),
        }),
        "create_payment_link" => json!({"account": things.account, "title": "Coffee"}),
        "set_local_share" => json!({"local_percent": "25"}),
        "approve_checkout" => json!({"payer": things.account}),
        "decline_checkout" | "cancel_checkout" => json!({}),
        "set_trusted_payee" => json!({"up_to": "1.00"}),
        "accept_payment" | "decline_payment" | "cancel_payment" | "capture_payment" | "void_payment" => {
            json!({})
        }
        "create_session" => json!({"email": "dora@river.example", "password": PASSWORD}),
        "refresh_session" => json!({"refresh_token": "x"}),
        "set_account_step_up" | "set_community_step_up" | "set_step_up" => json!({"above": "1000.00"}),
        "set_health_thresholds" => {
            json!({"thresholds": [{"figure": "churn", "side": "above", "value": "0.5"}], "reason": "Decided"})
        }
        "create_group" | "edit_group" => json!({"name": world.fresh_address()}),
        "set_member_class" => json!({"kind": "business", "group": null, "reason": "Decided"}),
        "set_limit_policy" => json!({
            "rules": [], "default": {"credit_limit": fixed_limit(), "ceiling": null}, "reason": "Decided",
        }),
        "create_limit_policy_preview" => json!({
            "rules": [], "default": {"credit_limit": fixed_limit(), "ceiling": null},
        }),
        "resume_limit_policy" | "cancel_allowance" => json!({"reason": "Decided"}),
        "set_allowance" => {
            json!({"amount": "5.00", "until": format!("{}T00:00:00Z", world.day_after(9)), "reason": "Decided"})
        }
        "set_monthly_statement" => json!({"by_mail": true}),
        "set_limits" => json!({"credit_limit": "100.00", "ceiling": null, "reason": "Decided"}),
        "set_notifications" => json!({"community": "RIVER", "choices": {"payment_sent": "daily"}}),
        "set_payment_note" => json!({"category": "Groceries", "note": null}),
        "edit_settings" => json!({"symbol": "R", "reason": "Decided"}),
        "set_time_zone" => json!({"time_zone": "Europe/Berlin"}),
        "set_password" => json!({"current_password": "not it at all, sorry", "new_password": challenge("x")}),
        "set_status" => json!({"status": "active", "reason": "Decided"}),
        "step_up" => json!({"password": PASSWORD}),
        "create_community" => json!({
            "code": world.fresh_code(), "name": "Meadow", "unit": "leaf", "symbol": "L", "scale": 2,
            "default_credit_limit": "100.00", "admin_email": "dora@river.example", "admin_name": "Dora",
        }),
        "set_teller" => json!({"rights": ["see"], "per_payment": null, "per_day": "10"}),
        "set_member_name" => json!({"name": "Ada the second", "reason": "Decided"}),
        "set_role" => json!({"role": things.role, "reason": "Decided"}),
        "create_write_off" => {
            json!({"account": things.account, "category": "other", "reason": "Decided"})
        }
        // Nothing can be merged into itself: the world stays as it is.
        "create_merge" => json!({"duplicate": things.account, "kept": things.account, "reason": "Decided"}),
        "create_merge_preview" => json!({"duplicate": things.account, "kept": things.neighbour}),
        "begin_leaving" => json!({"reason": "Moving away"}),
        "propose_leaving_plan" => {
            json!({"target_on": world.day_after(30), "instalments": [], "version": 1})
        }
        "agree_to_leaving_plan" => json!({"version": 1}),
        "set_member_status" => json!({"status": "active", "reason": "Decided"}),
        "create_erasure" => json!({"reason": "Moving away"}),
        "set_broker" => return None,
        "create_webhook_endpoint" => {
            json!({"url": "https://shop.example/", "events": ["payment.*"], "account": things.account})
        }
        "edit_webhook_endpoint" => json!({"description": "Till 2"}),
        "replay_webhooks" => json!({"since": world.app().now().rfc3339()}),
        "rotate_webhook_secret" | "test_webhook_endpoint" | "redeliver_webhook" => return None,
        "rotate_api_key" | "create_sandbox" => return None,
        "retry_mail" | "start_totp" | "create_acceptance" | "create_event_ticket" => return None,
        "start_passkey" | "start_passkey_session" | "start_passkey_step_up" => return None,
        other => panic!("say what {other} is asked with"),
    };
    Some(body)
}

/// A formula that gives everybody the same.
fn fixed_limit() -> Value {
    json!({"base": "100.00", "terms": [], "minimum": "0.00", "maximum": "100.00"})
}

/// A credential with these members, none of which holds anything.
fn passkey(members: &[&str]) -> Value {
    let mut response = json!({"clientDataJSON": ""});
    for member in members {
        response[*member] = json!("");
    }
    json!({"id": "AA", "rawId": "AA", "type": "public-key", "response": response})
}
