//! That an admin gave a member another name, in every language.

use super::{Part, home, say};
use crate::domain::language::Language;
use crate::mail::plain::Plain;

/// What is said of it in a language.
struct Sentences {
    subject: &'static str,
    first: &'static str,
    before: &'static str,
    after: &'static str,
    last: &'static str,
    community: &'static str,
}

const ENGLISH: Sentences = Sentences {
    subject: "You have another name in your community",
    first: "An admin of your community changed the name under which others see you: in the directory, when they pay you, and on their receipts and statements, those of earlier payments, too.",
    before: "Before",
    after: "From now on",
    last: "If that is not right, ask an admin of your community.",
    community: "Community",
};

const GERMAN: Sentences = Sentences {
    subject: "Sie haben in Ihrer Gemeinschaft einen anderen Namen",
    first: "Jemand aus der Verwaltung Ihrer Gemeinschaft hat den Namen geändert, unter dem andere Sie sehen: im Verzeichnis, wenn sie Ihnen zahlen, und auf ihren Belegen und Auszügen, auch denen früherer Zahlungen.",
    before: "Vorher",
    after: "Von jetzt an",
    last: "Wenn das nicht stimmt, fragen Sie bei der Verwaltung Ihrer Gemeinschaft nach.",
    community: "Gemeinschaft",
};

const SPANISH: Sentences = Sentences {
    subject: "Tiene otro nombre en su comunidad",
    first: "Alguien de la administración de su comunidad cambió el nombre con el que le ven los demás: en el directorio, cuando le pagan y en sus recibos y extractos, también en los de pagos anteriores.",
    before: "Antes",
    after: "Desde ahora",
    last: "Si no es correcto, pregunte a la administración de su comunidad.",
    community: "Comunidad",
};

const FRENCH: Sentences = Sentences {
    subject: "Vous avez un autre nom dans votre communauté",
    first: "Quelqu’un de l’administration de votre communauté a changé le nom sous lequel les autres vous voient : dans l’annuaire, quand ils vous paient, et sur leurs reçus et relevés, même ceux de paiements antérieurs.",
    before: "Avant",
    after: "Désormais",
    last: "Si ce n’est pas juste, demandez à l’administration de votre communauté.",
    community: "Communauté",
};

const DUTCH: Sentences = Sentences {
    subject: "U hebt een andere naam in uw gemeenschap",
    first: "Iemand van het beheer van uw gemeenschap heeft de naam gewijzigd waaronder anderen u zien: in de ledenlijst, wanneer ze u betalen, en op hun bonnen en afschriften, ook die van eerdere betalingen.",
    before: "Eerst",
    after: "Vanaf nu",
    last: "Klopt dat niet, vraag het dan aan het beheer van uw gemeenschap.",
    community: "Gemeenschap",
};

/// The letter's subject and parts, with the label of the link to the service: the community, the name before and the name after.
pub(super) fn renamed(
    [community, before, after]: [&Plain; 3],
    language: Language,
    open: &'static str,
) -> (&'static str, Vec<Part>) {
    let sentences = language.choose([&ENGLISH, &SPANISH, &FRENCH, &GERMAN, &DUTCH]);
    let parts = vec![
        say(sentences.first),
        say(format!("{}: {before}", sentences.before)),
        say(format!("{}: {after}", sentences.after)),
        say(sentences.last),
        say(format!("{}: {community}", sentences.community)),
        home(open),
    ];
    (sentences.subject, parts)
}
