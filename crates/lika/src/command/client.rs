//! Arguments that the subcommands of officials share: their folder, their key and the node.

use super::passphrase::{PassphraseArgs, unlocked};
use crate::exit::{Exit, Failure};
use lika_client::{Api, Home, KeyFile, Unlocked};
use lika_domain::area::Area;
use lika_domain::date::Date;
use std::path::PathBuf;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// Default address of the node.
const DEFAULT_URL: &str = "http://127.0.0.1:7130";

/// The folder of keys, receipts and waiting submissions.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct HomeArgs {
    /// Folder for keys, receipts and submissions that wait to be sent [default: .lika in your home folder]
    #[arg(long, env = "LIKA_HOME", value_name = "DIR")]
    home: Option<PathBuf>,
}

/// The node.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct NodeArgs {
    /// Address of the node
    #[arg(long, env = "LIKA_URL", value_name = "URL", default_value = DEFAULT_URL)]
    url: String,
}

/// The key to sign with.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct KeyArgs {
    /// Name of the key to sign with; may be left out if there is only one
    #[arg(long, env = "LIKA_KEY", value_name = "NAME")]
    key: Option<String>,
    #[command(flatten)]
    pub(crate) passphrase: PassphraseArgs,
}

/// The folder, the node and the key.
#[derive(Clone, Debug, clap::Args)]
pub(crate) struct ClientArgs {
    #[command(flatten)]
    home: HomeArgs,
    #[command(flatten)]
    node: NodeArgs,
    #[command(flatten)]
    key: KeyArgs,
}

/// An official at a device.
pub(crate) struct Client {
    /// The folder.
    pub(crate) home: Home,
    /// The node.
    pub(crate) api: Api,
    /// The key to sign with.
    pub(crate) key: KeyFile,
}

impl HomeArgs {
    /// Opens the folder.
    pub(crate) fn open(&self) -> anyhow::Result<Home> {
        let none = || {
            let en = "there is no folder for keys and receipts: name one with --home";
            Failure::told("home_missing", "没有存放密钥和回执的文件夹：请用 --home 指定", en)
        };
        let dir = self.home.clone().or_else(Home::default_dir).ok_or_else(none)?;
        Ok(Home::open_with(&dir, unlocked())?)
    }
}

impl NodeArgs {
    /// The node's API.
    pub(crate) fn api(&self) -> anyhow::Result<Api> {
        Ok(Api::new(&self.url)?)
    }
}

impl KeyArgs {
    /// The key that was named, or the only one.
    pub(crate) fn find(&self, home: &Home) -> anyhow::Result<KeyFile> {
        if let Some(name) = &self.key {
            return Ok(home.key(name)?);
        }
        let mut keys = home.keys()?;
        match (keys.pop(), keys.as_slice()) {
            (Some(only), []) => Ok(only),
            (None, _) => {
                let dir = home.dir().display();
                let zh = format!("{dir} 中没有密钥：请用 `lika key new 名称` 生成，再请管理员登记");
                let en = format!(
                    "{dir} holds no key: make one with `lika key new NAME`, and have an administrator enrol it"
                );
                Err(Failure::told("key_missing", zh, en).into())
            }
            (Some(last), others) => {
                let names: Vec<&str> = others.iter().chain([&last]).map(|key| key.name.as_str()).collect();
                let names = names.join(", ");
                let zh = format!("有几把密钥，请用 --key 指定其一：{names}");
                let en = format!("there are several keys: name one of them with --key: {names}");
                Err(Failure::told("key_ambiguous", zh, en).into())
            }
        }
    }
}

impl ClientArgs {
    /// Opens the folder.
    pub(crate) fn home(&self) -> anyhow::Result<Home> {
        self.home.open()
    }

    /// The folder, the node, and the name of the key if one was given, for a process that runs on: a key that was not
    /// used for `idle` is locked. There need be no key yet.
    pub(crate) fn desk(&self, idle: Duration) -> anyhow::Result<(Home, Api, Option<String>)> {
        let home = self.home.open()?;
        let home = Home::open_with(home.dir(), Unlocked::new(idle))?;
        if let Some(passphrase) = self.key.passphrase.given()? {
            home.unlock(&self.key.find(&home)?, &passphrase)?;
        }
        Ok((home, self.node.api()?, self.key.key.clone()))
    }

    /// Opens the folder, and the key with its passphrase; the node is not asked yet.
    pub(crate) fn open(&self) -> anyhow::Result<Client> {
        let home = self.home.open()?;
        let key = self.key.find(&home)?;
        self.key.passphrase.unlock(&home, &key)?;
        Ok(Client { api: self.node.api()?, home, key })
    }
}

impl Client {
    /// The area the log covers, from the node.
    pub(crate) async fn jurisdiction(&self) -> anyhow::Result<Area> {
        let info = self.api.log().await?;
        self.home.meet_log(&info.origin, &info.verifier_key)?;
        let not_opened = || {
            let zh = format!("{} 尚未启用；请由首位管理员运行 `lika open`", info.origin);
            let en = format!("{} has not been opened yet; `lika open` opens it", info.origin);
            Failure::told("jurisdiction_not_opened", zh, en).exit(Exit::Conflict)
        };
        Ok(info.area.parse().map_err(|_| not_opened())?)
    }

    /// The node's API with a session of the key.
    pub(crate) async fn with_session(&self) -> anyhow::Result<Api> {
        let session = self.api.open_session(&self.home.signer_of(&self.key)?).await?;
        Ok(self.api.with_token(&session.token)?)
    }
}

/// Runs work that waits for the network.
pub(crate) fn block_on<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}

/// The device's clock, in seconds since 1970-01-01 UTC.
pub(crate) fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// Today, in China.
pub(crate) fn today() -> Date {
    Date::of_unix_ms(now_s() * 1_000)
}
