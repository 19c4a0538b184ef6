//! A statement: what happened on one account in a period, between two balances that agree with it.

use sha2::{Digest as _, Sha256};
use thiserror::Error;
use uuid::Uuid;

use super::account::Account;
use super::amount::Amount;
use super::community::Community;
use super::ids::{PaymentId, RecordId};
use super::payment::Party;
use super::records::EntryKind;
use super::time::Timestamp;
use super::zone::Day;

/// Days on end in a community's time zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Period {
    /// The first day.
    pub from: Day,
    /// The day after the last.
    pub until: Day,
    /// When the first day begins, and when the last has ended.
    pub moments: [Timestamp; 2],
}

/// An entry with what a history shows beside it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryEntry {
    /// The transfer's record.
    pub record_id: RecordId,
    /// The entry's position in the transfer, from 1.
    pub position: i32,
    /// The transfer's place on the chain.
    pub seq: i64,
    /// The entry's place among the account's.
    pub account_seq: i64,
    /// The payment it belongs to.
    pub payment_id: PaymentId,
    /// What it is.
    pub kind: EntryKind,
    /// Signed.
    pub amount: Amount,
    /// The balance from then on.
    pub balance_after: Amount,
    /// The other side of the payment.
    pub counterparty: Party,
    /// What the payment was for.
    pub description: String,
    /// When.
    pub created_at: Timestamp,
}

impl HistoryEntry {
    /// The entry's id: its transfer's, with the entry's position mixed into the last four bytes. It need not be stored.
    pub fn id(&self) -> Uuid {
        let position = u128::try_from(self.position).unwrap_or_default();
        Uuid::from_u128(self.record_id.uuid().as_u128() ^ position)
    }
}

/// An entry as a statement shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementLine {
    /// The entry.
    pub entry: HistoryEntry,
    /// The day on which it was posted, in the community's time zone.
    pub booked_on: Day,
}

/// What happened on one account in a period. Only what was posted, never reservations.
#[derive(Debug, Clone)]
pub struct Statement {
    /// The account's community.
    pub community: Community,
    /// The account.
    pub account: Account,
    /// Which days.
    pub period: Period,
    /// The balance before the first of them.
    pub opening: Amount,
    /// The entries, oldest first.
    pub lines: Vec<StatementLine>,
    /// The balance after the last day, or now where that has not come.
    pub closing: Amount,
    /// When the statement was made.
    pub made_at: Timestamp,
}

/// Entries whose balances do not follow from each other: the ledger was damaged, or read wrongly.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("entry {account_seq} does not follow from the balance before it")]
pub struct Unreconciled {
    /// The entry's place among the account's; zero for the closing balance.
    pub account_seq: i64,
}

impl Statement {
    /// A statement, whose lines lead from the one balance to the other.
    ///
    /// # Errors
    /// Where they do not: nobody is shown what does not add up.
    pub fn new(
        (community, account): (Community, Account),
        period: Period,
        (opening, closing): (Amount, Amount),
        lines: Vec<StatementLine>,
        made_at: Timestamp,
    ) -> Result<Self, Unreconciled> {
        let mut balance = opening;
        for line in &lines {
            let entry = &line.entry;
            if balance.checked_add(entry.amount) != Some(entry.balance_after) {
                return Err(Unreconciled { account_seq: entry.account_seq });
            }
            balance = entry.balance_after;
        }
        if balance != closing {
            return Err(Unreconciled { account_seq: 0 });
        }
        Ok(Self { community, account, period, opening, lines, closing, made_at })
    }

    /// The day that the closing balance is of: the last one, or, while that is ahead, the day on which the statement was
    /// made.
    pub fn closing_day(&self) -> Day {
        let made_on = self.community.time_zone.day_of(self.made_at).unwrap_or_else(|| self.last_day());
        self.last_day().min(made_on).max(self.period.from)
    }

    /// The last day.
    pub fn last_day(&self) -> Day {
        self.period.until.plus_days(-1).unwrap_or(self.period.from)
    }

    /// An id that the same statement has again, and no other: not even one of the same days with more entries, so that
    /// programs which take a statement only once do not leave those out.
    pub fn id(&self) -> Uuid {
        let mut digest = Sha256::new();
        digest.update(self.account.id.uuid().as_bytes());
        for moment in self.period.moments {
            digest.update(moment.micros().to_be_bytes());
        }
        digest.update(self.lines.last().map_or(0, |line| line.entry.account_seq).to_be_bytes());
        let digest: [u8; 32] = digest.finalize().into();
        let mut id = [0; 16];
        id.iter_mut().zip(digest).for_each(|(to, from)| *to = from);
        Uuid::from_bytes(id)
    }

    /// What came in, and how often.
    pub fn received(&self) -> (Amount, usize) {
        self.total(|line| line.entry.amount.is_positive())
    }

    /// What went out, as an amount above zero, and how often.
    pub fn paid(&self) -> (Amount, usize) {
        let (total, count) = self.total(|line| line.entry.amount.is_negative());
        (Amount::from_minor(-total.minor()), count)
    }

    fn total(&self, counts: impl Fn(&StatementLine) -> bool) -> (Amount, usize) {
        let amounts = self.lines.iter().filter(|line| counts(line)).map(|line| line.entry.amount.minor());
        // A movement is at most 10^12 minor units, so that millions of them stay within an i64; a statement has thousands.
        let add = |(sum, count): (i64, usize), minor| (sum.saturating_add(minor), count + 1);
        let (minor, count) = amounts.fold((0, 0), add);
        (Amount::from_minor(minor), count)
    }
}

/// Statements to try things on.
#[cfg(test)]
pub mod samples {
    use super::*;
    use crate::domain::account::{AccountCode, AccountKind, AccountStatus, Limits};
    use crate::domain::community::tests::river;
    use crate::domain::ids::AccountId;
    use crate::domain::payment_rules::{Paid, PaymentRules};
    use crate::domain::zone::TimeOfDay;

    fn uuid(number: i64) -> Uuid {
        Uuid::from_u128(u128::try_from(number).unwrap())
    }

    fn account(community: &Community, name: &str) -> Account {
        Account {
            id: AccountId::from_uuid(uuid(2)),
            code: AccountCode::new(&community.code, 1),
            name: name.into(),
            kind: AccountKind::Member,
            member_id: None,
            status: AccountStatus::Active,
            limits: Limits::default(),
            balance: Amount::ZERO,
            reserved: Amount::ZERO,
            account_seq: 0,
            negative_since: None,
            version: 0,
            created_at: Timestamp::from_micros(0),
            step_up_above: None,
            allowance: None,
            rules: PaymentRules::default(),
            paid: Paid::default(),
        }
    }

    /// An entry of each amount, with this text wherever there can be one.
    pub fn lines(text: &str, opening: i64, amounts: &[i64]) -> Vec<StatementLine> {
        let community = river();
        let other = account(&community, text);
        let mut balance = opening;
        let line = |(number, amount): (i64, &i64)| {
            balance += amount;
            let entry = HistoryEntry {
                record_id: RecordId::from_uuid(uuid(number)),
                position: 1,
                seq: number,
                account_seq: number,
                payment_id: PaymentId::from_uuid(uuid(number)),
                kind: EntryKind::Principal,
                amount: Amount::from_minor(*amount),
                balance_after: Amount::from_minor(balance),
                counterparty: Party::from(&other),
                description: text.to_owned(),
                created_at: Timestamp::from_micros(0),
            };
            StatementLine { entry, booked_on: "2026-09-21".parse().unwrap() }
        };
        (1..).zip(amounts).map(line).collect()
    }

    /// A statement of these lines between these balances.
    pub fn between(
        text: &str,
        balances: (i64, i64),
        lines: Vec<StatementLine>,
    ) -> Result<Statement, Unreconciled> {
        let community = river();
        let account = account(&community, text);
        let days = ["2026-09-01", "2026-10-01"].map(|day| day.parse().unwrap());
        let moments = days.map(|day| community.time_zone.moment(day, TimeOfDay::MIDNIGHT).unwrap());
        let period = Period { from: days[0], until: days[1], moments };
        let balances = (Amount::from_minor(balances.0), Amount::from_minor(balances.1));
        Statement::new((community, account), period, balances, lines, moments[1])
    }

    /// A statement of so many lines.
    pub fn statement(text: &str, count: usize) -> Statement {
        let amounts: Vec<i64> = [-1_250, 300].into_iter().cycle().take(count).collect();
        let closing = 5_000 + amounts.iter().sum::<i64>();
        between(text, (5_000, closing), lines(text, 5_000, &amounts)).unwrap()
    }
}

#[cfg(test)]
mod tests {
    use super::samples::{between, lines};
    use super::*;

    #[test]
    fn nobody_is_shown_what_does_not_add_up() {
        let good = || lines("Rye", 100, &[-30, 50]);
        let statement = between("Ada", (100, 120), good()).unwrap();
        assert_eq!(
            (statement.received(), statement.paid()),
            ((Amount::from_minor(50), 1), (Amount::from_minor(30), 1))
        );
        let refused = |account_seq| Some(Unreconciled { account_seq });
        assert_eq!(between("Ada", (100, 121), good()).err(), refused(0), "another closing balance");
        assert_eq!(between("Ada", (99, 120), good()).err(), refused(1), "another opening balance");
        let mut gap = good();
        gap.remove(0);
        assert_eq!(between("Ada", (100, 120), gap).err(), refused(2), "a line that is missing");
        assert!(between("Ada", (100, 100), Vec::new()).is_ok());
    }

    #[test]
    fn a_balance_is_of_no_day_that_is_ahead() {
        let day = |text: &str| text.parse::<Day>().unwrap();
        let statement = between("Ada", (100, 100), Vec::new()).unwrap();
        assert_eq!(statement.closing_day(), day("2026-09-30"), "made when the month was over");
        for (made, closing_day) in [
            ("2026-09-12T23:59:59Z", "2026-09-12"),
            ("2026-11-01T00:00:00Z", "2026-09-30"),
            ("2026-08-01T00:00:00Z", "2026-09-01"),
        ] {
            let made_at = Timestamp::parse_rfc3339(made).unwrap();
            let made = Statement { made_at, ..statement.clone() };
            assert_eq!(made.closing_day(), day(closing_day), "made at {}", made_at.rfc3339());
        }
    }

    #[test]
    fn an_id_is_that_of_one_statement() {
        let id =
            |amounts: &[i64]| between("Ada", (0, amounts.iter().sum()), lines("", 0, amounts)).unwrap().id();
        assert_eq!(id(&[1, 2]), id(&[1, 2]));
        assert_ne!(id(&[1, 2]), id(&[1]));
    }
}
