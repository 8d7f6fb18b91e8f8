//! Consensus keys in a PKCS#11 token: Ed25519 by `CKM_EDDSA`, found by label, used and never read.

use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bulla_crypto::key_file::{self, KeyFileError};
use bulla_crypto::{PublicKey, Signature};
use bulla_types::{
    ConsensusMessage, KeyPurpose, LedgerId, ReasonCode, RequestId, ValidatorProof, possession_message,
};
use cryptoki::context::Pkcs11;
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::eddsa::{EddsaParams, EddsaSignatureScheme};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::Slot;
use cryptoki::types::AuthPin;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::key::{KeyFailure, SigningKey, Standing};
use crate::library::{Held, Library, Open, lock};
use crate::patient::{Patient, Silence, Unmade};

/// A token that has not signed within this has failed: a vote that comes later is of little use.
const SIGNS_WITHIN: Duration = Duration::from_secs(2);

/// A token that has not been found and opened within this has failed.
const OPENS_WITHIN: Duration = Duration::from_secs(20);

/// Where the PIN is looked for when no file is named.
pub const PIN_VARIABLE: &str = "BULLA_TOKEN_PIN";

/// The curve, as an object identifier in DER: 1.3.101.112 (RFC 8410).
const ED25519: [u8; 5] = [0x06, 0x03, 0x2b, 0x65, 0x70];

/// Where a key is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenConfig {
    /// The token's PKCS#11 library, for example `/usr/lib/softhsm/libsofthsm2.so`.
    pub module: PathBuf,
    /// Label of the token.
    pub token: String,
    /// Label (`CKA_LABEL`) of the key pair.
    pub key: String,
    /// Its id (`CKA_ID`) in hexadecimal, where several keys have the label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// A file with the user's PIN and nothing else, readable by its owner alone. Without it the PIN comes from the
    /// environment, [`PIN_VARIABLE`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pin_file: Option<PathBuf>,
}

/// Why a token cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    /// The library does not load or start.
    #[error("the PKCS#11 library {} cannot be used: {source}", path.display())]
    Library {
        /// The library.
        path: PathBuf,
        /// What it says.
        source: Error,
    },
    /// No token in any slot has this label.
    #[error("no token of {} is labelled {label:?}: check that it is plugged in and its label", path.display())]
    NoToken {
        /// The library.
        path: PathBuf,
        /// The label.
        label: String,
    },
    /// The PIN's file cannot be used.
    #[error(transparent)]
    PinFile(KeyFileError),
    /// There is no PIN.
    #[error("no PIN for the token {token:?}: name a pin_file, or set {PIN_VARIABLE}")]
    NoPin {
        /// Label of the token.
        token: String,
    },
    /// The id is not hexadecimal.
    #[error("the key id {text:?} is not hexadecimal")]
    KeyId {
        /// As configured.
        text: String,
    },
    /// The token has not exactly one such key.
    #[error(
        "the token {token:?} holds {found} Ed25519 {what} keys labelled {key:?}, not one: check the label, or say key_id"
    )]
    NotOneKey {
        /// Label of the token.
        token: String,
        /// Label of the key.
        key: String,
        /// Private or public.
        what: &'static str,
        /// How many there are.
        found: usize,
    },
    /// A key stands where the new one should.
    #[error("the token {token:?} holds a key labelled {key:?} already: choose another label")]
    Exists {
        /// Label of the token.
        token: String,
        /// Label of the key.
        key: String,
    },
    /// What the token says is the public key is none.
    #[error("the token's public key is not an Ed25519 key: {0}")]
    PublicKey(String),
    /// The token refused.
    #[error("the token {token:?} refused to {what}: {source}")]
    Refused {
        /// Label of the token.
        token: String,
        /// What was asked.
        what: &'static str,
        /// What it says.
        source: Error,
    },
    /// It refused the PIN before, in this run.
    #[error(
        "the token {token:?} refused the PIN, and is not tried again before the next start lest it lock itself"
    )]
    PinRefused {
        /// Label of the token.
        token: String,
    },
    /// It does not answer, as when it is unplugged under its library's hands.
    #[error(
        "the token {token:?} has not answered in time: check the device and its library; it is asked again when it has answered"
    )]
    Silent {
        /// Label of the token.
        token: String,
    },
    /// The system gives no thread to ask it on.
    #[error("there is no thread to ask the token on: {0}")]
    Thread(std::io::Error),
    /// The signature that it made does not verify.
    #[error("the token {token:?} made a signature that does not verify under its own public key")]
    WrongSignature {
        /// Label of the token.
        token: String,
    },
}

impl TokenError {
    /// Whether the token is not there, as far as its library knows.
    fn is_of_absence(&self) -> bool {
        use RvError::{
            CryptokiNotInitialized, DeviceError, DeviceRemoved, SlotIdInvalid, TokenNotPresent,
            TokenNotRecognized,
        };
        match self {
            Self::NoToken { .. } => true,
            Self::Refused { source: Error::Pkcs11(refusal, _), .. } => matches!(
                refusal,
                CryptokiNotInitialized
                    | DeviceError
                    | DeviceRemoved
                    | SlotIdInvalid
                    | TokenNotPresent
                    | TokenNotRecognized
            ),
            _ => false,
        }
    }

    fn is_of_the_pin(&self) -> bool {
        use RvError::{PinExpired, PinIncorrect, PinInvalid, PinLenRange, PinLocked};
        matches!(
            self,
            Self::Refused {
                source: Error::Pkcs11(PinExpired | PinIncorrect | PinInvalid | PinLenRange | PinLocked, _),
                ..
            }
        )
    }

    /// The stable reason code.
    #[must_use]
    pub fn reason(&self) -> ReasonCode {
        match self {
            Self::PinFile(KeyFileError::Permissions { .. }) => ReasonCode::KeyFilePermissions,
            Self::PinFile(_) => ReasonCode::FileUnreadable,
            Self::KeyId { .. } => ReasonCode::ConfigInvalid,
            _ => ReasonCode::TokenFailed,
        }
    }
}

/// A key in a token. Its library is called on a thread of its own, and never waited for without end: libraries know no
/// time limit, and one that hangs must not take the node with it.
pub struct TokenKey {
    config: TokenConfig,
    public_key: PublicKey,
    line: Patient<Line>,
    failed: AtomicBool,
}

/// The way to the key: where it is, and how the token can be reached.
struct Line {
    config: TokenConfig,
    public_key: PublicKey,
    library: Arc<Library>,
    /// Nothing when the last session failed: then by a new one.
    held: Held,
    /// It is not logged in again: it refused the PIN, and more attempts would lock it for good.
    pin_refused: bool,
}

impl TokenKey {
    /// Finds the key.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn open(config: TokenConfig) -> Result<Self, TokenError> {
        let place = config.clone();
        let opened = Patient::make("token", OPENS_WITHIN, move || {
            let line = Line::open(place)?;
            let public_key = line.public_key.clone();
            Ok((line, public_key))
        });
        let (line, public_key) = opened.map_err(|error| match error {
            Unmade::Thread(source) => TokenError::Thread(source),
            Unmade::Silent => TokenError::Silent { token: config.token.clone() },
            Unmade::Failed(error) => error,
        })?;
        Ok(Self { config, public_key, line, failed: AtomicBool::new(false) })
    }

    /// Makes a key pair in the token, that cannot be read out of it.
    ///
    /// # Errors
    /// [`TokenError`]; a label that is taken is not used again.
    pub fn generate(config: TokenConfig) -> Result<Self, TokenError> {
        let library = library(&config.module)?;
        let calls = library.calls();
        let session = log_in(&config, &calls)?;
        let same = find(&config, &session, ObjectClass::PRIVATE_KEY)?;
        if !same.is_empty() {
            return Err(TokenError::Exists { token: config.token, key: config.key });
        }
        let mut common = vec![Attribute::Token(true), Attribute::Label(config.key.clone().into_bytes())];
        common.extend(id_of(&config)?.map(Attribute::Id));
        let public = [
            &common[..],
            &[Attribute::Private(false), Attribute::Verify(true), Attribute::EcParams(ED25519.to_vec())],
        ];
        let private = [
            &common[..],
            &[
                Attribute::Private(true),
                Attribute::Sensitive(true),
                Attribute::Extractable(false),
                Attribute::Sign(true),
            ],
        ];
        session
            .generate_key_pair(&Mechanism::EccEdwardsKeyPairGen, &public.concat(), &private.concat())
            .map_err(refused(&config, "make a key"))?;
        drop(session);
        drop(calls);
        Self::open(config)
    }

    /// Where it is.
    #[must_use]
    pub fn config(&self) -> &TokenConfig {
        &self.config
    }

    /// The key that its signatures verify under.
    #[must_use]
    pub fn public(&self) -> &PublicKey {
        &self.public_key
    }

    /// Proves possession of the key, for its enrolment by this request on this ledger. No vote can be mistaken for it.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn prove_possession(
        &self,
        ledger_id: &LedgerId,
        request_id: &RequestId,
        purpose: KeyPurpose,
    ) -> Result<Signature, TokenError> {
        self.sign_bytes(&possession_message(ledger_id, request_id, purpose, &self.public_key))
    }

    fn sign_bytes(&self, message: &[u8]) -> Result<Signature, TokenError> {
        let message = message.to_vec();
        let signed = self.line.ask(SIGNS_WITHIN, move |line| line.sign(&message));
        signed.unwrap_or_else(|_: Silence| Err(TokenError::Silent { token: self.config.token.clone() }))
    }

    fn sign_noting_failure(&self, message: &[u8]) -> Result<Signature, KeyFailure> {
        let signed = self.sign_bytes(message);
        self.failed.store(signed.is_err(), Ordering::Relaxed);
        signed.map_err(|error| KeyFailure::Token(Box::new(error)))
    }
}

impl Line {
    fn open(config: TokenConfig) -> Result<Self, TokenError> {
        let library = library(&config.module)?;
        let (public_key, open) = {
            let calls = library.calls();
            let session = log_in(&config, &calls)?;
            let private = one_key(&config, &session, ObjectClass::PRIVATE_KEY)?;
            let public = one_key(&config, &session, ObjectClass::PUBLIC_KEY)?;
            (read_public_key(&config, &session, public)?, Open { session, private })
        };
        let held = Arc::new(Mutex::new(Some(open)));
        library.watch(&config.token, &held);
        Ok(Self { config, public_key, library, held, pin_refused: false })
    }

    /// Signs, in the session that is open or a new one. A session that failed is not used again, and a library that
    /// does not find the token is started again when that may be.
    fn sign(&mut self, message: &[u8]) -> Result<Signature, TokenError> {
        if self.pin_refused {
            return Err(TokenError::PinRefused { token: self.config.token.clone() });
        }
        let signed = match self.sign_once(message) {
            Err(error) if error.is_of_absence() && self.library.start_again(&self.config.token) => {
                self.sign_once(message)
            }
            signed => signed,
        };
        self.pin_refused = signed.as_ref().is_err_and(TokenError::is_of_the_pin);
        signed
    }

    fn sign_once(&self, message: &[u8]) -> Result<Signature, TokenError> {
        let calls = self.library.calls();
        let held = lock(&self.held).take();
        let used = match held {
            Some(open) => open,
            None => {
                let session = log_in(&self.config, &calls)?;
                let private = one_key(&self.config, &session, ObjectClass::PRIVATE_KEY)?;
                Open { session, private }
            }
        };
        let mechanism = Mechanism::Eddsa(EddsaParams::new(EddsaSignatureScheme::Ed25519));
        let made =
            used.session.sign(&mechanism, used.private, message).map_err(refused(&self.config, "sign"))?;
        let wrong = || TokenError::WrongSignature { token: self.config.token.clone() };
        let signature = Signature(made.try_into().map_err(|_| wrong())?);
        self.public_key.verify_strict(message, &signature).map_err(|_| wrong())?;
        *lock(&self.held) = Some(used);
        Ok(signature)
    }
}

impl Drop for Line {
    /// A session is closed by a call of the library.
    fn drop(&mut self) {
        let _calls = self.library.calls();
        drop(lock(&self.held).take());
    }
}

impl SigningKey for TokenKey {
    fn public_key(&self) -> &PublicKey {
        &self.public_key
    }

    fn sign(&self, message: &ConsensusMessage) -> Result<Signature, KeyFailure> {
        self.sign_noting_failure(&message.preimage())
    }

    fn sign_validator_proof(&self, proof: &ValidatorProof) -> Result<Signature, KeyFailure> {
        self.sign_noting_failure(&proof.preimage())
    }

    fn standing(&self) -> Standing {
        if self.failed.load(Ordering::Relaxed) {
            Standing::Unable(ReasonCode::TokenFailed)
        } else {
            Standing::Able
        }
    }
}

fn log_in(config: &TokenConfig, library: &Pkcs11) -> Result<Session, TokenError> {
    let slot = slot_of(config, library)?;
    let session = library.open_rw_session(slot).map_err(refused(config, "open a session"))?;
    let pin = AuthPin::from(pin(config)?.as_str());
    match session.login(UserType::User, Some(&pin)) {
        // Another session of this process has logged in; that holds for all of them.
        Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(session),
        Err(source) => Err(refused(config, "let this user in")(source)),
    }
}

fn library(path: &Path) -> Result<Arc<Library>, TokenError> {
    Library::at(path).map_err(|source| TokenError::Library { path: path.to_owned(), source })
}

fn slot_of(config: &TokenConfig, library: &Pkcs11) -> Result<Slot, TokenError> {
    let listed = refused(config, "list its slots");
    for slot in library.get_slots_with_token().map_err(listed)? {
        // A token that does not tell its name is another one.
        if library.get_token_info(slot).is_ok_and(|token| token.label().trim_end() == config.token) {
            return Ok(slot);
        }
    }
    Err(TokenError::NoToken { path: config.module.clone(), label: config.token.clone() })
}

fn pin(config: &TokenConfig) -> Result<Zeroizing<String>, TokenError> {
    let no_pin = || TokenError::NoPin { token: config.token.clone() };
    let pin = match &config.pin_file {
        Some(file) => key_file::read_secret(file).map_err(TokenError::PinFile)?,
        None => Zeroizing::new(std::env::var(PIN_VARIABLE).map_err(|_| no_pin())?),
    };
    // It would be one of the attempts after which a token locks itself.
    if pin.is_empty() { Err(no_pin()) } else { Ok(pin) }
}

fn id_of(config: &TokenConfig) -> Result<Option<Vec<u8>>, TokenError> {
    let read = |text: &String| hex::decode(text).map_err(|_| TokenError::KeyId { text: text.clone() });
    config.key_id.as_ref().map(read).transpose()
}

fn find(
    config: &TokenConfig,
    session: &Session,
    class: ObjectClass,
) -> Result<Vec<ObjectHandle>, TokenError> {
    let mut template = vec![
        Attribute::Class(class),
        Attribute::KeyType(KeyType::EC_EDWARDS),
        Attribute::Label(config.key.clone().into_bytes()),
    ];
    template.extend(id_of(config)?.map(Attribute::Id));
    session.find_objects(&template).map_err(refused(config, "look for the key"))
}

fn one_key(config: &TokenConfig, session: &Session, class: ObjectClass) -> Result<ObjectHandle, TokenError> {
    match find(config, session, class)?.as_slice() {
        [key] => Ok(*key),
        found => Err(TokenError::NotOneKey {
            token: config.token.clone(),
            key: config.key.clone(),
            what: if class == ObjectClass::PRIVATE_KEY { "private" } else { "public" },
            found: found.len(),
        }),
    }
}

/// `CKA_EC_POINT` is a DER octet string of the 32 bytes (PKCS#11 3.0), or the 32 bytes themselves in older tokens.
fn read_public_key(
    config: &TokenConfig,
    session: &Session,
    public: ObjectHandle,
) -> Result<PublicKey, TokenError> {
    let read = session.get_attributes(public, &[AttributeType::EcPoint]);
    let attributes = read.map_err(refused(config, "give the public key"))?;
    let Some(Attribute::EcPoint(point)) = attributes.first() else {
        return Err(TokenError::PublicKey("it is not given".to_owned()));
    };
    let key = point.strip_prefix(&[0x04, 0x20]).filter(|key| key.len() == PublicKey::LENGTH).unwrap_or(point);
    PublicKey::from_bytes(key).map_err(|error| TokenError::PublicKey(error.to_string()))
}

fn refused(config: &TokenConfig, what: &'static str) -> impl FnOnce(Error) -> TokenError + use<> {
    let token = config.token.clone();
    move |source| TokenError::Refused { token, what, source }
}
