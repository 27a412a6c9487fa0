//! The duties of officials: procedures, entitlements, visits, posts.

use super::figures::{cell, columns, linked, row, rows};
use super::numbers::share;
use lika_domain::entitlement::Entitlement;
use lika_domain::procedure::{Procedure, Step};
use lika_domain::progress::{Coverage, Entitled, Figure, Gap, Posts, Procedures, Section};
use lika_views::document::{EntitlementCounts, Progress, StandingAt};
use lika_views::forecast::{forecast, forecast_en};
use maud::{Markup, html};

/// Procedures under way by their last step, and the counts of rounds and exits.
pub(super) fn procedures(progress: &Progress) -> Markup {
    let rounds = &progress.procedures.rounds;
    html! {
        table {
            tr { th { "程序 procedure" } th { "已办至 last step" } th.n { "件 rounds" } }
            @for StandingAt { procedure, step, count } in &progress.procedures.standing {
                @let figure = format!("{}.{procedure}.{step}", Section::Procedures);
                tr {
                    td { (Procedure::LIST.zh(procedure)) } td { (Step::LIST.zh(step)) " " small { (step) } }
                    td.n { (linked(progress, &figure, count)) }
                }
            }
            @for (part, count) in rounds.iter() {
                (row(progress, Figure::Procedures(part), part == Procedures::UnderWay, count, &html! { td {} }))
            }
            @for (part, count) in progress.exits.iter() {
                (row(progress, Figure::Exits(part), false, count, &html! { td {} }))
            }
        }
    }
}

/// What households are entitled to by their facts, and what they get.
pub(super) fn gap(progress: &Progress) -> Markup {
    let entitlements: &[EntitlementCounts] = &progress.gap.entitlements;
    html! {
        table {
            (columns::<Entitled>("应享政策 entitlement"))
            @for EntitlementCounts { entitlement, sums } in entitlements {
                @if let Some(one) = Entitlement::ALL.iter().find(|one| one.name() == entitlement) {
                    tr {
                        td { (one.zh()) " " small { (entitlement) } }
                        @for (part, count) in sums.iter() {
                            (cell(progress, Figure::Entitled(*one, part), count))
                        }
                    }
                }
            }
            @for (part, count) in progress.gap.sums.iter() {
                (row(progress, Figure::Gap(part), part == Gap::Households, count, &html! { td {} td {} }))
            }
        }
    }
}

/// Officials responsible for households, their visits, and officials posted to villages.
pub(super) fn officials(progress: &Progress) -> Markup {
    let (officials, posts) = (&progress.officials, &progress.posts);
    html! {
        table {
            @for (part, count) in officials.coverage.iter() {
                (row(progress, Figure::Officials(part), false, count, &html! {}))
                @if let Some(since) = officials.unassigned_since.as_deref().filter(|_| part == Coverage::Unassigned) {
                    tr { td { small { "最早自 longest since" } } td.n { small { (since) } } }
                }
            }
            (rows(progress, &officials.visits, Figure::Visits))
            @if posts.get(Posts::Villages) > 0 { (rows(progress, posts, Figure::Posts)) }
        }
    }
}

/// What the village, or each village of the area, still lacks to leave the list of poor villages.
pub(super) fn exit(progress: &Progress) -> Markup {
    let (zh, en) = (forecast(progress), forecast_en(progress));
    html! {
        @if let (Some(zh), Some(en)) = (zh, en) {
            p.forecast {
                b { (Section::Villages.zh()) } " 发生率 " (share(progress.incidence)) "，" (zh) " "
                small { (Section::Villages.en()) ": incidence " (share(progress.incidence)) ", " (en) }
            }
        }
    }
}
