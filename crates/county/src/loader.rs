//! Sends the history to a node over its public API, as the officials' devices would: each signs its own submissions,
//! sends them in order, and verifies every receipt. Many devices report at the same time.

use super::history::History;
use super::plan::{Planned, Probe, Tick};
use anyhow::Context;
use lika_client::api::is_decided;
use lika_client::receipt::ReceiptError;
use lika_client::{Api, ApiError, Device, Random, Report, receipt};
use lika_domain::date::Date;
use lika_ledger::Clock;
use lika_proto::v1;
use lika_proto::v1::answer::Outcome;
use lika_retry::{Retryable, SERVER};
use lika_tlog::key::VerifierKey;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

/// Most devices that report at the same time.
const DEVICES_AT_ONCE: usize = 256;
/// How long to resend submissions that get no answer, in seconds, before the load fails: a cluster that has lost a
/// server needs a while.
const PATIENCE_S: u64 = 60;

/// A county cannot be loaded.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// A submission that must be recorded was not.
    #[error("a made-up submission was not recorded: {0}")]
    Refused(#[source] Box<ApiError>),
    /// A receipt is not valid for the submission sent.
    #[error("a receipt does not hold: {0}")]
    Receipt(#[source] ReceiptError),
}

/// Totals of a load.
#[derive(Clone, Copy, Debug, Default)]
pub struct Loaded {
    /// Submissions recorded, one entry each.
    pub entries: u64,
    /// Events in them.
    pub events: u64,
    /// Submissions refused, as intended.
    pub refused: u64,
}

/// Sends a history.
pub struct Loader {
    api: Api,
    log: Arc<VerifierKey>,
    origin: String,
    clock: Clock,
    seed: u64,
    devices: Vec<Option<Device>>,
    /// Entry of each submission, by the submission's number.
    entries: Vec<Option<u64>>,
    loaded: Loaded,
}

/// The work of one device at a tick.
struct Errand {
    author: usize,
    device: Device,
    submissions: Vec<Planned>,
}

/// The results of a device.
struct Done {
    author: usize,
    device: Device,
    entries: Vec<(usize, u64)>,
}

impl Loader {
    /// For an empty log; `clock` is the node's clock, which the load sets.
    pub fn new(api: Api, log: VerifierKey, clock: Clock, seed: u64) -> Self {
        let origin = log.name().to_string();
        let (log, devices, entries, loaded) = (Arc::new(log), Vec::new(), Vec::new(), Loaded::default());
        Self { api, log, origin, clock, seed, devices, entries, loaded }
    }

    /// Sends the whole history; `watch` receives the totals so far. Returns the totals, and the devices of all
    /// officials with their positions in the log.
    ///
    /// # Errors
    /// If a submission is refused, or the node cannot be reached.
    pub async fn load(
        mut self,
        history: &mut History,
        watch: impl Fn(Loaded),
    ) -> anyhow::Result<(Loaded, Vec<Device>)> {
        while let Some(tick) = history.next_tick()? {
            let day = Date::of_unix_ms(tick.at_ms);
            self.record(tick).await.with_context(|| format!("the reports of {day}"))?;
            watch(self.loaded);
        }
        Ok((self.loaded, self.devices.into_iter().flatten().collect()))
    }

    /// Sends one tick and waits for every receipt: later ticks depend on it.
    async fn record(&mut self, tick: Tick) -> anyhow::Result<()> {
        self.clock.set(tick.at_ms);
        let new =
            tick.devices.into_iter().map(|new| Some(Device::new(new.signer, new.official, self.origin.as_str())));
        self.devices.extend(new);
        let submissions = u64::try_from(tick.submissions.len())?;
        let events = tick.submissions.iter().map(|planned| planned.len() as u64).sum::<u64>();
        let turns = Arc::new(Semaphore::new(DEVICES_AT_ONCE));
        let mut running = JoinSet::new();
        for errand in self.errands(tick.submissions)? {
            let (courier, turns) = (self.courier(tick.at_ms), turns.clone());
            running.spawn(async move {
                let _turn = turns.acquire().await?;
                courier.run(errand).await
            });
        }
        while let Some(done) = running.join_next().await {
            let Done { author, device, entries } = done??;
            self.devices[author] = Some(device);
            for (number, entry) in entries {
                if self.entries.len() <= number {
                    self.entries.resize(number + 1, None);
                }
                self.entries[number] = Some(entry);
            }
        }
        self.loaded.entries += submissions;
        self.loaded.events += events;
        for probe in tick.probes {
            self.refused(probe, tick.at_ms).await?;
        }
        Ok(())
    }

    /// Attempts a submission that must be refused. The device's chain is then reset, as after any refusal.
    async fn refused(&mut self, probe: Probe, at_ms: u64) -> anyhow::Result<()> {
        let expected = probe.expected.name();
        let device = self.devices.get(probe.author).and_then(Option::as_ref);
        let mut device = device.cloned().context("a report without a device")?;
        self.loaded.refused += 1;
        let id = Random::seeded(self.seed ^ !self.loaded.refused).submission_id()?;
        let report = Report { area: probe.area, events: probe.events(), keys: Vec::new(), warned: Vec::new() };
        let signed = device.compose(id, at_ms / 1_000, report)?.signed;
        match self.api.submit(&signed).await {
            Err(ApiError::Refused(refusal)) if refusal.code == expected => Ok(()),
            Err(error) => anyhow::bail!("{expected} was expected and not {error}"),
            Ok(_) => anyhow::bail!("{expected} was expected, and it was recorded"),
        }
    }

    /// Groups submissions by device, in order.
    fn errands(&mut self, submissions: Vec<Planned>) -> anyhow::Result<Vec<Errand>> {
        let mut by_author: BTreeMap<usize, Vec<Planned>> = BTreeMap::new();
        for mut planned in submissions {
            planned.resolve(|number| self.entries.get(number).copied().flatten());
            by_author.entry(planned.author).or_default().push(planned);
        }
        let errand = |(author, submissions)| {
            let device = self.devices.get_mut(author).and_then(Option::take);
            Ok(Errand { author, device: device.context("a report without a device")?, submissions })
        };
        by_author.into_iter().map(errand).collect()
    }

    fn courier(&self, at_ms: u64) -> Courier {
        Courier { api: self.api.clone(), log: self.log.clone(), seed: self.seed, at_ms }
    }
}

/// Does a device's work at a tick.
struct Courier {
    api: Api,
    log: Arc<VerifierKey>,
    seed: u64,
    at_ms: u64,
}

impl Courier {
    async fn run(self, errand: Errand) -> anyhow::Result<Done> {
        let Errand { author, mut device, submissions } = errand;
        let mut numbers = Vec::with_capacity(submissions.len());
        let mut composed = Vec::with_capacity(submissions.len());
        for planned in submissions {
            // Two loads of one seed differ only in the order among officials, and what follows from it.
            let number = planned.number;
            let id = Random::seeded(self.seed ^ (number as u64 + 1).rotate_left(32)).submission_id()?;
            let report = Report { area: planned.area, events: planned.events, keys: planned.keys, warned: Vec::new() };
            numbers.push(number);
            composed.push(device.compose(id, self.at_ms / 1_000, report)?.signed);
        }
        let receipts = self.send_until_answered(&composed).await?;
        let indexes = receipts.iter().zip(&composed).map(|(receipt, sent)| self.check(receipt, sent));
        let indexes = indexes.collect::<Result<Vec<_>, _>>()?;
        Ok(Done { author, device, entries: numbers.into_iter().zip(indexes).collect() })
    }

    /// Sends the same bytes again if no answer comes; that never records anything twice.
    async fn send_until_answered(&self, composed: &[v1::SignedSubmission]) -> Result<Vec<v1::Receipt>, LoadError> {
        let begun = Instant::now();
        let again = |error: &ApiError| error.is_worth_retrying() && begun.elapsed() < Duration::from_secs(PATIENCE_S);
        (|| self.send(composed)).retry(SERVER).when(again).await.map_err(failure)
    }

    /// Several submissions of a device go as one stream, so that they need not wait for each other's receipts.
    async fn send(&self, composed: &[v1::SignedSubmission]) -> Result<Vec<v1::Receipt>, ApiError> {
        if let [one] = composed {
            return Ok(vec![self.api.submit(one).await?]);
        }
        let answers = self.api.submit_many(composed.to_vec()).await?;
        let receipt = |answer: v1::Answer| match answer.outcome {
            Some(Outcome::Receipt(receipt)) => Ok(receipt),
            Some(Outcome::Refusal(refusal)) => Err(refused(refusal)),
            None => Err(ApiError::Protocol("an answer without an outcome".to_owned())),
        };
        answers.into_iter().map(receipt).collect()
    }

    /// Verifies a receipt as its holder would; returns the index of the entry.
    fn check(&self, receipt: &v1::Receipt, sent: &v1::SignedSubmission) -> Result<u64, LoadError> {
        let proven = receipt::verify_answer(sent, receipt, &self.log);
        let invalid = |error| LoadError::Receipt(error);
        proven.map(|proven| proven.index).map_err(invalid)
    }
}

/// A refusal that is not a decision counts as no answer.
fn refused(refusal: v1::Refusal) -> ApiError {
    if is_decided(&refusal) {
        return ApiError::Refused(Box::new(refusal));
    }
    ApiError::Unreachable { what: format!("it answers {} {}", refusal.status, refusal.code), source: None }
}

/// A refusal here is a bug of the generator or the node, not an error of the user.
fn failure(error: ApiError) -> LoadError {
    LoadError::Refused(Box::new(error))
}
