//! Each of the six services, started in a process of its own.
//!
//! Each of them runs a ledger on its own copy of the log; they differ in the requests that they answer. Only `audit`
//! signs.

use crate::backend::{self, OPENING_THREADS};
use crate::nats::client::NatsBackend;
use crate::nats::responder::Answering;
use crate::nats::{connection, log_server};
use crate::{Failed, Failure, ServiceKind, reads};
use anyhow::Context as _;
use async_nats::jetstream::Context;
use lika_audit::keeper::Keeper;
use lika_eventlog::jetstream::{Config as LogConfig, FAR_BEHIND_ENTRIES, Names};
use lika_gateway::Gateway;
use lika_gateway::backend::ReadError;
use lika_households::Households;
use lika_ledger::{Clock, Ledger, Prepared, SubmitError};
use lika_officials::Officials;
use lika_vault::{OpenHousehold, OpenedCard, Vault};
use lika_views::Follower;
use std::collections::HashMap;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// How long a card that is to be opened waits for its latest entry, in milliseconds.
const READ_WITHIN_MS: u64 = 2_000;
/// How long a service that ends may take to store lost data keys again, in seconds.
const GIVEN_BACK_WITHIN_S: u64 = 10;
/// Length of an instance's name, in bytes before it is written in hexadecimal.
const INSTANCE_BYTES: usize = 6;

/// What a service is started with.
pub struct Config {
    /// Which service
    pub service: ServiceKind,
    /// The connection to JetStream
    pub context: Context,
    /// The folder of this service's data
    pub data: PathBuf,
    /// Where it answers by HTTP, if it does
    pub listen: SocketAddr,
    /// Where the time is read
    pub clock: Clock,
}

/// A running service.
pub struct Distributed {
    /// Which service
    pub service: ServiceKind,
    /// The name of this instance, different from all others
    pub instance: String,
    /// Its view of the log
    pub ledger: Arc<Ledger>,
    /// Where it answers by HTTP, if it does
    pub url: Option<String>,
    vault: Option<Arc<Vault>>,
    follower: Option<Follower>,
    server: Option<(oneshot::Sender<()>, JoinHandle<()>)>,
    answering: Option<Answering>,
}

/// What a service needs to start.
struct Start {
    config: Config,
    names: Names,
    instance: String,
    ledger: Arc<Ledger>,
}

/// Opens cards. The log and the data keys of this process are copies, which may lag behind those of other processes.
#[derive(Clone)]
struct Opening {
    ledger: Arc<Ledger>,
    vault: Arc<Vault>,
    households: Households,
}

impl Distributed {
    /// Opens this process's copy of the log, catches up, and begins to answer.
    pub async fn start(config: Config) -> anyhow::Result<Self> {
        let key = connection::verifier_key(&config.data)?;
        let names = connection::names(&key)?;
        if config.service == ServiceKind::Audit && !config.data.join("keys").join("log.skey").exists() {
            let message = format!(
                "{} has no signing key: copy `keys` from the folder that `lika log create` made. Only the folders of \
                 audit services, which sign for the log, have it",
                config.data.display()
            );
            return Err(Failure::new("signing_key_missing", message).into());
        }
        let instance = instance(&config.data)?;
        let log = LogConfig {
            context: config.context.clone(),
            names: names.clone(),
            dir: config.data.clone(),
            threads: OPENING_THREADS,
            area_of: lika_proto::convert::entry_area,
            instance: instance.clone(),
            far_behind: FAR_BEHIND_ENTRIES,
        };
        let ledger = Ledger::open_distributed(log, config.clock.clone()).await?;
        let start = Start { config, names, instance, ledger };
        match start.config.service {
            ServiceKind::Gateway => start.gateway().await,
            ServiceKind::Households => start.households().await,
            ServiceKind::Officials => start.officials().await,
            ServiceKind::Aid => start.aid().await,
            ServiceKind::Progress => start.progress().await,
            ServiceKind::Audit => start.audit().await,
        }
    }

    /// Resolves with the reason when the service cannot go on; if there are several reasons, the log's comes first.
    pub async fn failed(&mut self) -> Failed {
        let (ledger, vault) = (self.ledger.clone(), self.vault.clone());
        let vault = async move {
            match vault {
                Some(vault) => vault.stopped().await,
                None => std::future::pending().await,
            }
        };
        let follower = &mut self.follower;
        let views = async move {
            match follower {
                Some(follower) => follower.stopped().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            biased;
            error = ledger.stopped() => Failed::Log(error),
            error = vault => Failed::Vault(error),
            ended = views => ended.map_or_else(Failed::Views, |()| Failed::Ended),
        }
    }

    /// Stores again the data keys that their stream has lost. A service that knows data keys must do this before it
    /// ends: if the streams were rolled back, perhaps no other process knows the keys.
    pub async fn give_back(&self) {
        let Some(vault) = &self.vault else { return };
        match tokio::time::timeout(Duration::from_secs(GIVEN_BACK_WITHIN_S), vault.give_back()).await {
            Ok(Ok(_)) => {}
            Ok(Err(error)) => tracing::error!(%error, "cannot find out whether the stream has lost data keys"),
            Err(_) => {
                tracing::error!("cannot find out whether the stream has lost data keys: NATS does not answer");
            }
        }
    }

    /// Stops in order: takes no more requests, answers those under way, writes the views, closes the log and the
    /// vault.
    pub async fn stop(self) -> anyhow::Result<()> {
        let Self { ledger, vault, follower, server, answering, .. } = self;
        if let Some(answering) = answering {
            answering.finish().await;
        }
        if let Some((stop, server)) = server {
            // The server may have ended already.
            let _ = stop.send(());
            server.await?;
        }
        let views = match follower {
            Some(follower) => follower.stop().await,
            None => Ok(()),
        };
        tokio::task::spawn_blocking(move || {
            ledger.close();
            if let Some(vault) = vault {
                vault.close();
            }
        })
        .await?;
        views.context("the views could not be written; they are rebuilt from the log at the next start")
    }
}

impl Start {
    async fn answering(&self, metadata: HashMap<String, String>) -> anyhow::Result<Answering> {
        let client = self.config.context.client();
        let prefix = self.names.service_prefix();
        Answering::start(&client, prefix, self.config.service.name(), &self.instance, metadata).await
    }

    async fn vault(&self) -> anyhow::Result<Arc<Vault>> {
        let vault =
            Vault::open_distributed(&self.config.data, self.config.context.clone(), self.names.clone()).await?;
        Ok(Arc::new(vault))
    }

    fn running(self, answering: Answering) -> Distributed {
        Distributed {
            service: self.config.service,
            instance: self.instance,
            ledger: self.ledger,
            url: None,
            vault: None,
            follower: None,
            server: None,
            answering: Some(answering),
        }
    }

    async fn gateway(self) -> anyhow::Result<Distributed> {
        let listen = self.config.listen;
        let listener = crate::listen(listen).await?;
        let url = format!("http://{}", reached_at(listener.local_addr()?, &self.config.context.client()));
        let gateway = Gateway::start(NatsBackend::start(&self.ledger, &self.config.context.client(), &self.names))?;
        let (stop, stopped) = oneshot::channel::<()>();
        let server = tokio::spawn(lika_gateway::serve(gateway, listener, async move {
            // A service that is dropped stops like one that is told to.
            let _ = stopped.await;
        }));
        let answering = self.answering([("url".to_owned(), url.clone())].into()).await?;
        Ok(Distributed { url: Some(url), server: Some((stop, server)), ..self.running(answering) })
    }

    async fn households(self) -> anyhow::Result<Distributed> {
        let vault = self.vault().await?;
        let service = (Households::new(self.ledger.clone(), vault.clone()), vault.clone());
        let answering = self.answering(HashMap::new()).await?;
        answering
            .record(&self.ledger, &service, |(households, vault), received| async move {
                with_keys(&vault, households.prepare(received).await).await
            })
            .await?;
        let (households, vault) = service;
        let opening = Opening { ledger: self.ledger.clone(), vault: vault.clone(), households };
        answering.answer(&opening, Opening::open).await?;
        Ok(Distributed { vault: Some(vault), ..self.running(answering) })
    }

    async fn officials(self) -> anyhow::Result<Distributed> {
        let vault = self.vault().await?;
        let service = (Officials::new(self.ledger.clone(), vault.clone()), vault);
        let answering = self.answering(HashMap::new()).await?;
        answering
            .record(&self.ledger, &service, |(officials, vault), received| async move {
                with_keys(&vault, officials.prepare(received).await).await
            })
            .await?;
        let (officials, vault) = service;
        answering.answer(&officials, reads::open_official).await?;
        Ok(Distributed { vault: Some(vault), ..self.running(answering) })
    }

    async fn aid(self) -> anyhow::Result<Distributed> {
        let answering = self.answering(HashMap::new()).await?;
        answering.record(&self.ledger, &(), |(), received| async move { Ok(lika_aid::prepare(received)?) }).await?;
        Ok(self.running(answering))
    }

    async fn progress(self) -> anyhow::Result<Distributed> {
        let (progress, follower) = backend::follow(&self.ledger, &self.config.data.join("views"))?;
        let progress = Arc::new(progress);
        let answering = self.answering(HashMap::new()).await?;
        answering.answer(&progress, reads::progress).await?;
        answering.answer(&progress, reads::figure).await?;
        answering.answer(&progress, reads::policy).await?;
        answering.answer(&progress, reads::household).await?;
        answering.answer(&progress, reads::official).await?;
        Ok(Distributed { follower: Some(follower), ..self.running(answering) })
    }

    async fn audit(self) -> anyhow::Result<Distributed> {
        let keeper = Keeper::start(self.ledger.clone());
        let answering = self.answering(HashMap::new()).await?;
        log_server::answer(&answering, keeper, self.config.data.clone()).await?;
        Ok(self.running(answering))
    }
}

/// Passes a refusal on only after this process has read every data key that others have stored by now. The submission
/// is then prepared once more, and the second refusal is final.
async fn with_keys(vault: &Vault, prepared: Result<Prepared, SubmitError>) -> Result<Prepared, SubmitError> {
    if matches!(prepared, Err(SubmitError::Rejected(_))) {
        vault.catch_up().await?;
    }
    prepared
}

impl Opening {
    /// Opens a card once this process has read the last entry in the query and every data key. Otherwise it could take
    /// an older box for the one in force, or a key that is still on its way for an erased one.
    async fn open(self, query: OpenHousehold) -> Result<Option<OpenedCard>, ReadError> {
        let read = async {
            if let Some(last) = query.entries.last() {
                self.ledger.log().published(*last).await.map_err(ReadError::failed)?;
            }
            self.vault.catch_up().await.map_err(ReadError::failed)
        };
        let read = tokio::time::timeout(Duration::from_millis(READ_WITHIN_MS), read).await;
        read.unwrap_or(Err(ReadError::Behind))?;
        reads::open_household(self.households, query).await.map(Some)
    }
}

/// The name of the process that uses this folder. It is the same after every restart, so that an integrator recognises
/// its own work.
fn instance(data: &Path) -> anyhow::Result<String> {
    let path = data.join("instance");
    if let Ok(name) = std::fs::read_to_string(&path) {
        let name = name.trim().to_owned();
        let good = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_hexdigit());
        return if good {
            Ok(name)
        } else {
            Err(Failure::new(
                "instance_invalid",
                format!("{} does not hold the name of an instance: delete it", path.display()),
            )
            .into())
        };
    }
    let bytes: [u8; INSTANCE_BYTES] = rand::random();
    let name = hex::encode(bytes);
    std::fs::write(&path, format!("{name}\n")).with_context(|| format!("{}", path.display()))?;
    Ok(name)
}

/// The address at which clients reach a gateway that listens on `listen`. If it listens on all addresses of this
/// machine, this is the one from which it is connected to NATS, where clients look for gateways.
fn reached_at(listen: SocketAddr, client: &async_nats::Client) -> SocketAddr {
    match client.server_info().client_ip.parse() {
        Ok(seen) if listen.ip().is_unspecified() => SocketAddr::new(seen, listen.port()),
        _ => listen,
    }
}
