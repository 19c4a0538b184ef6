//! Amounts that are none, in every field that holds money: each is a 400 that names the field, and nothing happens.

use serde_json::{Value, json};

use crate::support::{both_engines, fresh_key};

/// No amounts anywhere, in a currency with two decimal places.
pub fn never_amounts() -> Vec<Value> {
    let mut texts: Vec<String> = Vec::new();
    let prefixes = [
        "-", "+", " ", "\t", "\n", "\r\n", "$", "€", "0", "00", "0x", "0b", "0o", "--", "'", "=", "~", ".",
        ",", "(", "\u{feff}", "\u{200b}", "\u{a0}", "\u{202e}", "\u{2212}", "−", "e", "1e", "RIVER:",
    ];
    let suffixes = [
        " ", "\t", "\n", "e0", "e1", "E5", "e-1", "e+1", ".", "..", ",", ",5", "%", "f", "d", "L", "n", "_",
        "_0", "\u{0}", "\u{200b}", "\u{a0}", "§", " shells", "-", "+", "/2", "*2", ")", ";", "\u{301}",
    ];
    for amount in ["1", "12.50", "0.01"] {
        texts.extend(prefixes.iter().map(|prefix| format!("{prefix}{amount}")));
        texts.extend(suffixes.iter().map(|suffix| format!("{amount}{suffix}")));
    }
    let odd = [
        "",
        ".",
        "..",
        "-",
        "+",
        ",",
        "e",
        "1,50",
        "1.2.3",
        "1,000",
        "1.000,00",
        "1 000",
        "1'000",
        "1_000",
        "1.-5",
        "1.+5",
        "1. 5",
        "1 .5",
        "NaN",
        "nan",
        "-nan",
        "inf",
        "Infinity",
        "-Infinity",
        "null",
        "true",
        "undefined",
        "one",
        "½",
        "²",
        "١٢",
        "१२",
        "１２",
        "๑๒",
        "①",
        "Ⅻ",
        "１2",
        "1２",
        "1.５",
        "12．50",
        "12٫50",
        "𝟏",
        "1e400",
        "0e0",
        "0x1F",
        "-0",
        "-0.00",
        "+0",
        "{}",
        "[]",
        "\"1\"",
        "1/2",
        "50%",
        "12.50.",
        "\u{1}",
        "🍞",
    ];
    texts.extend(odd.map(str::to_owned));
    // Too many places, also where they are zeros.
    let fine =
        ["1.234", "0.001", "1.230", "0.000", "1.0000", "12.500", "0.0000001", "9.99999999999999999999"];
    texts.extend(fine.map(str::to_owned));
    texts.push(format!("0.{}1", "0".repeat(30)));
    texts.push(format!("1.{}", "0".repeat(60_000)));
    // Too large for anything: above all bounds, above 64, 96 and 128 bits, and very long.
    texts.push("10000000000000.01".to_owned());
    texts.push("92233720368547758.07".to_owned());
    texts.push("92233720368547758.08".to_owned());
    texts.push("184467440737095516.16".to_owned());
    texts.push("79228162514264337593543950336".to_owned());
    texts.push("340282366920938463463374607431768211456".to_owned());
    texts.extend([14, 19, 20, 28, 29, 30, 31, 32, 33, 38, 39, 40, 100].map(|digits| "9".repeat(digits)));
    texts.push(format!("1{}", "0".repeat(40)));
    texts.push("9".repeat(60_000));
    texts.sort();
    texts.dedup();
    let mut values: Vec<Value> = texts.into_iter().map(Value::String).collect();
    values.extend([
        json!(1),
        json!(0),
        json!(-1),
        json!(12.5),
        json!(1e3),
        json!(u64::MAX),
        json!(true),
        json!(false),
    ]);
    values.extend([json!([]), json!(["1.00"]), json!({}), json!({"amount": "1.00"}), json!({"minor": 100})]);
    values
}

/// Good for a limit, but not for a payment.
fn never_payments() -> Vec<Value> {
    let texts =
        ["0", "0.0", "0.00", "10000000000.01", "10000000001", "99999999999", "999999999999", "9999999999999"];
    let mut values = texts.map(|text| json!(text)).to_vec();
    values.push(Value::Null);
    values
}

#[test]
fn the_table_is_long() {
    let length = never_amounts().len();
    assert!(length >= 250, "{length}");
}

both_engines! {
    fn no_payment_is_made_of_them(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let before = app.ledger(&ada);
        for amount in never_amounts().into_iter().chain(never_payments()) {
            let body = json!({"payer": ada.code, "payee": ben.code, "amount": amount, "description": "x"});
            let reply = ada.post_payment(&fresh_key(), &body);
            assert_eq!(reply.status, 400, "{}: {}", body["amount"], reply.body);
            reply.expect_fault("/amount");
        }
        assert_eq!(app.ledger(&ada), before);
        assert_eq!((ada.balance().as_str(), ben.balance().as_str()), ("0.00", "0.00"));
        for table in ["payments", "idempotency_keys", "refusals", "entries"] {
            assert_eq!(app.database.db_count(table), 0, "{table}");
        }
    }

    fn no_credit_limit_is_made_of_them(app: &TestApp) {
        let (ada, admin) = (app.member("ada"), app.admin());
        let (before, account) = (app.ledger(&ada), ada.account());
        let path = format!("/api/v1/accounts/{}/limits", ada.code);
        for amount in never_amounts().into_iter().chain([Value::Null]) {
            let body = json!({"credit_limit": amount, "ceiling": "500.00", "reason": "x"});
            let reply = admin.put(&path, &body);
            assert_eq!(reply.status, 400, "{}: {}", body["credit_limit"], reply.body);
            reply.expect_fault("/credit_limit");
        }
        assert_eq!((app.ledger(&ada), ada.account()), (before, account));
    }

    fn no_ceiling_is_made_of_them(app: &TestApp) {
        let (ada, admin) = (app.member("ada"), app.admin());
        let (before, account) = (app.ledger(&ada), ada.account());
        let path = format!("/api/v1/accounts/{}/limits", ada.code);
        for amount in never_amounts() {
            let body = json!({"credit_limit": "100.00", "ceiling": amount, "reason": "x"});
            let reply = admin.put(&path, &body);
            assert_eq!(reply.status, 400, "{}: {}", body["ceiling"], reply.body);
            reply.expect_fault("/ceiling");
        }
        assert_eq!((app.ledger(&ada), ada.account()), (before, account));
        assert_eq!(app.database.db_count("audits"), 0);
    }

    fn numbers_that_json_itself_cannot_hold_are_refused_too(app: &TestApp) {
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        for number in ["1e400", "-1e400", "01", "+1", ".5", "1.", "NaN", "Infinity", "0x10", "12_000", "1.50"] {
            let body = format!(r#"{{"payer":"{}","payee":"{}","amount":{number}}}"#, ada.code, ben.code);
            let reply = ada.send("POST", "/api/v1/payments", &[("Idempotency-Key", "k")], Some(body.into_bytes()));
            reply.expect_problem(400, "validation_failed");
        }
        assert_eq!(app.ledger(&ada)["transfers"], 0);
    }

    fn good_amounts_are_taken_exactly(app: &TestApp) {
        let ada = app.newcomer("ada").with_credit_limit("10000000000000.00").join();
        let ben = app.member("ben");
        for (text, written) in [("0.01", "0.01"), ("1", "1.00"), ("1.5", "1.50"), ("10000000000", "10000000000.00"), ("9999999999.99", "9999999999.99")] {
            assert_eq!(app.pay(&ada, &ben, text)["amount"], written);
        }
        assert_eq!(ben.balance(), "20000000002.50");
    }
}
