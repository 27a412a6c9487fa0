//! Documents outside the log that support events, pinned by their hash.

use crate::facts::kind::kinds;
use borsh::{BorshDeserialize, BorshSerialize};

/// Most documents of one event.
pub const EVIDENCE_MAX: usize = 20;

/// A document outside the log, pinned by its hash.
#[derive(Clone, Debug, PartialEq, Eq, BorshSerialize, BorshDeserialize)]
pub struct Evidence {
    /// Kind of document.
    pub kind: EvidenceKind,
    /// SHA-256 of the file.
    pub sha256: [u8; 32],
    /// Size of the file in bytes.
    pub size: u64,
}

kinds! {
    /// Kinds of document that procedures name.
    EvidenceKind {
        /// Written application of the household.
        Application = 1 "application" "申请书",
        /// Minutes of the village meeting.
        Minutes = 2 "minutes" "会议记录",
        /// Photograph of the public notice.
        Notice = 3 "notice" "公示照片",
        /// Signed form.
        Form = 4 "form" "签字表",
        /// Photograph.
        Photo = 5 "photo" "照片",
        /// Payment voucher or bank slip.
        Voucher = 6 "voucher" "支付凭证",
        /// Order or approval of an authority.
        Decision = 7 "decision" "批复",
        /// Anything else.
        Other = 8 "other" "其他",
    }
}
