//! The task that does all background work: at once when some arrives, and otherwise by a timer.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::{JoinHandle, JoinSet};

use super::Work;
use crate::domain::causes::with_causes;
use crate::services::Services;

/// How long the runner waits when nothing arrives. What is tried again, or was left behind by another process, waits
/// at most this much longer.
const LOOK_EVERY: Duration = Duration::from_secs(5);
/// How long a piece of work may still take when the service stops. One that is cut off is due again when its lease ends.
const STOP_MAX: Duration = Duration::from_secs(10);

/// All background work.
pub struct Runner {
    services: Arc<Services>,
    works: Vec<Arc<dyn Work>>,
}

impl Runner {
    /// A runner without any work yet.
    pub const fn new(services: Arc<Services>) -> Self {
        Self { services, works: Vec::new() }
    }

    /// The same runner with one kind of work more.
    #[must_use]
    pub fn with(mut self, work: impl Work + 'static) -> Self {
        self.works.push(Arc::new(work));
        self
    }

    /// Starts on the present runtime.
    pub fn start(self) -> Running {
        let (stop, stopping) = watch::channel(false);
        Running::new(stop, tokio::spawn(self.run(stopping)))
    }

    async fn run(self, mut stopping: watch::Receiver<bool>) {
        while !*stopping.borrow() {
            if self.do_round().await {
                continue;
            }
            tokio::select! {
                () = self.services.work_arrived() => {}
                () = tokio::time::sleep(LOOK_EVERY) => {}
                // An error means that nobody is left who could say it.
                _ = stopping.changed() => {}
            }
            if stopping.has_changed().is_err() {
                return;
            }
        }
    }

    /// One piece of each kind of work. Whether more may be due at once.
    async fn do_round(&self) -> bool {
        let mut has_more = false;
        for work in &self.works {
            // A task of its own: a panic ends this piece, but neither the other kinds of work nor the rounds to come. The
            // set ends it where the round itself is ended.
            let (mut piece, doing) = (JoinSet::new(), Arc::clone(work));
            piece.spawn(async move { doing.do_one().await });
            match piece.join_next().await {
                Some(Ok(Ok(more))) => has_more |= more,
                Some(Ok(Err(error))) => {
                    let causes = with_causes(&error);
                    tracing::warn!(work.name = work.name(), "background work will be tried again: {causes}");
                }
                Some(Err(panic)) => {
                    tracing::error!(work.name = work.name(), "background work was cut off: {panic}");
                }
                None => {}
            }
        }
        has_more
    }
}

/// Background work under way.
pub struct Running {
    stop: watch::Sender<bool>,
    task: JoinHandle<()>,
}

impl Running {
    /// Work that a task does until it is told to stop.
    pub(super) const fn new(stop: watch::Sender<bool>, task: JoinHandle<()>) -> Self {
        Self { stop, task }
    }

    /// Begins nothing more, and waits for what is under way as long as is reasonable.
    pub async fn stop(mut self) {
        self.stop.send_replace(true);
        if tokio::time::timeout(STOP_MAX, &mut self.task).await.is_err() {
            tracing::warn!("background work took too long to stop; it is repeated at the next start");
            self.task.abort();
        }
    }
}
