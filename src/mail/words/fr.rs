//! French.

use super::{
    Part, Words, fund, health, home, minute, missed, news, payments, people, proof, proof_by_code, quote,
    say, standing, statements, webhooks,
};
use crate::domain::language::Language;
use crate::mail::letter::{Letter, PlanCause, PlanEvent, SecurityEvent};
use crate::mail::links::Page;
use crate::mail::plain::Plain;

const CODE: &str = "Ou saisissez ce code dans votre application";
const NOT_YOU: &str = "Si ce n’était pas vous, ignorez ce message : il ne se passera rien.";
const OPEN: &str = "Ouvrir Counterfoil";

pub(super) fn words(letter: &Letter) -> Words {
    let (subject, parts) = match letter {
        Letter::News(happened) => return news::words(happened, &news::FRENCH),
        Letter::ConfirmAddress { token, code } => {
            let [link, code] =
                proof_by_code("Confirmer cette adresse", CODE, Page::ConfirmAddress, token, code);
            let first = say("Veuillez confirmer que cette adresse e-mail est bien la vôtre.");
            ("Veuillez confirmer votre adresse e-mail", vec![first, link, code, say(NOT_YOU)])
        }
        Letter::PasswordReset { token } => {
            let [link, code] = proof("Choisir un nouveau mot de passe", CODE, Page::ResetPassword, token);
            let first = say(
                "Quelqu’un a demandé à réinitialiser le mot de passe de votre identifiant. Le lien ne fonctionne qu’une fois et pour peu de temps.",
            );
            ("Choisissez un nouveau mot de passe", vec![first, link, code, say(NOT_YOU)])
        }
        Letter::Invitation { community, inviter, message, token } => {
            let [link, code] = proof("Accepter l’invitation", CODE, Page::Invitation, token);
            let first = say(format!("{inviter} vous invite à rejoindre la communauté « {community} »."));
            let last =
                say("Si vous ne connaissez pas cette personne, ignorez ce message : il ne se passera rien.");
            (
                "Vous êtes invité·e à rejoindre une communauté",
                [Some(first), quote(message), Some(link), Some(code), Some(last)]
                    .into_iter()
                    .flatten()
                    .collect(),
            )
        }
        Letter::ApplicationReceived { community, applicant } => {
            let first = say(format!("{applicant} souhaite rejoindre la communauté « {community} »."));
            let second = say(
                "En tant qu’administrateur ou administratrice, vous pouvez accepter ou refuser la demande.",
            );
            ("Quelqu’un souhaite rejoindre votre communauté", vec![first, second, home(OPEN)])
        }
        Letter::ApplicationApproved { community } => {
            let first = say(format!(
                "Bienvenue ! Votre demande d’adhésion à la communauté « {community} » a été acceptée."
            ));
            let second = say("Votre compte est ouvert et vous pouvez maintenant vous connecter.");
            ("Bienvenue dans votre communauté", vec![first, second, home(OPEN)])
        }
        Letter::ApplicationRefused { community, reason } => {
            ("Votre demande d’adhésion à une communauté", refused(community, reason))
        }
        Letter::LoginExists { community } => {
            let first = say(format!(
                "Quelqu’un a demandé à rejoindre la communauté « {community} » avec cette adresse, qui a déjà un identifiant."
            ));
            let last = say(
                "Si c’était vous, connectez-vous et faites la demande ensuite. Sinon, ignorez ce message : il ne se passera rien.",
            );
            ("Vous avez déjà un identifiant", vec![first, last, home(OPEN)])
        }
        Letter::ApprovalAsked { community, asker } => {
            let first = say(format!(
                "{asker} demande dans la communauté « {community} » quelque chose qui exige l’accord d’une deuxième personne administratrice."
            ));
            let second = say(
                "Examinez la demande et acceptez-la ou refusez-la dans la liste des approbations. Elle expire après une semaine.",
            );
            ("Il faut l’accord d’une deuxième personne", vec![first, second, home(OPEN)])
        }
        Letter::HealthAlert { community, day, crossings } => {
            health::letter((community, day), crossings, &health::FRENCH, OPEN)
        }
        Letter::PaymentNotice(told) => payments::letter(told, Language::French, OPEN),
        Letter::MonthlyStatement(told) => statements::letter(told, Language::French, OPEN),
        Letter::Standing(told) => standing::letter(told, Language::French, OPEN),
        Letter::IncomeStopped(told) => fund::letter(told, Language::French, OPEN),
        Letter::WebhookOff(told) => webhooks::letter(told, Language::French, OPEN),
        Letter::PeriodsMissed(told) => missed::letter(told, Language::French, OPEN),
        Letter::MemberRenamed { community, before, after } => {
            people::renamed([community, before, after], Language::French, OPEN)
        }
        Letter::WebhookSet(told) => webhooks::set_letter(told, Language::French, OPEN),
        Letter::SecurityNotice { event, at_micros, community } => {
            ("Avis de sécurité", notice(*event, *at_micros, community.as_ref()))
        }
        Letter::PlannedPayment { event, cause, payee, amount, at_micros, community } => {
            let facts = plan_facts(*cause, *at_micros, community);
            (plan_subject(*event), planned(*event, payee, amount).into_iter().chain(facts).collect())
        }
        Letter::AddressChanged { new_address } => {
            let first = say(format!(
                "L’adresse e-mail de votre identifiant est désormais {new_address}. C’est là que nous vous écrirons à l’avenir."
            ));
            let last =
                say("Si ce n’était pas vous, prévenez immédiatement l’administration de votre communauté.");
            ("Votre adresse e-mail a été modifiée", vec![first, last])
        }
    };
    Words {
        subject,
        greeting: "Bonjour,",
        parts,
        closing: "Message envoyé automatiquement ; personne ne lit les réponses.",
    }
}

fn plan_facts(cause: PlanCause, at_micros: i64, community: &Plain) -> [Part; 4] {
    [
        say(because(cause)),
        say(format!("Date et heure : {}", minute(at_micros))),
        say(format!("Communauté : {community}")),
        home(OPEN),
    ]
}

fn refused(community: &Plain, reason: &Plain) -> Vec<Part> {
    let mut parts =
        vec![say(format!("Votre demande d’adhésion à la communauté « {community} » n’a pas été acceptée."))];
    let reason = reason.to_string();
    if !reason.is_empty() {
        parts.extend([say("Le motif indiqué :"), Part::Quote(reason)]);
    }
    parts
}

fn notice(event: SecurityEvent, at_micros: i64, community: Option<&Plain>) -> Vec<Part> {
    let what = match event {
        SecurityEvent::PasswordChanged => "Le mot de passe de votre identifiant a été modifié.",
        SecurityEvent::SecondFactorAdded => "Un second facteur a été ajouté à votre identifiant.",
        SecurityEvent::SecondFactorRemoved => "Le second facteur de votre identifiant a été supprimé.",
        SecurityEvent::RecoveryCodesRenewed => {
            "De nouveaux codes de secours ont été créés pour votre identifiant. Les anciens ne fonctionnent plus."
        }
        SecurityEvent::PasskeyAdded => {
            "Une clé d’accès a été ajoutée à votre identifiant. Qui la détient peut se connecter avec elle."
        }
        SecurityEvent::PasskeyRemoved => {
            "Une clé d’accès de votre identifiant a été supprimée. Elle ne permet plus de se connecter."
        }
        SecurityEvent::NewSignIn => {
            "Quelqu’un s’est connecté avec votre identifiant depuis un nouvel appareil."
        }
        SecurityEvent::SessionsEnded => {
            "Toutes les sessions de votre identifiant ont été fermées. Reconnectez-vous sur vos appareils."
        }
        SecurityEvent::ApiKeyCreated => "Une clé d’API a été créée, qui peut agir sur un de vos comptes.",
        SecurityEvent::ApiKeyChanged => {
            "Une clé d’API d’un de vos comptes a un nouveau secret, ou vaut depuis d’autres adresses ou jusqu’à un autre moment."
        }
        SecurityEvent::LimitsChanged => "Les limites d’un de vos comptes ont été modifiées.",
        SecurityEvent::RolesChanged => "Ce que vous pouvez faire dans votre communauté a été modifié.",
        SecurityEvent::AdminsChanged => {
            "L’administration de votre communauté a changé : une personne en fait désormais partie, ou n’en fait plus partie."
        }
        SecurityEvent::AppRegistered => "Une application a été enregistrée avec votre identifiant.",
        SecurityEvent::AppAllowed => {
            "Vous avez autorisé une application à agir en votre nom. Vos applications sont listées là où vous l’avez autorisée, et vous pouvez y mettre fin à tout moment."
        }
        SecurityEvent::RecoveryCodeUsed => {
            "Un code de secours a été utilisé à la place de votre second facteur. Chacun ne sert qu’une fois : créez-en de nouveaux avant d’en manquer."
        }
        SecurityEvent::StatusChanged => {
            "Votre place dans la communauté a été gelée, dégelée ou fermée par l’administration."
        }
    };
    let mut parts = vec![say(what), say(format!("Date et heure : {}", minute(at_micros)))];
    parts.extend(community.map(|community| say(format!("Communauté : {community}"))));
    parts.push(say("Si vous vous y attendiez, il n’y a rien à faire. Sinon, changez votre mot de passe et prévenez immédiatement l’administration de votre communauté."));
    parts.push(home(OPEN));
    parts
}

const fn plan_subject(event: PlanEvent) -> &'static str {
    match event {
        PlanEvent::RunFailed => "Un paiement prévu n’a pas été effectué",
        PlanEvent::Paused => "Une série de paiements est suspendue",
        PlanEvent::Ended => "Une série de paiements est terminée",
    }
}

fn planned(event: PlanEvent, payee: &Plain, amount: &Plain) -> Vec<Part> {
    vec![say(match event {
        PlanEvent::RunFailed => format!("Votre paiement prévu de {amount} à {payee} n’a pas été effectué."),
        PlanEvent::Paused => format!(
            "Votre paiement prévu de {amount} à {payee} n’a pas été effectué. Comme plusieurs de suite ont échoué, la série est suspendue jusqu’à ce que vous la repreniez."
        ),
        PlanEvent::Ended => format!(
            "Votre série de paiements de {amount} à {payee} est terminée : plus aucun paiement ne sera effectué."
        ),
    })]
}

const fn because(cause: PlanCause) -> &'static str {
    match cause {
        PlanCause::InsufficientCredit => "La raison : le crédit disponible ne suffisait pas.",
        PlanCause::CeilingExceeded => "La raison : le compte du bénéficiaire ne peut pas recevoir davantage.",
        PlanCause::FeeExceedsAmount => "La raison : les frais du bénéficiaire dépassent le montant.",
        PlanCause::PaymentLimitReached => {
            "La raison : le compte ne peut pas payer davantage, ou plus souvent, dans cette période."
        }
        PlanCause::AccountNotActive => "La raison : l’un des deux comptes est bloqué ou fermé.",
        PlanCause::Forbidden => "La raison : vous n’avez plus le droit de payer ce montant depuis ce compte.",
    }
}
