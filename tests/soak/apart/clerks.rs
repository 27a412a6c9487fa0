//! Clerks who report while things go wrong.

use super::Known;
use crate::support::county::Clerk;
use lika_client::Api;
use lika_client::compose::Composed;
use lika_proto::v1::Receipt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

/// What the clerks are told, and tell.
#[derive(Debug, Default)]
pub(super) struct Told {
    pub(super) stop: AtomicBool,
    /// The servers may have lost what was sealed, and nobody has begun a new epoch yet.
    pub(super) damaged: AtomicBool,
    /// Receipts that all of them hold.
    pub(super) receipts: AtomicU64,
}

/// Reports until it is told to stop. What got no answer is sent again unchanged, through the other gateway, until there is
/// a receipt.
pub(super) async fn report(mut clerk: Clerk, urls: [String; 2], told: Arc<Told>) -> Known {
    let apis = urls.map(|url| Api::new(&url).unwrap());
    let (mut receipts, mut turn) = (Vec::new(), 0);
    while !told.stop.load(Ordering::Relaxed) {
        let composed = clerk.profile();
        receipts.push(receipt(&apis, &mut turn, &composed, &told).await);
        told.receipts.fetch_add(1, Ordering::Relaxed);
        // A person does not report without a break.
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    Known { clerk, receipts }
}

pub(super) async fn receipt(apis: &[Api; 2], turn: &mut usize, composed: &Composed, told: &Told) -> Receipt {
    loop {
        match apis[*turn % 2].submit(&composed.signed).await {
            Ok(receipt) => return receipt,
            Err(error) if error.is_worth_retrying() => {
                *turn += 1;
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            // A recorder that had not read the last entries cannot know that all servers have lost them; the clerk, who holds
            // their receipts, does.
            Err(error) if told.damaged.load(Ordering::Relaxed) && error.to_string().contains("sequence_gap") => {
                tokio::time::sleep(Duration::from_millis(50)).await;
            }
            Err(error) => panic!("refused: {error}"),
        }
    }
}
