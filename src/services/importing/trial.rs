//! The whole plan judged by the ledger's own rules, in memory: whatever they would refuse is found out beforehand, all of it.

use std::collections::HashMap;
use std::sync::Arc;

use super::commands::Identity;
use super::plan::{Part, Plan, PlannedWay, Step, UNLIMITED};
use super::problems::Problems;
use super::table::Sheet;
use crate::domain::account::{Account, AccountKind, Limits};
use crate::domain::amount::{Amount, Scale};
use crate::domain::approval::ApprovalRules;
use crate::domain::community::Community;
use crate::domain::fees::FeeRules;
use crate::domain::fold::{CommunityState, Fold, NoFormat, Outcome};
use crate::domain::ids::{CommunityId, IdSource};
use crate::domain::records::Head;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};
use crate::domain::time::Timestamp;
use crate::services::setup::NewCommunity;

/// How many steps are judged between two looks at how far it is.
const STEPS_AT_ONCE: usize = 5_000;

/// Where everything stands after the trial.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcomes {
    /// What the accounts above zero hold together.
    pub held: Amount,
    /// What the accounts below zero owe together, below zero.
    pub owed: Amount,
    /// The sum of all balances: zero.
    pub sum: Amount,
    /// How many accounts are past their limits in the end.
    pub beyond_limits: usize,
}

/// Plays the plan; `tell` hears how many steps are judged.
///
/// # Errors
/// What the rules refuse, by line.
pub fn play(plan: &Plan, now: Timestamp, mut tell: impl FnMut(usize)) -> Result<Outcomes, Problems> {
    let mut problems = Problems::default();
    let community_id = CommunityId::from_uuid(uuid::Uuid::nil());
    let community = community_of(community_id, &plan.community);
    let scale = community.scale;
    let identity = Identity { community_id, user_ids: Vec::new() };
    let head = Head::new(community_id, plan.founded);
    let mut state = CommunityState::new(Arc::new(community), head, HashMap::new());
    // Nobody is there yet, so all who are is known from here on.
    state.knows_admins = true;
    let (known_answers, mut ids) = (HashMap::new(), Counting(0));
    // How far each account may go at the moment.
    let mut limits = vec![Limits::default(); plan.accounts.len()];
    let mut done = 0;
    for steps in plan.steps.chunks(STEPS_AT_ONCE) {
        let mut fold = Fold::new(&mut state, &known_answers, now, &mut ids, &NoFormat);
        for (at, _, step) in steps {
            let Some(command) = plan.command(&identity, *at, *step) else { continue };
            note_limits(plan, *step, &mut limits);
            let outcome = fold.apply(&command);
            let Outcome::Refused(refusal) = outcome else {
                if let Some(what) = differs(plan, *step, &outcome)
                    && let Some(place) = plan.place(*step)
                {
                    problems.add(&plan.file_name(place.sheet), Some(place.line), what);
                }
                continue;
            };
            if let Some(place) = plan.place(*step) {
                let line = (place.line > 0).then_some(place.line);
                problems.add(&plan.file_name(place.sheet), line, describe(&refusal, scale));
            }
            if matches!(refusal, Refusal::InsufficientCredit { .. } | Refusal::CeilingExceeded) {
                // It did happen there: what comes later is judged by what it left.
                for command in plan.despite_limits(&identity, (*at, *step), &limits) {
                    fold.apply(&command);
                }
            }
        }
        fold.finish();
        done += steps.len();
        tell(done);
    }
    let mut wrong = |what: String| problems.add(&plan.file_name(Sheet::History), None, what);
    let Some(outcomes) = sum_up(state.accounts.values(), plan.may_pass_limits()) else {
        wrong("what accounts hold is too much to be added up".to_owned());
        return Err(problems);
    };
    if outcomes.sum != Amount::ZERO {
        wrong(format!("the balances add up to {} and not to zero", scale.format(outcomes.sum)));
    }
    if !plan.has_fund_first() {
        wrong("the fund is not the account with the first number".to_owned());
    }
    if problems.is_empty() { Ok(outcomes) } else { Err(problems) }
}

/// Keeps how far accounts may go once a step is done.
fn note_limits(plan: &Plan, step: Step, limits: &mut [Limits]) {
    let changed = match step {
        Step::Open(index) => {
            let account = plan.accounts.get(index);
            account.map_or((index, UNLIMITED), |account| (index, plan.first_limits(account).0))
        }
        Step::SetLimits(index) => match plan.limits.get(index) {
            Some(planned) => (planned.account, planned.limits),
            None => return,
        },
        _ => return,
    };
    if let Some(kept) = limits.get_mut(changed.0) {
        *kept = changed.1;
    }
}

/// What is posted otherwise than the files say, though it may be posted.
fn differs(plan: &Plan, step: Step, outcome: &Outcome) -> Option<String> {
    let (Step::Post(index, Part::Move), Outcome::Paid(payment)) = (step, outcome) else { return None };
    let transfer = plan.transfers.get(index)?;
    let scale = plan.community.scale;
    let PlannedWay::Reversal { fees, .. } = transfer.way else { return None };
    if payment.amount != transfer.amount {
        let left = scale.format(payment.amount);
        return Some(format!("takes back another amount than what is left of the payment, which is {left}"));
    }
    let [payer, payee] = [payment.fees.payer, payment.fees.payee].map(|fee| scale.format(fee));
    (payment.fees != fees).then(|| format!("gives back other fees than were borne: {payer} and {payee}"))
}

/// The facts of a community that is to be founded.
pub(super) fn community_of(id: CommunityId, new: &NewCommunity) -> Community {
    Community {
        id,
        code: new.code.clone(),
        name: new.name.clone(),
        unit: new.unit.clone(),
        symbol: new.symbol.clone(),
        scale: new.scale,
        time_zone: new.time_zone.clone(),
        default_credit_limit: new.default_credit_limit,
        step_up_above: None,
        approval_rules: ApprovalRules::default(),
        fees: FeeRules::default(),
        settings_version: 1,
        limit_policy_version: 0,
        test_of: None,
    }
}

fn sum_up<'a>(accounts: impl Iterator<Item = &'a Account>, may_pass_limits: bool) -> Option<Outcomes> {
    let (mut held, mut owed, mut beyond_limits) = (Amount::ZERO, Amount::ZERO, 0);
    for account in accounts {
        let part = if account.balance.is_negative() { &mut owed } else { &mut held };
        *part = part.checked_add(account.balance)?;
        let is_above = account.limits.ceiling.is_some_and(|ceiling| account.balance > ceiling);
        let is_past = account.available().is_negative() || is_above;
        beyond_limits += usize::from(may_pass_limits && is_past && account.kind == AccountKind::Member);
    }
    Some(Outcomes { held, owed, sum: held.checked_add(owed)?, beyond_limits })
}

/// A refusal, for whoever has the files before them.
fn describe(refusal: &Refusal, scale: Scale) -> String {
    match refusal {
        Refusal::InsufficientCredit { amount, available } => format!(
            "takes the payer past the credit limit: {} are to be paid, and {} may be spent",
            scale.format(*amount),
            scale.format(*available)
        ),
        Refusal::CeilingExceeded => "takes the payee above the ceiling".into(),
        Refusal::AccountNotActive { code, status } => {
            format!("moves account {code}, which is {}", status.name())
        }
        Refusal::SameAccount => "payer and payee are one account".into(),
        Refusal::Conflict(ConflictReason::NotSettled) => {
            "cannot be closed: it holds or owes something".into()
        }
        Refusal::Conflict(ConflictReason::LastAdmin) => "is the last admin, and has to be active".into(),
        Refusal::NotFound(Thing::Payer | Thing::Payee) => "moves an account that was opened later".into(),
        Refusal::Forbidden => "stands between accounts between which nothing of its kind moves".into(),
        Refusal::NotFound(Thing::Payment) => {
            "gives back what was paid later, or gives something back itself".into()
        }
        Refusal::Conflict(ConflictReason::RefundTooLarge) => {
            "gives back more than is left of the payment".into()
        }
        Refusal::Conflict(ConflictReason::NothingLeft) => {
            "takes back a payment of which nothing is left".into()
        }
        Refusal::Conflict(ConflictReason::BalanceChanged) => {
            "does not move all that the account has or owes".into()
        }
        other => format!("is refused: {}", other.code()),
    }
}

/// Ids of which nothing is kept.
struct Counting(u128);

impl IdSource for Counting {
    fn random_16(&mut self) -> [u8; 16] {
        self.0 += 1;
        self.0.to_be_bytes()
    }
}
