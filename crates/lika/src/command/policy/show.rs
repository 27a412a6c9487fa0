//! `lika policy show`: the parameters in force as a table; with `--json` in the form that `lika policy apply` takes.

use super::super::client::{NodeArgs, block_on, today};
use super::super::household::not_understood;
use crate::exit::Exit;
use crate::numbers::{known, number};
use crate::printer::Printer;
use crate::table::Table;
use lika_domain::area::Area;
use lika_domain::date::Date;
use lika_domain::language::Language;
use lika_views::PolicyView;
use lika_views::policy::PolicyRow;

/// The area and the day.
#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// Division code of the area, 2 to 12 digits [default: all that the log covers]
    area: Option<Area>,
    /// Parameters in force on that day [default: today]
    #[arg(long, value_name = "DATE")]
    at: Option<Date>,
    #[command(flatten)]
    node: NodeArgs,
}

impl Show {
    pub(super) fn run(self, printer: Printer) -> anyhow::Result<Exit> {
        let api = self.node.api()?;
        let at = self.at.unwrap_or_else(today);
        let document = block_on(async { Ok(api.policy(self.area, Some(at)).await?) })?;
        let view: PolicyView = serde_json::from_value(document.clone()).map_err(|error| not_understood(&error))?;
        printer.result(&document, |_| text(&view, printer.language()))?;
        Ok(Exit::Done)
    }
}

fn text(view: &PolicyView, language: Language) -> String {
    let mut head = Table::pairs();
    head.row([&language.of("区划", "area"), &view.area]);
    head.row([&language.of("日期", "day"), &view.at]);
    head.row([&language.of("日志条目", "entry"), &known(view.index, number)]);
    let mut text = format!("{head}\n{}", table(&view.rows, language));
    let later = language.of("以后生效", "in force from a later day");
    let inside = language.of("仅在部分下级区划适用", "in force in some smaller areas only");
    for (heading, rows) in [(later, &view.later), (inside, &view.inside)] {
        if !rows.is_empty() {
            text.push_str(&format!("\n{heading}\n{}", table(rows, language)));
        }
    }
    let unconfirmed = view.rows.iter().filter(|row| row.unconfirmed).count();
    if unconfirmed > 0 {
        text.push_str(&language.of(
            format!("\n{unconfirmed} 项未证实：依据待核实，或全国没有统一规定，请按本地文件设定。\n"),
            format!(
                "\n{unconfirmed} are unconfirmed: the source is to be checked, or there is no national rule; set them \
                 by local documents.\n"
            ),
        ));
    }
    text
}

/// Which parameter it is. In English by its names in the proto files, in words.
pub(super) fn name(row: &PolicyRow, language: Language) -> String {
    let en = || format!("{} {}", row.parameter, row.subject.as_deref().unwrap_or_default()).replace('_', " ");
    language.of(row.name.clone(), en().trim_end().to_owned())
}

fn table(rows: &[PolicyRow], language: Language) -> String {
    let headings = language.of(
        ["参数", "数值", "区划", "生效日期", ">条目", "", "来源"],
        ["parameter", "value", "area", "effective", ">entry", "", "source"],
    );
    let mut table = Table::new(&headings);
    for row in rows {
        table.row([
            &name(row, language),
            &row.value,
            &row.area,
            &row.effective.as_deref().unwrap_or(language.of("内置", "built in")),
            &known(row.entry, number),
            &if row.unconfirmed { language.of("未证实", "unconfirmed") } else { "" },
            &row.source,
        ]);
    }
    table.to_string()
}

#[cfg(test)]
mod tests {
    use super::*;
    use lika_domain::policy::{Policy, PolicyItem, PolicyRow as Row, PolicyValue};
    use lika_views::Standing;

    #[test]
    fn unconfirmed_figures_are_marked_and_what_comes_is_listed_by_itself() {
        let mut policy = Policy::default();
        let (area, source) = ("130624".parse().unwrap(), "县发〔2021〕3号".into());
        let item = PolicyItem { area, source, unconfirmed: false, value: PolicyValue::VisitDays(45) };
        policy.add(Row { since: 5, effective: Date::from_yyyymmdd(20_210_101).unwrap(), item });
        let today = Date::from_yyyymmdd(20_201_231).unwrap();
        let shown =
            text(&PolicyView::new(area, &policy, &Standing { applied: 9, recorded_at: 0, today }), Language::Zh);
        let line = |word: &str| shown.lines().find(|line| line.contains(word)).unwrap_or_default().to_owned();
        for (word, mark) in [("2018年贫困线", true), ("2016年贫困线", false), ("走访间隔", true)] {
            assert_eq!(line(word).contains("未证实"), mark, "{shown}");
        }
        assert!(shown.contains("以后生效") && shown.contains("2021-01-01") && !shown.contains("下级区划"), "{shown}");
    }
}
