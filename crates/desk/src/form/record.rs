//! Fields of a record, and lists of records.

use super::Form;
use super::computed;
use super::control::{hint, id};
use crate::check::sealed;
use crate::labels::{self, capital};
use lika_client::example::alternatives;
use lika_client::plain::{PRIVATE, YUAN, is_amount};
use lika_domain::describe::{Field, Record, Value as Takes};
use maud::{Markup, html};

impl Form<'_> {
    /// Every field of a record, in its order.
    pub(super) fn fields(&self, way: &str, fields: &'static [Field]) -> Markup {
        html! { @for field in fields { (self.field(way, field, fields)) } }
    }

    fn field(&self, way: &str, field: &'static Field, beside: &'static [Field]) -> Markup {
        let name = format!("{way}.{}", field.name);
        let label = capital(field.label().one(self.page.language));
        match field.value {
            Takes::Flat(record) => self.fields(way, record.fields),
            Takes::Special { wire, .. } if !wire.is_empty() => self.fields(way, wire),
            Takes::Record(record) => html! { fieldset { legend { (label) } (self.fields(&name, record.fields)) } },
            Takes::Records { record, .. } => self.records(&name, &label, record),
            Takes::Sealed(_) => self.private(way, beside),
            Takes::Special { inside, .. } if !inside.is_empty() => self.kinds(&name, &label, inside),
            _ => {
                let beside: Vec<_> = beside.iter().collect();
                self.hanging(&name, field, &beside, self.value(&name, &label, field, &self.when(field, &beside)))
            }
        }
    }

    /// A field with one value.
    fn value(&self, name: &str, label: &str, field: &'static Field, when: &str) -> Markup {
        let hint = format!("{} {when}", hint(field, self.page.language));
        let computed = computed::is_computed(self.event, field);
        let hint = match computed {
            true => format!("{} {}", hint.trim(), self.page.say(labels::COMPUTED)),
            false => hint.trim().to_owned(),
        };
        let (hint, optional) = (hint.as_str(), field.when.is_none() && field.may_be_empty() || computed);
        match field.value {
            Takes::Choice(list) => {
                self.labelled(name, label, hint, optional, &self.choice(name, list, labels::CHOOSE))
            }
            Takes::ChoiceOrNone(list) => {
                self.labelled(name, label, hint, optional, &self.choice(name, list, labels::NONE))
            }
            Takes::Choices { list, .. } => self.group(name, label, hint, optional, &self.choices(name, list)),
            Takes::Flag => self.group(name, label, hint, optional, &self.yes_or_no(name)),
            Takes::Officials { .. } => {
                if let Some(boxes) = self.officials(name, field) {
                    return self.group(name, label, field.meaning.one(self.page.language), optional, &boxes);
                }
                let line = html! {
                    input #(id(name)) name={ (name) "," } value=(self.answers.text(name))
                        aria-describedby=(self.described(name)) aria-invalid=[self.invalid(name)];
                };
                self.labelled(name, label, hint, optional, &line)
            }
            _ if is_amount(field) => {
                let name = format!("{name}{YUAN}");
                self.labelled(&name, label, hint, optional, &self.input(&name, field))
            }
            _ => self.labelled(name, label, hint, optional, &self.input(name, field)),
        }
    }

    /// Personal data, in the clear until it is signed.
    fn private(&self, way: &str, beside: &'static [Field]) -> Markup {
        let keeps = self.event.name.ends_with("_updated");
        html! {
            fieldset.private {
                legend { (self.page.say(labels::PRIVATE)) }
                p.hint {
                    (self.page.say(labels::PRIVATE_HINT))
                    @if keeps { " " (self.page.say(labels::PRIVATE_KEEPS)) }
                }
                @for field in sealed(beside) {
                    @let label = capital(field.label().one(self.page.language));
                    (self.value(&format!("{way}.{PRIVATE}.{}", field.name), &label, field, ""))
                }
            }
        }
    }

    /// Records one after the other, at least one.
    fn records(&self, list: &str, label: &str, record: &'static Record) -> Markup {
        let many = self.answers.len(list).max(1);
        html! {
            div.records #(id(list)) tabindex="-1" {
                @for place in 0..many {
                    @let (way, title) = (format!("{list}.{place}"), format!("{label} {}", place + 1));
                    fieldset #(id(&way)) tabindex="-1" {
                        legend { (title) }
                        input type="hidden" name={ (way) ":" } value="";
                        (self.fields(&way, record.fields))
                        @if many > 1 { (self.take_out(&way, &title)) }
                    }
                }
                (self.wrong(list))
                (self.add(list, label))
            }
        }
    }

    /// Records that each hold one of several values.
    fn kinds(&self, list: &str, label: &str, inside: &'static [Field]) -> Markup {
        let many = self.answers.len(list).max(1);
        html! {
            div.records #(id(list)) tabindex="-1" {
                @for place in 0..many {
                    @let (way, title) = (format!("{list}.{place}"), format!("{label} {}", place + 1));
                    fieldset #(id(&way)) tabindex="-1" {
                        legend { (title) }
                        (self.kind(&way, inside))
                        @if many > 1 { (self.take_out(&way, &title)) }
                    }
                }
                (self.wrong(list))
                (self.add(list, label))
            }
        }
    }

    /// The fields that all such records have, the choice of the value, and its own fields once it is chosen.
    fn kind(&self, way: &str, inside: &'static [Field]) -> Markup {
        let (common, values) = alternatives(inside);
        let language = self.page.language;
        let chosen = |field: &&&Field| self.answers.get(&format!("{way}.{}", field.name)).is_some();
        let chosen = values.iter().find(chosen).copied();
        let name = format!("{way}:");
        html! {
            @for field in common {
                (self.value(&format!("{way}.{}", field.name), &capital(field.label().one(language)), field, ""))
            }
            div.field {
                label for=(id(&name)) { (self.page.say(labels::CHOOSE_KIND)) }
                select #(id(&name)) name=(name) {
                    option value="" { (self.page.say(labels::CHOOSE)) }
                    @for field in &values {
                        option value=(field.name) selected[chosen == Some(*field)] {
                            (capital(field.label().one(language)))
                        }
                    }
                }
                " "
                button.plain name="do" value="refresh" { (self.page.say(labels::SHOW_FIELDS)) }
                @for field in &values { (self.wrong(&format!("{way}.{}", field.name))) }
            }
            @if let Some(field) = chosen {
                @let way = format!("{way}.{}", field.name);
                @match field.inside() {
                    [] => (self.value(&way, &capital(field.label().one(language)), field, "")),
                    inside => (self.fields(&way, inside)),
                }
            }
        }
    }

    pub(super) fn add(&self, list: &str, label: &str) -> Markup {
        let text = labels::ADD.with(self.page.language, [&label]);
        html! { p { button.plain name="do" value={ "add:" (list) } { (text) } } }
    }

    pub(super) fn take_out(&self, record: &str, title: &str) -> Markup {
        let text = labels::REMOVE.with(self.page.language, [&title]);
        html! { p { button.plain.small name="do" value={ "remove:" (record) } { (text) } } }
    }
}
