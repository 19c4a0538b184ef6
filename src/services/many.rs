//! Several payments at once: batches, and lists from files with a preview.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use super::payments::{KeyedAnswer, KeyedRequest, check_text, parse_amount};
use super::references::look_up_all;
use super::{Fault, ServiceError, Services};
use crate::auth::tokens::Bearer;
use crate::domain::account::AccountReference;
use crate::domain::amount::Amount;
use crate::domain::command::{Action, Authority, Command, Pay};
use crate::domain::community::Community;
use crate::domain::fold::{Answered, JudgedLine};
use crate::domain::ids::AccountId;
use crate::domain::many::{LineRefusal, ManyMode, PaidMany, PayMany, UnfitLine};
use crate::domain::payment::{DESCRIPTION_CHARS_MAX, Payment};
use crate::domain::refusal::{Refusal, Thing};
use crate::storage::payments;

/// How many lists of payments are worked on at once; a further one is turned away.
pub(super) const LISTS_AT_ONCE_MAX: usize = 2;
/// The most faults of a list that are told.
const FAULTS_TOLD_MAX: usize = 100;

/// One payment of several, as a caller asks for it.
#[derive(Debug, Clone)]
pub struct NewLine {
    /// On which line it stands, from 1.
    pub line: u32,
    /// Who pays: an account's code or id.
    pub payer: String,
    /// Who is paid: an account's code or id.
    pub payee: String,
    /// How much, as decimal text.
    pub amount: String,
    /// What for; may be empty.
    pub description: String,
}

/// In which form lines came, to tell where a fault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineForm {
    /// As members of a JSON list.
    Json,
    /// As lines of a text.
    Csv,
}

/// Several payments as a caller asks for them.
#[derive(Debug, Clone)]
pub struct NewMany {
    /// How they are judged.
    pub mode: ManyMode,
    /// In which form they came.
    pub form: LineForm,
    /// The payments: at least one, and no more than there may be.
    pub lines: Vec<NewLine>,
    /// Whether each is meant, also where it looks like the repetition of another.
    pub allow_duplicate: bool,
}

/// What came of several payments.
#[derive(Debug, Clone)]
pub enum ManyAnswer {
    /// The kept bytes, new or replayed.
    Kept(Answered),
    /// A replay whose bytes had to be erased: what was posted, as it can still be told.
    Present(Arc<Community>, Box<PaidMany>),
}

/// What would come of several payments.
#[derive(Debug, Clone)]
pub struct ManyPreview {
    /// Their community.
    pub community: Arc<Community>,
    /// The payments with what would come of each.
    pub lines: Vec<(u32, Pay, JudgedLine)>,
    /// Lines that are no payments.
    pub unfit: Vec<UnfitLine>,
}

/// A line as the ledger takes it, or what is wrong with it.
type Read = Result<Pay, Vec<Fault>>;

impl Services {
    /// Makes several payments by one transfer. The same key with the same request answers the same, for ever.
    ///
    /// # Errors
    /// What is wrong with the request, or why nothing was posted. Refusals that are final for the key are answers.
    pub async fn pay_many(
        &self,
        bearer: &Bearer,
        new: NewMany,
        request: KeyedRequest,
    ) -> Result<ManyAnswer, ServiceError> {
        let _place = self.lists.try_acquire().map_err(|_| ServiceError::Overloaded)?;
        let answer = match self.read_many(bearer, new).await {
            Ok((community, many)) => {
                self.submit_keyed(community, bearer, request, Action::PayMany(many)).await
            }
            Err(error) => Err(error),
        };
        match self.for_live_sessions(bearer, answer).await? {
            KeyedAnswer::Kept(answered) => Ok(ManyAnswer::Kept(answered)),
            KeyedAnswer::Present { found: first, .. } => {
                let community = Arc::clone(&first.community);
                let paid = self.paid_with(&first.payment).await?;
                Ok(ManyAnswer::Present(community, Box::new(paid)))
            }
            KeyedAnswer::Asked(_) => Err(ServiceError::Internal("no list needs a second admin".into())),
        }
    }

    /// What would come of each payment if all were made now, one after the other. Nothing is posted.
    ///
    /// # Errors
    /// What is wrong with the request, or why the caller may not ask.
    pub async fn preview_many(&self, bearer: &Bearer, new: NewMany) -> Result<ManyPreview, ServiceError> {
        let _place = self.lists.try_acquire().map_err(|_| ServiceError::Overloaded)?;
        let answer = self.preview_once(bearer, new).await;
        if let Err(error) = &answer {
            self.tell_live_sessions(bearer, error).await?;
        }
        answer
    }

    async fn preview_once(&self, bearer: &Bearer, new: NewMany) -> Result<ManyPreview, ServiceError> {
        let (community, mut many) = self.read_many(bearer, new).await?;
        let unfit = std::mem::take(&mut many.unfit);
        let (authority, now) = (Authority::User(bearer.authority), self.now());
        let action = Action::PayMany(many.clone());
        let command = Command::by_user(community.id, bearer.authority, String::new(), action);
        let judged = self
            .ledger
            .judge_apart(command, now, move |state| {
                let judged = state.preview(&authority, &many, now)?;
                let lines = many.lines.into_iter().zip(many.payments).zip(judged);
                Ok::<_, Refusal>(lines.map(|((line, pay), judged)| (line, pay, judged)).collect())
            })
            .await?;
        let lines = judged.ok_or(ServiceError::NotFound)??;
        Ok(ManyPreview { community, lines, unfit })
    }

    /// The payments of one transfer, of which this is one.
    async fn paid_with(&self, first: &Payment) -> Result<PaidMany, ServiceError> {
        let transfer =
            first.transfer.ok_or_else(|| ServiceError::Internal("a batch without a transfer".into()))?;
        let (community_id, first_id) = (first.community_id, first.id);
        let found = self
            .ledger
            .read(move |conn| payments::of_transfer(conn, community_id, first_id, transfer.seq))
            .await?;
        let total = found.iter().try_fold(Amount::ZERO, |total, (_, amount)| total.checked_add(*amount));
        Ok(PaidMany {
            transfer,
            total: total.unwrap_or_default(),
            payments: found.into_iter().map(|(id, _)| (None, id)).collect(),
            refusals: Vec::new(),
            unfit: Vec::new(),
        })
    }

    /// The lines as the ledger takes them, in the community of their accounts.
    async fn read_many(
        &self,
        bearer: &Bearer,
        new: NewMany,
    ) -> Result<(Arc<Community>, PayMany), ServiceError> {
        let wanted = references_of(&new.lines);
        let user_id = bearer.authority.user_id;
        let found = self.ledger.read(move |conn| look_up_all(conn, user_id, &wanted)).await?;
        let Some((community, accounts)) = found else {
            return Err(no_community(&new));
        };
        self.require_insider(&community, bearer).await?;
        let many = sort_lines(&community, &accounts, new)?;
        Ok((Arc::new(community), many))
    }
}

/// Every account that is named, once, in the order of the lines.
fn references_of(lines: &[NewLine]) -> Vec<AccountReference> {
    let mut known: HashSet<&str> = HashSet::with_capacity(lines.len());
    let texts = lines.iter().flat_map(|line| [line.payer.as_str(), line.payee.as_str()]);
    texts.filter(|text| known.insert(text)).filter_map(|text| text.parse().ok()).collect()
}

/// Where no line names an account of a community: what is wrong with the lines, or that there is nothing.
fn no_community(new: &NewMany) -> ServiceError {
    let malformed = |text: &str| text.parse::<AccountReference>().is_err();
    let faults = new.lines.iter().flat_map(|line| {
        let sides = [("payer", &line.payer), ("payee", &line.payee)];
        let wrong = sides.into_iter().filter(|(_, text)| malformed(text));
        wrong.map(|(field, _)| malformed_account(&pointer(new.form, line.line, field)))
    });
    let faults: Vec<_> = faults.take(FAULTS_TOLD_MAX).collect();
    if faults.is_empty() { ServiceError::NotFound } else { ServiceError::Invalid(faults) }
}

/// Reads every line. Where all lines are needed, one that is no payment is an error.
fn sort_lines(
    community: &Community,
    accounts: &HashMap<AccountReference, AccountId>,
    new: NewMany,
) -> Result<PayMany, ServiceError> {
    let NewMany { mode, form, lines, allow_duplicate } = new;
    let mut many = PayMany { mode, payments: Vec::new(), lines: Vec::new(), unfit: Vec::new() };
    let (mut faults, mut absent) = (Vec::new(), Vec::new());
    for line in lines {
        let number = line.line;
        match read_line(community, accounts, form, line, allow_duplicate) {
            Ok(Ok(pay)) => {
                many.payments.push(pay);
                many.lines.push(number);
            }
            Ok(Err(mut wrong)) => {
                many.unfit.push(unfit(number, &wrong));
                faults.append(&mut wrong);
            }
            Err(thing) => {
                let detail = "There is no such account in this community.".to_owned();
                many.unfit.push(UnfitLine { line: number, code: "not_found", detail });
                absent.push(LineRefusal { line: number, refusal: Refusal::NotFound(thing) });
            }
        }
    }
    faults.truncate(FAULTS_TOLD_MAX);
    let needs_all = mode != ManyMode::ValidInOrder;
    if !faults.is_empty() && (needs_all || many.payments.is_empty()) {
        return Err(ServiceError::Invalid(faults));
    }
    if many.payments.is_empty() {
        return Err(ServiceError::NotFound);
    }
    if !absent.is_empty() && needs_all {
        return Err(ServiceError::Refused(Refusal::Lines(absent)));
    }
    Ok(many)
}

/// A payment, its faults, or which of its accounts is absent.
fn read_line(
    community: &Community,
    accounts: &HashMap<AccountReference, AccountId>,
    form: LineForm,
    line: NewLine,
    allow_duplicate: bool,
) -> Result<Read, Thing> {
    let at = |field: &str| pointer(form, line.line, field);
    let mut faults = Vec::new();
    let mut reference = |field: &str, text: &str| {
        let parsed = text.parse::<AccountReference>().ok();
        if parsed.is_none() {
            faults.push(malformed_account(&at(field)));
        }
        parsed
    };
    let (payer, payee) = (reference("payer", &line.payer), reference("payee", &line.payee));
    let amount = parse_amount(community.scale, &line.amount)
        .map_err(|fault| faults.push(Fault { pointer: at("amount"), ..fault }))
        .ok();
    faults.extend(check_text(&at("description"), &line.description, DESCRIPTION_CHARS_MAX).err());
    let (Some(payer), Some(payee), Some(amount)) = (payer, payee, amount) else { return Ok(Err(faults)) };
    if !faults.is_empty() {
        return Ok(Err(faults));
    }
    let payer_id = *accounts.get(&payer).ok_or(Thing::Payer)?;
    let payee_id = *accounts.get(&payee).ok_or(Thing::Payee)?;
    Ok(Ok(Pay { payer_id, payee_id, amount, description: line.description, allow_duplicate }))
}

/// Where a line's field stands in the request.
fn pointer(form: LineForm, line: u32, field: &str) -> String {
    match form {
        LineForm::Json => format!("/payments/{}/{field}", line.saturating_sub(1)),
        LineForm::Csv => format!("line {line}, {field}"),
    }
}

fn malformed_account(pointer: &str) -> Fault {
    Fault::new(pointer, "malformed_account", "is neither an account's code, like RIVER0001, nor its id")
}

fn unfit(line: u32, faults: &[Fault]) -> UnfitLine {
    let told = |fault: &Fault| {
        let field = fault.pointer.rsplit(['/', ' ']).next().unwrap_or_default();
        format!("{field} {}", fault.detail)
    };
    let detail = faults.iter().map(told).collect::<Vec<_>>().join("; ");
    UnfitLine { line, code: "validation_failed", detail }
}
