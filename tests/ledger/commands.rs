//! Commands as members give them, and shorthand for what comes of them.

use std::sync::Arc;

use counterfoil::auth::tokens::FIRST_PARTY;
use counterfoil::domain::account::Limits;
use counterfoil::domain::amount::Amount;
use counterfoil::domain::command::{
    Accept, Action, Authorise, Cancel, Capture, Command, Decline, EndSession, Expire, Pay, Request,
    SetLimits, SetStatus, SetTrust, UserAuthority, Void,
};
use counterfoil::domain::fold::{Answered, Outcome};
use counterfoil::domain::ids::{AccountId, CommunityId, PaymentId, SessionId, UserId};
use counterfoil::domain::key::{KeyHash, KeyUse, RequestDigest};
use counterfoil::domain::refusal::Refusal;
use counterfoil::domain::scopes::Scopes;
use counterfoil::domain::spending::SpendingCeilings;
use counterfoil::domain::time::Timestamp;
use counterfoil::domain::trust::TrustTerms;
use counterfoil::ledger::{Ledger, SubmitError};
use uuid::Uuid;

use crate::support::{Person, TestApp};

/// A member with a session, from whom commands come.
#[derive(Debug, Clone, Copy)]
pub struct Hand {
    pub community_id: CommunityId,
    pub user_id: UserId,
    pub session_id: SessionId,
    pub account_id: AccountId,
}

impl Hand {
    /// The hand of a person of `RIVER`, in a session that is theirs alone.
    pub fn of(app: &TestApp, person: &Person) -> Self {
        Self {
            community_id: app.community("RIVER").id,
            user_id: person.user_id,
            session_id: SessionId::from_uuid(person.user_id.uuid()),
            account_id: person.account_id.parse().unwrap(),
        }
    }

    /// The same in another session.
    pub fn in_session(self, number: u128) -> Self {
        Self { session_id: SessionId::from_uuid(Uuid::from_u128(number)), ..self }
    }

    fn command(&self, key: Option<&str>, action: Action) -> Command {
        let authority = UserAuthority {
            user_id: self.user_id,
            session_id: self.session_id,
            scopes: Scopes::all(),
            auth_time: Timestamp::from_micros(i64::MAX),
            ceilings: SpendingCeilings::default(),
            app: None,
            only: None,
        };
        let request = RequestDigest::new("POST", "/", format!("{action:?}").as_bytes());
        Command {
            key: key.map(|key| KeyUse {
                hash: KeyHash::new(FIRST_PARTY, self.user_id, &key.parse().unwrap()),
                request,
            }),
            ..Command::by_user(self.community_id, authority, "req_test".into(), action)
        }
    }

    /// Pays this hand's money.
    pub fn pay(&self, payee: &Self, minor: i64, key: Option<&str>) -> Command {
        self.pay_for(payee, minor, "Rye loaves", key)
    }

    /// Pays, and says what for.
    pub fn pay_for(&self, payee: &Self, minor: i64, text: &str, key: Option<&str>) -> Command {
        self.command(key, Action::Pay(self.payment(payee, minor, text)))
    }

    /// Pays from somebody else's account.
    pub fn pay_from(&self, payer: &Self, payee: &Self, minor: i64, key: Option<&str>) -> Command {
        self.command(key, Action::Pay(payer.payment(payee, minor, "")))
    }

    fn payment(&self, payee: &Self, minor: i64, text: &str) -> Pay {
        let amount = Amount::from_minor(minor);
        Pay {
            payer_id: self.account_id,
            payee_id: payee.account_id,
            amount,
            description: text.into(),
            allow_duplicate: true,
        }
    }

    /// Reserves this hand's money.
    pub fn authorise(&self, payee: &Self, minor: i64, expires_at: Timestamp, key: Option<&str>) -> Command {
        let payment = self.payment(payee, minor, "A deposit");
        self.command(key, Action::Authorise(Authorise { payment, expires_at }))
    }

    /// Takes what was reserved for this hand.
    pub fn capture(&self, payment_id: PaymentId, minor: Option<i64>, key: Option<&str>) -> Command {
        self.command(key, Action::Capture(Capture { payment_id, amount: minor.map(Amount::from_minor) }))
    }

    /// Gives back what was reserved for this hand.
    pub fn void(&self, payment_id: PaymentId, key: Option<&str>) -> Command {
        self.command(key, Action::Void(Void { payment_id }))
    }

    /// Asks a payer to pay this hand.
    pub fn request(&self, payer: &Self, minor: i64, expires_at: Timestamp, key: Option<&str>) -> Command {
        let payment = payer.payment(self, minor, "A bill");
        self.command(key, Action::Request(Request { payment, expires_at }))
    }

    /// Pays what this hand was asked for.
    pub fn accept(&self, payment_id: PaymentId, key: Option<&str>) -> Command {
        self.command(key, Action::Accept(Accept { payment_id }))
    }

    /// Says no to what this hand was asked for.
    pub fn decline(&self, payment_id: PaymentId, key: Option<&str>) -> Command {
        self.command(key, Action::Decline(Decline { payment_id, reason: "Not mine".into() }))
    }

    /// Takes back what this hand asked for.
    pub fn cancel(&self, payment_id: PaymentId, key: Option<&str>) -> Command {
        self.command(key, Action::Cancel(Cancel { payment_id }))
    }

    /// Trusts a payee up to an amount, or no longer.
    pub fn trust(&self, payee: &Self, up_to: Option<i64>) -> Command {
        let terms = up_to.map(|up_to| TrustTerms { up_to: Amount::from_minor(up_to), per_month: None });
        let (payer_id, payee_id) = (self.account_id, payee.account_id);
        self.command(None, Action::SetTrust(SetTrust { payer_id, payee_id, terms }))
    }

    /// Ends, on behalf of the service, what nobody acted on in time.
    pub fn expire(&self, payment_id: PaymentId) -> Command {
        by_service(self.community_id, Action::Expire(Expire { payment_id }))
    }

    /// Sets another's limits, as an admin.
    pub fn set_limits(
        &self,
        of: &Self,
        credit_limit: i64,
        ceiling: Option<i64>,
        if_version: Option<i64>,
    ) -> Command {
        let limits = Limits {
            credit_limit: Amount::from_minor(credit_limit),
            ceiling: ceiling.map(Amount::from_minor),
        };
        let reason = "Decided at the meeting".into();
        self.command(
            None,
            Action::SetLimits(SetLimits {
                account_id: of.account_id,
                limits,
                until: None,
                reason,
                if_version,
            }),
        )
    }

    /// Sets another's status, as an admin.
    pub fn set_status(&self, of: &Self, status: counterfoil::domain::account::AccountStatus) -> Command {
        let reason = "Decided at the meeting".into();
        self.command(None, Action::SetStatus(SetStatus { account_id: of.account_id, status, reason }))
    }

    /// Ends this hand's session.
    pub fn end_session(&self, forget_at: Timestamp) -> Command {
        by_service(
            self.community_id,
            Action::EndSession(EndSession { session_id: self.session_id, forget_at }),
        )
    }
}

/// A command of the service itself.
pub fn by_service(community_id: CommunityId, action: Action) -> Command {
    Command::by_service(community_id, action)
}

/// Submits from the calling thread and waits.
pub fn submit(ledger: &Ledger, command: Command) -> Result<Outcome, SubmitError> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(ledger.submit(command))
}

/// Submits all at once, each from a thread of its own, and gives what came of them, in order.
pub fn submit_in_threads(commands: Vec<(Ledger, Command)>) -> Vec<Result<Outcome, SubmitError>> {
    let start = Arc::new(std::sync::Barrier::new(commands.len()));
    let threads: Vec<_> = commands
        .into_iter()
        .map(|(ledger, command)| {
            let start = Arc::clone(&start);
            std::thread::spawn(move || {
                start.wait();
                submit(&ledger, command)
            })
        })
        .collect();
    threads.into_iter().map(|thread| thread.join().unwrap()).collect()
}

/// The status of a keyed answer, or a word for everything else.
pub fn word(outcome: &Result<Outcome, SubmitError>) -> String {
    match outcome {
        Ok(Outcome::Answered(answered)) if answered.is_replay => format!("{} again", answered.status),
        Ok(Outcome::Answered(answered)) => answered.status.to_string(),
        Ok(Outcome::Paid(payment) | Outcome::Changed(payment)) => payment.state.name().to_owned(),
        Ok(Outcome::PaidMany(_)) => "completed".into(),
        Ok(Outcome::Account(_) | Outcome::Member(_)) => "changed".into(),
        Ok(Outcome::Scheduled(schedule)) => schedule.state.name().to_owned(),
        Ok(
            Outcome::MadeCheckout(checkout)
            | Outcome::FoundCheckout(checkout)
            | Outcome::ChangedCheckout(checkout),
        ) => checkout.state.name().to_owned(),
        Ok(Outcome::Approval(_)) => "approval".into(),
        Ok(Outcome::Done | Outcome::Fees(_)) => "done".into(),
        Ok(Outcome::Refused(refusal)) => refusal.code().to_owned(),
        Err(SubmitError::Overloaded) => "overloaded".into(),
        Err(SubmitError::OutcomeUnknown) => "unknown".into(),
    }
}

/// The kept bytes of a keyed answer.
#[track_caller]
pub fn bytes(outcome: &Result<Outcome, SubmitError>) -> Arc<[u8]> {
    match outcome {
        Ok(Outcome::Answered(Answered { body: Some(body), .. })) => Arc::clone(body),
        other => panic!("no kept answer: {other:?}"),
    }
}

/// The payment that was made.
#[track_caller]
pub fn payment_id(outcome: &Result<Outcome, SubmitError>) -> PaymentId {
    match outcome {
        Ok(Outcome::Answered(Answered { payment_id: Some(id), .. })) => *id,
        Ok(Outcome::Paid(payment) | Outcome::Changed(payment)) => payment.id,
        other => panic!("no payment: {other:?}"),
    }
}

/// Whether it is a refusal for this reason that left nothing behind.
pub fn is_refused(outcome: &Result<Outcome, SubmitError>, refusal: &Refusal) -> bool {
    matches!(outcome, Ok(Outcome::Refused(refused)) if refused == refusal)
}
