//! Noting what became of attempts, and what follows from it: another attempt, or the end of the delivery, or of the endpoint.

use super::{EndpointKey, Outgoing};
use crate::domain::ids::WebhookEndpointId;
use crate::domain::time::Timestamp;
use crate::domain::webhooks::{
    FAILING_MAX_S, WebhookDeliveryState as State, WebhookEndpointState, next_attempt,
};
use crate::mail::{Letter, Plain, WebhookOff};
use crate::services::letters::Outbox;
use crate::services::{ServiceError, Services};
use crate::storage::webhooks::{Settled, endpoints, moving, settle};
use crate::storage::{Conn, StorageError, accounts, communities, notifications};
use crate::webhook::Attempt;

/// What came of sending a message once.
#[derive(Debug, Clone)]
pub struct Outcome {
    /// The message.
    pub outgoing: Outgoing,
    /// To which URL.
    pub url: String,
    /// When it was sent.
    pub at: Timestamp,
    /// What was sent, for the log.
    pub request: String,
    /// What came of it.
    pub attempt: Attempt,
}

/// What is to be noted together.
#[derive(Debug, Clone, Default)]
pub struct Settling {
    /// What came of attempts.
    pub outcomes: Vec<Outcome>,
    /// To which endpoints nothing arrives since now.
    pub failing: Vec<EndpointKey>,
    /// To which endpoints things arrive again.
    pub recovered: Vec<EndpointKey>,
}

/// An endpoint that may have to be switched off.
struct Suspect {
    key: EndpointKey,
    state: WebhookEndpointState,
    /// Where it was tried: its owner may have said another URL since.
    url: String,
}

impl Services {
    /// Notes what became of attempts, and switches off endpoints because of it.
    ///
    /// # Errors
    /// When the database fails; then the messages are sent again once their leases end.
    pub async fn settle_webhooks(&self, settling: Settling) -> Result<(), ServiceError> {
        let now = self.now();
        let mut ids = (self.ids)();
        let (mut settled, mut suspects): (Vec<_>, Vec<Suspect>) = (Vec::new(), Vec::new());
        for outcome in settling.outcomes {
            let [chance, ..] = ids.random_16();
            let key = outcome.outgoing.endpoint;
            let (is_gone, url) = (outcome.attempt.is_gone(), outcome.url.clone());
            let one = judge(outcome, now, chance);
            let state = match one.state {
                State::Failed if is_gone => Some(WebhookEndpointState::Gone),
                State::Failed => Some(WebhookEndpointState::Failing),
                _ => None,
            };
            if let Some(state) = state.filter(|state| {
                suspects.iter().all(|one| (one.key, one.state, &one.url) != (key, *state, &url))
            }) {
                suspects.push(Suspect { key, state, url });
            }
            settled.push(one);
        }
        let (failing, recovered, outbox) = (settling.failing, settling.recovered, self.outbox());
        let write = move |conn: &mut Conn| {
            settle(conn, &settled)?;
            for key in failing {
                endpoints::note_failing(conn, key, Some(now))?;
            }
            for key in recovered {
                endpoints::note_failing(conn, key, None)?;
            }
            switch_off(conn, suspects, outbox, now)
        };
        if self.ledger.write(write).await? > 0 {
            // Their owners are written to, and nothing more is sent there.
            self.ring();
            self.ring_webhooks();
        }
        Ok(())
    }
}

/// Where a delivery stands after an attempt.
fn judge(outcome: Outcome, now: Timestamp, chance: u8) -> Settled {
    let Outcome { outgoing, at, request, attempt, .. } = outcome;
    let again = if attempt.is_gone() {
        None
    } else {
        next_attempt(outgoing.attempts.saturating_add(1), now, chance, attempt.retry_after_s)
    };
    let (state, due_at) = match again {
        _ if attempt.is_taken() => (State::Delivered, now),
        Some(due_at) => (State::Waiting, due_at),
        None => (State::Failed, now),
    };
    Settled {
        endpoint: outgoing.endpoint,
        id: outgoing.id,
        lease: outgoing.lease,
        state,
        due_at,
        at,
        status: attempt.status.ok(),
        error: attempt.error(),
        duration_ms: attempt.duration_ms,
        request,
        answer: attempt.answer,
    }
}

/// Switches off what is gone, and that to which nothing arrives for days; its owners are written to. How many endpoints.
fn switch_off(
    conn: &mut Conn,
    suspects: Vec<Suspect>,
    mut outbox: Outbox,
    now: Timestamp,
) -> Result<usize, StorageError> {
    let mut switched = 0;
    for Suspect { key, state, url } in suspects {
        let Some(endpoint) = endpoints::find_in_any(conn, &[key.0], key.1)?.filter(|own| own.url == url)
        else {
            continue;
        };
        let is_gone = state == WebhookEndpointState::Gone;
        let is_lasting =
            endpoint.failing_since.is_some_and(|since| since <= now.plus_seconds(-FAILING_MAX_S));
        if !(is_gone || is_lasting) || !endpoints::switch_off(conn, key, (state, now))? {
            continue;
        }
        moving::give_up(conn, key)?;
        switched += 1;
        let Some(community) = communities::find(conn, key.0)? else { continue };
        let account = accounts::find_many(conn, key.0, &[endpoint.account_id])?.pop();
        let letter = Letter::WebhookOff(WebhookOff {
            community: Plain::from(community.name.as_str()),
            account: Plain::from(account.map(|account| account.code.to_string()).unwrap_or_default()),
            host: Plain::from(host_of(&endpoint.url)),
            is_gone,
        });
        for (_, user_id) in notifications::owners(conn, key.0, &[endpoint.account_id])? {
            outbox.write_to_user(conn, &community, user_id, letter.clone())?;
        }
        note(key.1, is_gone);
    }
    Ok(switched)
}

fn note(id: WebhookEndpointId, is_gone: bool) {
    let why = if is_gone { "it answered 410" } else { "nothing arrived there for days" };
    tracing::warn!(webhook.endpoint = %id, "a webhook's endpoint was switched off: {why}");
}

/// The host of a stored URL: paths and queries may hold what only the receiver should know.
pub(super) fn host_of(url: &str) -> &str {
    let behind_scheme = url.split_once("://").map_or(url, |(_, rest)| rest);
    behind_scheme.split(['/', '?']).next().unwrap_or_default()
}
