//! Funds on their way: the amount that reached each station, and the amount left there.

use super::figures::{label, row, value};
use super::numbers::amount;
use lika_domain::progress::{Figure, FigureRef, Money, Part};
use lika_views::document::Progress;
use lika_views::money::{ASIDE, Station, stations};
use maud::{Markup, html};

/// Funds released, allocated, delivered, acknowledged; each with the amount not passed on.
pub(super) fn money(progress: &Progress) -> Markup {
    let shown = |sum, is: Option<Figure>| match is {
        Some(figure) => value(progress, FigureRef::Sum(figure), sum),
        None => html! { (amount(sum)) },
    };
    let aside = ASIDE.iter().map(|part| (*part, progress.money.get(*part))).filter(|(_, sum)| *sum != 0);
    html! {
        table {
            tr { th { "环节 station" } th.n { "金额 yuan" } th.n { "未流转 not passed on" } }
            @for Station { at, reached, left, reached_is, left_is } in stations(&progress.money) {
                tr {
                    td {
                        (label(at.description()))
                        @if at == Money::Delivered { small { ", less the amount taken back" } }
                    }
                    td.n { (shown(reached, reached_is)) }
                    td.n { @if let Some(left) = left { (shown(left, left_is)) } }
                }
            }
            @for (part, sum) in aside { (row(progress, Figure::Money(part), false, sum, &html! { td {} })) }
        }
    }
}
