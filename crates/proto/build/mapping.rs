//! Generates the functions that read events from the wire, from the descriptions next to their rules.
//!
//! First it compares every description with the proto files. Anything missing or different in one of them is an error
//! that names it, so an added event cannot be forgotten anywhere.

use lika_domain::describe::{Event, Field, Record, Value};
use lika_domain::kind::List;
use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, EnumDescriptorProto, FieldDescriptorProto, FileDescriptorSet};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The events of one service.
pub(crate) struct Service {
    /// Wrapper message of one event in the proto files, such as `HouseholdEvent`.
    pub(crate) around: &'static str,
    /// Its enum in the domain, such as `HouseholdKind`.
    pub(crate) kind: &'static str,
    /// Its events.
    pub(crate) events: &'static [Event],
}

/// The text of a module that reads all events, or all differences between descriptions and proto files.
pub(crate) fn write(services: &[Service], files: &FileDescriptorSet) -> Result<String, Vec<String>> {
    let proto = Proto::of(files);
    let mut faults = Vec::new();
    let mut records: BTreeMap<&str, &Record> = BTreeMap::new();
    for service in services {
        proto.check_service(service, &mut faults);
        for field in service.events.iter().flat_map(|event| event.fields) {
            if let Value::Record(record) | Value::Records { record, .. } = field.value {
                records.insert(record.name, record);
            }
        }
    }
    for record in records.values() {
        proto.check_message(record.name, &on_the_wire(record.fields), &mut faults);
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    let mut text = String::new();
    for service in services {
        kinds(&mut text, service);
        service.events.iter().for_each(|event| reader(&mut text, event.message, event.fields, &[]));
    }
    records.values().for_each(|record| reader(&mut text, record.name, record.fields, record.besides));
    Ok(text)
}

/// The proto files by name.
struct Proto<'f> {
    messages: BTreeMap<&'f str, &'f DescriptorProto>,
    enums: BTreeMap<&'f str, &'f EnumDescriptorProto>,
}

impl<'f> Proto<'f> {
    fn of(files: &'f FileDescriptorSet) -> Self {
        let messages = files.file.iter().flat_map(|file| &file.message_type).map(|message| (message.name(), message));
        let enums = files.file.iter().flat_map(|file| &file.enum_type).map(|list| (list.name(), list));
        Self { messages: messages.collect(), enums: enums.collect() }
    }

    /// Checks that the `oneof kind` of the wrapper and the list of events name the same events.
    fn check_service(&self, service: &Service, faults: &mut Vec<String>) {
        let Some(around) = self.messages.get(service.around) else {
            return faults.push(format!("the proto files have no message {}", service.around));
        };
        let kinds: Vec<_> = around.field.iter().filter(|field| field.oneof_index.is_some()).collect();
        for kind in &kinds {
            if !service.events.iter().any(|event| event.name == kind.name()) {
                let (name, list) = (kind.name(), service.kind);
                faults
                    .push(format!("{}.{name} is not described: it has no rule in the list of {list}", service.around));
            }
        }
        for event in service.events {
            match kinds.iter().find(|kind| kind.name() == event.name) {
                None => faults.push(format!("{} has no field {} in its oneof `kind`", service.around, event.name)),
                Some(kind) if kind.type_name() != format!(".lika.v1.{}", event.message) => {
                    faults.push(format!("{} is of {}, not of {}", event.name, kind.type_name(), event.message));
                }
                Some(_) => self.check_message(event.message, &event.fields_on_the_wire(), faults),
            }
        }
    }

    /// Checks that a message has exactly the described fields, each of the right type.
    fn check_message(&self, name: &str, fields: &[&Field], faults: &mut Vec<String>) {
        let Some(message) = self.messages.get(name) else {
            return faults.push(format!("the proto files have no message {name}"));
        };
        for field in &message.field {
            if !fields.iter().any(|described| described.name == field.name()) {
                faults.push(format!("{name}.{} is in the proto files but not described", field.name()));
            }
        }
        for described in fields {
            match message.field.iter().find(|field| field.name() == described.name) {
                None => faults.push(format!("{name}.{} is described but not in the proto files", described.name)),
                Some(field) => self.check_field(name, described, field, faults),
            }
        }
    }

    fn check_field(&self, name: &str, described: &Field, field: &FieldDescriptorProto, faults: &mut Vec<String>) {
        let repeated = field.label() == Label::Repeated;
        let (types, many): (&[Type], bool) = match described.value {
            Value::Choice(list) | Value::ChoiceOrNone(list) | Value::Choices { list, .. } => {
                self.check_list(name, list, field, faults);
                (&[Type::Enum], matches!(described.value, Value::Choices { .. }))
            }
            Value::Day | Value::DayOrNone | Value::Month | Value::Year | Value::YearByRule | Value::Count { .. } => {
                (&[Type::Uint32], false)
            }
            Value::Member | Value::MemberOrNone | Value::Official => (&[Type::Uint32], false),
            Value::Officials { .. } => (&[Type::Uint32], true),
            Value::Amount | Value::HouseholdOrNone | Value::Area | Value::Subject => (&[Type::Uint64], false),
            Value::Key => (&[Type::Fixed64], false),
            Value::Balance => (&[Type::Sint64], false),
            Value::Signed => (&[Type::Sint32], false),
            Value::Number | Value::NumberOrNone => (&[Type::Uint32, Type::Uint64], false),
            Value::Text { .. } | Value::RequiredText { .. } => (&[Type::String], false),
            Value::Flag => (&[Type::Bool], false),
            Value::PublicKey => (&[Type::Bytes], false),
            Value::Sealed(_) | Value::Record(_) => (&[Type::Message], false),
            Value::Records { .. } => (&[Type::Message], true),
            // The handwritten reader fixes the type.
            Value::Flat(_) | Value::Special { .. } => return,
        };
        if !types.contains(&field.r#type()) || many != repeated {
            let (is, name) = (field.r#type(), format!("{name}.{}", field.name()));
            faults.push(format!("{name} is {is:?} in the proto files, which does not fit {:?}", described.value));
        }
    }

    /// Checks that a field has the enum of its closed list, and that both have the same choices and numbers.
    fn check_list(&self, name: &str, list: &List, field: &FieldDescriptorProto, faults: &mut Vec<String>) {
        if field.r#type() == Type::Enum && field.type_name() != format!(".lika.v1.{}", list.name) {
            let (field, of) = (field.name(), field.type_name());
            return faults.push(format!("{name}.{field} is of {of}, not of {}", list.name));
        }
        let Some(wire) = self.enums.get(list.name) else {
            return faults.push(format!("the proto files have no enum {}", list.name));
        };
        let named: BTreeMap<_, _> =
            list.choices.iter().map(|choice| (choice.number, list.wire_name(choice))).collect();
        let given = wire.value.iter().filter(|value| value.number() > 0);
        let given: BTreeMap<_, _> = given.map(|value| (value.number(), value.name().to_owned())).collect();
        if named != given {
            faults.push(format!("the choices of {} differ: {named:?}, in the proto files {given:?}", list.name));
        }
    }
}

fn on_the_wire(fields: &'static [Field]) -> Vec<&'static Field> {
    fields.iter().flat_map(Field::on_the_wire).collect()
}

/// Generates the function that reads any event of the service.
fn kinds(text: &mut String, service: &Service) {
    let (kind, module) = (service.kind, snake(service.around));
    push(
        text,
        &format!("pub(super) fn {}(r: &mut Reader, kind: v1::{module}::Kind) -> Option<{kind}> {{", snake(kind)),
    );
    push(text, "    match kind {");
    for event in service.events {
        let (message, read) = (event.message, snake(event.message));
        let then = format!("{read}(r, wire).map(|event| {kind}::{message}(event.into()))");
        push(text, &format!("        v1::{module}::Kind::{message}(wire) => {{\n            {then}\n        }}"));
    }
    push(text, "    }\n}\n");
}

/// Generates the function that reads one message. It reads every field before it fails on a bad one, so that all
/// faults are listed.
fn reader(text: &mut String, name: &str, fields: &'static [Field], besides: &[(&str, &str)]) {
    push(text, &format!("fn {}(r: &mut Reader, wire: v1::{name}) -> Option<{name}> {{", snake(name)));
    fields.iter().for_each(|field| read(text, field));
    let mut given: Vec<_> = fields.iter().map(|field| format!("{0}: {0}?", field.name)).collect();
    given.extend(besides.iter().map(|(name, begins)| format!("{name}: {begins}")));
    push(text, &format!("    Some({name} {{ {} }})\n}}\n", given.join(", ")));
}

fn read(text: &mut String, field: &'static Field) {
    let name = field.name;
    if let Value::Flat(record) = field.value {
        record.fields.iter().for_each(|inner| read(text, inner));
        let given: Vec<_> = record.fields.iter().map(|inner| format!("{0}: {0}?", inner.name)).collect();
        return push(text, &format!("    let {name} = (|| Some({} {{ {} }}))();", record.name, given.join(", ")));
    }
    let with = |method: &str| format!("r.{method}(wire.{name}, \"{name}\")");
    let value = match field.value {
        Value::Choice(_) => with("kind"),
        Value::ChoiceOrNone(_) => with("kind_or_none"),
        Value::Choices { max, .. } => {
            format!("r.list(wire.{name}, {max}, \"{name}\", |r, number| r.kind(number, \"{name}\"))")
        }
        Value::Day => with("date"),
        Value::DayOrNone => with("date_or_none"),
        Value::Month => with("month"),
        Value::Year => with("year"),
        Value::Amount => with("amount"),
        Value::Balance => with("balance"),
        Value::Text { chars_max } => format!("r.text(wire.{name}, {chars_max}, \"{name}\")"),
        Value::RequiredText { chars_max } => format!("r.required_text(wire.{name}, {chars_max}, \"{name}\")"),
        Value::Number => with("number"),
        Value::NumberOrNone => format!("Some((wire.{name} > 0).then_some(wire.{name}))"),
        Value::Count { max } if max < u32::MAX => format!("r.small(wire.{name}, {max}, \"{name}\")"),
        Value::Count { .. } | Value::YearByRule | Value::Signed | Value::Flag => format!("Some(wire.{name})"),
        Value::HouseholdOrNone => with("household"),
        Value::Member => with("member"),
        Value::MemberOrNone => with("member_or_none"),
        Value::Official => with("official"),
        Value::Officials { max } => {
            format!("r.list(wire.{name}, {max}, \"{name}\", |r, number| r.official(number, \"{name}\"))")
        }
        Value::Area => with("area"),
        Value::Key => with("key"),
        Value::PublicKey => format!("r.public_key(&wire.{name}, \"{name}\")"),
        Value::Subject => with("subject"),
        Value::Sealed(_) => format!("common::sealed(r, wire.{name}.as_ref())"),
        Value::Record(record) => {
            format!("r.given(wire.{name}, \"{name}\").and_then(|wire| {}(r, wire))", snake(record.name))
        }
        Value::Records { record, max } => {
            format!("r.some_of(wire.{name}, {max}, \"{name}\", {})", snake(record.name))
        }
        Value::Special { wire: [], .. } => format!("special::{name}(r, wire.{name})"),
        Value::Special { wire, .. } => {
            let taken: Vec<_> = wire.iter().map(|field| format!("wire.{}", field.name)).collect();
            format!("special::{name}(r, {})", taken.join(", "))
        }
        Value::Flat(_) => return,
    };
    push(text, &format!("    let {name} = {value};"));
}

fn push(text: &mut String, line: &str) {
    // Writing to a text does not fail.
    let _ = writeln!(text, "{line}");
}

fn snake(name: &str) -> String {
    let mut text = String::with_capacity(name.len() + 4);
    for (place, letter) in name.chars().enumerate() {
        if place > 0 && letter.is_ascii_uppercase() {
            text.push('_');
        }
        text.push(letter.to_ascii_lowercase());
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use lika_domain::describe::{Concerns, Reporters};
    use lika_domain::facts::language::Sentence;
    use lika_domain::kind::Choice;
    use prost_types::{EnumValueDescriptorProto, FileDescriptorProto};

    const COLOURS: List = List { name: "Colour", choices: &[Choice { number: 1, name: "red", zh: "红" }] };
    const FIELDS: &[Field] = &[field("day", Value::Day), field("colour", Value::Choice(&COLOURS))];
    const EVENTS: &[Event] = &[Event {
        name: "door_painted",
        message: "DoorPainted",
        zh: "刷门",
        en: "door painted",
        meaning: Sentence { zh: "漆门。", en: " A door is painted." },
        concerns: Concerns::Household,
        reporters: Reporters::Roles(&[]),
        procedure: None,
        source: "these tests",
        ground: false,
        fields: FIELDS,
    }];
    const SERVICE: Service = Service { around: "DoorEvent", kind: "DoorKind", events: EVENTS };

    const fn field(name: &'static str, value: Value) -> Field {
        Field { name, zh: "项", meaning: Sentence { zh: "", en: " A field." }, value, when: None }
    }

    fn on_wire(name: &str, r#type: Type, of: Option<&str>) -> FieldDescriptorProto {
        FieldDescriptorProto {
            name: Some(name.to_owned()),
            label: Some(Label::Optional.into()),
            r#type: Some(r#type.into()),
            type_name: of.map(|name| format!(".lika.v1.{name}")),
            ..Default::default()
        }
    }

    fn message(name: &str, field: Vec<FieldDescriptorProto>) -> DescriptorProto {
        DescriptorProto { name: Some(name.to_owned()), field, ..Default::default() }
    }

    /// Proto files that match the descriptions above.
    fn files() -> FileDescriptorProto {
        let kind = FieldDescriptorProto {
            oneof_index: Some(0),
            ..on_wire("door_painted", Type::Message, Some("DoorPainted"))
        };
        let fields = vec![on_wire("day", Type::Uint32, None), on_wire("colour", Type::Enum, Some("Colour"))];
        let red = EnumValueDescriptorProto { name: Some("COLOUR_RED".into()), number: Some(1), options: None };
        FileDescriptorProto {
            message_type: vec![message("DoorEvent", vec![kind]), message("DoorPainted", fields)],
            enum_type: vec![EnumDescriptorProto {
                name: Some("Colour".into()),
                value: vec![red],
                ..Default::default()
            }],
            ..Default::default()
        }
    }

    fn written(file: FileDescriptorProto) -> Result<String, Vec<String>> {
        write(&[SERVICE], &FileDescriptorSet { file: vec![file] })
    }

    #[test]
    fn an_event_is_read_field_by_field() {
        let expected = r#"pub(super) fn door_kind(r: &mut Reader, kind: v1::door_event::Kind) -> Option<DoorKind> {
    match kind {
        v1::door_event::Kind::DoorPainted(wire) => {
            door_painted(r, wire).map(|event| DoorKind::DoorPainted(event.into()))
        }
    }
}

fn door_painted(r: &mut Reader, wire: v1::DoorPainted) -> Option<DoorPainted> {
    let day = r.date(wire.day, "day");
    let colour = r.kind(wire.colour, "colour");
    Some(DoorPainted { day: day?, colour: colour? })
}

"#;
        assert_eq!(written(files()).unwrap(), expected);
    }

    #[test]
    fn every_place_that_was_forgotten_is_named() {
        type Change = fn(&mut FileDescriptorProto);
        let table: [(Change, &str); 8] = [
            (|file| file.message_type[0].field.clear(), "DoorEvent has no field door_painted in its oneof `kind`"),
            (
                |file| file.message_type[0].field[0].type_name = Some(".lika.v1.WallPainted".into()),
                "door_painted is of .lika.v1.WallPainted, not of DoorPainted",
            ),
            (
                |file| {
                    let other = FieldDescriptorProto { name: Some("door_oiled".into()), ..files_kind(file) };
                    file.message_type[0].field.push(other);
                },
                "DoorEvent.door_oiled is not described: it has no rule in the list of DoorKind",
            ),
            (|file| drop(file.message_type.remove(1)), "the proto files have no message DoorPainted"),
            (
                |file| drop(file.message_type[1].field.remove(0)),
                "DoorPainted.day is described but not in the proto files",
            ),
            (
                |file| file.message_type[1].field.push(on_wire("coats", Type::Uint32, None)),
                "DoorPainted.coats is in the proto files but not described",
            ),
            (
                |file| file.message_type[1].field[0].r#type = Some(Type::String.into()),
                "DoorPainted.day is String in the proto files, which does not fit Day",
            ),
            (
                |file| file.enum_type[0].value.clear(),
                r#"the choices of Colour differ: {1: "COLOUR_RED"}, in the proto files {}"#,
            ),
        ];
        for (change, expected) in table {
            let mut file = files();
            change(&mut file);
            assert_eq!(written(file).unwrap_err(), [expected]);
        }
    }

    fn files_kind(file: &FileDescriptorProto) -> FieldDescriptorProto {
        file.message_type[0].field[0].clone()
    }

    #[test]
    fn a_choice_of_another_list_is_found() {
        let mut file = files();
        file.message_type[1].field[1].type_name = Some(".lika.v1.Shade".into());
        assert_eq!(written(file).unwrap_err(), ["DoorPainted.colour is of .lika.v1.Shade, not of Colour"]);
    }
}
