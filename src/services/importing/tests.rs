//! Files of every kind, judged in memory.

mod whole;

use std::fmt::Write as _;
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;

use super::{Founding, LimitsFrom, Origin, Outcomes, Plan, Problems, Request, Source, play, read};
use crate::domain::account::Limits;
use crate::domain::amount::Amount;
use crate::domain::member::{MemberStatus, Role};
use crate::domain::time::Timestamp;

/// In 2026.
const NOW: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);

fn request(origin: Origin, scale: &str) -> Request {
    let said = |text: &str| Some(text.to_owned());
    Request {
        origin,
        founding: Founding {
            code: said("RIVER"),
            name: said("River Valley"),
            unit: said("shell"),
            symbol: said("§"),
            scale: said(scale),
            time_zone: said("UTC"),
            credit_limit: said("100"),
            founded: None,
        },
        admin: said("ada@river.example"),
        limits_from: LimitsFrom::Throughout,
    }
}

fn sources(origin: Origin, files: &[(&str, &str)]) -> Vec<Source> {
    let mut sources: Vec<Source> = files
        .iter()
        .flat_map(|(stem, content)| {
            let bytes: Arc<[u8]> = content.as_bytes().into();
            let sheets = origin.sheets_of(stem);
            assert!(!sheets.is_empty(), "{stem}");
            sheets.into_iter().map(move |sheet| Source {
                sheet,
                name: format!("{stem}.csv").into(),
                bytes: Arc::clone(&bytes),
            })
        })
        .collect();
    sources.sort_by_key(|source| source.sheet);
    sources
}

fn judge(request: &Request, files: &[(&str, &str)]) -> Result<(Plan, Outcomes), Problems> {
    let plan = read(&sources(request.origin, files), request, NOW)?;
    let outcomes = play(&plan, NOW, |_| {})?;
    Ok((plan, outcomes))
}

#[track_caller]
fn good(origin: Origin, scale: &str, files: &[(&str, &str)]) -> (Plan, Outcomes) {
    judge(&request(origin, scale), files).unwrap_or_else(|problems| panic!("{problems:#?}"))
}

/// How far each account may go in the end.
fn end_limits(plan: &Plan) -> Vec<Limits> {
    plan.accounts.iter().map(|account| plan.end_limits(account).0).collect()
}

fn told(problems: &Problems) -> Vec<String> {
    problems.named.iter().map(ToString::to_string).collect()
}

#[test]
fn cyclos() {
    let users = "Username,Name,Email,Group,Creation date,Balance,Credit limit,Upper credit limit\n\
        ada,Ada Brook,ada@river.example,Members,31/12/2019,\"12,50\",200,\n\
        ben,Ben Ford,,Members,2020-01-05,-12.5,,\n";
    let (plan, outcomes) = good(Origin::Cyclos, "2", &[("users", users)]);
    assert_eq!((plan.counts().members, plan.counts().opening_balances), (2, 2));
    assert_eq!(outcomes.held, Amount::from_minor(1_250));
    assert_eq!(end_limits(&plan)[1].credit_limit, Amount::from_minor(20_000));
    assert_eq!(plan.accounts[1].opened.unwrap().rfc3339(), "2019-12-31T00:00:00.000000Z");
    // Where there is a history, balances follow from it.
    let transfers =
        "Date,From,To,Amount,Description,Transaction number\n2020-02-01 10:00:00,ben,ada,12.5,Eggs,T1\n";
    let (plan, again) = good(Origin::Cyclos, "2", &[("users", users), ("transfers", transfers)]);
    assert_eq!((plan.counts().opening_balances, plan.counts().transfers), (0, 1));
    assert_eq!(again, outcomes);
}

#[test]
fn ces() {
    let users = "UID,UserType,Firstname,Surname,OrgName,Email,Created,CredLimit,DebLimit,Lang,Closed,Locked\n\
        RIVE0001,adm,Ada,Brook,,ada@river.example,2019-05-01,500,100,es-ES,0,0\n\
        RIVE0002,org,,,River Bakery,bakery@river.example,2019-05-02,,,en,0,1\n\
        RIVE0003,fam,Carla,Mills,,,2019-05-03,,,en,1,0\n";
    let trades = "ID,Seller,Buyer,RemoteExchange,RecordID,DateEntered,EnteredBy,Amount,Levy,LevyRate,Description\n\
        1,RIVE0002,RIVE0001,,,2019-06-01 10:00:00,RIVE0002,20.00,0.00,0,Bread\n";
    let (plan, outcomes) = good(Origin::Ces, "2", &[("users", users), ("trades", trades)]);
    assert_eq!((outcomes.held, outcomes.owed), (Amount::from_minor(2_000), Amount::from_minor(-2_000)));
    let members: Vec<_> = plan
        .accounts
        .iter()
        .filter_map(|account| Some((account.name.as_str(), account.member.as_ref()?.status)))
        .collect();
    let expected = [
        ("Ada Brook", MemberStatus::Active),
        ("River Bakery", MemberStatus::Frozen),
        ("Carla Mills", MemberStatus::Closed),
    ];
    assert_eq!(members, expected);
    assert_eq!(end_limits(&plan)[1].ceiling, Some(Amount::from_minor(50_000)));
    // As newer exports name them; zero is no limit there.
    let names = [
        ("Created", "date_created"),
        ("CredLimit", "credit_limit"),
        ("DebLimit", "debit_limit"),
        ("Lang,", "language_short,"),
        (",500,100,", ",0,90,"),
        ("05-02,,,", "05-02,700,0,"),
    ];
    let users_now = names.iter().fold(users.to_owned(), |text, (old, new)| text.replace(old, new));
    let trades_now = trades.replace("DateEntered", "date_entered").replace("Amount", "seller_amount");
    let (plan, outcomes) = good(Origin::Ces, "2", &[("users", &users_now), ("trades", &trades_now)]);
    assert_eq!(outcomes.held, Amount::from_minor(2_000));
    let limits: Vec<_> =
        end_limits(&plan)[1..].iter().map(|limits| (limits.credit_limit.minor(), limits.ceiling)).collect();
    assert_eq!(limits, [(9_000, None), (10_000, None), (10_000, None)]);
    let taxed = trades.replace("0.00,0,", "0.40,2,");
    let problems = judge(&request(Origin::Ces, "2"), &[("users", users), ("trades", &taxed)]).unwrap_err();
    assert!(told(&problems)[0].starts_with("trades.csv:2: has a levy"), "{problems:?}");
}

#[test]
fn community_forge() {
    let users = "uid,name,mail,status,created,language\n\
        3,Ada,ada@river.example,1,1577836800,fr\n4,Ben,ben@river.example,0,1577836900,xx\n";
    let transactions = "xid,payer,payee,quantity,created,type,state,description\n\
        7,ada@river.example,ben@river.example,1.25,1580000000,1stparty,1,Salad\n\
        8,ada@river.example,ben@river.example,99,1580000001,1stparty,-1,Undone\n";
    let files = [("users", users), ("transactions", transactions)];
    let (plan, outcomes) = good(Origin::CommunityForge, "2", &files);
    assert_eq!((plan.counts().transfers, outcomes.held), (1, Amount::from_minor(125)));
    assert_eq!(plan.transfers[0].description, "Salad");
    assert_eq!(plan.accounts[2].member.as_ref().unwrap().status, MemberStatus::Frozen);
}

#[test]
fn eland() {
    let users = "id,name,letscode,accountrole,status,saldo,minlimit,maxlimit,adate,email\n\
        1,Ada,001,admin,1,-30,-60,,2018-01-01 10:00:00,ada@river.example\n\
        2,Ben,002,user,1,30,,40,2018-01-02 10:00:00,\n";
    let transactions = "id,amount,description,id_from,id_to,transid,created_at\n\
        5,30,Repair,1,2,x5,2018-02-01 10:00:00.123\n";
    let (plan, outcomes) = good(Origin::Eland, "0", &[("users", users), ("transactions", transactions)]);
    assert_eq!(outcomes.owed, Amount::from_minor(-30));
    let limits: Vec<_> = end_limits(&plan).iter().map(|limits| limits.credit_limit.minor()).collect();
    assert_eq!(limits, [0, 60, 100]);
    assert_eq!(plan.accounts[1].member.as_ref().unwrap().role, Role::Admin);
    let above = users.replace("-60", "60");
    let problems = judge(&request(Origin::Eland, "0"), &[("users", &above)]).unwrap_err();
    assert!(told(&problems)[0].contains("users.csv:2: credit_limit \"60\" is above zero"), "{problems:?}");
}

#[test]
fn timeoverflow() {
    let users = "N,Name,Email,Phone,Alternative Phone,Created,Last login,Locale,Balance\n\
        1,Ada Brook,ada@river.example,,,2021-01-01 10:00:00 UTC,,es,-5400\n\
        2,Ben (the baker),ben@river.example,,,2021-01-02 10:00:00 UTC,,ca,5400\n";
    let transfers = "Date,From,To,Post,Quantity\n\
        2021-02-01 10:00:00 UTC,Ada Brook (1),Ben (the baker) (2),Bread,1:30\n\
        2021-02-02 10:00:00 UTC,Ben (the baker) (2),River Valley,,0:10\n";
    let (plan, outcomes) = good(Origin::TimeOverflow, "0", &[("users", users)]);
    assert_eq!((plan.counts().opening_balances, outcomes.held), (2, Amount::from_minor(90)));
    let (plan, outcomes) = good(Origin::TimeOverflow, "0", &[("users", users), ("transfers", transfers)]);
    assert_eq!((plan.counts().transfers, outcomes.held), (2, Amount::from_minor(90)));
    let odd = users.replace("5400", "5430");
    let problems = judge(&request(Origin::TimeOverflow, "0"), &[("users", &odd)]).unwrap_err();
    assert!(told(&problems)[0].starts_with("users.csv:2: balance \"-5430\""), "{problems:?}");
}

/// Members with these names' numbers, and what they paid each other, as files of ours.
fn files_of(members: usize, history: &[(usize, usize, i64, i64)]) -> (String, String) {
    let mut people = String::from("member,name,email\n");
    for member in 0..members {
        writeln!(people, "m{member},Member {member},{}", if member == 0 { "ada@river.example" } else { "" })
            .unwrap();
    }
    let mut lines = String::from("at,payer,payee,amount,description\n");
    for (payer, payee, minor, second) in history {
        let at = Timestamp::from_micros((1_500_000_000 + second) * 1_000_000).rfc3339();
        writeln!(lines, "{at},m{payer},m{payee},{}.{:02},at {second}", minor / 100, minor % 100).unwrap();
    }
    (people, lines)
}

proptest! {
    /// Which lines are refused, and what everybody has in the end, said once more in the plainest way.
    #[test]
    fn the_trial_finds_the_lines_that_break_a_limit(
        history in vec((0_usize..4, 1_usize..4, 1_i64..15_000, 0_i64..50), 0..40),
    ) {
        let history: Vec<_> = history
            .into_iter()
            .map(|(payer, further, minor, second)| (payer, (payer + further) % 4, minor, second))
            .collect();
        let (people, lines) = files_of(4, &history);
        let judged = judge(&request(Origin::Counterfoil, "2"), &[("members", &people), ("history", &lines)]);
        let mut order: Vec<usize> = (0..history.len()).collect();
        order.sort_by_key(|place| history[*place].3);
        let (mut balances, mut broken) = ([0_i64; 4], Vec::new());
        for place in order {
            let (payer, payee, minor, _) = history[place];
            balances[payer] -= minor;
            balances[payee] += minor;
            if balances[payer] < -10_000 {
                broken.push(format!("history.csv:{}", place + 2));
            }
        }
        let found = match &judged {
            Ok(_) => Vec::new(),
            Err(problems) => told(problems).iter().map(|told| told.split(": ").next().unwrap().to_owned()).collect(),
        };
        prop_assert_eq!(found, broken);
        if let Ok((plan, outcomes)) = judged {
            let held: i64 = balances.iter().filter(|balance| **balance > 0).sum();
            prop_assert_eq!(outcomes.held.minor(), held);
            prop_assert_eq!((outcomes.sum, plan.counts().transfers), (Amount::ZERO, history.len()));
            // Times never run backwards along the steps.
            prop_assert!(plan.steps.windows(2).all(|two| two[0].0 <= two[1].0));
        }
    }

    #[test]
    fn no_bytes_are_too_much(bytes in vec(any::<u8>(), 0..300), which in 0_usize..super::Sheet::ALL.len()) {
        let sheet = super::Sheet::ALL[which];
        let source = Source { sheet, name: "x.csv".into(), bytes: bytes.into() };
        // Whatever it says, it says it without falling over.
        let _ = read(&[source], &request(Origin::Counterfoil, "2"), NOW);
    }
}
