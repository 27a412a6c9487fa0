//! A node for tests: whatever the test says, over real sockets.

use crate::api::Api;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A request as it came in.
pub(crate) struct Asked {
    /// Request line and headers.
    pub(crate) head: String,
    /// Body, without the framing of chunks taken off.
    pub(crate) body: Vec<u8>,
}

/// Answers every request on a connection of its own, for as long as the runtime of the test lives.
pub(crate) async fn start(mut answer: impl FnMut(Asked) -> Vec<u8> + Send + 'static) -> Api {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let api = Api::new(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            let asked = read_request(&mut connection).await;
            connection.write_all(&answer(asked)).await.unwrap();
            connection.shutdown().await.unwrap();
        }
    });
    api
}

/// An answer as it goes over the line.
pub(crate) fn http(status: &str, media_type: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// Reads until the request is whole: by its length, or to the last chunk.
async fn read_request(connection: &mut TcpStream) -> Asked {
    let mut bytes = Vec::new();
    loop {
        if let Some(end) = bytes.windows(4).position(|four| four == b"\r\n\r\n") {
            let head = String::from_utf8(bytes[..end + 2].to_vec()).unwrap();
            let body = bytes[end + 4..].to_vec();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length: usize = length.map_or(0, |length| length.parse().unwrap());
            let chunked = head.contains("transfer-encoding: chunked");
            if (chunked && body.ends_with(b"0\r\n\r\n")) || (!chunked && body.len() >= length) {
                return Asked { head, body };
            }
        }
        assert!(connection.read_buf(&mut bytes).await.unwrap() > 0, "the request broke off");
    }
}
