//! What an application does once its address is confirmed: its login is there, and the admins hear of it.

use crate::domain::community::Community;
use crate::domain::ids::UserId;
use crate::domain::joining::ApplicationState;
use crate::domain::time::Timestamp;
use crate::mail::{Letter, Plain};
use crate::services::audit::{self, NewUserAudit};
use crate::services::letters::Outbox;
use crate::services::{ServiceError, Services};
use crate::storage::applications::Application;
use crate::storage::users::User;
use crate::storage::{Conn, StorageError, agreements, applications, members, users};

/// What became of an application whose address is confirmed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Entry {
    /// The admins will decide.
    Waits,
    /// The user belongs to the community already, or has another application there.
    AlreadyThere,
}

/// What lets applications in to the admins.
pub struct Entrance {
    /// An id for the login, where one is made.
    fresh_user_id: UserId,
    /// Lines for the login's audit log, whose user is not known yet.
    created: NewUserAudit,
    confirmed: NewUserAudit,
    outbox: Outbox,
    now: Timestamp,
}

impl Services {
    /// An entrance for one application that came with a request.
    pub(super) fn entrance(&self, origin: &audit::Origin) -> Entrance {
        let fresh_user_id = UserId::from_uuid(self.fresh_uuid());
        Entrance {
            fresh_user_id,
            created: self.own_audit("login.created", fresh_user_id, origin),
            confirmed: self.own_audit("address.confirmed", fresh_user_id, origin),
            outbox: self.outbox(),
            now: self.now(),
        }
    }
}

impl Entrance {
    /// Lets an application in whose applicant has just shown that the address is theirs. Where the address has a login,
    /// it is that login's; else one is made with the password of the application.
    pub fn confirmed(
        &mut self,
        conn: &mut Conn,
        community: &Community,
        application: &Application,
    ) -> Result<Entry, ServiceError> {
        let user_id = self.login_of(conn, application)?;
        audit::record(conn, &NewUserAudit { user_id: Some(user_id), ..self.confirmed.clone() })?;
        self.enter(conn, community, application, user_id)
    }

    /// Lets a user's application in. It is stored already, or will be now.
    pub fn enter(
        &mut self,
        conn: &mut Conn,
        community: &Community,
        application: &Application,
        user_id: UserId,
    ) -> Result<Entry, ServiceError> {
        let members = members::of_user(conn, community.id, user_id)?;
        let is_there = members.iter().any(|member| member.status.belongs())
            || applications::under_way(conn, community.id, user_id)?.is_some();
        if is_there {
            applications::forget(conn, community.id, application.id)?;
            return Ok(Entry::AlreadyThere);
        }
        if !applications::confirm(conn, community.id, application.id, user_id, self.now)? {
            let waiting = Application {
                state: ApplicationState::Waiting,
                user_id: Some(user_id),
                password_hash: None,
                confirmed_at: Some(self.now),
                ..application.clone()
            };
            applications::insert(conn, community.id, &waiting)?;
        }
        applications::note_place(conn, user_id, community.id)?;
        if let Some(version) = application.agreement_version {
            let (request_id, at) = (&application.request_id, application.created_at);
            agreements::accept(conn, community.id, user_id, version, request_id, at)?;
        }
        let letter = Letter::ApplicationReceived {
            community: Plain::from(community.name.as_str()),
            applicant: Plain::from(application.name.as_str()),
        };
        self.outbox.write_to_admins(conn, community, &letter)?;
        Ok(Entry::Waits)
    }

    /// The login of the address.
    fn login_of(&self, conn: &mut Conn, application: &Application) -> Result<UserId, ServiceError> {
        if let Some(user) = users::find_by_email(conn, &application.email)? {
            return Ok(user.id);
        }
        let password_hash = application.password_hash.clone();
        let new = User {
            id: self.fresh_user_id,
            email: application.email.clone(),
            name: application.name.clone(),
            password_hash: password_hash.ok_or_else(|| StorageError::Corrupt("an application".into()))?,
        };
        if users::insert_new(conn, &new, application.language, self.now)? {
            audit::record(conn, &self.created)?;
            return Ok(new.id);
        }
        // Somebody else made it in the same moment.
        let user = users::find_by_email(conn, &application.email)?;
        Ok(user.ok_or(StorageError::Contention)?.id)
    }
}
