//! What a community's admins choose about it as a whole.

use std::sync::Arc;

use super::{Fold, Outcome};
use crate::domain::amount::Amount;
use crate::domain::approval::Act;
use crate::domain::command::Authority;
use crate::domain::community::Community;
use crate::domain::ids::TextId;
use crate::domain::json;
use crate::domain::policy::Right;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::domain::scopes::Scope;
use crate::domain::settings::{ChangeSettings, needs_two_admins};

impl Fold<'_> {
    /// Changes settings, all that are named or none. What is planned next stays at its time also in a new time zone; the
    /// runs behind it come by the new clocks.
    pub(super) fn change_settings(
        &mut self,
        authority: &Authority,
        wanted: &ChangeSettings,
    ) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        self.require(authority, Right::ChangeSettings, Scope::LimitsWrite)?;
        let change = &wanted.change;
        if change.is_about_protection() {
            self.require_fresh_proof(authority)?;
        }
        let before = Arc::clone(&self.state.community);
        if wanted.if_version.is_some_and(|version| version != before.settings_version) {
            return Err(Refusal::PreconditionFailed);
        }
        let after = change.applied_to(&before);
        if let Authority::User(user) = authority
            && needs_two_admins(&before, &after)
        {
            // What waits for another admin is one thing, which they can agree to by itself.
            if change.is_about_more_than_protection() {
                return Err(Refusal::Conflict(ConflictReason::ApprovalNeeded));
            }
            return Ok(self.ask_another(user, Act::SetStepUp(after.step_up_above), &wanted.reason));
        }
        self.apply_settings(authority, after, &wanted.reason);
        Ok(Outcome::Done)
    }

    /// Notes that an admin wants everybody to be let ask to join: it takes two.
    pub(super) fn ask_open_joining(
        &mut self,
        authority: &Authority,
        reason: &str,
    ) -> Result<Outcome, Refusal> {
        self.require_insider(authority)?;
        self.require(authority, Right::SetJoining, Scope::LimitsWrite)?;
        self.require_fresh_proof(authority)?;
        let Authority::User(user) = authority else { return Err(Refusal::Forbidden) };
        Ok(self.ask_another(user, Act::OpenJoining, reason))
    }

    /// Lets everybody ask to join, on the record.
    pub(super) fn open_joining(&mut self, authority: &Authority, reason: &str) {
        let community_id = self.state.community.id.uuid();
        let is = r#"{"joining":"open"}"#.to_owned();
        let audit_id = self.note_audit(authority, "community.joining", community_id, String::new(), is);
        self.keep_text(TextId::from_uuid(audit_id.uuid()), reason);
        self.postings.opens_joining = true;
    }

    /// Puts the changed community in the place of the one before, on the record; nothing where nothing changed.
    pub(super) fn apply_settings(&mut self, authority: &Authority, after: Community, reason: &str) {
        let before = Arc::clone(&self.state.community);
        if *before == after {
            return;
        }
        let (was, is) = (settings_json(&before), settings_json(&after));
        let audit_id = self.note_audit(authority, "community.settings", before.id.uuid(), was, is);
        self.keep_text(TextId::from_uuid(audit_id.uuid()), reason);
        self.put_community(after);
    }

    pub(super) fn put_community(&mut self, after: Community) {
        let after = Arc::new(after);
        self.state.community = Arc::clone(&after);
        self.postings.changed_community = Some(after);
    }
}

fn settings_json(community: &Community) -> String {
    let Community { name, unit, symbol, time_zone, step_up_above, settings_version, .. } = community;
    let [name, unit, symbol, time_zone] = [name.as_str(), unit, symbol, time_zone.name()].map(json::quote);
    format!(
        r#"{{"version":{settings_version},"name":{name},"unit":{unit},"symbol":{symbol},"time_zone":{time_zone},{}}}"#,
        step_up_member(*step_up_above)
    )
}

/// The member of an audit line's JSON that says above which amount payments need a fresh proof.
pub(super) fn step_up_member(above: Option<Amount>) -> String {
    let above = above.map_or_else(|| "null".to_owned(), |above| above.minor().to_string());
    format!(r#""step_up_above_minor":{above}"#)
}
