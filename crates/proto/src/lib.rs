//! The wire shapes of Lika and their only mapping to the types of the rules.
//!
//! * [`v1`]: messages generated from `proto/lika/v1`. The comments there are their documentation.
//! * [`convert`]: from the wire to [`lika_domain`], with the checks of each value by itself.
//! * [`json`]: the same messages as JSON, for people and for clients without protobuf.
//! * [`seal`]: encryption of personal data in messages.

pub mod convert;
pub mod json;
#[cfg(test)]
#[path = "../build/mapping.rs"]
mod mapping;
pub mod seal;

/// Messages of `proto/lika/v1`.
#[allow(missing_docs, clippy::all, clippy::pedantic, reason = "generated; the proto files hold the comments")]
pub mod v1 {
    include!(concat!(env!("OUT_DIR"), "/lika.v1.rs"));
}

/// The compiled proto files, a FileDescriptorSet.
pub const DESCRIPTORS: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));

#[cfg(test)]
mod tests {
    use super::DESCRIPTORS;

    /// The page of events lists the possible contents of a report, with choices named as in the proto files.
    #[test]
    fn choices_on_the_page_of_events_are_known_to_the_proto_files() {
        let page = include_str!("../../domain/EVENTS.md");
        let choices = page.split_once("## Choices").unwrap().1;
        let names: Vec<_> = choices.split('`').skip(1).step_by(2).collect();
        assert!(names.len() > 100);
        for name in names {
            let known = DESCRIPTORS.windows(name.len()).any(|found| found == name.as_bytes());
            assert!(known, "{name}");
        }
    }
}
