//! What the services report while they run goes to stderr; `LIKA_LOG` says how much, as in
//! `LIKA_LOG=lika_gateway=debug`.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// Begins to write. With `json` a line is a JSON object.
pub(crate) fn start(json: bool) {
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::WARN.into()).with_env_var("LIKA_LOG");
    let builder = tracing_subscriber::fmt().with_env_filter(filter.from_env_lossy()).with_writer(std::io::stderr);
    // Where a line cannot be written, as on a full disk, neither can one about that; trying to would panic.
    let builder = builder.log_internal_errors(false);
    // Only a second start in the same process could fail, and the first then goes on.
    let _ = if json {
        builder.json().flatten_event(true).try_init()
    } else {
        builder.with_ansi(crate::printer::is_coloured()).try_init()
    };
}
