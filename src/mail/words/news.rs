//! What happened, in the words of each language: one line for each thing, of which letters have one or many.

use super::{Part, Words, home, say};
use crate::mail::news::{News, NewsItem, NewsPeriod, NewsWhat};

/// The most characters of somebody's words about one of many things.
const ITEM_CHARS_MAX: usize = 150;

/// A language's phrases. Each is put together with names and amounts in fixed places: `{a}` the amount, `{o}` the other
/// side.
pub(super) struct Phrases {
    pub greeting: &'static str,
    pub closing: &'static str,
    pub open: &'static str,
    pub subject_now: &'static str,
    pub subject_day: &'static str,
    pub subject_week: &'static str,
    pub community: &'static str,
    pub more: &'static str,
    pub choose: &'static str,
    pub received: &'static str,
    pub sent: &'static str,
    pub requested: &'static str,
    pub authorised: &'static str,
    pub declined: &'static str,
    pub cancelled: &'static str,
    pub expired: &'static str,
    pub failed: &'static str,
    pub changed: &'static str,
    pub status: &'static str,
    pub near_limit: &'static str,
    pub member_near_limit: &'static str,
}

pub(super) fn words(news: &News, phrases: &Phrases) -> Words {
    let subject = match news.period {
        NewsPeriod::Now => phrases.subject_now,
        NewsPeriod::Day => phrases.subject_day,
        NewsPeriod::Week => phrases.subject_week,
    };
    let mut parts = vec![say(format!("{}: {}", phrases.community, news.community))];
    for item in &news.items {
        parts.push(say(line(item, phrases)));
        let description = item.description.shortened(ITEM_CHARS_MAX);
        if !description.is_empty() {
            parts.push(Part::Quote(description));
        }
    }
    if news.more > 0 {
        parts.push(say(phrases.more.replace("{n}", &news.more.to_string())));
    }
    parts.push(home(phrases.open));
    parts.push(say(phrases.choose));
    Words { subject, greeting: phrases.greeting, parts, closing: phrases.closing }
}

fn line(item: &NewsItem, phrases: &Phrases) -> String {
    let phrase = match item.what {
        NewsWhat::Received => phrases.received,
        NewsWhat::Sent => phrases.sent,
        NewsWhat::Requested => phrases.requested,
        NewsWhat::Authorised => phrases.authorised,
        NewsWhat::Declined => phrases.declined,
        NewsWhat::Cancelled => phrases.cancelled,
        NewsWhat::Expired => phrases.expired,
        NewsWhat::Failed => phrases.failed,
        NewsWhat::Changed => phrases.changed,
        NewsWhat::StatusChanged => phrases.status,
        NewsWhat::NearLimit => phrases.near_limit,
        NewsWhat::MemberNearLimit => phrases.member_near_limit,
    };
    // The amount first: names are other people's words, and nothing is put into them.
    let with_amount = phrase.replace("{a}", &item.amount.to_string());
    let (before, after) = with_amount.split_once("{o}").unwrap_or((&with_amount, ""));
    let other =
        if with_amount.contains("{o}") { item.other.shortened(ITEM_CHARS_MAX) } else { String::new() };
    format!("{}: {before}{other}{after}", item.at)
}

pub(super) const ENGLISH: Phrases = Phrases {
    greeting: "Hello,",
    closing: "Sent automatically; nobody reads replies.",
    open: "Open Counterfoil",
    subject_now: "News from your account",
    subject_day: "News from your account: the last day",
    subject_week: "News from your account: the last week",
    community: "Community",
    more: "And {n} more.",
    choose: "Which of this you want to hear by mail, and how soon, you choose in your app.",
    received: "{o} paid you {a}.",
    sent: "You paid {a} to {o}.",
    requested: "{o} asks you to pay {a}.",
    authorised: "{a} are reserved for {o}.",
    declined: "The payment of {a} with {o} was declined.",
    cancelled: "The payment of {a} with {o} was cancelled.",
    expired: "The payment of {a} with {o} has expired.",
    failed: "The payment of {a} with {o} could not be made.",
    changed: "The payment of {a} with {o} has changed.",
    status: "Your account has another status.",
    near_limit: "Your account has come near one of its limits. Your app shows how much is left.",
    member_near_limit: "The account of {o} has come near one of its limits.",
};

pub(super) const GERMAN: Phrases = Phrases {
    greeting: "Guten Tag,",
    closing: "Automatisch versandt; Antworten liest niemand.",
    open: "Counterfoil öffnen",
    subject_now: "Neues von Ihrem Konto",
    subject_day: "Neues von Ihrem Konto: der letzte Tag",
    subject_week: "Neues von Ihrem Konto: die letzte Woche",
    community: "Gemeinschaft",
    more: "Und {n} weitere.",
    choose: "Was davon Sie per E-Mail erfahren möchten, und wie bald, wählen Sie in Ihrer App.",
    received: "{o} hat Ihnen {a} bezahlt.",
    sent: "Sie haben {a} an {o} bezahlt.",
    requested: "{o} bittet Sie, {a} zu bezahlen.",
    authorised: "{a} sind reserviert: {o}.",
    declined: "Die Zahlung von {a} ({o}) wurde abgelehnt.",
    cancelled: "Die Zahlung von {a} ({o}) wurde abgebrochen.",
    expired: "Die Zahlung von {a} ({o}) ist verfallen.",
    failed: "Die Zahlung von {a} ({o}) konnte nicht ausgeführt werden.",
    changed: "Die Zahlung von {a} ({o}) hat sich geändert.",
    status: "Ihr Konto hat einen anderen Status.",
    near_limit: "Ihr Konto ist nahe an einer seiner Grenzen. Ihre App zeigt, wie viel noch übrig ist.",
    member_near_limit: "Das Konto von {o} ist nahe an einer seiner Grenzen.",
};

pub(super) const FRENCH: Phrases = Phrases {
    greeting: "Bonjour,",
    closing: "Envoyé automatiquement ; personne ne lit les réponses.",
    open: "Ouvrir Counterfoil",
    subject_now: "Des nouvelles de votre compte",
    subject_day: "Des nouvelles de votre compte : le dernier jour",
    subject_week: "Des nouvelles de votre compte : la dernière semaine",
    community: "Communauté",
    more: "Et {n} de plus.",
    choose: "Ce que vous voulez apprendre par e-mail, et à quel rythme, se choisit dans votre application.",
    received: "{o} vous a payé {a}.",
    sent: "Vous avez payé {a} à {o}.",
    requested: "{o} vous demande de payer {a}.",
    authorised: "{a} sont réservés : {o}.",
    declined: "Le paiement de {a} ({o}) a été refusé.",
    cancelled: "Le paiement de {a} ({o}) a été annulé.",
    expired: "Le paiement de {a} ({o}) a expiré.",
    failed: "Le paiement de {a} ({o}) n’a pas pu être fait.",
    changed: "Le paiement de {a} ({o}) a changé.",
    status: "Votre compte a un autre statut.",
    near_limit: "Votre compte approche d’une de ses limites. Votre application montre ce qui reste.",
    member_near_limit: "Le compte de {o} approche d’une de ses limites.",
};

pub(super) const SPANISH: Phrases = Phrases {
    greeting: "Hola:",
    closing: "Enviado automáticamente; nadie lee las respuestas.",
    open: "Abrir Counterfoil",
    subject_now: "Novedades de su cuenta",
    subject_day: "Novedades de su cuenta: el último día",
    subject_week: "Novedades de su cuenta: la última semana",
    community: "Comunidad",
    more: "Y {n} más.",
    choose: "Qué quiere saber por correo, y con qué frecuencia, se elige en su aplicación.",
    received: "{o} le ha pagado {a}.",
    sent: "Ha pagado {a} a {o}.",
    requested: "{o} le pide que pague {a}.",
    authorised: "{a} están reservados: {o}.",
    declined: "El pago de {a} ({o}) fue rechazado.",
    cancelled: "El pago de {a} ({o}) fue cancelado.",
    expired: "El pago de {a} ({o}) ha caducado.",
    failed: "El pago de {a} ({o}) no se pudo hacer.",
    changed: "El pago de {a} ({o}) ha cambiado.",
    status: "Su cuenta tiene otro estado.",
    near_limit: "Su cuenta está cerca de uno de sus límites. Su aplicación muestra cuánto queda.",
    member_near_limit: "La cuenta de {o} está cerca de uno de sus límites.",
};

pub(super) const DUTCH: Phrases = Phrases {
    greeting: "Hallo,",
    closing: "Automatisch verzonden; niemand leest antwoorden.",
    open: "Counterfoil openen",
    subject_now: "Nieuws van uw rekening",
    subject_day: "Nieuws van uw rekening: de afgelopen dag",
    subject_week: "Nieuws van uw rekening: de afgelopen week",
    community: "Gemeenschap",
    more: "En nog {n}.",
    choose: "Wat u hiervan per e-mail wilt horen, en hoe snel, kiest u in uw app.",
    received: "{o} heeft u {a} betaald.",
    sent: "U heeft {a} aan {o} betaald.",
    requested: "{o} vraagt u om {a} te betalen.",
    authorised: "{a} zijn gereserveerd: {o}.",
    declined: "De betaling van {a} ({o}) is geweigerd.",
    cancelled: "De betaling van {a} ({o}) is geannuleerd.",
    expired: "De betaling van {a} ({o}) is verlopen.",
    failed: "De betaling van {a} ({o}) kon niet worden gedaan.",
    changed: "De betaling van {a} ({o}) is veranderd.",
    status: "Uw rekening heeft een andere status.",
    near_limit: "Uw rekening komt dicht bij een van haar limieten. Uw app toont wat er over is.",
    member_near_limit: "De rekening van {o} komt dicht bij een van haar limieten.",
};
