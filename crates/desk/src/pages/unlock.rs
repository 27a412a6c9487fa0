//! The passphrase of the key: asked once per sitting, and again after the key was not used for a while.

use super::{back, go};
use crate::desk::Desk;
use crate::labels;
use crate::page::{PageError, Visit};
use axum::extract::{Multipart, Query, State};
use axum::response::Response;
use lika_client::HomeError;
use lika_client::passphrase::Passphrase;
use maud::html;
use serde::Deserialize;
use std::sync::Arc;

/// Where to go when it is unlocked, and whether the passphrase was wrong.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(crate) struct Asking {
    back: String,
    wrong: Option<String>,
}

/// The address that asks for the passphrase, and leads back.
pub(crate) fn address(back: &str) -> String {
    format!("/unlock?back={}", encoded(back))
}

/// `GET /unlock`
pub(crate) async fn get(
    State(desk): State<Arc<Desk>>,
    Query(query): Query<Asking>,
    visit: Visit,
) -> Result<Response, PageError> {
    let (page, key) = (desk.page(&visit), desk.key()?);
    let wrong = query.wrong.is_some();
    let title = page.say(labels::UNLOCK_TITLE);
    let body = html! {
        h1 { (title) }
        p { (page.say(labels::UNLOCK_WHY)) }
        form method="post" action="/unlock" enctype="multipart/form-data" {
            (page.hidden())
            input type="hidden" name="back" value=(query.back);
            div.field.bad[wrong] {
                label for="passphrase" { (labels::PASSPHRASE.with(page.language, [&key.name])) }
                input id="passphrase" name="passphrase" type="password" autocomplete="off" required autofocus
                    aria-invalid=[wrong.then_some("true")] aria-describedby=[wrong.then_some("passphrase-fault")];
                @if wrong { p.fault id="passphrase-fault" role="alert" { (page.say(labels::PASSPHRASE_WRONG)) } }
            }
            button { (page.say(labels::UNLOCK)) }
        }
    };
    Ok(page.draw(title, &body))
}

/// `POST /unlock`
pub(crate) async fn post(State(desk): State<Arc<Desk>>, form: Multipart) -> Result<Response, PageError> {
    let posted = desk.posted(form).await?;
    let back = back(&posted);
    let passphrase = Passphrase::new(posted.get("passphrase").unwrap_or_default());
    // Deriving the key takes a good part of a second, as it must.
    let behind = desk.clone();
    let unlocked = tokio::task::spawn_blocking(move || {
        let key = behind.key()?;
        behind.home.unlock(&key, &passphrase).map(drop).map_err(PageError::from)
    });
    match unlocked.await.map_err(|error| PageError::Unsigned(error.to_string()))? {
        Ok(()) => {
            desk.ask.notify_one();
            desk.resume_table()?;
            Ok(go(back))
        }
        Err(PageError::Home(HomeError::PassphraseWrong(_))) => Ok(go(&format!("{}&wrong=1", address(back)))),
        Err(error) => Err(error),
    }
}

/// `POST /lock`
pub(crate) async fn lock(State(desk): State<Arc<Desk>>, form: Multipart) -> Result<Response, PageError> {
    desk.posted(form).await?;
    desk.home.unlocked().lock();
    // What was fetched is forgotten.
    desk.copy.want();
    Ok(go("/"))
}

/// A text as part of a query.
fn encoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-_.".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_back_stands_in_the_address() {
        assert_eq!(address("/report/x?village=1&a=#"), "/unlock?back=/report/x%3Fvillage%3D1%26a%3D%23");
    }
}
