//! The use of a passkey, section 7.2.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, UnparsedPublicKey};
use sha2::{Digest, Sha256};

use super::authenticator_data::AuthenticatorData;
use super::client_data::{Ceremony, ClientData};
use super::{
    AUTHENTICATOR_DATA_BYTES_MAX, Flaw, PasskeyFault, RelyingParty, SIGNATURE_BYTES_MAX,
    USER_HANDLE_BYTES_MAX, decode, read_id,
};
use crate::domain::chain::Hash;

/// What `navigator.credentials.get` gave, as `toJSON` writes it (Level 3, section 5.1).
#[derive(Debug, Clone)]
pub struct AssertionResponse {
    /// `id`.
    pub id: String,
    /// `rawId`, the same.
    pub raw_id: String,
    /// `type`.
    pub kind: String,
    /// `response.clientDataJSON`.
    pub client_data: String,
    /// `response.authenticatorData`.
    pub authenticator_data: String,
    /// `response.signature`.
    pub signature: String,
    /// `response.userHandle`.
    pub user_handle: Option<String>,
}

/// The use of a passkey, verified but for what the database knows: whether the challenge is one that was given, whose
/// the passkey is, what its public key is.
#[derive(Debug, Clone)]
pub struct Assertion {
    /// The challenge's hash.
    pub challenge: Hash,
    /// What the authenticator knows the passkey by.
    pub credential_id: Vec<u8>,
    /// Whose the authenticator says it is.
    pub user_handle: Option<Vec<u8>>,
    /// How often the authenticator has signed; 0 where it does not count.
    pub sign_count: u32,
    /// Whether the passkey may be backed up.
    pub is_backup_eligible: bool,
    /// Whether it is.
    pub is_backed_up: bool,
    signed: Vec<u8>,
    signature: Vec<u8>,
}

impl RelyingParty {
    /// Reads and checks the use of a passkey.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn read_assertion(&self, response: &AssertionResponse) -> Result<Assertion, PasskeyFault> {
        let credential_id = read_id(&response.kind, &response.id, &response.raw_id)?;
        // Step 8.
        let read = |place, text: &str, bytes_max| {
            decode(text, bytes_max).ok_or(PasskeyFault::new(place, Flaw::Malformed))
        };
        let place = "/response/authenticatorData";
        let mut signed = read(place, &response.authenticator_data, AUTHENTICATOR_DATA_BYTES_MAX)?;
        let signature = read("/response/signature", &response.signature, SIGNATURE_BYTES_MAX)?;
        let handle = response.user_handle.as_deref();
        let user_handle =
            handle.map(|text| read("/response/userHandle", text, USER_HANDLE_BYTES_MAX)).transpose()?;
        // Steps 9 to 14.
        let client_data = ClientData::read(&response.client_data, Ceremony::Get, self)?;
        // Steps 15 to 18.
        let data = AuthenticatorData::read(&signed, self).map_err(|flaw| PasskeyFault::new(place, flaw))?;
        if data.credential.is_some() {
            return Err(PasskeyFault::new(place, Flaw::Malformed));
        }
        // Step 19, and what step 20 is over.
        signed.extend_from_slice(&Sha256::digest(&client_data.bytes));
        Ok(Assertion {
            challenge: client_data.challenge.hash(),
            credential_id,
            user_handle,
            sign_count: data.sign_count,
            is_backup_eligible: data.is_backup_eligible,
            is_backed_up: data.is_backed_up,
            signed,
            signature,
        })
    }
}

impl Assertion {
    /// Step 20: whether the passkey with this public key signed it.
    pub fn is_signed_by(&self, public_key: &[u8]) -> bool {
        let key = UnparsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, public_key);
        key.verify(&self.signed, &self.signature).is_ok()
    }
}
