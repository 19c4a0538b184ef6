//! The documented order of refusals.

use crate::domain::refusal::{ConflictReason, Refusal};

/// From here on a refusal is final for its key.
pub(super) const FIRST_FINAL_RANK: u8 = 6;

/// The documented order of refusals.
pub(super) const fn rank(refusal: &Refusal) -> u8 {
    match refusal {
        Refusal::KeyReused => 0,
        Refusal::SessionEnded => 1,
        Refusal::NotFound(_) => 2,
        // The model's people have no apps; what is forbidden for a ceiling is forbidden all the same.
        Refusal::Forbidden | Refusal::SpendingCeiling { .. } => 3,
        Refusal::StepUpRequired => 4,
        Refusal::PreconditionFailed => 5,
        Refusal::SameAccount => 6,
        Refusal::AccountNotActive { .. } => 7,
        Refusal::Conflict(ConflictReason::FeeExceedsAmount) => 11,
        Refusal::Conflict(_) | Refusal::OrderTaken(_) => 8,
        Refusal::PossibleDuplicate(_) | Refusal::RepeatedLine(_) => 9,
        Refusal::PaymentLimitReached(_) => 10,
        Refusal::InsufficientCredit { .. } => 12,
        Refusal::CeilingExceeded => 13,
        Refusal::Lines(_) => 14,
    }
}
