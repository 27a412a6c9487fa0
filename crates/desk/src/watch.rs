//! What the desk does by itself: it sends what waits, and asks the node who the official is.

use crate::desk::{Desk, Who};
use crate::fetch;
use lika_client::ApiError;
use lika_client::outbox;
use lika_retry::{NODE, Waits};
use serde_json::Value;
use std::convert::Infallible;
use std::ops::ControlFlow;
use std::time::Duration;

/// How often to ask the node again while it answers, in seconds.
const ASK_S: u64 = 30;

/// Sends and asks for as long as it is polled.
pub(crate) async fn watch(desk: &Desk) {
    tokio::join!(sending(desk), asking(desk), fetch::keep(desk));
}

/// Sends what waits, but not while a table is sent: that sends everything of the key itself, and hears of refusals.
async fn sending(desk: &Desk) {
    let mut table = desk.tables.sending.subscribe();
    loop {
        let by_itself = outbox::watch(&desk.home, &desk.api, &desk.wake, |round| -> ControlFlow<Infallible> {
            match round {
                // What the next report may rest on.
                Ok(sent) if !sent.recorded.is_empty() => desk.copy.want(),
                Ok(_) => {}
                Err(error) => tracing::warn!(%error, "what waits could not be sent"),
            }
            ControlFlow::Continue(())
        });
        tokio::select! {
            biased;
            _ = table.wait_for(|is_sent| *is_sent) => {}
            never = by_itself => match never {},
        }
        // The desk lives as long as this is polled, and so does what is waited for.
        let _ = table.wait_for(|is_sent| !*is_sent).await;
    }
}

/// Asks the node whether it is there, again and again, and who the official is.
async fn asking(desk: &Desk) {
    let mut waits = Waits::new(NODE);
    loop {
        let reached = ask(desk).await;
        desk.note_reachable(reached);
        if reached {
            waits.reset();
        }
        let wait = async {
            match reached {
                true => tokio::time::sleep(Duration::from_secs(ASK_S)).await,
                false => waits.wait().await,
            }
        };
        tokio::select! {
            () = wait => {}
            () = desk.ask.notified() => {}
        }
    }
}

/// Whether the node answered. What it says about the official is noted.
async fn ask(desk: &Desk) -> bool {
    let Ok(log) = desk.api.log().await else { return false };
    let Ok(key) = desk.key() else { return true };
    if log.origin != key.origin {
        return true;
    }
    if let Err(error) = desk.home.meet_log(&log.origin, &log.verifier_key) {
        tracing::error!(%error, "the node shows another key than before");
        return false;
    }
    let (id, known) = (key.id().to_string(), desk.seen().who);
    // Each use of the key begins the time anew after which it locks: it is used only where something is to be learned.
    let fresh = known.key == id && known.enrolled == Some(true) && desk.is_asked();
    if fresh || desk.home.unlocked().remaining(key.id()).is_none() && key.is_protected() {
        return true;
    }
    let Ok(signer) = desk.home.signer_of(&key) else { return true };
    let said = async {
        let session = desk.api.open_session(&signer).await?;
        desk.api.with_token(&session.token)?.official(key.official).await
    };
    match said.await {
        Ok(document) => {
            desk.learned(who(&document, Who { key: id, enrolled: Some(true), log: Some(log), ..Who::default() }));
        }
        Err(ApiError::Refused(_)) => {
            desk.learned(Who { key: id, enrolled: Some(false), log: Some(log), ..Who::default() });
        }
        // The line broke off between two requests: what was known stays.
        Err(_) => {}
    }
    true
}

fn who(document: &Value, rest: Who) -> Who {
    let text = |name: &str| document.get(name).and_then(Value::as_str).map(str::to_owned);
    let name = document.get("personal").and_then(|personal| personal.get("name")).and_then(Value::as_str);
    Who {
        name: name.unwrap_or_default().to_owned(),
        role: text("role"),
        area: text("area"),
        unit: text("unit").unwrap_or_default(),
        post: text("post").unwrap_or_default(),
        ..rest
    }
}
