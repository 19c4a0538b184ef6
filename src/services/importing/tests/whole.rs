//! What an export holds beside members and payments, judged in memory: what is right, and what is wrong by file and line.

use super::{LimitsFrom, Origin, Request, good, judge, request, told};
use crate::domain::amount::Amount;

const MEMBERS: &str = "member,name,email,role,status\n\
    1,Ada,ada@river.example,admin,\n2,Ben,,admin,\n3,Carla,,,closed\n4,Dora,,,leaving\n5,Emil,,,\n";
const ACCOUNTS: &str = "account,member,kind,opened\n\
    A0,,commons,2015-01-01\nA1,1,,2015-01-01\nA2,2,,2015-01-01\nA3,3,,2015-01-01\nA4,4,,2015-01-01\nA5,5,,2015-01-01\n\
    L0,,write_off,2015-01-01\n";
const HEAD: &str = "at,payer,payee,amount,payer_fee,payee_fee,kind,reference,of,beyond_limit,order\n";

fn refused(files: &[(&str, &str)]) -> Vec<String> {
    let mut all = vec![("members", MEMBERS), ("accounts", ACCOUNTS)];
    all.retain(|(name, _)| files.iter().all(|(other, _)| other != name));
    all.extend(files);
    told(&judge(&request(Origin::Counterfoil, "2"), &all).unwrap_err())
}

fn balances(files: &[(&str, &str)]) -> i64 {
    let mut all = vec![("members", MEMBERS), ("accounts", ACCOUNTS)];
    all.extend(files);
    good(Origin::Counterfoil, "2", &all).1.held.minor()
}

#[test]
fn what_was_permitted_there_is_permitted_here() {
    let line = |beyond: &str| format!("{HEAD}2020-01-01,A1,A2,150.00,,,principal,1,,{beyond},7\n");
    assert_eq!(balances(&[("history", &line("payer"))]), 15_000);
    let refusal = "history.csv:2: takes the payer past the credit limit: 150.00 are to be paid, and 100.00 may be spent";
    assert_eq!(refused(&[("history", &line(""))]), [refusal]);
    let nobody = "history.csv:2: beyond_limit \"payee\" is nothing that a line of this kind is permitted";
    assert_eq!(refused(&[("history", &line("payee"))]), [nobody]);
    // A reversal passes both limits where its record says so.
    let spent = |beyond: &str| {
        format!(
            "{HEAD}2020-01-01,A1,A2,50.00,,,,1,,,1\n2020-01-02,A2,A5,120.00,,,,2,,,2\n2020-01-03,A2,A1,50.00,,,reversal,3,1,{beyond},3\n"
        )
    };
    assert_eq!(balances(&[("history", &spent("payer"))]), 12_000);
    assert_eq!(refused(&[("history", &spent(""))]).len(), 1);
}

#[test]
fn limits_hold_as_they_were_at_each_time() {
    let limits = "account,credit_limit,ceiling,at,by,until,order\n\
        A1,100.00,,2015-01-01,policy,,1\nA1,300.00,,2020-01-01,override,2020-02-01,5\nA1,20.00,,2020-01-01,policy,,9\n";
    let history = |order: i64| format!("{HEAD}2020-01-01,A1,A2,290.00,,,,1,,,{order}\n");
    for (order, problems) in [(4, 1), (6, 0), (10, 1)] {
        let files =
            [("members", MEMBERS), ("accounts", ACCOUNTS), ("limits", limits), ("history", &history(order))];
        let judged = judge(&request(Origin::Counterfoil, "2"), &files);
        let found = judged.as_ref().err().map_or(0, |problems| problems.total);
        assert_eq!(found, problems, "{order} {judged:?}");
    }
    // Where they are given behind the history, the last ones are.
    let after = Request { limits_from: LimitsFrom::End, ..request(Origin::Counterfoil, "2") };
    let files = [("members", MEMBERS), ("accounts", ACCOUNTS), ("limits", limits), ("history", &history(4))];
    let (plan, outcomes) = judge(&after, &files).unwrap();
    assert_eq!(
        (outcomes.beyond_limits, super::end_limits(&plan)[1].credit_limit),
        (1, Amount::from_minor(2_000))
    );
    let twice = "account,credit_limit,by,until\nA1,1,,\nA1,2,,\nA2,1,policy,2027-01-01\n";
    assert_eq!(
        refused(&[("limits", twice)]),
        [
            "limits.csv:4: until \"2027-01-01\" is said of limits that are the policy's, and only those of an account's own end",
            "limits.csv:3: account A1 has limits already",
        ]
    );
}

#[test]
fn ways_back_go_back_the_way_that_was_paid_and_no_further() {
    let paid = "2020-01-01,A1,A2,50.00,1.00,0.50,,1,,,1\n";
    let fees = ("fees", "payer_fixed,payer_basis_points,payee_fixed,payee_basis_points\n1.00,0,0.50,0\n");
    let whole = format!(
        "{HEAD}{paid}2020-01-02,A2,A1,20.00,,,refund,2,1,,2\n2020-01-03,A2,A1,30.00,-0.50,-1.00,reversal,3,1,,3\n"
    );
    assert_eq!(balances(&[("history", &whole), fees]), 0);
    for (lines, expected) in [
        (
            "2020-01-02,A2,A1,20.00,,,refund,2,,,2\n",
            "history.csv:3: gives something back, and of names no transfer",
        ),
        (
            "2020-01-02,A2,A1,20.00,,,refund,2,9,,2\n",
            "history.csv:3: gives something back, and of names no transfer",
        ),
        (
            "2020-01-02,A1,A2,20.00,,,refund,2,1,,2\n",
            "history.csv:3: gives something back, and not the other way",
        ),
        (
            "2020-01-02,A2,A1,50.01,,,refund,2,1,,2\n",
            "history.csv:3: gives back more than is left of the payment",
        ),
        (
            "2020-01-02,A2,A1,49.00,,,reversal,2,1,,2\n",
            "history.csv:3: takes back another amount than what is left of the payment, which is 50.00",
        ),
        (
            "2020-01-02,A2,A1,50.00,-0.50,-0.50,reversal,2,1,,2\n",
            "history.csv:3: gives back other fees than were borne: -0.50 and -1.00",
        ),
        (
            "2019-01-02,A2,A1,50.00,,,reversal,2,1,,2\n",
            "history.csv:3: gives back what was paid later, or gives something back itself",
        ),
        (
            "2020-01-02,A2,A1,50.00,0.50,,refund,2,1,,2\n",
            "history.csv:3: payer_fee \"0.50\" is none that a line of this kind bears",
        ),
    ] {
        let history = format!("{HEAD}{paid}{lines}");
        assert_eq!(refused(&[("history", &history), fees]), [expected]);
    }
}

#[test]
fn registers_and_history_tell_the_same() {
    let written = "2020-01-01,A5,A2,50.00,,,,1,,,1\n2020-01-02,L0,A5,50.00,,,write_off,2,,,2\n";
    let history = format!("{HEAD}{written}");
    let register = "of,category,asked_by,agreed_by\n2,hardship,1,2\n";
    assert_eq!(balances(&[("history", &history), ("write_offs", register)]), 5_000);
    assert_eq!(
        refused(&[("history", &history)]),
        ["history.csv:3: is a write-off, and write_offs.csv does not tell of it"]
    );
    let more = format!("{register}1,hardship,1,2\n3,whim,1,2\n2,hardship,1,1\n");
    assert_eq!(
        refused(&[("history", &history), ("write_offs", &more)]),
        [
            "write_offs.csv:4: category \"whim\" is none of unreachable, hardship, died, business_closed, given_up, donated, other",
            "write_offs.csv:5: agreed_by \"1\" is who asked for it, and it takes two",
            "write_offs.csv:3: there is no write-off 1",
        ]
    );
    // All of it, or something else was meant.
    let part = history.replace("L0,A5,50.00", "L0,A5,49.00");
    let found = refused(&[("history", &part), ("write_offs", register)]);
    assert_eq!(found, ["history.csv:3: does not move all that the account has or owes"]);
    let merged = format!("{HEAD}2020-01-01,A2,A3,30.00,,,,1,,,1\n2020-01-02,A3,A5,30.00,,,merge,2,,,2\n");
    let merges = "account,kept,at,of\nA3,A5,2020-01-02,2\n";
    assert_eq!(balances(&[("history", &merged), ("merges", merges)]), 3_000);
    let other = merges.replace("A3,A5", "A4,A5");
    assert_eq!(
        refused(&[("history", &merged), ("merges", &other), ("members", &MEMBERS.replace("closed", ""))]),
        [
            "merges.csv:2: is a merge, and the account that was merged is not closed",
            "history.csv:3: is of a merge, and not between the accounts of which merges.csv tells",
            "merges.csv:2: there is no transfer 2 of a merge",
        ]
    );
    let paid = format!(
        "{HEAD}2020-01-01,A1,A0,50.00,,,,1,,,1\n2020-02-01,A0,A2,5.00,,,income,2,month 2020-01-01,,2\n2020-02-01,A0,A5,5.00,,,income,3,month 2020-01-01,,2\n"
    );
    let incomes = "every,period,outcome,members,left_out,amount,available,at\nmonth,2020-01-01,paid,2,0,5.00,50.00,2020-02-01\n";
    assert_eq!(balances(&[("history", &paid), ("incomes", incomes)]), 5_000);
    assert_eq!(
        refused(&[("history", &paid)]),
        ["history.csv:3: is an income, and incomes.csv does not tell of its period"]
    );
    // What is told of as paid was paid, to so many, so much.
    assert_eq!(
        refused(&[("history", &paid.replace("month 2020-01-01", "month 2020-02-01")), ("incomes", incomes)]),
        [
            "incomes.csv:2: is an income that was paid, and the history has no line of it",
            "history.csv:3: is an income, and incomes.csv does not tell of its period",
        ]
    );
    assert_eq!(
        refused(&[("history", &paid), ("incomes", &incomes.replace("paid,2,0,5.00", "paid,3,0,10.00"))]),
        [
            "incomes.csv:2: tells of other members than the history, which pays 2",
            "incomes.csv:2: tells of another amount than the history pays",
        ]
    );
    let odd = paid.replace("A5,5.00", "A5,6.00");
    let found = refused(&[("history", &odd), ("incomes", incomes)]);
    assert_eq!(
        found,
        ["history.csv:4: is of another time, amount or description than the others of its period"]
    );
}

#[test]
fn merges_lead_somewhere_and_nothing_comes_next_that_never_comes() {
    let members =
        MEMBERS.replace("2,Ben,,admin,", "2,Ben,,admin,closed").replace("5,Emil,,,", "5,Emil,,,closed");
    let refused = |name: &str, content: &str| refused(&[("members", &members), (name, content)]);
    let merges = |lines: &str| format!("account,kept,at\n{lines}");
    let lead = "leads back to an account that was merged into another one";
    let ring = merges("A2,A3,2020-01-01\nA3,A5,2020-01-02\nA5,A2,2020-01-03\n");
    assert_eq!(refused("merges", &ring), [format!("merges.csv:2: {lead}")], "one of them is enough");
    let two = merges("A2,A3,2020-01-01\nA3,A2,2020-01-02\n");
    assert_eq!(refused("merges", &two), [format!("merges.csv:2: {lead}")]);
    let wrong = merges("A0,A1,2020-01-01\nA2,L0,2020-01-01\nA1,A4,2020-01-01\n");
    assert_eq!(
        refused("merges", &wrong),
        [
            "merges.csv:2: is a merge with an account that is no member's",
            "merges.csv:3: is a merge with an account that is no member's",
            "merges.csv:4: is a merge, and the account that was merged is not closed",
        ]
    );
    let chain = merges("A2,A3,2020-01-01\nA3,A5,2020-01-02\nA5,A1,2020-01-03\n");
    let files = [("members", members.as_str()), ("accounts", ACCOUNTS), ("merges", &chain)];
    assert!(judge(&request(Origin::Counterfoil, "2"), &files).is_ok());
    // What would come next at the end of the calendar would never have been stored, after everything else was.
    let next = |every: &str, income: &str, month: &str| {
        format!("setting,value\nincome_every,{every}\nincome_next,{income}\ncontribution_next,{month}\n")
    };
    let [months, income] = ["contribution_next", "income_next"]
        .map(|setting| format!("settings.csv: {setting} is before 1970, or behind the period in progress"));
    let far = next("week", "9999-12-27", "9999-12-01");
    assert_eq!(refused("settings", &far), [months.clone(), income.clone()]);
    let old = next("month", "0001-01-01", "1969-12-01");
    assert_eq!(refused("settings", &old), [months, income]);
    let present = next("month", "2026-09-01", "2026-06-01");
    let files = [("members", MEMBERS), ("accounts", ACCOUNTS), ("settings", &present)];
    assert!(judge(&request(Origin::Counterfoil, "2"), &files).is_ok());
    let of_fund = "account,month,contribution\nA0,2020-01-01,1\n";
    assert_eq!(refused("contributions", of_fund), ["contributions.csv:2: account \"A0\" is no member's"]);
}

#[test]
fn policies_settings_and_the_rest_are_told_by_line() {
    let policies = "version,part,at,by,reason,kind,group,base,minimum,maximum,measure,days,share,each,cap,period,amount,payments\n\
        1,policy,2020-01-01,1,Agreed,,,,,,,,,,,,,\n\
        1,rule,,,,business,Bakers,,,,,,,,,,,\n\
        1,credit_limit,,,,,,100.00,0.00,400.00,,,,,,,,\n\
        1,term,,,,,,,,,sales,90,0.2500,,300.00,,,\n\
        1,warn,,,,,,,,,,,0.8,,,,,\n\
        1,default,,,,,,,,,,,,,,,,\n\
        1,credit_limit,,,,,,50.00,0.00,50.00,,,,,,,,\n\
        1,payments,,,,,,,,,,,,,,day,20.00,3\n";
    let groups = ("groups", "member,kind,group\n2,business,Bakers\n");
    let files = [("members", MEMBERS), ("accounts", ACCOUNTS), ("limit_policies", policies), groups];
    let (plan, _) = good(Origin::Counterfoil, "2", &files);
    let [adopted] = plan.agreed.policies.as_slice() else { panic!("{:?}", plan.agreed.policies) };
    assert_eq!((adopted.policy.rules.len(), adopted.policy.highest_credit_limit().minor()), (1, 40_000));
    // Those who are still there are bounded from the beginning: Ben warned as a baker, the others by what holds for everybody else.
    let bounded: Vec<_> =
        plan.bounds.iter().map(|(index, rules)| (*index, rules.warn_at.is_some())).collect();
    assert_eq!(bounded, [(1, false), (2, true), (4, false), (5, false)]);
    let bad = policies
        .replace("1,rule,,,,business,Bakers", "1,rule,,,,cat,Bakers")
        .replace("90,0.2500", "900,1.5")
        .replace("2020-01-01,1", "2999-01-01,9");
    let found = refused(&[("limit_policies", &bad), groups]);
    assert_eq!(
        found,
        [
            "limit_policies.csv:2: at \"2999-01-01\" is in the future",
            "limit_policies.csv:2: by \"9\" is nobody of the members",
            "limit_policies.csv:3: kind \"cat\" is none of person, business",
            "limit_policies.csv:4: part \"credit_limit\" is for no rule",
            "limit_policies.csv:5: share \"1.5\" is no share between 0 and 1 with at most four places",
            "limit_policies.csv:6: part \"warn\" is for no rule",
        ]
    );
    let cut = policies.lines().take(6).collect::<Vec<_>>().join("\n");
    let found = refused(&[("limit_policies", &cut), groups]);
    assert_eq!(found, ["limit_policies.csv:2: says nothing of those whom no rule fits"]);
    let settings = "setting,value\nstep_up_above,x\nstep_up_above,1.00\njoining,ajar\nincome_every,week\nincome_next,2026-01-01\n\
        contribution_next,2026-01-02\nholding_above_basis_points,99999\nthreshold.nothing.above,1\ncolour,red\nincome_group,Bakers\n";
    assert_eq!(
        refused(&[("settings", settings)]),
        [
            "settings.csv:2: value \"x\" must be a plain decimal number in a string, like \"12.50\"",
            "settings.csv:3: setting \"step_up_above\" is there twice",
            "settings.csv:4: value \"ajar\" is none of open, invitation, closed",
            "settings.csv:7: value \"2026-01-02\" is not the first day of a month",
            "settings.csv:8: value \"99999\" is no whole number from 0 to 12000",
            "settings.csv:9: setting \"threshold.nothing.above\" is no setting that is known",
            "settings.csv:10: setting \"colour\" is no setting that is known",
            "settings.csv:11: value \"Bakers\" is none of the groups",
            "settings.csv: income_next is not the first day of a period",
        ]
    );
    for (name, content, expected) in [
        (
            "allowances",
            "account,amount,until\nA1,1,\nA0,1,2030-01-01\nA9,1,2030-01-01\n",
            vec![
                "allowances.csv:2: until is empty",
                "allowances.csv:3: account \"A0\" is no member's",
                "allowances.csv:4: account \"A9\" is none of the accounts",
            ],
        ),
        (
            "leavings",
            "member,target_on,instalments\n1,2027-01-01,\n4,x,\n4,2027-01-01,2027-02-01 1\n",
            vec![
                "leavings.csv:2: member \"1\" is not leaving",
                "leavings.csv:3: target_on \"x\" is no day like 2025-12-31",
                "leavings.csv:4: member \"4\" is there twice",
            ],
        ),
        (
            "contributions",
            "account,month,contribution\nA1,2020-01-02,1\nA2,2020-01-01,-1\n",
            vec![
                "contributions.csv:2: month \"2020-01-02\" is not the first day of a month",
                "contributions.csv:3: contribution \"-1\" is below zero",
            ],
        ),
        (
            "missed",
            "of,every,from,until,at\nx,month,2020-01-01,2020-01-01,2020-02-01\nincome,week,2020-01-07,2020-01-13,\n\
                income,month,2020-01-01,2020-02-01,2020-06-01\nincome,month,2020-01-01,2020-03-01,2020-06-01\n",
            vec![
                "missed.csv:2: of \"x\" is none of contributions, income",
                "missed.csv:2: until \"2020-01-01\" is not behind from",
                "missed.csv:3: from \"2020-01-07\" is not the first day of one",
                "missed.csv:3: at is empty",
                "missed.csv:5: from \"2020-01-01\" is there twice",
            ],
        ),
        (
            "fees",
            "payer_fixed,payer_basis_points,payee_fixed,payee_basis_points\n1,9999,0,0\n",
            vec!["fees.csv:2: payer_basis_points \"9999\" is no whole number from 0 to 2500"],
        ),
    ] {
        assert_eq!(refused(&[(name, content)]), expected);
    }
}
