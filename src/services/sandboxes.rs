//! The twins of communities, in which keys and shops are tried: made when somebody first needs one.
//!
//! A twin is a community of its own, so that nothing of it can get into the other. It has no admins, nobody joins it, no figures
//! are kept of it, and nobody is written of what happens there. Nobody could stop anyone there: so whoever is frozen in the
//! community, or has left it, is frozen in its twin soon after, with keys and all, until they may act again.

use super::audit::{self, Origin};
use super::caller::membership;
use super::setup::{NewCommunity, done_once};
use super::step_up::require_first_party;
use super::{ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::account::{Account, Limits};
use crate::domain::causes::with_causes;
use crate::domain::command::{Action, Admit, LimitsBy, SetMemberStatus};
use crate::domain::community::Community;
use crate::domain::ids::{AccountId, CommunityId, MemberId, UserId};
use crate::domain::member::{MemberStatus, Operator, Role};
use crate::domain::refusal::Refusal;
use crate::domain::sandbox::{TestRole, buyer_limit, codes_of};
use crate::storage::{Conn, StorageError, accounts, communities, sandboxes};

/// How many members of twins are frozen or thawed in one piece of work.
const FOLLOWED_AT_ONCE: i64 = 100;
/// The reason that stands with it.
const AS_IN_COMMUNITY: &str = "as in the community itself";

/// A member's place in a twin.
#[derive(Debug, Clone)]
pub struct Sandbox {
    /// The twin.
    pub community: Community,
    /// The account for which keys are made.
    pub shop: Account,
    /// The account that pays, which the same member operates.
    pub buyer: Account,
}

impl Services {
    /// The twin of a community, with accounts of the bearer's to try a shop with: made where they are not there yet. For
    /// members who may act. A request that was cut off is taken up again by the next.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for strangers; [`Refusal::Forbidden`] for members who may not act now.
    pub async fn sandbox(
        &self,
        bearer: &Bearer,
        code: String,
        origin: &Origin,
    ) -> Result<Sandbox, ServiceError> {
        require_first_party(bearer)?;
        let (now, caller) = (self.now(), bearer.clone());
        let place = self.ledger.read(move |conn| membership(conn, &caller, &code, now)).await?;
        if !place.members.iter().any(|member| member.status.may_act()) {
            return Err(Refusal::Forbidden.into());
        }
        let user_id = bearer.authority.user_id;
        let (twin, is_new) = if place.community.is_test() {
            (place.community, false)
        } else {
            self.twin_of(&place.community).await?
        };
        self.open_commons(&twin).await?;
        let shop = self.test_account(&twin, user_id, TestRole::Shop).await?;
        let buyer = self.test_account(&twin, user_id, TestRole::Buyer).await?;
        if is_new {
            let mut line = self.own_audit("sandbox.founded", user_id, origin);
            line.after = format!(r#"{{"code":"{}"}}"#, twin.code);
            self.ledger.write(move |conn| audit::record(conn, &line)).await?;
        }
        Ok(Sandbox { community: twin, shop, buyer })
    }

    /// Freezes and thaws in twins those who were frozen, thawed or closed in the community itself. Whether more may be to do.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn follow_in_sandboxes(&self) -> Result<bool, ServiceError> {
        let due = self.ledger.read(|conn| sandboxes::out_of_step(conn, FOLLOWED_AT_ONCE)).await?;
        let mut followed = 0;
        for (community_id, Operator { member_id, status, .. }) in due {
            let find = move |conn: &mut Conn| accounts::of_members(conn, community_id, &[member_id]);
            let own = self.ledger.read(find).await?;
            let change = SetMemberStatus {
                member_id,
                account_ids: own.iter().map(|account| account.id).collect(),
                status: if status.may_act() { MemberStatus::Frozen } else { MemberStatus::Active },
                reason: AS_IN_COMMUNITY.to_owned(),
            };
            match self.run_as_service(community_id, Action::SetMemberStatus(change)).await {
                Ok(_) => followed += 1,
                // Somebody was faster: who has left the twin in this moment stays away.
                Err(ServiceError::Refused(_)) => {}
                // One twin's trouble is not the others'.
                Err(error) => {
                    tracing::warn!(community.id = %community_id, "a tester could not be frozen or thawed: {}", with_causes(&error));
                }
            }
        }
        Ok(followed >= FOLLOWED_AT_ONCE)
    }

    /// A community's twin, and whether it was founded just now. Where two found it at once, one of them does.
    async fn twin_of(&self, community: &Community) -> Result<(Community, bool), ServiceError> {
        let id = community.id;
        for code in codes_of(&community.code) {
            if let Some(twin) = self.find_twin(id).await? {
                return Ok((twin, false));
            }
            let new = NewCommunity {
                code,
                name: format!("{} (test)", community.name),
                unit: community.unit.clone(),
                symbol: community.symbol.clone(),
                scale: community.scale,
                time_zone: community.time_zone.clone(),
                default_credit_limit: community.default_credit_limit,
            };
            match self.found(new, Some(id)).await {
                Ok(twin) => return Ok((twin, true)),
                // The code is another community's, or somebody has just founded the twin.
                Err(ServiceError::Storage(StorageError::Taken { .. })) => {}
                Err(error) => return Err(error),
            }
        }
        let found = self.find_twin(id).await?;
        found
            .map(|twin| (twin, false))
            .ok_or_else(|| ServiceError::Internal("no code is free for a twin".into()))
    }

    async fn find_twin(&self, id: CommunityId) -> Result<Option<Community>, ServiceError> {
        Ok(self.ledger.read(move |conn| communities::find_twin(conn, id)).await?)
    }

    /// A user's account of this role in a twin, opened unless that was done before.
    async fn test_account(
        &self,
        twin: &Community,
        user_id: UserId,
        role: TestRole,
    ) -> Result<Account, ServiceError> {
        let id = role.id_of(twin.id, user_id);
        let (community_id, account_id) = (twin.id, AccountId::from_uuid(id));
        let find =
            move |conn: &mut crate::storage::Conn| accounts::find_many(conn, community_id, &[account_id]);
        if let Some(account) = self.ledger.read(find).await?.pop() {
            return Ok(account);
        }
        self.prepare_place(twin.id, user_id).await?;
        let limits = match role {
            TestRole::Shop => twin.default_limits(),
            TestRole::Buyer => Limits { credit_limit: buyer_limit(twin.scale), ceiling: None },
        };
        let admit = Admit {
            member_id: MemberId::from_uuid(id),
            account_id,
            name: role.name().to_owned(),
            user_id,
            role: Role::Member,
            limits,
            limits_by: LimitsBy::Difference,
            reason: String::new(),
        };
        done_once(self.run_as_service(twin.id, Action::Admit(admit)).await)?;
        self.confirm_place(twin.id, user_id).await?;
        let opened = self.ledger.read(find).await?.pop();
        opened.ok_or_else(|| ServiceError::Internal("a test account that was opened is not there".into()))
    }
}
