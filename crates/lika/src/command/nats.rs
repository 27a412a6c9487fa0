//! Arguments for NATS that several commands share.

use lika_runtime::nats::connection::Servers;
use std::path::PathBuf;

/// The NATS servers, and the identity to connect with.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct NatsArgs {
    /// Addresses of the NATS servers, separated by commas
    #[arg(long, env = "LIKA_NATS", value_name = "URL", value_delimiter = ',', requires = "monitor")]
    nats: Vec<String>,
    /// Monitoring addresses of all of them: version and settings are checked there first
    #[arg(long, env = "LIKA_NATS_MONITOR", value_name = "URL", value_delimiter = ',', requires = "nats")]
    monitor: Vec<String>,
    /// Certificate of the authority that signed the servers' certificates
    #[arg(long, env = "LIKA_TLS_CA", value_name = "FILE")]
    tls_ca: Option<PathBuf>,
    /// Certificate to show to the servers
    #[arg(long, env = "LIKA_TLS_CERT", value_name = "FILE", requires = "tls_key")]
    tls_cert: Option<PathBuf>,
    /// Key of that certificate
    #[arg(long, env = "LIKA_TLS_KEY", value_name = "FILE", requires = "tls_cert")]
    tls_key: Option<PathBuf>,
}

impl NatsArgs {
    /// The servers that were named.
    pub(crate) fn servers(&self) -> Servers {
        let Self { nats, monitor, tls_ca, tls_cert, tls_key } = self.clone();
        Servers { nats, monitor, tls_ca, tls_cert, tls_key }
    }
}
