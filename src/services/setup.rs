//! Founding communities and letting people in: the operator's use cases, for `init`, `demo` and tests.

use std::collections::HashMap;

use uuid::Uuid;

use super::{ServiceError, Services};
use crate::domain::account::{Account, AccountKind, Limits};
use crate::domain::amount::Amount;
use crate::domain::approval::ApprovalRules;
use crate::domain::command::{Action, Admit, Command, OpenAccount, Pay};
use crate::domain::community::Community;
use crate::domain::fees::FeeRules;
use crate::domain::fold::Outcome;
use crate::domain::ids::{AccountId, CommunityId, MemberId, UserId};
use crate::domain::joining::{Joining, JoiningPolicy};
use crate::domain::member::Role;
use crate::domain::payment::Payment;
use crate::domain::records::Head;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::storage::users::User;
use crate::storage::{Conn, communities, heads, joining as joining_policies, users};

/// A community to be founded.
#[derive(Debug, Clone)]
pub struct NewCommunity {
    /// Its short name.
    pub code: crate::domain::community::CommunityCode,
    /// Its full name.
    pub name: String,
    /// What one unit is called.
    pub unit: String,
    /// The sign beside amounts.
    pub symbol: String,
    /// Decimal places of amounts.
    pub scale: crate::domain::amount::Scale,
    /// By which clocks it lives.
    pub time_zone: crate::domain::zone::Zone,
    /// How far below zero a new member may go, in minor units.
    pub default_credit_limit: Amount,
}

impl NewCommunity {
    /// Whether a community has these facts.
    pub(super) fn is_like(&self, community: &Community) -> bool {
        let texts = [&self.name, &self.unit, &self.symbol];
        texts == [&community.name, &community.unit, &community.symbol]
            && (self.scale, self.default_credit_limit) == (community.scale, community.default_credit_limit)
            && self.time_zone == community.time_zone
    }
}

/// A person to be let in.
#[derive(Debug, Clone)]
pub struct NewMembership {
    /// The login that will operate the account.
    pub user_id: UserId,
    /// The name people read.
    pub name: String,
    /// What the member may do.
    pub role: Role,
    /// How far the account may go.
    pub limits: Limits,
}

/// Which thing of a founding an id is for.
pub(super) const COMMONS: u8 = 1;
/// The first admin, and their account.
const FOUNDER: u8 = 2;
/// The account for losses, which comes later.
pub(super) const WRITE_OFF: u8 = 3;

/// The id of something that comes with a community's founding: always the same, so that a founding which was cut off is
/// taken up again, and nothing of it is there twice.
pub(super) fn of_founding(community_id: CommunityId, which: u8) -> Uuid {
    let mut bytes = community_id.uuid().into_bytes();
    if let Some(last) = bytes.last_mut() {
        *last ^= which;
    }
    Uuid::from_bytes(bytes)
}

/// That it was done before is as good.
pub(super) fn done_once(outcome: Result<Outcome, ServiceError>) -> Result<(), ServiceError> {
    match outcome {
        Ok(_) | Err(ServiceError::Refused(Refusal::Conflict(ConflictReason::AlreadyExists))) => Ok(()),
        Err(error) => Err(error),
    }
}

impl Services {
    /// Founds a community, with its commons account.
    ///
    /// # Errors
    /// When the code is taken.
    pub async fn found_community(&self, new: NewCommunity) -> Result<Community, ServiceError> {
        self.found(new, None).await
    }

    /// Founds a community, or the twin of one.
    ///
    /// # Errors
    /// When the code is taken, or the other has a twin.
    pub(super) async fn found(
        &self,
        new: NewCommunity,
        test_of: Option<CommunityId>,
    ) -> Result<Community, ServiceError> {
        let community = Community {
            id: CommunityId::from_uuid(self.fresh_uuid()),
            code: new.code,
            name: new.name,
            unit: new.unit,
            symbol: new.symbol,
            scale: new.scale,
            default_credit_limit: new.default_credit_limit,
            step_up_above: None,
            time_zone: new.time_zone,
            approval_rules: ApprovalRules::default(),
            settings_version: 1,
            limit_policy_version: 0,
            test_of,
            fees: FeeRules::default(),
        };
        let (row, now) = (community.clone(), self.now());
        self.ledger
            .write(move |conn| {
                communities::insert(conn, &row, now)?;
                heads::insert(conn, &Head::new(row.id, now))
            })
            .await?;
        self.open_commons(&community).await?;
        Ok(community)
    }

    /// Opens a community's commons account, unless that was done before.
    ///
    /// # Errors
    /// When the ledger fails.
    pub(super) async fn open_commons(&self, community: &Community) -> Result<(), ServiceError> {
        let open = OpenAccount {
            account_id: AccountId::from_uuid(of_founding(community.id, COMMONS)),
            kind: AccountKind::Commons,
            name: format!("{} commons", community.name),
            limits: Limits { credit_limit: Amount::ZERO, ceiling: None },
        };
        done_once(self.run_as_service(community.id, Action::OpenAccount(open)).await)
    }

    /// Lets a community's first admin in, unless that was done before.
    ///
    /// # Errors
    /// When the ledger fails.
    pub(super) async fn admit_founder(
        &self,
        community: &Community,
        user_id: UserId,
        name: String,
    ) -> Result<(), ServiceError> {
        self.prepare_place(community.id, user_id).await?;
        let admit = Admit {
            member_id: MemberId::from_uuid(of_founding(community.id, FOUNDER)),
            account_id: AccountId::from_uuid(of_founding(community.id, FOUNDER)),
            name,
            user_id,
            role: Role::Admin,
            limits: community.default_limits(),
            limits_by: crate::domain::command::LimitsBy::Difference,
            reason: String::new(),
        };
        done_once(self.run_as_service(community.id, Action::Admit(admit)).await)?;
        self.confirm_place(community.id, user_id).await
    }

    /// Chooses who may ask to join a community, in the place of its admins.
    ///
    /// # Errors
    /// When it was changed in the same moment, or the database fails.
    pub async fn choose_joining(
        &self,
        community_id: CommunityId,
        joining: Joining,
        members_may_invite: bool,
    ) -> Result<(), ServiceError> {
        let choose = move |conn: &mut Conn| {
            let before = joining_policies::policy(conn, community_id)?;
            let after = JoiningPolicy { joining, members_may_invite, version: before.version + 1 };
            joining_policies::set_policy(conn, community_id, before, after)
        };
        if self.ledger.write(choose).await? { Ok(()) } else { Err(Refusal::PreconditionFailed.into()) }
    }

    /// Makes a login. The password is hashed by the caller, off the asynchronous threads.
    ///
    /// # Errors
    /// When the e-mail address has a login.
    pub async fn create_user(
        &self,
        email: &str,
        name: &str,
        password_hash: String,
    ) -> Result<UserId, ServiceError> {
        let user = User {
            id: UserId::from_uuid(self.fresh_uuid()),
            email: super::sessions::fold_email(email),
            name: name.to_owned(),
            password_hash,
        };
        let (id, now) = (user.id, self.now());
        self.ledger.write(move |conn| users::insert(conn, &user, now)).await?;
        Ok(id)
    }

    /// Lets a person in, with a first account.
    ///
    /// # Errors
    /// When the ledger refuses.
    pub async fn admit(
        &self,
        community_id: CommunityId,
        new: NewMembership,
    ) -> Result<Account, ServiceError> {
        self.prepare_place(community_id, new.user_id).await?;
        let admit = Admit {
            member_id: MemberId::from_uuid(self.fresh_uuid()),
            account_id: AccountId::from_uuid(self.fresh_uuid()),
            name: new.name,
            user_id: new.user_id,
            role: new.role,
            limits: new.limits,
            limits_by: crate::domain::command::LimitsBy::Difference,
            reason: String::new(),
        };
        match self.run_as_service(community_id, Action::Admit(admit)).await? {
            Outcome::Account(account) => {
                self.confirm_place(community_id, new.user_id).await?;
                Ok(*account)
            }
            other => Err(ServiceError::Internal(format!("an admission gave {other:?}"))),
        }
    }

    /// Posts a payment on the service's own authority, as history for a demonstration.
    ///
    /// # Errors
    /// When the ledger refuses.
    pub async fn post_history(&self, community_id: CommunityId, pay: Pay) -> Result<Payment, ServiceError> {
        match self.run_as_service(community_id, Action::Pay(pay)).await? {
            Outcome::Paid(payment) => Ok(*payment),
            other => Err(ServiceError::Internal(format!("a payment gave {other:?}"))),
        }
    }

    /// All communities, by id.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn communities(&self) -> Result<HashMap<CommunityId, Community>, ServiceError> {
        let all = self.ledger.read(communities::all).await?;
        Ok(all.into_iter().map(|community| (community.id, community)).collect())
    }

    pub(super) async fn run_as_service(
        &self,
        community_id: CommunityId,
        action: Action,
    ) -> Result<Outcome, ServiceError> {
        match self.ledger.submit(Command::by_service(community_id, action)).await? {
            Outcome::Refused(refusal) => Err(refusal.into()),
            outcome => Ok(outcome),
        }
    }
}
