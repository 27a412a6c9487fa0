//! The desk: the submission client as a page on the official's own machine.
//!
//! One process on loopback reads and writes the client's folder; the browser is only its face, so that clearing it
//! loses nothing. Everything but sending works without a network. It does through the client's library what the
//! command line does, and both may be used at the same time: the folder is held only while a file of it is written.
//!
//! What it is not: it decides nothing, and it is not for other machines.
//!
//! In reading order:
//! * [`Desk`]: the folder, the node and the key; `gate`: who may speak to it; [`single`]: one desk for each folder
//! * `labels`: every text of the pages, in both languages; `page`: the frame of each of them
//! * `posted`, `attached`, `answers`: what a form sends, the files in it, and the report that it makes
//! * `form`: an event's form, made from its description; `check`: what is wrong with the answers
//! * `importing`: checks and sends a table; `tables`: how far that is
//! * `pages`: the pages; `routes`: which page answers what

mod answers;
mod attached;
mod check;
mod copy;
mod desk;
mod fetch;
mod form;
mod gate;
mod importing;
mod labels;
mod page;
mod pages;
mod posted;
mod routes;
pub mod single;
mod tables;
mod watch;

pub use desk::{Desk, DeskError};
pub use routes::serve;
