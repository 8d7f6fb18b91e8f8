//! What the register holds: accounts, objects, registrations, certificates.

use bulla_chain::ChainError;
use bulla_storage::StorageError;
use bulla_types::{Counter, Fault, MemberNumber, ReasonCode, StateKey, Subject, SubjectKind, proto};

use crate::access::MayReadEntries;
use crate::error::ApiError;
use crate::limits::{LIST_MAX, REGISTER_BYTES_MAX, limit};
use crate::node_api::NodeApi;

impl NodeApi {
    pub(crate) fn register(
        &self,
        request: &proto::ListRegisterRequest,
        _: MayReadEntries,
    ) -> Result<proto::ListRegisterResponse, ApiError> {
        let malformed = |detail: &str| ApiError::new(ReasonCode::Malformed, detail);
        let kind = SubjectKind::from_wire(request.kind)
            .map_err(|fault: Fault| ApiError::new(ReasonCode::Malformed, format!("kind: {fault}")))?;
        let counter = match kind {
            SubjectKind::Account => Counter::Accounts,
            SubjectKind::Object if request.holder != 0 => {
                return Err(malformed("an object has no holder; its registration has"));
            }
            SubjectKind::Object => Counter::Objects,
            SubjectKind::Registration => Counter::Registrations,
            SubjectKind::Certificate => Counter::Certificates,
            _ => {
                return Err(malformed(
                    "the register holds accounts, objects, registrations and certificates",
                ));
            }
        };
        let state = self.chain.state_reader()?;
        let from = request.from_number.max(1);
        let numbers: Box<dyn Iterator<Item = Result<u64, StorageError>>> = match request.holder {
            0 => Box::new((from..=state.last(counter)?).map(Ok)),
            holder => Box::new(state.indexes().held(MemberNumber(holder), kind, from)),
        };
        let limit = limit(request.limit, usize::try_from(LIST_MAX).unwrap_or(usize::MAX));
        let mut list = proto::ListRegisterResponse::default();
        let mut bytes = 0_usize;
        for number in numbers {
            let number = number.map_err(ChainError::from)?;
            if list.records.len() == limit || bytes > REGISTER_BYTES_MAX {
                list.next_number = number;
                break;
            }
            let subject = Subject::new(kind, number);
            let record = state
                .value(&key(subject)?)?
                .ok_or_else(|| ApiError::internal(format!("{subject} is missing")))?;
            bytes = bytes.saturating_add(record.len());
            list.records.push(record);
        }
        Ok(list)
    }
}

fn key(subject: Subject) -> Result<StateKey, ApiError> {
    match subject {
        Subject::Account(number) => Ok(StateKey::Account(number)),
        Subject::Object(number) => Ok(StateKey::Object(number)),
        Subject::Registration(number) => Ok(StateKey::Registration(number)),
        Subject::Certificate(number) => Ok(StateKey::Certificate(number)),
        _ => Err(ApiError::internal(format!("{subject} is not of the register"))),
    }
}
