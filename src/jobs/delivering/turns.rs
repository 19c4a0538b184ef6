//! Whose turn it is to be told: the foremost of each community, where most endpoints are, and those who hang behind, in turn; so
//! that nobody who is told everything anew keeps others from being told at all.

use crate::domain::ids::CommunityId;

/// A place in the events of a community.
pub(super) type Place = (CommunityId, i64);

/// How many places one look takes: of the foremost, where more are behind, and in all.
const HEADS_MIN: usize = 4;
const PLACES_PER_LOOK: usize = 8;

/// Who had the last turn.
#[derive(Debug, Default)]
pub(super) struct Turns {
    head: Option<CommunityId>,
    behind: Option<Place>,
}

impl Turns {
    /// The places that have their turn now, of all at which somebody is to be told something, in order.
    pub(super) fn take(&mut self, places: &[Place]) -> Vec<Place> {
        let is_head = |at: usize| {
            places.get(at + 1).is_none_or(|next| places.get(at).is_none_or(|one| one.0 != next.0))
        };
        let pick = |wanted: bool| -> Vec<Place> {
            places
                .iter()
                .enumerate()
                .filter(|(at, _)| is_head(*at) == wanted)
                .map(|(_, place)| *place)
                .collect()
        };
        let (mut heads, mut behind) = (pick(true), pick(false));
        let next = heads.partition_point(|place| self.head.is_some_and(|last| place.0 <= last));
        heads.rotate_left(next);
        let next = behind.partition_point(|place| self.behind.is_some_and(|last| *place <= last));
        behind.rotate_left(next);
        behind.truncate(PLACES_PER_LOOK - heads.len().min(HEADS_MIN));
        heads.truncate(PLACES_PER_LOOK - behind.len());
        self.head = heads.last().map(|place| place.0).or(self.head);
        self.behind = behind.last().copied().or(self.behind);
        heads.extend(behind);
        heads
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    fn place(community: u32, at: i64) -> Place {
        (format!("00000000-0000-0000-0000-{community:012}").parse().unwrap(), at)
    }

    #[test]
    fn who_hangs_behind_keeps_nobody_at_the_front_waiting() {
        let mut turns = Turns::default();
        // Many replays in the first community, and one endpoint in each of two others.
        let mut places: Vec<_> = (0..30).map(|at| place(1, at)).collect();
        places.extend([place(1, 1_000), place(2, 7), place(3, 9)]);
        let mut heard = BTreeSet::new();
        for _ in 0..6 {
            let turn = turns.take(&places);
            assert_eq!(turn.len(), PLACES_PER_LOOK);
            for head in [place(1, 1_000), place(2, 7), place(3, 9)] {
                assert!(turn.contains(&head), "{turn:?}");
            }
            heard.extend(turn);
        }
        assert_eq!(heard.len(), places.len(), "each has its turn");
    }

    #[test]
    fn every_community_has_its_turn() {
        let mut turns = Turns::default();
        let mut places: Vec<_> = (1..=20).map(|community| place(community, 5)).collect();
        let heard: BTreeSet<_> = (0..3).flat_map(|_| turns.take(&places)).collect();
        assert_eq!(heard.len(), 20, "by eights, where nobody is behind");
        places.extend((0..9).map(|at| place(21, at)));
        let heard: BTreeSet<_> = (0..6).flat_map(|_| turns.take(&places)).collect();
        assert_eq!(heard.len(), places.len());
        assert!(turns.take(&[]).is_empty());
        assert_eq!(turns.take(&places[..1]), [place(1, 5)]);
    }
}
