//! Every event there is, for anything that lists events: help, forms, documentation.

#[cfg(test)]
mod page;

use super::aid::AidKind;
use super::households::HouseholdKind;
use super::officials::OfficialKind;
use crate::facts::describe::{Event, Reporters};
use crate::facts::official::Role;

/// Every event of every service, in the order of the proto files.
pub fn events() -> impl Iterator<Item = &'static Event> {
    HouseholdKind::EVENTS.iter().chain(OfficialKind::EVENTS).chain(AidKind::EVENTS)
}

/// The event of that name, such as `household_exited`.
pub fn event(name: &str) -> Option<&'static Event> {
    events().find(|event| event.name == name)
}

/// The events that an official with that role may report, in the order of the proto files. For some of them the role
/// suffices only with certain content; their descriptions explain which.
pub fn reportable(role: Role) -> impl Iterator<Item = &'static Event> {
    events().filter(move |event| match event.reporters {
        Reporters::Roles(roles) => roles.contains(&role),
        Reporters::ByContent(_) => true,
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::describe::{Field, Value};
    use crate::facts::envelope;

    fn fields(event: &'static Event) -> Vec<&'static Field> {
        let mut all = event.fields_on_the_wire();
        let inside: Vec<_> = all.iter().flat_map(|field| field.inside()).collect();
        all.extend(inside);
        all
    }

    #[test]
    fn every_event_has_labels_a_source_a_meaning_and_fields() {
        let mut names = Vec::new();
        for event in events() {
            names.push(event.name);
            assert!(!event.zh.is_ascii() && event.en.is_ascii() && !event.source.is_empty(), "{}", event.name);
            assert!(event.meaning.en.ends_with('.') && event.meaning.zh.ends_with('。'), "{}", event.name);
            assert!(!event.fields.is_empty(), "{}", event.name);
        }
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), events().count());
    }

    #[test]
    fn every_field_has_a_label_and_a_meaning() {
        for field in events().flat_map(fields).chain(envelope::FIELDS) {
            assert!(!field.zh.is_empty() && field.meaning.en.ends_with('.'), "{}", field.name);
            let zh = field.meaning.zh;
            assert!(zh.is_empty() || zh.ends_with(['。', '？']), "{}: {zh}", field.name);
        }
    }

    /// The lists of fields that one form shows together.
    fn forms() -> Vec<Vec<&'static Field>> {
        let mut forms: Vec<Vec<&Field>> = events().map(Event::fields_on_the_wire).collect();
        let mut next = 0;
        while let Some(form) = forms.get(next) {
            let inside: Vec<Vec<&Field>> =
                form.iter().map(|field| field.inside().iter().flat_map(Field::on_the_wire).collect()).collect();
            forms.extend(inside);
            next += 1;
        }
        forms
    }

    #[test]
    fn a_field_hangs_on_an_earlier_one_of_its_form_and_on_values_that_it_can_have() {
        let mut hanging = 0;
        for form in forms() {
            for (place, field) in form.iter().enumerate() {
                let Some(when) = field.when else { continue };
                hanging += 1;
                let on = form.iter().take(place).find(|other| other.name == when.field);
                let on = on.unwrap_or_else(|| panic!("{} hangs on nothing before it", field.name));
                let choices = match on.value {
                    Value::Choice(list) | Value::ChoiceOrNone(list) => list.choices,
                    _ => &[],
                };
                for value in when.is {
                    assert!(*value == "*" || choices.iter().any(|choice| choice.name == *value), "{}", field.name);
                }
            }
        }
        assert!(hanging >= 8, "{hanging}");
    }

    #[test]
    fn a_role_has_its_events() {
        let of = |role| reportable(role).map(|event| event.name).collect::<Vec<_>>();
        assert!(of(Role::Administrator).contains(&"official_enrolled"));
        assert!(!of(Role::VillageOfficer).contains(&"official_enrolled"));
        assert!(of(Role::VillageOfficer).contains(&"aid_delivered"));
        assert!(Role::ALL.iter().all(|role| of(*role).len() < events().count() || *role == Role::Administrator));
    }
}
