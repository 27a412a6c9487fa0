//! Sealed data is opened and checked.

use crate::world::{World, card, card_with, citizen, head, person};
use lika_domain::rejection::Code;
use lika_proto::seal::Place;
use lika_proto::v1;
use lika_testkit::county::{HOUSEHOLD, ORIGIN, household, member_no};
use lika_testkit::vault::{data_key, sealed};

/// Faults of a card whose head has this personal data and these facts.
async fn faults(private: &v1::MemberPrivate, facts: impl Fn(&mut v1::Member)) -> Vec<(Code, &'static str)> {
    let mut world = World::new().await;
    let mut member = head(HOUSEHOLD, private);
    facts(&mut member);
    let found = world.refusal(card(HOUSEHOLD, member), vec![data_key(HOUSEHOLD, 1)]).await;
    assert!(found.iter().all(|(_, event, _)| *event == Some(0)));
    let fields = ["name", "citizen_id", "disability_certificate", "phone", "sealed"];
    found.into_iter().map(|(code, _, field)| (code, *fields.iter().find(|f| **f == field).unwrap())).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn personal_data_is_refused_for_each_fault() {
    type Change = fn(&mut v1::MemberPrivate);
    let table: [(Change, Code, &str); 9] = [
        (|p| p.name.clear(), Code::FieldMissing, "name"),
        (|p| p.name = "  ".into(), Code::FieldMissing, "name"),
        (|p| p.citizen_id.clear(), Code::CitizenIdInvalid, "citizen_id"),
        (|p| p.citizen_id.replace_range(17.., "?"), Code::CitizenIdInvalid, "citizen_id"),
        (|p| p.citizen_id = "11010519491231002X".into(), Code::CitizenIdReal, "citizen_id"),
        (|p| p.phone = "12345".into(), Code::PhoneInvalid, "phone"),
        (|p| p.disability_certificate = "x".into(), Code::CertificateContradicts, "disability_certificate"),
        (
            |p| p.disability_certificate = format!("{}44", citizen(2)),
            Code::CertificateContradicts,
            "disability_certificate",
        ),
        (
            |p| p.disability_certificate = format!("{}31", citizen(1)),
            Code::CertificateContradicts,
            "disability_certificate",
        ),
    ];
    for (change, code, field) in table {
        let mut private = person(&citizen(1));
        change(&mut private);
        let found = faults(&private, |_| {}).await;
        assert!(found.contains(&(code, field)), "{code:?}: {found:?}");
    }
    let good = person(&citizen(1));
    let contradicts = vec![(Code::CitizenIdContradicts, "citizen_id")];
    assert_eq!(faults(&good, |m| m.sex = 2).await, contradicts);
    assert_eq!(faults(&good, |m| m.birth_month = 196_502).await, contradicts);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_certificate_that_fits_is_accepted() {
    let mut world = World::new().await;
    let certificate = format!("{}43", citizen(1));
    let private = v1::MemberPrivate { disability_certificate: certificate, ..person(&citizen(1)) };
    let member = v1::Member { disability_category: 4, disability_grade: 3, health: 4, ..head(HOUSEHOLD, &private) };
    world.submit(card(HOUSEHOLD, member), vec![data_key(HOUSEHOLD, 1)]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_box_opens_only_in_its_place() {
    let mut world = World::new().await;
    let own = person(&citizen(1));
    let places = [
        Place::member("lika.example/130625", household(HOUSEHOLD), member_no(1)),
        Place::member(ORIGIN, household(HOUSEHOLD + 1), member_no(1)),
        Place::member(ORIGIN, household(HOUSEHOLD), member_no(2)),
    ];
    for place in places {
        let member = v1::Member { sealed: sealed(1, &place, &own), ..head(HOUSEHOLD, &own) };
        let found = world.refusal(card(HOUSEHOLD, member), vec![data_key(HOUSEHOLD, 1)]).await;
        assert_eq!(found, [(Code::SealedUnreadable, Some(0), "sealed")]);
    }
    let long = v1::HouseholdPrivate { phone: "1".into(), ..Default::default() };
    let found = world.refusal(card_with(HOUSEHOLD, head(HOUSEHOLD, &own), &long), vec![data_key(HOUSEHOLD, 1)]).await;
    assert_eq!(found, [(Code::PhoneInvalid, Some(0), "phone")]);
    assert_eq!(world.log.vault.key(HOUSEHOLD, 1), None, "a refused submission stores no key");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_citizen_is_on_one_card() {
    let mut world = World::new().await;
    world.submit(card(HOUSEHOLD, head(HOUSEHOLD, &person(&citizen(1)))), vec![data_key(HOUSEHOLD, 1)]).await.unwrap();
    let lower = citizen(1).to_lowercase();
    let second = card(HOUSEHOLD + 1, head(HOUSEHOLD + 1, &person(&lower)));
    let found = world.refusal(second, vec![data_key(HOUSEHOLD + 1, 1)]).await;
    assert_eq!(found, [(Code::CitizenIdRegistered, Some(0), "citizen_id")]);
    let other = card(HOUSEHOLD + 2, head(HOUSEHOLD + 2, &person(&citizen(2))));
    world.submit(other, vec![data_key(HOUSEHOLD + 2, 1)]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_last_citizen_id_of_a_person_in_a_submission_counts() {
    let mut world = World::new().await;
    let v1::submission::Events::Households(mut list) = card(HOUSEHOLD, head(HOUSEHOLD, &person(&citizen(1)))) else {
        panic!("other service")
    };
    let updated = v1::MemberUpdated { member: Some(head(HOUSEHOLD, &person(&citizen(2)))) };
    let kind = Some(v1::household_event::Kind::MemberUpdated(updated));
    list.events.push(v1::HouseholdEvent { kind, ..list.events[0].clone() });
    world.submit(v1::submission::Events::Households(list), vec![data_key(HOUSEHOLD, 1)]).await.unwrap();
    let tag = world
        .ledger()
        .state()
        .villages
        .values()
        .find_map(|village| village.households.get(&household(HOUSEHOLD))?.members[0].tag);
    assert_eq!(tag, Some(world.log.vault.tag_key().tag(&citizen(2))));
}
