//! Data keys: which keys are accepted, from which authors, and when.

use crate::world::{OTHER_OFFICER, World, card, citizen, head, person};
use lika_domain::rejection::Code;
use lika_proto::seal::{DataKey, seal};
use lika_proto::v1;
use lika_proto::v1::household_event::Kind;
use lika_testkit::county::{HOUSEHOLD, ORIGIN, OTHER_VILLAGE, VILLAGE, VILLAGE_OFFICER, official};
use lika_testkit::device::{Device, device_with_key, sign_with_keys};
use lika_testkit::events::household_event;
use lika_testkit::log::problems;
use lika_testkit::vault::{data_key, place_of_head};
use lika_vault::KEYS_MAX;

#[tokio::test(flavor = "multi_thread")]
async fn a_key_is_needed_once_and_kept() {
    let mut world = World::new().await;
    let registered = card(HOUSEHOLD, head(HOUSEHOLD, &person(&citizen(1))));
    let missing = world.refusal(registered.clone(), vec![]).await;
    assert_eq!(missing[0], (Code::DataKeyMissing, Some(0), "sealed"));
    let (mut officer, keys) = (world.officer.clone(), vec![data_key(HOUSEHOLD, 1)]);
    let signed = sign_with_keys(&mut officer, VILLAGE, registered, keys);
    let first = world.record(signed.clone()).await.unwrap();
    let again = world.record(signed.clone()).await.unwrap();
    assert_eq!((again.index, again.duplicate), (first.index, true));
    let without = v1::SignedSubmission { keys: vec![], ..signed };
    assert!(world.record(without).await.unwrap().duplicate, "a retry needs no keys");
    world.officer = officer;
    let updated = v1::MemberUpdated { member: Some(head(HOUSEHOLD, &person(&citizen(1)))) };
    world.submit(household_event(HOUSEHOLD, Kind::MemberUpdated(updated)), vec![]).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn invalid_lists_of_keys_are_refused() {
    let mut world = World::new().await;
    let good = data_key(HOUSEHOLD, 1);
    let lists = [
        vec![v1::DataKey { subject: 5, ..good.clone() }],
        vec![v1::DataKey { number: 0, ..good.clone() }],
        vec![v1::DataKey { key: vec![1; 31].into(), ..good.clone() }],
        vec![good.clone(), good.clone()],
        vec![good.clone(), data_key(HOUSEHOLD, 2)],
        vec![good; KEYS_MAX + 1],
    ];
    for keys in lists {
        let found = world.refusal(card(HOUSEHOLD, head(HOUSEHOLD, &person(&citizen(1)))), keys).await;
        assert_eq!(found, [(Code::FieldInvalid, None, "keys")]);
    }
    assert_eq!(world.log.vault.key(HOUSEHOLD, 1), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_number_of_a_key_cannot_be_used_again() {
    let mut world = World::new().await;
    world.submit(card(HOUSEHOLD, head(HOUSEHOLD, &person(&citizen(1)))), vec![data_key(HOUSEHOLD, 1)]).await.unwrap();
    let other = v1::DataKey { key: vec![9; 32].into(), ..data_key(HOUSEHOLD, 1) };
    let mut member = head(HOUSEHOLD, &person(&citizen(1)));
    let place = place_of_head(HOUSEHOLD);
    let key = DataKey::new([9; 32]);
    let r#box = seal(&key, [1; 12], &place, &person(&citizen(1))).unwrap();
    member.sealed = Some(v1::Sealed { key: 1, r#box });
    let updated = household_event(HOUSEHOLD, Kind::MemberUpdated(v1::MemberUpdated { member: Some(member) }));
    assert_eq!(world.refusal(updated, vec![other]).await, [(Code::DataKeyChanged, None, "keys")]);
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_accepted_only_from_authors_who_may_record_there() {
    let world = World::new().await;
    let registered = card(HOUSEHOLD, head(HOUSEHOLD, &person(&citizen(1))));
    let keys = vec![data_key(HOUSEHOLD, 1)];
    let mut stranger = device_with_key(VILLAGE_OFFICER, 77);
    let mut impostor = Device::new(world.officer.signer().clone(), official(OTHER_OFFICER), ORIGIN);
    let mut other = world.other.clone();
    for (device, code) in
        [(&mut stranger, Code::KeyUnknown), (&mut impostor, Code::KeyNotAuthors), (&mut other, Code::AreaForbids)]
    {
        let signed = sign_with_keys(device, VILLAGE, registered.clone(), keys.clone());
        assert_eq!(problems(world.record(signed).await)[0].0, code);
    }
    let mut officer = world.officer.clone();
    let mut signed = sign_with_keys(&mut officer, VILLAGE, registered, keys);
    let submission = [&signed.submission[..], b"\xfa\x07\x03abc"].concat();
    let signature = officer.signer().sign_submission(&submission).to_vec().into();
    let unknown = v1::SignedSubmission { submission: submission.into(), signature, ..signed.clone() };
    assert_eq!(problems(world.record(unknown).await), [(Code::FieldUnknown, None, "submission")]);
    let mut bytes = signed.signature.to_vec();
    bytes[5] ^= 1;
    signed.signature = bytes.into();
    assert_eq!(problems(world.record(signed).await)[0].0, Code::SignatureInvalid);
    assert_eq!(world.log.vault.key(HOUSEHOLD, 1), None, "no key was stored");
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_for_a_card_of_another_village_are_refused() {
    let mut world = World::new().await;
    world.submit(card(HOUSEHOLD, head(HOUSEHOLD, &person(&citizen(1)))), vec![data_key(HOUSEHOLD, 1)]).await.unwrap();
    let mut other = world.other.clone();
    let mut member = head(HOUSEHOLD, &person(&citizen(2)));
    member.sealed = member.sealed.map(|sealed| v1::Sealed { key: 2, ..sealed });
    let updated = household_event(HOUSEHOLD, Kind::MemberUpdated(v1::MemberUpdated { member: Some(member) }));
    let signed =
        sign_with_keys(&mut other, OTHER_VILLAGE, updated, vec![v1::DataKey { number: 2, ..data_key(HOUSEHOLD, 1) }]);
    assert_eq!(problems(world.record(signed).await), [(Code::HouseholdUnknown, Some(0), "household")]);
    assert_eq!(world.log.vault.key(HOUSEHOLD, 2), None);
}
