//! Where codes may be sent: exact addresses, of which only a loopback's port is free (RFC 8252, RFC 9700).

use std::fmt;

/// The longest address.
const URI_BYTES_MAX: usize = 512;
/// Loopback as addresses, never by name: a name can be made to lead elsewhere.
const LOOPBACKS: [&str; 2] = ["127.0.0.1", "[::1]"];

/// An address to which an app may have codes sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RedirectUri {
    text: String,
    scheme: String,
    /// With its port; empty for a private scheme.
    authority: String,
}

impl RedirectUri {
    /// Reads an address: `https` anywhere, `http` on the loopback, or a private scheme with a point in it, such as
    /// `org.example.wallet:/signed-in`. No fragment, no user, nothing that would have to be escaped.
    pub fn parse(text: &str) -> Option<Self> {
        let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"<>\\^`{|}#'".contains(&byte);
        if text.len() > URI_BYTES_MAX || !text.bytes().all(is_plain) {
            return None;
        }
        let (scheme, rest) = text.split_once(':')?;
        if !is_scheme(scheme) {
            return None;
        }
        let authority = match scheme {
            "https" | "http" => {
                let rest = rest.strip_prefix("//")?;
                let end = rest.find(['/', '?']).unwrap_or(rest.len());
                rest.split_at(end).0
            }
            // A private scheme belongs to who owns the domain that it names backwards.
            private if private.contains('.') && rest.starts_with('/') => "",
            _ => return None,
        };
        let uri = Self { text: text.to_owned(), scheme: scheme.to_owned(), authority: authority.to_owned() };
        let is_allowed = match scheme {
            "https" => is_host(uri.host()) && is_port(uri.port()),
            "http" => uri.is_loopback() && is_port(uri.port()),
            _ => true,
        };
        is_allowed.then_some(uri)
    }

    /// Whether a request for this address may be served where `registered` stands in the register.
    pub fn fits(&self, registered: &str) -> bool {
        if self.text == registered {
            return true;
        }
        let Some(registered) = Self::parse(registered) else { return false };
        self.is_loopback() && registered.is_loopback() && self.without_port() == registered.without_port()
    }

    /// Where the address leads, for people: a host, or an app on their device.
    pub fn destination(&self) -> &str {
        if self.authority.is_empty() { &self.scheme } else { &self.authority }
    }

    /// What a page's policy must let its form lead to.
    pub fn policy_source(&self) -> String {
        // A policy cannot name an IPv6 address.
        if self.authority.is_empty() || self.authority.starts_with('[') {
            format!("{}:", self.scheme)
        } else {
            format!("{}://{}", self.scheme, self.authority)
        }
    }

    /// The address with parameters, which must be form-encoded.
    pub fn with_query(&self, query: &str) -> String {
        let separator = if self.text.contains('?') { '&' } else { '?' };
        format!("{}{separator}{query}", self.text)
    }

    fn host(&self) -> &str {
        self.authority.strip_suffix(self.port().unwrap_or_default()).map_or("", |host| {
            if self.port().is_some() { host.strip_suffix(':').unwrap_or(host) } else { host }
        })
    }

    fn port(&self) -> Option<&str> {
        let (host, port) = self.authority.rsplit_once(':')?;
        // Inside brackets a colon is a part of the address.
        (!port.contains(']') && !host.is_empty()).then_some(port)
    }

    fn is_loopback(&self) -> bool {
        self.scheme == "http" && LOOPBACKS.contains(&self.host())
    }

    fn without_port(&self) -> (&str, &str) {
        let after = self.text.split_once("://").map_or("", |(_, rest)| rest);
        (self.host(), after.strip_prefix(self.authority.as_str()).unwrap_or_default())
    }
}

impl fmt::Display for RedirectUri {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.text)
    }
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || b"+-.".contains(&byte))
}

fn is_host(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'.')
}

fn is_port(port: Option<&str>) -> bool {
    port.is_none_or(|port| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_safe_addresses_are_taken() {
        for good in [
            "https://shop.example/cb",
            "https://shop.example",
            "https://shop.example:8443/cb?a=b",
            "http://127.0.0.1/cb",
            "http://127.0.0.1:49152/cb",
            "http://[::1]:3000/cb",
            "org.example.wallet:/cb",
        ] {
            assert!(RedirectUri::parse(good).is_some(), "{good}");
        }
        for bad in [
            "",
            "shop.example/cb",
            "//shop.example/cb",
            "http://shop.example/cb",
            "http://localhost/cb",
            "http://127.0.0.1.evil.example/cb",
            "http://127.0.0.1@evil.example/cb",
            "https://user@shop.example/cb",
            "https://shop.example/cb#x",
            "https://shop.example/c b",
            "https://",
            "https:///cb",
            "https://shop.example:x/cb",
            "https://shop.example:99999/cb",
            "https://shop.example;script-src/cb",
            "javascript:alert(1)",
            "data:text/html,x",
            "wallet:/cb",
            "HTTPS://shop.example/cb",
            "https://shöp.example/cb",
        ] {
            assert!(RedirectUri::parse(bad).is_none(), "{bad}");
        }
        assert!(RedirectUri::parse(&format!("https://shop.example/{}", "x".repeat(600))).is_none());
    }

    #[test]
    fn addresses_fit_exactly_but_for_a_loopbacks_port() {
        let fits = |asked: &str, registered: &str| RedirectUri::parse(asked).unwrap().fits(registered);
        assert!(fits("https://shop.example/cb", "https://shop.example/cb"));
        for other in [
            "https://shop.example/cb/",
            "https://shop.example/cb?x=1",
            "https://shop.example:443/cb",
            "https://Shop.example/cb",
            "https://shop.example/cb/../x",
        ] {
            assert!(!fits(other, "https://shop.example/cb"), "{other}");
        }
        assert!(fits("http://127.0.0.1:5000/cb", "http://127.0.0.1/cb"));
        assert!(fits("http://[::1]:5000/cb", "http://[::1]:1/cb"));
        assert!(!fits("http://127.0.0.1:5000/other", "http://127.0.0.1/cb"));
        assert!(!fits("http://[::1]:5000/cb", "http://127.0.0.1/cb"));
        assert!(!fits("https://shop.example:5000/cb", "https://shop.example/cb"));
    }

    #[test]
    fn policies_name_what_they_can() {
        let source = |text: &str| RedirectUri::parse(text).unwrap().policy_source();
        assert_eq!(source("https://shop.example/cb"), "https://shop.example");
        assert_eq!(source("http://127.0.0.1:5000/cb"), "http://127.0.0.1:5000");
        assert_eq!(source("http://[::1]:5000/cb"), "http:");
        assert_eq!(source("org.example.wallet:/cb"), "org.example.wallet:");
    }
}
