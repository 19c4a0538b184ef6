//! Which addresses are nobody's business: what is not the public Internet is not told of anything, and cannot be probed.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};

/// What is not the public Internet (IANA's registries of special addresses), and what is not one receiver.
const CLOSED_V4: [(Ipv4Addr, u8); 16] = [
    (Ipv4Addr::UNSPECIFIED, 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    // Also where clouds tell their machines' secrets: 169.254.169.254.
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
    // An address of a cloud that answers its own machines alone.
    (Ipv4Addr::new(168, 63, 129, 16), 32),
];
/// What of IPv6 is the public Internet at all, and what of it is not after all.
const OPEN_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);
const CLOSED_V6: [(Ipv6Addr, u8); 5] = [
    // Teredo, benchmarks, ORCHID and the like.
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    // 6to4 holds an IPv4 address, which may be a closed one.
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
    (Ipv6Addr::new(0x2620, 0x4f, 0x8000, 0, 0, 0, 0, 0), 48),
];

/// Whether an address may be reached: it is public, or in a network that the operator allows. What only wraps an IPv4
/// address in IPv6 (mapped, compatible, NAT64) is closed, whichever it wraps: no resolver has reason to give it.
pub(super) fn is_open(address: IpAddr, allowed: &[IpNet]) -> bool {
    allowed.iter().any(|network| network.contains(&address)) || is_public(address)
}

fn is_public(address: IpAddr) -> bool {
    let closed = match address {
        IpAddr::V4(address) => CLOSED_V4
            .iter()
            .any(|(network, length)| v4(*network, *length).is_some_and(|net| net.contains(&address))),
        IpAddr::V6(address) => {
            let is_in = |(network, length): &(Ipv6Addr, u8)| {
                v6(*network, *length).is_some_and(|net| net.contains(&address))
            };
            !is_in(&OPEN_V6) || CLOSED_V6.iter().any(is_in)
        }
    };
    !closed
}

fn v4(network: Ipv4Addr, length: u8) -> Option<Ipv4Net> {
    Ipv4Net::new(network, length).ok()
}

fn v6(network: Ipv6Addr, length: u8) -> Option<Ipv6Net> {
    Ipv6Net::new(network, length).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_public_internet_is_reached() {
        let closed = "0.0.0.0 0.1.2.3 10.0.0.1 10.255.255.255 100.64.0.1 100.127.255.255 127.0.0.1 127.1.2.3 169.254.0.1 \
            169.254.169.254 172.16.0.1 172.31.255.255 192.0.0.1 192.0.0.170 192.0.2.1 192.88.99.1 192.168.0.1 198.18.0.1 \
            198.19.255.255 198.51.100.7 203.0.113.9 224.0.0.1 239.255.255.255 240.0.0.1 255.255.255.255 168.63.129.16 \
            :: ::1 ::ffff:127.0.0.1 ::ffff:8.8.8.8 ::127.0.0.1 ::8.8.8.8 64:ff9b::7f00:1 64:ff9b::808:808 64:ff9b:1::1 100::1 \
            fc00::1 fd00:ec2::254 fdff::1 fe80::1 febf::1 fec0::1 ff02::1 ff0e::1 2001::1 2001:10::1 2001:20::1 2001:db8::1 \
            2002:7f00:1::1 2002:808:808::1 3fff::1 5f00::1 4000::1 2620:4f:8000::1";
        for text in closed.split_whitespace() {
            assert!(!is_open(text.parse().unwrap(), &[]), "{text}");
        }
        let open = "8.8.8.8 1.1.1.1 9.255.255.255 11.0.0.0 100.63.255.255 100.128.0.0 126.255.255.255 128.0.0.0 169.253.0.1 \
            172.15.0.1 172.32.0.1 192.0.1.1 192.167.1.1 192.169.0.1 198.17.0.1 198.20.0.1 223.255.255.255 2606:4700::1 \
            2a00:1450::1 2001:4860:4860::8888 2003::1 2400:cb00::1";
        for text in open.split_whitespace() {
            assert!(is_open(text.parse().unwrap(), &[]), "{text}");
        }
    }

    #[test]
    fn the_operator_may_allow_networks_and_no_more_than_these() {
        let allowed = ["127.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        for (text, is_allowed) in [
            ("127.9.9.9", true),
            ("fd12::1", true),
            ("10.0.0.1", false),
            ("::1", false),
            ("::ffff:127.0.0.1", false),
        ] {
            assert_eq!(is_open(text.parse().unwrap(), &allowed), is_allowed, "{text}");
        }
    }
}
