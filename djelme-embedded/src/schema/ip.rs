//! Addresses as terms whose order of bytes is that of the addresses: 32 hexadecimal digits, IPv4 within IPv6.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// A text that is no address, in Elasticsearch's words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct NoAddress(String);

impl fmt::Display for NoAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "'{}' is not an IP string literal.", self.0)
    }
}

/// Reads an address.
pub(crate) fn parse(text: &str) -> Result<Ipv6Addr, NoAddress> {
    // A zone after an IPv6 address is dropped, as Java drops it.
    let address = match text.split_once('%') {
        Some((address, zone)) if address.contains(':') && !zone.is_empty() => address,
        _ => text,
    };
    match address.parse::<IpAddr>() {
        Ok(IpAddr::V4(address)) => Ok(address.to_ipv6_mapped()),
        Ok(IpAddr::V6(address)) => Ok(address),
        Err(_) => Err(NoAddress(text.to_owned())),
    }
}

/// The first and the last address of a block such as `10.0.0.0/8`.
pub(crate) fn parse_block(text: &str) -> Option<(Ipv6Addr, Ipv6Addr)> {
    let (address, length) = text.split_once('/')?;
    let length = length.parse::<u32>().ok()?;
    let length = match address.parse::<IpAddr>().ok()? {
        IpAddr::V4(_) if length <= 32 => length + 96,
        IpAddr::V6(_) if length <= 128 => length,
        _ => return None,
    };
    let bits = parse(address).ok()?.to_bits();
    let mask = u128::MAX.checked_shl(128 - length).unwrap_or_default();
    Some((Ipv6Addr::from_bits(bits & mask), Ipv6Addr::from_bits(bits | !mask)))
}

/// The term of an address.
pub(crate) fn encode(address: Ipv6Addr) -> String {
    format!("{:032x}", address.to_bits())
}

/// The address of a term, as Elasticsearch writes it.
pub(crate) fn decode(term: &str) -> Option<String> {
    let bits = u128::from_str_radix(term, 16).ok()?;
    Some(write(Ipv6Addr::from_bits(bits)))
}

/// `192.168.0.1` or `2001:db8::1`.
pub(crate) fn write(address: Ipv6Addr) -> String {
    match address.to_ipv4_mapped() {
        Some(address) => Ipv4Addr::to_string(&address),
        None => compressed(address),
    }
}

/// The longest run of at least two groups of zero becomes `::`; never an IPv4 address within, as Rust's own form.
fn compressed(address: Ipv6Addr) -> String {
    let groups = address.segments();
    let (mut from, mut length) = (0, 0);
    let mut at = 0;
    while at < 8 {
        let run = groups[at..].iter().take_while(|&&group| group == 0).count();
        if run > length {
            (from, length) = (at, run);
        }
        at += run.max(1);
    }
    let join = |groups: &[u16]| groups.iter().map(|group| format!("{group:x}")).collect::<Vec<_>>().join(":");
    if length < 2 {
        return join(&groups);
    }
    format!("{}::{}", join(&groups[..from]), join(&groups[from + length..]))
}
