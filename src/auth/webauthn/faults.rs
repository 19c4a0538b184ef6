//! What can be wrong with what a browser and its authenticator say.

use thiserror::Error;

/// What is wrong, in kinds that callers may be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Flaw {
    /// It is not of the form that the standard gives it, or too long.
    Malformed,
    /// It is no public key at all.
    Kind,
    /// It was made for something else: a registration is no sign-in.
    Ceremony,
    /// The challenge is not one that was given for this, or it was used or has expired.
    Challenge,
    /// The page it was made on is not this service's.
    Origin,
    /// It was made in a frame of somebody else's page.
    CrossOrigin,
    /// The authenticator made it for somebody else.
    RelyingParty,
    /// Nobody touched the authenticator.
    Presence,
    /// The authenticator did not make sure who touched it.
    Verification,
    /// It is backed up and may not be, or it changed in that.
    Backup,
    /// The key is not one for ES256.
    Algorithm,
    /// Whose it is, is not whose it should be.
    Owner,
    /// The signature is not the passkey's.
    Signature,
}

impl Flaw {
    /// The stable name in answers.
    pub const fn code(self) -> &'static str {
        match self {
            Self::Malformed => "malformed",
            Self::Kind => "wrong_type",
            Self::Ceremony => "wrong_ceremony",
            Self::Challenge => "bad_challenge",
            Self::Origin => "wrong_origin",
            Self::CrossOrigin => "cross_origin",
            Self::RelyingParty => "wrong_relying_party",
            Self::Presence => "user_not_present",
            Self::Verification => "user_not_verified",
            Self::Backup => "wrong_backup_state",
            Self::Algorithm => "wrong_algorithm",
            Self::Owner => "wrong_owner",
            Self::Signature => "wrong_signature",
        }
    }

    /// What is wrong, for people.
    pub const fn detail(self) -> &'static str {
        match self {
            Self::Malformed => "is not what the Web Authentication standard puts here, or too long",
            Self::Kind => "must be public-key",
            Self::Ceremony => "was made for another ceremony",
            Self::Challenge => "holds a challenge that was used, has expired or was given for something else",
            Self::Origin => "was made on a page of another origin",
            Self::CrossOrigin => "was made in a frame of another page",
            Self::RelyingParty => "was made for another relying party",
            Self::Presence => "was made without anybody present",
            Self::Verification => "was made without verifying the user; user verification is required",
            Self::Backup => "contradicts itself, or what was said before, about backups",
            Self::Algorithm => "holds no key for ES256",
            Self::Owner => "names somebody else",
            Self::Signature => "is not the passkey's",
        }
    }
}

/// What is wrong, and where in the credential.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("{place} {}", .flaw.detail())]
pub struct PasskeyFault {
    /// A JSON pointer into the credential.
    pub place: &'static str,
    /// What is wrong.
    pub flaw: Flaw,
}

impl PasskeyFault {
    /// Something wrong at a place.
    pub const fn new(place: &'static str, flaw: Flaw) -> Self {
        Self { place, flaw }
    }
}
