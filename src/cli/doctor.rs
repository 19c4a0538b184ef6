//! `counterfoil doctor`: whether a deployment is fit to serve.

use std::process::ExitCode;

use clap::Args;
use serde::Serialize;

use super::runtime;
use super::serve::NO_SECRET_KEY;
use crate::config::Settings;
use crate::domain::time::Timestamp;
use crate::ledger::verify;
use crate::mail::{Delivery, Mailer};
use crate::storage::{Conn, Database, durability, heads, migrations};
use crate::telemetry;

/// No clock of a running service is before this release: 2026-11-01.
const EARLIEST_CLOCK: Timestamp = Timestamp::from_micros(1_793_491_200_000_000);

/// How to tell the result.
#[derive(Debug, Args)]
pub struct DoctorArguments {
    /// Print one JSON array instead of lines.
    #[arg(long)]
    json: bool,
}

/// What a check found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
enum Verdict {
    Ok,
    Warning,
    Failure,
}

#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    verdict: Verdict,
    detail: String,
}

/// Checks everything that can be checked from here. Exit code 1 on any failure.
pub fn run(settings: &Settings, arguments: &DoctorArguments) -> anyhow::Result<ExitCode> {
    telemetry::init_logs("error", settings.log_format);
    let mut findings =
        vec![check_public_url(settings), check_secret_key(settings)?, check_clock(), check_mail(settings)?];
    match Database::connect_for_inspection(&settings.database()?) {
        Ok(mut conn) => {
            findings.push(found("database", Ok(format!("{:?} answers", settings.database()?))));
            findings.extend(check_database(&mut conn));
        }
        Err(error) => findings.push(found("database", Err(error.to_string()))),
    }
    if arguments.json {
        println!("{}", serde_json::to_string(&findings)?);
    } else {
        for finding in &findings {
            let mark = match finding.verdict {
                Verdict::Ok => "ok     ",
                Verdict::Warning => "warning",
                Verdict::Failure => "FAILURE",
            };
            println!("{mark}  {:<12} {}", finding.check, finding.detail);
        }
    }
    let failed = findings.iter().any(|finding| finding.verdict == Verdict::Failure);
    Ok(if failed { ExitCode::FAILURE } else { ExitCode::SUCCESS })
}

fn found(check: &'static str, result: Result<String, String>) -> Finding {
    match result {
        Ok(detail) => Finding { check, verdict: Verdict::Ok, detail },
        Err(detail) => Finding { check, verdict: Verdict::Failure, detail },
    }
}

fn check_public_url(settings: &Settings) -> Finding {
    let (verdict, detail) = if settings.public_url.is_empty() {
        (
            Verdict::Warning,
            "COUNTERFOIL_PUBLIC_URL is not set; tokens name the address that the API listens on".to_owned(),
        )
    } else if settings.public_url.starts_with("https://") {
        (Verdict::Ok, settings.public_url.clone())
    } else {
        (Verdict::Warning, format!("{} is not https; tokens can be read on the way", settings.public_url))
    };
    Finding { check: "public URL", verdict, detail }
}

/// Whether what the database holds is safe from whoever has it.
fn check_secret_key(settings: &Settings) -> anyhow::Result<Finding> {
    let (verdict, detail) = match settings.secret_key()? {
        Some(_) => (
            Verdict::Ok,
            "signing keys, second factors and webhooks' secrets are encrypted with it".to_owned(),
        ),
        None => (Verdict::Warning, NO_SECRET_KEY.to_owned()),
    };
    Ok(Finding { check: "secret key", verdict, detail })
}

fn check_clock() -> Finding {
    let now = runtime::system_clock().now();
    found(
        "clock",
        if now >= EARLIEST_CLOCK {
            Ok(now.rfc3339())
        } else {
            Err(format!("{} is in the past", now.rfc3339()))
        },
    )
}

/// Connects to the mail server and logs in, or looks at the folder; sends nothing.
fn check_mail(settings: &Settings) -> anyhow::Result<Finding> {
    let mail = settings.mail()?;
    let way = match &mail.delivery {
        Delivery::Log => "COUNTERFOIL_SMTP_URL is not set; no mail leaves this machine".to_owned(),
        Delivery::Folder(folder) => format!("mails are written to {} and not sent", folder.display()),
        Delivery::Server(server) => format!("{server} accepts mails"),
    };
    let checked = Mailer::new(&mail, &settings.public_url)
        .and_then(|mailer| runtime::block_on(async move { mailer.check().await }));
    let (verdict, detail) = match (&mail.delivery, checked) {
        (Delivery::Log, _) | (Delivery::Folder(_), Ok(())) => (Verdict::Warning, way),
        (Delivery::Server(_), Ok(())) => (Verdict::Ok, way),
        (_, Err(fault)) => (Verdict::Failure, fault.to_string()),
    };
    Ok(Finding { check: "mail", verdict, detail })
}

fn check_database(conn: &mut Conn) -> Vec<Finding> {
    let mut findings = Vec::new();
    let durable = durability::check(conn);
    findings.push(found(
        "durability",
        durable.map(|()| "acknowledged payments are safe".into()).map_err(|error| error.to_string()),
    ));
    let is_current = match migrations::are_pending(conn) {
        Ok(false) => Ok("up to date".to_owned()),
        Ok(true) => Err("not up to date; run `counterfoil migrate`".to_owned()),
        Err(error) => Err(error.to_string()),
    };
    let has_tables = is_current.is_ok();
    findings.push(found("schema", is_current));
    if has_tables {
        let checked = verify::check_heads(conn).map_err(|error| error.to_string()).and_then(|differences| {
            match differences.first() {
                None => Ok(()),
                Some(first) => Err(format!(
                    "{} differences, first: {first}; run `counterfoil verify`",
                    differences.len()
                )),
            }
        });
        let communities = heads::all(conn).map(|heads| heads.len()).unwrap_or_default();
        findings
            .push(found("ledger", checked.map(|()| format!("{communities} communities, all sums are zero"))));
    }
    findings
}
