//! Which figures there are, in which unit, and how a longer step's value comes from its days'.

use crate::domain::amount::{Amount, AmountError, BALANCE_MAX_MINOR, Scale};
use crate::domain::coded::coded_enum;

/// How many decimal places ratios and numbers of days are written with.
const RATIO_PLACES: i16 = 4;
/// The most units of a threshold that is no money, in the last decimal place.
const NUMBER_MAX: i64 = 1_000_000_000_000;

coded_enum! {
    /// One figure.
    Figure {
        /// What members paid each other.
        Turnover = 1 "turnover",
        /// How often.
        Trades = 2 "trades",
        /// What was given back of trades, by refunds and reversals.
        GivenBack = 3 "given_back",
        /// The turnover of the window.
        WindowTurnover = 4 "turnover_30_days",
        /// The sum of all balances above zero: the money there is.
        Supply = 5 "supply",
        /// How often the money changed hands in the window.
        Velocity = 6 "velocity",
        /// Members with an open account.
        Members = 7 "members",
        /// Those of them who traded in the window.
        ActiveMembers = 8 "active_members",
        /// Their share.
        ActiveShare = 9 "active_share",
        /// How unequal the balances above zero are.
        GiniPositive = 10 "gini_positive",
        /// How unequal the debts are.
        GiniNegative = 11 "gini_negative",
        /// What the hundredth of accounts that has most has of all balances above zero.
        TopHundredthShare = 12 "top_hundredth_share",
        /// The same of the tenth that has most.
        TopTenthShare = 13 "top_tenth_share",
        /// How much credit the members' accounts have.
        CreditGranted = 14 "credit_granted",
        /// How much of it they use.
        CreditUsed = 15 "credit_used",
        /// The share that is used.
        CreditUsedShare = 16 "credit_used_share",
        /// What accounts owe that have been below zero for more than 180 days.
        NegativeOver180Days = 17 "negative_over_180_days",
        /// What accounts hold that have paid and been paid nothing for more than 180 days.
        IdleOver180Days = 18 "idle_over_180_days",
        /// What may never come back, by how old debts are.
        Provision = 19 "provision",
        /// Its share of the debts.
        ProvisionShare = 20 "provision_share",
        /// What the community's own funds hold.
        Commons = 21 "commons",
        /// Payments that were refused.
        Refusals = 30 "refusals",
        /// Of them, for want of credit.
        RefusedCredit = 31 "refusals_insufficient_credit",
        /// Of them, because the payee takes no more.
        RefusedCeiling = 32 "refusals_ceiling_exceeded",
        /// Of them, because an account is frozen or closed.
        RefusedInactive = 33 "refusals_account_not_active",
        /// Of them, because the payer may not.
        RefusedForbidden = 34 "refusals_forbidden",
        /// Of them, because they look like another one.
        RefusedDuplicate = 35 "refusals_possible_duplicate",
        /// Of them, for other reasons.
        RefusedOtherwise = 36 "refusals_other",
        /// Refused payments' share of all that were tried in the window.
        RefusedShare = 37 "refused_share",
        /// The share of trade that goes back and forth between two.
        Reciprocity = 40 "reciprocity",
        /// The share of trade along ways that come back to where they begin.
        CycleShare = 41 "cycle_share",
        /// How concentrated sales are.
        SalesConcentration = 42 "sales_concentration",
        /// What the tenth of sellers that sells most has of all sales.
        TopSellersShare = 43 "top_sellers_share",
        /// How many accounts were opened for members.
        AccountsOpened = 50 "accounts_opened",
        /// Days from the opening of an account to its first payment.
        FirstTradeDelay = 51 "first_trade_delay",
        /// Members who have never paid or been paid.
        NeverTraded = 52 "never_traded",
        /// The share of those who traded in the window before and did not in this one.
        Churn = 53 "churn",
    }
}

/// What a figure is measured in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// The community's currency.
    Money,
    /// A whole number.
    Count,
    /// A ratio of two numbers, to four decimal places.
    Ratio,
    /// Days, to four decimal places.
    Days,
}

impl Unit {
    /// The name in the API.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Money => "money",
            Self::Count => "count",
            Self::Ratio => "ratio",
            Self::Days => "days",
        }
    }

    /// How a value of this unit is written, and read.
    fn scale(self, money: Scale) -> Scale {
        let places = match self {
            Self::Money => return money,
            Self::Count => 0,
            Self::Ratio | Self::Days => RATIO_PLACES,
        };
        Scale::try_from(places).unwrap_or(money)
    }

    /// The decimal text of a value.
    pub fn format(self, value: i64, money: Scale) -> String {
        self.scale(money).format(Amount::from_minor(value))
    }

    /// Reads the decimal text of a value that is not negative.
    ///
    /// # Errors
    /// What is wrong with the text.
    pub fn parse(self, text: &str, money: Scale) -> Result<i64, AmountError> {
        let most = if self == Self::Money { BALANCE_MAX_MINOR } else { NUMBER_MAX };
        self.scale(money).parse(text, most).map(Amount::minor)
    }
}

impl Figure {
    /// What it is measured in.
    pub const fn unit(self) -> Unit {
        match self {
            Self::Turnover
            | Self::GivenBack
            | Self::WindowTurnover
            | Self::Supply
            | Self::CreditGranted
            | Self::CreditUsed
            | Self::NegativeOver180Days
            | Self::IdleOver180Days
            | Self::Provision
            | Self::Commons => Unit::Money,
            Self::Trades
            | Self::Members
            | Self::ActiveMembers
            | Self::Refusals
            | Self::RefusedCredit
            | Self::RefusedCeiling
            | Self::RefusedInactive
            | Self::RefusedForbidden
            | Self::RefusedDuplicate
            | Self::RefusedOtherwise
            | Self::AccountsOpened
            | Self::NeverTraded => Unit::Count,
            Self::FirstTradeDelay => Unit::Days,
            Self::Velocity
            | Self::ActiveShare
            | Self::GiniPositive
            | Self::GiniNegative
            | Self::TopHundredthShare
            | Self::TopTenthShare
            | Self::CreditUsedShare
            | Self::ProvisionShare
            | Self::RefusedShare
            | Self::Reciprocity
            | Self::CycleShare
            | Self::SalesConcentration
            | Self::TopSellersShare
            | Self::Churn => Unit::Ratio,
        }
    }

    /// Whether it tells of what happened on a day, so that a longer step's value is the sum of its days'. The others are
    /// as they stand when a step ends.
    pub const fn adds_up(self) -> bool {
        matches!(
            self,
            Self::Turnover
                | Self::Trades
                | Self::GivenBack
                | Self::Refusals
                | Self::RefusedCredit
                | Self::RefusedCeiling
                | Self::RefusedInactive
                | Self::RefusedForbidden
                | Self::RefusedDuplicate
                | Self::RefusedOtherwise
                | Self::AccountsOpened
        )
    }

    /// Under which figure a refused payment with this problem code is counted.
    pub fn of_refusal(code: &str) -> Self {
        match code {
            "insufficient_credit" => Self::RefusedCredit,
            "ceiling_exceeded" => Self::RefusedCeiling,
            "account_not_active" => Self::RefusedInactive,
            "forbidden" | "step_up_required" => Self::RefusedForbidden,
            "possible_duplicate" => Self::RefusedDuplicate,
            _ => Self::RefusedOtherwise,
        }
    }
}
