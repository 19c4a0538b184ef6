//! The posting rules at work: each rule and each refusal by an example, and all of them together against a naive model.
//!
//! | file | what lives there |
//! |---|---|
//! | `support.rs` | a small community in memory, and short ways to say who does what |
//! | `person.rs` | somebody there, and the authority with which they ask |
//! | `snapshot.rs` | everything that the rules look at, to compare before and after |
//! | `asking.rs` | short ways to ask to be paid |
//! | `format.rs` | how answers look there |
//! | `auditor.rs` | re-derives everything from every test's batches |
//! | `bytes.rs` | the hashed bytes, laid out a second time |
//! | `many.rs` | several payments in one transfer |
//! | `refunds.rs` | giving payments back |
//! | `reversals.rs` | undoing payments, as an admin |
//! | `limits.rs` | limits, ceilings, frozen and closed accounts, the bounds of a balance |
//! | `checkouts.rs` | what shops ask to be paid |
//! | `selling.rs` | random commands about it |
//! | `holds.rs` | authorising, capturing, voiding |
//! | `approvals.rs` | what needs two admins |
//! | `requests.rs` | asking, accepting, declining, cancelling, expiring |
//! | `trust.rs` | trusted payees |
//! | `authority.rs` | who may do what, and what strangers see |
//! | `delegations.rs` | tellers, brokers and admins, in one order with what they do |
//! | `leaving.rs` | members who close their own places |
//! | `contributions.rs` | what accounts are asked for after each month |
//! | `fees.rs` | what payments bear |
//! | `fund.rs` | what the community's fund pays out |
//! | `funding.rs` | random commands about the community's fund |
//! | `erasure.rs` | forgetting who a member was |
//! | `step_up.rs` | fresh proofs of who asks |
//! | `schedules.rs` | what is planned, and what comes of it |
//! | `settings.rs` | what is chosen about the community as a whole |
//! | `keys.rs` | idempotency |
//! | `duplicates.rs` | payments that look like the repetition of another |
//! | `payment_rules.rs` | how much and how often accounts pay, and who is warned |
//! | `spending.rs` | what an app may spend for its member |
//! | `one_account.rs` | keys and apps that are bound to one account |
//! | `order.rs` | the one order: numbers without gaps, times that never run backwards, the batch's rows |
//! | `quotes.rs` | what a payment would do |
//! | `model.rs` | the rules once more, as plainly as they can be said |
//! | `random.rs` | random commands |
//! | `comparing.rs` | what the fold did beside what the model says |
//! | `reach.rs` | that the random commands reach every rule |
//! | `properties.rs` | the fold and the model judge them, and have to agree |

mod approvals;
mod asking;
mod auditor;
mod authority;
mod bringing;
mod bytes;
mod checkouts;
mod comparing;
mod contributions;
mod delegations;
mod duplicates;
mod erasure;
mod fees;
mod format;
mod fund;
mod funding;
mod history;
mod holds;
mod keys;
mod leaving;
mod limits;
mod many;
mod merging;
mod model;
mod one_account;
mod order;
mod payment_rules;
mod person;
mod policies;
mod properties;
mod quotes;
mod random;
mod reach;
mod refunds;
mod repeating;
mod requests;
mod reversals;
mod schedules;
mod selling;
mod settings;
mod snapshot;
mod spending;
mod step_up;
mod support;
mod trust;
mod write_offs;
