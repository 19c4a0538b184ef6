//! What the files say, line by line: each field read and judged by itself.

use std::sync::Arc;

use super::origin::Origin;
use super::problems::Problems;
use super::table::{Line, Sheet, Source};
use super::times::{self, BAD_TIME};
use crate::auth::names;
use crate::domain::account::{AccountKind, AccountStatus, Limits};
use crate::domain::amount::{Amount, BALANCE_MAX_MINOR, Scale};
use crate::domain::language::Language;
use crate::domain::member::{MemberStatus, Role};
use crate::domain::payment::DESCRIPTION_CHARS_MAX;
use crate::domain::time::Timestamp;
use crate::domain::visible::is_formula;
use crate::domain::zone::Zone;
use crate::services::accounts::REASON_CHARS_MAX;
use crate::services::joining::checks::{NAME_CHARS_MAX, is_mailable};
use crate::services::payments::check_text;
use crate::services::sessions::fold_email;

/// The most characters of a reference: what names a member, an account or a transfer in the files.
const REFERENCE_CHARS_MAX: usize = 255;

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
    pub description: String,
    pub is_opening_balance: bool,
    pub reference: Option<&'a str>,
}

/// What fields are read with.
pub(super) struct Reading<'a> {
    pub origin: Origin,
    pub scale: Scale,
    pub zone: Zone,
    /// When the import began: nothing that it tells of is later.
    pub now: Timestamp,
    pub problems: &'a mut Problems,
}

/// The fields of one line, and where to tell what is wrong with them.
pub(super) struct Fields<'a, 'b> {
    pub line: &'a Line<'b>,
    file: &'a Arc<str>,
    pub reading: &'a Reading<'a>,
    problems: &'a mut Problems,
}

impl Fields<'_, '_> {
    pub fn wrong(&mut self, column: &str, what: impl std::fmt::Display) {
        let text: String = self.line.get(column).chars().take(40).collect();
        let column_and_text = if text.is_empty() { column.to_owned() } else { format!("{column} {text:?}") };
        self.problems.add(self.file, Some(self.line.number), format!("{column_and_text} {what}"));
    }

    fn reference(&mut self, column: &str) -> Option<Arc<str>> {
        let text = self.line.get(column);
        match check_text(column, text, REFERENCE_CHARS_MAX) {
            _ if text.is_empty() => self.wrong(column, "is empty"),
            Err(fault) => self.wrong(column, fault.detail),
            Ok(()) => return Some(Arc::from(text)),
        }
        None
    }

    /// A word of a list; `default` where there is none.
    pub fn word<T>(
        &mut self,
        column: &str,
        default: T,
        read: impl Fn(&str) -> Option<T>,
        known: &[&str],
    ) -> T {
        let Some(text) = self.line.filled(column) else { return default };
        read(text).unwrap_or_else(|| {
            self.wrong(column, format_args!("is none of {}", known.join(", ")));
            default
        })
    }

    fn name(&mut self, column: &str) -> Option<String> {
        match names::read(unguarded(self.line.get(column)), NAME_CHARS_MAX) {
            Ok(name) => Some(name),
            Err(fault) => {
                self.wrong(column, fault.detail);
                None
            }
        }
    }

    fn text(&mut self, column: &str, chars_max: usize) -> String {
        let text = unguarded(self.line.raw(column)).replace("\r\n", "\n").replace('\t', " ");
        if let Err(fault) = check_text(column, &text, chars_max) {
            self.wrong(column, fault.detail);
        }
        text
    }

    /// A time that is past; none where there is none, or a wrong one.
    fn time(&mut self, column: &str) -> Option<Timestamp> {
        let text = self.line.filled(column)?;
        let time = times::read(text, &self.reading.zone, self.reading.origin.day_order());
        match time {
            None => self.wrong(column, BAD_TIME),
            Some(time) if time > self.reading.now => self.wrong(column, "is in the future"),
            Some(time) => return Some(time),
        }
        None
    }

    /// An amount with or without a minus sign.
    fn signed(&mut self, column: &str, max_minor: i64) -> Option<Amount> {
        let plain = self.reading.origin.decimal(self.line.get(column));
        let (digits, is_negative) = match plain.strip_prefix('-') {
            Some(digits) => (digits, true),
            None => (plain.as_str(), false),
        };
        match self.reading.scale.parse(digits, max_minor) {
            Ok(amount) if is_negative => amount.checked_neg(),
            Ok(amount) => Some(amount),
            Err(error) => {
                self.wrong(column, error);
                None
            }
        }
    }

    pub fn unsigned(&mut self, column: &str, max_minor: i64) -> Option<Amount> {
        let amount = self.signed(column, max_minor)?;
        if amount.is_negative() {
            self.wrong(column, "is below zero");
            return None;
        }
        Some(amount)
    }
}

impl Reading<'_> {
    /// Goes over a file's lines, each as far as it can be read.
    pub fn each(&mut self, source: &Source, mut row: impl FnMut(&mut Fields<'_, '_>)) {
        let mut problems = std::mem::take(self.problems);
        let reading = &*self;
        source.read(&reading.origin, &mut problems, |line, problems| {
            if reading.origin.is_meant(source.sheet, line) {
                row(&mut Fields { line, file: &source.name, reading, problems });
            }
        });
        *self.problems = problems;
    }

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
    let reason = fields.text("reason", REASON_CHARS_MAX);
    let limits = Limits { credit_limit: credit_limit?, ceiling };
    if !limits.are_valid() {
        fields.wrong("credit_limit", "is above zero, and stands for how far below zero the account may go");
        return None;
    }
    Some(LimitsRow { place: place(Sheet::Limits, fields), account: account?, limits, reason })
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
    let is_opening_balance = fields.line.get("kind") == "opening_balance";
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
    Some(TransferRow {
        place,
        at: at?,
        payer,
        payee,
        amount: amount?,
        description,
        is_opening_balance,
        reference,
    })
}

/// A text without the apostrophe that keeps spreadsheets from taking it for a formula.
pub(super) fn unguarded(text: &str) -> &str {
    match text.strip_prefix('\'') {
        Some(rest) if is_formula(rest.trim_start_matches(['\'', ' '])) => rest,
        _ => text,
    }
}
