//! `lika outbox export`, `import` and `send --file`: the outbox on a USB stick.

use super::super::client::{HomeArgs, NodeArgs, block_on};
use super::super::submit::{Refused, english_if_any};
use crate::exit::{Exit, Failure, exit_of, said_by_node};
use crate::printer::Printer;
use crate::table::one_line;
use lika_client::ApiError;
use lika_client::outbox::transfer::{self, ANSWERS_EXTENSION, Answered, Imported, Transfer, TransferCode};
use lika_client::problem::Problem;
use lika_domain::detail;
use lika_domain::language::{Bilingual, Language};
use lika_proto::v1::answer::Outcome;
use serde::Serialize;
use std::path::{Path, PathBuf};

/// Where to write what waits.
#[derive(Debug, clap::Args)]
pub(crate) struct Export {
    /// A file that does not exist yet, such as /media/usb/waiting.lika
    file: PathBuf,
    #[command(flatten)]
    home: HomeArgs,
}

/// What to take.
#[derive(Debug, clap::Args)]
pub(crate) struct Import {
    /// The file of answers that `lika outbox send --file` wrote
    file: PathBuf,
    /// Verifier key of the log, or a file with it, from somebody you trust [default: the one kept since the first
    /// contact]
    #[arg(long, value_name = "VKEY|FILE")]
    log_key: Option<String>,
    #[command(flatten)]
    home: HomeArgs,
}

#[derive(Debug, Serialize)]
struct Exported {
    submissions: usize,
    /// How many did not fit into the file.
    left: usize,
    file: Option<String>,
}

#[derive(Debug, Serialize)]
struct SentFile {
    recorded: usize,
    refused: Vec<Refused>,
    /// Not sent, because something before them was refused or the line broke.
    unanswered: usize,
    answers: String,
    #[serde(serialize_with = "english_if_any")]
    stopped: Option<Bilingual>,
}

#[derive(Debug, Serialize)]
struct Taken {
    recorded: Vec<Recorded>,
    /// Receipts that were here before.
    known: usize,
    refused: Vec<Refused>,
    /// Answers about submissions that are not here, or were signed again since.
    foreign: usize,
    invalid: Vec<Invalid>,
}

#[derive(Debug, Serialize)]
struct Recorded {
    id: String,
    index: u64,
}

#[derive(Debug, Serialize)]
struct Invalid {
    id: String,
    #[serde(flatten)]
    problem: Problem,
}

impl Export {
    pub(super) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let home = self.home.open()?;
        if self.file.exists() {
            return Err(lika_client::HomeError::Exists { path: self.file }.into());
        }
        let (submissions, left) = transfer::export(&home)?;
        let count = submissions.waiting.len();
        let file = if count == 0 { None } else { Some(self.file.display().to_string()) };
        if file.is_some() {
            submissions.write(&self.file)?;
        }
        let exported = Exported { submissions: count, left, file };
        printer.result(&exported, |exported| exported.text(printer.language()))?;
        Ok(Exit::Done)
    }
}

impl Exported {
    fn text(&self, language: Language) -> String {
        let Some(file) = &self.file else {
            return language.of("没有待发的报送\n", "nothing waits to be sent\n").to_owned();
        };
        let count = self.submissions;
        let mut text = language.of(
            format!(
                "{count} 件已写入 {file}。在有网络的机器上运行 `lika outbox send --file`，再把 .{ANSWERS_EXTENSION} 文件带回导入。\n\
                 文件不含签名密钥，但含加密个人信息的数据密钥：请像原始表册一样保管，送达后删除。\n"
            ),
            format!(
                "{count} written to {file}. Run `lika outbox send --file` on a machine with a line, and bring back \
                 the file that ends in .{ANSWERS_EXTENSION}.\nThe file holds no signing key, but the data keys of the \
                 personal data in it: guard it like the paper forms, and delete it afterwards.\n"
            ),
        );
        if self.left > 0 {
            let left = self.left;
            text.push_str(&language.of(
                format!("还有 {left} 件放不下，待这些有回执后再导出。\n"),
                format!("{left} did not fit; export again when these have their receipts.\n"),
            ));
        }
        text
    }
}

/// Sends what another device exported, and writes the answers for it.
pub(super) fn send(printer: Printer, node: &NodeArgs, file: &Path, answers: Option<PathBuf>) -> anyhow::Result<Exit> {
    let Transfer::Submissions(submissions) = Transfer::read(file)? else {
        return Err(other_kind("submissions").into());
    };
    let path = answers.unwrap_or_else(|| file.with_added_extension(ANSWERS_EXTENSION));
    let before = match path.exists() {
        true => answers_of(Transfer::read(&path)?)?,
        false => Vec::new(),
    };
    let (api, bar) =
        (node.api()?, printer.bar(submissions.waiting.len() as u64, printer.language().of("正在发送", "sending")));
    let sent = block_on(async {
        Ok(transfer::send(&api, &submissions, before, |sent| bar.set_position(sent as u64)).await?)
    });
    bar.finish_and_clear();
    let (answers, stopped) = sent?;
    transfer::write_answers(&answers, &path)?;
    let refused: Vec<_> = answers.iter().filter_map(refused).collect();
    let exit = match (&stopped, answers.iter().find_map(status)) {
        (Some(ApiError::Refused(refusal)), _) => exit_of(refusal.status),
        (Some(_), _) => Exit::Queued,
        (None, Some(status)) if refused.len() == 1 => exit_of(status),
        (None, Some(_)) => Exit::Findings,
        (None, None) if answers.len() < submissions.waiting.len() => Exit::Queued,
        (None, None) => Exit::Done,
    };
    let sent = SentFile {
        recorded: answers.len() - refused.len(),
        unanswered: submissions.waiting.len().saturating_sub(answers.len()),
        refused,
        answers: path.display().to_string(),
        stopped: stopped.as_ref().map(said_by_node),
    };
    printer.result(&sent, |sent| sent.text(printer.language()))?;
    Ok(exit)
}

impl SentFile {
    fn text(&self, language: Language) -> String {
        let Self { recorded, unanswered, answers, .. } = self;
        let count = self.refused.len();
        let mut text = language.of(
            format!("已受理 {recorded} 件，拒收 {count} 件，未发送 {unanswered} 件\n"),
            format!("{recorded} recorded, {count} refused, {unanswered} not sent\n"),
        );
        for refused in &self.refused {
            text.push_str(&format!("\n{}", refused.text(language)));
        }
        if let Some(reason) = &self.stopped {
            let reason = reason.one(language);
            text.push_str(&format!("\n{}{reason}\n", language.of("未能全部发送：", "sending stopped: ")));
        }
        text.push_str(&language.of(
            format!("应答已写入 {answers}；请带回原机，用 `lika outbox import` 导入\n"),
            format!("The answers are in {answers}: take it back, and run `lika outbox import` with it there\n"),
        ));
        text
    }
}

fn refused(answered: &Answered) -> Option<Refused> {
    match &answered.outcome {
        Outcome::Refusal(refusal) => Some(Refused::new(answered.id, refusal)),
        Outcome::Receipt(_) => None,
    }
}

fn status(answered: &Answered) -> Option<u32> {
    match &answered.outcome {
        Outcome::Refusal(refusal) => Some(refusal.status),
        Outcome::Receipt(_) => None,
    }
}

fn answers_of(file: Transfer) -> Result<Vec<Answered>, Failure> {
    match file {
        Transfer::Answers(answers) => Ok(answers),
        Transfer::Submissions(_) => Err(other_kind("answers")),
    }
}

fn other_kind(expected: &str) -> Failure {
    let code = TransferCode::OtherKind;
    Failure::told(code.name(), code.zh(), format!("{}; {expected} were expected", code.en()))
}

impl Import {
    pub(super) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let home = self.home.open()?;
        let answers = answers_of(Transfer::read(&self.file)?)?;
        if let Some(given) = &self.log_key {
            let text = std::fs::read_to_string(given).unwrap_or_else(|_| given.clone());
            let origin = text.split('+').next().unwrap_or_default().to_owned();
            home.meet_log(&origin, &text)?;
        }
        let taken = Taken::new(transfer::import(&home, &answers)?);
        printer.result(&taken, |taken| taken.text(printer.language()))?;
        Ok(taken.exit())
    }
}

impl Taken {
    fn new(imported: Imported) -> Self {
        let recorded =
            |proven: &lika_client::receipt::Proven| Recorded { id: proven.id.to_string(), index: proven.index };
        Self {
            recorded: imported.recorded.iter().map(recorded).collect(),
            known: imported.known,
            refused: imported.refused.iter().map(|(id, refusal)| Refused::new(*id, refusal)).collect(),
            foreign: imported.foreign.len(),
            invalid: imported
                .invalid
                .into_iter()
                .map(|(id, problem)| Invalid { id: id.to_string(), problem })
                .collect(),
        }
    }

    fn exit(&self) -> Exit {
        match (self.invalid.is_empty(), self.refused.as_slice()) {
            (false, _) => Exit::Broken,
            (true, []) => Exit::Done,
            (true, [only]) => exit_of(only.status()),
            (true, [_, ..]) => Exit::Findings,
        }
    }

    fn text(&self, language: Language) -> String {
        let (recorded, known, refused) = (self.recorded.len(), self.known, self.refused.len());
        let mut text = language.of(
            format!("回执 {recorded} 件已核验并保存，{known} 件此前已有，拒收 {refused} 件\n"),
            format!("{recorded} receipts are checked and kept, {known} were here before, {refused} refused\n"),
        );
        if self.foreign > 0 {
            let foreign = self.foreign;
            text.push_str(&language.of(
                format!("{foreign} 件不属于本机，或此后已重新签名，未处理\n"),
                format!(
                    "{foreign} are about submissions of another device, or signed again since; they were left out\n"
                ),
            ));
        }
        for Invalid { id, problem } in &self.invalid {
            let said = language.of(&problem.zh, &problem.en);
            let detail = detail::told(&problem.code, &problem.detail, language);
            text.push_str(&(one_line(&format!("{id}: {said} ({detail}) [{}]", problem.code)) + "\n"));
        }
        for refused in &self.refused {
            text.push_str(&format!("\n{}", refused.text(language)));
        }
        text
    }
}
