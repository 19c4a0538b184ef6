//! Where mails go and from whom, as the settings name it.

use std::fmt;
use std::net::IpAddr;
use std::path::PathBuf;

use lettre::message::Mailbox;
use secrecy::SecretString;
use thiserror::Error;

/// The port of submission with STARTTLS, RFC 6409.
const SUBMISSION_PORT: u16 = 587;
/// The port of submission over TLS, RFC 8314.
const SUBMISSIONS_PORT: u16 = 465;
/// The sender where the settings name none and no mail leaves the machine.
const LOCAL_SENDER: &str = "Counterfoil <counterfoil@localhost>";

/// Where mails go and from whom.
#[derive(Debug, Clone)]
pub struct MailSettings {
    /// Where they go.
    pub delivery: Delivery,
    /// From whom they are.
    pub(super) sender: Mailbox,
}

/// Where mails go.
#[derive(Debug, Clone)]
pub enum Delivery {
    /// Nowhere: the log notes that there was one.
    Log,
    /// Into files in a folder.
    Folder(PathBuf),
    /// To a mail server.
    Server(SmtpServer),
}

/// A mail server.
#[derive(Debug, Clone)]
pub struct SmtpServer {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) security: Security,
    /// User and password.
    pub(super) login: Option<(String, SecretString)>,
}

impl fmt::Display for SmtpServer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} port {}", self.host, self.port)
    }
}

/// How the connection is secured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Security {
    /// Not at all: only on loopback.
    Plain,
    /// By STARTTLS, without which nothing is sent.
    StartTls,
    /// By TLS from the first byte.
    Tls,
}

/// Settings that name no way for mails. The text repeats nothing of the URL, which may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum MailSettingsError {
    /// No known form.
    #[error(
        "is log, file:FOLDER, smtp://USER:PASSWORD@HOST:PORT, smtps://… or smtp+starttls://…, with special signs of user and \
         password percent-encoded"
    )]
    BadUrl,
    /// No mailbox.
    #[error("names no sender such as Counterfoil <no-reply@river.example>")]
    BadSender,
    /// Mail servers want to know.
    #[error("must be set where smtp_url names a mail server")]
    NoSender,
}

impl MailSettings {
    /// Reads the URL of the way, and the sender, which may be empty where no mail leaves the machine.
    ///
    /// # Errors
    /// Which of the two is unusable.
    pub fn parse(url: &str, sender: &str) -> Result<Self, MailSettingsError> {
        let delivery = parse_delivery(url).ok_or(MailSettingsError::BadUrl)?;
        let sender = match (&delivery, sender) {
            (Delivery::Server(_), "") => return Err(MailSettingsError::NoSender),
            (_, "") => LOCAL_SENDER,
            (_, sender) => sender,
        };
        let sender = sender.parse().map_err(|_| MailSettingsError::BadSender)?;
        Ok(Self { delivery, sender })
    }
}

fn parse_delivery(url: &str) -> Option<Delivery> {
    if url == "log" {
        return Some(Delivery::Log);
    }
    if let Some(folder) = url.strip_prefix("file:") {
        return (!folder.is_empty()).then(|| Delivery::Folder(folder.into()));
    }
    let (scheme, rest) = url.split_once("://")?;
    let rest = rest.strip_suffix('/').unwrap_or(rest);
    let (login, place) = match rest.rsplit_once('@') {
        Some((login, place)) => (Some(parse_login(login)?), place),
        None => (None, rest),
    };
    let (host, port) = parse_place(place)?;
    let (security, default_port) = match scheme {
        "smtp" if is_loopback(&host) => (Security::Plain, SUBMISSION_PORT),
        "smtp" | "smtp+starttls" => (Security::StartTls, SUBMISSION_PORT),
        "smtps" => (Security::Tls, SUBMISSIONS_PORT),
        _ => return None,
    };
    Some(Delivery::Server(SmtpServer { host, port: port.unwrap_or(default_port), security, login }))
}

fn parse_login(text: &str) -> Option<(String, SecretString)> {
    let (user, password) = text.split_once(':')?;
    Some((percent_decode(user)?, percent_decode(password)?.into()))
}

/// A host and perhaps a port; IPv6 addresses stand in brackets.
fn parse_place(text: &str) -> Option<(String, Option<u16>)> {
    let (host, port) = match text.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']')?;
            address.parse::<IpAddr>().ok()?;
            (address, port.strip_prefix(':').or_else(|| port.is_empty().then_some("")))
        }
        None => text.split_once(':').map_or((text, Some("")), |(host, port)| (host, Some(port))),
    };
    let is_host = |character: char| character.is_ascii_alphanumeric() || ".-:".contains(character);
    if host.is_empty() || !host.chars().all(is_host) {
        return None;
    }
    let port = port?;
    let port = if port.is_empty() { None } else { Some(port.parse().ok()?) };
    Some((host.to_owned(), port))
}

fn is_loopback(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

/// Reads `%40` and its like, RFC 3986 section 2.1.
fn percent_decode(text: &str) -> Option<String> {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits = [rest.next()?, rest.next()?];
            bytes.push(u8::from_str_radix(str::from_utf8(&digits).ok()?, 16).ok()?);
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).ok().filter(|text| !text.contains(char::is_control))
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret;

    use super::*;

    fn server(url: &str) -> SmtpServer {
        match MailSettings::parse(url, "no-reply@river.example").unwrap().delivery {
            Delivery::Server(server) => server,
            other => panic!("{url}: {other:?}"),
        }
    }

    #[test]
    fn urls_name_a_server_and_how_it_is_spoken_to() {
        let cases = [
            ("smtp://mail.example", "mail.example", 587, Security::StartTls),
            ("smtp://mail.example:25/", "mail.example", 25, Security::StartTls),
            ("smtps://mail.example", "mail.example", 465, Security::Tls),
            ("smtp://127.0.0.1:2525", "127.0.0.1", 2525, Security::Plain),
            ("smtp://[::1]:2525", "::1", 2525, Security::Plain),
            ("smtp://localhost", "localhost", 587, Security::Plain),
            ("smtp+starttls://localhost", "localhost", 587, Security::StartTls),
        ];
        for (url, host, port, security) in cases {
            let server = server(url);
            assert_eq!((server.host.as_str(), server.port, server.security), (host, port, security), "{url}");
            assert!(server.login.is_none());
        }
        let (user, password) = server("smtps://ada%40river:p%3Aa%2f@mail.example").login.unwrap();
        assert_eq!((user.as_str(), password.expose_secret()), ("ada@river", "p:a/"));
    }

    #[test]
    fn nonsense_is_refused_and_secrets_stay_hidden() {
        for bad in [
            "",
            "mail.example",
            "smtp://",
            "http://mail.example",
            "smtp://a b",
            "smtp://user@mail.example",
            "file:",
            "smtp://u:%zz@h",
            "smtp://u:%0d@h",
            "smtp://h:port",
            "smtp://h:99999",
            "smtp://[::1",
            "smtp://h/path",
        ] {
            assert_eq!(MailSettings::parse(bad, "").unwrap_err(), MailSettingsError::BadUrl, "{bad}");
        }
        let parse = MailSettings::parse;
        assert_eq!(parse("smtp://h", "").unwrap_err(), MailSettingsError::NoSender);
        for sender in ["nobody", "a@b\r\nBcc: c@d", "a@b, c@d"] {
            assert_eq!(parse("log", sender).unwrap_err(), MailSettingsError::BadSender, "{sender}");
        }
        assert!(matches!(parse("log", "").unwrap().delivery, Delivery::Log));
        assert!(matches!(parse("file:mails", "").unwrap().delivery, Delivery::Folder(_)));
        assert!(!format!("{:?}", parse("smtps://u:hunter2@h", "a@b.example").unwrap()).contains("hunter2"));
    }
}
