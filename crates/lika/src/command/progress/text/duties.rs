//! The duties of officials: procedures, entitlements, visits, posts.

use super::{group, one_row, row};
use crate::numbers::number;
use crate::table::Table;
use lika_domain::entitlement::Entitlement;
use lika_domain::language::Language;
use lika_domain::procedure::{Procedure, Step};
use lika_domain::progress::{Entitled, Posts};
use lika_views::Progress;

/// Procedures under way by their last step, and violations.
pub(super) fn procedures(area: &Progress, language: Language) -> String {
    let mut standing =
        Table::new(&language.of(["办理中程序", "已办至", ">件"], ["procedure under way", "last step", ">rounds"]));
    for at in &area.procedures.standing {
        let (procedure, step) = (Procedure::LIST.label(&at.procedure, language), Step::LIST.label(&at.step, language));
        standing.texts([procedure, step, number(at.count)]);
    }
    let rounds =
        one_row(language.of("程序", "procedures"), language.of("件", "rounds"), &area.procedures.rounds, language);
    let exits = one_row(language.of("退出质量", "exits"), language.of("户", "households"), &area.exits, language);
    let text = format!("{rounds}\n{exits}");
    if standing.is_empty() { text } else { format!("{text}\n{standing}") }
}

/// What households should get according to their facts, and what they got.
pub(super) fn gap(area: &Progress, language: Language) -> String {
    if area.gap.entitlements.is_empty() {
        return String::new();
    }
    let mut table = group::<Entitled>(language.of("应享政策 户", "entitlements, households"), language);
    for one in &area.gap.entitlements {
        row(&mut table, &Entitlement::LIST.label(&one.entitlement, language), &one.sums);
    }
    format!(
        "{table}\n{}",
        one_row(language.of("应享未享", "entitlements missing"), language.of("合计", "sum"), &area.gap.sums, language)
    )
}

/// Who answers for the households and visits them, and who is posted to the villages.
pub(super) fn officials(area: &Progress, language: Language) -> String {
    let officials = &area.officials;
    let mut parts = vec![
        one_row(
            language.of("帮扶责任", "officials responsible"),
            language.of("户", "households"),
            &officials.coverage,
            language,
        )
        .to_string(),
    ];
    if let Some(since) = &officials.unassigned_since {
        parts.push(format!("{} {since}\n", language.of("未结对最早自", "without one since")));
    }
    parts.push(format!(
        "\n{}",
        one_row(language.of("走访", "visits"), language.of("户", "households"), &officials.visits, language)
    ));
    if area.posts.get(Posts::Villages) > 0 {
        parts.push(format!(
            "\n{}",
            one_row(language.of("驻村", "posted to villages"), language.of("村", "villages"), &area.posts, language)
        ));
    }
    parts.concat()
}
