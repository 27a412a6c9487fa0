//! What the desk works with: the folder, the node, the key, and what is known of the official.

use crate::copy::Copy;
use crate::gate::Gate;
use crate::page::{Page, PageError, Visit};
use crate::tables::Tables;
use lika_client::api::LogInfo;
use lika_client::{Api, Home, HomeError, KeyFile};
use lika_domain::date::Date;
use serde::{Deserialize, Serialize};
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};
use tokio::sync::Notify;

/// The file of what the node said last about the official.
const WHO: &str = "desk.json";
/// Largest such file that is read, in bytes.
const WHO_BYTES_MAX: u64 = 256 * 1024;

/// The desk of an official.
pub struct Desk {
    pub(crate) home: Home,
    pub(crate) api: Api,
    /// The key that was named; `None` for the only one.
    key: Option<String>,
    pub(crate) gate: Gate,
    seen: Mutex<Seen>,
    /// The replica of the official's area.
    pub(crate) copy: Copy,
    /// The table that is being imported.
    pub(crate) tables: Tables,
    /// Wakes what sends.
    pub(crate) wake: Notify,
    /// Wakes what asks the node who the official is.
    pub(crate) ask: Notify,
}

/// Why there is no desk.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    /// The system gave no randomness for the secret.
    #[error("the system gives no randomness: {0}")]
    Random(getrandom::Error),
}

/// What is known without asking.
#[derive(Clone, Debug, Default)]
pub(crate) struct Seen {
    /// Whether the node answered last; `None` before the first time.
    pub(crate) reachable: Option<bool>,
    /// The official, as the node said last.
    pub(crate) who: Who,
    /// The node was asked since this desk started.
    asked: bool,
}

/// The official and the log, as the node said last. Kept, so that they are known without a network.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Who {
    /// The key that this was said of.
    pub(crate) key: String,
    /// Whether the node knows the key; `None` if it never said.
    pub(crate) enrolled: Option<bool>,
    pub(crate) name: String,
    /// Name of the role in documents.
    pub(crate) role: Option<String>,
    /// Area of the role, a prefix of a division code.
    pub(crate) area: Option<String>,
    pub(crate) unit: String,
    pub(crate) post: String,
    pub(crate) log: Option<LogInfo>,
}

impl Desk {
    /// A desk on that folder, for that node, which is reached at `addr`.
    ///
    /// # Errors
    /// If the system gives no randomness.
    pub fn new(home: Home, api: Api, key: Option<String>, addr: SocketAddr) -> Result<Self, DeskError> {
        let gate = Gate::new(addr).map_err(DeskError::Random)?;
        let who = read_who(&home).unwrap_or_default();
        let seen = Mutex::new(Seen { who, ..Seen::default() });
        let (copy, tables) = (Copy::default(), Tables::default());
        Ok(Self { home, api, key, gate, seen, copy, tables, wake: Notify::new(), ask: Notify::new() })
    }

    /// The path that opens the desk in a browser. Whoever knows it may use the desk.
    pub fn path(&self) -> String {
        self.gate.path()
    }

    /// What is known without asking.
    pub(crate) fn seen(&self) -> Seen {
        self.locked().clone()
    }

    /// Notes whether the node answered.
    pub(crate) fn note_reachable(&self, reachable: bool) {
        self.locked().reachable = Some(reachable);
    }

    /// Whether the node said since the start who the official is.
    pub(crate) fn is_asked(&self) -> bool {
        self.locked().asked
    }

    /// Notes what the node said about the official.
    pub(crate) fn learned(&self, who: Who) {
        let text = serde_json::to_vec(&who).unwrap_or_default();
        // It is only shown, and asked for again: a folder that cannot be written is noticed where it matters.
        if let Err(error) = self.home.write_beside(WHO, &text) {
            tracing::warn!(%error, "what the node said about the official could not be kept");
        }
        let mut seen = self.locked();
        (seen.who, seen.asked) = (who, true);
        drop(seen);
        self.copy.want();
    }

    /// The key to sign with.
    ///
    /// # Errors
    /// If there is none, none of that name, or several and none was named.
    pub(crate) fn key(&self) -> Result<KeyFile, PageError> {
        if let Some(name) = &self.key {
            return self.home.key(name).map_err(|error| match error {
                HomeError::KeyUnknown(_) => PageError::Key(error.to_string()),
                other => other.into(),
            });
        }
        let mut keys = self.home.keys()?;
        match (keys.pop(), keys.as_slice()) {
            (Some(only), []) => Ok(only),
            (last, others) => {
                let names: Vec<_> = others.iter().chain(&last).map(|key| key.name.as_str()).collect();
                Err(PageError::Key(names.join(", ")))
            }
        }
    }

    /// Whether the key waits for its passphrase. Looking does not count as a use of it.
    pub(crate) fn is_locked(&self) -> bool {
        self.key().is_ok_and(|key| key.is_protected() && self.home.unlocked().remaining(key.id()).is_none())
    }

    /// Counts a page that was asked for as a use of the key: whoever reads is still there.
    pub(crate) fn use_key(&self) {
        if let Ok(key) = self.key() {
            // Locked or not, the page says so itself.
            let _ = self.home.unlocked().get(key.id());
        }
    }

    /// What a page is drawn with.
    pub(crate) fn page(&self, visit: &Visit) -> Page {
        let testing = self.locked().who.log.as_ref().is_some_and(|log| log.mode == "testing");
        Page { language: visit.language, token: self.gate.token(), here: visit.here.clone(), form: None, testing }
    }

    fn locked(&self) -> MutexGuard<'_, Seen> {
        // What is known is replaced as a whole, so a panic elsewhere leaves it as it was.
        self.seen.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn read_who(home: &Home) -> Option<Who> {
    let file = std::fs::File::open(home.dir().join(WHO)).ok()?;
    serde_json::from_reader(std::io::Read::take(file, WHO_BYTES_MAX)).ok()
}

/// The device's clock, in seconds since 1970-01-01 UTC.
pub(crate) fn now_s() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()
}

/// Today, in China.
pub(crate) fn today() -> Date {
    Date::of_unix_ms(now_s() * 1_000)
}
