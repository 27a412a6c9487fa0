//! Writes down what happens: dates it, seals what is personal, and puts it on the right official's desk.

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

/// Number of every subject's one data key.
pub(crate) const DATA_KEY_NUMBER: u32 = 1;

/// The hour of the day in China at which the day's reports are recorded, in milliseconds: all of the day has passed.
const EVENING_MS: u64 = 20 * 3_600 * 1_000;
/// Reports tell what happened in so many days before they are recorded, the day itself included.
const RECENT_DAYS: u32 = 5;
const FIRST_OFFICIAL: u32 = 20_000_001;
/// A prime, so that numbers do not come round before all of them were given.
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
    /// Chance.
    pub dice: Dice,
    desk: Desk,
    staff: Vec<OfficialId>,
    new_devices: Vec<NewDevice>,
    households: u64,
    household_offset: u64,
    /// How many citizen IDs were made up.
    pub citizens: u32,
    /// What was planted.
    pub planted: Planted,
    probes: Vec<Probe>,
}

/// What events of a card need to know of it.
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

    /// So many days before today.
    pub(crate) fn days_ago(&self, days: u32) -> Date {
        self.today.plus_days(-i32::try_from(days).unwrap_or(i32::MAX))
    }

    /// Closes what was gathered today.
    pub(crate) fn tick(&mut self) -> Tick {
        let (devices, submissions) = (std::mem::take(&mut self.new_devices), self.desk.take());
        let probes = std::mem::take(&mut self.probes);
        Tick { at_ms: self.today.start_unix_ms() + EVENING_MS, devices, submissions, probes }
    }

    /// A new official with a device; its number. They report from the next tick on.
    ///
    /// # Errors
    /// If there are no more official numbers.
    pub(crate) fn new_official(&mut self) -> anyhow::Result<(usize, OfficialId, Signer)> {
        let (signer, device) = (Signer::from_seed(self.dice.bytes()), self.staff.len());
        let number = u32::try_from(device).ok().and_then(|device| OfficialId::new(FIRST_OFFICIAL.checked_add(device)?));
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
    /// Never: the number is always of ten digits.
    pub(crate) fn new_card(&mut self, village: Area) -> anyhow::Result<Card> {
        let step = self.households.wrapping_mul(HOUSEHOLD_STRIDE % HOUSEHOLDS) % HOUSEHOLDS;
        self.households += 1;
        let id = HouseholdId::new(FIRST_HOUSEHOLD + (self.household_offset + step) % HOUSEHOLDS);
        let id = id.context("not a household number")?;
        Ok(Card { id, village, key: self.dice.bytes() })
    }

    /// Seals personal data. A value over its limit leaves nothing sealed, which the log then refuses.
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

    /// Seals an official's name; with the key for the vault.
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

    /// Something that happened to a card.
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

    /// The same, with a data key for the vault.
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

    /// An event of the households service as it is.
    pub(crate) fn household_event(
        &mut self,
        author: usize,
        area: Area,
        event: v1::HouseholdEvent,
        corrects: Option<Target>,
    ) -> Target {
        self.desk.put(author, area, Event::Household(event), corrects, None)
    }

    /// Something that is tried at the end of the tick and must be refused with the code that `expected` is named as.
    pub(crate) fn probe(&mut self, author: usize, area: Area, event: Event, expected: Kind) {
        self.planted.note(expected);
        self.probes.push(Probe { author, area, event, expected });
    }

    /// Something that happened to a village or the county.
    pub(crate) fn area_event(&mut self, author: usize, area: Area, happened: Date, kind: HouseholdKind) -> Target {
        let event = v1::HouseholdEvent { happened: happened.yyyymmdd(), kind: Some(kind), ..Default::default() };
        self.desk.put(author, area, Event::Household(event), None, None)
    }

    /// Something that happened to an official or by one; `household` is 0 where none is concerned.
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

    /// Something that happened to money or help; `household` is 0 where none is concerned.
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
