//! The authenticator's half of a ceremony, section 6.1: for whom, who was there, how often it has signed, and for a new
//! passkey its public key.

use aws_lc_rs::signature::{ECDSA_P256_SHA256_ASN1, ParsedPublicKey};
use minicbor::Decoder;
use minicbor::data::Type;

use super::{CREDENTIAL_ID_BYTES_MAX, Flaw, RelyingParty};

/// The user was present.
const UP: u8 = 1;
/// The user was verified.
const UV: u8 = 1 << 2;
/// The passkey may be backed up.
const BE: u8 = 1 << 3;
/// The passkey is backed up.
const BS: u8 = 1 << 4;
/// The new passkey's data follow.
const AT: u8 = 1 << 6;
/// Outputs of extensions follow.
const ED: u8 = 1 << 7;

/// How the public key of an ES256 credential begins. Authenticators write keys in CTAP2's canonical CBOR and with no
/// optional members (section 6.5.1.1), and then there is one way to write this kind: a map of five, key type 2
/// (two coordinates), algorithm -7, curve 1 (P-256), and x as 32 bytes,
const KEY_BEGINS: [u8; 10] = [0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21, 0x58, 0x20];
/// then y as 32 bytes.
const KEY_GOES_ON: [u8; 3] = [0x22, 0x58, 0x20];
/// The bytes of a coordinate.
const COORDINATE_BYTES: usize = 32;
/// Of an uncompressed point (SEC 1 section 2.3.3).
const UNCOMPRESSED: u8 = 4;

/// What an authenticator said.
#[derive(Debug, PartialEq, Eq)]
pub struct AuthenticatorData {
    /// How often it has signed; 0 where it does not count.
    pub sign_count: u32,
    /// Whether the passkey may be backed up.
    pub is_backup_eligible: bool,
    /// Whether it is.
    pub is_backed_up: bool,
    /// The new passkey, where it is about one.
    pub credential: Option<Credential>,
}

/// A new passkey.
#[derive(Debug, PartialEq, Eq)]
pub struct Credential {
    /// What the authenticator knows it by.
    pub id: Vec<u8>,
    /// Its public key: a point of P-256, uncompressed.
    pub public_key: Vec<u8>,
}

/// Bytes, taken from the front.
struct Front<'a>(&'a [u8]);

impl<'a> Front<'a> {
    fn take(&mut self, count: usize) -> Result<&'a [u8], Flaw> {
        let (taken, rest) = self.0.split_at_checked(count).ok_or(Flaw::Malformed)?;
        self.0 = rest;
        Ok(taken)
    }

    fn array<const COUNT: usize>(&mut self) -> Result<[u8; COUNT], Flaw> {
        self.take(COUNT)?.try_into().map_err(|_| Flaw::Malformed)
    }
}

impl AuthenticatorData {
    /// Reads and checks what an authenticator said.
    pub fn read(bytes: &[u8], party: &RelyingParty) -> Result<Self, Flaw> {
        let mut front = Front(bytes);
        let id_hash = front.take(32)?;
        let [flags] = front.array()?;
        let sign_count = u32::from_be_bytes(front.array()?);
        let has = |flag: u8| flags & flag != 0;
        // Section 7.1 step 13, section 7.2 step 15.
        if !party.is_id_hash(id_hash) {
            return Err(Flaw::RelyingParty);
        }
        // Section 7.1 step 14, section 7.2 step 16.
        if !has(UP) {
            return Err(Flaw::Presence);
        }
        // Section 7.1 step 15, section 7.2 step 17: a passkey stands for two factors, so always.
        if !has(UV) {
            return Err(Flaw::Verification);
        }
        // Level 3: what may not be backed up is not.
        if has(BS) && !has(BE) {
            return Err(Flaw::Backup);
        }
        let credential = if has(AT) { Some(read_credential(&mut front)?) } else { None };
        // Section 7.1 step 17, section 7.2 step 18: none were asked for, and what comes anyway is not looked at.
        let extensions = front.0;
        if has(ED) {
            skip_map(extensions)?;
        } else if !extensions.is_empty() {
            return Err(Flaw::Malformed);
        }
        Ok(Self { sign_count, is_backup_eligible: has(BE), is_backed_up: has(BS), credential })
    }
}

/// Section 6.5.1: the authenticator's make, the credential's id and its public key.
fn read_credential(front: &mut Front<'_>) -> Result<Credential, Flaw> {
    let _make: [u8; 16] = front.array()?;
    let id_length = usize::from(u16::from_be_bytes(front.array()?));
    // Level 3, section 7.1: at most 1023 bytes.
    if !(1..=CREDENTIAL_ID_BYTES_MAX).contains(&id_length) {
        return Err(Flaw::Malformed);
    }
    let id = front.take(id_length)?.to_vec();
    // Section 7.1 step 16: the algorithm is the one that was asked for.
    if front.take(KEY_BEGINS.len())? != KEY_BEGINS {
        return Err(Flaw::Algorithm);
    }
    let x = front.take(COORDINATE_BYTES)?;
    if front.take(KEY_GOES_ON.len())? != KEY_GOES_ON {
        return Err(Flaw::Algorithm);
    }
    let y = front.take(COORDINATE_BYTES)?;
    let public_key = [&[UNCOMPRESSED], x, y].concat();
    // Refuses what is no point of the curve.
    ParsedPublicKey::new(&ECDSA_P256_SHA256_ASN1, &public_key).map_err(|_| Flaw::Algorithm)?;
    Ok(Credential { id, public_key })
}

/// Exactly one map in CBOR, whatever is in it.
fn skip_map(bytes: &[u8]) -> Result<(), Flaw> {
    let mut decoder = Decoder::new(bytes);
    let is_map = decoder.datatype().is_ok_and(|kind| kind == Type::Map);
    let is_whole = is_map && decoder.skip().is_ok() && decoder.position() == bytes.len();
    if is_whole { Ok(()) } else { Err(Flaw::Malformed) }
}
