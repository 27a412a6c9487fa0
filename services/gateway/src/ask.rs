//! What the gateway asks of others. It knows no other service: it is given a handle for each question, which in one
//! process is a call and between processes a message.

use bytes::Bytes;
use futures::future::BoxFuture;
use lika_domain::area::{Area, Level};
use lika_domain::date::Date;
use lika_domain::ids::{HouseholdId, Index, MemberNo, OfficialId};
use lika_domain::progress::FigureRef;
use lika_ledger::{Ledger, Receipt, SubmitError};
use lika_proto::v1::SignedSubmission;
use lika_tlog::TilePath;
use lika_vault::{OpenedCard, OpenedOfficial};
use lika_views::{Explanation, HouseholdView, OfficialView, PolicyView, Progress};
use std::sync::Arc;

/// A question to another service.
pub struct Ask<Q, A>(Arc<dyn Fn(Q) -> BoxFuture<'static, A> + Send + Sync>);

/// A submission that could be read and whose data keys are kept, on its way into the log. It takes its place behind those
/// polled before it when it is first polled, and resolves with its receipt.
pub type Recording = BoxFuture<'static, Result<Receipt, SubmitError>>;

/// A recorder: reads a submission, checks what only it can see, and gives what records it.
pub type Recorder = Ask<SignedSubmission, Result<Recording, SubmitError>>;

/// A question to a service that reads.
pub type Read<Q, A> = Ask<Q, Result<A, ReadError>>;

/// What the gateway works with.
pub struct Deps {
    /// The state that keys and roles are looked up in, and the log's own figures.
    pub ledger: Arc<Ledger>,
    /// Records events of villages and households.
    pub households: Recorder,
    /// Records events of officials.
    pub officials: Recorder,
    /// Records events of funds and aid.
    pub aid: Recorder,
    /// The progress of an area, or of those of a level inside it; `None` if the log knows nothing in it.
    pub progress: Read<ProgressQuery, Option<Vec<Progress>>>,
    /// What a figure of an area rests on; `None` if the log knows nothing in it.
    pub explain: Read<(ProgressQuery, FigureRef), Option<Explanation>>,
    /// The policy of an area on a day; `None` if the log does not cover it.
    pub policy: Read<PolicyQuery, Option<PolicyView>>,
    /// A card.
    pub household: Read<HouseholdId, Option<HouseholdView>>,
    /// An official.
    pub official: Read<OfficialId, Option<OfficialView>>,
    /// Personal data of a card.
    pub open_household: Read<OpenHousehold, OpenedCard>,
    /// Personal data of an official.
    pub open_official: Read<OfficialId, Option<OpenedOfficial>>,
    /// A tile's or bundle's bytes as they lie in the log's folder.
    pub tile: Read<TilePath, Option<Bytes>>,
    /// The tlog-proof of an entry; `None` if it is not published.
    pub proof: Read<Index, Option<String>>,
}

/// Which progress is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ProgressQuery {
    /// Where.
    pub area: Area,
    /// One document for each area of that level inside it; `None` is one for the area itself.
    pub by: Option<Level>,
    /// As of that day of what happened.
    pub at: Option<Date>,
    /// As was recorded by the end of that day.
    pub recorded_by: Option<Date>,
    /// Wait until this entry is counted.
    pub index: Option<Index>,
}

/// Which policy is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PolicyQuery {
    /// Where; `None` is all that the log covers.
    pub area: Option<Area>,
    /// On which day; `None` is the day that the latest entry was recorded on.
    pub at: Option<Date>,
}

/// Whose personal data is to be opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OpenHousehold {
    /// The household.
    pub id: HouseholdId,
    /// Entries that concern its card, in order.
    pub entries: Vec<Index>,
    /// Its members.
    pub members: Vec<MemberNo>,
}

/// A service cannot answer.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ReadError {
    /// The views have not come so far in time.
    #[error("the views have not caught up")]
    Behind,
    /// Too many ask at the same time.
    #[error("too many ask for this at the same time")]
    Busy,
    /// Nobody of that service answers.
    #[error("no {0} service answers")]
    Unanswered(&'static str),
    /// It failed.
    #[error("cannot be read")]
    Failed(#[source] Arc<dyn std::error::Error + Send + Sync>),
}

impl<Q, A> Ask<Q, A> {
    /// A handle on whatever answers.
    pub fn new<F: Future<Output = A> + Send + 'static>(answer: impl Fn(Q) -> F + Send + Sync + 'static) -> Self {
        Self(Arc::new(move |question| Box::pin(answer(question))))
    }

    /// Asks.
    pub fn ask(&self, question: Q) -> BoxFuture<'static, A> {
        (self.0)(question)
    }
}

impl<Q, A> Clone for Ask<Q, A> {
    fn clone(&self) -> Self {
        Self(self.0.clone())
    }
}

impl ReadError {
    /// Of whatever failed.
    pub fn failed(error: impl std::error::Error + Send + Sync + 'static) -> Self {
        Self::Failed(Arc::new(error))
    }
}
