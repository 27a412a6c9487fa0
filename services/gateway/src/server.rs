//! The socket of the gateway.

use crate::gateway::Gateway;
use crate::limits::CONNECTIONS_MAX;
use crate::routes::router;
use std::sync::Arc;
use tokio::net::TcpListener;

/// Serves until `stop` resolves. Then it takes no more connections, answers the requests under way, and returns after
/// [`lika_server::limits::STOP_TIMEOUT_S`] at the latest.
pub async fn serve(gateway: Arc<Gateway>, listener: TcpListener, stop: impl Future<Output = ()>) {
    let router = router(gateway.clone());
    lika_server::serve(router, listener, CONNECTIONS_MAX, || Open::new(gateway.clone()), stop).await;
}

/// A connection, counted while it is open.
struct Open(Arc<Gateway>);

impl Open {
    fn new(gateway: Arc<Gateway>) -> Self {
        gateway.metrics.connections.inc();
        Self(gateway)
    }
}

impl Drop for Open {
    fn drop(&mut self) {
        self.0.metrics.connections.dec();
    }
}
