//! Settings, typed and read once: defaults, below `counterfoil.toml`, below `COUNTERFOIL_*` in the environment.

use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::path::Path;

use ipnet::IpNet;
use secrecy::{ExposeSecret, SecretString};
use serde::Deserialize;
use thiserror::Error;

use crate::mail::{MailSettings, MailSettingsError};
use crate::storage::DatabaseUrl;
use crate::webhook::TargetRules;

/// The settings file that is read where it exists.
pub const FILE: &str = "counterfoil.toml";
/// What the environment's variables begin with.
const PREFIX: &str = "COUNTERFOIL";

/// How the service runs. Every field's variable is `COUNTERFOIL_` and its name in capitals.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// `sqlite:PATH` or `postgres://…`. Default `sqlite:counterfoil.db`.
    pub database_url: SecretString,
    /// Where the API listens. Default `127.0.0.1:8080`.
    pub listen: SocketAddr,
    /// Where metrics and health are told to the operator; empty for nowhere. Default empty.
    #[serde(default)]
    pub admin_listen: String,
    /// The address under which people reach the service: the tokens' issuer, and the base of links. Default
    /// `http://` and the address that the API listens on.
    #[serde(default)]
    pub public_url: String,
    /// What is logged, in the form of `RUST_LOG`. Default `info`.
    pub log: String,
    /// `text` or `json`. Default `text`.
    pub log_format: LogFormat,
    /// HTTP threads; 0 for one each core. Default 0.
    pub http_workers: usize,
    /// The most connections from clients at once. Default 10000.
    pub http_connections_max: usize,
    /// The most database connections for reading. Default 8.
    pub database_readers_max: u32,
    /// The most commands that wait for a ledger writer, behind the batch that it gathers. Default 4096.
    pub ledger_queue_max: usize,
    /// The most commands that one transaction holds, at most 2048. Default 512.
    pub ledger_batch_max: usize,
    /// Ledger writers on PostgreSQL. Default 2.
    pub ledger_writers: usize,
    /// How long an access token lives, in seconds: at most 600. Default 300.
    pub access_token_life_s: i64,
    /// How long a session lasts without being used, in seconds. Default 2592000 (30 days).
    pub session_idle_s: i64,
    /// How long a session lasts in all, in seconds. Default 31536000 (365 days).
    pub session_life_s: i64,
    /// How long a key signs access tokens before the next one does, in seconds: at least 7200. Lower it to have the
    /// next key made at once. Default 7776000 (90 days).
    pub signing_key_life_s: i64,
    /// What encrypts authenticator secrets in the database: at least 32 characters, kept apart from the database. Empty
    /// for a key from the database itself, which protects against nobody who has all of it. Default empty.
    #[serde(default)]
    pub secret_key: SecretString,
    /// A file that holds the same; empty for none. Default empty.
    #[serde(default)]
    pub secret_key_file: String,
    /// The ids of wallets that may take their members' passwords (the password grant), separated by spaces. Default
    /// none.
    #[serde(default)]
    pub first_party_clients: String,
    /// Passwords checked at once; 0 for one each core. Default 0.
    pub password_slots: usize,
    /// Memory that a password's hash takes, in KiB: 19456 to 1048576. Where it is raised, stored hashes are renewed as
    /// their owners sign in. Default 19456.
    pub password_memory_kib: u32,
    /// How often a password's hash goes over that memory: 2 to 16. Renewed likewise. Default 2.
    pub password_passes: u32,
    /// Networks of the proxies that may say for whom they speak, such as `10.0.0.0/8, ::1/128`. Default none.
    #[serde(default)]
    pub trusted_proxies: String,
    /// A user's requests a minute that move money; 0 for no limit. Default 6000.
    pub limit_payments_per_minute: u32,
    /// A user's other requests a minute; 0 for no limit. Default 6000.
    pub limit_requests_per_minute: u32,
    /// An address's requests a minute that no signed-in user answers for; 0 for no limit. Default 3000.
    pub limit_address_requests_per_minute: u32,
    /// An address's requests a minute to OAuth's endpoints and pages; 0 for no limit. Default 1200.
    pub limit_oauth_requests_per_minute: u32,
    /// The most requests of one user, or of one address, that are answered at once. Default 256.
    pub limit_requests_at_once_each: u32,
    /// The most requests that are answered at once. Default 4096.
    pub limit_requests_at_once: usize,
    /// The most streams of events over all users. Default 4000.
    pub event_streams_max: usize,
    /// Where mails go: `smtp://USER:PASSWORD@HOST:PORT` (STARTTLS, or plain on loopback), `smtps://…`,
    /// `smtp+starttls://…`, `file:FOLDER`, or `log` for nowhere. Default `log`.
    pub smtp_url: SecretString,
    /// From whom mails are, such as `Counterfoil <no-reply@river.example>`. Must be set for a mail server.
    #[serde(default)]
    pub mail_from: String,
    /// Whether webhooks may go to URLs without TLS (`http://`). Default false.
    pub webhook_allow_http: bool,
    /// Networks to which webhooks may go although they are not the public Internet, such as `10.1.0.0/16`. Default none.
    #[serde(default)]
    pub webhook_networks: String,
}

/// How the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

/// The longest permitted life of an access token, in seconds.
const ACCESS_TOKEN_LIFE_MAX_S: i64 = 600;

/// The shortest permitted life of a signing key, in seconds: longer than the notice that its successor gives.
const SIGNING_KEY_LIFE_MIN_S: i64 = 7_200;
/// The memory that a password's hash may take, in KiB: from what the OWASP password storage guide asks for.
const PASSWORD_MEMORY_KIB: RangeInclusive<u32> = 19_456..=1_048_576;
/// How often a password's hash may go over it, from what the same guide asks for.
const PASSWORD_PASSES: RangeInclusive<u32> = 2..=16;
/// The fewest bytes of the key that encrypts stored secrets.
const SECRET_KEY_BYTES_MIN: usize = 32;

/// The longest id of a wallet.
const CLIENT_ID_BYTES_MAX: usize = 64;
/// The ids of the service's own sign-ins: by the API, and on its pages.
pub const RESERVED_CLIENT_IDS: [&str; 2] = ["first-party", "pages"];

/// Why the settings cannot be used.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// A file or variable that cannot be read.
    #[error("the settings cannot be read: {0}")]
    Unreadable(#[from] config::ConfigError),
    /// A value that makes no sense.
    #[error("the setting {name} {problem}")]
    Invalid {
        /// The field.
        name: &'static str,
        /// What is wrong with it.
        problem: String,
    },
}

impl Settings {
    /// Reads the settings from the working directory's file and the environment.
    ///
    /// # Errors
    /// What cannot be read or makes no sense.
    pub fn load() -> Result<Self, SettingsError> {
        let environment = config::Environment::with_prefix(PREFIX)
            .prefix_separator("_")
            .try_parsing(true)
            .ignore_empty(true);
        let file = config::File::from(Path::new(FILE)).required(false);
        Self::from_sources(defaults()?.add_source(file).add_source(known_variables(environment)))
    }

    /// The defaults, with nothing read.
    ///
    /// # Errors
    /// Never, unless a default is wrong.
    pub fn defaults() -> Result<Self, SettingsError> {
        Self::from_sources(defaults()?)
    }

    fn from_sources(
        builder: config::ConfigBuilder<config::builder::DefaultState>,
    ) -> Result<Self, SettingsError> {
        let settings: Self = builder.build()?.try_deserialize()?;
        settings.check()?;
        Ok(settings)
    }

    fn check(&self) -> Result<(), SettingsError> {
        self.database()?;
        let invalid = |name, problem: String| Err(SettingsError::Invalid { name, problem });
        if !(1..=ACCESS_TOKEN_LIFE_MAX_S).contains(&self.access_token_life_s) {
            return invalid("access_token_life_s", format!("must be 1 to {ACCESS_TOKEN_LIFE_MAX_S} seconds"));
        }
        if self.session_idle_s < self.access_token_life_s || self.session_life_s < self.session_idle_s {
            return invalid(
                "session_idle_s",
                "must be at least access_token_life_s and at most session_life_s".into(),
            );
        }
        if !PASSWORD_MEMORY_KIB.contains(&self.password_memory_kib) {
            return invalid("password_memory_kib", "must be 19456 to 1048576".into());
        }
        if !PASSWORD_PASSES.contains(&self.password_passes) {
            return invalid("password_passes", "must be 2 to 16".into());
        }
        if self.signing_key_life_s < SIGNING_KEY_LIFE_MIN_S {
            return invalid(
                "signing_key_life_s",
                format!("must be at least {SIGNING_KEY_LIFE_MIN_S} seconds"),
            );
        }
        let zeros = [
            ("ledger_queue_max", self.ledger_queue_max),
            ("ledger_batch_max", self.ledger_batch_max),
            ("ledger_writers", self.ledger_writers),
            ("http_connections_max", self.http_connections_max),
            ("limit_requests_at_once", self.limit_requests_at_once),
        ];
        if let Some((name, _)) = zeros.into_iter().find(|(_, value)| *value == 0) {
            return invalid(name, "must be at least 1".into());
        }
        if self.database_readers_max == 0 {
            return invalid("database_readers_max", "must be at least 1".into());
        }
        if self.limit_requests_at_once_each == 0 {
            return invalid("limit_requests_at_once_each", "must be at least 1".into());
        }
        self.proxies()?;
        self.webhook_rules()?;
        let is_url = self.public_url.starts_with("http://") || self.public_url.starts_with("https://");
        if !self.public_url.is_empty() && (!is_url || self.public_url.ends_with('/')) {
            return invalid("public_url", "begins with http:// or https:// and ends without a slash".into());
        }
        self.secret_key()?;
        self.mail()?;
        if let Some(bad) = self.first_party_client_ids().iter().find(|id| !is_client_id(id)) {
            return invalid(
                "first_party_clients",
                format!(
                    "holds {bad:?}; an id is 1 to 64 letters, digits, points and dashes, and not reserved"
                ),
            );
        }
        self.admin_address().map(drop)
    }

    /// The ids of the wallets that may use the password grant.
    pub fn first_party_client_ids(&self) -> Vec<String> {
        self.first_party_clients.split([' ', ',']).filter(|id| !id.is_empty()).map(str::to_owned).collect()
    }

    /// The database.
    ///
    /// # Errors
    /// When the URL names none.
    pub fn database(&self) -> Result<DatabaseUrl, SettingsError> {
        let parsed = self.database_url.expose_secret().parse();
        parsed.map_err(|error| SettingsError::Invalid {
            name: "database_url",
            problem: format!("is unusable: {error}"),
        })
    }

    /// What encrypts stored secrets, from the setting or its file; none where the operator set neither.
    ///
    /// # Errors
    /// When the file cannot be read, or the key is too short.
    pub fn secret_key(&self) -> Result<Option<SecretString>, SettingsError> {
        let invalid = |name, problem: String| SettingsError::Invalid { name, problem };
        let key = match (self.secret_key.expose_secret(), self.secret_key_file.as_str()) {
            ("", "") => return Ok(None),
            (key, "") => SecretString::from(key),
            ("", path) => {
                let read = std::fs::read_to_string(path);
                let text =
                    read.map_err(|error| invalid("secret_key_file", format!("cannot be read: {error}")))?;
                SecretString::from(text.trim())
            }
            _ => return Err(invalid("secret_key_file", "and secret_key are both set; use one".into())),
        };
        if key.expose_secret().len() < SECRET_KEY_BYTES_MIN {
            return Err(invalid("secret_key", format!("needs at least {SECRET_KEY_BYTES_MIN} characters")));
        }
        Ok(Some(key))
    }

    /// Where mails go, and from whom.
    ///
    /// # Errors
    /// When the URL or the sender is unusable.
    pub fn mail(&self) -> Result<MailSettings, SettingsError> {
        MailSettings::parse(self.smtp_url.expose_secret(), &self.mail_from).map_err(|error| {
            let name = if error == MailSettingsError::BadUrl { "smtp_url" } else { "mail_from" };
            SettingsError::Invalid { name, problem: error.to_string() }
        })
    }

    /// Where the operator's listener is, if there is one.
    ///
    /// # Errors
    /// When the text is no address.
    pub fn admin_address(&self) -> Result<Option<SocketAddr>, SettingsError> {
        if self.admin_listen.is_empty() {
            return Ok(None);
        }
        let parsed = self.admin_listen.parse();
        parsed.map(Some).map_err(|_| SettingsError::Invalid {
            name: "admin_listen",
            problem: "is no address with a port".into(),
        })
    }

    /// The networks of trusted proxies.
    ///
    /// # Errors
    /// When one of the texts is no network.
    pub fn proxies(&self) -> Result<Vec<IpNet>, SettingsError> {
        networks("trusted_proxies", &self.trusted_proxies)
    }

    /// To which URLs webhooks may go.
    ///
    /// # Errors
    /// When one of the texts is no network.
    pub fn webhook_rules(&self) -> Result<TargetRules, SettingsError> {
        let networks = networks("webhook_networks", &self.webhook_networks)?;
        Ok(TargetRules { allows_http: self.webhook_allow_http, networks })
    }

    /// A number of threads: the setting, or one for each core where it is 0.
    pub fn threads(setting: usize) -> usize {
        if setting > 0 { setting } else { std::thread::available_parallelism().map_or(1, usize::from) }
    }
}

/// Networks, from a list with commas.
fn networks(name: &'static str, list: &str) -> Result<Vec<IpNet>, SettingsError> {
    let texts = list.split(',').map(str::trim).filter(|text| !text.is_empty());
    let parse = |text: &str| {
        text.parse().or_else(|_| {
            text.parse::<IpAddr>().map(IpNet::from).map_err(|_| SettingsError::Invalid {
                name,
                problem: format!("has {text:?}, which is no network such as 10.0.0.0/8"),
            })
        })
    };
    texts.map(parse).collect()
}

/// Whether an operator may list a wallet under this id. The service's own clients keep theirs.
fn is_client_id(id: &str) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'.' || byte == b'-' || byte == b'_';
    (1..=CLIENT_ID_BYTES_MAX).contains(&id.len())
        && id.bytes().all(is_plain)
        && !RESERVED_CLIENT_IDS.contains(&id)
}

fn defaults() -> Result<config::ConfigBuilder<config::builder::DefaultState>, SettingsError> {
    Ok(config::Config::builder()
        .set_default("database_url", "sqlite:counterfoil.db")?
        .set_default("listen", "127.0.0.1:8080")?
        .set_default("log", "info")?
        .set_default("log_format", "text")?
        .set_default("http_workers", 0)?
        .set_default("http_connections_max", 10_000)?
        .set_default("database_readers_max", 8)?
        .set_default("ledger_queue_max", 4_096)?
        .set_default("ledger_batch_max", 512)?
        .set_default("ledger_writers", 2)?
        .set_default("access_token_life_s", 300)?
        .set_default("session_idle_s", 2_592_000)?
        .set_default("session_life_s", 31_536_000)?
        .set_default("signing_key_life_s", 7_776_000)?
        .set_default("password_slots", 0)?
        .set_default("password_memory_kib", 19_456)?
        .set_default("password_passes", 2)?
        .set_default("limit_payments_per_minute", 6_000)?
        .set_default("limit_requests_per_minute", 6_000)?
        .set_default("limit_address_requests_per_minute", 3_000)?
        .set_default("limit_oauth_requests_per_minute", 1_200)?
        .set_default("limit_requests_at_once_each", 256)?
        .set_default("limit_requests_at_once", 4_096)?
        .set_default("event_streams_max", 4_000)?
        .set_default("smtp_url", "log")?
        .set_default("webhook_allow_http", false)?)
}

/// Leaves out the variables of tests and benches, which share the prefix.
fn known_variables(environment: config::Environment) -> config::Environment {
    let foreign = ["TEST_", "BENCH_"];
    let prefix = format!("{PREFIX}_");
    let known = std::env::vars()
        .filter(|(name, _)| {
            name.strip_prefix(&prefix).is_some_and(|rest| !foreign.iter().any(|word| rest.starts_with(word)))
        })
        .collect();
    environment.source(Some(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_are_sound_and_hide_secrets() {
        let settings = Settings::defaults().unwrap();
        assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
        let printed =
            format!("{:?}", Settings { database_url: "postgres://u:secret@h/d".into(), ..settings });
        assert!(!printed.contains(":secret@"), "{printed}");
    }

    #[test]
    fn nonsense_is_refused() {
        let good = Settings::defaults().unwrap();
        let bad = [
            Settings { database_url: "counterfoil.db".into(), ..good.clone() },
            Settings { access_token_life_s: 601, ..good.clone() },
            Settings { access_token_life_s: 0, ..good.clone() },
            Settings { ledger_batch_max: 0, ..good.clone() },
            Settings { session_idle_s: 1, ..good.clone() },
            Settings { signing_key_life_s: 7_199, ..good.clone() },
            Settings { password_memory_kib: 19_455, ..good.clone() },
            Settings { password_passes: 1, ..good.clone() },
            Settings { password_passes: 17, ..good.clone() },
            Settings { secret_key: "too short".into(), ..good.clone() },
            Settings { secret_key_file: "/nowhere/key".into(), ..good.clone() },
            Settings { public_url: "river.example".into(), ..good.clone() },
            Settings { trusted_proxies: "10.0.0.0/8, proxy.example".into(), ..good.clone() },
            Settings { webhook_networks: "10.0.0.0/33".into(), ..good.clone() },
            Settings { limit_requests_at_once: 0, ..good.clone() },
            Settings { smtp_url: "mail.example".into(), ..good.clone() },
            Settings { smtp_url: "smtps://u:p@mail.example".into(), ..good.clone() },
            Settings { mail_from: "nobody".into(), ..good.clone() },
            Settings { first_party_clients: "wallet first-party".into(), ..good.clone() },
            Settings { first_party_clients: "wal/let".into(), ..good.clone() },
            Settings { admin_listen: "everywhere".into(), ..good },
        ];
        for settings in bad {
            assert!(settings.check().is_err(), "{settings:?}");
        }
    }
}
