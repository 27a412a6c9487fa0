//! Spreadsheets turned into submissions.
//!
//! A table is a sheet of a workbook (.xlsx), or a text file: UTF-8, UTF-16 or GBK, with commas, tabs or semicolons.
//! There are eight kinds of table ([`Kind`]). Their columns are the fields of their event as its description has them:
//! a new field is a new column. [`template()`] makes an empty table of a kind, with every column, its choices, its
//! limits and its unit.
//!
//! The heading is found in the first ten rows, also where it has two or three rows. A heading may be a label, a name,
//! or a word of the registers, with a unit in brackets; anything else in brackets must not change what the column
//! means. In a table of households each row is a person, and the first row of a household states the card; ten
//! digits in the household's cell are its number, and for any other text a number is drawn. In other tables a
//! household may be named as in the table that registered it from here.
//!
//! Nothing is read other than meant. What could mean something else is refused with its cell, and whatever is not
//! read, continued, converted or filled in is named as a warning. A household is sent as a whole or not at all.
//!
//! The way of a table: [`check()`] reads it and compares it with what was imported from here before ([`Known`]);
//! [`Checked::compare_with_area`] with the copy of the area; [`Checked::judge`] judges it there by the rules;
//! [`Checked::compare_with_register`] asks the node; [`Checked::plan`] says what becomes of each row; [`apply()`]
//! sends what is new; [`annotated`] is the table again with what was found at each cell.

mod annotate;
mod apply;
mod area;
mod cells;
mod checked;
mod columns;
mod differing;
mod doubt;
mod draft;
mod error;
mod family;
mod faults;
mod grid;
mod heading;
mod hints;
mod households;
mod judged;
mod kind;
mod known;
mod labels;
pub mod limits;
mod measures;
mod notes;
mod options;
mod pack;
mod people;
mod problem;
mod read;
mod recorded;
mod register;
mod remarks;
mod rows;
mod sheets;
mod table;
mod template;
mod values;

#[cfg(test)]
mod tests;

pub use annotate::annotated;
pub use apply::{Applied, NamedHousehold, apply};
pub use checked::{Checked, Line, check};
pub use differing::Difference;
pub use draft::State;
pub use error::{ApplyError, ImportError};
pub use judged::Judge;
pub use kind::Kind;
pub use known::{Known, KnownError};
pub use options::Options;
pub use problem::{Code, Finding};
pub use read::{NotText, ReadError, decode};
pub use register::Compared;
pub use template::{FileForm, template};
