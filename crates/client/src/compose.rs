//! From events to a signed submission.
//!
//! A device numbers its submissions and chains each to the one before, so a missing submission shows. The chain of a
//! [`Device`] advances when it composes; if the log then refuses the submission, [`Device::set_chain`] puts it back,
//! because the log counts only recorded ones.

use crate::key::Signer;
use bytes::Bytes;
use lika_domain::area::Area;
use lika_domain::ids::{OfficialId, SubmissionId};
use lika_domain::rejection::Rejection;
use lika_proto::convert::{self, ENTRY_BYTES_MAX};
use lika_proto::v1;
use lika_proto::v1::household_event::Kind;
use lika_proto::v1::submission::Events;
use prost::Message;
use sha2::{Digest, Sha256};

/// Most bytes that the entry adds to a submission, tags not counted.
pub const ENTRY_OVERHEAD_BYTES_MAX: usize = 128;
/// Bytes that the entry adds for each citizen ID that a submission registers.
pub const TAG_BYTES_MAX: usize = 28;

/// The content of a submission to be composed.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// One village, or the jurisdiction itself.
    pub area: Area,
    /// Events of one service.
    pub events: Events,
    /// Data keys for the vault: those that the sealed data needs and the vault may not have yet.
    pub keys: Vec<v1::DataKey>,
    /// Warnings that were given, and why the official goes on.
    pub warned: Vec<v1::Warned>,
}

/// The position of a device in its chain: its last submission.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Chain {
    /// Its number; 0 before the first.
    pub sequence: u64,
    /// SHA-256 of its bytes.
    pub previous: Option<[u8; 32]>,
}

/// A key, its official, its log, and its position in the chain.
#[derive(Clone, Debug)]
pub struct Device {
    signer: Signer,
    author: OfficialId,
    origin: String,
    chain: Chain,
}

/// A signed submission, ready to be sent, repeatedly if necessary.
#[derive(Clone, Debug, PartialEq)]
pub struct Composed {
    /// Its id.
    pub id: SubmissionId,
    /// Position of the device after it.
    pub chain: Chain,
    /// The bytes to send.
    pub signed: v1::SignedSubmission,
}

/// Why nothing was composed.
#[derive(Debug, thiserror::Error)]
pub enum ComposeError {
    /// The entry would not fit into the log.
    #[error("the submission needs an entry of {bytes} bytes, more than the {ENTRY_BYTES_MAX} allowed")]
    TooLarge {
        /// Bytes needed.
        bytes: usize,
    },
    /// A field is malformed, so every recorder would refuse it.
    #[error("{0}")]
    Malformed(Rejection),
}

impl Device {
    /// A device that has submitted nothing yet.
    pub fn new(signer: Signer, author: OfficialId, origin: impl Into<String>) -> Self {
        Self { signer, author, origin: origin.into(), chain: Chain::default() }
    }

    /// Its key.
    pub fn signer(&self) -> &Signer {
        &self.signer
    }

    /// The official it belongs to.
    pub fn author(&self) -> OfficialId {
        self.author
    }

    /// The log it reports to.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// Its position in its chain.
    pub fn chain(&self) -> Chain {
        self.chain
    }

    /// Sets the position to that of the log.
    pub fn set_chain(&mut self, chain: Chain) {
        self.chain = chain;
    }

    /// Composes and signs the next submission. `composed_at_s` is the device's clock, in seconds since 1970-01-01
    /// UTC.
    ///
    /// # Errors
    /// If the submission is too large or a field of it would be refused as malformed; the device's position is then
    /// unchanged.
    pub fn compose(&mut self, id: SubmissionId, composed_at_s: u64, report: Report) -> Result<Composed, ComposeError> {
        let tags = tag_count(&report.events);
        let message = v1::Submission {
            id: Bytes::copy_from_slice(&id.0),
            origin: self.origin.clone(),
            area: report.area.code(),
            author: self.author.get(),
            key: self.signer.id().0,
            sequence: self.chain.sequence + 1,
            previous: self.chain.previous.map(|hash| Bytes::copy_from_slice(&hash)).unwrap_or_default(),
            composed_at: composed_at_s,
            events: Some(report.events),
            warned: report.warned,
        };
        let submission = Bytes::from(message.encode_to_vec());
        let bytes = submission.len() + ENTRY_OVERHEAD_BYTES_MAX + tags * TAG_BYTES_MAX;
        if bytes > ENTRY_BYTES_MAX {
            return Err(ComposeError::TooLarge { bytes });
        }
        // Every recorder refuses malformed fields; better to find out before signing.
        convert::recordable(&submission, message).map_err(ComposeError::Malformed)?;
        Ok(self.sign(id, submission, report.keys))
    }

    /// Composes a submission again, because it lost its place in the chain or the key that signed it was revoked. Id
    /// and events stay; author, key, number, hash and signature become those of this device.
    ///
    /// # Errors
    /// If the bytes are not a submission.
    pub fn compose_again(&mut self, signed: &v1::SignedSubmission) -> Result<Composed, ComposeError> {
        let mut message = convert::submission_message(&signed.submission).map_err(ComposeError::Malformed)?;
        (message.author, message.key) = (self.author.get(), self.signer.id().0);
        message.sequence = self.chain.sequence + 1;
        message.previous = self.chain.previous.map(|hash| Bytes::copy_from_slice(&hash)).unwrap_or_default();
        let submission = Bytes::from(message.encode_to_vec());
        let read = convert::recordable(&submission, message).map_err(ComposeError::Malformed)?;
        Ok(self.sign(read.id, submission, signed.keys.clone()))
    }

    fn sign(&mut self, id: SubmissionId, submission: Bytes, keys: Vec<v1::DataKey>) -> Composed {
        let chain = Chain { sequence: self.chain.sequence + 1, previous: Some(Sha256::digest(&submission).into()) };
        let signature = Bytes::copy_from_slice(&self.signer.sign_submission(&submission));
        self.chain = chain;
        Composed { id, chain, signed: v1::SignedSubmission { submission, signature, keys, known: 0 } }
    }
}

/// How many citizen IDs events may register: one for each member whose personal data they carry.
pub fn tag_count(events: &Events) -> usize {
    let Events::Households(list) = events else { return 0 };
    let members = |event: &v1::HouseholdEvent| match &event.kind {
        Some(Kind::HouseholdRegistered(registered)) => registered.members.len(),
        Some(Kind::MemberAdded(_) | Kind::MemberUpdated(_)) => 1,
        _ => 0,
    };
    list.events.iter().map(members).sum()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::key::SEED_BYTES;
    use lika_domain::rejection::Code;

    fn device() -> Device {
        Device::new(Signer::from_seed([3; SEED_BYTES]), OfficialId::new(10_000_001).unwrap(), "lika.example/130624")
    }

    fn report(events: usize) -> Report {
        let kind = Kind::MonitoringEnded(v1::MonitoringEnded { outcome: 1 });
        let event = v1::HouseholdEvent {
            happened: 20_220_301,
            household: 1_234_567_890,
            kind: Some(kind),
            ..Default::default()
        };
        let events = Events::Households(v1::HouseholdEvents { events: vec![event; events] });
        Report { area: "130624100200".parse().unwrap(), events, keys: Vec::new(), warned: Vec::new() }
    }

    #[test]
    fn submissions_form_a_chain() {
        let mut device = device();
        let first = device.compose(SubmissionId([1; 16]), 1_650_000_000, report(1)).unwrap();
        let second = device.compose(SubmissionId([2; 16]), 1_650_000_001, report(2)).unwrap();
        let read = |composed: &Composed| convert::submission(&composed.signed.submission).unwrap();
        assert_eq!((read(&first).sequence, read(&first).previous), (1, None));
        let hash = <[u8; 32]>::from(Sha256::digest(&first.signed.submission));
        assert_eq!((read(&second).sequence, read(&second).previous), (2, Some(hash)));
        assert_eq!((read(&second).author, read(&second).key), (device.author(), device.signer().id()));
        assert_eq!((device.chain(), device.chain().sequence), (second.chain, 2));
        let expected = device.signer().sign_submission(&second.signed.submission);
        assert_eq!(second.signed.signature.as_ref(), expected);
    }

    #[test]
    fn a_submission_that_lost_its_place_is_composed_again() {
        let mut device = device();
        device.compose(SubmissionId([1; 16]), 1_650_000_000, report(1)).unwrap();
        let second = device.compose(SubmissionId([2; 16]), 1_650_000_001, report(2)).unwrap();
        device.set_chain(Chain::default());
        let again = device.compose_again(&second.signed).unwrap();
        let read = |composed: &Composed| convert::submission(&composed.signed.submission).unwrap();
        assert_eq!((read(&again).sequence, read(&again).previous), (1, None));
        assert_eq!((again.id, read(&again).events), (second.id, read(&second).events));
        assert_ne!(again.signed.signature, second.signed.signature);
    }

    #[test]
    fn malformed_reports_are_not_signed() {
        let mut device = device();
        let Err(ComposeError::Malformed(rejection)) = device.compose(SubmissionId([1; 16]), 0, report(0)) else {
            panic!("composed")
        };
        assert_eq!(rejection.code(), Code::NoEvents);
        let member =
            v1::Member { sealed: Some(v1::Sealed { key: 1, r#box: vec![0; 4_000].into() }), ..Default::default() };
        let added = Kind::MemberAdded(v1::MemberAdded { member: Some(member), reason: 1 });
        let events = vec![v1::HouseholdEvent { kind: Some(added), ..Default::default() }; 17];
        let large = Report { events: Events::Households(v1::HouseholdEvents { events }), ..report(1) };
        let refused = device.compose(SubmissionId([1; 16]), 0, large);
        assert!(matches!(refused, Err(ComposeError::TooLarge { bytes: 66_000.. })), "{refused:?}");
        assert_eq!(device.chain(), Chain::default());
    }
}
