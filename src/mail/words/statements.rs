//! An account's statement of a month, in every language.

use super::{Part, home, say};
use crate::domain::language::Language;
use crate::mail::letter::MonthlyStatement;

/// What is said of it in a language. `{a}` is the account's code, `{m}` the month, and `{s}` one from which on there was none.
struct Sentences {
    subject: &'static str,
    first: &'static str,
    community: &'static str,
    opening: &'static str,
    entries: &'static str,
    closing: &'static str,
    enclosed: &'static str,
    too_long: &'static str,
    none_since: &'static str,
    choose: &'static str,
}

const ENGLISH: Sentences = Sentences {
    subject: "Your account statement",
    first: "The statement of your account {a} for {m}:",
    community: "Community",
    opening: "Opening balance",
    entries: "Entries",
    closing: "Closing balance",
    enclosed: "The whole statement is enclosed as a PDF.",
    too_long: "The whole statement is too long for a mail: you get it in your app, in shorter periods.",
    none_since: "There were no mails for the months from {s} on until this one: the service was off. Those statements you get in your app.",
    choose: "Whether you get these mails you choose in your app, for each account.",
};

const GERMAN: Sentences = Sentences {
    subject: "Ihr Kontoauszug",
    first: "Der Auszug Ihres Kontos {a} für {m}:",
    community: "Gemeinschaft",
    opening: "Anfangssaldo",
    entries: "Buchungen",
    closing: "Endsaldo",
    enclosed: "Der ganze Auszug liegt als PDF bei.",
    too_long: "Der ganze Auszug ist zu lang für eine E-Mail: Sie erhalten ihn in Ihrer App, in kürzeren Zeiträumen.",
    none_since: "Für die Monate ab {s} bis zu diesem gab es keine E-Mails: Der Dienst war außer Betrieb. Diese Auszüge erhalten Sie in Ihrer App.",
    choose: "Ob Sie diese E-Mails erhalten, wählen Sie in Ihrer App, für jedes Konto.",
};

const SPANISH: Sentences = Sentences {
    subject: "Su extracto de cuenta",
    first: "El extracto de su cuenta {a} de {m}:",
    community: "Comunidad",
    opening: "Saldo inicial",
    entries: "Movimientos",
    closing: "Saldo final",
    enclosed: "El extracto completo va adjunto en PDF.",
    too_long: "El extracto completo es demasiado largo para un correo: lo obtiene en su aplicación, por períodos más cortos.",
    none_since: "Desde {s} hasta este mes no hubo correos: el servicio estaba parado. Esos extractos los obtiene en su aplicación.",
    choose: "Si recibe estos correos, lo elige en su aplicación, para cada cuenta.",
};

const FRENCH: Sentences = Sentences {
    subject: "Votre relevé de compte",
    first: "Le relevé de votre compte {a} pour {m} :",
    community: "Communauté",
    opening: "Solde initial",
    entries: "Écritures",
    closing: "Solde final",
    enclosed: "Le relevé complet est joint en PDF.",
    too_long: "Le relevé complet est trop long pour un courriel : vous l’obtenez dans votre application, par périodes plus courtes.",
    none_since: "Il n’y a pas eu de courriels pour les mois à partir de {s} jusqu’à celui-ci : le service était arrêté. Vous obtenez ces relevés dans votre application.",
    choose: "Vous choisissez dans votre application, pour chaque compte, si vous recevez ces courriels.",
};

const DUTCH: Sentences = Sentences {
    subject: "Uw rekeningafschrift",
    first: "Het afschrift van uw rekening {a} voor {m}:",
    community: "Gemeenschap",
    opening: "Beginsaldo",
    entries: "Boekingen",
    closing: "Eindsaldo",
    enclosed: "Het hele afschrift is als pdf bijgevoegd.",
    too_long: "Het hele afschrift is te lang voor een e-mail: u krijgt het in uw app, in kortere periodes.",
    none_since: "Over de maanden vanaf {s} tot deze waren er geen e-mails: de dienst lag stil. Die afschriften krijgt u in uw app.",
    choose: "Of u deze e-mails krijgt, kiest u in uw app, voor elke rekening.",
};

/// The letter's subject and parts, with the label of the link to the service.
pub(super) fn letter(
    told: &MonthlyStatement,
    language: Language,
    open: &'static str,
) -> (&'static str, Vec<Part>) {
    let sentences = language.choose([&ENGLISH, &SPANISH, &FRENCH, &GERMAN, &DUTCH]);
    let MonthlyStatement {
        community,
        account,
        month,
        opening,
        entries,
        closing,
        is_enclosed,
        begins_behind: _,
        none_since,
    } = told;
    let first = sentences.first.replace("{m}", &month.to_string()).replace("{a}", &account.to_string());
    let mut parts = vec![
        say(first),
        say(format!("{}: {community}", sentences.community)),
        say(format!("{}: {opening}", sentences.opening)),
        say(format!("{}: {entries}", sentences.entries)),
        say(format!("{}: {closing}", sentences.closing)),
        say(if *is_enclosed { sentences.enclosed } else { sentences.too_long }),
    ];
    parts.extend(
        none_since.as_ref().map(|since| say(sentences.none_since.replace("{s}", &since.to_string()))),
    );
    parts.extend([home(open), say(sentences.choose)]);
    (sentences.subject, parts)
}
