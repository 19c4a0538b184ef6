//! Founding and listing communities over the API: for the service's own role, which the command line gives. It shows
//! nothing of what is inside a community.

use secrecy::SecretString;

use super::audit::{self, Origin};
use super::caller::require_live_session;
use super::cursors::{cut, page_length};
use super::sessions::fold_email;
use super::setup::NewCommunity;
use super::step_up::{require_first_party, require_fresh_proof};
use super::{Fault, Page, ServiceError, Services, read_name, taken_is_conflict};
use crate::auth::passwords::NewPassword;
use crate::auth::tokens::Bearer;
use crate::domain::amount::{BALANCE_MAX_MINOR, Scale};
use crate::domain::community::{Community, CommunityCode};
use crate::domain::ids::UserId;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::domain::zone::Zone;
use crate::storage::members::Wanted;
use crate::storage::{Conn, communities, members, users};

/// The most characters of a community's name, and of its first admin's.
pub const NAME_CHARS_MAX: usize = 100;
/// The most characters of a unit's name or sign.
pub const UNIT_CHARS_MAX: usize = 32;

/// A community as a superadmin writes it.
#[derive(Debug, Clone)]
pub struct FoundingRequest {
    /// Its short name.
    pub code: String,
    /// Its full name.
    pub name: String,
    /// What one unit is called.
    pub unit: String,
    /// The sign beside amounts.
    pub symbol: String,
    /// Decimal places of amounts.
    pub scale: i16,
    /// How far below zero a new member may go, as decimal text.
    pub default_credit_limit: String,
    /// By which clocks it lives, by name.
    pub time_zone: String,
    /// The first admin's e-mail address. Who has no login yet gets one, and a message to choose a password.
    pub admin_email: String,
    /// The first admin's name.
    pub admin_name: String,
}

impl Services {
    /// Makes a login a superadmin, or takes that back: for the command line. Whether there is such a login.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn set_superadmin(&self, email: &str, is_superadmin: bool) -> Result<bool, ServiceError> {
        let email = fold_email(email);
        Ok(self.ledger.write(move |conn| users::set_superadmin(conn, &email, is_superadmin)).await?)
    }

    /// Founds a community and names its first admin. For superadmins, with a fresh proof. A founding that was cut off is
    /// taken up again by the same request.
    ///
    /// # Errors
    /// What is wrong with the request; [`ConflictReason::AlreadyExists`] where the code is taken.
    pub async fn found_over_api(
        &self,
        bearer: &Bearer,
        request: FoundingRequest,
        origin: &Origin,
    ) -> Result<Community, ServiceError> {
        self.require_superadmin(bearer).await?;
        require_fresh_proof(bearer, self.now())?;
        let (new, admin_name) = parse(&request)?;
        let community = match self.begun_founding(&new).await? {
            Some(community) => community,
            None => self.found_community(new).await.map_err(taken_is_conflict)?,
        };
        let user_id = self.first_admin(&request, &admin_name, origin).await?;
        self.open_commons(&community).await?;
        self.admit_founder(&community, user_id, admin_name).await?;
        let mut line = self.own_audit("community.founded", bearer.authority.user_id, origin);
        line.after = format!(r#"{{"code":"{}"}}"#, community.code);
        self.ledger.write(move |conn| audit::record(conn, &line)).await?;
        Ok(community)
    }

    /// All communities, by code, as anyone may see one whose code they know. For superadmins.
    ///
    /// # Errors
    /// [`Refusal::Forbidden`]; what is wrong with the page.
    pub async fn list_communities(
        &self,
        bearer: &Bearer,
        limit: Option<i64>,
        cursor: Option<String>,
    ) -> Result<Page<Community>, ServiceError> {
        let length = page_length(limit)?;
        let context = format!("communities|{}", bearer.authority.user_id);
        let after = match cursor {
            Some(cursor) => self.cursors.decode(&context, &cursor)?,
            None => String::new(),
        };
        self.require_superadmin(bearer).await?;
        let mut items = self.ledger.read(move |conn| communities::after(conn, &after, length + 1)).await?;
        let has_more = cut(&mut items, length);
        let last = items.last().filter(|_| has_more);
        let next_cursor = last.map(|community| self.cursors.encode(&context, community.code.as_str()));
        Ok(Page { items, next_cursor })
    }

    /// The community with this code and these facts whose founding was cut off: nobody ever was in it.
    ///
    /// # Errors
    /// [`ConflictReason::AlreadyExists`] where the code is taken by another.
    async fn begun_founding(&self, new: &NewCommunity) -> Result<Option<Community>, ServiceError> {
        let code = new.code.clone();
        let found = self
            .ledger
            .read(move |conn| {
                let Some(community) = communities::find_by_code(conn, code.as_str())? else {
                    return Ok(None);
                };
                let has_members =
                    !members::directory(conn, community.id, &Wanted::default(), 0, 1)?.is_empty();
                Ok::<_, ServiceError>(Some((community, has_members)))
            })
            .await?;
        match found {
            None => Ok(None),
            Some((community, false)) if new.is_like(&community) => Ok(Some(community)),
            Some(_) => Err(Refusal::Conflict(ConflictReason::AlreadyExists).into()),
        }
    }

    async fn require_superadmin(&self, bearer: &Bearer) -> Result<(), ServiceError> {
        require_first_party(bearer)?;
        let (now, caller) = (self.now(), bearer.clone());
        let is_superadmin = self
            .ledger
            .read(move |conn: &mut Conn| {
                require_live_session(conn, &caller, now)?;
                Ok::<_, ServiceError>(users::is_superadmin(conn, caller.authority.user_id)?)
            })
            .await?;
        if is_superadmin { Ok(()) } else { Err(Refusal::Forbidden.into()) }
    }

    async fn first_admin(
        &self,
        request: &FoundingRequest,
        name: &str,
        origin: &Origin,
    ) -> Result<UserId, ServiceError> {
        let email = fold_email(&request.admin_email);
        let found = self.ledger.read(move |conn| users::find_by_email(conn, &email)).await?;
        if let Some(user) = found {
            return Ok(user.id);
        }
        // A password that nobody knows: the message lets its reader choose another.
        let password = SecretString::from(uuid::Uuid::from_bytes((self.ids)().random_16()).to_string());
        let new = NewPassword { password, has_second_factor: false, personal: Vec::new() };
        let hash = self.passwords.take(new).await?;
        let user_id = self.create_user(&request.admin_email, name, hash).await?;
        self.request_password_reset(&request.admin_email, origin).await?;
        Ok(user_id)
    }
}

/// The community, and its first admin's name.
fn parse(request: &FoundingRequest) -> Result<(NewCommunity, String), ServiceError> {
    let mut faults = Vec::new();
    let texts = [
        ("/name", &request.name, NAME_CHARS_MAX),
        ("/unit", &request.unit, UNIT_CHARS_MAX),
        ("/symbol", &request.symbol, UNIT_CHARS_MAX),
        ("/admin_name", &request.admin_name, NAME_CHARS_MAX),
    ];
    let [name, unit, symbol, admin_name] =
        texts.map(|(pointer, text, chars_max)| read_name(pointer, text, chars_max, &mut faults));
    if !super::sessions::is_address(&request.admin_email) || !request.admin_email.contains('@') {
        faults.push(Fault::new("/admin_email", "malformed_address", "is no e-mail address"));
    }
    let code = request.code.parse::<CommunityCode>();
    if let Err(error) = &code {
        faults.push(Fault::new("/code", "malformed_code", error.to_string()));
    }
    let scale = Scale::try_from(request.scale);
    if let Err(error) = &scale {
        faults.push(Fault::new("/scale", "out_of_range", error.to_string()));
    }
    let limit =
        scale.as_ref().ok().map(|scale| scale.parse(&request.default_credit_limit, BALANCE_MAX_MINOR));
    if let Some(Err(error)) = &limit {
        faults.push(Fault::new("/default_credit_limit", error.code(), error.to_string()));
    }
    let time_zone = request.time_zone.parse::<Zone>();
    if let Err(error) = &time_zone {
        faults.push(Fault::new("/time_zone", "unknown_value", error.to_string()));
    }
    match (code, scale, limit) {
        (Ok(code), Ok(scale), Some(Ok(default_credit_limit))) if faults.is_empty() => {
            let time_zone = time_zone.unwrap_or(Zone::UTC);
            Ok((
                NewCommunity { code, name, unit, symbol, scale, time_zone, default_credit_limit },
                admin_name,
            ))
        }
        _ => Err(ServiceError::Invalid(faults)),
    }
}
