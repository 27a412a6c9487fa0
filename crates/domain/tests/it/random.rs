//! Reports made up from bytes, so that a failing log shrinks with them. Tame ones are plausible and often valid; wild
//! ones are anything that the types allow.

mod aid;
mod households;
mod officials;
mod steps;

pub(crate) use steps::rounds;

use lika_domain::area::Area;
use lika_domain::date::Date;
use lika_domain::household::Household;
use lika_domain::ids::{EventRef, HouseholdId, MemberNo, OfficialId};
use lika_domain::money::{AMOUNT_MAX_FEN, Fen};
use lika_domain::official::Role;
use lika_domain::state::State;
use lika_domain::submission::{Entry, Events, Evidence, EvidenceKind};
use lika_testkit::county::{self, area};
use lika_testkit::facts;
use lika_testkit::rules::{self, Report, World};

/// Codes of the villages that the reports concern.
pub(crate) const VILLAGES: [&str; 3] = ["130624100301", "130624100302", "130624101301"];
/// Cards per village, of which some are registered at first.
const CARDS: u32 = 3;
const FIRST_CARDS: u32 = 2;
/// Responsible officials per village.
const HELPERS: u32 = 2;

/// How far made-up reports go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Manner {
    /// Villages share a release and citizen IDs.
    Shared,
    /// Villages share nothing but the county.
    Separate,
    /// Anything that the types allow.
    Wild,
}

/// A report before it is drawn.
#[derive(Clone, Debug)]
pub(crate) struct Seed {
    /// The village it concerns.
    pub(crate) village: usize,
    /// Its place among all; later ones tell of later days.
    pub(crate) number: usize,
    /// The bytes that it is drawn from.
    pub(crate) bytes: Vec<u8>,
}

/// Draws from bytes; zeros when they are used up.
pub(crate) struct Dice<'b> {
    bytes: std::slice::Iter<'b, u8>,
    manner: Manner,
    village: usize,
    today: Date,
}

/// Whether decisions need the steps of their procedures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Steps {
    /// Reports without a plan reach decisions; steps are taken nevertheless.
    Free,
    /// Of every procedure, identification too once the first cards are there.
    Required,
}

/// A county with the villages; in each of them officials, cards, and money that is set aside.
pub(crate) fn ground(steps: Steps) -> World {
    let mut world = World::lenient();
    let mut officials = Vec::new();
    for (village, code) in VILLAGES.into_iter().enumerate() {
        let helpers = (0..HELPERS).map(|helper| (helper_of(village, helper), Role::Responsible));
        let officers = steps::OFFICERS.into_iter().map(|role| (steps::officer_of(village, role), role));
        for (number, role) in helpers.chain([(clerk_of(village), Role::Administrator)]).chain(officers) {
            officials.push(facts::official_event(20_140_101, number, facts::enrolled(role, code)));
            officials.push(facts::official_event(20_140_101, number, facts::key_enrolled(number)));
        }
    }
    let releases = (0..=VILLAGES.len()).map(|number| aid::release(u64::try_from(number).unwrap()));
    let releases = Report::new(county::FINANCE, Events::Aid(releases.collect())).on(county::COUNTY);
    world.take(&Report::officials(officials)).unwrap();
    world.take(&releases).unwrap();
    for (village, code) in VILLAGES.into_iter().enumerate() {
        let clerk = clerk_of(village);
        world.take(&households::village(clerk).on(code)).unwrap();
        world.take(&households::cards(clerk, village).on(code)).unwrap();
        world.take(&Report::new(clerk, Events::Aid(aid::ground(village))).on(code)).unwrap();
    }
    if steps == Steps::Required {
        world.take(&rules::steps_required(20_140_101, true)).unwrap();
    }
    world
}

/// A report on a village: one to three events of one service, by its clerk or another official.
pub(crate) fn report(seed: &Seed, manner: Manner, state: &State) -> Report {
    let mut dice = Dice::new(seed, &seed.bytes, manner);
    if dice.one_in(if manner == Manner::Wild { 4 } else { 2 }) {
        return dice.next_step(state);
    }
    let author = dice.author();
    let count = dice.of(&[1, 1, 2, 3]);
    let (events, tags) = match dice.below(4) {
        0 | 1 => {
            let events: Vec<_> = (0..count).map(|_| dice.household_event(state)).collect();
            let tags = dice.tags(&events);
            (Events::Households(events), tags)
        }
        2 => (Events::Officials((0..count).map(|_| dice.official_event()).collect()), Vec::new()),
        _ => (Events::Aid((0..count).map(|_| dice.aid_event(state)).collect()), Vec::new()),
    };
    Report { author, area: area(VILLAGES[seed.village]), tags, ..Report::new(author, events) }
}

/// An entry that no recorder would make: wild events with a header that may be wrong in any way.
pub(crate) fn wild_entry(seed: &Seed, world: &World) -> Entry {
    let (events, header) = seed.bytes.split_at(seed.bytes.len() * 2 / 3);
    let wild = Seed { bytes: events.to_vec(), ..seed.clone() };
    let mut entry = report(&wild, Manner::Wild, &world.state).entry(&world.state);
    let mut dice = Dice::new(seed, header, Manner::Wild);
    if dice.one_in(2) {
        entry.submission.area = dice.area();
    }
    if dice.one_in(4) {
        entry.submission.sequence = dice.number();
    }
    if dice.one_in(4) {
        entry.basis = dice.number();
    }
    if dice.one_in(8) {
        entry.index = dice.number();
    }
    if dice.one_in(8) {
        entry.recorded_at = dice.number();
        entry.submission.composed_at = dice.number();
    }
    entry
}

fn clerk_of(village: usize) -> u32 {
    30_000_001 + 10 * u32::try_from(village).unwrap()
}

fn helper_of(village: usize, helper: u32) -> u32 {
    clerk_of(village) + 1 + helper
}

fn card_of(village: usize, card: u32) -> HouseholdId {
    county::household(2_000_000_001 + 10 * u64::try_from(village).unwrap() + u64::from(card))
}

fn card_in(state: &State, village: usize, id: HouseholdId) -> Option<&Household> {
    state.villages.get(&area(VILLAGES[village]))?.households.get(&id)
}

impl<'b> Dice<'b> {
    fn new(seed: &Seed, bytes: &'b [u8], manner: Manner) -> Self {
        let days = i32::try_from(seed.number).unwrap() * 4;
        let today = county::date(20_140_301).plus_days(days);
        Self { bytes: bytes.iter(), manner, village: seed.village, today }
    }
}

impl Dice<'_> {
    fn byte(&mut self) -> u8 {
        self.bytes.next().copied().unwrap_or(0)
    }

    /// 0 to `bound` − 1, for bounds up to 256.
    fn below(&mut self, bound: u32) -> u32 {
        u32::from(self.byte()) % bound
    }

    fn one_in(&mut self, chances: u32) -> bool {
        self.below(chances) == chances - 1
    }

    fn is_wild(&mut self) -> bool {
        self.manner == Manner::Wild && self.one_in(2)
    }

    fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[usize::from(self.byte()) % all.len()]
    }

    fn maybe<T>(&mut self, draw: impl FnOnce(&mut Self) -> T) -> Option<T> {
        self.one_in(2).then(|| draw(self))
    }

    fn number(&mut self) -> u64 {
        match self.below(4) {
            0 => 0,
            1 => u64::MAX,
            2 => u64::from(self.byte()),
            _ => u64::from_le_bytes(std::array::from_fn(|_| self.byte())),
        }
    }

    fn short(&mut self) -> u32 {
        u32::try_from(self.number() & u64::from(u32::MAX)).unwrap()
    }

    fn author(&mut self) -> u32 {
        match self.below(16) {
            0 => helper_of(self.village, 0),
            1 if self.manner != Manner::Separate => county::FINANCE,
            _ => clerk_of(self.village),
        }
    }

    /// Today or shortly before it; in wild reports any day.
    fn day(&mut self) -> Date {
        if self.is_wild() {
            return self.of(&[19_000_101, 20_091_231, 20_991_231, 21_991_231].map(county::date));
        }
        self.today.plus_days(-i32::try_from(self.below(8)).unwrap())
    }

    fn area(&mut self) -> Area {
        let other = self.of(&VILLAGES);
        area(self.of(&[VILLAGES[self.village], other, county::COUNTY, "13", "659001999999"]))
    }

    fn card(&mut self) -> HouseholdId {
        if self.is_wild() {
            return county::household(1_000_000_000 + self.number() % 9_000_000_000);
        }
        let card = self.below(CARDS);
        card_of(self.village, card)
    }

    /// A card, or in wild reports none.
    fn named_card(&mut self) -> Option<HouseholdId> {
        if self.is_wild() { None } else { Some(self.card()) }
    }

    /// No card, or in wild reports one.
    fn no_card(&mut self) -> Option<HouseholdId> {
        if self.is_wild() { Some(self.card()) } else { None }
    }

    fn official(&mut self) -> OfficialId {
        if self.is_wild() {
            return county::official(self.of(&[county::ADMINISTRATOR, county::AUDITOR, county::NOBODY, 99_999_999]));
        }
        let helper = self.below(HELPERS + 1);
        county::official(helper_of(self.village, helper) - 1)
    }

    fn member_no(&mut self) -> MemberNo {
        let number = if self.is_wild() { 1 + self.below(99) } else { self.of(&[1, 1, 1, 2, 3, 4]) };
        county::member_no(number)
    }

    /// Up to 255 yuan; in wild reports anything.
    fn amount(&mut self) -> Fen {
        if self.is_wild() {
            let most = i64::try_from(AMOUNT_MAX_FEN).unwrap();
            return self.of(&[Fen::ZERO, Fen(-1), Fen(i64::MAX), Fen(i64::MIN), Fen(most)]);
        }
        Fen::yuan(i64::from(self.byte()))
    }

    fn evidence(&mut self) -> Vec<Evidence> {
        let count = if self.is_wild() { self.byte() / 8 } else { 0 };
        (0..count).map(|byte| Evidence { kind: EvidenceKind::Photo, sha256: [byte; 32], size: 1 }).collect()
    }

    fn corrects(&mut self) -> Option<EventRef> {
        if self.is_wild() { Some(EventRef { entry: self.number(), event: self.short() }) } else { None }
    }
}
