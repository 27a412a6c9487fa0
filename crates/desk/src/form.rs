//! The form of an event, made from its description: nothing here knows any event by name but for its attachments.

pub(crate) mod computed;
mod control;
pub(crate) mod hanging;
pub(crate) mod lists;
mod record;

use crate::answers::{AROUND, Answers, EVENT};
use crate::check::{Fault, around, is_required_around};
use crate::labels::{self, capital};
use crate::page::Page;
use lika_domain::describe::{Concerns, Event, Field};
use lika_domain::facts::evidence::EvidenceKind;
use lists::Lists;
use maud::{Markup, html};

/// The id of the form in its page.
pub(crate) const FORM_ID: &str = "report";

/// A form with its answers and what is wrong with them.
pub(crate) struct Form<'a> {
    pub(crate) page: &'a Page,
    pub(crate) event: &'static Event,
    pub(crate) answers: &'a Answers,
    pub(crate) faults: &'a [Fault],
    /// What is known of the area, to choose from.
    pub(crate) lists: &'a Lists,
}

impl Form<'_> {
    /// The form. It is sent to `action`.
    pub(crate) fn draw(&self, action: &str) -> Markup {
        html! {
            (self.summary())
            form id=(FORM_ID) method="post" action=(action) enctype="multipart/form-data" novalidate
                autocomplete="off" {
                (self.page.hidden())
                input type="hidden" name="event_name" value=(self.event.name);
                section {
                    (self.area())
                    @for field in around(self.event) { (self.around(field)) }
                }
                section {
                    h2 { (capital(self.event.label().one(self.page.language))) }
                    (self.fields(EVENT, self.event.fields))
                }
                (self.evidence())
                (self.corrects())
                p.actions {
                    button name="do" value="check" { (self.page.say(labels::CONTINUE)) }
                    " "
                    button.plain name="do" value="save" { (self.page.say(labels::SAVE_DRAFT)) }
                }
            }
        }
    }

    /// Everything that is wrong, with a link to each place.
    fn summary(&self) -> Markup {
        if self.faults.is_empty() {
            return html! {};
        }
        html! {
            div.faults role="alert" tabindex="-1" id="faults" {
                h2 { (labels::FAULTS.with(self.page.language, [&self.faults.len()])) }
                ul {
                    @for fault in self.faults {
                        @let what = fault.what.one(self.page.language);
                        li {
                            @match &fault.name {
                                Some(name) => a href={ "#" (control::id(name)) } { (self.name_of(name)) "：" (what) },
                                None => { (self.page.say(labels::WHOLE)) "：" (what) },
                            }
                        }
                    }
                }
            }
        }
    }

    fn area(&self) -> Markup {
        let (name, say) = ("area", |label| self.page.say(label));
        let listed = self.lists.areas(is_of_village(self.event));
        let hint = if listed.is_empty() { labels::AREA_HINT } else { labels::AREA_CHOOSE };
        self.labelled(
            name,
            say(labels::AREA_FIELD),
            say(hint),
            false,
            &html! {
                (self.line(name, None, listed))
                @if self.lists.wait_for_area(self.event) { (self.show_lists()) }
            },
        )
    }

    /// A field of every event.
    fn around(&self, field: &'static Field) -> Markup {
        let name = format!("{AROUND}.{}", field.name);
        let optional = !is_required_around(self.event, field);
        let mut hint = control::hint(field, self.page.language);
        if field.name == "household" {
            let village = (self.event.concerns == Concerns::HouseholdOrVillage).then_some(labels::NO_HOUSEHOLD);
            let new = begins_card(self.event).then_some(labels::NEW_HOUSEHOLD);
            let more = new.into_iter().chain(village);
            hint = more.fold(hint, |hint, label| format!("{hint} {}", self.page.say(label)));
        }
        let label = capital(field.label().one(self.page.language));
        self.labelled(
            &name,
            &label,
            &hint,
            optional,
            &html! {
                (self.input(&name, field))
                @if self.lists.wait_for(self.event, field) { (self.show_lists()) }
            },
        )
    }

    /// Saves the form and shows it again, with the lists that go with what was chosen.
    fn show_lists(&self) -> Markup {
        html! { " " button.plain.small name="do" value="refresh" { (self.page.say(labels::SHOW_LISTS)) } }
    }

    /// Attachments, each a file and its kind.
    fn evidence(&self) -> Markup {
        let list = format!("{AROUND}.evidence");
        let (say, title) = (|label| self.page.say(label), self.page.say(labels::EVIDENCE));
        let many = self.answers.len(&list);
        html! {
            section.records {
                h2 { (title) " " small { (say(labels::OPTIONAL)) } }
                p.hint { (say(labels::EVIDENCE_HINT)) }
                @for place in 0..many { (self.attachment(&list, place)) }
                (self.add(&list, title))
            }
        }
    }

    fn attachment(&self, list: &str, place: usize) -> Markup {
        let record = format!("{list}.{place}");
        let title = format!("{} {}", self.page.say(labels::EVIDENCE), place + 1);
        let (kind, file) = (format!("{record}.kind"), format!("{record}.file"));
        let kept = self.answers.text(&file);
        let kept = kept.rsplit('/').next().filter(|name| !name.is_empty()).map(str::to_owned);
        let kept = kept.or_else(|| self.answers.get(&format!("{record}.sha256")).map(|_| "SHA-256".to_owned()));
        let hint = kept.map(|name| labels::EVIDENCE_KEPT.with(self.page.language, [&name])).unwrap_or_default();
        html! {
            fieldset {
                legend { (title) }
                input type="hidden" name={ (record) ":" } value="";
                @for part in ["file", "sha256", "size"] {
                    @let name = format!("{record}.{part}");
                    input type="hidden" name=(name) value=(self.answers.text(&name));
                }
                (self.labelled(&kind, self.page.language.of("类别", "Kind"), "", false,
                    &self.choice(&kind, &EvidenceKind::LIST, labels::CHOOSE)))
                (self.labelled(&file, self.page.say(labels::EVIDENCE_FILE), &hint, false, &html! {
                    input type="file" #(control::id(&file)) name=(file) aria-describedby=(self.described(&file))
                        aria-invalid=[self.invalid(&file)];
                }))
                (self.take_out(&record, &title))
            }
        }
    }

    /// The earlier event that this one corrects.
    fn corrects(&self) -> Markup {
        let way = format!("{AROUND}.corrects");
        let open = self.answers.get(&way).is_some();
        let fields = around_field("corrects").map(Field::inside).unwrap_or_default();
        html! {
            details.part open[open] {
                summary { (self.page.say(labels::CORRECTS)) }
                p.hint { (self.page.say(labels::CORRECTS_HINT)) }
                @for field in fields {
                    @let name = format!("{way}.{}", field.name);
                    @let label = capital(field.label().one(self.page.language));
                    (self.labelled(&name, &label, "", true, &self.input(&name, field)))
                }
            }
        }
    }

    /// The label of the answer of that name, after those of the records that it is in.
    fn name_of(&self, name: &str) -> String {
        let language = self.page.language;
        if name == "area" {
            return self.page.say(labels::AREA_FIELD).to_owned();
        }
        let (mut fields, mut text) = (self.event.fields, Vec::new());
        let mut parts = name.split('.').peekable();
        if parts.next() == Some(AROUND) {
            fields = lika_domain::facts::envelope::FIELDS;
        }
        for part in parts {
            match control::find(fields, part) {
                Some(field) => {
                    text.push(capital(field.label().one(language)));
                    fields = field.inside();
                }
                None if part == "private" => fields = control::inside_private(fields),
                None => {
                    if let (Ok(number), Some(last)) = (part.parse::<usize>(), text.last_mut()) {
                        *last = format!("{last} {}", number + 1);
                    }
                }
            }
        }
        text.join(" · ")
    }
}

fn around_field(name: &str) -> Option<&'static Field> {
    lika_domain::facts::envelope::FIELDS.iter().find(|field| field.name == name)
}

/// Whether the event concerns a village or one of its cards, so that the report is about that village.
pub(crate) fn is_of_village(event: &Event) -> bool {
    !matches!(event.concerns, Concerns::Jurisdiction | Concerns::Named | Concerns::Official)
}

/// Whether it begins a card, or the procedure that leads to one: its household may have no number yet.
fn begins_card(event: &Event) -> bool {
    matches!(event.name, "household_registered" | "procedure_step_taken")
}
