//! Reads a report as people write it, and draws the numbers that are missing.

use crate::plain::{self, Fault};
use crate::random::{Random, RandomError};
use serde_json::Value;
use std::collections::BTreeMap;

/// A complete report whose personal data is still in the clear.
#[derive(Debug)]
pub struct Draft {
    /// The file with numbers instead of names.
    pub file: Value,
    /// Names that new households had in the file, and the numbers drawn for them.
    pub drawn: BTreeMap<String, String>,
}

/// Why a report cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum DraftError {
    /// It is not JSON.
    #[error("the report is not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// Names or values in it are wrong.
    #[error("{}", .0.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))]
    Faults(Vec<Fault>),
    /// No number could be drawn.
    #[error(transparent)]
    Random(#[from] RandomError),
}

impl Draft {
    /// Reads a report, draws a number for every household that has only a name (the same name means the same
    /// household), and turns its values into those of the mapping.
    ///
    /// # Errors
    /// If it is not JSON, or with every name and value in it that is wrong.
    pub fn read(text: &str, random: &mut Random) -> Result<Self, DraftError> {
        let mut file: Value = serde_json::from_str(text)?;
        let mut drawn: BTreeMap<String, String> = BTreeMap::new();
        let lists = file.as_object_mut().into_iter().flat_map(|file| file.values_mut());
        let events = lists.filter_map(|list| list.get_mut("events")?.as_array_mut()).flatten();
        for household in events.filter_map(|event| event.get_mut("household")) {
            let Some(name) = household.as_str().filter(|name| is_name(name)) else { continue };
            let number = match drawn.get(name) {
                Some(number) => number.clone(),
                None => random.household_id()?.to_string(),
            };
            drawn.insert(name.to_owned(), number.clone());
            *household = number.into();
        }
        if let Some(report) = file.as_object_mut() {
            plain::to_mapping(report).map_err(DraftError::Faults)?;
        }
        Ok(Self { file, drawn })
    }
}

fn is_name(text: &str) -> bool {
    text.chars().any(|c| !c.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_gets_one_number_and_a_number_stays() {
        let text = r#"{"area": "130624100201", "households": {"events": [
            {"household": "new-1"}, {"household": "new-1"}, {"household": "老王家"}, {"household": "1234567890"},
            {"household": 1234567891}, {"villageRegistered": {}}]}}"#;
        let draft = Draft::read(text, &mut Random::seeded(1)).unwrap();
        let events = draft.file["households"]["events"].as_array().unwrap();
        let household = |number: usize| events[number]["household"].clone();
        assert_eq!(household(0), household(1));
        assert_ne!(household(0), household(2));
        assert_eq!((household(3), household(4)), ("1234567890".into(), 1_234_567_891.into()));
        assert_eq!(draft.drawn.keys().collect::<Vec<_>>(), ["new-1", "老王家"]);
        assert_eq!(household(0).as_str(), draft.drawn.get("new-1").map(String::as_str));
        assert!(events[5].get("household").is_none());
    }

    #[test]
    fn text_that_is_not_json_is_refused_with_its_position() {
        let refused = Draft::read("{\n  \"area\": }", &mut Random::seeded(1)).unwrap_err();
        assert!(refused.to_string().contains("line 2"), "{refused}");
        assert!(Draft::read("[1]", &mut Random::seeded(1)).unwrap().drawn.is_empty());
    }
}
