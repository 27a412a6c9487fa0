//! The envelope of every event: date, subject, evidence and correction.

use super::date::Date;
use super::describe::{Field, Value, fields};
use super::evidence::{Evidence, EvidenceKind};
use super::ids::{EventRef, HouseholdId, Index, OfficialId};

/// Envelope of events on villages, households, funds and aid.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Envelope {
    /// The day it happened.
    pub happened: Date,
    /// The household; `None` if the event concerns the village or the jurisdiction.
    pub household: Option<HouseholdId>,
    /// Documents it rests on.
    pub evidence: Vec<Evidence>,
    /// The earlier event that this one corrects.
    pub corrects: Option<EventRef>,
}

/// Envelope of events on officials.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OfficialEnvelope {
    /// The day it happened.
    pub happened: Date,
    /// The official it concerns.
    pub official: OfficialId,
    /// The household concerned.
    pub household: Option<HouseholdId>,
    /// Documents it rests on.
    pub evidence: Vec<Evidence>,
    /// The earlier event that this one corrects.
    pub corrects: Option<EventRef>,
}

/// The part that all envelopes share; one check judges it for all of them.
pub(crate) trait Around {
    /// The day it happened.
    fn happened(&self) -> Date;
    /// Documents it rests on.
    fn evidence(&self) -> &[Evidence];
    /// The earlier event that it corrects.
    fn corrects(&self) -> Option<EventRef>;
}

macro_rules! around {
    ($($envelope:ident)+) => {$(
        impl Around for $envelope {
            fn happened(&self) -> Date {
                self.happened
            }
            fn evidence(&self) -> &[Evidence] {
                &self.evidence
            }
            fn corrects(&self) -> Option<EventRef> {
                self.corrects
            }
        }
    )+};
}

around!(Envelope OfficialEnvelope);

impl Envelope {
    /// Whether it corrects an event of that entry.
    pub(crate) fn puts_right(&self, entry: Index) -> bool {
        self.corrects.is_some_and(|earlier| earlier.entry == entry)
    }
}

/// The envelope's fields, named as in the proto files.
pub const FIELDS: &[Field] = fields! {
    /// The day it happened.
    happened = Value::Day, "日期", "事情发生的日期。";
    /// The official it concerns, 8 digits.
    official = Value::Official, "干部", "事项所涉干部，8位编号。";
    /// The household it concerns, 10 digits.
    household = Value::HouseholdOrNone, "户", "事项所涉的户，10位编号。";
    /// Documents it rests on: kind, SHA-256 and size in bytes.
    evidence = Value::Special { wire: &[], inside: EVIDENCE }, "佐证材料", "所依据的材料：类别、SHA-256 和字节数。";
    /// The earlier event that this one corrects: its entry, and its number in that entry.
    corrects = Value::Special { wire: &[], inside: EVENT_REF }, "更正", "本事项更正的先前事项：条目号和在该条目中的序号。";
};

const EVIDENCE: &[Field] = fields! {
    /// Kind of document.
    kind = Value::Choice(&EvidenceKind::LIST), "类别", "材料的类别。";
    /// The file itself, in a report that is still to be signed.
    file = Value::Text { chars_max: usize::MAX }, "文件", "签名前的文件本身。";
    /// SHA-256 of the file.
    sha256 = Value::Special { wire: &[], inside: &[] }, "SHA-256", "文件的 SHA-256 值。";
    /// Size of the file in bytes.
    size = Value::Number, "字节数", "文件大小，字节。";
};

const EVENT_REF: &[Field] = fields! {
    /// Index of the earlier event's entry.
    entry = Value::NumberOrNone, "条目", "先前事项所在条目的编号。";
    /// Number of the earlier event in its submission, from 0.
    event = Value::NumberOrNone, "事项", "先前事项在其报送中的序号，从0起。";
};
