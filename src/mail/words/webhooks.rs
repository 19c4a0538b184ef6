//! That a webhook's endpoint was switched off, in every language.

use super::{Part, home, say};
use crate::domain::language::Language;
use crate::mail::letter::WebhookOff;

/// What is said of it in a language. `{h}` is the host and `{a}` the account.
struct Sentences {
    subject: &'static str,
    gone: &'static str,
    failing: &'static str,
    next: &'static str,
    community: &'static str,
}

const ENGLISH: Sentences = Sentences {
    subject: "A webhook of yours was switched off",
    gone: "The webhook of account {a} at {h} answered that it is gone for good (410). It is told nothing any more.",
    failing: "The webhook of account {a} at {h} has taken no message for days. It is told nothing any more.",
    next: "Payments go on as before. Once it works again, switch it on, and have it told again what happened since.",
    community: "Community",
};

const GERMAN: Sentences = Sentences {
    subject: "Einer Ihrer Webhooks wurde abgeschaltet",
    gone: "Der Webhook des Kontos {a} bei {h} hat geantwortet, dass es ihn nicht mehr gibt (410). Er erfährt nichts mehr.",
    failing: "Der Webhook des Kontos {a} bei {h} hat seit Tagen keine Nachricht angenommen. Er erfährt nichts mehr.",
    next: "Zahlungen gehen weiter wie zuvor. Sobald er wieder arbeitet, schalten Sie ihn ein und lassen Sie ihm noch einmal mitteilen, was seither geschah.",
    community: "Gemeinschaft",
};

const SPANISH: Sentences = Sentences {
    subject: "Uno de sus webhooks se ha desactivado",
    gone: "El webhook de la cuenta {a} en {h} respondió que ya no existe (410). No se le comunica nada más.",
    failing: "El webhook de la cuenta {a} en {h} no ha aceptado ningún mensaje desde hace días. No se le comunica nada más.",
    next: "Los pagos siguen como antes. Cuando vuelva a funcionar, actívelo y haga que se le comunique de nuevo lo ocurrido desde entonces.",
    community: "Comunidad",
};

const FRENCH: Sentences = Sentences {
    subject: "Un de vos webhooks a été désactivé",
    gone: "Le webhook du compte {a} chez {h} a répondu qu’il n’existe plus (410). Plus rien ne lui est annoncé.",
    failing: "Le webhook du compte {a} chez {h} n’a accepté aucun message depuis des jours. Plus rien ne lui est annoncé.",
    next: "Les paiements continuent comme avant. Dès qu’il fonctionne à nouveau, réactivez-le et faites-lui annoncer encore une fois ce qui s’est passé depuis.",
    community: "Communauté",
};

const DUTCH: Sentences = Sentences {
    subject: "Een van uw webhooks is uitgeschakeld",
    gone: "De webhook van rekening {a} bij {h} heeft geantwoord dat hij niet meer bestaat (410). Hij krijgt niets meer te horen.",
    failing: "De webhook van rekening {a} bij {h} heeft dagenlang geen bericht aangenomen. Hij krijgt niets meer te horen.",
    next: "Betalingen gaan door als voorheen. Zodra hij weer werkt, schakelt u hem in en laat u hem opnieuw vertellen wat er sindsdien is gebeurd.",
    community: "Gemeenschap",
};

/// The letter's subject and parts, with the label of the link to the service.
pub(super) fn letter(told: &WebhookOff, language: Language, open: &'static str) -> (&'static str, Vec<Part>) {
    let sentences = language.choose([&ENGLISH, &SPANISH, &FRENCH, &GERMAN, &DUTCH]);
    let WebhookOff { community, account, host, is_gone } = told;
    let why = if *is_gone { sentences.gone } else { sentences.failing };
    let parts = vec![
        say(why.replace("{a}", &account.to_string()).replace("{h}", &host.to_string())),
        say(sentences.next),
        say(format!("{}: {community}", sentences.community)),
        home(open),
    ];
    (sentences.subject, parts)
}
