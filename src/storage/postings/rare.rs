//! The tables that plain payments do not write: people, accounts, limits, holds, requests, refusals, audit lines.

use diesel::prelude::*;

use crate::domain::account::Account;
use crate::domain::ids::CommunityId;
use crate::domain::payment_rules::Paid;
use crate::domain::records::Postings;
use crate::storage::connection::{ROWS_PER_INSERT, on_backend};
use crate::storage::schema::{
    account_items, accounts, audits, ended_sessions, hold_items, holds, member_users,
    members as members_table, payments, refusals, texts,
};
use crate::storage::types::AnyId;
use crate::storage::{
    Conn, StorageError, approvals, charges, checkouts, communities, contributions, delegations, fees, fund,
    joining, leavings, limits, mails, members, merges, missed, oauth, payment_notices, payouts, privacy,
    refunds, requests, schedules, trusted_payees, users, write_offs,
};

/// What later rows of the batch refer to: members with their users, and accounts.
pub(super) fn insert_people_and_accounts(conn: &mut Conn, postings: &Postings) -> Result<(), StorageError> {
    let community_id = postings.head.community_id;
    insert_members(conn, community_id, postings)?;
    insert_accounts(conn, community_id, postings)
}

/// Everything else.
pub(super) fn insert_the_rest(conn: &mut Conn, postings: &Postings) -> Result<(), StorageError> {
    let community_id = postings.head.community_id;
    change_accounts(conn, community_id, postings)?;
    if let Some(community) = &postings.changed_community {
        communities::change(conn, community)?;
    }
    for member in &postings.changed_members {
        members::change(conn, community_id, member)?;
        leavings::follow(conn, community_id, member, postings.head.last_at)?;
    }
    postings.renamed_members.iter().try_for_each(|renamed| members::rename(conn, community_id, renamed))?;
    for change in &postings.delegations {
        delegations::write(conn, community_id, change, postings.head.last_at)?;
    }
    insert_items(conn, community_id, postings)?;
    write_holds(conn, community_id, postings)?;
    write_awaited(conn, community_id, postings)?;
    insert_texts(conn, community_id, postings)?;
    change_payments(conn, community_id, postings)?;
    refunds::insert(conn, community_id, &postings.payments)?;
    fees::write(conn, community_id, &postings.fees)?;
    charges::keep_fees(conn, community_id, &postings.fee_versions)?;
    contributions::write(conn, community_id, &postings.charged)?;
    charges::write(conn, community_id, &postings.charges)?;
    let mut versions = postings.income_versions.iter();
    versions.try_for_each(|rules| charges::keep_income(conn, community_id, rules))?;
    fund::write_runs(conn, community_id, &postings.income_runs)?;
    let mut missed = postings.missed_periods.iter();
    missed.try_for_each(|periods| missed::write(conn, community_id, periods))?;
    if let Some(plan) = &postings.income_plan {
        fund::write_plan(conn, community_id, plan)?;
    }
    payouts::write(conn, community_id, &postings.lone_payouts)?;
    schedules::write(conn, postings)?;
    mails::insert_notices(conn, community_id, &postings.notices)?;
    insert_notes(conn, community_id, postings)?;
    postings.approvals.iter().try_for_each(|approval| approvals::write(conn, community_id, approval))?;
    postings.policies.iter().try_for_each(|adopted| limits::adopt(conn, community_id, adopted))?;
    postings.write_offs.iter().try_for_each(|new| write_offs::insert(conn, community_id, new))?;
    if postings.opens_joining {
        joining::open(conn, community_id)?;
    }
    checkouts::change(conn, community_id, &postings.checkout_changes)?;
    checkouts::insert(conn, community_id, &postings.new_checkouts)?;
    postings.merges.iter().try_for_each(|new| merges::insert(conn, community_id, new))?;
    postings.mails.iter().try_for_each(|mail| mails::insert(conn, mail))?;
    let mut overrides = postings.overrides.iter();
    overrides.try_for_each(|change| limits::overrides::write(conn, community_id, change))?;
    postings.erased_members.iter().try_for_each(|member| privacy::erase_member(conn, community_id, member))
}

/// Inserts a row for each of some things into a table, many at once.
macro_rules! insert_all {
    ($conn:expr, $table:expr, $all:expr, |$one:ident| $row:expr) => {
        for part in $all.chunks(ROWS_PER_INSERT) {
            let rows: Vec<_> = part.iter().map(|$one| $row).collect();
            on_backend!($conn, |c| diesel::insert_into($table).values(&rows).execute(c))?;
        }
    };
}

fn insert_members(
    conn: &mut Conn,
    community_id: CommunityId,
    postings: &Postings,
) -> Result<(), StorageError> {
    insert_all!(conn, members_table::table, postings.new_members, |member| (
        members_table::community_id.eq(community_id),
        members_table::id.eq(member.id),
        members_table::number.eq(member.number),
        members_table::name.eq(&member.name),
        members_table::name_folded.eq(member.name.to_lowercase()),
        members_table::status.eq(i16::from(member.status.code())),
        members_table::role.eq(i16::from(member.role.code())),
        members_table::created_at.eq(member.created_at),
    ));
    insert_all!(conn, member_users::table, postings.new_members, |member| (
        member_users::community_id.eq(community_id),
        member_users::user_id.eq(member.user_id),
        member_users::member_id.eq(member.id),
        member_users::created_at.eq(member.created_at),
    ));
    let user_ids: Vec<_> = postings.new_members.iter().map(|member| member.user_id).collect();
    users::join(conn, &user_ids, community_id)
}

fn insert_accounts(
    conn: &mut Conn,
    community_id: CommunityId,
    postings: &Postings,
) -> Result<(), StorageError> {
    insert_all!(conn, accounts::table, postings.new_accounts, |account| (
        accounts::community_id.eq(community_id),
        accounts::id.eq(account.id),
        accounts::code.eq(account.code.as_str()),
        accounts::name.eq(account.name.as_ref()),
        accounts::kind.eq(i16::from(account.kind.code())),
        accounts::member_id.eq(account.member_id),
        accounts::status.eq(i16::from(account.status.code())),
        accounts::credit_limit.eq(account.limits.credit_limit),
        accounts::ceiling.eq(account.limits.ceiling),
        accounts::reserved.eq(account.reserved),
        accounts::changes.eq(changes(account)),
        accounts::created_at.eq(account.created_at),
    ));
    Ok(())
}

fn change_accounts(
    conn: &mut Conn,
    community_id: CommunityId,
    postings: &Postings,
) -> Result<(), StorageError> {
    for account in &postings.changed_accounts {
        let changed =
            on_backend!(conn, |c| diesel::update(accounts::table.find((community_id, account.id)))
                .set((
                    accounts::status.eq(i16::from(account.status.code())),
                    accounts::credit_limit.eq(account.limits.credit_limit),
                    accounts::ceiling.eq(account.limits.ceiling),
                    accounts::reserved.eq(account.reserved),
                    accounts::changes.eq(changes(account)),
                    accounts::step_up_above.eq(account.step_up_above),
                    accounts::allowance_amount.eq(account.allowance.map(|allowance| allowance.amount)),
                    accounts::allowance_until.eq(account.allowance.map(|allowance| allowance.until)),
                    accounts::payment_rules
                        .eq((!account.rules.are_none()).then(|| account.rules.to_stored())),
                    accounts::paid.eq((account.paid != Paid::default()).then(|| account.paid.to_stored())),
                ))
                .execute(c))?;
        assert_eq!(changed, 1, "an account that changed exists");
    }
    Ok(())
}

/// The part of an account's version that its entries do not count: they are added where it is read.
fn changes(account: &Account) -> i64 {
    let changes = account.version - account.account_seq;
    assert!(changes >= 1, "a version counts the opening, each entry and each other change");
    changes
}

fn insert_items(conn: &mut Conn, community_id: CommunityId, postings: &Postings) -> Result<(), StorageError> {
    insert_all!(conn, account_items::table, postings.account_items, |item| (
        account_items::community_id.eq(community_id),
        account_items::seq.eq(item.seq),
        account_items::account_id.eq(item.account_id),
        account_items::kind.eq(i16::from(item.kind.code())),
        account_items::status.eq(i16::from(item.status.code())),
        account_items::credit_limit.eq(item.limits.credit_limit),
        account_items::ceiling.eq(item.limits.ceiling),
        account_items::text_id.eq(item.text_id),
    ));
    for item in &postings.hold_items {
        on_backend!(conn, |c| diesel::insert_into(hold_items::table)
            .values((
                hold_items::community_id.eq(community_id),
                hold_items::seq.eq(item.seq),
                hold_items::account_id.eq(item.account_id),
                hold_items::payment_id.eq(item.payment_id),
                hold_items::amount.eq(item.amount),
                hold_items::reserved_after.eq(item.reserved_after),
            ))
            .execute(c))?;
    }
    Ok(())
}

fn write_holds(conn: &mut Conn, community_id: CommunityId, postings: &Postings) -> Result<(), StorageError> {
    for hold in &postings.holds {
        on_backend!(conn, |c| diesel::insert_into(holds::table)
            .values((
                holds::community_id.eq(community_id),
                holds::payment_id.eq(hold.payment_id),
                holds::record_id.eq(hold.record_id),
                holds::payer_id.eq(hold.payer_id),
                holds::payee_id.eq(hold.payee_id),
                holds::amount.eq(hold.amount),
                holds::expires_at.eq(hold.expires_at),
                holds::text_commitment.eq(hold.text.as_slice()),
                holds::is_open.eq(hold.is_open),
            ))
            .on_conflict((holds::community_id, holds::payment_id))
            .do_update()
            .set(holds::is_open.eq(hold.is_open))
            .execute(c))?;
    }
    Ok(())
}

/// What somebody awaits: requests, standing orders, and what people are to be written.
fn write_awaited(
    conn: &mut Conn,
    community_id: CommunityId,
    postings: &Postings,
) -> Result<(), StorageError> {
    for request in &postings.requests {
        requests::write(conn, community_id, request)?;
    }
    for change in &postings.trusts {
        trusted_payees::write(conn, community_id, change)?;
    }
    for notice in &postings.payment_notices {
        payment_notices::insert(conn, community_id, notice)?;
    }
    Ok(())
}

fn insert_texts(conn: &mut Conn, community_id: CommunityId, postings: &Postings) -> Result<(), StorageError> {
    insert_all!(conn, texts::table, postings.texts, |text| (
        texts::community_id.eq(community_id),
        texts::id.eq(text.id),
        texts::salt.eq(text.salt.as_slice()),
        texts::content.eq(&text.text),
    ));
    Ok(())
}

fn change_payments(
    conn: &mut Conn,
    community_id: CommunityId,
    postings: &Postings,
) -> Result<(), StorageError> {
    for change in &postings.payment_changes {
        let changed = on_backend!(conn, |c| diesel::update(payments::table.find((community_id, change.id)))
            .set((
                payments::state.eq(i16::from(change.state.code())),
                payments::amount.eq(change.amount),
                payments::completed_at.eq(change.completed_at),
                payments::transfer_seq.eq(change.transfer.map(|transfer| transfer.seq)),
            ))
            .execute(c))?;
        assert_eq!(changed, 1, "a payment that changed exists");
    }
    Ok(())
}

fn insert_notes(conn: &mut Conn, community_id: CommunityId, postings: &Postings) -> Result<(), StorageError> {
    for session in &postings.ended_sessions {
        on_backend!(conn, |c| diesel::insert_into(ended_sessions::table)
            .values((
                ended_sessions::community_id.eq(community_id),
                ended_sessions::session_id.eq(session.session_id),
                ended_sessions::forget_at.eq(session.forget_at),
            ))
            .on_conflict_do_nothing()
            .execute(c))?;
    }
    for app in &postings.app_spending {
        oauth::spending::set(conn, community_id, app)?;
    }
    for refusal in &postings.refusals {
        on_backend!(conn, |c| diesel::insert_into(refusals::table)
            .values((
                refusals::community_id.eq(community_id),
                refusals::id.eq(refusal.id),
                refusals::code.eq(refusal.code),
                refusals::payer_id.eq(refusal.payer_id),
                refusals::payee_id.eq(refusal.payee_id),
                refusals::amount.eq(refusal.amount),
                refusals::created_at.eq(refusal.created_at),
            ))
            .execute(c))?;
    }
    insert_all!(conn, audits::table, postings.audits, |audit| (
        audits::community_id.eq(community_id),
        audits::id.eq(audit.id),
        audits::actor.eq(audit.actor),
        audits::action.eq(audit.action),
        audits::subject_id.eq(AnyId::from_uuid(audit.subject_id)),
        audits::before.eq(&audit.before),
        audits::after.eq(&audit.after),
        audits::created_at.eq(audit.created_at),
        audits::request_id.eq(&audit.request_id),
    ));
    Ok(())
}
