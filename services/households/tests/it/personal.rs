//! Sealed data opened for readers.

use crate::world::{CARD, World, card, citizen, data_key, event, head, id, person};
use lika_domain::ids::MemberNo;
use lika_proto::v1;
use lika_proto::v1::household_event::Kind;

#[tokio::test(flavor = "multi_thread")]
async fn the_latest_data_is_shown_with_its_numbers_hidden() {
    let mut world = World::new().await;
    let first = world.submit(card(CARD, head(CARD, &person(&citizen(1)))), vec![data_key(CARD, 1)]).await.unwrap();
    let renamed = v1::MemberPrivate { name: "张三丰".into(), ..person(&citizen(1)) };
    let updated = v1::MemberUpdated { member: Some(head(CARD, &renamed)) };
    let second = world.submit(event(CARD, Kind::MemberUpdated(updated)), vec![]).await.unwrap();
    // An event without sealed data leaves the existing data in force.
    let unsealed = v1::Member { sealed: None, ..head(CARD, &renamed) };
    let updated = v1::MemberUpdated { member: Some(unsealed) };
    let third = world.submit(event(CARD, Kind::MemberUpdated(updated)), vec![]).await.unwrap();

    let head_no = MemberNo::new(1).unwrap();
    let opened = world.households.personal(id(CARD), &[first.index, second.index, third.index], [head_no]).unwrap();
    let [member] = opened.members.as_slice() else { panic!("{opened:?}") };
    assert_eq!((member.id.as_str(), member.name.as_str()), ("123456789001", "张三丰"));
    assert_eq!(member.citizen_id, format!("**************{}", &citizen(1)[14..]));
    let own = opened.household.unwrap();
    assert_eq!((own.address.as_str(), own.account.as_str()), ("3组12号", "************7890"));
    let before = world.households.personal(id(CARD), &[first.index], [head_no]).unwrap();
    assert_eq!(before.members[0].name, "张三");
    let nobody = world.households.personal(id(CARD + 1), &[first.index], [head_no]).unwrap();
    assert!(nobody.members.is_empty() && nobody.household.is_none());
}
