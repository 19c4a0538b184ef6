//! Dutch.

use super::{
    Part, Words, fund, health, home, minute, missed, news, payments, people, proof, proof_by_code, quote,
    say, standing, statements, webhooks,
};
use crate::domain::language::Language;
use crate::mail::letter::{Letter, PlanCause, PlanEvent, SecurityEvent};
use crate::mail::links::Page;
use crate::mail::plain::Plain;

const CODE: &str = "Of voer deze code in je app in";
const NOT_YOU: &str = "Was jij dit niet? Dan kun je dit bericht negeren: er gebeurt niets.";
const OPEN: &str = "Counterfoil openen";

pub(super) fn words(letter: &Letter) -> Words {
    let (subject, parts) = match letter {
        Letter::News(happened) => return news::words(happened, &news::DUTCH),
        Letter::ConfirmAddress { token, code } => {
            let [link, code] = proof_by_code("Dit adres bevestigen", CODE, Page::ConfirmAddress, token, code);
            let first = say("Bevestig dat dit e-mailadres van jou is.");
            ("Bevestig je e-mailadres", vec![first, link, code, say(NOT_YOU)])
        }
        Letter::PasswordReset { token } => {
            let [link, code] = proof("Een nieuw wachtwoord kiezen", CODE, Page::ResetPassword, token);
            let first = say(
                "Iemand heeft gevraagd om het wachtwoord van je login opnieuw in te stellen. De link werkt één keer en maar korte tijd.",
            );
            ("Kies een nieuw wachtwoord", vec![first, link, code, say(NOT_YOU)])
        }
        Letter::Invitation { community, inviter, message, token } => {
            let [link, code] = proof("De uitnodiging aannemen", CODE, Page::Invitation, token);
            let first =
                say(format!("{inviter} nodigt je uit om lid te worden van de gemeenschap “{community}”."));
            let last = say("Ken je deze persoon niet? Dan kun je dit bericht negeren: er gebeurt niets.");
            (
                "Je bent uitgenodigd om lid te worden van een gemeenschap",
                [Some(first), quote(message), Some(link), Some(code), Some(last)]
                    .into_iter()
                    .flatten()
                    .collect(),
            )
        }
        Letter::ApplicationReceived { community, applicant } => {
            let first = say(format!("{applicant} wil lid worden van de gemeenschap “{community}”."));
            let second = say("Als beheerder kun je de aanvraag goedkeuren of afwijzen.");
            ("Iemand wil lid worden van je gemeenschap", vec![first, second, home(OPEN)])
        }
        Letter::ApplicationApproved { community } => {
            let first = say(format!(
                "Welkom! Je aanvraag om lid te worden van de gemeenschap “{community}” is goedgekeurd."
            ));
            let second = say("Je rekening is geopend en je kunt nu inloggen.");
            ("Welkom in je gemeenschap", vec![first, second, home(OPEN)])
        }
        Letter::ApplicationRefused { community, reason } => {
            ("Je aanvraag om lid te worden van een gemeenschap", refused(community, reason))
        }
        Letter::LoginExists { community } => {
            let first = say(format!(
                "Iemand heeft met dit adres gevraagd om lid te worden van de gemeenschap “{community}”. Het adres heeft al een login."
            ));
            let last = say(
                "Was jij dit? Log dan in en vraag het daar. Zo niet, dan kun je dit bericht negeren: er gebeurt niets.",
            );
            ("Je hebt al een login", vec![first, last, home(OPEN)])
        }
        Letter::ApprovalAsked { community, asker } => {
            let first = say(format!(
                "{asker} vraagt in de gemeenschap “{community}” om iets waarvoor een tweede beheerder nodig is."
            ));
            let second = say(
                "Bekijk het in de lijst met goedkeuringen en stem ermee in of wijs het af. Na een week vervalt het.",
            );
            ("Er is een tweede beheerder nodig", vec![first, second, home(OPEN)])
        }
        Letter::HealthAlert { community, day, crossings } => {
            health::letter((community, day), crossings, &health::DUTCH, OPEN)
        }
        Letter::PaymentNotice(told) => payments::letter(told, Language::Dutch, OPEN),
        Letter::MonthlyStatement(told) => statements::letter(told, Language::Dutch, OPEN),
        Letter::Standing(told) => standing::letter(told, Language::Dutch, OPEN),
        Letter::IncomeStopped(told) => fund::letter(told, Language::Dutch, OPEN),
        Letter::WebhookOff(told) => webhooks::letter(told, Language::Dutch, OPEN),
        Letter::PeriodsMissed(told) => missed::letter(told, Language::Dutch, OPEN),
        Letter::MemberRenamed { community, before, after } => {
            people::renamed([community, before, after], Language::Dutch, OPEN)
        }
        Letter::WebhookSet(told) => webhooks::set_letter(told, Language::Dutch, OPEN),
        Letter::SecurityNotice { event, at_micros, community } => {
            ("Beveiligingsmelding", notice(*event, *at_micros, community.as_ref()))
        }
        Letter::PlannedPayment { event, cause, payee, amount, at_micros, community } => {
            let facts = plan_facts(*cause, *at_micros, community);
            (plan_subject(*event), planned(*event, payee, amount).into_iter().chain(facts).collect())
        }
        Letter::AddressChanged { new_address } => {
            let first = say(format!(
                "Het e-mailadres van je login is gewijzigd in {new_address}. Voortaan schrijven we je daar."
            ));
            let last = say("Was jij dit niet? Waarschuw dan meteen een beheerder van je gemeenschap.");
            ("Je e-mailadres is gewijzigd", vec![first, last])
        }
    };
    Words {
        subject,
        greeting: "Hallo,",
        parts,
        closing: "Automatisch verzonden; antwoorden worden niet gelezen.",
    }
}

fn plan_facts(cause: PlanCause, at_micros: i64, community: &Plain) -> [Part; 4] {
    [
        say(because(cause)),
        say(format!("Tijdstip: {}", minute(at_micros))),
        say(format!("Gemeenschap: {community}")),
        home(OPEN),
    ]
}

fn refused(community: &Plain, reason: &Plain) -> Vec<Part> {
    let mut parts = vec![say(format!(
        "Je aanvraag om lid te worden van de gemeenschap “{community}” is niet goedgekeurd."
    ))];
    let reason = reason.to_string();
    if !reason.is_empty() {
        parts.extend([say("De opgegeven reden:"), Part::Quote(reason)]);
    }
    parts
}

fn notice(event: SecurityEvent, at_micros: i64, community: Option<&Plain>) -> Vec<Part> {
    let what = match event {
        SecurityEvent::PasswordChanged => "Het wachtwoord van je login is gewijzigd.",
        SecurityEvent::SecondFactorAdded => "Er is een tweede factor aan je login toegevoegd.",
        SecurityEvent::SecondFactorRemoved => "De tweede factor van je login is verwijderd.",
        SecurityEvent::RecoveryCodesRenewed => {
            "Er zijn nieuwe herstelcodes voor je login gemaakt. De oude werken niet meer."
        }
        SecurityEvent::PasskeyAdded => {
            "Er is een toegangssleutel aan je login toegevoegd. Wie hem heeft, kan ermee inloggen."
        }
        SecurityEvent::PasskeyRemoved => {
            "Er is een toegangssleutel van je login verwijderd. Niemand kan er nog mee inloggen."
        }
        SecurityEvent::NewSignIn => "Iemand heeft vanaf een nieuw apparaat met je login ingelogd.",
        SecurityEvent::SessionsEnded => {
            "Alle sessies van je login zijn beëindigd. Log opnieuw in op je apparaten."
        }
        SecurityEvent::ApiKeyCreated => {
            "Er is een API-sleutel gemaakt die op een van je rekeningen kan handelen."
        }
        SecurityEvent::ApiKeyChanged => {
            "Een API-sleutel van een van je rekeningen heeft een nieuw geheim, of werkt vanaf andere adressen of tot een ander moment."
        }
        SecurityEvent::LimitsChanged => "De limieten van een van je rekeningen zijn gewijzigd.",
        SecurityEvent::RolesChanged => "Wat je in je gemeenschap mag doen, is gewijzigd.",
        SecurityEvent::AdminsChanged => {
            "Wie je gemeenschap beheert, is veranderd: iemand is beheerder geworden of is het niet meer."
        }
        SecurityEvent::AppRegistered => "Er is een app geregistreerd onder je login.",
        SecurityEvent::AppAllowed => {
            "Je hebt een app toegestaan namens jou te handelen. Je apps staan vermeld waar je het hebt toegestaan, en je kunt het daar altijd beëindigen."
        }
        SecurityEvent::RecoveryCodeUsed => {
            "Er is een herstelcode gebruikt in plaats van je tweede factor. Elke code werkt één keer: maak nieuwe voordat ze op zijn."
        }
        SecurityEvent::StatusChanged => {
            "Je plaats in de gemeenschap is door een beheerder bevroren, ontdooid of gesloten."
        }
    };
    let mut parts = vec![say(what), say(format!("Tijdstip: {}", minute(at_micros)))];
    parts.extend(community.map(|community| say(format!("Gemeenschap: {community}"))));
    parts.push(say("Verwachtte je dit, dan hoef je niets te doen. Zo niet, wijzig dan je wachtwoord en waarschuw meteen een beheerder van je gemeenschap."));
    parts.push(home(OPEN));
    parts
}

const fn plan_subject(event: PlanEvent) -> &'static str {
    match event {
        PlanEvent::RunFailed => "Een geplande betaling is niet gedaan",
        PlanEvent::Paused => "Een reeks betalingen is gepauzeerd",
        PlanEvent::Ended => "Een reeks betalingen is beëindigd",
    }
}

fn planned(event: PlanEvent, payee: &Plain, amount: &Plain) -> Vec<Part> {
    vec![say(match event {
        PlanEvent::RunFailed => format!("Je geplande betaling van {amount} aan {payee} is niet gedaan."),
        PlanEvent::Paused => format!(
            "Je geplande betaling van {amount} aan {payee} is niet gedaan. Omdat er meerdere na elkaar mislukten, is de reeks gepauzeerd tot je haar hervat."
        ),
        PlanEvent::Ended => {
            format!("Je reeks betalingen van {amount} aan {payee} is beëindigd: er wordt niets meer betaald.")
        }
    })]
}

const fn because(cause: PlanCause) -> &'static str {
    match cause {
        PlanCause::InsufficientCredit => "De reden: er was niet genoeg te besteden.",
        PlanCause::CeilingExceeded => "De reden: de rekening van de ontvanger kan niet meer ontvangen.",
        PlanCause::FeeExceedsAmount => "De reden: de bijdrage van de ontvanger is hoger dan het bedrag.",
        PlanCause::PaymentLimitReached => {
            "De reden: de rekening mag in deze periode niet meer of niet vaker betalen."
        }
        PlanCause::AccountNotActive => "De reden: een van de twee rekeningen is geblokkeerd of gesloten.",
        PlanCause::Forbidden => "De reden: je mag dit niet meer van de rekening betalen.",
    }
}
