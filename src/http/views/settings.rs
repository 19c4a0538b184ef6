//! What was chosen about a community as a whole.

use serde::Serialize;
use utoipa::ToSchema;

use super::ApprovalRulesView;
use crate::domain::approval::ApprovalRules;
use crate::domain::zone::Zone;
use crate::services::settings::Settings;

/// A community's settings.
#[derive(Serialize, ToSchema)]
#[schema(as = Settings)]
pub struct SettingsView {
    /// Rises with every change.
    #[schema(example = 3)]
    version: i64,
    /// The community's full name.
    #[schema(example = "River Valley Exchange")]
    name: String,
    /// What one unit of its currency is called.
    #[schema(example = "shell")]
    unit: String,
    /// The sign beside amounts.
    #[schema(example = "§")]
    symbol: String,
    /// By which clocks it lives.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// Above which amount all payments need a fresh proof of who pays; null for no such rule.
    #[schema(example = "500.00")]
    step_up_above: Option<String>,
    /// Above which amounts what an admin does needs another one; changed where `elsewhere` says.
    approval_rules: ApprovalRulesView,
    /// Decimal places of amounts; fixed.
    #[schema(example = 2)]
    scale: u8,
    /// What the settings are at first that nobody has to choose.
    defaults: SettingsDefaultsView,
    /// Where the rest is read and chosen.
    elsewhere: SettingsElsewhereView,
}

/// What settings are at first.
#[derive(Serialize, ToSchema)]
#[schema(as = SettingsDefaults)]
pub struct SettingsDefaultsView {
    /// By which clocks a community lives.
    #[schema(example = "UTC")]
    time_zone: String,
    /// No payment needs a fresh proof.
    step_up_above: Option<String>,
    /// Nothing needs two admins.
    approval_rules: ApprovalRulesView,
}

/// Where something is read and chosen that has rules of its own.
#[derive(Serialize, ToSchema)]
#[schema(as = SettingsLink)]
pub struct SettingsLinkView {
    /// Where.
    #[schema(example = "/api/v1/communities/RIVER/limit-policy")]
    link: String,
    /// Its version, which rises with every change of it; null where nothing was chosen yet.
    #[schema(example = 3)]
    version: Option<i64>,
}

/// Where settings are that have rules of their own.
#[derive(Serialize, ToSchema)]
#[schema(as = SettingsElsewhere)]
pub struct SettingsElsewhereView {
    /// Who may ask to join, and whether members may invite.
    joining: SettingsLinkView,
    /// The terms that members accept.
    agreements: SettingsLinkView,
    /// Above which amounts what an admin does needs another one: of the same version as the settings.
    approval_rules: SettingsLinkView,
    /// From where on admins are told of figures: its thresholds. For admins.
    health: SettingsLinkView,
    /// How far accounts may go.
    limit_policy: SettingsLinkView,
    /// Which fees payments bear.
    fees: SettingsLinkView,
    /// What members contribute each month, and what balances are charged.
    contributions: SettingsLinkView,
}

impl From<&Settings> for SettingsView {
    fn from(Settings { community, versions }: &Settings) -> Self {
        let link = |below: &str, version: Option<i64>| SettingsLinkView {
            link: format!("/api/v1/communities/{}{below}", community.code),
            version,
        };
        Self {
            version: community.settings_version,
            name: community.name.clone(),
            unit: community.unit.clone(),
            symbol: community.symbol.clone(),
            time_zone: community.time_zone.name().to_owned(),
            step_up_above: community.step_up_above.map(|above| community.scale.format(above)),
            approval_rules: ApprovalRulesView::new(community, community.approval_rules),
            scale: community.scale.places(),
            defaults: SettingsDefaultsView {
                time_zone: Zone::UTC.name().to_owned(),
                step_up_above: None,
                approval_rules: ApprovalRulesView::new(community, ApprovalRules::default()),
            },
            elsewhere: SettingsElsewhereView {
                joining: link("", Some(versions.joining)),
                agreements: link("/agreements", versions.agreements),
                approval_rules: link("/approval-rules", Some(community.settings_version)),
                health: link("/health", Some(versions.health)),
                limit_policy: link("/limit-policy", Some(versions.limit_policy)),
                fees: link("", Some(community.fees.version)),
                contributions: link("/contributions", Some(versions.contributions)),
            },
        }
    }
}
