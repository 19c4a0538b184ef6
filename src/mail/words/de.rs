//! German.

use super::{
    Part, Words, fund, health, home, minute, missed, news, payments, people, proof, proof_by_code, quote,
    say, standing, statements, webhooks,
};
use crate::domain::language::Language;
use crate::mail::letter::{Letter, PlanCause, PlanEvent, SecurityEvent};
use crate::mail::links::Page;
use crate::mail::plain::Plain;

const CODE: &str = "Oder geben Sie diesen Code in Ihrer App ein";
const NOT_YOU: &str = "Wenn Sie das nicht waren, ignorieren Sie diese Nachricht: Es passiert nichts.";
const OPEN: &str = "Counterfoil öffnen";

pub(super) fn words(letter: &Letter) -> Words {
    let (subject, parts) = match letter {
        Letter::News(happened) => return news::words(happened, &news::GERMAN),
        Letter::ConfirmAddress { token, code } => {
            let [link, code] =
                proof_by_code("Diese Adresse bestätigen", CODE, Page::ConfirmAddress, token, code);
            let first = say("Bitte bestätigen Sie, dass diese E-Mail-Adresse Ihnen gehört.");
            ("Bitte bestätigen Sie Ihre E-Mail-Adresse", vec![first, link, code, say(NOT_YOU)])
        }
        Letter::PasswordReset { token } => {
            let [link, code] = proof("Neues Passwort wählen", CODE, Page::ResetPassword, token);
            let first = say(
                "Jemand hat darum gebeten, das Passwort Ihrer Anmeldung zurückzusetzen. Der Link funktioniert nur einmal und nur für kurze Zeit.",
            );
            ("Wählen Sie ein neues Passwort", vec![first, link, code, say(NOT_YOU)])
        }
        Letter::Invitation { community, inviter, message, token } => {
            let [link, code] = proof("Einladung annehmen", CODE, Page::Invitation, token);
            let first = say(format!("{inviter} lädt Sie ein, der Gemeinschaft „{community}“ beizutreten."));
            let last = say(
                "Wenn Sie diese Person nicht kennen, ignorieren Sie diese Nachricht: Es passiert nichts.",
            );
            (
                "Sie sind eingeladen, einer Gemeinschaft beizutreten",
                [Some(first), quote(message), Some(link), Some(code), Some(last)]
                    .into_iter()
                    .flatten()
                    .collect(),
            )
        }
        Letter::ApplicationReceived { community, applicant } => {
            let first = say(format!("{applicant} möchte der Gemeinschaft „{community}“ beitreten."));
            let second =
                say("Als Administratorin oder Administrator können Sie den Antrag annehmen oder ablehnen.");
            ("Jemand möchte Ihrer Gemeinschaft beitreten", vec![first, second, home(OPEN)])
        }
        Letter::ApplicationApproved { community } => {
            let first = say(format!(
                "Willkommen! Ihr Antrag auf Aufnahme in die Gemeinschaft „{community}“ wurde angenommen."
            ));
            let second = say("Ihr Konto ist eröffnet, und Sie können sich jetzt anmelden.");
            ("Willkommen in Ihrer Gemeinschaft", vec![first, second, home(OPEN)])
        }
        Letter::ApplicationRefused { community, reason } => {
            ("Ihr Antrag auf Aufnahme in eine Gemeinschaft", refused(community, reason))
        }
        Letter::LoginExists { community } => {
            let first = say(format!(
                "Jemand hat mit dieser Adresse um Aufnahme in die Gemeinschaft „{community}“ gebeten. Für die Adresse gibt es schon eine Anmeldung."
            ));
            let last = say(
                "Wenn Sie das waren, melden Sie sich an und stellen Sie den Antrag dann. Wenn nicht, ignorieren Sie diese Nachricht: Es passiert nichts.",
            );
            ("Sie haben schon eine Anmeldung", vec![first, last, home(OPEN)])
        }
        Letter::ApprovalAsked { community, asker } => {
            let first = say(format!(
                "{asker} beantragt in der Gemeinschaft „{community}“ etwas, das eine zweite Person aus der Verwaltung braucht."
            ));
            let second = say(
                "Bitte sehen Sie es sich in der Liste der Freigaben an, und stimmen Sie zu oder lehnen Sie ab. Nach einer Woche verfällt es.",
            );
            ("Eine zweite Zustimmung wird gebraucht", vec![first, second, home(OPEN)])
        }
        Letter::HealthAlert { community, day, crossings } => {
            health::letter((community, day), crossings, &health::GERMAN, OPEN)
        }
        Letter::PaymentNotice(told) => payments::letter(told, Language::German, OPEN),
        Letter::MonthlyStatement(told) => statements::letter(told, Language::German, OPEN),
        Letter::Standing(told) => standing::letter(told, Language::German, OPEN),
        Letter::IncomeStopped(told) => fund::letter(told, Language::German, OPEN),
        Letter::WebhookOff(told) => webhooks::letter(told, Language::German, OPEN),
        Letter::PeriodsMissed(told) => missed::letter(told, Language::German, OPEN),
        Letter::MemberRenamed { community, before, after } => {
            people::renamed([community, before, after], Language::German, OPEN)
        }
        Letter::WebhookSet(told) => webhooks::set_letter(told, Language::German, OPEN),
        Letter::SecurityNotice { event, at_micros, community } => {
            ("Sicherheitshinweis", notice(*event, *at_micros, community.as_ref()))
        }
        Letter::PlannedPayment { event, cause, payee, amount, at_micros, community } => {
            let facts = plan_facts(*cause, *at_micros, community);
            (plan_subject(*event), planned(*event, payee, amount).into_iter().chain(facts).collect())
        }
        Letter::AddressChanged { new_address } => ("Ihre E-Mail-Adresse wurde geändert", moved(new_address)),
    };
    Words {
        subject,
        greeting: "Guten Tag,",
        parts,
        closing: "Automatisch versandt; Antworten werden nicht gelesen.",
    }
}

fn plan_facts(cause: PlanCause, at_micros: i64, community: &Plain) -> [Part; 4] {
    [
        say(because(cause)),
        say(format!("Zeitpunkt: {}", minute(at_micros))),
        say(format!("Gemeinschaft: {community}")),
        home(OPEN),
    ]
}

fn moved(new_address: &Plain) -> Vec<Part> {
    let first = say(format!(
        "Die E-Mail-Adresse Ihrer Anmeldung wurde auf {new_address} geändert. Ab jetzt schreiben wir Ihnen dorthin."
    ));
    let last = say("Wenn Sie das nicht waren, benachrichtigen Sie sofort die Verwaltung Ihrer Gemeinschaft.");
    vec![first, last]
}

fn refused(community: &Plain, reason: &Plain) -> Vec<Part> {
    let mut parts = vec![say(format!(
        "Ihr Antrag auf Aufnahme in die Gemeinschaft „{community}“ wurde nicht angenommen."
    ))];
    let reason = reason.to_string();
    if !reason.is_empty() {
        parts.extend([say("Als Grund wurde angegeben:"), Part::Quote(reason)]);
    }
    parts
}

fn notice(event: SecurityEvent, at_micros: i64, community: Option<&Plain>) -> Vec<Part> {
    let what = match event {
        SecurityEvent::PasswordChanged => "Das Passwort Ihrer Anmeldung wurde geändert.",
        SecurityEvent::SecondFactorAdded => "Ihrer Anmeldung wurde ein zweiter Faktor hinzugefügt.",
        SecurityEvent::SecondFactorRemoved => "Der zweite Faktor Ihrer Anmeldung wurde entfernt.",
        SecurityEvent::RecoveryCodesRenewed => {
            "Für Ihre Anmeldung wurden neue Wiederherstellungscodes erstellt. Die alten gelten nicht mehr."
        }
        SecurityEvent::PasskeyAdded => {
            "Ihrer Anmeldung wurde ein Passkey hinzugefügt. Wer ihn hat, kann sich damit anmelden."
        }
        SecurityEvent::PasskeyRemoved => {
            "Ein Passkey Ihrer Anmeldung wurde entfernt. Er meldet niemanden mehr an."
        }
        SecurityEvent::NewSignIn => {
            "Jemand hat sich von einem neuen Gerät aus mit Ihrer Anmeldung angemeldet."
        }
        SecurityEvent::SessionsEnded => {
            "Alle Sitzungen Ihrer Anmeldung wurden beendet. Melden Sie sich auf Ihren Geräten neu an."
        }
        SecurityEvent::ApiKeyCreated => {
            "Es wurde ein API-Schlüssel erstellt, der an einem Ihrer Konten handeln kann."
        }
        SecurityEvent::ApiKeyChanged => {
            "Ein API-Schlüssel eines Ihrer Konten hat ein neues Geheimnis, oder er gilt von anderen Adressen aus oder bis zu einem anderen Zeitpunkt."
        }
        SecurityEvent::LimitsChanged => "Die Limits eines Ihrer Konten wurden geändert.",
        SecurityEvent::RolesChanged => "Was Sie in Ihrer Gemeinschaft tun dürfen, wurde geändert.",
        SecurityEvent::AdminsChanged => {
            "Wer Ihre Gemeinschaft verwaltet, hat sich geändert: Jemand gehört neu zur Verwaltung oder nicht mehr."
        }
        SecurityEvent::AppRegistered => "Unter Ihrer Anmeldung wurde eine App registriert.",
        SecurityEvent::AppAllowed => {
            "Sie haben einer App erlaubt, für Sie zu handeln. Ihre Apps sind dort aufgeführt, wo Sie es erlaubt haben, und Sie können es dort jederzeit beenden."
        }
        SecurityEvent::RecoveryCodeUsed => {
            "Anstelle Ihres zweiten Faktors wurde ein Wiederherstellungscode verwendet. Jeder gilt nur einmal: Erstellen Sie neue, bevor sie ausgehen."
        }
        SecurityEvent::StatusChanged => {
            "Ihr Platz in der Gemeinschaft wurde von der Verwaltung gesperrt, entsperrt oder geschlossen."
        }
    };
    let mut parts = vec![say(what), say(format!("Zeitpunkt: {}", minute(at_micros)))];
    parts.extend(community.map(|community| say(format!("Gemeinschaft: {community}"))));
    parts.push(say("Wenn Sie das erwartet haben, müssen Sie nichts tun. Wenn nicht, ändern Sie Ihr Passwort und benachrichtigen Sie sofort die Verwaltung Ihrer Gemeinschaft."));
    parts.push(home(OPEN));
    parts
}

const fn plan_subject(event: PlanEvent) -> &'static str {
    match event {
        PlanEvent::RunFailed => "Eine geplante Zahlung wurde nicht ausgeführt",
        PlanEvent::Paused => "Ein Zahlungsplan pausiert",
        PlanEvent::Ended => "Ein Zahlungsplan ist beendet",
    }
}

fn planned(event: PlanEvent, payee: &Plain, amount: &Plain) -> Vec<Part> {
    vec![say(match event {
        PlanEvent::RunFailed => {
            format!("Ihre geplante Zahlung von {amount} an {payee} wurde nicht ausgeführt.")
        }
        PlanEvent::Paused => format!(
            "Ihre geplante Zahlung von {amount} an {payee} wurde nicht ausgeführt. Weil mehrere nacheinander gescheitert sind, pausiert der Plan, bis Sie ihn fortsetzen."
        ),
        PlanEvent::Ended => format!(
            "Ihr Plan mit Zahlungen von {amount} an {payee} ist beendet: Es wird nichts mehr gezahlt."
        ),
    })]
}

const fn because(cause: PlanCause) -> &'static str {
    match cause {
        PlanCause::InsufficientCredit => "Der Grund: Der Kreditrahmen reichte nicht aus.",
        PlanCause::CeilingExceeded => "Der Grund: Das Empfängerkonto nimmt nicht mehr auf.",
        PlanCause::FeeExceedsAmount => "Der Grund: Die Gebühr des Empfängers ist höher als der Betrag.",
        PlanCause::PaymentLimitReached => {
            "Der Grund: Das Konto darf in dieser Zeit nicht mehr oder nicht öfter zahlen."
        }
        PlanCause::AccountNotActive => "Der Grund: Eines der beiden Konten ist gesperrt oder geschlossen.",
        PlanCause::Forbidden => "Der Grund: Sie dürfen dies nicht mehr von dem Konto zahlen.",
    }
}
