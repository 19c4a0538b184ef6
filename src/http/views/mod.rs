//! What things look like in JSON. Money is decimal text, times are RFC 3339 in UTC.

mod accounts;
mod api_keys;
mod approvals;
mod apps;
mod audits;
mod balance_sheet;
mod checkouts;
mod communities;
mod contributions;
mod credentials;
mod delegates;
mod events;
mod fees;
mod fund;
mod groups;
mod health;
mod joining;
mod leavings;
mod limit_policies;
mod limits;
mod mails;
mod many;
mod merges;
mod missed;
mod notes;
mod notifications;
mod passkeys;
mod payment_links;
mod payments;
mod people;
mod privacy;
mod quotes;
mod reconciliation;
mod schedules;
mod series;
mod settings;
mod statements;
mod trust;
mod webhooks;
mod write_offs;

pub use accounts::{AccountView, EntryPage, EntryView};
pub use api_keys::{ApiKeyList, ApiKeyView, MadeApiKeyView};
pub use approvals::{ApprovalPage, ApprovalRulesView, ApprovalView};
pub use apps::{GrantList, GrantView, OAuthClientList, OAuthClientView, PresentGrantView};
pub use audits::{AuditPage, OwnAuditPage, OwnAuditView};
pub use balance_sheet::BalanceSheetView;
pub use checkouts::{CheckoutPage, CheckoutView, PublicCheckoutView, page_url, parse_token, token_text};
pub use communities::{CommunityPage, CommunityView, LedgerView, SandboxView};
pub use contributions::{
    ComingContributionsView, ContributionsPreviewView, ContributionsView, OwingPage, OwingView,
};
pub use credentials::{SessionPage, SessionView, StepUpView};
pub use delegates::{DelegatesView, TellerView};
pub use events::{EventTicketView, EventView, ResetView};
pub use fees::FeeRulesView;
pub use fund::IncomeView;
pub use groups::{GroupList, GroupOfMembersView, MemberClassView};
pub use health::{HealthThresholdsView, HealthView};
pub use joining::{
    AcceptanceView, AgreementPage, AgreementView, ApplicationPage, ApplicationReceipt, ApplicationView,
    InvitationPage, InvitationView, PublicCommunityView, visible_state,
};
pub use leavings::{LeavingPage, LeavingView, MemberList};
pub use limit_policies::{LimitPolicyPage, LimitPolicyView, LimitRule, LimitTerms, policy_text};
pub use limits::{AllowanceView, LimitExplanationView, LimitPreviewView};
pub use mails::{MailPage, MailView};
pub use many::{BulkPreviewView, PaymentBatchView};
pub use merges::{AccountLinkView, MergePage, MergePreviewView, MergeView};
pub use notes::{CategoryList, NoteView};
pub use notifications::{NotificationsList, NotificationsView};
pub use passkeys::{PasskeyList, PasskeyView};
pub use payment_links::{PaymentLinkList, PaymentLinkView};
pub use payments::{PaymentPage, PaymentView};
pub use people::{DirectoryMemberView, MeView, MemberPage, MemberView};
pub use privacy::{ErasureView, ExportView, export_csv};
pub use quotes::QuoteView;
pub use reconciliation::ReconciliationView;
pub use schedules::{FailureRuleView, SchedulePage, ScheduleView};
pub use series::SeriesView;
pub use settings::SettingsView;
pub use statements::{MonthlyStatementView, StatementView};
pub use trust::{TrustedPayeeList, TrustedPayeeView};
pub use webhooks::{
    MadeEndpointView, MessageView, NamedMessageView, WebhookDeliveryPage, WebhookDeliveryView,
    WebhookEndpointList, WebhookEndpointView, WebhookReplayView, WebhookSecretView,
};
pub use write_offs::{ExpectedLossView, WriteOffRegisterView};
