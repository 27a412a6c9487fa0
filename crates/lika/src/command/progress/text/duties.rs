//! The duties of officials: procedures, entitlements, visits, posts.

use super::{group, one_row, row};
use crate::numbers::number;
use crate::table::Table;
use lika_domain::entitlement::Entitlement;
use lika_domain::procedure::{Procedure, Step};
use lika_domain::progress::{Entitled, Posts};
use lika_views::Progress;

/// Procedures under way by their last step, and violations.
pub(super) fn procedures(area: &Progress) -> String {
    let mut standing = Table::new(&["办理中程序", "已办至", ">件"]);
    for at in &area.procedures.standing {
        let (procedure, step) = (Procedure::LIST.zh(&at.procedure), Step::LIST.zh(&at.step));
        standing.texts([procedure.to_owned(), step.to_owned(), number(at.count)]);
    }
    let rounds = one_row("程序", "件", &area.procedures.rounds);
    let exits = one_row("退出质量", "户", &area.exits);
    let text = format!("{rounds}\n{exits}");
    if standing.is_empty() { text } else { format!("{text}\n{standing}") }
}

/// What households should get according to their facts, and what they got.
pub(super) fn gap(area: &Progress) -> String {
    if area.gap.entitlements.is_empty() {
        return String::new();
    }
    let mut table = group::<Entitled>("应享政策 户");
    for one in &area.gap.entitlements {
        row(&mut table, Entitlement::LIST.zh(&one.entitlement), &one.sums);
    }
    format!("{table}\n{}", one_row("应享未享", "合计", &area.gap.sums))
}

/// Who answers for the households and visits them, and who is posted to the villages.
pub(super) fn officials(area: &Progress) -> String {
    let officials = &area.officials;
    let mut parts = vec![one_row("帮扶责任", "户", &officials.coverage).to_string()];
    if let Some(since) = &officials.unassigned_since {
        parts.push(format!("未结对最早自 {since}\n"));
    }
    parts.push(format!("\n{}", one_row("走访", "户", &officials.visits)));
    if area.posts.get(Posts::Villages) > 0 {
        parts.push(format!("\n{}", one_row("驻村", "村", &area.posts)));
    }
    parts.concat()
}
