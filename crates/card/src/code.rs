//! What the printed code carries: a signed checkpoint, entries, and the proofs that they are under it.
//!
//! As text it is `LIKA1:` and base45 (RFC 9285) of a protobuf message, which has only characters of the compact
//! alphanumeric mode of QR codes: any reader of codes shows it, and it survives being copied. Nothing in it is
//! compressed: hashes, signatures and sealed data do not get smaller, and so nothing can grow when it is read.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use bytes::Bytes;
use lika_domain::ids::HouseholdId;
use lika_domain::rejection::Rejection;
use lika_proto::convert;
use lika_tlog::checkpoint::{Checkpoint, CheckpointError, SignedCheckpoint};
use lika_tlog::hash::HASH_BYTES;
use lika_tlog::key::KeyNameError;
use lika_tlog::tree::{PROOF_HASHES_MAX, ProofError, verify_inclusion};
use lika_tlog::{Hash, VerifierKey, leaf_hash};
use prost::Message;

/// Most bytes that a code carries: QR version 27 with error correction M, which a telephone still reads from
/// the size of a bank card.
pub(crate) const CODE_BYTES_MAX: usize = 1_087;
/// Most bytes of a code that are read: those of the largest QR code.
const TEXT_BYTES_MAX: usize = 4_296;
/// Most entries that a code carries.
const ENTRIES_MAX: usize = 8;
/// Bytes of a key's id and signature.
const SIGNATURE_BYTES: usize = 68;
/// The beginning of the text of a code.
pub const CODE_HEADER: &str = "LIKA1:";

/// The content of a code. Nothing in it may be trusted before [`Code::verify`].
#[derive(Clone, PartialEq, Message)]
pub struct Code {
    /// The household whose card it is on.
    #[prost(uint64, tag = "1")]
    household: u64,
    /// Name of the log.
    #[prost(string, tag = "2")]
    origin: String,
    /// Entries under the checkpoint.
    #[prost(uint64, tag = "3")]
    size: u64,
    /// Root hash of the tree over them.
    #[prost(bytes = "bytes", tag = "4")]
    root: Bytes,
    /// Id of the log's key and its signature of the checkpoint.
    #[prost(bytes = "bytes", tag = "5")]
    signature: Bytes,
    /// The entries.
    #[prost(message, repeated, tag = "6")]
    entries: Vec<Carried>,
    /// Hashes of the proofs, each once, one after the other.
    #[prost(bytes = "vec", tag = "7")]
    hashes: Vec<u8>,
}

/// An entry in a code.
#[derive(Clone, PartialEq, Message)]
struct Carried {
    /// Its place in the log, from 0.
    #[prost(uint64, tag = "1")]
    index: u64,
    /// The entry; empty if only its hash is carried.
    #[prost(bytes = "bytes", tag = "2")]
    entry: Bytes,
    /// Its leaf hash; empty if the entry is carried.
    #[prost(bytes = "bytes", tag = "3")]
    leaf: Bytes,
    /// Its inclusion proof: numbers of the hashes in the code, one byte each, the leaf's sibling first.
    #[prost(bytes = "vec", tag = "4")]
    path: Vec<u8>,
}

/// An entry that a code may carry.
#[derive(Clone, Debug)]
pub struct Candidate {
    /// Its place in the log, from 0.
    pub index: u64,
    /// The entry.
    pub entry: Bytes,
    /// Its inclusion proof under the checkpoint.
    pub hashes: Vec<Hash>,
}

/// The facts that a code proves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Proven {
    /// Name of the log.
    pub origin: String,
    /// Entries under the checkpoint.
    pub size: u64,
    /// The household that the code names. Entries that are carried whole are about it.
    pub household: u64,
    /// Entries, the newest first.
    pub entries: Vec<ProvenEntry>,
}

/// An entry that is proven.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ProvenEntry {
    /// Its place in the log, from 0.
    pub index: u64,
    /// Its leaf hash.
    pub leaf: Hash,
    /// The entry; `None` if it was too long, and only its hash is proven.
    pub entry: Option<Bytes>,
}

/// Why a code cannot be made or is not valid.
#[derive(Debug, thiserror::Error)]
pub enum CodeError {
    /// Not a code of this program.
    #[error("this is not the code of a card: it does not begin with {CODE_HEADER}, or it is damaged")]
    NotACode,
    /// The checkpoint has no signature by the log.
    #[error("the checkpoint has no signature of the log")]
    Unsigned,
    /// Not even one hash fits.
    #[error("the proof has more than {CODE_BYTES_MAX} bytes")]
    TooLong,
    /// The name of the log is wrong.
    #[error("the code names no log")]
    Origin(#[from] KeyNameError),
    /// The checkpoint is not signed by this log.
    #[error("the code is not signed by this log")]
    Checkpoint(#[from] CheckpointError),
    /// An entry is not where the code says.
    #[error("the log does not have entry {index} as the code states it")]
    NotProven {
        /// The entry.
        index: u64,
        /// The check that failed.
        source: ProofError,
    },
    /// An entry cannot be read.
    #[error("entry {index} cannot be read: {rejection}")]
    Unreadable {
        /// The entry.
        index: u64,
        /// Why.
        rejection: Rejection,
    },
    /// An entry is of another log, or about other households.
    #[error("entry {index} is not about the household that the code names")]
    NotAbout {
        /// The entry.
        index: u64,
    },
}

impl Code {
    /// A code for a card: of the candidates that concern this household alone, in their order, as many as fit, whole;
    /// or if there are none, the hash of the first candidate. An entry that also concerns others is never carried
    /// whole: this household would learn their numbers and what was reported of them.
    ///
    /// # Errors
    /// If the log has not signed the checkpoint, or nothing fits.
    pub fn new(
        household: HouseholdId,
        checkpoint: &SignedCheckpoint,
        candidates: &[Candidate],
    ) -> Result<Self, CodeError> {
        let Checkpoint { origin, size, root } = checkpoint.checkpoint();
        let note = checkpoint.note().to_string();
        let of_log = format!("— {origin} ");
        let signature = note.lines().find_map(|line| BASE64_STANDARD.decode(line.strip_prefix(&of_log)?).ok());
        let mut code = Self {
            household: household.get(),
            origin: origin.to_string(),
            size: *size,
            root: Bytes::copy_from_slice(&root.0),
            signature: signature.filter(|bytes| bytes.len() == SIGNATURE_BYTES).ok_or(CodeError::Unsigned)?.into(),
            ..Self::default()
        };
        for candidate in candidates {
            if code.entries.len() < ENTRIES_MAX && concerns_alone(household, candidate) {
                code = code.with(candidate, true).unwrap_or(code);
            }
        }
        match candidates.first() {
            Some(first) if code.entries.is_empty() => code.with(first, false).ok_or(CodeError::TooLong),
            _ => Ok(code),
        }
    }

    /// The same with one entry more; `None` if it does not fit.
    fn with(&self, candidate: &Candidate, whole: bool) -> Option<Self> {
        let mut code = self.clone();
        let mut path = Vec::with_capacity(candidate.hashes.len());
        for hash in &candidate.hashes {
            let there = code.hashes.as_chunks::<HASH_BYTES>().0.iter().position(|known| *known == hash.0);
            path.push(u8::try_from(there.unwrap_or(code.hashes.len() / HASH_BYTES)).ok()?);
            if there.is_none() {
                code.hashes.extend_from_slice(&hash.0);
            }
        }
        let leaf = if whole { Bytes::new() } else { Bytes::copy_from_slice(&leaf_hash(&candidate.entry).0) };
        let entry = if whole { candidate.entry.clone() } else { Bytes::new() };
        code.entries.push(Carried { index: candidate.index, entry, leaf, path });
        (code.encoded_len() <= CODE_BYTES_MAX).then_some(code)
    }

    /// The entries that it carries whole.
    pub fn whole(&self) -> impl Iterator<Item = u64> {
        self.entries.iter().filter(|carried| !carried.entry.is_empty()).map(|carried| carried.index)
    }

    /// Entries of which it carries the hash alone.
    pub fn hashed(&self) -> impl Iterator<Item = u64> {
        self.entries.iter().filter(|carried| carried.entry.is_empty()).map(|carried| carried.index)
    }

    /// The log that it names.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The text of the code.
    pub fn text(&self) -> String {
        format!("{CODE_HEADER}{}", base45(&self.encode_to_vec()))
    }

    /// Reads the text of a code; only its form is checked.
    ///
    /// # Errors
    /// [`CodeError::NotACode`].
    pub fn parse(text: &str) -> Result<Self, CodeError> {
        let text = text.trim();
        let bytes = (text.len() <= TEXT_BYTES_MAX).then(|| from_base45(text.strip_prefix(CODE_HEADER)?)).flatten();
        Self::decode(Bytes::from(bytes.ok_or(CodeError::NotACode)?)).map_err(|_| CodeError::NotACode)
    }

    /// Checks every entry against the log's verifier key.
    ///
    /// # Errors
    /// The first check that failed.
    pub fn verify(&self, log: &VerifierKey) -> Result<Proven, CodeError> {
        let root = <[u8; HASH_BYTES]>::try_from(&self.root[..]).map_err(|_| CodeError::NotACode)?;
        let checkpoint = Checkpoint { origin: self.origin.parse()?, size: self.size, root: Hash(root) };
        let signature = BASE64_STANDARD.encode(&self.signature);
        let note = format!("{checkpoint}\n— {} {signature}\n", self.origin);
        SignedCheckpoint::open(note.as_bytes(), log)?;
        if self.entries.is_empty() || self.entries.len() > ENTRIES_MAX {
            return Err(CodeError::NotACode);
        }
        let mut entries =
            self.entries.iter().map(|carried| self.entry(carried, &checkpoint)).collect::<Result<Vec<_>, _>>()?;
        entries.sort_by_key(|entry| std::cmp::Reverse(entry.index));
        Ok(Proven { origin: self.origin.clone(), size: self.size, household: self.household, entries })
    }

    fn entry(&self, carried: &Carried, checkpoint: &Checkpoint) -> Result<ProvenEntry, CodeError> {
        let index = carried.index;
        let known = self.hashes.as_chunks::<HASH_BYTES>().0;
        let path = carried.path.iter().map(|number| known.get(usize::from(*number)).copied().map(Hash));
        let path: Vec<_> = path.collect::<Option<_>>().ok_or(CodeError::NotACode)?;
        let entry = (!carried.entry.is_empty()).then(|| carried.entry.clone());
        let leaf = match &entry {
            Some(entry) => leaf_hash(entry),
            None => Hash(<[u8; HASH_BYTES]>::try_from(&carried.leaf[..]).map_err(|_| CodeError::NotACode)?),
        };
        if path.len() > PROOF_HASHES_MAX {
            return Err(CodeError::NotACode);
        }
        verify_inclusion(&path, index, checkpoint.size, &leaf, &checkpoint.root)
            .map_err(|source| CodeError::NotProven { index, source })?;
        if let Some(entry) = &entry {
            self.check_subject(index, entry)?;
        }
        Ok(ProvenEntry { index, leaf, entry })
    }

    /// An entry that is carried whole must be of this log and have an event of the household.
    fn check_subject(&self, index: u64, entry: &Bytes) -> Result<(), CodeError> {
        let unreadable = |rejection| CodeError::Unreadable { index, rejection };
        let (read, signed) = convert::entry(index, entry).map_err(unreadable)?;
        let json = lika_proto::json::to_json("Submission", &signed.submission).unwrap_or_default();
        let services = ["households", "officials", "aid"].into_iter().filter_map(|service| json.get(service));
        let mut events = services.filter_map(|service| service.get("events")?.as_array()).flatten();
        let number = self.household.to_string();
        let about = |event: &serde_json::Value| {
            event.get("household").is_some_and(|value| value == self.household || value == number.as_str())
        };
        if read.submission.origin.as_ref() == self.origin && events.any(about) {
            return Ok(());
        }
        Err(CodeError::NotAbout { index })
    }
}

/// Whether every event of an entry is about this household.
fn concerns_alone(household: HouseholdId, candidate: &Candidate) -> bool {
    let read = lika_proto::convert::entry(candidate.index, &candidate.entry);
    read.is_ok_and(|(entry, _)| entry.events.households().iter().all(|concerned| *concerned == Some(household)))
}

const ALPHABET: &[u8; 45] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";

/// Base45 of RFC 9285: two bytes in three characters.
fn base45(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(2) * 3);
    for pair in bytes.chunks(2) {
        let mut value = pair.iter().fold(0_usize, |value, byte| value << 8 | usize::from(*byte));
        for _ in 0..=pair.len() {
            text.push(ALPHABET[value % 45].into());
            value /= 45;
        }
    }
    text
}

fn from_base45(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 3 * 2 + 1);
    for group in text.as_bytes().chunks(3) {
        let digits = group.iter().rev();
        let digits = digits.map(|character| ALPHABET.iter().position(|known| known == character));
        let value = digits.collect::<Option<Vec<_>>>()?.into_iter().fold(0, |value, digit| value * 45 + digit);
        match group.len() {
            3 => bytes.extend_from_slice(&u16::try_from(value).ok()?.to_be_bytes()),
            2 => bytes.push(u8::try_from(value).ok()?),
            _ => return None,
        }
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use lika_testkit::county::{HOUSEHOLD, ORIGIN, VILLAGE, household};
    use lika_testkit::{device, events};
    use lika_tlog::SigningKey;

    #[test]
    fn a_code_that_claims_the_entry_of_another_household_is_refused() {
        let signed = device::sign(&mut device::admin(), VILLAGE, events::card(HOUSEHOLD));
        let signature = signed.signature.as_ref().try_into().unwrap();
        let entry = Bytes::from(lika_proto::convert::encode_entry(&signed.submission, signature, 1, 0, &[]));
        let key = SigningKey::new(ORIGIN.parse().unwrap(), [1; 32]);
        let checkpoint = Checkpoint { origin: ORIGIN.parse().unwrap(), size: 1, root: leaf_hash(&entry) };
        let checkpoint = SignedCheckpoint::sign(checkpoint, &key).unwrap();
        let candidate = Candidate { index: 0, entry, hashes: Vec::new() };
        let code = Code::new(household(HOUSEHOLD), &checkpoint, &[candidate]).unwrap();
        assert_eq!((code.whole().count(), code.verify(key.verifier()).is_ok()), (1, true));
        let forged = Code { household: HOUSEHOLD + 1, ..code };
        assert!(matches!(forged.verify(key.verifier()), Err(CodeError::NotAbout { index: 0 })));
    }

    #[test]
    fn base45_is_that_of_the_specification() {
        for (bytes, text) in
            [("AB", "BB8"), ("Hello!!", "%69 VD92EX0"), ("base-45", "UJCLQE7W581"), ("ietf!", "QED8WEX0")]
        {
            assert_eq!((base45(bytes.as_bytes()).as_str(), from_base45(text)), (text, Some(bytes.into())));
        }
        for wrong in ["A", "BB", ":::", "GGW", "abc"] {
            assert_eq!(from_base45(wrong).filter(|bytes| bytes.len() != 1), None, "{wrong}");
        }
    }
}
