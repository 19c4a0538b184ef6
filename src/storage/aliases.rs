//! Tables that a statement looks at twice, under two names.

/// The accounts table twice, for the two sides of a payment.
pub mod sides {
    use crate::storage::schema::accounts;

    diesel::alias!(accounts as payers: Payers, accounts as payees: Payees);
}

/// The payments table twice, for a refund and the payment that it gives back.
pub mod ways_back {
    use crate::storage::schema::payments;

    diesel::alias!(payments as backs: Backs, payments as originals: Originals);
}
