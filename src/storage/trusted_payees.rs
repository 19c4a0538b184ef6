//! Whose requests accounts' owners accept beforehand.

use diesel::prelude::*;

use super::connection::on_backend;
use super::schema::trusted_payees;
use super::{Conn, StorageError};
use crate::domain::amount::Amount;
use crate::domain::ids::{AccountId, CommunityId, UserId};
use crate::domain::records::TrustChange;
use crate::domain::trust::{Trust, TrustTerms};

type TrustColumns = (CommunityId, AccountId, AccountId, Amount, Option<Amount>, UserId, i64, Amount);

/// Those of the payees that these payers trust.
///
/// # Errors
/// When the database refuses.
pub fn find_many(
    conn: &mut Conn,
    community_id: CommunityId,
    pairs: &[(AccountId, AccountId)],
) -> Result<Vec<Trust>, StorageError> {
    let (payers, payees): (Vec<_>, Vec<_>) = pairs.iter().copied().unzip();
    let rows: Vec<TrustColumns> = on_backend!(conn, |c| trusted_payees::table
        .filter(trusted_payees::community_id.eq(community_id))
        .filter(trusted_payees::account_id.eq_any(&payers).and(trusted_payees::payee_id.eq_any(&payees)))
        .load(c))?;
    let found = rows.into_iter().map(read);
    Ok(found.filter(|trust| pairs.contains(&(trust.payer_id, trust.payee_id))).collect())
}

/// Whom an account's owner trusts, in the order of the ids.
///
/// # Errors
/// When the database refuses.
pub fn of_account(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
) -> Result<Vec<Trust>, StorageError> {
    let rows: Vec<TrustColumns> = on_backend!(conn, |c| trusted_payees::table
        .filter(trusted_payees::community_id.eq(community_id))
        .filter(trusted_payees::account_id.eq(account_id))
        .order(trusted_payees::payee_id)
        .load(c))?;
    Ok(rows.into_iter().map(read).collect())
}

/// Writes a change.
pub(super) fn write(
    conn: &mut Conn,
    community_id: CommunityId,
    change: &TrustChange,
) -> Result<(), StorageError> {
    match change {
        TrustChange::Set(trust) => set(conn, community_id, trust),
        TrustChange::Removed(trust) => {
            let key = (community_id, trust.payer_id, trust.payee_id);
            on_backend!(conn, |c| diesel::delete(trusted_payees::table.find(key)).execute(c))?;
            Ok(())
        }
    }
}

fn set(conn: &mut Conn, community_id: CommunityId, trust: &Trust) -> Result<(), StorageError> {
    let terms = (
        trusted_payees::up_to.eq(trust.terms.up_to),
        trusted_payees::per_month.eq(trust.terms.per_month),
        trusted_payees::trusted_by.eq(trust.trusted_by),
        trusted_payees::month.eq(trust.month),
        trusted_payees::spent.eq(trust.spent),
    );
    on_backend!(conn, |c| diesel::insert_into(trusted_payees::table)
        .values((
            trusted_payees::community_id.eq(community_id),
            trusted_payees::account_id.eq(trust.payer_id),
            trusted_payees::payee_id.eq(trust.payee_id),
            terms,
        ))
        .on_conflict((trusted_payees::community_id, trusted_payees::account_id, trusted_payees::payee_id,))
        .do_update()
        .set(terms)
        .execute(c))?;
    Ok(())
}

/// Forgets that somebody was trusted, where one of these accounts is on either side.
pub(super) fn forget(
    conn: &mut Conn,
    community_id: CommunityId,
    accounts: &[AccountId],
) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::delete(
        trusted_payees::table.filter(trusted_payees::community_id.eq(community_id)).filter(
            trusted_payees::account_id.eq_any(accounts).or(trusted_payees::payee_id.eq_any(accounts))
        )
    )
    .execute(c))?;
    Ok(())
}

fn read(columns: TrustColumns) -> Trust {
    let (_community_id, payer_id, payee_id, up_to, per_month, trusted_by, month, spent) = columns;
    Trust { payer_id, payee_id, terms: TrustTerms { up_to, per_month }, trusted_by, month, spent }
}
