//! Writing off the rest of a balance: by two admins, of whoever is held back or leaves, and no more than they agreed to.

use super::person::Person;
use super::support::{River, authorise, by, limits, minor, pay, set_limits, set_status, void};
use crate::domain::account::AccountStatus;
use crate::domain::approval::{Approval, ApprovalState, SettleApproval};
use crate::domain::command::{Action, Authority, Command};
use crate::domain::fold::Outcome;
use crate::domain::ids::AccountId;
use crate::domain::member::MemberStatus;
use crate::domain::records::EntryKind;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::domain::write_off::{AskWriteOff, WriteOffCategory};

const FROZEN: AccountStatus = AccountStatus::Frozen;

fn ask(by_whom: Person, account_id: AccountId, other_id: AccountId, category: WriteOffCategory) -> Command {
    let ask = AskWriteOff { account_id, other_id, category, reason: "moved away".into() };
    by(by_whom.authority(), Action::WriteOff(ask))
}

fn approval(outcome: Outcome) -> Approval {
    let Outcome::Approval(approval) = outcome else { panic!("{outcome:?}") };
    *approval
}

fn agree(by_whom: Person, approval: &Approval) -> Command {
    let settle = SettleApproval { approval_id: approval.id, agrees: true, reason: String::new() };
    by(by_whom.authority(), Action::SettleApproval(settle))
}

fn conflict(reason: ConflictReason) -> Refusal {
    Refusal::Conflict(reason)
}

#[test]
fn a_debt_moves_to_the_losses_when_two_admins_agree() {
    let mut river = River::new();
    let (losses, greta, otto) = (river.losses(), river.admin("Greta", 0), river.admin("Otto", 0));
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    river.move_money(ada, bob, 900);
    let asked = ask(greta, ada.account, losses, WriteOffCategory::Unreachable);
    assert_eq!(river.refused(&asked), conflict(ConflictReason::NotHeldBack));
    river.done(&set_status(Authority::Service, ada.account, FROZEN));
    let asked = approval(river.done(&asked));
    assert_eq!((asked.state, river.balance(ada)), (ApprovalState::Pending, -900));
    assert_eq!(river.refused(&agree(greta, &asked)), conflict(ConflictReason::OwnRequest));
    assert_eq!(river.refused(&agree(bob, &asked)), Refusal::Forbidden);
    // Not even a limit of nothing stands in the way of it, on either side.
    river.done(&set_limits(Authority::Service, ada.account, limits(0, Some(0))));
    river.done(&agree(otto, &asked));
    assert!(river.last.entries.iter().all(|entry| entry.kind == EntryKind::WriteOff));
    assert_eq!((river.balance(ada), river.account(losses).balance), (0, minor(-900)));
    let [written] = river.last.write_offs[..] else { panic!("one: {:?}", river.last.write_offs) };
    assert_eq!((written.amount, written.approval_id), (minor(-900), asked.id));
    assert_eq!(river.last.payments[0].created_by, Some(greta.user));
    assert_eq!(river.refused(&agree(otto, &asked)), conflict(ConflictReason::AlreadySettled));
    let again = ask(greta, ada.account, losses, WriteOffCategory::Unreachable);
    assert_eq!(river.refused(&again), conflict(ConflictReason::NothingLeft));
}

#[test]
fn no_more_than_was_agreed_and_nothing_that_is_reserved() {
    let mut river = River::new();
    let (losses, greta, otto) = (river.losses(), river.admin("Greta", 0), river.admin("Otto", 0));
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 1_000));
    river.move_money(ada, bob, 500);
    let held = river.paid(&authorise(ada, bob, 100));
    river.done(&set_status(Authority::Service, ada.account, FROZEN));
    let request = ask(greta, ada.account, losses, WriteOffCategory::Hardship);
    assert_eq!(river.refused(&request), conflict(ConflictReason::MoneyReserved));
    river.changed(&void(bob.authority(), held.id));
    let asked = approval(river.done(&request));
    // More is owed since: the two agreed to less.
    river.done(&set_status(Authority::Service, ada.account, AccountStatus::Active));
    river.move_money(ada, bob, 1);
    river.done(&set_status(Authority::Service, ada.account, FROZEN));
    assert_eq!(river.refused(&agree(otto, &asked)), conflict(ConflictReason::BalanceChanged));
    river.done(&set_status(Authority::Service, ada.account, AccountStatus::Active));
    assert_eq!(river.refused(&agree(otto, &asked)), conflict(ConflictReason::NotHeldBack));
    river.move_money(bob, ada, 401);
    river.done(&set_status(Authority::Service, ada.account, FROZEN));
    river.done(&agree(otto, &asked));
    assert_eq!((river.balance(ada), river.account(losses).balance), (0, minor(-100)));
}

#[test]
fn what_is_held_is_given_up_or_given_to_the_commons_and_nobody_decides_on_their_own() {
    let mut river = River::new();
    let (losses, greta, otto) = (river.losses(), river.admin("Greta", 500), river.admin("Otto", 0));
    let (ada, bob) = (river.member("Ada", 0), river.member("Bob", 1_000));
    river.move_money(bob, ada, 300);
    river.done(&set_status(Authority::Service, ada.account, FROZEN));
    let commons = river.commons;
    for (other, category, reason) in [
        (commons, WriteOffCategory::GivenUp, ConflictReason::NotHeldBack),
        (losses, WriteOffCategory::Donated, ConflictReason::NotHeldBack),
        (losses, WriteOffCategory::Hardship, ConflictReason::BalanceChanged),
    ] {
        assert_eq!(
            river.refused(&ask(greta, ada.account, other, category)),
            conflict(reason),
            "{category:?}"
        );
    }
    let asked = approval(river.done(&ask(greta, ada.account, commons, WriteOffCategory::Donated)));
    river.done(&agree(otto, &asked));
    assert_eq!((river.balance(ada), river.account(commons).balance), (0, minor(300)));
    // Greta's own account is for two others.
    river.paid(&pay(greta, bob, 50));
    river.done(&set_status(Authority::Service, greta.account, FROZEN));
    let own = ask(greta, greta.account, losses, WriteOffCategory::Other);
    assert_eq!(river.refused(&own), conflict(ConflictReason::OwnAccount));
    let asked = approval(river.done(&ask(otto, greta.account, losses, WriteOffCategory::Other)));
    assert_eq!(river.refused(&agree(greta, &asked)), conflict(ConflictReason::OwnAccount));
    let iris = river.admin("Iris", 0);
    river.done(&agree(iris, &asked));
    assert_eq!(river.balance(greta), 0);
    // Nor is anything done for an admin who got to operate the account after they had asked.
    let cyd = river.member("Cyd", 0);
    river.move_money(bob, cyd, 50);
    river.done(&set_status(Authority::Service, cyd.account, FROZEN));
    let asked = approval(river.done(&ask(otto, cyd.account, losses, WriteOffCategory::GivenUp)));
    river.share(otto, cyd.member, MemberStatus::Active);
    assert_eq!(river.refused(&agree(iris, &asked)), conflict(ConflictReason::OwnAccount));
}

#[test]
fn a_frozen_account_of_the_communitys_own_is_named() {
    let mut river = River::new();
    let (losses, greta) = (river.losses(), river.admin("Greta", 0));
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 0));
    river.move_money(ada, bob, 900);
    river.done(&set_status(Authority::Service, ada.account, FROZEN));
    river.done(&set_status(Authority::Service, losses, FROZEN));
    let refused = river.refused(&ask(greta, ada.account, losses, WriteOffCategory::Unreachable));
    let code = river.account(losses).code.clone();
    assert_eq!(refused, Refusal::AccountNotActive { code, status: FROZEN });
}
