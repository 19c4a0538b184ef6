//! A new passkey, section 7.1.

use minicbor::Decoder;
use minicbor::data::Type;

use super::authenticator_data::AuthenticatorData;
use super::client_data::{Ceremony, ClientData};
use super::{
    ATTESTATION_OBJECT_BYTES_MAX, CREDENTIAL_ID_BYTES_MAX, Flaw, PasskeyFault, RelyingParty, decode, read_id,
};
use crate::domain::chain::Hash;

/// Where the authenticator's part stands.
const PLACE: &str = "/response/attestationObject";
/// The members of an attestation object.
const MEMBERS: u64 = 3;

/// What `navigator.credentials.create` gave, as `toJSON` writes it (Level 3, section 5.1).
#[derive(Debug, Clone)]
pub struct AttestationResponse {
    /// `id`.
    pub id: String,
    /// `rawId`, the same.
    pub raw_id: String,
    /// `type`.
    pub kind: String,
    /// `response.clientDataJSON`.
    pub client_data: String,
    /// `response.attestationObject`.
    pub attestation_object: String,
}

/// A new passkey, verified but for whether its challenge is one that was given, and its id new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Registration {
    /// The challenge's hash.
    pub challenge: Hash,
    /// What the authenticator knows it by: 1 to 1023 bytes.
    pub credential_id: Vec<u8>,
    /// Its public key: a point of P-256, uncompressed, 65 bytes.
    pub public_key: Vec<u8>,
    /// How often its authenticator has signed; 0 where it does not count.
    pub sign_count: u32,
    /// Whether it may be backed up.
    pub is_backup_eligible: bool,
    /// Whether it is.
    pub is_backed_up: bool,
}

impl RelyingParty {
    /// Reads and verifies a new passkey. Steps 18 to 20 are left out: what the authenticator attests about its make is
    /// skipped, as the policy for `none` has it (step 21), so that nobody is kept out for what their device is.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read_registration(&self, response: &AttestationResponse) -> Result<Registration, PasskeyFault> {
        let id = read_id(&response.kind, &response.id, &response.raw_id)?;
        let client_data = ClientData::read(&response.client_data, Ceremony::Create, self)?;
        let fault = |flaw| PasskeyFault::new(PLACE, flaw);
        let object = decode(&response.attestation_object, ATTESTATION_OBJECT_BYTES_MAX)
            .ok_or_else(|| fault(Flaw::Malformed))?;
        // Step 12.
        let data = authenticator_data(&object).ok_or_else(|| fault(Flaw::Malformed))?;
        let data = AuthenticatorData::read(data, self).map_err(fault)?;
        let credential = data.credential.ok_or_else(|| fault(Flaw::Malformed))?;
        // What the browser calls it is what the authenticator calls it.
        if credential.id != id || id.len() > CREDENTIAL_ID_BYTES_MAX {
            return Err(PasskeyFault::new("/id", Flaw::Malformed));
        }
        Ok(Registration {
            challenge: client_data.challenge.hash(),
            credential_id: id,
            public_key: credential.public_key,
            sign_count: data.sign_count,
            is_backup_eligible: data.is_backup_eligible,
            is_backed_up: data.is_backed_up,
        })
    }
}

/// The authenticator data in an attestation object (section 6.5.4): a map of exactly `fmt`, `attStmt` and `authData`,
/// and nothing after it.
fn authenticator_data(object: &[u8]) -> Option<&[u8]> {
    let mut decoder = Decoder::new(object);
    if decoder.map().ok()? != Some(MEMBERS) {
        return None;
    }
    let (mut format, mut statement, mut data) = (None, None, None);
    for _ in 0..MEMBERS {
        match decoder.str().ok()? {
            "fmt" if format.is_none() => format = Some(decoder.str().ok()?),
            "attStmt" if statement.is_none() => {
                (decoder.datatype().ok()? == Type::Map).then_some(())?;
                statement = Some(decoder.skip().ok()?);
            }
            "authData" if data.is_none() => data = Some(decoder.bytes().ok()?),
            _ => return None,
        }
    }
    data.filter(|_| decoder.position() == object.len())
}
