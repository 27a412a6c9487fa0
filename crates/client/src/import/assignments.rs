//! Officials who answer for households.

use super::cells::Cells;
use super::pack::{Event, Item, pack};
use super::table::{Column, Table};
use super::{ImportError, Options, Plan, labels};
use lika_domain::describe::{Described, Field, field};
use lika_domain::official::{Capacity, OfficialAssigned};
use lika_proto::v1;
use lika_proto::v1::official_event::Kind;

const ASSIGNMENT: &[Field] = <OfficialAssigned as Described>::EVENT.fields;

const COLUMNS: [Column; 5] = [
    Column::new("village", &["行政村代码", "村代码"]),
    Column::new("household", &["户编号", "household_no"]).required(),
    Column::new("official", &["帮扶责任人编号", "干部编号", "official_no"]).required(),
    Column::of(field(ASSIGNMENT, "capacity"), &["帮扶类别"]),
    Column::new("date", &["结对日期", "帮扶开始日期", "from"]),
];

/// Plans the assignments of a table.
///
/// # Errors
/// If the table cannot be read; bad rows are in [`Plan::problems`].
pub fn assignments(bytes: &[u8], options: &Options) -> Result<Plan, ImportError> {
    let table = Table::read(bytes, &COLUMNS)?;
    let mut plan = Plan { rows: table.rows.len(), ..Plan::default() };
    let mut items = Vec::new();
    for row in &table.rows {
        let mut cells = Cells::new(&table, row, &mut plan.problems);
        items.extend(item(&mut cells, options).map(|item| Item { rows: vec![row.number], ..item }));
    }
    plan.good_rows = items.len();
    plan.planned = pack(items);
    plan.unknown_columns = table.unknown_columns;
    Ok(plan)
}

fn item(cells: &mut Cells<'_>, options: &Options) -> Option<Item> {
    let village = cells.village(options);
    let household = cells.household();
    let official = cells.official();
    let capacity = cells.word("capacity", &labels::CAPACITIES);
    let date = cells.date("date", options);
    let capacity = capacity?.unwrap_or(Capacity::First);
    let event = v1::OfficialEvent {
        happened: date?.yyyymmdd(),
        official: official?.get(),
        household: household?.get(),
        kind: Some(Kind::OfficialAssigned(v1::OfficialAssigned { capacity: capacity as i32 })),
        ..Default::default()
    };
    Some(Item { area: village?, event: Event::Official(event), rows: Vec::new(), keys: Vec::new() })
}
