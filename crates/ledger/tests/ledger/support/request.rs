//! A request in the making: who signs, what is asked, and what becomes of it.

use bulla_crypto::{SecretKey, Signature, sha256};
use bulla_ledger::{Cause, Refusal};
use bulla_types::{
    Action, BlockTime, CaptureMode, ChangeKeyStatus, ChangeMemberStatus, Commitment, DepositEvidence,
    DigestAlgorithm, Digests, DocumentDigest, EnrolKey, EnrolMember, EvidenceLink, EvidenceNumber, KeyChange,
    KeyDeclaration, KeyId, KeyPurpose, LedgerId, LinkRelation, MemberIdentity, MemberNumber, MemberStatus,
    OrganisationForm, Outcome, Provenance, ReasonCode, RequestId, Role, Roles, SignerRef, Transaction,
    TransactionBody, possession_message, signing_message,
};

use super::{Ledger, Party, credit_code, secret};

#[derive(Debug)]
#[must_use]
pub(crate) struct Request<'l> {
    ledger: &'l mut Ledger,
    body: TransactionBody,
    secrets: Vec<SecretKey>,
}

impl<'l> Request<'l> {
    pub(crate) fn new(ledger: &'l mut Ledger, request_id: RequestId) -> Self {
        let body = TransactionBody {
            ledger_id: ledger.id,
            request_id,
            not_after: BlockTime(ledger.time.0 + 60_000),
            signers: Vec::new(),
            actions: Vec::new(),
        };
        Self { ledger, body, secrets: Vec::new() }
    }

    // Who signs.

    pub(crate) fn signed_with(mut self, member: MemberNumber, secret: &SecretKey) -> Self {
        self.body.signers.push(SignerRef { member, key_id: KeyId::of(secret.public_key()) });
        self.secrets.push(secret.clone());
        self
    }

    pub(crate) fn signed_by(self, party: &Party, purpose: KeyPurpose) -> Self {
        self.signed_with(party.number, &party.key(purpose))
    }

    pub(crate) fn operated_by(self, party: &Party) -> Self {
        self.signed_by(party, KeyPurpose::Operate)
    }

    pub(crate) fn administered_by(self, party: &Party) -> Self {
        self.signed_by(party, KeyPurpose::Administer)
    }

    /// By the registration bodies with these numbers.
    pub(crate) fn administered_by_bodies<const N: usize>(mut self, numbers: [u64; N]) -> Self {
        for number in numbers {
            let body = self.ledger.body(number);
            self = self.administered_by(&body);
        }
        self
    }

    // What is asked.

    pub(crate) fn action(mut self, action: Action) -> Self {
        self.body.actions.push(action);
        self
    }

    pub(crate) fn deposit(self, document: &str) -> Self {
        self.deposit_linked(document, &[])
    }

    pub(crate) fn deposit_linked(self, document: &str, links: &[u64]) -> Self {
        let digest =
            DocumentDigest { algorithm: DigestAlgorithm::Sha256, value: sha256(&[document.as_bytes()]) };
        let link = |&number: &u64| EvidenceLink {
            relation: LinkRelation::Related,
            evidence_number: EvidenceNumber(number),
        };
        self.action(Action::DepositEvidence(DepositEvidence {
            digests: Digests::new(vec![digest]).unwrap(),
            media_type: "text/plain".parse().unwrap(),
            size_bytes: document.len() as u64,
            provenance: Provenance { mode: CaptureMode::Original, captured_at: None, statement: None },
            links: links.iter().map(link).collect(),
            title: Some(Commitment(sha256(&[b"title"]))),
            description: None,
        }))
    }

    /// An organisation whose credit code follows from its name, with an OPERATE and an ADMINISTER key.
    pub(crate) fn enrol(self, name: &str, roles: impl IntoIterator<Item = Role>) -> Self {
        let [a, b, c, ..] = *sha256(&[name.as_bytes()]).as_bytes();
        let code = u64::from_be_bytes([0, 0, 0, 0, 0, a, b, c]);
        self.enrol_with_code(name, roles, 1_000_000 + code)
    }

    pub(crate) fn enrol_with_code(
        self,
        name: &str,
        roles: impl IntoIterator<Item = Role>,
        code: u64,
    ) -> Self {
        let identity = MemberIdentity::Organisation {
            form: OrganisationForm::LegalPerson,
            name: name.parse().unwrap(),
            credit_code: credit_code(code),
        };
        self.enrol_as(name, identity, roles)
    }

    pub(crate) fn enrol_person(self, name: &str, roles: impl IntoIterator<Item = Role>) -> Self {
        let identity = MemberIdentity::NaturalPerson { person: Commitment(sha256(&[name.as_bytes()])) };
        self.enrol_as(name, identity, roles)
    }

    fn enrol_as(self, name: &str, identity: MemberIdentity, roles: impl IntoIterator<Item = Role>) -> Self {
        let purposes = [KeyPurpose::Operate, KeyPurpose::Administer];
        let keys = purposes.map(|purpose| self.declare(&secret(&format!("{name}/{purpose:?}")), purpose));
        let roles = Roles::new(roles).unwrap();
        self.action(Action::EnrolMember(EnrolMember { identity, roles, keys: keys.to_vec() }))
    }

    /// A declaration of a key that proves possession as far as its purpose needs it.
    pub(crate) fn declare(&self, secret: &SecretKey, purpose: KeyPurpose) -> KeyDeclaration {
        let key = secret.public_key().clone();
        let TransactionBody { ledger_id, request_id, .. } = &self.body;
        let message = possession_message(ledger_id, request_id, purpose, &key);
        let possession = purpose.needs_possession().then(|| secret.sign(&message));
        KeyDeclaration { key, purpose, possession }
    }

    pub(crate) fn enrol_key(self, member: MemberNumber, secret: &SecretKey, purpose: KeyPurpose) -> Self {
        let key = self.declare(secret, purpose);
        self.action(Action::EnrolKey(EnrolKey { member, key }))
    }

    pub(crate) fn retire(self, key_id: KeyId) -> Self {
        self.action(Action::ChangeKeyStatus(ChangeKeyStatus { key_id, change: KeyChange::Retire }))
    }

    pub(crate) fn report_compromised(self, key_id: KeyId, from: BlockTime) -> Self {
        let change = KeyChange::ReportCompromised { from };
        self.action(Action::ChangeKeyStatus(ChangeKeyStatus { key_id, change }))
    }

    pub(crate) fn suspend(self, member: MemberNumber) -> Self {
        self.change_member(member, MemberStatus::Suspended)
    }

    pub(crate) fn readmit(self, member: MemberNumber) -> Self {
        self.change_member(member, MemberStatus::Active)
    }

    fn change_member(self, member: MemberNumber, status: MemberStatus) -> Self {
        let grounds = Some(Commitment(sha256(&[b"grounds"])));
        self.action(Action::ChangeMemberStatus(ChangeMemberStatus { member, status, grounds }))
    }

    // Other circumstances.

    pub(crate) fn on(mut self, ledger_id: LedgerId) -> Self {
        self.body.ledger_id = ledger_id;
        self
    }

    pub(crate) fn not_after(mut self, time: BlockTime) -> Self {
        self.body.not_after = time;
        self
    }

    pub(crate) fn with_id(mut self, request_id: RequestId) -> Self {
        self.body.request_id = request_id;
        self
    }

    // What becomes of it.

    pub(crate) fn transaction(&self) -> Transaction {
        let message = signing_message(&self.body.id());
        let signatures: Vec<Signature> = self.secrets.iter().map(|secret| secret.sign(&message)).collect();
        Transaction::new(&self.body, &signatures).unwrap()
    }

    /// It is recorded in a block of its own.
    pub(crate) fn recorded(self) -> Vec<Outcome> {
        let transaction = self.transaction();
        self.ledger.record(&transaction).unwrap()
    }

    /// It is refused by this action, or as a whole, for this cause and under this reason code.
    pub(crate) fn refused(self, action: impl Into<Option<usize>>, cause: Cause, reason: ReasonCode) {
        let transaction = self.transaction();
        let refusal = self.ledger.record(&transaction).unwrap_err();
        assert_eq!(refusal, Refusal { action: action.into(), cause });
        assert_eq!(refusal.reason(), reason);
    }
}
