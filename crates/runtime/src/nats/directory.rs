//! The running instances of a service. They are asked for again and again, so that all submissions of an area go to
//! the same instance.

use async_nats::Client;
use futures::StreamExt;
use parking_lot::RwLock;
use serde::Deserialize;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How often the instances are asked for, in milliseconds.
const ASK_MS: u64 = 2_000;
/// How long answers are gathered, in milliseconds.
const GATHER_MS: u64 = 300;
/// How long an instance that took a submission and did not answer is left out, in milliseconds: it runs, but perhaps
/// it hangs or cannot reach most of the servers.
const LEFT_OUT_MS: u64 = 30_000;
/// Most answers taken.
const INSTANCES_MAX: usize = 1_000;
/// Name of the metadata that holds an instance's name, which ends the subjects that it alone answers.
pub const INSTANCE: &str = "instance";

/// The instances of one service.
#[derive(Clone, Default)]
pub struct Directory(Arc<RwLock<Known>>);

#[derive(Default)]
struct Known {
    /// Their names, in order.
    instances: Vec<String>,
    /// Since when instances are left out.
    left_out: HashMap<String, Instant>,
}

/// An instance's report about itself, as far as it is used.
#[derive(Debug, Deserialize)]
pub struct Found {
    /// The report's entries, by name
    #[serde(default)]
    pub metadata: HashMap<String, String>,
}

impl Directory {
    /// Keeps itself up to date from now on.
    pub fn follow(client: Client, service: String) -> Self {
        let directory = Self::default();
        let kept = directory.clone();
        tokio::spawn(async move {
            loop {
                let found = instances(&client, &service).await;
                kept.found(found.into_iter().filter_map(|found| found.metadata.get(INSTANCE).cloned()).collect());
                tokio::time::sleep(Duration::from_millis(ASK_MS)).await;
            }
        });
        directory
    }

    /// Takes the names of the instances that have just answered.
    fn found(&self, mut names: Vec<String>) {
        names.sort();
        names.dedup();
        let mut known = self.0.write();
        known.left_out.retain(|_, since| since.elapsed() < Duration::from_millis(LEFT_OUT_MS));
        known.instances = names;
    }

    /// Leaves an instance out for a while, so that the next submissions of its areas go to another.
    pub fn leave_out(&self, instance: &str) {
        self.0.write().left_out.insert(instance.to_owned(), Instant::now());
    }

    /// The instance that gets the submissions of an area; `None` while none is known.
    pub fn of(&self, area: u64) -> Option<String> {
        let known = self.0.read();
        let mut instances: Vec<&String> =
            known.instances.iter().filter(|name| !known.left_out.contains_key(*name)).collect();
        if instances.is_empty() {
            instances = known.instances.iter().collect();
        }
        // The codes of villages end in consecutive numbers, so their remainders spread evenly.
        let number = area.checked_rem(instances.len() as u64)?;
        instances.get(usize::try_from(number).ok()?).map(|name| (*name).clone())
    }
}

/// Asks for the instances of a service, and gathers their answers.
pub async fn instances(client: &Client, service: &str) -> Vec<Found> {
    let inbox = client.new_inbox();
    let Ok(answers) = client.subscribe(inbox.clone()).await else { return Vec::new() };
    let asked = client.publish_with_reply(format!("$SRV.INFO.{service}"), inbox, "".into()).await;
    if asked.is_err() {
        return Vec::new();
    }
    let gathered = answers.take(INSTANCES_MAX).take_until(tokio::time::sleep(Duration::from_millis(GATHER_MS)));
    gathered.filter_map(|answer| async move { serde_json::from_slice(&answer.payload).ok() }).collect().await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_instance_that_does_not_answer_is_left_out_while_there_is_another() {
        let directory = Directory::default();
        assert_eq!(directory.of(7), None);
        directory.found(vec!["b".into(), "a".into(), "b".into()]);
        let all: Vec<_> = (0..4).map(|area| directory.of(area).unwrap()).collect();
        assert_eq!(all, ["a", "b", "a", "b"]);
        directory.leave_out("b");
        directory.found(vec!["a".into(), "b".into()]);
        assert!((0..4).all(|area| directory.of(area).unwrap() == "a"));
        directory.found(vec!["b".into()]);
        assert_eq!(directory.of(0).unwrap(), "b", "the only instance is asked although it is left out");
    }
}
