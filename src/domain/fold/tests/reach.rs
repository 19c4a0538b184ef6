//! The random commands are good for something: every rule comes about often enough.

use std::collections::BTreeMap;

use proptest::strategy::{Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use super::properties::Play;
use super::random::{Step, steps};
use super::support::River;

/// How many sequences are played: the rarest rule comes about a few times in them.
const SEQUENCES: usize = 1_500;

/// Plays a sequence of commands, batch by batch.
pub(super) fn play(steps: &[Step]) -> Play {
    let mut river = River::new();
    let mut play = Play::new(&mut river);
    for batch in steps.chunk_by(|_, next| next.new_batch.is_none()) {
        play.run(&mut river, batch);
        let sum: i64 = river.state.accounts.values().map(|account| account.balance.minor()).sum();
        assert_eq!(sum, 0, "the community adds up to zero");
    }
    play
}

#[test]
fn the_random_commands_reach_every_rule() {
    let mut runner = TestRunner::deterministic();
    let mut tally = BTreeMap::<String, usize>::new();
    for _ in 0..SEQUENCES {
        let steps = steps().new_tree(&mut runner).unwrap().current();
        for (name, count) in play(&steps).tally {
            *tally.entry(name).or_default() += count;
        }
    }
    let expected = [
        "passes Pay",
        "passes Authorise",
        "passes Capture",
        "passes Void",
        "passes SetMemberStatus",
        "passes WriteOff",
        "passes Merge",
        "an account is merged",
        "conflict no_two_members",
        "conflict own_account",
        "conflict not_held_back",
        "conflict balance_changed",
        "conflict money_reserved",
        "conflict last_admin",
        "passes Request",
        "pays at once",
        "passes Accept",
        "passes Decline",
        "passes Cancel",
        "passes Expire",
        "passes SetTrust",
        "passes CreateCheckout",
        "national money goes back",
        "passes ApproveCheckout",
        "passes EndCheckout",
        "an overdue checkout makes room",
        "conflict checkout_not_open",
        "conflict checkout_expired",
        "conflict",
        "conflict for good",
        "passes Refund",
        "passes PayMany",
        "passes Bring",
        "passes Reverse",
        "passes Schedule",
        "passes ChangeSchedule",
        "passes EditSchedule",
        "passes RunSchedule",
        "passes SetApprovalRules",
        "passes SettleApproval",
        "asks another admin",
        "conflict own_request",
        "conflict already_settled",
        "passes SetLimits",
        "passes SetFees",
        "a payment bears fees",
        "a capture bears no more than was reserved",
        "a reversal gives fees back",
        "conflict fee_exceeds_amount",
        "passes Charge",
        "passes PayOut",
        "passes PayIncome",
        "passes SetIncome",
        "an income is set",
        "the fund pays somebody",
        "paid",
        "fund_empty",
        "fund_not_active",
        "nobody",
        "too_many",
        "a month is paid",
        "something is left owing",
        "passes FollowPolicy",
        "passes SetAllowance",
        "passes SetStatus",
        "passes EndSession",
        "repeats",
        "unauthenticated",
        "idempotency_key_reused",
        "not_found",
        "forbidden",
        "precondition_failed",
        "same_account",
        "same_account for good",
        "account_not_active",
        "account_not_active for good",
        "conflict not_authorised",
        "conflict authorisation_expired",
        "conflict capture_too_large",
        "conflict not_requested",
        "conflict request_expired",
        "conflict not_expired",
        "conflict bad_expiry",
        "conflict not_completed",
        "conflict refund_too_large",
        "conflict refund_of_refund",
        "conflict reversal_of_refund",
        "conflict nothing_left",
        "conflict not_settled",
        "conflict schedule_ended",
        "a run pays",
        "a run fails",
        "a run waits to be tried again",
        "a schedule pauses",
        "new terms leave no run",
        "possible_duplicate",
        "possible_duplicate for good",
        "insufficient_credit",
        "insufficient_credit for good",
        "lines_refused",
        "lines_refused for good",
        "payment_limit_reached",
        "payment_limit_reached for good",
        "ceiling_exceeded",
        "ceiling_exceeded for good",
    ];
    for name in expected {
        assert!(tally.get(name).is_some_and(|count| *count >= 1), "{name} is too rare: {tally:#?}");
    }
}
