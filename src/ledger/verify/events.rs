//! The outbox, event by event: unpacked from its rows, each of which holds those of one batch.

use uuid::Uuid;

use super::report::Differences;
use crate::storage::chain::EventBatchRow;

/// How many bytes an event takes: its kind, its time, its subject.
const EVENT_BYTES: usize = 1 + 8 + 16;

/// An event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Event {
    pub event_seq: i64,
    pub kind: u8,
    pub created_at: i64,
    pub subject_id: Uuid,
}

/// The events of a row. What its bytes are too few or too many for is told.
pub(super) fn unpack(row: &EventBatchRow, differences: &mut Differences) -> Vec<Event> {
    let events: Vec<_> =
        row.events.chunks_exact(EVENT_BYTES).zip(row.first_seq..).filter_map(read_event).collect();
    let last_seq = events.last().map_or(row.first_seq.saturating_sub(1), |last| last.event_seq);
    let is_whole = row.events.len() % EVENT_BYTES == 0 && last_seq == row.last_seq;
    differences.expect(
        is_whole,
        format_args!("the events up to {}", row.last_seq),
        "their bytes are not those of as many events",
    );
    events
}

fn read_event((bytes, event_seq): (&[u8], i64)) -> Option<Event> {
    let (kind, rest) = bytes.split_first()?;
    let (time, subject) = rest.split_at_checked(8)?;
    Some(Event {
        event_seq,
        kind: *kind,
        created_at: i64::from_be_bytes(time.try_into().ok()?),
        subject_id: Uuid::from_bytes(subject.try_into().ok()?),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(first_seq: i64, last_seq: i64, bytes: usize) -> EventBatchRow {
        EventBatchRow { last_seq, first_seq, events: (0..=255).cycle().take(bytes).collect() }
    }

    fn unpacked(row: &EventBatchRow) -> (usize, usize) {
        let mut differences = Differences::default();
        let events = unpack(row, &mut differences).len();
        (events, differences.into_parts().1.try_into().unwrap())
    }

    #[test]
    fn events_are_read_in_their_places() {
        let mut differences = Differences::default();
        let events = unpack(&row(7, 8, 50), &mut differences);
        assert_eq!(events.iter().map(|event| event.event_seq).collect::<Vec<_>>(), [7, 8]);
        assert_eq!((events[0].kind, events[1].kind), (0, 25));
        assert_eq!(events[0].created_at, 0x0102_0304_0506_0708);
        assert_eq!(events[1].subject_id.as_bytes()[15], 49);
    }

    #[test]
    fn rows_that_are_too_short_or_too_long_are_told() {
        assert_eq!(unpacked(&row(1, 2, 50)), (2, 0));
        assert_eq!(unpacked(&row(1, 2, 49)), (1, 1));
        assert_eq!(unpacked(&row(1, 2, 51)), (2, 1));
        assert_eq!(unpacked(&row(1, 2, 75)), (3, 1));
        assert_eq!(unpacked(&row(1, 1, 0)), (0, 1));
        assert_eq!(unpacked(&row(i64::MIN, i64::MAX, 25)), (1, 1));
    }
}
