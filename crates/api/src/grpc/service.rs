//! Each call of `LedgerService`, in the order of the contract.

use std::pin::Pin;
use std::sync::Arc;

use bulla_types::proto;
use futures::Stream;
use tonic::{Request, Response, Status, Streaming};

use super::generated::ledger_service_server::LedgerService;
use crate::access::{MayReadEntries, Placed};
use crate::error::ApiError;
use crate::node_api::{NodeApi, entry_ref};
use crate::status_proof;

/// Serves the contract from one node.
pub(crate) struct LedgerGrpc(pub(crate) Arc<NodeApi>);

type Answers<T> = Pin<Box<dyn Stream<Item = Result<T, Status>> + Send>>;

impl LedgerGrpc {
    async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&NodeApi) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<Response<T>, Status> {
        Ok(Response::new(self.0.read(work).await?))
    }

    async fn read_entries<T: Send + 'static>(
        &self,
        authorization: Option<String>,
        work: impl FnOnce(&NodeApi, MayReadEntries) -> Result<T, ApiError> + Send + 'static,
    ) -> Result<Response<T>, Status> {
        let Placed { answer, held } = self.0.read_entries(authorization, work).await?;
        let mut response = Response::new(answer);
        response.extensions_mut().insert(held);
        Ok(response)
    }
}

fn authorization<T>(request: &Request<T>) -> Option<String> {
    request.metadata().get("authorization").and_then(|value| value.to_str().ok()).map(str::to_owned)
}

#[tonic::async_trait]
impl LedgerService for LedgerGrpc {
    type SubmitStreamStream = Answers<proto::SubmitStreamResponse>;
    type SubscribeStream = Answers<proto::SubscribeResponse>;

    async fn submit(
        &self,
        request: Request<proto::SubmitRequest>,
    ) -> Result<Response<proto::SubmitResponse>, Status> {
        Ok(Response::new(self.0.submit(request.into_inner()).await?))
    }

    async fn submit_stream(
        &self,
        request: Request<Streaming<proto::SubmitStreamRequest>>,
    ) -> Result<Response<Self::SubmitStreamStream>, Status> {
        Ok(Response::new(super::bulk::serve(Arc::clone(&self.0), request.into_inner())))
    }

    async fn get_entry(
        &self,
        request: Request<proto::GetEntryRequest>,
    ) -> Result<Response<proto::GetEntryResponse>, Status> {
        use proto::get_entry_request::By;
        let authorization = authorization(&request);
        let by = match request.into_inner().by {
            Some(By::Index(index)) => entry_ref(Some(index), None, None),
            Some(By::TransactionId(id)) => entry_ref(None, Some(&id), None),
            Some(By::EvidenceNumber(number)) => entry_ref(None, None, Some(number)),
            None => entry_ref(None, None, None),
        }?;
        self.read_entries(authorization, move |api, may| api.entry(by, may)).await
    }

    async fn get_receipt(
        &self,
        request: Request<proto::GetReceiptRequest>,
    ) -> Result<Response<proto::GetReceiptResponse>, Status> {
        use proto::get_receipt_request::By;
        let authorization = authorization(&request);
        let request = request.into_inner();
        let by = match request.by {
            Some(By::Index(index)) => entry_ref(Some(index), None, None),
            Some(By::TransactionId(id)) => entry_ref(None, Some(&id), None),
            Some(By::EvidenceNumber(number)) => entry_ref(None, None, Some(number)),
            None => entry_ref(None, None, None),
        }?;
        let later = request.later_log_size;
        self.read_entries(authorization, move |api, may| {
            Ok(proto::GetReceiptResponse { receipt_file: Some(api.receipt(by, later, may)?) })
        })
        .await
    }

    async fn get_record(
        &self,
        request: Request<proto::GetRecordRequest>,
    ) -> Result<Response<proto::GetRecordResponse>, Status> {
        let authorization = authorization(&request);
        let key = request.into_inner().key;
        self.read(move |api| api.record(&key, authorization.as_deref())).await
    }

    async fn get_status_proof(
        &self,
        request: Request<proto::GetStatusProofRequest>,
    ) -> Result<Response<proto::GetStatusProofResponse>, Status> {
        let authorization = authorization(&request);
        let record = request.into_inner().record;
        self.read_entries(authorization, move |api, may| {
            let file = api.status_proof(status_proof::record(&record)?, may)?;
            Ok(proto::GetStatusProofResponse { status_proof: Some(file) })
        })
        .await
    }

    async fn get_proof(
        &self,
        request: Request<proto::GetProofRequest>,
    ) -> Result<Response<proto::GetProofResponse>, Status> {
        use proto::get_proof_request::Kind;
        let kind = request.into_inner().kind;
        self.read(move |api| match kind {
            Some(Kind::Inclusion(request)) => api.inclusion(request.index, request.log_size),
            Some(Kind::Consistency(request)) => api.consistency(request.first_size, request.second_size),
            None => Err(ApiError::new(bulla_types::ReasonCode::Malformed, "say which proof")),
        })
        .await
    }

    async fn get_checkpoint(
        &self,
        _request: Request<proto::GetCheckpointRequest>,
    ) -> Result<Response<proto::GetCheckpointResponse>, Status> {
        self.read(|api| Ok(proto::GetCheckpointResponse { note: api.checkpoint()? })).await
    }

    async fn find_evidence(
        &self,
        request: Request<proto::FindEvidenceRequest>,
    ) -> Result<Response<proto::FindEvidenceResponse>, Status> {
        let authorization = authorization(&request);
        let request = request.into_inner();
        self.read_entries(authorization, move |api, may| api.find(&request, may)).await
    }

    async fn list_members(
        &self,
        request: Request<proto::ListMembersRequest>,
    ) -> Result<Response<proto::ListMembersResponse>, Status> {
        let request = request.into_inner();
        self.read(move |api| api.members(request.from_number, request.limit)).await
    }

    async fn subscribe(
        &self,
        request: Request<proto::SubscribeRequest>,
    ) -> Result<Response<Self::SubscribeStream>, Status> {
        let authorization = authorization(&request);
        let from = request.into_inner().from_index;
        let may = self.0.read(move |api| api.may_read_entries(authorization.as_deref())).await?;
        Ok(Response::new(super::subscribe::serve(Arc::clone(&self.0), from, may)))
    }

    async fn get_status(
        &self,
        _request: Request<proto::GetStatusRequest>,
    ) -> Result<Response<proto::GetStatusResponse>, Status> {
        self.read(|api| Ok(api.status())).await
    }

    async fn get_genesis(
        &self,
        _request: Request<proto::GetGenesisRequest>,
    ) -> Result<Response<proto::GetGenesisResponse>, Status> {
        Ok(Response::new(proto::GetGenesisResponse { genesis: self.0.genesis_bytes.clone() }))
    }

    async fn get_profile(
        &self,
        request: Request<proto::GetProfileRequest>,
    ) -> Result<Response<proto::GetProfileResponse>, Status> {
        let request = request.into_inner();
        self.read(move |api| api.profile(&request)).await
    }

    async fn list_profiles(
        &self,
        request: Request<proto::ListProfilesRequest>,
    ) -> Result<Response<proto::ListProfilesResponse>, Status> {
        let request = request.into_inner();
        self.read(move |api| api.profiles(&request)).await
    }

    async fn get_calendar(
        &self,
        request: Request<proto::GetCalendarRequest>,
    ) -> Result<Response<proto::GetCalendarResponse>, Status> {
        let request = request.into_inner();
        self.read(move |api| api.calendar(&request)).await
    }

    async fn get_case(
        &self,
        request: Request<proto::GetCaseRequest>,
    ) -> Result<Response<proto::GetCaseResponse>, Status> {
        let authorization = authorization(&request);
        let request = request.into_inner();
        self.read_entries(authorization, move |api, may| api.case(&request, may)).await
    }

    async fn list_cases(
        &self,
        request: Request<proto::ListCasesRequest>,
    ) -> Result<Response<proto::ListCasesResponse>, Status> {
        let authorization = authorization(&request);
        let request = request.into_inner();
        self.read_entries(authorization, move |api, may| api.cases(&request, may)).await
    }

    async fn list_deadlines(
        &self,
        request: Request<proto::ListDeadlinesRequest>,
    ) -> Result<Response<proto::ListDeadlinesResponse>, Status> {
        let authorization = authorization(&request);
        let request = request.into_inner();
        self.read_entries(authorization, move |api, may| api.deadlines(&request, may)).await
    }

    async fn list_register(
        &self,
        request: Request<proto::ListRegisterRequest>,
    ) -> Result<Response<proto::ListRegisterResponse>, Status> {
        let authorization = authorization(&request);
        let request = request.into_inner();
        self.read_entries(authorization, move |api, may| api.register(&request, may)).await
    }

    async fn list_proposals(
        &self,
        request: Request<proto::ListProposalsRequest>,
    ) -> Result<Response<proto::ListProposalsResponse>, Status> {
        let request = request.into_inner();
        self.read(move |api| api.proposals(&request)).await
    }
}
