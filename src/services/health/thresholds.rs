//! From where on a community's admins want to be told of figures.

use std::collections::HashSet;

use crate::auth::tokens::Bearer;
use crate::domain::amount::Scale;
use crate::domain::community::Community;
use crate::domain::health::threshold::THRESHOLDS_MAX;
use crate::domain::health::{Figure, Side, Threshold};
use crate::domain::policy::Right;
use crate::domain::refusal::Refusal;
use crate::services::accounts::check_reason;
use crate::services::audit::Origin;
use crate::services::caller::require_right;
use crate::services::{Fault, ServiceError, Services};
use crate::storage::{Conn, health};

/// A threshold as an admin writes it.
#[derive(Debug, Clone)]
pub struct NewThreshold {
    /// The figure's name.
    pub figure: String,
    /// The side's name.
    pub side: String,
    /// The last value that is all right, as decimal text.
    pub value: String,
}

/// The thresholds that are to hold, in the place of all that did.
#[derive(Debug, Clone)]
pub struct NewThresholds {
    /// All of them.
    pub thresholds: Vec<NewThreshold>,
    /// Why.
    pub reason: String,
    /// The version that the admin saw, where they said so.
    pub if_version: Option<i64>,
}

/// A community's thresholds as they are now.
#[derive(Debug, Clone)]
pub struct Thresholds {
    /// The community.
    pub community: Community,
    /// All of them.
    pub thresholds: Vec<Threshold>,
    /// Their version.
    pub version: i64,
}

impl Services {
    /// Sets from where on a community's admins are told of figures. For its admins. What stays as it was stays crossed or
    /// not; what is new is looked at when the day ends.
    ///
    /// # Errors
    /// Everything that is wrong with them, or why the bearer may not; [`Refusal::PreconditionFailed`] when they were
    /// changed since, or in the same moment.
    pub async fn set_health_thresholds(
        &self,
        bearer: &Bearer,
        code: String,
        new: NewThresholds,
        origin: &Origin,
    ) -> Result<Thresholds, ServiceError> {
        self.note_origin(origin).await?;
        let note = self.note("community.health_thresholds", bearer.authority.user_id, &new.reason, origin);
        let (now, caller) = (self.now(), bearer.clone());
        self.settle(move |conn: &mut Conn| {
            let community = require_right(conn, &caller, &code, Right::SetHealthThresholds, now)?;
            let mut thresholds = parse(&new, community.scale)?;
            let version = health::thresholds::version(conn, community.id)?;
            if new.if_version.is_some_and(|expected| expected != version) {
                return Err(Refusal::PreconditionFailed.into());
            }
            let before = health::thresholds::all(conn, community.id)?;
            for threshold in &mut thresholds {
                let same = before.iter().find(|old| Threshold { crossed_on: None, ..**old } == *threshold);
                threshold.crossed_on = same.and_then(|old| old.crossed_on);
            }
            if !health::thresholds::replace(conn, community.id, version, &thresholds)? {
                return Err(Refusal::PreconditionFailed.into());
            }
            let texts = [&before, &thresholds].map(|all| to_json(all, community.scale));
            let [was, is] = texts;
            note.about(community.id.uuid()).changing(was, is).write(conn, community.id)?;
            Ok(Thresholds { community, thresholds, version: version + 1 })
        })
        .await
    }
}

/// Reads all of them, or says all that is wrong.
fn parse(new: &NewThresholds, scale: Scale) -> Result<Vec<Threshold>, ServiceError> {
    let mut faults: Vec<Fault> = check_reason(&new.reason).err().into_iter().collect();
    if new.thresholds.len() > THRESHOLDS_MAX {
        let detail = format!("has more than {THRESHOLDS_MAX} thresholds");
        faults.push(Fault::new("/thresholds", "too_many", detail));
        return Err(ServiceError::Invalid(faults));
    }
    let (mut parsed, mut seen) = (Vec::new(), HashSet::new());
    for (place, one) in new.thresholds.iter().enumerate() {
        let mut fault = |field: &str, code: &'static str, detail: String| {
            faults.push(Fault::new(&format!("/thresholds/{place}/{field}"), code, detail));
        };
        let figure = Figure::from_name(&one.figure);
        if figure.is_none() {
            fault("figure", "unknown_value", "is not the name of a figure".into());
        }
        let side = Side::from_name(&one.side);
        if side.is_none() {
            fault("side", "unknown_value", "is above or below".into());
        }
        let Some(figure) = figure else { continue };
        match (figure.unit().parse(&one.value, scale), side) {
            (Err(error), _) => fault("value", error.code(), error.to_string()),
            (Ok(_), None) => {}
            (Ok(_), Some(side)) if !seen.insert((figure, side)) => {
                fault("figure", "repeated", "has another threshold on the same side".into());
            }
            (Ok(value), Some(side)) => parsed.push(Threshold { figure, side, value, crossed_on: None }),
        }
    }
    parsed.sort_unstable_by_key(|threshold| (threshold.figure, threshold.side));
    if faults.is_empty() { Ok(parsed) } else { Err(ServiceError::Invalid(faults)) }
}

/// Thresholds as JSON, for the audit log: names and numbers, nothing that anyone chose freely.
fn to_json(thresholds: &[Threshold], scale: Scale) -> String {
    let one = |threshold: &Threshold| {
        let Threshold { figure, side, value, .. } = *threshold;
        let value = figure.unit().format(value, scale);
        format!(r#"{{"figure":"{}","side":"{}","value":"{value}"}}"#, figure.name(), side.name())
    };
    format!("[{}]", thresholds.iter().map(one).collect::<Vec<_>>().join(","))
}
