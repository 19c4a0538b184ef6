//! Communities.

use diesel::dsl::Eq;
use diesel::prelude::*;

use super::connection::on_backend;
use super::schema::{communities, user_communities};
use super::{Conn, StorageError};
use crate::domain::amount::{Amount, Scale};
use crate::domain::approval::ApprovalRules;
use crate::domain::community::{Community, CommunityCode};
use crate::domain::fees::{Fee, FeeRules};
use crate::domain::ids::{AccountId, CommunityId, UserId};
use crate::domain::time::Timestamp;
use crate::domain::zone::Zone;

pub(super) type CommunityRow = (
    CommunityId,
    String,
    String,
    String,
    String,
    i16,
    String,
    Amount,
    Timestamp,
    Option<Amount>,
    Option<Amount>,
    Option<Amount>,
    i64,
    Option<AccountId>,
    Amount,
    i64,
    Amount,
    i64,
    i64,
    i64,
    Option<CommunityId>,
);

/// That nobody is still bringing the community along from another system: until then it looks absent.
macro_rules! is_there {
    ($id:expr) => {
        diesel::dsl::not(diesel::dsl::exists(
            $crate::storage::schema::imports::table.filter(
                $crate::storage::schema::imports::community_id
                    .eq($id)
                    .and($crate::storage::schema::imports::finished_at.is_null()),
            ),
        ))
    };
}

pub(super) use is_there;

/// Makes a community. Its head comes with [`super::heads::insert`].
///
/// # Errors
/// [`StorageError::Taken`] when the code is.
pub fn insert(conn: &mut Conn, community: &Community, now: Timestamp) -> Result<(), StorageError> {
    on_backend!(conn, |c| diesel::insert_into(communities::table)
        .values((
            communities::id.eq(community.id),
            communities::code.eq(community.code.as_str()),
            communities::name.eq(&community.name),
            communities::unit.eq(&community.unit),
            communities::symbol.eq(&community.symbol),
            communities::scale.eq(i16::from(community.scale.places())),
            communities::time_zone.eq(community.time_zone.name()),
            communities::default_credit_limit.eq(community.default_credit_limit),
            communities::created_at.eq(now),
            communities::step_up_above.eq(community.step_up_above),
            communities::approve_limits_above.eq(community.approval_rules.limits_above),
            communities::approve_reversals_above.eq(community.approval_rules.reversals_above),
            communities::settings_version.eq(community.settings_version),
            communities::limit_policy_version.eq(community.limit_policy_version),
            communities::test_of.eq(community.test_of),
            fee_columns(&community.fees),
        ))
        .execute(c))?;
    Ok(())
}

/// Writes the facts of a community that may change.
///
/// # Errors
/// When the database refuses.
pub(super) fn change(conn: &mut Conn, community: &Community) -> Result<(), StorageError> {
    let changed = on_backend!(conn, |c| diesel::update(communities::table.find(community.id))
        .set((
            communities::name.eq(&community.name),
            communities::unit.eq(&community.unit),
            communities::symbol.eq(&community.symbol),
            communities::settings_version.eq(community.settings_version),
            communities::limit_policy_version.eq(community.limit_policy_version),
            communities::step_up_above.eq(community.step_up_above),
            communities::time_zone.eq(community.time_zone.name()),
            communities::approve_limits_above.eq(community.approval_rules.limits_above),
            communities::approve_reversals_above.eq(community.approval_rules.reversals_above),
            fee_columns(&community.fees),
        ))
        .execute(c))?;
    assert_eq!(changed, 1, "a community that changed exists");
    Ok(())
}

type FeeColumns = (
    Eq<communities::fees_version, i64>,
    Eq<communities::fees_fund_id, Option<AccountId>>,
    Eq<communities::payer_fee_fixed, Amount>,
    Eq<communities::payer_fee_basis_points, i64>,
    Eq<communities::payee_fee_fixed, Amount>,
    Eq<communities::payee_fee_basis_points, i64>,
);

fn fee_columns(fees: &FeeRules) -> FeeColumns {
    (
        communities::fees_version.eq(fees.version),
        communities::fees_fund_id.eq(fees.fund_id),
        communities::payer_fee_fixed.eq(fees.payer.fixed),
        communities::payer_fee_basis_points.eq(fees.payer.basis_points),
        communities::payee_fee_fixed.eq(fees.payee.fixed),
        communities::payee_fee_basis_points.eq(fees.payee.basis_points),
    )
}

/// The community with this id, also where it is still being brought along from another system.
///
/// # Errors
/// When the database refuses.
pub fn find(conn: &mut Conn, id: CommunityId) -> Result<Option<Community>, StorageError> {
    let row: Option<CommunityRow> =
        on_backend!(conn, |c| communities::table.find(id).get_result(c).optional())?;
    row.map(read_community).transpose()
}

/// The community with this code that is there for its people.
///
/// # Errors
/// When the database refuses.
pub fn find_by_code(conn: &mut Conn, code: &str) -> Result<Option<Community>, StorageError> {
    let row: Option<CommunityRow> = on_backend!(conn, |c| communities::table
        .filter(communities::code.eq(code))
        .filter(is_there!(communities::id))
        .get_result(c)
        .optional())?;
    row.map(read_community).transpose()
}

/// The twin of a community in which keys and shops are tried, where it has one.
///
/// # Errors
/// When the database refuses.
pub fn find_twin(conn: &mut Conn, id: CommunityId) -> Result<Option<Community>, StorageError> {
    let row: Option<CommunityRow> = on_backend!(conn, |c| communities::table
        .filter(communities::test_of.eq(id))
        .get_result(c)
        .optional())?;
    row.map(read_community).transpose()
}

/// All communities that are there for their people, by code.
///
/// # Errors
/// When the database refuses.
pub fn all(conn: &mut Conn) -> Result<Vec<Community>, StorageError> {
    let rows: Vec<CommunityRow> = on_backend!(conn, |c| communities::table
        .filter(is_there!(communities::id))
        .order(communities::code)
        .load(c))?;
    rows.into_iter().map(read_community).collect()
}

/// At most `limit` communities with codes after this one, by code.
///
/// # Errors
/// When the database refuses.
pub fn after(conn: &mut Conn, code: &str, limit: i64) -> Result<Vec<Community>, StorageError> {
    let rows: Vec<CommunityRow> = on_backend!(conn, |c| communities::table
        .filter(communities::code.gt(code))
        .filter(is_there!(communities::id))
        .order(communities::code)
        .limit(limit)
        .load(c))?;
    rows.into_iter().map(read_community).collect()
}

/// The communities in which a user has or had a place, also those that are still being brought along from another system:
/// what ends everywhere ends there, too.
///
/// # Errors
/// When the database refuses.
pub fn all_ids_of_user(conn: &mut Conn, user_id: UserId) -> Result<Vec<CommunityId>, StorageError> {
    Ok(on_backend!(conn, |c| user_communities::table
        .filter(user_communities::user_id.eq(user_id))
        .select(user_communities::community_id)
        .order(user_communities::community_id)
        .load(c))?)
}

/// The communities in which a user has or had a place.
///
/// # Errors
/// When the database refuses.
pub fn ids_of_user(conn: &mut Conn, user_id: UserId) -> Result<Vec<CommunityId>, StorageError> {
    Ok(on_backend!(conn, |c| user_communities::table
        .filter(user_communities::user_id.eq(user_id))
        .filter(is_there!(user_communities::community_id))
        .select(user_communities::community_id)
        .order(user_communities::community_id)
        .load(c))?)
}

pub(super) fn read_community(row: CommunityRow) -> Result<Community, StorageError> {
    let (id, code, name, unit, symbol, scale, time_zone, default_credit_limit, _created_at, ..) = row;
    let (_, _, _, _, _, _, _, _, _, step_up_above, limits_above, reversals_above, ..) = row;
    let (
        ..,
        version,
        fund_id,
        payer_fixed,
        payer_basis_points,
        payee_fixed,
        payee_basis_points,
        settings_version,
        limit_policy_version,
        test_of,
    ) = row;
    let fees = FeeRules {
        version,
        fund_id,
        payer: Fee { fixed: payer_fixed, basis_points: payer_basis_points },
        payee: Fee { fixed: payee_fixed, basis_points: payee_basis_points },
    };
    let code: CommunityCode = code.parse().map_err(|error| StorageError::Corrupt(format!("{error}")))?;
    let scale = Scale::try_from(scale).map_err(|error| StorageError::Corrupt(format!("{error}")))?;
    let time_zone: Zone =
        time_zone.parse().map_err(|error| StorageError::Corrupt(format!("{time_zone:?} {error}")))?;
    let approval_rules = ApprovalRules { limits_above, reversals_above };
    Ok(Community {
        id,
        code,
        name,
        unit,
        symbol,
        scale,
        time_zone,
        default_credit_limit,
        step_up_above,
        approval_rules,
        settings_version,
        fees,
        limit_policy_version,
        test_of,
    })
}
