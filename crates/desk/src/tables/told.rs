//! Why a table was not read, in the words of a page: where the command line names an option, a page names its field.

use super::Failure;
use crate::labels;
use lika_client::import::{ImportError, Kind};
use lika_domain::language::Bilingual;

impl Failure {
    /// What went wrong on this machine.
    pub(crate) fn broken(error: &dyn std::fmt::Display) -> Self {
        let words = labels::TABLE_BROKEN;
        Self { code: "failed", said: Bilingual::new(format!("{}{error}", words.zh), format!("{}{error}", words.en)) }
    }
}

/// Why a table was not read.
pub(crate) fn told(error: &ImportError) -> Failure {
    let said = match error {
        ImportError::NoHeading { needed, others } => Bilingual::new(
            format!("前十行中没有表头。必需的列：{}；还可有：{}。", needed.join("、"), others.join("、")),
            format!(
                "None of the first ten rows names the columns. Needed: {}. Also read: {}.",
                needed.join(", "),
                others.join(", ")
            ),
        ),
        ImportError::SeveralSheets(names) => Bilingual::new(
            format!("有几张工作表都是这种表：{}。请在“工作表”一栏写明用哪一张。", names.join("、")),
            format!(
                "Several sheets are such tables: {}. Write into the field Sheet which is meant.",
                names.join(", ")
            ),
        ),
        ImportError::KindUnclear(names) => {
            let kinds: Vec<_> =
                names.iter().filter_map(|name| Kind::find(name)).map(|kind| kind.event().label()).collect();
            let (zh, en): (Vec<_>, Vec<_>) = kinds.into_iter().map(|label| (label.zh, label.en)).unzip();
            Bilingual::new(
                format!("从表头看不出是哪种表，请在“表的种类”一栏选择。{}", zh.join("、")),
                format!("The headings do not say what kind of table it is; choose it. {}", en.join(", ")),
            )
        }
        other => Bilingual::new(other.zh(), labels::capital(&other.to_string())),
    };
    Failure { code: error.code(), said }
}
