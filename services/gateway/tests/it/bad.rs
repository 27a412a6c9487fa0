//! Requests that fail. The node goes on serving after each.

use crate::line::{Reply, exchange};
use crate::node::Node;
use lika_proto::v1;
use lika_proto::v1::answer::Outcome;
use lika_testkit::county::VILLAGE;
use lika_testkit::device::sign;
use lika_testkit::events::village;
use prost::Message;
use std::time::{Duration, Instant};
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

const PROTOBUF: &str = "application/x-protobuf";
const JSON: &str = "application/json";

/// The node still takes submissions.
async fn goes_on(node: &Node, admin: &mut lika_client::Device, name: &str) {
    node.api().submit(&sign(admin, VILLAGE, village(name))).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn bad_bodies_are_refused_with_a_code() {
    let (node, mut admin) = Node::opened().await;
    let submission = |json: &str| node_post(&node, "/v1/submissions", JSON, json.as_bytes().to_vec());
    for (body, code) in [
        ("", "body_malformed"),
        ("{", "body_malformed"),
        ("[]", "body_malformed"),
        ("null", "body_malformed"),
        (r#"{"submission": "", "signature": ""}"#, "field_invalid"),
        (r#"{"submission": "", "signature": "", "more": 1}"#, "body_malformed"),
        (r#"{"submission": "?", "signature": ""}"#, "body_malformed"),
        (r#"{"submission": "AA", "signature": ""}"#, "body_malformed"),
        (
            r#"{"submission": "", "signature": "", "keys": [{"subject": -1, "number": 1, "key": ""}]}"#,
            "body_malformed",
        ),
        ("{\"submission\": \"\u{0}\"}", "body_malformed"),
    ] {
        assert_eq!(submission(body).await.problem(), (400, code.into()), "{body}");
    }
    let deep = "[".repeat(100_000);
    assert_eq!(submission(&deep).await.problem(), (400, "body_malformed".into()));
    for body in [vec![0xff; 100], b"nonsense".to_vec(), vec![0x0a, 0xff, 0xff, 0xff, 0xff, 0x0f]] {
        let reply = node.post("/v1/submissions", PROTOBUF, &body).await;
        assert_eq!(reply.problem(), (400, "body_malformed".into()));
    }
    let sessions = |json: &str| node_post(&node, "/v1/sessions", JSON, json.as_bytes().to_vec());
    for body in ["", "{}", r#"{"key": "1"}"#, r#"{"key": "0000000000000001", "challenge": "x"}"#] {
        assert_eq!(sessions(body).await.problem(), (400, "body_malformed".into()), "{body}");
    }
    assert_eq!(sessions(r#"{"key": "0000000000000001"}"#).await.problem(), (403, "key_unknown".into()));
    goes_on(&node, &mut admin, "村").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_client_of_protobuf_gets_a_refusal_as_protobuf() {
    let (node, mut admin) = Node::opened().await;
    let mut signed = sign(&mut admin, VILLAGE, village("村"));
    signed.signature = vec![1; 64].into();
    let reply = node.post("/v1/submissions", PROTOBUF, &signed.encode_to_vec()).await;
    assert_eq!((reply.status, reply.header("content-type")), (403, Some(PROTOBUF)));
    let Some(Outcome::Refusal(refusal)) = v1::Answer::decode(reply.body.as_slice()).unwrap().outcome else {
        panic!("recorded")
    };
    assert_eq!((refusal.status, refusal.code.as_str()), (403, "signature_invalid"));
    // An empty submission belongs to no recorder and is refused all the same.
    let empty = v1::SignedSubmission { signature: vec![1; 64].into(), ..Default::default() };
    let reply = node.post("/v1/submissions", PROTOBUF, &empty.encode_to_vec()).await;
    assert_eq!(reply.status, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_heads_are_refused_with_a_code() {
    let (node, mut admin) = Node::opened().await;
    let long = "x".repeat(3_000);
    let wide = format!("GET /healthz HTTP/1.1\r\nhost: x\r\nconnection: close\r\nx: {}\r\n\r\n", "y".repeat(20_000));
    let request = |line: &str| format!("{line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    let typed = |line: &str, extra: &str| {
        format!("{line} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{extra}\r\ncontent-length: 2\r\n\r\n{{}}")
    };
    for (request, expected) in [
        (request("GET /nothing"), (404, "not_found")),
        (request("GET /v1/submissions"), (405, "method_not_allowed")),
        (request("DELETE /checkpoint"), (405, "method_not_allowed")),
        (request("BREW /"), (405, "method_not_allowed")),
        (request(&format!("GET /{long}")), (414, "uri_too_long")),
        (request(&format!("GET /v1/log?{long}")), (414, "uri_too_long")),
        (wide, (431, "headers_too_large")),
        (typed("POST /v1/submissions", "accept: */*"), (415, "media_type_unsupported")),
        (typed("POST /v1/submissions", "content-type: text/plain"), (415, "media_type_unsupported")),
        (
            typed("POST /v1/submissions", "content-type: application/json\r\naccept: image/png"),
            (406, "not_acceptable"),
        ),
        (typed("POST /v1/submissions:stream", "content-type: application/json"), (415, "media_type_unsupported")),
        (
            typed("POST /v1/submissions:stream", "content-type: application/x-protobuf\r\naccept: application/json"),
            (406, "not_acceptable"),
        ),
        (typed("POST /v1/sessions", "content-type: application/x-protobuf"), (415, "media_type_unsupported")),
        (request("GET /v1/areas/1306x/progress"), (400, "parameter_invalid")),
        (request("GET /v1/areas/%ff/progress"), (400, "parameter_invalid")),
        (request("GET /v1/areas/44/progress"), (404, "area_without_records")),
        (request("GET /v1/areas/13/progress?by=house"), (400, "parameter_invalid")),
        (request("GET /v1/areas/13/progress?at=yesterday"), (400, "parameter_invalid")),
        (request("GET /v1/areas/13/progress?index=-1"), (400, "parameter_invalid")),
        (request("GET /v1/areas/13/progress?index=99"), (404, "entry_unknown")),
        (request("GET /v1/areas/13/progress?unknown=1"), (400, "parameter_invalid")),
        (request("GET /v1/areas/13/progress?at=2020-01-01&at=2020-01-02"), (400, "parameter_invalid")),
        (request("GET /v1/policy?area=44"), (404, "area_without_records")),
        (request("GET /v1/policy?area=13"), (404, "area_without_records")),
        (request("GET /v1/policy?area=1306x"), (400, "parameter_invalid")),
        (request("GET /v1/policy?at=20170101"), (400, "parameter_invalid")),
        (request("GET /v1/policy?at=2017-02-30"), (400, "parameter_invalid")),
        (request("GET /v1/policy?on=2017-01-01"), (400, "parameter_invalid")),
        (request("GET /v1/policy?area=130624&area=130624"), (400, "parameter_invalid")),
        (request("GET /v1/villages/130624/progress"), (400, "parameter_invalid")),
        (request("GET /v1/villages/130624100201/progress?by=village"), (400, "parameter_invalid")),
        (request("GET /v1/households/1"), (401, "token_missing")),
        (request("GET /v1/entries/1/proof"), (404, "entry_unknown")),
        (request("GET /v1/entries/18446744073709551616/proof"), (400, "parameter_invalid")),
        (request("GET /tile/0/000"), (404, "tile_unknown")),
        (request("GET /tile/0/000.p/2"), (404, "tile_unknown")),
        (request("GET /tile/../keys/log.skey"), (404, "tile_unknown")),
        (request("GET /tile/%30/000.p/1"), (404, "tile_unknown")),
        (request("GET /areas/44"), (404, "area_without_records")),
    ] {
        let reply = exchange(node.address, &request).await;
        assert_eq!(reply.problem(), (expected.0, expected.1.into()), "{request}");
        if expected.0 == 405 {
            assert!(reply.header("allow").is_some(), "{request}");
        }
    }
    let token =
        "GET /v1/officials/10000001 HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer x\r\n\r\n";
    assert_eq!(exchange(node.address, token).await.problem(), (401, "token_invalid".into()));
    goes_on(&node, &mut admin, "村").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bodies_that_are_too_large_are_refused_before_they_are_read() {
    let (node, mut admin) = Node::opened().await;
    // Claimed and sent, claimed and not sent, and sent in chunks without a claim.
    for (path, media_type, bytes) in [
        ("/v1/submissions", PROTOBUF, 128 * 1024 + 1),
        ("/v1/submissions", PROTOBUF, 20 * 1024 * 1024),
        ("/v1/submissions", JSON, 256 * 1024 + 1),
        ("/v1/sessions", JSON, 4 * 1024 + 1),
    ] {
        let reply = node.post(path, media_type, &vec![b' '; bytes]).await;
        assert_eq!(reply.problem(), (413, "body_too_large".into()), "{bytes}");
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: {media_type}\r\ncontent-length: {bytes}\r\n\r\n"
        );
        let begun = Instant::now();
        assert_eq!(exchange(node.address, head).await.problem(), (413, "body_too_large".into()));
        assert!(begun.elapsed() < Duration::from_secs(5));
        let chunks = [format!("{bytes:x}\r\n").as_bytes(), &vec![b' '; bytes], b"\r\n0\r\n\r\n"].concat();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\ncontent-type: {media_type}\r\ntransfer-encoding: chunked\r\n\r\n"
        );
        let reply = exchange(node.address, [head.as_bytes(), &chunks].concat()).await;
        assert_eq!(reply.problem(), (413, "body_too_large".into()), "{bytes} in chunks");
    }
    goes_on(&node, &mut admin, "村").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn half_sent_bodies_are_answered() {
    let (node, mut admin) = Node::opened().await;
    for head in [
        "POST /v1/submissions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{",
        "POST /v1/submissions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
         transfer-encoding: chunked\r\n\r\n5\r\nab",
        "POST /v1/submissions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n\
         transfer-encoding: chunked\r\n\r\nxyz\r\n",
    ] {
        let mut stream = TcpStream::connect(node.address).await.unwrap();
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.shutdown().await.unwrap();
        assert_eq!(Reply::read(&mut stream).await.problem(), (400, "body_incomplete".into()), "{head}");
    }
    // A client that is gone for good.
    let gone = TcpStream::connect(node.address).await.unwrap();
    drop(gone);
    goes_on(&node, &mut admin, "村").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_does_not_arrive_in_time_is_refused() {
    let (node, mut admin) = Node::opened().await;
    let head =
        "POST /v1/submissions HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100\r\n\r\n{";
    let begun = Instant::now();
    let (slow, ()) = tokio::join!(exchange(node.address, head), goes_on(&node, &mut admin, "村"));
    assert_eq!(slow.problem(), (408, "request_timeout".into()));
    let took = begun.elapsed().as_secs();
    assert!((lika_gateway::limits::BODY_TIMEOUT_S..lika_gateway::limits::BODY_TIMEOUT_S + 5).contains(&took));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_broken_stream_ends_with_a_last_answer() {
    let (node, mut admin) = Node::opened().await;
    let good = sign(&mut admin, VILLAGE, village("村")).encode_length_delimited_to_vec();
    for (tail, code) in [
        (vec![5, 1], "body_incomplete"),
        (vec![0xff; 8], "body_malformed"),
        (vec![0x80, 0x80, 0x40, 1], "body_too_large"),
        (vec![3, 0xff, 0xff, 0xff], "body_malformed"),
    ] {
        let body = [good.as_slice(), &tail].concat();
        let reply = node.post("/v1/submissions:stream", PROTOBUF, &body).await;
        assert_eq!(reply.status, 200);
        let mut rest = reply.body.as_slice();
        let mut answers = Vec::new();
        while !rest.is_empty() {
            answers.push(v1::Answer::decode_length_delimited(&mut rest).unwrap().outcome.unwrap());
        }
        let [Outcome::Receipt(receipt), Outcome::Refusal(refusal)] = answers.as_slice() else { panic!("{answers:?}") };
        assert_eq!((receipt.index, refusal.code.as_str()), (1, code));
    }
    for media_type in [PROTOBUF, "application/octet-stream"] {
        let reply = node.post("/v1/submissions:stream", media_type, &[]).await;
        assert!(reply.status == 200 && reply.body.is_empty(), "{media_type}: {}", reply.head);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_that_are_not_http_close_only_their_own_connection() {
    let (node, mut admin) = Node::opened().await;
    for nonsense in
        [&b"\x16\x03\x01\x02\x00\x01\x00"[..], b"GET\r\n\r\n", b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", &[0; 4096]]
    {
        let mut stream = TcpStream::connect(node.address).await.unwrap();
        stream.write_all(nonsense).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        // The node may answer or hang up.
        let _ = tokio::io::AsyncReadExt::read_to_end(&mut stream, &mut answer).await;
    }
    goes_on(&node, &mut admin, "村").await;
}

async fn node_post(node: &Node, path: &str, media_type: &str, body: Vec<u8>) -> Reply {
    node.post(path, media_type, &body).await
}
