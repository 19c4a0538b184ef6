//! Fresh proofs: for limits, and for payments above an amount.

use super::support::{River, START, by, limits, minor, order, pay, set_limits, set_status, step_up_setting};
use crate::domain::account::AccountStatus;
use crate::domain::command::{Action, Authorise, Authority, Command, SetAccountStepUp};
use crate::domain::fold::Outcome;
use crate::domain::ids::AccountId;
use crate::domain::member::Role;
use crate::domain::refusal::{Refusal, Thing};
use crate::domain::time::Timestamp;

/// The same authority, proved at another time.
fn proved(authority: Authority, auth_time: Timestamp) -> Authority {
    match authority {
        Authority::User(user) => Authority::User(crate::domain::command::UserAuthority { auth_time, ..user }),
        Authority::Service => Authority::Service,
    }
}

fn with(command: Command, auth_time: Timestamp) -> Command {
    Command { authority: proved(command.authority, auth_time), ..command }
}

fn set_own(authority: Authority, account_id: AccountId, above: Option<i64>) -> Command {
    by(authority, Action::SetAccountStepUp(SetAccountStepUp { account_id, above: above.map(minor) }))
}

fn set_common(authority: Authority, above: Option<i64>) -> Command {
    by(authority, Action::ChangeSettings(step_up_setting(above)))
}

const STALE: Timestamp = Timestamp::from_micros(0);

#[test]
fn payments_above_the_lower_amount_need_a_fresh_proof() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 50_000), river.member("Bob", 50_000));
    let admin = river.newcomer("Greta", Role::Admin, limits(0, None));
    let fresh = river.now;
    assert_eq!(river.done(&set_own(ada.authority(), ada.account, Some(1_000))), Outcome::Done);
    assert_eq!(river.refused(&with(pay(ada, bob, 1_001), STALE)), Refusal::StepUpRequired);
    assert_eq!(river.last.records.len(), 0);
    river.paid(&with(pay(ada, bob, 1_000), STALE));
    river.paid(&with(pay(ada, bob, 1_001), fresh));
    river.paid(&with(pay(bob, ada, 1_001), STALE));
    let hold = Action::Authorise(Authorise {
        payment: order(ada.account, bob.account, 1_001, ""),
        expires_at: START.plus_seconds(900),
    });
    assert_eq!(river.refused(&with(by(ada.authority(), hold), STALE)), Refusal::StepUpRequired);
    assert_eq!(river.done(&with(set_common(admin.authority(), Some(500)), fresh)), Outcome::Done);
    assert_eq!(river.refused(&with(pay(ada, bob, 501), STALE)), Refusal::StepUpRequired);
    assert_eq!(river.refused(&with(pay(bob, ada, 501), STALE)), Refusal::StepUpRequired);
    river.paid(&with(pay(bob, ada, 500), STALE));
    // It comes before what would tell a thief how much there is.
    assert_eq!(river.refused(&with(pay(ada, bob, 99_999_999), STALE)), Refusal::StepUpRequired);
    assert_eq!(river.refused(&with(pay(ada, ada, 501), STALE)), Refusal::StepUpRequired);
    // And after what is not theirs at all.
    let foreign = by(bob.authority(), Action::Pay(order(ada.account, bob.account, 5_000, "")));
    assert_eq!(river.refused(&with(foreign, STALE)), Refusal::Forbidden);
    // The service itself proves nothing.
    river.paid(&by(Authority::Service, Action::Pay(order(ada.account, bob.account, 5_000, ""))));
}

#[test]
fn tightening_is_free_and_loosening_needs_a_proof() {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    let own = |above| with(set_own(ada.authority(), ada.account, above), STALE);
    let now = river.now;
    river.done(&own(Some(500)));
    river.done(&own(Some(100)));
    river.done(&own(Some(100)));
    assert_eq!(river.refused(&own(Some(101))), Refusal::StepUpRequired);
    assert_eq!(river.refused(&own(None)), Refusal::StepUpRequired);
    river.done(&with(own(None), now));
    river.done(&own(None));
    assert_eq!(river.account(ada.account).version, 1, "the account itself is as it was");
    assert_eq!(river.refused(&set_own(bob.authority(), ada.account, Some(1))), Refusal::Forbidden);
    let absent = AccountId::from_uuid(uuid::Uuid::from_u128(99));
    assert_eq!(river.refused(&set_own(ada.authority(), absent, Some(1))), Refusal::NotFound(Thing::Account));
    assert_eq!(river.refused(&with(set_common(ada.authority(), None), now)), Refusal::Forbidden);
    let admin = river.newcomer("Greta", Role::Admin, limits(0, None));
    assert_eq!(river.refused(&with(set_common(admin.authority(), Some(1)), STALE)), Refusal::StepUpRequired);
    assert_eq!(
        river.refused(&set_own(admin.authority(), ada.account, Some(1))),
        Refusal::Forbidden,
        "it is the member's"
    );
}

#[test]
fn limits_need_a_fresh_proof_by_the_clock_and_of_statuses_only_freezing_does_not() {
    let mut river = River::new();
    let ada = river.member("Ada", 1_000);
    let admin = river.newcomer("Greta", Role::Admin, limits(0, None));
    let change = set_limits(admin.authority(), ada.account, limits(1, None));
    assert_eq!(river.refused(&with(change.clone(), STALE)), Refusal::StepUpRequired);
    let proved_at = river.now;
    river.now = river.now.plus_seconds(299);
    river.done(&with(change.clone(), proved_at));
    river.now = river.now.plus_seconds(1);
    assert_eq!(river.refused(&with(change.clone(), proved_at)), Refusal::StepUpRequired);
    // The order's time is ahead of the clock: the clock counts.
    river.now = proved_at;
    river.done(&with(change, proved_at));
    let set = |status| set_status(admin.authority(), ada.account, status);
    river.done(&with(set(AccountStatus::Frozen), STALE));
    for status in [AccountStatus::Active, AccountStatus::Closed] {
        assert_eq!(river.refused(&with(set(status), STALE)), Refusal::StepUpRequired);
    }
    river.done(&with(set(AccountStatus::Active), proved_at));
}
