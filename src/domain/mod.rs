//! Pure types and rules: what money, accounts, payments and the chain are, and what may happen to them.
//! No I/O, no clock, no randomness: time and ids come in as arguments. Knows no other room of the house.
//!
//! | of what | files |
//! |---|---|
//! | what everything is made of | `amount.rs`, `ids.rs`, `time.rs`, `zone.rs` and `zone/`, `recurrence.rs`, `language.rs`, `currency_code.rs`, `visible.rs`, `json.rs`, `causes.rs`, `coded.rs` |
//! | who there is | `community.rs`, `sandbox.rs`, `settings.rs`, `member.rs`, `groups.rs`, `account.rs`, `joining.rs`, `leaving.rs`, `merging.rs`, `delegation.rs` |
//! | who may do what | `policy.rs`, `scopes.rs`, `api_key.rs`, `step_up.rs`, `spending.rs`, `approval.rs`, `attempts.rs`, `address.rs` |
//! | payments | `payment.rs`, `checkout.rs`, `split.rs`, `payment_link.rs`, `many.rs`, `schedule.rs`, `trust.rs`, `duplicates.rs`, `fees.rs`, `contributions.rs`, `fund.rs`, `write_off.rs` |
//! | how far an account may go | `limit_policy/`, `payment_rules.rs`, `allowance.rs` |
//! | the ledger | `command.rs` and `command/` (what may be asked), `bringing.rs` (what happened elsewhere), `fold/` (the posting rules), `refusal.rs` (why not), `key.rs` (once only), `records.rs`, `postings.rs`, `notes.rs`, `kinds.rs` (what is written), `head.rs`, `chain.rs` |
//! | what is told | `notifications.rs`, `mail.rs`, `webhooks.rs` |
//! | what is read from the books | `statement.rs`, `reconciliation.rs`, `balance_sheet.rs`, `expected_loss.rs`, `health/`, `archive.rs` |

pub mod account;
pub mod address;
pub mod allowance;
pub mod amount;
pub mod api_key;
pub mod approval;
pub mod archive;
pub mod attempts;
pub mod balance_sheet;
pub mod bringing;
pub mod causes;
pub mod chain;
pub mod checkout;
mod coded;
pub mod command;
pub mod community;
pub mod contributions;
pub mod currency_code;
pub mod delegation;
pub mod duplicates;
pub mod expected_loss;
pub mod fees;
pub mod fold;
pub mod fund;
pub mod groups;
mod head;
pub mod health;
pub mod ids;
pub mod income_plan;
pub mod joining;
pub mod json;
pub mod key;
mod kinds;
pub mod language;
pub mod leaving;
pub mod limit_policy;
pub mod lone_payouts;
pub mod mail;
pub mod many;
pub mod member;
pub mod merging;
pub mod missed;
pub mod national_currency;
mod notes;
pub mod notifications;
pub mod payment;
pub mod payment_link;
pub mod payment_rules;
pub mod policy;
mod postings;
pub mod reconciliation;
pub mod records;
pub mod recurrence;
pub mod refusal;
pub mod sandbox;
pub mod schedule;
pub mod scopes;
pub mod settings;
pub mod spending;
pub mod split;
pub mod statement;
pub mod step_up;
pub mod time;
pub mod trust;
pub mod visible;
pub mod webhooks;
pub mod write_off;
pub mod zone;
