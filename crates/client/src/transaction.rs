//! Making signed transactions.

use std::convert::Infallible;
use std::time::Duration;

use bulla_crypto::{PublicKey, SecretKey, Signature};
use bulla_types::{
    AccessToken, Action, BlockTime, Commitment, DecodeError, FieldPath, KeptOpenings, KeyDeclaration, KeyId,
    KeyPurpose, LedgerId, MemberNumber, Opening, Propose, ReasonCode, RequestId, SignerRef, Submission,
    Transaction, TransactionBody, TransactionDraft, commit, limits::OPENING_VALUE_BYTES_MAX,
    possession_message, signing_message,
};
use bytes::Bytes;
use rand_core::{OsRng, RngCore};

use crate::clock::{self, as_ms};
use crate::governance::ProposeRequest;

/// How long a transaction may be recorded unless the caller says otherwise: long enough for a ledger that
/// pauses, short enough to know soon that it never will be.
pub(crate) const VALID_FOR: Duration = Duration::from_secs(5 * 60);

/// How long an access token is good: half of what a node takes, for clocks that differ.
const ACCESS_FOR: Duration = Duration::from_secs(5 * 60);

/// A member's key that signs.
#[derive(Clone)]
pub struct Signer {
    member: MemberNumber,
    key_id: KeyId,
    key: SecretKey,
}

impl Signer {
    /// The key of this member.
    #[must_use]
    pub fn new(member: MemberNumber, key: SecretKey) -> Self {
        Self { member, key_id: KeyId::of(key.public_key()), key }
    }

    /// The member.
    #[must_use]
    pub fn member(&self) -> MemberNumber {
        self.member
    }

    /// The key's id.
    #[must_use]
    pub fn key_id(&self) -> KeyId {
        self.key_id
    }

    /// A new access token: for five minutes, whoever bears it may read what this member may. Not for lines that
    /// others can listen on.
    #[must_use]
    pub fn access_token(&self, ledger_id: &LedgerId) -> AccessToken {
        let expires_at = BlockTime(clock::now().0.saturating_add(as_ms(ACCESS_FOR)));
        AccessToken::issue(ledger_id, self.member, &self.key, expires_at)
    }

    fn reference(&self) -> SignerRef {
        SignerRef { member: self.member, key_id: self.key_id }
    }
}

/// Why a transaction cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BuildError {
    /// No signer, no action, or something that no node would take.
    #[error("the transaction breaks its format: {0}")]
    Format(#[from] DecodeError),
    /// An attached text is too long.
    #[error("{path} of action {action} has {bytes} bytes, at most {max} are allowed")]
    AttachedTooLong {
        /// The action, from 0.
        action: u32,
        /// The field.
        path: String,
        /// Bytes given.
        bytes: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// Some openings stay with their owner, and would be lost: [`TransactionBuilder::build_keeping`] gives them.
    #[error("openings stay with their owner and would be lost: {0}")]
    OpeningsKept(String),
}

impl BuildError {
    /// The stable reason code.
    #[must_use]
    pub fn reason(&self) -> ReasonCode {
        match self {
            Self::Format(error) => error.reason(),
            Self::AttachedTooLong { .. } => ReasonCode::TooLarge,
            Self::OpeningsKept(_) => ReasonCode::Malformed,
        }
    }
}

/// Something that a transaction can be asked to do. [`Action`] itself is one, for what has no attached field.
pub trait ActionRequest {
    /// The action, with commitments in place of the values of its attached fields.
    fn into_action(self, attached: &mut AttachedFields<'_>) -> Action;
}

impl ActionRequest for Action {
    fn into_action(self, _: &mut AttachedFields<'_>) -> Action {
        self
    }
}

/// Takes the values of the attached fields of one action.
pub struct AttachedFields<'a> {
    request_id: RequestId,
    action: u32,
    /// Its place within a proposal, from 0, when it is proposed.
    proposed: Option<usize>,
    values: &'a mut Vec<Attached>,
}

struct Attached {
    action: u32,
    path: String,
    salt: [u8; 32],
    value: Bytes,
    keeper: Keeper,
}

/// Who keeps an opening.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Keeper {
    /// The nodes: it travels beside the transaction.
    Nodes,
    /// Whose value it is.
    Owner,
}

impl AttachedFields<'_> {
    /// Commits to a value under a fresh random salt and keeps both for the opening.
    pub fn attach(&mut self, path: &'static str, value: String) -> Commitment {
        self.attach_bytes(path.to_owned(), value.into())
    }

    /// The same for a value that is no prose.
    pub fn attach_bytes(&mut self, path: String, value: Bytes) -> Commitment {
        self.commit(path, value, Keeper::Nodes)
    }

    /// Commits to a value whose opening its owner keeps.
    pub fn keep_bytes(&mut self, path: String, value: Bytes) -> Commitment {
        self.commit(path, value, Keeper::Owner)
    }

    fn commit(&mut self, path: String, value: Bytes, keeper: Keeper) -> Commitment {
        let path = match self.proposed {
            Some(place) => Propose::path(place, &path),
            None => path,
        };
        let mut salt = [0; 32];
        OsRng.fill_bytes(&mut salt);
        let commitment = commit(&salt, &self.request_id, self.action, &path, &value);
        self.values.push(Attached { action: self.action, path, salt, value, keeper });
        commitment
    }
}

/// Gathers signers and actions of one transaction, then signs it.
pub struct TransactionBuilder {
    ledger_id: LedgerId,
    request_id: RequestId,
    not_after: BlockTime,
    signers: Vec<Signer>,
    actions: Vec<Action>,
    attached: Vec<Attached>,
    /// Whether what is asked for goes into the proposal that is the last action.
    proposing: bool,
}

impl TransactionBuilder {
    /// A transaction for this ledger, under a new request id of the present time, valid for five minutes.
    #[must_use]
    pub fn new(ledger_id: LedgerId) -> Self {
        Self::at(ledger_id, clock::now())
    }

    /// As [`new`](Self::new), of another time than this machine's.
    #[must_use]
    pub fn at(ledger_id: LedgerId, now: BlockTime) -> Self {
        let mut random = [0; 10];
        OsRng.fill_bytes(&mut random);
        Self::with_request_id(ledger_id, RequestId::new(now.0, &random))
    }

    /// As [`new`](Self::new), under a request id that the caller has recorded, so that a request that is made
    /// again after a crash takes effect once.
    #[must_use]
    pub fn with_request_id(ledger_id: LedgerId, request_id: RequestId) -> Self {
        let not_after = BlockTime(request_id.time_ms().saturating_add(as_ms(VALID_FOR)));
        Self {
            ledger_id,
            request_id,
            not_after,
            signers: Vec::new(),
            actions: Vec::new(),
            attached: Vec::new(),
            proposing: false,
        }
    }

    /// What a draft asks, to be asked together with more: under the same request id, until the same time, by nobody
    /// yet. Where the last that it does is a proposal, more is proposed with it.
    #[must_use]
    pub fn of_draft(draft: &TransactionDraft) -> Self {
        let TransactionBody { ledger_id, request_id, not_after, signers: _, actions } = draft.body().clone();
        let attached = draft.openings().iter().map(|opening| Attached {
            action: opening.action,
            path: opening.path.to_string(),
            salt: opening.salt,
            value: opening.value.clone(),
            keeper: Keeper::Nodes,
        });
        Self {
            ledger_id,
            request_id,
            not_after,
            signers: Vec::new(),
            attached: attached.collect(),
            proposing: matches!(actions.last(), Some(Action::Propose(_))),
            actions,
        }
    }

    /// Makes the transaction under this id.
    #[must_use]
    pub fn request_id(&self) -> RequestId {
        self.request_id
    }

    /// Adds a signer. The first scopes the request id.
    #[must_use]
    pub fn signer(mut self, signer: &Signer) -> Self {
        self.signers.push(signer.clone());
        self
    }

    /// Adds an action; they are carried out in this order, all or none.
    #[must_use]
    pub fn action(mut self, request: impl ActionRequest) -> Self {
        let (request_id, values) = (self.request_id, &mut self.attached);
        // Past u32 the transaction is refused for its number of actions.
        let place = |actions: usize| u32::try_from(actions).unwrap_or(u32::MAX);
        match self.actions.split_last_mut() {
            Some((Action::Propose(propose), before)) if self.proposing => {
                let (action, proposed) = (place(before.len()), Some(propose.actions.len()));
                let mut fields = AttachedFields { request_id, action, proposed, values };
                propose.actions.push(request.into_action(&mut fields));
            }
            _ => {
                let action = place(self.actions.len());
                let mut fields = AttachedFields { request_id, action, proposed: None, values };
                self.actions.push(request.into_action(&mut fields));
            }
        }
        self
    }

    /// From here on actions are laid before the registration bodies as one proposal, in place of being carried out:
    /// to be voted on until a time, on these grounds. It approves who signs.
    #[must_use]
    pub fn proposing(mut self, not_after: BlockTime, grounds: Option<String>) -> Self {
        self.proposing = false;
        let mut begun = self.action(ProposeRequest { not_after, grounds });
        begun.proposing = true;
        begun
    }

    /// Sets the time after which no block may hold the transaction.
    #[must_use]
    pub fn not_after(mut self, time: BlockTime) -> Self {
        self.not_after = time;
        self
    }

    /// Declares a new key for enrolment by this transaction, with the proof of possession if its purpose
    /// needs one.
    #[must_use]
    pub fn declare_key(&self, purpose: KeyPurpose, key: &SecretKey) -> KeyDeclaration {
        let public = key.public_key();
        let declared = self.declare_key_by(purpose, public, |ledger_id, request_id| {
            Ok::<_, Infallible>(key.sign(&possession_message(ledger_id, request_id, purpose, public)))
        });
        match declared {
            Ok(declaration) => declaration,
            Err(never) => match never {},
        }
    }

    /// The same for a key that this program does not hold, as in a token: `prove` signs the proof of possession for
    /// this ledger and request, and is not asked where the purpose needs none.
    ///
    /// # Errors
    /// That of `prove`.
    pub fn declare_key_by<E>(
        &self,
        purpose: KeyPurpose,
        key: &PublicKey,
        prove: impl FnOnce(&LedgerId, &RequestId) -> Result<Signature, E>,
    ) -> Result<KeyDeclaration, E> {
        let possession = purpose.needs_possession().then(|| prove(&self.ledger_id, &self.request_id));
        Ok(KeyDeclaration { key: key.clone(), purpose, possession: possession.transpose()? })
    }

    /// Signs the transaction and joins the openings of its attached fields.
    ///
    /// # Errors
    /// See [`BuildError`].
    pub fn build(self) -> Result<Submission, BuildError> {
        let (submission, kept) = self.build_keeping()?;
        match kept {
            None => Ok(submission),
            Some(kept) => {
                let paths: Vec<&str> = kept.openings().iter().map(|opening| opening.path.as_str()).collect();
                Err(BuildError::OpeningsKept(paths.join(", ")))
            }
        }
    }

    /// The same, with the openings that stay with their owner: to be stored before the transaction is sent, since
    /// nobody else has them.
    ///
    /// # Errors
    /// See [`BuildError`].
    pub fn build_keeping(self) -> Result<(Submission, Option<KeptOpenings>), BuildError> {
        let (mut openings, mut kept) = (Vec::new(), Vec::new());
        for attached in self.attached {
            match attached.keeper {
                Keeper::Nodes => openings.push(opening(attached)?),
                Keeper::Owner => kept.push(opening(attached)?),
            }
        }
        let body = TransactionBody {
            ledger_id: self.ledger_id,
            request_id: self.request_id,
            not_after: self.not_after,
            signers: self.signers.iter().map(Signer::reference).collect(),
            actions: self.actions,
        };
        let message = signing_message(&body.id());
        let signatures: Vec<Signature> =
            self.signers.iter().map(|signer| signer.key.sign(&message)).collect();
        let transaction = Transaction::new(&body, &signatures)?;
        let kept = if kept.is_empty() { None } else { Some(KeptOpenings::new(&transaction, kept)?) };
        Ok((Submission::new(transaction, openings)?, kept))
    }

    /// A draft, for these signers beside those that were added, who sign it at once.
    ///
    /// # Errors
    /// See [`BuildError`].
    pub fn draft(self, cosigners: &[SignerRef]) -> Result<TransactionDraft, BuildError> {
        // A draft goes through many hands, and what its owner keeps through none.
        if let Some(kept) = self.attached.iter().find(|attached| attached.keeper == Keeper::Owner) {
            return Err(BuildError::OpeningsKept(kept.path.clone()));
        }
        let openings = self.attached.into_iter().map(opening).collect::<Result<_, _>>()?;
        let body = TransactionBody {
            ledger_id: self.ledger_id,
            request_id: self.request_id,
            not_after: self.not_after,
            signers: self.signers.iter().map(Signer::reference).chain(cosigners.iter().copied()).collect(),
            actions: self.actions,
        };
        let mut draft = TransactionDraft::new(&body, openings)?;
        for signer in &self.signers {
            // Each is named, and the format lets none sign twice.
            let _ = draft.sign(&signer.key);
        }
        Ok(draft)
    }
}

fn opening(attached: Attached) -> Result<Opening, BuildError> {
    let Attached { action, path, salt, value, keeper: _ } = attached;
    if value.len() > OPENING_VALUE_BYTES_MAX {
        let (bytes, max) = (value.len(), OPENING_VALUE_BYTES_MAX);
        return Err(BuildError::AttachedTooLong { action, path, bytes, max });
    }
    let path = FieldPath::try_from(path).map_err(DecodeError::from)?;
    Ok(Opening { action, path, salt, value })
}
