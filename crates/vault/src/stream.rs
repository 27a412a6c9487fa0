//! Data keys in a JetStream stream that several processes share.
//!
//! A message holds, under the subject of its key: a version byte (1), a nonce (12 bytes), and the key encrypted with
//! ChaCha20-Poly1305 under `wrap.key`; subject and number are authenticated with it, so that no message can take
//! another's place.

use crate::declaration::{self, subject};
use crate::error::{StoreError, VaultError};
use crate::file;
use crate::record::KeyName;
use async_nats::jetstream::Context;
use async_nats::jetstream::consumer::DeliverPolicy;
use async_nats::jetstream::consumer::push::OrderedConfig;
use async_nats::jetstream::stream::LastRawMessageErrorKind;
use bytes::Bytes;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{ChaCha20Poly1305, Key, Nonce};
use futures::{StreamExt, TryStreamExt, future, stream};
use lika_eventlog::jetstream::batch::{self, BATCH_MESSAGES_MAX, Guarded};
use lika_eventlog::jetstream::error::{StreamError, patiently};
use lika_eventlog::jetstream::{Names, settings};
use lika_proto::seal::DataKey;
use lika_retry::{SERVER, Waits};
use parking_lot::RwLock;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::{mpsc, oneshot, watch};
use tokio::task::AbortHandle;

const VERSION: u8 = 1;
const NONCE_BYTES: usize = 12;
/// Most requests that wait to be stored; further ones are refused and may be tried again.
const WAITING_MAX: usize = 8_192;
/// If no message comes for this long, the stream is asked whether it has more, in milliseconds.
const SILENCE_MS: u64 = 2_000;
/// How long to try to store keys, in milliseconds.
const STORED_WITHIN_MS: u64 = 10_000;
/// If the stream ends before the last message read at more than this many checks in a row, it counts as rolled back.
const LOOKS_SHORT_MAX: u32 = 2;
/// Most keys looked up at the same time.
const LOOKED_AT_MAX: usize = 64;

/// Wraps data keys.
#[derive(Clone)]
pub(crate) struct WrapKey(ChaCha20Poly1305);

/// The keys of a stream.
#[derive(Debug)]
pub(crate) struct Stream {
    shared: Arc<Shared>,
    queue: mpsc::Sender<Request>,
    tasks: Vec<AbortHandle>,
}

struct Shared {
    context: Context,
    names: Names,
    wrap: WrapKey,
    keys: RwLock<HashMap<KeyName, DataKey>>,
    /// Number of the last message read.
    read: watch::Sender<u64>,
    stopped: watch::Sender<Option<VaultError>>,
}

/// Keys to be stored, and the channel for the outcome.
struct Request {
    keys: Vec<(KeyName, DataKey)>,
    reply: oneshot::Sender<Result<(), StoreError>>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Shared").finish_non_exhaustive()
    }
}

impl WrapKey {
    pub(crate) fn read(folder: &Path) -> Result<Self, VaultError> {
        Ok(Self(ChaCha20Poly1305::new(&Key::from(file::wrap_key(folder)?))))
    }

    fn wrap(&self, name: KeyName, key: &DataKey) -> Result<Bytes, VaultError> {
        let mut nonce = [0; NONCE_BYTES];
        getrandom::fill(&mut nonce).map_err(|error| VaultError::io(Path::new("nonce"))(error.into()))?;
        let payload = Payload { msg: key.as_bytes(), aad: &associated(name) };
        let sealed = self.0.encrypt(&Nonce::from(nonce), payload);
        let sealed = sealed.map_err(|_| VaultError::Sealed { subject: name.0, number: name.1 })?;
        Ok([[VERSION].as_slice(), &nonce, &sealed].concat().into())
    }

    fn unwrap(&self, name: KeyName, message: &[u8]) -> Result<DataKey, VaultError> {
        let sealed = || VaultError::Sealed { subject: name.0, number: name.1 };
        let rest = message.strip_prefix(&[VERSION]).ok_or_else(sealed)?;
        let (nonce, rest) = rest.split_first_chunk::<NONCE_BYTES>().ok_or_else(sealed)?;
        let payload = Payload { msg: rest, aad: &associated(name) };
        let key = self.0.decrypt(&Nonce::from(*nonce), payload).map_err(|_| sealed())?;
        DataKey::from_slice(&key).ok_or_else(sealed)
    }
}

fn associated((subject, number): KeyName) -> [u8; 12] {
    let mut bytes = [0; 12];
    bytes[..8].copy_from_slice(&subject.to_be_bytes());
    bytes[8..].copy_from_slice(&number.to_be_bytes());
    bytes
}

impl Stream {
    /// Checks the stream, reads all of it, and follows it from then on.
    pub(crate) async fn open(context: Context, names: Names, wrap: WrapKey) -> Result<Self, VaultError> {
        let wanted = declaration::stream(&names, 1);
        let info = patiently(async || settings::check(&context, &wanted).await).await?;
        let shared = Arc::new(Shared {
            context,
            names,
            wrap,
            keys: RwLock::default(),
            read: watch::Sender::new(0),
            stopped: watch::Sender::new(None),
        });
        let (queue, requests) = mpsc::channel(WAITING_MAX);
        let tasks = vec![
            tokio::spawn(shared.clone().follow()).abort_handle(),
            tokio::spawn(shared.clone().write(requests)).abort_handle(),
        ];
        let stream = Self { shared, queue, tasks };
        stream.shared.reached(info.state.last_sequence).await?;
        Ok(stream)
    }

    pub(crate) fn key(&self, name: KeyName) -> Option<DataKey> {
        self.shared.keys.read().get(&name).cloned()
    }

    pub(crate) async fn store(&self, keys: &[(u64, u32, DataKey)]) -> Result<(), StoreError> {
        let mut new: Vec<(KeyName, DataKey)> = Vec::new();
        for (subject, number, key) in keys {
            let name = (*subject, *number);
            let earlier = new.iter().find(|(other, _)| *other == name).map(|(_, key)| key.clone());
            match self.key(name).or(earlier) {
                Some(kept) if kept != *key => return Err(StoreError::Changed { subject: *subject, number: *number }),
                Some(_) => {}
                None => new.push((name, key.clone())),
            }
        }
        if new.is_empty() {
            return Ok(());
        }
        let (reply, answer) = oneshot::channel();
        self.queue.try_send(Request { keys: new, reply }).map_err(|error| match error {
            mpsc::error::TrySendError::Full(_) => StoreError::Busy,
            mpsc::error::TrySendError::Closed(_) => VaultError::Closed.into(),
        })?;
        answer.await.unwrap_or_else(|_| Err(VaultError::Closed.into()))
    }

    pub(crate) async fn catch_up(&self) -> Result<(), VaultError> {
        self.shared.reached(self.shared.last_sequence().await?).await
    }

    pub(crate) async fn give_back(&self) -> Result<usize, VaultError> {
        self.shared.give_back().await
    }

    pub(crate) async fn stopped(&self) -> VaultError {
        let mut stopped = self.shared.stopped.subscribe();
        let reason = stopped.wait_for(Option::is_some).await;
        reason.ok().and_then(|reason| reason.clone()).unwrap_or(VaultError::Closed)
    }

    pub(crate) fn close(&self) {
        self.tasks.iter().for_each(AbortHandle::abort);
        self.shared.fail(VaultError::Closed);
    }
}

impl Drop for Stream {
    fn drop(&mut self) {
        self.close();
    }
}

impl Shared {
    fn fail(&self, error: VaultError) {
        self.stopped.send_if_modified(|stopped| {
            let first = stopped.is_none();
            stopped.get_or_insert(error);
            first
        });
    }

    async fn reached(&self, sequence: u64) -> Result<(), VaultError> {
        let (mut read, mut stopped) = (self.read.subscribe(), self.stopped.subscribe());
        tokio::select! {
            _ = read.wait_for(|read| *read >= sequence) => Ok(()),
            reason = stopped.wait_for(Option::is_some) => {
                Err(reason.ok().and_then(|reason| reason.clone()).unwrap_or(VaultError::Closed))
            }
        }
    }

    /// Follows the stream for ever. The sequence numbers of erased keys are missing.
    async fn follow(self: Arc<Self>) {
        let mut waits = Waits::new(SERVER);
        loop {
            match self.follow_once().await {
                Err(VaultError::Stream(StreamError::Nats { doing, source })) => {
                    tracing::warn!(doing, error = %source, "the stream of data keys cannot be followed; trying again");
                }
                Err(error) => return self.fail(error),
                Ok(()) => {}
            }
            waits.wait().await;
        }
    }

    async fn follow_once(&self) -> Result<(), VaultError> {
        let from = *self.read.borrow() + 1;
        let config = OrderedConfig {
            deliver_subject: self.context.client().new_inbox(),
            deliver_policy: DeliverPolicy::ByStartSequence { start_sequence: from },
            ..OrderedConfig::default()
        };
        let consumer = self.context.create_consumer_on_stream(config, declaration::name(&self.names)).await;
        let consumer = consumer.map_err(|error| unanswered("following data keys", error))?;
        let messages = consumer.messages().await.map_err(|error| unanswered("following data keys", error))?;
        let mut messages = std::pin::pin!(messages);
        let mut short = 0;
        loop {
            let Ok(message) = tokio::time::timeout(Duration::from_millis(SILENCE_MS), messages.next()).await else {
                let (found, known) = (self.last_sequence().await?, *self.read.borrow());
                // After a change of leader a consumer may get neither messages nor an error.
                if found > known {
                    return Ok(());
                }
                short = if found < known { short + 1 } else { 0 };
                if short > LOOKS_SHORT_MAX {
                    tracing::error!(found, known, "the stream of data keys was rolled back");
                    self.give_back().await?;
                    self.read.send_replace(found);
                    return Ok(());
                }
                continue;
            };
            short = 0;
            let Some(message) = message else { return Ok(()) };
            let message = message.map_err(|error| unanswered("following data keys", error))?;
            let sequence = message.info().map(|info| info.stream_sequence).unwrap_or_default();
            let name =
                declaration::key_of(&message.subject).ok_or_else(|| VaultError::NoKey(message.subject.to_string()))?;
            let key = self.wrap.unwrap(name, &message.payload)?;
            self.keys.write().insert(name, key);
            self.read.send_modify(|read| *read = sequence.max(*read));
        }
    }

    async fn last_sequence(&self) -> Result<u64, VaultError> {
        let stream = self.context.get_stream(declaration::name(&self.names)).await;
        let stream = stream.map_err(|error| unanswered("asking for the end of the data keys", error))?;
        settings::check_majority(stream.cached_info().cluster.as_ref())?;
        Ok(stream.cached_info().state.last_sequence)
    }

    /// Stores again the keys known here that the stream has lost; returns how many. Several processes may do this at
    /// once: each key is stored only once.
    async fn give_back(&self) -> Result<usize, VaultError> {
        let known: Vec<_> = self.keys.read().iter().map(|(name, key)| (*name, key.clone())).collect();
        let looked = stream::iter(known).map(|key| async move {
            let found = self.look(key.0).await?;
            Ok::<_, VaultError>(found.is_none().then_some(key))
        });
        let missing: Vec<_> = looked.buffer_unordered(LOOKED_AT_MAX).try_filter_map(future::ok).try_collect().await?;
        self.publish(&missing.iter().collect::<Vec<_>>()).await?;
        if !missing.is_empty() {
            tracing::warn!(keys = missing.len(), "data keys that their stream had lost are stored again");
        }
        Ok(missing.len())
    }

    /// Stores waiting requests in batches, until all senders are gone.
    async fn write(self: Arc<Self>, mut requests: mpsc::Receiver<Request>) {
        let mut waiting = Vec::new();
        while requests.recv_many(&mut waiting, BATCH_MESSAGES_MAX).await > 0 {
            while !waiting.is_empty() {
                let batch = take(&mut waiting);
                self.store(batch).await;
            }
        }
    }

    /// Stores requests as one batch; if that fails, stores each by itself.
    async fn store(&self, batch: Vec<Request>) {
        let all: Vec<_> = batch.iter().flat_map(|request| &request.keys).collect();
        let together = self.publish(&all).await;
        for Request { keys, reply } in batch {
            let outcome = match &together {
                Ok(()) => Ok(()),
                Err(_) => self.store_alone(&keys).await,
            };
            // The caller may have gone away; what was stored stays stored.
            let _ = reply.send(outcome);
        }
    }

    /// Stores the keys of one request, reading back the outcome of each attempt. Gives up after a while; the caller
    /// may try the same keys again.
    async fn store_alone(&self, keys: &[(KeyName, DataKey)]) -> Result<(), StoreError> {
        let (begun, mut waits) = (Instant::now(), Waits::new(SERVER));
        loop {
            let mut missing = Vec::new();
            let mut asked = true;
            for key in keys {
                match self.look(key.0).await {
                    Ok(Some(kept)) if kept != key.1 => {
                        return Err(StoreError::Changed { subject: key.0.0, number: key.0.1 });
                    }
                    Ok(Some(_)) => {}
                    Ok(None) => missing.push(key),
                    Err(VaultError::Stream(error)) => {
                        tracing::warn!(%error, "a data key cannot be looked up; trying again");
                        asked = false;
                    }
                    Err(error) => return Err(error.into()),
                }
            }
            let published = if asked { self.publish(&missing).await } else { Ok(()) };
            if asked && published.is_ok() {
                return Ok(());
            }
            if begun.elapsed() > Duration::from_millis(STORED_WITHIN_MS) {
                let error = published.err().unwrap_or(VaultError::Closed);
                tracing::error!(%error, keys = missing.len(), "data keys cannot be stored");
                return Err(error.into());
            }
            if let Some(stopped) = self.stopped.borrow().clone() {
                return Err(stopped.into());
            }
            waits.wait().await;
        }
    }

    async fn publish(&self, keys: &[&(KeyName, DataKey)]) -> Result<(), VaultError> {
        let guarded = |(name, key): &&(KeyName, DataKey)| {
            let subject = subject(&self.names, *name);
            Ok(Guarded { subject, last: 0, payload: self.wrap.wrap(*name, key)? })
        };
        for some in keys.chunks(BATCH_MESSAGES_MAX) {
            let batch = some.iter().map(guarded).collect::<Result<Vec<_>, VaultError>>()?;
            let published = batch::publish(&self.context.client(), &batch).await;
            published.map_err(|error| unanswered("storing data keys", error))?;
            let mut known = self.keys.write();
            known.extend(some.iter().map(|(name, key)| (*name, key.clone())));
        }
        Ok(())
    }

    /// Asks the leader of the stream for a key.
    async fn look(&self, name: KeyName) -> Result<Option<DataKey>, VaultError> {
        let stream = self.context.get_stream_no_info(declaration::name(&self.names)).await;
        let stream = stream.map_err(|error| unanswered("looking for a data key", error))?;
        match stream.get_last_raw_message_by_subject(&subject(&self.names, name)).await {
            Ok(message) => self.wrap.unwrap(name, &message.payload).map(Some),
            Err(error) if matches!(error.kind(), LastRawMessageErrorKind::NoMessageFound) => Ok(None),
            Err(error) => Err(unanswered("looking for a data key", error)),
        }
    }
}

/// The next requests whose keys are all different, in the order in which they wait.
fn take(waiting: &mut Vec<Request>) -> Vec<Request> {
    let (mut names, mut batch, mut left) = (BTreeSet::new(), Vec::new(), Vec::new());
    for request in waiting.drain(..) {
        let new = request.keys.iter().all(|(name, _)| !names.contains(name));
        let fits = batch.is_empty() || names.len() + request.keys.len() <= BATCH_MESSAGES_MAX;
        if new && fits {
            names.extend(request.keys.iter().map(|(name, _)| *name));
            batch.push(request);
        } else {
            left.push(request);
        }
    }
    *waiting = left;
    batch
}

fn unanswered(doing: &'static str, error: impl std::error::Error + Send + Sync + 'static) -> VaultError {
    StreamError::Nats { doing, source: Arc::new(error) }.into()
}
