//! The patterns of all routes, written down once.

pub(crate) const SUBMISSIONS: &str = "/v1/submissions";
pub(crate) const STREAM: &str = "/v1/submissions:stream";
pub(crate) const SESSIONS: &str = "/v1/sessions";
pub(crate) const LOG: &str = "/v1/log";
pub(crate) const AREA_PROGRESS: &str = "/v1/areas/{prefix}/progress";
pub(crate) const AREA_FIGURE: &str = "/v1/areas/{prefix}/progress/{figure}";
pub(crate) const VILLAGE_PROGRESS: &str = "/v1/villages/{code}/progress";
pub(crate) const POLICY: &str = "/v1/policy";
pub(crate) const HOUSEHOLD: &str = "/v1/households/{id}";
pub(crate) const OFFICIAL: &str = "/v1/officials/{id}";
pub(crate) const REPLICA: &str = "/v1/replica/{prefix}";
pub(crate) const REPLICA_PERSONAL: &str = "/v1/replica/{prefix}/personal";
pub(crate) const PROOF: &str = "/v1/entries/{index}/proof";
pub(crate) const CHECKPOINT: &str = "/checkpoint";
pub(crate) const TILE: &str = "/tile/{*path}";
pub(crate) const HEALTHZ: &str = "/healthz";
pub(crate) const READYZ: &str = "/readyz";
pub(crate) const METRICS: &str = "/metrics";
pub(crate) const OPENAPI: &str = "/openapi.json";
pub(crate) const FRONT_PAGE: &str = "/";
pub(crate) const AREA_PAGE: &str = "/areas/{prefix}";
pub(crate) const FIGURE_PAGE: &str = "/areas/{prefix}/{figure}";

/// Patterns of all routes, in any order.
pub const ROUTES: [&str; 22] = [
    SUBMISSIONS,
    STREAM,
    SESSIONS,
    LOG,
    AREA_PROGRESS,
    AREA_FIGURE,
    VILLAGE_PROGRESS,
    POLICY,
    HOUSEHOLD,
    OFFICIAL,
    REPLICA,
    REPLICA_PERSONAL,
    PROOF,
    CHECKPOINT,
    TILE,
    HEALTHZ,
    READYZ,
    METRICS,
    OPENAPI,
    FRONT_PAGE,
    AREA_PAGE,
    FIGURE_PAGE,
];
