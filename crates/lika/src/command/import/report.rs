//! The results for a table.

use crate::exit::{Exit, exit_of, said_by_node};
use crate::table::Table;
use lika_client::ApiError;
use lika_client::import::{Applied, Checked, Difference, Finding, Line, NamedHousehold, State};
use lika_domain::detail;
use lika_domain::language::{Bilingual, Language};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

/// Code of a row that needs a reason.
const REASON_MISSING: &str = "reason_missing";
/// Most findings that a terminal shows; the annotated table and --json have all of them.
const SHOWN_MAX: usize = 200;

/// The result for a table that was checked or submitted.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// Kind of table.
    kind: &'static str,
    /// Rows below the heading that are not blank.
    rows: usize,
    /// Rows that can be sent.
    good_rows: usize,
    /// Rows that were recorded before from here.
    unchanged_rows: usize,
    /// Rows that this run brought into the log.
    recorded_rows: usize,
    /// Indices of the entries they are in.
    entries: Vec<u64>,
    /// Submissions of the key that wait in the outbox.
    waiting: usize,
    /// Why sending stopped before the end.
    #[serde(serialize_with = "english")]
    stopped: Option<Bilingual>,
    /// Numbers of the households that are recorded or wait.
    households: Vec<Household>,
    /// Why rows are not sent, by rows.
    problems: Vec<Found>,
    /// What is read in a way worth a look, or not at all.
    warnings: Vec<Found>,
    #[serde(skip)]
    exit: Exit,
}

#[derive(Debug, Serialize)]
struct Household {
    label: String,
    village: String,
    household: String,
}

#[derive(Clone, Debug, Serialize)]
struct Found {
    row: usize,
    cell: String,
    column: String,
    code: String,
    zh: String,
    en: String,
    detail: String,
    /// Nothing is left to do with its row.
    #[serde(skip)]
    is_recorded: bool,
}

/// JSON is the same in every language.
fn english<S: Serializer>(text: &Option<Bilingual>, to: S) -> Result<S::Ok, S::Error> {
    text.as_ref().map(|text| &text.en).serialize(to)
}

/// What becomes of every row.
#[derive(Debug, Serialize)]
pub(super) struct PlanReport {
    kind: &'static str,
    rows: usize,
    /// How many households, or rows of another table, of each state.
    counts: BTreeMap<&'static str, usize>,
    plan: Vec<PlanLine>,
    problems: Vec<Found>,
    warnings: Vec<Found>,
    #[serde(skip)]
    exit: Exit,
}

#[derive(Debug, Serialize)]
struct PlanLine {
    state: &'static str,
    rows: Vec<usize>,
    label: String,
    village: Option<String>,
    household: Option<String>,
    codes: Vec<String>,
    /// What the table states otherwise than the register.
    differences: Vec<Differs>,
    #[serde(skip)]
    shown: State,
}

/// A value in the register and in the table, in both languages; `null` where nothing is stated.
#[derive(Debug, Serialize)]
struct Differs {
    what_zh: String,
    what_en: String,
    before_zh: Option<String>,
    before_en: Option<String>,
    now_zh: Option<String>,
    now_en: Option<String>,
}

impl Differs {
    fn new(Difference { what, before, now }: Difference) -> Self {
        let one = |text: Option<Bilingual>| text.map_or((None, None), |text| (Some(text.zh), Some(text.en)));
        let ((before_zh, before_en), (now_zh, now_en)) = (one(before), one(now));
        Self { what_zh: what.zh, what_en: what.en, before_zh, before_en, now_zh, now_en }
    }

    /// What it is, in the register, in the table.
    fn cells(&self, language: Language) -> [&str; 3] {
        let one = |zh, en| language.of::<&Option<String>>(zh, en).as_deref().unwrap_or("—");
        let what = language.of(&self.what_zh, &self.what_en);
        [what, one(&self.before_zh, &self.before_en), one(&self.now_zh, &self.now_en)]
    }
}

impl Report {
    /// The report on a table that was only checked.
    pub(super) fn checked(checked: &Checked) -> Self {
        Self {
            kind: checked.kind.name(),
            rows: checked.rows,
            good_rows: checked.good_rows(),
            unchanged_rows: checked.problems.iter().filter(|problem| problem.is_recorded()).count(),
            recorded_rows: 0,
            entries: Vec::new(),
            waiting: 0,
            stopped: None,
            // Numbers are drawn when the table is applied.
            households: Vec::new(),
            problems: checked.problems.iter().map(Found::new).collect(),
            warnings: checked.warnings.iter().map(Found::new).collect(),
            exit: if checked.has_problems() { Exit::Findings } else { Exit::Done },
        }
    }

    /// The report on a table that was submitted.
    pub(super) fn applied(checked: &Checked, applied: &Applied) -> Self {
        let mut entries: Vec<_> = applied.recorded.iter().map(|proven| proven.index).collect();
        entries.sort_unstable();
        let households = applied.households.iter().map(Household::new).collect();
        let mut report = Self { households, entries, ..Self::checked(checked) };
        report.recorded_rows = applied.recorded_rows;
        report.waiting = applied.waiting;
        report.stopped = applied.stopped.first().map(said_by_node);
        report.problems.extend(applied.problems.iter().map(Found::new));
        report.problems.sort_by_key(|problem| problem.row);
        report.exit = match applied.stopped.first() {
            Some(ApiError::Refused(refusal)) => exit_of(refusal.status),
            Some(_) => Exit::Queued,
            None if checked.has_problems() || !applied.problems.is_empty() => Exit::Findings,
            None if report.waiting > 0 => Exit::Queued,
            None => Exit::Done,
        };
        report
    }

    /// The exit code after it.
    pub(super) fn exit(&self) -> Exit {
        self.exit
    }

    pub(super) fn text(&self, language: Language) -> String {
        let mut text = String::new();
        if !self.households.is_empty() && self.households.len() <= SHOWN_MAX {
            let heads = ["表中的户", "行政村", "户编号"];
            let mut table = Table::new(&language.of(heads, ["household of the table", "village", "number"]));
            for named in &self.households {
                table.row([&named.label, &named.village, &named.household]);
            }
            text.push_str(&format!("{table}\n"));
        }
        let wrong: Vec<_> = self.problems.iter().filter(|problem| !problem.is_recorded).collect();
        text.push_str(&listed(language.of("不报送的行", "Rows that are not sent"), &wrong, language));
        text.push_str(&reason_wanted(&self.problems, language));
        let warnings: Vec<_> = self.warnings.iter().collect();
        text.push_str(&listed(language.of("请留意", "Worth a look"), &warnings, language));
        text + &self.summary(language)
    }

    fn summary(&self, language: Language) -> String {
        let Self { rows, good_rows, unchanged_rows, recorded_rows, waiting, .. } = self;
        let entries = self.entries.len();
        let mut text = language.of(
            format!("共{rows}行，可报送{good_rows}行，此前已受理{unchanged_rows}行，本次受理{recorded_rows}行（{entries}条目）\n"),
            format!(
                "{rows} rows: {good_rows} good, {unchanged_rows} recorded before, {recorded_rows} recorded now in \
                 {entries} entries\n"
            ),
        );
        if let Some(reason) = &self.stopped {
            let reason = reason.one(language);
            text.push_str(&language.of(format!("报送中断：{reason}\n"), format!("sending stopped: {reason}\n")));
        }
        if *waiting > 0 {
            text.push_str(&language.of(
                format!("发件箱中还有{waiting}件待发；`lika outbox send` 或再次运行本命令即可发送\n"),
                format!(
                    "{waiting} submissions wait in the outbox; `lika outbox send`, or this command again, sends them\n"
                ),
            ));
        }
        text
    }
}

impl PlanReport {
    pub(super) fn new(checked: &Checked) -> Self {
        let lines = checked.plan();
        let mut counts: BTreeMap<_, usize> = State::ALL.iter().map(|state| (state.name(), 0)).collect();
        for line in &lines {
            *counts.entry(line.state.name()).or_default() += 1;
        }
        Self {
            kind: checked.kind.name(),
            rows: checked.rows,
            counts,
            plan: lines.into_iter().map(PlanLine::new).collect(),
            problems: checked.problems.iter().map(Found::new).collect(),
            warnings: checked.warnings.iter().map(Found::new).collect(),
            exit: if checked.has_problems() { Exit::Findings } else { Exit::Done },
        }
    }

    pub(super) fn exit(&self) -> Exit {
        self.exit
    }

    /// The counts of all states side by side, then each state's lines.
    pub(super) fn text(&self, language: Language) -> String {
        let heads: Vec<String> = State::ALL.iter().map(|state| format!(">{}", label(*state, language))).collect();
        let mut counts = Table::new(&heads);
        counts.texts(State::ALL.iter().map(|state| self.counts[state.name()].to_string()));
        let mut text = format!("{counts}\n");
        for state in State::ALL {
            let lines: Vec<_> = self.plan.iter().filter(|line| line.shown == state).collect();
            if lines.is_empty() {
                continue;
            }
            let heads = [label(state, language), language.of("行", "rows"), language.of("户", "household"), ""];
            let mut table = Table::new(&heads);
            for line in lines.iter().take(SHOWN_MAX) {
                let rows = line.rows.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
                table.row([&"", &rows, &line.label, &line.codes.join(" ")]);
            }
            text.push_str(&format!("{table}{}\n", more(lines.len(), language)));
        }
        text.push_str(&self.differences(language));
        text.push_str(&reason_wanted(&self.problems, language));
        text
    }
}

impl PlanReport {
    /// Old beside new of every row that differs from the register.
    fn differences(&self, language: Language) -> String {
        let differing: Vec<_> = self.plan.iter().filter(|line| !line.differences.is_empty()).collect();
        if differing.is_empty() {
            return String::new();
        }
        let heads = ["行", "户", "项目", "登记册", "表中"];
        let mut table = Table::new(&language.of(heads, ["rows", "household", "field", "register", "table"]));
        for line in differing.iter().take(SHOWN_MAX) {
            let rows = line.rows.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
            for (place, one) in line.differences.iter().enumerate() {
                let [what, before, now] = one.cells(language);
                let (rows, label) = if place == 0 { (rows.as_str(), line.label.as_str()) } else { ("", "") };
                table.row([&rows, &label, &what, &before, &now]);
            }
        }
        format!("{table}{}\n", more(differing.len(), language))
    }
}

/// How a reason is given, if rows need one.
fn reason_wanted(problems: &[Found], language: Language) -> String {
    if !problems.iter().any(|problem| problem.code == REASON_MISSING) {
        return String::new();
    }
    let zh = "仍要报送的，加 --reason 写明原因；原因随各行记录，不写姓名和号码\n\n";
    let en = "to send them nevertheless, give --reason; it is recorded with each row, and must name nobody\n\n";
    language.of(zh, en).to_owned()
}

fn label(state: State, language: Language) -> &'static str {
    language.of(state.zh(), state.name())
}

/// Findings as a table, in one language.
fn listed(title: &str, found: &[&Found], language: Language) -> String {
    if found.is_empty() {
        return String::new();
    }
    let mut table = Table::new(&[title, "", "", ""]);
    for one in found.iter().take(SHOWN_MAX) {
        let place = match (one.cell.as_str(), one.row) {
            ("", 0) => String::new(),
            ("", row) => row.to_string(),
            (cell, _) => cell.to_owned(),
        };
        let detail = detail::told(&one.code, &one.detail, language);
        table.row([&place, &language.of(&one.zh, &one.en), &detail, &one.code]);
    }
    format!("{table}{}\n", more(found.len(), language))
}

fn more(count: usize, language: Language) -> String {
    let more = count.saturating_sub(SHOWN_MAX);
    if more == 0 {
        return String::new();
    }
    language.of(format!("……另有{more}项，见 --json\n"), format!("… and {more} more, see --json\n"))
}

impl PlanLine {
    fn new(line: Line) -> Self {
        Self {
            state: line.state.name(),
            rows: line.rows,
            label: line.label,
            village: line.village.map(|village| village.to_string()),
            household: line.household.map(|household| household.to_string()),
            codes: line.codes,
            differences: line.differences.into_iter().map(Differs::new).collect(),
            shown: line.state,
        }
    }
}

impl Household {
    fn new(named: &NamedHousehold) -> Self {
        Self { label: named.label.clone(), village: named.village.to_string(), household: named.household.to_string() }
    }
}

impl Found {
    fn new(finding: &Finding) -> Self {
        let is_recorded = finding.is_recorded();
        let Finding { row, cell, column, code, detail, zh, en } = finding.clone();
        Self { row, cell, column: column.into(), code: code.into(), zh: zh.into(), en: en.into(), detail, is_recorded }
    }
}
