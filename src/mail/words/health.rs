//! That figures of a currency are beyond the thresholds of its admins, in every language.

use super::{Part, home, say};
use crate::mail::letter::Crossing;
use crate::mail::plain::Plain;

/// What is said of it in a language.
pub(super) struct Alert {
    subject: &'static str,
    /// Before the community's name, between it and the day, and behind that.
    first: [&'static str; 3],
    above: &'static str,
    below: &'static str,
    last: &'static str,
}

pub(super) const ENGLISH: Alert = Alert {
    subject: "A figure of your currency has crossed a threshold",
    first: [
        "In the community “",
        "”, these figures were beyond the thresholds of its admins at the end of ",
        ":",
    ],
    above: "above",
    below: "below",
    last: "You will not be written to again about them while they stay there. The figures and the thresholds are in the community’s health.",
};

pub(super) const GERMAN: Alert = Alert {
    subject: "Eine Kennzahl Ihrer Währung hat eine Schwelle überschritten",
    first: [
        "In der Gemeinschaft „",
        "“ lagen diese Kennzahlen jenseits der Schwellen ihrer Verwaltung, am Ende des ",
        ":",
    ],
    above: "über",
    below: "unter",
    last: "Solange sie dort bleiben, schreiben wir Ihnen ihretwegen nicht noch einmal. Kennzahlen und Schwellen stehen beim Zustand der Gemeinschaft.",
};

pub(super) const SPANISH: Alert = Alert {
    subject: "Un indicador de su moneda ha pasado un umbral",
    first: [
        "En la comunidad «",
        "», estos indicadores estaban más allá de los umbrales de su administración al final del ",
        ":",
    ],
    above: "por encima de",
    below: "por debajo de",
    last: "No le escribiremos de nuevo sobre ellos mientras sigan así. Los indicadores y los umbrales están en el estado de la comunidad.",
};

pub(super) const FRENCH: Alert = Alert {
    subject: "Un indicateur de votre monnaie a franchi un seuil",
    first: [
        "Dans la communauté « ",
        " », ces indicateurs étaient au-delà des seuils de son administration à la fin du ",
        " :",
    ],
    above: "au-dessus de",
    below: "au-dessous de",
    last: "Nous ne vous écrirons plus à leur sujet tant qu’ils y restent. Les indicateurs et les seuils figurent dans l’état de la communauté.",
};

pub(super) const DUTCH: Alert = Alert {
    subject: "Een kengetal van uw munt heeft een drempel overschreden",
    first: [
        "In de gemeenschap “",
        "” lagen deze kengetallen voorbij de drempels van haar beheer aan het einde van ",
        ":",
    ],
    above: "boven",
    below: "onder",
    last: "Zolang ze daar blijven, schrijven we u er niet nog eens over. De kengetallen en drempels staan bij de toestand van de gemeenschap.",
};

pub(super) fn letter(
    (community, day): (&Plain, &Plain),
    crossings: &[Crossing],
    words: &Alert,
    open: &'static str,
) -> (&'static str, Vec<Part>) {
    let Alert { subject, first: [before, between, behind], above, below, last } = words;
    let mut parts = vec![say(format!("{before}{community}{between}{day}{behind}"))];
    parts.extend(crossings.iter().map(|Crossing { figure, is_above, value, threshold }| {
        let side = if *is_above { above } else { below };
        say(format!("{figure}: {value} ({side} {threshold})"))
    }));
    parts.extend([say(*last), home(open)]);
    (subject, parts)
}
