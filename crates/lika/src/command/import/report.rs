//! The result for a table.

use crate::command::submit::{households, reason};
use crate::exit::{Exit, exit_of};
use crate::table::Table;
use lika_client::import::{Applied, NamedHousehold, Plan, RowProblem};
use lika_client::{ApiError, Home};
use lika_proto::convert;
use serde::Serialize;
use std::collections::BTreeSet;

/// The result for a table.
#[derive(Debug, Serialize)]
pub(super) struct Report {
    /// Rows read, without heading and blank rows.
    rows: usize,
    /// Rows that can be sent.
    good_rows: usize,
    /// Rows that are in the log.
    recorded_rows: usize,
    /// Indices of the entries they are in.
    entries: Vec<u64>,
    /// Submissions of the key that wait in the outbox.
    waiting: usize,
    /// Why sending stopped before the end.
    stopped: Option<String>,
    /// Unknown headings.
    unknown_columns: Vec<String>,
    /// Numbers of the households that are recorded or wait, or would be.
    households: Vec<Household>,
    /// Everything that is wrong, by rows.
    problems: Vec<Problem>,
    #[serde(skip)]
    exit: Exit,
}

#[derive(Debug, Serialize)]
struct Household {
    label: String,
    village: String,
    household: String,
}

#[derive(Debug, Serialize)]
struct Problem {
    row: usize,
    column: String,
    code: String,
    zh: String,
    en: String,
    detail: String,
}

impl Report {
    /// The report on a table that was only checked.
    pub(super) fn planned(plan: Plan) -> Self {
        let exit = if plan.problems.is_empty() { Exit::Done } else { Exit::Findings };
        Self {
            rows: plan.rows,
            good_rows: plan.good_rows,
            recorded_rows: 0,
            entries: Vec::new(),
            waiting: 0,
            stopped: None,
            unknown_columns: plan.unknown_columns,
            // Numbers are drawn again when the table is applied, so those of a check would mislead.
            households: Vec::new(),
            problems: plan.problems.iter().map(Problem::new).collect(),
            exit,
        }
    }

    /// The report on a table that was submitted.
    pub(super) fn applied(home: &Home, plan: Plan, applied: &Applied) -> anyhow::Result<Self> {
        let kept = kept(home, applied)?;
        let named: Vec<_> =
            plan.households.iter().filter(|named| kept.contains(&named.household.to_string())).collect();
        let households = named.into_iter().map(Household::new).collect();
        let mut entries: Vec<_> = applied.recorded.iter().map(|proven| proven.index).collect();
        entries.sort_unstable();
        let mut report = Self { households, entries, ..Self::planned(plan) };
        report.recorded_rows = applied.recorded_rows;
        report.waiting = applied.waiting;
        report.stopped = applied.stopped.first().map(reason);
        report.problems.extend(applied.problems.iter().map(Problem::new));
        report.problems.sort_by_key(|problem| problem.row);
        report.exit = match applied.stopped.first() {
            Some(ApiError::Refused(refusal)) => exit_of(refusal.status),
            Some(_) => Exit::Queued,
            None if !report.problems.is_empty() => Exit::Findings,
            None if report.waiting > 0 => Exit::Queued,
            None => Exit::Done,
        };
        Ok(report)
    }

    /// The exit code after it.
    pub(super) fn exit(&self) -> Exit {
        self.exit
    }

    pub(super) fn text(&self) -> String {
        let mut text = String::new();
        if !self.households.is_empty() {
            let mut table = Table::new(&["household of the table", "village", "number"]);
            for named in &self.households {
                table.row([&named.label, &named.village, &named.household]);
            }
            text.push_str(&format!("{table}\n"));
        }
        if !self.problems.is_empty() {
            let mut table = Table::new(&[">row", "column", "code", "", "", "detail"]);
            for problem in &self.problems {
                let Problem { row, column, code, zh, en, detail } = problem;
                table.row([row, column, code, zh, en, detail]);
            }
            text.push_str(&format!("{table}\n"));
        }
        if !self.unknown_columns.is_empty() {
            text.push_str(&format!("unknown columns were ignored: {}\n", self.unknown_columns.join(", ")));
        }
        text + &self.summary()
    }

    fn summary(&self) -> String {
        let mut text = format!(
            "{} rows read, {} of them good, {} recorded in {} entries\n",
            self.rows,
            self.good_rows,
            self.recorded_rows,
            self.entries.len()
        );
        if let Some(reason) = &self.stopped {
            text.push_str(&format!("sending stopped: {reason}\n"));
        }
        if self.waiting > 0 {
            let waiting = self.waiting;
            text.push_str(&format!("submissions waiting in the outbox: {waiting}; `lika outbox send` sends them\n"));
        }
        text
    }
}

/// Households in submissions that are recorded or wait.
fn kept(home: &Home, applied: &Applied) -> anyhow::Result<BTreeSet<String>> {
    let mut kept = BTreeSet::new();
    for proven in &applied.recorded {
        let Some(receipt) = home.receipt(proven.id)? else { continue };
        kept.extend(households(&convert::entry(proven.index, &receipt.entry)?.0.events));
    }
    for pending in home.pending()? {
        kept.extend(households(&convert::submission(&pending.signed.submission)?.events));
    }
    Ok(kept)
}

impl Household {
    fn new(named: &NamedHousehold) -> Self {
        Self { label: named.label.clone(), village: named.village.to_string(), household: named.household.to_string() }
    }
}

impl Problem {
    fn new(problem: &RowProblem) -> Self {
        let RowProblem { row, column, code, detail, zh, en } = problem.clone();
        Self { row, column: column.into(), code: code.into(), zh: zh.into(), en: en.into(), detail }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn problem(row: usize) -> RowProblem {
        RowProblem {
            row,
            column: "citizen_id".into(),
            code: "citizen_id_invalid".into(),
            detail: String::new(),
            zh: "公民身份号码校验不通过".into(),
            en: "the citizen ID fails its check".into(),
        }
    }

    fn applied(plan: Plan, applied: &Applied) -> Report {
        let dir = tempfile::tempdir().unwrap();
        Report::applied(&Home::open(dir.path()).unwrap(), plan, applied).unwrap()
    }

    #[test]
    fn problems_of_table_and_log_are_listed_by_rows() {
        let plan = Plan { problems: vec![problem(7)], rows: 9, good_rows: 8, ..Plan::default() };
        let report = applied(plan, &Applied { problems: vec![problem(3)], ..Applied::default() });
        assert_eq!(report.exit(), Exit::Findings);
        assert_eq!(report.problems.iter().map(|problem| problem.row).collect::<Vec<_>>(), [3, 7]);
        let text = report.text();
        for word in ["citizen_id_invalid", "公民身份号码校验不通过", "9 rows read, 8 of them good"] {
            assert!(text.contains(word), "{word} in\n{text}");
        }
    }

    #[test]
    fn a_node_that_cannot_be_reached_leaves_all_of_it_waiting() {
        let unreachable = ApiError::Unreachable { what: "no connection".into(), source: None };
        let report =
            applied(Plan::default(), &Applied { waiting: 2, stopped: vec![unreachable], ..Applied::default() });
        assert_eq!(report.exit(), Exit::Queued);
        assert!(report.text().contains("waiting in the outbox: 2"), "{}", report.text());
        assert_eq!(applied(Plan::default(), &Applied::default()).exit(), Exit::Done);
    }
}
