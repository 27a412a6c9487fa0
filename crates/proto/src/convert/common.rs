//! Parts of events of all services: documents, corrections, sealed data.

use super::reader::Reader;
use crate::v1;
use lika_domain::ids::EventRef;
use lika_domain::kind::FromWire;
use lika_domain::rejection::Code;
use lika_domain::submission::{EVIDENCE_MAX, Evidence, EvidenceKind};

/// Largest sealed box of an event, in bytes: nonce, ciphertext and tag.
pub const SEALED_BYTES_MAX: usize = 4_096;
/// Smallest sealed box, in bytes: a nonce of 12 and a tag of 16 around nothing.
pub const SEALED_BYTES_MIN: usize = 28;

pub(super) fn evidence(r: &mut Reader, documents: &[v1::Evidence]) -> Option<Vec<Evidence>> {
    if documents.len() > EVIDENCE_MAX {
        let detail = format!("{}, at most {EVIDENCE_MAX}", documents.len());
        return r.refuse(Code::EvidenceInvalid, "evidence", detail);
    }
    r.list(documents, EVIDENCE_MAX, "evidence", document)
}

pub(super) fn corrects(earlier: Option<v1::EventRef>) -> Option<EventRef> {
    earlier.map(|earlier| EventRef { entry: earlier.entry, event: earlier.event })
}

/// The number of the data key; the box itself matters only to the vault and its readers, not to the rules.
pub(super) fn sealed(r: &mut Reader, sealed: Option<&v1::Sealed>) -> Option<Option<u32>> {
    let Some(sealed) = sealed else { return Some(None) };
    let length = sealed.r#box.len();
    if sealed.key == 0 {
        return r.invalid("sealed", "keys are numbered from 1");
    }
    if !(SEALED_BYTES_MIN..=SEALED_BYTES_MAX).contains(&length) {
        return r.invalid("sealed", format!("{length} bytes, {SEALED_BYTES_MIN} to {SEALED_BYTES_MAX} allowed"));
    }
    Some(Some(sealed.key))
}

fn document(r: &mut Reader, document: &v1::Evidence) -> Option<Evidence> {
    let kind = <EvidenceKind as FromWire>::from_wire(document.kind);
    let sha256 = <[u8; 32]>::try_from(document.sha256.as_ref()).ok();
    match (kind, sha256) {
        (Some(kind), Some(sha256)) if document.size > 0 => Some(Evidence { kind, sha256, size: document.size }),
        (None, _) => r.refuse(Code::EvidenceInvalid, "kind", ""),
        (_, None) => r.refuse(Code::EvidenceInvalid, "sha256", format!("{} bytes, not 32", document.sha256.len())),
        _ => r.refuse(Code::EvidenceInvalid, "size", "must be above 0"),
    }
}
