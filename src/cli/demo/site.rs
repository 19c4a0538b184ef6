//! Where a demonstration's data is, its logins, and what it says once it serves.

use std::fs::{self, OpenOptions};
use std::io::Write;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use serde::{Deserialize, Serialize};

use super::seed::COMMUNITY;
use crate::mail::Delivery;

/// The file in the data folder that holds the logins.
const LOGINS_FILE: &str = "demo-logins.json";
/// Only its owner may read the passwords.
const OWNER_ONLY: u32 = 0o600;

/// A login of the demonstration.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Login {
    /// The e-mail address.
    pub email: String,
    /// The random password.
    pub password: String,
    /// The account's code.
    pub account: String,
    /// What the member may do.
    pub roles: Vec<String>,
}

/// A folder with a demonstration's data, which goes with the process unless it was named.
pub struct Site {
    folder: PathBuf,
    is_temporary: bool,
}

impl Site {
    /// The named folder, made where it is absent, or a fresh one.
    pub fn open(named: Option<&Path>) -> anyhow::Result<Self> {
        let folder = match named {
            Some(folder) => folder.to_owned(),
            None => std::env::temp_dir().join(format!("counterfoil-demo-{}", std::process::id())),
        };
        fs::create_dir_all(&folder)
            .with_context(|| format!("cannot make the folder {}", folder.display()))?;
        Ok(Self { folder, is_temporary: named.is_none() })
    }

    /// The URL of the database file in the folder.
    pub fn sqlite_url(&self) -> anyhow::Result<String> {
        let path = self.folder.join("counterfoil.db");
        Ok(format!("sqlite:{}", path.to_str().context("the folder's name is not UTF-8")?))
    }

    /// Where the settings have mails written into the folder.
    pub fn mail_url(&self) -> anyhow::Result<String> {
        let path = self.folder.join("mails");
        Ok(format!("file:{}", path.to_str().context("the folder's name is not UTF-8")?))
    }

    /// The logins of an earlier run.
    pub fn logins(&self) -> anyhow::Result<Option<Vec<Login>>> {
        let path = self.folder.join(LOGINS_FILE);
        if !path.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(&path).with_context(|| format!("cannot read {}", path.display()))?;
        Ok(Some(serde_json::from_str(&text).with_context(|| format!("{} is damaged", path.display()))?))
    }

    /// Keeps the logins for the next run.
    pub fn keep_logins(&self, logins: &[Login]) -> anyhow::Result<()> {
        let path = self.folder.join(LOGINS_FILE);
        let mut file =
            OpenOptions::new().write(true).create(true).truncate(true).mode(OWNER_ONLY).open(&path)?;
        file.write_all(&serde_json::to_vec_pretty(logins)?)
            .with_context(|| format!("cannot write {}", path.display()))
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        if self.is_temporary
            && let Err(error) = fs::remove_dir_all(&self.folder)
        {
            tracing::warn!("cannot remove {}: {error}", self.folder.display());
        }
    }
}

/// What a demonstration says once it serves.
#[derive(Debug, Serialize)]
pub struct Announcement {
    url: String,
    community: &'static str,
    logins: Vec<Login>,
}

impl Announcement {
    /// The facts.
    pub const fn new(url: String, logins: Vec<Login>) -> Self {
        Self { url, community: COMMUNITY, logins }
    }

    /// As one line, for programs.
    pub fn print_json(&self) {
        match serde_json::to_string(self) {
            Ok(line) => println!("{line}"),
            Err(error) => tracing::error!("the announcement cannot be written: {error}"),
        }
    }

    /// As a guide, for people.
    pub fn print_guide(&self, data: Option<&Path>, delivery: &Delivery) {
        let url = &self.url;
        println!(
            "Counterfoil serves the community {COMMUNITY} at {url} (the API, with its description at {url}/docs)\n"
        );
        println!("Logins:");
        for login in self.logins.iter().take(16) {
            println!(
                "  {:<34} {}  {}  {}",
                login.email,
                login.password,
                login.account,
                login.roles.join(", ")
            );
        }
        if self.logins.len() > 16 {
            println!("  … and {} more", self.logins.len() - 16);
        }
        if let [_, merchant, payer, ..] = self.logins.as_slice() {
            self.print_curl(payer, merchant);
        }
        match delivery {
            Delivery::Folder(folder) => println!("\nMails are not sent but written to {}.", folder.display()),
            Delivery::Server(_) => println!("\nMails go to the mail server of COUNTERFOIL_SMTP_URL."),
            Delivery::Log => println!("\nMails go nowhere."),
        }
        match data {
            Some(folder) => println!("\nThe data stays in {}. Ctrl-C stops the service.", folder.display()),
            None => println!("\nCtrl-C stops the service and throws the data away; --data DIR keeps it."),
        }
    }

    fn print_curl(&self, payer: &Login, payee: &Login) {
        let (url, from, to) = (&self.url, &payer.account, &payee.account);
        let pay = |amount: &str, key: &str| {
            format!(
                "curl -s {url}/api/v1/payments -H \"Authorization: Bearer $TOKEN\" -H 'Idempotency-Key: {key}' \
                 -H 'Content-Type: application/json' -d '{{\"payer\":\"{from}\",\"payee\":\"{to}\",\"amount\":\"{amount}\",\"description\":\"Rye loaves\"}}'; echo"
            )
        };
        println!("\nTry, in another terminal:\n\n# sign in");
        println!(
            "TOKEN=$(curl -s {url}/api/v1/sessions -H 'Content-Type: application/json' -d '{{\"email\":\"{}\",\"password\":\"{}\"}}' | sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/')",
            payer.email, payer.password
        );
        println!("# the balance, and what is left to spend");
        println!("curl -s {url}/api/v1/accounts/{from} -H \"Authorization: Bearer $TOKEN\"; echo");
        println!("# pay");
        println!("{}", pay("2.50", "try-1"));
        println!("# the same key again: the same answer, and nothing is paid twice");
        println!("{}", pay("2.50", "try-1"));
        println!("# the new balance, and the entry");
        println!("curl -s {url}/api/v1/accounts/{from} -H \"Authorization: Bearer $TOKEN\"; echo");
        println!(
            "curl -s '{url}/api/v1/accounts/{from}/entries?limit=1' -H \"Authorization: Bearer $TOKEN\"; echo"
        );
        println!("# more than the limit allows: refused");
        println!("{}", pay("5000.00", "try-2"));
        println!("# the ledger: the sum of all balances is zero");
        println!(
            "curl -s {url}/api/v1/communities/{COMMUNITY}/ledger -H \"Authorization: Bearer $TOKEN\"; echo"
        );
    }
}
