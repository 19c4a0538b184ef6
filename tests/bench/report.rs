//! The figures beside their targets: a plain table for people and one line of JSON for programs.

use serde_json::{Value, json};

pub enum Target {
    AtLeast(f64),
    AtMost(f64),
}

/// One judged figure: a single measurement, or ours beside the baseline's.
pub struct Figure {
    pub name: String,
    pub unit: &'static str,
    pub ours: f64,
    pub baseline: Option<f64>,
    /// What the target is about: the ratio where there is a baseline, else our figure. None: told, not judged.
    pub target: Option<Target>,
}

impl Figure {
    pub fn ratio(&self) -> Option<f64> {
        self.baseline.map(|baseline| if baseline > 0.0 { self.ours / baseline } else { 0.0 })
    }

    fn is_met(&self) -> Option<bool> {
        let judged = self.ratio().unwrap_or(self.ours);
        self.target.as_ref().map(|target| match target {
            Target::AtLeast(bound) => judged >= *bound,
            Target::AtMost(bound) => judged <= *bound,
        })
    }

    fn cells(&self) -> [String; 6] {
        let times = if self.baseline.is_some() { "×".to_owned() } else { format!(" {}", self.unit) };
        let target = match &self.target {
            Some(Target::AtLeast(bound)) => format!("≥ {bound}{times}"),
            Some(Target::AtMost(bound)) => format!("≤ {bound}{times}"),
            None => String::new(),
        };
        let verdict = self.is_met().map_or("", |met| if met { "met" } else { "short" });
        [
            self.name.clone(),
            format!("{} {}", number(self.ours), self.unit),
            self.baseline.map(|baseline| format!("{} {}", number(baseline), self.unit)).unwrap_or_default(),
            self.ratio().map(|ratio| format!("{ratio:.2}×")).unwrap_or_default(),
            target,
            verdict.to_owned(),
        ]
    }

    fn json(&self) -> Value {
        let target = self.target.as_ref().map(|target| match target {
            Target::AtLeast(bound) => json!({"at_least": bound}),
            Target::AtMost(bound) => json!({"at_most": bound}),
        });
        json!({
            "figure": self.name, "unit": self.unit, "ours": self.ours, "baseline": self.baseline,
            "ratio": self.ratio(), "target": target, "met": self.is_met(),
        })
    }
}

pub fn print(figures: &[Figure]) {
    let heads = ["figure (medians)", "ours", "baseline", "ratio", "target", ""].map(str::to_owned);
    let rows: Vec<[String; 6]> = std::iter::once(heads).chain(figures.iter().map(Figure::cells)).collect();
    let mut widths = [0; 6];
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().max(*width);
        }
    }
    println!();
    for row in &rows {
        // Names to the left, figures to the right.
        let cells = row.iter().zip(widths).enumerate().map(|(column, (cell, width))| match column {
            0 | 5 => format!("{cell:<width$}"),
            _ => format!("{cell:>width$}"),
        });
        println!("{}", cells.collect::<Vec<_>>().join("  ").trim_end());
    }
    println!();
    println!("{}", json!({"figures": figures.iter().map(Figure::json).collect::<Vec<_>>()}));
}

/// Three digits or more are enough.
fn number(value: f64) -> String {
    if value >= 100.0 { format!("{value:.0}") } else { format!("{value:.2}") }
}
