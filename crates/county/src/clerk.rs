//! Turns what happens into events: dates them, seals personal data, and adds them to the right official's
//! submissions.

use super::dice::Dice;
use super::names;
use super::plan::{Desk, Event, NewDevice, Probe, Target, Tick};
use super::planted::{Kind, Planted};
use anyhow::Context;
use lika_client::Signer;
use lika_domain::area::Area;
use lika_domain::date::Date;
use lika_domain::ids::{HouseholdId, OfficialId};
use lika_proto::seal::{DataKey, Place, Private, seal};
use lika_proto::v1;
use lika_proto::v1::household_event::Kind as HouseholdKind;
use lika_proto::v1::official_event::Kind as OfficialKind;

/// Number of a subject's only data key.
pub(crate) const DATA_KEY_NUMBER: u32 = 1;

/// The time of day in China at which reports are recorded, in milliseconds: 20:00, after the working day.
const EVENING_MS: u64 = 20 * 3_600 * 1_000;
/// How many days back a report may concern, the day of recording included.
const RECENT_DAYS: u32 = 5;
const FIRST_OFFICIAL: u32 = 20_000_001;
/// A prime, so that household numbers do not repeat before all were given.
const HOUSEHOLD_STRIDE: u64 = 5_915_587_277;
const HOUSEHOLDS: u64 = 9_000_000_000;
const FIRST_HOUSEHOLD: u64 = 1_000_000_000;

/// Everything that reports need besides the facts.
pub(crate) struct Clerk {
    /// Name of the log.
    pub origin: String,
    /// The county.
    pub county: Area,
    /// The day on which everything is recorded until the next tick.
    pub today: Date,
    /// Random numbers.
    pub dice: Dice,
    desk: Desk,
    staff: Vec<OfficialId>,
    new_devices: Vec<NewDevice>,
    households: u64,
    household_offset: u64,
    /// Number of citizen IDs made up so far.
    pub citizens: u32,
    /// Counts of what was planted.
    pub planted: Planted,
    probes: Vec<Probe>,
}

/// Identity and key of a card.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Card {
    /// Its number.
    pub id: HouseholdId,
    /// Its village.
    pub village: Area,
    /// Its data key.
    pub key: [u8; 32],
}

impl Clerk {
    /// A clerk of a county, before anything happened.
    pub(crate) fn new(origin: &str, county: Area, seed: u64, today: Date) -> Self {
        let mut dice = Dice::new(seed);
        let household_offset = u64::from(dice.below(u32::MAX));
        Self {
            origin: origin.to_owned(),
            county,
            today,
            dice,
            desk: Desk::default(),
            staff: Vec::new(),
            new_devices: Vec::new(),
            households: 0,
            household_offset,
            citizens: 0,
            planted: Planted::default(),
            probes: Vec::new(),
        }
    }

    /// One of the last few days.
    pub(crate) fn recently(&mut self) -> Date {
        let back = self.dice.below(RECENT_DAYS);
        self.days_ago(back)
    }

    /// The day `days` before today.
    pub(crate) fn days_ago(&self, days: u32) -> Date {
        self.today.plus_days(-i32::try_from(days).unwrap_or(i32::MAX))
    }

    /// Closes the submissions gathered today.
    pub(crate) fn tick(&mut self) -> Tick {
        let (devices, submissions) = (std::mem::take(&mut self.new_devices), self.desk.take());
        let probes = std::mem::take(&mut self.probes);
        Tick { at_ms: self.today.start_unix_ms() + EVENING_MS, devices, submissions, probes }
    }

    /// A new official with a device; returns the device's number. They report from the next tick on.
    ///
    /// # Errors
    /// If there are no more official numbers.
    pub(crate) fn new_official(&mut self) -> anyhow::Result<(usize, OfficialId, Signer)> {
        let (signer, device) = (Signer::from_seed(self.dice.bytes()), self.staff.len());
        let number =
            u32::try_from(device).ok().and_then(|device| OfficialId::new(FIRST_OFFICIAL.checked_add(device)?));
        let official = number.context("more officials than there are numbers")?;
        self.staff.push(official);
        self.new_devices.push(NewDevice { official, signer: signer.clone() });
        Ok((device, official, signer))
    }

    /// The number of a device's official.
    pub(crate) fn official(&self, device: usize) -> u32 {
        self.staff.get(device).map_or(0, |official| official.get())
    }

    /// A new card of the village.
    ///
    /// # Errors
    /// Never: the number always has ten digits.
    pub(crate) fn new_card(&mut self, village: Area) -> anyhow::Result<Card> {
        let step = self.households.wrapping_mul(HOUSEHOLD_STRIDE % HOUSEHOLDS) % HOUSEHOLDS;
        self.households += 1;
        let id = HouseholdId::new(FIRST_HOUSEHOLD + (self.household_offset + step) % HOUSEHOLDS);
        let id = id.context("not a household number")?;
        Ok(Card { id, village, key: self.dice.bytes() })
    }

    /// Seals personal data. Data over its limit becomes an empty seal, which the log refuses.
    pub(crate) fn seal<M: Private>(
        &mut self,
        key: [u8; 32],
        place: impl FnOnce(&str) -> Place<'_, M>,
        message: &M,
    ) -> Option<v1::Sealed> {
        let nonce = self.dice.bytes();
        let sealed = seal(&DataKey::new(key), nonce, &place(&self.origin), message).ok()?;
        Some(v1::Sealed { key: DATA_KEY_NUMBER, r#box: sealed })
    }

    /// Seals an official's name; returns it with its data key.
    pub(crate) fn seal_official(&mut self, official: OfficialId) -> (Option<v1::Sealed>, v1::DataKey) {
        let (key, male) = (self.dice.bytes(), self.dice.per_mille(700));
        let surname = names::surname(&mut self.dice);
        let message = v1::OfficialPrivate {
            name: names::person(&mut self.dice, surname, male),
            phone: names::phone(&mut self.dice),
        };
        let sealed = self.seal(key, |origin| Place::official(origin, official), &message);
        (sealed, data_key(u64::from(official.get()), key))
    }

    /// Adds an event of a card.
    pub(crate) fn card_event(
        &mut self,
        author: usize,
        card: &Card,
        happened: Date,
        kind: HouseholdKind,
        corrects: Option<Target>,
    ) -> Target {
        self.keyed_card_event(author, card, happened, kind, corrects, None)
    }

    /// Adds an event of a card, with a data key for the vault.
    pub(crate) fn keyed_card_event(
        &mut self,
        author: usize,
        card: &Card,
        happened: Date,
        kind: HouseholdKind,
        corrects: Option<Target>,
        key: Option<v1::DataKey>,
    ) -> Target {
        let household = card.id.get();
        let event =
            v1::HouseholdEvent { happened: happened.yyyymmdd(), household, kind: Some(kind), ..Default::default() };
        self.desk.put(author, card.village, Event::Household(event), corrects, key)
    }

    /// Adds an event of the households service.
    pub(crate) fn household_event(
        &mut self,
        author: usize,
        area: Area,
        event: v1::HouseholdEvent,
        corrects: Option<Target>,
    ) -> Target {
        self.desk.put(author, area, Event::Household(event), corrects, None)
    }

    /// Adds an attempt at the end of the tick, which must be refused with the code named like `expected`.
    pub(crate) fn probe(&mut self, author: usize, area: Area, event: Event, expected: Kind) {
        self.planted.note(expected);
        self.probes.push(Probe { author, area, event, expected });
    }

    /// Adds an event of a village or the county.
    pub(crate) fn area_event(&mut self, author: usize, area: Area, happened: Date, kind: HouseholdKind) -> Target {
        let event = v1::HouseholdEvent { happened: happened.yyyymmdd(), kind: Some(kind), ..Default::default() };
        self.desk.put(author, area, Event::Household(event), None, None)
    }

    /// Adds an event of an official, or of one's work; `household` is 0 if none is concerned.
    pub(crate) fn official_event(
        &mut self,
        author: usize,
        area: Area,
        (official, household): (u32, u64),
        happened: Date,
        kind: OfficialKind,
        key: Option<v1::DataKey>,
    ) -> Target {
        let event = v1::OfficialEvent {
            happened: happened.yyyymmdd(),
            official,
            household,
            kind: Some(kind),
            ..Default::default()
        };
        self.desk.put(author, area, Event::Official(event), None, key)
    }

    /// Adds an event of funds or aid; `household` is 0 if none is concerned.
    pub(crate) fn aid_event(
        &mut self,
        author: usize,
        area: Area,
        household: u64,
        happened: Date,
        kind: v1::aid_event::Kind,
        corrects: Option<Target>,
    ) -> Target {
        let event = v1::AidEvent { happened: happened.yyyymmdd(), household, kind: Some(kind), ..Default::default() };
        self.desk.put(author, area, Event::Aid(event), corrects, None)
    }
}

/// A subject's data key for the vault.
pub(crate) fn data_key(subject: u64, key: [u8; 32]) -> v1::DataKey {
    v1::DataKey { subject, number: DATA_KEY_NUMBER, key: bytes::Bytes::copy_from_slice(&key) }
}
