//! What is wrong with something in the outbox: the log's words, or the client's own.

use crate::api::ApiError;
use lika_domain::{codes, rejection};
use lika_proto::v1;
use serde::{Deserialize, Serialize};

/// One thing that is wrong, with its stable code and both messages. Never personal data.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Problem {
    /// Number of the event in the submission, from 0; `None` when it concerns the submission itself.
    pub event: Option<u32>,
    /// Field as named in the proto files; may be empty.
    pub field: String,
    /// Stable code.
    pub code: String,
    /// The message in Chinese.
    pub zh: String,
    /// The message in English.
    pub en: String,
    /// What would have been right, or what prevents it; may be empty.
    pub detail: String,
}

codes! {
    /// Problems that the client itself finds with what it keeps.
    pub enum OutboxCode;
    FileDamaged "file_damaged" "文件已损坏，无法读取" "the file is damaged and cannot be read";
    NodeUnreachable "node_unreachable" "无法连接节点，将自动重试"
        "the node cannot be reached; it is tried again by itself";
    NodeNotUnderstood "node_not_understood" "节点的应答无法识别，将自动重试"
        "the node's answer cannot be understood; it is tried again by itself";
    KeyElsewhere "key_not_here" "须重新签名，但签名密钥不在本机或尚未解锁"
        "it must be signed again, and its key is not on this device or is locked";
    ReceiptInvalid "receipt_invalid" "节点给出的回执未通过验证" "the receipt that came for it does not hold";
    AnswerTooEarly "answer_out_of_order" "该设备前一报送尚无回执，请先导入或发送前一报送"
        "an earlier submission of the device has no receipt yet; send or import that one first";
}

codes! {
    /// Why something cannot be done with what is kept, in the state in which it is.
    pub enum KeptCode;
    Unknown "not_in_outbox" "发件箱中没有此报送，`lika outbox list --all` 列出全部"
        "it is not in the outbox; `lika outbox list --all` lists everything that is";
    Waits "waits_already" "该报送已在待发" "it waits to be sent already";
    Recorded "recorded_already" "该报送已受理；如有错误，请报送更正事项"
        "it is in the log already; a mistake is put right by a further event";
    Discarded "discarded_already" "该报送已放弃" "it is discarded already";
    Signed "signed_already" "该草稿已签名" "a submission of that id is signed already";
}

impl Problem {
    /// A problem that the client found.
    pub(crate) fn new(code: OutboxCode, detail: impl Into<String>) -> Self {
        let (name, zh, en) = (code.name(), code.zh(), code.en());
        Self { code: name.into(), zh: zh.into(), en: en.into(), detail: detail.into(), ..Self::default() }
    }

    /// The problems of a refusal; at least one.
    pub(crate) fn of_refusal(refusal: &v1::Refusal) -> Vec<Self> {
        match refusal.problems.as_slice() {
            [] => vec![Self::of_code(&refusal.code)],
            problems => problems.iter().map(Self::from).collect(),
        }
    }

    /// Why a submission has no answer that counts.
    pub(crate) fn of_error(error: &ApiError) -> Vec<Self> {
        match error {
            ApiError::Refused(refusal) => Self::of_refusal(refusal),
            ApiError::Protocol(what) => vec![Self::new(OutboxCode::NodeNotUnderstood, what)],
            other => vec![Self::new(OutboxCode::NodeUnreachable, other.to_string())],
        }
    }

    /// A code without further words; its messages are those of the rules, if they know it.
    pub(crate) fn of_code(code: &str) -> Self {
        let known = rejection::Code::MESSAGES.iter().find(|message| message.name == code);
        let (zh, en) = known.map_or(("", ""), |message| (message.zh, message.en));
        Self { code: code.into(), zh: zh.into(), en: en.into(), ..Self::default() }
    }
}

impl From<&v1::Problem> for Problem {
    fn from(problem: &v1::Problem) -> Self {
        let v1::Problem { code, event, field, detail, zh, en } = problem.clone();
        Self { event, field, code, zh, en, detail }
    }
}
