//! Waiting for one checkout to change: whoever waits is woken by that, and not by everything that is committed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::Notify;
use tokio::sync::futures::Notified;

use crate::domain::ids::CheckoutId;

type Watched = Arc<Mutex<HashMap<CheckoutId, Arc<Notify>>>>;

/// The checkouts that somebody waits for.
#[derive(Clone, Default)]
pub(super) struct CheckoutWatches(Watched);

/// A checkout that somebody waits for. As long as there is one, it is woken.
pub struct CheckoutWatch {
    id: CheckoutId,
    notify: Arc<Notify>,
    all: Watched,
}

impl CheckoutWatches {
    /// Begins to watch.
    pub(super) fn watch(&self, id: CheckoutId) -> CheckoutWatch {
        let mut watched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let notify = Arc::clone(watched.entry(id).or_default());
        CheckoutWatch { id, notify, all: Arc::clone(&self.0) }
    }

    /// Wakes everybody who waits for one of these.
    pub(super) fn wake(&self, ids: impl Iterator<Item = CheckoutId>) {
        let mut ids = ids.peekable();
        if ids.peek().is_none() {
            return;
        }
        let watched = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for notify in ids.filter_map(|id| watched.get(&id)) {
            notify.notify_waiters();
        }
    }
}

impl CheckoutWatch {
    /// Comes with the next change that this process commits, counted from this call and not from when it is first awaited.
    pub fn changed(&self) -> Notified<'_> {
        self.notify.notified()
    }
}

impl Drop for CheckoutWatch {
    fn drop(&mut self) {
        let mut watched = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        // The map's own, and this one: nobody else is there, and nobody can come while the map is locked.
        if Arc::strong_count(&self.notify) == 2 {
            watched.remove(&self.id);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use uuid::Uuid;

    #[test]
    fn who_waits_is_woken_by_what_they_wait_for_and_leaves_nothing_behind() {
        let [one, other] = [1, 2].map(|id| CheckoutId::from_uuid(Uuid::from_u128(id)));
        let watches = CheckoutWatches::default();
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let (first, second) = (watches.watch(one), watches.watch(one));
            let (mut early, late) = (Box::pin(first.changed()), second.changed());
            watches.wake([other].into_iter());
            tokio::select! {
                biased;
                () = &mut early => panic!("it did not change"),
                () = std::future::ready(()) => {}
            }
            watches.wake([one].into_iter());
            early.await;
            late.await;
            drop(first);
            assert_eq!(watches.0.lock().unwrap().len(), 1);
            drop(second);
        });
        assert!(watches.0.lock().unwrap().is_empty());
    }
}
