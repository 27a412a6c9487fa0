//! Sends what waits in a home, in the order of composing, and takes the answers.
//!
//! One submission at a time for each key: the log takes them only in their order. What is refused is moved aside, and
//! what was composed after it is signed anew, for it has lost the place in the chain that it was signed for. That is
//! safe, because nothing that stands after a refused submission in a chain can have been recorded.

use crate::api::{Api, ApiError, LogInfo};
use crate::compose::Device;
use crate::home::{Home, HomeError, Pending};
use crate::receipt::Proven;
use lika_domain::ids::{KeyId, SubmissionId};
use lika_domain::rejection::Code;
use lika_proto::v1;
use lika_tlog::key::VerifierKey;
use std::collections::BTreeSet;

/// Refusals that concern the device and not what it reports: everything else it sends would meet the same, so it
/// waits until somebody has enrolled the key or looked after the device.
const DEVICE_CODES: [Code; 9] = [
    Code::SignatureInvalid,
    Code::KeyUnknown,
    Code::KeyIsRevoked,
    Code::KeyNotAuthors,
    Code::AuthorUnknown,
    Code::OriginMismatch,
    Code::NotOpened,
    Code::SequenceGap,
    Code::PreviousMismatch,
];

/// What became of everything that waited.
#[derive(Debug, Default)]
pub struct Sent {
    /// In the log, proven by receipts that are kept; `true` for those that had been recorded before.
    pub recorded: Vec<(Proven, bool)>,
    /// Refused and moved aside.
    pub refused: Vec<(SubmissionId, v1::Refusal)>,
    /// Still waiting.
    pub waiting: usize,
    /// Why sending stopped before the end.
    pub stopped: Vec<ApiError>,
}

/// What was told about after each answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// Answered so far.
    pub answered: usize,
    /// Of so many.
    pub of: usize,
}

/// Sends everything that waits for the log of this node. `told` is called after each answer, for a progress bar.
///
/// Refusals and a node that cannot be reached are not errors: they are in [`Sent`].
///
/// # Errors
/// If the node shows another verifier key than before, gives a receipt that does not hold, or a file cannot be read or
/// written.
pub async fn send(home: &Home, api: &Api, mut told: impl FnMut(Step)) -> Result<Sent, HomeError> {
    let mut sent = Sent::default();
    let waiting = home.pending()?;
    if waiting.is_empty() {
        return Ok(sent);
    }
    // Nothing is sent to a node whose key is not the one kept.
    let LogInfo { origin, verifier_key, .. } = match api.log().await {
        Ok(info) => info,
        Err(error) => return Ok(Sent { waiting: waiting.len(), stopped: vec![error], ..sent }),
    };
    let log = home.meet_log(&origin, &verifier_key)?;
    let queue: Vec<_> = waiting.iter().filter(|pending| pending.origin == origin).collect();
    let keys: BTreeSet<KeyId> = queue.iter().map(|pending| pending.key).collect();
    let mut answered = 0;
    for key in keys {
        let Some(mut device) = device(home, key)? else { continue };
        for pending in queue.iter().filter(|pending| pending.key == key) {
            if !send_one(home, api, &log, &mut device, (*pending).clone(), &mut sent).await? {
                break;
            }
            answered += 1;
            told(Step { answered, of: queue.len() });
        }
    }
    sent.waiting = home.pending()?.len();
    Ok(sent)
}

/// The device of a key, standing where the log has it; `None` if the key is not in the home.
fn device(home: &Home, key: KeyId) -> Result<Option<Device>, HomeError> {
    let Some(key) = home.keys()?.into_iter().find(|kept| kept.signer.id() == key) else { return Ok(None) };
    let mut device = Device::new(key.signer, key.official, key.origin);
    device.set_chain(home.chain(&device)?);
    Ok(Some(device))
}

/// Sends one submission; `false` if the device should send no more for now.
async fn send_one(
    home: &Home,
    api: &Api,
    log: &VerifierKey,
    device: &mut Device,
    mut pending: Pending,
    sent: &mut Sent,
) -> Result<bool, HomeError> {
    let taken = device.chain();
    // What the log took, and only the settling of which a crash prevented, is sent once more as it is.
    let recorded = pending.chain.sequence <= taken.sequence;
    let in_place = (pending.chain.sequence, pending.previous) == (taken.sequence + 1, taken.previous);
    if !recorded && !in_place {
        pending = compose_again(home, device, &pending)?;
    }
    match api.submit(&pending.signed).await {
        Ok(receipt) => {
            let proven = home.keep_receipt(device, &pending, &receipt, log)?;
            device.set_chain(if recorded { taken } else { pending.chain });
            sent.recorded.push((proven, receipt.duplicate));
            Ok(true)
        }
        Err(ApiError::Refused(refusal)) if !concerns_the_device(&refusal) => {
            home.keep_refusal(&pending, &refusal)?;
            device.set_chain(taken);
            sent.refused.push((pending.id, *refusal));
            Ok(true)
        }
        Err(error) => {
            sent.stopped.push(error);
            Ok(false)
        }
    }
}

/// Signs what lost its place anew, and keeps it so before it is sent.
fn compose_again(home: &Home, device: &mut Device, pending: &Pending) -> Result<Pending, HomeError> {
    let previous = device.chain().previous;
    let composed = device.compose_again(&pending.signed)?;
    home.enqueue(&composed)?;
    Ok(Pending { chain: composed.chain, previous, signed: composed.signed, ..pending.clone() })
}

fn concerns_the_device(refusal: &v1::Refusal) -> bool {
    DEVICE_CODES.iter().any(|code| code.name() == refusal.code)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compose::{Chain, Report};
    use crate::home::KeyFile;
    use crate::key::Signer;
    use crate::node::{self, Asked, http};
    use lika_domain::ids::OfficialId;
    use lika_proto::convert::{self, encode_entry};
    use lika_proto::v1::answer::Outcome;
    use lika_tlog::checkpoint::{Checkpoint, SignedCheckpoint};
    use lika_tlog::proof::TlogProof;
    use lika_tlog::{SigningKey, leaf_hash};
    use prost::Message;
    use std::sync::{Arc, Mutex};
    use tempfile::TempDir;

    const ORIGIN: &str = "lika.example/130624";

    /// A node that chains as a log does, refuses the ids it is told to, and remembers what it took.
    #[derive(Default)]
    struct Log {
        refused: Vec<(u8, Code)>,
        chain: Chain,
        taken: Vec<v1::SignedSubmission>,
        is_down: bool,
    }

    struct World {
        dir: TempDir,
        home: Home,
        api: Api,
        log: Arc<Mutex<Log>>,
    }

    impl Log {
        fn answer(&mut self, asked: &Asked) -> Vec<u8> {
            let key = SigningKey::new(ORIGIN.parse().unwrap(), [5; 32]);
            if asked.head.starts_with("GET /v1/log ") {
                let info = LogInfo {
                    origin: ORIGIN.into(),
                    area: "130624".into(),
                    name: "阜平县".into(),
                    mode: "testing".into(),
                    verifier_key: key.verifier().to_string(),
                    size: 1,
                };
                return http("200 OK", "application/json", &serde_json::to_vec(&info).unwrap());
            }
            if self.is_down {
                return http("503 Service Unavailable", "text/plain", b"stopping");
            }
            let signed = v1::SignedSubmission::decode(asked.body.as_slice()).unwrap();
            match self.judge(&signed) {
                Err(code) => {
                    let refusal = v1::Refusal { code: code.name().into(), status: 409, problems: vec![] };
                    let answer = v1::Answer { id: Default::default(), outcome: Some(Outcome::Refusal(refusal)) };
                    http("409 Conflict", "application/x-protobuf", &answer.encode_to_vec())
                }
                Ok(duplicate) => {
                    let receipt = Outcome::Receipt(receipt(&key, &signed, duplicate));
                    let answer = v1::Answer { id: Default::default(), outcome: Some(receipt) };
                    http("201 Created", "application/x-protobuf", &answer.encode_to_vec())
                }
            }
        }

        fn judge(&mut self, signed: &v1::SignedSubmission) -> Result<bool, Code> {
            let submission = convert::submission(&signed.submission).unwrap();
            if self.taken.contains(signed) {
                return Ok(true);
            }
            if let Some((_, code)) = self.refused.iter().find(|(id, _)| submission.id.0[0] == *id) {
                return Err(*code);
            }
            if (submission.sequence, submission.previous) != (self.chain.sequence + 1, self.chain.previous) {
                return Err(Code::SequenceGap);
            }
            let hash = <sha2::Sha256 as sha2::Digest>::digest(&signed.submission);
            self.chain = Chain { sequence: submission.sequence, previous: Some(hash.into()) };
            self.taken.push(signed.clone());
            Ok(false)
        }
    }

    fn receipt(key: &SigningKey, signed: &v1::SignedSubmission, duplicate: bool) -> v1::Receipt {
        let signature = signed.signature.as_ref().try_into().unwrap();
        let entry = encode_entry(&signed.submission, signature, 1_650_000_000_500, 0, &[]);
        let checkpoint = Checkpoint { origin: ORIGIN.parse().unwrap(), size: 1, root: leaf_hash(&entry) };
        let checkpoint = SignedCheckpoint::sign(checkpoint, key).unwrap();
        let proof = TlogProof::new(0, Vec::new(), &checkpoint).unwrap().to_string();
        v1::Receipt { index: 0, entry: entry.into(), proof, duplicate }
    }

    impl World {
        async fn new() -> Self {
            let log = Arc::new(Mutex::new(Log::default()));
            let behind = log.clone();
            let api = node::start(move |asked| behind.lock().unwrap().answer(&asked)).await;
            let dir = tempfile::tempdir().unwrap();
            let home = Home::open(dir.path()).unwrap();
            let official = OfficialId::new(10_000_001).unwrap();
            let signer = Signer::from_seed([9; 32]);
            let key = KeyFile { name: "phone".into(), official, origin: ORIGIN.into(), created_at_s: 0, signer };
            home.add_key(&key).unwrap();
            Self { dir, home, api, log }
        }

        fn enqueue(&self, id: u8) {
            let ended = v1::MonitoringEnded { outcome: 1 };
            let event = v1::HouseholdEvent {
                happened: 20_220_301,
                household: 1_234_567_890,
                kind: Some(v1::household_event::Kind::MonitoringEnded(ended)),
                ..Default::default()
            };
            let events = v1::submission::Events::Households(v1::HouseholdEvents { events: vec![event] });
            let report = Report { area: "130624100200".parse().unwrap(), events, keys: Vec::new() };
            let mut device = self.home.device(&self.home.key("phone").unwrap()).unwrap();
            let composed = device.compose(SubmissionId([id; 16]), 1_650_000_000, report).unwrap();
            self.home.enqueue(&composed).unwrap();
        }

        async fn send(&self) -> Sent {
            send(&self.home, &self.api, |_| ()).await.unwrap()
        }

        fn taken(&self) -> Vec<u8> {
            let ids = |signed: &v1::SignedSubmission| convert::submission(&signed.submission).unwrap().id.0[0];
            self.log.lock().unwrap().taken.iter().map(ids).collect()
        }
    }

    fn counts(sent: &Sent) -> (usize, usize, usize, usize) {
        (sent.recorded.len(), sent.refused.len(), sent.waiting, sent.stopped.len())
    }

    #[tokio::test]
    async fn what_waits_is_sent_in_order_and_its_receipts_are_kept() {
        let world = World::new().await;
        (1..=3).for_each(|id| world.enqueue(id));
        let mut steps = Vec::new();
        let sent = send(&world.home, &world.api, |step| steps.push(step)).await.unwrap();
        assert_eq!((counts(&sent), world.taken()), ((3, 0, 0, 0), vec![1, 2, 3]));
        assert_eq!(steps.last(), Some(&Step { answered: 3, of: 3 }));
        assert_eq!(world.home.receipts().unwrap().len(), 3);
        world.enqueue(4);
        assert_eq!(counts(&world.send().await), (1, 0, 0, 0));
        assert_eq!(counts(&world.send().await), (0, 0, 0, 0));
    }

    #[tokio::test]
    async fn what_follows_a_refused_one_is_signed_anew() {
        let world = World::new().await;
        (1..=4).for_each(|id| world.enqueue(id));
        world.log.lock().unwrap().refused = vec![(1, Code::NotMonitored), (3, Code::NotMonitored)];
        let sent = world.send().await;
        assert_eq!((counts(&sent), world.taken()), ((2, 2, 0, 0), vec![2, 4]));
        assert_eq!(world.home.refusal(SubmissionId([3; 16])).unwrap().unwrap().code, "not_monitored");
    }

    #[tokio::test]
    async fn a_node_that_cannot_answer_leaves_everything_waiting() {
        let world = World::new().await;
        (1..=2).for_each(|id| world.enqueue(id));
        let before = world.home.pending().unwrap();
        world.log.lock().unwrap().is_down = true;
        assert_eq!(counts(&world.send().await), (0, 0, 2, 1));
        assert_eq!(world.home.pending().unwrap(), before);
        world.log.lock().unwrap().is_down = false;
        assert_eq!((counts(&world.send().await), world.taken()), ((2, 0, 0, 0), vec![1, 2]));
    }

    #[tokio::test]
    async fn a_key_that_is_not_enrolled_yet_loses_nothing() {
        let world = World::new().await;
        (1..=2).for_each(|id| world.enqueue(id));
        world.log.lock().unwrap().refused = vec![(1, Code::KeyUnknown)];
        let sent = world.send().await;
        assert_eq!((counts(&sent), sent.stopped[0].status()), ((0, 0, 2, 1), Some(409)));
        world.log.lock().unwrap().refused.clear();
        assert_eq!(counts(&world.send().await), (2, 0, 0, 0));
    }

    #[tokio::test]
    async fn an_answer_that_got_lost_comes_again() {
        let world = World::new().await;
        (1..=2).for_each(|id| world.enqueue(id));
        let first = world.home.pending().unwrap().remove(0);
        assert_eq!(world.log.lock().unwrap().judge(&first.signed), Ok(false));
        let sent = world.send().await;
        assert_eq!((counts(&sent), world.taken()), ((2, 0, 0, 0), vec![1, 2]));
        assert_eq!(sent.recorded.iter().map(|(_, duplicate)| *duplicate).collect::<Vec<_>>(), [true, false]);
    }

    /// The crash came after the log's answer was noted and before the file that waits was taken away.
    #[tokio::test]
    async fn what_was_recorded_is_never_signed_anew() {
        let world = World::new().await;
        world.enqueue(1);
        let first = world.home.pending().unwrap().remove(0);
        assert_eq!(counts(&world.send().await), (1, 0, 0, 0));
        let path = world.dir.path().join(format!("pending/{}.submission", first.id));
        std::fs::write(path, first.signed.encode_to_vec()).unwrap();
        world.enqueue(2);
        let sent = world.send().await;
        assert_eq!((counts(&sent), world.taken()), ((2, 0, 0, 0), vec![1, 2]));
        assert!(sent.recorded[0].1 && !sent.recorded[1].1);
    }

    #[tokio::test]
    async fn nothing_is_sent_to_a_node_with_another_key() {
        let world = World::new().await;
        world.enqueue(1);
        let stranger = SigningKey::new(ORIGIN.parse().unwrap(), [6; 32]).verifier().to_string();
        world.home.meet_log(ORIGIN, &stranger).unwrap();
        let refused = send(&world.home, &world.api, |_| ()).await;
        assert!(matches!(refused, Err(HomeError::LogKeyChanged { .. })), "{refused:?}");
        assert!(world.taken().is_empty());
    }
}
