//! What policies give, compared with a naive way to work it out; and what is wrong with bad ones.

use std::collections::HashSet;

use proptest::option;
use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::domain::amount::BALANCE_MAX_MINOR;
use crate::domain::payment_rules::PaymentLimit;

fn group(number: u128) -> GroupId {
    GroupId::from_uuid(Uuid::from_u128(number))
}

const fn minor(minor: i64) -> Amount {
    Amount::from_minor(minor)
}

fn term() -> impl Strategy<Value = Term> {
    let days = option::of(prop_oneof![Just(30_i64), Just(90), Just(365)]);
    let measure = prop_oneof![
        (days, 1..=WHOLE_SHARE).prop_map(|(days, share)| Measure::Sales { days, share }),
        (1..5_000_i64).prop_map(|each| Measure::Months { each: minor(each) }),
        (1..5_000_i64).prop_map(|each| Measure::Partners { each: minor(each) }),
    ];
    let cap = prop_oneof![1..50_000_i64, 1..BALANCE_MAX_MINOR / 10];
    (measure, cap).prop_map(|(measure, cap)| Term { measure, cap: minor(cap) })
}

fn formula() -> impl Strategy<Value = Formula> {
    let terms = prop::collection::vec(term(), 0..=TERMS_MAX);
    (0..100_000_i64, terms, 0..100_000_i64, 0..200_000_i64).prop_map(|(base, terms, minimum, more)| {
        let (base, minimum) = (minor(base), minor(minimum));
        let maximum = minor(base.minor().max(minimum.minor()) + more);
        Formula { base, terms, minimum, maximum }
    })
}

fn terms() -> impl Strategy<Value = Terms> {
    let limit = (option::of(1..=1_000_i64), option::of(1..=1_000_i64));
    let limit = limit
        .prop_map(|(amount, payments)| PaymentLimit { amount: amount.map(Amount::from_minor), payments });
    let payments = (option::of(1..=WHOLE_SHARE), [limit.clone(), limit.clone(), limit]);
    let payments = payments.prop_map(|(warn_at, limits)| PaymentRules { warn_at, limits });
    (formula(), option::of(formula()), payments).prop_map(|(credit_limit, ceiling, payments)| Terms {
        credit_limit,
        ceiling,
        payments,
    })
}

fn kind() -> impl Strategy<Value = MemberKind> {
    prop_oneof![Just(MemberKind::Person), Just(MemberKind::Business)]
}

fn policy() -> impl Strategy<Value = LimitPolicy> {
    let rule = (option::of(kind()), option::of(1..4_u128), terms()).prop_map(|(kind, number, terms)| Rule {
        kind,
        group_id: number.map(group),
        terms,
    });
    (prop::collection::vec(rule, 0..5), terms())
        .prop_map(|(rules, otherwise)| LimitPolicy { rules, otherwise })
}

fn history() -> impl Strategy<Value = History> {
    let sold = prop_oneof![-1_000..100_000_i64, 0..i64::MAX];
    let windows = (sold.clone(), sold.clone(), sold.clone());
    (kind(), option::of(1..4_u128), 0..500_i64, 0..1_000_000_i64, sold, windows).prop_map(
        |(kind, number, months, partners, sales, (month, quarter, year))| History {
            kind,
            group_id: number.map(group),
            months,
            partners,
            sales: minor(sales),
            recent_sales: vec![(30, minor(month)), (90, minor(quarter)), (365, minor(year))],
        },
    )
}

/// The same by hand: no early bound anywhere, one after the other.
fn naive(formula: &Formula, history: &History) -> i128 {
    let mut sum = i128::from(formula.base.minor());
    for Term { measure, cap } in &formula.terms {
        let worth = match *measure {
            Measure::Sales { days, share } => {
                let sold = match days {
                    Some(30) => history.recent_sales[0].1,
                    Some(90) => history.recent_sales[1].1,
                    Some(_) => history.recent_sales[2].1,
                    None => history.sales,
                };
                let sold = i128::from(sold.minor());
                if sold < 0 {
                    0
                } else {
                    (sold * i128::from(share) - (sold * i128::from(share)) % 10_000) / 10_000
                }
            }
            Measure::Months { each } => i128::from(history.months) * i128::from(each.minor()),
            Measure::Partners { each } => i128::from(history.partners) * i128::from(each.minor()),
        };
        sum += if worth > i128::from(cap.minor()) { i128::from(cap.minor()) } else { worth };
    }
    let (low, high) = (i128::from(formula.minimum.minor()), i128::from(formula.maximum.minor()));
    if sum < low {
        low
    } else if sum > high {
        high
    } else {
        sum
    }
}

fn naive_terms<'a>(policy: &'a LimitPolicy, history: &History) -> &'a Terms {
    for rule in &policy.rules {
        let kind_fits = rule.kind.is_none() || rule.kind == Some(history.kind);
        let group_fits = rule.group_id.is_none() || rule.group_id == history.group_id;
        if kind_fits && group_fits {
            return &rule.terms;
        }
    }
    &policy.otherwise
}

proptest! {
    #[test]
    fn it_gives_what_the_naive_way_gives(policy in policy(), history in history()) {
        let groups: HashSet<_> = (1..4).map(group).collect();
        let found = policy.problems(&groups);
        prop_assume!(!found.iter().any(|problem| problem.code == "overflow"));
        let evaluation = policy.evaluate(&history);
        let terms = naive_terms(&policy, &history);
        let limits = evaluation.limits();
        prop_assert_eq!(i128::from(limits.credit_limit.minor()), naive(&terms.credit_limit, &history));
        let ceiling = terms.ceiling.as_ref().map(|ceiling| naive(ceiling, &history));
        prop_assert_eq!(limits.ceiling.map(|ceiling| i128::from(ceiling.minor())), ceiling);
        prop_assert!(limits.are_valid(), "{limits:?}");
        // What explains it adds up.
        for side in [Some(&evaluation.credit_limit), evaluation.ceiling.as_ref()].into_iter().flatten() {
            let added: i64 = side.terms.iter().map(|term| term.result.minor()).sum();
            prop_assert_eq!(side.base.minor() + added, side.sum.minor());
            prop_assert_eq!(side.bound.is_none(), side.sum == side.result);
            prop_assert!(side.terms.iter().all(|term| term.result <= term.term.cap && term.result <= term.earned));
        }
    }

    #[test]
    fn more_history_never_lowers_a_limit(policy in policy(), history in history(), more in 0..100_000_i64) {
        let before = policy.evaluate(&history).limits();
        let add = |sold: Amount| minor(sold.minor().saturating_add(more));
        let recent_sales = history.recent_sales.iter().map(|(days, sold)| (*days, add(*sold))).collect();
        let (months, partners, sales) = (history.months + more, history.partners + more, add(history.sales));
        let after = policy.evaluate(&History { months, partners, sales, recent_sales, ..history }).limits();
        prop_assert!(after.credit_limit >= before.credit_limit && after.ceiling >= before.ceiling);
    }

    #[test]
    fn what_is_stored_is_read_again(policy in policy()) {
        prop_assert_eq!(policy.to_stored().parse::<LimitPolicy>(), Ok(policy));
    }
}

fn fixed(base: i64) -> Formula {
    Formula { base: minor(base), terms: Vec::new(), minimum: minor(0), maximum: minor(base) }
}

#[test]
fn the_first_rule_that_fits_holds() {
    let rule = |kind, group_id, base| Rule {
        kind,
        group_id,
        terms: Terms { credit_limit: fixed(base), ceiling: None, payments: PaymentRules::default() },
    };
    let policy = LimitPolicy {
        rules: vec![
            rule(Some(MemberKind::Business), Some(group(1)), 3),
            rule(None, Some(group(1)), 2),
            rule(Some(MemberKind::Business), None, 1),
        ],
        otherwise: Terms {
            credit_limit: fixed(0),
            ceiling: Some(fixed(9)),
            payments: PaymentRules::default(),
        },
    };
    let (months, partners, sales) = (0, 0, minor(0));
    let of = |kind, number: Option<u128>| {
        let history =
            History { kind, group_id: number.map(group), months, partners, sales, recent_sales: Vec::new() };
        let evaluation = policy.evaluate(&history);
        (evaluation.rule, evaluation.limits().credit_limit.minor())
    };
    assert_eq!(of(MemberKind::Business, Some(1)), (Some(0), 3));
    assert_eq!(of(MemberKind::Person, Some(1)), (Some(1), 2));
    assert_eq!(of(MemberKind::Business, Some(2)), (Some(2), 1));
    assert_eq!(of(MemberKind::Person, None), (None, 0));
}

#[test]
fn everything_that_is_wrong_is_named_with_its_place() {
    let term = |measure, cap| Term { measure, cap: minor(cap) };
    let sales = |days, share| Measure::Sales { days, share };
    let bad = Formula {
        base: minor(200),
        terms: vec![
            term(sales(Some(0), 1), 1),
            term(sales(Some(731), 10_001), 0),
            term(Measure::Months { each: minor(0) }, 1),
            term(Measure::Partners { each: minor(1) }, BALANCE_MAX_MINOR),
        ],
        minimum: minor(150),
        maximum: minor(100),
    };
    let long = Formula { terms: vec![term(sales(None, 1), 1); TERMS_MAX + 1], ..fixed(1) };
    let rule = |kind, group_id, credit_limit| Rule {
        kind,
        group_id,
        terms: Terms { credit_limit, ceiling: None, payments: PaymentRules::default() },
    };
    let policy = LimitPolicy {
        rules: vec![
            rule(None, None, fixed(1)),
            rule(None, Some(group(7)), fixed(1)),
            rule(None, Some(group(7)), fixed(1)),
        ],
        otherwise: Terms {
            credit_limit: bad,
            ceiling: Some(long),
            payments: PaymentRules { warn_at: Some(WHOLE_SHARE + 1), ..PaymentRules::default() },
        },
    };
    let found = policy.problems(&HashSet::from([group(1)]));
    let found: Vec<_> = found.iter().map(|problem| (problem.pointer.as_str(), problem.code)).collect();
    assert_eq!(
        found,
        [
            ("/rules/0", "empty"),
            ("/rules/1/group", "unknown_value"),
            ("/rules/2", "repeated"),
            ("/rules/2/group", "unknown_value"),
            ("/default/credit_limit/maximum", "contradictory"),
            ("/default/credit_limit/base", "contradictory"),
            ("/default/credit_limit", "overflow"),
            ("/default/credit_limit/terms/0/days", "out_of_range"),
            ("/default/credit_limit/terms/1/cap", "out_of_range"),
            ("/default/credit_limit/terms/1/days", "out_of_range"),
            ("/default/credit_limit/terms/1/share", "out_of_range"),
            ("/default/credit_limit/terms/2/each", "out_of_range"),
            ("/default/ceiling/terms", "too_many"),
            ("/default/warn_at", "out_of_range"),
        ]
    );
    let many = LimitPolicy { rules: vec![policy.rules[1].clone(); RULES_MAX + 1], ..policy };
    assert_eq!(many.problems(&HashSet::new())[0].pointer, "/rules");
}

#[test]
fn what_is_no_stored_policy_is_not_read() {
    for bad in [
        "",
        "rule - -",
        "otherwise",
        "otherwise\ncredit 1 2",
        "otherwise\nceiling 1 2 3",
        "otherwise\ncredit 1 2 3\nterm luck - 1 2",
        "otherwise\ncredit 1 2 3\npaid year 1 1",
        "otherwise\ncredit 1 2 3\nwarn much",
    ] {
        assert!(bad.parse::<LimitPolicy>().is_err(), "{bad}");
    }
}

#[test]
fn before_anybody_adopted_one_all_have_what_new_members_get() {
    let policy = LimitPolicy::first(Limits { credit_limit: minor(100), ceiling: None });
    assert!(policy.problems(&HashSet::new()).is_empty() && !policy.needs_history());
    let (kind, group_id) = (MemberKind::Person, None);
    let history =
        History { kind, group_id, months: 9, partners: 9, sales: minor(9), recent_sales: Vec::new() };
    assert_eq!(policy.evaluate(&history).limits(), Limits { credit_limit: minor(100), ceiling: None });
}
