//! The gateway's own metrics, in the text format of Prometheus.

use crate::paths::ROUTES;
use hyper::StatusCode;
pub(crate) use prometheus_client::encoding::prometheus_text::CONTENT_TYPE;
use prometheus_client::encoding::{EncodeLabelSet, prometheus_text};
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;
use std::time::Duration;

/// Upper ends of the histogram's buckets, in seconds; the last bucket has none.
const BUCKETS_S: [f64; 12] = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 2.5, 10.0];
/// Statuses that are counted one by one. All others share a label, so that no client can create more series.
const STATUSES: [u16; 19] =
    [200, 201, 303, 400, 401, 403, 404, 405, 406, 408, 409, 413, 414, 415, 422, 429, 431, 500, 503];
/// The label of every other status.
const OTHER_STATUS: &str = "other";
/// The label of requests that match no route.
const NO_ROUTE: &str = "none";

/// Counters of all answers.
pub(crate) struct Metrics {
    registry: Registry,
    responses: Family<Response, Counter>,
    seconds: Family<Route, Histogram>,
    submissions: Gauge,
    log_entries: Gauge,
    /// Open connections.
    pub(crate) connections: Gauge,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Response {
    route: &'static str,
    status: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Route {
    route: &'static str,
}

/// Values from other parts of the gateway, which the text includes.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Gauges {
    pub(crate) log_entries: u64,
    pub(crate) submissions: usize,
}

impl Metrics {
    pub(crate) fn new() -> Self {
        let metrics = Self {
            registry: Registry::default(),
            responses: Family::default(),
            seconds: Family::new_with_constructor(|| Histogram::new(BUCKETS_S)),
            submissions: Gauge::default(),
            log_entries: Gauge::default(),
            connections: Gauge::default(),
        };
        metrics.registered()
    }

    fn registered(mut self) -> Self {
        let registry = &mut self.registry;
        registry.register("lika_connections", "Open connections", self.connections.clone());
        registry.register("lika_submissions_in_flight", "Submissions under way", self.submissions.clone());
        registry.register("lika_log_entries", "Entries under the latest checkpoint", self.log_entries.clone());
        // The format appends `_total` to the name of a counter.
        registry.register("lika_http_responses", "Answers by route and status", self.responses.clone());
        let what = "Time from the head of a request to that of its answer";
        registry.register("lika_http_response_seconds", what, self.seconds.clone());
        self
    }

    /// Counts an answer. `path` is the route's pattern; `None` if the request matches no route.
    pub(crate) fn count(&self, path: Option<&str>, status: StatusCode, took: Duration) {
        let route = path.and_then(|path| ROUTES.iter().find(|route| **route == path)).copied().unwrap_or(NO_ROUTE);
        let counted = STATUSES.contains(&status.as_u16());
        let status = if counted { status.as_str() } else { OTHER_STATUS }.to_owned();
        self.responses.get_or_create(&Response { route, status }).inc();
        self.seconds.get_or_create(&Route { route }).observe(took.as_secs_f64());
    }

    /// All of it as text of the media type [`CONTENT_TYPE`].
    pub(crate) fn text(&self, gauges: Gauges) -> String {
        self.log_entries.set(i64::try_from(gauges.log_entries).unwrap_or(i64::MAX));
        self.submissions.set(i64::try_from(gauges.submissions).unwrap_or(i64::MAX));
        let mut text = String::new();
        // Writing to a String does not fail.
        let _ = prometheus_text::encode(&mut text, &self.registry);
        text
    }
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
            "# TYPE lika_log_entries gauge".to_owned(),
            "lika_log_entries 7".to_owned(),
            "# TYPE lika_http_responses_total counter".to_owned(),
            format!("lika_http_responses_total{{route=\"{}\",status=\"200\"}} 1", ROUTES[0]),
            format!("lika_http_responses_total{{route=\"{}\",status=\"other\"}} 1", ROUTES[0]),
            "lika_http_responses_total{route=\"none\",status=\"404\"} 1".to_owned(),
            format!("lika_http_response_seconds_bucket{{route=\"{}\",le=\"0.001\"}} 0", ROUTES[0]),
            format!("lika_http_response_seconds_bucket{{route=\"{}\",le=\"0.0025\"}} 1", ROUTES[0]),
            format!("lika_http_response_seconds_bucket{{route=\"{}\",le=\"+Inf\"}} 2", ROUTES[0]),
            format!("lika_http_response_seconds_sum{{route=\"{}\"}} 20.0015", ROUTES[0]),
            format!("lika_http_response_seconds_count{{route=\"{}\"}} 2", ROUTES[0]),
        ] {
            assert!(text.lines().any(|found| found == line), "{line}\n{text}");
        }
        assert!(!text.contains(ROUTES[1]));
    }
}
