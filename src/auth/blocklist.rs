//! Common passwords: a list made of the words and endings that people use most, at whatever length the rules ask for.

use std::collections::HashSet;
use std::sync::LazyLock;

/// What common passwords are made of: words, names, teams, months, places of keys.
const WORDS: &str = "password passwort passw0rd p@ssword p@ssw0rd motdepasse contrasena senha wachtwoord parola \
    welcome welcome1 letmein changeme secret default admin administrator root user guest test tester testing login \
    master access system manager office company internet computer laptop windows server network database security \
    iloveyou iloveu loveyou mylove love lovely sweetheart darling baby babygirl angel princess prince queen king \
    superman batman spiderman ironman pokemon pikachu minecraft fortnite starwars naruto gandalf frodo matrix ninja \
    dragon monkey tiger lion panda eagle shadow wolf horse butterfly kitty puppy dolphin unicorn monster phoenix \
    sunshine sunflower flower rainbow summer winter spring autumn snow ocean mountain river island forest garden \
    january february march april may june july august september october november december monday tuesday wednesday \
    thursday friday saturday sunday football baseball basketball hockey soccer tennis golf cricket liverpool chelsea \
    arsenal barcelona juventus madrid united yankees lakers cowboys ferrari porsche mercedes mustang corvette yamaha \
    michael jessica jennifer ashley daniel thomas robert charlie jordan andrew matthew joshua nicole amanda samantha \
    maria anna peter martin sophie oliver hannah lucas emma david james john william george freedom trustno1 whatever \
    hello hello1 goodbye thankyou please friend friends family mother father brother sister jesus christ heaven \
    blessed faith hope peace music guitar rockstar metallica computer1 google facebook instagram apple samsung \
    chocolate cookie banana orange cheese pepper ginger coffee pizza whiskey vodka silver golden diamond crystal \
    killer hunter ranger soldier warrior knight wizard magic lucky success winner money million qwerty qwertz azerty \
    qwertyuiop asdfgh asdfghjkl zxcvbn zxcvbnm qazwsx 1qaz2wsx q1w2e3r4 1q2w3e4r abc abc123 abcd abcdef abcdefg a1b2c3 \
    abcdefgh 123abc 12345 123456 1234567 12345678 123456789 1234567890 0987654321 987654321 654321 111111 000000 666666 \
    777777 888888 999999 112233 121212 123123 123321 147258 159753 696969 london paris berlin america canada germany \
    community currency exchange credit account payment counterfoil";

/// What is put behind a word where a rule asks for more.
const ENDINGS: [&str; 24] = [
    "", "1", "12", "123", "1234", "12345", "123456", "0", "00", "01", "007", "11", "69", "99", "!", "!!",
    "1!", "123!", ".", "#1", "2024", "2025", "2026", "abc",
];

/// Rows of keys and of the alphabet, along which fingers walk.
const WALKS: [&str; 8] = [
    "01234567890",
    "abcdefghijklmnopqrstuvwxyz",
    "qwertyuiop",
    "qwertzuiop",
    "azertyuiop",
    "asdfghjkl",
    "zxcvbnm",
    "qwertyuiopasdfghjklzxcvbnm",
];

/// A unit this short, repeated, is no password however long it gets, in characters.
const REPEATED_UNIT_CHARS_MAX: usize = 4;

static LISTED: LazyLock<HashSet<String>> = LazyLock::new(|| {
    let joined = |word: &str| ENDINGS.iter().map(|ending| format!("{word}{ending}")).collect::<Vec<_>>();
    WORDS.split_whitespace().flat_map(joined).collect()
});

/// Whether a password is on the list, two entries of it, a short text repeated, or a walk over the keys. Case and
/// what is put between the words do not matter.
pub fn is_common(password: &str) -> bool {
    let folded = password.to_lowercase();
    let unit = repeated_unit(&folded);
    let is_repeated = unit.len() < folded.len() && unit.chars().count() <= REPEATED_UNIT_CHARS_MAX;
    let bare: String = folded.chars().filter(|character| character.is_alphanumeric()).collect();
    let texts = [folded.as_str(), unit, &bare, repeated_unit(&bare)];
    is_repeated || texts.into_iter().any(|text| is_listed_pair(text) || is_walk(text))
}

/// How many passwords the list holds by itself.
pub fn length() -> usize {
    LISTED.len()
}

/// Whether a text is one or two entries of the list.
fn is_listed_pair(text: &str) -> bool {
    LISTED.contains(text)
        || text.char_indices().any(|(place, _)| {
            let (first, second) = text.split_at(place);
            LISTED.contains(first) && LISTED.contains(second)
        })
}

/// The shortest text that gives this one when it is repeated: the text itself, mostly.
fn repeated_unit(text: &str) -> &str {
    let units = text.char_indices().skip(1).map(|(place, _)| text.split_at(place).0);
    units
        .filter(|unit| text.len().is_multiple_of(unit.len()))
        .find(|unit| unit.repeat(text.len() / unit.len()) == text)
        .unwrap_or(text)
}

fn is_walk(text: &str) -> bool {
    if text.is_empty() {
        return false;
    }
    let backwards: String = text.chars().rev().collect();
    WALKS.iter().any(|walk| {
        let round = walk.repeat(text.len() / walk.len() + 2);
        round.contains(text) || round.contains(&backwards)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_long_enough_and_found_in_all_its_disguises() {
        assert!(length() >= 3_000, "{}", length());
        let common = [
            "password",
            "PassWord123!",
            "passwordpassword",
            "Welcome12345",
            "password-password-password",
            "iloveyou iloveyou",
            "qwertyuiopasdfghjkl",
            "12345678901234567890",
            "zyxwvutsrqponmlkjihg",
            "aaaaaaaaaaaaaaaaaaaa",
            "abcabcabcabcabcabc",
            "Summer2025Summer2025",
            "liverpool.football",
            "Princess1Princess1",
            "1qaz2wsx1qaz2wsx",
            "qwertzqwertzqwertz",
            "December2026!",
            "..................",
            "counterfoil12345",
        ];
        for password in common {
            assert!(is_common(password), "{password}");
        }
        let own = [
            "correct horse battery",
            "pelican-rudder-quilt",
            "tb8Qz!mmv0plk2x",
            "ein langer Spaziergang am Fluss",
            "密码是很长的一句话没有人知道",
        ];
        for password in own {
            assert!(!is_common(password), "{password}");
        }
        assert!(!is_common(""));
    }
}
