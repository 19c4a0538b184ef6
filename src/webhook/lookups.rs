//! Looking names up, which others answer: as slowly as they like, and not at all.
//!
//! The system's resolver cannot be interrupted and keeps a thread until it gives up. So a name is looked up once at a time, however
//! many messages wait for it; names that were answered lately have places that no other name can take; and what was not answered
//! in time is not asked for again at once.

use std::collections::HashMap;
use std::io;
use std::net::{SocketAddr, ToSocketAddrs};
use std::num::NonZeroUsize;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use lru::LruCache;
use tokio::sync::{Semaphore, watch};
use tokio::time::Instant;

/// How many names are looked up at once that were answered lately, and how many others.
const KNOWN_AT_ONCE_MAX: usize = 32;
const OTHERS_AT_ONCE_MAX: usize = 64;
/// How many look-ups of names that were not answered lately are under way or wait for a place.
const OTHERS_WAITING_MAX: usize = 1_024;
/// How many names are remembered that were answered, and that were not.
const REMEMBERED_MAX: NonZeroUsize = NonZeroUsize::new(4_096).unwrap();
/// An answer that took longer makes a name one of the others again; and none within that time, one that is left alone for a while.
const QUICK_MAX: Duration = Duration::from_secs(2);
const LEFT_ALONE_FOR: Duration = Duration::from_secs(30);
/// The most addresses of a name that are looked at.
const ADDRESSES_MAX: usize = 16;

/// A name that was asked for, and the port with which it goes.
type Name = (String, u16);
/// How far a look-up has come.
#[derive(Debug, Clone)]
enum Look {
    UnderWay,
    /// What was found; none where that is nothing.
    Done(Option<Vec<SocketAddr>>),
}

/// What asks the system.
type Resolver = dyn Fn(&str, u16) -> io::Result<Vec<SocketAddr>> + Send + Sync;

/// Looks names up.
pub(super) struct Lookups {
    shared: Arc<Shared>,
}

struct Shared {
    resolver: Box<Resolver>,
    quick_max: Duration,
    left_alone_for: Duration,
    names: Mutex<Names>,
    known: Semaphore,
    others: Semaphore,
}

struct Names {
    under_way: HashMap<Name, watch::Receiver<Look>>,
    /// Those that were answered quickly when they were asked for last.
    known: LruCache<Name, ()>,
    /// Until when those are left alone that were not answered.
    left_alone: LruCache<Name, Instant>,
}

impl Lookups {
    /// By the system's resolver.
    pub(super) fn new() -> Self {
        let resolver = |host: &str, port: u16| -> io::Result<Vec<SocketAddr>> {
            Ok((host, port).to_socket_addrs()?.take(ADDRESSES_MAX).collect())
        };
        Self::by(Box::new(resolver), (QUICK_MAX, LEFT_ALONE_FOR))
    }

    fn by(resolver: Box<Resolver>, (quick_max, left_alone_for): (Duration, Duration)) -> Self {
        let names = Names {
            under_way: HashMap::new(),
            known: LruCache::new(REMEMBERED_MAX),
            left_alone: LruCache::new(REMEMBERED_MAX),
        };
        let shared = Shared {
            resolver,
            quick_max,
            left_alone_for,
            names: Mutex::new(names),
            known: Semaphore::new(KNOWN_AT_ONCE_MAX),
            others: Semaphore::new(OTHERS_AT_ONCE_MAX),
        };
        Self { shared: Arc::new(shared) }
    }

    /// The addresses of a name; none where it has none, or where it was not answered a moment ago.
    pub(super) async fn find(&self, host: String, port: u16) -> Option<Vec<SocketAddr>> {
        let mut found = self.begin((host, port))?;
        // It ends without an answer where the look-up is cut off.
        match &*found.wait_for(|look| matches!(look, Look::Done(_))).await.ok()? {
            Look::Done(addresses) => addresses.clone(),
            Look::UnderWay => None,
        }
    }

    /// What will be found: by the look-up that is under way, or a new one.
    fn begin(&self, name: Name) -> Option<watch::Receiver<Look>> {
        let mut names = self.shared.names();
        if names.left_alone.get(&name).is_some_and(|until| Instant::now() < *until) {
            return None;
        }
        // One that was cut off is begun anew.
        if let Some(found) = names.under_way.get(&name).filter(|found| found.has_changed().is_ok()) {
            return Some(found.clone());
        }
        let is_known = names.known.contains(&name);
        if !is_known && names.under_way.len() >= OTHERS_WAITING_MAX {
            return None;
        }
        let (sender, found) = watch::channel(Look::UnderWay);
        names.under_way.insert(name.clone(), found.clone());
        drop(names);
        let shared = Arc::clone(&self.shared);
        // It goes on where nobody waits any more: the resolver cannot be stopped.
        drop(tokio::spawn(async move {
            let addresses = shared.ask(&name, is_known).await;
            let mut names = shared.names();
            names.under_way.remove(&name);
            drop(names);
            drop(sender.send(Look::Done(addresses)));
        }));
        Some(found)
    }
}

impl Shared {
    fn names(&self) -> MutexGuard<'_, Names> {
        self.names.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Asks the resolver when there is a place, and remembers how that went.
    async fn ask(self: &Arc<Self>, name: &Name, is_known: bool) -> Option<Vec<SocketAddr>> {
        let places = if is_known { &self.known } else { &self.others };
        let _place = places.acquire().await.ok()?;
        let (shared, (host, port)) = (Arc::clone(self), name.clone());
        let begun = Instant::now();
        let asked = tokio::task::spawn_blocking(move || (shared.resolver)(&host, port)).await;
        let addresses = asked.ok().and_then(Result::ok).filter(|addresses| !addresses.is_empty());
        let is_quick = begun.elapsed() < self.quick_max;
        let mut names = self.names();
        match (addresses.is_some(), is_quick) {
            (true, true) => {
                names.known.put(name.clone(), ());
            }
            (false, false) => {
                names.known.pop(name);
                names.left_alone.put(name.clone(), Instant::now() + self.left_alone_for);
            }
            _ => {
                names.known.pop(name);
            }
        }
        drop(names);
        addresses
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};
    use std::sync::mpsc;

    use super::*;

    /// A resolver that hangs at names which begin with `slow` until it is let go on, and knows none that begin with `no`.
    fn lookups(bounds: (Duration, Duration)) -> (Lookups, Arc<AtomicUsize>, mpsc::Sender<()>) {
        let (go_on, waiting) = mpsc::channel::<()>();
        let (waiting, asked) = (Mutex::new(waiting), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&asked);
        let resolver = move |host: &str, port: u16| -> io::Result<Vec<SocketAddr>> {
            count.fetch_add(1, Ordering::SeqCst);
            match host {
                slow if slow.starts_with("slow") => {
                    // Also when the test is over.
                    let _woken = waiting.lock().unwrap().recv();
                    Err(io::ErrorKind::TimedOut.into())
                }
                none if none.starts_with("no") => Ok(Vec::new()),
                _ => Ok(vec![SocketAddr::from(([192, 0, 2, 1], port))]),
            }
        };
        (Lookups::by(Box::new(resolver), bounds), asked, go_on)
    }

    #[tokio::test]
    async fn names_that_hang_keep_those_that_are_known_from_nothing() {
        let (lookups, asked, go_on) = lookups((QUICK_MAX, LEFT_ALONE_FOR));
        let lookups = Arc::new(lookups);
        assert!(lookups.find("shop.example".into(), 443).await.is_some());
        let hanging = OTHERS_AT_ONCE_MAX + 8;
        let waiters: Vec<_> = (0..hanging)
            .flat_map(|number| [number; 2])
            .map(|number| {
                let lookups = Arc::clone(&lookups);
                tokio::spawn(async move { lookups.find(format!("slow{number}.example"), 443).await })
            })
            .collect();
        while asked.load(Ordering::SeqCst) <= OTHERS_AT_ONCE_MAX {
            tokio::task::yield_now().await;
        }
        assert!(lookups.find("shop.example".into(), 443).await.is_some());
        drop(go_on);
        for waiter in waiters {
            assert_eq!(waiter.await.unwrap(), None);
        }
        assert_eq!(asked.load(Ordering::SeqCst), 2 + hanging, "each is asked for once, however many wait");
    }

    #[tokio::test]
    async fn only_so_many_names_wait() {
        let (lookups, _asked, go_on) = lookups((QUICK_MAX, LEFT_ALONE_FOR));
        assert!(lookups.find("shop.example".into(), 443).await.is_some());
        let begin = |number| lookups.begin((format!("slow{number}.example"), 443));
        let begun: Vec<_> = (0..OTHERS_WAITING_MAX).map(begin).collect();
        assert!(begun.iter().all(Option::is_some) && begin(OTHERS_WAITING_MAX).is_none());
        assert!(begin(0).is_some(), "who waits for one that is under way is no further one");
        assert!(lookups.find("shop.example".into(), 443).await.is_some(), "what is known has its own places");
        drop(go_on);
    }

    #[tokio::test]
    async fn what_is_not_answered_in_time_is_left_alone_for_a_while() {
        // With these bounds nothing is in time.
        let (lookups, asked, _go_on) = lookups((Duration::ZERO, LEFT_ALONE_FOR));
        for _ in 0..3 {
            assert_eq!(lookups.find("nobody.example".into(), 443).await, None);
            let found = lookups.find("shop.example".into(), 8_443).await.unwrap();
            assert_eq!(found, [SocketAddr::from(([192, 0, 2, 1], 8_443))]);
        }
        assert_eq!(asked.load(Ordering::SeqCst), 1 + 3);
    }

    #[tokio::test]
    async fn what_is_not_there_is_asked_for_again() {
        let (lookups, asked, _go_on) = lookups((QUICK_MAX, LEFT_ALONE_FOR));
        for _ in 0..3 {
            assert_eq!(lookups.find("nobody.example".into(), 443).await, None);
        }
        assert_eq!(asked.load(Ordering::SeqCst), 3);
    }
}
