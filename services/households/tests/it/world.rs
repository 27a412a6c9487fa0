//! A testing log with two villages and an officer in each.

use lika_domain::citizen_id::CitizenId;
use lika_domain::rejection::Code;
use lika_households::Households;
use lika_ledger::{Ledger, Receipt, SubmitError};
use lika_proto::seal::Place;
use lika_proto::v1;
use lika_proto::v1::submission::Events;
use lika_testkit::county::{COUNTY, ORIGIN, OTHER_VILLAGE, VILLAGE, VILLAGE_OFFICER, date, household};
use lika_testkit::device::{Device, admin, device, sign, sign_with_keys};
use lika_testkit::events::{self, enrolments, opening, registration, village};
use lika_testkit::log::{problems, submit};
use lika_testkit::vault::{LogAndVault, place_of_head, sealed};

pub(crate) const OTHER_OFFICER: u32 = 10_000_014;

pub(crate) struct World {
    pub(crate) households: Households,
    pub(crate) log: LogAndVault,
    /// Officer of [`VILLAGE`].
    pub(crate) officer: Device,
    /// Officer of [`OTHER_VILLAGE`].
    pub(crate) other: Device,
}

impl World {
    pub(crate) async fn new() -> Self {
        let log = LogAndVault::create();
        let households = Households::new(log.ledger.clone(), log.vault.clone());
        let world = Self { households, log, officer: device(VILLAGE_OFFICER), other: device(OTHER_OFFICER) };
        world.begin().await;
        world
    }

    async fn begin(&self) {
        let mut admin = admin();
        let opening = opening(&admin);
        self.by_ledger(&mut admin, COUNTY, opening).await;
        for (officer, place) in [(&self.officer, VILLAGE), (&self.other, OTHER_VILLAGE)] {
            for events in enrolments(officer, v1::Role::VillageOfficer, place) {
                self.by_ledger(&mut admin, COUNTY, events).await;
            }
            self.record(sign(&mut admin, place, village("村"))).await.unwrap();
        }
    }

    /// Prepares a submission and records it.
    pub(crate) async fn record(&self, signed: v1::SignedSubmission) -> Result<Receipt, SubmitError> {
        self.ledger().submit(self.households.prepare(signed.into()).await?).await
    }

    /// Bypasses the officials service, which is not tested here.
    async fn by_ledger(&self, device: &mut Device, place: &str, events: Events) {
        submit(self.ledger(), &sign(device, place, events)).await.unwrap();
    }

    pub(crate) fn ledger(&self) -> &Ledger {
        &self.log.ledger
    }

    /// Submits as the officer of [`VILLAGE`]; after a refusal the device's chain is unchanged.
    pub(crate) async fn submit(&mut self, events: Events, keys: Vec<v1::DataKey>) -> Result<Receipt, SubmitError> {
        let mut officer = self.officer.clone();
        let receipt = self.record(sign_with_keys(&mut officer, VILLAGE, events, keys)).await?;
        self.officer = officer;
        Ok(receipt)
    }

    /// Every problem of a refusal: code, event and field.
    pub(crate) async fn refusal(
        &mut self,
        events: Events,
        keys: Vec<v1::DataKey>,
    ) -> Vec<(Code, Option<u32>, &'static str)> {
        problems(self.submit(events, keys).await)
    }
}

/// A made-up citizen ID of a man born in January 1965.
pub(crate) fn citizen(sequence: u32) -> String {
    let birth = date(19_650_115);
    CitizenId::synthetic(900_000, birth, 2 * sequence + 1).unwrap().as_str().to_owned()
}

pub(crate) fn person(citizen_id: &str) -> v1::MemberPrivate {
    v1::MemberPrivate {
        name: "张三".into(),
        citizen_id: citizen_id.into(),
        phone: "13900000000".into(),
        ..Default::default()
    }
}

/// The head of a card: a man born in January 1965.
pub(crate) fn head(card: u64, private: &v1::MemberPrivate) -> v1::Member {
    v1::Member { sealed: sealed(1, &place_of_head(card), private), ..events::head() }
}

/// A card of one person.
pub(crate) fn card(card: u64, head: v1::Member) -> Events {
    let own = v1::HouseholdPrivate {
        address: "3组12号".into(),
        phone: "13900000000".into(),
        account: "6222021234567890".into(),
        ..Default::default()
    };
    card_with(card, head, &own)
}

pub(crate) fn card_with(card: u64, head: v1::Member, own: &v1::HouseholdPrivate) -> Events {
    registration(card, head, sealed(1, &Place::household(ORIGIN, household(card)), own))
}
