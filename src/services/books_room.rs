//! Room to make statements and balance sheets: bounded, so that balances are read however many want their books.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use super::{ServiceError, Services};
use crate::domain::ids::UserId;

/// How many statements and balance sheets are made at once, at most.
const BOOKS_AT_ONCE_MAX: usize = 4;
/// How many of them for one user, so that nobody keeps the others from theirs.
const BOOKS_AT_ONCE_EACH_MAX: usize = 2;

/// How many are being made now, and for whom.
#[derive(Debug)]
pub(super) struct Books {
    at_once_max: usize,
    made: Mutex<HashMap<UserId, usize>>,
}

/// Room to make one, held from reading it until it is written, also where nobody waits for it any more.
#[derive(Debug)]
pub struct BooksRoom {
    books: Arc<Books>,
    user_id: UserId,
}

impl Books {
    /// Room beside so many readers: at least one of them is left to others, if there is more than one.
    pub(super) fn beside(readers: usize) -> Arc<Self> {
        let at_once_max = BOOKS_AT_ONCE_MAX.min(readers.saturating_sub(1)).max(1);
        Arc::new(Self { at_once_max, made: Mutex::default() })
    }

    fn enter(self: &Arc<Self>, user_id: UserId) -> Option<BooksRoom> {
        let mut made = self.made.lock().unwrap_or_else(PoisonError::into_inner);
        let own = made.get(&user_id).copied().unwrap_or(0);
        if own >= BOOKS_AT_ONCE_EACH_MAX || made.values().sum::<usize>() >= self.at_once_max {
            return None;
        }
        made.insert(user_id, own + 1);
        Some(BooksRoom { books: Arc::clone(self), user_id })
    }
}

impl Drop for BooksRoom {
    fn drop(&mut self) {
        let mut made = self.books.made.lock().unwrap_or_else(PoisonError::into_inner);
        match made.get_mut(&self.user_id) {
            Some(own) if *own > 1 => *own -= 1,
            _ => drop(made.remove(&self.user_id)),
        }
    }
}

impl Services {
    /// Room to make a statement or a balance sheet for a user.
    ///
    /// # Errors
    /// [`ServiceError::Overloaded`] when as many as there may be are being made.
    pub fn room_for_books(&self, user_id: UserId) -> Result<BooksRoom, ServiceError> {
        self.books.enter(user_id).ok_or(ServiceError::Overloaded)
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn nobody_takes_all_the_room_and_one_reader_is_left() {
        let user = |number| UserId::from_uuid(Uuid::from_u128(number));
        let books = Books::beside(8);
        let both = [books.enter(user(1)).unwrap(), books.enter(user(1)).unwrap()];
        assert!(books.enter(user(1)).is_none(), "a third of one user's");
        let others = [books.enter(user(2)).unwrap(), books.enter(user(3)).unwrap()];
        assert!(books.enter(user(4)).is_none(), "a fifth of all");
        drop(both);
        drop(others);
        assert!(books.made.lock().unwrap().is_empty());
        for (readers, room) in [(1, 1), (2, 1), (3, 2), (8, 4)] {
            assert_eq!(Books::beside(readers).at_once_max, room, "{readers} readers");
        }
    }
}
