//! What a community's admins choose about it as a whole.

use super::support::{River, by, limits, minor, step_up_setting};
use crate::domain::approval::{ApprovalRules, SetApprovalRules, SettleApproval};
use crate::domain::command::{Action, Authority, Command};
use crate::domain::fold::Outcome;
use crate::domain::member::Role;
use crate::domain::refusal::{ConflictReason, Refusal};
use crate::domain::settings::{ChangeSettings, SettingsChange};

fn renamed(name: &str) -> ChangeSettings {
    let change = SettingsChange { name: Some(name.into()), ..SettingsChange::default() };
    ChangeSettings { change, reason: "Decided".into(), if_version: None }
}

fn change(authority: Authority, wanted: ChangeSettings) -> Command {
    by(authority, Action::ChangeSettings(wanted))
}

/// From now on two admins have to agree to something.
fn have_two_agree(river: &mut River, admin: Authority) {
    let rules = ApprovalRules { limits_above: Some(minor(1_000)), reversals_above: None };
    let set = Action::SetApprovalRules(SetApprovalRules { rules, reason: "Decided".into() });
    assert_eq!(river.done(&by(admin, set)), Outcome::Done);
}

#[test]
fn each_change_is_one_version_on_the_record() {
    let mut river = River::new();
    let greta = river.newcomer("Greta", Role::Admin, limits(0, None)).authority();
    assert_eq!(river.state.community.settings_version, 1);
    river.done(&change(greta, ChangeSettings { if_version: Some(1), ..renamed("The \"River\"") }));
    let community = &river.state.community;
    assert_eq!((community.name.as_str(), community.settings_version), ("The \"River\"", 2));
    assert_eq!(river.last.changed_community.as_deref(), Some(&**community));
    let audit = river.last.audits.last().expect("a line in the audit log");
    assert_eq!(audit.action, "community.settings");
    assert!(audit.after.contains(r#""version":2,"name":"The \"River\"""#), "{}", audit.after);
    assert!(river.last.texts.iter().any(|text| text.text == "Decided"));

    river.done(&change(greta, renamed("The \"River\"")));
    assert_eq!(
        (river.state.community.settings_version, river.last.audits.len()),
        (2, 0),
        "nothing is otherwise"
    );
    let stale = ChangeSettings { if_version: Some(1), ..renamed("Late") };
    assert_eq!(river.refused(&change(greta, stale)), Refusal::PreconditionFailed);
    let ada = river.member("Ada", 0);
    assert_eq!(river.refused(&change(ada.authority(), renamed("Ada's"))), Refusal::Forbidden);
    assert_eq!(river.state.community.settings_version, 2);
    have_two_agree(&mut river, greta);
    assert_eq!(river.state.community.settings_version, 3, "the rules are settings, too");
}

#[test]
fn protecting_less_waits_for_another_admin() {
    let mut river = River::new();
    let greta = river.newcomer("Greta", Role::Admin, limits(0, None)).authority();
    let otto = river.newcomer("Otto", Role::Admin, limits(0, None)).authority();
    river.done(&change(greta, step_up_setting(Some(500))));
    river.done(&change(greta, step_up_setting(Some(600))));
    have_two_agree(&mut river, greta);

    let mixed = ChangeSettings {
        change: SettingsChange { name: Some("Mixed".into()), ..step_up_setting(None).change },
        ..step_up_setting(None)
    };
    let refusal = Refusal::Conflict(ConflictReason::ApprovalNeeded);
    assert_eq!(river.refused(&change(greta, mixed)), refusal);
    let Outcome::Approval(asked) = river.done(&change(greta, step_up_setting(None))) else {
        panic!("another admin has to agree")
    };
    assert_eq!(river.state.community.step_up_above, Some(minor(600)), "nothing is done yet");
    // Meanwhile something else changes, which the agreement leaves as it is.
    river.done(&change(otto, renamed("Renamed")));
    river.done(&change(greta, step_up_setting(Some(550))));
    let settle =
        Action::SettleApproval(SettleApproval { approval_id: asked.id, agrees: true, reason: String::new() });
    let own = Refusal::Conflict(ConflictReason::OwnRequest);
    assert_eq!(river.refused(&by(greta, settle.clone())), own);
    river.done(&by(otto, settle));
    let community = &river.state.community;
    assert_eq!((community.step_up_above, community.name.as_str()), (None, "Renamed"));
}
