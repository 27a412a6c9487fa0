//! Compares a table with the register, as far as the node shows it to the official.

use super::checked::Checked;
use super::draft::{Draft, State};
use super::kind::Kind;
use super::problem::{Code, Finding};
use crate::api::{Api, ApiError};
use futures::StreamExt;
use lika_domain::ids::HouseholdId;
use serde_json::Value;
use std::collections::BTreeMap;

/// How many cards are asked for at a time.
const ASKED_AT_A_TIME: usize = 8;
/// Not found.
const NOT_FOUND: u32 = 404;

/// How far the comparison got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Compared {
    /// Cards that were read.
    pub cards: usize,
    /// Cards that the official may not see, so that nothing is known of them.
    pub unseen: usize,
}

impl Checked {
    /// Asks the node for the card of every household that the table names, and refuses rows whose thing is on the card
    /// already, or whose household there is not. `api` needs a session. `told` receives how many cards were asked for.
    ///
    /// # Errors
    /// If the node cannot be reached.
    pub async fn compare_with_register(
        &mut self,
        api: &Api,
        mut told: impl FnMut(usize, usize),
    ) -> Result<Compared, ApiError> {
        let mut drafts: BTreeMap<HouseholdId, Vec<Draft>> = BTreeMap::new();
        for draft in self.of(State::New) {
            if let Some(household) = draft.household {
                drafts.entry(household).or_default().push(draft.clone());
            }
        }
        let of = drafts.len();
        let asked = drafts.into_iter().map(|(household, drafts)| async move {
            let card = api.household(household).await;
            (drafts, card)
        });
        let mut answers = futures::stream::iter(asked).buffered(ASKED_AT_A_TIME);
        let (mut compared, mut found) = (Compared::default(), Vec::new());
        while let Some((drafts, card)) = answers.next().await {
            match card {
                Ok(card) => {
                    compared.cards += 1;
                    found.extend(drafts.iter().flat_map(|draft| on_card(self.kind, draft, &card)));
                }
                Err(ApiError::Refused(refusal)) if refusal.status == NOT_FOUND => {
                    compared.cards += 1;
                    if self.kind != Kind::Households {
                        found.extend(drafts.iter().map(|draft| at(draft, Code::HouseholdUnknown, "household")));
                    }
                }
                Err(ApiError::Refused(_)) => compared.unseen += 1,
                Err(error) => return Err(error),
            }
            told(compared.cards + compared.unseen, of);
        }
        self.refuse(found);
        Ok(compared)
    }
}

/// What of a draft the card has already.
fn on_card(kind: Kind, draft: &Draft, card: &Value) -> Option<Finding> {
    let event = draft.event.get(kind.event().name).unwrap_or(&Value::Null);
    let same = |list: &str, field: &str, value: &Value| {
        let listed = card.get(list).and_then(Value::as_array).into_iter().flatten();
        listed.filter(|one| one.get(field).is_some_and(|found| text(found) == text(value))).count() > 0
    };
    let of = |field: &str| event.get(field).unwrap_or(&Value::Null);
    let official = draft.event.get("official").unwrap_or(&Value::Null);
    let village = card.get("village").map(text);
    let person = Value::from(format!("{}{:02}", text(card.get("id").unwrap_or(&Value::Null)), member(event)));
    if kind != Kind::Households && village.is_some_and(|village| village != draft.village.to_string()) {
        return Some(at(draft, Code::HouseholdUnknown, "household"));
    }
    match kind {
        Kind::Households => Some(at(draft, Code::HouseholdTaken, "household")),
        Kind::Members if same("members", "id", &person) => Some(at(draft, Code::Exists, "number")),
        Kind::Income if same("incomes", "year", of("year")) => Some(at(draft, Code::Exists, "year")),
        Kind::Aid if same("deliveries", "number", of("delivery")) => Some(at(draft, Code::Exists, "delivery")),
        Kind::Assignments if same("officials", "official", official) => Some(at(draft, Code::Exists, "official")),
        Kind::Acknowledgements => {
            let deliveries = card.get("deliveries").and_then(Value::as_array).into_iter().flatten();
            let mut named =
                deliveries.filter(|one| one.get("number").is_some_and(|found| text(found) == text(of("delivery"))));
            let done = named.any(|one| one.get("acknowledged").is_some_and(|on| !on.is_null()));
            done.then(|| at(draft, Code::Exists, "delivery"))
        }
        _ => None,
    }
}

fn member(event: &Value) -> u64 {
    event.get("member").and_then(|member| member.get("number")).and_then(Value::as_u64).unwrap_or(0)
}

fn at(draft: &Draft, code: Code, column: &'static str) -> Finding {
    Finding::of_row(code, draft.rows[0]).in_column(column)
}

/// A number or a text, as it stands.
fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
