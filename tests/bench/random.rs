//! A cheap generator of numbers that need to be spread well and nothing more (xorshift64*).

use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;

const MULTIPLIER: u64 = 0x2545_F491_4F6C_DD1D;
/// The state may be anything but zero.
const STATE_IF_ZERO: u64 = 1;

pub struct Random(u64);

impl Random {
    /// A generator of its own, unlike those of other connections and of other runs. The seed is the one that the
    /// standard library draws for its hash maps.
    pub fn new() -> Self {
        let seed = RandomState::new().hash_one(MULTIPLIER);
        Self(if seed == 0 { STATE_IF_ZERO } else { seed })
    }

    pub fn number(&mut self) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        self.0.wrapping_mul(MULTIPLIER)
    }

    /// Any item of the slice but never the one at `except`.
    pub fn choose<'a, T>(&mut self, items: &'a [T], except: Option<usize>) -> Option<(usize, &'a T)> {
        let choices = items.len().checked_sub(usize::from(except.is_some()))?;
        let choices = u64::try_from(choices).ok().filter(|choices| *choices > 0)?;
        let drawn = usize::try_from(self.number() % choices).ok()?;
        // Those from the excepted one on move up by one place.
        let index = if except.is_some_and(|except| drawn >= except) { drawn.checked_add(1)? } else { drawn };
        items.get(index).map(|item| (index, item))
    }
}
