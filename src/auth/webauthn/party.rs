//! Who we are to browsers: the relying party's id and the one origin whose pages may use its passkeys.

use std::net::IpAddr;

use sha2::{Digest, Sha256};

use crate::domain::chain::Hash;

/// This service as browsers know it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RelyingParty {
    id: String,
    origin: String,
    id_hash: Hash,
}

impl RelyingParty {
    /// From the public URL. None where browsers would have no passkeys for it: they want `https` and a name, not an
    /// address; over `http` only the developer's own machine.
    pub fn new(public_url: &str) -> Option<Self> {
        let (scheme, rest) = public_url.split_once("://")?;
        let authority = rest.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
        let (host, port) = match authority.rsplit_once(':') {
            Some((host, port)) => (host, Some(port)),
            None => (authority.as_str(), None),
        };
        let is_name = !host.is_empty()
            && !host.ends_with('.')
            && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-.".contains(&byte))
            && host.parse::<IpAddr>().is_err();
        let usual_port = match scheme {
            "https" => "443",
            "http" if host == "localhost" || host.ends_with(".localhost") => "80",
            _ => return None,
        };
        let is_port = port.is_none_or(|port| port.parse::<u16>().is_ok());
        if !is_name || !is_port {
            return None;
        }
        // Browsers leave the usual port out.
        let origin = match port.filter(|port| *port != usual_port) {
            Some(port) => format!("{scheme}://{host}:{port}"),
            None => format!("{scheme}://{host}"),
        };
        Some(Self { id: host.to_owned(), origin, id_hash: Sha256::digest(host).into() })
    }

    /// The relying party's id: the public URL's host.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Whether this is the public URL's origin.
    pub(super) fn is_origin(&self, origin: &str) -> bool {
        self.origin == origin
    }

    /// Whether this is the hash of the id.
    pub(super) fn is_id_hash(&self, hash: &[u8]) -> bool {
        self.id_hash == hash
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parties_have_names_and_are_reached_safely() {
        for (url, id, origin) in [
            ("https://river.example", "river.example", "https://river.example"),
            ("https://River.Example:443/money", "river.example", "https://river.example"),
            ("https://river.example:8443", "river.example", "https://river.example:8443"),
            ("http://localhost:8080", "localhost", "http://localhost:8080"),
            ("http://localhost:80", "localhost", "http://localhost"),
            ("http://a.localhost", "a.localhost", "http://a.localhost"),
        ] {
            let party = RelyingParty::new(url).unwrap();
            assert_eq!((party.id(), party.origin.as_str()), (id, origin), "{url}");
        }
        for url in [
            "",
            "river.example",
            "http://river.example",
            "http://127.0.0.1:8080",
            "https://127.0.0.1",
            "https://[::1]:8443",
            "https://",
            "https://a@river.example",
            "https://rivér.example",
            "https://river.example.",
            "https://river.example:x",
            "ftp://localhost",
        ] {
            assert_eq!(RelyingParty::new(url), None, "{url}");
        }
    }
}
