//! A community from another system: its members and their history, from files to a ledger that is proved.

use std::fs::File;
use std::io::{BufWriter, Write};
use std::path::Path;
use std::time::{Duration, Instant};

use crate::Bench;
use crate::failure::{Context, Outcome};
use crate::random::Random;
use crate::report::{Figure, Target};
use crate::site::{Engine, Site};

const MEMBERS: u64 = 100_000;
const TRANSFERS: u64 = 1_000_000;
const IMPORT_SECONDS_MAX: f64 = 180.0;
/// Longer than that is not waited for.
const LIMIT: Duration = Duration::from_secs(1_800);
/// When the history begins, in seconds since 1970, and how many lie between two transfers.
const BEGIN_S: u64 = 1_600_000_000;
const STEP_S: u64 = 60;

pub fn run(bench: &Bench, engine: Engine) -> Outcome<Figure> {
    let cluster = bench.cluster_for(engine);
    let name = format!("{}_import", engine.name().to_lowercase());
    let site = Site::new(&name, 0, cluster, bench.scratch())?;
    let files = site.folder().join("files");
    std::fs::create_dir(&files).context("creating a directory")?;
    write_files(&files)?;
    site.run(&["migrate"], LIMIT)?;
    let folder = files.to_str().context("a path in UTF-8")?;
    let begun = Instant::now();
    site.run(&["import", folder, "--json"], LIMIT)?;
    let seconds = begun.elapsed().as_secs_f64();
    let title = engine.name();
    println!("{title}: {MEMBERS} members and {TRANSFERS} transfers imported in {seconds:.1} s");
    site.verify()?;
    site.remove(cluster)?;
    Ok(Figure {
        name: format!("{title}: importing {MEMBERS} members and {TRANSFERS} transfers"),
        unit: "s",
        ours: seconds,
        baseline: None,
        target: Some(Target::AtMost(IMPORT_SECONDS_MAX)),
    })
}

fn write_files(folder: &Path) -> Outcome<()> {
    let create = |name: &str| {
        let file = File::create(folder.join(name)).context(format_args!("creating {name}"))?;
        Ok(BufWriter::new(file))
    };
    let failed = "writing the files";
    let mut community = create("community.csv")?;
    writeln!(community, "code,name,unit,symbol,scale,time_zone,credit_limit").context(failed)?;
    writeln!(community, "RIVER,River Valley,shell,§,2,UTC,1000.00").context(failed)?;
    community.flush().context(failed)?;
    let mut members = create("members.csv")?;
    writeln!(members, "member,name,email,role").context(failed)?;
    for number in 0..MEMBERS {
        let role = if number == 0 { "admin" } else { "member" };
        writeln!(members, "{number},Member {number},m{number}@river.example,{role}").context(failed)?;
    }
    members.flush().context(failed)?;
    let mut history = create("history.csv")?;
    writeln!(history, "at,payer,payee,amount,description").context(failed)?;
    let mut random = Random::new();
    for number in 0..TRANSFERS {
        let payer = random.number() % MEMBERS;
        let payee = (payer + 1 + random.number() % (MEMBERS - 1)) % MEMBERS;
        let at = BEGIN_S + number * STEP_S;
        let (whole, cents) = (1 + random.number() % 4, random.number() % 100);
        writeln!(history, "{at},{payer},{payee},{whole}.{cents:02},\"No. {number}, eggs\"")
            .context(failed)?;
    }
    history.flush().context(failed)
}
