//! The twin of a community, in which keys and shops are tried: a community of its own, in which nothing is worth anything.
//!
//! Who is there is nobody: its members have no names of people, and its accounts no admins.

use sha2::{Digest, Sha256};
use uuid::{Builder, Uuid};

use super::amount::{Amount, MOVEMENT_MAX_MINOR, Scale};
use super::community::{COMMUNITY_CODE_CHARS_MAX, CommunityCode};
use super::ids::{CommunityId, UserId};

/// What a twin's code ends with, behind as much of the other's as fits.
const ENDING: &str = "TEST";
/// How much a test buyer may spend, in units.
const BUYER_UNITS: i64 = 1_000_000;

/// Who is tried with in a twin.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TestRole {
    /// The shop, as its member knows it: keys are made for its account.
    Shop,
    /// Somebody who buys there.
    Buyer,
}

impl TestRole {
    /// The name that the member and the account have.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Shop => "Test shop",
            Self::Buyer => "Test buyer",
        }
    }

    const fn code(self) -> u8 {
        match self {
            Self::Shop => 1,
            Self::Buyer => 2,
        }
    }

    /// The id of a user's test member and of its account. It follows from who it is for, so that whoever asks twice, or in two
    /// places at once, gets the same.
    pub fn id_of(self, twin: CommunityId, user_id: UserId) -> Uuid {
        let mut hash = Sha256::new_with_prefix(b"counterfoil/sandbox/1");
        hash.update(twin.uuid());
        hash.update(user_id.uuid());
        hash.update([self.code()]);
        let digest: [u8; 32] = hash.finalize().into();
        let mut id = [0; 16];
        id.copy_from_slice(&digest[..16]);
        Builder::from_custom_bytes(id).into_uuid()
    }
}

/// How far below zero a test buyer may go.
pub const fn buyer_limit(scale: Scale) -> Amount {
    let mut minor = BUYER_UNITS;
    let mut places = 0;
    while places < scale.places() {
        minor = minor.saturating_mul(10);
        places += 1;
    }
    Amount::from_minor(if minor < MOVEMENT_MAX_MINOR { minor } else { MOVEMENT_MAX_MINOR })
}

/// The codes that a community's twin may have, best first: `RIVERTEST`; where that is somebody else's, `RIVERTESTA` and on to Z.
pub fn codes_of(code: &CommunityCode) -> impl Iterator<Item = CommunityCode> {
    let own = code.as_str().to_owned();
    let letters = std::iter::once(None).chain(('A'..='Z').map(Some));
    letters.filter_map(move |letter| {
        let ending: String = ENDING.chars().chain(letter).collect();
        let kept: String = own.chars().take(COMMUNITY_CODE_CHARS_MAX - ending.len()).collect();
        format!("{kept}{ending}").parse().ok()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_twins_code_is_letters_and_fits() {
        let codes = |code: &str| -> Vec<String> {
            codes_of(&code.parse().unwrap()).map(|code| code.to_string()).collect()
        };
        let river = codes("RIVER");
        assert_eq!(
            (river.len(), &*river[0], &*river[1], &*river[26]),
            (27, "RIVERTEST", "RIVERTESTA", "RIVERTESTZ")
        );
        let long = codes("ABCDEFGHIJKLMNOP");
        assert_eq!((long.len(), &*long[0], &*long[1]), (27, "ABCDEFGHIJKLTEST", "ABCDEFGHIJKTESTA"));
    }

    #[test]
    fn a_test_buyer_has_ample_limits_in_every_scale() {
        let limit = |places: i16| buyer_limit(Scale::try_from(places).unwrap()).minor();
        assert_eq!((limit(0), limit(2), limit(6)), (1_000_000, 100_000_000, MOVEMENT_MAX_MINOR));
    }

    #[test]
    fn everybody_has_one_shop_and_one_buyer() {
        let (twin, other) =
            (CommunityId::from_uuid(Uuid::from_u128(1)), CommunityId::from_uuid(Uuid::from_u128(2)));
        let user = UserId::from_uuid(Uuid::from_u128(1));
        assert_eq!(TestRole::Shop.id_of(twin, user), TestRole::Shop.id_of(twin, user));
        assert_ne!(TestRole::Shop.id_of(twin, user), TestRole::Buyer.id_of(twin, user));
        assert_ne!(TestRole::Shop.id_of(twin, user), TestRole::Shop.id_of(other, user));
        let somebody_else = UserId::from_uuid(Uuid::from_u128(2));
        assert_ne!(TestRole::Shop.id_of(twin, user), TestRole::Shop.id_of(twin, somebody_else));
    }
}
