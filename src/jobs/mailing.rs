//! Sending the mails of the outbox, one at a time.

use std::sync::Arc;

use super::{Doing, MoreDue, Work};
use crate::domain::language::Language;
use crate::domain::mail::MailState;
use crate::domain::statement::Statement;
use crate::export::statement::to_pdf;
use crate::mail::{Enclosure, Letter, MailFault, Mailer, Outgoing};
use crate::services::mailing::ClaimedMail;
use crate::services::{ServiceError, Services};

/// Sends what is in the outbox.
pub struct Mailing {
    services: Arc<Services>,
    mailer: Mailer,
}

impl Mailing {
    /// Sends the services' mails with this mailer.
    pub const fn new(services: Arc<Services>, mailer: Mailer) -> Self {
        Self { services, mailer }
    }

    /// Tries one mail. Afterwards more may be due, unless the way of all mails is blocked: then each look at the outbox
    /// tries just one, so that a server that is down costs every mail few of its attempts.
    async fn send_one(&self) -> Result<MoreDue, ServiceError> {
        let Some(mail) = self.services.claim_mail().await? else { return Ok(false) };
        let outcome = self.attempt(&mail).await?;
        let state = self.services.settle_mail(&mail, outcome).await?;
        metrics::counter!("counterfoil_mail_attempts_total", "result" => state.name()).increment(1);
        let Err(fault) = outcome else { return Ok(true) };
        if fault != MailFault::NotConfigured {
            let id = mail.id;
            if state == MailState::Failed {
                tracing::error!(mail.id = %id, "a mail could not be sent: {fault}");
            } else {
                tracing::warn!(mail.id = %id, "a mail will be sent later: {fault}");
            }
        }
        Ok(!fault.concerns_all())
    }

    /// What became of it; an error where it did not come to an attempt, because of ourselves.
    async fn attempt(&self, mail: &ClaimedMail) -> Result<Result<(), MailFault>, ServiceError> {
        let letter = match self.services.letter_of(mail) {
            Ok(letter) => letter,
            Err(fault) => return Ok(Err(fault)),
        };
        let enclosure = self.enclosure(mail, &letter).await?;
        let outgoing = Outgoing {
            id: mail.id,
            recipient: &mail.recipient,
            language: mail.language,
            letter: &letter,
            written_at: mail.created_at,
            enclosure,
        };
        Ok(self.mailer.deliver(&outgoing).await)
    }

    async fn enclosure(
        &self,
        mail: &ClaimedMail,
        letter: &Letter,
    ) -> Result<Option<Enclosure>, ServiceError> {
        let Some(statement) = self.services.statement_to_enclose(mail, letter).await? else {
            return Ok(None);
        };
        let language = mail.language;
        // Thousands of lines take their time.
        let written = tokio::task::spawn_blocking(move || enclose(&statement, language)).await;
        written.map_err(|_| ServiceError::Internal("an enclosure was not written".to_owned()))?.map(Some)
    }
}

fn enclose(statement: &Statement, language: Language) -> Result<Enclosure, ServiceError> {
    let bytes = to_pdf(statement, language).map_err(|error| ServiceError::Internal(error.to_string()))?;
    let name = format!("{}-{}.pdf", statement.account.code, statement.period.from);
    Ok(Enclosure { name, bytes })
}

impl Work for Mailing {
    fn name(&self) -> &'static str {
        "mail"
    }

    fn do_one(&self) -> Doing<'_> {
        Box::pin(self.send_one())
    }
}
