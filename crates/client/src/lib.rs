//! The Rust SDK: makes signed transactions, submits them, and believes nothing that it has not verified.
//!
//! ```no_run
//! # use bulla_client::*;
//! # use bulla_types::{CaptureMode, LedgerId, MediaType, MemberNumber};
//! # async fn deposit(ledger_id: LedgerId, key: bulla_crypto::SecretKey) -> Result<(), Box<dyn std::error::Error>> {
//! let tls = Tls::of_authorities(std::fs::read("authorities.pem")?);
//! let nodes = ["https://node-1.example:7000", "https://node-2.example:7000"];
//! let client = Client::connect(&nodes, Some(&tls), Trust::Ledger(ledger_id)).await?;
//! let signer = Signer::new(MemberNumber(7), key);
//! let digests = bulla_crypto::DocumentHasher::digest_reader(std::fs::File::open("contract.pdf")?)?;
//! let mut request = DepositRequest::of(&digests, "application/pdf".parse::<MediaType>()?, CaptureMode::Original);
//! request.title = Some("框架合同".to_owned());
//! let receipt = client.deposit(&signer, request).await?;
//! std::fs::write("contract.receipt", receipt.file().encode())?;
//! # Ok(())
//! # }
//! ```
//!
//! What an answer is worth stands with each call. Three kinds:
//!
//! * **proved**: leads back to the ledger's genesis by certificates and Merkle paths, whatever node gave it:
//!   [`Client::submit_and_wait`], [`Client::submit_stream`], [`Client::receipt`], [`Client::record`],
//!   [`Client::status_proof`];
//! * **consistent**: checked as far as it can be without proof, such as openings against commitments:
//!   [`Client::entry`], [`Client::find`], [`Client::subscribe`];
//! * **the node's word**: [`Client::status`], [`Client::members`], [`Client::checkpoint`].
//!
//! Every call may be made again: a request takes effect once, by its request id. So all calls are repeated
//! with growing pauses while nodes cannot be reached or are full, and move on to the next node given.

mod answers;
mod bulk;
mod cases;
mod client;
mod clock;
mod deposit;
mod error;
mod governance;
mod no_longer_valid;
mod node;
mod prepared;
mod reads;
mod receipt;
mod refused_step;
mod register;
mod requests;
mod rules;
mod status_proof;
mod step;
mod submit;
mod subscribe;
mod tls;
mod transaction;
mod trust;

pub use answers::{EvidenceHit, ProvedRecord, StoredEntry};
pub use bulk::{BulkEvent, BulkReceiver, BulkSender, Inclusion};
pub use cases::{
    CasePage, CaseReport, CaseSummary, CasesOf, Ended, OpenedField, PossibleStep, StepParty, StepTime,
};
pub use client::Client;
pub use deposit::DepositRequest;
pub use error::{ClientError, NodeRefusal};
pub use governance::{ChangeRolesRequest, ListedProposal, VoteRequest};
pub use no_longer_valid::{LostStatus, NoLongerValid};
pub use prepared::Prepared;
pub use reads::EntryRef;
pub use receipt::VerifiedReceipt;
pub use refused_step::{CaseToOpen, RefusedStep, StepInstead};
pub use register::{DueDeadline, RegisterRecord};
pub use requests::{ChangeMemberStatusRequest, EnrolPersonRequest};
pub use rules::{AdoptedProfile, ProfileRef, ProfileSummary, YearInForce};
pub use status_proof::VerifiedStatus;
pub use step::{Asked, ItemAt, StepBuilder, StepError, StepFault, StepRequest, kind_in};
pub use submit::Submitted;
pub use subscribe::{RecordedEntry, Subscription};
pub use tls::Tls;
pub use transaction::{ActionRequest, AttachedFields, BuildError, Signer, TransactionBuilder};
pub use trust::Trust;

#[allow(missing_docs, clippy::all, clippy::pedantic, unused_qualifications, unreachable_pub)]
mod generated {
    tonic::include_proto!("bulla.v1");
}
