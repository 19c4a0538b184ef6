//! The ways that mails can go: servers that behave and servers that do not, folders, and nowhere.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::time::{Duration, Instant};

use counterfoil::domain::language::Language;
use counterfoil::mail::MailFault;

use crate::server::MailServer;
use crate::{TOKEN, deliver, every_letter, mailer};

fn try_at(url: &str) -> Result<(), MailFault> {
    deliver(&mailer(url), 7, "ada@river.example", Language::English, &every_letter("Ada")[0])
}

fn check(url: &str) -> Result<(), MailFault> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(mailer(url).check())
}

#[test]
fn logins_are_right_or_wrong() {
    let server = MailServer::with_login("river:p@ss:w%rd");
    let right = server.url("smtp://river:p%40ss%3Aw%25rd@");
    assert_eq!((check(&right), try_at(&right)), (Ok(()), Ok(())));
    assert_eq!(server.accepted().len(), 1);
    let wrong = server.url("smtp://river:guess@");
    assert_eq!(
        (check(&wrong), try_at(&wrong)),
        (Err(MailFault::LoginRefused(535)), Err(MailFault::LoginRefused(535)))
    );
    assert_eq!(try_at(&server.url("smtp://")), Err(MailFault::LoginRefused(530)));
    assert_eq!(server.accepted().len(), 1);
    assert!(!MailFault::LoginRefused(535).is_final() && MailFault::LoginRefused(535).concerns_all());
}

#[test]
fn nothing_is_sent_without_the_security_that_was_asked_for() {
    let server = MailServer::start();
    let fault = try_at(&server.url("smtp+starttls://")).unwrap_err();
    assert_eq!(fault, MailFault::Incompatible, "the server offers no STARTTLS");
    let fault = try_at(&server.url("smtps://")).unwrap_err();
    assert!([MailFault::Insecure, MailFault::Unreachable, MailFault::TimedOut].contains(&fault), "{fault:?}");
    assert_eq!(server.begun(), 0);
}

#[test]
fn servers_say_no_for_now_or_for_ever() {
    let server = MailServer::start();
    let url = server.url("smtp://");
    server.tell("greylist 1");
    let fault = try_at(&url).unwrap_err();
    assert_eq!(
        (fault, fault.is_final(), fault.concerns_all()),
        (MailFault::RefusedForNow(451), false, false)
    );
    assert_eq!(try_at(&url), Ok(()));
    server.tell("refuse 550");
    let fault = try_at(&url).unwrap_err();
    assert_eq!((fault, fault.is_final()), (MailFault::Refused(550), true));
    server.tell("down");
    let fault = try_at(&url).unwrap_err();
    assert_eq!((fault, fault.is_final(), fault.concerns_all()), (MailFault::Unreachable, false, true));
    assert_eq!(check(&url), Err(MailFault::Unreachable));
}

#[test]
fn a_slow_server_is_given_up() {
    let server = MailServer::start();
    server.tell("stall");
    let mailer = mailer(&server.url("smtp://")).with_delivery_max(Duration::from_millis(300));
    let begun = Instant::now();
    let result = deliver(&mailer, 7, "ada@river.example", Language::English, &every_letter("Ada")[0]);
    assert_eq!(result, Err(MailFault::TimedOut));
    assert!(begun.elapsed() < Duration::from_secs(5), "{:?}", begun.elapsed());
    assert_eq!(server.begun(), 1);
}

#[test]
fn a_folder_keeps_each_mail_once_for_its_owner() {
    let folder = tempfile::tempdir().unwrap();
    let mails = folder.path().join("deep/mails");
    let url = format!("file:{}", mails.display());
    assert_eq!((check(&url), try_at(&url), try_at(&url)), (Ok(()), Ok(()), Ok(())));
    let files: Vec<_> = fs::read_dir(&mails).unwrap().map(|entry| entry.unwrap().path()).collect();
    assert_eq!(files, [mails.join("00000000-0000-0000-0000-000000000007.eml")]);
    let mode = |path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
    assert_eq!((mode(&mails), mode(&files[0])), (0o700, 0o600));
    let text = fs::read_to_string(&files[0]).unwrap();
    assert!(text.contains("To: ada@river.example\r\n") && text.contains(&TOKEN[..20]), "{text}");
    fs::write(folder.path().join("file"), "").unwrap();
    let blocked = format!("file:{}", folder.path().join("file").display());
    assert_eq!((check(&blocked), try_at(&blocked)), (Err(MailFault::Folder), Err(MailFault::Folder)));
}

#[test]
fn without_a_way_a_mail_is_said_not_to_be_sent() {
    assert_eq!((check("log"), try_at("log")), (Err(MailFault::NotConfigured), Err(MailFault::NotConfigured)));
}
