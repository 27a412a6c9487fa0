//! What the gateway counts about itself, in the text format of Prometheus.

use crate::routes::ROUTES;
use hyper::StatusCode;
use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

/// Upper ends of the histogram's buckets, in microseconds; the last bucket has none.
const BUCKETS_US: [u64; 12] =
    [500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 2_500_000, 10_000_000];
/// Statuses that are counted one by one; any other counts as the last.
const STATUSES: [u16; 20] =
    [200, 201, 303, 400, 401, 403, 404, 405, 406, 408, 409, 413, 414, 415, 422, 429, 431, 500, 503, 0];

/// Counters of everything that was answered.
pub(crate) struct Metrics {
    /// One for each route, and one for what is on none.
    routes: Vec<Route>,
    /// Open connections.
    pub(crate) connections: AtomicU64,
}

#[derive(Default)]
struct Route {
    statuses: [AtomicU64; STATUSES.len()],
    buckets: [AtomicU64; BUCKETS_US.len() + 1],
    sum_us: AtomicU64,
}

/// What is known elsewhere and told with the rest.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gauges {
    pub(crate) log_entries: u64,
    pub(crate) submissions: usize,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let routes = (0..=ROUTES.len()).map(|_| Route::default()).collect();
        Self { routes, connections: AtomicU64::new(0) }
    }

    /// Counts an answer. `path` is the route's pattern; `None` for what is on none.
    pub(crate) fn count(&self, path: Option<&str>, status: StatusCode, took: Duration) {
        let number = path.and_then(|path| ROUTES.iter().position(|route| *route == path)).unwrap_or(ROUTES.len());
        let Some(route) = self.routes.get(number) else { return };
        let status = STATUSES.iter().position(|known| *known == status.as_u16()).unwrap_or(STATUSES.len() - 1);
        let us = u64::try_from(took.as_micros()).unwrap_or(u64::MAX);
        let bucket = BUCKETS_US.iter().position(|most| us <= *most).unwrap_or(BUCKETS_US.len());
        route.statuses[status].fetch_add(1, Ordering::Relaxed);
        route.buckets[bucket].fetch_add(1, Ordering::Relaxed);
        route.sum_us.fetch_add(us, Ordering::Relaxed);
    }

    /// All of it as text.
    pub(crate) fn text(&self, gauges: Gauges) -> String {
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = self.write(&mut text, gauges);
        text
    }

    fn write(&self, text: &mut String, gauges: Gauges) -> std::fmt::Result {
        for (name, what, value) in [
            ("lika_connections", "Open connections.", self.connections.load(Ordering::Relaxed)),
            ("lika_submissions_in_flight", "Submissions under way.", gauges.submissions as u64),
            ("lika_log_entries", "Entries under the latest checkpoint.", gauges.log_entries),
        ] {
            writeln!(text, "# HELP {name} {what}\n# TYPE {name} gauge\n{name} {value}")?;
        }
        writeln!(text, "# HELP lika_http_responses_total Answers by route and status.")?;
        writeln!(text, "# TYPE lika_http_responses_total counter")?;
        self.each(|path, route| route.write_statuses(text, path))?;
        writeln!(text, "# HELP lika_http_response_seconds Time from the head of a request to that of its answer.")?;
        writeln!(text, "# TYPE lika_http_response_seconds histogram")?;
        self.each(|path, route| route.write_times(text, path))
    }

    /// Routes that were asked for at least once.
    fn each(&self, mut write: impl FnMut(&str, &Route) -> std::fmt::Result) -> std::fmt::Result {
        let paths = ROUTES.iter().copied().chain(["none"]);
        paths.zip(&self.routes).filter(|(_, route)| route.asked() > 0).try_for_each(|(path, route)| write(path, route))
    }
}

impl Route {
    fn asked(&self) -> u64 {
        self.buckets.iter().map(|bucket| bucket.load(Ordering::Relaxed)).sum()
    }

    fn write_statuses(&self, text: &mut String, path: &str) -> std::fmt::Result {
        for (status, count) in STATUSES.iter().zip(&self.statuses) {
            let (count, status) =
                (count.load(Ordering::Relaxed), if *status == 0 { "other" } else { &status.to_string() });
            if count > 0 {
                writeln!(text, "lika_http_responses_total{{route=\"{path}\",status=\"{status}\"}} {count}")?;
            }
        }
        Ok(())
    }

    fn write_times(&self, text: &mut String, path: &str) -> std::fmt::Result {
        let mut below = 0;
        for (most, count) in BUCKETS_US.iter().zip(&self.buckets) {
            below += count.load(Ordering::Relaxed);
            let most = seconds(*most);
            writeln!(text, "lika_http_response_seconds_bucket{{route=\"{path}\",le=\"{most}\"}} {below}")?;
        }
        let (asked, sum) = (self.asked(), seconds(self.sum_us.load(Ordering::Relaxed)));
        writeln!(text, "lika_http_response_seconds_bucket{{route=\"{path}\",le=\"+Inf\"}} {asked}")?;
        writeln!(text, "lika_http_response_seconds_sum{{route=\"{path}\"}} {sum}")?;
        writeln!(text, "lika_http_response_seconds_count{{route=\"{path}\"}} {asked}")
    }
}

fn seconds(us: u64) -> String {
    format!("{}.{:06}", us / 1_000_000, us % 1_000_000)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_counted_by_route_and_status() {
        let metrics = Metrics::new();
        metrics.count(Some(ROUTES[0]), StatusCode::OK, Duration::from_micros(1_500));
        metrics.count(Some(ROUTES[0]), StatusCode::IM_A_TEAPOT, Duration::from_secs(20));
        metrics.count(None, StatusCode::NOT_FOUND, Duration::ZERO);
        let text = metrics.text(Gauges { log_entries: 7, submissions: 0 });
        for line in [
            "lika_log_entries 7".to_owned(),
            format!("lika_http_responses_total{{route=\"{}\",status=\"200\"}} 1", ROUTES[0]),
            format!("lika_http_responses_total{{route=\"{}\",status=\"other\"}} 1", ROUTES[0]),
            "lika_http_responses_total{route=\"none\",status=\"404\"} 1".to_owned(),
            format!("lika_http_response_seconds_bucket{{route=\"{}\",le=\"0.001000\"}} 0", ROUTES[0]),
            format!("lika_http_response_seconds_bucket{{route=\"{}\",le=\"0.002500\"}} 1", ROUTES[0]),
            format!("lika_http_response_seconds_bucket{{route=\"{}\",le=\"+Inf\"}} 2", ROUTES[0]),
            format!("lika_http_response_seconds_sum{{route=\"{}\"}} 20.001500", ROUTES[0]),
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert!(!text.contains(ROUTES[1]));
    }
}
