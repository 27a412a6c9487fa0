//! Log messages of the services go to stderr; `LIKA_LOG` sets how many, as in `LIKA_LOG=lika_gateway=debug`.

use tracing_subscriber::EnvFilter;
use tracing_subscriber::filter::LevelFilter;

/// Starts the logging. With `json` each line is a JSON object.
pub(crate) fn start(json: bool) {
    let filter = EnvFilter::builder().with_default_directive(LevelFilter::WARN.into()).with_env_var("LIKA_LOG");
    let builder = tracing_subscriber::fmt().with_env_filter(filter.from_env_lossy()).with_writer(std::io::stderr);
    // If a line cannot be written, as on a full disk, a message about that cannot be written either; trying would
    // panic.
    let builder = builder.log_internal_errors(false);
    // Only a second start in the same process can fail; the first then continues.
    let _ = if json {
        builder.json().flatten_event(true).try_init()
    } else {
        builder.with_ansi(crate::printer::is_coloured()).try_init()
    };
}
