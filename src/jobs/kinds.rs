//! The kinds of work that the use cases do by themselves: which one, how often, and what it keeps in mind.

use super::MoreDue;
use super::periodic::{Look, Periodic};
use crate::services::health;
use crate::services::limit_policies::Following;
use crate::services::passed_over::PassedOver;
use crate::services::webhooks::WebhookCleaning;
use crate::services::{ServiceError, Services};

/// At each round: the look itself is one cheap question.
const EACH_ROUND_S: i64 = 0;
/// As soon as people notice: each look goes through every community, by an index.
const EVERY_SECOND_S: i64 = 1;
/// Often: what waits for it is seen by people.
const OFTEN_S: i64 = 5;
/// Now and then: each look goes through every community.
const NOW_AND_THEN_S: i64 = 60;
/// In a while: it goes through every twin, in which nothing counts.
const IN_A_WHILE_S: i64 = 300;
/// Seldom: nobody waits for it.
const SELDOM_S: i64 = 3_600;

/// Makes the payments whose time has come.
pub type Scheduling = Periodic<Schedules>;

/// What [`Scheduling`] looks for.
pub enum Schedules {}

impl Look for Schedules {
    const NAME: &'static str = "scheduling";
    const EVERY_S: i64 = EVERY_SECOND_S;
    type State = ();

    async fn look(services: &Services, _state: &mut ()) -> Result<MoreDue, ServiceError> {
        services.run_due().await
    }
}

/// Writes mails and digests of what happened, as soon as people chose.
pub type Telling = Periodic<News>;

/// What [`Telling`] looks for.
pub enum News {}

impl Look for News {
    const NAME: &'static str = "telling";
    const EVERY_S: i64 = EACH_ROUND_S;
    type State = ();

    async fn look(services: &Services, _state: &mut ()) -> Result<MoreDue, ServiceError> {
        services.mail_news().await
    }
}

/// Takes what members contribute after each month.
pub type Contributing = Periodic<Contributions>;

/// What [`Contributing`] looks for.
pub enum Contributions {}

impl Look for Contributions {
    const NAME: &'static str = "contributions";
    const EVERY_S: i64 = NOW_AND_THEN_S;
    type State = PassedOver;

    async fn look(services: &Services, passed_over: &mut PassedOver) -> Result<MoreDue, ServiceError> {
        let has_more = services.take_contributions(passed_over).await?;
        if !has_more {
            passed_over.clear();
        }
        Ok(has_more)
    }
}

/// Pays what funds pay to members who qualify.
pub type PayingIncomes = Periodic<Incomes>;

/// What [`PayingIncomes`] looks for.
pub enum Incomes {}

impl Look for Incomes {
    const NAME: &'static str = "incomes";
    const EVERY_S: i64 = NOW_AND_THEN_S;
    type State = PassedOver;

    async fn look(services: &Services, passed_over: &mut PassedOver) -> Result<MoreDue, ServiceError> {
        let has_more = services.pay_due_income(passed_over).await?;
        if !has_more {
            passed_over.clear();
        }
        Ok(has_more)
    }
}

/// Writes accounts' statements to those who want them, after each month.
pub type Stating = Periodic<Statements>;

/// What [`Stating`] looks for.
pub enum Statements {}

impl Look for Statements {
    const NAME: &'static str = "statements";
    const EVERY_S: i64 = NOW_AND_THEN_S;
    type State = ();

    async fn look(services: &Services, _state: &mut ()) -> Result<MoreDue, ServiceError> {
        services.mail_monthly_statement().await
    }
}

/// Reminds of the plans by which leavers come to zero, and closes who is there.
pub type Leaving = Periodic<Leavers>;

/// What [`Leaving`] looks for.
pub enum Leavers {}

impl Look for Leavers {
    const NAME: &'static str = "leaving";
    const EVERY_S: i64 = NOW_AND_THEN_S;
    type State = ();

    async fn look(services: &Services, _state: &mut ()) -> Result<MoreDue, ServiceError> {
        Ok(services.remind_of_plan().await? || services.close_leavers_at_zero().await? > 0)
    }
}

/// Deletes settled mails and webhooks' messages some time after, and looks that a clock which was ahead left no work in the
/// future.
pub type Cleaning = Periodic<Leftovers>;

/// What [`Cleaning`] looks for.
pub enum Leftovers {}

impl Look for Leftovers {
    const NAME: &'static str = "cleaning";
    const EVERY_S: i64 = SELDOM_S;
    type State = WebhookCleaning;

    async fn look(services: &Services, cleaning: &mut WebhookCleaning) -> Result<MoreDue, ServiceError> {
        // A write, and so not once for each endpoint.
        if cleaning.is_between_rounds() {
            services.bring_back_what_is_ahead().await?;
        }
        Ok(services.delete_old_mails().await? | services.clean_webhooks(cleaning).await?)
    }
}

/// Forgets people whose time for second thoughts is over.
pub type Erasing = Periodic<Erasures>;

/// What [`Erasing`] looks for.
pub enum Erasures {}

impl Look for Erasures {
    const NAME: &'static str = "erasing";
    const EVERY_S: i64 = EACH_ROUND_S;
    type State = ();

    async fn look(services: &Services, _state: &mut ()) -> Result<MoreDue, ServiceError> {
        services.erase_due().await
    }
}

/// Ends requests and authorisations that nobody acted on in time.
pub type Expiring = Periodic<Overdue>;

/// What [`Expiring`] looks for.
pub enum Overdue {}

impl Look for Overdue {
    const NAME: &'static str = "expiring";
    const EVERY_S: i64 = EACH_ROUND_S;
    type State = ();

    async fn look(services: &Services, _state: &mut ()) -> Result<MoreDue, ServiceError> {
        services.expire_overdue().await
    }
}

/// Puts into the outbox what people are to be written about payments.
pub type Notifying = Periodic<Notices>;

/// What [`Notifying`] looks for.
pub enum Notices {}

impl Look for Notices {
    const NAME: &'static str = "notifying";
    const EVERY_S: i64 = EACH_ROUND_S;
    type State = ();

    async fn look(services: &Services, _state: &mut ()) -> Result<MoreDue, ServiceError> {
        services.write_due_notice().await
    }
}

/// Writes down how communities' currencies are doing, each day.
pub type Measuring = Periodic<Figures>;

/// What [`Measuring`] looks for.
pub enum Figures {}

impl Look for Figures {
    const NAME: &'static str = "measuring";
    const EVERY_S: i64 = OFTEN_S;
    type State = health::Measuring;

    async fn look(services: &Services, measuring: &mut health::Measuring) -> Result<MoreDue, ServiceError> {
        services.measure_health(measuring).await
    }
}

/// Has accounts follow the policies on limits.
pub type Limiting = Periodic<Limits>;

/// What [`Limiting`] looks for.
pub enum Limits {}

impl Look for Limits {
    const NAME: &'static str = "limiting";
    const EVERY_S: i64 = OFTEN_S;
    type State = Following;

    async fn look(services: &Services, following: &mut Following) -> Result<MoreDue, ServiceError> {
        services.follow_limit_policies(following).await
    }
}

/// Freezes and thaws in communities' twins those who were so in the communities themselves.
pub type TestFollowing = Periodic<Testers>;

/// What [`TestFollowing`] looks for.
pub enum Testers {}

impl Look for Testers {
    const NAME: &'static str = "test_following";
    const EVERY_S: i64 = IN_A_WHILE_S;
    type State = ();

    async fn look(services: &Services, _state: &mut ()) -> Result<MoreDue, ServiceError> {
        services.follow_in_sandboxes().await
    }
}
