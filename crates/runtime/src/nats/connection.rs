//! Connects to NATS, after checking its servers.

use crate::Failure;
use anyhow::Context;
use async_nats::ConnectOptions;
use async_nats::jetstream;
use lika_domain::area::Area;
use lika_eventlog::jetstream::{Names, settings};
use lika_http::{Trust, blocking_client, cause};
use lika_tlog::key::VerifierKey;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// How long a server's monitoring address may take to answer, in seconds.
const MONITOR_S: u64 = 5;
/// Most bytes read of a server's report about itself.
const MONITOR_BYTES_MAX: u64 = 1024 * 1024;
/// How long an answer of JetStream is waited for, in seconds.
const ANSWER_S: u64 = 5;

/// Where the NATS servers are, and the identity to connect with.
#[derive(Clone, Debug)]
pub struct Servers {
    /// Addresses of the NATS servers.
    pub nats: Vec<String>,
    /// Monitoring addresses of all of them: version and settings are checked there first.
    pub monitor: Vec<String>,
    /// Certificate of the authority that signed the servers' certificates.
    pub tls_ca: Option<PathBuf>,
    /// Certificate to show to the servers.
    pub tls_cert: Option<PathBuf>,
    /// Its key.
    pub tls_key: Option<PathBuf>,
}

impl Servers {
    /// Servers without TLS, such as those on the same machine.
    pub fn plain(nats: Vec<String>, monitor: Vec<String>) -> Self {
        Self { nats, monitor, tls_ca: None, tls_cert: None, tls_key: None }
    }

    /// Number of copies of each message: three if there are at least three servers, else one.
    pub fn replicas(&self) -> u8 {
        if self.monitor.len() >= 3 { 3 } else { 1 }
    }

    /// Memory of the server that uses most, in bytes.
    pub async fn memory(&self) -> anyhow::Result<u64> {
        let monitors = self.monitor.clone();
        let memory = move || -> anyhow::Result<u64> {
            let each = monitors.iter().map(|url| Ok(varz(url)?["mem"].as_u64().unwrap_or(0)));
            Ok(each.collect::<anyhow::Result<Vec<u64>>>()?.into_iter().max().unwrap_or(0))
        };
        tokio::task::spawn_blocking(memory).await?
    }

    /// Checks the servers and connects. The servers list the connection under `name`.
    pub async fn connect(&self, name: &str) -> anyhow::Result<jetstream::Context> {
        let monitors = self.monitor.clone();
        tokio::task::spawn_blocking(move || check_servers(&monitors)).await??;
        let mut options = ConnectOptions::new()
            .name(name)
            .request_timeout(Some(Duration::from_secs(ANSWER_S)))
            .retry_on_initial_connect()
            .ping_interval(Duration::from_secs(5));
        if let Some(ca) = &self.tls_ca {
            options = options.add_root_certificates(ca.clone()).require_tls(true);
        }
        if let (Some(cert), Some(key)) = (&self.tls_cert, &self.tls_key) {
            options = options.add_client_certificate(cert.clone(), key.clone());
        }
        let client = options.connect(self.nats.clone()).await.map_err(|error| {
            Failure::new("nats_unreachable", format!("NATS cannot be reached at {}: {error}", self.nats.join(", ")))
        })?;
        let mut context = jetstream::new(client);
        context.set_timeout(Duration::from_secs(ANSWER_S));
        Ok(context)
    }
}

/// Checks the servers' reports about themselves. Fewer than half of the servers may be silent: a service must be able
/// to start while one of three servers is being replaced.
fn check_servers(monitors: &[String]) -> anyhow::Result<()> {
    let mut silent = Vec::new();
    for url in monitors {
        match varz(url) {
            Ok(told) => {
                settings::check_server(&told).map_err(|error| Failure::new("nats_setting", error.to_string()))?;
            }
            Err(error) => silent.push(error),
        }
    }
    if silent.len() * 2 >= monitors.len()
        && let Some(error) = silent.pop()
    {
        return Err(error);
    }
    for error in silent {
        tracing::warn!(%error, "a nats-server is not checked");
    }
    Ok(())
}

/// A server's report about itself.
fn varz(monitor: &str) -> anyhow::Result<serde_json::Value> {
    let url = format!("{}/varz", monitor.trim_end_matches('/'));
    let client = blocking_client(Trust::Machine).timeout(Duration::from_secs(MONITOR_S)).build();
    let unreachable = |error: &dyn std::fmt::Display| {
        Failure::new("nats_monitor", format!("{url} does not show the settings of the server: {error}"))
    };
    let answer = client.and_then(|client| client.get(&url).send()?.error_for_status());
    let answer = answer.map_err(|error| unreachable(&cause(&error)))?;
    Ok(serde_json::from_reader(answer.take(MONITOR_BYTES_MAX)).map_err(|error| unreachable(&error))?)
}

/// The verifier key in a data folder.
pub fn verifier_key(data: &Path) -> anyhow::Result<VerifierKey> {
    let path = data.join("log.vkey");
    let missing = || {
        Failure::new(
            "log_missing",
            format!(
                "{} is missing: it says which log this is. Copy it from the folder that `lika log create` made",
                path.display()
            ),
        )
    };
    let text = std::fs::read_to_string(&path).map_err(|_| missing())?;
    let key = text.trim_end().parse::<VerifierKey>();
    key.with_context(|| format!("{} is not a verifier key", path.display()))
}

/// The names at NATS of the log with this verifier key.
pub fn names(key: &VerifierKey) -> Result<Names, Failure> {
    Ok(Names::new(area(key.name().as_str())?))
}

/// The area of a log of distributed services: its origin ends with the division code.
pub fn area(origin: &str) -> Result<Area, Failure> {
    let area = origin.rsplit('/').next().and_then(|area| area.parse().ok());
    area.ok_or_else(|| {
        let message = format!(
            "{origin}: the name of a log of distributed services must end with its division code, such as \
             lika.example/130624"
        );
        Failure::new("origin_without_area", message)
    })
}
