//! How often what is left to chance is tried.

/// The variable by which a campaign asks for more rounds than a commit: see `CONTRIBUTING.md`.
const ROUNDS: &str = "COUNTERFOIL_TEST_ROUNDS";

/// So many rounds as a campaign wants, else as are usual.
pub fn rounds(usual: usize) -> usize {
    asked_for().unwrap_or(usual)
}

/// Whether everything is to be tried, and not what suffices for a commit.
pub fn is_campaign() -> bool {
    asked_for().is_some()
}

fn asked_for() -> Option<usize> {
    let text = std::env::var(ROUNDS).ok()?;
    Some(text.parse().unwrap_or_else(|_| panic!("{ROUNDS}={text} is no number")))
}
