//! Where a shop's payers go afterwards: addresses that are shown from the shop's own record only.

use super::redirects::RedirectUri;

/// The name by which developers reach their own machine. Nothing secret goes there, only an id.
const LOCALHOST: &str = "http://localhost";

/// An address to which a page may send a payer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReturnUrl {
    text: String,
    known: RedirectUri,
}

impl ReturnUrl {
    /// Reads an address: `https` anywhere, `http` on the own machine. No fragment, no user, nothing that would have to be
    /// escaped.
    pub fn parse(text: &str) -> Option<Self> {
        let rest =
            text.strip_prefix(LOCALHOST).filter(|rest| rest.is_empty() || rest.starts_with([':', '/', '?']));
        let known = match rest {
            Some(rest) => RedirectUri::parse(&format!("http://127.0.0.1{rest}")),
            None => {
                RedirectUri::parse(text).filter(|_| text.starts_with("https:") || text.starts_with("http:"))
            }
        };
        known.map(|known| Self { text: text.to_owned(), known })
    }

    /// The address with parameters, which must be form-encoded.
    pub fn with_query(&self, query: &str) -> String {
        let separator = if self.text.contains('?') { '&' } else { '?' };
        format!("{}{separator}{query}", self.text)
    }

    /// What a page's policy must let its form lead to.
    pub fn policy_source(&self) -> String {
        match self.text.strip_prefix(LOCALHOST) {
            Some(rest) => {
                let port: String = rest.chars().take_while(|c| *c == ':' || c.is_ascii_digit()).collect();
                format!("{LOCALHOST}{port}")
            }
            None => self.known.policy_source(),
        }
    }

    /// Where the address leads, for people.
    pub fn destination(&self) -> &str {
        if self.text.starts_with(LOCALHOST) { "localhost" } else { self.known.destination() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_are_taken() {
        for good in [
            "https://shop.example/ok",
            "https://shop.example/ok?order=1&key=wc_order_1",
            "http://127.0.0.1:8080/ok",
            "http://localhost:8080/ok",
            "http://localhost",
        ] {
            assert!(ReturnUrl::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "javascript:alert(1)",
            "data:text/html,x",
            "org.example.wallet:/ok",
            "http://shop.example/ok",
            "http://localhost.evil.example/ok",
            "http://localhost@evil.example/ok",
            "https://shop.example/ok#x",
            "https://user@shop.example/",
            "//shop.example/ok",
            "https://shop.example/\"onmouseover=x",
            "https://shop.example/a\r\nSet-Cookie: x=y",
            "HTTPS://shop.example/",
        ] {
            assert!(ReturnUrl::parse(bad).is_none(), "{bad}");
        }
    }

    #[test]
    fn parameters_are_added_behind_the_shops_own() {
        let with = |text: &str| ReturnUrl::parse(text).unwrap().with_query("checkout=1");
        assert_eq!(with("https://shop.example/ok"), "https://shop.example/ok?checkout=1");
        assert_eq!(with("https://shop.example/ok?a=b"), "https://shop.example/ok?a=b&checkout=1");
        assert_eq!(ReturnUrl::parse("http://localhost:81/x").unwrap().policy_source(), "http://localhost:81");
    }
}
