//! A node over a ledger in memory, which lies or fails as a test asks.

use std::collections::HashMap;
use std::ops::Deref;
use std::pin::Pin;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use bulla_client::{Client, Signer, Trust};
use bulla_fixtures::{GENESIS_MS, Ledger, SERVICE, key};
use bulla_types::{
    AccessToken, Canonical, Entry, KeyId, LedgerId, MemberNumber, ReasonCode, RecordKey, RequestId, StateKey,
    Submission, Ticket, Transaction, TransactionId, proto, proto::submit_stream_response::Kind,
};
use bulla_verify::TrustedGenesis;
use bytes::Bytes;
use futures::{Stream, StreamExt, stream::iter};
use tokio::net::TcpListener;
use tokio_stream::wrappers::TcpListenerStream;
use tonic::transport::Server;
use tonic::{Code, Request, Response, Status, Streaming};
use tonic_types::{ErrorDetails, StatusExt};

#[allow(clippy::all, clippy::pedantic, unused_qualifications, unreachable_pub)]
mod generated {
    include!(concat!(env!("OUT_DIR"), "/server/bulla.v1.rs"));
}
use generated::ledger_service_server::{LedgerService, LedgerServiceServer};

/// How a node misbehaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    None,
    /// Refuses this many calls for lack of room before it answers.
    Full {
        calls: usize,
    },
    /// Sends the ticket after the inclusion that it promised.
    TicketLate,
    TicketOfAnother,
    /// Says that entries stand at the index before their own.
    IndexWrong,
    /// Answers about the transaction before.
    EntryOfAnother,
    HeaderMissing,
    CertificateForged,
    RefusesAll,
    /// Ends the stream without an answer.
    BreaksOff,
    /// Shows entries to members only: no fault, but a way to serve.
    MembersOnly,
    /// Proves another record.
    RecordOfAnother,
    /// Changes the value of a record.
    RecordForged,
}

pub struct Node {
    pub ledger: Mutex<Ledger>,
    fault: Fault,
    calls: AtomicUsize,
}

/// The node as the server of the contract wants it: shared with the answers that outlive a call.
struct Service(Arc<Node>);

impl Deref for Service {
    type Target = Arc<Node>;

    fn deref(&self) -> &Arc<Node> {
        &self.0
    }
}

/// A node that serves, and a client of it that trusts its genesis.
pub struct Serving {
    pub node: Arc<Node>,
    pub address: String,
    pub client: Client,
}

/// The evidence service's key for daily business.
pub fn depositor() -> Signer {
    Signer::new(SERVICE, key("member 5 operate"))
}

/// A request id near the time of the ledger, which stands still.
pub fn request_id(number: u8) -> RequestId {
    RequestId::new(GENESIS_MS + 1000, &[number; 10])
}

pub async fn serve(fault: Fault) -> Serving {
    let ledger = Ledger::found();
    let trust = Trust::Genesis(TrustedGenesis::from_file(&ledger.genesis.encode()).unwrap());
    let node = Arc::new(Node { ledger: Mutex::new(ledger), fault, calls: AtomicUsize::new(0) });
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let service = LedgerServiceServer::new(Service(Arc::clone(&node)));
    tokio::spawn(
        Server::builder().add_service(service).serve_with_incoming(TcpListenerStream::new(listener)),
    );
    let client = Client::connect(&[&address], None, trust).await.unwrap();
    Serving { node, address, client }
}

impl Node {
    pub fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap()
    }

    pub fn calls(&self) -> usize {
        self.calls.load(Ordering::SeqCst)
    }

    fn called(&self) -> Result<(), Status> {
        let before = self.calls.fetch_add(1, Ordering::SeqCst);
        match self.fault {
            Fault::Full { calls } if before < calls => Err(full()),
            _ => Ok(()),
        }
    }

    /// Records a transaction in a block of its own; gives its index.
    fn record(&self, transaction: &Transaction) -> u64 {
        let mut ledger = self.ledger();
        ledger.block(vec![transaction.clone()]);
        ledger.log_size() - 1
    }

    fn ticket(&self, transaction: &Transaction) -> proto::AdmissionTicket {
        let note = key("member 1 note");
        let body = transaction.body();
        let mut transaction_id = transaction.id();
        if self.fault == Fault::TicketOfAnother {
            transaction_id = TransactionId::from_bytes([1; 32]);
        }
        let message =
            Ticket::signing_message(&body.ledger_id, &transaction_id, body.not_after, body.not_after);
        let ticket = Ticket {
            ledger_id: body.ledger_id,
            transaction_id,
            admitted_at: body.not_after,
            expires_at: body.not_after,
            note_key_id: KeyId::of(note.public_key()),
            signature: note.sign(&message),
        };
        ticket.to_message()
    }

    fn certified_header(&self) -> proto::CertifiedHeader {
        let ledger = self.ledger();
        let (header, certificate) = ledger.blocks.last().unwrap();
        let mut certificate = certificate.clone();
        if self.fault == Fault::CertificateForged {
            certificate.signatures[0].1.0[0] ^= 1;
        }
        proto::CertifiedHeader {
            header: Bytes::copy_from_slice(&header.encode()),
            certificate: Some(certificate.to_message()),
        }
    }

    fn included(&self, tag: u64, index: u64) -> proto::Included {
        let ledger = self.ledger();
        let index = index - u64::from(self.fault == Fault::EntryOfAnother);
        let (header, _) = ledger.blocks.last().unwrap();
        proto::Included {
            tag,
            height: header.height.0,
            index: index - u64::from(self.fault == Fault::IndexWrong),
            entry: ledger.entry(index).clone(),
            inclusion_path: ledger
                .path(index, header.log_size_after)
                .iter()
                .map(|hash| Bytes::copy_from_slice(hash.as_bytes()))
                .collect(),
        }
    }

    /// All answers to one transaction of a stream.
    fn stream_answers(&self, request: proto::SubmitStreamRequest) -> Vec<Kind> {
        let tag = request.tag;
        if self.fault == Fault::RefusesAll {
            let reason = ReasonCode::QueueFull.as_str().to_owned();
            return vec![Kind::Refused(proto::Refused {
                tag,
                reason,
                message: "full".to_owned(),
                retry_after_ms: 250,
                step: None,
            })];
        }
        let (transaction, _) = Submission::decode(request.submission).unwrap().into_parts();
        let index = self.record(&transaction);
        let admitted = Kind::Admitted(proto::Admitted { tag, ticket: Some(self.ticket(&transaction)) });
        let block = Kind::Block(self.certified_header());
        let included = Kind::Included(self.included(tag, index));
        match self.fault {
            Fault::BreaksOff => vec![],
            Fault::HeaderMissing => vec![admitted, included],
            Fault::TicketLate => vec![block, included, admitted],
            _ => vec![admitted, block, included],
        }
    }

    fn index_of(&self, id: &[u8]) -> Option<u64> {
        let ledger = self.ledger();
        (1..ledger.log_size()).find(|index| {
            let entry = Entry::decode(ledger.entry(*index).clone()).unwrap();
            matches!(entry.content, bulla_types::Content::Transaction(found) if found.id().as_bytes() == id)
        })
    }
}

fn full() -> Status {
    let mut details = ErrorDetails::with_error_info(ReasonCode::QueueFull.as_str(), "bulla", HashMap::new());
    details.set_retry_info(Some(Duration::from_millis(10)));
    Status::with_error_details(Code::ResourceExhausted, "full", details)
}

type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

#[tonic::async_trait]
impl LedgerService for Service {
    type SubmitStreamStream = Answers<proto::SubmitStreamResponse>;
    type SubscribeStream = Answers<proto::SubscribeResponse>;

    async fn submit(
        &self,
        request: Request<proto::SubmitRequest>,
    ) -> Result<Response<proto::SubmitResponse>, Status> {
        self.called()?;
        let request = request.into_inner();
        let wait = request.wait_for() == proto::WaitFor::Receipt;
        let (transaction, _) = Submission::decode(request.submission).unwrap().into_parts();
        let ticket = Some(self.ticket(&transaction));
        if !wait {
            return Ok(Response::new(proto::SubmitResponse { ticket, receipt_file: None }));
        }
        let index = self.record(&transaction) - u64::from(self.fault == Fault::EntryOfAnother);
        let receipt_file = Some(self.ledger().file(&[index]).to_message());
        Ok(Response::new(proto::SubmitResponse { ticket, receipt_file }))
    }

    async fn submit_stream(
        &self,
        request: Request<Streaming<proto::SubmitStreamRequest>>,
    ) -> Result<Response<Self::SubmitStreamStream>, Status> {
        let node = Arc::clone(self);
        let answer = |kind| Ok(proto::SubmitStreamResponse { kind: Some(kind) });
        let answers = request
            .into_inner()
            .flat_map(move |request| iter(node.stream_answers(request.unwrap())).map(answer));
        Ok(Response::new(Box::pin(answers)))
    }

    async fn get_entry(
        &self,
        request: Request<proto::GetEntryRequest>,
    ) -> Result<Response<proto::GetEntryResponse>, Status> {
        let Some(proto::get_entry_request::By::Index(index)) = request.into_inner().by else { panic!() };
        let entry = self.ledger().entry(index).clone();
        Ok(Response::new(proto::GetEntryResponse { index, entry, openings: Vec::new() }))
    }

    async fn get_receipt(
        &self,
        request: Request<proto::GetReceiptRequest>,
    ) -> Result<Response<proto::GetReceiptResponse>, Status> {
        use proto::get_receipt_request::By;
        let index = match request.into_inner().by {
            Some(By::Index(index)) => Some(index),
            Some(By::TransactionId(id)) => self.index_of(&id),
            _ => None,
        };
        let index = index.ok_or_else(|| Status::not_found("no such entry"))?;
        let receipt_file = Some(self.ledger().file(&[index]).to_message());
        Ok(Response::new(proto::GetReceiptResponse { receipt_file }))
    }

    async fn get_record(
        &self,
        request: Request<proto::GetRecordRequest>,
    ) -> Result<Response<proto::GetRecordResponse>, Status> {
        let mut key = StateKey::decode(&request.into_inner().key).unwrap();
        if self.fault == Fault::RecordOfAnother {
            key = StateKey::Member(MemberNumber(1));
        }
        let height = self.ledger_height();
        let mut proof = self.ledger().prove(key, height).to_message();
        if self.fault == Fault::RecordForged {
            proof.value = [&proof.value[..], b"\0"].concat().into();
        }
        Ok(Response::new(proto::GetRecordResponse { at: Some(self.certified_header()), proof: Some(proof) }))
    }

    async fn get_status_proof(
        &self,
        request: Request<proto::GetStatusProofRequest>,
    ) -> Result<Response<proto::GetStatusProofResponse>, Status> {
        let mut record = RecordKey::decode(&request.into_inner().record).unwrap();
        if self.fault == Fault::RecordOfAnother {
            record = RecordKey::Member(MemberNumber(1));
        }
        let height = self.ledger_height();
        let mut file = self.ledger().status_proof(record, height).to_message();
        if self.fault == Fault::RecordForged {
            let head = &mut file.bundle.as_mut().unwrap().records[0];
            head.value = [&head.value[..], b"\0"].concat().into();
        }
        Ok(Response::new(proto::GetStatusProofResponse { status_proof: Some(file) }))
    }

    async fn get_proof(
        &self,
        _: Request<proto::GetProofRequest>,
    ) -> Result<Response<proto::GetProofResponse>, Status> {
        Err(Status::unimplemented("not needed here"))
    }

    async fn get_checkpoint(
        &self,
        _: Request<proto::GetCheckpointRequest>,
    ) -> Result<Response<proto::GetCheckpointResponse>, Status> {
        Err(Status::unimplemented("not needed here"))
    }

    async fn find_evidence(
        &self,
        _: Request<proto::FindEvidenceRequest>,
    ) -> Result<Response<proto::FindEvidenceResponse>, Status> {
        let ledger = self.ledger();
        let index = ledger.log_size() - 1;
        let entry = ledger.entry(index).clone();
        let evidence_number = index;
        let hit = proto::EvidenceHit { evidence_number, index, entry, action: 0, openings: Vec::new() };
        Ok(Response::new(proto::FindEvidenceResponse { hits: vec![hit], ..Default::default() }))
    }

    async fn list_members(
        &self,
        _: Request<proto::ListMembersRequest>,
    ) -> Result<Response<proto::ListMembersResponse>, Status> {
        Err(Status::unimplemented("not needed here"))
    }

    async fn subscribe(
        &self,
        request: Request<proto::SubscribeRequest>,
    ) -> Result<Response<Self::SubscribeStream>, Status> {
        let authorization = request.metadata().get("authorization").cloned();
        let ledger = self.ledger();
        if self.fault == Fault::MembersOnly {
            let token = authorization.ok_or_else(|| Status::unauthenticated("no token"))?;
            let token: AccessToken = token.to_str().unwrap().strip_prefix("Bulla ").unwrap().parse().unwrap();
            token.verify(&ledger.id, key("member 5 operate").public_key()).unwrap();
        }
        let entry = |index| {
            let entry = ledger.entry(index).clone();
            let index = index + u64::from(self.fault == Fault::IndexWrong && index > 0);
            Ok(proto::SubscribeResponse { index, entry })
        };
        let answers: Vec<_> = (request.into_inner().from_index..ledger.log_size()).map(entry).collect();
        Ok(Response::new(Box::pin(iter(answers))))
    }

    async fn get_status(
        &self,
        _: Request<proto::GetStatusRequest>,
    ) -> Result<Response<proto::GetStatusResponse>, Status> {
        self.called()?;
        let height = self.ledger_height();
        Ok(Response::new(proto::GetStatusResponse { height, ..Default::default() }))
    }

    async fn get_genesis(
        &self,
        _: Request<proto::GetGenesisRequest>,
    ) -> Result<Response<proto::GetGenesisResponse>, Status> {
        Ok(Response::new(proto::GetGenesisResponse { genesis: self.ledger().genesis.encode().into() }))
    }

    async fn get_profile(
        &self,
        _: Request<proto::GetProfileRequest>,
    ) -> Result<Response<proto::GetProfileResponse>, Status> {
        Err(Status::unimplemented("no cases here"))
    }

    async fn list_profiles(
        &self,
        _: Request<proto::ListProfilesRequest>,
    ) -> Result<Response<proto::ListProfilesResponse>, Status> {
        Err(Status::unimplemented("no cases here"))
    }

    async fn get_calendar(
        &self,
        _: Request<proto::GetCalendarRequest>,
    ) -> Result<Response<proto::GetCalendarResponse>, Status> {
        Err(Status::unimplemented("no cases here"))
    }

    async fn get_case(
        &self,
        _: Request<proto::GetCaseRequest>,
    ) -> Result<Response<proto::GetCaseResponse>, Status> {
        Err(Status::unimplemented("no cases here"))
    }

    async fn list_cases(
        &self,
        _: Request<proto::ListCasesRequest>,
    ) -> Result<Response<proto::ListCasesResponse>, Status> {
        Err(Status::unimplemented("no cases here"))
    }

    async fn list_deadlines(
        &self,
        _: Request<proto::ListDeadlinesRequest>,
    ) -> Result<Response<proto::ListDeadlinesResponse>, Status> {
        Err(Status::unimplemented("no cases here"))
    }

    async fn list_register(
        &self,
        _: Request<proto::ListRegisterRequest>,
    ) -> Result<Response<proto::ListRegisterResponse>, Status> {
        Err(Status::unimplemented("no cases here"))
    }

    async fn list_proposals(
        &self,
        _: Request<proto::ListProposalsRequest>,
    ) -> Result<Response<proto::ListProposalsResponse>, Status> {
        Err(Status::unimplemented("no proposals here"))
    }
}

impl Node {
    fn ledger_height(&self) -> u64 {
        self.ledger().height()
    }
}

/// The ledger that all nodes of these tests serve.
pub fn ledger_id() -> LedgerId {
    Ledger::found().id
}
