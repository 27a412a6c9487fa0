//! What is on a card.

use lika_domain::aid::MeasureGroup;
use lika_domain::area::Area;
use lika_domain::entitlement::Entitlement;
use lika_domain::ids::HouseholdId;

/// What is booked in the name of a household. Days are texts such as `2017-06-01`, names of choices are those of the
/// documents, amounts are in fen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contents {
    /// Name of the log.
    pub origin: String,
    /// The household.
    pub household: HouseholdId,
    /// Name of its head, if it could be opened.
    pub head: Option<String>,
    /// Its village.
    pub village: Area,
    /// Name of the village.
    pub village_name: Option<String>,
    /// Number of members.
    pub persons: usize,
    /// Name of its status.
    pub status: String,
    /// Since when.
    pub since: String,
    /// Officials who answer for it.
    pub officials: Vec<Responsible>,
    /// Aid, in order of recording.
    pub aid: Vec<Booked>,
    /// What it should get by its facts.
    pub due: Vec<Due>,
    /// Entries of the log that the card was made from, counted from its first.
    pub entries: u64,
    /// The day on which it was made.
    pub made: String,
    /// Where else to object: words of the county, such as a telephone number.
    pub contact: Option<String>,
}

/// An official who answers for a household.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Responsible {
    /// Official number.
    pub official: String,
    /// Name of the capacity.
    pub capacity: String,
    /// Full name, if it could be opened.
    pub name: Option<String>,
    /// Phone, if it could be opened.
    pub phone: Option<String>,
}

/// Aid that was booked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Booked {
    /// Name of the group of measures.
    pub measure: String,
    /// Amount.
    pub amount: i64,
    /// Part of it that was taken back.
    pub reversed: i64,
    /// The day it reached the household.
    pub happened: String,
    /// The day on which the household confirmed it.
    pub acknowledged: Option<String>,
    /// Entry that recorded it.
    pub entry: u64,
}

/// Something that a household should get.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Due {
    /// Name of the entitlement.
    pub entitlement: String,
    /// The day on which it last got what counts now; `None` if that is missing.
    pub received: Option<String>,
}

impl Contents {
    /// The latest day on which something was booked that counted once for what is missing now: most entitlements are
    /// due again every year.
    pub(crate) fn last(&self, due: &Due) -> Option<&str> {
        let entitlement = Entitlement::ALL.iter().find(|one| one.name() == due.entitlement)?;
        let counts =
            |group: &str| MeasureGroup::ALL.iter().any(|one| one.name() == group && entitlement.is_met_by(*one));
        let kept = self.aid.iter().filter(|one| one.amount > one.reversed && counts(&one.measure));
        kept.map(|one| one.happened.as_str()).max()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn booked(measure: &str, happened: &str, reversed: i64) -> Booked {
        let (measure, happened) = (measure.to_owned(), happened.to_owned());
        Booked { measure, amount: 100, reversed, happened, acknowledged: None, entry: 1 }
    }

    #[test]
    fn what_came_more_than_a_year_ago_is_told_and_what_was_taken_back_is_not() {
        let aid = vec![
            booked("education", "2018-09-16", 0),
            booked("education", "2019-09-16", 40),
            booked("education", "2020-09-16", 100),
            booked("public_post", "2017-01-01", 0),
            booked("health", "2017-01-02", 100),
        ];
        let contents = Contents {
            origin: String::new(),
            household: HouseholdId::new(1_000_000_001).unwrap(),
            head: None,
            village: "130624100201".parse().unwrap(),
            village_name: None,
            persons: 1,
            status: "registered".to_owned(),
            since: "2017-01-01".to_owned(),
            officials: Vec::new(),
            aid,
            due: Vec::new(),
            entries: 1,
            made: "2022-01-01".to_owned(),
            contact: None,
        };
        for (entitlement, last) in [
            ("education", Some("2019-09-16")),
            ("livelihood", Some("2017-01-01")),
            ("health", None),
            ("housing", None),
        ] {
            let due = Due { entitlement: entitlement.to_owned(), received: None };
            assert_eq!(contents.last(&due), last, "{entitlement}");
        }
    }
}
