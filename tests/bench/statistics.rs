//! Exact percentiles and medians.

use crate::failure::{Context, Outcome};

const US_PER_MS: f64 = 1_000.0;

/// Latencies in order.
pub struct Latencies(Vec<u32>);

impl Latencies {
    /// There must be at least one.
    pub fn new(mut latencies_us: Vec<u32>) -> Outcome<Self> {
        latencies_us.sort_unstable();
        latencies_us.first().context("a payment in the counted seconds")?;
        Ok(Self(latencies_us))
    }

    pub fn count(&self) -> u32 {
        u32::try_from(self.0.len()).unwrap_or(u32::MAX)
    }

    /// The smallest latency that so many percent of all do not exceed.
    pub fn percentile_ms(&self, percent: usize) -> f64 {
        let rank = self.0.len().saturating_mul(percent).div_ceil(100).saturating_sub(1);
        self.0.get(rank).map_or(0.0, |us| f64::from(*us) / US_PER_MS)
    }
}

/// The middle one, or the mean of the two in the middle; zero of none.
pub fn median(values: impl IntoIterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.into_iter().collect();
    values.sort_by(f64::total_cmp);
    let upper = values.len() / 2;
    let lower = values.len().saturating_sub(1) / 2;
    let at = |index: usize| values.get(index).copied().unwrap_or_default();
    f64::midpoint(at(lower), at(upper))
}
