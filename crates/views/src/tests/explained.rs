//! The contributions to a figure add up to it, in views, in the past, and from the entries of the log.

use super::world::{World, areas};
use super::{catch_up, open};
use crate::{Past, Views, month};
use lika_domain::area::Area;
use lika_domain::progress::{Figure, FigureRef, Figures, MonthFigure, MonthPart, Part, Poverty};
use std::collections::BTreeSet;
use std::convert::Infallible;

fn viewed(seed: u64, entries: usize) -> (tempfile::TempDir, World, Views) {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::open(seed, 2);
    world.grow(entries);
    let views = open(folder.path(), &world);
    catch_up(&views, &world, 100);
    (folder, world, views)
}

#[test]
fn every_figure_of_every_area_is_explained_by_entries_of_its_villages() {
    let (_folder, world, views) = viewed(5, 900);
    let past = Past::new(world.state.clone(), world.recorded_at);
    let mut explained = BTreeSet::new();
    for area in areas(&world) {
        let figures = Figures::of_area(&world.state, area, past.standing.today);
        for figure in Figure::all() {
            let explanation = views.explain(area, FigureRef::Sum(figure)).unwrap().unwrap();
            assert_eq!(explanation.amount, figures.get(figure), "{area} {figure}");
            assert_eq!(past.explain(area, FigureRef::Sum(figure)).as_ref(), Some(&explanation));
            for ground in &explanation.grounds {
                let entry = &world.log[usize::try_from(ground.entry).unwrap()].entry;
                let village = ground.village.as_ref().map(|village| village.parse::<Area>().unwrap());
                assert_eq!(village.unwrap_or("130624".parse().unwrap()), entry.submission.area, "{figure}");
                assert!(!world.state.voids.contains(&ground.entry));
                explained.insert(figure.to_string());
            }
        }
    }
    for name in ["households.fallen_back", "procedures.late", "gap.health.missing", "money.undelivered"] {
        assert!(explained.contains(name), "the world has none of {name}");
    }
}

#[test]
fn the_counts_of_months_are_explained_from_the_log() {
    let (_folder, world, views) = viewed(6, 1_500);
    let entries = || world.log.iter().map(|recorded| Ok::<_, Infallible>(recorded.as_ref()));
    let mut taken_back = false;
    for area in areas(&world) {
        let progress = views.progress(area, None).unwrap().unwrap();
        for row in &progress.months {
            for (part, count) in row.sums.iter() {
                let name = format!("months.{}.{}", row.month, part.name());
                let figure = MonthFigure::from_name(&name).unwrap();
                let explanation = month(entries(), (area, figure), None, None).unwrap().unwrap();
                assert_eq!((explanation.figure, explanation.amount), (name, count), "{area}");
                taken_back |= part == MonthPart::Exited && explanation.grounds.iter().any(|ground| ground.amount < 0);
            }
        }
    }
    assert!(taken_back, "an exit was recorded in error");
    let nowhere = "440000".parse().unwrap();
    let figure = MonthFigure::from_name("months.2014-06.visits").unwrap();
    assert_eq!(month(entries(), (nowhere, figure), None, None).unwrap(), None);
}

#[test]
fn incomes_are_explained_for_the_year_of_the_area() {
    let (_folder, world, views) = viewed(7, 900);
    for area in areas(&world) {
        let progress = views.progress(area, None).unwrap().unwrap();
        let below = FigureRef::from_name("income.below_line").unwrap();
        let explained = views.explain(area, below).unwrap().unwrap().amount;
        assert_eq!(Some(explained.unsigned_abs()), progress.income.below_line.or(Some(0)), "{area}");
        let counted = |figure| views.explain(area, figure).unwrap().unwrap().amount.unsigned_abs();
        assert_eq!(counted(FigureRef::Poverty(Poverty::Incidence)), progress.persons.poor_now());
        assert_eq!(counted(FigureRef::Poverty(Poverty::Now)), progress.households.poor_now());
    }
}
