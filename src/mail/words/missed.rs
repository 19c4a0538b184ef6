//! That contributions were not taken, or an income not paid, because the service was off, in every language; for admins.

use super::{Part, home, say};
use crate::domain::language::Language;
use crate::mail::letter::{MissedWork, PeriodsMissed};

/// What is said of it in a language. `{f}` is the first period and `{l}` the last.
struct Sentences {
    subject: &'static str,
    contributions: &'static str,
    income: &'static str,
    last: &'static str,
    community: &'static str,
}

const ENGLISH: Sentences = Sentences {
    subject: "The service was off for too long",
    contributions: "What members contribute was not taken for {f} to {l}: the service was off when these periods ended, and they are too long ago.",
    income: "The income was not paid for {f} to {l}: the service was off when these periods ended, and they are too long ago.",
    last: "It is not made up for. The later periods have their turn. Where something is to be put right, you do that by payments of your own.",
    community: "Community",
};

const GERMAN: Sentences = Sentences {
    subject: "Der Dienst war zu lange außer Betrieb",
    contributions: "Die Beiträge der Mitglieder wurden für {f} bis {l} nicht eingezogen: Der Dienst war außer Betrieb, als diese Zeiträume endeten, und sie liegen zu lange zurück.",
    income: "Das Einkommen wurde für {f} bis {l} nicht gezahlt: Der Dienst war außer Betrieb, als diese Zeiträume endeten, und sie liegen zu lange zurück.",
    last: "Es wird nicht nachgeholt. Die späteren Zeiträume kommen an die Reihe. Wo etwas auszugleichen ist, tun Sie das mit eigenen Zahlungen.",
    community: "Gemeinschaft",
};

const SPANISH: Sentences = Sentences {
    subject: "El servicio estuvo parado demasiado tiempo",
    contributions: "Las contribuciones de los miembros no se cobraron de {f} a {l}: el servicio estaba parado cuando terminaron esos períodos, y de eso hace demasiado tiempo.",
    income: "La renta no se pagó de {f} a {l}: el servicio estaba parado cuando terminaron esos períodos, y de eso hace demasiado tiempo.",
    last: "No se recupera más tarde. Los períodos siguientes tendrán su turno. Donde haya algo que compensar, hágalo con pagos propios.",
    community: "Comunidad",
};

const FRENCH: Sentences = Sentences {
    subject: "Le service a été arrêté trop longtemps",
    contributions: "Les contributions des membres n’ont pas été prélevées de {f} à {l} : le service était arrêté à la fin de ces périodes, et elles remontent à trop longtemps.",
    income: "Le revenu n’a pas été versé de {f} à {l} : le service était arrêté à la fin de ces périodes, et elles remontent à trop longtemps.",
    last: "Il n’y a pas de rattrapage. Les périodes suivantes ont leur tour. S’il y a quelque chose à compenser, faites-le par vos propres paiements.",
    community: "Communauté",
};

const DUTCH: Sentences = Sentences {
    subject: "De dienst heeft te lang stilgelegen",
    contributions: "De bijdragen van de leden zijn over {f} tot en met {l} niet geïnd: de dienst lag stil toen deze periodes eindigden, en ze zijn te lang geleden.",
    income: "Het inkomen is over {f} tot en met {l} niet betaald: de dienst lag stil toen deze periodes eindigden, en ze zijn te lang geleden.",
    last: "Het wordt niet ingehaald. De latere periodes komen aan de beurt. Waar iets recht te zetten is, doet u dat met eigen betalingen.",
    community: "Gemeenschap",
};

/// The letter's subject and parts, with the label of the link to the service.
pub(super) fn letter(
    told: &PeriodsMissed,
    language: Language,
    open: &'static str,
) -> (&'static str, Vec<Part>) {
    let sentences = language.choose([&ENGLISH, &SPANISH, &FRENCH, &GERMAN, &DUTCH]);
    let PeriodsMissed { community, work, first, last } = told;
    let sentence = match work {
        MissedWork::Contributions => sentences.contributions,
        MissedWork::Income => sentences.income,
    };
    let parts = vec![
        say(sentence.replace("{f}", &first.to_string()).replace("{l}", &last.to_string())),
        say(sentences.last),
        say(format!("{}: {community}", sentences.community)),
        home(open),
    ];
    (sentences.subject, parts)
}
