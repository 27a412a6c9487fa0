//! Requests that succeed.

use crate::node::Node;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use lika_client::{Device, Signer};
use lika_proto::v1;
use lika_proto::v1::answer::Outcome;
use lika_testkit::county::{
    ADMINISTRATOR, COUNTY, OTHER_VILLAGE, VILLAGE, VILLAGE_OFFICER, household, official, village_code,
};
use lika_testkit::device::{admin, device, sign};
use lika_testkit::events::{self, card, opening, village};
use lika_tlog::proof::TlogProof;
use prost::Message;
use serde_json::json;

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_gets_its_receipt_as_protobuf_and_as_json() {
    let node = Node::start().await;
    let mut admin = admin();
    let opening = opening(&admin);
    let signed = sign(&mut admin, COUNTY, opening);
    let reply = node.post("/v1/submissions", "application/x-protobuf", &signed.encode_to_vec()).await;
    assert_eq!((reply.status, reply.header("content-type")), (201, Some("application/x-protobuf")));
    let answer = v1::Answer::decode(reply.body.as_slice()).unwrap();
    let Some(Outcome::Receipt(receipt)) = answer.outcome else { panic!("refused") };
    assert_eq!((receipt.index, receipt.duplicate, answer.id.len()), (0, false, 16));
    let proof: TlogProof = receipt.proof.parse().unwrap();
    proof.verify(&receipt.entry, node.ledger.verifier_key()).unwrap();
    let base64 = |bytes: &[u8]| BASE64_STANDARD.encode(bytes);
    let body = json!({"submission": base64(&signed.submission), "signature": base64(&signed.signature), "keys": []});
    let again = node.post("/v1/submissions", "application/json", body.to_string().as_bytes()).await;
    assert_eq!(again.status, 200, "sent again it gives the first receipt");
    let json = again.json();
    assert_eq!((&json["index"], &json["duplicate"]), (&json!(0), &json!(true)));
    assert_eq!(json["entry"], base64(&receipt.entry));
    assert_eq!(json["id"].as_str().unwrap().len(), 32);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_is_answered_in_order_and_goes_on_after_a_refusal() {
    let (node, mut admin) = Node::opened().await;
    let mut submissions: Vec<_> =
        (0..40).map(|n| sign(&mut admin, &village_code(n), village(&format!("村{n}")))).collect();
    let mut stranger = Device::new(Signer::from_seed([8; 32]), official(ADMINISTRATOR), "lika.example/1");
    submissions.insert(7, sign(&mut stranger, VILLAGE, village("村")));
    let answers = node.api().submit_many(submissions).await.unwrap();
    assert_eq!(answers.len(), 41);
    let indexes = answers.iter().filter_map(|answer| match &answer.outcome {
        Some(Outcome::Receipt(receipt)) => Some(receipt.index),
        _ => None,
    });
    assert!(indexes.eq(1..=40));
    let Some(Outcome::Refusal(refusal)) = &answers[7].outcome else { panic!("recorded") };
    assert_eq!((refusal.status, refusal.code.as_str()), (403, "key_unknown"));
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_is_read_for_any_area_and_as_of_an_entry() {
    let (node, mut admin) = Node::opened().await;
    let index = node.api().submit(&sign(&mut admin, VILLAGE, village("第一山村"))).await.unwrap().index;
    let county = node.get(&format!("/v1/areas/130624/progress?index={index}")).await;
    assert_eq!((county.status, &county.json()["name"]), (200, &json!("阜平县")));
    let village = node.get(&format!("/v1/villages/{VILLAGE}/progress")).await;
    assert_eq!((village.status, &village.json()["name"]), (200, &json!("第一山村")));
    let areas = node.get("/v1/areas/130624/progress?by=village&at=2020-09-30").await.json();
    assert_eq!(areas["areas"][0]["area"], VILLAGE);
    let log = node.get("/v1/log").await.json();
    assert_eq!((&log["area"], &log["mode"], &log["size"]), (&json!("130624"), &json!("testing"), &json!(2)));
    let page = node.get("/").await;
    assert!(page.text().contains("阜平县") && page.head.contains("text/html"), "{}", page.head);
    let township = node.get("/areas/130624100").await;
    assert!(township.text().contains("全部 all"), "{}", township.text());
    let village = node.get(&format!("/areas/{VILLAGE}")).await;
    assert!(village.text().contains("<a href=\"/areas/130624100\">"), "{}", village.text());
    assert_eq!(node.get("/areas/13").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_card_is_shown_in_a_session_to_officials_of_its_area() {
    let (node, mut admin) = Node::opened().await;
    let (api, households) = (node.api(), [1_234_567_890, 1_234_567_891]);
    for (n, (household, place)) in (0..).zip(households.into_iter().zip([VILLAGE, OTHER_VILLAGE])) {
        api.submit(&sign(&mut admin, place, village("村"))).await.unwrap();
        let mut clerk = enrol(&node, &mut admin, n, place).await;
        api.submit(&sign(&mut clerk, place, card(household))).await.unwrap();
    }
    node.caught_up().await;

    let path = format!("/v1/households/{}", households[0]);
    assert_eq!(node.get(&path).await.problem(), (401, "token_missing".into()));
    let token = api.open_session(device(VILLAGE_OFFICER).signer()).await.unwrap().token;
    let reader = api.with_token(&token).unwrap();
    let [own, other] = households.map(household);
    let card = reader.household(own).await.unwrap();
    assert_eq!((&card["village"], &card["personal"]["members"]), (&json!(VILLAGE), &json!([])));
    assert_eq!(reader.household(other).await.unwrap_err().status(), Some(403));
    let shown = |number| reader.official(official(number));
    let own = shown(VILLAGE_OFFICER).await.unwrap();
    assert_eq!((&own["role"], &own["personal"]["name"]), (&json!("village_officer"), &json!("李")));
    assert_eq!(shown(ADMINISTRATOR).await.unwrap_err().status(), Some(403), "the administrator is above the clerk");
    assert_eq!(shown(99_999_999).await.unwrap_err().status(), Some(404));
    let token = api.open_session(admin.signer()).await.unwrap().token;
    let above = api.with_token(&token).unwrap();
    assert_eq!(above.household(other).await.unwrap()["village"], OTHER_VILLAGE);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_submission_may_depend_on_an_earlier_one_in_the_stream() {
    let (node, mut admin) = Node::opened().await;
    let mut submissions = vec![sign(&mut admin, VILLAGE, village("村"))];
    let (mut clerk, enrolments) = enrolments(&mut admin, 0, VILLAGE);
    submissions.extend(enrolments);
    submissions.extend((0..20).map(|n| sign(&mut clerk, VILLAGE, card(1_234_567_890 + n))));
    let answers = node.api().submit_many(submissions).await.unwrap();
    let recorded = answers.iter().filter(|answer| matches!(answer.outcome, Some(Outcome::Receipt(_)))).count();
    assert_eq!((answers.len(), recorded), (23, 23));
}

/// A village's officer with a key.
pub(crate) async fn enrol(node: &Node, admin: &mut Device, n: u32, place: &str) -> Device {
    let (clerk, enrolments) = enrolments(admin, n, place);
    for signed in enrolments {
        node.api().submit(&signed).await.unwrap();
    }
    clerk
}

fn enrolments(admin: &mut Device, n: u32, place: &str) -> (Device, [v1::SignedSubmission; 2]) {
    let clerk = device(VILLAGE_OFFICER + n);
    let enrolments = events::enrolments(&clerk, v1::Role::VillageOfficer, place);
    let signed = enrolments.map(|events| sign(admin, COUNTY, events));
    (clerk, signed)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_log_is_served_to_auditors() {
    let (node, mut admin) = Node::opened().await;
    let receipt = node.api().submit(&sign(&mut admin, VILLAGE, village("村"))).await.unwrap();
    let checkpoint = node.get("/checkpoint").await;
    assert_eq!(checkpoint.header("cache-control"), Some("no-cache"));
    assert!(checkpoint.text().starts_with("lika.example/130624\n2\n"));
    let bundle = node.get("/tile/entries/000.p/2").await;
    assert_eq!((bundle.status, bundle.header("content-type")), (200, Some("application/octet-stream")));
    assert!(bundle.header("cache-control").unwrap().contains("immutable"));
    assert!(bundle.body.windows(receipt.entry.len()).any(|window| window == receipt.entry.as_ref()));
    assert_eq!(node.get("/tile/0/000.p/2").await.body.len(), 64);
    let proof = node.get("/v1/entries/1/proof").await;
    let read: TlogProof = proof.text().parse().unwrap();
    read.verify(&receipt.entry, node.ledger.verifier_key()).unwrap();
    let metrics = node.get("/metrics").await.text();
    assert!(metrics.contains("lika_log_entries 2\n"), "{metrics}");
    assert!(metrics.contains("lika_http_responses_total{route=\"/tile/{*path}\",status=\"200\"} 2\n"), "{metrics}");
    assert!(metrics.contains("lika_http_responses_total{route=\"/v1/submissions\",status=\"201\"} 2\n"), "{metrics}");
}
