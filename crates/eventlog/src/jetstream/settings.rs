//! Required settings of servers and of the log's streams, compared at every start and never changed by the program: a
//! stream that was made otherwise, or altered later, is refused with the name of the setting.

use super::checkpoints::{Checkpoints, Position, Published};
use super::error::StreamError;
use super::names::Names;
use async_nats::jetstream::Context;
use async_nats::jetstream::context::GetStreamErrorKind;
use async_nats::jetstream::stream::{Config, DiscardPolicy, Info, PersistenceMode, RetentionPolicy, StorageType};
use std::fmt::Debug;
use std::time::Duration;

pub use super::majority::check_majority;

/// The oldest server on which a batch costs a few syncs and not one per message.
pub const SERVER_OLDEST: [u64; 3] = [2, 15, 1];
/// Largest message of a log: the largest entry and its headers, in bytes.
const MESSAGE_BYTES_MAX: i32 = 65_535 + 1_024;
/// Smallest payload limit that a server may have, in bytes: answers with the figures of many villages are long.
pub const PAYLOAD_BYTES_MIN: usize = 8 * 1024 * 1024;

/// The stream that orders entries.
pub fn log_stream(names: &Names, epoch: u32, replicas: usize) -> Config {
    Config {
        name: names.log_stream(epoch),
        subjects: vec![names.log_subjects(epoch)],
        max_message_size: MESSAGE_BYTES_MAX,
        deny_delete: true,
        deny_purge: true,
        allow_atomic_publish: true,
        ..common(replicas)
    }
}

/// The stream of the latest checkpoint: only the last message is kept.
pub fn checkpoint_stream(names: &Names, replicas: usize) -> Config {
    Config {
        name: names.checkpoint_stream(),
        subjects: vec![names.checkpoint_subject()],
        discard: DiscardPolicy::Old,
        max_messages_per_subject: 1,
        deny_delete: true,
        deny_purge: true,
        ..common(replicas)
    }
}

/// The settings common to all streams: they keep everything, on disk.
pub fn common(replicas: usize) -> Config {
    Config {
        retention: RetentionPolicy::Limits,
        storage: StorageType::File,
        discard: DiscardPolicy::New,
        num_replicas: replicas,
        ..Config::default()
    }
}

/// Makes the streams of a log and publishes its first checkpoint. Streams of others, which their services need as
/// soon as there is a checkpoint, must have been made before.
///
/// # Errors
/// [`StreamError::Exists`] if there is such a log; it is left unchanged.
pub async fn create(
    context: &Context,
    names: &Names,
    checkpoints: &Checkpoints,
    position: &Position,
    replicas: usize,
) -> Result<(), StreamError> {
    if checkpoints.last().await.is_ok() {
        return Err(StreamError::Exists(names.checkpoint_stream()));
    }
    make_streams(context, names, replicas).await?;
    first_checkpoint(checkpoints, position, 0).await
}

/// Makes the streams of a log that do not exist yet.
///
/// # Errors
/// As [`make_unless_there`]; [`StreamError::Exists`] if the log has entries already.
pub async fn make_streams(context: &Context, names: &Names, replicas: usize) -> Result<(), StreamError> {
    make_unless_there(context, &checkpoint_stream(names, replicas)).await?;
    let log = make_unless_there(context, &log_stream(names, 0, replicas)).await?;
    if log.state.last_sequence > 0 { Err(StreamError::Exists(log.config.name)) } else { Ok(()) }
}

/// Makes a stream that a log needs, if it does not exist yet, so an interrupted attempt is completed by the next.
/// Nothing depends on the streams before a checkpoint is published.
///
/// # Errors
/// [`StreamError::Setting`] if there is one that is set otherwise, [`StreamError::Exists`] if it has another number
/// of replicas.
pub async fn make_unless_there(context: &Context, config: &Config) -> Result<Info, StreamError> {
    match make(context, config.clone()).await {
        Err(StreamError::Exists(name)) => {
            let found = check(context, config).await?;
            if found.config.num_replicas == config.num_replicas { Ok(found) } else { Err(StreamError::Exists(name)) }
        }
        made => made,
    }
}

/// Number of replicas of a log's messages, as its stream of checkpoints has it.
pub async fn replicas(context: &Context, names: &Names) -> Result<usize, StreamError> {
    Ok(check(context, &checkpoint_stream(names, 1)).await?.config.num_replicas)
}

/// Makes the stream of a new epoch and publishes a checkpoint that names it; returns the epoch's number. An empty
/// stream left by an interrupted attempt is used. One that holds entries is kept for inquiry and the next number is
/// tried: the checkpoint that named it was lost.
///
/// # Errors
/// As [`create`].
pub async fn begin_epoch(
    context: &Context,
    names: &Names,
    checkpoints: &Checkpoints,
    position: &Position,
    replicas: usize,
) -> Result<Position, StreamError> {
    let mut position = position.clone();
    loop {
        let stream = log_stream(names, position.epoch, replicas);
        match make(context, stream.clone()).await {
            Err(StreamError::Exists(_)) => match check(context, &stream).await {
                Ok(info) if info.state.last_sequence == 0 => break,
                Err(error @ StreamError::Nats { .. }) => return Err(error),
                Ok(_) | Err(_) => position.epoch += 1,
            },
            Err(error) => return Err(error),
            Ok(_) => break,
        }
    }
    first_checkpoint(checkpoints, &position, position.sequence).await?;
    Ok(position)
}

async fn make(context: &Context, config: Config) -> Result<Info, StreamError> {
    let name = config.name.clone();
    match context.get_stream(&name).await {
        Ok(_) => return Err(StreamError::Exists(name)),
        Err(error) if is_missing(error.kind()) => {}
        Err(error) => return Err(StreamError::nats("looking for a stream")(error)),
    }
    let made = context.create_stream(config.clone()).await.map_err(StreamError::nats("making a stream"))?;
    check_stream(&config, made.cached_info())?;
    Ok(made.cached_info().clone())
}

/// Publishes the first checkpoint of a log or an epoch, after message `last` of the stream of checkpoints.
///
/// # Errors
/// [`StreamError::Exists`] if the log has a checkpoint already and `last` is 0; [`StreamError::NoCheckpoint`] if
/// another checkpoint was published meanwhile.
pub async fn first_checkpoint(checkpoints: &Checkpoints, position: &Position, last: u64) -> Result<(), StreamError> {
    match checkpoints.publish(position, last).await? {
        Published::As(_) => Ok(()),
        Published::Lost if last == 0 => Err(StreamError::Exists(checkpoints.names.checkpoint_stream())),
        Published::Lost => Err(StreamError::NoCheckpoint("another integrator is at work; stop it first".into())),
    }
}

/// Reads a stream's settings and compares them.
///
/// # Errors
/// [`StreamError::Missing`], or [`StreamError::Setting`] with the first one that differs; [`StreamError::Gap`] if
/// messages have been removed from a log's stream.
pub async fn check(context: &Context, wanted: &Config) -> Result<Info, StreamError> {
    let stream = context.get_stream(&wanted.name).await.map_err(|error| match is_missing(error.kind()) {
        true => StreamError::Missing(wanted.name.clone()),
        false => StreamError::nats("looking for a stream")(error),
    })?;
    let info = stream.cached_info().clone();
    check_stream(wanted, &info)?;
    Ok(info)
}

fn is_missing(kind: GetStreamErrorKind) -> bool {
    matches!(kind, GetStreamErrorKind::JetStream(error) if error.code() == 404)
}

fn check_stream(wanted: &Config, info: &Info) -> Result<(), StreamError> {
    let found = &info.config;
    let of = |name: &'static str| (format!("stream {}", found.name), name);
    same(of("subjects"), &wanted.subjects, &found.subjects)?;
    same(of("retention"), &wanted.retention, &found.retention)?;
    same(of("storage"), &wanted.storage, &found.storage)?;
    same(of("discard"), &wanted.discard, &found.discard)?;
    same(of("deny_delete"), &wanted.deny_delete, &found.deny_delete)?;
    same(of("deny_purge"), &wanted.deny_purge, &found.deny_purge)?;
    same(of("allow_atomic"), &wanted.allow_atomic_publish, &found.allow_atomic_publish)?;
    same(
        of("max_msgs_per_subject"),
        &unlimited(wanted.max_messages_per_subject),
        &unlimited(found.max_messages_per_subject),
    )?;
    same(of("max_msgs"), &-1, &unlimited(found.max_messages))?;
    same(of("max_bytes"), &-1, &unlimited(found.max_bytes))?;
    same(of("max_age"), &Duration::ZERO, &found.max_age)?;
    same(of("allow_rollup_hdrs"), &false, &found.allow_rollup)?;
    same(of("allow_msg_ttl"), &false, &found.allow_message_ttl)?;
    same(of("sealed"), &false, &found.sealed)?;
    same(of("mirror"), &false, &found.mirror.is_some())?;
    same(of("sources"), &false, &found.sources.as_ref().is_some_and(|sources| !sources.is_empty()))?;
    let lazily = matches!(found.persist_mode, Some(PersistenceMode::Async));
    same(of("persist_mode async"), &false, &lazily)?;
    let whole = !wanted.deny_purge || wanted.max_messages_per_subject > 0;
    match info.state {
        ref state if whole || state.messages == state.last_sequence => Ok(()),
        ref state => Err(StreamError::Gap { wanted: state.last_sequence, found: state.messages }),
    }
}

/// NATS writes "no limit" as 0 or as -1.
fn unlimited(limit: i64) -> i64 {
    if limit <= 0 { -1 } else { limit }
}

fn same<T: PartialEq + Debug>((of, name): (String, &'static str), wanted: &T, found: &T) -> Result<(), StreamError> {
    if wanted == found {
        return Ok(());
    }
    Err(StreamError::Setting { of, name, wanted: format!("{wanted:?}"), found: format!("{found:?}") })
}

/// Checks the settings that a server reports at `/varz` of its monitoring address.
///
/// # Errors
/// [`StreamError::Setting`] with the first setting that makes it unsafe for durable data.
pub fn check_server(varz: &serde_json::Value) -> Result<(), StreamError> {
    let text = |value: &serde_json::Value| value.as_str().unwrap_or("unknown").to_owned();
    let of = || format!("nats-server {}", text(&varz["server_name"]));
    let version = text(&varz["version"]);
    let oldest = SERVER_OLDEST.map(|part| part.to_string()).join(".");
    let setting = |name, wanted: String, found: String| Err(StreamError::Setting { of: of(), name, wanted, found });
    if numbers(&version) < SERVER_OLDEST {
        return setting("version", format!("{oldest} or later"), version);
    }
    let config = &varz["jetstream"]["config"];
    if config.is_null() {
        return setting("jetstream", "enabled".into(), "off".into());
    }
    if config["sync_always"] != serde_json::Value::Bool(true) {
        let every =
            config["sync_interval"].as_u64().map_or("unknown".into(), |ns| format!("{} s", ns / 1_000_000_000));
        return setting("sync_interval", "always".into(), every);
    }
    let payload = varz["max_payload"].as_u64().unwrap_or(0);
    if payload < PAYLOAD_BYTES_MIN as u64 {
        return setting("max_payload", format!("at least {PAYLOAD_BYTES_MIN}"), payload.to_string());
    }
    Ok(())
}

fn numbers(version: &str) -> [u64; 3] {
    let release = version.split('-').next().unwrap_or_default();
    let mut parts = release.split('.').map(|part| part.parse().unwrap_or(0));
    std::array::from_fn(|_| parts.next().unwrap_or(0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn varz() -> serde_json::Value {
        json!({"server_name": "n1", "version": "2.15.1", "max_payload": 8_388_608,
               "jetstream": {"config": {"sync_always": true, "sync_interval": 120_000_000_000u64}}})
    }

    #[test]
    fn a_server_that_may_lose_acknowledged_messages_is_refused_by_name() {
        check_server(&varz()).unwrap();
        for (path, value, expected) in [
            ("/version", json!("2.14.6"), "nats-server n1: version is 2.14.6 and must be 2.15.1 or later"),
            ("/version", json!("2.9.10"), "version is 2.9.10"),
            ("/jetstream/config/sync_always", json!(false), "sync_interval is 120 s and must be always"),
            ("/jetstream/config", json!(null), "jetstream is off"),
            ("/max_payload", json!(1_048_576), "max_payload is 1048576 and must be at least 8388608"),
        ] {
            let mut other = varz();
            *other.pointer_mut(path).unwrap() = value;
            let error = check_server(&other).unwrap_err().to_string();
            assert!(error.contains(expected), "{error}");
        }
        let mut later = varz();
        later["version"] = json!("2.16.0-RC.1");
        check_server(&later).unwrap();
    }
}
