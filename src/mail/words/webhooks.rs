//! That a webhook's endpoint was switched off, or made or changed, in every language.

use super::{Part, home, minute, say};
use crate::domain::language::Language;
use crate::mail::hooks::{WebhookChange, WebhookOff, WebhookSet};

/// What is said of it in a language. `{h}` is the host, `{a}` the account and `{w}` the key or app with which it was done.
struct Sentences {
    subject: &'static str,
    gone: &'static str,
    failing: &'static str,
    next: &'static str,
    community: &'static str,
    set_subject: &'static str,
    made: &'static str,
    moved: &'static str,
    new_secret: &'static str,
    with: &'static str,
    time: &'static str,
    doubt: &'static str,
}

const ENGLISH: Sentences = Sentences {
    subject: "A webhook of yours was switched off",
    gone: "The webhook of account {a} at {h} answered that it is gone for good (410). It is told nothing any more.",
    failing: "The webhook of account {a} at {h} has taken no message for days. It is told nothing any more.",
    next: "Payments go on as before. Once it works again, switch it on, and have it told again what happened since.",
    community: "Community",
    set_subject: "A webhook of yours was set up or changed",
    made: "A webhook was set up: {h} is told what happens on account {a} from now on.",
    moved: "A webhook leads elsewhere: {h} is told what happens on account {a} from now on.",
    new_secret: "The webhook of account {a} at {h} has a new secret, with which its messages are signed.",
    with: "It was done with the API key or app “{w}”.",
    time: "Time",
    doubt: "If you expected this, there is nothing to do. If not, remove the webhook, revoke the key or the app, change your password and tell an admin of your community at once.",
};

const GERMAN: Sentences = Sentences {
    subject: "Einer Ihrer Webhooks wurde abgeschaltet",
    gone: "Der Webhook des Kontos {a} bei {h} hat geantwortet, dass es ihn nicht mehr gibt (410). Er erfährt nichts mehr.",
    failing: "Der Webhook des Kontos {a} bei {h} hat seit Tagen keine Nachricht angenommen. Er erfährt nichts mehr.",
    next: "Zahlungen gehen weiter wie zuvor. Sobald er wieder arbeitet, schalten Sie ihn ein und lassen Sie ihm noch einmal mitteilen, was seither geschah.",
    community: "Gemeinschaft",
    set_subject: "Einer Ihrer Webhooks wurde eingerichtet oder geändert",
    made: "Ein Webhook wurde eingerichtet: {h} erfährt von jetzt an, was auf dem Konto {a} geschieht.",
    moved: "Ein Webhook führt woandershin: {h} erfährt von jetzt an, was auf dem Konto {a} geschieht.",
    new_secret: "Der Webhook des Kontos {a} bei {h} hat ein neues Geheimnis, mit dem seine Nachrichten unterschrieben werden.",
    with: "Das geschah mit dem API-Schlüssel oder der App „{w}“.",
    time: "Zeitpunkt",
    doubt: "Wenn Sie das erwartet haben, ist nichts zu tun. Wenn nicht, entfernen Sie den Webhook, widerrufen Sie den Schlüssel oder die App, ändern Sie Ihr Passwort und benachrichtigen Sie sofort die Verwaltung Ihrer Gemeinschaft.",
};

const SPANISH: Sentences = Sentences {
    subject: "Uno de tus webhooks se ha desactivado",
    gone: "El webhook de la cuenta {a} en {h} respondió que ya no existe (410). No se le comunica nada más.",
    failing: "El webhook de la cuenta {a} en {h} no ha aceptado ningún mensaje desde hace días. No se le comunica nada más.",
    next: "Los pagos siguen como antes. Cuando vuelva a funcionar, actívalo y haz que se le comunique de nuevo lo ocurrido desde entonces.",
    community: "Comunidad",
    set_subject: "Se ha creado o cambiado un webhook tuyo",
    made: "Se ha creado un webhook: desde ahora se comunica a {h} lo que ocurre en la cuenta {a}.",
    moved: "Un webhook lleva a otro lugar: desde ahora se comunica a {h} lo que ocurre en la cuenta {a}.",
    new_secret: "El webhook de la cuenta {a} en {h} tiene un secreto nuevo, con el que se firman sus mensajes.",
    with: "Se ha hecho con la clave de API o la aplicación «{w}».",
    time: "Hora",
    doubt: "Si lo esperabas, no hay nada que hacer. Si no, elimina el webhook, revoca la clave o la aplicación, cambia tu contraseña y avisa enseguida a la administración de tu comunidad.",
};

const FRENCH: Sentences = Sentences {
    subject: "Un de vos webhooks a été désactivé",
    gone: "Le webhook du compte {a} chez {h} a répondu qu’il n’existe plus (410). Plus rien ne lui est annoncé.",
    failing: "Le webhook du compte {a} chez {h} n’a accepté aucun message depuis des jours. Plus rien ne lui est annoncé.",
    next: "Les paiements continuent comme avant. Dès qu’il fonctionne à nouveau, réactivez-le et faites-lui annoncer encore une fois ce qui s’est passé depuis.",
    community: "Communauté",
    set_subject: "Un de vos webhooks a été créé ou modifié",
    made: "Un webhook a été créé : désormais, {h} apprend ce qui se passe sur le compte {a}.",
    moved: "Un webhook mène ailleurs : désormais, {h} apprend ce qui se passe sur le compte {a}.",
    new_secret: "Le webhook du compte {a} chez {h} a un nouveau secret, avec lequel ses messages sont signés.",
    with: "Cela a été fait avec la clé d’API ou l’application « {w} ».",
    time: "Date et heure",
    doubt: "Si vous vous y attendiez, il n’y a rien à faire. Sinon, supprimez le webhook, révoquez la clé ou l’application, changez votre mot de passe et prévenez immédiatement l’administration de votre communauté.",
};

const DUTCH: Sentences = Sentences {
    subject: "Een van je webhooks is uitgeschakeld",
    gone: "De webhook van rekening {a} bij {h} heeft geantwoord dat hij niet meer bestaat (410). Hij krijgt niets meer te horen.",
    failing: "De webhook van rekening {a} bij {h} heeft dagenlang geen bericht aangenomen. Hij krijgt niets meer te horen.",
    next: "Betalingen gaan door als voorheen. Zodra hij weer werkt, schakel je hem in en laat je hem opnieuw vertellen wat er sindsdien is gebeurd.",
    community: "Gemeenschap",
    set_subject: "Een webhook van je is ingesteld of gewijzigd",
    made: "Er is een webhook ingesteld: {h} krijgt vanaf nu te horen wat er op rekening {a} gebeurt.",
    moved: "Een webhook leidt ergens anders heen: {h} krijgt vanaf nu te horen wat er op rekening {a} gebeurt.",
    new_secret: "De webhook van rekening {a} bij {h} heeft een nieuw geheim, waarmee zijn berichten worden ondertekend.",
    with: "Dat is gedaan met de API-sleutel of app “{w}”.",
    time: "Tijdstip",
    doubt: "Had je dit verwacht, dan hoef je niets te doen. Zo niet, verwijder dan de webhook, trek de sleutel of de app in, wijzig je wachtwoord en waarschuw meteen een beheerder van je gemeenschap.",
};

const fn sentences(language: Language) -> &'static Sentences {
    language.choose([&ENGLISH, &SPANISH, &FRENCH, &GERMAN, &DUTCH])
}

/// The letter's subject and parts, with the label of the link to the service.
pub(super) fn letter(told: &WebhookOff, language: Language, open: &'static str) -> (&'static str, Vec<Part>) {
    let sentences = sentences(language);
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

/// The same, for an endpoint that was made or changed.
pub(super) fn set_letter(
    told: &WebhookSet,
    language: Language,
    open: &'static str,
) -> (&'static str, Vec<Part>) {
    let sentences = sentences(language);
    let WebhookSet { change, community, account, host, with, at_micros } = told;
    let what = match change {
        WebhookChange::Made => sentences.made,
        WebhookChange::Moved => sentences.moved,
        WebhookChange::NewSecret => sentences.new_secret,
    };
    let with = with.to_string();
    let mut parts = vec![say(what.replace("{a}", &account.to_string()).replace("{h}", &host.to_string()))];
    if !with.is_empty() {
        parts.push(say(sentences.with.replace("{w}", &with)));
    }
    parts.extend([
        say(format!("{}: {}", sentences.time, minute(*at_micros))),
        say(format!("{}: {community}", sentences.community)),
        say(sentences.doubt),
        home(open),
    ]);
    (sentences.set_subject, parts)
}
