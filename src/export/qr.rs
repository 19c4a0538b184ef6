//! QR codes, as the path of an SVG.

use std::fmt::Write as _;

use qrcodegen::{QrCode, QrCodeEcc};

/// Light modules around the code, which readers need.
const MARGIN: i32 = 4;

/// A text as a QR code: an SVG with one path, black on white in any colour scheme. None where the text is too long for one.
pub fn svg(text: &str, label: &str) -> Option<String> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let mut path = String::new();
    for y in 0..code.size() {
        for x in (0..code.size()).filter(|x| code.get_module(*x, y)) {
            // Writing to a string cannot fail.
            let _ = write!(path, "M{},{}h1v1h-1z", x + MARGIN, y + MARGIN);
        }
    }
    let size = code.size() + 2 * MARGIN;
    Some(format!(
        r##"<svg class="qr" role="img" aria-label="{label}" viewBox="0 0 {size} {size}" shape-rendering="crispEdges"><path fill="#fff" d="M0,0h{size}v{size}h-{size}z"/><path fill="#000" d="{path}"/></svg>"##
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_its_finder_patterns_and_a_margin() {
        let svg = svg("https://river.example/c/Zk3vX0m2q8rB1tYw4uNpLA", "Code").unwrap();
        assert!(svg.contains("M4,4h1v1h-1z") && !svg.contains("M3,4h1"));
        assert!(super::svg(&"x".repeat(5_000), "Code").is_none());
    }
}
