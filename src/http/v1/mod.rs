//! Version 1 of the API: one folder for each resource, one file for each verb.

mod accounts;
mod address_confirmations;
mod agreements;
mod api_keys;
mod applications;
mod approvals;
mod checkouts;
mod communities;
mod contributions;
mod delegates;
mod events;
mod fund;
mod grants;
mod groups;
mod health;
mod invitations;
mod leavings;
mod limit_policies;
mod mails;
mod me;
mod merges;
mod oauth_clients;
pub(super) mod passkeys;
mod password_resets;
mod payment_links;
mod payment_requests;
mod payments;
mod quotes;
mod schedules;
mod sessions;
mod settings;
mod trusted_payees;
mod webhook_deliveries;
mod webhook_endpoints;
mod write_offs;

use super::routing::RouteConfig;

/// Every route below `/api/v1`. They are tried in this order, so what is asked for most comes first.
pub fn routes(config: &mut RouteConfig<'_, '_>) {
    config
        .service(payments::create::create_payment)
        .service(accounts::get::get_account)
        .service(quotes::create::create_quote)
        .service(accounts::list_entries::list_entries);
    login_routes(config);
    key_routes(config);
    shop_routes(config);
    money_routes(config);
    people_routes(config);
    limit_routes(config);
    webhook_routes(config);
}

/// What is there for shops' software.
fn key_routes(config: &mut RouteConfig<'_, '_>) {
    config
        .service(api_keys::create::create_api_key)
        .service(api_keys::list::list_api_keys)
        .service(api_keys::get_current::get_current_api_key)
        .service(api_keys::get::get_api_key)
        .service(api_keys::edit::edit_api_key)
        .service(api_keys::rotate::rotate_api_key)
        .service(api_keys::delete::delete_api_key)
        .service(communities::create_sandbox::create_sandbox);
}

/// Who may go how far.
fn limit_routes(config: &mut RouteConfig<'_, '_>) {
    config
        .service(groups::list::list_groups)
        .service(groups::create::create_group)
        .service(groups::edit::edit_group)
        .service(groups::delete::delete_group)
        .service(groups::get_class::get_member_class)
        .service(groups::classify::set_member_class)
        .service(limit_policies::get::get_limit_policy)
        .service(limit_policies::list::list_limit_policies)
        .service(limit_policies::preview::create_limit_policy_preview)
        .service(limit_policies::set::set_limit_policy)
        .service(accounts::get_limits_explanation::get_limits_explanation)
        .service(accounts::resume_limit_policy::resume_limit_policy)
        .service(accounts::set_allowance::set_allowance)
        .service(accounts::cancel_allowance::cancel_allowance);
}

/// Who is told of it.
fn webhook_routes(config: &mut RouteConfig<'_, '_>) {
    config
        .service(webhook_endpoints::create::create_webhook_endpoint)
        .service(webhook_endpoints::list::list_webhook_endpoints)
        .service(webhook_endpoints::get::get_webhook_endpoint)
        .service(webhook_endpoints::edit::edit_webhook_endpoint)
        .service(webhook_endpoints::delete::delete_webhook_endpoint)
        .service(webhook_endpoints::rotate_secret::rotate_webhook_secret)
        .service(webhook_endpoints::test::test_webhook_endpoint)
        .service(webhook_endpoints::replay::replay_webhooks)
        .service(webhook_endpoints::list_deliveries::list_webhook_deliveries)
        .service(webhook_deliveries::get::get_webhook_delivery)
        .service(webhook_deliveries::redeliver::redeliver_webhook);
}

/// What shops take.
fn shop_routes(config: &mut RouteConfig<'_, '_>) {
    config
        .service(checkouts::create::create_checkout)
        .service(checkouts::get::get_checkout)
        .service(checkouts::list::list_checkouts)
        .service(checkouts::approve::approve_checkout)
        .service(checkouts::decline::decline_checkout)
        .service(checkouts::cancel::cancel_checkout)
        .service(payment_links::create::create_payment_link)
        .service(payment_links::list::list_payment_links)
        .service(payment_links::delete::delete_payment_link)
        .service(accounts::get_reconciliation::get_reconciliation)
        .service(accounts::set_local_share::set_local_share);
}

fn login_routes(config: &mut RouteConfig<'_, '_>) {
    config
        .service(sessions::create::create_session)
        .service(sessions::refresh::refresh_session)
        .service(sessions::delete::delete_session)
        .service(sessions::list::list_sessions)
        .service(sessions::delete_others::delete_other_sessions)
        .service(sessions::delete_one::delete_one_session)
        .service(sessions::step_up::step_up)
        .service(sessions::start_passkey::start_passkey_session)
        .service(sessions::create_with_passkey::create_passkey_session)
        .service(sessions::start_passkey_step_up::start_passkey_step_up)
        .service(password_resets::create::create_password_reset)
        .service(password_resets::complete::complete_password_reset)
        .service(me::get::get_me)
        .service(me::set_password::set_password)
        .service(me::start_totp::start_totp)
        .service(me::confirm_totp::confirm_totp)
        .service(me::delete_totp::delete_totp)
        .service(passkeys::start::start_passkey)
        .service(passkeys::create::create_passkey)
        .service(passkeys::list::list_passkeys)
        .service(passkeys::delete::delete_passkey);
}

fn money_routes(config: &mut RouteConfig<'_, '_>) {
    config
        .service(accounts::get_step_up::get_step_up)
        .service(accounts::set_step_up::set_step_up)
        .service(communities::set_step_up::set_community_step_up)
        .service(communities::set_time_zone::set_time_zone)
        .service(settings::get::get_settings)
        .service(settings::edit::edit_settings)
        .service(communities::set_fees::set_fees)
        .service(fund::pay_out::create_payout)
        .service(fund::get_income::get_income)
        .service(fund::set_income::set_income)
        .service(contributions::set::set_contributions)
        .service(contributions::get::get_contributions)
        .service(contributions::list_owing::list_owing_contributions)
        .service(contributions::preview::get_contributions_preview)
        .service(contributions::get_coming::get_account_contributions)
        .service(accounts::get_statement::get_statement)
        .service(accounts::get_monthly_statement::get_monthly_statement)
        .service(accounts::set_monthly_statement::set_monthly_statement)
        .service(accounts::set_limits::set_limits)
        .service(accounts::set_status::set_status)
        .service(approvals::get_rules::get_approval_rules)
        .service(approvals::set_rules::set_approval_rules)
        .service(approvals::list::list_approvals)
        .service(approvals::approve::approve_approval)
        .service(approvals::refuse::refuse_approval)
        .service(payments::batch::create_batch)
        .service(payments::bulk::create_bulk)
        .service(payments::preview::create_bulk_preview)
        .service(payments::get::get_payment)
        .service(payments::list::list_payments)
        .service(payments::refund::create_refund)
        .service(payments::get_note::get_payment_note)
        .service(payments::set_note::set_payment_note)
        .service(payments::get_receipt::get_payment_receipt)
        .service(accounts::list_balances::list_balances)
        .service(me::get_notifications::get_notifications)
        .service(me::set_notifications::set_notifications)
        .service(accounts::list_categories::list_categories)
        .service(events::get::get_events)
        .service(events::create_ticket::create_event_ticket)
        .service(schedules::create::create_schedule)
        .service(schedules::list::list_schedules)
        .service(schedules::get::get_schedule)
        .service(schedules::list_payments::list_schedule_payments)
        .service(schedules::pause::pause_schedule)
        .service(schedules::edit::edit_schedule)
        .service(schedules::resume::resume_schedule)
        .service(schedules::cancel::cancel_schedule)
        .service(payments::reverse::create_reversal)
        .service(payments::accept::accept_payment)
        .service(payments::decline::decline_payment)
        .service(payments::cancel::cancel_payment)
        .service(payments::capture::capture_payment)
        .service(payments::void::void_payment)
        .service(payment_requests::create::create_payment_request);
}

fn people_routes(config: &mut RouteConfig<'_, '_>) {
    config
        .service(communities::get::get_community)
        .service(communities::create::create_community)
        .service(communities::list::list_communities)
        .service(communities::rename_member::rename_member)
        .service(communities::set_role::set_role)
        .service(communities::set_member_status::set_member_status)
        .service(merges::preview::create_merge_preview)
        .service(merges::list::list_merges)
        .service(merges::create::create_merge)
        .service(write_offs::create::create_write_off)
        .service(write_offs::list::list_write_offs)
        .service(write_offs::expected::get_expected_loss)
        .service(leavings::begin::begin_leaving)
        .service(leavings::stay::end_leaving)
        .service(leavings::list::list_leavings)
        .service(leavings::get::get_leaving)
        .service(leavings::propose::propose_leaving_plan)
        .service(leavings::agree::agree_to_leaving_plan)
        .service(delegates::set_teller::set_teller)
        .service(delegates::get_teller::get_teller)
        .service(delegates::delete_teller::delete_teller)
        .service(delegates::list::list_delegates)
        .service(trusted_payees::list::list_trusted_payees)
        .service(trusted_payees::get::get_trusted_payee)
        .service(trusted_payees::set::set_trusted_payee)
        .service(trusted_payees::delete::delete_trusted_payee)
        .service(delegates::set_broker::set_broker)
        .service(delegates::delete_broker::delete_broker)
        .service(communities::list_members::list_members)
        .service(communities::get_ledger::get_ledger)
        .service(communities::get_balance_sheet::get_balance_sheet)
        .service(communities::list_audits::list_audits)
        .service(health::get::get_currency_health)
        .service(health::set_thresholds::set_health_thresholds)
        .service(communities::set_joining::set_joining)
        .service(agreements::list::list_agreements)
        .service(agreements::create::create_agreement)
        .service(agreements::accept::create_acceptance)
        .service(applications::create::create_application)
        .service(applications::list::list_applications)
        .service(applications::approve::approve_application)
        .service(applications::refuse::refuse_application)
        .service(address_confirmations::create::create_address_confirmation)
        .service(address_confirmations::resend::resend_address_confirmation)
        .service(invitations::create::create_invitation)
        .service(invitations::list::list_invitations)
        .service(invitations::delete::delete_invitation)
        .service(me::list_audits::list_own_audits)
        .service(me::get_export::get_export)
        .service(me::create_erasure::create_erasure)
        .service(me::delete_erasure::delete_erasure)
        .service(me::delete_membership::delete_membership)
        .service(mails::list::list_mails)
        .service(mails::retry::retry_mail)
        .service(grants::list::list_grants)
        .service(grants::get_current::get_current_grant)
        .service(grants::delete::delete_grant)
        .service(oauth_clients::create::create_oauth_client)
        .service(oauth_clients::list::list_oauth_clients)
        .service(oauth_clients::delete::delete_oauth_client);
}
