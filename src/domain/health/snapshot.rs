//! The figures of a day, as they are kept: values that were rounded, and sums of groups that are large enough.

use std::collections::BTreeMap;

use super::figure::Figure;
use super::groups::Group;

/// The form of the bytes, which begin with it.
const FORMAT: u8 = 1;
/// How many bytes a figure takes: its number and its value.
const FIGURE_BYTES: usize = 1 + 8;
/// How many bytes a group takes: its bounds, how many accounts, the sum, and which of them are there.
const GROUP_BYTES: usize = 1 + 4 * 8;

/// All figures of a moment. What has no value is left out.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Snapshot {
    figures: BTreeMap<Figure, i64>,
    /// The accounts in the order of their balances.
    pub deciles: Vec<Group>,
    /// Balances below zero, by how long they have been that.
    pub negative_ages: Vec<Group>,
    /// Balances above zero, by how long nothing was paid from them or to them.
    pub idle_ages: Vec<Group>,
}

impl Snapshot {
    /// The value of a figure in its unit's last decimal place; none where it has none.
    pub fn value(&self, figure: Figure) -> Option<i64> {
        self.figures.get(&figure).copied()
    }

    /// Notes a figure's value.
    pub fn set(&mut self, figure: Figure, value: Option<i64>) {
        if let Some(value) = value {
            self.figures.insert(figure, value);
        }
    }

    /// Notes a sum, where it can be written down.
    pub fn set_sum(&mut self, figure: Figure, sum: i128) {
        self.set(figure, i64::try_from(sum).ok());
    }

    /// The snapshot as bytes: the format, how many figures, each one's number and value, and the three lists of groups,
    /// each with its length; all big-endian.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut bytes = vec![FORMAT, length(self.figures.len())];
        for (figure, value) in &self.figures {
            bytes.push(figure.code());
            bytes.extend(value.to_be_bytes());
        }
        for groups in [&self.deciles, &self.negative_ages, &self.idle_ages] {
            bytes.push(length(groups.len()));
            for Group { from, to, accounts, sum } in groups {
                bytes.push(u8::from(to.is_some()) | u8::from(sum.is_some()) << 1);
                for number in [*from, to.unwrap_or(0), *accounts, sum.unwrap_or(0)] {
                    bytes.extend(number.to_be_bytes());
                }
            }
        }
        bytes
    }

    /// Reads it back; none where the bytes are none of this form. Figures that are not known here are passed over: a later
    /// release may have written others.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(&[FORMAT])?;
        let (count, rest) = rest.split_first()?;
        let (figures, mut rest) = rest.split_at_checked(usize::from(*count) * FIGURE_BYTES)?;
        let mut snapshot = Self::default();
        for one in figures.chunks_exact(FIGURE_BYTES) {
            let (code, value) = one.split_first()?;
            if let Some(figure) = Figure::from_code(i16::from(*code)) {
                snapshot.figures.insert(figure, number(value)?);
            }
        }
        for groups in [&mut snapshot.deciles, &mut snapshot.negative_ages, &mut snapshot.idle_ages] {
            let (count, behind) = rest.split_first()?;
            let (own, behind) = behind.split_at_checked(usize::from(*count) * GROUP_BYTES)?;
            *groups = own.chunks_exact(GROUP_BYTES).map(group).collect::<Option<_>>()?;
            rest = behind;
        }
        rest.is_empty().then_some(snapshot)
    }
}

/// There are never more than 255 of anything: figures have a byte for a number, and groups are at most ten.
fn length(length: usize) -> u8 {
    u8::try_from(length).unwrap_or(u8::MAX)
}

fn number(bytes: &[u8]) -> Option<i64> {
    Some(i64::from_be_bytes(bytes.try_into().ok()?))
}

fn group(bytes: &[u8]) -> Option<Group> {
    let (there, numbers) = bytes.split_first()?;
    let mut numbers = numbers.chunks_exact(8).map(number);
    let mut next = || numbers.next().flatten();
    let (from, to, accounts, sum) = (next()?, next()?, next()?, next()?);
    Some(Group { from, to: (there & 1 != 0).then_some(to), accounts, sum: (there & 2 != 0).then_some(sum) })
}
