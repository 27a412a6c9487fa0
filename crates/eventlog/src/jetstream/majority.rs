//! Whether the server that answers for a stream can be believed.

use super::error::StreamError;
use async_nats::jetstream::stream::ClusterInfo;
use std::time::Duration;

/// A stream's leader hears from the others every second; one that has been silent for this many milliseconds may
/// follow another leader.
const HEARD_WITHIN_MS: u64 = 3_000;

/// The server that answers for a stream must hear from most of the stream's servers. One that has been cut off from
/// the others, or was stopped for a while, goes on answering for seconds with old data, which proves nothing.
///
/// # Errors
/// [`StreamError::Nats`] if it does not hear from them.
pub fn check_majority(cluster: Option<&ClusterInfo>) -> Result<(), StreamError> {
    let Some(cluster) = cluster else { return Ok(()) };
    let within = Duration::from_millis(HEARD_WITHIN_MS);
    let heard = 1 + cluster.replicas.iter().filter(|peer| !peer.offline && peer.active < within).count();
    if heard * 2 > cluster.replicas.len() + 1 {
        return Ok(());
    }
    let alone = std::io::Error::other("the server that answers for it hears from too few of the others");
    Err(StreamError::nats("checking the stream")(alone))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_server_cut_off_from_most_of_the_others_is_not_believed() {
        let heard = |ages_ms: &[u64]| {
            let peers: Vec<_> = ages_ms
                .iter()
                .map(|ms| json!({"name": "n", "current": true, "active": ms * 1_000_000, "lag": 0}))
                .collect();
            let cluster: ClusterInfo = serde_json::from_value(json!({"leader": "n1", "replicas": peers})).unwrap();
            check_majority(Some(&cluster)).is_ok()
        };
        check_majority(None).unwrap();
        assert!(heard(&[]), "a server alone is all there is");
        assert!(heard(&[400, 900_000]), "one of two others is enough");
        assert!(!heard(&[4_000, 900_000]));
        assert!(!heard(&[400, 900_000, 900_000, 900_000]));
    }
}
