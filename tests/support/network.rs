//! A network whose cables can be pulled: every connection goes through here. A peer behind a cut cable gets no data
//! and no error, as with a real cable; when the cable is back, data in flight arrives.

use std::collections::BTreeMap;
use std::io;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::watch;

/// Most bytes read at once.
const CHUNK_BYTES: usize = 64 * 1024;

/// Cables by the two ends they connect. The network has its own runtime, so a test that sleeps does not stop it.
pub(crate) struct Network {
    /// `None` once the network is dropped.
    runtime: Option<Runtime>,
    cables: BTreeMap<(String, String), watch::Sender<bool>>,
}

impl Network {
    pub(crate) fn new() -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        Self { runtime: Some(runtime), cables: BTreeMap::new() }
    }

    /// Adds a cable; returns the port on which `from` reaches the listener on `port` at `to`.
    pub(crate) fn lay(&mut self, from: &str, to: &str, port: u16) -> io::Result<u16> {
        let runtime = self.runtime.as_ref().ok_or(io::ErrorKind::NotConnected)?;
        let listener = std::net::TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let _entered = runtime.enter();
        let listener = TcpListener::from_std(listener)?;
        let own = listener.local_addr()?.port();
        let cut = watch::Sender::new(false);
        runtime.spawn(serve(listener, port, cut.subscribe()));
        self.cables.insert((from.to_owned(), to.to_owned()), cut);
        Ok(own)
    }

    /// Both ends of every cable.
    pub(crate) fn cables(&self) -> Vec<(String, String)> {
        self.cables.keys().cloned().collect()
    }

    /// Cuts a cable, or restores it.
    pub(crate) fn set_cut(&self, cable: &(String, String), cut: bool) {
        self.cables[cable].send_replace(cut);
    }
}

impl Drop for Network {
    fn drop(&mut self) {
        // The dropping thread may belong to another runtime and must not block.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

async fn serve(listener: TcpListener, port: u16, cut: watch::Receiver<bool>) {
    while let Ok((near, _)) = listener.accept().await {
        let cut = cut.clone();
        tokio::spawn(async move {
            whole(&mut cut.clone()).await;
            // If nothing listens there now, the other end sees its connection closed.
            let Ok(far) = TcpStream::connect(("127.0.0.1", port)).await else { return };
            // Small messages are sent at once, as without this proxy.
            if near.set_nodelay(true).and(far.set_nodelay(true)).is_err() {
                return;
            }
            let ((near_in, near_out), (far_in, far_out)) = (near.into_split(), far.into_split());
            tokio::spawn(pump(near_in, far_out, cut.clone()));
            pump(far_in, near_out, cut).await;
        });
    }
}

/// Copies bytes in one direction until either end closes.
async fn pump(mut from: OwnedReadHalf, mut to: OwnedWriteHalf, mut cut: watch::Receiver<bool>) {
    let mut chunk = vec![0; CHUNK_BYTES];
    while let Ok(count @ 1..) = from.read(&mut chunk).await {
        whole(&mut cut).await;
        if to.write_all(&chunk[..count]).await.is_err() {
            return;
        }
    }
    whole(&mut cut).await;
}

/// Waits until the cable is not cut.
async fn whole(cut: &mut watch::Receiver<bool>) {
    // The sender lives as long as the network.
    let _ = cut.wait_for(|cut| !cut).await;
}
