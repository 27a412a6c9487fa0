//! `lika log`: makes an empty log, in a folder or ordered by NATS, and begins new streams for a log.

use super::client::block_on;
use super::nats::NatsArgs;
use crate::exit::Exit;
use crate::printer::Printer;
use clap::Subcommand;
use lika_domain::language::Language;
use lika_runtime::log::create;
use lika_runtime::nats::streams::Begun;
use lika_runtime::nats::{connection, streams};
use serde::Serialize;
use std::path::PathBuf;

/// Makes a log, or a new stream for one.
#[derive(Debug, Subcommand)]
pub(crate) enum Log {
    /// Make an empty log and the key that signs its checkpoints
    ///
    /// Next, `lika serve` serves it, and `lika open` opens it with the key of its first administrator.
    Create(Create),
    /// Begin a new epoch: a new stream that continues after the last published entry
    ///
    /// For a stream that has lost or changed published entries. The old stream is kept for inquiry. Stop all services
    /// first. Entries that were ordered but not published have no receipt: their authors send them again.
    Recover(Recover),
    /// Move an embedded log to distributed services: its entries stay where they are, new ones are ordered by NATS
    ///
    /// The folder becomes that of the audit service. Receipts and proofs given before stay valid.
    Migrate(Migrate),
}

/// The folder, and the NATS servers.
#[derive(Debug, clap::Args)]
#[command(mut_arg("nats", |nats| nats.required(true)))]
pub(crate) struct Recover {
    /// Folder of an audit service, with the signing key
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Copies of each message, on as many servers [default: as many as before]
    #[arg(long, value_name = "N")]
    replicas: Option<u8>,
    #[command(flatten)]
    nats: NatsArgs,
}

/// The folder, and the NATS servers.
#[derive(Debug, clap::Args)]
#[command(mut_arg("nats", |nats| nats.required(true)))]
pub(crate) struct Migrate {
    /// Folder of the log; no process may be serving it
    data: PathBuf,
    /// Copies of each message, on as many servers [default: 3 if that many are named, otherwise 1]
    #[arg(long, value_name = "N")]
    replicas: Option<u8>,
    #[command(flatten)]
    nats: NatsArgs,
}

/// The folder and the name.
#[derive(Debug, clap::Args)]
pub(crate) struct Create {
    /// Folder that will hold it; created if it does not exist
    #[arg(long, value_name = "DIR")]
    data: PathBuf,
    /// Its permanent name, in every checkpoint and receipt: a host you own and the division code of the area, such as
    /// lika.example/130624
    #[arg(long, value_name = "NAME")]
    origin: String,
    /// Copies of each message, on as many servers [default: 3 if that many are named, otherwise 1]
    #[arg(long, value_name = "N", requires = "nats")]
    replicas: Option<u8>,
    #[command(flatten)]
    nats: Option<NatsArgs>,
}

/// The new log.
#[derive(Debug, Serialize)]
struct Created {
    data: PathBuf,
    origin: String,
    verifier_key: String,
    verifier_key_file: PathBuf,
    /// Stream that orders it; none for an embedded log.
    stream: Option<String>,
}

impl Log {
    /// Runs the command.
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
            // Checked before anything is made.
            block_on(streams::ensure_new(&nats.servers(), &self.origin))?;
        }
        let verifier_key_file = self.data.join("log.vkey");
        let made = match (&self.nats, connection::verifier_key(&self.data)) {
            // An earlier attempt stopped after the folder and before the streams; the folder is checked before they
            // are made.
            (Some(_), Ok(key)) if key.name().as_str() == self.origin => Some(key.to_string()),
            _ => None,
        };
        let verifier_key = match made {
            Some(key) => key,
            None => create(&self.data, &self.origin)?,
        };
        let stream = match &self.nats {
            Some(nats) => {
                let replicas = self.replicas.unwrap_or_else(|| nats.servers().replicas());
                Some(block_on(streams::create(&nats.servers(), &self.data, replicas))?)
            }
            None => None,
        };
        let created = Created { data: self.data, origin: self.origin, verifier_key, verifier_key_file, stream };
        printer.result(&created, |created| created.text(printer.language()))?;
        Ok(Exit::Done)
    }
}

impl Recover {
    async fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let begun = streams::recover(&self.nats.servers(), &self.data, self.replicas).await?;
        printer.result(&begun, |begun| begun_text(begun, printer.language()))?;
        Ok(Exit::Done)
    }
}

impl Migrate {
    async fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let begun = streams::migrate(
            &self.nats.servers(),
            &self.data,
            self.replicas.unwrap_or_else(|| self.nats.servers().replicas()),
        )
        .await?;
        printer.result(&begun, |begun| begun_text(begun, printer.language()))?;
        Ok(Exit::Done)
    }
}

impl Created {
    fn text(&self, language: Language) -> String {
        let (data, origin, key) = (self.data.display(), &self.origin, &self.verifier_key);
        if let Some(stream) = &self.stream {
            return language.of(
                format!(
                    "{origin} 由 {stream} 排序，尚无条目。{data} 是其审计服务的文件夹。\n\
                     其他服务首次启动前，请把 log.vkey 复制到其文件夹；户务和干部服务还需 vault/；第二个审计服务还需 keys/。\n\
                     下一步，运行六个服务，并通过网关启用日志：\n  \
                     lika run audit --data {data} --nats URL --monitor URL\n"
                ),
                format!(
                    "{origin} is ordered by {stream}, and still empty. {data} is the folder of its audit service.\n\
                     Copy to the folder of every other service, before its first start: log.vkey; for households and \
                     officials also vault/; for a second audit service also keys/.\n\
                     Next, run the six services and open the log through a gateway:\n  \
                     lika run audit --data {data} --nats URL --monitor URL\n"
                ),
            );
        }
        let file = self.verifier_key_file.display();
        let area = origin.rsplit('/').next().unwrap_or_default();
        let next = format!("  lika serve --data {data}\n  lika key new admin\n  lika open --key admin --area {area}");
        language.of(
            format!(
                "{origin} 建在 {data}，尚无条目。\n\
                 验证密钥供所有核验日志的人使用，在 {file}：\n  {key}\n\
                 签名密钥在 {data}/keys：请另存一份该文件夹，放在他人读不到的地方。\n\n\
                 下一步，启动服务，并在另一终端生成密钥、启用日志（admin 是您给密钥起的名称，可改）：\n\
                 {next} --name 县名 --production\n"
            ),
            format!(
                "{origin} is in {data}, and still empty.\n\
                 Its verifier key, for everyone who checks the log, is in {file}:\n  {key}\n\
                 Its signing key is in {data}/keys: keep a copy of that folder where nobody else can read it.\n\n\
                 Next, serve it, and in another terminal make your key, here called admin, and open the log:\n\
                 {next} --name COUNTY --production\n"
            ),
        )
    }
}

fn begun_text(begun: &Begun, language: Language) -> String {
    let Begun { stream, entries, data, .. } = begun;
    let data = data.display();
    language.of(
        format!(
            "自第 {entries} 条起由 {stream} 排序。{data} 保存此前的条目，是审计服务的文件夹。\n\
             下一步，重新启动各服务：先在此文件夹上启动审计服务。\n"
        ),
        format!(
            "{stream} orders the log from entry {entries} on. {data} holds the entries before it, and is the folder \
             of the audit service.\nNext, start the services again: audit first, on this folder.\n"
        ),
    )
}
