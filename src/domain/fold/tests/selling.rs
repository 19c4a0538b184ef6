//! Random commands about checkouts.

use proptest::option;
use proptest::prelude::*;

use super::properties::Play;
use super::random::{NAMES, Step, UNKNOWN_HOLD, Who, authority};
use super::support::{START, by, keyed, minor};
use crate::domain::checkout::{
    CaptureMode, CheckoutTerms, Metadata, NationalCurrency, NationalPart, OrderKey,
};
use crate::domain::command::{
    Action, ApproveCheckout, Authority, CheckoutEnd, Command, CreateCheckout, EndCheckout,
};
use crate::domain::fold::Outcome;
use crate::domain::ids::{AccountId, CheckoutId, PaymentId};
use crate::domain::time::Timestamp;

#[derive(Debug, Clone)]
pub(super) enum SellOperation {
    /// A checkout for one of a few orders.
    Create {
        payee: usize,
        order: u8,
        amount: i64,
        manual: bool,
        seconds: i64,
        key: Option<u8>,
    },
    Approve {
        payer: usize,
        back: usize,
        key: Option<u8>,
    },
    End {
        back: usize,
        end: CheckoutEnd,
        key: Option<u8>,
    },
}

pub(super) fn operation() -> impl Strategy<Value = SellOperation> {
    let person = || prop_oneof![20 => 0..NAMES.len() - 1, 1 => 0..NAMES.len() + 2];
    let newest = || prop_oneof![30 => 0..3_usize, 10 => 0..8_usize, 1 => Just(UNKNOWN_HOLD)];
    let key = || option::weighted(0.4, 0..24_u8);
    let amount = (1..=3_i64).prop_map(|n| n * 250);
    let end = prop_oneof![
        2 => Just(CheckoutEnd::Decline),
        2 => Just(CheckoutEnd::Cancel),
        3 => Just(CheckoutEnd::Expire)
    ];
    let bool = proptest::bool::weighted(0.4);
    prop_oneof![
        8 => (person(), 0..3_u8, amount, bool, -10..900_i64, key()).prop_map(
            |(payee, order, amount, manual, seconds, key)| {
                SellOperation::Create { payee, order, amount, manual, seconds, key }
            }
        ),
        9 => (person(), newest(), key())
            .prop_map(|(payer, back, key)| SellOperation::Approve { payer, back, key }),
        4 => (newest(), end, key()).prop_map(|(back, end, key)| SellOperation::End { back, end, key }),
    ]
}

/// What a shop asks for.
pub(super) fn selling(
    account_id: AccountId,
    order: &str,
    amount: i64,
    is_manual: bool,
    expires_at: Timestamp,
) -> CreateCheckout {
    let terms = CheckoutTerms {
        amount: minor(amount),
        capture: if is_manual { CaptureMode::Manual } else { CaptureMode::Automatic },
        order_reference: order.to_owned(),
        description: "a chair".into(),
        return_url: None,
        cancel_url: None,
        metadata: Metadata::new(),
        // Some prices are in two moneys.
        national: (amount != 250).then(|| NationalPart {
            currency: NationalCurrency::parse("EUR").unwrap(),
            amount: minor(333),
            total: None,
        }),
    };
    let order_key = OrderKey::new(account_id, order);
    CreateCheckout { account_id, order_key, digest: terms.digest(None), terms, expires_at, follower: None }
}

impl Play {
    /// The command for an operation; none where there is nothing yet that it could be about.
    pub(super) fn sell_command(
        &self,
        step: &Step,
        operation: &SellOperation,
        now: Timestamp,
    ) -> Option<Command> {
        let owner = |id: AccountId| {
            let owner = self.model.accounts.get(&id).and_then(|account| account.owner);
            self.users.iter().position(|user| Some(*user) == owner).unwrap_or(0)
        };
        let checkout = |back: usize| {
            let unknown = CheckoutId::from_uuid(self.accounts[0].uuid());
            if back == UNKNOWN_HOLD { Some(unknown) } else { self.checkouts.iter().rev().nth(back).copied() }
        };
        let (rightful, key, action) = match *operation {
            SellOperation::Create { payee, order, amount, manual, seconds, key } => {
                let account_id = self.accounts[payee];
                let expires_at = now.max(START).plus_seconds(seconds);
                let new = selling(account_id, &format!("order {order}"), amount, manual, expires_at);
                (owner(account_id), key, Action::CreateCheckout(Box::new(new)))
            }
            SellOperation::Approve { payer, back, key } => {
                let payer_id = self.accounts[payer];
                let approve = ApproveCheckout { checkout_id: checkout(back)?, payer_id };
                (owner(payer_id), key, Action::ApproveCheckout(approve))
            }
            SellOperation::End { back, end, key } => {
                let end = EndCheckout { checkout_id: checkout(back)?, end };
                if end.end == CheckoutEnd::Expire && matches!(step.who, Who::Rightful) {
                    return Some(by(Authority::Service, Action::EndCheckout(end)));
                }
                let payee = self.model.checkouts.get(&end.checkout_id).map_or(0, |found| owner(found.payee));
                (payee, key, Action::EndCheckout(end))
            }
        };
        let command = by(authority(step, rightful, &self.users, &self.sessions), action);
        Some(key.map_or_else(|| command.clone(), |key| keyed(command.clone(), &format!("k-{key}"))))
    }

    /// Notes a checkout that was made, and a payment that one made for somebody to capture.
    pub(super) fn note_checkout(&mut self, command: &Command, outcome: &Outcome, paid: Option<PaymentId>) {
        let is_approval = command.checkout_id().is_some();
        self.awaited.extend(paid.filter(|id| is_approval && self.model.lives.contains_key(id)));
        let Action::CreateCheckout(new) = &command.action else { return };
        let made = match outcome {
            Outcome::MadeCheckout(checkout) => Some(checkout.id),
            Outcome::Answered(answered) if answered.status == 201 => {
                answered.payment_id.map(|id| CheckoutId::from_uuid(id.uuid()))
            }
            _ => None,
        };
        if let Some(id) = made {
            self.model.note_checkout(new, id);
            self.checkouts.push(id);
        }
    }
}
