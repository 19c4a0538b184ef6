//! Lists of payments: one bad line of many, files that are none, and keys of other lists.

use serde_json::{Value, json};

use super::Picture;
use crate::bad_inputs::app_of;
use crate::support::{Person, Reply, both_engines, fresh_key};

const BATCH: &str = "/api/v1/payments/batch";
const BULK: &str = "/api/v1/payments/bulk";
const VALID: &str = "/api/v1/payments/bulk?mode=valid_lines";
const PREVIEW: &str = "/api/v1/payments/bulk/preview";

fn send(by: &Person, path: &str, media_type: &str, body: &[u8], key: &str) -> Reply {
    by.send("POST", path, &[("Content-Type", media_type), ("Idempotency-Key", key)], Some(body.to_vec()))
}

/// Each line that was refused, in an answer or a refusal, as `line code`.
fn refused_lines(reply: &Reply) -> Vec<String> {
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let of = |list: &str, place: &str| -> Vec<String> {
        let lines = reply.body[list].as_array().into_iter().flatten();
        lines
            .map(|line| format!("{} {}", text(&line[place]).trim_start_matches("line "), text(&line["code"])))
            .collect()
    };
    if reply.status == 409 { of("errors", "pointer") } else { of("refusals", "line") }
}

both_engines! {
    fn one_bad_line_refuses_all_or_is_left_out_as_asked(database: &TestDatabase) {
        let app = app_of(database).0;
        app.found("LAKE", 2);
        let (ada, ben, dora) = (app.member("ada"), app.member("ben"), app.member("dora"));
        let zoe = app.newcomer("zoe").of("LAKE").join();
        app.set_status(&dora, "frozen");
        let line = |payer: &str, payee: &str, amount: &str, what: &str| format!("{payer},{payee},{amount},{what}\n");
        let good = line(&ada.code, &ben.code, "1.00", "Good");
        // Bad lines with the code that each gets by itself.
        let bad = [
            (line(&ada.code, &ada.code, "1.00", "x"), "same_account"),
            (line(&ada.code, &ada.account_id, "1.00", "x"), "same_account"),
            (line(&ada.code, &dora.code, "1.00", "x"), "account_not_active"),
            (line(&ada.code, "RIVER0999", "1.00", "x"), "not_found"),
            (line(&ada.code, &zoe.code, "1.00", "x"), "not_found"),
            (line(&zoe.account_id, &ben.code, "1.00", "x"), "not_found"),
            (line(&ben.code, &ada.code, "1.00", "x"), "forbidden"),
            (line(&ada.code, &ben.code, "100.01", "x"), "insufficient_credit"),
            (line(&ada.code, &ben.code, "10000000000.00", "x"), "insufficient_credit"),
            (good.clone(), "possible_duplicate"),
        ];
        let unfit = [
            line("", &ben.code, "1.00", "x"),
            line(&ada.code, "x", "1.00", "x"),
            line(&ada.code, &ben.code, "0", "x"),
            line(&ada.code, &ben.code, "-1.00", "x"),
            line(&ada.code, &ben.code, "1.001", "x"),
            line(&ada.code, &ben.code, "\"1,00\"", "x"),
            line(&ada.code, &ben.code, "=1+1", "x"),
            line(&ada.code, &ben.code, "1e3", "x"),
            line(&ada.code, &ben.code, "NaN", "x"),
            line(&ada.code, &ben.code, "99999999999999999999", "x"),
            line(&ada.code, &ben.code, "1.00", &"x".repeat(501)),
            line(&ada.code, &ben.code, "1.00", "a\u{7}b"),
            line(&ada.code, &ben.code, "1.00", "a\u{0}b"),
        ];
        let header = "payer,payee,amount,description\n";
        let before = Picture::of(&app, true);
        for (line, code) in &bad {
            let csv = format!("{header}{good}{line}");
            let reply = send(&ada, BULK, "text/csv", csv.as_bytes(), &fresh_key()).expect_problem(409, "lines_refused");
            assert_eq!(refused_lines(&reply), [format!("3 {code}")], "{line}");
            let reply = send(&ada, PREVIEW, "text/csv", csv.as_bytes(), "unused").expect(200);
            assert_eq!((refused_lines(&reply), &reply.body["payable"]), (vec![format!("3 {code}")], &json!(1)), "{line}");
        }
        for line in &unfit {
            let csv = format!("{header}{good}{line}");
            let reply = send(&ada, BULK, "text/csv", csv.as_bytes(), &fresh_key()).expect_problem(400, "validation_failed");
            assert!(reply.pointers().iter().all(|place| place.starts_with("line 3, ")), "{line}: {}", reply.body);
            let reply = send(&ada, PREVIEW, "text/csv", csv.as_bytes(), "unused").expect(200);
            assert_eq!(refused_lines(&reply), ["3 validation_failed"], "{line}");
        }
        // Where none is good, nothing is posted either, whatever was asked.
        for (line, code) in bad.iter().take(9) {
            let reply = send(&ada, VALID, "text/csv", format!("{header}{line}").as_bytes(), &fresh_key());
            let told = [reply.body["code"].as_str().unwrap_or_default(), reply.body["refusals"][0]["code"].as_str().unwrap_or_default()];
            let inner = reply.body["errors"][0]["code"].as_str().unwrap_or_default();
            assert!(told.contains(code) || inner == *code, "{line}: {}", reply.body);
        }
        assert_eq!(Picture::of(&app, true), before);
        // All of them at once: the one good line is posted, and each other is told.
        let lines: String = bad.iter().map(|(line, _)| line.as_str()).chain(unfit.iter().map(String::as_str)).collect();
        let csv = format!("{header}{good}{lines}");
        let paid = send(&ada, VALID, "text/csv", csv.as_bytes(), "all").expect(201);
        let expected: Vec<_> = bad.iter().map(|(_, code)| *code).chain(unfit.iter().map(|_| "validation_failed")).collect();
        let expected: Vec<_> = (3..).zip(expected).map(|(line, code)| format!("{line} {code}")).collect();
        assert_eq!(refused_lines(&paid), expected);
        assert_eq!((&paid.body["posted"], ada.balance(), ben.balance()), (&json!(1), "-1.00".into(), "1.00".into()));
    }

    fn files_that_are_none(database: &TestDatabase) {
        let app = app_of(database).0;
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let before = Picture::of(&app, false);
        let good = format!("payer,payee,amount\n{},{},1.00\n", ada.code, ben.code);
        let row = format!("{},{},1.00", ada.code, ben.code);
        let utf16: Vec<u8> = good.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let of_text = |text: String| text.into_bytes();
        let files: Vec<(&str, Vec<u8>)> = vec![
            ("nothing", Vec::new()),
            ("a mark and nothing", b"\xef\xbb\xbf".to_vec()),
            ("empty lines", b"\r\n\r\n\n".to_vec()),
            ("a header alone", b"payer,payee,amount\r\n".to_vec()),
            ("no header", of_text(format!("{row}\n"))),
            ("a column too few", of_text(good.replace("payee,", ""))),
            ("an unknown column", of_text(good.replace("amount", "sum"))),
            ("a column twice", of_text(good.replace("payee", "payer"))),
            ("a nameless column", of_text(good.replace("amount\n", "amount,\n"))),
            ("a cell too many", of_text(format!("{good}{row},x,y\n"))),
            ("a cell too few", of_text(format!("{good}{}\n", ada.code))),
            ("an open quote", of_text(format!("payer,payee,amount,description\n{row},\"open\n{row},x\n"))),
            ("tabs between the cells", of_text(good.replace(',', "\t"))),
            ("a header with semicolons, lines with commas", of_text(good.replace("payer,payee,amount", "payer;payee;amount"))),
            ("UTF-16", utf16),
            ("Latin-1", [b"payer,payee,amount,description\n".as_slice(), row.as_bytes(), b",Br\xf6tchen\n"].concat()),
            ("zeros", vec![0; 1_000]),
            ("zeros in a cell", of_text(good.replace("1.00", "1\u{0}.00"))),
            ("a picture", b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR".to_vec()),
            ("an archive", b"PK\x03\x04\x14\x00\x06\x00".to_vec()),
            ("JSON", json!({"payments": []}).to_string().into_bytes()),
            ("a page", b"<html><body>payer,payee,amount</body></html>".to_vec()),
            ("one endless line", vec![b'x'; 1_000_000]),
            ("too many columns", of_text(format!("payer,payee,amount{}\n{row}\n", ",description".repeat(5_000)))),
        ];
        for (what, file) in &files {
            for path in [BULK, VALID, PREVIEW] {
                let reply = send(&ada, path, "text/csv", file, &fresh_key());
                // Preview and valid lines may take the file and refuse each of its lines.
                let takes_none = reply.status == 200 && reply.body["payable"] == 0;
                assert!(takes_none || reply.status == 400 || reply.status == 409, "{what} at {path}: {} {}", reply.status, reply.body);
                assert!(path != BULK || reply.status == 400, "{what}: {} {}", reply.status, reply.body);
                if reply.status == 400 {
                    assert!(!reply.pointers().is_empty(), "{what}: {}", reply.body);
                    assert!(reply.bytes.len() < 65_536, "{what}: {} bytes of faults", reply.bytes.len());
                    reply.expect_problem(400, "validation_failed");
                }
            }
        }
        let too_many = format!("payer,payee,amount\n{}", format!("{row}\n").repeat(10_001));
        for path in [BULK, VALID, PREVIEW] {
            send(&ada, path, "text/csv", too_many.as_bytes(), &fresh_key()).expect_fault("/payments");
        }
        let list = |count: usize| json!({"payments": vec![json!({"payer": ada.code, "payee": ben.code, "amount": "0.01"}); count]});
        let bodies = [
            (BATCH, list(1_001), "/payments"),
            (BULK, list(10_001), "/payments"),
            (BATCH, list(0), "/payments"),
            (BULK, list(0), "/payments"),
            (BATCH, json!({"payments": null}), "/payments"),
            (BATCH, json!({"payments": {}}), "/payments"),
            (BATCH, json!({"payments": "x"}), "/payments"),
            (BULK, json!({"payments": [null]}), "/payments/0"),
            (BULK, json!({"payments": [1]}), "/payments/0"),
            (BULK, json!({"payments": [[]]}), "/payments/0"),
            (BATCH, json!({"payments": [{}]}), "/payments/0"),
        ];
        for (path, body, pointer) in &bodies {
            send(&ada, path, "application/json", body.to_string().as_bytes(), &fresh_key()).expect_fault(pointer);
        }
        assert_eq!(Picture::of(&app, false), before);
    }

    fn files_as_people_save_them_are_taken(database: &TestDatabase) {
        let app = app_of(database).0;
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let (payer, payee) = (&ada.code, &ben.code);
        let files = [
            format!("\u{feff}payer,payee,amount\r\n{payer},{payee},0.01\r\n"),
            format!("PAYER;Payee;amount;Description\r\n{payer};{payee};0.02;\"a;b\"\r\n\r\n"),
            format!("amount,description,payee,payer\n0.03,\"two\nlines\",{payee},{payer}"),
            format!(" payer , payee , amount \n {payer} , {payee} , 0.04 \n"),
            format!("\"payer\",\"payee\",\"amount\"\n\"{payer}\",\"{payee}\",\"0.05\"\n"),
        ];
        for (file, cents) in files.iter().zip(1..) {
            let paid = send(&ada, BULK, "text/csv; charset=utf-8", file.as_bytes(), &fresh_key()).expect(201);
            assert_eq!(paid.body["total"], format!("0.0{cents}"), "{file}");
        }
        assert_eq!(ben.balance(), "0.15");
    }

    fn the_key_of_a_list_is_for_that_list(database: &TestDatabase) {
        let app = app_of(database).0;
        let (ada, ben) = (app.member("ada"), app.member("ben"));
        let csv = format!("payer,payee,amount\n{},{},1.00\n", ada.code, ben.code);
        let list = json!({"payments": [{"payer": ada.code, "payee": ben.code, "amount": "1.00"}]}).to_string();
        send(&ada, BULK, "text/csv", csv.as_bytes(), "k").expect(201);
        ada.pay_keyed(&ben, "1.00", "plain").expect(201);
        let before = Picture::of(&app, false);
        let other = csv.replace("1.00", "1.01");
        for (path, media_type, body, key) in [
            (BULK, "text/csv", other.as_bytes(), "k"),
            (BULK, "text/csv", &csv.as_bytes()[..csv.len() - 1], "k"),
            (VALID, "text/csv", csv.as_bytes(), "k"),
            ("/api/v1/payments/bulk?allow_duplicate=true", "text/csv", csv.as_bytes(), "k"),
            (BULK, "application/json", list.as_bytes(), "k"),
            (BATCH, "application/json", list.as_bytes(), "k"),
            (BULK, "text/csv", csv.as_bytes(), "plain"),
        ] {
            send(&ada, path, media_type, body, key).expect_problem(422, "idempotency_key_reused");
        }
        ada.pay_keyed(&ben, "1.00", "k").expect_problem(422, "idempotency_key_reused");
        assert_eq!(Picture::of(&app, false), before);
        let again = send(&ada, BULK, "text/csv", csv.as_bytes(), "k").expect(201);
        assert_eq!(again.header("idempotency-replayed"), Some("true"));
        assert_eq!(Picture::of(&app, false), before);
    }
}
