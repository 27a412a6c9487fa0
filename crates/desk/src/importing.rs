//! The work on one table, from its file to what came of it, on a thread of its own.
//!
//! One table at a time, so that its limits in memory are those of the desk, and so that no page waits for it. The
//! thread is not waited for when the desk ends: to be killed at any point is what it must survive anyway. Whether a
//! table is to be sent is on disk, so a desk that starts goes on where one was killed.

use crate::desk::{Desk, now_s};
use crate::tables::{Comparison, Failure, Outcome, Stage, told};
use lika_client::home::KeptTable;
use lika_client::import::{self, Checked, Judge, Kind, Known, Options};
use lika_client::outbox::Step;
use lika_client::{Api, ApiError, HomeError, KeyFile, Random};
use lika_domain::official::Mode;
use std::sync::Arc;

impl Desk {
    /// Begins to check a table, and to send it if that is wanted; does nothing while another is worked on.
    pub(crate) fn work_on(self: &Arc<Self>, table: &KeptTable) {
        if !self.tables.begin(&table.id) {
            return;
        }
        let (desk, table) = (self.clone(), table.clone());
        let started = std::thread::Builder::new().name("table".to_owned()).spawn(move || run(&desk, &table));
        if let Err(error) = started {
            self.tables.set(Stage::Failed(Arc::new(Failure::broken(&error))));
        }
    }

    /// Goes on with a table whose sending was interrupted.
    ///
    /// # Errors
    /// If the folder cannot be read.
    pub(crate) fn resume_table(self: &Arc<Self>) -> Result<(), HomeError> {
        if !self.is_locked()
            && let Some(table) = self.home.tables()?.iter().find(|table| table.is_wanted)
        {
            self.work_on(table);
        }
        Ok(())
    }
}

/// Says at its end, whatever the end is, that nothing is worked on.
struct Ends<'d>(&'d Desk);

impl Drop for Ends<'_> {
    fn drop(&mut self) {
        let ended = self.0.tables.working().is_none();
        if !ended {
            self.0.tables.set(Stage::Failed(Arc::new(Failure::broken(&"panic"))));
        }
        self.0.tables.sending.send_replace(false);
        // What was signed and not answered is sent by itself from here on.
        self.0.wake.notify_one();
    }
}

/// Checks a table, and sends it if that is wanted.
fn run(desk: &Arc<Desk>, table: &KeptTable) {
    let _ends = Ends(desk);
    desk.tables.sending.send_replace(table.is_wanted);
    let stage = match outcome(desk, table) {
        Ok(outcome) => Stage::Done(Arc::new(outcome)),
        Err(failure) => Stage::Failed(Arc::new(failure)),
    };
    desk.tables.set(stage);
    desk.copy.want();
}

fn outcome(desk: &Desk, table: &KeptTable) -> Result<Outcome, Failure> {
    let bytes = desk.home.table_file(table).map_err(|error| Failure::broken(&error))?;
    let known = Known::load(&desk.home).map_err(|error| Failure::broken(&error))?;
    let mut checked = import::check(&bytes, &options(desk, table), &known).map_err(|error| told(&error))?;
    drop(bytes);
    let copy = desk.area().known.filter(|copy| copy.is_complete());
    let key = desk.key().map_err(|error| Failure::broken(&error))?;
    if let Some(copy) = &copy {
        checked.compare_with_area(copy);
        let ahead = copy.ahead(&desk.home).map_err(|error| Failure::broken(&error))?;
        let (home, reason) = (&desk.home, table.reason.as_deref());
        let with = Judge { known: copy, ahead: &ahead, home, key: &key, now_s: now_s(), reason };
        checked.judge(&with, &mut Random::system()).map_err(|error| Failure::broken(&error))?;
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    runtime.map_err(|error| Failure::broken(&error))?.block_on(async {
        // Connections belong to the thread that made them.
        let api = Api::new(desk.api.address()).map_err(|error| Failure::broken(&error))?;
        let compared = match compare(desk, &api, &key, &mut checked).await {
            Comparison::Unreachable if copy.is_some() => Comparison::Copy,
            compared => compared,
        };
        let mut applied = None;
        if table.is_wanted {
            desk.tables.set(Stage::Sending(0, 0));
            let step = |step: Step| desk.tables.set(Stage::Sending(step.answered, step.of));
            let mut random = Random::system();
            let done = import::apply(&desk.home, &api, &key, &checked, &mut random, now_s(), step).await;
            applied = Some(done.map_err(|error| Failure::broken(&error))?);
            // Everything that is new is signed by now, and its plan on disk: what is left is sent by the outbox.
            let ended = KeptTable { is_wanted: false, ..table.clone() };
            desk.home.keep_table(&ended).map_err(|error| Failure::broken(&error))?;
        }
        Ok(Outcome { checked, compared, applied })
    })
}

/// How a table is read: as was said when it came.
pub(crate) fn options(desk: &Desk, table: &KeptTable) -> Options {
    let mode = desk.seen().who.log.map(|log| log.mode);
    Options {
        kind: table.kind.as_deref().and_then(Kind::find),
        sheet: table.sheet.clone(),
        mode: mode.and_then(|mode| Mode::ALL.iter().copied().find(|known| known.name() == mode)),
        village: table.village.as_deref().and_then(|village| village.parse().ok()),
        date: table.happened.as_deref().and_then(|day| day.parse().ok()),
    }
}

async fn compare(desk: &Desk, api: &Api, key: &KeyFile, checked: &mut Checked) -> Comparison {
    let Ok(signer) = desk.home.signer_of(key) else { return Comparison::Refused };
    let compared = async {
        let session = api.open_session(&signer).await?;
        let told = |done, of| desk.tables.set(Stage::Comparing(done, of));
        checked.compare_with_register(&api.with_token(&session.token)?, told).await
    };
    match compared.await {
        Ok(compared) => Comparison::Done(compared.unseen),
        Err(ApiError::Refused(_)) => Comparison::Refused,
        Err(_) => Comparison::Unreachable,
    }
}
