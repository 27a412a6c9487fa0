//! The socket: connections, their limits, and a stop that lets requests under way finish.

use crate::gateway::Gateway;
use crate::limits::{
    CONNECTIONS_MAX, HEAD_TIMEOUT_S, HEADERS_MAX, LINGER_BYTES_MAX, LINGER_MS, READ_BUFFER_BYTES_MAX, STOP_TIMEOUT_S,
};
use crate::routes::router;
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
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::time::timeout;

/// Bytes that are read at once to be dropped.
const DROP_BYTES: usize = 16 * 1024;

/// Serves until `stop` resolves. Then it takes no more connections, answers the requests under way, and returns after
/// [`STOP_TIMEOUT_S`] at the latest.
pub async fn serve(gateway: Arc<Gateway>, listener: TcpListener, stop: impl Future<Output = ()>) {
    let server = Server {
        router: router(gateway.clone()),
        gateway,
        places: Arc::new(Semaphore::new(CONNECTIONS_MAX)),
        stopping: watch::Sender::new(false),
    };
    tokio::select! {
        () = server.accept(&listener) => {}
        () = stop => {}
    }
    drop(listener);
    server.stopping.send_replace(true);
    // Every connection holds a place until it is closed.
    let all = server.places.acquire_many(u32::try_from(CONNECTIONS_MAX).unwrap_or(u32::MAX));
    if timeout(Duration::from_secs(STOP_TIMEOUT_S), all).await.is_err() {
        tracing::warn!("stopped with requests still under way");
    }
}

struct Server {
    gateway: Arc<Gateway>,
    router: Router,
    places: Arc<Semaphore>,
    stopping: watch::Sender<bool>,
}

impl Server {
    /// Takes connections as long as there are places for them; never returns.
    async fn accept(&self, listener: &TcpListener) {
        let mut waits = Waits::new(SERVER);
        loop {
            // The semaphore is never closed.
            let Ok(place) = self.places.clone().acquire_owned().await else { return };
            match listener.accept().await {
                Ok((stream, _)) => {
                    waits.reset();
                    self.open(stream, place);
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection cannot be accepted");
                    // Perhaps there are no file descriptors left.
                    waits.wait().await;
                }
            }
        }
    }

    fn open(&self, stream: TcpStream, place: OwnedSemaphorePermit) {
        let (gateway, router, stopping) = (self.gateway.clone(), self.router.clone(), self.stopping.subscribe());
        tokio::spawn(async move {
            gateway.metrics.connections.inc();
            connection(stream, router, stopping).await;
            gateway.metrics.connections.dec();
            drop(place);
        });
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
