//! The ids of events: a place in the order of each of the listener's communities.
//!
//! Who belongs to one community has plain numbers, the community's own. Who belongs to several has all of them with the
//! communities' codes, such as `LAKE:7,RIVER:10452`, so that one id says how far each was heard.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use crate::domain::community::Community;
use crate::domain::ids::CommunityId;

/// How far a listener has heard each community, by its code.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Places(BTreeMap<String, (CommunityId, i64)>);

impl Places {
    /// At these places.
    pub(super) fn at(communities: &[Arc<Community>], place: impl Fn(CommunityId) -> i64) -> Self {
        let places = communities
            .iter()
            .map(|community| (community.code.as_str().to_owned(), (community.id, place(community.id))));
        Self(places.collect())
    }

    /// Each community with its place.
    pub(super) fn iter(&self) -> impl Iterator<Item = (CommunityId, i64)> + '_ {
        self.0.values().copied()
    }

    /// How many communities there are.
    pub(super) fn len(&self) -> usize {
        self.0.len()
    }

    /// Moves on in one community, never back.
    pub(super) fn advance(&mut self, community_id: CommunityId, through: i64) {
        let own = self.0.values_mut().find(|(id, _)| *id == community_id);
        if let Some((_, place)) = own {
            *place = through.max(*place);
        }
    }

    /// The place in one community.
    pub(super) fn of(&self, community_id: CommunityId) -> Option<i64> {
        self.iter().find(|(id, _)| *id == community_id).map(|(_, place)| place)
    }

    /// The places that an id names, in exactly these communities; none where it is not understood.
    pub(super) fn parse(&self, id: &str) -> Option<Self> {
        let mut parsed = self.clone();
        if parsed.len() == 1 {
            parsed.0.values_mut().for_each(|(_, place)| *place = -1);
            let (_, place) = parsed.0.values_mut().next()?;
            *place = read(id)?;
            return Some(parsed);
        }
        let parts: Vec<_> = id.split(',').collect();
        if parts.len() != parsed.len() {
            return None;
        }
        parsed.0.values_mut().for_each(|(_, place)| *place = -1);
        for part in parts {
            let (code, place) = part.split_once(':')?;
            let (_, own) = parsed.0.get_mut(code)?;
            *own = read(place)?;
        }
        let is_whole = parsed.iter().all(|(_, place)| place >= 0);
        is_whole.then_some(parsed)
    }
}

/// A place as ids name it.
fn read(text: &str) -> Option<i64> {
    let is_plain = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    text.parse().ok().filter(|_| is_plain)
}

impl fmt::Display for Places {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let (1, Some((_, place))) = (self.0.len(), self.0.values().next()) {
            return place.fmt(formatter);
        }
        for (number, (code, (_, place))) in self.0.iter().enumerate() {
            let comma = if number == 0 { "" } else { "," };
            write!(formatter, "{comma}{code}:{place}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn places(all: &[(&str, u128, i64)]) -> Places {
        let place = |(code, id, place): &(&str, u128, i64)| {
            ((*code).to_owned(), (CommunityId::from_uuid(Uuid::from_u128(*id)), *place))
        };
        Places(all.iter().map(place).collect())
    }

    #[test]
    fn ids_are_read_back() {
        let one = places(&[("RIVER", 1, 10_452)]);
        assert_eq!(one.to_string(), "10452");
        let start = places(&[("RIVER", 1, 0)]);
        assert_eq!(start.parse("10452"), Some(one));
        let two = places(&[("RIVER", 1, 10_452), ("LAKE", 2, 7)]);
        assert_eq!(two.to_string(), "LAKE:7,RIVER:10452");
        assert_eq!(places(&[("RIVER", 1, 0), ("LAKE", 2, 0)]).parse("LAKE:7,RIVER:10452"), Some(two));
    }

    #[test]
    fn what_names_other_communities_is_not_understood() {
        let one = places(&[("RIVER", 1, 0)]);
        for bad in ["", "x", "-1", "+1", " 1", "1 ", "99999999999999999999", "RIVER:1", "1,2"] {
            assert_eq!(one.parse(bad), None, "{bad:?}");
        }
        let two = places(&[("RIVER", 1, 0), ("LAKE", 2, 0)]);
        for bad in ["1", "RIVER:1", "RIVER:1,RIVER:2", "RIVER:1,POND:2", "RIVER:1,LAKE:-2", "RIVER:1,LAKE:2,"]
        {
            assert_eq!(two.parse(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn places_only_go_forward() {
        let mut one = places(&[("RIVER", 1, 5)]);
        let id = CommunityId::from_uuid(Uuid::from_u128(1));
        one.advance(id, 3);
        assert_eq!(one.of(id), Some(5));
        one.advance(id, 6);
        assert_eq!(one.of(id), Some(6));
    }
}
