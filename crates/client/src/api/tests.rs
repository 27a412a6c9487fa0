use super::*;
use crate::key::Signer;
use crate::node::{self, Request, http};
use bytes::Bytes;
use futures::stream;
use lika_domain::date::Date;
use lika_domain::ids::HouseholdId;
use lika_proto::v1::answer::Outcome;
use prost::Message;
use std::sync::{Arc, Mutex};
use tokio::net::TcpListener;

/// A node that gives the answers prepared, one after the other, and records the requests.
struct Node {
    api: Api,
    asked: Arc<Mutex<Vec<String>>>,
}

async fn node(answers: Vec<Vec<u8>>) -> Node {
    let asked = Arc::new(Mutex::new(Vec::new()));
    let (seen, mut answers) = (asked.clone(), answers.into_iter());
    let api = node::start(move |Request { head, body }| {
        seen.lock().unwrap().push(format!("{head}{}", String::from_utf8_lossy(&body)));
        answers.next().unwrap()
    });
    Node { api: api.await, asked }
}

impl Node {
    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

fn answer(outcome: Outcome) -> v1::Answer {
    v1::Answer { id: Bytes::from_static(&[1; 16]), outcome: Some(outcome) }
}

fn receipt() -> v1::Receipt {
    v1::Receipt { index: 7, entry: Bytes::from_static(b"entry"), proof: "proof".into(), duplicate: false }
}

fn refusal() -> v1::Refusal {
    let problem = v1::Problem {
        code: "household_unknown".into(),
        event: Some(3),
        field: "household".into(),
        detail: "1234567890".into(),
        zh: "户卡不存在".into(),
        en: "there is no such household in this village".into(),
    };
    v1::Refusal { code: "household_unknown".into(), status: 409, problems: vec![problem] }
}

fn signed() -> v1::SignedSubmission {
    v1::SignedSubmission {
        submission: Bytes::from_static(b"submission"),
        signature: Bytes::from(vec![6; 64]),
        keys: vec![],
        known: 7,
    }
}

/// The outcome of one submission when the node gives this answer.
async fn submitted(status: &str, media_type: &str, body: &[u8]) -> Result<v1::Receipt, ApiError> {
    node(vec![http(status, media_type, body)]).await.api.submit(&signed()).await
}

#[tokio::test]
async fn a_receipt_is_read_from_both_statuses() {
    let body = answer(Outcome::Receipt(receipt())).encode_to_vec();
    for status in ["201 Created", "200 OK"] {
        let node = node(vec![http(status, "application/x-protobuf", &body)]).await;
        assert_eq!(node.api.submit(&signed()).await.unwrap(), receipt());
        let asked = node.asked().remove(0);
        assert!(asked.starts_with("POST /v1/submissions HTTP/1.1\r\n"), "{asked}");
        assert!(asked.contains("content-type: application/x-protobuf") && asked.contains("submission"), "{asked}");
    }
}

#[tokio::test]
async fn a_refusal_is_read_from_protobuf_and_from_problem_details() {
    let body = answer(Outcome::Refusal(refusal())).encode_to_vec();
    let error = submitted("409 Conflict", "application/x-protobuf", &body).await.unwrap_err();
    let line = "event 3, household: there is no such household in this village (1234567890) [household_unknown]";
    assert_eq!((error.status(), error.to_string().as_str(), error.is_worth_retrying()), (Some(409), line, false));
    let body = serde_json::json!({
        "type": "about:blank", "title": "x", "status": 409, "code": "household_unknown",
        "problems": [{"code": "household_unknown", "event": 3, "field": "household", "detail": "1234567890",
                      "zh": "户卡不存在", "en": "there is no such household in this village"}]
    });
    let error = submitted("409 Conflict", "application/problem+json", body.to_string().as_bytes()).await.unwrap_err();
    assert!(matches!(error, ApiError::Refused(read) if *read == refusal()));
    let body = br#"{"code": "too_large", "title": "too large", "status": 413}"#;
    let error = submitted("413 Content Too Large", "application/problem+json; charset=utf-8", body).await.unwrap_err();
    assert_eq!((error.status(), error.to_string().as_str()), (Some(413), "too large [too_large]"));
}

#[tokio::test]
async fn a_node_that_cannot_answer_has_refused_nothing() {
    let body = br#"{"code": "unavailable", "title": "stopping"}"#;
    for status in
        ["503 Service Unavailable", "500 Internal Server Error", "429 Too Many Requests", "408 Request Timeout"]
    {
        let error = submitted(status, "application/problem+json", body).await.unwrap_err();
        assert!(matches!(&error, ApiError::Unreachable { .. }) && error.is_worth_retrying(), "{error}");
        assert!(error.to_string().ends_with("stopping [unavailable]"), "{error}");
    }
    let passing = answer(Outcome::Refusal(v1::Refusal { status: 503, ..refusal() })).encode_to_vec();
    for (media_type, body) in [("application/x-protobuf", passing.as_slice()), ("text/html", b"<html>")] {
        let error = submitted("503 Service Unavailable", media_type, body).await.unwrap_err();
        assert!(matches!(error, ApiError::Unreachable { .. }), "{error}");
    }
    assert!(is_decided(&refusal()));
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let error = Api::new(&format!("http://{nobody}")).unwrap().submit(&signed()).await.unwrap_err();
    assert!(matches!(error, ApiError::Unreachable { source: Some(_), .. }), "{error}");
}

#[tokio::test]
async fn an_answer_of_another_kind_is_not_taken_for_one() {
    let receipt = answer(Outcome::Receipt(receipt())).encode_to_vec();
    let refusal = answer(Outcome::Refusal(refusal())).encode_to_vec();
    let table: [(&str, &str, &[u8]); 7] = [
        ("200 OK", "text/html", b"<html>"),
        ("200 OK", "application/x-protobuf", b"\xff\xff"),
        ("200 OK", "application/x-protobuf", b""),
        ("200 OK", "application/x-protobuf", &refusal),
        ("400 Bad Request", "application/x-protobuf", &receipt),
        ("404 Not Found", "text/html", b"<html>"),
        ("302 Found", "text/html", b""),
    ];
    for (status, media_type, body) in table {
        let error = submitted(status, media_type, body).await.unwrap_err();
        assert!(matches!(error, ApiError::Protocol(_)) && error.is_worth_retrying(), "{status}: {error}");
    }
}

#[tokio::test]
async fn an_answer_without_end_is_cut_off() {
    let body = vec![b' '; ANSWER_BYTES_MAX + 1];
    let error = submitted("200 OK", "application/json", &body).await.unwrap_err();
    assert!(matches!(&error, ApiError::Protocol(what) if what.contains("more than")), "{error}");
    let mut cut = http("200 OK", "application/x-protobuf", &[0; 100]);
    cut.truncate(cut.len() - 50);
    let error = node(vec![cut]).await.api.submit(&signed()).await.unwrap_err();
    assert!(matches!(error, ApiError::Unreachable { .. }), "{error}");
}

#[tokio::test]
async fn answers_to_a_stream_come_in_order() {
    let mut body = answer(Outcome::Receipt(receipt())).encode_length_delimited_to_vec();
    body.extend(answer(Outcome::Refusal(refusal())).encode_length_delimited_to_vec());
    let node = node(vec![http("200 OK", "application/x-protobuf", &body)]).await;
    let answers = node.api.submit_many(vec![signed(), signed()]).await.unwrap();
    assert_eq!(answers, [answer(Outcome::Receipt(receipt())), answer(Outcome::Refusal(refusal()))]);
    let asked = node.asked().remove(0);
    assert!(asked.starts_with("POST /v1/submissions:stream HTTP/1.1\r\n"), "{asked}");
    assert_eq!(asked.matches("submission").count(), 3);
}

#[tokio::test]
async fn a_stream_that_breaks_off_is_an_error() {
    let whole = answer(Outcome::Receipt(receipt())).encode_length_delimited_to_vec();
    let short = whole[..whole.len() - 1].to_vec();
    let long = [0xff; 10].to_vec();
    let huge = [0xff, 0xff, 0xff, 0x7f].to_vec();
    for body in [whole, short, long, huge] {
        let node = node(vec![http("200 OK", "application/x-protobuf", &body)]).await;
        let error = node.api.submit_many(vec![signed(), signed()]).await.unwrap_err();
        assert!(error.is_worth_retrying(), "{error}");
    }
    let refused = http("413 Content Too Large", "application/problem+json", br#"{"code": "too_large"}"#);
    let node = node(vec![refused]).await;
    let error = node.api.submit_stream(stream::iter([signed()])).await.unwrap_err();
    assert_eq!(error.status(), Some(413));
}

#[tokio::test]
async fn a_session_signs_the_challenge_and_carries_the_token() {
    let challenge = http("200 OK", "application/json", br#"{"challenge": "c-1", "expires_in_s": 60}"#);
    let token = http("200 OK", "application/json", br#"{"token": "t-1", "expires_in_s": 900}"#);
    let card = http("200 OK", "application/json", br#"{"household": "1234567890"}"#);
    let node = node(vec![challenge, token, card]).await;
    let signer = Signer::from_seed([3; 32]);
    let session = node.api.open_session(&signer).await.unwrap();
    assert_eq!((session.token.as_str(), session.expires_in_s), ("t-1", 900));
    assert!(!format!("{session:?}").contains("t-1"));
    let household = HouseholdId::new(1_234_567_890).unwrap();
    let card = node.api.with_token(&session.token).unwrap().household(household).await.unwrap();
    assert_eq!(card["household"], "1234567890");
    let asked = node.asked();
    assert!(asked[1].contains(&base64::Engine::encode(&base64::prelude::BASE64_STANDARD, signer.sign_session("c-1"))));
    assert!(asked[2].contains("authorization: Bearer t-1\r\n"), "{}", asked[2]);
    assert!(asked[2].starts_with("GET /v1/households/1234567890 HTTP/1.1\r\n"), "{}", asked[2]);
}

#[tokio::test]
async fn documents_are_asked_for_by_their_paths() {
    let empty = || http("200 OK", "application/json", b"{}");
    let node = node(vec![empty(), empty(), http("200 OK", "text/plain", b"note")]).await;
    let query = ProgressQuery {
        by: Some(lika_domain::area::Level::Village),
        at: Some(Date::from_yyyymmdd(20_161_231).unwrap()),
        recorded_by: None,
        index: Some(9),
    };
    node.api.progress("130624100".parse().unwrap(), &query).await.unwrap();
    node.api.progress("130624100200".parse().unwrap(), &ProgressQuery::default()).await.unwrap();
    assert_eq!(node.api.checkpoint().await.unwrap(), "note");
    let asked = node.asked();
    let paths: Vec<_> = asked.iter().map(|request| request.split(' ').nth(1).unwrap()).collect();
    let expected = [
        "/v1/areas/130624100/progress?by=village&at=2016-12-31&index=9",
        "/v1/villages/130624100200/progress",
        "/checkpoint",
    ];
    assert_eq!(paths, expected);
}

#[test]
fn text_that_is_not_an_address_is_refused() {
    for address in ["", "127.0.0.1:8080", "ftp://node", "http://", "http://node/?q", "http://no de"] {
        assert!(matches!(Api::new(address), Err(ApiError::Address(_))), "{address}");
    }
    assert_eq!(Api::new("http://node:8080/lika/").unwrap().address(), "http://node:8080/lika");
}
