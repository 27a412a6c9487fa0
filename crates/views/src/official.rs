//! An official as readers see them: everything that the log has in the clear, and no sealed data.
//!
//! Numbers are texts of all their digits and days are `2017-06-01`. A value that is not known is `null`.

use crate::document::{Name, Standing};
use crate::schema;
use lika_domain::ids::{Index, KeyId, OfficialId};
use lika_domain::official::{Authority, Capacity, Charge, Key, Official};
use lika_domain::state::State;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An official.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "OfficialCard")]
pub struct OfficialView {
    /// Official number.
    #[schemars(schema_with = "schema::official")]
    pub id: String,
    /// Index of the last entry that was applied.
    pub index: Option<Index>,
    /// Their role; `null` if they have none any more.
    pub role: Option<Name>,
    /// Area of the role, as the shortest prefix.
    #[schemars(schema_with = "schema::prefix_or_null")]
    pub area: Option<String>,
    /// Unit.
    pub unit: String,
    /// Post.
    pub post: String,
    /// Entry that enrolled them.
    pub since: Index,
    /// Their keys, revoked ones included.
    pub keys: Vec<KeyView>,
    /// Households they answer or answered for, in order of recording.
    pub caseload: Vec<ChargeView>,
    /// Visits they made, companions not counted.
    pub visits: u32,
    /// Their personal data was erased.
    pub erased: bool,
    /// Entries that concern them or that they signed, in order; the latest
    /// [`ENTRIES_SHOWN_MAX`](crate::views::ENTRIES_SHOWN_MAX).
    pub entries: Vec<Index>,
}

/// A signing key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Key")]
pub struct KeyView {
    /// 16 hexadecimal digits.
    #[schemars(schema_with = "schema::key")]
    pub id: String,
    /// Entry that enrolled it.
    pub since: Index,
    /// Entry that revoked it.
    pub until: Option<Index>,
    /// Submissions it signed.
    pub submissions: u64,
}

/// A household an official answers or answered for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[schemars(rename = "Charge")]
pub struct ChargeView {
    /// Household number.
    #[schemars(schema_with = "schema::household")]
    pub household: String,
    /// Its village.
    #[schemars(schema_with = "schema::village")]
    pub village: String,
    /// `first` or `second`.
    #[schemars(extend("enum" = schema::choice(&Capacity::LIST)))]
    pub capacity: Name,
    /// First day.
    #[schemars(schema_with = "schema::day")]
    pub from: String,
    /// Entry that began it.
    pub since: Index,
    /// Entry that ended it.
    pub until: Option<Index>,
}

impl OfficialView {
    pub(crate) fn new(
        id: OfficialId,
        official: &Official,
        state: &State,
        entries: Vec<Index>,
        standing: &Standing,
    ) -> Self {
        let role = Authority::current(state).role(official);
        let keys = official.keys.iter().filter_map(|key| Some((key, state.keys.get(key)?)));
        Self {
            id: id.to_string(),
            index: standing.applied.checked_sub(1),
            role: role.map(|(role, _)| role.name().into()),
            area: role.map(|(_, area)| area.prefix()),
            unit: official.unit.to_string(),
            post: official.post.to_string(),
            since: official.since,
            keys: keys.map(KeyView::new).collect(),
            caseload: official.caseload.iter().map(ChargeView::new).collect(),
            visits: official.visits,
            erased: official.erased,
            entries,
        }
    }
}

impl KeyView {
    fn new((id, key): (&KeyId, &Key)) -> Self {
        Self { id: id.to_string(), since: key.since, until: key.until, submissions: key.sequence }
    }
}

impl ChargeView {
    fn new(charge: &Charge) -> Self {
        Self {
            household: charge.household.to_string(),
            village: charge.village.to_string(),
            capacity: charge.capacity.name().into(),
            from: charge.from.to_string(),
            since: charge.since,
            until: charge.until,
        }
    }
}
