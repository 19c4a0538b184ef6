//! How a currency is doing.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::amount::{Amount, Scale};
use crate::domain::health::{Figure, Group, Snapshot, Threshold};
use crate::services::health::HealthReport;
use crate::services::health::thresholds::Thresholds;
use crate::services::series::Interval;

/// How a community's currency is doing, and did.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = CurrencyHealth)]
pub struct HealthView {
    /// The community's code.
    #[schema(example = "RIVER")]
    community: String,
    /// By whose clocks days begin and end.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// The day of which the newest figures are; null where nothing has been measured yet.
    #[schema(example = "2026-09-21")]
    day: Option<String>,
    /// The moment of which they are.
    #[schema(example = "2026-09-21T14:13:20.000000Z")]
    measured_at: Option<String>,
    /// Whether that day is over.
    is_day_over: bool,
    /// Each figure's newest value.
    figures: Vec<FigureView>,
    /// The members' open accounts in the order of their balances, in tenths of them: `from` and `to` are hundredths of the accounts.
    /// Where tenths would be smaller than three accounts, the groups are larger.
    deciles: Vec<GroupView>,
    /// What accounts owe, by for how many days they have been below zero.
    negative_ages: Vec<GroupView>,
    /// What accounts hold, by for how many days they have paid nothing and been paid nothing.
    idle_ages: Vec<GroupView>,
    /// From where on admins are told.
    thresholds: Vec<ThresholdView>,
    /// The figures over time.
    series: HealthSeriesView,
}

/// A figure's newest value.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HealthFigure)]
pub struct FigureView {
    /// Its name.
    #[schema(example = "velocity")]
    name: &'static str,
    /// What it is measured in: `money` (the community's currency), `count`, `ratio` or `days`.
    #[schema(example = "ratio")]
    unit: &'static str,
    /// Whether it tells of a day, so that a longer step's value is the sum of its days'; else it is as it stands.
    adds_up: bool,
    /// Its value; null where there is none to tell.
    #[schema(example = "1.2500")]
    value: Option<String>,
}

/// Some accounts together.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HealthGroup)]
pub struct GroupView {
    /// Where it begins.
    #[schema(example = 0)]
    from: i64,
    /// Where it ends; null where nothing lies behind it.
    #[schema(example = 10)]
    to: Option<i64>,
    /// How many accounts; null where they are too few to be told of.
    #[schema(example = 12)]
    accounts: Option<i64>,
    /// The sum of what they have, below zero for what they owe among the deciles; null where they are too few.
    #[schema(example = "-250.00")]
    sum: Option<String>,
}

/// From where on admins are told of a figure.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HealthThreshold)]
pub struct ThresholdView {
    /// The figure.
    #[schema(example = "active_share")]
    figure: &'static str,
    /// On which side the figure should not be: `above` or `below`.
    #[schema(example = "below")]
    side: &'static str,
    /// The last value that is all right.
    #[schema(example = "0.2500")]
    value: String,
    /// Since the end of which day it has been crossed; null where it is not.
    #[schema(example = "2026-09-21")]
    crossed_on: Option<String>,
}

/// A community's alert thresholds.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HealthThresholds)]
pub struct HealthThresholdsView {
    /// All of them.
    thresholds: Vec<ThresholdView>,
}

/// Figures over time, oldest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HealthSeries)]
pub struct HealthSeriesView {
    /// How long each step is: `day`, `week` or `month`.
    #[schema(example = "day")]
    interval: &'static str,
    /// The steps.
    data: Vec<HealthPointView>,
}

/// A step of the series.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = HealthPoint)]
pub struct HealthPointView {
    /// Its first day.
    #[schema(example = "2026-09-21")]
    date: String,
    /// When it ends.
    #[schema(example = "2026-09-21T22:00:00.000000Z")]
    until: String,
    /// Each figure's value by its name; null where there is none to tell.
    #[schema(example = json!({"turnover": "120.00", "velocity": "1.2500"}))]
    values: BTreeMap<&'static str, Option<String>>,
}

impl HealthView {
    /// A report with its steps.
    pub fn new(report: &HealthReport, interval: Interval) -> Self {
        let scale = report.community.scale;
        let newest = report.newest.as_ref();
        let nothing = Snapshot::default();
        let snapshot = newest.map_or(&nothing, |newest| &newest.figures);
        let groups = |groups: &[Group]| groups.iter().map(|group| GroupView::new(group, scale)).collect();
        let text = |figure: Figure, value: i64| figure.unit().format(value, scale);
        let point = |point: &crate::services::health::HealthPoint| HealthPointView {
            date: point.day.to_string(),
            until: point.until.rfc3339(),
            values: report
                .figures
                .iter()
                .zip(&point.values)
                .map(|(figure, value)| (figure.name(), value.map(|value| text(*figure, value))))
                .collect(),
        };
        let figure = |figure: &Figure| FigureView {
            name: figure.name(),
            unit: figure.unit().name(),
            adds_up: figure.adds_up(),
            value: snapshot.value(*figure).map(|value| text(*figure, value)),
        };
        Self {
            community: report.community.code.to_string(),
            time_zone: report.community.time_zone.name().to_owned(),
            day: newest.map(|newest| newest.day.to_string()),
            measured_at: newest.map(|newest| newest.until.rfc3339()),
            is_day_over: newest.is_some_and(|newest| newest.is_final),
            figures: Figure::ALL.iter().map(figure).collect(),
            deciles: groups(&snapshot.deciles),
            negative_ages: groups(&snapshot.negative_ages),
            idle_ages: groups(&snapshot.idle_ages),
            thresholds: thresholds(&report.thresholds, scale),
            series: HealthSeriesView {
                interval: interval.name(),
                data: report.points.iter().map(point).collect(),
            },
        }
    }
}

impl GroupView {
    fn new(group: &Group, scale: Scale) -> Self {
        Self {
            from: group.from,
            to: group.to,
            accounts: group.sum.map(|_| group.accounts),
            sum: group.sum.map(|sum| scale.format(Amount::from_minor(sum))),
        }
    }
}

impl From<&Thresholds> for HealthThresholdsView {
    fn from(set: &Thresholds) -> Self {
        Self { thresholds: thresholds(&set.thresholds, set.community.scale) }
    }
}

fn thresholds(all: &[Threshold], scale: Scale) -> Vec<ThresholdView> {
    let view = |threshold: &Threshold| ThresholdView {
        figure: threshold.figure.name(),
        side: threshold.side.name(),
        value: threshold.figure.unit().format(threshold.value, scale),
        crossed_on: threshold.crossed_on.map(|day| day.to_string()),
    };
    all.iter().map(view).collect()
}
