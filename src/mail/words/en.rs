//! English.

use super::{
    Part, Words, fund, health, home, minute, missed, news, payments, people, proof, proof_by_code, quote,
    say, standing, statements, webhooks,
};
use crate::domain::language::Language;
use crate::mail::letter::{Letter, PlanCause, PlanEvent, SecurityEvent};
use crate::mail::links::Page;
use crate::mail::plain::Plain;

const CODE: &str = "Or enter this code in your app";
const NOT_YOU: &str = "If this was not you, ignore this message: nothing will happen.";
const OPEN: &str = "Open Counterfoil";

pub(super) fn words(letter: &Letter) -> Words {
    let (subject, parts) = match letter {
        Letter::News(happened) => return news::words(happened, &news::ENGLISH),
        Letter::ConfirmAddress { token, code } => {
            let [link, code] = proof_by_code("Confirm this address", CODE, Page::ConfirmAddress, token, code);
            let first = say("Please confirm that this e-mail address is yours.");
            ("Please confirm your e-mail address", vec![first, link, code, say(NOT_YOU)])
        }
        Letter::PasswordReset { token } => {
            let [link, code] = proof("Choose a new password", CODE, Page::ResetPassword, token);
            let first = say(
                "Someone asked to reset the password of your login. The link works once, for a short time.",
            );
            ("Choose a new password", vec![first, link, code, say(NOT_YOU)])
        }
        Letter::Invitation { community, inviter, message, token } => {
            let [link, code] = proof("Accept the invitation", CODE, Page::Invitation, token);
            let first = say(format!("{inviter} invites you to join the community “{community}”."));
            let last = say("If you do not know this person, ignore this message: nothing will happen.");
            (
                "You are invited to join a community",
                [Some(first), quote(message), Some(link), Some(code), Some(last)]
                    .into_iter()
                    .flatten()
                    .collect(),
            )
        }
        Letter::ApplicationReceived { community, applicant } => {
            let first = say(format!("{applicant} would like to join the community “{community}”."));
            let second = say("As an admin you can accept or refuse the application.");
            ("Someone would like to join your community", vec![first, second, home(OPEN)])
        }
        Letter::ApplicationApproved { community } => {
            let first =
                say(format!("Welcome! Your application to join the community “{community}” was accepted."));
            let second = say("Your account is open, and you can sign in now.");
            ("Welcome to your community", vec![first, second, home(OPEN)])
        }
        Letter::ApplicationRefused { community, reason } => {
            ("Your application to join a community", refused(community, reason))
        }
        Letter::LoginExists { community } => {
            let first = say(format!(
                "Someone asked to join the community “{community}” with this address, which has a login already."
            ));
            let last = say(
                "If this was you, sign in and ask to join from there. If it was not, ignore this message: nothing will happen.",
            );
            ("You have a login already", vec![first, last, home(OPEN)])
        }
        Letter::ApprovalAsked { community, asker } => {
            let first = say(format!(
                "{asker} asks for something in the community “{community}” that needs a second admin."
            ));
            let second =
                say("Look at it, and agree or refuse, in the list of approvals. After a week it lapses.");
            ("A second admin is needed", vec![first, second, home(OPEN)])
        }
        Letter::HealthAlert { community, day, crossings } => {
            health::letter((community, day), crossings, &health::ENGLISH, OPEN)
        }
        Letter::PaymentNotice(told) => payments::letter(told, Language::English, OPEN),
        Letter::MonthlyStatement(told) => statements::letter(told, Language::English, OPEN),
        Letter::Standing(told) => standing::letter(told, Language::English, OPEN),
        Letter::IncomeStopped(told) => fund::letter(told, Language::English, OPEN),
        Letter::WebhookOff(told) => webhooks::letter(told, Language::English, OPEN),
        Letter::PeriodsMissed(told) => missed::letter(told, Language::English, OPEN),
        Letter::MemberRenamed { community, before, after } => {
            people::renamed([community, before, after], Language::English, OPEN)
        }
        Letter::WebhookSet(told) => webhooks::set_letter(told, Language::English, OPEN),
        Letter::SecurityNotice { event, at_micros, community } => {
            ("Security notice", notice(*event, *at_micros, community.as_ref()))
        }
        Letter::PlannedPayment { event, cause, payee, amount, at_micros, community } => {
            let facts = plan_facts(*cause, *at_micros, community);
            (plan_subject(*event), planned(*event, payee, amount).into_iter().chain(facts).collect())
        }
        Letter::AddressChanged { new_address } => {
            let first = say(format!(
                "The e-mail address of your login was changed to {new_address}. From now on we write to you there."
            ));
            let last = say("If this was not you, tell an admin of your community at once.");
            ("Your e-mail address was changed", vec![first, last])
        }
    };
    Words { subject, greeting: "Hello,", parts, closing: "Sent automatically; nobody reads replies." }
}

fn plan_facts(cause: PlanCause, at_micros: i64, community: &Plain) -> [Part; 4] {
    [
        say(because(cause)),
        say(format!("Time: {}", minute(at_micros))),
        say(format!("Community: {community}")),
        home(OPEN),
    ]
}

fn refused(community: &Plain, reason: &Plain) -> Vec<Part> {
    let mut parts =
        vec![say(format!("Your application to join the community “{community}” was not accepted."))];
    let reason = reason.to_string();
    if !reason.is_empty() {
        parts.extend([say("The reason given:"), Part::Quote(reason)]);
    }
    parts
}

fn notice(event: SecurityEvent, at_micros: i64, community: Option<&Plain>) -> Vec<Part> {
    let what = match event {
        SecurityEvent::PasswordChanged => "The password of your login was changed.",
        SecurityEvent::SecondFactorAdded => "A second factor was added to your login.",
        SecurityEvent::SecondFactorRemoved => "The second factor of your login was removed.",
        SecurityEvent::RecoveryCodesRenewed => {
            "New recovery codes were made for your login. The old ones no longer work."
        }
        SecurityEvent::PasskeyAdded => {
            "A passkey was added to your login. Whoever has it can sign in with it."
        }
        SecurityEvent::PasskeyRemoved => {
            "A passkey was removed from your login. It no longer signs anyone in."
        }
        SecurityEvent::NewSignIn => "Someone signed in to your login from a new device.",
        SecurityEvent::SessionsEnded => {
            "All sessions of your login were ended. Sign in again on your devices."
        }
        SecurityEvent::ApiKeyCreated => "An API key was created that can act at an account of yours.",
        SecurityEvent::ApiKeyChanged => {
            "An API key of an account of yours has a new secret, or works from other addresses or until another time."
        }
        SecurityEvent::LimitsChanged => "The limits of an account of yours were changed.",
        SecurityEvent::RolesChanged => "What you may do in your community was changed.",
        SecurityEvent::AdminsChanged => {
            "Who runs your community was changed: somebody became an admin, or is none any more."
        }
        SecurityEvent::AppRegistered => "An app was registered under your login.",
        SecurityEvent::AppAllowed => {
            "You allowed an app to act for you. Your apps are listed where you allowed it, and you can end it there at any time."
        }
        SecurityEvent::RecoveryCodeUsed => {
            "A recovery code was used in the place of your second factor. Each works once: make new ones before they run out."
        }
        SecurityEvent::StatusChanged => {
            "Your place in the community was frozen, thawed or closed by an admin."
        }
    };
    let mut parts = vec![say(what), say(format!("Time: {}", minute(at_micros)))];
    parts.extend(community.map(|community| say(format!("Community: {community}"))));
    parts.push(say("If you expected this, there is nothing to do. If not, change your password and tell an admin of your community at once."));
    parts.push(home(OPEN));
    parts
}

const fn plan_subject(event: PlanEvent) -> &'static str {
    match event {
        PlanEvent::RunFailed => "A planned payment was not made",
        PlanEvent::Paused => "A schedule of payments pauses",
        PlanEvent::Ended => "A schedule of payments has ended",
    }
}

fn planned(event: PlanEvent, payee: &Plain, amount: &Plain) -> Vec<Part> {
    vec![say(match event {
        PlanEvent::RunFailed => format!("Your planned payment of {amount} to {payee} was not made."),
        PlanEvent::Paused => format!(
            "Your planned payment of {amount} to {payee} was not made. As several in a row failed, the schedule pauses until you resume it."
        ),
        PlanEvent::Ended => format!(
            "Your schedule of payments of {amount} to {payee} has ended: no further payment will be made."
        ),
    })]
}

const fn because(cause: PlanCause) -> &'static str {
    match cause {
        PlanCause::InsufficientCredit => "The reason: there was not enough to spend.",
        PlanCause::CeilingExceeded => "The reason: the account to be paid takes no more.",
        PlanCause::FeeExceedsAmount => "The reason: the payee’s fee is more than the amount.",
        PlanCause::PaymentLimitReached => {
            "The reason: the account may not pay more, or more often, in this time."
        }
        PlanCause::AccountNotActive => "The reason: one of the two accounts is frozen or closed.",
        PlanCause::Forbidden => "The reason: you may no longer pay this from the account.",
    }
}
