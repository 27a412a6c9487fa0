//! The card of a household on paper: A4 or pocket, as a page or a PDF, with a code that carries proofs of the node.

use crate::desk::{Desk, today};
use crate::labels::{self, Label};
use crate::page::{PageError, Visit};
use axum::extract::{Path, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use lika_card::{Booked, Candidate, Code, Contents, Due, PaperSize, PdfError, Responsible};
use lika_client::ApiError;
use lika_client::replica::Known;
use lika_domain::entitlement::Entitlement;
use lika_domain::household::Household;
use lika_domain::ids::HouseholdId;
use lika_domain::member::Relation;
use maud::html;
use std::sync::Arc;

/// Entries that are looked at for the code: the latest of aid, and the latest of all, as `lika household --card` does.
const CANDIDATES: usize = 6;

/// Why there is no card, with the entries whose proofs are missing.
enum NoCard {
    Unreachable(String),
    Refused(String),
    NotProven,
    NoBrowser,
    Broken(String),
}

/// `GET /households/{id}/print`
pub(crate) async fn get(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, PageError> {
    let (page, id) = (desk.page(&visit), household(&id)?);
    let known = desk.area().known.ok_or(PageError::NotFound)?;
    let card = card(&known, id)?;
    let title = page.say(labels::PRINT_TITLE);
    let offline = desk.seen().reachable == Some(false);
    let body = html! {
        h1 { (title) " " (id) }
        p { (page.say(labels::PRINT_WHY)) " " (page.say(labels::PRINT_LANGUAGE)) }
        @if offline {
            p.node.off role="status" {
                (labels::PRINT_NO_PROOF.with(page.language, [&named(&candidates(&known, id, card))]))
            }
        } @else {
            @for (size, label) in [("a4", labels::PRINT_A4), ("pocket", labels::PRINT_POCKET)] {
                section {
                    h2 { (page.say(label)) }
                    p.actions {
                        @for (form, said) in [("html", labels::PRINT_HTML), ("pdf", labels::PRINT_PDF)] {
                            a.button.plain href={ "/households/" (id) "/print/" (size) "." (form) } download
                                aria-label={ (page.say(label)) " " (page.say(said)) } { (page.say(said)) }
                            " "
                        }
                    }
                }
            }
        }
        p { a.button.plain href={ "/households/" (id) } { (page.say(labels::HOUSEHOLD)) " " (id) } }
    };
    Ok(page.draw(title, &body))
}

/// `GET /households/{id}/print/{file}`: the card as a file.
pub(crate) async fn file(
    State(desk): State<Arc<Desk>>,
    Path((id, file)): Path<(String, String)>,
    visit: Visit,
) -> Result<Response, PageError> {
    let (page, id) = (desk.page(&visit), household(&id)?);
    let (size, is_pdf) = match file.as_str() {
        "a4.html" => (PaperSize::A4, false),
        "a4.pdf" => (PaperSize::A4, true),
        "pocket.html" => (PaperSize::Pocket, false),
        "pocket.pdf" => (PaperSize::Pocket, true),
        _ => return Err(PageError::NotFound),
    };
    let known = desk.area().known.ok_or(PageError::NotFound)?;
    let card = card(&known, id)?;
    let made = async {
        let (origin, code) = prove(&desk, id, &candidates(&known, id, card)).await?;
        let contents = contents(&known, id, card, origin);
        let drawn = lika_card::page(&contents, &code, size, page.language);
        let drawn = drawn.map_err(|error| NoCard::Broken(error.to_string()))?.into_string();
        if is_pdf { pdf(drawn).await } else { Ok(drawn.into_bytes()) }
    };
    let why = match made.await {
        Ok(bytes) => {
            let media_type = if is_pdf { "application/pdf" } else { "text/html; charset=utf-8" };
            let name = format!("attachment; filename=\"{id}-{file}\"");
            let headers = [(CONTENT_TYPE, media_type.to_owned()), (CONTENT_DISPOSITION, name)];
            return Ok((headers, bytes).into_response());
        }
        Err(why) => why,
    };
    let entries = |label: Label, entries: &str| label.with(page.language, [&entries]);
    let said = match &why {
        NoCard::Unreachable(missing) => entries(labels::PRINT_NO_PROOF, missing),
        NoCard::Refused(missing) => entries(labels::PRINT_REFUSED, missing),
        NoCard::NotProven => page.say(labels::PRINT_NOT_PROVEN).to_owned(),
        NoCard::NoBrowser => page.say(labels::PRINT_NO_BROWSER).to_owned(),
        NoCard::Broken(error) => error.clone(),
    };
    let body = html! {
        h1 { (page.say(labels::PRINT_NONE)) }
        p.node.off role="alert" { (said) }
        p { a.button.plain href={ "/households/" (id) "/print" } { (page.say(labels::PRINT_TITLE)) } }
    };
    Ok(page.draw(page.say(labels::PRINT_NONE), &body))
}

fn household(text: &str) -> Result<HouseholdId, PageError> {
    text.parse().ok().and_then(HouseholdId::new).ok_or(PageError::NotFound)
}

/// The card as the log has it: what only waits is proven by nothing.
fn card(known: &Known, id: HouseholdId) -> Result<&Household, PageError> {
    let home = known.state().homes.get(&id).ok_or(PageError::NotFound)?;
    let village = known.state().villages.get(home).ok_or(PageError::NotFound)?;
    village.households.get(&id).ok_or(PageError::NotFound)
}

/// Entries whose proofs the code is to carry, the most wanted first.
fn candidates(known: &Known, id: HouseholdId, card: &Household) -> Vec<u64> {
    let aid = card.deliveries.iter().rev().map(|one| one.entry).take(CANDIDATES);
    let mut entries = Vec::new();
    for entry in aid.chain(known.entries_of(id).iter().rev().copied().take(CANDIDATES)) {
        if !entries.contains(&entry) {
            entries.push(entry);
        }
    }
    entries
}

fn named(entries: &[u64]) -> String {
    entries.iter().map(u64::to_string).collect::<Vec<_>>().join(", ")
}

/// Asks the node for the proofs, and puts those that hold into a code.
async fn prove(desk: &Desk, id: HouseholdId, entries: &[u64]) -> Result<(String, Code), NoCard> {
    let broken = |error: String| NoCard::Broken(error);
    let why = |error: ApiError| match error {
        ApiError::Refused(_) => NoCard::Refused(named(entries)),
        ApiError::Protocol(_) => NoCard::NotProven,
        _ => NoCard::Unreachable(named(entries)),
    };
    let key = desk.key().map_err(|error| broken(error.to_string()))?;
    let log = desk.home.log_key(&key.origin).map_err(|error| broken(error.to_string()))?;
    let log = log.ok_or_else(|| NoCard::Unreachable(named(entries)))?;
    let signer = desk.home.signer_of(&key).map_err(|error| broken(error.to_string()))?;
    let session = desk.api.open_session(&signer).await.map_err(why)?;
    let api = desk.api.with_token(&session.token).map_err(why)?;
    let (checkpoint, proofs) = api.prove(entries, &log).await.map_err(why)?;
    let proven = proofs.into_iter().map(|one| Candidate { index: one.index, entry: one.entry, hashes: one.hashes });
    let code = Code::new(id, &checkpoint, &proven.collect::<Vec<_>>()).map_err(|error| broken(error.to_string()))?;
    Ok((key.origin, code))
}

/// Prints with a browser of this machine.
async fn pdf(page: String) -> Result<Vec<u8>, NoCard> {
    let printed = tokio::task::spawn_blocking(move || lika_card::print(&lika_card::find_browser()?, &page)).await;
    match printed.map_err(|error| NoCard::Broken(error.to_string()))? {
        Ok(bytes) => Ok(bytes),
        Err(PdfError::NoBrowser) => Err(NoCard::NoBrowser),
        Err(error) => Err(NoCard::Broken(error.to_string())),
    }
}

/// What is on the card, from the copy of the area.
fn contents(known: &Known, household: HouseholdId, card: &Household, origin: String) -> Contents {
    let (state, personal, today) = (known.state(), known.personal(), today());
    let village = state.homes.get(&household).copied().unwrap_or_else(|| known.area());
    let filled = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let head = card.members.iter().find(|member| member.relation == Relation::Head);
    let responsible = card.officials.iter().map(|one| {
        let person = personal.official(one.official);
        Responsible {
            official: one.official.to_string(),
            capacity: one.capacity.name().to_owned(),
            name: person.and_then(|person| filled(&person.name)),
            phone: person.and_then(|person| filled(&person.phone)),
        }
    });
    let aid = card.deliveries.iter().map(|one| Booked {
        measure: one.group.name().to_owned(),
        amount: one.amount.0,
        reversed: one.reversed.0,
        happened: one.happened.to_string(),
        acknowledged: one.acknowledged.map(|day| day.to_string()),
        entry: one.entry,
    });
    let due = Entitlement::ALL.iter().filter(|one| card.status.is_live() && one.is_due(card, today));
    let due = due.map(|one| Due {
        entitlement: one.name().to_owned(),
        received: one.received(card, today).map(|delivery| delivery.happened.to_string()),
    });
    Contents {
        origin,
        household,
        head: head.and_then(|head| filled(personal.name(household, head.number))),
        village,
        village_name: state.villages.get(&village).and_then(|village| filled(&village.head.name)),
        persons: card.members.len(),
        status: card.status.name().to_owned(),
        since: card.since.to_string(),
        officials: responsible.collect(),
        aid: aid.collect(),
        due: due.collect(),
        entries: known.checkpoint().map_or(0, |checkpoint| checkpoint.size),
        made: today.to_string(),
        contact: None,
    }
}
