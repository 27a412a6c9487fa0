//! Reads as messages between services: for each kind the service that answers, the subject, and the query in JSON.

use lika_domain::area::{Area, Level};
use lika_domain::date::Date;
use lika_domain::ids::{HouseholdId, Index, MemberNo, OfficialId};
use lika_domain::progress::FigureRef;
use lika_gateway::backend::ReadError;
use lika_vault::{OpenHousehold, OpenOfficial, OpenedCard, OpenedOfficial};
use lika_views::{
    Explanation, FigureQuery, HouseholdQuery, HouseholdView, OfficialQuery, OfficialView, PolicyQuery, PolicyView,
    ProgressQuery, document,
};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

/// A query that one service sends to another.
pub(crate) trait Question: Sized + Send + 'static {
    /// The service that answers.
    const SERVICE: &'static str;
    /// The last part of the subject, which names the kind of read.
    const SUBJECT: &'static str;
    /// The query in JSON.
    type Json: Serialize + DeserializeOwned + Send;
    /// The answer, in JSON too.
    type Answer: Serialize + DeserializeOwned + Send + 'static;

    /// Writes the query as JSON.
    fn to_json(self) -> Self::Json;

    /// Reads a query; `None` if it cannot be understood.
    fn from_json(json: Self::Json) -> Option<Self>;

    /// The answer to a query that cannot be understood.
    fn not_understood() -> Result<Option<Self::Answer>, ReadError> {
        Err(ReadError::failed(std::io::Error::other("the query cannot be understood")))
    }
}

/// A question about progress, or about one of its figures.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct ProgressJson {
    area: String,
    by: Option<String>,
    at: Option<u32>,
    recorded_by: Option<u32>,
    index: Option<Index>,
    figure: Option<String>,
}

/// A question about policy.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct PolicyJson {
    area: Option<String>,
    at: Option<u32>,
}

/// A request to open personal data.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct OpenJson {
    household: u64,
    entries: Vec<Index>,
    members: Vec<u32>,
}

impl Question for ProgressQuery {
    const SERVICE: &'static str = "progress";
    const SUBJECT: &'static str = "figures";
    type Json = ProgressJson;
    type Answer = Vec<document::Progress>;

    fn to_json(self) -> ProgressJson {
        ProgressJson {
            area: self.area.to_string(),
            by: self.by.map(|level| level.name().to_owned()),
            at: self.at.map(Date::yyyymmdd),
            recorded_by: self.recorded_by.map(Date::yyyymmdd),
            index: self.index,
            figure: None,
        }
    }

    fn from_json(json: ProgressJson) -> Option<Self> {
        let by = match json.by {
            Some(name) => Some(*Level::ALL.iter().find(|level| level.name() == name)?),
            None => None,
        };
        let (at, recorded_by) = (day(json.at)?, day(json.recorded_by)?);
        Some(Self { area: json.area.parse().ok()?, by, at, recorded_by, index: json.index })
    }
}

impl Question for FigureQuery {
    const SERVICE: &'static str = "progress";
    const SUBJECT: &'static str = "explain";
    type Json = ProgressJson;
    type Answer = Explanation;

    fn to_json(self) -> ProgressJson {
        let Self { area, figure, at, recorded_by, index } = self;
        let figure = Some(figure.to_string());
        ProgressJson { figure, ..ProgressQuery { area, by: None, at, recorded_by, index }.to_json() }
    }

    fn from_json(mut json: ProgressJson) -> Option<Self> {
        let figure = FigureRef::from_name(&json.figure.take()?)?;
        let ProgressQuery { area, at, recorded_by, index, .. } = ProgressQuery::from_json(json)?;
        Some(Self { area, figure, at, recorded_by, index })
    }
}

impl Question for PolicyQuery {
    const SERVICE: &'static str = "progress";
    const SUBJECT: &'static str = "policy";
    type Json = PolicyJson;
    type Answer = PolicyView;

    fn to_json(self) -> PolicyJson {
        PolicyJson { area: self.area.map(|area| area.to_string()), at: self.at.map(Date::yyyymmdd) }
    }

    fn from_json(json: PolicyJson) -> Option<Self> {
        let area = match json.area {
            Some(area) => Some(area.parse::<Area>().ok()?),
            None => None,
        };
        Some(Self { area, at: day(json.at)? })
    }
}

impl Question for HouseholdQuery {
    const SERVICE: &'static str = "progress";
    const SUBJECT: &'static str = "household";
    type Json = u64;
    type Answer = HouseholdView;

    fn to_json(self) -> u64 {
        self.id.get()
    }

    fn from_json(number: u64) -> Option<Self> {
        HouseholdId::new(number).map(|id| Self { id })
    }
}

impl Question for OfficialQuery {
    const SERVICE: &'static str = "progress";
    const SUBJECT: &'static str = "official";
    type Json = u32;
    type Answer = OfficialView;

    fn to_json(self) -> u32 {
        self.id.get()
    }

    fn from_json(number: u32) -> Option<Self> {
        OfficialId::new(number).map(|id| Self { id })
    }
}

impl Question for OpenHousehold {
    const SERVICE: &'static str = "households";
    const SUBJECT: &'static str = "open";
    type Json = OpenJson;
    type Answer = OpenedCard;

    fn to_json(self) -> OpenJson {
        let members = self.members.into_iter().map(|member| u32::from(member.get())).collect();
        OpenJson { household: self.id.get(), entries: self.entries, members }
    }

    fn from_json(json: OpenJson) -> Option<Self> {
        let members = json.members.into_iter().filter_map(MemberNo::new).collect();
        Some(Self { id: HouseholdId::new(json.household)?, entries: json.entries, members })
    }

    /// A number that no household can have has no personal data.
    fn not_understood() -> Result<Option<OpenedCard>, ReadError> {
        Ok(None)
    }
}

impl Question for OpenOfficial {
    const SERVICE: &'static str = "officials";
    const SUBJECT: &'static str = "open";
    type Json = u32;
    type Answer = OpenedOfficial;

    fn to_json(self) -> u32 {
        self.id.get()
    }

    fn from_json(number: u32) -> Option<Self> {
        OfficialId::new(number).map(|id| Self { id })
    }

    /// A number that no official can have has no personal data.
    fn not_understood() -> Result<Option<OpenedOfficial>, ReadError> {
        Ok(None)
    }
}

/// Reads a day that may be left out; `None` if the number is not a day.
fn day(yyyymmdd: Option<u32>) -> Option<Option<Date>> {
    match yyyymmdd {
        Some(day) => Date::from_yyyymmdd(day).map(Some),
        None => Some(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Services of other versions read this JSON, so it must not change.
    fn check<Q: Question + Clone + PartialEq + std::fmt::Debug>(query: Q, subject: (&str, &str), json: &str) {
        assert_eq!((Q::SERVICE, Q::SUBJECT), subject);
        assert_eq!(serde_json::to_string(&query.clone().to_json()).unwrap(), json);
        assert_eq!(Q::from_json(serde_json::from_str(json).unwrap()), Some(query));
    }

    #[test]
    fn the_json_of_queries_does_not_change() {
        let (area, day) = ("130624".parse().unwrap(), Date::from_yyyymmdd(20_200_901));
        let (household, official) = (HouseholdId::new(1_234_567_890).unwrap(), OfficialId::new(10_000_001).unwrap());
        check(
            ProgressQuery { area, by: Some(Level::Township), at: day, recorded_by: None, index: Some(7) },
            ("progress", "figures"),
            r#"{"area":"130624000000","by":"township","at":20200901,"recorded_by":null,"index":7,"figure":null}"#,
        );
        check(
            FigureQuery {
                recorded_by: day,
                ..FigureQuery::of(area, FigureRef::from_name("gap.health.missing").unwrap())
            },
            ("progress", "explain"),
            concat!(
                r#"{"area":"130624000000","by":null,"at":null,"recorded_by":20200901,"index":null,"#,
                r#""figure":"gap.health.missing"}"#
            ),
        );
        check(PolicyQuery { area: None, at: day }, ("progress", "policy"), r#"{"area":null,"at":20200901}"#);
        check(HouseholdQuery { id: household }, ("progress", "household"), "1234567890");
        check(OfficialQuery { id: official }, ("progress", "official"), "10000001");
        let members = [1, 3].into_iter().filter_map(MemberNo::new).collect();
        check(
            OpenHousehold { id: household, entries: vec![4, 9], members },
            ("households", "open"),
            r#"{"household":1234567890,"entries":[4,9],"members":[1,3]}"#,
        );
        check(OpenOfficial { id: official }, ("officials", "open"), "10000001");
    }

    #[test]
    fn json_with_invalid_values_is_not_a_query() {
        let read = |json: &str| serde_json::from_str(json).unwrap();
        let progress = r#"{"area":"130624","by":null,"at":null,"recorded_by":null,"index":null,"figure":null}"#;
        assert!(ProgressQuery::from_json(read(progress)).is_some());
        assert_eq!(FigureQuery::from_json(read(progress)), None);
        assert_eq!(ProgressQuery::from_json(read(&progress.replace("130624", "x"))), None);
        assert_eq!(ProgressQuery::from_json(read(&progress.replace(r#""at":null"#, r#""at":20201301"#))), None);
        assert_eq!(HouseholdQuery::from_json(7), None);
        assert!(HouseholdQuery::not_understood().is_err());
        assert_eq!(OpenOfficial::from_json(7), None);
        assert!(matches!(OpenOfficial::not_understood(), Ok(None)));
    }
}
