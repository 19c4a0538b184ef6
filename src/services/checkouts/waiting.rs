//! Places for those who wait for a checkout's end: so many for shops and so many for strangers with a link, and of each so many
//! for everyone.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, PoisonError};

use uuid::Uuid;

use crate::domain::address::client_group;

/// For how long somebody may wait for a checkout's end, in seconds.
pub const CHECKOUT_WAIT_S_MAX: u64 = 30;
/// How many shops' programs wait at once; everybody else is answered at once, and asks again.
const SHOPS_MAX: usize = 256;
/// How many of them for each user or key.
const SHOPS_EACH_MAX: usize = 32;
/// How many strangers wait at once, with the pages that they look at.
const STRANGERS_MAX: usize = 256;
/// How many of them at each address.
const STRANGERS_EACH_MAX: usize = 16;

/// Who waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Waiter {
    /// A user, or a key, by its id.
    Shop(Uuid),
    /// Whoever is at this address.
    Stranger(Option<IpAddr>),
}

impl Waiter {
    /// Whoever is at this address, or so near that it may be the same.
    pub(super) fn at(address: Option<IpAddr>) -> Self {
        Self::Stranger(address.map(client_group))
    }

    const fn is_shop(&self) -> bool {
        matches!(self, Self::Shop(_))
    }
}

/// Who waits now, and how often.
#[derive(Debug, Clone, Default)]
pub(in crate::services) struct WaitingRoom(Arc<Mutex<HashMap<Waiter, usize>>>);

/// A place to wait, as long as it is there.
#[derive(Debug)]
pub(super) struct WaitingPlace {
    room: WaitingRoom,
    who: Waiter,
}

impl WaitingRoom {
    /// A place, where there is one.
    pub(super) fn enter(&self, who: Waiter) -> Option<WaitingPlace> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let (all_max, each_max) = match who {
            Waiter::Shop(_) => (SHOPS_MAX, SHOPS_EACH_MAX),
            Waiter::Stranger(_) => (STRANGERS_MAX, STRANGERS_EACH_MAX),
        };
        let of_kind = waiting.iter().filter(|(other, _)| other.is_shop() == who.is_shop());
        if of_kind.map(|(_, count)| count).sum::<usize>() >= all_max {
            return None;
        }
        let own = waiting.entry(who).or_default();
        if *own >= each_max {
            return None;
        }
        *own += 1;
        Some(WaitingPlace { room: self.clone(), who })
    }
}

impl Drop for WaitingPlace {
    fn drop(&mut self) {
        let mut waiting = self.room.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(own) = waiting.get_mut(&self.who) {
            *own = own.saturating_sub(1);
            if *own == 0 {
                waiting.remove(&self.who);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_takes_the_places_of_others() {
        let room = WaitingRoom::default();
        let at = |number: u8| Waiter::at(Some(IpAddr::from([192, 0, 2, number])));
        let enter =
            |who: Waiter, count: usize| -> Vec<_> { (0..count).map_while(|_| room.enter(who)).collect() };
        let one = enter(at(1), STRANGERS_MAX);
        assert_eq!(one.len(), STRANGERS_EACH_MAX, "one address has its own share");
        let others: Vec<_> = (2..=255).flat_map(|number| enter(at(number), STRANGERS_EACH_MAX)).collect();
        assert_eq!(one.len() + others.len(), STRANGERS_MAX);
        let shops: Vec<_> =
            (0..99).flat_map(|id| enter(Waiter::Shop(Uuid::from_u128(id)), SHOPS_MAX)).collect();
        assert_eq!(shops.len(), SHOPS_MAX, "strangers take no shop's place");
        drop(one);
        assert!(room.enter(at(1)).is_some());
        drop((others, shops));
        assert!(room.0.lock().unwrap().is_empty());
    }
}
