//! `counterfoil import`: a community from the files of another system, whole or not at all.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;

use anyhow::{Context, bail, ensure};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::progress::Progress;
use super::runtime::{self, Schema};
use crate::auth::passwords;
use crate::config::Settings;
use crate::domain::amount::Amount;
use crate::domain::records::Head;
use crate::domain::time::Timestamp;
use crate::export::csv::text_cell;
use crate::services::Services;
use crate::services::importing::{
    self, FILE_BYTES_MAX, Founding, LimitsFrom, Origin, Outcomes, Plan, Problems, Request, Sheet, Source,
    Standing,
};
use crate::storage::Database;
use crate::telemetry;

/// How many commands may wait for a writer: more than an import puts there at once.
const QUEUE_MAX: usize = 4_096;
/// How many commands make a batch.
const BATCH_MAX: usize = 2_048;

/// What to bring along, and how.
#[derive(Debug, Args)]
pub struct ImportArguments {
    /// A folder with CSV files, or files: community, members, accounts, limits, opening_balances, history, and the others of
    /// an export. A file of another name is given as history=PATH.
    #[arg(required = true)]
    paths: Vec<String>,
    /// Which system wrote the files, where it was another one.
    #[arg(long, value_enum)]
    from: Option<From>,
    /// Say what is wrong, and change nothing.
    #[arg(long)]
    dry_run: bool,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// Whether limits bind the history, or only what comes after it.
    #[arg(long, value_enum, default_value = "throughout")]
    limits: When,
    /// Write which account got which code, as CSV.
    #[arg(long)]
    codes: Option<PathBuf>,
    /// The address of the member who runs the community, where no file says so.
    #[arg(long)]
    admin: Option<String>,
    /// The community's short name, in capital letters.
    #[arg(long)]
    code: Option<String>,
    /// The community's full name.
    #[arg(long)]
    name: Option<String>,
    /// What one unit of the currency is called.
    #[arg(long)]
    unit: Option<String>,
    /// The sign beside amounts.
    #[arg(long)]
    symbol: Option<String>,
    /// Decimal places of amounts, 0 to 6.
    #[arg(long)]
    scale: Option<String>,
    /// By which clocks it lives, such as Europe/Berlin.
    #[arg(long)]
    time_zone: Option<String>,
    /// How far below zero members go of whom nothing else is said.
    #[arg(long)]
    credit_limit: Option<String>,
}

/// Another system.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum From {
    Cyclos,
    Ces,
    CommunityForge,
    Eland,
    #[value(name = "timeoverflow")]
    TimeOverflow,
}

/// When accounts get their limits.
#[derive(Debug, Clone, Copy, ValueEnum)]
enum When {
    /// The history, too, as far as no line says that it was permitted to pass them: one that breaks them is refused.
    Throughout,
    /// Only what comes behind the history: what broke them stays, and goes no further.
    After,
}

impl ImportArguments {
    fn request(&self) -> Request {
        let origin = match self.from {
            None => Origin::Counterfoil,
            Some(From::Cyclos) => Origin::Cyclos,
            Some(From::Ces) => Origin::Ces,
            Some(From::CommunityForge) => Origin::CommunityForge,
            Some(From::Eland) => Origin::Eland,
            Some(From::TimeOverflow) => Origin::TimeOverflow,
        };
        Request {
            origin,
            founding: Founding {
                code: self.code.clone(),
                name: self.name.clone(),
                unit: self.unit.clone(),
                symbol: self.symbol.clone(),
                scale: self.scale.clone(),
                time_zone: self.time_zone.clone(),
                credit_limit: self.credit_limit.clone(),
                founded: None,
            },
            admin: self.admin.clone(),
            limits_from: match self.limits {
                When::Throughout => LimitsFrom::Throughout,
                When::After => LimitsFrom::End,
            },
        }
    }
}

/// Brings a community along. Exit code 1 where the files are refused.
pub fn run(settings: &Settings, arguments: &ImportArguments) -> anyhow::Result<ExitCode> {
    telemetry::init_logs("warn", settings.log_format);
    let request = arguments.request();
    let sources = gather(&arguments.paths, request.origin)?;
    if arguments.dry_run {
        return dry_run(settings, arguments, &sources, &request);
    }
    let database = runtime::open_database(settings, Schema::Require)?;
    let settings = &Settings {
        ledger_queue_max: settings.ledger_queue_max.max(QUEUE_MAX),
        ledger_batch_max: BATCH_MAX,
        ..settings.clone()
    };
    runtime::block_on(async {
        let services =
            runtime::start_services(&database, settings, "http://localhost", runtime::system_clock())?;
        let done = carry_out(&services, arguments, &sources, &request).await;
        let ledger = services.ledger().clone();
        tokio::task::spawn_blocking(move || ledger.stop()).await?;
        done
    })
}

/// Reads and judges, and looks whether the code is free where there is a database to look into.
fn dry_run(
    settings: &Settings,
    arguments: &ImportArguments,
    sources: &[Source],
    request: &Request,
) -> anyhow::Result<ExitCode> {
    let now = runtime::system_clock().now();
    let judged = importing::read(sources, request, now).and_then(|plan| judge(plan, now));
    if let Ok((plan, _)) = &judged {
        let code = plan.community.code.as_str();
        let looked = settings.database().map_err(anyhow::Error::from).and_then(|url| {
            let mut conn = Database::connect_for_inspection(&url)?;
            Ok(importing::standing(&mut conn, code)?)
        });
        match looked {
            Ok(Standing::Taken) => bail!("there is a community {code} already"),
            Ok(Standing::Absent | Standing::Begun(_)) => {}
            Err(error) => eprintln!("the database was not looked at: {error:#}"),
        }
    }
    match judged {
        Ok((plan, outcomes)) => {
            tell(arguments, &plan, &outcomes, None)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(problems) => refuse(arguments, &problems),
    }
}

/// The plan, and where everything stands after it.
fn judge(plan: Plan, now: Timestamp) -> Result<(Plan, Outcomes), Problems> {
    let mut progress = Progress::new("judged", usize::try_from(plan.records()).unwrap_or(usize::MAX));
    let outcomes = importing::play(&plan, now, |done| progress.tell(done))?;
    Ok((plan, outcomes))
}

async fn carry_out(
    services: &Arc<Services>,
    arguments: &ImportArguments,
    sources: &[Source],
    request: &Request,
) -> anyhow::Result<ExitCode> {
    let digest = importing::digest(sources, request);
    let mut now = services.now();
    let mut plan = match importing::read(sources, request, now) {
        Ok(plan) => plan,
        Err(problems) => return refuse(arguments, &problems),
    };
    let code = plan.community.code.clone();
    let begun = match services.import_standing(code.to_string()).await? {
        Standing::Absent => None,
        Standing::Taken => bail!("there is a community {code} already"),
        Standing::Begun(import) => {
            ensure!(
                import.digest == digest,
                "an import of {code} was cut off: run it again with the same files and options, which finishes it"
            );
            // What was begun goes on as it was planned then.
            now = import.started_at;
            plan = match importing::read(sources, request, now) {
                Ok(plan) => plan,
                Err(problems) => return refuse(arguments, &problems),
            };
            Some(import)
        }
    };
    let (plan, outcomes) = match judge(plan, now) {
        Ok(judged) => judged,
        Err(problems) => return refuse(arguments, &problems),
    };
    let nobody_knows = uuid::Uuid::from_bytes(services.fresh_ids().random_16()).to_string();
    let hash = tokio::task::spawn_blocking(move || passwords::hash(&nobody_knows)).await??;
    let mut progress = Progress::new("written", usize::try_from(plan.records()).unwrap_or(usize::MAX));
    let told = |written| progress.tell(written);
    let community_id = services
        .carry_out(&plan, begun, (digest, now), hash, told)
        .await
        .context("the import is not finished: the same command goes on where it stopped")?;
    let (sum, head) = services.books_of(community_id).await?;
    ensure!(
        sum == Amount::ZERO,
        "the balances of the community do not add up to zero; run `counterfoil verify`"
    );
    if let Some(path) = &arguments.codes {
        write_codes(&plan, path)?;
    }
    tell(arguments, &plan, &outcomes, Some((sum, &head)))?;
    Ok(ExitCode::SUCCESS)
}

fn refuse(arguments: &ImportArguments, problems: &Problems) -> anyhow::Result<ExitCode> {
    let rest = problems.total - u64::try_from(problems.named.len())?;
    if arguments.json {
        let named: Vec<_> = problems
            .named
            .iter()
            .map(|problem| json!({"file": &*problem.file, "line": problem.line, "what": problem.what}))
            .collect();
        println!("{}", json!({"is_imported": false, "problems_total": problems.total, "problems": named}));
    } else {
        for problem in &problems.named {
            println!("{problem}");
        }
        if rest > 0 {
            println!("and {rest} more");
        }
        println!("{} problems; nothing was changed.", problems.total);
    }
    Ok(ExitCode::FAILURE)
}

/// What was done, or would be, with the proof that nothing came from nowhere.
fn tell(
    arguments: &ImportArguments,
    plan: &Plan,
    outcomes: &Outcomes,
    after: Option<(Amount, &Head)>,
) -> anyhow::Result<()> {
    let (counts, scale) = (plan.counts(), plan.community.scale);
    let money = |amount| scale.format(amount);
    let sums = [outcomes.held, outcomes.owed, outcomes.sum].map(money);
    let hash = after.map(|(_, head)| hex::encode(head.hash));
    if arguments.json {
        let after =
            after.map(|(sum, head)| json!({"sum": money(sum), "head": {"seq": head.seq, "hash": hash}}));
        let answer: Value = json!({
            "is_imported": after.is_some(),
            "community": plan.community.code.as_str(),
            "members": counts.members, "accounts": counts.accounts,
            "opening_balances": counts.opening_balances, "transfers": counts.transfers,
            "beyond_limits": outcomes.beyond_limits,
            "before": {"held": sums[0], "owed": sums[1], "sum": sums[2]},
            "after": after,
            "problems_total": 0, "problems": [],
        });
        println!("{}", serde_json::to_string(&answer)?);
        return Ok(());
    }
    let verb = if after.is_some() { "Imported" } else { "Can be imported" };
    println!(
        "{verb}: {}, with {} members, {} accounts, {} opening balances and {} transfers.",
        plan.community.code, counts.members, counts.accounts, counts.opening_balances, counts.transfers
    );
    if outcomes.beyond_limits > 0 {
        println!("{} members are past their limits, and move towards zero only.", outcomes.beyond_limits);
    }
    println!("By the files, accounts hold {} and owe {}: together {}.", sums[0], sums[1], sums[2]);
    match (after, hash) {
        (Some((sum, head)), Some(hash)) => {
            println!(
                "By the ledger, all balances together are {}, after record {} with the hash {hash}.",
                money(sum),
                head.seq
            );
            println!("`counterfoil verify` proves it again.");
        }
        _ => println!("Nothing was changed."),
    }
    Ok(())
}

fn write_codes(plan: &Plan, path: &Path) -> anyhow::Result<()> {
    let mut text = String::from("account,code\r\n");
    for (reference, code) in plan.codes() {
        // Writing to a string cannot fail.
        let _ = write!(text, "{},{code}\r\n", text_cell(&reference));
    }
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

/// The files, each for what it holds, in the order in which they are read.
fn gather(paths: &[String], origin: Origin) -> anyhow::Result<Vec<Source>> {
    let mut sources: Vec<Source> = Vec::new();
    for path in paths {
        let named = path.split_once('=').and_then(|(name, path)| {
            Some((Sheet::ALL.into_iter().find(|sheet| sheet.name() == name)?, Path::new(path)))
        });
        if let Some((sheet, path)) = named {
            add(&mut sources, &[sheet], path)?;
            continue;
        }
        let path = Path::new(path);
        if path.is_dir() {
            let entries = fs::read_dir(path).with_context(|| format!("cannot read {}", path.display()))?;
            let mut files: Vec<PathBuf> =
                entries.map(|entry| Ok(entry?.path())).collect::<anyhow::Result<_>>()?;
            files.retain(|file| file.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("csv")));
            files.sort();
            for file in files {
                add(&mut sources, &origin.sheets_of(stem(&file)), &file)?;
            }
        } else {
            let sheets = origin.sheets_of(stem(path));
            ensure!(
                !sheets.is_empty(),
                "what {} holds is not known; say it, as in history={0}",
                path.display()
            );
            add(&mut sources, &sheets, path)?;
        }
    }
    ensure!(!sources.is_empty(), "there is no file whose name tells what it holds, such as members.csv");
    sources.sort_by_key(|source| source.sheet);
    for (one, next) in sources.iter().zip(sources.iter().skip(1)) {
        ensure!(
            one.sheet != next.sheet,
            "{} and {} hold the same: {}",
            one.name,
            next.name,
            one.sheet.name()
        );
    }
    Ok(sources)
}

fn stem(path: &Path) -> &str {
    path.file_stem().and_then(|stem| stem.to_str()).unwrap_or_default()
}

fn add(sources: &mut Vec<Source>, sheets: &[Sheet], path: &Path) -> anyhow::Result<()> {
    if sheets.is_empty() {
        return Ok(());
    }
    let cannot = || format!("cannot read {}", path.display());
    let size = fs::metadata(path).with_context(cannot)?.len();
    ensure!(size <= FILE_BYTES_MAX, "{} has more than {FILE_BYTES_MAX} bytes", path.display());
    let bytes: Arc<[u8]> = fs::read(path).with_context(cannot)?.into();
    let name: Arc<str> =
        path.file_name().map_or_else(|| path.to_string_lossy(), |name| name.to_string_lossy()).into();
    sources.extend(sheets.iter().map(|sheet| Source {
        sheet: *sheet,
        name: Arc::clone(&name),
        bytes: Arc::clone(&bytes),
    }));
    Ok(())
}
