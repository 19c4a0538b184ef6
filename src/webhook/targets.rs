//! Which URLs may be told of anything. What a name leads to is looked at when it is connected to, each time.

use std::net::IpAddr;

use ipnet::IpNet;
use thiserror::Error;
use url::{Host, Url};

use super::addresses::is_open;

/// The longest URL, in bytes.
const URL_BYTES_MAX: usize = 1_024;
/// From which port on any port may be used; below it only those of HTTPS, and of HTTP where that is allowed.
const FREE_PORT_MIN: u16 = 1_024;
const HTTPS_PORT: u16 = 443;
const HTTP_PORT: u16 = 80;

/// What the operator allows.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TargetRules {
    /// Whether URLs without TLS are allowed.
    pub allows_http: bool,
    /// Networks that are allowed although they are not the public Internet.
    pub networks: Vec<IpNet>,
}

/// Where messages go: a URL that was looked at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    url: Url,
    host: Host<String>,
    port: u16,
}

/// What of a target a connection leads to: whoever proved that they are the host, over TLS or not, at this port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Origin {
    host: Host<String>,
    port: u16,
    has_tls: bool,
}

/// Why a URL cannot be used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum BadTarget {
    /// It is none, or too long.
    #[error("must be a URL of at most {URL_BYTES_MAX} characters, such as https://shop.example/hooks")]
    NoUrl,
    /// It does not begin with `https:`.
    #[error("must begin with https://")]
    NotHttps,
    /// It holds a user's name or password.
    #[error("must hold no user name or password: messages are signed instead")]
    UserInfo,
    /// It has a part that is never sent.
    #[error("must have no part behind a #")]
    Fragment,
    /// A port that other services have.
    #[error("must have port {HTTPS_PORT}, or one from {FREE_PORT_MIN} on")]
    Port,
    /// An address, or a name for one, that is not on the public Internet.
    #[error("must name a host on the public Internet")]
    Closed,
}

impl BadTarget {
    /// What is wrong, for programs.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoUrl => "malformed_url",
            Self::NotHttps => "not_https",
            Self::UserInfo => "user_info",
            Self::Fragment => "fragment",
            Self::Port => "bad_port",
            Self::Closed => "closed_address",
        }
    }
}

impl Target {
    /// From a URL as its owner wrote it. It is read as browsers read it: however an address is spelled, it is one.
    ///
    /// # Errors
    /// Why it cannot be used.
    pub fn parse(text: &str, rules: &TargetRules) -> Result<Self, BadTarget> {
        // A parser that mends what it reads takes spaces and line ends for nothing.
        let is_plain = text.bytes().all(|byte| byte.is_ascii_graphic());
        if text.len() > URL_BYTES_MAX || !is_plain {
            return Err(BadTarget::NoUrl);
        }
        let url = Url::parse(text).map_err(|_| BadTarget::NoUrl)?;
        match url.scheme() {
            "https" => {}
            "http" if rules.allows_http => {}
            _ => return Err(BadTarget::NotHttps),
        }
        if !url.username().is_empty() || url.password().is_some() || text.contains('@') && has_user(text) {
            return Err(BadTarget::UserInfo);
        }
        if url.fragment().is_some() {
            return Err(BadTarget::Fragment);
        }
        let host = url.host().ok_or(BadTarget::NoUrl)?.to_owned();
        let port = url.port_or_known_default().ok_or(BadTarget::Port)?;
        let is_own = if url.scheme() == "https" { port == HTTPS_PORT } else { port == HTTP_PORT };
        if !is_own && port < FREE_PORT_MIN {
            return Err(BadTarget::Port);
        }
        let target = Self { url, host, port };
        if target.is_closed(rules) { Err(BadTarget::Closed) } else { Ok(target) }
    }

    /// Whether the host says by itself that it is not on the public Internet. Of others that is seen when it is looked up.
    fn is_closed(&self, rules: &TargetRules) -> bool {
        match &self.host {
            Host::Ipv4(address) => !is_open(IpAddr::V4(*address), &rules.networks),
            Host::Ipv6(address) => !is_open(IpAddr::V6(*address), &rules.networks),
            Host::Domain(name) => {
                let name = name.strip_suffix('.').unwrap_or(name);
                let is_local = name == "localhost" || name.ends_with(".localhost") || !name.contains('.');
                name.is_empty() || is_local && rules.networks.is_empty()
            }
        }
    }

    /// The URL as it is kept: with what was spelled in many ways spelled in one.
    pub fn as_str(&self) -> &str {
        self.url.as_str()
    }

    /// What of it a connection leads to.
    pub(super) fn origin(&self) -> Origin {
        Origin { host: self.host.clone(), port: self.port, has_tls: self.has_tls() }
    }

    /// Whether the connection is encrypted.
    pub(super) fn has_tls(&self) -> bool {
        self.url.scheme() == "https"
    }

    /// The host, as certificates name it.
    pub fn host(&self) -> String {
        match &self.host {
            Host::Domain(name) => name.clone(),
            Host::Ipv4(address) => address.to_string(),
            Host::Ipv6(address) => address.to_string(),
        }
    }

    /// The address, where the URL has one instead of a name.
    pub(super) const fn address(&self) -> Option<IpAddr> {
        match self.host {
            Host::Ipv4(address) => Some(IpAddr::V4(address)),
            Host::Ipv6(address) => Some(IpAddr::V6(address)),
            Host::Domain(_) => None,
        }
    }

    pub(super) const fn port(&self) -> u16 {
        self.port
    }

    /// The value of the header `Host`.
    pub(super) fn authority(&self) -> String {
        match self.url.port() {
            Some(port) => format!("{}:{port}", self.host),
            None => self.host.to_string(),
        }
    }

    /// Path and query, as the request's first line has them.
    pub(super) fn path_and_query(&self) -> String {
        match self.url.query() {
            Some(query) => format!("{}?{query}", self.url.path()),
            None => self.url.path().to_owned(),
        }
    }
}

/// Whether there is an `@` before the path: also that of an empty user name, which leaves no trace in the parsed URL.
fn has_user(text: &str) -> bool {
    let behind_scheme = text.split_once(':').map_or(text, |(_, rest)| rest);
    let authority = behind_scheme.trim_start_matches(['/', '\\']);
    let end = authority.find(['/', '\\', '?', '#']).unwrap_or(authority.len());
    authority.get(..end).is_some_and(|authority| authority.contains('@'))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<String, BadTarget> {
        Target::parse(text, &TargetRules::default()).map(|target| target.as_str().to_owned())
    }

    #[test]
    fn urls_of_the_public_internet_are_taken() {
        for (text, kept) in [
            ("https://shop.example/hooks", "https://shop.example/hooks"),
            ("https://shop.example", "https://shop.example/"),
            ("HTTPS://SHOP.example:443/a?b=c", "https://shop.example/a?b=c"),
            ("https://shop.example:8443/a@b", "https://shop.example:8443/a@b"),
            ("https://8.8.8.8/", "https://8.8.8.8/"),
            ("https://[2606:4700::1111]/", "https://[2606:4700::1111]/"),
            ("https://xn--bcher-kva.example/", "https://xn--bcher-kva.example/"),
        ] {
            assert_eq!(parse(text).as_deref(), Ok(kept), "{text}");
        }
    }

    #[test]
    fn no_spelling_of_another_address_is_taken() {
        // What names a machine or a network of its own, in every way that parsers have been known to read.
        let closed = "https://127.0.0.1/ https://127.1/ https://127.0.1/ https://2130706433/ https://0x7f000001/ https://0x7f.1/ \
            https://0177.0.0.1/ https://017700000001/ https://127.0.0.1./ https://0/ https://0.0.0.0/ https://[::]/ https://[::1]/ \
            https://[0:0:0:0:0:0:0:1]/ https://[::ffff:127.0.0.1]/ https://[::ffff:7f00:1]/ https://[::127.0.0.1]/ https://[64:ff9b::7f00:1]/ \
            https://10.0.0.1/ https://0xa.0.0.1/ https://012.0.0.1/ https://167772161/ https://172.16.0.1/ https://192.168.1.1/ \
            https://192.168.257/ https://3232235777/ https://169.254.169.254/ https://0xa9fea9fe/ https://2852039166/ https://169.254.43518/ \
            https://100.64.0.1/ https://[fe80::1]/ https://[fc00::1]/ https://[fd00:ec2::254]/ https://[ff02::1]/ https://224.0.0.1/ \
            https://255.255.255.255/ https://[2002:7f00:1::]/ https://[2001:db8::1]/ https://localhost/ https://localhost./ \
            https://LOCALHOST/ https://a.localhost/ https://intranet/ https://router/ https://%31%32%37.0.0.1/ https://127%2e0.0.1/ \
            https://198.18.0.1/ https://192.0.0.170/ https://[64:ff9b:1::a00:1]/ https://168.63.129.16/";
        for text in closed.split_whitespace() {
            assert_eq!(parse(text), Err(BadTarget::Closed), "{text}");
        }
        for (text, reason) in [
            ("http://shop.example/", BadTarget::NotHttps),
            ("ftp://shop.example/", BadTarget::NotHttps),
            ("file:///etc/passwd", BadTarget::NotHttps),
            ("gopher://shop.example/", BadTarget::NotHttps),
            ("javascript:alert(1)", BadTarget::NotHttps),
            ("shop.example", BadTarget::NoUrl),
            ("", BadTarget::NoUrl),
            ("https://", BadTarget::NoUrl),
            ("https:///", BadTarget::NoUrl),
            ("https://shop.example/\r\nX: y", BadTarget::NoUrl),
            (" https://shop.example/", BadTarget::NoUrl),
            ("https://shop.exa\tmple/", BadTarget::NoUrl),
            ("https://b\u{fc}cher.example/", BadTarget::NoUrl),
            ("https://a:b@shop.example/", BadTarget::UserInfo),
            ("https://a@shop.example/", BadTarget::UserInfo),
            ("https://@shop.example/", BadTarget::UserInfo),
            ("https://:@shop.example/", BadTarget::UserInfo),
            ("https://shop.example\\@127.0.0.1/", BadTarget::Closed),
            ("https://shop.example@127.0.0.1/", BadTarget::UserInfo),
            ("https://shop.example/#a", BadTarget::Fragment),
            ("https://shop.example:22/", BadTarget::Port),
            ("https://shop.example:25/", BadTarget::Port),
            ("https://shop.example:80/", BadTarget::Port),
            ("https://shop.example:0/", BadTarget::Port),
            ("https://shop.example:99999/", BadTarget::NoUrl),
            ("https://[::1", BadTarget::NoUrl),
            ("https://1.2.3.4.5/", BadTarget::NoUrl),
            ("https://256.256.256.256/", BadTarget::NoUrl),
        ] {
            match parse(text) {
                // A backslash is a slash to browsers: then the host is the first one, and nothing else was asked for.
                Ok(kept) => assert!(
                    text.contains('\\') && kept.starts_with("https://shop.example/"),
                    "{text}: {kept}"
                ),
                Err(found) => assert_eq!(found, reason, "{text}"),
            }
        }
        assert_eq!(parse(&format!("https://shop.example/{}", "a".repeat(1_024))), Err(BadTarget::NoUrl));
    }

    #[test]
    fn the_operator_may_allow_more() {
        let rules = TargetRules { allows_http: true, networks: vec!["127.0.0.0/8".parse().unwrap()] };
        for good in
            ["http://127.0.0.1:8080/", "http://localhost/", "https://127.0.0.1:8443/", "http://shop.example/"]
        {
            assert!(Target::parse(good, &rules).is_ok(), "{good}");
        }
        for bad in ["http://10.0.0.1/", "http://[::1]/", "ftp://127.0.0.1/", "http://127.0.0.1:22/"] {
            assert!(Target::parse(bad, &rules).is_err(), "{bad}");
        }
    }
}
