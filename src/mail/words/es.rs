//! Spanish.

use super::{
    Part, Words, fund, health, home, minute, missed, news, payments, people, proof, proof_by_code, quote,
    say, standing, statements, webhooks,
};
use crate::domain::language::Language;
use crate::mail::letter::{Letter, PlanCause, PlanEvent, SecurityEvent};
use crate::mail::links::Page;
use crate::mail::plain::Plain;

const CODE: &str = "O introduce este código en tu aplicación";
const NOT_YOU: &str = "Si no has sido tú, ignora este mensaje: no pasará nada.";
const OPEN: &str = "Abrir Counterfoil";

pub(super) fn words(letter: &Letter) -> Words {
    let (subject, parts) = match letter {
        Letter::News(happened) => return news::words(happened, &news::SPANISH),
        Letter::ConfirmAddress { token, code } => {
            let [link, code] =
                proof_by_code("Confirmar esta dirección", CODE, Page::ConfirmAddress, token, code);
            let first = say("Confirma, por favor, que esta dirección de correo electrónico es tuya.");
            ("Confirma tu dirección de correo electrónico", vec![first, link, code, say(NOT_YOU)])
        }
        Letter::PasswordReset { token } => {
            let [link, code] = proof("Elegir una contraseña nueva", CODE, Page::ResetPassword, token);
            let first = say(
                "Alguien ha pedido restablecer la contraseña de tu cuenta de usuario. El enlace sirve una sola vez y durante poco tiempo.",
            );
            ("Elige una contraseña nueva", vec![first, link, code, say(NOT_YOU)])
        }
        Letter::Invitation { community, inviter, message, token } => {
            let [link, code] = proof("Aceptar la invitación", CODE, Page::Invitation, token);
            let first = say(format!("{inviter} te invita a unirte a la comunidad «{community}»."));
            let last = say("Si no conoces a esta persona, ignora este mensaje: no pasará nada.");
            (
                "Te han invitado a unirte a una comunidad",
                [Some(first), quote(message), Some(link), Some(code), Some(last)]
                    .into_iter()
                    .flatten()
                    .collect(),
            )
        }
        Letter::ApplicationReceived { community, applicant } => {
            let first = say(format!("{applicant} quiere unirse a la comunidad «{community}»."));
            let second = say("Como administradora o administrador puedes aceptar o rechazar la solicitud.");
            ("Alguien quiere unirse a tu comunidad", vec![first, second, home(OPEN)])
        }
        Letter::ApplicationApproved { community } => {
            let first = say(format!(
                "¡Te damos la bienvenida! Se ha aceptado tu solicitud para unirte a la comunidad «{community}»."
            ));
            let second = say("Tu cuenta está abierta y ya puedes iniciar sesión.");
            ("Te damos la bienvenida a tu comunidad", vec![first, second, home(OPEN)])
        }
        Letter::ApplicationRefused { community, reason } => {
            ("Tu solicitud para unirte a una comunidad", refused(community, reason))
        }
        Letter::LoginExists { community } => {
            let first = say(format!(
                "Alguien ha pedido unirse a la comunidad «{community}» con esta dirección, que ya tiene una cuenta de usuario."
            ));
            let last = say(
                "Si has sido tú, inicia sesión y haz la solicitud desde allí. Si no, ignora este mensaje: no pasará nada.",
            );
            ("Ya tienes una cuenta de usuario", vec![first, last, home(OPEN)])
        }
        Letter::ApprovalAsked { community, asker } => {
            let first = say(format!(
                "{asker} pide algo en la comunidad «{community}» que necesita a una segunda persona administradora."
            ));
            let second = say(
                "Míralo y acéptalo o recházalo en la lista de aprobaciones. Caduca al cabo de una semana.",
            );
            ("Se necesita una segunda persona administradora", vec![first, second, home(OPEN)])
        }
        Letter::HealthAlert { community, day, crossings } => {
            health::letter((community, day), crossings, &health::SPANISH, OPEN)
        }
        Letter::PaymentNotice(told) => payments::letter(told, Language::Spanish, OPEN),
        Letter::MonthlyStatement(told) => statements::letter(told, Language::Spanish, OPEN),
        Letter::Standing(told) => standing::letter(told, Language::Spanish, OPEN),
        Letter::IncomeStopped(told) => fund::letter(told, Language::Spanish, OPEN),
        Letter::WebhookOff(told) => webhooks::letter(told, Language::Spanish, OPEN),
        Letter::PeriodsMissed(told) => missed::letter(told, Language::Spanish, OPEN),
        Letter::MemberRenamed { community, before, after } => {
            people::renamed([community, before, after], Language::Spanish, OPEN)
        }
        Letter::WebhookSet(told) => webhooks::set_letter(told, Language::Spanish, OPEN),
        Letter::SecurityNotice { event, at_micros, community } => {
            ("Aviso de seguridad", notice(*event, *at_micros, community.as_ref()))
        }
        Letter::PlannedPayment { event, cause, payee, amount, at_micros, community } => {
            let facts = plan_facts(*cause, *at_micros, community);
            (plan_subject(*event), planned(*event, payee, amount).into_iter().chain(facts).collect())
        }
        Letter::AddressChanged { new_address } => {
            let first = say(format!(
                "La dirección de correo electrónico de tu usuario ha cambiado a {new_address}. A partir de ahora te escribiremos allí."
            ));
            let last = say("Si no has sido tú, avisa enseguida a la administración de tu comunidad.");
            ("Tu dirección de correo electrónico ha cambiado", vec![first, last])
        }
    };
    Words {
        subject,
        greeting: "Hola:",
        parts,
        closing: "Mensaje enviado automáticamente; nadie lee las respuestas.",
    }
}

fn plan_facts(cause: PlanCause, at_micros: i64, community: &Plain) -> [Part; 4] {
    [
        say(because(cause)),
        say(format!("Hora: {}", minute(at_micros))),
        say(format!("Comunidad: {community}")),
        home(OPEN),
    ]
}

fn refused(community: &Plain, reason: &Plain) -> Vec<Part> {
    let mut parts =
        vec![say(format!("Tu solicitud para unirte a la comunidad «{community}» no ha sido aceptada."))];
    let reason = reason.to_string();
    if !reason.is_empty() {
        parts.extend([say("El motivo indicado:"), Part::Quote(reason)]);
    }
    parts
}

fn notice(event: SecurityEvent, at_micros: i64, community: Option<&Plain>) -> Vec<Part> {
    let what = match event {
        SecurityEvent::PasswordChanged => "Se ha cambiado la contraseña de tu usuario.",
        SecurityEvent::SecondFactorAdded => "Se ha añadido un segundo factor a tu usuario.",
        SecurityEvent::SecondFactorRemoved => "Se ha quitado el segundo factor de tu usuario.",
        SecurityEvent::RecoveryCodesRenewed => {
            "Se han creado nuevos códigos de recuperación para tu usuario. Los anteriores ya no sirven."
        }
        SecurityEvent::PasskeyAdded => {
            "Se ha añadido una llave de acceso a tu usuario. Quien la tenga puede iniciar sesión con ella."
        }
        SecurityEvent::PasskeyRemoved => {
            "Se ha quitado una llave de acceso de tu usuario. Ya no sirve para iniciar sesión."
        }
        SecurityEvent::NewSignIn => "Alguien ha iniciado sesión con tu usuario desde un dispositivo nuevo.",
        SecurityEvent::SessionsEnded => {
            "Se han cerrado todas las sesiones de tu usuario. Vuelve a iniciar sesión en tus dispositivos."
        }
        SecurityEvent::ApiKeyCreated => {
            "Se ha creado una clave de API que puede actuar en una de tus cuentas."
        }
        SecurityEvent::ApiKeyChanged => {
            "Una clave de API de una de tus cuentas tiene un secreto nuevo, o vale desde otras direcciones o hasta otro momento."
        }
        SecurityEvent::LimitsChanged => "Se han cambiado los límites de una de tus cuentas.",
        SecurityEvent::RolesChanged => "Ha cambiado lo que puedes hacer en tu comunidad.",
        SecurityEvent::AdminsChanged => {
            "Ha cambiado quién administra tu comunidad: alguien la administra ahora o ya no lo hace."
        }
        SecurityEvent::AppRegistered => "Se ha registrado una aplicación con tu cuenta de usuario.",
        SecurityEvent::AppAllowed => {
            "Has permitido que una aplicación actúe en tu nombre. Tus aplicaciones aparecen donde lo permitiste y puedes retirar el permiso allí en cualquier momento."
        }
        SecurityEvent::RecoveryCodeUsed => {
            "Se ha usado un código de recuperación en lugar de tu segundo factor. Cada uno sirve una sola vez: crea otros nuevos antes de que se acaben."
        }
        SecurityEvent::StatusChanged => {
            "Tu lugar en la comunidad ha sido congelado, descongelado o cerrado por la administración."
        }
    };
    let mut parts = vec![say(what), say(format!("Hora: {}", minute(at_micros)))];
    parts.extend(community.map(|community| say(format!("Comunidad: {community}"))));
    parts.push(say("Si lo esperabas, no tienes que hacer nada. Si no, cambia tu contraseña y avisa enseguida a la administración de tu comunidad."));
    parts.push(home(OPEN));
    parts
}

const fn plan_subject(event: PlanEvent) -> &'static str {
    match event {
        PlanEvent::RunFailed => "Un pago previsto no se ha hecho",
        PlanEvent::Paused => "Una serie de pagos está en pausa",
        PlanEvent::Ended => "Una serie de pagos ha terminado",
    }
}

fn planned(event: PlanEvent, payee: &Plain, amount: &Plain) -> Vec<Part> {
    vec![say(match event {
        PlanEvent::RunFailed => format!("Tu pago previsto de {amount} a {payee} no se ha hecho."),
        PlanEvent::Paused => format!(
            "Tu pago previsto de {amount} a {payee} no se ha hecho. Como han fallado varios seguidos, la serie queda en pausa hasta que la reanudes."
        ),
        PlanEvent::Ended => {
            format!("Tu serie de pagos de {amount} a {payee} ha terminado: no se hará ningún pago más.")
        }
    })]
}

const fn because(cause: PlanCause) -> &'static str {
    match cause {
        PlanCause::InsufficientCredit => "El motivo: no había crédito suficiente.",
        PlanCause::CeilingExceeded => "El motivo: la cuenta del destinatario no admite más.",
        PlanCause::FeeExceedsAmount => "El motivo: la comisión de quien recibe es mayor que el importe.",
        PlanCause::PaymentLimitReached => {
            "El motivo: la cuenta no puede pagar más, ni más veces, en este periodo."
        }
        PlanCause::AccountNotActive => "El motivo: una de las dos cuentas está bloqueada o cerrada.",
        PlanCause::Forbidden => "El motivo: ya no puedes pagar este importe desde la cuenta.",
    }
}
