//! What the community agreed on, and its registers.

use super::{cell, code, line};
use crate::domain::amount::Amount;
use crate::domain::archive::{Archive, LimitsSource, write_instalments};
use crate::domain::contributions::Holding;
use crate::domain::fees::Fee;
use crate::domain::ids::GroupId;
use crate::domain::time::Timestamp;

const LIMITS: &str = "account,credit_limit,ceiling,reason,at,by,until,order\r\n";
const ALLOWANCES: &str = "account,amount,until\r\n";
const GROUPS: &str = "member,kind,group\r\n";
const FEES: &str = "payer_fixed,payer_basis_points,payee_fixed,payee_basis_points\r\n";
const LEAVINGS: &str = "member,target_on,instalments,proposed_as,agreed\r\n";
const SETTINGS: &str = "setting,value\r\n";
const CONTRIBUTIONS: &str = "account,month,contribution,holding_charge\r\n";
const INCOMES: &str = "every,period,outcome,members,left_out,amount,available,at\r\n";
const MISSED: &str = "of,every,from,until,at\r\n";
const MERGES: &str = "account,kept,at,of\r\n";
const WRITE_OFFS: &str = "of,category,asked_by,agreed_by\r\n";

/// A file of these lines behind its first one.
fn file(head: &str, lines: impl Iterator<Item = Vec<String>>) -> String {
    let mut csv = String::from(head);
    csv.extend(lines.map(|fields| line(&fields)));
    csv
}

fn number_of(member: Option<i64>) -> String {
    member.map(|number| number.to_string()).unwrap_or_default()
}

fn time(at: Option<Timestamp>) -> String {
    at.map(Timestamp::rfc3339).unwrap_or_default()
}

/// The name of a group, as a cell.
pub(super) fn group(archive: &Archive, id: Option<GroupId>) -> String {
    let found = archive.groups.iter().find(|group| Some(group.id) == id);
    found.map(|group| cell(&group.name)).unwrap_or_default()
}

pub(super) fn limits(archive: &Archive) -> String {
    let money = |amount: Amount| archive.community.scale.format(amount);
    let lines = archive.limits.iter().map(|row| {
        let (by, until) = match row.by {
            None => ("", None),
            Some(LimitsSource::Policy) => ("policy", None),
            Some(LimitsSource::Override { until }) => ("override", until),
        };
        vec![
            code(archive, row.account),
            money(row.limits.credit_limit),
            row.limits.ceiling.map(money).unwrap_or_default(),
            cell(&row.reason),
            row.at.rfc3339(),
            by.to_owned(),
            time(until),
            row.seq.to_string(),
        ]
    });
    file(LIMITS, lines)
}

pub(super) fn allowances(archive: &Archive) -> String {
    let lines = archive.accounts.iter().filter_map(|account| {
        let allowance = account.allowance?;
        let amount = archive.community.scale.format(allowance.amount);
        Some(vec![account.code.to_string(), amount, allowance.until.rfc3339()])
    });
    file(ALLOWANCES, lines)
}

/// The groups in their order, each by itself, and then who is in them.
pub(super) fn groups(archive: &Archive) -> String {
    let alone = archive.groups.iter().map(|group| vec![String::new(), String::new(), cell(&group.name)]);
    let members = archive
        .classes
        .iter()
        .map(|(number, kind, id)| vec![number.to_string(), kind.name().to_owned(), group(archive, *id)]);
    file(GROUPS, alone.chain(members))
}

/// What payments bear, where they ever bore anything.
pub(super) fn fees(archive: &Archive) -> String {
    let rules = &archive.community.fees;
    let fee = |fee: Fee| [archive.community.scale.format(fee.fixed), fee.basis_points.to_string()];
    let of_both = rules.fund_id.map(|_| [fee(rules.payer), fee(rules.payee)].concat());
    file(FEES, of_both.into_iter())
}

pub(super) fn leavings(archive: &Archive) -> String {
    let lines = archive.plans.iter().map(|(number, plan)| {
        vec![
            number.to_string(),
            plan.target_on.to_string(),
            cell(&write_instalments(&plan.instalments, archive.community.scale)),
            plan.proposed_as.name().to_owned(),
            if plan.agreed_by.is_some() { "yes" } else { "no" }.to_owned(),
        ]
    });
    file(LEAVINGS, lines)
}

/// What admins chose, where they did: what is not named is as in the beginning.
pub(super) fn settings(archive: &Archive) -> String {
    let money = |amount: Amount| archive.community.scale.format(amount);
    let mut lines: Vec<Vec<String>> = Vec::new();
    let mut add = |setting: &str, value: String| lines.push(vec![setting.to_owned(), value]);
    let community = &archive.community;
    for (setting, above) in [
        ("step_up_above", community.step_up_above),
        ("two_admins_for_limits_above", community.approval_rules.limits_above),
        ("two_admins_for_reversals_above", community.approval_rules.reversals_above),
    ] {
        if let Some(above) = above {
            add(setting, money(above));
        }
    }
    let choices = &archive.choices;
    if let Some(joining) = choices.joining {
        add("joining", joining.joining.name().to_owned());
        add("members_may_invite", if joining.members_may_invite { "yes" } else { "no" }.to_owned());
    }
    if let Some((rules, month)) = choices.contributions {
        add("contribution_every", rules.every.name().to_owned());
        add("contribution_amount", money(rules.amount));
        let mut side = |name: &str, holding: Holding| {
            add(&format!("holding_{name}_allowance"), money(holding.allowance));
            add(&format!("holding_{name}_basis_points"), holding.basis_points.to_string());
        };
        side("above", rules.above);
        side("below", rules.below);
        add("contribution_next", month.to_string());
    }
    if let Some((rules, period)) = choices.income {
        add("income_every", rules.every.name().to_owned());
        add("income_amount", money(rules.amount));
        if let Some(kind) = rules.who.kind {
            add("income_kind", kind.name().to_owned());
        }
        if rules.who.group_id.is_some() {
            add("income_group", group(archive, rules.who.group_id));
        }
        add("income_member_days", rules.who.member_days.to_string());
        if let Some(days) = rules.who.traded_days {
            add("income_traded_days", days.to_string());
        }
        add("income_next", period.to_string());
    }
    for threshold in &choices.thresholds {
        let name = format!("threshold.{}.{}", threshold.figure.name(), threshold.side.name());
        add(&name, threshold.value.to_string());
    }
    file(SETTINGS, lines.into_iter())
}

pub(super) fn contributions(archive: &Archive) -> String {
    let money = |amount: Amount| archive.community.scale.format(amount);
    let lines = archive.charged.iter().map(|(account, charged)| {
        let owing = charged.owing;
        vec![
            code(archive, *account),
            charged.month.to_string(),
            money(owing.contribution),
            money(owing.holding),
        ]
    });
    file(CONTRIBUTIONS, lines)
}

pub(super) fn incomes(archive: &Archive) -> String {
    let money = |amount: Amount| archive.community.scale.format(amount);
    let lines = archive.incomes.iter().map(|run| {
        vec![
            run.every.name().to_owned(),
            run.period.to_string(),
            run.outcome.name().to_owned(),
            run.members.to_string(),
            run.left_out.to_string(),
            money(run.amount),
            money(run.available),
            run.made_at.rfc3339(),
        ]
    });
    file(INCOMES, lines)
}

pub(super) fn missed(archive: &Archive) -> String {
    let lines = archive.missed.iter().map(|periods| {
        vec![
            periods.work.name().to_owned(),
            periods.every.name().to_owned(),
            periods.from.to_string(),
            periods.until.to_string(),
            periods.noted_at.rfc3339(),
        ]
    });
    file(MISSED, lines)
}

pub(super) fn merges(archive: &Archive) -> String {
    let lines = archive.merges.iter().map(|merge| {
        let of = merge.transfer.map(|number| number.to_string()).unwrap_or_default();
        vec![code(archive, merge.account), code(archive, merge.kept), merge.at.rfc3339(), of]
    });
    file(MERGES, lines)
}

pub(super) fn write_offs(archive: &Archive) -> String {
    let lines = archive.write_offs.iter().map(|written| {
        vec![
            written.transfer.to_string(),
            written.category.name().to_owned(),
            number_of(written.asked_by),
            number_of(written.agreed_by),
        ]
    });
    file(WRITE_OFFS, lines)
}
