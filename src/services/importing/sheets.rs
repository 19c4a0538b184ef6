//! Which files there are, and which columns each has.

/// Which of the files of an import it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sheet {
    /// The community itself: one line.
    Community,
    /// Who is in it.
    Members,
    /// Their accounts, and the community's own.
    Accounts,
    /// How far accounts may go, and from when on.
    Limits,
    /// What accounts bring along.
    OpeningBalances,
    /// What happened.
    History,
    /// What kinds of members there are, and which groups they are in.
    Groups,
    /// What payments bear.
    Fees,
    /// How those who leave are to settle.
    Leavings,
    /// Payments that may pass a credit limit, once.
    Allowances,
    /// The policies on limits that were adopted.
    LimitPolicies,
    /// What else admins chose.
    Settings,
    /// Until when accounts were asked for contributions.
    Contributions,
    /// Periods whose income had its turn.
    Incomes,
    /// Periods that had no turn.
    Missed,
    /// Accounts that were merged into others.
    Merges,
    /// The register of write-offs.
    WriteOffs,
}

impl Sheet {
    /// All of them, in the order in which they are read.
    pub const ALL: [Self; 17] = [
        Self::Community,
        Self::Members,
        Self::Accounts,
        Self::Limits,
        Self::OpeningBalances,
        Self::History,
        Self::Groups,
        Self::Fees,
        Self::Leavings,
        Self::Allowances,
        Self::LimitPolicies,
        Self::Settings,
        Self::Contributions,
        Self::Incomes,
        Self::Missed,
        Self::Merges,
        Self::WriteOffs,
    ];

    /// The name of its file, without the ending.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Community => "community",
            Self::Members => "members",
            Self::Accounts => "accounts",
            Self::Limits => "limits",
            Self::OpeningBalances => "opening_balances",
            Self::History => "history",
            Self::Groups => "groups",
            Self::Fees => "fees",
            Self::Leavings => "leavings",
            Self::Allowances => "allowances",
            Self::LimitPolicies => "limit_policies",
            Self::Settings => "settings",
            Self::Contributions => "contributions",
            Self::Incomes => "incomes",
            Self::Missed => "missed",
            Self::Merges => "merges",
            Self::WriteOffs => "write_offs",
        }
    }

    /// Its columns, each with whether a file must have it.
    pub const fn columns(self) -> &'static [(&'static str, bool)] {
        match self {
            Self::Community => &[
                ("code", true),
                ("name", true),
                ("unit", true),
                ("symbol", true),
                ("scale", true),
                ("time_zone", true),
                ("credit_limit", true),
                ("founded", false),
            ],
            Self::Members => &[
                ("member", true),
                ("name", true),
                ("email", false),
                ("language", false),
                ("role", false),
                ("status", false),
                ("joined", false),
            ],
            Self::Accounts => &[
                ("account", true),
                ("member", true),
                ("kind", false),
                ("name", false),
                ("status", false),
                ("opened", false),
            ],
            Self::Limits => &[
                ("account", true),
                ("credit_limit", true),
                ("ceiling", false),
                ("reason", false),
                ("at", false),
                ("by", false),
                ("until", false),
                ("order", false),
            ],
            Self::OpeningBalances => &[("account", true), ("balance", true), ("at", false)],
            Self::History => &[
                ("at", true),
                ("payer", true),
                ("payee", true),
                ("amount", true),
                ("payer_fee", false),
                ("payee_fee", false),
                ("description", false),
                ("kind", false),
                ("reference", false),
                ("of", false),
                ("beyond_limit", false),
                ("order", false),
            ],
            _ => self.agreed_columns(),
        }
    }

    /// Those of the files that tell what was agreed on.
    const fn agreed_columns(self) -> &'static [(&'static str, bool)] {
        match self {
            Self::Groups => &[("member", false), ("kind", false), ("group", false)],
            Self::Fees => &[
                ("payer_fixed", true),
                ("payer_basis_points", true),
                ("payee_fixed", true),
                ("payee_basis_points", true),
            ],
            Self::Leavings => &[
                ("member", true),
                ("target_on", true),
                ("instalments", false),
                ("proposed_as", false),
                ("agreed", false),
            ],
            Self::Allowances => &[("account", true), ("amount", true), ("until", true)],
            Self::LimitPolicies => &[
                ("version", true),
                ("part", true),
                ("at", false),
                ("by", false),
                ("reason", false),
                ("kind", false),
                ("group", false),
                ("base", false),
                ("minimum", false),
                ("maximum", false),
                ("measure", false),
                ("days", false),
                ("share", false),
                ("each", false),
                ("cap", false),
                ("period", false),
                ("amount", false),
                ("payments", false),
            ],
            Self::Settings => &[("setting", true), ("value", true)],
            Self::Contributions => {
                &[("account", true), ("month", true), ("contribution", false), ("holding_charge", false)]
            }
            Self::Incomes => &[
                ("every", true),
                ("period", true),
                ("outcome", true),
                ("members", true),
                ("left_out", true),
                ("amount", true),
                ("available", true),
                ("at", true),
            ],
            Self::Missed => &[("of", true), ("every", true), ("from", true), ("until", true), ("at", true)],
            Self::Merges => &[("account", true), ("kept", true), ("at", true), ("of", false)],
            Self::WriteOffs => &[("of", true), ("category", true), ("asked_by", false), ("agreed_by", false)],
            _ => &[],
        }
    }
}
