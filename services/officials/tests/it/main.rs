//! The service with a real log and a real vault: its own checks, and sealed data opened for readers.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use lika_domain::rejection::Code;
use lika_ledger::{Receipt, SubmitError};
use lika_officials::Officials;
use lika_proto::seal::{DataKey, Place};
use lika_proto::v1;
use lika_proto::v1::official_event::Kind;
use lika_testkit::county::{
    ADMINISTRATOR, COUNTY, HAPPENED, HOUSEHOLD, ORIGIN, VILLAGE, VILLAGE_OFFICER, area, household, official,
};
use lika_testkit::device::{Device, admin, sign_with_keys};
use lika_testkit::events::opened;
use lika_testkit::log::problems;
use lika_testkit::vault::{LogAndVault, data_key, place_of_official, sealed};

struct World {
    officials: Officials,
    log: LogAndVault,
    admin: Device,
}

impl World {
    fn new() -> Self {
        let log = LogAndVault::create();
        Self { officials: Officials::new(log.ledger.clone(), log.vault.clone()), log, admin: admin() }
    }

    /// A log with its opening entry.
    async fn opened() -> Self {
        let mut world = Self::new();
        let opening = world.opening(&person("李四"));
        world.submit(COUNTY, ADMINISTRATOR, opening, vec![data_key(ADMINISTRATOR.into(), 1)]).await.unwrap();
        world
    }

    fn opening(&self, private: &v1::OfficialPrivate) -> Kind {
        let sealed = sealed(1, &place_of_official(ADMINISTRATOR), private);
        Kind::JurisdictionOpened(opened(&self.admin, v1::Mode::Testing, sealed))
    }

    /// Submits as the administrator; after a refusal the device's chain is unchanged.
    async fn submit(
        &mut self,
        place: &str,
        official: u32,
        kind: Kind,
        keys: Vec<v1::DataKey>,
    ) -> Result<Receipt, SubmitError> {
        let household = if matches!(kind, Kind::HouseholdVisited(_)) { HOUSEHOLD } else { 0 };
        let event =
            v1::OfficialEvent { happened: HAPPENED, official, household, kind: Some(kind), ..Default::default() };
        let events = v1::submission::Events::Officials(v1::OfficialEvents { events: vec![event] });
        let mut admin = self.admin.clone();
        let signed = sign_with_keys(&mut admin, place, events, keys);
        let prepared = self.officials.prepare(signed.into()).await?;
        let receipt = self.log.ledger.submit(prepared).await?;
        self.admin = admin;
        Ok(receipt)
    }
}

fn person(name: &str) -> v1::OfficialPrivate {
    v1::OfficialPrivate { name: name.into(), phone: "13900000000".into() }
}

fn enrolled(private: &v1::OfficialPrivate) -> Kind {
    Kind::OfficialEnrolled(v1::OfficialEnrolled {
        role: v1::Role::VillageOfficer.into(),
        area: area(VILLAGE).code(),
        sealed: sealed(1, &place_of_official(VILLAGE_OFFICER), private),
        ..Default::default()
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn the_opening_entry_stores_the_administrators_key_and_data() {
    let mut world = World::new();
    let opening = world.opening(&person("李四"));
    let missing = world.submit(COUNTY, ADMINISTRATOR, opening.clone(), vec![]).await;
    assert_eq!(problems(missing)[0], (Code::DataKeyMissing, Some(0), "sealed"));
    world.submit(COUNTY, ADMINISTRATOR, opening, vec![data_key(ADMINISTRATOR.into(), 1)]).await.unwrap();
    let shown = world.officials.personal(official(ADMINISTRATOR)).unwrap().unwrap();
    assert_eq!((shown.name.as_str(), shown.phone.as_str()), ("李四", "13900000000"));
    assert_eq!(world.officials.personal(official(VILLAGE_OFFICER)).unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_officials_data_is_refused_for_each_fault() {
    let mut world = World::opened().await;
    let keys = vec![data_key(VILLAGE_OFFICER.into(), 1)];
    let nameless = world.submit(COUNTY, VILLAGE_OFFICER, enrolled(&person(" ")), keys.clone()).await;
    assert_eq!(problems(nameless)[0], (Code::FieldMissing, Some(0), "name"));
    let landline = v1::OfficialPrivate { phone: "0312-7222222".into(), ..person("王五") };
    let landline = world.submit(COUNTY, VILLAGE_OFFICER, enrolled(&landline), keys.clone()).await;
    assert_eq!(problems(landline)[0], (Code::PhoneInvalid, Some(0), "phone"));
    let moved = world
        .submit(
            COUNTY,
            VILLAGE_OFFICER + 1,
            enrolled(&person("王五")),
            vec![data_key(u64::from(VILLAGE_OFFICER) + 1, 1)],
        )
        .await;
    assert_eq!(problems(moved)[0], (Code::SealedUnreadable, Some(0), "sealed"), "sealed for another official");
    assert_eq!(world.log.vault.key(VILLAGE_OFFICER.into(), 1), None, "a refused submission stores no key");
    world.submit(COUNTY, VILLAGE_OFFICER, enrolled(&person("王五")), keys).await.unwrap();
    assert_eq!(world.officials.personal(official(VILLAGE_OFFICER)).unwrap().unwrap().name, "王五");
}

#[tokio::test(flavor = "multi_thread")]
async fn observations_on_a_visit_are_sealed_under_the_households_key() {
    let mut world = World::opened().await;
    let seen = v1::VisitPrivate { seen: "屋顶漏雨".into(), ..Default::default() };
    let visit = |card| {
        let place = Place::visit(ORIGIN, household(card));
        Kind::HouseholdVisited(v1::HouseholdVisited {
            place: 1,
            sealed: sealed(1, &place, &seen),
            ..Default::default()
        })
    };
    let missing = world.submit(VILLAGE, ADMINISTRATOR, visit(HOUSEHOLD), vec![]).await;
    assert_eq!(problems(missing)[0], (Code::DataKeyMissing, Some(0), "sealed"));
    world.log.vault.store(&[(HOUSEHOLD, 1, DataKey::new([1; 32]))]).await.unwrap();
    let moved = world.submit(VILLAGE, ADMINISTRATOR, visit(HOUSEHOLD + 1), vec![]).await;
    assert_eq!(problems(moved)[0], (Code::SealedUnreadable, Some(0), "sealed"));
    // It opens; only the rules refuse it, since there is no such village.
    let unknown = world.submit(VILLAGE, ADMINISTRATOR, visit(HOUSEHOLD), vec![]).await;
    assert!(!["sealed", "keys"].contains(&problems(unknown)[0].2));
}
