//! A node of a ledger with one validator, which this test is, and ways to ask it.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::UNIX_EPOCH;

use bulla_api::{Assessment, NodeApi, Vitals, serve_on};
use bulla_chain::{Chain, CommittedState, open_or_found};
use bulla_client::{Client, DepositRequest, Signer, TransactionBuilder, Trust};
use bulla_crypto::{DocumentHasher, SecretKey};
use bulla_fixtures::{certificate, declaration, genesis, key, organisation, parameters};
use bulla_mempool::{Clock, Limits, Mempool, Source};
use bulla_storage::StoreOptions;
use bulla_types::{
    AccessToEntries, Address, Block, BlockTime, Canonical, CaptureMode, Founder, Genesis, KeyPurpose,
    MemberNumber, Parameters, ReasonCode, Role, Submission, proto,
};
use bulla_verify::TrustedGenesis;
use prost::Message;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tonic::client::Grpc;
use tonic::codegen::http::uri::PathAndQuery;
use tonic::transport::{Channel, Endpoint};
use tonic::{Request, Status};
use tonic_prost::ProstCodec;
use tonic_types::StatusExt;

/// A clock that the test moves.
struct Hand(AtomicU64);

impl Clock for Hand {
    fn now(&self) -> BlockTime {
        BlockTime(self.0.load(Ordering::Relaxed))
    }
}

/// The health that the test gives the node.
struct Pulse(Mutex<(proto::NodeHealth, Option<ReasonCode>)>);

impl Vitals for Pulse {
    fn assess(&self) -> Assessment {
        let (health, reason) = *self.0.lock().unwrap();
        Assessment {
            health,
            reason,
            peers: Vec::new(),
            confirmed_height: 0,
            head_alarms: Vec::new(),
            entries_lacking_openings: 0,
        }
    }

    fn address(&self) -> Option<Address> {
        None
    }

    fn metrics(&self) -> String {
        "# EOF\n".to_owned()
    }
}

pub struct Served {
    pub chain: Arc<Chain>,
    pub grpc: SocketAddr,
    pub http: SocketAddr,
    genesis: Genesis,
    clock: Arc<Hand>,
    pulse: Arc<Pulse>,
    validator: SecretKey,
    _folder: TempDir,
}

/// The member that deposits.
pub fn service() -> Signer {
    Signer::new(MemberNumber(2), key("service"))
}

impl Served {
    pub async fn open() -> Self {
        Self::start(AccessToEntries::Open, 1).await
    }

    pub async fn closed() -> Self {
        Self::start(AccessToEntries::Members, 1).await
    }

    /// Closed, with member 3 as a second registration body; both decide.
    pub async fn of_two_bodies() -> Self {
        Self::start(AccessToEntries::Members, 2).await
    }

    /// Member 1 validates, member 2 deposits; so many bodies administer.
    async fn start(entry_access: AccessToEntries, bodies: u32) -> Self {
        let validator = key("validator");
        let administers = declaration(&key("administrator"), KeyPurpose::Administer);
        let operates = declaration(&key("registry"), KeyPurpose::Operate);
        let keys = vec![declaration(&validator, KeyPurpose::Consensus), administers, operates];
        let body = organisation(1, "登记机构", &[Role::RegistrationBody], keys);
        let keys = vec![declaration(&key("service"), KeyPurpose::Operate)];
        let service = organisation(2, "存证服务机构", &[Role::EvidenceService], keys);
        let mut founders = vec![Founder { member: body, power: 1 }, Founder { member: service, power: 0 }];
        if bodies == 2 {
            let keys = vec![declaration(&key("other administrator"), KeyPurpose::Administer)];
            let other = organisation(3, "另一登记机构", &[Role::RegistrationBody], keys);
            founders.push(Founder { member: other, power: 0 });
        }
        let now = u64::try_from(UNIX_EPOCH.elapsed().unwrap().as_millis()).unwrap();
        let parameters =
            Parameters { admin_threshold: bodies, entry_access, block_bytes_max: 4 << 20, ..parameters() };
        let genesis = genesis(BlockTime(now - 1_000), parameters, founders);

        let folder = tempfile::tempdir().unwrap();
        let store =
            open_or_found(&folder.path().join("node"), &StoreOptions::small(), &genesis).unwrap().store;
        let store = Arc::new(store);
        let clock = Arc::new(Hand(AtomicU64::new(now)));
        let view = Arc::new(CommittedState::new(Arc::clone(&store), Arc::clone(&clock) as _).unwrap());
        let (mempool, _) =
            Mempool::new(Limits::default(), genesis.ledger_id(), view, Arc::clone(&clock) as _);
        let chain = Arc::new(Chain::open(store, Arc::new(mempool), Arc::clone(&clock) as _).unwrap());

        let pulse = Arc::new(Pulse(Mutex::new((proto::NodeHealth::Ready, None))));
        let api = NodeApi::new(
            Arc::clone(&chain),
            Arc::clone(&pulse) as _,
            Arc::clone(&clock) as _,
            key("note"),
            genesis.clone(),
        );
        let grpc = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let http = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let addresses = (grpc.local_addr().unwrap(), http.local_addr().unwrap());
        tokio::spawn(serve_on(Arc::new(api), grpc, http, None, std::future::pending()));
        let (grpc, http) = addresses;
        let served = Self { chain, grpc, http, genesis, clock, pulse, validator, _folder: folder };
        served.commit();
        served
    }

    /// The time by the clock that the test moves.
    pub fn now(&self) -> BlockTime {
        self.clock.now()
    }

    pub fn advance_clock(&self, ms: u64) {
        self.clock.0.fetch_add(ms, Ordering::Relaxed);
    }

    pub fn falls_ill(&self, health: proto::NodeHealth) {
        self.falls_ill_of(health, None);
    }

    pub fn falls_ill_of(&self, health: proto::NodeHealth, reason: Option<ReasonCode>) {
        *self.pulse.0.lock().unwrap() = (health, reason);
    }

    pub fn genesis(&self) -> &Genesis {
        &self.genesis
    }

    /// Decides a block of what waits.
    pub fn commit(&self) {
        let address = Address::of(self.validator.public_key());
        let (_, block) = self.chain.build(self.chain.tip().next_height(), 0, address).unwrap();
        let header = Block::decode(&block).unwrap().header;
        self.chain.commit(&certificate(&header, std::slice::from_ref(&self.validator))).unwrap();
    }

    /// Decides a block as soon as something waits.
    pub async fn commits_next(&self) {
        self.chain.mempool().waiting().wait_for(|waiting| *waiting > 0).await.unwrap();
        self.commit();
    }

    pub fn deposit(&self, document: &str, description: Option<String>) -> Submission {
        let digests = DocumentHasher::digest_reader(document.as_bytes()).unwrap();
        let mut request = DepositRequest::of(&digests, "text/plain".parse().unwrap(), CaptureMode::Original);
        request.title = Some("合同".to_owned());
        request.description = description;
        TransactionBuilder::new(self.genesis.ledger_id()).signer(&service()).action(request).build().unwrap()
    }

    /// A deposit that stands in the log, at index 1 if it is the first.
    pub async fn deposited(&self, document: &str) -> Submission {
        let submission = self.deposit(document, None);
        self.admit(&submission).await;
        self.commit();
        submission
    }

    pub async fn admit(&self, submission: &Submission) {
        self.chain.mempool().admit(submission.encode().into(), Source::Client).await.unwrap();
    }

    pub async fn client(&self) -> Client {
        let trust = Trust::Genesis(TrustedGenesis::from_file(&self.genesis.encode()).unwrap());
        Client::connect(&[self.grpc.to_string()], None, trust).await.unwrap()
    }

    pub fn wire(&self) -> Wire {
        Wire(Endpoint::from_shared(format!("http://{}", self.grpc)).unwrap().connect_lazy())
    }

    /// The status and the reason or content of the answer.
    pub async fn get(&self, path: &str, headers: &str) -> (u16, String) {
        self.ask(&format!("GET {path} HTTP/1.0\r\n{headers}\r\n")).await
    }

    pub async fn ask(&self, request: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(self.http).await.unwrap();
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let answer = String::from_utf8_lossy(&answer).into_owned();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or_else(|| panic!("{answer:?}"));
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        let said: Option<serde_json::Value> = serde_json::from_str(body).ok();
        let reason = said.as_ref().and_then(|said| said["reason"].as_str());
        (status, reason.unwrap_or(body).to_owned())
    }
}

/// gRPC without a library of ours: one attempt, and the status as it came.
pub struct Wire(pub Channel);

impl Wire {
    pub async fn call<Q, A>(&self, method: &str, request: Q) -> Result<A, Status>
    where
        Q: Message + 'static,
        A: Message + Default + 'static,
    {
        let mut grpc = Grpc::new(self.0.clone());
        grpc.ready().await.unwrap();
        let codec = ProstCodec::<Q, A>::default();
        Ok(grpc.unary(Request::new(request), path(method), codec).await?.into_inner())
    }

    pub async fn submit(
        &self,
        submission: Vec<u8>,
        wait_for: proto::WaitFor,
    ) -> Result<proto::SubmitResponse, Status> {
        let request = proto::SubmitRequest { submission: submission.into(), wait_for: wait_for.into() };
        self.call("Submit", request).await
    }
}

pub fn path(method: &str) -> PathAndQuery {
    PathAndQuery::try_from(format!("/bulla.v1.LedgerService/{method}")).unwrap()
}

/// The reason that a status carries.
pub fn reason(status: &Status) -> String {
    let details = status.get_error_details();
    let info = details.error_info().unwrap_or_else(|| panic!("no reason: {status:?}"));
    assert_eq!(info.domain, "bulla");
    info.reason.clone()
}
