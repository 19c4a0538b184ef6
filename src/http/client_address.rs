//! Who the client is, as far as addresses tell: the peer, or whom a proxy that we trust says it speaks for.
//!
//! Proxies add who came to them at the right end of `X-Forwarded-For` or `Forwarded` (RFC 7239). What stands further left
//! came from outside and may be invented. So the list is read from the right, as long as its hops are trusted proxies:
//! the first that is none is the client.

use std::net::IpAddr;

use actix_web::HttpRequest;
use actix_web::http::header::{FORWARDED, HeaderMap, HeaderName};
use ipnet::IpNet;

/// The older of the two headers, and the one that most proxies send.
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The client's address, found out once by the middleware.
#[derive(Debug, Clone, Copy)]
pub struct ClientAddress(pub Option<IpAddr>);

/// The client's address, as the middleware found it.
pub fn of(request: &HttpRequest) -> Option<IpAddr> {
    use actix_web::HttpMessage;
    request.extensions().get::<ClientAddress>().and_then(|address| address.0)
}

/// The client behind a connection from `peer`, whose request has these headers.
pub fn find(peer: Option<IpAddr>, headers: &HeaderMap, trusted: &[IpNet]) -> Option<IpAddr> {
    let peer = peer?.to_canonical();
    let is_trusted = |address: IpAddr| trusted.iter().any(|net| net.contains(&address));
    if !is_trusted(peer) {
        return Some(peer);
    }
    let list = |name: HeaderName| headers.contains_key(&name).then(|| hops(headers, &name));
    let walk = |hops: Vec<Option<IpAddr>>| {
        let mut client = peer;
        for hop in hops.into_iter().rev() {
            // What cannot be read says nothing, nor does what stands further left.
            let Some(hop) = hop else { break };
            client = hop;
            if !is_trusted(hop) {
                break;
            }
        }
        client
    };
    // A proxy sets one of the two. Where both are there, the client may have brought the other: then they must agree.
    match (list(X_FORWARDED_FOR).map(walk), list(FORWARDED).map(walk)) {
        (Some(one), Some(other)) if one != other => Some(peer),
        (Some(client), _) | (None, Some(client)) => Some(client),
        (None, None) => Some(peer),
    }
}

/// The hops that a header lists, from left to right, in all its lines.
fn hops(headers: &HeaderMap, name: &HeaderName) -> Vec<Option<IpAddr>> {
    let lines = headers.get_all(name);
    let hop = |text: &str| if *name == FORWARDED { forwarded_for(text) } else { address(text.trim()) };
    let mut found = Vec::new();
    for line in lines {
        match line.to_str() {
            Ok(line) => found.extend(line.split(',').map(hop)),
            Err(_) => found.push(None),
        }
    }
    found
}

/// The `for` of one element of `Forwarded`.
fn forwarded_for(element: &str) -> Option<IpAddr> {
    element.split(';').find_map(|pair| {
        let (name, value) = pair.split_once('=')?;
        let value = value.trim().trim_matches('"');
        name.trim().eq_ignore_ascii_case("for").then(|| address(value)).flatten()
    })
}

/// An address, with or without a port, IPv6 with or without brackets.
fn address(text: &str) -> Option<IpAddr> {
    let parsed =
        text.parse().ok().or_else(|| text.parse().ok().map(|with_port: std::net::SocketAddr| with_port.ip()));
    let bracketed = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok().map(IpAddr::V6);
    parsed.or_else(bracketed).map(|address: IpAddr| address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::http::header::HeaderValue;

    use super::*;

    fn found(peer: &str, headers: &[(HeaderName, &str)], trusted: &[&str]) -> String {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(name.clone(), HeaderValue::from_str(value).unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|net| net.parse().unwrap()).collect();
        find(Some(peer.parse().unwrap()), &map, &trusted).unwrap().to_string()
    }

    #[test]
    fn only_trusted_proxies_speak_for_others() {
        let proxies = ["10.0.0.0/8", "fd00::/8"];
        let x = |value| (X_FORWARDED_FOR, value);
        let f = |value| (FORWARDED, value);
        type Headers<'a> = &'a [(HeaderName, &'a str)];
        let table: [(&str, Headers<'_>, &str); 20] = [
            ("192.0.2.1", &[], "192.0.2.1"),
            ("192.0.2.1", &[x("198.51.100.7")], "192.0.2.1"),
            ("192.0.2.1", &[f("for=198.51.100.7")], "192.0.2.1"),
            ("10.0.0.1", &[], "10.0.0.1"),
            ("::ffff:10.0.0.1", &[x("198.51.100.7")], "198.51.100.7"),
            ("10.0.0.1", &[x("198.51.100.7")], "198.51.100.7"),
            ("10.0.0.1", &[x("1.1.1.1, 198.51.100.7")], "198.51.100.7"),
            ("10.0.0.1", &[x("1.1.1.1"), x("198.51.100.7")], "198.51.100.7"),
            ("10.0.0.1", &[x("1.1.1.1, 198.51.100.7, 10.0.0.2,10.9.9.9")], "198.51.100.7"),
            ("10.0.0.1", &[x("10.0.0.3, 10.0.0.2")], "10.0.0.3"),
            ("10.0.0.1", &[x("198.51.100.7, nonsense")], "10.0.0.1"),
            ("10.0.0.1", &[x("198.51.100.7, nonsense, 10.0.0.2")], "10.0.0.2"),
            ("10.0.0.1", &[x("")], "10.0.0.1"),
            ("10.0.0.1", &[x("198.51.100.7:4711")], "198.51.100.7"),
            ("fd00::1", &[x("2001:db8::7")], "2001:db8::7"),
            ("fd00::1", &[f(r#"for="[2001:db8::7]:4711";proto=https"#)], "2001:db8::7"),
            ("10.0.0.1", &[f(r#"for=1.1.1.1, by=10.0.0.1;For="198.51.100.7""#)], "198.51.100.7"),
            ("10.0.0.1", &[f("for=unknown, for=_hidden")], "10.0.0.1"),
            ("10.0.0.1", &[x("198.51.100.7"), f("for=198.51.100.7")], "198.51.100.7"),
            ("10.0.0.1", &[x("198.51.100.7"), f("for=1.1.1.1")], "10.0.0.1"),
        ];
        for (peer, headers, expected) in table {
            assert_eq!(found(peer, headers, &proxies), expected, "{peer} {headers:?}");
        }
        assert_eq!(found("10.0.0.1", &[x("198.51.100.7")], &[]), "10.0.0.1", "nobody is trusted unasked");
    }
}
