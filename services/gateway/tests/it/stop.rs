//! The stop of a gateway.

use crate::line::{Reply, exchange};
use crate::node::Node;
use lika_testkit::county::VILLAGE;
use lika_testkit::device::sign;
use lika_testkit::events::village;
use prost::Message;
use std::time::Duration;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

#[tokio::test(flavor = "multi_thread")]
async fn a_request_under_way_is_answered_and_no_other_is_taken() {
    let (mut node, mut admin) = Node::opened().await;
    let body = sign(&mut admin, VILLAGE, village("村")).encode_to_vec();
    let idle = TcpStream::connect(node.address).await.unwrap();
    let mut stream = TcpStream::connect(node.address).await.unwrap();
    let head = format!(
        "POST /v1/submissions HTTP/1.1\r\nhost: x\r\ncontent-type: application/x-protobuf\r\n\
         content-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await.unwrap();
    // The head of the request must arrive before the stop.
    while !exchange(node.address, "GET /metrics HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")
        .await
        .text()
        .contains("lika_connections 3\n")
    {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    tokio::time::sleep(Duration::from_millis(50)).await;
    node.stop();
    tokio::time::sleep(Duration::from_millis(50)).await;
    assert!(TcpStream::connect(node.address).await.is_err());
    stream.write_all(&body).await.unwrap();
    assert_eq!(Reply::read(&mut stream).await.status, 201);
    tokio::time::timeout(Duration::from_secs(8), &mut node.served).await.expect("stops").unwrap();
    drop(idle);
}
