//! What the files say, line by line: each field read and judged by itself.

use std::sync::Arc;

use super::fields::{Fields, Reading};
use super::origin::Origin;
use super::problems::Problems;
use super::table::{Sheet, Source};
use crate::auth::names;
use crate::domain::account::{AccountKind, AccountStatus, Limits};
use crate::domain::amount::{Amount, BALANCE_MAX_MINOR, MOVEMENT_MAX_MINOR};
use crate::domain::archive::LimitsSource;
use crate::domain::fees::Fees;
use crate::domain::language::Language;
use crate::domain::member::{MemberStatus, Role};
use crate::domain::payment::DESCRIPTION_CHARS_MAX;
use crate::domain::records::EntryKind;
use crate::domain::time::Timestamp;
use crate::services::accounts::REASON_CHARS_MAX;
use crate::services::joining::checks::{NAME_CHARS_MAX, is_mailable};
use crate::services::sessions::fold_email;

/// Why limits are an account's own where nobody says why.
const IMPORTED: &str = "import";

/// Where a row stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// In which kind of file.
    pub sheet: Sheet,
    /// On which line; 0 for what no line says.
    pub line: u64,
}

/// A member.
#[derive(Debug, Clone)]
pub(super) struct MemberRow {
    pub place: Place,
    pub reference: Arc<str>,
    pub name: String,
    pub email: Option<String>,
    pub language: Language,
    pub role: Role,
    pub status: MemberStatus,
    pub joined: Option<Timestamp>,
}

/// An account.
#[derive(Debug, Clone)]
pub(super) struct AccountRow {
    pub place: Place,
    pub reference: Arc<str>,
    pub member: Option<Arc<str>>,
    pub kind: AccountKind,
    pub name: Option<String>,
    pub status: AccountStatus,
    pub opened: Option<Timestamp>,
}

/// How far an account may go.
#[derive(Debug, Clone)]
pub(super) struct LimitsRow {
    pub place: Place,
    pub account: Arc<str>,
    pub limits: Limits,
    pub reason: String,
    /// From when on; none for the beginning.
    pub at: Option<Timestamp>,
    /// Whose word that is, where it is a member's account.
    pub by: LimitsSource,
    /// Before or behind what else has the same time.
    pub order: i64,
}

/// What an account brings along.
#[derive(Debug, Clone)]
pub(super) struct OpeningRow {
    pub place: Place,
    pub account: Arc<str>,
    pub balance: Amount,
    pub at: Option<Timestamp>,
}

/// A transfer of which only the accounts are not looked up yet.
#[derive(Debug, Clone)]
pub(super) struct TransferRow<'a> {
    pub place: Place,
    pub at: Timestamp,
    pub payer: &'a str,
    pub payee: &'a str,
    pub amount: Amount,
    /// What it bore on both sides.
    pub fees: Fees,
    pub description: String,
    pub kind: EntryKind,
    pub reference: Option<&'a str>,
    /// What it belongs to: another line's reference, or a day.
    pub of: Option<&'a str>,
    /// Whether the payer's and the payee's limits were passed by it.
    pub beyond_limits: [bool; 2],
    /// Before or behind what else has the same time.
    pub order: i64,
}

impl Reading<'_> {
    pub fn members(&mut self, source: &Source) -> Vec<MemberRow> {
        let mut rows = Vec::new();
        self.each(source, |fields| rows.extend(member(fields)));
        rows
    }

    pub fn accounts(&mut self, source: &Source) -> Vec<AccountRow> {
        let mut rows = Vec::new();
        self.each(source, |fields| rows.extend(account(fields)));
        rows
    }

    pub fn limits(&mut self, source: &Source) -> Vec<LimitsRow> {
        let mut rows = Vec::new();
        self.each(source, |fields| rows.extend(limits(fields)));
        rows
    }

    pub fn openings(&mut self, source: &Source) -> Vec<OpeningRow> {
        let mut rows = Vec::new();
        self.each(source, |fields| rows.extend(opening(fields)));
        rows
    }

    pub fn transfers(
        &mut self,
        source: &Source,
        mut take: impl FnMut(TransferRow<'_>, &Arc<str>, &mut Problems),
    ) {
        self.each(source, |fields| {
            if let Some(row) = transfer(fields) {
                take(row, fields.file, fields.problems);
            }
        });
    }
}

fn place(sheet: Sheet, fields: &Fields<'_, '_>) -> Place {
    Place { sheet, line: fields.line.number }
}

fn member(fields: &mut Fields<'_, '_>) -> Option<MemberRow> {
    let origin = fields.reading.origin;
    let reference = fields.reference("member");
    let name = match origin.whole_name(fields.line) {
        Some(whole) => {
            names::read(&whole, NAME_CHARS_MAX).map_err(|fault| fields.wrong("name", fault.detail)).ok()
        }
        None => fields.name("name"),
    };
    let email = fields.line.filled("email").map(fold_email);
    if email.as_deref().is_some_and(|email| !is_mailable(email)) {
        fields.wrong("email", "is no e-mail address");
    }
    let names_of = |all: &[Language]| all.iter().map(|language| language.name()).collect::<Vec<_>>();
    let language =
        fields.word("language", Language::English, |text| origin.language(text), &names_of(Language::ALL));
    let role = fields.word("role", Role::Member, |text| origin.role(text), &["member", "admin", "broker"]);
    let status = match origin.flagged_status(fields.line) {
        Some(status) => status,
        None => fields.word(
            "status",
            MemberStatus::Active,
            |text| origin.member_status(text),
            &["active", "frozen", "leaving", "closed"],
        ),
    };
    let joined = fields.time("joined");
    Some(MemberRow {
        place: place(Sheet::Members, fields),
        reference: reference?,
        name: name?,
        email,
        language,
        role,
        status,
        joined,
    })
}

/// A status that an account can have by itself. One that a member is leaving with follows the member's.
fn brought_status(name: &str) -> Option<AccountStatus> {
    AccountStatus::from_name(name).map(|status| match status {
        AccountStatus::Leaving => AccountStatus::Active,
        AccountStatus::Active | AccountStatus::Frozen | AccountStatus::Closed => status,
    })
}

fn account(fields: &mut Fields<'_, '_>) -> Option<AccountRow> {
    let reference = fields.reference("account");
    let kind = fields.word(
        "kind",
        AccountKind::Member,
        AccountKind::from_name,
        &["member", "commons", "write_off", "peer"],
    );
    let member = fields.line.filled("member").map(Arc::from);
    match (kind, &member) {
        (AccountKind::Member, None) => fields.wrong("member", "is empty, and the account is a member's"),
        (AccountKind::Member, Some(_)) | (_, None) => {}
        (_, Some(_)) => fields.wrong("member", "is named, and the account is the community's own"),
    }
    let name = if fields.line.filled("name").is_some() { fields.name("name") } else { None };
    let status =
        fields.word("status", AccountStatus::Active, brought_status, &["active", "frozen", "closed"]);
    let opened = fields.time("opened");
    let place = place(Sheet::Accounts, fields);
    Some(AccountRow { place, reference: reference?, member, kind, name, status, opened })
}

fn limits(fields: &mut Fields<'_, '_>) -> Option<LimitsRow> {
    let account = fields.reference("account");
    let credit_limit = if fields.reading.origin.has_negative_limits() {
        fields.signed("credit_limit", BALANCE_MAX_MINOR).and_then(Amount::checked_neg)
    } else {
        fields.unsigned("credit_limit", BALANCE_MAX_MINOR)
    };
    let origin = fields.reading.origin;
    let ceiling = match fields.line.filled("ceiling").filter(|text| origin.is_limit(text)) {
        Some(_) => Some(fields.unsigned("ceiling", BALANCE_MAX_MINOR)?),
        None => None,
    };
    let mut reason = fields.text("reason", REASON_CHARS_MAX);
    let is_ours = origin == Origin::Counterfoil;
    let (at, until) = if is_ours { (fields.time("at"), fields.moment("until")) } else { (None, None) };
    let own = LimitsSource::Override { until };
    let read = |text: &str| match text {
        "policy" => Some(LimitsSource::Policy),
        "override" => Some(own),
        _ => None,
    };
    let by = if is_ours { fields.word("by", own, read, &["policy", "override"]) } else { own };
    // What a file says without a word of its own on it came with the import.
    if reason.is_empty() && !(is_ours && fields.line.filled("by").is_some()) {
        IMPORTED.clone_into(&mut reason);
    }
    if by == LimitsSource::Policy && until.is_some() {
        fields.wrong(
            "until",
            "is said of limits that are the policy's, and only those of an account's own end",
        );
    }
    let order = order(fields);
    let limits = Limits { credit_limit: credit_limit?, ceiling };
    if !limits.are_valid() {
        fields.wrong("credit_limit", "is above zero, and stands for how far below zero the account may go");
        return None;
    }
    Some(LimitsRow { place: place(Sheet::Limits, fields), account: account?, limits, reason, at, by, order })
}

/// Its number among what has the same time; zero where it has none.
fn order(fields: &mut Fields<'_, '_>) -> i64 {
    if fields.reading.origin != Origin::Counterfoil || fields.line.filled("order").is_none() {
        return 0;
    }
    fields.number("order", 0..=i64::MAX - 1).unwrap_or_default()
}

/// What a line of the history was; whatever else it was, it is a payment.
fn kind(fields: &Fields<'_, '_>) -> EntryKind {
    let kind = EntryKind::from_name(fields.line.get("kind"));
    let kind = kind.unwrap_or(EntryKind::Principal);
    match kind {
        EntryKind::OpeningBalance => kind,
        _ if fields.reading.origin != Origin::Counterfoil => EntryKind::Principal,
        EntryKind::PrincipalBeyondLimit | EntryKind::Fee => EntryKind::Principal,
        EntryKind::ReversalBeyondLimit => EntryKind::Reversal,
        _ => kind,
    }
}

/// What it bore: on either side of a payment; a reversal gives it back.
fn fees(fields: &mut Fields<'_, '_>, kind: EntryKind) -> Fees {
    if fields.reading.origin != Origin::Counterfoil {
        return Fees::NONE;
    }
    let mut side = |column: &str| {
        fields.line.filled(column)?;
        let fee = fields.signed(column, MOVEMENT_MAX_MINOR)?;
        let is_fit = match kind {
            EntryKind::Principal => !fee.is_negative(),
            EntryKind::Reversal => !fee.is_positive(),
            _ => false,
        };
        if !is_fit {
            fields.wrong(column, "is none that a line of this kind bears");
        }
        Some(fee)
    };
    Fees { payer: side("payer_fee").unwrap_or_default(), payee: side("payee_fee").unwrap_or_default() }
}

/// Whose limits it passed.
fn beyond_limits(fields: &mut Fields<'_, '_>, kind: EntryKind) -> [bool; 2] {
    if fields.reading.origin != Origin::Counterfoil {
        return [false; 2];
    }
    let read = |text: &str| match text {
        "payer" => Some([true, false]),
        "payee" => Some([false, true]),
        "both" => Some([true, true]),
        _ => None,
    };
    let beyond = fields.word("beyond_limit", [false; 2], read, &["payer", "payee", "both"]);
    let may_be = match kind {
        EntryKind::Reversal => true,
        EntryKind::Principal => !beyond[1],
        _ => beyond == [false; 2],
    };
    if !may_be {
        fields.wrong("beyond_limit", "is nothing that a line of this kind is permitted");
    }
    beyond
}

fn opening(fields: &mut Fields<'_, '_>) -> Option<OpeningRow> {
    let account = fields.reference("account");
    let balance = fields.signed("balance", crate::domain::amount::MOVEMENT_MAX_MINOR);
    let at = fields.time("at");
    let place = place(Sheet::OpeningBalances, fields);
    Some(OpeningRow { place, account: account?, balance: balance?, at })
}

fn transfer<'b>(fields: &mut Fields<'_, 'b>) -> Option<TransferRow<'b>> {
    let before = fields.problems.total;
    if let Some(what) = fields.reading.origin.unfit(fields.line) {
        fields.problems.add(fields.file, Some(fields.line.number), what);
    }
    if fields.line.filled("at").is_none() {
        fields.wrong("at", "is empty");
    }
    let at = fields.time("at");
    let plain = fields.reading.origin.decimal(fields.line.get("amount"));
    let amount =
        fields.reading.scale.parse_positive(&plain).map_err(|error| fields.wrong("amount", error)).ok();
    let description = fields.text("description", DESCRIPTION_CHARS_MAX);
    let kind = kind(fields);
    let fees = fees(fields, kind);
    let beyond_limits = beyond_limits(fields, kind);
    let order = order(fields);
    let line = fields.line;
    let side = |column| fields.reading.origin.side(line.get(column));
    let (payer, payee) = (side("payer"), side("payee"));
    for (column, reference) in [("payer", payer), ("payee", payee)] {
        if reference.is_empty() {
            fields.wrong(column, "is empty");
        }
    }
    if payer == payee && !payer.is_empty() {
        fields.wrong("payee", "is the payer, too");
    }
    if fields.problems.total > before {
        return None;
    }
    let place = place(Sheet::History, fields);
    let reference = line.filled("reference");
    let is_ours = fields.reading.origin == Origin::Counterfoil;
    Some(TransferRow {
        place,
        at: at?,
        payer,
        payee,
        amount: amount?,
        fees,
        description,
        kind,
        reference,
        of: line.filled("of").filter(|_| is_ours),
        beyond_limits,
        order,
    })
}
