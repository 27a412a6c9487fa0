//! The backend of a gateway whose services run in other processes.

use super::directory::Directory;
use super::question::Question;
use super::wire::{Answer, read_outcome};
use async_nats::client::RequestErrorKind;
use async_nats::{Client, Message, Request};
use bytes::Bytes;
use futures::FutureExt;
use futures::future::{BoxFuture, ready};
use lika_domain::ids::Index;
use lika_eventlog::jetstream::{Names, chunks};
use lika_eventlog::verify::is_beyond;
use lika_gateway::Backend;
use lika_gateway::backend::{ReadError, Reading, Recording};
use lika_ledger::{Ledger, Receipt, Received, SubmitError};
use lika_proto::convert::Service;
use lika_retry::{Retryable, SERVICE};
use lika_tlog::TilePath;
use lika_vault::{OpenHousehold, OpenOfficial, OpenedCard, OpenedOfficial};
use lika_views::{
    Explanation, FigureQuery, HouseholdQuery, HouseholdView, OfficialQuery, OfficialView, PolicyQuery, PolicyView,
    ProgressQuery, document,
};
use prost::Message as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long a receipt is waited for, in seconds. After that its outcome is unknown: the submission may be sent again.
const RECEIPT_S: u64 = 15;
/// How long a read is waited for, in seconds. It may take long: the figures of an earlier day are folded from the log.
const READ_S: u64 = 60;
/// How long a request is repeated while no service listens on its subject, in milliseconds. A service that was started
/// again, or whose server was, is back by then.
const NO_RESPONDERS_MS: u64 = 2_000;

/// The services, in processes of their own: every question is a message to an instance of the service.
pub(crate) struct NatsBackend {
    ledger: Arc<Ledger>,
    asker: Asker,
    households: Directory,
    officials: Directory,
    aid: Directory,
}

/// Asks over NATS.
#[derive(Clone)]
struct Asker {
    client: Client,
    prefix: String,
}

impl NatsBackend {
    /// Looks for the instances of every recorder from now on.
    pub(crate) fn start(ledger: &Arc<Ledger>, client: &Client, names: &Names) -> Self {
        let directory = |service: &str| Directory::follow(client.clone(), format!("lika-{service}"));
        Self {
            ledger: ledger.clone(),
            asker: Asker { client: client.clone(), prefix: names.service_prefix() },
            households: directory("households"),
            officials: directory("officials"),
            aid: directory("aid"),
        }
    }
}

impl Backend for NatsBackend {
    fn ledger(&self) -> &Arc<Ledger> {
        &self.ledger
    }

    /// The recorder prepares and records it in one step: the gateway learns nothing about it before the receipt.
    fn prepare(&self, received: Received) -> BoxFuture<'_, Result<Recording, SubmitError>> {
        let (service, directory) = match received.service() {
            Service::Households => ("households", &self.households),
            Service::Officials => ("officials", &self.officials),
            Service::Aid => ("aid", &self.aid),
        };
        let (asker, directory) = (self.asker.clone(), directory.clone());
        let recording: Recording = async move { asker.submit(service, &directory, received).await }.boxed();
        ready(Ok(recording)).boxed()
    }

    fn progress(&self, query: ProgressQuery) -> Reading<'_, Option<Vec<document::Progress>>> {
        self.asker.ask(query).boxed()
    }

    fn figure(&self, query: FigureQuery) -> Reading<'_, Option<Explanation>> {
        self.asker.ask(query).boxed()
    }

    fn policy(&self, query: PolicyQuery) -> Reading<'_, Option<PolicyView>> {
        self.asker.ask(query).boxed()
    }

    fn household(&self, query: HouseholdQuery) -> Reading<'_, Option<HouseholdView>> {
        self.asker.ask(query).boxed()
    }

    fn official(&self, query: OfficialQuery) -> Reading<'_, Option<OfficialView>> {
        self.asker.ask(query).boxed()
    }

    fn open_household(&self, query: OpenHousehold) -> Reading<'_, OpenedCard> {
        async move { Ok(self.asker.ask(query).await?.unwrap_or_default()) }.boxed()
    }

    fn open_official(&self, query: OpenOfficial) -> Reading<'_, Option<OpenedOfficial>> {
        self.asker.ask(query).boxed()
    }

    /// A tile under a checkpoint that is known here exists. If it is not found, the service that was asked is behind
    /// or cannot read it.
    fn tile(&self, path: TilePath) -> Reading<'_, Option<Bytes>> {
        let size = self.ledger.log().checkpoint().size;
        async move {
            match self.asker.tile(path).await? {
                // A partial tile may have been replaced by a wider one.
                None if !path.is_partial() && !is_beyond(path, size) => Err(ReadError::Behind),
                found => Ok(found),
            }
        }
        .boxed()
    }

    /// As with tiles, the proof of a published entry always exists.
    fn proof(&self, index: Index) -> Reading<'_, Option<String>> {
        let size = self.ledger.log().checkpoint().size;
        async move {
            match self.asker.proof(index).await? {
                None if index < size => Err(ReadError::Behind),
                found => Ok(found),
            }
        }
        .boxed()
    }
}

impl Asker {
    /// Sends a submission to the instance that has the area; if that instance is not known or gone, to any.
    async fn submit(
        &self,
        service: &'static str,
        directory: &Directory,
        received: Received,
    ) -> Result<Receipt, SubmitError> {
        let area = received.message().map_or(0, |message| message.area);
        let payload = Bytes::from(received.signed.encode_to_vec());
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

    async fn ask<Q: Question>(&self, query: Q) -> Result<Option<Q::Answer>, ReadError> {
        let payload = serde_json::to_vec(&query.to_json()).map_err(ReadError::failed)?;
        let subject = format!("{}.{}.{}", self.prefix, Q::SERVICE, Q::SUBJECT);
        let answer = self.request(subject, payload.into(), READ_S).await;
        let answer = answer.map_err(|_| ReadError::Unanswered(Q::SERVICE))?;
        serde_json::from_slice::<Answer<Q::Answer>>(&answer.payload).map_err(ReadError::failed)?.read()
    }

    async fn tile(&self, path: TilePath) -> Result<Option<Bytes>, ReadError> {
        let subject = format!("{}.audit.tile", self.prefix);
        let found = chunks::fetch_tile(&self.client, &subject, path).await;
        found.map_err(|_| ReadError::Unanswered("audit"))
    }

    /// An empty answer means that there is no such proof.
    async fn proof(&self, index: Index) -> Result<Option<String>, ReadError> {
        let subject = format!("{}.audit.proof", self.prefix);
        let answer = self.request(subject, index.to_string().into(), READ_S).await;
        let payload = answer.map_err(|_| ReadError::Unanswered("audit"))?.payload;
        let text = (!payload.is_empty()).then(|| String::from_utf8(payload.to_vec()));
        text.transpose().map_err(ReadError::failed)
    }

    /// Sends a request to any instance. While none listens, tries again for a while: then none has received it.
    async fn request(&self, subject: String, payload: Bytes, seconds: u64) -> Result<Message, RequestErrorKind> {
        let begun = Instant::now();
        let soon = |error: &RequestErrorKind| {
            matches!(error, RequestErrorKind::NoResponders)
                && begun.elapsed() < Duration::from_millis(NO_RESPONDERS_MS)
        };
        (|| self.request_once(subject.clone(), payload.clone(), seconds)).retry(SERVICE).when(soon).await
    }

    async fn request_once(&self, subject: String, payload: Bytes, seconds: u64) -> Result<Message, RequestErrorKind> {
        let request = Request::new().payload(payload).timeout(Some(Duration::from_secs(seconds)));
        self.client.send_request(subject, request).await.map_err(|error| error.kind())
    }
}
