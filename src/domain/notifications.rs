//! What people are told by mail of what happens, and how soon: their own choice for each topic.

use super::coded::coded_enum;

coded_enum! {
    /// What something that happened is about, as one of those sees it whom it concerns.
    Topic {
        /// Somebody paid them.
        PaymentReceived = 1 "payment_received",
        /// Their account paid somebody.
        PaymentSent = 2 "payment_sent",
        /// Somebody asks them to pay.
        RequestReceived = 3 "request_received",
        /// A payment of theirs was authorised, accepted, declined or cancelled, or has expired.
        PaymentChanged = 4 "payment_changed",
        /// Their account was frozen, thawed or closed.
        AccountChanged = 5 "account_changed",
        /// Their account has come near its credit limit or ceiling.
        NearLimit = 6 "near_limit",
        /// To admins: a member's account has.
        MemberNearLimit = 7 "member_near_limit",
    }
}

coded_enum! {
    /// How soon somebody is told.
    Cadence {
        /// At once.
        AtOnce = 1 "at_once",
        /// With everything of the day, in the morning.
        Daily = 2 "daily",
        /// With everything of the week, on Monday morning.
        Weekly = 3 "weekly",
        /// Not at all.
        Off = 4 "off",
    }
}

impl Topic {
    /// What holds for who has chosen nothing: what asks for an answer comes at once, what one did oneself not at all.
    pub const fn default_cadence(self) -> Cadence {
        match self {
            Self::RequestReceived | Self::PaymentChanged | Self::AccountChanged | Self::NearLimit => {
                Cadence::AtOnce
            }
            Self::PaymentReceived | Self::MemberNearLimit => Cadence::Daily,
            Self::PaymentSent => Cadence::Off,
        }
    }

    /// Whether an event with this name has a mail of its own, which says more, for those who are told at once.
    pub fn has_own_mail(event: &str) -> bool {
        matches!(event, "payment.requested" | "payment.declined" | "account.status_changed")
    }

    /// The topic of an event with this name, for the payer or the payee; none where that side is told nothing.
    pub fn of_payment(event: &str, is_payer: bool) -> Option<Self> {
        match (event, is_payer) {
            ("payment.completed", true) => Some(Self::PaymentSent),
            ("payment.completed", false) => Some(Self::PaymentReceived),
            ("payment.requested", true) => Some(Self::RequestReceived),
            // Whoever planned a payment that failed is always told, and the other side never.
            ("payment.requested", false) | ("payment.failed", _) => None,
            _ => event.starts_with("payment.").then_some(Self::PaymentChanged),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_side_has_its_own_topic() {
        assert_eq!(Topic::of_payment("payment.completed", true), Some(Topic::PaymentSent));
        assert_eq!(Topic::of_payment("payment.completed", false), Some(Topic::PaymentReceived));
        assert_eq!(Topic::of_payment("payment.requested", true), Some(Topic::RequestReceived));
        assert_eq!(Topic::of_payment("payment.requested", false), None);
        assert_eq!(Topic::of_payment("payment.declined", false), Some(Topic::PaymentChanged));
        assert_eq!(Topic::of_payment("payment.failed", true), None);
        assert_eq!(Topic::of_payment("member.joined", false), None);
    }
}
