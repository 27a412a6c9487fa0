//! What to do about errors of the client: its folder, the node, receipts, tables.

use super::{Exit, Failure};
use crate::table::one_line;
use lika_client::compose::ComposeError;
use lika_client::file::FileError;
use lika_client::import::{ApplyError, ImportError, KnownError};
use lika_client::outbox::transfer::{TransferCode, TransferError};
use lika_client::problem::OutboxCode;
use lika_client::receipt::ReceiptError;
use lika_client::replica::ReplicaError;
use lika_client::{ApiError, HomeError};
use lika_domain::detail;
use lika_domain::language::{Bilingual, Language};
use lika_proto::v1;
use std::error::Error;

/// An error of the client, with what to do about it.
pub(super) fn known(cause: &(dyn Error + 'static)) -> Option<Failure> {
    cause
        .downcast_ref::<HomeError>()
        .map(home)
        .or_else(|| cause.downcast_ref::<ApiError>().map(api))
        .or_else(|| cause.downcast_ref::<ComposeError>().map(compose))
        .or_else(|| cause.downcast_ref::<ReceiptError>().map(receipt))
        .or_else(|| cause.downcast_ref::<FileError>().map(file))
        .or_else(|| cause.downcast_ref::<ReplicaError>().map(replica))
        .or_else(|| cause.downcast_ref::<ApplyError>().map(apply))
        .or_else(|| cause.downcast_ref::<ImportError>().map(import))
        .or_else(|| cause.downcast_ref::<KnownError>().map(known_rows))
        .or_else(|| cause.downcast_ref::<TransferError>().map(transfer))
}

/// The exit code for a refusal by the node, by its HTTP status.
pub(crate) fn exit_of(status: u32) -> Exit {
    match status {
        401 | 403 => Exit::NotAuthorised,
        409 => Exit::Conflict,
        _ => Exit::Findings,
    }
}

fn replica(error: &ReplicaError) -> Failure {
    let en = error.to_string();
    match error {
        ReplicaError::Home(error) => home(error),
        ReplicaError::Api(error) => api(error),
        ReplicaError::Damaged(_) => {
            let zh = "本机的辖区副本已损坏；`lika replica refresh` 重新获取";
            let en = format!("{en}; `lika replica refresh` fetches it anew");
            Failure::told(error.code(), zh, en)
        }
        ReplicaError::NotProven(_) => {
            let zh = "节点给出的内容与日志不符，未予保存；请保留现场并询问节点运维";
            let en = format!("{en}. Nothing of it was kept. Ask the operator of the node");
            Failure::told(error.code(), zh, en).exit(Exit::Broken)
        }
        ReplicaError::Random(_) => Failure::new(error.code(), en),
    }
}

fn home(error: &HomeError) -> Failure {
    let en = error.to_string();
    match error {
        HomeError::Io { path, source } => {
            let zh = format!("{} 无法读写，请检查磁盘和权限：{source}", path.display());
            Failure::told("home", zh, format!("{en}. Check the disk, and whether you may write there"))
        }
        HomeError::Locked { path } => {
            let zh = format!("{} 正被另一条命令使用，请等它结束", path.display());
            Failure::told("home_in_use", zh, en).exit(Exit::Conflict)
        }
        HomeError::Exists { path } => {
            let zh = format!("{} 已存在，没有覆盖；请换一个名称", path.display());
            Failure::told("exists", zh, format!("{en}; nothing was overwritten. Take another name"))
                .exit(Exit::Conflict)
        }
        HomeError::KeyUnknown(_)
        | HomeError::KeyLocked(_)
        | HomeError::PassphraseWrong(_)
        | HomeError::PassphraseWeak
        | HomeError::KeyNotUnderstood(_) => key(error),
        HomeError::Random(error) => Failure::new("randomness", error.to_string()),
        HomeError::NameInvalid(name) => {
            let zh = format!("“{name}”不能作密钥名称：应为 1 至 64 个文字、数字、- 或 _");
            Failure::told("name_invalid", zh, en)
        }
        HomeError::DataKeyChanged { subject, number } => {
            let zh = format!("本机已存有 {subject} 的另一把第 {number} 号数据密钥；请向节点运维核实");
            Failure::told("data_key_changed", zh, format!("{en}; ask the operator of the node"))
        }
        HomeError::LogKeyChanged { origin, .. } => {
            let zh = format!(
                "{origin} 出示的验证密钥与以前不同：该地址可能换了节点，或日志已重建。没有发送任何内容，请先询问节点运维"
            );
            let en = format!(
                "{en}. Either another node answers at this address, or the log was made anew. Nothing was sent. \
                 Ask the operator of the node first"
            );
            Failure::told("log_key_changed", zh, en).exit(Exit::Broken)
        }
        HomeError::LogKeyInvalid { origin, .. } => {
            let zh = format!("{origin} 没有出示有效的验证密钥，请询问节点运维");
            Failure::told("log_key_invalid", zh, en).exit(Exit::Broken)
        }
        HomeError::Damaged { path, .. } => {
            let zh = format!("{} 已损坏；请从备份恢复该文件，或将其移走", path.display());
            Failure::told("home_damaged", zh, format!("{en}. Put the file back from a copy, or move it away"))
        }
        HomeError::NotInState { id, code } => {
            Failure::told(code.name(), format!("{id}：{}", code.zh()), en).exit(Exit::Conflict)
        }
        HomeError::KeyDoesNotFit { name, id, .. } => {
            let zh = format!("密钥 {name} 不能为报送 {id} 签名：须为同一干部、同一日志的密钥");
            Failure::told("key_does_not_fit", zh, en).exit(Exit::Conflict)
        }
        HomeError::SignerMissing(key) => {
            let (code, en) = (OutboxCode::KeyElsewhere, format!("{en}; name another one with --key"));
            Failure::told(code.name(), format!("{}：{key}；可用 --key 指定另一把", code.zh()), en)
        }
        HomeError::Compose(error) => compose(error),
        HomeError::Receipt(error) => receipt(error),
    }
}

/// Of keys and their passphrases.
fn key(error: &HomeError) -> Failure {
    let en = error.to_string();
    match error {
        HomeError::KeyUnknown(name) => {
            let zh = format!("没有名为 {name} 的密钥；`lika key show` 列出全部密钥");
            Failure::told("key_missing", zh, format!("{en}; `lika key show` lists the keys"))
        }
        HomeError::KeyLocked(name) => {
            let zh = format!("密钥 {name} 已锁定：请输入口令，或用 --passphrase-file 指定口令文件");
            let en = format!("{en}: give its passphrase, or name a file with it with --passphrase-file");
            Failure::told("key_locked", zh, en).exit(Exit::NotAuthorised)
        }
        HomeError::PassphraseWrong(name) => {
            let zh = format!("密钥 {name} 的口令不对，请再试；口令遗失则另建密钥，请管理员吊销旧的");
            let en =
                format!("{en}; try again. If it is lost, make another key, have it enrolled and this one revoked");
            Failure::told("passphrase_wrong", zh, en).exit(Exit::NotAuthorised)
        }
        HomeError::PassphraseWeak => {
            let zh = "口令太容易猜到，没有更改：请用几个不相干的词，如八九个汉字或四个英文单词，不含编号、电话和日期";
            let en = format!(
                "{en}; nothing was changed. Take some words that have nothing to do with each other, such as four \
                 English ones, and no numbers that others know"
            );
            Failure::told("passphrase_weak", zh, en)
        }
        HomeError::KeyNotUnderstood(name) => {
            let zh = format!("密钥 {name} 的保护方式本程序不认识，请升级程序");
            Failure::told("key_not_understood", zh, format!("{en}; use a later version"))
        }
        other => Failure::new("home", other.to_string()),
    }
}

fn api(error: &ApiError) -> Failure {
    let said = said_by_node(error);
    match error {
        ApiError::Refused(refusal) => refused(refusal, said),
        ApiError::Unreachable { .. } => Failure::told(
            "node_unreachable",
            said.zh,
            format!("{}. Is it running, and is --url its address?", said.en),
        ),
        ApiError::Protocol(_) => {
            Failure::told("node_not_understood", said.zh, format!("{}. Is --url the address of a node?", said.en))
        }
        ApiError::Address(_) => Failure::told("address_invalid", said.zh, said.en),
    }
}

/// What became of a request, in a line.
pub(crate) fn said_by_node(error: &ApiError) -> Bilingual {
    let en = one_line(&error.to_string());
    match error {
        ApiError::Refused(refusal) => match refusal.problems.first() {
            Some(first) => {
                let said = |text: &str, language| {
                    let detail = detail::told(&first.code, &first.detail, language);
                    let texts = [first.field.as_str(), text, &detail];
                    let said = texts.into_iter().filter(|text| !text.is_empty()).collect::<Vec<_>>().join(": ");
                    one_line(&format!("{said} [{}]", first.code))
                };
                Bilingual::new(said(&first.zh, Language::Zh), said(&first.en, Language::En))
            }
            None => Bilingual::same(one_line(&refusal.code)),
        },
        ApiError::Unreachable { source, .. } => {
            let mut en = en;
            let mut cause = source.as_ref().map(|source| &**source as &dyn Error);
            while let Some(next) = cause {
                en.push_str(&one_line(&format!(": {next}")));
                cause = next.source();
            }
            Bilingual::new("无法连接节点：请检查网络、节点是否运行、--url 是否为其地址", en)
        }
        ApiError::Protocol(_) => Bilingual::new("无法理解节点的回答：请检查 --url 是否为节点地址", en),
        ApiError::Address(text) => Bilingual::new(format!("“{text}”不是节点地址，应如 http://127.0.0.1:7130"), en),
    }
}

/// A refusal of a request other than a submission.
fn refused(refusal: &v1::Refusal, said: Bilingual) -> Failure {
    let Bilingual { mut zh, mut en } = said;
    if refusal.status == 401 || refusal.status == 403 {
        zh.push_str("。密钥由管理员用 `lika key enrol` 登记，角色也由管理员授予；`lika whoami` 显示本人权限");
        en.push_str(
            ". An administrator enrols keys with `lika key enrol`, and gives roles; `lika whoami` shows what yours \
             allows",
        );
    }
    // A missing resource is not a finding: the command could not do its work.
    let exit = if refusal.status == 404 { Exit::Failed } else { exit_of(refusal.status) };
    Failure::told(one_line(&refusal.code), zh, en).exit(exit)
}

fn compose(error: &ComposeError) -> Failure {
    let (code, zh) = match error {
        ComposeError::TooLarge { bytes } => {
            ("entry_too_large", format!("该次报送有 {bytes} 字节，超过 65535 字节；请分成几次报送"))
        }
        ComposeError::Malformed(rejection) => (rejection.code().name(), rejection.code().zh().to_owned()),
    };
    Failure::told(code, format!("{zh}。没有签名"), format!("{error}; nothing was signed")).exit(Exit::Findings)
}

fn receipt(error: &ReceiptError) -> Failure {
    let zh = match error {
        ReceiptError::ProofUnreadable(_) => "回执证明无法读取",
        ReceiptError::NotProven(_) => "证明不能表明该条目在日志中",
        ReceiptError::EntryUnreadable(_) => "条目无法读取",
        ReceiptError::NotWhatWasSent => "条目与所报送的内容不符",
        ReceiptError::OtherLog { .. } => "该报送属于另一个日志",
        ReceiptError::OtherIndex { .. } => "回答中的条目序号与证明不符",
        ReceiptError::SignatureInvalid => "条目不是该密钥签名的",
    };
    let mut message = error.to_string();
    if let Some(cause) = error.source() {
        message.push_str(&format!(": {cause}"));
    }
    let en = format!("{message}. Keep the files, and ask the operator of the node");
    Failure::told("receipt_invalid", format!("{zh}。请保留文件并询问节点运维"), en).exit(Exit::Broken)
}

fn file(error: &FileError) -> Failure {
    match error {
        FileError::Home(error) => home(error),
        other => Failure::new("report_invalid", format!("{other}; `lika submit --help` shows the form")),
    }
}

fn transfer(error: &TransferError) -> Failure {
    match error {
        TransferError::Home(error) => home(error),
        TransferError::Content { code, detail } => {
            let exit = if *code == TransferCode::LogKeyChanged { Exit::Broken } else { Exit::Failed };
            Failure::told(code.name(), format!("{}{detail}", code.zh()), error.to_string()).exit(exit)
        }
    }
}

fn apply(error: &ApplyError) -> Failure {
    match error {
        ApplyError::Home(error) => home(error),
        ApplyError::Compose(error) => compose(error),
        ApplyError::Random(error) => Failure::new("randomness", error.to_string()),
        ApplyError::File(error) => file(error),
    }
}

fn import(error: &ImportError) -> Failure {
    match error {
        ImportError::Home(error) => home(error),
        ImportError::Random(error) => Failure::new("randomness", error.to_string()),
        error => {
            let (zh, en) = (error.zh(), error.to_string());
            Failure::told(error.code(), format!("{zh}。没有发送任何内容"), format!("{en}; nothing was sent"))
        }
    }
}

fn known_rows(error: &KnownError) -> Failure {
    match error {
        KnownError::Home(error) => home(error),
        KnownError::Random(error) => Failure::new("randomness", error.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::classify;
    use super::*;

    fn of(status: u32, code: &str) -> ApiError {
        let problem = v1::Problem { code: code.into(), zh: "中".into(), en: "words".into(), ..Default::default() };
        ApiError::Refused(Box::new(v1::Refusal { code: code.into(), status, problems: vec![problem] }))
    }

    #[test]
    fn a_refusal_ends_with_its_exit_code_and_is_said_in_both_languages() {
        for (status, exit) in
            [(401, Exit::NotAuthorised), (403, Exit::NotAuthorised), (404, Exit::Failed), (409, Exit::Conflict)]
        {
            let failure = classify(&of(status, "some_code").into());
            assert_eq!((failure.exit, failure.code.as_ref()), (exit, "some_code"));
            assert!(failure.message.zh.contains('中') && !failure.message.zh.contains("words"), "{failure}");
            assert!(failure.message.en.contains("words") && !failure.message.en.contains('中'), "{failure}");
        }
        assert_eq!(exit_of(422), Exit::Findings);
    }

    #[test]
    fn errors_inside_of_others_are_known_too() {
        let failure = classify(&ApplyError::Home(HomeError::KeyUnknown("x".into())).into());
        assert_eq!((failure.exit, failure.code.as_ref()), (Exit::Failed, "key_missing"));
        let broken = classify(&HomeError::Receipt(ReceiptError::NotWhatWasSent).into());
        assert_eq!(broken.exit, Exit::Broken);
    }
}
