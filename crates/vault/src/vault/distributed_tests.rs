//! Keys in a stream, on a real nats-server.

use super::tests::{CARD, key};
use super::*;
use lika_local_nats::Server;
use tempfile::TempDir;

/// A server with the stream, and a folder with the keys of a vault.
struct Shared {
    server: Server,
    dir: TempDir,
}

impl Shared {
    async fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        Vault::create(dir.path()).unwrap();
        Vault::wrap(dir.path()).unwrap();
        let shared = Self { server: Server::start(&dir.path().join("nats")).unwrap(), dir };
        Vault::make_stream(&shared.context().await, &names(), 1).await.unwrap();
        shared
    }

    async fn context(&self) -> Context {
        async_nats::jetstream::new(async_nats::connect(self.server.url()).await.unwrap())
    }

    async fn open(&self) -> Vault {
        self.try_open().await.unwrap()
    }

    async fn try_open(&self) -> Result<Vault, VaultError> {
        Vault::open_distributed(self.dir.path(), self.context().await, names()).await
    }
}

fn names() -> Names {
    Names::new("130624".parse().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_key_stored_by_one_process_reaches_the_others() {
    let mut shared = Shared::new().await;
    let (left, right) = (shared.open().await, shared.open().await);
    left.store(&[(CARD, 1, key(1)), (CARD, 2, key(2))]).await.unwrap();
    right.catch_up().await.unwrap();
    assert_eq!((right.key(CARD, 1), right.key(CARD, 3)), (Some(key(1)), None));
    // Both may store the same key at the same time. Of two values under one name, one is refused.
    let same = [(CARD, 3, key(3))];
    let (a, b) = tokio::join!(left.store(&same), right.store(&same));
    a.unwrap();
    b.unwrap();
    let (one, other) = ([(CARD, 4, key(4))], [(CARD, 4, key(5))]);
    let (a, b) = tokio::join!(left.store(&one), right.store(&other));
    let changed = |stored: Result<(), StoreError>| match stored {
        Ok(()) => false,
        Err(error) => matches!(error, StoreError::Changed { subject: CARD, number: 4 }),
    };
    assert_ne!(changed(a), changed(b), "one of two values is stored");
    let changed = right.store(&[(CARD, 1, key(9))]).await;
    assert!(matches!(changed, Err(StoreError::Changed { subject: CARD, number: 1 })));
    shared.server.kill().unwrap();
    let back = async {
        tokio::time::sleep(std::time::Duration::from_millis(300)).await;
        tokio::task::block_in_place(|| shared.server.start_again().unwrap());
    };
    let last = [(CARD, 5, key(5))];
    let (stored, ()) = tokio::join!(left.store(&last), back);
    stored.unwrap();
    let third = shared.open().await;
    assert_eq!((third.key(CARD, 5), third.key(CARD, 2)), (Some(key(5)), Some(key(2))));
}

/// The stream loses its keys, as if an older copy of the server's store was restored. Every process stores again the
/// keys it knows, when it is told to or when it notices.
#[tokio::test(flavor = "multi_thread")]
async fn keys_that_the_stream_has_lost_are_stored_again() {
    let shared = Shared::new().await;
    let (left, right) = (shared.open().await, shared.open().await);
    left.store(&[(CARD, 1, key(1)), (CARD, 2, key(2)), (CARD, 3, key(3))]).await.unwrap();
    right.catch_up().await.unwrap();
    let context = shared.context().await;
    let wanted = declaration::stream(&names(), 1);
    context.delete_stream(&wanted.name).await.unwrap();
    context.create_stream(wanted.clone()).await.unwrap();
    assert_eq!(shared.open().await.key(CARD, 2), None, "the stream has lost the key");
    assert_eq!(left.give_back().await.unwrap(), 3);
    assert_eq!(left.give_back().await.unwrap(), 0);
    assert_eq!(shared.open().await.key(CARD, 2), Some(key(2)));
    context.delete_stream(&wanted.name).await.unwrap();
    context.create_stream(wanted).await.unwrap();
    // This time they are not told: they notice that the stream ends before the last message they read.
    let begun = std::time::Instant::now();
    while shared.open().await.key(CARD, 3).is_none() {
        assert!(begun.elapsed() < std::time::Duration::from_secs(30), "no process has stored it again");
        tokio::time::sleep(std::time::Duration::from_millis(500)).await;
    }
    right.store(&[(CARD, 4, key(4))]).await.unwrap();
    left.catch_up().await.unwrap();
    assert_eq!(left.key(CARD, 4), Some(key(4)));
}

/// The caller gets an error and may try again; it does not wait for ever.
#[tokio::test(flavor = "multi_thread")]
async fn storing_keys_gives_up_after_a_while_and_may_be_tried_again() {
    let shared = Shared::new().await;
    let vault = shared.open().await;
    let (context, wanted) = (shared.context().await, declaration::stream(&names(), 1));
    context.delete_stream(&wanted.name).await.unwrap();
    let keys = [(CARD, 1, key(1))];
    let stored = vault.store(&keys);
    let stored = tokio::time::timeout(std::time::Duration::from_secs(30), stored).await.expect("it is given up");
    assert!(matches!(stored, Err(StoreError::Vault(_))), "{stored:?}");
    context.create_stream(wanted).await.unwrap();
    vault.store(&keys).await.unwrap();
    assert_eq!(shared.open().await.key(CARD, 1), Some(key(1)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_opens_only_under_its_own_subject_and_wrap_key() {
    let shared = Shared::new().await;
    shared.open().await.store(&[(CARD, 1, key(1))]).await.unwrap();
    let wrap = shared.dir.path().join("vault/wrap.key");
    let right = std::fs::read(&wrap).unwrap();
    std::fs::write(&wrap, [3; 32]).unwrap();
    let other = shared.try_open().await.unwrap_err();
    assert!(matches!(other, VaultError::Sealed { subject: CARD, number: 1 }), "{other}");
    std::fs::write(&wrap, right).unwrap();
    let context = shared.context().await;
    let stream = context.get_stream(declaration::name(&names())).await.unwrap();
    let message = stream.get_last_raw_message_by_subject(&declaration::subject(&names(), (CARD, 1))).await.unwrap();
    context.publish(declaration::subject(&names(), (CARD, 2)), message.payload).await.unwrap().await.unwrap();
    let moved = shared.try_open().await.unwrap_err();
    assert!(matches!(moved, VaultError::Sealed { subject: CARD, number: 2 }), "{moved}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keys_of_a_folder_are_copied_to_the_stream_once() {
    let shared = Shared::new().await;
    let local = Vault::open(shared.dir.path()).unwrap();
    let keys: Vec<_> = (1..=700).map(|number| (CARD + u64::from(number % 7), number, key(8))).collect();
    local.store(&keys).await.unwrap();
    let tag = local.tag_key().tag("901624195803071228");
    drop(local);
    for _ in 0..2 {
        let handed = Vault::hand_over(shared.dir.path(), shared.context().await, names()).await.unwrap();
        assert_eq!(handed, 700);
    }
    let vault = shared.open().await;
    assert!(keys.iter().all(|(subject, number, key)| vault.key(*subject, *number).as_ref() == Some(key)));
    assert_eq!(vault.tag_key().tag("901624195803071228"), tag);
    let mut stream = shared.context().await.get_stream(declaration::name(&names())).await.unwrap();
    assert_eq!(stream.info().await.unwrap().state.messages, 700);
}
