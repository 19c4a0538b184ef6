//! The three-letter code under which bank formats know a community's currency.
//!
//! Formats such as camt.053 want `[A-Z]{3}`. ISO 4217 leaves codes that begin with X to supranational and
//! private use, so a community's is X and two letters of its own code: `RIVER` becomes `XRV`.

use super::community::CommunityCode;

/// The codes beginning with X that ISO 4217 assigns, or once did: no community may have them.
const ASSIGNED: [&str; 23] = [
    "XAD", "XAF", "XAG", "XAU", "XBA", "XBB", "XBC", "XBD", "XCD", "XCG", "XDR", "XEU", "XFO", "XFU", "XOF",
    "XPD", "XPF", "XPT", "XRE", "XSU", "XTS", "XUA", "XXX",
];

/// The code of a community's currency: X, and the first two letters of the community's code that make one which ISO 4217 does
/// not assign; consonants before vowels, because they tell words apart better.
pub fn currency_code(community: &CommunityCode) -> String {
    let letters: Vec<char> = community.as_str().chars().collect();
    let is_vowel = |letter: &char| "AEIOU".contains(*letter);
    let (vowels, consonants): (Vec<char>, Vec<char>) = letters.iter().copied().partition(is_vowel);
    let preferred: Vec<char> = consonants.into_iter().chain(vowels).collect();
    pairs(&preferred)
        .chain(pairs(&ALPHABET))
        .map(|(first, second)| format!("X{first}{second}"))
        .find(|code| !ASSIGNED.contains(&code.as_str()))
        .unwrap_or_else(|| "XZZ".to_owned())
}

/// For a code whose own letters give nothing.
const ALPHABET: [char; 4] = ['Q', 'W', 'Y', 'Z'];

/// Every pair of letters in their order, the nearest to the beginning first.
fn pairs(letters: &[char]) -> impl Iterator<Item = (char, char)> + '_ {
    letters
        .iter()
        .enumerate()
        .flat_map(|(place, first)| letters.iter().skip(place + 1).map(move |second| (*first, *second)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_three_letters_that_iso_4217_leaves_free() {
        for (community, code) in [
            ("RIVER", "XRV"),
            ("CD", "XQW"),
            ("DECAR", "XDC"),
            ("PF", "XQW"),
            ("PFE", "XPE"),
            ("AU", "XQW"),
            ("OOO", "XOO"),
        ] {
            assert_eq!(currency_code(&community.parse().unwrap()), code, "{community}");
        }
    }
}
