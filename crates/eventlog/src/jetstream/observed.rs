//! Observed checkpoints: the latest checkpoint that each process has seen published. Servers restored with older
//! streams may let an integrator that was away publish again; it would sign other entries under numbers already
//! signed for, and neither its folder nor the streams would show it. The other processes know, so an integrator asks
//! them before it takes over. Their answers are signed checkpoints, so none can be invented.

use super::checkpoints::Checkpoints;
use super::error::StreamError;
use super::outage::Outage;
use crate::Checkpoint;
use crate::verify::open_note;
use futures::StreamExt;
use lika_retry::{SERVER, Waits};
use std::time::Duration;
use tokio::sync::watch;

/// How long to collect answers, in milliseconds; how many there will be is not known.
const ANSWERS_MS: u64 = 500;

impl Checkpoints {
    /// Answers every request with the latest checkpoint that this process has seen published; runs for ever.
    pub(super) async fn testify(self, seen: watch::Receiver<Checkpoint>) {
        let client = self.context.client();
        let (mut waits, mut outage) =
            (Waits::new(SERVER), Outage::new("other processes cannot ask for the checkpoint seen here"));
        loop {
            match client.subscribe(self.names.seen_subject()).await {
                Ok(mut questions) => {
                    while let Some(question) = questions.next().await {
                        let Some(reply) = question.reply else { continue };
                        let note = seen.borrow().signed.to_string();
                        if let Err(error) = client.publish(reply, note.into()).await {
                            outage.tell(&StreamError::nats("telling which checkpoint was seen")(error));
                        }
                    }
                }
                Err(error) => outage.tell(&StreamError::nats("listening to questions")(error)),
            }
            waits.wait().await;
        }
    }

    /// Size of the latest checkpoint that any reachable process has seen published, in entries.
    pub(super) async fn seen_by_anyone(&self) -> Result<u64, StreamError> {
        let client = self.context.client();
        let inbox = client.new_inbox();
        let answers = client.subscribe(inbox.clone()).await;
        let mut answers = answers.map_err(StreamError::nats("asking which checkpoints were seen"))?;
        let asked = client.publish_with_reply(self.names.seen_subject(), inbox, Default::default()).await;
        asked.map_err(StreamError::nats("asking which checkpoints were seen"))?;
        let mut most = 0;
        let listen = async {
            while let Some(answer) = answers.next().await {
                // An answer that is not a checkpoint of this log is ignored.
                if let Ok(checkpoint) = open_note(&answer.payload, &self.key) {
                    most = most.max(checkpoint.size);
                }
            }
        };
        // This always takes the full time, since the number of processes is not known.
        let _ = tokio::time::timeout(Duration::from_millis(ANSWERS_MS), listen).await;
        Ok(most)
    }
}
