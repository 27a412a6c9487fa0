//! The gateway asks: each handle is a request to whichever instance of a service answers.

use super::directory::Directory;
use super::wire::{Answer, OpenQuestion, PolicyQuestion, ProgressQuestion, read_outcome};
use async_nats::client::RequestErrorKind;
use async_nats::{Client, Message, Request};
use bytes::Bytes;
use lika_eventlog::jetstream::{Names, chunks};
use lika_eventlog::verify::is_beyond;
use lika_gateway::ask::{OpenHousehold, Read, ReadError, Recorder};
use lika_gateway::{Ask, Deps};
use lika_ledger::{Ledger, Receipt, SubmitError};
use lika_proto::v1;
use lika_retry::{Retryable, SERVICE};
use lika_tlog::TilePath;
use prost::Message as _;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a receipt is waited for, in seconds. After that nobody knows: the submission may be sent again.
const RECEIPT_S: u64 = 15;
/// How long a read is waited for, in seconds: an earlier day is folded from the log anew.
const READ_S: u64 = 60;
/// How long somebody is looked for where nobody answers on a subject, in milliseconds: a service that is started again, or that
/// comes back after its server was, is there by then.
const NOBODY_MS: u64 = 2_000;

/// Asks over NATS.
#[derive(Clone)]
struct Asker {
    client: Client,
    prefix: String,
}

/// What the gateway asks, answered by services elsewhere.
pub(crate) fn deps(ledger: &Arc<Ledger>, client: &Client, names: &Names) -> Deps {
    let asker = Asker { client: client.clone(), prefix: names.service_prefix() };
    let views = asker.clone();
    let explain = asker.clone();
    Deps {
        ledger: ledger.clone(),
        households: asker.recorder("households"),
        officials: asker.recorder("officials"),
        aid: asker.recorder("aid"),
        progress: asker.read("progress", "figures", |query| ProgressQuestion::new(query, None)),
        explain: explain.read("progress", "explain", |(query, asked)| ProgressQuestion::new(query, Some(asked))),
        policy: views.read("progress", "policy", PolicyQuestion::new),
        household: asker.read("progress", "household", |id: lika_domain::ids::HouseholdId| id.get()),
        official: asker.read("progress", "official", |id: lika_domain::ids::OfficialId| id.get()),
        open_household: asker.found("households", "open", |OpenHousehold { id, entries, members }| OpenQuestion {
            household: id.get(),
            entries,
            members: members.into_iter().map(|member| u32::from(member.get())).collect(),
        }),
        open_official: asker.read("officials", "open", |id: lika_domain::ids::OfficialId| id.get()),
        tile: asker.tile(ledger),
        proof: asker.proof(ledger),
    }
}

impl Asker {
    fn recorder(&self, service: &'static str) -> Recorder {
        let asker = self.clone();
        let directory = Directory::follow(self.client.clone(), format!("lika-{service}"));
        Ask::new(move |signed: v1::SignedSubmission| {
            let (asker, directory) = (asker.clone(), directory.clone());
            async move {
                let recording: lika_gateway::ask::Recording =
                    Box::pin(async move { asker.submit(service, &directory, signed).await });
                Ok(recording)
            }
        })
    }

    /// To the instance that has the area, or else to any.
    async fn submit(
        &self,
        service: &'static str,
        directory: &Directory,
        signed: v1::SignedSubmission,
    ) -> Result<Receipt, SubmitError> {
        let area = lika_proto::convert::submission_message(&signed.submission).map_or(0, |message| message.area);
        let payload = Bytes::from(signed.encode_to_vec());
        let any = format!("{}.{service}.submit", self.prefix);
        if let Some(instance) = directory.of(area) {
            match self.request_once(format!("{any}.{instance}"), payload.clone(), RECEIPT_S).await {
                Err(RequestErrorKind::NoResponders) => {}
                Err(_) => {
                    directory.leave_out(&instance);
                    return Err(SubmitError::Unanswered(service));
                }
                Ok(answer) => return read_outcome(answer, service),
            }
        }
        let answer = self.request(any, payload, RECEIPT_S).await;
        read_outcome(answer.map_err(|_| SubmitError::Unanswered(service))?, service)
    }

    fn read<Q, W, A>(
        &self,
        service: &'static str,
        what: &'static str,
        wire: impl Fn(Q) -> W + Send + Sync + 'static,
    ) -> Read<Q, Option<A>>
    where
        Q: Send + 'static,
        W: Serialize + Send + Sync + 'static,
        A: DeserializeOwned + Send + 'static,
    {
        let asker = self.clone();
        Ask::new(move |question| {
            let (asker, question) = (asker.clone(), wire(question));
            async move { asker.question(service, what, &question).await }
        })
    }

    /// A question that always has an answer.
    fn found<Q, W, A>(
        &self,
        service: &'static str,
        what: &'static str,
        wire: impl Fn(Q) -> W + Send + Sync + 'static,
    ) -> Read<Q, A>
    where
        Q: Send + 'static,
        W: Serialize + Send + Sync + 'static,
        A: DeserializeOwned + Default + Send + 'static,
    {
        let asker = self.clone();
        Ask::new(move |question| {
            let (asker, question) = (asker.clone(), wire(question));
            async move { Ok(asker.question(service, what, &question).await?.unwrap_or_default()) }
        })
    }

    /// What is under a checkpoint known here and not found is not missing: who was asked has not come so far, or cannot read it.
    fn tile(&self, ledger: &Arc<Ledger>) -> Read<TilePath, Option<Bytes>> {
        let (asker, ledger) = (self.clone(), ledger.clone());
        Ask::new(move |path: TilePath| {
            let (asker, size) = (asker.clone(), ledger.log().checkpoint().size);
            async move {
                let subject = format!("{}.audit.tile", asker.prefix);
                let found = chunks::fetch_tile(&asker.client, &subject, path).await;
                match found.map_err(|_| ReadError::Unanswered("audit"))? {
                    // A partial tile may have been let go of for a wider one.
                    None if !path.is_partial() && !is_beyond(path, size) => Err(ReadError::Behind),
                    found => Ok(found),
                }
            }
        })
    }

    fn proof(&self, ledger: &Arc<Ledger>) -> Read<u64, Option<String>> {
        let (asker, ledger) = (self.clone(), ledger.clone());
        Ask::new(move |index: u64| {
            let (asker, size) = (asker.clone(), ledger.log().checkpoint().size);
            async move {
                let subject = format!("{}.audit.proof", asker.prefix);
                let answer = asker.request(subject, index.to_string().into(), READ_S).await;
                let payload = answer.map_err(|_| ReadError::Unanswered("audit"))?.payload;
                if payload.is_empty() && index < size {
                    return Err(ReadError::Behind);
                }
                let text = (!payload.is_empty()).then(|| String::from_utf8(payload.to_vec()));
                text.transpose().map_err(ReadError::failed)
            }
        })
    }

    async fn question<W: Serialize, A: DeserializeOwned>(
        &self,
        service: &'static str,
        what: &str,
        question: &W,
    ) -> Result<Option<A>, ReadError> {
        let payload = serde_json::to_vec(question).map_err(ReadError::failed)?;
        let subject = format!("{}.{service}.{what}", self.prefix);
        let answer = self.request(subject, payload.into(), READ_S).await;
        let answer = answer.map_err(|_| ReadError::Unanswered(service))?;
        serde_json::from_slice::<Answer<A>>(&answer.payload).map_err(ReadError::failed)?.read()
    }

    /// Asks whoever answers, and looks for a while where nobody does: then nobody has heard it either.
    async fn request(&self, subject: String, payload: Bytes, seconds: u64) -> Result<Message, RequestErrorKind> {
        let begun = Instant::now();
        let soon = |error: &RequestErrorKind| {
            matches!(error, RequestErrorKind::NoResponders) && begun.elapsed() < Duration::from_millis(NOBODY_MS)
        };
        (|| self.request_once(subject.clone(), payload.clone(), seconds)).retry(SERVICE).when(soon).await
    }

    async fn request_once(&self, subject: String, payload: Bytes, seconds: u64) -> Result<Message, RequestErrorKind> {
        let request = Request::new().payload(payload).timeout(Some(Duration::from_secs(seconds)));
        self.client.send_request(subject, request).await.map_err(|error| error.kind())
    }
}
