//! The one way in which this program sends HTTP requests: `reqwest` over rustls with ring.
//!
//! The content of requests and the meaning of answers are left to each crate that sends them; so are limits on bytes
//! and times.
//!
//! Why one, and why this: there were two, one of them put together from hyper by hand. A caller pays some 10 µs of
//! processor time more for a request than with that one. `lika bench append`, whose clients share two cores with the
//! node, took 0.95 of the single submissions it took before (twelve pairs of 120,000 on a disk; single pairs 0.80 to
//! 1.21), and 0.88 in a folder in memory (ten pairs of 60,000; 0.79 to 1.07).
//! Counted by callgrind, reqwest and what it parses take 11,000 of the 1,054,000 instructions that a single submission
//! costs there, signing, sending and checking included; the node's own crates take 4,600 fewer than before.

use reqwest::redirect::Policy;
use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

pub use reqwest;

/// The name of this program in requests.
const USER_AGENT: &str = concat!("lika/", env!("CARGO_PKG_VERSION"));

/// Whose certificates a client trusts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trust {
    /// None: for plain `http`, which needs no certificate. Reading the machine's takes milliseconds.
    Nobody,
    /// Those that this machine trusts: the system's, or those in the files that `SSL_CERT_FILE` and `SSL_CERT_DIR`
    /// name, such as the authority of a private network.
    Machine,
}

/// A client for one node: it follows no redirects and uses no proxy, and small requests leave at once.
pub fn client(trust: Trust) -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(USER_AGENT)
        .tls_backend_preconfigured(tls(trust))
        .redirect(Policy::none())
        .referer(false)
        .no_proxy()
        .tcp_nodelay(true)
}

/// A client for any server of files, for code that blocks: it follows up to ten redirects and uses the proxy that the
/// environment names. A thread that drives asynchronous tasks must neither build nor use it.
pub fn blocking_client(trust: Trust) -> reqwest::blocking::ClientBuilder {
    reqwest::blocking::Client::builder()
        .user_agent(USER_AGENT)
        .tls_backend_preconfigured(tls(trust))
        .referer(false)
        .tcp_nodelay(true)
}

/// The innermost cause of a failed request, such as `Connection refused`: the layers above it name only the address.
pub fn cause(error: &(dyn std::error::Error + 'static)) -> String {
    std::iter::successors(Some(error), |error| error.source()).last().map(ToString::to_string).unwrap_or_default()
}

fn tls(trust: Trust) -> ClientConfig {
    let mut roots = RootCertStore::empty();
    if trust == Trust::Machine {
        let found = rustls_native_certs::load_native_certs();
        for error in &found.errors {
            tracing::warn!(%error, "a certificate of this machine cannot be read");
        }
        let (_, unusable) = roots.add_parsable_certificates(found.certs);
        if unusable > 0 {
            tracing::debug!(unusable, "certificates of this machine that cannot be used");
        }
    }
    // Ring supports everything that the versions 1.2 and 1.3 need, so this cannot fail.
    let builder = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
    let versions = builder.with_safe_default_protocol_versions();
    versions.expect("ring serves TLS 1.2 and 1.3").with_root_certificates(roots).with_no_client_auth()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clients_are_built_without_a_provider_of_the_process() {
        for trust in [Trust::Nobody, Trust::Machine] {
            client(trust).build().unwrap();
            blocking_client(trust).build().unwrap();
        }
    }
}
