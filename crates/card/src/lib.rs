//! The card of a household on paper: what is booked in its name, who answers for it, and a code that proves entries
//! of the log without asking anybody.
//!
//! * `contents`: what is on a card, as plain data, from wherever it was read
//! * `page`: the card as a page that a browser prints, A4 or the size of a bank card
//! * [`print()`]: the same page as a PDF
//! * [`Code`]: what the printed code carries, and how it is verified
//! * `picture`: drawing the code, and finding it in a photograph
//!
//! What a code proves: the entries that it carries are in the log, under a checkpoint that the log signed. Of an entry
//! that is carried whole it proves every word; of one that was too long to carry only that the log has an entry
//! with this hash at this place. It proves neither that nothing was recorded after, nor the rest of what is printed.

mod code;
mod contents;
mod page;
mod pdf;
mod picture;

pub use code::{CODE_HEADER, Candidate, Code, CodeError, Proven, ProvenEntry};
pub use contents::{Booked, Contents, Due, Responsible};
pub use page::{PaperSize, page};
pub use pdf::{BROWSER_VARIABLE, PdfError, find_browser, print};
pub use picture::{PICTURE_BYTES_MAX, PictureError, is_picture, modules, read_picture};
