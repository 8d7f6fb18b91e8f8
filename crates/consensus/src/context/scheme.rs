use bulla_crypto::{KeyError, PublicKey, Signature, SignatureLengthError};

/// Ed25519 (RFC 8032), verified strictly. The key pair itself stays behind
/// [`VoteSigner`](crate::VoteSigner).
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ed25519;

/// Bytes that are no key or no signature.
#[derive(Debug, thiserror::Error)]
pub(crate) enum SchemeError {
    #[error(transparent)]
    Key(#[from] KeyError),
    #[error(transparent)]
    Signature(#[from] SignatureLengthError),
}

impl malachitebft_core_types::SigningScheme for Ed25519 {
    type DecodingError = SchemeError;
    type Signature = Signature;
    type PublicKey = PublicKey;
    type PrivateKey = ();

    fn decode_signature(bytes: &[u8]) -> Result<Signature, SchemeError> {
        Ok(Signature::try_from(bytes)?)
    }

    fn encode_signature(signature: &Signature) -> Vec<u8> {
        signature.0.to_vec()
    }

    fn decode_public_key(bytes: &[u8]) -> Result<PublicKey, SchemeError> {
        Ok(PublicKey::from_bytes(bytes)?)
    }

    fn encode_public_key(key: &PublicKey) -> Vec<u8> {
        key.to_bytes().to_vec()
    }
}
