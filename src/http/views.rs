//! What things look like in JSON. Money is decimal text, times are RFC 3339 in UTC.

use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::domain::account::Account;
use crate::domain::amount::Amount;
use crate::domain::community::Community;
use crate::domain::payment::{Party, Payment};
use crate::services::caller::VisibleAccount;
use crate::services::communities::{DirectoryEntry, LedgerSummary};
use crate::services::sessions::{Profile, ProfileMembership};
use crate::storage::history::HistoryEntry;

/// A community, as anyone may see it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Community)]
pub struct CommunityView {
    /// Its short name.
    #[schema(example = "RIVER")]
    code: String,
    /// Its full name.
    #[schema(example = "River Valley Exchange")]
    name: String,
    /// What one unit of its currency is called.
    #[schema(example = "shell")]
    unit: String,
    /// The sign beside amounts.
    #[schema(example = "§")]
    symbol: String,
    /// Decimal places of amounts.
    #[schema(example = 2)]
    scale: u8,
}

impl From<&Community> for CommunityView {
    fn from(community: &Community) -> Self {
        Self {
            code: community.code.to_string(),
            name: community.name.clone(),
            unit: community.unit.clone(),
            symbol: community.symbol.clone(),
            scale: community.scale.places(),
        }
    }
}

/// An account: whole for those whose it is and for admins, and for others only that it exists.
#[derive(Debug, Serialize, ToSchema)]
#[serde(untagged)]
#[schema(as = Account)]
pub enum AccountView {
    /// Everything.
    Full(FullAccount),
    /// That it exists.
    Public(PublicAccount),
}

/// An account with its amounts.
#[derive(Debug, Serialize, ToSchema)]
pub struct FullAccount {
    /// Its id.
    id: Uuid,
    /// Its public name.
    #[schema(example = "RIVER0001")]
    code: String,
    /// The community's code.
    #[schema(example = "RIVER")]
    community: String,
    /// What it is for: `member`, `commons`, `write_off` or `peer`.
    #[schema(example = "member")]
    kind: &'static str,
    /// The name people read.
    #[schema(example = "Ada Brook")]
    name: String,
    /// Whether it takes part: `active`, `frozen` or `closed`.
    #[schema(example = "active")]
    status: &'static str,
    /// The sum of its entries; may be negative.
    #[schema(example = "-12.50")]
    balance: String,
    /// Held for authorised payments.
    #[schema(example = "0.00")]
    reserved: String,
    /// What may still be spent: balance − reserved + credit limit.
    #[schema(example = "87.50")]
    available: String,
    /// How far below zero it may go.
    #[schema(example = "100.00")]
    credit_limit: String,
    /// The highest balance it may reach; null where there is no bound.
    #[schema(example = json!(null))]
    ceiling: Option<String>,
    /// Since when the balance has been below zero.
    #[schema(example = "2026-09-21T14:13:20.000000Z")]
    negative_since: Option<String>,
    /// When it was opened.
    #[schema(example = "2026-09-01T08:00:00.000000Z")]
    created_at: String,
}

/// That an account exists.
#[derive(Debug, Serialize, ToSchema)]
pub struct PublicAccount {
    /// Its id.
    id: Uuid,
    /// Its public name.
    #[schema(example = "RIVER0002")]
    code: String,
    /// The name people read.
    #[schema(example = "Ben Ford")]
    name: String,
    /// What it is for: `member`, `commons`, `write_off` or `peer`.
    #[schema(example = "member")]
    kind: &'static str,
    /// Whether it takes part: `active`, `frozen` or `closed`.
    #[schema(example = "active")]
    status: &'static str,
}

impl FullAccount {
    fn new(community: &Community, account: &Account) -> Self {
        let money = |amount: Amount| community.scale.format(amount);
        Self {
            id: account.id.uuid(),
            code: account.code.to_string(),
            community: community.code.to_string(),
            kind: account.kind.name(),
            name: account.name.to_string(),
            status: account.status.name(),
            balance: money(account.balance),
            reserved: money(account.reserved),
            available: money(account.available()),
            credit_limit: money(account.limits.credit_limit),
            ceiling: account.limits.ceiling.map(money),
            negative_since: account.negative_since.map(|time| time.rfc3339()),
            created_at: account.created_at.rfc3339(),
        }
    }
}

impl From<&Account> for PublicAccount {
    fn from(account: &Account) -> Self {
        Self {
            id: account.id.uuid(),
            code: account.code.to_string(),
            name: account.name.to_string(),
            kind: account.kind.name(),
            status: account.status.name(),
        }
    }
}

impl From<&VisibleAccount> for AccountView {
    fn from(visible: &VisibleAccount) -> Self {
        match visible.full() {
            Some(account) => Self::Full(FullAccount::new(&visible.community, account)),
            None => Self::Public(PublicAccount::from(&visible.account)),
        }
    }
}

/// One side of a payment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Party)]
pub struct PartyView<'a> {
    /// The account's id.
    account_id: Uuid,
    /// The account's public name.
    #[schema(example = "RIVER0001")]
    code: &'a str,
    /// The name people read.
    #[schema(example = "Ada Brook")]
    name: &'a str,
}

impl<'a> From<&'a Party> for PartyView<'a> {
    fn from(party: &'a Party) -> Self {
        Self { account_id: party.account_id.uuid(), code: party.code.as_str(), name: &party.name }
    }
}

/// Where on the community's chain a payment's transfer stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Transfer)]
pub struct TransferView {
    /// Its place in the community's order.
    #[schema(example = 1042)]
    seq: i64,
    /// The chain's hash at that place, in hexadecimal.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    hash: String,
}

/// A payment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Payment)]
pub struct PaymentView<'a> {
    /// Its id.
    id: Uuid,
    /// The community's code.
    #[schema(example = "RIVER")]
    community: &'a str,
    /// Where it stands: `requested`, `scheduled`, `authorised`, `completed`, `declined`, `expired`, `cancelled` or `failed`.
    #[schema(example = "completed")]
    state: &'static str,
    /// How much.
    #[schema(example = "12.50")]
    amount: String,
    /// What for.
    #[schema(example = "Rye loaves")]
    description: &'a str,
    /// Who pays.
    payer: PartyView<'a>,
    /// Who is paid.
    payee: PartyView<'a>,
    /// When it was made.
    #[schema(example = "2026-09-21T14:13:20.000000Z")]
    created_at: String,
    /// When the money moved.
    #[schema(example = "2026-09-21T14:13:20.000000Z")]
    completed_at: Option<String>,
    /// The transfer that moved it.
    transfer: Option<TransferView>,
}

impl<'a> PaymentView<'a> {
    /// A payment in its community's currency.
    pub fn new(community: &'a Community, payment: &'a Payment) -> Self {
        Self {
            id: payment.id.uuid(),
            community: community.code.as_str(),
            state: payment.state.name(),
            amount: community.scale.format(payment.amount),
            description: &payment.description,
            payer: PartyView::from(&payment.payer),
            payee: PartyView::from(&payment.payee),
            created_at: payment.created_at.rfc3339(),
            completed_at: payment.completed_at.map(|time| time.rfc3339()),
            transfer: payment.transfer.map(|transfer| TransferView { seq: transfer.seq, hash: hex::encode(transfer.hash) }),
        }
    }
}

/// The other side of an entry.
#[derive(Debug, Serialize, ToSchema)]
pub struct Counterparty {
    /// The account's public name.
    #[schema(example = "RIVER0002")]
    code: String,
    /// The name people read.
    #[schema(example = "Ben Ford")]
    name: String,
}

/// One line of an account's history.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Entry)]
pub struct EntryView {
    /// Its id.
    id: Uuid,
    /// The transfer's place in the community's order.
    #[schema(example = 1042)]
    seq: i64,
    /// The entry's place among the account's, from 1.
    #[schema(example = 17)]
    account_seq: i64,
    /// The payment it belongs to.
    payment_id: Uuid,
    /// What it is: `principal`, `fee` or `refund`.
    #[schema(example = "principal")]
    kind: &'static str,
    /// Signed: negative where the account paid.
    #[schema(example = "-12.50")]
    amount: String,
    /// The balance from then on.
    #[schema(example = "-12.50")]
    balance_after: String,
    /// The other side.
    counterparty: Counterparty,
    /// What the payment was for.
    #[schema(example = "Rye loaves")]
    description: String,
    /// When.
    #[schema(example = "2026-09-21T14:13:20.000000Z")]
    created_at: String,
}

impl EntryView {
    /// An entry in its community's currency.
    pub fn new(community: &Community, entry: &HistoryEntry) -> Self {
        Self {
            id: entry_id(entry),
            seq: entry.seq,
            account_seq: entry.account_seq,
            payment_id: entry.payment_id.uuid(),
            kind: entry.kind.name(),
            amount: community.scale.format(entry.amount),
            balance_after: community.scale.format(entry.balance_after),
            counterparty: Counterparty {
                code: entry.counterparty.code.to_string(),
                name: entry.counterparty.name.to_string(),
            },
            description: entry.description.clone(),
            created_at: entry.created_at.rfc3339(),
        }
    }
}

/// An entry's id: its transfer's, with the entry's position mixed into the last four bytes. It need not be stored.
fn entry_id(entry: &HistoryEntry) -> Uuid {
    let position = u128::try_from(entry.position).unwrap_or_default();
    Uuid::from_u128(entry.record_id.uuid().as_u128() ^ position)
}

/// A page of entries, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct EntryPage {
    /// The entries.
    pub data: Vec<EntryView>,
    /// Where the list goes on; null at its end.
    pub next_cursor: Option<String>,
}

/// A page of payments, newest first.
#[derive(Debug, Serialize, ToSchema)]
pub struct PaymentPage<'a> {
    /// The payments.
    pub data: Vec<PaymentView<'a>>,
    /// Where the list goes on; null at its end.
    pub next_cursor: Option<String>,
}

/// A member in the directory.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DirectoryMember)]
pub struct DirectoryMemberView {
    /// The member's id.
    id: Uuid,
    /// The name people read.
    #[schema(example = "Ada Brook")]
    name: String,
    /// Where they stand: `active`, `frozen` or `leaving`.
    #[schema(example = "active")]
    status: &'static str,
    /// What they may do.
    #[schema(example = json!(["member"]))]
    roles: Vec<&'static str>,
    /// Their accounts.
    accounts: Vec<PublicAccount>,
}

impl From<&DirectoryEntry> for DirectoryMemberView {
    fn from(entry: &DirectoryEntry) -> Self {
        Self {
            id: entry.member.id.uuid(),
            name: entry.member.name.clone(),
            status: entry.member.status.name(),
            roles: roles(entry.member.role),
            accounts: entry.accounts.iter().map(PublicAccount::from).collect(),
        }
    }
}

/// A page of members, in the order of joining.
#[derive(Debug, Serialize, ToSchema)]
pub struct MemberPage {
    /// The members.
    pub data: Vec<DirectoryMemberView>,
    /// Where the list goes on; null at its end.
    pub next_cursor: Option<String>,
}

/// Where a community's chain stands.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Head)]
pub struct HeadView {
    /// The number of records.
    #[schema(example = 1042)]
    seq: i64,
    /// The hash after the last of them, in hexadecimal. Whoever keeps it can tell that history was not rewritten.
    #[schema(example = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08")]
    hash: String,
}

/// A community's ledger in numbers, all of one moment.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LedgerSummary)]
pub struct LedgerView {
    /// How many transfers there are.
    #[schema(example = 520)]
    transfers: i64,
    /// How many entries.
    #[schema(example = 1040)]
    entries: i64,
    /// How many accounts, the community's own among them.
    #[schema(example = 14)]
    accounts: i64,
    /// The sum of all balances: zero, always.
    #[schema(example = "0.00")]
    sum: String,
    /// Where the chain stands.
    head: HeadView,
}

impl From<&LedgerSummary> for LedgerView {
    fn from(summary: &LedgerSummary) -> Self {
        Self {
            transfers: summary.head.transfers,
            entries: summary.head.entries,
            accounts: summary.head.accounts,
            sum: summary.community.scale.format(summary.sum),
            head: HeadView { seq: summary.head.seq, hash: hex::encode(summary.head.hash) },
        }
    }
}

/// A login.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = User)]
pub struct UserView {
    /// Its id.
    id: Uuid,
    /// The e-mail address.
    #[schema(example = "ada@river.example")]
    email: String,
    /// The name people read.
    #[schema(example = "Ada Brook")]
    name: String,
}

/// A member, as the user who operates it sees it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Member)]
pub struct MemberView {
    /// The member's id.
    id: Uuid,
    /// The name people read.
    #[schema(example = "Ada Brook")]
    name: String,
    /// Where they stand: `applied`, `active`, `frozen`, `leaving` or `closed`.
    #[schema(example = "active")]
    status: &'static str,
    /// What they may do.
    #[schema(example = json!(["member", "admin"]))]
    roles: Vec<&'static str>,
}

/// A user's place in a community.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Membership)]
pub struct MembershipView {
    /// The community.
    community: CommunityView,
    /// The member there.
    member: MemberView,
    /// The member's accounts.
    accounts: Vec<FullAccount>,
}

/// Who is signed in, with their places in all communities.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Me)]
pub struct MeView {
    /// The login.
    user: UserView,
    /// One for each member that the user operates.
    memberships: Vec<MembershipView>,
}

impl From<&Profile> for MeView {
    fn from(profile: &Profile) -> Self {
        Self {
            user: UserView {
                id: profile.user.id.uuid(),
                email: profile.user.email.clone(),
                name: profile.user.name.clone(),
            },
            memberships: profile.memberships.iter().map(MembershipView::from).collect(),
        }
    }
}

impl From<&ProfileMembership> for MembershipView {
    fn from(membership: &ProfileMembership) -> Self {
        let member = &membership.member;
        Self {
            community: CommunityView::from(&membership.community),
            member: MemberView {
                id: member.id.uuid(),
                name: member.name.clone(),
                status: member.status.name(),
                roles: roles(member.role),
            },
            accounts: membership
                .accounts
                .iter()
                .map(|account| FullAccount::new(&membership.community, account))
                .collect(),
        }
    }
}

fn roles(role: crate::domain::member::Role) -> Vec<&'static str> {
    use crate::domain::member::Role;
    match role {
        Role::Member => vec![Role::Member.name()],
        Role::Admin => vec![Role::Member.name(), Role::Admin.name()],
    }
}
