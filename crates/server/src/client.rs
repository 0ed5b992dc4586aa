//! From which address a request comes: the peer's, or what a trusted proxy says of it.

use axum::extract::ConnectInfo;
use axum::http::{Extensions, HeaderMap};
use std::net::{IpAddr, SocketAddr};

/// The caller's address. `X-Forwarded-For` counts only as far as the proxies that wrote it are
/// trusted: from its end, the first address that is not one of them.
pub fn address(headers: &HeaderMap, extensions: &Extensions, trusted: &[IpAddr]) -> Option<IpAddr> {
    let peer = extensions.get::<ConnectInfo<SocketAddr>>()?.0.ip();
    if !trusted.contains(&peer) {
        return Some(peer);
    }
    let forwarded = headers.get_all("x-forwarded-for").iter();
    let addresses: Vec<IpAddr> = forwarded
        .flat_map(|header| header.to_str().unwrap_or_default().split(','))
        .filter_map(|text| text.trim().parse().ok())
        .collect();
    let outside = addresses.iter().rev().find(|address| !trusted.contains(address));
    Some(outside.copied().unwrap_or(peer))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn from(peer: &str, forwarded: &str, trusted: &[&str]) -> String {
        let mut extensions = Extensions::new();
        extensions.insert(ConnectInfo(SocketAddr::new(peer.parse().unwrap(), 1)));
        let mut headers = HeaderMap::new();
        headers.insert("x-forwarded-for", forwarded.parse().unwrap());
        let trusted: Vec<IpAddr> = trusted.iter().map(|ip| ip.parse().unwrap()).collect();
        address(&headers, &extensions, &trusted).unwrap().to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(from("10.0.0.9", "1.2.3.4", &[]), "10.0.0.9");
        assert_eq!(from("10.0.0.9", "1.2.3.4", &["10.0.0.9"]), "1.2.3.4");
        assert_eq!(
            from("10.0.0.9", "127.0.0.1, 1.2.3.4, 10.0.0.8", &["10.0.0.9", "10.0.0.8"]),
            "1.2.3.4"
        );
        assert_eq!(from("10.0.0.9", "nonsense", &["10.0.0.9"]), "10.0.0.9");
    }
}
