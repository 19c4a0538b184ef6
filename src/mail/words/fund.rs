//! That the community's fund had not enough for its income, in every language; for admins.

use super::{Part, home, say};
use crate::domain::language::Language;
use crate::mail::letter::IncomeStopped;

/// What is said of it in a language. `{p}` is the period, `{n}` what was needed and `{a}` what there was.
struct Sentences {
    subject: &'static str,
    first: &'static str,
    numbers: &'static str,
    next: &'static str,
    community: &'static str,
}

const ENGLISH: Sentences = Sentences {
    subject: "The community’s fund could not pay the income",
    first: "The income for {p} was paid to nobody: the fund could not pay it to all who qualify.",
    numbers: "Needed: {n}. In the fund: {a}.",
    next: "It is not made up for later. The next period has its turn all the same: look at the fund, and at the income’s amount.",
    community: "Community",
};

const GERMAN: Sentences = Sentences {
    subject: "Der Fonds der Gemeinschaft konnte das Einkommen nicht zahlen",
    first: "Das Einkommen für {p} wurde niemandem gezahlt: Der Fonds konnte es nicht allen zahlen, denen es zusteht.",
    numbers: "Nötig: {n}. Im Fonds: {a}.",
    next: "Es wird nicht nachgeholt. Der nächste Zeitraum kommt trotzdem an die Reihe: Sehen Sie nach dem Fonds und nach dem Betrag des Einkommens.",
    community: "Gemeinschaft",
};

const SPANISH: Sentences = Sentences {
    subject: "El fondo de la comunidad no pudo pagar la renta",
    first: "La renta de {p} no se pagó a nadie: el fondo no podía pagarla a todos a quienes corresponde.",
    numbers: "Hacía falta: {n}. En el fondo: {a}.",
    next: "No se paga más tarde. El período siguiente tendrá su turno de todos modos: revise el fondo y el importe de la renta.",
    community: "Comunidad",
};

const FRENCH: Sentences = Sentences {
    subject: "Le fonds de la communauté n’a pas pu verser le revenu",
    first: "Le revenu pour {p} n’a été versé à personne : le fonds ne pouvait pas le verser à tous ceux qui y ont droit.",
    numbers: "Nécessaire : {n}. Dans le fonds : {a}.",
    next: "Il ne sera pas rattrapé. La période suivante aura quand même son tour : regardez le fonds et le montant du revenu.",
    community: "Communauté",
};

const DUTCH: Sentences = Sentences {
    subject: "Het fonds van de gemeenschap kon het inkomen niet betalen",
    first: "Het inkomen over {p} is aan niemand betaald: het fonds kon het niet betalen aan iedereen die er recht op heeft.",
    numbers: "Nodig: {n}. In het fonds: {a}.",
    next: "Het wordt niet ingehaald. De volgende periode komt toch aan de beurt: kijk naar het fonds en naar het bedrag van het inkomen.",
    community: "Gemeenschap",
};

/// The letter's subject and parts, with the label of the link to the service.
pub(super) fn letter(
    told: &IncomeStopped,
    language: Language,
    open: &'static str,
) -> (&'static str, Vec<Part>) {
    let sentences = language.choose([&ENGLISH, &SPANISH, &FRENCH, &GERMAN, &DUTCH]);
    let IncomeStopped { community, period, needed, available } = told;
    let numbers =
        sentences.numbers.replace("{n}", &needed.to_string()).replace("{a}", &available.to_string());
    let parts = vec![
        say(sentences.first.replace("{p}", &period.to_string())),
        say(numbers),
        say(sentences.next),
        say(format!("{}: {community}", sentences.community)),
        home(open),
    ];
    (sentences.subject, parts)
}
