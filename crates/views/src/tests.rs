//! Views of made-up logs, against a fold that is kept whole in memory.

mod explained;
mod killed;
pub(crate) mod world;

use crate::{LogIdentity, Past, Progress, ViewError, Views, as_of};
use lika_domain::area::{Area, Level};
use lika_domain::date::Date;
use lika_domain::household::Subject;
use lika_domain::ids::Index;
use lika_domain::progress::{Known, Money, Tally, Visited};
use lika_domain::submission::{Entry, Events};
use lika_ledger::Recorded;
use proptest::prelude::*;
use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use world::{ORIGIN, World, areas};

fn identity(world: &World) -> LogIdentity {
    let opening = world.log.first().map(|recorded| recorded.entry.hash);
    LogIdentity { origin: ORIGIN.into(), opening, size: world.log.len() as u64 }
}

fn open(folder: &Path, world: &World) -> Views {
    Views::open(folder, &identity(world)).unwrap()
}

/// Feeds what is missing, in groups of a size, writing after each.
fn catch_up(views: &Views, world: &World, group: usize) {
    let from = usize::try_from(views.resume()).unwrap();
    for entries in world.log[from..].chunks(group) {
        views.apply(entries).unwrap();
        views.write().unwrap();
    }
}

/// Everything a reader can see agrees with the fold in memory.
fn assert_agrees(views: &Views, world: &World) {
    let past = Past::new(world.state.clone(), world.recorded_at);
    for area in areas(world) {
        assert_eq!(views.progress(area, None).unwrap(), past.progress(area), "{area}");
    }
    let county: Area = "130624".parse().unwrap();
    for level in [Level::County, Level::Township, Level::Village] {
        assert_eq!(views.children(county, level, None).unwrap(), past.children(county, level));
    }
    assert_eq!(views.digest().unwrap(), (world.log.len() as u64, world.digest()));
}

/// Indexes of the entries that concern somebody, found by looking at every entry.
fn entries_of(world: &World, concerns: impl Fn(&Entry) -> bool) -> Vec<Index> {
    let admitted = world.log.iter().filter(|recorded| !recorded.void);
    admitted.filter(|recorded| concerns(&recorded.entry)).map(|recorded| recorded.entry.index).collect()
}

fn names(entry: &Entry, subject: Subject) -> bool {
    let author = Subject::Official(entry.submission.author) == subject;
    let household = |id: Option<_>| id.map(Subject::Household) == Some(subject);
    author
        || match &entry.events {
            Events::Households(events) => events.iter().any(|event| household(event.household)),
            Events::Aid(events) => events.iter().any(|event| household(event.household)),
            Events::Officials(events) => {
                events.iter().any(|event| household(event.household) || Subject::Official(event.official) == subject)
            }
        }
}

#[test]
fn a_view_shows_the_figures_of_the_fold() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::open(1, 3);
    let views = open(folder.path(), &world);
    for _ in 0..20 {
        world.grow(50);
        catch_up(&views, &world, 17);
        assert_agrees(&views, &world);
    }
    assert!(world.state.voids.len() > 10, "some entries are void");
    assert!(world.state.homes.len() > 50);
}

#[test]
fn figures_are_kept_only_while_they_hold() {
    // Every read between writes, so that figures of the read before are there to be wrong.
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::open(2, 2);
    world.grow(400);
    let views = open(folder.path(), &world);
    let mut state = lika_domain::state::State::default();
    let mut recorded_at = 0;
    for recorded in &world.log {
        views.apply(std::slice::from_ref(recorded)).unwrap();
        match recorded.void {
            true => lika_domain::evolve::void(&mut state, recorded.entry.index),
            false => lika_domain::evolve::evolve(&mut state, &recorded.entry),
        }
        recorded_at = recorded.entry.recorded_at.max(recorded_at);
        let past = Past::new(state.clone(), recorded_at);
        for area in areas(&world) {
            assert_eq!(views.progress(area, None).unwrap(), past.progress(area), "{area} {}", recorded.entry.index);
        }
    }
}

#[test]
fn an_area_is_the_sum_of_its_parts() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::open(3, 4);
    world.grow(900);
    let views = open(folder.path(), &world);
    catch_up(&views, &world, 256);
    let county: Area = "130624".parse().unwrap();
    let whole = views.progress(county, None).unwrap().unwrap();
    for level in [Level::Township, Level::Village] {
        let parts = views.children(county, level, None).unwrap();
        assert_eq!(parts.len(), if level == Level::Township { 2 } else { 8 });
        let figures: [fn(&Progress) -> i64; 5] = [
            |area| area.households.get(Tally::Registered),
            |area| area.persons.get(Tally::Exited),
            |area| area.officials.visits.get(Visited::In90Days),
            |area| area.conditions["water"].get(Known::Unmet),
            |area| area.money.get(Money::Allocated),
        ];
        for figure in figures {
            assert_eq!(parts.iter().map(figure).sum::<i64>(), figure(&whole));
        }
        assert!(parts.iter().all(|part| part.money.get(Money::Released) == 0));
    }
    assert_eq!(whole.money.get(Money::Released), 100_000_000);
    assert_eq!(whole.name.as_deref(), Some("阜平县"));
    assert_eq!(views.progress("130624003".parse().unwrap(), None).unwrap(), None);
    assert_eq!(views.progress("1307".parse().unwrap(), None).unwrap(), None);
}

#[test]
fn money_is_there_before_any_village() {
    let folder = tempfile::tempdir().unwrap();
    let world = World::open(14, 1);
    let first_village = world.log.iter().position(|recorded| recorded.entry.submission.area.level() == Level::Village);
    let views = open(folder.path(), &world);
    views.apply(&world.log[..first_village.unwrap()]).unwrap();
    for area in ["130624", "1306", "13"] {
        let progress = views.progress(area.parse().unwrap(), None).unwrap().unwrap();
        assert_eq!(
            (progress.money.get(Money::Released), progress.households.get(Tally::Registered)),
            (100_000_000, 0)
        );
    }
    assert_eq!(views.progress("130624001".parse().unwrap(), None).unwrap(), None);
}

#[test]
fn cards_and_officials_drill_down_to_their_entries() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::open(4, 2);
    world.grow(500);
    let views = open(folder.path(), &world);
    catch_up(&views, &world, 31);
    world.grow(40);
    views.apply(&world.log).unwrap(); // these are not written yet
    for id in world.households() {
        let card = views.household(id).unwrap().unwrap();
        assert_eq!(card.entries, entries_of(&world, |entry| names(entry, Subject::Household(id))));
        assert_eq!(card.village, world.state.homes[&id].to_string());
        let known = &world.state.villages[&world.state.homes[&id]].households[&id];
        assert_eq!((card.visits, card.members.len()), (known.visits, known.members.len()));
        let json = serde_json::to_value(&card).unwrap();
        assert_eq!(serde_json::from_value::<crate::HouseholdView>(json).unwrap(), card);
    }
    for (id, known) in world.state.officials.iter().skip(1) {
        let official = views.official(*id).unwrap().unwrap();
        assert_eq!(official.entries, entries_of(&world, |entry| names(entry, Subject::Official(*id))));
        assert_eq!((official.visits, official.caseload.len()), (known.visits, known.caseload.len()));
    }
    assert_eq!(views.household(lika_domain::ids::HouseholdId::new(9_999_999_999).unwrap()).unwrap(), None);
    assert_eq!(views.official(lika_domain::ids::OfficialId::new(99_999_999).unwrap()).unwrap(), None);
}

#[test]
fn entries_that_were_not_written_are_read_from_the_log_again() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::open(5, 2);
    world.grow(300);
    for round in 1..6 {
        let views = open(folder.path(), &world);
        let (written, lost) = world.log.split_at(round * 50);
        catch_up_with(&views, written);
        views.apply(lost).unwrap();
        drop(views); // without a write: the entries in `lost` are gone with the memory
        let views = open(folder.path(), &world);
        assert_eq!(views.applied(), round as u64 * 50);
        catch_up_with(&views, &[]);
    }
    let views = open(folder.path(), &world);
    catch_up(&views, &world, 1_000);
    assert_agrees(&views, &world);
}

fn catch_up_with(views: &Views, entries: &[Arc<Recorded>]) {
    let from = usize::try_from(views.resume()).unwrap().min(entries.len());
    views.apply(&entries[from..]).unwrap();
    views.write().unwrap();
}

#[test]
fn deleted_views_are_rebuilt_with_the_same_digest() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("views");
    let mut world = World::open(6, 2);
    world.grow(300);
    let digests = [1_000, 7].map(|group| {
        let views = open(&dir, &world);
        assert_eq!(views.applied(), 0);
        catch_up(&views, &world, group);
        let digest = views.digest().unwrap();
        views.close().unwrap();
        drop(views);
        std::fs::remove_dir_all(&dir).unwrap();
        digest
    });
    assert_eq!(digests[0], digests[1]);
    assert_eq!(digests[0], (world.log.len() as u64, world.digest()));
}

#[test]
fn an_empty_log_has_views_too() {
    let folder = tempfile::tempdir().unwrap();
    let log = LogIdentity { origin: ORIGIN.into(), opening: None, size: 0 };
    let views = Views::open(folder.path(), &log).unwrap();
    let empty = lika_domain::state::State::default();
    let digest: [u8; 32] = <sha2::Sha256 as sha2::Digest>::digest(borsh::to_vec(&empty).unwrap()).into();
    assert_eq!(views.digest().unwrap(), (0, digest));
    assert_eq!(views.progress("130624".parse().unwrap(), None).unwrap(), None);
    assert_eq!((views.resume(), views.applied()), (0, 0));
}

#[test]
fn views_of_another_log_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::open(7, 2);
    world.grow(20);
    let views = open(folder.path(), &world);
    catch_up(&views, &world, 100);
    views.close().unwrap();
    drop(views);
    let log = identity(&world);
    let refused = |log: &LogIdentity| Views::open(folder.path(), log).err().unwrap();
    let origin = LogIdentity { origin: "test.example/130625".into(), ..log };
    assert!(matches!(refused(&origin), ViewError::OtherLog { .. }));
    let opening = LogIdentity { opening: Some([1; 32]), ..log.clone() };
    assert!(matches!(refused(&opening), ViewError::OtherLog { .. }));
    let shorter = LogIdentity { size: log.size - 1, ..log.clone() };
    assert!(matches!(refused(&shorter), ViewError::Ahead { applied, size, .. } if applied == size + 1));
    // As long, with the same opening, and another entry where the views end.
    let views = Views::open(folder.path(), &log).unwrap();
    let mut forged = Recorded::clone(&world.log[usize::try_from(views.resume()).unwrap()]);
    forged.entry.hash = [2; 32];
    assert!(matches!(views.apply(&[Arc::new(forged)]), Err(ViewError::OtherEntry { .. })));
}

#[test]
fn a_gap_is_refused_and_repeats_are_passed_over() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::open(8, 2);
    world.grow(20);
    let views = open(folder.path(), &world);
    views.apply(&world.log[..10]).unwrap();
    assert!(matches!(views.apply(&world.log[11..12]), Err(ViewError::Gap { expected: 10, found: 11 })));
    views.apply(&world.log[3..]).unwrap();
    assert_agrees(&views, &world);
}

#[test]
fn a_store_that_cannot_be_read_is_refused_and_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::open(9, 2);
    world.grow(200);
    let views = open(folder.path(), &world);
    let second = Views::open(folder.path(), &identity(&world)).err().unwrap();
    assert!(matches!(&second, ViewError::InUse { .. }), "{second}");
    catch_up(&views, &world, 100);
    views.close().unwrap();
    drop(views);
    let conf = folder.path().join("conf");
    std::fs::write(&conf, b"nonsense, and long enough to be read").unwrap();
    let refused = Views::open(folder.path(), &identity(&world)).err().unwrap();
    assert!(refused.to_string().contains("delete that folder"), "{refused}");
    assert!(std::fs::read(&conf).unwrap().starts_with(b"nonsense"));
}

#[test]
fn a_store_that_changed_after_it_was_closed_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::open(15, 1);
    world.grow(100);
    let views = open(folder.path(), &world);
    catch_up(&views, &world, 100);
    drop(views);
    let store = folder.path().join("db");
    let mut bytes = std::fs::read(&store).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    std::fs::write(&store, &bytes).unwrap();
    let refused = Views::open(folder.path(), &identity(&world)).err().unwrap();
    assert!(matches!(&refused, ViewError::Changed { .. }), "{refused}");
    bytes[middle] ^= 1;
    std::fs::write(&store, &bytes).unwrap();
    assert_agrees(&open(folder.path(), &world), &world);
}

#[test]
fn a_store_of_another_format_is_refused() {
    let world = World::open(10, 1);
    for (key, value, found) in [(vec![1], vec![9, 0, 1, 2, 3], 9), (vec![200], vec![], 0)] {
        let folder = tempfile::tempdir().unwrap();
        sled::open(folder.path()).unwrap().insert(key, value).unwrap();
        let refused = Views::open(folder.path(), &identity(&world)).err().unwrap();
        assert!(matches!(refused, ViewError::Format { found: f, .. } if f == found), "{refused}");
    }
}

#[tokio::test]
async fn a_reader_waits_for_its_entry() {
    let folder = tempfile::tempdir().unwrap();
    let mut world = World::open(11, 1);
    world.grow(30);
    let views = Arc::new(open(folder.path(), &world));
    let early = views.wait_for(19, Duration::from_millis(1)).await;
    assert!(matches!(early, Err(ViewError::Behind { index: 19, applied: 0 })));
    let waiting = tokio::spawn({
        let views = views.clone();
        async move { views.wait_for(19, Duration::from_secs(60)).await }
    });
    views.apply(&world.log[..20]).unwrap();
    waiting.await.unwrap().unwrap();
    assert_eq!(views.progress("130624".parse().unwrap(), None).unwrap().unwrap().index, Some(19));
}

fn fold(world: &World, happened: Option<Date>, recorded_by: Option<Date>) -> Past {
    as_of(world.log.iter().map(|recorded| Ok::<_, Infallible>(recorded.as_ref())), happened, recorded_by).unwrap()
}

#[test]
fn a_view_of_the_past_equals_that_of_a_shorter_log() {
    let mut world = World::open(12, 2);
    world.grow(200);
    let then = Past::new(world.state.clone(), world.recorded_at);
    let day = Date::of_unix_ms(world.recorded_at);
    let before = world.log.len();
    while Date::of_unix_ms(world.recorded_at) == day {
        world.grow(1);
    }
    let first_later = world.log.len() - 1;
    world.grow(200);
    // Here everything is recorded on the day it happened, so both clocks show the same cards.
    let county: Area = "130624".parse().unwrap();
    let recorded = fold(&world, None, Some(day));
    assert_eq!(recorded.standing.applied, first_later as u64);
    let happened = fold(&world, Some(day), None);
    assert_eq!(happened.state.villages.len(), 4);
    let cards = |past: &Past| {
        let progress = past.progress(county).unwrap();
        (progress.households, progress.persons, progress.income, progress.money, progress.months, progress.officials)
    };
    assert_eq!(cards(&recorded), cards(&happened));
    if before == first_later {
        assert_eq!(recorded.progress(county), then.progress(county));
    }
    assert_eq!(fold(&world, None, None), Past::new(world.state.clone(), world.recorded_at));
}

#[test]
fn the_past_of_happening_leaves_out_events_recorded_early_or_late() {
    let mut world = World::open(13, 1);
    world.grow(100);
    let before = Date::from_yyyymmdd(20_140_531).unwrap();
    let past = fold(&world, Some(before), None);
    assert_eq!(past.state.villages.len(), 2, "villages are never too late");
    assert_eq!(past.state.officials.len(), world.state.officials.len());
    assert!(past.state.homes.is_empty());
    assert_eq!(past.standing.today, before);
    let failing =
        world.log.iter().enumerate().map(|(at, recorded)| if at < 50 { Ok(recorded.as_ref()) } else { Err(at) });
    assert_eq!(as_of(failing, None, None), Err(50));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_log_in_any_groups_gives_the_same_views(
        seed in any::<u64>(),
        groups in prop::collection::vec(1..60usize, 1..8),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut world = World::open(seed, 2);
        for group in groups {
            world.grow(group);
            let views = open(folder.path(), &world);
            catch_up(&views, &world, group);
            assert_agrees(&views, &world);
        }
    }
}
