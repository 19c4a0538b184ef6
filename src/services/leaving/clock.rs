//! What comes with time: reminders of plans, each once, and the closing at zero.

use super::{letter, write_to_member};
use crate::domain::account::Account;
use crate::domain::command::{Action, Command, CommandNotice, SetMemberStatus};
use crate::domain::community::Community;
use crate::domain::fold::Outcome;
use crate::domain::ids::{CommunityId, MemberId};
use crate::domain::leaving::{Leaving, Plan, Reminder};
use crate::domain::member::MemberStatus;
use crate::domain::time::Timestamp;
use crate::mail::StandingEvent;
use crate::services::letters::Outbox;
use crate::services::{ServiceError, Services};
use crate::storage::{Conn, StorageError, accounts, communities, leavings, members};

/// How many members are closed at a time.
const CLOSED_AT_ONCE: u32 = 100;
/// Why a member was closed who came to zero.
const AT_ZERO: &str = "left, and came to zero";

impl Services {
    /// Reminds of one date of one plan, if one is due. Whether more may be.
    ///
    /// # Errors
    /// When it could not be done; it stays due.
    pub async fn remind_of_plan(&self) -> Result<bool, ServiceError> {
        let now = self.now();
        let due = self.ledger.read(move |conn| leavings::find_due(conn, now)).await?;
        let Some((community_id, leaving)) = due else { return Ok(false) };
        let mut outbox = self.outbox();
        self.write_with_mail(move |conn| remind(conn, &mut outbox, community_id, &leaving)).await?;
        Ok(true)
    }

    /// Closes the members who are leaving and came to zero: the fold judges each once more. How many it closed.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn close_leavers_at_zero(&self) -> Result<usize, ServiceError> {
        let settled = self.ledger.read(|conn| leavings::settled(conn, CLOSED_AT_ONCE)).await?;
        let mut closed = 0;
        for (community_id, member_id) in settled {
            let mut outbox = self.outbox();
            let find = move |conn: &mut Conn| {
                let own = accounts::of_members(conn, community_id, &[member_id])?;
                let notices = tell_closed(conn, &mut outbox, community_id, member_id)?;
                Ok::<_, StorageError>((own.iter().map(|account| account.id).collect(), notices))
            };
            let (account_ids, notices) = self.ledger.read(find).await?;
            let (status, reason) = (MemberStatus::Closed, AT_ZERO.to_owned());
            let change = SetMemberStatus { member_id, account_ids, status, reason };
            let command =
                Command { notices, ..Command::by_service(community_id, Action::SetMemberStatus(change)) };
            // A refusal says that somebody was faster: the member stays. Whoever is still there is looked at again.
            if !matches!(self.ledger.submit(command).await?, Outcome::Refused(_)) {
                closed += 1;
            }
        }
        if closed > 0 {
            self.ring();
        }
        Ok(closed)
    }
}

/// Reminds of what is due, unless somebody else did, and turns to what comes next. What is settled is not asked for.
fn remind(
    conn: &mut Conn,
    outbox: &mut Outbox,
    community_id: CommunityId,
    leaving: &Leaving,
) -> Result<(), StorageError> {
    let Some(community) = communities::find(conn, community_id)? else { return Ok(()) };
    let plan = leaving.plan.as_ref().filter(|plan| plan.agreed_by.is_some());
    let at = leaving.remind_at.unwrap_or_default();
    let reminders = plan.map(Plan::reminders).unwrap_or_default();
    let next = plan.and_then(|plan| next_of(plan, &reminders, leaving.step, at, &community));
    if !leavings::advance(conn, community_id, leaving, next)? {
        return Ok(());
    }
    let told = usize::try_from(leaving.step).ok().and_then(|place| reminders.get(place));
    let Some(told) = told else { return Ok(()) };
    let Some(member) = members::find(conn, community_id, leaving.member_id)? else { return Ok(()) };
    let own = accounts::of_members(conn, community_id, &[member.id])?;
    if own.iter().all(Account::is_settled) {
        return Ok(());
    }
    let event = if told.is_due() { StandingEvent::Due } else { StandingEvent::DueSoon };
    let letter = letter(&community, &member.name, (event, Some(told.about), told.amount));
    write_to_member(conn, outbox, &community, member.id, &letter)?;
    // The community looks at it where all of it should be settled.
    if told.is_due() && told.amount.is_none() {
        outbox.write_to_admins(conn, &community, &letter)?;
    }
    Ok(())
}

/// What comes after a reminder: the next one on the same day at once, and else the next that is still to come.
fn next_of(
    plan: &Plan,
    reminders: &[Reminder],
    step: i16,
    at: Timestamp,
    community: &Community,
) -> Option<(i16, Timestamp)> {
    let place = usize::try_from(step).ok()?;
    let (this, next) = (reminders.get(place)?, reminders.get(place + 1)?);
    if next.on == this.on {
        return Some((step + 1, at));
    }
    plan.next_reminder(step + 1, at, &community.time_zone)
}

fn tell_closed(
    conn: &mut Conn,
    outbox: &mut Outbox,
    community_id: CommunityId,
    member_id: MemberId,
) -> Result<Vec<CommandNotice>, StorageError> {
    let community = communities::find(conn, community_id)?;
    let member = members::find(conn, community_id, member_id)?;
    let (Some(community), Some(member)) = (community, member) else { return Ok(Vec::new()) };
    let letter = letter(&community, &member.name, (StandingEvent::Closed, None, None));
    outbox.notices_to_member(conn, &community, member_id, &letter)
}
