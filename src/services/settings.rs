//! What a community's admins chose about it as a whole: reading it, and changing some of it at once.

use super::accounts::REASON_CHARS_MAX;
use super::approvals::VisibleApproval;
use super::audit::Origin;
use super::caller::{membership, require_right};
use super::commanding::unexpected;
use super::payments::check_text;
use super::superadmins::{NAME_CHARS_MAX, UNIT_CHARS_MAX};
use super::{Fault, ServiceError, Services, read_name};
use crate::auth::tokens::Bearer;
use crate::domain::amount::{BALANCE_MAX_MINOR, Scale};
use crate::domain::command::Action;
use crate::domain::community::Community;
use crate::domain::fold::Outcome;
use crate::domain::policy::Right;
use crate::domain::settings::{ChangeSettings, SettingsChange, needs_two_admins};
use crate::domain::zone::Zone;
use crate::storage::{Conn, agreements, communities, contributions, health, joining, limits};

/// A change as an admin writes it; what is none stays as it is.
#[derive(Debug, Clone, Default)]
pub struct NewSettings {
    /// The community's full name.
    pub name: Option<String>,
    /// What one unit of its currency is called.
    pub unit: Option<String>,
    /// The sign beside amounts.
    pub symbol: Option<String>,
    /// The name of its time zone.
    pub time_zone: Option<String>,
    /// Above which amount all payments need a fresh proof, as decimal text; within, none for no such rule.
    pub step_up_above: Option<Option<String>>,
    /// Why; may be empty.
    pub reason: String,
    /// The version that the admin saw, where they said so.
    pub if_version: Option<i64>,
}

/// A community with what was chosen about it, and how often the rest was.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The community.
    pub community: Community,
    /// The versions of what is chosen elsewhere.
    pub versions: Versions,
}

/// The versions of what has rules of its own; each rises with every change of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Versions {
    /// Of who may ask to join.
    pub joining: i64,
    /// Of the terms that members accept, where there are some.
    pub agreements: Option<i64>,
    /// Of the thresholds from which on admins are told of figures.
    pub health: i64,
    /// Of the policy on limits; zero before one was adopted.
    pub limit_policy: i64,
    /// Of what members contribute; zero before anything was chosen.
    pub contributions: i64,
}

/// What came of a change.
#[derive(Debug, Clone)]
pub enum SettingsOutcome {
    /// The settings are these now.
    Done(Box<Settings>),
    /// Another admin has to agree first.
    Asked(Box<VisibleApproval>),
}

impl Services {
    /// A community with what was chosen about it. For its members.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] when the bearer does not belong to it.
    pub async fn settings(&self, bearer: &Bearer, code: String) -> Result<Settings, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        let read = move |conn: &mut Conn| {
            let community = membership(conn, &caller, &code, now)?.community;
            with_versions(conn, community)
        };
        self.ledger.read(read).await
    }

    /// Changes some settings, all that are named or none. For admins; what protects payments with a fresh proof, and where
    /// it protects them less, with another admin, if the community ever has two of them agree.
    ///
    /// # Errors
    /// Everything that is wrong with them, or why the bearer may not; [`Refusal::PreconditionFailed`] when they were
    /// changed since; [`Refusal::Conflict`] where what needs another admin comes together with what does not.
    ///
    /// [`Refusal::PreconditionFailed`]: crate::domain::refusal::Refusal::PreconditionFailed
    /// [`Refusal::Conflict`]: crate::domain::refusal::Refusal::Conflict
    pub async fn change_settings(
        &self,
        bearer: &Bearer,
        code: String,
        new: NewSettings,
        origin: &Origin,
    ) -> Result<SettingsOutcome, ServiceError> {
        let (now, caller) = (self.now(), bearer.clone());
        let read = move |conn: &mut Conn| require_right(conn, &caller, &code, Right::ChangeSettings, now);
        let community = self.ledger.read(read).await?;
        let change = parse(&new, community.scale)?;
        let notices = if needs_two_admins(&community, &change.applied_to(&community)) {
            self.notices_of_asking(bearer, &community, Right::ChangeSettings).await?
        } else {
            Vec::new()
        };
        let action = ChangeSettings { change, reason: new.reason, if_version: new.if_version };
        let action = Action::ChangeSettings(action);
        match self.command(bearer, community.id, action, notices, origin).await? {
            Outcome::Done => {
                let find = move |conn: &mut Conn| {
                    let changed = communities::find(conn, community.id)?.ok_or(ServiceError::NotFound)?;
                    with_versions(conn, changed)
                };
                Ok(SettingsOutcome::Done(Box::new(self.ledger.read(find).await?)))
            }
            Outcome::Approval(approval) => {
                let visible = self.visible_approval(community, *approval).await?;
                Ok(SettingsOutcome::Asked(Box::new(visible)))
            }
            other => Err(unexpected("a change of settings", &other)),
        }
    }
}

fn with_versions(conn: &mut Conn, community: Community) -> Result<Settings, ServiceError> {
    let versions = Versions {
        joining: joining::policy(conn, community.id)?.version,
        agreements: agreements::current_version(conn, community.id)?,
        health: health::thresholds::version(conn, community.id)?,
        limit_policy: limits::newest(conn, community.id)?.map_or(0, |adopted| adopted.version),
        contributions: contributions::find(conn, community.id)?.map_or(0, |(rules, _)| rules.version),
    };
    Ok(Settings { community, versions })
}

fn parse(new: &NewSettings, scale: Scale) -> Result<SettingsChange, ServiceError> {
    let mut faults: Vec<Fault> =
        check_text("/reason", &new.reason, REASON_CHARS_MAX).err().into_iter().collect();
    let texts = [
        ("/name", &new.name, NAME_CHARS_MAX),
        ("/unit", &new.unit, UNIT_CHARS_MAX),
        ("/symbol", &new.symbol, UNIT_CHARS_MAX),
    ];
    let [name, unit, symbol] = texts.map(|(pointer, text, chars_max)| {
        text.as_ref().map(|text| read_name(pointer, text, chars_max, &mut faults))
    });
    let time_zone = new.time_zone.as_ref().and_then(|name| {
        let fault = |error: &dyn ToString| Fault::new("/time_zone", "unknown_value", error.to_string());
        name.parse::<Zone>().map_err(|error| faults.push(fault(&error))).ok()
    });
    let step_up_above = new.step_up_above.as_ref().map(|above| {
        let parsed = above.as_deref().map(|text| scale.parse(text, BALANCE_MAX_MINOR)).transpose();
        parsed.unwrap_or_else(|error| {
            faults.push(Fault::new("/step_up_above", error.code(), error.to_string()));
            None
        })
    });
    let change = SettingsChange { name, unit, symbol, time_zone, step_up_above };
    if faults.is_empty() { Ok(change) } else { Err(ServiceError::Invalid(faults)) }
}
