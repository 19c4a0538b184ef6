//! What communities agree on, at random, beside a random history: policies on limits, own limits with an end, allowances,
//! contributions, incomes and payouts, merges, settings. What is refused on the way changes nothing.

use counterfoil::jobs::{Contributing, Limiting, PayingIncomes, Work};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::random_history::{History, PEOPLE, Step, decimal, steps};
use crate::support::{Reply, TestApp, fresh_key};

const RIVER: &str = "/api/v1/communities/RIVER";

#[derive(Debug, Clone)]
pub enum Agreement {
    Policy { base: i64, share: i64, daily: Option<i64>, is_for_group: bool },
    Own { person: usize, minor: i64, days: Option<i64>, ceiling: Option<i64> },
    Follow { person: usize },
    Allow { person: usize, minor: i64, days: i64 },
    Contribute { minor: i64, basis_points: i64 },
    Income { minor: i64, is_weekly: bool, days: Option<i64> },
    PayOut { person: usize, minor: i64 },
    Merge { person: usize, other: usize },
    Choose { step_up: Option<i64>, reversals: Option<i64>, invite: bool },
    Month,
}

/// Either what happens, or what is agreed on.
#[derive(Debug, Clone)]
pub enum Doing {
    Step(Step),
    Agree(Agreement),
}

pub fn doings() -> impl Strategy<Value = Vec<Doing>> {
    let person = || 0..PEOPLE;
    let some = |most: i64| prop::option::of(1..=most);
    let agreement = prop_oneof![
        2 => (1_000_i64..9_000, 1_i64..=10_000, some(9_000), any::<bool>())
            .prop_map(|(base, share, daily, is_for_group)| Agreement::Policy { base, share, daily, is_for_group }),
        3 => (person(), 0_i64..9_000, some(20), prop::option::of(5_000_i64..9_000))
            .prop_map(|(person, minor, days, ceiling)| Agreement::Own { person, minor, days, ceiling }),
        3 => person().prop_map(|person| Agreement::Follow { person }),
        2 => (person(), 100_i64..9_000, 1_i64..40)
            .prop_map(|(person, minor, days)| Agreement::Allow { person, minor, days }),
        1 => (0_i64..300, 0_i64..6_000)
            .prop_map(|(minor, basis_points)| Agreement::Contribute { minor, basis_points }),
        1 => (1_i64..50, any::<bool>(), some(60))
            .prop_map(|(minor, is_weekly, days)| Agreement::Income { minor, is_weekly, days }),
        1 => (person(), 1_i64..100).prop_map(|(person, minor)| Agreement::PayOut { person, minor }),
        2 => (person(), 1..PEOPLE).prop_map(|(person, other)| Agreement::Merge { person, other }),
        1 => (some(9_000), some(100_000), any::<bool>())
            .prop_map(|(step_up, reversals, invite)| Agreement::Choose { step_up, reversals, invite }),
        2 => Just(Agreement::Month),
    ];
    (steps(), prop::collection::vec((agreement, any::<prop::sample::Index>()), 3..14)).prop_map(
        |(steps, agreements)| {
            let mut all: Vec<_> = steps.into_iter().map(Doing::Step).collect();
            for (agreement, place) in agreements {
                let place = place.index(all.len() + 1);
                all.insert(place, Doing::Agree(agreement));
            }
            all
        },
    )
}

/// Does all of it.
pub fn play(history: &mut History<'_>, doings: &[Doing]) {
    for doing in doings {
        match doing {
            Doing::Step(step) => history.step(step),
            Doing::Agree(agreement) => agree(history, agreement),
        }
    }
    follow(history.app);
}

/// Has everything that comes with time come.
pub fn follow(app: &TestApp) {
    let (limiting, contributing) = (Limiting::new(app.services()), Contributing::new(app.services()));
    let paying = PayingIncomes::new(app.services());
    let works: [&dyn Work; 3] = [&contributing, &paying, &limiting];
    for work in works {
        while app.block_on(work.do_one()).unwrap() {}
    }
}

fn decided(reply: Reply) {
    assert!(
        [200, 201, 202, 204, 400, 403, 404, 409].contains(&reply.status),
        "{} {}",
        reply.status,
        reply.body
    );
}

fn fixed(minor: i64) -> Value {
    json!({"base": decimal(minor), "terms": [], "minimum": "0", "maximum": decimal(minor)})
}

pub fn agree(history: &mut History<'_>, agreement: &Agreement) {
    let admin = &history.admins[0];
    let now = history.app.now();
    let reason = "Decided, \"as ever\"";
    match *agreement {
        Agreement::Policy { base, share, daily, is_for_group } => {
            let groups = admin.get(&format!("{RIVER}/groups")).expect(200);
            let group = groups.data().first().map(|group| group["id"].clone()).filter(|_| is_for_group);
            let share = format!("0.{:04}", share % 10_000 + i64::from(share % 10_000 == 0));
            let limits: Vec<_> = daily
                .map(|daily| json!({"period": "day", "amount": decimal(daily), "payments": 9}))
                .into_iter()
                .collect();
            let policy = json!({
                "rules": [{
                    "kind": if group.is_some() { Value::Null } else { json!("business") }, "group": group,
                    "credit_limit": {"base": decimal(base), "terms": [
                        {"measure": "sales", "days": 30, "share": share, "cap": "20.00"},
                        {"measure": "partners", "each": "1.50", "cap": "8.00"},
                    ], "minimum": "0", "maximum": "200.00"},
                    "ceiling": fixed(base + 20_000), "warn_at": "0.8000", "payment_limits": limits,
                }],
                "default": {"credit_limit": fixed(base), "ceiling": null},
                "reason": reason,
            });
            decided(admin.put(&format!("{RIVER}/limit-policy"), &policy));
            follow(history.app);
        }
        Agreement::Own { person, minor, days, ceiling } => {
            let until = days.map(|days| now.plus_seconds(days * 86_400).rfc3339());
            let limits = json!({"credit_limit": decimal(minor), "ceiling": ceiling.map(decimal), "until": until, "reason": reason});
            decided(admin.put(&format!("/api/v1/accounts/{}/limits", history.code(person)), &limits));
        }
        Agreement::Follow { person } => {
            let path = format!("/api/v1/accounts/{}/limits/follow-policy", history.code(person));
            decided(admin.post(&path, &json!({"reason": reason})));
        }
        Agreement::Allow { person, minor, days } => {
            let until = now.plus_seconds(days * 86_400).rfc3339();
            let allowance = json!({"amount": decimal(minor), "until": until, "reason": reason});
            decided(admin.put(&format!("/api/v1/accounts/{}/allowance", history.code(person)), &allowance));
        }
        Agreement::Contribute { minor, basis_points } => {
            let side = json!({"allowance": "10.00", "basis_points": basis_points});
            let rules = json!({"every": "month", "amount": decimal(minor), "above": side, "below": side, "reason": reason});
            decided(admin.put(&format!("{RIVER}/contributions"), &rules));
        }
        Agreement::Income { minor, is_weekly, days } => {
            let every = if is_weekly { "week" } else { "month" };
            let who = json!({"kind": "person", "member_days": 1, "traded_days": days});
            let rules = json!({"every": every, "amount": decimal(minor), "qualifies": who, "reason": reason});
            decided(admin.put(&format!("{RIVER}/fund/income"), &rules));
        }
        Agreement::PayOut { person, minor } => {
            let payout =
                json!({"payee": history.code(person), "amount": decimal(minor), "description": "Mending"});
            let key = fresh_key();
            let path = format!("{RIVER}/fund/payouts");
            decided(admin.post_with(&path, &[("Idempotency-Key", key.as_str())], &payout));
        }
        Agreement::Merge { person, other } => {
            let [one, other] = [person, (person + other) % PEOPLE].map(|place| history.code(place));
            let merge = json!({"duplicate": one, "kept": other, "reason": reason});
            let asked = admin.post(&format!("{RIVER}/merges"), &merge);
            if asked.status == 202 {
                let path = format!("{RIVER}/approvals/{}/approve", asked.body["id"].as_str().unwrap());
                decided(history.admins[1].post(&path, &json!({"reason": null})));
            }
        }
        Agreement::Choose { step_up, reversals, invite } => {
            decided(admin.put(&format!("{RIVER}/step-up"), &json!({"above": step_up.map(decimal)})));
            let rules = json!({"limits_above": "5000.00", "reversals_above": reversals.map(decimal), "reason": reason});
            decided(admin.put(&format!("{RIVER}/approval-rules"), &rules));
            let joining = json!({"joining": "invitation", "members_may_invite": invite, "reason": reason});
            decided(admin.patch_with(RIVER, &[], &joining));
        }
        Agreement::Month => {
            history.step(&Step::Wait { hours: 24 * 29 });
            follow(history.app);
        }
    }
}
