//! The services that run in processes of their own.

/// A service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceKind {
    /// HTTP: takes submissions, shows progress
    Gateway,
    /// Records events of villages and households
    Households,
    /// Records events of officials
    Officials,
    /// Records events of funds and aid
    Aid,
    /// Shows the progress of areas
    Progress,
    /// Copies the log, signs its checkpoints, and proves its entries
    Audit,
}

impl ServiceKind {
    /// Its name at NATS.
    pub fn name(self) -> &'static str {
        match self {
            Self::Gateway => "gateway",
            Self::Households => "households",
            Self::Officials => "officials",
            Self::Aid => "aid",
            Self::Progress => "progress",
            Self::Audit => "audit",
        }
    }
}
