//! From a letter to a message, and to the mail server or folder. The message is built by type: no header holds a
//! text that a user chose, but for the address itself, which must parse as one.

use std::fs::OpenOptions;
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime};

use lettre::address::Address;
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Attachment, Mailbox, MultiPart};
use lettre::transport::smtp::authentication::Credentials;
use lettre::transport::smtp::client::{Tls, TlsParameters};
use lettre::transport::smtp::extension::ClientId;
use lettre::transport::smtp::{AsyncSmtpTransport, Error as SmtpError};
use lettre::{AsyncTransport, Message, Tokio1Executor};
use secrecy::ExposeSecret;

use super::fault::MailFault;
use super::letter::Letter;
use super::render::render;
use super::settings::{Delivery, MailSettings, Security, SmtpServer};
use crate::domain::ids::MailId;
use crate::domain::language::Language;
use crate::domain::time::Timestamp;

/// How long one delivery may take in all, whatever the server does.
const DELIVERY_MAX: Duration = Duration::from_mins(1);
/// How long the server may take for one answer.
const ANSWER_MAX: Duration = Duration::from_secs(30);
/// Only the owner may read a mail folder: the mails hold one-time links.
const FOLDER_MODE: u32 = 0o700;
const FILE_MODE: u32 = 0o600;
/// What a server answers that does not accept the login (RFC 4954 section 6), or wants one (RFC 4954 section 4).
const LOGIN_CODES: [u16; 5] = [530, 534, 535, 538, 454];

/// A letter with its envelope.
#[derive(Debug)]
pub struct Outgoing<'a> {
    /// The mail's id, of which its Message-ID is made: the same at every attempt, so that a mail that comes twice is
    /// known by its readers.
    pub id: MailId,
    /// The address.
    pub recipient: &'a str,
    /// The language to write it in.
    pub language: Language,
    /// The letter.
    pub letter: &'a Letter,
    /// When it was written.
    pub written_at: Timestamp,
    /// What comes with it.
    pub enclosure: Option<Enclosure>,
}

/// A PDF that comes with a letter.
#[derive(Debug)]
pub struct Enclosure {
    /// The file's name: letters, digits and hyphens, and nothing that anyone chose freely.
    pub name: String,
    /// The file.
    pub bytes: Vec<u8>,
}

/// Delivers mails.
pub struct Mailer {
    way: Way,
    sender: Mailbox,
    public_url: String,
    delivery_max: Duration,
}

enum Way {
    Log,
    Folder(PathBuf),
    Server(AsyncSmtpTransport<Tokio1Executor>),
}

impl Mailer {
    /// A mailer for these settings, whose links lead to the public URL.
    ///
    /// # Errors
    /// When TLS cannot be set up.
    pub fn new(settings: &MailSettings, public_url: &str) -> Result<Self, MailFault> {
        let way = match &settings.delivery {
            Delivery::Log => Way::Log,
            Delivery::Folder(folder) => Way::Folder(folder.clone()),
            Delivery::Server(server) => Way::Server(connect_to(server, settings.sender.email.domain())?),
        };
        Ok(Self {
            way,
            sender: settings.sender.clone(),
            public_url: public_url.to_owned(),
            delivery_max: DELIVERY_MAX,
        })
    }

    /// The longest that one delivery takes.
    pub const fn delivery_max(&self) -> Duration {
        self.delivery_max
    }

    /// The same mailer with less patience, for tests of slow servers.
    #[must_use]
    pub const fn with_delivery_max(mut self, delivery_max: Duration) -> Self {
        self.delivery_max = delivery_max;
        self
    }

    /// Delivers one mail: hands it to the mail server, or writes it into the folder.
    ///
    /// # Errors
    /// Why it could not be delivered.
    pub async fn deliver(&self, mail: &Outgoing<'_>) -> Result<(), MailFault> {
        match &self.way {
            // Not the text: a log is copied to places that nobody guards, and the text holds names and one-time links.
            Way::Log => {
                tracing::info!(
                    mail.id = %mail.id, mail.kind = mail.letter.kind().name(),
                    "a mail was not sent: COUNTERFOIL_SMTP_URL names no mail server, nor a folder (file:FOLDER) to read it in"
                );
                Err(MailFault::NotConfigured)
            }
            Way::Folder(folder) => {
                let (folder, id, message) = (folder.clone(), mail.id, self.message(mail)?);
                let written =
                    tokio::task::spawn_blocking(move || write_file(&folder, id, &message.formatted()));
                written.await.map_err(|_| MailFault::Folder)?.map_err(|_| MailFault::Folder)
            }
            Way::Server(transport) => {
                let message = self.message(mail)?;
                match tokio::time::timeout(self.delivery_max, transport.send(message)).await {
                    Ok(sent) => sent.map(drop).map_err(|error| fault_of(&error)),
                    Err(_) => Err(MailFault::TimedOut),
                }
            }
        }
    }

    /// Whether mails can leave: connects to the server and logs in, or looks at the folder. Sends nothing.
    ///
    /// # Errors
    /// Why they cannot.
    pub async fn check(&self) -> Result<(), MailFault> {
        match &self.way {
            Way::Log => Err(MailFault::NotConfigured),
            Way::Folder(folder) => make_folder(folder).map_err(|_| MailFault::Folder),
            Way::Server(transport) => {
                match tokio::time::timeout(self.delivery_max, transport.test_connection()).await {
                    Ok(Ok(true)) => Ok(()),
                    Ok(Ok(false)) => Err(MailFault::Unreachable),
                    Ok(Err(error)) => Err(fault_of(&error)),
                    Err(_) => Err(MailFault::TimedOut),
                }
            }
        }
    }

    fn message(&self, mail: &Outgoing<'_>) -> Result<Message, MailFault> {
        let recipient: Address = mail.recipient.parse().map_err(|_| MailFault::BadAddress)?;
        let rendered = render(mail.letter, mail.language, &self.public_url);
        let domain = self.sender.email.domain();
        Message::builder()
            .from(self.sender.clone())
            .to(Mailbox::new(None, recipient))
            .subject(rendered.subject)
            .message_id(Some(format!("<{}@{domain}>", mail.id)))
            .date(system_time(mail.written_at))
            .raw_header(fixed_header("Auto-Submitted", "auto-generated"))
            .raw_header(fixed_header("Content-Language", mail.language.name()))
            .multipart(enclose(
                MultiPart::alternative_plain_html(rendered.text, rendered.html),
                mail.enclosure.as_ref(),
            )?)
            .map_err(|_| MailFault::BadAddress)
    }
}

fn enclose(letter: MultiPart, enclosure: Option<&Enclosure>) -> Result<MultiPart, MailFault> {
    let Some(Enclosure { name, bytes }) = enclosure else { return Ok(letter) };
    let kind = ContentType::parse("application/pdf").map_err(|_| MailFault::Damaged)?;
    let file = Attachment::new(name.clone()).body(bytes.clone(), kind);
    Ok(MultiPart::mixed().multipart(letter).singlepart(file))
}

fn fixed_header(name: &'static str, value: &'static str) -> HeaderValue {
    HeaderValue::new(HeaderName::new_from_ascii_str(name), value.to_owned())
}

fn system_time(time: Timestamp) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_millis(time.unix_millis())
}

fn connect_to(
    server: &SmtpServer,
    own_domain: &str,
) -> Result<AsyncSmtpTransport<Tokio1Executor>, MailFault> {
    let parameters = || TlsParameters::new(server.host.clone()).map_err(|_| MailFault::Insecure);
    let tls = match server.security {
        Security::Plain => Tls::None,
        Security::StartTls => Tls::Required(parameters()?),
        Security::Tls => Tls::Wrapper(parameters()?),
    };
    let mut builder = AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(server.host.clone())
        .port(server.port)
        .tls(tls)
        .hello_name(ClientId::Domain(own_domain.to_owned()))
        .timeout(Some(ANSWER_MAX));
    if let Some((user, password)) = &server.login {
        builder = builder.credentials(Credentials::new(user.clone(), password.expose_secret().to_owned()));
    }
    Ok(builder.build())
}

/// Our own words for what went wrong. The server's are not kept: they repeat addresses.
fn fault_of(error: &SmtpError) -> MailFault {
    if let Some(status) = error.status() {
        let code = u16::from(status);
        return match code {
            _ if LOGIN_CODES.contains(&code) => MailFault::LoginRefused(code),
            _ if error.is_permanent() => MailFault::Refused(code),
            _ => MailFault::RefusedForNow(code),
        };
    }
    if error.is_timeout() {
        MailFault::TimedOut
    } else if error.is_tls() {
        MailFault::Insecure
    } else if error.is_client() || error.is_response() {
        MailFault::Incompatible
    } else {
        MailFault::Unreachable
    }
}

/// Writes a mail to `ID.eml`, whole or not at all. The same mail again is the same file.
fn write_file(folder: &Path, id: MailId, bytes: &[u8]) -> std::io::Result<()> {
    make_folder(folder)?;
    let unfinished = folder.join(format!(".{id}.part"));
    let mut file =
        OpenOptions::new().write(true).create(true).truncate(true).mode(FILE_MODE).open(&unfinished)?;
    file.write_all(bytes)?;
    file.sync_all()?;
    std::fs::rename(&unfinished, folder.join(format!("{id}.eml")))
}

fn make_folder(folder: &Path) -> std::io::Result<()> {
    std::fs::DirBuilder::new().recursive(true).mode(FOLDER_MODE).create(folder)
}
