//! Tellers and brokers of accounts: a community's data, without a reference to the users, who are global.

use diesel::prelude::*;
use uuid::Uuid;

use super::connection::on_backend;
use super::schema::account_delegates;
use super::types::AnyId;
use super::{Conn, StorageError};
use crate::domain::delegation::{Delegate, Delegation, TellerRights, TellerTerms};
use crate::domain::ids::{AccountId, CommunityId, DelegationId, MemberId, UserId};
use crate::domain::records::DelegationChange;
use crate::domain::spending::{SpendingCeiling, SpendingCeilings};
use crate::domain::time::Timestamp;

/// The stored number of tellers.
pub(super) const TELLER: i16 = 1;
/// The stored number of brokers.
const BROKER: i16 = 2;

type DelegationColumns = (DelegationId, AccountId, AnyId, i16, i16, Option<i64>, Option<i64>);

/// At which accounts of the community these users and members were let act.
///
/// # Errors
/// When the database refuses.
pub fn given_to(
    conn: &mut Conn,
    community_id: CommunityId,
    delegates: &[Uuid],
) -> Result<Vec<Delegation>, StorageError> {
    let delegates: Vec<_> = delegates.iter().copied().map(AnyId::from_uuid).collect();
    let rows: Vec<DelegationColumns> = on_backend!(conn, |c| account_delegates::table
        .filter(account_delegates::community_id.eq(community_id))
        .filter(account_delegates::delegate_id.eq_any(&delegates))
        .filter(account_delegates::ended_at.is_null())
        .select(COLUMNS)
        .load(c))?;
    rows.into_iter().map(read).collect()
}

/// Who was let act at an account, in the order of the ids.
///
/// # Errors
/// When the database refuses.
pub fn of_account(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
) -> Result<Vec<Delegation>, StorageError> {
    let rows: Vec<DelegationColumns> = on_backend!(conn, |c| account_delegates::table
        .filter(account_delegates::community_id.eq(community_id))
        .filter(account_delegates::account_id.eq(account_id))
        .filter(account_delegates::ended_at.is_null())
        .order(account_delegates::delegate_id)
        .select(COLUMNS)
        .load(c))?;
    rows.into_iter().map(read).collect()
}

/// Writes a change.
///
/// # Errors
/// When the database refuses.
pub fn write(
    conn: &mut Conn,
    community_id: CommunityId,
    change: &DelegationChange,
    now: Timestamp,
) -> Result<(), StorageError> {
    match change {
        DelegationChange::Set(delegation) => set(conn, community_id, delegation, now),
        DelegationChange::Removed(delegation) => {
            let key = (community_id, AnyId::from_uuid(delegation.delegate.uuid()), delegation.account_id);
            on_backend!(conn, |c| diesel::update(account_delegates::table.find(key))
                .set(account_delegates::ended_at.eq(now))
                .execute(c))?;
            Ok(())
        }
    }
}

fn set(
    conn: &mut Conn,
    community_id: CommunityId,
    delegation: &Delegation,
    now: Timestamp,
) -> Result<(), StorageError> {
    let kind = match delegation.delegate {
        Delegate::Teller(_) => TELLER,
        Delegate::Broker(_) => BROKER,
    };
    let ceilings = delegation.terms.ceilings;
    let terms = (
        account_delegates::id.eq(delegation.id),
        account_delegates::ended_at.eq(None::<Timestamp>),
        account_delegates::rights.eq(delegation.terms.rights.bits()),
        account_delegates::ceiling_per_payment.eq(ceilings.per_payment.map(SpendingCeiling::millionths)),
        account_delegates::ceiling_per_day.eq(ceilings.per_day.map(SpendingCeiling::millionths)),
    );
    on_backend!(conn, |c| diesel::insert_into(account_delegates::table)
        .values((
            account_delegates::community_id.eq(community_id),
            account_delegates::delegate_id.eq(AnyId::from_uuid(delegation.delegate.uuid())),
            account_delegates::account_id.eq(delegation.account_id),
            account_delegates::kind.eq(kind),
            terms,
            account_delegates::created_at.eq(now),
        ))
        .on_conflict((
            account_delegates::community_id,
            account_delegates::delegate_id,
            account_delegates::account_id,
        ))
        .do_update()
        .set(terms)
        .execute(c))?;
    if let Delegate::Teller(user_id) = delegation.delegate {
        // So that the end of the teller's sessions, and their look for an account by its id, come here too.
        super::users::join(conn, &[user_id], community_id)?;
    }
    Ok(())
}

const COLUMNS: (
    account_delegates::id,
    account_delegates::account_id,
    account_delegates::delegate_id,
    account_delegates::kind,
    account_delegates::rights,
    account_delegates::ceiling_per_payment,
    account_delegates::ceiling_per_day,
) = (
    account_delegates::id,
    account_delegates::account_id,
    account_delegates::delegate_id,
    account_delegates::kind,
    account_delegates::rights,
    account_delegates::ceiling_per_payment,
    account_delegates::ceiling_per_day,
);

fn read(row: DelegationColumns) -> Result<Delegation, StorageError> {
    let (id, account_id, delegate, kind, rights, per_payment, per_day) = row;
    let corrupt = |what: &str| StorageError::Corrupt(format!("delegation {id}: {what}"));
    let delegate = match kind {
        TELLER => Delegate::Teller(UserId::from_uuid(delegate.uuid())),
        BROKER => Delegate::Broker(MemberId::from_uuid(delegate.uuid())),
        _ => return Err(corrupt("kind")),
    };
    let rights = TellerRights::from_bits(rights).ok_or_else(|| corrupt("rights"))?;
    let ceilings = SpendingCeilings {
        per_payment: per_payment.map(SpendingCeiling::from_millionths),
        per_day: per_day.map(SpendingCeiling::from_millionths),
    };
    Ok(Delegation { id, account_id, delegate, terms: TellerTerms { rights, ceilings } })
}
