//! Small pictures, drawn as SVG.

use super::numbers::share;
use lika_views::document::Progress;
use maud::{Markup, html};

const WIDTH: u64 = 960;
const HEIGHT: u64 = 180;
/// Room for the labels of the axis.
const LABEL: u64 = 16;

/// Poor households at the end of each month.
pub(super) fn poor_by_month(progress: &Progress) -> Markup {
    let bars = progress.poor_by_month();
    let Some(highest) = bars.iter().map(|(_, poor)| *poor).max().filter(|highest| *highest > 0) else {
        return html! { p { "—" } };
    };
    let step = WIDTH / (bars.len() as u64).max(1);
    html! {
        svg.chart viewBox={ "0 0 " (WIDTH) " " (HEIGHT + LABEL) } role="img" aria-label="poor households by month" {
            @for (n, (month, poor)) in (0u64..).zip(&bars) {
                @let height = poor * HEIGHT / highest;
                rect x=(n * step) y=(HEIGHT - height) width=(step.saturating_sub(1).max(1)) height=(height) {
                    title { (month) ": " (poor) }
                }
                @if month.ends_with("-01") {
                    text x=(n * step) y=(HEIGHT + LABEL - 3) { (month.get(..4).unwrap_or(month)) }
                }
            }
        }
        p.asof { "每月末贫困户数 poor households at the end of each month; highest " (highest) }
    }
}

/// An incidence as a bar up to 40 %; its colour shows whether it is below the threshold.
pub(super) fn incidence(progress: &Progress) -> Markup {
    const FULL: u64 = 4_000;
    let Some(incidence) = progress.incidence else { return html! { "—" } };
    let reached = incidence < u64::from(progress.threshold);
    html! {
        span.bar { i.good[reached] style={ "width:" (incidence.min(FULL) * 100 / FULL) "%" } {} }
        " " (share(Some(incidence)))
    }
}
