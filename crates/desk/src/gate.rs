//! Who may speak to the desk: only the browser in which its address was opened.
//!
//! Any page of the internet can make a browser send requests to 127.0.0.1, and any program on this machine can send
//! them itself. So each start draws a secret. It is part of the address that opens the desk, and becomes a cookie that
//! no other site's request carries. A request must also name this machine as its host, which a site whose name was
//! made to point here (DNS rebinding) does not; and what changes something carries a token that only the desk's pages
//! know.

use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, COOKIE, HOST, HeaderMap, HeaderName, HeaderValue, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use sha2::{Digest, Sha256};
use std::net::SocketAddr;

/// Bytes of the secret.
const SECRET_BYTES: usize = 32;
/// The name of the cookie of the secret begins with this; the port follows. Browsers send a cookie to every port, and
/// two desks of one machine must not take each other's place.
const COOKIE_NAME: &str = "lika_desk_";
/// What the browser may do on a page: load from the desk, send to the desk, and nothing else.
const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; \
                      form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
/// The headers of every answer. The policy on referrers must let the browser say where a form comes from.
const HEADERS: [(HeaderName, &str); 6] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    (REFERRER_POLICY, "same-origin"),
    (CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// The secret of a start, and where the desk listens.
pub(crate) struct Gate {
    secret: [u8; SECRET_BYTES],
    hosts: [String; 2],
    cookie: String,
}

/// Why a request is not answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Closed {
    /// It names another host, or comes from another site.
    Elsewhere,
    /// It carries no cookie of this start.
    Stranger,
    /// Its token is not that of the desk's pages.
    Token,
}

impl Gate {
    /// Draws a secret.
    pub(crate) fn new(addr: SocketAddr) -> Result<Self, getrandom::Error> {
        let mut secret = [0; SECRET_BYTES];
        getrandom::fill(&mut secret)?;
        let hosts = [addr.to_string(), format!("localhost:{}", addr.port())];
        Ok(Self { secret, hosts, cookie: format!("{COOKIE_NAME}{}", addr.port()) })
    }

    /// The path that opens the desk.
    pub(crate) fn path(&self) -> String {
        format!("/enter/{}", hex::encode(self.secret))
    }

    /// Whether a secret from that path is the one of this start.
    pub(crate) fn opens(&self, secret: &str) -> bool {
        same(secret, &hex::encode(self.secret))
    }

    /// The cookie, as it is set.
    pub(crate) fn cookie(&self) -> String {
        format!("{}={}; Path=/; HttpOnly; SameSite=Strict", self.cookie, self.derived("cookie"))
    }

    /// What a form carries.
    pub(crate) fn token(&self) -> String {
        self.derived("form")
    }

    /// Whether the request names this machine, and comes from no other site.
    ///
    /// # Errors
    /// If not.
    pub(crate) fn check_origin(&self, headers: &HeaderMap) -> Result<(), Closed> {
        let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        let here = |host: &str| self.hosts.iter().any(|known| host.eq_ignore_ascii_case(known));
        let host = text(HOST).is_some_and(here) && headers.get_all(HOST).iter().count() == 1;
        let origin = text(ORIGIN).is_none_or(|origin| origin.strip_prefix("http://").is_some_and(here));
        let site = text(HeaderName::from_static("sec-fetch-site"));
        // A page on another port of this machine is `same-site`.
        let site = site.is_none_or(|site| ["same-origin", "none"].contains(&site));
        if host && origin && site { Ok(()) } else { Err(Closed::Elsewhere) }
    }

    /// Whether the request carries the cookie of this start.
    ///
    /// # Errors
    /// If not.
    pub(crate) fn check_cookie(&self, headers: &HeaderMap) -> Result<(), Closed> {
        let expected = self.derived("cookie");
        let is = cookies(headers).any(|(name, value)| name == self.cookie && same(value, &expected));
        if is { Ok(()) } else { Err(Closed::Stranger) }
    }

    /// Whether a form carries the token.
    ///
    /// # Errors
    /// If not.
    pub(crate) fn check_token(&self, token: Option<&str>) -> Result<(), Closed> {
        if token.is_some_and(|token| same(token, &self.token())) { Ok(()) } else { Err(Closed::Token) }
    }

    /// A text for one purpose, from which the secret does not follow.
    fn derived(&self, purpose: &str) -> String {
        hex::encode(Sha256::new_with_prefix(self.secret).chain_update(purpose).finalize())
    }
}

/// Every cookie of a request.
pub(crate) fn cookies(headers: &HeaderMap) -> impl Iterator<Item = (&str, &str)> {
    let lists = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
    lists.flat_map(|list| list.split(';')).filter_map(|cookie| cookie.trim().split_once('='))
}

/// Adds what every answer carries.
pub(crate) fn harden(headers: &mut HeaderMap) {
    for (name, value) in HEADERS {
        headers.insert(name, HeaderValue::from_static(value));
    }
}

/// Compares without telling by the time it takes how far the two agree.
fn same(given: &str, expected: &str) -> bool {
    Sha256::digest(given) == Sha256::digest(expected)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gate() -> Gate {
        Gate::new("127.0.0.1:18100".parse().unwrap()).unwrap()
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (HeaderName::from_static(name), value.parse().unwrap())).collect()
    }

    #[test]
    fn only_requests_to_this_machine_from_no_other_site_pass() {
        let gate = gate();
        let passes = |pairs: &[(&'static str, &str)]| gate.check_origin(&headers(pairs)).is_ok();
        let host = ("host", "127.0.0.1:18100");
        for pairs in [
            vec![host],
            vec![("host", "localhost:18100")],
            vec![host, ("sec-fetch-site", "none")],
            vec![host, ("origin", "http://127.0.0.1:18100"), ("sec-fetch-site", "same-origin")],
        ] {
            assert!(passes(&pairs), "{pairs:?}");
        }
        for pairs in [
            vec![],
            vec![("host", "127.0.0.1")],
            vec![("host", "evil.example:18100")],
            vec![host, ("origin", "http://evil.example")],
            vec![host, ("origin", "null")],
            vec![host, ("origin", "http://127.0.0.1:9999")],
            vec![host, ("sec-fetch-site", "cross-site")],
            vec![host, ("sec-fetch-site", "same-site")],
        ] {
            assert!(!passes(&pairs), "{pairs:?}");
        }
    }

    #[test]
    fn the_cookie_and_the_token_are_those_of_this_start() {
        let (gate, other) = (gate(), gate());
        let carried = |gate: &Gate| headers(&[("cookie", &format!("a=b; {}", gate.cookie()))]);
        assert_eq!(gate.check_cookie(&carried(&gate)), Ok(()));
        assert_eq!(gate.check_cookie(&carried(&other)), Err(Closed::Stranger));
        assert_eq!(gate.check_cookie(&HeaderMap::new()), Err(Closed::Stranger));
        assert_eq!(gate.check_token(Some(&gate.token())), Ok(()));
        assert_eq!(gate.check_token(Some(&other.token())), Err(Closed::Token));
        assert_eq!(gate.check_token(None), Err(Closed::Token));
        assert!(gate.opens(gate.path().strip_prefix("/enter/").unwrap()) && !gate.opens(""));
        for attribute in ["HttpOnly", "SameSite=Strict", "Path=/"] {
            assert!(gate.cookie().contains(attribute));
        }
        assert!(!gate.cookie().contains(&hex::encode(gate.secret)) && gate.token() != gate.derived("cookie"));
    }
}
