//! Merging two memberships of one person: what would come of it, what stands in the way, and doing it.

use std::collections::HashMap;

use super::accounts::check_reason;
use super::approvals::VisibleApproval;
use super::audit::Origin;
use super::caller::{Membership, membership};
use super::commanding::unexpected;
use super::letters::Outbox;
use super::lists::ListQuery;
use super::step_up::{require_first_party, require_fresh_proof};
use super::{Fault, Page, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::account::{Account, AccountKind, AccountReference, AccountStatus};
use crate::domain::amount::Amount;
use crate::domain::command::{Action, CommandNotice};
use crate::domain::community::Community;
use crate::domain::fold::Outcome;
use crate::domain::ids::{AccountId, MemberId};
use crate::domain::member::MemberStatus;
use crate::domain::merging::{AskMerge, Merge};
use crate::domain::policy::Right;
use crate::domain::refusal::{Refusal, Thing};
use crate::domain::time::Timestamp;
use crate::mail::{Letter, Plain, StandingEvent, StandingNotice};
use crate::storage::merges::{self, OpenThings};
use crate::storage::{Conn, StorageError, accounts, members};

/// The most things of each kind that are named as standing in the way.
const OPEN_NAMED_MAX: i64 = 100;

/// Two accounts of one person, as an admin names them.
#[derive(Debug, Clone)]
pub struct NewMerge {
    /// The account that is one too many, by code or id.
    pub duplicate: AccountReference,
    /// The account that is kept, by code or id.
    pub kept: AccountReference,
    /// Why.
    pub reason: String,
}

/// What would come of a merge.
#[derive(Debug, Clone)]
pub struct MergePreview {
    /// The community.
    pub community: Community,
    /// The account that is one too many, as it is now.
    pub duplicate: Account,
    /// The account that is kept, as it is now.
    pub kept: Account,
    /// What the kept one would have.
    pub balance_after: Amount,
    /// Whether another admin has to agree.
    pub needs_two: bool,
    /// What stands in the way; none where nothing does.
    pub obstacles: Vec<Fault>,
}

/// A merge that was made.
#[derive(Debug, Clone)]
pub struct Merged {
    /// The community.
    pub community: Community,
    /// The account that was closed by it.
    pub duplicate: Account,
    /// The account that is kept.
    pub kept: Account,
    /// The merge.
    pub merge: Merge,
}

/// What came of wanting one.
#[derive(Debug, Clone)]
pub enum MergeOutcome {
    /// It is made, now or before.
    Done(Box<Merged>),
    /// Another admin has to agree first.
    Asked(Box<VisibleApproval>),
}

/// The two accounts, in a community in which the caller may merge.
struct Sides {
    community: Community,
    duplicate: Account,
    kept: Account,
    obstacles: Vec<Fault>,
}

impl Services {
    /// What would come of a merge, and everything that stands in its way. For admins. Nothing is changed.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] where there is no such account or the bearer does not belong; [`Refusal::Forbidden`].
    pub async fn preview_merge(
        &self,
        bearer: &Bearer,
        code: String,
        [duplicate, kept]: [AccountReference; 2],
    ) -> Result<MergePreview, ServiceError> {
        require_first_party(bearer)?;
        let (now, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                let sides = find_sides(conn, &caller, (&code, now), [&duplicate, &kept])?;
                let Sides { community, duplicate, kept, obstacles } = sides;
                let balance_after = kept.balance.checked_add(duplicate.balance).unwrap_or_default();
                let needs_two = community.approval_rules.are_any();
                Ok(MergePreview { community, duplicate, kept, balance_after, needs_two, obstacles })
            })
            .await
    }

    /// Merges one account into another: all that it has moves there, and it is closed with its member. For admins, with a fresh
    /// proof; where the community has two admins agree to anything, once another one agrees. What was done before is
    /// answered as it was.
    ///
    /// # Errors
    /// As [`Services::preview_merge`]; what is wrong with the reason; [`Refusal::StepUpRequired`];
    /// [`ServiceError::Blocked`] with everything that stands in the way.
    pub async fn merge_accounts(
        &self,
        bearer: &Bearer,
        code: String,
        new: NewMerge,
        origin: &Origin,
    ) -> Result<MergeOutcome, ServiceError> {
        require_first_party(bearer)?;
        let (now, caller, mut outbox) = (self.now(), bearer.clone(), self.outbox());
        let NewMerge { duplicate, kept, reason } = new;
        let words = reason.clone();
        let find = move |conn: &mut Conn| {
            let sides = find_sides(conn, &caller, (&code, now), [&duplicate, &kept])?;
            require_fresh_proof(&caller, now)?;
            check_reason(&words).map_err(|fault| ServiceError::Invalid(vec![fault]))?;
            if let Some(merge) = made_before(conn, &sides)? {
                return Ok((sides, Some(merge), Vec::new()));
            }
            if !sides.obstacles.is_empty() {
                return Err(ServiceError::Blocked(sides.obstacles));
            }
            let notices =
                notices(conn, &mut outbox, &sides.community, [&sides.duplicate, &sides.kept], &words)?;
            Ok((sides, None, notices))
        };
        let (sides, made, mut notices) = self.ledger.read(find).await?;
        let Sides { community, duplicate, kept, .. } = sides;
        if let Some(merge) = made {
            return Ok(MergeOutcome::Done(Box::new(Merged { community, duplicate, kept, merge })));
        }
        if community.approval_rules.are_any() {
            notices = self.notices_of_asking(bearer, &community, Right::MergeMembers).await?;
        }
        let action = Action::Merge(AskMerge { account_id: duplicate.id, kept_id: kept.id, reason });
        match self.command(bearer, community.id, action, notices, origin).await? {
            Outcome::Account(closed) => {
                let (id, account_id) = (community.id, closed.id);
                let read = move |conn: &mut Conn| merges::find(conn, id, account_id);
                let merge = self.ledger.read(read).await?.ok_or(ServiceError::NotFound)?;
                Ok(MergeOutcome::Done(Box::new(Merged { community, duplicate: *closed, kept, merge })))
            }
            Outcome::Approval(approval) => {
                let visible = self.visible_approval(community, *approval).await?;
                Ok(MergeOutcome::Asked(Box::new(visible)))
            }
            other => Err(unexpected("merging accounts", &other)),
        }
    }
}

impl Services {
    /// A community's merges, that of the newest account first. For admins.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer does not belong to it, [`Refusal::Forbidden`] when they are no admin.
    pub async fn merges(
        &self,
        bearer: &Bearer,
        code: String,
        limit: Option<i64>,
        cursor: Option<String>,
    ) -> Result<Page<Merged>, ServiceError> {
        let query = ListQuery { name: "merges", code, right: Right::MergeMembers, state: "", limit, cursor };
        let read = |conn: &mut Conn, community: &Community, before: Option<AccountId>, length: i64| {
            let found = merges::list(conn, community.id, before, length)?;
            let ids: Vec<_> = found.iter().flat_map(|merge| [merge.account_id, merge.kept_id]).collect();
            let accounts: HashMap<_, _> = accounts::find_many(conn, community.id, &ids)?
                .into_iter()
                .map(|account| (account.id, account))
                .collect();
            let with_accounts = |merge: Merge| {
                let (duplicate, kept) = (accounts.get(&merge.account_id)?, accounts.get(&merge.kept_id)?);
                let (community, duplicate, kept) = (community.clone(), duplicate.clone(), kept.clone());
                Some(Merged { community, duplicate, kept, merge })
            };
            Ok(found.into_iter().filter_map(with_accounts).collect())
        };
        self.list(bearer, query, read, |merged| merged.merge.account_id).await
    }
}

/// Whom to tell of a merge to which another admin agrees just now.
///
/// # Errors
/// [`ServiceError::Blocked`] with everything that stands in its way since it was asked for.
pub(super) fn notices_of_agreeing(
    conn: &mut Conn,
    outbox: &mut Outbox,
    community: &Community,
    sides: [AccountId; 2],
    reason: &str,
) -> Result<Vec<CommandNotice>, ServiceError> {
    let mut find = |id| accounts::find_many(conn, community.id, &[id]).map(|mut found| found.pop());
    let (Some(duplicate), Some(kept)) = (find(sides[0])?, find(sides[1])?) else {
        return Err(ServiceError::NotFound);
    };
    let obstacles = obstacles(conn, community, [&duplicate, &kept])?;
    if !obstacles.is_empty() {
        return Err(ServiceError::Blocked(obstacles));
    }
    Ok(notices(conn, outbox, community, [&duplicate, &kept], reason)?)
}

/// Mails to everybody who operates either of the two, each once.
fn notices(
    conn: &mut Conn,
    outbox: &mut Outbox,
    community: &Community,
    [duplicate, kept]: [&Account; 2],
    reason: &str,
) -> Result<Vec<CommandNotice>, StorageError> {
    let letter = Letter::Standing(StandingNotice {
        event: StandingEvent::Merged,
        community: Plain::from(community.name.as_str()),
        member: Plain::from(duplicate.name.as_ref()),
        reason: Plain::from(reason),
        date: None,
        amount: None,
        account: Some(Plain::from(kept.code.as_str())),
    });
    let members: Vec<MemberId> = [duplicate.member_id, kept.member_id].into_iter().flatten().collect();
    outbox.notices_to_members(conn, community, &members, &letter)
}

fn find_sides(
    conn: &mut Conn,
    caller: &Bearer,
    (code, now): (&str, Timestamp),
    references: [&AccountReference; 2],
) -> Result<Sides, ServiceError> {
    let place = membership(conn, caller, code, now)?;
    place.require(Right::MergeMembers)?;
    let community = place.community.clone();
    let mut find = |reference: &AccountReference| {
        let found = match reference {
            AccountReference::Id(id) => accounts::find_many(conn, community.id, &[*id])?.pop(),
            AccountReference::Code(code) => accounts::find_by_code(conn, community.id, code.as_str())?,
        };
        found.ok_or(ServiceError::from(Refusal::NotFound(Thing::Account)))
    };
    let (duplicate, kept) = (find(references[0])?, find(references[1])?);
    let mut obstacles = obstacles(conn, &community, [&duplicate, &kept])?;
    obstacles.extend(own_account(&place, [&duplicate, &kept]));
    Ok(Sides { community, duplicate, kept, obstacles })
}

/// Nobody decides alone over an account of somebody's into their own, or the other way.
fn own_account(place: &Membership, sides: [&Account; 2]) -> Option<Fault> {
    let has = |account: &Account| place.members.iter().any(|own| Some(own.id) == account.member_id);
    let [duplicate, kept] = sides.map(has);
    let pointer = if duplicate { "/duplicate" } else { "/kept" };
    (duplicate != kept)
        .then(|| Fault::new(pointer, "own_account", "is your own: another admin has to ask for it"))
}

fn made_before(conn: &mut Conn, sides: &Sides) -> Result<Option<Merge>, StorageError> {
    if sides.duplicate.status != AccountStatus::Closed {
        return Ok(None);
    }
    let made = merges::find(conn, sides.community.id, sides.duplicate.id)?;
    Ok(made.filter(|merge| merge.kept_id == sides.kept.id))
}

/// Everything that stands in the way of a merge, whoever wants it.
fn obstacles(
    conn: &mut Conn,
    community: &Community,
    [duplicate, kept]: [&Account; 2],
) -> Result<Vec<Fault>, StorageError> {
    let mut found = Vec::new();
    let mut add = |pointer: &str, code, detail: String| found.push(Fault::new(pointer, code, detail));
    if duplicate.id == kept.id {
        add("/kept", "same_account", "is the same account".into());
        return Ok(found);
    }
    for (pointer, account, may_be) in [
        ("/duplicate", duplicate, duplicate.status != AccountStatus::Closed),
        ("/kept", kept, kept.status == AccountStatus::Active),
    ] {
        if account.kind != AccountKind::Member {
            add(pointer, "no_member", format!("{} is no member's account", account.code));
        } else if !may_be {
            add(pointer, "account_not_active", format!("{} is {}", account.code, account.status.name()));
        }
    }
    if let Some(detail) = beyond_limit(community, duplicate, kept) {
        let code = if duplicate.balance.is_negative() { "insufficient_credit" } else { "ceiling_exceeded" };
        add("/kept", code, detail);
    }
    if let Some(member_id) = duplicate.member_id {
        if duplicate.member_id == kept.member_id {
            add("/kept", "same_member", "is of the same member".into());
        }
        if let Some(member) = members::find(conn, community.id, member_id)?
            && member.status == MemberStatus::Applied
        {
            add("/duplicate", "account_not_active", "its member has not been let in".into());
        }
        for other in accounts::of_members(conn, community.id, &[member_id])? {
            if other.id != duplicate.id && other.status != AccountStatus::Closed {
                add("/duplicate", "other_account", format!("its member has {} as well", other.code));
            }
        }
    }
    let open = merges::open_things(conn, community.id, duplicate.id, OPEN_NAMED_MAX)?;
    found.extend(still_open(community, &open));
    Ok(found)
}

/// By how much the kept account would be past its limit with what the other one has; none where it would not be.
fn beyond_limit(community: &Community, duplicate: &Account, kept: &Account) -> Option<String> {
    let (change, money) = (i128::from(duplicate.balance.minor()), |minor: i128| {
        let minor = i64::try_from(minor).unwrap_or(i64::MAX);
        format!("{} {}", community.scale.format(Amount::from_minor(minor)), community.symbol)
    });
    let balance = i128::from(kept.balance.minor()) + change;
    let short = -(i128::from(kept.available().minor()) + change);
    let ceiling = kept.limits_in_force().ceiling;
    let above = ceiling.map_or(0, |ceiling| balance - i128::from(ceiling.minor()));
    if change < 0 && short > 0 {
        Some(format!("would be {} below what its credit limit allows", money(short)))
    } else if change > 0 && above > 0 {
        Some(format!("would be {} above its ceiling", money(above)))
    } else {
        None
    }
}

/// Each thing that is open at the account, by its id.
fn still_open(community: &Community, open: &OpenThings) -> Vec<Fault> {
    let money = |amount: Amount| format!("{} {}", community.scale.format(amount), community.symbol);
    let fault = |code, detail: String| Fault::new("/duplicate", code, detail);
    let holds = open.holds.iter().map(|(id, amount)| {
        fault("open_hold", format!("payment {id}: {} are held for it; void or capture it", money(*amount)))
    });
    let requests = open.requests.iter().map(|(id, amount)| {
        fault("open_request", format!("payment {id}: {} are asked for; settle or cancel it", money(*amount)))
    });
    let schedules = open.schedules.iter().map(|(id, amount)| {
        fault("live_schedule", format!("schedule {id}: {} are planned; cancel it", money(*amount)))
    });
    holds.chain(requests).chain(schedules).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::account::Limits;
    use crate::domain::community::tests::river;
    use crate::domain::payment_rules::{Paid, PaymentRules};

    #[test]
    fn by_how_much_a_limit_would_be_passed_is_said() {
        let community = river();
        let account = |balance: i64, credit: i64, ceiling: Option<i64>| Account {
            id: AccountId::from_uuid(uuid::Uuid::nil()),
            code: crate::domain::account::AccountCode::new(&community.code, 1),
            name: "Ada".into(),
            kind: AccountKind::Member,
            member_id: None,
            status: AccountStatus::Active,
            limits: Limits {
                credit_limit: Amount::from_minor(credit),
                ceiling: ceiling.map(Amount::from_minor),
            },
            balance: Amount::from_minor(balance),
            reserved: Amount::ZERO,
            account_seq: 0,
            negative_since: None,
            version: 1,
            created_at: Timestamp::from_micros(0),
            step_up_above: None,
            allowance: None,
            rules: PaymentRules::default(),
            paid: Paid::default(),
        };
        let by = |change, kept: (i64, i64, Option<i64>)| {
            beyond_limit(&community, &account(change, 0, None), &account(kept.0, kept.1, kept.2))
        };
        assert_eq!(by(-100, (0, 100, None)), None);
        assert!(by(-101, (0, 100, None)).unwrap().contains("0.01 §"));
        assert!(by(150, (0, 0, Some(100))).unwrap().contains("0.50 §"));
        assert_eq!(by(100, (0, 0, Some(100))), None);
        assert_eq!(by(100, (-500, 100, Some(0))), None, "back towards zero");
    }
}
