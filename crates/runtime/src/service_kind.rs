//! The services that run in processes of their own.

/// Which service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ServiceKind {
    /// HTTP: takes submissions, shows progress
    Gateway,
    /// Records what concerns villages and households
    Households,
    /// Records what concerns officials
    Officials,
    /// Records what concerns funds and aid
    Aid,
    /// Shows how far areas have come
    Progress,
    /// Copies the log, signs for it, and proves what is in it
    Audit,
}

impl ServiceKind {
    /// As it is named at NATS.
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
