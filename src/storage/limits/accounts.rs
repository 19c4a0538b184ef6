//! The accounts that a policy is about: members', as far as they are not closed.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Nullable, SmallInt, Text};

use crate::domain::account::Limits;
use crate::domain::amount::Amount;
use crate::domain::groups::MemberKind;
use crate::domain::ids::{AccountId, CommunityId, GroupId, MemberId};
use crate::domain::payment_rules::PaymentRules;
use crate::domain::time::Timestamp;
use crate::storage::connection::on_backend;
use crate::storage::types::Id;
use crate::storage::{Conn, StorageError};

macro_rules! accounts_where {
    ($rest:literal) => {
        concat!(
            "SELECT a.id, a.code, a.name, a.member_id, m.created_at AS joined_at, c.kind, c.group_id, a.credit_limit, \
             a.ceiling, a.payment_rules, a.changes, (o.account_id IS NOT NULL) AS has_override, o.until \
             FROM accounts AS a JOIN members AS m ON m.community_id = a.community_id AND m.id = a.member_id \
             LEFT JOIN member_classes AS c ON c.community_id = a.community_id AND c.member_id = a.member_id \
             LEFT JOIN limit_overrides AS o ON o.community_id = a.community_id AND o.account_id = a.id \
             WHERE a.community_id = $1 AND a.kind = 1 AND ",
            $rest
        )
    };
}

/// Accounts in the order of their ids, each with what policies know of its member.
const ACCOUNTS: &str = accounts_where!("a.id > $2 AND a.status <> 3 ORDER BY a.id LIMIT $3");
/// One of them, closed or not.
const ACCOUNT: &str = accounts_where!("a.id = $2");

/// An account that a policy is about.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BoundAccount {
    /// The account.
    pub id: AccountId,
    /// Its code.
    pub code: String,
    /// The name people read.
    pub name: String,
    /// Whose it is.
    pub member_id: MemberId,
    /// When the member joined.
    pub joined_at: Timestamp,
    /// The member's kind.
    pub kind: MemberKind,
    /// The member's group.
    pub group_id: Option<GroupId>,
    /// How far it may go now.
    pub limits: Limits,
    /// How much and how often it may pay now, and from where on it is warned.
    pub rules: PaymentRules,
    /// How often it was changed other than by entries.
    pub changes: i64,
    /// Until when limits count instead of the policy's, where there are any: none for as long as nobody ends them.
    pub overridden: Option<Option<Timestamp>>,
}

#[derive(QueryableByName)]
struct Row {
    #[diesel(sql_type = Id)]
    id: AccountId,
    #[diesel(sql_type = Text)]
    code: String,
    #[diesel(sql_type = Text)]
    name: String,
    #[diesel(sql_type = Id)]
    member_id: MemberId,
    #[diesel(sql_type = BigInt)]
    joined_at: Timestamp,
    #[diesel(sql_type = Nullable<SmallInt>)]
    kind: Option<i16>,
    #[diesel(sql_type = Nullable<Id>)]
    group_id: Option<GroupId>,
    #[diesel(sql_type = BigInt)]
    credit_limit: Amount,
    #[diesel(sql_type = Nullable<BigInt>)]
    ceiling: Option<Amount>,
    #[diesel(sql_type = Nullable<Text>)]
    payment_rules: Option<String>,
    #[diesel(sql_type = BigInt)]
    changes: i64,
    #[diesel(sql_type = Bool)]
    has_override: bool,
    #[diesel(sql_type = Nullable<BigInt>)]
    until: Option<Timestamp>,
}

/// At most `limit` of a community's accounts behind one, in the order of their ids.
///
/// # Errors
/// When the database refuses.
pub fn page(
    conn: &mut Conn,
    community_id: CommunityId,
    behind: Option<AccountId>,
    limit: i64,
) -> Result<Vec<BoundAccount>, StorageError> {
    let behind = behind.unwrap_or(AccountId::from_uuid(uuid::Uuid::nil()));
    let rows: Vec<Row> = on_backend!(conn, |c| diesel::sql_query(ACCOUNTS)
        .bind::<Id, _>(community_id)
        .bind::<Id, _>(behind)
        .bind::<BigInt, _>(limit)
        .load(c))?;
    rows.into_iter().map(read).collect()
}

/// One account; none where no policy is about it.
///
/// # Errors
/// When the database refuses.
pub fn find(
    conn: &mut Conn,
    community_id: CommunityId,
    account_id: AccountId,
) -> Result<Option<BoundAccount>, StorageError> {
    let row: Option<Row> = on_backend!(conn, |c| diesel::sql_query(ACCOUNT)
        .bind::<Id, _>(community_id)
        .bind::<Id, _>(account_id)
        .get_result(c)
        .optional())?;
    row.map(read).transpose()
}

fn read(row: Row) -> Result<BoundAccount, StorageError> {
    let corrupt = || StorageError::Corrupt(format!("member {}: kind", row.member_id));
    let kind = match row.kind {
        Some(code) => MemberKind::from_code(code).ok_or_else(corrupt)?,
        None => MemberKind::Person,
    };
    let rules = row.payment_rules.map_or(Ok(PaymentRules::default()), |text| text.parse());
    let rules = rules.map_err(|_| StorageError::Corrupt(format!("account {}: payment_rules", row.id)))?;
    Ok(BoundAccount {
        rules,
        id: row.id,
        code: row.code,
        name: row.name,
        member_id: row.member_id,
        joined_at: row.joined_at,
        kind,
        group_id: row.group_id,
        limits: Limits { credit_limit: row.credit_limit, ceiling: row.ceiling },
        changes: row.changes,
        overridden: row.has_override.then_some(row.until),
    })
}
