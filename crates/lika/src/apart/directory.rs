//! Which instances of a service there are: asked for again and again, so that submissions of one area go to the same one.

use async_nats::Client;
use futures::StreamExt;
use parking_lot::RwLock;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

/// How often the instances are asked for, in milliseconds.
const ASK_MS: u64 = 2_000;
/// How long answers are gathered, in milliseconds.
const GATHER_MS: u64 = 300;
/// Most answers taken.
const INSTANCES_MAX: usize = 1_000;
/// Metadata of every instance: its own part of the subjects it answers on.
pub(crate) const INSTANCE: &str = "instance";

/// The instances of one service, in order.
#[derive(Clone, Default)]
pub(crate) struct Directory(Arc<RwLock<Vec<String>>>);

/// What an instance tells of itself, as far as it matters.
#[derive(Debug, Deserialize)]
pub(crate) struct Found {
    #[serde(default)]
    pub(crate) metadata: HashMap<String, String>,
}

impl Directory {
    /// Keeps itself up to date from now on.
    pub(crate) fn follow(client: Client, service: String) -> Self {
        let directory = Self::default();
        let kept = directory.clone();
        tokio::spawn(async move {
            loop {
                let found = instances(&client, &service).await;
                let mut names: Vec<String> =
                    found.into_iter().filter_map(|found| found.metadata.get(INSTANCE).cloned()).collect();
                names.sort();
                names.dedup();
                *kept.0.write() = names;
                tokio::time::sleep(Duration::from_millis(ASK_MS)).await;
            }
        });
        directory
    }

    /// The instance that has the submissions of an area; `None` while none is known.
    pub(crate) fn of(&self, area: u64) -> Option<String> {
        let instances = self.0.read();
        // Codes of villages end in counted digits: their remainders spread evenly.
        let number = area.checked_rem(instances.len() as u64)?;
        instances.get(usize::try_from(number).ok()?).cloned()
    }
}

/// Asks for the instances of a service, and gathers who answers.
pub(crate) async fn instances(client: &Client, service: &str) -> Vec<Found> {
    let inbox = client.new_inbox();
    let Ok(answers) = client.subscribe(inbox.clone()).await else { return Vec::new() };
    let asked = client.publish_with_reply(format!("$SRV.INFO.{service}"), inbox, "".into()).await;
    if asked.is_err() {
        return Vec::new();
    }
    let gathered = answers.take(INSTANCES_MAX).take_until(tokio::time::sleep(Duration::from_millis(GATHER_MS)));
    gathered.filter_map(|answer| async move { serde_json::from_slice(&answer.payload).ok() }).collect().await
}
