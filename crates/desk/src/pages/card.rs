//! A household's card with everything in force, and what may follow.

mod next;

use super::area::{head_name, phone, standing};
use super::summary;
use crate::desk::Desk;
use crate::labels::{self, capital};
use crate::page::{Page, PageError, Visit};
use axum::extract::{Path, State};
use axum::response::Response;
use lika_client::replica::Known;
use lika_client::replica::personal::Card as Personal;
use lika_domain::aid::MeasureGroup;
use lika_domain::area::Area;
use lika_domain::catalogue;
use lika_domain::date::Date;
use lika_domain::describe::Event;
use lika_domain::household::{Attribute, Cause, Household, MonitoringKind, Status};
use lika_domain::ids::HouseholdId;
use lika_domain::kind::List;
use lika_domain::living::{Condition, Met};
use lika_domain::member::{Health, Labour, Relation, Sex};
use lika_domain::money::Fen;
use lika_domain::official::Capacity;
use lika_domain::submission::Events;
use maud::{Markup, html};
use std::sync::Arc;

/// Stands between groups of three digits of an amount.
const SEPARATOR: char = ',';

/// What the page is drawn from.
struct View<'v> {
    page: &'v Page,
    known: &'v Known,
    personal: &'v Personal,
    id: HouseholdId,
    area: Area,
    village: &'v str,
    card: &'v Household,
}

/// `GET /households/{id}`
pub(crate) async fn get(
    State(desk): State<Arc<Desk>>,
    Path(id): Path<String>,
    visit: Visit,
) -> Result<Response, PageError> {
    let (page, shown) = (desk.page(&visit), desk.area());
    let id = id.parse().ok().and_then(HouseholdId::new).ok_or(PageError::NotFound)?;
    let Some(known) = &shown.known else {
        let body = html! { h1 { (page.say(labels::HOUSEHOLD)) " " (id) } (standing(&page, &shown)) };
        return Ok(page.draw(page.say(labels::HOUSEHOLD), &body));
    };
    let state = desk.expected(known);
    let home = state.homes.get(&id).ok_or(PageError::NotFound)?;
    let village = state.villages.get(home).ok_or(PageError::NotFound)?;
    let card = village.households.get(&id).ok_or(PageError::NotFound)?;
    let none = Personal::default();
    let personal = known.personal().household(id).unwrap_or(&none);
    let view = View { page: &page, known, personal, id, area: *home, village: &village.head.name, card };
    let title = match head_name(known.personal(), id, card) {
        "" => id.to_string(),
        name => name.to_owned(),
    };
    let body = html! {
        h1 { (title) }
        (standing(&page, &shown))
        @if shown.known.as_ref().is_some_and(|known| !known.state().homes.contains_key(&id)) {
            p.node.off { (page.say(labels::CARD_WAITS)) }
        }
        (view.facts())
        p { a.button.plain href={ "/households/" (id) "/print" } { (page.say(labels::PRINT_TITLE)) } }
        (view.next())
        (view.people())
        (view.officials())
        (view.visits())
        (view.income())
        (view.conditions())
        (view.aid())
        (view.history())
    };
    Ok(page.draw(&title, &body))
}

impl View<'_> {
    fn label(&self, list: &List, name: &str) -> String {
        capital(&list.label(name, self.page.language))
    }

    fn labels<'n>(&self, list: &List, names: impl Iterator<Item = &'n str>) -> String {
        let labels: Vec<_> = names.map(|name| list.label(name, self.page.language)).collect();
        capital(&labels.join(self.page.language.of("、", ", ")))
    }

    fn yuan(&self, amount: Fen) -> String {
        let yuan = amount.in_yuan(SEPARATOR);
        self.page.language.of(format!("{yuan} 元"), format!("{yuan} yuan"))
    }

    /// The address of the form of an event about this household.
    fn report(&self, event: &str, more: &str) -> String {
        format!("/report/{event}?village={}&household={}{more}", self.area, self.id)
    }

    fn facts(&self) -> Markup {
        let (page, card) = (self.page, self.card);
        let causes = std::iter::once(card.facts.main_cause).chain(card.facts.other_causes.iter().copied());
        html! {
            section {
                dl.facts {
                    dt { (page.say(labels::HOUSEHOLD)) } dd { (self.id) }
                    dt { (page.say(labels::VILLAGE)) }
                    dd { a href={ "/area?village=" (self.area) } { (self.village) } " " (self.area) }
                    dt { (page.say(labels::STATUS)) }
                    dd {
                        span.state { (self.label(&Status::LIST, card.status.name())) } " "
                        (labels::SINCE.with(page.language, [&card.since]))
                    }
                    dt { (page.say(labels::ATTRIBUTE)) }
                    dd { (self.label(&Attribute::LIST, card.facts.attribute.name())) }
                    dt { (page.say(labels::CAUSES)) } dd { (self.labels(&Cause::LIST, causes.map(Cause::name))) }
                    dt { (page.say(labels::REGISTERED)) } dd { (card.registered) }
                    @if let Some(watch) = &card.monitoring {
                        dt { (page.say(labels::MONITORED)) }
                        dd {
                            (self.label(&MonitoringKind::LIST, watch.kind.name())) " "
                            (labels::SINCE.with(page.language, [&watch.since]))
                        }
                    }
                    @if let Some(contact) = &self.personal.household {
                        @if !contact.address.is_empty() { dt { (page.say(labels::ADDRESS)) } dd { (contact.address) } }
                        @if !contact.phone.is_empty() {
                            dt { (page.say(labels::PHONE)) } dd { (phone(&contact.phone)) }
                        }
                        @if !contact.account.is_empty() {
                            dt { (page.say(labels::ACCOUNT)) } dd { (contact.bank) " " (contact.account) }
                        }
                        @if !contact.remark.is_empty() { dt { (page.say(labels::REMARK)) } dd { (contact.remark) } }
                    }
                    @if card.erased { dt { (page.say(labels::PRIVATE)) } dd { (page.say(labels::ERASED)) } }
                }
                p.actions {
                    a.button href={ "/report?village=" (self.area) "&household=" (self.id) } {
                        (page.say(labels::REPORT_ON_HOUSEHOLD))
                    }
                }
            }
        }
    }

    fn people(&self) -> Markup {
        let page = self.page;
        html! {
            section {
                h2 { (page.say(labels::PEOPLE)) }
                ul.items {
                    @for member in &self.card.members {
                        @let id = self.id.person(member.number).to_string();
                        @let person = self.personal.members.iter().find(|person| person.id == id);
                        li {
                            strong { (person.map_or(id.as_str(), |person| person.name.as_str())) }
                            span.soft {
                                " · " (self.label(&Relation::LIST, member.relation.name()))
                                " · " (self.label(&Sex::LIST, member.sex.name()))
                                " · " (member.birth_month)
                                " · " (self.label(&Health::LIST, member.health.name()))
                                " · " (self.label(&Labour::LIST, member.labour.name()))
                                @if let Some(person) = person {
                                    @if !person.citizen_id.is_empty() {
                                        @let end = person.citizen_id.trim_start_matches('*');
                                        " · " (labels::ID_END.with(page.language, [&end]))
                                    }
                                    @if !person.phone.is_empty() { " · " (phone(&person.phone)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// An official's name, or their number.
    fn official(&self, number: lika_domain::ids::OfficialId) -> String {
        let person = self.known.personal().official(number).filter(|person| !person.name.is_empty());
        person.map_or_else(|| number.to_string(), |person| format!("{}（{number}）", person.name))
    }

    fn officials(&self) -> Markup {
        let page = self.page;
        html! {
            section {
                h2 { (page.say(labels::RESPONSIBLE_OFFICIALS)) }
                @if self.card.officials.is_empty() { p { (page.say(labels::NOBODY)) } }
                ul.items {
                    @for assigned in &self.card.officials {
                        @let person = self.known.personal().official(assigned.official);
                        li {
                            strong { (self.official(assigned.official)) }
                            " " (phone(person.map_or("", |person| person.phone.as_str())))
                            span.soft {
                                " · " (self.label(&Capacity::LIST, assigned.capacity.name()))
                                " · " (labels::SINCE.with(page.language, [&assigned.from]))
                            }
                        }
                    }
                }
                p { a href=(self.report("official_assigned", "")) { (self.title("official_assigned")) } }
            }
        }
    }

    fn title(&self, event: &str) -> String {
        catalogue::event(event).map(|event| summary::title(event, self.page.language)).unwrap_or_default()
    }

    fn visits(&self) -> Markup {
        let page = self.page;
        let last = self.card.visited.map_or_else(|| "–".to_owned(), |day| day.to_string());
        html! {
            section {
                h2 { (page.say(labels::VISITS)) }
                p { (labels::VISITS_COUNT.with(page.language, [&self.card.visits, &last])) }
                ul.items {
                    @for visit in &self.personal.visits {
                        @let by = visit.official.parse().ok().and_then(lika_domain::ids::OfficialId::new);
                        li {
                            (visit.happened) span.soft { " · " (by.map(|by| self.official(by)).unwrap_or_default()) }
                            p { (visit.seen) }
                        }
                    }
                }
                @if self.personal.visits.len() < self.card.visits as usize && !self.personal.visits.is_empty() {
                    p.soft { (labels::VISITS_LATEST.with(page.language, [&self.personal.visits.len()])) }
                }
                p { a href=(self.report("household_visited", "")) { (self.title("household_visited")) } }
            }
        }
    }

    fn income(&self) -> Markup {
        let page = self.page;
        html! {
            section {
                h2 { (page.say(labels::INCOME)) }
                @if self.card.incomes.is_empty() { p { (page.say(labels::NOTHING_YET)) } }
                dl.facts {
                    @for income in self.card.incomes.iter().rev() {
                        dt { (income.year) }
                        @let (per_head, net) = (self.yuan(income.per_head), self.yuan(income.net));
                        dd { (labels::INCOME_LINE.with(page.language, [&per_head, &net])) }
                    }
                }
                p { a href=(self.report("income_assessed", "")) { (self.title("income_assessed")) } }
            }
        }
    }

    fn conditions(&self) -> Markup {
        let page = self.page;
        html! {
            section {
                h2 { (page.say(labels::CONDITIONS)) }
                dl.facts {
                    @for (condition, known) in Condition::ALL.iter().zip(self.card.conditions.met) {
                        dt { (self.label(&Condition::LIST, condition.name())) }
                        dd {
                            @match known {
                                Some((met, day, _)) => {
                                    @if met == Met::Yes {
                                        (page.say(labels::MET))
                                    } @else {
                                        strong { (page.say(labels::UNMET)) }
                                    }
                                    " " (day)
                                }
                                None => span.soft { (page.say(labels::NOT_ASSESSED)) },
                            }
                        }
                    }
                }
                p {
                    a href=(self.report("living_conditions_assessed", "")) {
                        (self.title("living_conditions_assessed"))
                    }
                }
            }
        }
    }

    fn aid(&self) -> Markup {
        let page = self.page;
        html! {
            section {
                h2 { (page.say(labels::AID)) }
                @if self.card.deliveries.is_empty() { p { (page.say(labels::NOTHING_YET)) } }
                ul.items {
                    @for delivery in self.card.deliveries.iter().rev() {
                        li {
                            (delivery.happened) " " (self.label(&MeasureGroup::LIST, delivery.group.name()))
                            " " strong { (self.yuan(delivery.amount)) }
                            span.soft {
                                " · " (labels::NUMBER.with(page.language, [&delivery.number]))
                                @match delivery.acknowledged {
                                    Some(day) => { " · " (labels::ACKNOWLEDGED.with(page.language, [&day])) }
                                    None => {
                                        " · "
                                        @let more = format!("&delivery={}", delivery.number);
                                        a href=(self.report("aid_acknowledged", &more)) {
                                            (page.say(labels::NOT_ACKNOWLEDGED))
                                        }
                                    }
                                }
                                @if delivery.reversed > Fen::default() {
                                    " · " (labels::REVERSED.with(page.language, [&self.yuan(delivery.reversed)]))
                                }
                            }
                        }
                    }
                }
                p { a href=(self.report("aid_delivered", "")) { (self.title("aid_delivered")) } }
            }
        }
    }

    /// Entries of the log about this household, the last one first.
    fn history(&self) -> Markup {
        let page = self.page;
        html! {
            details.part {
                summary { (page.say(labels::HISTORY)) }
                ul.items {
                    @for index in self.known.entries_of(self.id).iter().rev() {
                        li {
                            (labels::ENTRY_NUMBER.with(page.language, [index]))
                            @for (day, event) in self.events(*index) {
                                " · " (day) " " (summary::title(event, page.language))
                            }
                        }
                    }
                }
            }
        }
    }

    /// Events of an entry that concern this household.
    fn events(&self, index: u64) -> Vec<(Date, &'static Event)> {
        let entry = self.known.entry(index).and_then(|bytes| lika_proto::convert::entry(index, bytes).ok());
        let Some((entry, _)) = entry else { return Vec::new() };
        let own = Some(self.id);
        match &entry.events {
            Events::Households(events) => {
                let own = events.iter().filter(|event| event.envelope.household == own);
                own.map(|event| (event.envelope.happened, event.kind.event())).collect()
            }
            Events::Officials(events) => {
                let own = events.iter().filter(|event| event.envelope.household == own);
                own.map(|event| (event.envelope.happened, event.kind.event())).collect()
            }
            Events::Aid(events) => {
                let own = events.iter().filter(|event| event.envelope.household == own);
                own.map(|event| (event.envelope.happened, event.kind.event())).collect()
            }
        }
    }
}
