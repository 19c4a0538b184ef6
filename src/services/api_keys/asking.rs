//! What people ask of keys, read and checked.

use std::net::IpAddr;

use ipnet::IpNet;

use crate::domain::api_key::{ADDRESSES_MAX, KeyRole, key_scopes};
use crate::domain::scopes::Scopes;
use crate::domain::time::Timestamp;
use crate::services::{Fault, ServiceError, read_name};

/// The longest name of a key, in characters.
const NAME_CHARS_MAX: usize = 60;

/// A key as somebody asks for it.
#[derive(Debug, Clone)]
pub struct NewKey {
    /// What it is called.
    pub name: String,
    /// The account that it is for: a code or an id.
    pub account: String,
    /// What it is allowed.
    pub scopes: Vec<String>,
    /// What it is for, instead of scopes.
    pub role: Option<String>,
    /// The networks from which it may be used; none for every one.
    pub addresses: Vec<String>,
    /// When it ends by itself, RFC 3339.
    pub expires_at: Option<String>,
}

/// When a key is to end.
#[derive(Debug, Clone, Default)]
pub enum NewExpiry {
    /// As it was.
    #[default]
    Same,
    /// Never by itself.
    Never,
    /// Then, RFC 3339.
    At(String),
}

/// What of a key is to be changed; what is left out stays.
#[derive(Debug, Clone, Default)]
pub struct KeyChange {
    /// What it is called.
    pub name: Option<String>,
    /// The networks from which it may be used.
    pub addresses: Option<Vec<String>>,
    /// When it ends by itself.
    pub expires_at: NewExpiry,
}

/// What was understood of a new key, but for its account.
pub(super) struct Asked {
    pub name: String,
    pub scopes: Scopes,
    pub addresses: String,
    pub expires_at: Option<Timestamp>,
}

/// When a key will end.
#[derive(Clone, Copy)]
pub(super) enum Expiry {
    Same,
    Is(Option<Timestamp>),
}

/// What was understood of a change.
pub(super) struct Change {
    pub name: Option<String>,
    pub addresses: Option<String>,
    pub expires_at: Expiry,
}

impl NewKey {
    /// Everything that is wrong with it; what was understood, where nothing is.
    pub(super) fn check(&self, now: Timestamp) -> Result<Asked, ServiceError> {
        let mut faults = Vec::new();
        let asked = Asked {
            name: read_name("/name", &self.name, NAME_CHARS_MAX, &mut faults),
            scopes: self.check_scopes(&mut faults),
            addresses: check_addresses(&self.addresses, &mut faults),
            expires_at: self.expires_at.as_deref().and_then(|text| check_expiry(text, now, &mut faults)),
        };
        if faults.is_empty() { Ok(asked) } else { Err(ServiceError::Invalid(faults)) }
    }

    fn check_scopes(&self, faults: &mut Vec<Fault>) -> Scopes {
        if let Some(name) = &self.role {
            if !self.scopes.is_empty() {
                faults.push(Fault::new("/role", "conflicting", "stands for scopes: name one or the other"));
            }
            let role = KeyRole::ALL.into_iter().find(|role| role.name() == name);
            if role.is_none() {
                let detail = "must be take_payments, refund or read_only";
                faults.push(Fault::new("/role", "unknown_value", detail));
            }
            return role.map(KeyRole::scopes).unwrap_or_default();
        }
        if self.scopes.is_empty() {
            faults.push(Fault::new("/scopes", "empty", "must name at least one scope"));
        }
        let mut scopes = Scopes::default();
        for (place, name) in self.scopes.iter().enumerate() {
            let known = Scopes::parse_strictly(name).filter(|scope| scope.is_within(key_scopes()));
            if let Some(scope) = known {
                scopes = scopes.and(scope);
            } else {
                let detail = "is no scope that keys can have";
                faults.push(Fault::new(&format!("/scopes/{place}"), "unknown_value", detail));
            }
        }
        scopes
    }
}

impl KeyChange {
    /// Everything that is wrong with it; what was understood, where nothing is.
    pub(super) fn check(&self, now: Timestamp) -> Result<Change, ServiceError> {
        let mut faults = Vec::new();
        let change = Change {
            name: self.name.as_ref().map(|name| read_name("/name", name, NAME_CHARS_MAX, &mut faults)),
            addresses: self.addresses.as_ref().map(|all| check_addresses(all, &mut faults)),
            expires_at: match &self.expires_at {
                NewExpiry::Same => Expiry::Same,
                NewExpiry::Never => Expiry::Is(None),
                NewExpiry::At(text) => Expiry::Is(check_expiry(text, now, &mut faults)),
            },
        };
        if faults.is_empty() { Ok(change) } else { Err(ServiceError::Invalid(faults)) }
    }
}

fn check_expiry(text: &str, now: Timestamp, faults: &mut Vec<Fault>) -> Option<Timestamp> {
    let parsed = Timestamp::parse_rfc3339(text);
    match parsed {
        None => faults.push(Fault::new(
            "/expires_at",
            "malformed_time",
            "is not a time like 2026-09-21T00:00:00Z",
        )),
        Some(at) if at <= now => faults.push(Fault::new("/expires_at", "past", "has passed")),
        Some(_) => {}
    }
    parsed
}

/// Networks in the form in which they are kept.
fn check_addresses(all: &[String], faults: &mut Vec<Fault>) -> String {
    if all.len() > ADDRESSES_MAX {
        faults.push(Fault::new("/addresses", "too_many", format!("are more than {ADDRESSES_MAX}")));
        return String::new();
    }
    let mut networks = Vec::new();
    for (place, text) in all.iter().enumerate() {
        let address = text.parse::<IpAddr>().map(|address| IpNet::from(address.to_canonical()));
        if let Ok(network) = text.parse::<IpNet>().or(address) {
            networks.push(canonical(network.trunc()).to_string());
        } else {
            let detail = "must be an address or a network, like 192.0.2.7 or 2001:db8::/48";
            faults.push(Fault::new(&format!("/addresses/{place}"), "malformed_address", detail));
        }
    }
    networks.join(" ")
}

/// A network of IPv4 that is wrapped in IPv6, as what it is: clients' addresses are compared unwrapped.
fn canonical(network: IpNet) -> IpNet {
    let IpNet::V6(wrapped) = network else { return network };
    let bare = wrapped.addr().to_ipv4_mapped().zip(wrapped.prefix_len().checked_sub(96));
    bare.and_then(|(address, length)| IpNet::new(IpAddr::V4(address), length).ok()).unwrap_or(network)
}

/// From where a key may be used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Networks {
    /// From everywhere.
    Any,
    /// From these.
    Only(Vec<IpNet>),
}

impl Networks {
    /// As they were kept. What of them cannot be read lets nobody in; and where none can, nobody at all.
    pub(super) fn read(kept: &str) -> Self {
        if kept.trim().is_empty() {
            return Self::Any;
        }
        Self::Only(kept.split_whitespace().filter_map(|text| text.parse().ok()).collect())
    }

    /// Whether a key may be used from this address; from an unknown one only where it may be from everywhere.
    pub(super) fn holds(&self, address: Option<IpAddr>) -> bool {
        match self {
            Self::Any => true,
            Self::Only(networks) => {
                address.is_some_and(|address| networks.iter().any(|network| network.contains(&address)))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn networks_are_kept_as_clients_addresses_are_compared() {
        for (asked, kept) in [
            ("192.0.2.7", "192.0.2.7/32"),
            ("::ffff:192.0.2.7", "192.0.2.7/32"),
            ("::ffff:192.0.2.7/120", "192.0.2.0/24"),
            ("192.0.2.7/24", "192.0.2.0/24"),
            ("2001:db8::7", "2001:db8::7/128"),
        ] {
            assert_eq!(check_addresses(&[asked.to_owned()], &mut Vec::new()), kept, "{asked}");
        }
    }

    #[test]
    fn networks_that_cannot_be_read_let_nobody_in() {
        let from = |text: &str| Some(text.parse::<IpAddr>().unwrap());
        for (kept, inside, outside) in [
            ("192.0.2.0/24", "192.0.2.7", "192.0.3.7"),
            ("192.0.2.0/24 2001:db8::/48", "2001:db8::1", "2001:db9::1"),
            ("192.0.2.0/24 nonsense", "192.0.2.7", "192.0.3.7"),
        ] {
            let networks = Networks::read(kept);
            assert!(networks.holds(from(inside)), "{kept}");
            assert!(!networks.holds(from(outside)) && !networks.holds(None), "{kept}");
        }
        assert!(!Networks::read("nonsense").holds(from("192.0.2.7")));
        assert!(Networks::read("").holds(None) && Networks::read("").holds(from("192.0.2.7")));
    }
}
