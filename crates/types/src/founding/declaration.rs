//! The public side of what a founder has made on its own machine.

use bulla_crypto::{Domain, SecretKey, Signature, frame};
use bytes::Bytes;

use crate::canonical::{self, Canonical};
use crate::credit_code::CreditCode;
use crate::error::{DecodeError, Fault};
use crate::field::{At, rising};
use crate::ids::PlanDigest;
use crate::key_declaration::{DeclaredIn, KeyDeclaration, KeyPurpose};
use crate::limits::{FOUNDER_ADDRESS_BYTES_MAX, FOUNDER_DECLARATION_BYTES_MAX, KEYS_MAX};
use crate::proto;
use crate::wire::{Field, Shape};

/// Format version of declarations.
const VERSION: u32 = 1;

const DECLARATION_SHAPE: Shape = Shape(&[Field::list(5, "keys", KEYS_MAX, FOUNDER_DECLARATION_BYTES_MAX)]);

/// The keys of one founder for one plan, and where its node is reached (创立声明). Every key signs the whole, so that
/// nobody can declare a key that he does not hold, take one out of another's declaration, or use a declaration for
/// another plan.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FounderDeclaration {
    plan: PlanDigest,
    credit_code: CreditCode,
    keys: Vec<KeyDeclaration>,
    address: Option<String>,
}

impl FounderDeclaration {
    /// Declares keys, in rising order of purpose, signed by each of them. `address` is the multiaddr of a node.
    ///
    /// # Errors
    /// Keys in another order or a purpose twice; a node's keys without an address, or an address without them.
    pub fn sign(
        plan: PlanDigest,
        credit_code: CreditCode,
        keys: &[(KeyPurpose, &SecretKey)],
        address: Option<String>,
    ) -> Result<Self, DecodeError> {
        let unsigned = |&(purpose, key): &(KeyPurpose, &SecretKey)| KeyDeclaration {
            key: key.public_key().clone(),
            purpose,
            possession: None,
        };
        let declared = keys.iter().map(unsigned).collect();
        let mut declaration = Self { plan, credit_code, keys: declared, address };
        let message = declaration.signing_message();
        for (declared, (_, key)) in declaration.keys.iter_mut().zip(keys) {
            declared.possession = Some(key.sign(&message));
        }
        Self::from_message(declaration.to_message())
    }

    /// What every key signs: frame(founder-declaration) ‖ the canonical declaration without any possession.
    #[must_use]
    pub fn signing_message(&self) -> Vec<u8> {
        let mut message = self.to_message();
        message.keys.iter_mut().for_each(|key| key.possession = None);
        let mut signed = frame(Domain::FounderDeclaration);
        signed.extend(canonical::encode(&message));
        signed
    }

    /// The first key, by purpose, that has not signed this declaration, by `verify_strict`.
    #[must_use]
    pub fn unproved(&self) -> Option<KeyPurpose> {
        let message = self.signing_message();
        let proves =
            |key: &KeyDeclaration, possession: &Signature| key.key.verify_strict(&message, possession);
        let proved =
            |key: &&KeyDeclaration| key.possession.as_ref().is_some_and(|by| proves(key, by).is_ok());
        self.keys.iter().find(|key| !proved(key)).map(|key| key.purpose)
    }

    /// Whether these bytes begin as every such file does; all other files begin otherwise.
    #[must_use]
    pub fn is_begun_by(bytes: &[u8]) -> bool {
        let kind = Domain::FounderDeclaration.as_str().as_bytes();
        let begin = [1 << 3 | 2, u8::try_from(kind.len()).unwrap_or(u8::MAX)];
        bytes.strip_prefix(&begin).is_some_and(|rest| rest.starts_with(kind))
    }

    /// The plan that it is for.
    #[must_use]
    pub fn plan(&self) -> PlanDigest {
        self.plan
    }

    /// Whose it is.
    #[must_use]
    pub fn credit_code(&self) -> CreditCode {
        self.credit_code
    }

    /// The keys, in rising order of purpose, none twice.
    #[must_use]
    pub fn keys(&self) -> &[KeyDeclaration] {
        &self.keys
    }

    /// The key of this purpose.
    #[must_use]
    pub fn key(&self, purpose: KeyPurpose) -> Option<&KeyDeclaration> {
        self.keys.iter().find(|key| key.purpose == purpose)
    }

    /// Where the other founders' nodes reach this one's: a multiaddr without identity.
    #[must_use]
    pub fn address(&self) -> Option<&str> {
        self.address.as_deref()
    }
}

impl Canonical for FounderDeclaration {
    type Message = proto::FounderDeclaration;
    const BYTES_MAX: usize = FOUNDER_DECLARATION_BYTES_MAX;

    fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        canonical::check_length(bytes, Self::BYTES_MAX)?;
        DECLARATION_SHAPE.check(bytes)?;
        Self::from_message(canonical::decode(&Bytes::copy_from_slice(bytes), Self::BYTES_MAX)?)
    }

    fn from_message(message: proto::FounderDeclaration) -> Result<Self, DecodeError> {
        if message.kind != Domain::FounderDeclaration.as_str() {
            return Err(Fault::Rule("a file of this kind says that it is a founder's declaration"))
                .at("kind");
        }
        if message.version != VERSION {
            return Err(Fault::UnknownVersion(message.version.into())).at("version");
        }
        let plan = PlanDigest::from_wire(&message.plan).at("plan")?;
        let credit_code = CreditCode::parse(message.credit_code.as_bytes()).at("credit_code")?;
        let keys = KeyDeclaration::list_from_messages(&message.keys, DeclaredIn::Founding)?;
        rising(&keys, "keys", |key| key.purpose)?;
        canonical::text(&message.address, FOUNDER_ADDRESS_BYTES_MAX).at("address")?;
        let address = (!message.address.is_empty()).then_some(message.address);
        match (keys.iter().any(|key| key.purpose == KeyPurpose::Peer), &address) {
            (true, None) => Err(Fault::Missing).at("address"),
            (false, Some(_)) => Err(Fault::Unexpected("only a node is reached")).at("address"),
            _ => Ok(Self { plan, credit_code, keys, address }),
        }
    }

    fn to_message(&self) -> proto::FounderDeclaration {
        proto::FounderDeclaration {
            kind: Domain::FounderDeclaration.as_str().to_owned(),
            version: VERSION,
            plan: self.plan.to_wire(),
            credit_code: self.credit_code.to_string(),
            keys: self.keys.iter().map(KeyDeclaration::to_message).collect(),
            address: self.address.clone().unwrap_or_default(),
        }
    }
}
