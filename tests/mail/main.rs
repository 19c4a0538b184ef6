//! Mails, over SMTP to a real mail server: that they arrive whole, once, in the end, and with nothing in them that
//! others could have put there.

#[path = "../support/mod.rs"]
mod support;

mod letters;
mod outbox;
mod server;
mod ways;

use counterfoil::domain::ids::MailId;
use counterfoil::domain::language::Language;
use counterfoil::domain::time::Timestamp;
use counterfoil::mail::{
    Crossing, IncomeStopped, Letter, MailFault, MailSettings, Mailer, MissedWork, MonthlyStatement, News,
    NewsItem, NewsPeriod, NewsWhat, OneTimeToken, Outgoing, PaymentEvent, PaymentNotice, PeriodsMissed,
    Plain, PlanCause, PlanEvent, SecurityEvent, StandingEvent, StandingNotice, WebhookChange, WebhookOff,
    WebhookSet,
};
use uuid::Uuid;

use support::PUBLIC_URL;

/// From whom the tests' mails are.
const SENDER: &str = "River Valley Exchange <no-reply@river.example>";
/// When they are written: 2026-09-21T14:13:20Z.
const WRITTEN_AT: Timestamp = Timestamp::from_micros(1_790_000_000_000_000);
/// A one-time token as services make them.
const TOKEN: &str = "cft_zK3v-9_AbCdEfGhIjKlMnOpQrStUvWxYz012345678";

/// A mailer on its way to `url`.
fn mailer(url: &str) -> Mailer {
    Mailer::new(&MailSettings::parse(url, SENDER).unwrap(), PUBLIC_URL).unwrap()
}

/// Delivers by itself, outside of any app.
fn deliver(
    mailer: &Mailer,
    id: u128,
    recipient: &str,
    language: Language,
    letter: &Letter,
) -> Result<(), MailFault> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let id = MailId::from_uuid(Uuid::from_u128(id));
    runtime.block_on(mailer.deliver(&Outgoing {
        id,
        recipient,
        language,
        letter,
        written_at: WRITTEN_AT,
        enclosure: None,
    }))
}

fn token() -> OneTimeToken {
    OneTimeToken::try_from(TOKEN.to_owned()).unwrap()
}

/// Every letter there is, with these foreign words wherever there is a place for some.
fn every_letter(words: &str) -> Vec<Letter> {
    let plain = || Plain::from(words);
    let mut letters = vec![
        Letter::ConfirmAddress { token: token(), code: token() },
        Letter::PasswordReset { token: token() },
        Letter::Invitation { community: plain(), inviter: plain(), message: plain(), token: token() },
        Letter::ApplicationReceived { community: plain(), applicant: plain() },
        Letter::ApplicationApproved { community: plain() },
        Letter::ApplicationRefused { community: plain(), reason: plain() },
        Letter::AddressChanged { new_address: plain() },
        Letter::LoginExists { community: plain() },
        Letter::ApprovalAsked { community: plain(), asker: plain() },
    ];
    letters.extend([true, false].map(|is_enclosed| {
        Letter::MonthlyStatement(MonthlyStatement {
            community: plain(),
            account: plain(),
            month: plain(),
            opening: plain(),
            entries: 3,
            closing: plain(),
            is_enclosed,
            begins_behind: None,
            none_since: is_enclosed.then(plain),
        })
    }));
    letters.push(Letter::MemberRenamed { community: plain(), before: plain(), after: plain() });
    letters.extend([MissedWork::Contributions, MissedWork::Income].map(|work| {
        Letter::PeriodsMissed(PeriodsMissed { community: plain(), work, first: plain(), last: plain() })
    }));
    letters.extend([true, false].map(|is_gone| {
        let told = WebhookOff { community: plain(), account: plain(), host: plain(), is_gone };
        Letter::WebhookOff(told)
    }));
    letters.extend(WebhookChange::ALL.map(|change| {
        let (community, account, host, with) = (plain(), plain(), plain(), plain());
        Letter::WebhookSet(WebhookSet {
            change,
            community,
            account,
            host,
            with,
            at_micros: WRITTEN_AT.micros(),
        })
    }));
    letters.push(Letter::IncomeStopped(IncomeStopped {
        community: plain(),
        period: plain(),
        needed: plain(),
        available: plain(),
    }));
    letters.extend([true, false].map(|is_above| Letter::HealthAlert {
        community: plain(),
        day: Plain::from("2026-09-21"),
        crossings: vec![Crossing {
            figure: plain(),
            is_above,
            value: Plain::from("12.50"),
            threshold: Plain::from("10.00"),
        }],
    }));
    letters.extend(PlanEvent::ALL.into_iter().flat_map(|event| {
        PlanCause::ALL.map(|cause| Letter::PlannedPayment {
            event,
            cause,
            payee: Plain::from(words),
            amount: Plain::from(words),
            at_micros: WRITTEN_AT.micros(),
            community: Plain::from(words),
        })
    }));
    let item = |what| NewsItem {
        what,
        at: Plain::from("2026-09-21 14:13"),
        amount: Plain::from("12.50 RIV"),
        other: plain(),
        description: plain(),
    };
    letters.extend([NewsPeriod::Now, NewsPeriod::Day, NewsPeriod::Week].map(|period| {
        Letter::News(News { community: plain(), period, items: NewsWhat::ALL.map(item).to_vec(), more: 3 })
    }));
    letters.extend(SecurityEvent::ALL.map(|event| Letter::security_notice(event, WRITTEN_AT, Some(plain()))));
    letters.extend(StandingEvent::ALL.into_iter().flat_map(|event| {
        [None, Some(plain())].map(|part| {
            Letter::Standing(StandingNotice {
                event,
                community: plain(),
                member: plain(),
                reason: plain(),
                date: Some(plain()),
                amount: part,
                account: None,
            })
        })
    }));
    letters.extend(PaymentEvent::ALL.map(|event| {
        Letter::PaymentNotice(PaymentNotice {
            event,
            community: plain(),
            other: plain(),
            amount: plain(),
            description: plain(),
            reason: plain(),
            until_micros: Some(WRITTEN_AT.micros()),
        })
    }));
    letters
}
