//! Clients' addresses, as far as limits tell them apart.

use std::net::{IpAddr, Ipv6Addr};

/// The group of addresses that counts as one client: an IPv4 address by itself; of IPv6, the /64 that one line gets.
pub fn client_group(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            const PREFIX: u128 = u128::MAX << 64;
            IpAddr::V6(Ipv6Addr::from_bits(address.to_bits() & PREFIX))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_is_one_client() {
        let group = |text: &str| client_group(text.parse().unwrap()).to_string();
        assert_eq!(group("192.0.2.1"), "192.0.2.1");
        assert_eq!(group("::ffff:192.0.2.1"), "192.0.2.1");
        assert_eq!(group("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
        assert_eq!(group("2001:db8:1:2:ffff::1"), "2001:db8:1:2::");
        assert_ne!(group("2001:db8:1:2::1"), group("2001:db8:1:3::1"));
    }
}
