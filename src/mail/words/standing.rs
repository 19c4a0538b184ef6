//! Where a member stands, in every language: frozen, thawed, leaving, closed; and what is to be settled by when.

use super::{Part, home, quote, say};
use crate::domain::language::Language;
use crate::mail::plain::Plain;
use crate::mail::standing::{StandingEvent, StandingNotice};

/// What is said of it in a language. `{d}` is a date, `{a}` an amount and `{c}` an account's code.
struct Sentences {
    subject: &'static str,
    frozen: &'static str,
    thawed: &'static str,
    leaving: &'static str,
    stays: &'static str,
    closed: &'static str,
    proposed: &'static str,
    agreed: &'static str,
    soon: &'static str,
    soon_all: &'static str,
    due: &'static str,
    due_all: &'static str,
    written_off: &'static str,
    merged: &'static str,
    member: &'static str,
    why: &'static str,
    community: &'static str,
}

const ENGLISH: Sentences = Sentences {
    subject: "Your place in the community",
    frozen: "A place in the community was frozen. Until it is thawed, nothing can be paid from it or to it.",
    thawed: "A place in the community is active again.",
    leaving: "A member is leaving the community. Until it is closed, its balance only moves towards zero.",
    stays: "A member who was leaving stays in the community after all.",
    closed: "A place in the community was closed. Thank you for having taken part.",
    proposed: "A plan was proposed by which a leaving member settles its balance by {d}. Look at it in your app, and agree or propose another one.",
    agreed: "The plan is agreed by which a leaving member settles its balance by {d}.",
    soon: "By {d}, {a} of the balance are to be settled.",
    soon_all: "By {d}, the balance is to be settled.",
    due: "Today, {d}, {a} of the balance are to be settled.",
    due_all: "Today, {d}, the balance is to be settled.",
    written_off: "The rest of a balance, {a}, was written off.",
    merged: "Two places of one person in the community were merged. What the account of this member had is on the account {c} now, and this one is closed.",
    member: "Member",
    why: "The reason given:",
    community: "Community",
};

const GERMAN: Sentences = Sentences {
    subject: "Ihr Platz in der Gemeinschaft",
    frozen: "Ein Platz in der Gemeinschaft wurde gesperrt. Bis er entsperrt wird, kann nichts von ihm oder an ihn gezahlt werden.",
    thawed: "Ein Platz in der Gemeinschaft ist wieder aktiv.",
    leaving: "Ein Mitglied verlässt die Gemeinschaft. Bis es geschlossen wird, bewegt sich sein Saldo nur auf null zu.",
    stays: "Ein Mitglied, das gehen wollte, bleibt nun doch in der Gemeinschaft.",
    closed: "Ein Platz in der Gemeinschaft wurde geschlossen. Danke, dass Sie dabei waren.",
    proposed: "Es wurde ein Plan vorgeschlagen, nach dem ein Mitglied, das geht, seinen Saldo bis {d} ausgleicht. Sehen Sie ihn in Ihrer App an, und stimmen Sie zu oder schlagen Sie einen anderen vor.",
    agreed: "Der Plan ist vereinbart, nach dem ein Mitglied, das geht, seinen Saldo bis {d} ausgleicht.",
    soon: "Bis {d} sind {a} des Saldos auszugleichen.",
    soon_all: "Bis {d} ist der Saldo auszugleichen.",
    due: "Heute, am {d}, sind {a} des Saldos auszugleichen.",
    due_all: "Heute, am {d}, ist der Saldo auszugleichen.",
    written_off: "Der Rest eines Saldos, {a}, wurde ausgebucht.",
    merged: "Zwei Plätze derselben Person in der Gemeinschaft wurden zusammengeführt. Was das Konto dieses Mitglieds hatte, ist jetzt auf dem Konto {c}, und dieses ist geschlossen.",
    member: "Mitglied",
    why: "Der angegebene Grund:",
    community: "Gemeinschaft",
};

const SPANISH: Sentences = Sentences {
    subject: "Tu lugar en la comunidad",
    frozen: "Un lugar en la comunidad ha sido congelado. Hasta que se descongele no se puede pagar desde él ni a él.",
    thawed: "Un lugar en la comunidad vuelve a estar activo.",
    leaving: "Un miembro deja la comunidad. Hasta que se cierre, su saldo solo se mueve hacia cero.",
    stays: "Un miembro que se iba se queda finalmente en la comunidad.",
    closed: "Un lugar en la comunidad ha sido cerrado. Gracias por haber participado.",
    proposed: "Se ha propuesto un plan para que un miembro que se va salde su cuenta antes del {d}. Míralo en tu aplicación, y acéptalo o propón otro.",
    agreed: "Está acordado el plan para que un miembro que se va salde su cuenta antes del {d}.",
    soon: "Hasta el {d} hay que saldar {a}.",
    soon_all: "Hasta el {d} hay que saldar la cuenta.",
    due: "Hoy, {d}, hay que saldar {a}.",
    due_all: "Hoy, {d}, hay que saldar la cuenta.",
    written_off: "Se ha dado de baja el resto de un saldo: {a}.",
    merged: "Se han unido dos lugares de una misma persona en la comunidad. Lo que tenía la cuenta de este miembro está ahora en la cuenta {c}, y esta está cerrada.",
    member: "Miembro",
    why: "El motivo indicado:",
    community: "Comunidad",
};

const FRENCH: Sentences = Sentences {
    subject: "Votre place dans la communauté",
    frozen: "Une place dans la communauté a été gelée. Tant qu’elle l’est, rien ne peut être payé depuis elle ni vers elle.",
    thawed: "Une place dans la communauté est de nouveau active.",
    leaving: "Un membre quitte la communauté. Jusqu’à la clôture, son solde ne va que vers zéro.",
    stays: "Un membre qui partait reste finalement dans la communauté.",
    closed: "Une place dans la communauté a été clôturée. Merci d’y avoir participé.",
    proposed: "Un plan a été proposé pour qu’un membre qui part règle son solde d’ici le {d}. Consultez-le dans votre application, puis acceptez-le ou proposez-en un autre.",
    agreed: "Le plan est convenu selon lequel un membre qui part règle son solde d’ici le {d}.",
    soon: "D’ici le {d}, {a} du solde sont à régler.",
    soon_all: "D’ici le {d}, le solde est à régler.",
    due: "Aujourd’hui, {d}, {a} du solde sont à régler.",
    due_all: "Aujourd’hui, {d}, le solde est à régler.",
    written_off: "Le reste d’un solde, {a}, a été passé en perte ou abandonné.",
    merged: "Deux places d’une même personne dans la communauté ont été fusionnées. Ce que le compte de ce membre avait se trouve maintenant sur le compte {c}, et celui-ci est clôturé.",
    member: "Membre",
    why: "La raison donnée :",
    community: "Communauté",
};

const DUTCH: Sentences = Sentences {
    subject: "Uw plaats in de gemeenschap",
    frozen: "Een plaats in de gemeenschap is bevroren. Tot die ontdooid is, kan er niets van of naar betaald worden.",
    thawed: "Een plaats in de gemeenschap is weer actief.",
    leaving: "Een lid verlaat de gemeenschap. Tot de sluiting beweegt het saldo alleen naar nul.",
    stays: "Een lid dat wegging, blijft toch in de gemeenschap.",
    closed: "Een plaats in de gemeenschap is gesloten. Bedankt voor het meedoen.",
    proposed: "Er is een plan voorgesteld waarmee een vertrekkend lid het saldo vereffent vóór {d}. Bekijk het in uw app, en stem in of stel een ander voor.",
    agreed: "Het plan is afgesproken waarmee een vertrekkend lid het saldo vereffent vóór {d}.",
    soon: "Vóór {d} moet {a} van het saldo vereffend zijn.",
    soon_all: "Vóór {d} moet het saldo vereffend zijn.",
    due: "Vandaag, {d}, moet {a} van het saldo vereffend zijn.",
    due_all: "Vandaag, {d}, moet het saldo vereffend zijn.",
    written_off: "De rest van een saldo, {a}, is afgeboekt.",
    merged: "Twee plaatsen van één persoon in de gemeenschap zijn samengevoegd. Wat de rekening van dit lid had, staat nu op rekening {c}, en deze is gesloten.",
    member: "Lid",
    why: "De opgegeven reden:",
    community: "Gemeenschap",
};

/// The letter's subject and parts, with the label of the link to the service.
pub(super) fn letter(
    told: &StandingNotice,
    language: Language,
    open: &'static str,
) -> (&'static str, Vec<Part>) {
    let sentences = match language {
        Language::English => &ENGLISH,
        Language::Spanish => &SPANISH,
        Language::French => &FRENCH,
        Language::German => &GERMAN,
        Language::Dutch => &DUTCH,
    };
    let first = match (told.event, told.amount.is_some()) {
        (StandingEvent::Frozen, _) => sentences.frozen,
        (StandingEvent::Thawed, _) => sentences.thawed,
        (StandingEvent::Leaving, _) => sentences.leaving,
        (StandingEvent::Stays, _) => sentences.stays,
        (StandingEvent::Closed, _) => sentences.closed,
        (StandingEvent::PlanProposed, _) => sentences.proposed,
        (StandingEvent::PlanAgreed, _) => sentences.agreed,
        (StandingEvent::DueSoon, true) => sentences.soon,
        (StandingEvent::DueSoon, false) => sentences.soon_all,
        (StandingEvent::Due, true) => sentences.due,
        (StandingEvent::Due, false) => sentences.due_all,
        (StandingEvent::WrittenOff, _) => sentences.written_off,
        (StandingEvent::Merged, _) => sentences.merged,
    };
    let shown = |part: &Option<Plain>| part.as_ref().map(ToString::to_string).unwrap_or_default();
    let first = first.replace("{d}", &shown(&told.date)).replace("{a}", &shown(&told.amount));
    let first = first.replace("{c}", &shown(&told.account));
    let mut parts = vec![
        say(first),
        say(format!("{}: {}", sentences.member, told.member)),
        say(format!("{}: {}", sentences.community, told.community)),
    ];
    if let Some(reason) = quote(&told.reason) {
        parts.extend([say(sentences.why), reason]);
    }
    parts.push(home(open));
    (sentences.subject, parts)
}
