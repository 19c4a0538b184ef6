//! Balances over time.

use serde::Serialize;
use utoipa::ToSchema;

use crate::services::series::{Interval, Series};

/// An account's balance over time, oldest first.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Balances)]
pub struct SeriesView {
    /// The account's code.
    #[schema(example = "RIVER0001")]
    account: String,
    /// How long each step is: `day`, `week` or `month`.
    #[schema(example = "day")]
    interval: &'static str,
    /// By whose clocks the steps begin and end.
    #[schema(example = "Europe/Berlin")]
    time_zone: String,
    /// The steps.
    data: Vec<PointView>,
}

/// A step of a series.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BalancePoint)]
pub struct PointView {
    /// Its first day.
    #[schema(example = "2026-09-21")]
    date: String,
    /// When it ends.
    #[schema(example = "2026-09-21T22:00:00.000000Z")]
    until: String,
    /// The balance then, or now where that has not come.
    #[schema(example = "-12.50")]
    balance: String,
}

impl SeriesView {
    /// A series in its community's currency.
    pub fn new(series: &Series, interval: Interval) -> Self {
        let scale = series.community.scale;
        let point = |point: &crate::services::series::Point| PointView {
            date: point.day.to_string(),
            until: point.until.rfc3339(),
            balance: scale.format(point.balance),
        };
        Self {
            account: series.account.code.to_string(),
            interval: interval.name(),
            time_zone: series.community.time_zone.name().to_owned(),
            data: series.points.iter().map(point).collect(),
        }
    }
}
