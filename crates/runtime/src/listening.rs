//! The address that a program listens on.

use crate::Failure;
use anyhow::Context;
use std::io::ErrorKind;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// Listens on an address; port 0 takes any free one. Programs do this before they create anything, so that a start
/// that fails here leaves nothing behind.
///
/// # Errors
/// [`Failure`] `address_in_use` if another program listens there; any other error of the system as it is.
pub async fn listen(addr: SocketAddr) -> anyhow::Result<TcpListener> {
    match TcpListener::bind(addr).await {
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            let message = format!("another program listens on {addr}: stop it, or give another address with --listen");
            Err(Failure::new("address_in_use", message).into())
        }
        bound => bound.with_context(|| format!("cannot listen on {addr}")),
    }
}
