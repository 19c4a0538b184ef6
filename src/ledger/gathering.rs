//! What gathers behind the batch that is being written: folded as far as that is possible, and turned away whole.

use std::collections::VecDeque;

use super::SubmitError;
use super::batch::Folded;
use super::memory::Memory;
use super::queue::{Pending, RidingWrite};
use crate::domain::ids::CommunityId;

/// What gathers while a batch is being written.
#[derive(Default)]
pub(super) struct Next {
    /// Folded, one for each community, each on the state that the batch before it leaves.
    pub folded: VecDeque<Folded>,
    /// What needs the connection to be folded, or comes behind something that does.
    pub unfolded: Vec<Pending>,
    pub writes: Vec<Box<dyn RidingWrite>>,
}

impl Next {
    /// How many commands and writes.
    pub(super) fn len(&self) -> usize {
        let folded: usize = self.folded.iter().map(|folded| folded.group.commands.len()).sum();
        folded + self.unfolded.len() + self.writes.len()
    }

    pub(super) fn is_empty(&self) -> bool {
        self.folded.is_empty() && self.unfolded.is_empty() && self.writes.is_empty()
    }

    /// Takes apart what was folded on states that did not come to be: those of these communities.
    pub(super) fn unfold(&mut self, is_void: impl Fn(CommunityId) -> bool, memory: &mut Memory) {
        let mut commands = Vec::new();
        for folded in std::mem::take(&mut self.folded) {
            if is_void(folded.group.community_id) {
                commands.extend(folded.forget(memory).commands);
            } else {
                self.folded.push_back(folded);
            }
        }
        commands.append(&mut self.unfolded);
        self.unfolded = commands;
    }

    pub(super) fn add(&mut self, folded: Folded) {
        let earlier =
            self.folded.iter_mut().find(|earlier| earlier.group.community_id == folded.group.community_id);
        match earlier {
            Some(earlier) => earlier.append(folded),
            None => self.folded.push_back(folded),
        }
    }

    pub(super) fn turn_away(self, answer: SubmitError) {
        let folded = self.folded.into_iter().flat_map(|folded| folded.group.commands);
        turn_away(folded.chain(self.unfolded), self.writes, answer);
    }
}

pub(super) fn turn_away_all(groups: Vec<Folded>, writes: Vec<Box<dyn RidingWrite>>) {
    let commands = groups.into_iter().flat_map(|folded| folded.group.commands);
    turn_away(commands, writes, SubmitError::Overloaded);
}

pub(super) fn turn_away(
    commands: impl IntoIterator<Item = Pending>,
    writes: Vec<Box<dyn RidingWrite>>,
    answer: SubmitError,
) {
    for pending in commands {
        pending.answer(Err(answer));
    }
    for write in writes {
        write.answer(Err(answer));
    }
}
