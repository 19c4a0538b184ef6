//! Where the files come from: under which names other systems keep what ours have, and how they write it.
//!
//! `api-spec/import.md` tells the same to people, with its sources.

use super::table::{Line, Names, Sheet};
use super::times::DayOrder;
use crate::domain::language::Language;
use crate::domain::member::{MemberStatus, Role};

/// The system that wrote the files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    /// This one, or people by hand.
    Counterfoil,
    /// Cyclos 4.
    Cyclos,
    /// The Community Exchange System.
    Ces,
    /// Community Forge and other sites of Drupal's module mutual_credit.
    CommunityForge,
    /// eLAND, and eLAS before it.
    Eland,
    /// TimeOverflow.
    TimeOverflow,
}

/// A sheet's columns under other names: each of ours with theirs, the best first.
type Columns = &'static [(&'static str, &'static [&'static str])];

impl Origin {
    /// All but this system itself.
    pub const OTHERS: [Self; 5] =
        [Self::Cyclos, Self::Ces, Self::CommunityForge, Self::Eland, Self::TimeOverflow];

    /// Its name on the command line.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Counterfoil => "counterfoil",
            Self::Cyclos => "cyclos",
            Self::Ces => "ces",
            Self::CommunityForge => "community-forge",
            Self::Eland => "eland",
            Self::TimeOverflow => "timeoverflow",
        }
    }

    /// The other system with this name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::OTHERS.into_iter().find(|origin| origin.name() == name)
    }

    /// What a file with this name, without its ending, holds. Ours may stand beside theirs.
    pub fn sheets_of(self, stem: &str) -> Vec<Sheet> {
        let stem = stem.to_lowercase();
        let own = Sheet::ALL.into_iter().find(|sheet| sheet.name() == stem);
        if let Some(own) = own {
            return vec![own];
        }
        let sheets: &[Sheet] = match (self, stem.as_str()) {
            (Self::Cyclos | Self::Eland, "users") => &[Sheet::Members, Sheet::Limits, Sheet::OpeningBalances],
            (Self::Ces, "users") => &[Sheet::Members, Sheet::Limits],
            (Self::CommunityForge | Self::TimeOverflow, "users") => &[Sheet::Members, Sheet::OpeningBalances],
            (Self::Ces, "balances") => &[Sheet::OpeningBalances],
            (Self::Cyclos, "transfers" | "payments")
            | (Self::Ces, "trades")
            | (Self::CommunityForge, "transactions" | "exchanges")
            | (Self::Eland, "transactions")
            | (Self::TimeOverflow, "transfers") => &[Sheet::History],
            _ => &[],
        };
        sheets.to_vec()
    }

    const fn columns(self, sheet: Sheet) -> Columns {
        match (self, sheet) {
            (_, Sheet::History) => self.history_columns(),
            (Self::Cyclos, Sheet::Members) => &[
                ("member", &["username"]),
                ("name", &["name"]),
                ("email", &["email"]),
                ("joined", &["creation_date", "registration_date", "date"]),
            ],
            (Self::Cyclos, Sheet::Limits) => &[
                ("account", &["username"]),
                ("credit_limit", &["credit_limit"]),
                ("ceiling", &["upper_credit_limit"]),
            ],
            (Self::Cyclos, Sheet::OpeningBalances) => {
                &[("account", &["username"]), ("balance", &["balance", "initial_balance"])]
            }
            (Self::Ces, Sheet::Members) => &[
                ("member", &["uid"]),
                ("name", &["firstname"]),
                ("email", &["email"]),
                ("language", &["language_short", "lang"]),
                ("role", &["usertype"]),
                ("joined", &["date_created", "created"]),
            ],
            (Self::Ces, Sheet::Limits) => &[
                ("account", &["uid"]),
                ("credit_limit", &["debit_limit", "deblimit"]),
                ("ceiling", &["credit_limit", "credlimit"]),
            ],
            (Self::Ces, Sheet::OpeningBalances) => &[("account", &["uid"]), ("balance", &["balance"])],
            (Self::CommunityForge, Sheet::Members) => &[
                ("member", &["mail"]),
                ("name", &["name"]),
                ("email", &["mail"]),
                ("language", &["language"]),
                ("status", &["status"]),
                ("joined", &["created"]),
            ],
            (Self::CommunityForge, Sheet::OpeningBalances) => {
                &[("account", &["mail"]), ("balance", &["balance"])]
            }
            (Self::Eland, Sheet::Members) => &[
                ("member", &["id"]),
                ("name", &["name"]),
                ("email", &["email"]),
                ("role", &["role", "accountrole"]),
                ("status", &["status"]),
                ("joined", &["adate", "activated_at", "created_at"]),
            ],
            (Self::Eland, Sheet::Limits) => {
                &[("account", &["id"]), ("credit_limit", &["minlimit"]), ("ceiling", &["maxlimit"])]
            }
            (Self::Eland, Sheet::OpeningBalances) => {
                &[("account", &["id"]), ("balance", &["saldo", "balance"])]
            }
            (Self::TimeOverflow, Sheet::Members) => &[
                ("member", &["n"]),
                ("name", &["name", "username", "nombre", "nom"]),
                ("email", &["email"]),
                ("language", &["locale"]),
                ("joined", &["created", "created_at"]),
            ],
            (Self::TimeOverflow, Sheet::OpeningBalances) => {
                &[("account", &["n"]), ("balance", &["balance", "saldo"])]
            }
            _ => &[],
        }
    }

    const fn history_columns(self) -> Columns {
        match self {
            Self::Counterfoil => &[],
            Self::Cyclos => &[
                ("at", &["date"]),
                ("payer", &["from"]),
                ("payee", &["to"]),
                ("amount", &["amount"]),
                ("description", &["description"]),
                ("reference", &["transaction_number"]),
            ],
            Self::Ces => &[
                ("at", &["date_entered", "dateentered"]),
                ("payer", &["buyer"]),
                ("payee", &["seller"]),
                ("amount", &["seller_amount", "amount"]),
                ("description", &["description"]),
                ("reference", &["id"]),
            ],
            Self::CommunityForge => &[
                ("at", &["created"]),
                ("payer", &["payer"]),
                ("payee", &["payee"]),
                ("amount", &["quantity", "worth"]),
                ("description", &["description"]),
                ("reference", &["xid", "serial"]),
            ],
            Self::Eland => &[
                ("at", &["created_at", "cdate"]),
                ("payer", &["id_from"]),
                ("payee", &["id_to"]),
                ("amount", &["amount"]),
                ("description", &["description"]),
                ("reference", &["transid", "id"]),
            ],
            Self::TimeOverflow => &[
                ("at", &["date", "fecha", "data"]),
                ("payer", &["from", "de", "desde"]),
                ("payee", &["to", "a", "para"]),
                ("description", &["post", "anuncio", "anunci"]),
                ("amount", &["quantity", "cantidad", "quantitat"]),
            ],
        }
    }

    /// Whether a member's balance stands beside the member, and comes out of the history where there is one.
    pub(super) fn balances_follow_from_history(self) -> bool {
        self != Self::Counterfoil
    }

    /// Whether a line tells of something that is to be brought along.
    pub(super) fn is_meant(self, sheet: Sheet, line: &Line<'_>) -> bool {
        match (self, sheet) {
            // Where none is set, the community's own counts.
            (Self::Cyclos | Self::Ces | Self::Eland, Sheet::Limits) => {
                line.filled("credit_limit").is_some_and(|text| self.is_limit(text))
            }
            (_, Sheet::OpeningBalances) if self != Self::Counterfoil => line.filled("balance").is_some(),
            // What was undone, or waits to be signed, moved nothing.
            (Self::CommunityForge, Sheet::History) => {
                matches!(line.other("state"), "" | "1" | "done" | "finished")
            }
            _ => true,
        }
    }

    /// Whether this limits an account: in CES zero stands for no limit.
    pub(super) fn is_limit(self, text: &str) -> bool {
        self != Self::Ces || text.bytes().any(|byte| (b'1'..=b'9').contains(&byte))
    }

    /// Why a transfer cannot be brought along as it stands.
    pub(super) fn unfit(self, line: &Line<'_>) -> Option<&'static str> {
        let has_levy = || {
            let levy = line.other("levy");
            !levy.is_empty() && levy.bytes().any(|byte| (b'1'..=b'9').contains(&byte))
        };
        let is_taxed = self == Self::Ces && has_levy();
        is_taxed.then_some(
            "has a levy, which went elsewhere: write it as a trade of its own, and zero in its place",
        )
    }

    /// A member's name where it stands in several columns.
    pub(super) fn whole_name(self, line: &Line<'_>) -> Option<String> {
        if self != Self::Ces {
            return None;
        }
        let parts = [line.other("firstname"), line.other("surname")];
        let whole = parts.join(" ").trim().to_owned();
        Some(if whole.is_empty() { line.other("orgname").to_owned() } else { whole })
    }

    /// A member's status where it is told by several columns.
    pub(super) fn flagged_status(self, line: &Line<'_>) -> Option<MemberStatus> {
        let is_set = |name| matches!(line.other(name).to_lowercase().as_str(), "1" | "-1" | "true" | "yes");
        match self {
            Self::Ces if is_set("closed") => Some(MemberStatus::Closed),
            Self::Ces if is_set("locked") => Some(MemberStatus::Frozen),
            Self::Ces => Some(MemberStatus::Active),
            _ => None,
        }
    }

    pub(super) fn member_status(self, text: &str) -> Option<MemberStatus> {
        match (self, text) {
            // In eLAND: active, leaving, new, and those who only inform.
            (Self::CommunityForge, "1") | (Self::Eland, "1" | "3" | "5" | "6" | "7") => {
                Some(MemberStatus::Active)
            }
            (Self::Eland, "2") => Some(MemberStatus::Leaving),
            (Self::CommunityForge | Self::Eland, "0") => Some(MemberStatus::Frozen),
            _ => MemberStatus::from_name(text).filter(|status| *status != MemberStatus::Applied),
        }
    }

    pub(super) fn role(self, text: &str) -> Option<Role> {
        match (self, text) {
            (Self::Ces, "adm") | (Self::Eland, "admin") => Some(Role::Admin),
            (Self::Ces | Self::Eland, _) => Some(Role::Member),
            _ => Role::from_name(text),
        }
    }

    pub(super) fn language(self, text: &str) -> Option<Language> {
        let code = text.get(..2).unwrap_or(text).to_lowercase();
        match self {
            Self::Counterfoil => Language::from_name(text),
            // Where we do not write somebody's language, English has to do.
            _ => Some(Language::from_name(&code).unwrap_or(Language::English)),
        }
    }

    /// In which order a day is written with slashes or points.
    pub(super) const fn day_order(self) -> DayOrder {
        match self {
            Self::Counterfoil => DayOrder::Neither,
            _ => DayOrder::DayFirst,
        }
    }

    /// Whether a credit limit is the lowest balance, and so at or below zero.
    pub(super) const fn has_negative_limits(self) -> bool {
        matches!(self, Self::Eland)
    }

    /// An amount as ours are written.
    pub(super) fn decimal(self, text: &str) -> String {
        match self {
            Self::Counterfoil => text.to_owned(),
            // What is no whole number of minutes is no amount.
            Self::TimeOverflow => {
                minutes(text).map_or_else(|| format!("{text} s"), |minutes| minutes.to_string())
            }
            _ => {
                // A comma is a decimal point where nothing else is, and not three digits follow it.
                let places = text.split_once(',').map(|(_, places)| places);
                if places.is_some_and(|places| places.len() != 3 && !places.contains(['.', ','])) {
                    text.replacen(',', ".", 1)
                } else {
                    text.to_owned()
                }
            }
        }
    }

    /// A side of a transfer as the member's reference.
    pub(super) fn side(self, text: &str) -> &str {
        match self {
            // `Ada Brook (12)`.
            Self::TimeOverflow => match text.rsplit_once('(') {
                Some((_, rest)) => rest.trim_end_matches(')').trim(),
                None => text,
            },
            _ => text,
        }
    }
}

/// Minutes of `1:30` hours, or of seconds that are whole minutes.
fn minutes(text: &str) -> Option<i64> {
    let (digits, sign) = text.strip_prefix('-').map_or((text, 1), |digits| (digits, -1));
    let minutes = match digits.split_once(':') {
        Some((hours, minutes)) if minutes.len() == 2 => {
            let minutes: i64 = minutes.parse().ok().filter(|minutes| (0..60).contains(minutes))?;
            hours.parse::<i64>().ok().filter(|hours| *hours >= 0)?.checked_mul(60)?.checked_add(minutes)?
        }
        Some(_) => return None,
        None => {
            let seconds: i64 = digits.parse().ok()?;
            if seconds % 60 != 0 {
                return None;
            }
            seconds / 60
        }
    };
    Some(sign * minutes)
}

impl Names for Origin {
    fn of(&self, sheet: Sheet, column: &str) -> &'static [&'static str] {
        let found = self.columns(sheet).iter().find(|(own, _)| *own == column);
        found.map_or(&[], |(_, theirs)| theirs)
    }

    fn has_others(&self) -> bool {
        *self != Self::Counterfoil
    }

    fn may_lack(&self, sheet: Sheet) -> bool {
        // What stands beside members, where it stands there.
        match sheet {
            Sheet::Limits => *self != Self::Counterfoil,
            Sheet::OpeningBalances => !matches!(self, Self::Counterfoil | Self::Ces),
            _ => false,
        }
    }
}
