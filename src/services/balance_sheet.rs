//! A community's balance sheet.

use super::caller::require_right;
use super::{Fault, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::balance_sheet::{BalanceSheet, BalanceSheetOf};
use crate::domain::community::Community;
use crate::domain::language::Language;
use crate::domain::policy::Right;
use crate::domain::time::Timestamp;
use crate::domain::zone::{Day, TimeOfDay};
use crate::storage::{Conn, StorageError, balance_sheet, heads, users};

impl Services {
    /// A community's balance sheet at the end of a day by its clocks, or now, and the language in which the bearer reads. For its
    /// admins.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer does not belong to it, and why they may not see it;
    /// [`ServiceError::Overloaded`] when there is no room to make one.
    pub async fn balance_sheet(
        &self,
        bearer: &Bearer,
        code: String,
        day: Option<Day>,
    ) -> Result<(BalanceSheetOf, Language), ServiceError> {
        let room = self.room_for_books(bearer.authority.user_id)?;
        let (made_at, caller) = (self.now(), bearer.clone());
        self.ledger
            .read(move |conn| {
                // Held as long as it is read, also where nobody waits for it any more.
                let _room = room;
                let community = require_right(conn, &caller, &code, Right::SeeBalanceSheet, made_at)?;
                let head = heads::find(conn, community.id)?.ok_or(ServiceError::NotFound)?;
                let seq = match day {
                    Some(day) => {
                        let end = end_of(&community, day)?;
                        heads::seq_before(conn, community.id, end, head.seq)?
                    }
                    None => head.seq,
                };
                let sheet = read(conn, &community, seq)?;
                let language = users::language(conn, caller.authority.user_id)?;
                let found = BalanceSheetOf { community, day, seq, sheet, made_at };
                Ok((found, language.unwrap_or(Language::English)))
            })
            .await
    }
}

fn end_of(community: &Community, day: Day) -> Result<Timestamp, ServiceError> {
    let end = day.plus_days(1).and_then(|next| community.time_zone.moment(next, TimeOfDay::MIDNIGHT));
    end.ok_or_else(|| ServiceError::Invalid(vec![Fault::new("date", "out_of_range", "is too far away")]))
}

fn read(conn: &mut Conn, community: &Community, seq: i64) -> Result<BalanceSheet, ServiceError> {
    let accounts = balance_sheet::standings(conn, community.id, seq)?;
    let holds = balance_sheet::reserved(conn, community.id, seq)?;
    BalanceSheet::new(&accounts, &holds)
        .map_err(|error| StorageError::Corrupt(format!("{} at {seq}: {error}", community.code)).into())
}
