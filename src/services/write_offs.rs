//! Writing off what nobody settles, the register of it, and what a community has to expect.

use std::collections::{HashMap, HashSet};

use super::accounts::check_reason;
use super::approvals::VisibleApproval;
use super::audit::Origin;
use super::caller::{membership, require_right};
use super::commanding::unexpected;
use super::setup::{COMMONS, WRITE_OFF, done_once, of_founding};
use super::step_up::{require_first_party, require_fresh_proof};
use super::{Fault, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::account::{Account, AccountKind, AccountReference, Limits};
use crate::domain::amount::Amount;
use crate::domain::command::{Action, OpenAccount};
use crate::domain::community::Community;
use crate::domain::expected_loss::{LossLine, expected_loss, total_loss};
use crate::domain::fold::Outcome;
use crate::domain::ids::AccountId;
use crate::domain::policy::Right;
use crate::domain::refusal::{Refusal, Thing};
use crate::domain::time::Timestamp;
use crate::domain::write_off::{AskWriteOff, CATEGORY_SHOWN_MIN, REGISTER_LINES_MAX, WriteOffCategory};
use crate::domain::zone::{Day, TimeOfDay};
use crate::storage::write_offs::{self, RegisterLine};
use crate::storage::{Conn, StorageError, accounts};

/// The first and the last year of which there can be a register.
const YEARS: std::ops::RangeInclusive<i16> = 2000..=9998;

/// A write-off as an admin asks for it.
#[derive(Debug, Clone)]
pub struct NewWriteOff {
    /// The account, by code or id.
    pub account: AccountReference,
    /// Why, in short.
    pub category: String,
    /// Why.
    pub reason: String,
}

/// A line of the register, as its reader sees it.
#[derive(Debug, Clone)]
pub struct VisibleLine {
    /// What was written off.
    pub line: RegisterLine,
    /// In which month, such as `2027-03`.
    pub month: String,
    /// Why; none where it would tell members of somebody.
    pub category: Option<WriteOffCategory>,
    /// Whose it was; for admins.
    pub account: Option<Account>,
}

/// A year of the register.
#[derive(Debug, Clone)]
pub struct Register {
    /// The community.
    pub community: Community,
    /// The year.
    pub year: i16,
    /// Its lines, as far as its reader sees them.
    pub lines: Vec<VisibleLine>,
}

/// What a community has to expect to lose, and what it has set aside.
#[derive(Debug, Clone)]
pub struct ExpectedLoss {
    /// The community.
    pub community: Community,
    /// The debts by age.
    pub lines: Vec<LossLine>,
    /// What the commons holds, where that is above zero.
    pub reserve: Amount,
    /// What was written off, all in all, and is borne by the community.
    pub written_off: Amount,
    /// When it was looked at.
    pub made_at: Timestamp,
}

impl Services {
    /// Asks for the rest of an account's balance to be written off: done once another admin agrees. For admins, with a fresh
    /// proof, and not of their own account.
    ///
    /// # Errors
    /// What is wrong with the request; [`Refusal::Forbidden`]; [`Refusal::StepUpRequired`]; [`Refusal::Conflict`] where the
    /// account is not held back, has money reserved, or is at zero.
    pub async fn ask_write_off(
        &self,
        bearer: &Bearer,
        code: String,
        new: NewWriteOff,
        origin: &Origin,
    ) -> Result<VisibleApproval, ServiceError> {
        require_first_party(bearer)?;
        let (now, caller, reference) = (self.now(), bearer.clone(), new.account.clone());
        let find = move |conn: &mut Conn| {
            let community = require_right(conn, &caller, &code, Right::WriteOff, now)?;
            require_fresh_proof(&caller, now)?;
            let account = match reference {
                AccountReference::Id(id) => accounts::find_many(conn, community.id, &[id])?.pop(),
                AccountReference::Code(code) => accounts::find_by_code(conn, community.id, code.as_str())?,
            };
            Ok::<_, ServiceError>((community, account.ok_or(Refusal::NotFound(Thing::Account))?))
        };
        let (community, account) = self.ledger.read(find).await?;
        let category = parse(&new, &account)?;
        let other_id = if category.is_for_commons() {
            AccountId::from_uuid(of_founding(community.id, COMMONS))
        } else {
            self.open_write_off_account(&community).await?
        };
        let notices = self.notices_of_asking(bearer, &community, Right::WriteOff).await?;
        let ask = AskWriteOff { account_id: account.id, other_id, category, reason: new.reason };
        match self.command(bearer, community.id, Action::WriteOff(ask), notices, origin).await? {
            Outcome::Approval(approval) => self.visible_approval(community, *approval).await,
            other => Err(unexpected("asking for a write-off", &other)),
        }
    }

    /// The account on which a community bears its losses, opened when it is first needed.
    async fn open_write_off_account(&self, community: &Community) -> Result<AccountId, ServiceError> {
        let account_id = AccountId::from_uuid(of_founding(community.id, WRITE_OFF));
        let open = OpenAccount {
            account_id,
            kind: AccountKind::WriteOff,
            name: format!("{} write-offs", community.name),
            limits: Limits::default(),
        };
        done_once(self.run_as_service(community.id, Action::OpenAccount(open)).await)?;
        Ok(account_id)
    }

    /// A year of a community's register of write-offs. For its members: amounts, months and reasons in short, no names; months
    /// that are over, and reasons only where several share them. Admins see all of it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer does not belong to it; a year that is none.
    pub async fn write_off_register(
        &self,
        bearer: &Bearer,
        code: String,
        year: Option<i16>,
    ) -> Result<Register, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                let place = membership(conn, &caller, &code, now)?;
                let is_admin = caller.is_first_party() && place.require(Right::WriteOff).is_ok();
                let community = place.community;
                let today = community.time_zone.day_of(now).ok_or(ServiceError::NotFound)?;
                let year = year.unwrap_or_else(|| year_of(today));
                if !YEARS.contains(&year) {
                    return Err(ServiceError::Invalid(vec![Fault::new(
                        "year",
                        "out_of_range",
                        "is no such year",
                    )]));
                }
                let until = if is_admin { None } else { Some(today.first_of_month()) };
                let lines = read_year(conn, &community, year, until)?;
                let lines = if is_admin {
                    for_admins(conn, &community, lines)?
                } else {
                    for_members(&community, &lines)
                };
                Ok(Register { community, year, lines })
            })
            .await
    }

    /// What a community has to expect to lose of what its members owe, by age, and what it has set aside. For its admins.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer does not belong to it, and why they may not see it;
    /// [`ServiceError::Overloaded`] when others are having their books made.
    pub async fn expected_loss(&self, bearer: &Bearer, code: String) -> Result<ExpectedLoss, ServiceError> {
        let room = self.room_for_books(bearer.authority.user_id)?;
        let (made_at, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                // Held as long as it is read, also where nobody waits for it any more.
                let _room = room;
                let community = require_right(conn, &caller, &code, Right::SeeBalanceSheet, made_at)?;
                let lines = expected_loss(&accounts::debts(conn, community.id)?, made_at)
                    .map_err(|error| StorageError::Corrupt(format!("{}: {error}", community.code)))?;
                let own =
                    [COMMONS, WRITE_OFF].map(|which| AccountId::from_uuid(of_founding(community.id, which)));
                let own = accounts::find_many(conn, community.id, &own)?;
                let balance = |kind: AccountKind| {
                    let found = own.iter().find(|account| account.kind == kind);
                    found.map_or(Amount::ZERO, |account| account.balance)
                };
                let reserve = balance(AccountKind::Commons).max(Amount::ZERO);
                let written_off = balance(AccountKind::WriteOff);
                Ok(ExpectedLoss { community, lines, reserve, written_off, made_at })
            })
            .await
    }
}

impl Register {
    /// What the community bears of the lines, and what was given up: each less what was taken back since.
    pub fn sums(&self) -> (Amount, Amount) {
        let (mut borne, mut given_up) = (0_i128, 0_i128);
        for VisibleLine { line, .. } in &self.lines {
            let left = i128::from(line.amount.minor()).abs() - i128::from(line.taken_back.minor());
            *(if line.amount.is_negative() { &mut borne } else { &mut given_up }) += left;
        }
        let amount = |minor: i128| Amount::from_minor(i64::try_from(minor).unwrap_or(i64::MAX));
        (amount(borne), amount(given_up))
    }
}

impl ExpectedLoss {
    /// All buckets together.
    pub fn total(&self) -> Amount {
        total_loss(&self.lines)
    }

    /// How much of it is set aside, in basis points, rounded down; none where nothing is to be expected.
    pub fn covered_bp(&self) -> Option<i64> {
        let (reserve, total) = (i128::from(self.reserve.minor()), i128::from(self.total().minor()));
        let covered = (reserve * 10_000).checked_div(total)?;
        Some(i64::try_from(covered).unwrap_or(i64::MAX))
    }
}

fn parse(new: &NewWriteOff, account: &Account) -> Result<WriteOffCategory, ServiceError> {
    let mut faults: Vec<Fault> = check_reason(&new.reason).err().into_iter().collect();
    let category = WriteOffCategory::from_name(&new.category);
    match category {
        None => {
            let names: Vec<_> = WriteOffCategory::ALL.iter().map(|category| category.name()).collect();
            let detail = format!("must be one of {}", names.join(", "));
            faults.push(Fault::new("/category", "unknown_value", detail));
        }
        Some(category) if account.balance != Amount::ZERO && !category.fits(account.balance) => {
            let detail = "does not fit a balance on this side of zero";
            faults.push(Fault::new("/category", "does_not_fit", detail));
        }
        Some(_) => {}
    }
    category.filter(|_| faults.is_empty()).ok_or(ServiceError::Invalid(faults))
}

fn read_year(
    conn: &mut Conn,
    community: &Community,
    year: i16,
    until: Option<Day>,
) -> Result<Vec<RegisterLine>, ServiceError> {
    let corrupt = || ServiceError::from(StorageError::Corrupt("a year outside of the calendar".into()));
    let first = |year: i16| format!("{year:04}-01-01").parse::<Day>().map_err(|_| corrupt());
    let (begin, end) = (first(year)?, first(year + 1)?);
    let end = until.map_or(end, |until| end.min(until));
    let moment = |day: Day| community.time_zone.moment(day, TimeOfDay::MIDNIGHT).ok_or_else(corrupt);
    Ok(write_offs::list(conn, community.id, (moment(begin)?, moment(end)?), REGISTER_LINES_MAX)?)
}

fn for_admins(
    conn: &mut Conn,
    community: &Community,
    lines: Vec<RegisterLine>,
) -> Result<Vec<VisibleLine>, ServiceError> {
    let ids: HashSet<AccountId> = lines.iter().map(|line| line.account_id).collect();
    let ids: Vec<_> = ids.into_iter().collect();
    let found = accounts::find_many(conn, community.id, &ids)?;
    let found: HashMap<_, _> = found.into_iter().map(|account| (account.id, account)).collect();
    let line = |line: RegisterLine| VisibleLine {
        month: month_of(community, line.created_at),
        category: Some(line.category),
        account: found.get(&line.account_id).cloned(),
        line,
    };
    Ok(lines.into_iter().map(line).collect())
}

/// Within a month in the order of amounts, so that not even the order tells who it was.
fn for_members(community: &Community, lines: &[RegisterLine]) -> Vec<VisibleLine> {
    let shared = |category| lines.iter().filter(|other| other.category == category).count();
    let line = |line: &RegisterLine| VisibleLine {
        month: month_of(community, line.created_at),
        category: Some(line.category).filter(|category| shared(*category) >= CATEGORY_SHOWN_MIN),
        account: None,
        line: *line,
    };
    let mut visible: Vec<_> = lines.iter().map(line).collect();
    visible.sort_by(|one, other| (&one.month, one.line.amount).cmp(&(&other.month, other.line.amount)));
    visible
}

fn month_of(community: &Community, at: Timestamp) -> String {
    let day = community.time_zone.day_of(at).map(|day| day.to_string()).unwrap_or_default();
    day.chars().take("YYYY-MM".len()).collect()
}

fn year_of(day: Day) -> i16 {
    day.to_string().split('-').next().and_then(|year| year.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::domain::community::tests::river;
    use crate::domain::ids::PaymentId;

    fn line(minor: i64, taken_back: i64, day: i64) -> RegisterLine {
        RegisterLine {
            payment_id: PaymentId::from_uuid(Uuid::nil()),
            account_id: AccountId::from_uuid(Uuid::nil()),
            amount: Amount::from_minor(minor),
            taken_back: Amount::from_minor(taken_back),
            category: WriteOffCategory::Other,
            created_at: Timestamp::from_micros(1_790_000_000_000_000).plus_seconds(day * 86_400),
        }
    }

    #[test]
    fn members_see_sums_and_no_order_that_tells_of_anybody() {
        let community = river();
        let lines =
            for_members(&community, &[line(-50, 20, 0), line(-900, 0, 1), line(30, 0, 2), line(-70, 0, 40)]);
        let told: Vec<_> = lines.iter().map(|one| (one.month.as_str(), one.line.amount.minor())).collect();
        assert_eq!(told, [("2026-09", -900), ("2026-09", -50), ("2026-09", 30), ("2026-10", -70)]);
        assert!(lines.iter().all(|one| one.account.is_none()));
        // What was taken back is borne by nobody any more.
        let register = Register { community, year: 2026, lines };
        assert_eq!(register.sums(), (Amount::from_minor(30 + 900 + 70), Amount::from_minor(30)));
    }
}
