//! A receipt's words, in each language.

use crate::domain::language::Language;

/// What stands on a receipt beside the facts.
pub(super) struct Words {
    pub title: &'static str,
    pub amount: &'static str,
    pub from: &'static str,
    pub to: &'static str,
    pub date: &'static str,
    pub description: &'static str,
    pub reference: &'static str,
    pub payer_fee: &'static str,
    pub payee_fee: &'static str,
    pub refunded: &'static str,
    pub refund_of: &'static str,
    pub ledger: &'static str,
    pub hash: &'static str,
    pub closing: &'static str,
    pub name_elsewhere: &'static str,
    pub text_elsewhere: &'static str,
    pub gaps: &'static str,
}

pub(super) const fn words(language: Language) -> &'static Words {
    language.choose([&ENGLISH, &SPANISH, &FRENCH, &GERMAN, &DUTCH])
}

const ENGLISH: Words = Words {
    title: "Receipt",
    amount: "Amount",
    from: "Paid by",
    to: "Paid to",
    date: "Date",
    description: "For",
    reference: "Payment",
    payer_fee: "Fee, paid on top",
    payee_fee: "Fee, kept from the payee",
    refunded: "Given back since",
    refund_of: "Gives back payment",
    ledger: "Place in the ledger",
    hash: "Hash of the ledger there",
    closing: "The ledger is a chain: whoever knows a later hash can check that this payment stands in it as it is here.",
    name_elsewhere: "(a name that this page cannot show)",
    text_elsewhere: "(a text that this page cannot show: it stands with the payment)",
    gaps: "\u{fffd} stands for a character that this page cannot show.",
};

const SPANISH: Words = Words {
    title: "Recibo",
    amount: "Importe",
    from: "Pagado por",
    to: "Pagado a",
    date: "Fecha",
    description: "Concepto",
    reference: "Pago",
    payer_fee: "Comisión, pagada además",
    payee_fee: "Comisión, descontada a quien recibe",
    refunded: "Devuelto desde entonces",
    refund_of: "Devuelve el pago",
    ledger: "Lugar en el libro",
    hash: "Huella del libro ahí",
    closing: "El libro es una cadena: quien conozca una huella posterior puede comprobar que este pago figura en él tal como está aquí.",
    name_elsewhere: "(un nombre que esta página no puede mostrar)",
    text_elsewhere: "(un texto que esta página no puede mostrar: figura en el pago)",
    gaps: "\u{fffd} representa un carácter que esta página no puede mostrar.",
};

const FRENCH: Words = Words {
    title: "Reçu",
    amount: "Montant",
    from: "Payé par",
    to: "Payé à",
    date: "Date",
    description: "Objet",
    reference: "Paiement",
    payer_fee: "Frais, payés en plus",
    payee_fee: "Frais, retenus au bénéficiaire",
    refunded: "Remboursé depuis",
    refund_of: "Rembourse le paiement",
    ledger: "Place dans le registre",
    hash: "Empreinte du registre à cette place",
    closing: "Le registre est une chaîne : qui connaît une empreinte plus récente peut vérifier que ce paiement y figure tel qu’il est ici.",
    name_elsewhere: "(un nom que cette page ne peut pas afficher)",
    text_elsewhere: "(un texte que cette page ne peut pas afficher : il figure avec le paiement)",
    gaps: "\u{fffd} remplace un caractère que cette page ne peut pas afficher.",
};

const GERMAN: Words = Words {
    title: "Beleg",
    amount: "Betrag",
    from: "Bezahlt von",
    to: "Bezahlt an",
    date: "Datum",
    description: "Wofür",
    reference: "Zahlung",
    payer_fee: "Gebühr, zusätzlich bezahlt",
    payee_fee: "Gebühr, beim Empfänger einbehalten",
    refunded: "Seitdem zurückgegeben",
    refund_of: "Gibt zurück: Zahlung",
    ledger: "Stelle im Hauptbuch",
    hash: "Prüfsumme des Hauptbuchs dort",
    closing: "Das Hauptbuch ist eine Kette: Wer eine spätere Prüfsumme kennt, kann prüfen, dass diese Zahlung darin so steht wie hier.",
    name_elsewhere: "(ein Name, den diese Seite nicht zeigen kann)",
    text_elsewhere: "(ein Text, den diese Seite nicht zeigen kann: er steht bei der Zahlung)",
    gaps: "\u{fffd} steht für ein Zeichen, das diese Seite nicht zeigen kann.",
};

const DUTCH: Words = Words {
    title: "Bewijs van betaling",
    amount: "Bedrag",
    from: "Betaald door",
    to: "Betaald aan",
    date: "Datum",
    description: "Waarvoor",
    reference: "Betaling",
    payer_fee: "Bijdrage, extra betaald",
    payee_fee: "Bijdrage, ingehouden bij de ontvanger",
    refunded: "Sindsdien terugbetaald",
    refund_of: "Betaalt terug: betaling",
    ledger: "Plaats in het grootboek",
    hash: "Hash van het grootboek daar",
    closing: "Het grootboek is een keten: wie een latere hash kent, kan nagaan dat deze betaling er zo in staat als hier.",
    name_elsewhere: "(een naam die deze pagina niet kan tonen)",
    text_elsewhere: "(een tekst die deze pagina niet kan tonen: hij staat bij de betaling)",
    gaps: "\u{fffd} staat voor een teken dat deze pagina niet kan tonen.",
};
