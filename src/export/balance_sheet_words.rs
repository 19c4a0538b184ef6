//! A balance sheet's words, in each language.

use crate::domain::language::Language;

/// What stands on a balance sheet beside the facts.
pub(super) struct Words {
    pub title: &'static str,
    pub date: &'static str,
    pub end_of: &'static str,
    pub time_zone: &'static str,
    pub currency: &'static str,
    pub made: &'static str,
    pub held: &'static str,
    pub owed: &'static str,
    pub commons: &'static str,
    pub write_off: &'static str,
    pub peers: &'static str,
    pub sum: &'static str,
    pub reserved: &'static str,
    pub credit_granted: &'static str,
    pub derived: &'static str,
}

pub(super) const fn words(language: Language) -> &'static Words {
    language.choose([&ENGLISH, &SPANISH, &FRENCH, &GERMAN, &DUTCH])
}

const ENGLISH: Words = Words {
    title: "Balance sheet",
    date: "As of",
    end_of: "End of",
    time_zone: "Time zone",
    currency: "Amounts in",
    made: "Made on",
    held: "Held by members, in so many accounts",
    owed: "Owed by members, in so many accounts",
    commons: "The community's fund",
    write_off: "Losses that the community bears",
    peers: "With other communities",
    sum: "Sum",
    reserved: "Reserved for authorised payments",
    credit_granted: "Credit granted to members in all",
    derived: "Derived from the ledger up to its record",
};

const SPANISH: Words = Words {
    title: "Balance",
    date: "A fecha de",
    end_of: "Fin del",
    time_zone: "Zona horaria",
    currency: "Importes en",
    made: "Emitido el",
    held: "Saldos a favor de los miembros, en tantas cuentas",
    owed: "Saldos deudores de los miembros, en tantas cuentas",
    commons: "Fondo de la comunidad",
    write_off: "Pérdidas que asume la comunidad",
    peers: "Con otras comunidades",
    sum: "Suma",
    reserved: "Reservado para pagos autorizados",
    credit_granted: "Crédito concedido a los miembros en total",
    derived: "Calculado a partir del libro hasta su registro",
};

const FRENCH: Words = Words {
    title: "Bilan",
    date: "Au",
    end_of: "Fin du",
    time_zone: "Fuseau horaire",
    currency: "Montants en",
    made: "Établi le",
    held: "Avoirs des membres, sur autant de comptes",
    owed: "Dettes des membres, sur autant de comptes",
    commons: "Fonds de la communauté",
    write_off: "Pertes que la communauté supporte",
    peers: "Avec d’autres communautés",
    sum: "Somme",
    reserved: "Réservé pour des paiements autorisés",
    credit_granted: "Crédit accordé aux membres en tout",
    derived: "Calculé d’après le registre jusqu’à son enregistrement",
};

const GERMAN: Words = Words {
    title: "Bilanz",
    date: "Stand",
    end_of: "Ende des",
    time_zone: "Zeitzone",
    currency: "Beträge in",
    made: "Erstellt am",
    held: "Guthaben der Mitglieder, auf so vielen Konten",
    owed: "Schulden der Mitglieder, auf so vielen Konten",
    commons: "Fonds der Gemeinschaft",
    write_off: "Verluste, die die Gemeinschaft trägt",
    peers: "Mit anderen Gemeinschaften",
    sum: "Summe",
    reserved: "Für genehmigte Zahlungen vorgemerkt",
    credit_granted: "Den Mitgliedern insgesamt eingeräumter Kredit",
    derived: "Aus dem Hauptbuch hergeleitet, bis zu seinem Eintrag",
};

const DUTCH: Words = Words {
    title: "Balans",
    date: "Per",
    end_of: "Einde van",
    time_zone: "Tijdzone",
    currency: "Bedragen in",
    made: "Opgemaakt op",
    held: "Tegoeden van leden, op zoveel rekeningen",
    owed: "Schulden van leden, op zoveel rekeningen",
    commons: "Fonds van de gemeenschap",
    write_off: "Verliezen die de gemeenschap draagt",
    peers: "Met andere gemeenschappen",
    sum: "Som",
    reserved: "Gereserveerd voor goedgekeurde betalingen",
    credit_granted: "Krediet dat leden in totaal kregen",
    derived: "Afgeleid uit het grootboek tot en met boeking",
};
