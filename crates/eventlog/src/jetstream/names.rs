//! The names of a log at NATS, written down once: streams, subjects, headers.

use lika_domain::area::Area;

/// Header of a checkpoint: which stream the log is ordered by, counted from 0.
pub(crate) const EPOCH: &str = "Lika-Epoch";
/// Header of a checkpoint: index of the entry that the stream's first message holds.
pub(crate) const BASE: &str = "Lika-Base";
/// Header of a checkpoint: the process that published it.
pub(crate) const INTEGRATOR: &str = "Lika-Integrator";

/// The names of one log.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Names {
    area: String,
}

impl Names {
    /// Names of the log that covers an area.
    pub fn new(area: Area) -> Self {
        Self { area: area.prefix().as_str().to_owned() }
    }

    /// The part that every name of this log contains: the digits of its area, without the zeros at the end.
    pub fn area(&self) -> &str {
        &self.area
    }

    /// The stream that orders entries, one for each epoch.
    pub fn log_stream(&self, epoch: u32) -> String {
        format!("LIKA_LOG_{}_{epoch}", self.area)
    }

    /// All subjects of that stream.
    pub fn log_subjects(&self, epoch: u32) -> String {
        format!("lika.log.{}.{epoch}.*", self.area)
    }

    /// The subject of a village's entries, or of the entries of the jurisdiction itself.
    pub fn log_subject(&self, epoch: u32, of: Area) -> String {
        format!("lika.log.{}.{epoch}.{}", self.area, of.prefix().as_str())
    }

    /// The stream that holds the last checkpoint.
    pub fn checkpoint_stream(&self) -> String {
        format!("LIKA_SEAL_{}", self.area)
    }

    /// Its only subject.
    pub fn checkpoint_subject(&self) -> String {
        format!("lika.seal.{}", self.area)
    }

    /// Prefix of all request subjects of this log's services.
    pub fn service_prefix(&self) -> String {
        format!("lika.svc.{}", self.area)
    }

    /// Where the audit service serves tiles: the path in, the bytes out; empty if there is no such tile.
    pub fn tile_subject(&self) -> String {
        format!("{}.audit.tile", self.service_prefix())
    }

    /// Where the audit service serves chunks of its snapshot of the state.
    pub fn snapshot_subject(&self) -> String {
        format!("{}.audit.snapshot", self.service_prefix())
    }

    /// Where every process answers with the latest checkpoint that it has seen published.
    pub(crate) fn seen_subject(&self) -> String {
        format!("{}.seen", self.service_prefix())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_those_written_down() {
        let names = Names::new("130624".parse().unwrap());
        let village = "130624100201".parse().unwrap();
        assert_eq!(names.log_stream(2), "LIKA_LOG_130624_2");
        assert_eq!(names.log_subjects(2), "lika.log.130624.2.*");
        assert_eq!(names.log_subject(2, village), "lika.log.130624.2.130624100201");
        assert_eq!(names.checkpoint_stream(), "LIKA_SEAL_130624");
        assert_eq!(names.checkpoint_subject(), "lika.seal.130624");
        assert_eq!(names.tile_subject(), "lika.svc.130624.audit.tile");
        assert_eq!(names.snapshot_subject(), "lika.svc.130624.audit.snapshot");
        assert_eq!(names.seen_subject(), "lika.svc.130624.seen");
    }
}
