//! The browser's half of a ceremony: what it is for, the challenge, and on which page it took place.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::{CLIENT_DATA_BYTES_MAX, Challenge, Flaw, PasskeyFault, RelyingParty, decode};

/// Where it stands in a credential.
const PLACE: &str = "/response/clientDataJSON";

/// What a ceremony is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Ceremony {
    /// A new passkey.
    Create,
    /// The use of one.
    Get,
}

impl Ceremony {
    const fn name(self) -> &'static str {
        match self {
            Self::Create => "webauthn.create",
            Self::Get => "webauthn.get",
        }
    }
}

/// The members that matter. Others may come along (section 5.8.1), among them `tokenBinding`, which no browser
/// fills and nothing here looks at.
#[derive(Deserialize)]
struct Members {
    #[serde(rename = "type")]
    ceremony: String,
    challenge: String,
    origin: String,
    #[serde(rename = "crossOrigin", default)]
    is_cross_origin: bool,
    #[serde(rename = "topOrigin", default)]
    top_origin: Option<IgnoredAny>,
}

/// What a browser said, checked but for whether the challenge is one that was given.
pub struct ClientData {
    /// The challenge that was answered.
    pub challenge: Challenge,
    /// The bytes themselves, whose hash the authenticator signs.
    pub bytes: Vec<u8>,
}

impl ClientData {
    /// Reads and checks what a browser said.
    pub fn read(text: &str, ceremony: Ceremony, party: &RelyingParty) -> Result<Self, PasskeyFault> {
        let fault = |flaw| PasskeyFault::new(PLACE, flaw);
        // Section 7.1 steps 5 and 6, section 7.2 steps 9 and 10: UTF-8, then JSON. An object: the parser would take a
        // list of the members' values too.
        let bytes = decode(text, CLIENT_DATA_BYTES_MAX).ok_or_else(|| fault(Flaw::Malformed))?;
        if bytes.first() != Some(&b'{') {
            return Err(fault(Flaw::Malformed));
        }
        let members: Members = serde_json::from_slice(&bytes).map_err(|_| fault(Flaw::Malformed))?;
        // Section 7.1 step 7, section 7.2 step 11.
        if members.ceremony != ceremony.name() {
            return Err(fault(Flaw::Ceremony));
        }
        // Section 7.1 step 8, section 7.2 step 12: its form here, the rest where challenges are stored.
        let challenge = Challenge::parse(&members.challenge).ok_or_else(|| fault(Flaw::Challenge))?;
        // Section 7.1 step 9, section 7.2 step 13.
        if !party.is_origin(&members.origin) {
            return Err(fault(Flaw::Origin));
        }
        // Level 3: nobody is expected to show our pages in a frame.
        if members.is_cross_origin || members.top_origin.is_some() {
            return Err(fault(Flaw::CrossOrigin));
        }
        Ok(Self { challenge, bytes })
    }
}
