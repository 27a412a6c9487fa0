//! What the processes of a log have seen published. Servers that come back with older streams may hand the stream of
//! checkpoints to an integrator that was away meanwhile; it would sign for other entries under numbers that were signed for
//! before, and nothing in its folder or in the streams would tell it. The other processes can: whoever takes over asks
//! them first. What they answer is a signed checkpoint, so none of them can make one up.

use super::checkpoints::Checkpoints;
use super::error::StreamError;
use super::outage::Outage;
use crate::Checkpoint;
use crate::verify::open_note;
use futures::StreamExt;
use std::time::Duration;
use tokio::sync::watch;

/// How long answers are waited for, in milliseconds: how many there will be is not known.
const ANSWERS_MS: u64 = 500;
/// Before questions are listened to again, in milliseconds.
const RETRY_MS: u64 = 200;

impl Checkpoints {
    /// Answers whoever asks with the latest checkpoint that this process has seen published, for ever.
    pub(super) async fn testify(self, seen: watch::Receiver<Checkpoint>) {
        let client = self.context.client();
        let mut outage = Outage::new("nobody is told which checkpoint was seen here");
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
            tokio::time::sleep(Duration::from_millis(RETRY_MS)).await;
        }
    }

    /// Entries under the latest checkpoint that any process within reach has seen published.
    ///
    /// # Errors
    /// [`StreamError::Nats`] if they could not be asked.
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
                // What is no checkpoint of this log says nothing about it.
                if let Ok(checkpoint) = open_note(&answer.payload, &self.key) {
                    most = most.max(checkpoint.size);
                }
            }
        };
        // The time is always used up: nobody knows who else is there.
        let _ = tokio::time::timeout(Duration::from_millis(ANSWERS_MS), listen).await;
        Ok(most)
    }
}
