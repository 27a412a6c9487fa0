//! `lika log`: a new, empty log, in a folder or ordered by NATS; and what is done to the latter by hand.

pub(crate) mod apart;

use super::client::block_on;
use crate::apart::connection::NatsArgs;
use crate::exit::{Exit, Failure};
use crate::printer::Printer;
use anyhow::Context;
use clap::Subcommand;
use lika_eventlog::tiles::TileLog;
use lika_ledger::{Clock, Ledger};
use lika_tlog::key::{KeyName, SigningKey};
use lika_vault::{Vault, VaultError};
use serde::Serialize;
use std::path::PathBuf;

/// Making a log.
#[derive(Debug, Subcommand)]
pub(crate) enum Log {
    /// Make an empty log and the key that signs its checkpoints
    ///
    /// Next, `lika serve` serves it, and `lika open` opens it with the key of its first administrator.
    Create(Create),
    /// Begin a new epoch: a new stream that goes on after the last sealed entry
    ///
    /// For a stream that has lost or changed what was sealed. The old stream is kept for inquiry. Stop all services
    /// first; what was ordered and not sealed is sent again by those who have no receipt for it.
    Recover(Recover),
    /// Move an embedded log to services apart: its entries stay where they are, new ones are ordered by NATS
    ///
    /// The folder becomes that of the audit service. Receipts and proofs given before stay valid.
    Migrate(Migrate),
}

/// Which folder, and where NATS is.
#[derive(Debug, clap::Args)]
#[command(mut_arg("nats", |nats| nats.required(true)))]
pub(crate) struct Recover {
    /// Folder of an audit service, with the signing key
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Copies of each message, on as many servers; left out, as many as there were
    #[arg(long, value_name = "N")]
    replicas: Option<u8>,
    #[command(flatten)]
    nats: NatsArgs,
}

/// Which folder, and where NATS is.
#[derive(Debug, clap::Args)]
#[command(mut_arg("nats", |nats| nats.required(true)))]
pub(crate) struct Migrate {
    /// Folder of the log; nothing may be serving it
    data: PathBuf,
    /// Copies of each message, on as many servers; left out, 3 where that many are named, else 1
    #[arg(long, value_name = "N")]
    replicas: Option<u8>,
    #[command(flatten)]
    nats: NatsArgs,
}

/// Where, and of what name.
#[derive(Debug, clap::Args)]
pub(crate) struct Create {
    /// Folder that will hold it; is made if need be
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Its name for ever, in every checkpoint and receipt: a host you own and the division code of the area, such as
    /// lika.example/130624
    #[arg(long, value_name = "NAME")]
    origin: String,
    /// Copies of each message, on as many servers; left out, 3 where that many are named, else 1
    #[arg(long, value_name = "N", requires = "nats")]
    replicas: Option<u8>,
    #[command(flatten)]
    nats: Option<NatsArgs>,
}

/// What was made.
#[derive(Debug, Serialize)]
struct Created {
    data: PathBuf,
    origin: String,
    verifier_key: String,
    verifier_key_file: PathBuf,
    /// Stream that orders it; none if the folder does.
    stream: Option<String>,
}

impl Log {
    /// Does it.
    pub(crate) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        match self {
            Self::Create(create) => create.run(printer),
            Self::Recover(recover) => block_on(recover.run(printer)),
            Self::Migrate(migrate) => block_on(migrate.run(printer)),
        }
    }
}

impl Create {
    fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        if let Some(nats) = &self.nats {
            // Before anything is made.
            block_on(apart::ensure_new(nats, &self.origin))?;
        }
        let verifier_key_file = self.data.join("log.vkey");
        let made = match (&self.nats, crate::apart::connection::verifier_key(&self.data)) {
            // Cut off between the folder and the streams; what it holds is looked at before they are made.
            (Some(_), Ok(key)) if key.name().as_str() == self.origin => Some(key.to_string()),
            _ => None,
        };
        let verifier_key = match made {
            Some(key) => key,
            None => create(&self.data, &self.origin)?,
        };
        let stream = match &self.nats {
            Some(nats) => {
                let replicas = self.replicas.unwrap_or_else(|| nats.replicas());
                Some(block_on(apart::create(nats, &self.data, replicas))?)
            }
            None => None,
        };
        let created = Created { data: self.data, origin: self.origin, verifier_key, verifier_key_file, stream };
        printer.result(&created, Created::text)?;
        Ok(Exit::Done)
    }
}

impl Recover {
    async fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let begun = apart::recover(&self.nats, &self.data, self.replicas).await?;
        printer.result(&begun, apart::Begun::text)?;
        Ok(Exit::Done)
    }
}

impl Migrate {
    async fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let begun =
            apart::migrate(&self.nats, &self.data, self.replicas.unwrap_or_else(|| self.nats.replicas())).await?;
        printer.result(&begun, apart::Begun::text)?;
        Ok(Exit::Done)
    }
}

/// Makes a log with a new key, and returns its verifier key as text.
pub(crate) fn create(data: &std::path::Path, origin: &str) -> anyhow::Result<String> {
    let name: KeyName = origin.parse().map_err(|error| {
        Failure::new(
            "origin_invalid",
            format!("{origin:?} cannot name a log: {error}. One that can: lika.example/130624"),
        )
    })?;
    let seed = lika_client::Random::system().bytes().map_err(|error| Failure::new("randomness", error.to_string()))?;
    let key = SigningKey::new(name, seed);
    let unmade = |error| Failure::new("data_unwritable", format!("{} cannot be made: {error}", data.display()));
    std::fs::create_dir_all(data).map_err(unmade)?;
    make_vault(data)?;
    TileLog::create(data, &key)?;
    // Opening it once signs the checkpoint of the empty log, so that what was made can be audited.
    Ledger::open(data, Clock::system(), 1)?.close();
    Ok(key.verifier().to_string())
}

/// Makes the vault before the log, so that there is never a log without one. A vault that a creation left which was cut
/// off has never been used, and stays.
fn make_vault(data: &std::path::Path) -> anyhow::Result<()> {
    if data.join("log.vkey").exists() {
        return Ok(());
    }
    std::fs::create_dir_all(data).with_context(|| data.display().to_string())?;
    match Vault::create(data) {
        Err(VaultError::Exists(_)) => Ok(()),
        made => Ok(made?),
    }
}

impl Created {
    fn text(&self) -> String {
        let data = self.data.display();
        if let Some(stream) = &self.stream {
            return format!(
                "{origin} is ordered by {stream}, and still empty. {data} is the folder of its audit service.\n\
                 Copy to the folder of every other service, before its first start: log.vkey; for households and \
                 officials also vault/; for a second audit service also keys/.\n\
                 Next, run the six services and open the log through a gateway:\n  \
                 lika run audit --data {data} --nats URL --monitor URL\n",
                origin = self.origin,
            );
        }
        format!(
            "{origin} is in {data}, and still empty.\n\
             Its verifier key, for everyone who checks the log, is in {file}:\n  {key}\n\
             Its signing key is in {data}/keys: keep a copy of that folder where nobody else can read it.\n\n\
             Next, serve it, and in another terminal make your key and open the log:\n  \
             lika serve --data {data}\n  \
             lika key new NAME\n  \
             lika open --key NAME --area CODE --name NAME --production\n",
            origin = self.origin,
            file = self.verifier_key_file.display(),
            key = self.verifier_key,
        )
    }
}
