//! Random commands, so often right that all of the ledger's life comes about, and so often wrong that every rule does.

use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;

use super::funding::{self, FundOperation};
use super::selling::{self, SellOperation};
use crate::domain::account::AccountStatus;
use crate::domain::amount::Amount;
use crate::domain::command::{Authority, UserAuthority};
use crate::domain::fees::FEE_BASIS_POINTS_MAX;
use crate::domain::ids::{SessionId, UserId};
use crate::domain::many::ManyMode;
use crate::domain::payment_rules::{PaymentLimit, PaymentRules};
use crate::domain::schedule::{OnFailure, ScheduleChange};
use crate::domain::scopes::{Scope, Scopes};
use crate::domain::spending::SpendingCeilings;
use crate::domain::time::Timestamp;
use crate::domain::write_off::WriteOffCategory;

/// Ada and Dan are admins, Fay's member is frozen, Sam is a stranger, and the fund has no owner.
pub(super) const NAMES: [&str; 5] = ["Ada", "Bob", "Cyd", "Dan", "Fay"];
pub(super) const ADMINS: [usize; 2] = [0, 3];
pub(super) const STRANGER: usize = NAMES.len();
pub(super) const FUND: usize = NAMES.len();
/// One more than there is, so that some commands name an account that does not exist.
const ACCOUNTS: usize = NAMES.len() + 2;

/// Stands for a hold that does not exist; the others are counted from the newest.
pub(super) const UNKNOWN_HOLD: usize = usize::MAX;

/// On whose word an operation comes.
#[derive(Debug, Clone, Copy)]
pub(super) enum Who {
    /// Whoever it is up to: the payer's operator, the payee's, an admin.
    Rightful,
    /// Someone, with or without each of the scopes that the commands ask for.
    Someone {
        person: usize,
        scopes: [bool; 3],
    },
    Service,
}

/// What may become of a payment.
#[derive(Debug, Clone, Copy)]
pub(super) enum NextStep {
    Capture { amount: Option<i64> },
    Void,
    Accept,
    Decline,
    Cancel,
    Expire,
}

#[derive(Debug, Clone)]
pub(super) enum Operation {
    Pay {
        payer: usize,
        payee: usize,
        amount: i64,
        text: &'static str,
        again: bool,
        key: Option<u8>,
    },
    PayMany {
        lines: Vec<((usize, usize), i64)>,
        mode: ManyMode,
        key: Option<u8>,
    },
    Authorise {
        payer: usize,
        payee: usize,
        amount: i64,
        seconds: i64,
        key: Option<u8>,
    },
    Request {
        payer: usize,
        payee: usize,
        amount: i64,
        seconds: i64,
        key: Option<u8>,
    },
    /// The next step of a payment that somebody awaits, right or wrong for it.
    Step {
        step: NextStep,
        back: usize,
        key: Option<u8>,
    },
    Trust {
        payer: usize,
        payee: usize,
        up_to: Option<i64>,
        per_month: Option<i64>,
    },
    Refund {
        back: usize,
        amount: i64,
        key: Option<u8>,
    },
    /// Plans a payment that many seconds ahead of the first moment of all, or daily ones from that many days before it.
    Schedule {
        payer: usize,
        payee: usize,
        amount: i64,
        when: Result<i64, (i64, i16, Option<i64>)>,
        rule: OnFailure,
        key: Option<u8>,
    },
    ChangeSchedule {
        back: usize,
        change: ScheduleChange,
    },
    /// Skips to so many days behind the first moment of all.
    EditSchedule {
        back: usize,
        amount: Option<i64>,
        count: Option<Option<i64>>,
        rule: Option<OnFailure>,
        skip: Option<i64>,
    },
    /// Mostly the run that comes next.
    RunSchedule {
        back: usize,
        off: i64,
    },
    Reverse {
        back: usize,
        beyond: bool,
        key: Option<u8>,
    },
    /// A balance is brought along against the fund, or a payment to it or from it, by the service at a time so many seconds before now.
    Bring {
        account: usize,
        owed: bool,
        amount: i64,
        ago: i64,
        /// Whether it is a payment, and whether that may pass the payer's limit.
        paid: Option<bool>,
    },
    SetLimits {
        account: usize,
        credit_limit: i64,
        ceiling: Option<i64>,
        version_off: Option<i64>,
    },
    /// By the service; mostly as the account is now.
    Follow {
        account: usize,
        credit_limit: i64,
        ceiling: Option<i64>,
        rules: PaymentRules,
        off: i64,
    },
    /// Lets an account pass its limit once, or no longer.
    Allow {
        account: usize,
        amount: Option<i64>,
        seconds: i64,
    },
    SetRules {
        limits_above: Option<i64>,
        reversals_above: Option<i64>,
    },
    /// Agrees to what another admin asked for, or refuses it.
    Settle {
        back: usize,
        agrees: bool,
        /// By whoever asked.
        own: bool,
    },
    SetStatus {
        account: usize,
        status: AccountStatus,
    },
    /// Asks for the rest of a balance to be written off.
    WriteOff {
        account: usize,
        category: WriteOffCategory,
    },
    /// Merges an account into another.
    Merge {
        account: usize,
        kept: usize,
    },
    /// Begins to leave, or stays after all.
    Leave {
        person: usize,
        leaves: bool,
    },
    /// Fixed amounts and basis points for payer and payee.
    SetFees {
        payer: (i64, i64),
        payee: (i64, i64),
        version_off: Option<i64>,
    },
    Fund(FundOperation),
    Sell(SellOperation),
    EndSession {
        person: usize,
        session: usize,
    },
    /// An earlier command comes again, as it was, or without its key.
    Repeat {
        nth: usize,
        keeps_key: bool,
    },
}

#[derive(Debug, Clone)]
pub(super) struct Step {
    /// Where a new batch begins here: how many seconds later. The clock may go back.
    pub new_batch: Option<i64>,
    pub who: Who,
    pub session: usize,
    pub operation: Operation,
}

/// Mostly multiples of one number, so that edges are hit exactly and missed by one.
fn amount() -> impl Strategy<Value = i64> {
    prop_oneof![6 => (1..=4_i64).prop_map(|n| n * 250), 1 => (0..=4_i64).prop_map(|n| n * 250 + 1), 1 => 1..=2_000_i64]
}

/// Mostly none; else bounds that a few payments reach.
fn payment_rules() -> impl Strategy<Value = PaymentRules> {
    let bound = (option::of((1..=8_i64).prop_map(|n| Amount::from_minor(n * 250))), option::of(1..=4_i64));
    let bound = bound.prop_map(|(amount, payments)| PaymentLimit { amount, payments });
    let bounds = (option::of(bound.clone()), option::of(bound.clone()), option::of(bound));
    let rules = (option::of(1..=10_000_i64), bounds).prop_map(|(warn_at, (day, week, month))| PaymentRules {
        warn_at,
        limits: [day, week, month].map(Option::unwrap_or_default),
    });
    prop_oneof![3 => Just(PaymentRules::default()), 1 => rules]
}

/// Mostly two who may pay each other; sometimes anyone, also one with oneself.
fn parties() -> impl Strategy<Value = (usize, usize)> {
    let active = NAMES.len() - 1;
    let two = (0..active, 1..active).prop_map(move |(payer, further)| (payer, (payer + further) % active));
    prop_oneof![12 => two, 1 => (0..ACCOUNTS, 0..ACCOUNTS), 1 => (0..active).prop_map(|one| (one, one))]
}

fn when() -> impl Strategy<Value = Result<i64, (i64, i16, Option<i64>)>> {
    let recurring = (-1..=6_i64, 1..=2_i16, option::weighted(0.4, 1..=5_i64));
    prop_oneof![1 => (-600..2_000_i64).prop_map(Ok), 2 => recurring.prop_map(Err)]
}

fn rule() -> impl Strategy<Value = OnFailure> {
    let retry =
        (1..=3_i16, 1..=30_i16).prop_map(|(times, wait_hours)| OnFailure::Retry { times, wait_hours });
    let pause = (1..=2_i16).prop_map(|after| OnFailure::Pause { after });
    prop_oneof![Just(OnFailure::Skip), retry, pause]
}

fn schedule_change() -> impl Strategy<Value = ScheduleChange> {
    prop_oneof![
        2 => Just(ScheduleChange::Pause),
        2 => Just(ScheduleChange::Resume),
        1 => Just(ScheduleChange::Cancel)
    ]
}

fn edit(newest: impl Strategy<Value = usize>) -> impl Strategy<Value = Operation> {
    let count = option::weighted(0.4, option::of(1..=6_i64));
    let skip = option::weighted(0.2, 0..=4_i64);
    (newest, option::of(amount()), count, option::weighted(0.3, rule()), skip).prop_map(
        |(back, amount, count, rule, skip)| Operation::EditSchedule { back, amount, count, rule, skip },
    )
}

/// Mostly those who are no admins, of whom there is one less afterwards; the admins, and the fund, are not merged.
fn merged() -> impl Strategy<Value = usize> {
    prop_oneof![4 => 1..=2_usize, 2 => Just(NAMES.len() - 1), 1 => Just(FUND), 1 => Just(FUND + 1)]
}

fn next_step() -> impl Strategy<Value = NextStep> {
    prop_oneof![
        6 => option::of(amount()).prop_map(|amount| NextStep::Capture { amount }),
        2 => Just(NextStep::Void),
        6 => Just(NextStep::Accept),
        2 => Just(NextStep::Decline),
        2 => Just(NextStep::Cancel),
        3 => Just(NextStep::Expire),
    ]
}

/// Often none; sometimes so large that a small payment is eaten up.
fn fee() -> impl Strategy<Value = (i64, i64)> {
    let fixed = prop_oneof![3 => Just(0_i64), 2 => 1..=5_i64, 1 => Just(300)];
    let basis_points = prop_oneof![2 => Just(0_i64), 2 => 1..=FEE_BASIS_POINTS_MAX, 1 => Just(100)];
    (fixed, basis_points)
}

fn operation() -> impl Strategy<Value = Operation> {
    let person = 0..NAMES.len();
    // Mostly people who may act.
    let account = prop_oneof![20 => 0..NAMES.len() - 1, 1 => 0..ACCOUNTS];
    let limit = (0..=6_i64).prop_map(|n| n * 250);
    let above = || (0..=4_i64).prop_map(|n| n * 250);
    let status = prop_oneof![
        5 => Just(AccountStatus::Active),
        2 => Just(AccountStatus::Frozen),
        1 => Just(AccountStatus::Closed)
    ];
    let category = prop_oneof![
        3 => Just(WriteOffCategory::Other),
        1 => Just(WriteOffCategory::Hardship),
        1 => Just(WriteOffCategory::GivenUp),
        1 => Just(WriteOffCategory::Donated)
    ];
    let text = prop_oneof![Just(""), Just("bread"), Just("Brot und Rüben ✓")];
    let key = || option::weighted(0.4, 0..24_u8);
    let mode =
        prop_oneof![Just(ManyMode::Together), Just(ManyMode::AllInOrder), Just(ManyMode::ValidInOrder)];
    let version_off_of_fees = option::weighted(0.3, prop_oneof![3 => Just(0_i64), 1 => Just(1)]);
    let version_off = option::weighted(0.3, prop_oneof![3 => Just(0_i64), 1 => Just(1)]);
    let newest = || prop_oneof![30 => 0..3_usize, 10 => 0..12_usize, 1 => Just(UNKNOWN_HOLD)];
    prop_oneof![
        16 => (parties(), amount(), text, proptest::bool::weighted(0.6), key()).prop_map(
            |((payer, payee), amount, text, again, key)| {
                Operation::Pay { payer, payee, amount, text, again, key }
            }
        ),
        6 => (vec((parties(), amount()), 1..6), mode, key())
            .prop_map(|(lines, mode, key)| Operation::PayMany { lines, mode, key }),
        8 => (parties(), amount(), -10..2_000_i64, key()).prop_map(|((payer, payee), amount, seconds, key)| {
            Operation::Authorise { payer, payee, amount, seconds, key }
        }),
        8 => (parties(), amount(), -10..2_000_i64, key()).prop_map(|((payer, payee), amount, seconds, key)| {
            Operation::Request { payer, payee, amount, seconds, key }
        }),
        16 => (next_step(), newest(), key())
            .prop_map(|(step, back, key)| Operation::Step { step, back, key }),
        3 => (parties(), option::weighted(0.8, amount()), option::weighted(0.5, amount())).prop_map(
            |((payer, payee), up_to, per_month)| Operation::Trust { payer, payee, up_to, per_month }
        ),
        14 => (newest(), amount(), key())
            .prop_map(|(back, amount, key)| Operation::Refund { back, amount, key }),
        6 => (parties(), amount(), when(), rule(), key()).prop_map(|((payer, payee), amount, when, rule, key)| {
            Operation::Schedule { payer, payee, amount, when, rule, key }
        }),
        5 => (newest(), schedule_change()).prop_map(|(back, change)| Operation::ChangeSchedule { back, change }),
        4 => edit(newest()),
        14 => (newest(), prop_oneof![12 => Just(0_i64), 1 => -1..=1_i64])
            .prop_map(|(back, off)| Operation::RunSchedule { back, off }),
        6 => (newest(), proptest::bool::weighted(0.4), key())
            .prop_map(|(back, beyond, key)| Operation::Reverse { back, beyond, key }),
        4 => (account.clone(), limit.clone(), option::weighted(0.7, limit.clone()), version_off).prop_map(
            |(account, credit_limit, ceiling, version_off)| {
                Operation::SetLimits { account, credit_limit, ceiling, version_off }
            }
        ),
        3 => (account.clone(), limit.clone(), option::weighted(0.7, limit.clone()), payment_rules(), prop_oneof![4 => Just(0_i64), 1 => -1..=1_i64])
            .prop_map(|(account, credit_limit, ceiling, rules, off)| {
                Operation::Follow { account, credit_limit, ceiling, rules, off }
            }),
        3 => (0..ACCOUNTS, proptest::bool::ANY, amount(), -100..900_i64).prop_map(|(account, owed, amount, ago)| {
                // By what is drawn anyway.
                let paid = [None, None, Some(false), Some(true)][usize::try_from(ago.rem_euclid(4)).unwrap()];
                Operation::Bring { account, owed, amount, ago, paid }
            }),
        4 => (account.clone(), option::weighted(0.8, amount()), -10..3_000_i64)
            .prop_map(|(account, amount, seconds)| Operation::Allow { account, amount, seconds }),
        3 => (option::weighted(0.6, above()), option::weighted(0.6, above()))
            .prop_map(|(limits_above, reversals_above)| Operation::SetRules { limits_above, reversals_above }),
        14 => (newest(), proptest::bool::weighted(0.8), proptest::bool::weighted(0.15))
            .prop_map(|(back, agrees, own)| Operation::Settle { back, agrees, own }),
        4 => (account.clone(), status).prop_map(|(account, status)| Operation::SetStatus { account, status }),
        6 => (account, category).prop_map(|(account, category)| Operation::WriteOff { account, category }),
        2 => (merged(), 0..ACCOUNTS).prop_map(|(account, kept)| Operation::Merge { account, kept }),
        3 => (person.clone(), proptest::bool::weighted(0.6))
            .prop_map(|(person, leaves)| Operation::Leave { person, leaves }),
        4 => (fee(), fee(), version_off_of_fees).prop_map(|(payer, payee, version_off)| {
            Operation::SetFees { payer, payee, version_off }
        }),
        12 => funding::operation().prop_map(Operation::Fund),
        14 => selling::operation().prop_map(Operation::Sell),
        1 => (person, 0..2_usize).prop_map(|(person, session)| Operation::EndSession { person, session }),
        9 => (0..12_usize, proptest::bool::weighted(0.6))
            .prop_map(|(nth, keeps_key)| Operation::Repeat { nth, keeps_key }),
    ]
}

/// A proof that is always fresh: the model knows nothing of stale ones.
const FOREVER: Timestamp = Timestamp::from_micros(i64::MAX);

/// On whose word a step comes, of these people with two sessions each.
pub(super) fn authority(
    step: &Step,
    rightful: usize,
    users: &[UserId],
    sessions: &[[SessionId; 2]],
) -> Authority {
    let (person, scopes) = match step.who {
        Who::Service => return Authority::Service,
        Who::Rightful => (rightful, Scopes::all()),
        Who::Someone { person, scopes } => {
            let only = |scope| Scopes::default().with(scope);
            // Shops ask and give back.
            let shop = only(Scope::RequestsWrite).with(Scope::RefundsWrite);
            let asked = [only(Scope::PaymentsWrite), shop, only(Scope::LimitsWrite)];
            let granted = asked.into_iter().zip(scopes).filter(|(_, granted)| *granted);
            (person, granted.fold(Scopes::default(), |scopes, (scope, _)| scopes.and(scope)))
        }
    };
    Authority::User(UserAuthority {
        user_id: users[person],
        session_id: sessions[person][step.session],
        scopes,
        auth_time: FOREVER,
        ceilings: SpendingCeilings::default(),
        app: None,
        only: None,
    })
}

fn step() -> impl Strategy<Value = Step> {
    let someone = (0..=STRANGER, proptest::array::uniform3(proptest::bool::weighted(0.8)))
        .prop_map(|(person, scopes)| Who::Someone { person, scopes });
    let who = prop_oneof![20 => Just(Who::Rightful), 3 => someone, 2 => Just(Who::Service)];
    (option::weighted(0.15, -200..600_i64), who, 0..2_usize, operation())
        .prop_map(|(new_batch, who, session, operation)| Step { new_batch, who, session, operation })
}

pub(super) fn steps() -> impl Strategy<Value = Vec<Step>> {
    vec(step(), 1..=60)
}
