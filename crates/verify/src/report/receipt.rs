//! The facts of one receipt (回执).

use bulla_crypto::Hash;
use bulla_types::{
    Action, Address, Attestation, BlockHash, BlockTime, CommitCertificate, Equivocation, Header, Identifier,
    LedgerId, Outcome, RequestId, Subject, Transaction, TransactionId, Validator, ValidatorSet,
};
use serde::Serialize;

use super::{Claims, DepositReport, ProposalReport, SignerReport, TakenReport, text, words};

/// What one receipt proves.
#[derive(Debug, Clone, Serialize)]
pub struct ReceiptReport {
    /// Digest of the receipt itself: what attestations attest to.
    #[serde(serialize_with = "text")]
    pub digest: Hash,
    /// Index of the entry in the log.
    pub entry_index: u64,
    /// Height of its block.
    pub height: u64,
    /// Hash of its block.
    #[serde(serialize_with = "text")]
    pub block_hash: BlockHash,
    /// When it was recorded.
    pub time: TimeReport,
    /// What was recorded.
    pub content: Content,
    /// How it hangs on the anchor.
    pub anchored: Anchored,
    /// Who decided the block.
    pub votes: VotesReport,
    /// The block against which the signers' records are proved: nothing recorded after it is known here.
    pub records_as_of: AsOf,
    /// Later sizes of the log for which the file proves the entry.
    pub later_inclusions: Vec<LaterReport>,
    /// Attestations in the file, which are not examined here.
    pub attestations: Vec<AttestationReport>,
    /// What is proved, declared and not examined.
    pub claims: Claims,
}

/// Block time, and the interval that it stands for.
///
/// The builder of a block states its time. The validators' rule: it is later than that of the block before,
/// and when the block was first proposed it was within `bound_ms` of the clock of every validator that voted
/// for it. So by the clocks of voters with more than two thirds of the power, the entry was first proposed
/// between `earliest_ms` and `latest_ms`. A block that had to be proposed again keeps its time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TimeReport {
    /// Block time.
    pub recorded_ms: u64,
    /// The block before, whose time is earlier.
    #[serde(serialize_with = "text")]
    pub parent: BlockHash,
    /// Its time, when its header is in the file or it is the genesis.
    pub parent_ms: Option<u64>,
    /// The bound, when the parameters in force are those of the genesis.
    pub bound_ms: Option<u64>,
    /// Block time less the bound, or the parent's time if that is later.
    pub earliest_ms: Option<u64>,
    /// Block time and the bound.
    pub latest_ms: Option<u64>,
}

/// What an entry records.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Content {
    /// A transaction.
    Transaction(TransactionReport),
    /// The founding of the ledger.
    Founded,
    /// A validator broke the protocol.
    Equivocation(EquivocationReport),
    /// A deadline has come.
    DeadlineReached(DeadlineReport),
    /// A calendar or a suspension of clocks moves a deadline.
    DeadlineSettled(DeadlineReport),
    /// The ledger goes on after it stood still.
    OutageEnded {
        /// Time of the block before.
        from_ms: u64,
        /// What fell due since then is recorded from this time on.
        held_until_ms: u64,
    },
    /// A cycle of reports has ended.
    CycleEnded {
        /// The first instant after it.
        due_ms: u64,
        /// Digest of the profile.
        profile_digest: String,
        /// Place of the procedure among those of the profile.
        procedure: u16,
    },
}

/// A transaction whose signatures verify.
#[derive(Debug, Clone, Serialize)]
pub struct TransactionReport {
    /// Its id.
    #[serde(serialize_with = "text")]
    pub transaction_id: TransactionId,
    /// The request that it answered.
    #[serde(serialize_with = "text")]
    pub request_id: RequestId,
    /// Who signed; the first made the request.
    pub signers: Vec<SignerReport>,
    /// Each action and what came of it.
    pub actions: Vec<ActionReport>,
    /// Those actions that are deposits.
    pub deposits: Vec<DepositReport>,
}

/// An action and its outcome.
#[derive(Debug, Clone, Serialize)]
pub struct ActionReport {
    /// `deposit_evidence`, `enrol_member`, `enrol_key`, `change_key_status`, `change_member_status`,
    /// `adopt_profile`, `adopt_calendar`, `suspend_clocks`, `take_step`,
    /// `change_validators`, `change_parameters`, `change_roles`, `propose`, `vote_on_proposal` or
    /// `withdraw_proposal`; of an act that a vote has carried out `proposed`: what it is stands in the entry that
    /// proposed it.
    pub action: &'static str,
    /// Number given to the deposit.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub evidence_number: Option<u64>,
    /// Number given to the member.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member_number: Option<u64>,
    /// Id of the key enrolled.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_id: Option<String>,
    /// Digest of the profile adopted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub profile_digest: Option<String>,
    /// Number of the suspension of clocks.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub suspension_number: Option<u64>,
    /// What the step was taken in, then what it was given: identifiers.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub given: Vec<String>,
    /// The step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub taken: Option<TakenReport>,
    /// The proposal.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub proposal: Option<Box<ProposalReport>>,
}

/// A deadline, as the ledger recorded that it came or moved.
#[derive(Debug, Clone, Serialize)]
pub struct DeadlineReport {
    /// The case or certificate.
    #[serde(serialize_with = "text")]
    pub subject: Identifier,
    /// Place of the deadline among those of the case's procedure, in rising order of name.
    pub deadline: u16,
    /// When it was or is due.
    pub due_ms: u64,
}

/// Two votes of one validator for different blocks, as recorded.
#[derive(Debug, Clone, Serialize)]
pub struct EquivocationReport {
    /// The validator.
    #[serde(serialize_with = "text")]
    pub address: Address,
    /// Height of both votes.
    pub height: u64,
    /// Round of both votes.
    pub round: u32,
    /// `prevote` or `precommit`.
    pub vote_type: &'static str,
}

/// How an entry hangs on the anchor, in the ledger's own measures of age.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "by", rename_all = "snake_case")]
pub enum Anchored {
    /// By certificates from the genesis on.
    Genesis {
        /// Milliseconds from the genesis to the entry: for as long the validators' keys had to be safe
        /// until then.
        elapsed_ms: u64,
        /// Changes of validators before the block.
        validator_changes: usize,
    },
    /// By inclusion in the log of a checkpoint.
    Checkpoint {
        /// Entries that followed this one up to the checkpoint.
        later_entries: u64,
    },
}

/// The quorum that decided a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct VotesReport {
    /// Round of consensus.
    pub round: u32,
    /// Validators in force.
    pub validators: usize,
    /// Signatures in the certificate; each verifies.
    pub signatures: usize,
    /// Their voting power.
    pub signed_power: u64,
    /// The voting power of all.
    pub total_power: u64,
}

/// A block.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct AsOf {
    /// Its height.
    pub height: u64,
    /// Its time.
    pub time_ms: u64,
}

/// The entry in a larger log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct LaterReport {
    /// Size of that log.
    pub log_size: u64,
    /// Its root, as the path gives it.
    #[serde(serialize_with = "text")]
    pub root: Hash,
    /// Whether that root is known to be right, from the anchor or a certified header. If not, compare it
    /// with a checkpoint of this size.
    pub proved: bool,
}

/// An attestation that a file carries.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AttestationReport {
    /// `rfc3161`, `witness` or `rfc4998`.
    pub attestation: &'static str,
    /// Its length.
    pub length_bytes: usize,
}

impl TimeReport {
    pub(crate) fn new(header: &Header, parent: Option<BlockTime>, bound_ms: Option<u64>) -> Self {
        let recorded_ms = header.time.0;
        let parent_ms = parent.map(|time| time.0);
        let earliest = |bound| recorded_ms.saturating_sub(bound).max(parent_ms.unwrap_or(0));
        Self {
            recorded_ms,
            parent: header.parent,
            parent_ms,
            bound_ms,
            earliest_ms: bound_ms.map(earliest),
            latest_ms: bound_ms.map(|bound| recorded_ms.saturating_add(bound)),
        }
    }
}

impl VotesReport {
    pub(crate) fn new(certificate: &CommitCertificate, validators: &ValidatorSet) -> Self {
        let powers = certificate.signatures.iter().filter_map(|(address, _)| validators.get(address));
        Self {
            round: certificate.round,
            validators: validators.validators().len(),
            signatures: certificate.signatures.len(),
            signed_power: powers.map(Validator::power).sum(),
            total_power: validators.total_power(),
        }
    }
}

impl TransactionReport {
    pub(crate) fn new(
        ledger_id: &LedgerId,
        transaction: &Transaction,
        outcomes: &[Outcome],
        signers: Vec<SignerReport>,
    ) -> Self {
        let actions = || transaction.body().actions.iter().zip(outcomes);
        let deposits = actions().enumerate().filter_map(|(position, pair)| match pair {
            (Action::DepositEvidence(deposit), Outcome::EvidenceNumber(number)) => {
                Some(DepositReport::new(ledger_id, position, *number, deposit))
            }
            _ => None,
        });
        Self {
            transaction_id: transaction.id(),
            request_id: transaction.body().request_id,
            signers,
            actions: actions()
                .map(|(action, outcome)| ActionReport::new(ledger_id, Some(action), Some(outcome)))
                .collect(),
            deposits: deposits.collect(),
        }
    }
}

impl ActionReport {
    /// Without an outcome: an act that has only been proposed. Without an action: one whose words stand elsewhere.
    pub(crate) fn new(ledger_id: &LedgerId, action: Option<&Action>, outcome: Option<&Outcome>) -> Self {
        let mut report = Self {
            action: action.map_or("proposed", words::action),
            evidence_number: None,
            member_number: None,
            key_id: None,
            profile_digest: None,
            suspension_number: None,
            given: Vec::new(),
            taken: match action {
                Some(Action::TakeStep(take)) => Some(TakenReport::new(ledger_id, take)),
                _ => None,
            },
            proposal: None,
        };
        let Some(outcome) = outcome else { return report };
        match outcome {
            Outcome::EvidenceNumber(number) => report.evidence_number = Some(number.0),
            Outcome::MemberNumber(number) => report.member_number = Some(number.0),
            Outcome::KeyId(id) => report.key_id = Some(id.to_string()),
            Outcome::Done => {}
            Outcome::Suspension(number) => report.suspension_number = Some(number.0),
            Outcome::Profile(digest) => report.profile_digest = Some(digest.to_string()),
            Outcome::Case(outcome) => {
                let identifier = |subject| Identifier { ledger: ledger_id.into(), subject }.to_string();
                report.given = outcome.subjects().map(identifier).collect();
            }
            Outcome::Proposal(outcome) => {
                report.proposal = Some(Box::new(ProposalReport::new(ledger_id, action, outcome)));
            }
        }
        report
    }
}

impl DeadlineReport {
    pub(crate) fn new(ledger_id: &LedgerId, subject: Subject, deadline: u16, due: BlockTime) -> Self {
        Self { subject: Identifier { ledger: ledger_id.into(), subject }, deadline, due_ms: due.0 }
    }
}

impl EquivocationReport {
    pub(crate) fn new(equivocation: &Equivocation) -> Self {
        Self {
            address: equivocation.address(),
            height: equivocation.height().0,
            round: equivocation.round(),
            vote_type: words::vote_type(equivocation.vote_type()),
        }
    }
}

impl AttestationReport {
    pub(crate) fn new(attestation: &Attestation) -> Self {
        Self { attestation: words::attestation(attestation.kind), length_bytes: attestation.value.len() }
    }
}
