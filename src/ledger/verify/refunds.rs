//! Refunds and reversals beside the chain: each is a payment the other way, whose transfer undoes that of the payment it gives back,
//! and all of a payment's refunds together are no more than it was. Of national money that was paid beside it, they give back the
//! same share.

use std::collections::{HashMap, HashSet};

use uuid::Uuid;

use super::entries::is_full;
use super::expected::PaymentAt;
use super::report::Differences;
use super::{At, Undone};
use crate::domain::ids::{CommunityId, PaymentId};
use crate::storage::chain::{self, RefundRow};
use crate::storage::{Conn, StorageError};

/// In which way a payment gives back another: by whom was paid, or by an admin.
const REFUND: i64 = 1;
const REVERSAL: i64 = 2;

/// Compares the refunds with the transfers that undo others, both ways. In memory: those transfers, at 32 bytes each.
pub(super) fn check(
    conn: &mut Conn,
    community_id: CommunityId,
    undone: &[Undone],
    differences: &mut Differences,
) -> Result<(), StorageError> {
    let undone: HashMap<i64, Undone> = undone.iter().map(|undone| (undone.seq, *undone)).collect();
    let nobody = PaymentId::from_uuid(Uuid::nil());
    let mut beside = Beside::default();
    let mut told = HashSet::with_capacity(undone.len());
    let (mut original_id, mut sum) = (nobody, 0_i128);
    let mut behind = Some((nobody, nobody));
    while let Some(place) = behind {
        let page = chain::refunds(conn, community_id, place, chain::ROWS_PER_READ)?;
        for refund in &page {
            if refund.original_id != original_id {
                (original_id, sum) = (refund.original_id, 0);
                beside = Beside::default();
            }
            sum += i128::from(refund.amount);
            beside.check(refund, sum, differences);
            check_refund(refund, sum, &undone, differences);
            told.extend(refund.transfer_seq);
        }
        behind = page.last().filter(|_| is_full(&page)).map(|last| (last.original_id, last.payment_id));
    }
    for seq in undone.keys().filter(|seq| !told.contains(seq)) {
        differences.add(At(*seq), "it undoes a transfer, and completes no refund");
    }
    Ok(())
}

/// What went back of a payment in national money so far, beside its refunds.
#[derive(Debug, Default)]
struct Beside {
    /// How many refunds there were. Those of one moment may stand in another order than they were made in, so each may be off by
    /// a rounding, as long as not all is given back.
    refunds: i128,
    sum: i128,
}

impl Beside {
    fn check(&mut self, refund: &RefundRow, refunded: i128, differences: &mut Differences) {
        let (back, national) = refund.national;
        let at = PaymentAt(refund.payment_id);
        let what = "it gives back national money beside a payment that had none, or none beside one that had";
        differences.expect(back.is_some() == national.is_some(), at, what);
        let Some((back, national)) = back.zip(national) else { return };
        self.refunds += 1;
        self.sum += i128::from(back);
        let paid = i128::from(refund.original_amount);
        let off = (2 * self.sum * paid - 2 * i128::from(national) * refunded).abs();
        let may_be_off = if refunded == paid { 0 } else { paid * self.refunds };
        let what = "it gives back another share of the national money than of the payment";
        differences.expect(off <= may_be_off, at, what);
    }
}

fn check_refund(refund: &RefundRow, sum: i128, undone: &HashMap<i64, Undone>, differences: &mut Differences) {
    let at = PaymentAt(refund.payment_id);
    let back = refund.transfer_seq.and_then(|seq| undone.get(&seq));
    let undone_id = back.map(|back| back.id);
    let is_undone = undone_id.is_some() && undone_id == refund.original_record_id;
    let is_reversal = back.is_some_and(|back| back.is_reversal);
    let is_told_so = refund.kind == if is_reversal { REVERSAL } else { REFUND };
    differences.expect(
        is_told_so,
        at,
        "its entries and the table of refunds tell another way of giving back",
    );
    let what = format_args!("its transfer does not undo that of payment {}", refund.original_id);
    differences.expect(is_undone, at, what);
    let (payer_id, payee_id) = refund.original_sides;
    differences.expect(refund.sides == (payee_id, payer_id), at, "it does not go back the way that was paid");
    let is_refund = refund.original_seq.is_some_and(|seq| undone.contains_key(&seq));
    differences.expect(!is_refund, at, "it gives back a refund");
    let (of_payer, of_payee) = refund.original_fees;
    let gives_back_fees = is_reversal && refund.fees == (-of_payee, -of_payer);
    let what = "it gives back other fees than were borne";
    differences.expect(gives_back_fees || refund.fees == (0, 0), at, what);
    let is_covered = sum <= i128::from(refund.original_amount);
    differences.expect(is_covered, PaymentAt(refund.original_id), "more was given back than was paid");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::ids::{AccountId, RecordId};

    fn refund() -> RefundRow {
        let [payer, payee] = [1, 2].map(|id| AccountId::from_uuid(Uuid::from_u128(id)));
        let payment = |id| PaymentId::from_uuid(Uuid::from_u128(id));
        RefundRow {
            payment_id: payment(3),
            kind: REFUND,
            sides: (payee, payer),
            amount: 50,
            transfer_seq: Some(2),
            fees: (0, 0),
            original_id: payment(4),
            original_sides: (payer, payee),
            original_amount: 50,
            original_seq: Some(1),
            original_record_id: Some(RecordId::from_uuid(Uuid::from_u128(5))),
            original_fees: (3, 2),
            national: (None, None),
        }
    }

    /// Whether what a reversal, or a refund, gives back of fees of 3 and 2 is right.
    fn is_right(kind: i64, fees: (i64, i64)) -> bool {
        let refund = RefundRow { kind, fees, ..refund() };
        let id = RecordId::from_uuid(Uuid::from_u128(5));
        let undone = HashMap::from([(2, Undone { id, seq: 2, is_reversal: kind == REVERSAL })]);
        let mut differences = Differences::default();
        check_refund(&refund, 50, &undone, &mut differences);
        differences.into_parts().1 == 0
    }

    fn agrees(refunds: &[(i64, Option<i64>)], national: Option<i64>) -> bool {
        let (mut beside, mut differences, mut sum) = (Beside::default(), Differences::default(), 0);
        for (amount, back) in refunds {
            sum += i128::from(*amount);
            beside.check(&RefundRow { national: (*back, national), ..refund() }, sum, &mut differences);
        }
        differences.into_parts().1 == 0
    }

    #[test]
    fn the_same_share_of_national_money_goes_back() {
        assert!(agrees(&[(10, Some(20)), (40, Some(80))], Some(100)) && agrees(&[(10, None)], None));
        assert!(agrees(&[(25, Some(1)), (25, Some(0))], Some(1)), "halves up");
        assert!(!agrees(&[(10, Some(22))], Some(100)), "too much");
        assert!(!agrees(&[(10, Some(20)), (40, Some(79))], Some(100)), "not all in the end");
        assert!(!agrees(&[(10, None)], Some(100)) && !agrees(&[(10, Some(1))], None));
    }

    #[test]
    fn a_reversal_gives_back_what_was_borne_or_nothing_and_a_refund_nothing() {
        assert!(is_right(REVERSAL, (-2, -3)) && is_right(REVERSAL, (0, 0)) && is_right(REFUND, (0, 0)));
        for fees in [(-3, -2), (-2, 0), (0, -3), (-2, -4), (2, 3)] {
            assert!(!is_right(REVERSAL, fees), "{fees:?}");
        }
        assert!(!is_right(REFUND, (-2, -3)));
    }
}
