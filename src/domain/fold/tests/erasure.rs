//! Forgetting who a member was.

use super::support::{Person, River, answered, by, keyed, minor, pay, set_status};
use crate::domain::account::AccountStatus;
use crate::domain::command::{Action, Authority, Command, EraseMember, SetRole};
use crate::domain::fold::Outcome;
use crate::domain::ids::AccountId;
use crate::domain::member::Role;
use crate::domain::refusal::{ConflictReason, Refusal, Thing};

const NAME: &str = "former member 7";

fn erase(person: Person, account_ids: &[AccountId]) -> Command {
    let erase =
        EraseMember { member_id: person.member, account_ids: account_ids.to_vec(), name: NAME.to_owned() };
    by(Authority::Service, Action::EraseMember(erase))
}

/// Ada, who paid and was paid and has closed her account; Bob; an admin.
fn settled() -> (River, Person, Person, Person) {
    let mut river = River::new();
    let (ada, bob) = (river.member("Ada", 1_000), river.member("Bob", 1_000));
    let greta = river.admin("Greta", 0);
    river.move_money(ada, bob, 5);
    river.move_money(bob, ada, 5);
    river.done(&set_status(greta.authority(), ada.account, AccountStatus::Closed));
    (river, ada, bob, greta)
}

#[test]
fn only_the_service_erases_and_only_who_has_closed_every_account() {
    let (mut river, ada, bob, greta) = settled();
    for authority in [ada.authority(), greta.authority()] {
        let asked = Command { authority, ..erase(ada, &[ada.account]) };
        assert_eq!(river.refused(&asked), Refusal::Forbidden);
    }
    let open = Refusal::Conflict(ConflictReason::AccountOpen);
    assert_eq!(river.refused(&erase(bob, &[bob.account])), open);
    assert_eq!(river.refused(&erase(ada, &[ada.account, bob.account])), open);
    assert_eq!(river.refused(&erase(bob, &[ada.account])), Refusal::NotFound(Thing::Member));
    let nobody = river.stranger();
    assert_eq!(river.refused(&erase(ada, &[nobody.account])), Refusal::NotFound(Thing::Account));
}

#[test]
fn a_name_goes_and_everything_that_the_chain_keeps_stays() {
    let (mut river, ada, bob, _) = settled();
    let (head, balance) = (river.state.head.clone(), river.balance(bob));
    assert_eq!(river.done(&erase(ada, &[ada.account])), Outcome::Done);
    assert_eq!(river.account(ada.account).name.as_ref(), NAME);
    assert_eq!((river.balance(ada), river.balance(bob)), (0, balance));
    assert_eq!(river.account(ada.account).status, AccountStatus::Closed);
    // The head moves, so that other processes look again, and nothing is added to the chain.
    assert_eq!((river.state.head.seq, river.state.head.hash), (head.seq, head.hash));
    assert!(river.state.head.version > head.version && river.last.has_rare_rows());
    assert!(river.last.records.is_empty() && river.last.events.is_empty());
    let [erased] = river.last.erased_members.as_slice() else { panic!("{:?}", river.last.erased_members) };
    assert_eq!((erased.id, erased.name.as_str()), (ada.member, NAME));
    let [line] = river.last.audits.as_slice() else { panic!("{:?}", river.last.audits) };
    assert_eq!((line.action, line.subject_id, line.actor), ("member.erased", ada.member.uuid(), None));
    assert!(river.last.texts.is_empty() && line.before.is_empty() && line.after.is_empty());
    // Who was erased is a stranger from here on.
    assert!(matches!(river.refused(&pay(ada, bob, 1)), Refusal::NotFound(_)));
    assert_eq!(river.done(&erase(ada, &[ada.account])), Outcome::Done, "twice is as good as once");
}

#[test]
fn what_was_answered_before_is_not_repeated_in_the_batch_of_an_erasure() {
    let (mut river, ada, bob, greta) = settled();
    let payment = keyed(pay(bob, greta, 2), "bread");
    let refused = keyed(pay(bob, greta, 999_999), "house");
    let first = river.answered(&payment);
    let kept = river.answered(&refused);
    let repeated = river.answered(&payment);
    assert_eq!((repeated.body, repeated.is_replay), (first.body.clone(), true));
    let outcomes = river.batch(&[payment.clone(), erase(ada, &[ada.account]), payment, refused]);
    let [before, done, after, refusal] = <[Outcome; 4]>::try_from(outcomes).unwrap();
    assert_eq!(answered(before).body, first.body);
    assert_eq!(done, Outcome::Done);
    let after = answered(after);
    assert_eq!((after.status, after.payment_id, after.is_replay), (201, first.payment_id, true));
    assert_eq!(after.body, None, "the present representation is shown in its place");
    assert_eq!(answered(refusal).body, kept.body, "a refusal names nobody");
    assert_eq!(river.account(bob.account).balance, minor(-2));
}

#[test]
fn an_erased_admin_is_nobody_on_whom_others_could_rely() {
    let mut river = River::new();
    river.state.knows_admins = true;
    let (greta, hugo) = (river.admin("Greta", 0), river.admin("Hugo", 0));
    let demote = |person: Person| {
        let change = SetRole { member_id: person.member, role: Role::Member, reason: String::new() };
        by(Authority::Service, Action::SetRole(change))
    };
    river.done(&set_status(greta.authority(), hugo.account, AccountStatus::Closed));
    river.done(&erase(hugo, &[hugo.account]));
    assert_eq!(river.refused(&demote(greta)), Refusal::Conflict(ConflictReason::LastAdmin));
}

#[test]
fn two_parts_of_a_batch_carry_both_erasures() {
    let (mut river, ada, bob, greta) = settled();
    river.done(&set_status(greta.authority(), bob.account, AccountStatus::Closed));
    river.done(&erase(ada, &[ada.account]));
    let mut both = river.last.clone();
    river.done(&erase(bob, &[bob.account]));
    both.append(river.last.clone());
    let erased: Vec<_> = both.erased_members.iter().map(|erased| erased.id).collect();
    assert_eq!(erased, [ada.member, bob.member]);
    assert!(!both.is_empty());
}
