//! The pages: what each shows, and what a form of it does.

mod administer;
pub(crate) mod area;
pub(crate) mod card;
pub(crate) mod draft;
pub(crate) mod enrol;
pub(crate) mod events;
mod foreseen;
pub(crate) mod home;
pub(crate) mod me;
pub(crate) mod outbox;
pub(crate) mod print;
pub(crate) mod receipts;
pub(crate) mod revoke;
pub(crate) mod sign;
pub(crate) mod submission;
mod summary;
pub(crate) mod table;
pub(crate) mod tables;
pub(crate) mod unlock;

use crate::page::PageError;
use crate::posted::Posted;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header::LOCATION;
use axum::response::{IntoResponse, Response};
use lika_domain::date::Date;
use lika_domain::ids::SubmissionId;

/// Leads the browser on after a form was sent, so that a reload sends nothing again.
pub(crate) fn go(to: &str) -> Response {
    let to = HeaderValue::from_str(to).unwrap_or(HeaderValue::from_static("/"));
    (StatusCode::SEE_OTHER, [(LOCATION, to)]).into_response()
}

/// The page of the desk that a form leads back to, never one elsewhere: browsers also take `\` for `/`.
pub(crate) fn back(posted: &Posted) -> &str {
    let is_ours = |back: &&str| back.starts_with('/') && !back.starts_with("//") && !back.contains('\\');
    posted.get("back").filter(is_ours).unwrap_or("/")
}

/// The id in an address.
///
/// # Errors
/// [`PageError::NotFound`] if it is none.
pub(crate) fn id(text: &str) -> Result<SubmissionId, PageError> {
    let mut id = [0; 16];
    hex::decode_to_slice(text, &mut id).map(|()| SubmissionId(id)).map_err(|_| PageError::NotFound)
}

/// A time of the device's or the log's clock, as in China: `2026-11-01 09:30`.
pub(crate) fn moment(seconds: u64) -> String {
    const CHINA_S: u64 = 8 * 3_600;
    let minutes = (seconds + CHINA_S) / 60;
    format!("{} {:02}:{:02}", Date::of_unix_ms(seconds * 1_000), minutes / 60 % 24, minutes % 60)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moment_is_that_of_china() {
        assert_eq!(
            (moment(1_650_000_000), moment(1_649_952_000)),
            ("2022-04-15 13:20".into(), "2022-04-15 00:00".into())
        );
    }

    #[test]
    fn a_form_leads_back_to_the_desk_alone() {
        let back_to = |to: &str| {
            let answers = vec![("back".to_owned(), to.to_owned())];
            back(&Posted { answers }).to_owned()
        };
        assert_eq!(back_to("/report/x?village=1"), "/report/x?village=1");
        for elsewhere in ["", "x", "//evil.example", "/\\evil.example", "https://evil.example", "\\\\evil"] {
            assert_eq!(back_to(elsewhere), "/", "{elsewhere}");
        }
        assert_eq!(back(&Posted::default()), "/");
    }

    #[test]
    fn an_id_has_32_digits() {
        assert!(id(&"ab".repeat(16)).is_ok());
        for text in ["", "ab", "../../etc/passwd"] {
            assert!(matches!(id(text), Err(PageError::NotFound)), "{text}");
        }
    }
}
