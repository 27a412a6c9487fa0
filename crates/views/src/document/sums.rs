//! Groups of figures in a document: an object with a number for each figure of the group, named as in the domain's
//! table. A new figure in the table is a new figure in every document.

use lika_domain::progress::{Figure, Figures, MonthPart, Part, Tally};
use lika_domain::village::MonthCounts;
use serde::de::{Deserialize, Deserializer, Error, IgnoredAny, MapAccess, Visitor};
use serde::ser::{Serialize, SerializeMap, Serializer};
use std::fmt;
use std::marker::PhantomData;

/// The figures of a group, each a count or fen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sums<P> {
    /// The values by the places of the parts.
    values: Vec<i64>,
    group: PhantomData<P>,
}

impl<P: Part> Sums<P> {
    /// From a value for each part.
    pub fn new(value: impl FnMut(P) -> i64) -> Self {
        Self { values: P::ALL.iter().copied().map(value).collect(), group: PhantomData }
    }

    /// The figures of an area; `figure` gives the figure of each part.
    pub(super) fn of(figures: &Figures, figure: impl Fn(P) -> Figure) -> Self {
        Self::new(|part| figures.get(figure(part)))
    }

    /// A figure: a count, or fen.
    pub fn get(&self, part: P) -> i64 {
        self.values.get(part.place()).copied().unwrap_or(0)
    }

    /// A figure that counts things.
    pub fn count(&self, part: P) -> u64 {
        self.get(part).unsigned_abs()
    }

    /// Each figure, in the order of the table.
    pub fn iter(&self) -> impl Iterator<Item = (P, i64)> {
        P::ALL.iter().map(|part| (*part, self.get(*part)))
    }
}

impl Sums<Tally> {
    /// The number on open cards.
    pub fn open(&self) -> u64 {
        self.count(Tally::Registered).saturating_sub(self.count(Tally::Deregistered))
    }

    /// The number that counts as poor, which is the figure `poor_now`: not out of poverty, or poor again.
    pub fn poor_now(&self) -> u64 {
        Tally::POOR.iter().map(|part| self.count(*part)).sum()
    }
}

impl Sums<MonthPart> {
    /// What happened in a month.
    pub(super) fn of_month(counts: &MonthCounts) -> Self {
        Self::new(|part| part.of(counts))
    }
}

impl<P: Part> Serialize for Sums<P> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(P::ALL.len()))?;
        for (part, value) in self.iter() {
            map.serialize_entry(part.name(), &value)?;
        }
        map.end()
    }
}

impl<'de, P: Part> Deserialize<'de> for Sums<P> {
    /// Every figure of the group must be present; other fields are ignored.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct ByName<P>(PhantomData<P>);

        impl<'de, P: Part> Visitor<'de> for ByName<P> {
            type Value = Sums<P>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object of figures")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut values = vec![None; P::ALL.len()];
                while let Some(name) = map.next_key::<String>()? {
                    match P::from_name(&name).and_then(|part| values.get_mut(part.place())) {
                        Some(value) => *value = Some(map.next_value()?),
                        None => drop(map.next_value::<IgnoredAny>()?),
                    }
                }
                let missing = values.iter().zip(P::ALL).find(|(value, _)| value.is_none());
                if let Some((_, part)) = missing {
                    return Err(A::Error::missing_field(part.name()));
                }
                Ok(Sums { values: values.into_iter().flatten().collect(), group: PhantomData })
            }
        }

        deserializer.deserialize_map(ByName(PhantomData))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use lika_domain::progress::Exits;
    use serde_json::json;

    #[test]
    fn a_group_is_an_object_of_all_its_figures() {
        let sums: Sums<Exits> = Sums::new(|part| if part == Exits::BelowLine { 3 } else { 0 });
        let json = json!({"below_line": 3, "guarantee_missing": 0});
        assert_eq!(serde_json::to_value(&sums).unwrap(), json);
        assert_eq!(serde_json::from_value::<Sums<Exits>>(json).unwrap(), sums);
        assert_eq!((sums.count(Exits::BelowLine), sums.get(Exits::GuaranteeMissing)), (3, 0));
    }

    #[test]
    fn a_missing_or_non_numeric_figure_is_refused_and_an_additional_one_is_not() {
        let read = |json| serde_json::from_value::<Sums<Exits>>(json).map_err(|error| error.to_string());
        assert_eq!(read(json!({"below_line": 3})), Err("missing field `guarantee_missing`".to_owned()));
        assert!(read(json!({"below_line": "3", "guarantee_missing": 0})).is_err());
        assert!(read(json!({"below_line": 3, "guarantee_missing": 0, "of_a_later_version": {}})).is_ok());
    }
}
