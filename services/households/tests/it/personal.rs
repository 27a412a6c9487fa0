//! Sealed data opened for readers.

use crate::world::{World, card, citizen, head, person};
use lika_proto::v1;
use lika_proto::v1::household_event::Kind;
use lika_testkit::county::{HOUSEHOLD, household, member_no};
use lika_testkit::events::household_event;
use lika_testkit::vault::data_key;

#[tokio::test(flavor = "multi_thread")]
async fn the_latest_data_is_shown_with_its_numbers_hidden() {
    let mut world = World::new().await;
    let first = world
        .submit(card(HOUSEHOLD, head(HOUSEHOLD, &person(&citizen(1)))), vec![data_key(HOUSEHOLD, 1)])
        .await
        .unwrap();
    let renamed = v1::MemberPrivate { name: "张三丰".into(), ..person(&citizen(1)) };
    let updated = v1::MemberUpdated { member: Some(head(HOUSEHOLD, &renamed)) };
    let second = world.submit(household_event(HOUSEHOLD, Kind::MemberUpdated(updated)), vec![]).await.unwrap();
    // An event without sealed data leaves the existing data in force.
    let unsealed = v1::Member { sealed: None, ..head(HOUSEHOLD, &renamed) };
    let updated = v1::MemberUpdated { member: Some(unsealed) };
    let third = world.submit(household_event(HOUSEHOLD, Kind::MemberUpdated(updated)), vec![]).await.unwrap();

    let head_no = member_no(1);
    let opened =
        world.households.personal(household(HOUSEHOLD), &[first.index, second.index, third.index], [head_no]).unwrap();
    let [member] = opened.members.as_slice() else { panic!("{opened:?}") };
    assert_eq!((member.id.as_str(), member.name.as_str()), ("100000000101", "张三丰"));
    assert_eq!(member.citizen_id, format!("**************{}", &citizen(1)[14..]));
    let own = opened.household.unwrap();
    assert_eq!((own.address.as_str(), own.account.as_str()), ("3组12号", "************7890"));
    let before = world.households.personal(household(HOUSEHOLD), &[first.index], [head_no]).unwrap();
    assert_eq!(before.members[0].name, "张三");
    let nobody = world.households.personal(household(HOUSEHOLD + 1), &[first.index], [head_no]).unwrap();
    assert!(nobody.members.is_empty() && nobody.household.is_none());
}
