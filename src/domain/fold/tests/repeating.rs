//! Commands that are sent once more: under their key, under none, under another, and after a new sign-in.

use super::asking::new_id;
use super::properties::Play;
use super::random::Step;
use super::support::keyed;
use crate::domain::command::{Action, Authority, Command};

impl Play {
    /// A command that was sent, so many before the last.
    pub(super) fn again(&self, step: &Step, nth: usize, keeps_key: bool) -> Option<Command> {
        let mut again = self.sent.iter().rev().nth(nth)?.clone();
        "request-2".clone_into(&mut again.request_id);
        if let Action::Bring(bring) = &mut again.action {
            bring.payment_id = new_id();
        }
        // Under no key, or under another one.
        if !keeps_key && again.key.take().is_some() && nth % 2 == 1 {
            again = keyed(again, &format!("again-{nth}"));
        }
        // Perhaps after a new sign-in.
        if let Authority::User(user) = &mut again.authority {
            let person = self.users.iter().position(|id| *id == user.user_id)?;
            user.session_id = self.sessions[person][step.session];
        }
        Some(again)
    }
}
