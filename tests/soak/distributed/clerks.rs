//! Clerks who report while things go wrong.

use super::Known;
use crate::support::county::Clerk;
use lika_client::Api;
use lika_client::compose::Composed;
use lika_proto::v1::Receipt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// Shared between the clerks and the test.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) stop: AtomicBool,
    /// Number of receipts of all clerks.
    pub(super) receipts: AtomicU64,
}

/// Reports until told to stop. A submission without an answer is sent again unchanged, through the other gateway,
/// until it has a receipt.
pub(super) async fn report(mut clerk: Clerk, urls: [String; 2], told: Arc<Told>) -> Known {
    let apis = urls.map(|url| Api::new(&url).unwrap());
    let (mut receipts, mut turn) = (Vec::new(), 0);
    while !told.stop.load(Ordering::Relaxed) {
        let mut composed = clerk.profile();
        // As the client does: services must not decide on fewer entries than the device has seen published.
        composed.signed.known = receipts.last().map_or(0, |receipt: &Receipt| receipt.index + 1);
        receipts.push(receipt(&apis, &mut turn, &composed).await);
        told.receipts.fetch_add(1, Ordering::Relaxed);
        // A person pauses between reports.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Known { clerk, receipts }
}

pub(super) async fn receipt(apis: &[Api; 2], turn: &mut usize, composed: &Composed) -> Receipt {
    loop {
        match apis[*turn % 2].submit(&composed.signed).await {
            Ok(receipt) => return receipt,
            Err(error) if error.is_worth_retrying() => {
                *turn += 1;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(error) => panic!("refused: {error}"),
        }
    }
}
