//! What people are written about payments, in every language: the sentences differ, the letter is one.

use super::{Part, home, minute, quote, say};
use crate::domain::language::Language;
use crate::mail::letter::{PaymentEvent, PaymentNotice};

/// The sentences around what a letter tells.
struct Sentences {
    subject: &'static str,
    first: String,
    what_for: &'static str,
    why: &'static str,
    until: fn(&str) -> String,
    community: &'static str,
}

/// The letter's subject and parts, with the label of the link to the service.
pub(super) fn letter(
    told: &PaymentNotice,
    language: Language,
    open: &'static str,
) -> (&'static str, Vec<Part>) {
    let sentences = match language {
        Language::English => english(told),
        Language::Spanish => spanish(told),
        Language::French => french(told),
        Language::German => german(told),
        Language::Dutch => dutch(told),
    };
    let mut parts = vec![say(sentences.first)];
    if let Some(description) = quote(&told.description) {
        parts.extend([say(sentences.what_for), description]);
    }
    if let Some(reason) = quote(&told.reason) {
        parts.extend([say(sentences.why), reason]);
    }
    let awaits = matches!(told.event, PaymentEvent::RequestReceived | PaymentEvent::RequestReminder);
    if let Some(until_micros) = told.until_micros.filter(|_| awaits) {
        parts.push(say((sentences.until)(&minute(until_micros))));
    }
    parts.push(say(format!("{}: {}", sentences.community, told.community)));
    parts.push(home(open));
    (sentences.subject, parts)
}

fn english(told: &PaymentNotice) -> Sentences {
    let (other, amount) = (&told.other, &told.amount);
    let (subject, first) = match told.event {
        PaymentEvent::RequestReceived => {
            ("Somebody asks you to pay", format!("{other} asks you to pay {amount}."))
        }
        PaymentEvent::RequestReminder => {
            ("A request to pay expires soon", format!("{other} still asks you to pay {amount}."))
        }
        PaymentEvent::RequestAccepted => {
            ("Your request was paid", format!("{other} paid the {amount} that you asked for."))
        }
        PaymentEvent::RequestDeclined => {
            ("Your request was declined", format!("{other} declined to pay the {amount} that you asked for."))
        }
        PaymentEvent::RequestPaidForYou => (
            "A request was paid for you",
            format!(
                "{other} asked you to pay {amount}. It was paid from your account, because you trust {other} up to such an amount."
            ),
        ),
    };
    Sentences {
        subject,
        first,
        what_for: "What for:",
        why: "The reason given:",
        until: |until| format!("You can accept or decline it until {until}."),
        community: "Community",
    }
}

fn german(told: &PaymentNotice) -> Sentences {
    let (other, amount) = (&told.other, &told.amount);
    let (subject, first) = match told.event {
        PaymentEvent::RequestReceived => {
            ("Jemand bittet Sie um eine Zahlung", format!("{other} bittet Sie, {amount} zu zahlen."))
        }
        PaymentEvent::RequestReminder => (
            "Eine Zahlungsanfrage läuft bald ab",
            format!("{other} bittet Sie weiterhin, {amount} zu zahlen."),
        ),
        PaymentEvent::RequestAccepted => (
            "Ihre Anfrage wurde bezahlt",
            format!("{other} hat die {amount} bezahlt, um die Sie gebeten hatten."),
        ),
        PaymentEvent::RequestDeclined => (
            "Ihre Anfrage wurde abgelehnt",
            format!("{other} hat es abgelehnt, die {amount} zu zahlen, um die Sie gebeten hatten."),
        ),
        PaymentEvent::RequestPaidForYou => (
            "Eine Anfrage wurde für Sie bezahlt",
            format!(
                "{other} hat Sie gebeten, {amount} zu zahlen. Der Betrag wurde von Ihrem Konto bezahlt, weil Sie {other} bis zu einem solchen Betrag vertrauen."
            ),
        ),
    };
    Sentences {
        subject,
        first,
        what_for: "Wofür:",
        why: "Der angegebene Grund:",
        until: |until| format!("Sie können bis {until} annehmen oder ablehnen."),
        community: "Gemeinschaft",
    }
}

fn french(told: &PaymentNotice) -> Sentences {
    let (other, amount) = (&told.other, &told.amount);
    let (subject, first) = match told.event {
        PaymentEvent::RequestReceived => {
            ("Quelqu’un vous demande un paiement", format!("{other} vous demande de payer {amount}."))
        }
        PaymentEvent::RequestReminder => (
            "Une demande de paiement expire bientôt",
            format!("{other} vous demande toujours de payer {amount}."),
        ),
        PaymentEvent::RequestAccepted => {
            ("Votre demande a été payée", format!("{other} a payé les {amount} que vous aviez demandés."))
        }
        PaymentEvent::RequestDeclined => (
            "Votre demande a été refusée",
            format!("{other} a refusé de payer les {amount} que vous aviez demandés."),
        ),
        PaymentEvent::RequestPaidForYou => (
            "Une demande a été payée pour vous",
            format!(
                "{other} vous a demandé de payer {amount}. Ce montant a été payé depuis votre compte, car vous faites confiance à {other} jusqu’à un tel montant."
            ),
        ),
    };
    Sentences {
        subject,
        first,
        what_for: "Pour :",
        why: "La raison donnée :",
        until: |until| format!("Vous pouvez accepter ou refuser jusqu’au {until}."),
        community: "Communauté ",
    }
}

fn spanish(told: &PaymentNotice) -> Sentences {
    let (other, amount) = (&told.other, &told.amount);
    let (subject, first) = match told.event {
        PaymentEvent::RequestReceived => {
            ("Alguien le pide un pago", format!("{other} le pide que pague {amount}."))
        }
        PaymentEvent::RequestReminder => {
            ("Una solicitud de pago vence pronto", format!("{other} le sigue pidiendo que pague {amount}."))
        }
        PaymentEvent::RequestAccepted => {
            ("Su solicitud fue pagada", format!("{other} pagó los {amount} que usted había pedido."))
        }
        PaymentEvent::RequestDeclined => (
            "Su solicitud fue rechazada",
            format!("{other} se negó a pagar los {amount} que usted había pedido."),
        ),
        PaymentEvent::RequestPaidForYou => (
            "Se pagó una solicitud por usted",
            format!(
                "{other} le pidió que pagara {amount}. Se pagó desde su cuenta, porque usted confía en {other} hasta un importe así."
            ),
        ),
    };
    Sentences {
        subject,
        first,
        what_for: "Concepto:",
        why: "El motivo indicado:",
        until: |until| format!("Puede aceptarla o rechazarla hasta el {until}."),
        community: "Comunidad",
    }
}

fn dutch(told: &PaymentNotice) -> Sentences {
    let (other, amount) = (&told.other, &told.amount);
    let (subject, first) = match told.event {
        PaymentEvent::RequestReceived => {
            ("Iemand vraagt u te betalen", format!("{other} vraagt u {amount} te betalen."))
        }
        PaymentEvent::RequestReminder => (
            "Een betaalverzoek verloopt binnenkort",
            format!("{other} vraagt u nog steeds {amount} te betalen."),
        ),
        PaymentEvent::RequestAccepted => {
            ("Uw verzoek is betaald", format!("{other} heeft de {amount} betaald waar u om had gevraagd."))
        }
        PaymentEvent::RequestDeclined => (
            "Uw verzoek is afgewezen",
            format!("{other} heeft geweigerd de {amount} te betalen waar u om had gevraagd."),
        ),
        PaymentEvent::RequestPaidForYou => (
            "Een verzoek is voor u betaald",
            format!(
                "{other} vroeg u {amount} te betalen. Het is van uw rekening betaald, omdat u {other} tot zo’n bedrag vertrouwt."
            ),
        ),
    };
    Sentences {
        subject,
        first,
        what_for: "Waarvoor:",
        why: "De opgegeven reden:",
        until: |until| format!("U kunt het tot {until} aanvaarden of afwijzen."),
        community: "Gemeenschap",
    }
}
