//! The one way in which this program sends HTTP requests: hyper's client over rustls with ring.
//!
//! The content of requests and the meaning of answers are left to each crate that sends them; so are limits on bytes
//! and times.
//!
//! Two faces of the same connections and the same TLS: tasks talk to their node through [`Client`], which is that of
//! `hyper-util` itself; code that blocks reads any server of files through `reqwest`, which wraps it and adds
//! redirects and the proxies of the environment.
//!
//! Why tasks do not use `reqwest` as well: it parses every address again and passes every request through layers for
//! retries and redirects, which a client of one node never needs. `lika bench append`, whose clients share two cores
//! with the node, took 1.04 of the single submissions that it took before there was `reqwest` here, for 0.985 of the
//! processor time (fourteen pairs of 40,000 in a folder in memory, on a machine with other work; the nine pairs before
//! them 1.09 and 0.96). With `reqwest` in between it took 0.93 for 1.05 in those nine rounds.

mod client;

use rustls::crypto::ring;
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

pub use client::{Body, Client, Error, complete, piece, stream};
pub use hyper;
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
    use std::time::Duration;

    #[test]
    fn clients_are_built_without_a_provider_of_the_process() {
        for trust in [Trust::Nobody, Trust::Machine] {
            let _ = Client::new(trust, Duration::from_secs(1));
            blocking_client(trust).build().unwrap();
        }
    }
}
