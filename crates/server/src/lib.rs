//! The one HTTP server: connections, their limits, and a stop that lets requests under way finish. The gateway and the
//! desk serve with it; what they answer is theirs.

pub mod limits;
mod stalled;

use crate::limits::{HEAD_TIMEOUT_S, HEADERS_MAX, LINGER_BYTES_MAX, LINGER_MS, READ_BUFFER_BYTES_MAX, STOP_TIMEOUT_S};
use crate::stalled::Stalled;
use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use lika_retry::{SERVER, Waits};
use std::sync::Arc;
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::time::timeout;

/// Bytes that are read at once to be dropped.
const DROP_BYTES: usize = 16 * 1024;

/// Serves until `stop` resolves. Then it takes no more connections, answers the requests under way, and returns after
/// [`STOP_TIMEOUT_S`] at the latest.
///
/// At most `connections_max` are open at a time; others wait to be accepted. `opened` is called for each connection,
/// and what it returns is dropped when the connection ends.
pub async fn serve<G: Send + 'static>(
    router: Router,
    listener: TcpListener,
    connections_max: u32,
    opened: impl Fn() -> G,
    stop: impl Future<Output = ()>,
) {
    // Every connection holds a place until it is closed.
    let places = Arc::new(Semaphore::new(connections_max as usize));
    let stopping = watch::Sender::new(false);
    let accept = async {
        let mut waits = Waits::new(SERVER);
        loop {
            // The semaphore is never closed.
            let Ok(place) = places.clone().acquire_owned().await else { return };
            match listener.accept().await {
                Ok((stream, _)) => {
                    waits.reset();
                    let (router, stopping, open) = (router.clone(), stopping.subscribe(), opened());
                    tokio::spawn(async move {
                        connection(stream, router, stopping).await;
                        drop((open, place));
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection cannot be accepted");
                    // Perhaps there are no file descriptors left.
                    waits.wait().await;
                }
            }
        }
    };
    tokio::select! {
        () = accept => {}
        () = stop => {}
    }
    drop(listener);
    stopping.send_replace(true);
    if timeout(Duration::from_secs(STOP_TIMEOUT_S), places.acquire_many(connections_max)).await.is_err() {
        tracing::warn!("stopped with requests still under way");
    }
}

/// Serves a connection, from its first request to its last. A failure concerns its client alone.
async fn connection(stream: TcpStream, router: Router, mut stopping: watch::Receiver<bool>) {
    // Answers are small, and clients wait for them. A connection that refuses this is only slower.
    let _ = stream.set_nodelay(true);
    let service = TowerToHyperService::new(router);
    let mut connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(HEAD_TIMEOUT_S))
        .max_buf_size(READ_BUFFER_BYTES_MAX)
        .max_headers(HEADERS_MAX)
        // A client that sends half a body and then closes its side still gets an answer.
        .half_close(true)
        .serve_connection(TokioIo::new(Stalled::new(stream)), service);
    let served = {
        let mut stopped = std::pin::pin!(stopping.wait_for(|stopping| *stopping));
        let mut told = false;
        std::future::poll_fn(|cx| {
            if !told && stopped.as_mut().poll(cx).is_ready() {
                told = true;
                std::pin::Pin::new(&mut connection).graceful_shutdown();
            }
            connection.poll_without_shutdown(cx)
        })
        .await
    };
    if served.is_ok() {
        linger(connection.into_parts().io.into_inner().into_inner()).await;
    }
}

/// Ends a connection so that the last answer arrives although the client may still be sending: closes the writing
/// side, and for a while reads and drops what still comes.
async fn linger(mut stream: TcpStream) {
    let dropped = async {
        stream.shutdown().await?;
        let mut buffer = vec![0; DROP_BYTES];
        let mut left = LINGER_BYTES_MAX;
        while left > 0 {
            match stream.read(&mut buffer).await? {
                0 => break,
                read => left = left.saturating_sub(read),
            }
        }
        std::io::Result::Ok(())
    };
    // It makes no difference any more whether the client went first, broke off or was too slow.
    let _ = timeout(Duration::from_millis(LINGER_MS), dropped).await;
}
