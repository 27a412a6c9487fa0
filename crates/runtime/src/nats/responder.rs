//! The endpoints at which a service answers over NATS. `nats micro ls` finds them; each has its queue group.

use super::directory::INSTANCE;
use super::question::Question;
use super::wire::{Answer, OUTCOME, outcome};
use async_nats::Client;
use async_nats::service::endpoint::Endpoint;
use async_nats::service::{Service, ServiceExt};
use bytes::Bytes;
use futures::StreamExt;
use lika_domain::rejection::{Code, Rejection};
use lika_gateway::backend::ReadError;
use lika_ledger::{Ledger, Prepared, Receipt, Received, SubmitError};
use lika_proto::v1;
use parking_lot::Mutex;
use prost::Message as _;
use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinHandle;

/// Submissions under way at the same time.
const SUBMISSIONS_MAX: usize = 4_096;
/// Submissions prepared at the same time, in order.
const PREPARED_MAX: usize = 256;
/// Questions answered at the same time.
const QUESTIONS_MAX: usize = 64;

/// How long a service that stops waits for the receipts of submissions under way, in milliseconds.
const FINISH_MS: u64 = 5_000;

/// A service at NATS. Dropping it stops its answers.
pub(crate) struct Answering {
    service: Service,
    client: Client,
    prefix: String,
    name: &'static str,
    instance: String,
    /// The tasks that record submissions.
    recording: Mutex<Vec<JoinHandle<()>>>,
}

impl Answering {
    /// Announces the service. A client that asks for instances gets `metadata`.
    pub(crate) async fn start(
        client: &Client,
        prefix: String,
        name: &'static str,
        instance: &str,
        mut metadata: HashMap<String, String>,
    ) -> anyhow::Result<Self> {
        metadata.insert(INSTANCE.into(), instance.into());
        let builder = client.service_builder().description(format!("Lika, {name}")).metadata(metadata);
        let service = builder.start(format!("lika-{name}"), env!("CARGO_PKG_VERSION")).await;
        let service = service.map_err(|error| anyhow::anyhow!("{error}"))?;
        let recording = Mutex::default();
        Ok(Self { service, client: client.clone(), prefix, name, instance: instance.to_owned(), recording })
    }

    /// Records submissions: those sent to any instance, and those sent to this one. `prepare` lets the service read a
    /// submission and check what only that service can see.
    pub(crate) async fn record<S, F>(
        &self,
        ledger: &Arc<Ledger>,
        service: &S,
        prepare: impl Fn(S, Received) -> F + Copy + Send + Sync + 'static,
    ) -> anyhow::Result<()>
    where
        S: Clone + Send + Sync + 'static,
        F: Future<Output = Result<Prepared, SubmitError>> + Send + 'static,
    {
        for (name, subject) in [("submit", "submit".to_owned()), ("submit-here", format!("submit.{}", self.instance))]
        {
            let endpoint = self.endpoint(name, &subject).await?;
            let recording = tokio::spawn({
                let service = service.clone();
                record(endpoint, ledger.clone(), move |received| prepare(service.clone(), received))
            });
            self.recording.lock().push(recording);
        }
        Ok(())
    }

    /// Takes no more questions, and waits a while until submissions under way have their receipts.
    pub(crate) async fn finish(self) {
        // A server that is gone does not learn that this service ends, but it sends no requests either.
        let _ = self.service.stop().await;
        let recording = std::mem::take(&mut *self.recording.lock());
        let ended = async {
            futures::future::join_all(recording).await;
            self.client.flush().await
        };
        if !matches!(tokio::time::timeout(Duration::from_millis(FINISH_MS), ended).await, Ok(Ok(()))) {
            tracing::warn!("submissions under way get no answer; sent again, they get their receipts");
        }
    }

    /// Answers the queries of a kind.
    pub(crate) async fn answer<S, Q, F>(
        &self,
        service: &S,
        read: impl Fn(S, Q) -> F + Copy + Send + Sync + 'static,
    ) -> anyhow::Result<()>
    where
        S: Clone + Send + Sync + 'static,
        Q: Question,
        F: Future<Output = Result<Option<Q::Answer>, ReadError>> + Send + 'static,
    {
        debug_assert_eq!(self.name, Q::SERVICE);
        let service = service.clone();
        self.answer_bytes(Q::SUBJECT, move |payload| {
            let question = serde_json::from_slice::<Q::Json>(&payload);
            let service = service.clone();
            async move {
                let answer = match question.map(Q::from_json) {
                    Ok(Some(query)) => read(service, query).await,
                    Ok(None) => Q::not_understood(),
                    Err(error) => Err(ReadError::failed(error)),
                };
                // Views can always be written as JSON.
                Bytes::from(serde_json::to_vec(&Answer::of(answer)).unwrap_or_default())
            }
        })
        .await
    }

    /// Answers bytes with bytes; an empty answer means that there is nothing of that name.
    pub(crate) async fn answer_bytes<F>(
        &self,
        what: &'static str,
        read: impl Fn(Bytes) -> F + Clone + Send + Sync + 'static,
    ) -> anyhow::Result<()>
    where
        F: Future<Output = Bytes> + Send + 'static,
    {
        let endpoint = self.endpoint(what, what).await?;
        tokio::spawn(endpoint.for_each_concurrent(QUESTIONS_MAX, move |request| {
            let answer = read(request.message.payload.clone());
            async move {
                // An answer that cannot be sent is logged here, since nothing else learns of it.
                if let Err(error) = request.respond(Ok(answer.await)).await {
                    tracing::warn!(%error, what, "an answer cannot be sent");
                }
            }
        }));
        Ok(())
    }

    async fn endpoint(&self, name: &str, subject: &str) -> anyhow::Result<Endpoint> {
        let subject = format!("{}.{}.{subject}", self.prefix, self.name);
        let endpoint = self.service.endpoint_builder().name(name).add(subject).await;
        endpoint.map_err(|error| anyhow::anyhow!("{error}"))
    }
}

/// Prepares submissions in the order in which they come, and records them side by side.
async fn record<F>(endpoint: Endpoint, ledger: Arc<Ledger>, prepare: impl Fn(Received) -> F + Clone + Send + Sync)
where
    F: Future<Output = Result<Prepared, SubmitError>> + Send,
{
    let prepared = endpoint.map(|request| {
        let (ledger, prepare) = (ledger.clone(), prepare.clone());
        async move {
            let prepared = match signed(request.message.payload.clone()) {
                Ok(signed) => prepare_soon(&ledger, &prepare, signed).await,
                Err(error) => Err(error),
            };
            (request, prepared)
        }
    });
    prepared
        .buffered(PREPARED_MAX)
        .map(|(request, prepared)| {
            let ledger = ledger.clone();
            async move {
                let answer: Result<Receipt, SubmitError> = match prepared {
                    Ok(prepared) => ledger.submit(prepared).await,
                    Err(error) => Err(error),
                };
                let (headers, payload) = outcome(answer);
                debug_assert!(headers.get(OUTCOME).is_some());
                // The caller may have gone away; what was recorded stays recorded.
                let _ = request.respond_with_headers(Ok(payload), headers).await;
            }
        })
        .buffer_unordered(SUBMISSIONS_MAX)
        .for_each(|()| async {})
        .await;
}

/// Decodes a submission. Bytes that cannot be decoded now never can: the refusal says so, and the sender need not try
/// again.
fn signed(payload: Bytes) -> Result<v1::SignedSubmission, SubmitError> {
    v1::SignedSubmission::decode(payload)
        .map_err(|error| Rejection::of(Code::Malformed, "submission", error.to_string()).into())
}

/// Prepares a submission. If it is refused, another process may have recorded a moment ago what it depends on. So it
/// is prepared again, on everything that is sequenced by now and at least on the entries that its device has seen
/// published.
async fn prepare_soon<F: Future<Output = Result<Prepared, SubmitError>>>(
    ledger: &Ledger,
    prepare: &impl Fn(Received) -> F,
    signed: v1::SignedSubmission,
) -> Result<Prepared, SubmitError> {
    match prepare(signed.clone().into()).await {
        Err(SubmitError::Rejected(_)) => {
            ledger.catch_up().await?;
            let (known, found) = (signed.known, ledger.state().applied);
            if found < known {
                return Err(SubmitError::Behind { known, found });
            }
            prepare(signed.into()).await
        }
        prepared => prepared,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unreadable_submission_is_refused_for_good() {
        assert!(signed(Bytes::new()).is_ok(), "an empty message is one without fields");
        for nonsense in [&b"\x0a\xff"[..], b"\xff\xff\xff", b"{}{}"] {
            match signed(Bytes::from_static(nonsense)) {
                Err(SubmitError::Rejected(rejection)) => assert_eq!(rejection.code(), Code::Malformed),
                other => panic!("{nonsense:?}: {other:?}"),
            }
        }
    }
}
