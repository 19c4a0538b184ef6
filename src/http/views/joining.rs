//! Joining: what a community chose, its terms, applications, invitations.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::fees::FeeRulesView;
use crate::domain::joining::ApplicationState;
use crate::domain::time::Timestamp;
use crate::services::joining::agreements::{Acceptance, Agreement};
use crate::services::joining::decisions::{Application, VisibleApplication};
use crate::services::joining::invitations::VisibleInvitation;
use crate::services::joining::policy::PublicFacts;

/// A community, with how to join it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublicCommunity)]
pub struct PublicCommunityView {
    /// Its short name.
    #[schema(example = "RIVER")]
    code: String,
    /// Its full name.
    #[schema(example = "River Valley Exchange")]
    name: String,
    /// What one unit of its currency is called.
    #[schema(example = "shell")]
    unit: String,
    /// The sign beside amounts.
    #[schema(example = "§")]
    symbol: String,
    /// Decimal places of amounts.
    #[schema(example = 2)]
    scale: u8,
    /// By which clocks it lives.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// Whether it is only for tests: nothing in it is worth anything.
    #[schema(example = false)]
    test_mode: bool,
    /// Who may ask to join: anyone (`open`), whoever was invited (`invitation`), whoever an admin or a broker invited (`closed`).
    #[schema(example = "open")]
    joining: &'static str,
    /// Whether members may invite.
    members_may_invite: bool,
    /// The current version of its terms, which an application has to name; null where it has none.
    #[schema(example = 3)]
    agreement_version: Option<i64>,
    /// Which fees payments between members bear.
    fees: FeeRulesView,
}

impl From<&PublicFacts> for PublicCommunityView {
    fn from(facts: &PublicFacts) -> Self {
        let community = &facts.community;
        Self {
            code: community.code.to_string(),
            name: community.name.clone(),
            unit: community.unit.clone(),
            symbol: community.symbol.clone(),
            scale: community.scale.places(),
            time_zone: community.time_zone.name().to_owned(),
            test_mode: community.is_test(),
            joining: facts.policy.joining.name(),
            members_may_invite: facts.policy.lets_members_invite(),
            agreement_version: facts.agreement_version,
            fees: FeeRulesView::from(community),
        }
    }
}

/// A version of a community's terms.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Agreement)]
pub struct AgreementView {
    /// Its number, from 1. The highest counts.
    #[schema(example = 3)]
    version: i64,
    /// Its title.
    #[schema(example = "Our agreement")]
    title: String,
    /// Its whole text.
    #[schema(example = "We trade with each other, and keep our balances near zero.")]
    text: String,
    /// Since when it counts.
    created_at: String,
}

impl From<&Agreement> for AgreementView {
    fn from(agreement: &Agreement) -> Self {
        Self {
            version: agreement.version,
            title: agreement.title.clone(),
            text: agreement.content.clone(),
            created_at: agreement.created_at.rfc3339(),
        }
    }
}

/// A page of the versions of a community's terms.
#[derive(Debug, Serialize, ToSchema)]
pub struct AgreementPage {
    /// The versions, newest first.
    pub data: Vec<AgreementView>,
    /// Where the list goes on; null at its end.
    pub next_cursor: Option<String>,
}

/// That somebody accepted a version of the terms.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Acceptance)]
pub struct AcceptanceView {
    /// Which one.
    #[schema(example = 3)]
    version: i64,
    /// When, the first time.
    accepted_at: String,
}

impl From<&Acceptance> for AcceptanceView {
    fn from(acceptance: &Acceptance) -> Self {
        Self { version: acceptance.version, accepted_at: acceptance.accepted_at.rfc3339() }
    }
}

/// What somebody without a login is told when they ask to join: the same for every address.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationReceipt {
    /// What comes next.
    #[schema(example = "Read the mail that goes to this address: it says how to go on.")]
    next: &'static str,
}

impl ApplicationReceipt {
    /// The one receipt.
    pub const fn new() -> Self {
        Self { next: "Read the mail that goes to this address: it says how to go on." }
    }
}

/// What a login was in a community before.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = EarlierMemberships)]
pub struct EarlierView {
    /// How many of its members were closed there.
    #[schema(example = 1)]
    members: usize,
    /// What was written off of what they owed, and not taken back.
    #[schema(example = "75.00")]
    written_off: String,
}

/// An application.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Application)]
pub struct ApplicationView {
    /// Its id, and the member's, once they are let in.
    id: Uuid,
    /// `waiting`, `admitting` (for a moment, while it is approved), `approved` or `refused`.
    #[schema(example = "waiting")]
    state: &'static str,
    /// The name that people will read.
    #[schema(example = "Zoë Lake")]
    name: String,
    /// The address, which was confirmed.
    #[schema(example = "zoe@lake.example")]
    email: String,
    /// The language in which the applicant is written to.
    #[schema(example = "en")]
    language: &'static str,
    /// What the applicant says; may be empty.
    #[schema(example = "Ada told me of you. I repair bicycles.")]
    message: String,
    /// What the applicant's login was in the community before; null before the application is confirmed.
    earlier: Option<EarlierView>,
    /// The name of whoever invited the applicant; null where nobody did.
    invited_by: Option<String>,
    /// The version of the terms that the applicant accepted; null where there were none.
    #[schema(example = 3)]
    agreement_version: Option<i64>,
    /// When it was made.
    created_at: String,
    /// When the address was confirmed.
    confirmed_at: Option<String>,
    /// When an admin decided; null until then.
    decided_at: Option<String>,
    /// The name of the admin who decided; null until then.
    decided_by: Option<String>,
    /// Why; null until then, and where nobody said.
    reason: Option<String>,
}

impl From<&VisibleApplication> for ApplicationView {
    fn from(visible: &VisibleApplication) -> Self {
        let own = Self::from(&visible.application);
        let earlier = EarlierView {
            members: visible.earlier.members,
            written_off: visible.community.scale.format(visible.earlier.written_off),
        };
        Self {
            earlier: Some(earlier),
            invited_by: visible.invited_by.clone(),
            decided_by: visible.decided_by.clone(),
            ..own
        }
    }
}

impl From<&Application> for ApplicationView {
    fn from(application: &Application) -> Self {
        let decision = application.decision.as_ref();
        Self {
            id: application.id.uuid(),
            state: application.state.name(),
            name: application.name.clone(),
            email: application.email.clone(),
            language: application.language.name(),
            message: application.message.clone(),
            earlier: None,
            invited_by: None,
            agreement_version: application.agreement_version,
            created_at: application.created_at.rfc3339(),
            confirmed_at: application.confirmed_at.map(Timestamp::rfc3339),
            decided_at: decision.map(|decision| decision.decided_at.rfc3339()),
            decided_by: None,
            reason: decision.map(|decision| decision.reason.clone()).filter(|reason| !reason.is_empty()),
        }
    }
}

/// A page of applications.
#[derive(Debug, Serialize, ToSchema)]
pub struct ApplicationPage {
    /// The applications, newest first.
    pub data: Vec<ApplicationView>,
    /// Where the list goes on; null at its end.
    pub next_cursor: Option<String>,
}

/// The states of applications that admins see.
pub fn visible_state(name: &str) -> Option<ApplicationState> {
    ApplicationState::from_name(name).filter(|state| *state != ApplicationState::Unconfirmed)
}

/// An invitation.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Invitation)]
pub struct InvitationView {
    /// Its id.
    id: Uuid,
    /// `pending`, `accepted` or `revoked`.
    #[schema(example = "pending")]
    state: &'static str,
    /// The address that it was sent to.
    #[schema(example = "zoe@lake.example")]
    email: String,
    /// The invited person's name, as the inviter wrote it; may be empty.
    #[schema(example = "Zoë")]
    name: String,
    /// The inviter's name.
    #[schema(example = "Ada Brook")]
    inviter: String,
    /// When it was sent.
    created_at: String,
    /// When it stops working by itself.
    expires_at: String,
    /// When it was accepted or revoked; null until then.
    settled_at: Option<String>,
}

impl From<&VisibleInvitation> for InvitationView {
    fn from(visible: &VisibleInvitation) -> Self {
        let invitation = &visible.invitation;
        Self {
            id: invitation.id.uuid(),
            state: invitation.state.name(),
            email: invitation.email.clone(),
            name: invitation.name.clone(),
            inviter: visible.inviter.clone(),
            created_at: invitation.created_at.rfc3339(),
            expires_at: invitation.expires_at.rfc3339(),
            settled_at: invitation.settled_at.map(Timestamp::rfc3339),
        }
    }
}

/// A page of invitations.
#[derive(Debug, Serialize, ToSchema)]
pub struct InvitationPage {
    /// The invitations, newest first.
    pub data: Vec<InvitationView>,
    /// Where the list goes on; null at its end.
    pub next_cursor: Option<String>,
}
