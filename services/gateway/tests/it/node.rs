//! A node for tests: a log in a folder, its views, and the gateway on a port of its own. [`LedgerBackend`] answers the
//! gateway's calls.

use crate::backend::LedgerBackend;
use crate::line::{Reply, exchange};
use lika_client::{Api, Device};
use lika_gateway::{Gateway, serve};
use lika_ledger::Ledger;
use lika_testkit::county::{COUNTY, ORIGIN};
use lika_testkit::device::{admin, sign};
use lika_testkit::events::opening;
use lika_testkit::log;
use lika_views::{Follower, LogIdentity, Views, follow};
use std::net::SocketAddr;
use std::sync::Arc;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

pub(crate) struct Node {
    pub(crate) address: SocketAddr,
    pub(crate) ledger: Arc<Ledger>,
    pub(crate) served: JoinHandle<()>,
    stop: Option<oneshot::Sender<()>>,
    _follower: Follower,
    _dir: TempDir,
}

impl Node {
    /// Starts a node with an empty log.
    pub(crate) async fn start() -> Self {
        let dir = log::create();
        let ledger = log::open(dir.path());
        let identity = LogIdentity { origin: ORIGIN.into(), opening: None, size: 0 };
        let views = Arc::new(Views::open(&dir.path().join("views"), &identity).unwrap());
        let follower = follow(views.clone(), ledger.feed(0));
        let gateway = Gateway::start(LedgerBackend { ledger: ledger.clone(), views: views.clone() }).unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel::<()>();
        let served = tokio::spawn(serve(gateway, listener, async { drop(stopped.await) }));
        Self { address, ledger, served, stop: Some(stop), _follower: follower, _dir: dir }
    }

    /// Starts a node with an opened log and an administrator.
    pub(crate) async fn opened() -> (Self, Device) {
        let (node, mut admin) = (Self::start().await, admin());
        let opening = opening(&admin);
        let signed = sign(&mut admin, COUNTY, opening);
        assert_eq!(node.api().submit(&signed).await.unwrap().index, 0);
        (node, admin)
    }

    pub(crate) fn api(&self) -> Api {
        Api::new(&format!("http://{}", self.address)).unwrap()
    }

    pub(crate) fn stop(&mut self) {
        self.stop.take().unwrap().send(()).unwrap();
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        exchange(self.address, format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")).await
    }

    pub(crate) async fn post(&self, path: &str, media_type: &str, body: &[u8]) -> Reply {
        let length = body.len();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: {media_type}\r\n\
             content-length: {length}\r\n\r\n"
        );
        exchange(self.address, [head.as_bytes(), body].concat()).await
    }

    /// Waits until the views have applied everything published.
    pub(crate) async fn caught_up(&self) {
        let last = self.ledger.log().checkpoint().size - 1;
        let reply = self.get(&format!("/v1/areas/13/progress?index={last}")).await;
        assert_ne!(reply.status, 503, "{}", reply.text());
    }
}
