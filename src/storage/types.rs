//! Column types that differ between the engines, and how the domain's own types are stored.

use diesel::backend::Backend;
use diesel::deserialize::{self, FromSql, FromSqlRow};
use diesel::expression::AsExpression;
use diesel::pg::{Pg, PgValue};
use diesel::query_builder::QueryId;
use diesel::serialize::{self, IsNull, Output, ToSql};
use diesel::sql_types::{BigInt, Binary, SqlOrd, SqlType};
use diesel::sqlite::{Sqlite, SqliteValue};
use uuid::Uuid;

use crate::domain::amount::Amount;
use crate::domain::ids::{
    AccountId, ApiKeyId, ApprovalId, AuditId, CheckoutId, CommunityId, DelegationId, GroupId, InvitationId,
    MailId, MemberId, PasskeyId, PaymentId, PaymentLinkId, RecordId, RefusalId, ScheduleId, SessionId,
    SpenderId, TextId, UserId, WebhookDeliveryId, WebhookEndpointId,
};
use crate::domain::time::Timestamp;

/// An id: `uuid` on PostgreSQL, a BLOB of 16 bytes on SQLite.
#[derive(SqlType, QueryId, Clone, Copy, Debug)]
#[diesel(postgres_type(oid = 2950, array_oid = 2951), sqlite_type(name = "Binary"))]
pub struct Id;

impl SqlOrd for Id {}

macro_rules! stored_ids {
    ($($name:ident)*) => {$(
        const _: () = {
            #[derive(AsExpression, FromSqlRow)]
            #[diesel(foreign_derive, sql_type = Id)]
            #[expect(dead_code, reason = "only the derived implementations are used")]
            struct Proxy($name);
        };

        impl ToSql<Id, Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                use std::io::Write;
                out.write_all(self.uuid().as_bytes())?;
                Ok(IsNull::No)
            }
        }

        impl ToSql<Id, Sqlite> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                out.set_value(self.uuid().as_bytes().to_vec());
                Ok(IsNull::No)
            }
        }

        impl FromSql<Id, Pg> for $name {
            fn from_sql(value: PgValue<'_>) -> deserialize::Result<Self> {
                Ok(Self::from_uuid(Uuid::from_slice(value.as_bytes())?))
            }
        }

        impl FromSql<Id, Sqlite> for $name {
            fn from_sql(value: SqliteValue<'_, '_, '_>) -> deserialize::Result<Self> {
                let bytes = <Vec<u8> as FromSql<Binary, Sqlite>>::from_sql(value)?;
                Ok(Self::from_uuid(Uuid::from_slice(&bytes)?))
            }
        }
    )*};
}

stored_ids!(AccountId ApiKeyId ApprovalId AuditId CheckoutId CommunityId DelegationId GroupId InvitationId MailId MemberId
    PasskeyId PaymentId PaymentLinkId RecordId RefusalId ScheduleId SessionId SpenderId TextId UserId WebhookDeliveryId
    WebhookEndpointId AnyId);

/// An id whose noun depends on the row: an event's subject, a key's result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AnyId(pub Uuid);

impl AnyId {
    /// The id with these 16 bytes.
    pub const fn from_uuid(uuid: Uuid) -> Self {
        Self(uuid)
    }

    /// The 16 bytes as a UUID.
    pub const fn uuid(self) -> Uuid {
        self.0
    }
}

macro_rules! stored_numbers {
    ($($name:ident $read:path, $write:ident;)*) => {$(
        const _: () = {
            #[derive(AsExpression, FromSqlRow)]
            #[diesel(foreign_derive, sql_type = BigInt)]
            #[expect(dead_code, reason = "only the derived implementations are used")]
            struct Proxy($name);
        };

        impl<DB: Backend> FromSql<BigInt, DB> for $name
        where
            i64: FromSql<BigInt, DB>,
        {
            fn from_sql(value: DB::RawValue<'_>) -> deserialize::Result<Self> {
                i64::from_sql(value).map($read)
            }
        }

        impl ToSql<BigInt, Pg> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Pg>) -> serialize::Result {
                <i64 as ToSql<BigInt, Pg>>::to_sql(&self.$write(), &mut out.reborrow())
            }
        }

        impl ToSql<BigInt, Sqlite> for $name {
            fn to_sql<'b>(&'b self, out: &mut Output<'b, '_, Sqlite>) -> serialize::Result {
                out.set_value(self.$write());
                Ok(IsNull::No)
            }
        }
    )*};
}

stored_numbers! {
    Amount Amount::from_minor, minor;
    Timestamp Timestamp::from_micros, micros;
}
