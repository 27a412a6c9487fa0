//! The address a program answers at.

use crate::Failure;
use anyhow::Context;
use std::io::ErrorKind;
use std::net::SocketAddr;
use tokio::net::TcpListener;

/// Listens on an address; port 0 takes any. Done before anything is made, so that what cannot be served leaves
/// nothing behind.
///
/// # Errors
/// [`Failure`] `address_in_use` if another program listens there; otherwise why it cannot be.
pub async fn listen(addr: SocketAddr) -> anyhow::Result<TcpListener> {
    match TcpListener::bind(addr).await {
        Err(error) if error.kind() == ErrorKind::AddrInUse => {
            let message = format!("another program listens on {addr}: stop it, or give another address with --listen");
            Err(Failure::new("address_in_use", message).into())
        }
        bound => bound.with_context(|| format!("cannot listen on {addr}")),
    }
}
