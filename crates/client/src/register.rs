//! Asking nodes for what falls due, and for what the register holds.

use bulla_types::{
    AccountRecord, BlockTime, Canonical, CertificateRecord, DeadlineStanding, MemberNumber, ObjectRecord,
    ProfileDigest, RegistrationRecord, RuleName, Subject, SubjectKind, proto,
};
use bytes::Bytes;

use crate::cases::name;
use crate::client::Client;
use crate::error::{Answer, ClientError};
use crate::node::Patience;
use crate::rules::digest;

/// Something that falls due unless a step meets it, or has and is not recorded yet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DueDeadline {
    /// When.
    pub due: BlockTime,
    /// Of what: a case or a certificate.
    pub subject: Subject,
    /// When by the clocks of now, where a suspension that was adopted since has moved it.
    pub moved: Option<BlockTime>,
    /// Its name; `None` for the term of a certificate.
    pub deadline: Option<RuleName>,
    /// Whether the due time can still move.
    pub standing: DeadlineStanding,
    /// The procedure of the case, or the kind of the certificate.
    pub procedure: RuleName,
    /// The profile that says so.
    pub profile: ProfileDigest,
}

/// A record that a register holds under a number.
pub trait RegisterRecord: Canonical {
    /// Its kind.
    const KIND: SubjectKind;
}

macro_rules! register_record {
    ($($record:ty: $kind:ident;)+) => {$(
        impl RegisterRecord for $record {
            const KIND: SubjectKind = SubjectKind::$kind;
        }
    )+};
}

register_record! {
    AccountRecord: Account;
    ObjectRecord: Object;
    RegistrationRecord: Registration;
    CertificateRecord: Certificate;
}

impl Client {
    /// What falls due from a time on and before another, if that is given, in that order; at most `limit`, or the
    /// node's limit for 0. The node's word.
    ///
    /// # Errors
    /// Those of a call.
    pub async fn deadlines(
        &self,
        from: BlockTime,
        until: Option<BlockTime>,
        limit: u32,
    ) -> Result<Vec<DueDeadline>, ClientError> {
        let mut due = Vec::new();
        let mut continuation = Bytes::new();
        loop {
            let found = u32::try_from(due.len()).unwrap_or(u32::MAX);
            let request = proto::ListDeadlinesRequest {
                from_ms: from.0,
                until_ms: until.map_or(0, |until| until.0),
                limit: if limit == 0 { 0 } else { limit - found },
                continuation: continuation.clone(),
            };
            let rpc = self.nodes.call(Patience::READ, &request, |mut stub, request| {
                let request = self.authorized(request);
                async move { stub.list_deadlines(request).await }
            });
            let page = rpc.await?;
            for deadline in page.deadlines {
                due.push(DueDeadline::from_message(deadline)?);
            }
            let full = limit == 0 || due.len() >= limit as usize;
            // A node that goes back would lead round for ever.
            if full || page.next.is_empty() || page.next <= continuation {
                return Ok(due);
            }
            continuation = page.next;
        }
    }

    /// Records of one kind from a number on, at most `limit`, or the node's limit for 0: all of them, or those that a
    /// member holds. With the number at which to go on, if there are more. The node's word.
    ///
    /// # Errors
    /// `MALFORMED` for the holder of objects, which registrations hold; otherwise those of a call.
    pub async fn register<R: RegisterRecord>(
        &self,
        holder: Option<MemberNumber>,
        from: u64,
        limit: u32,
    ) -> Result<(Vec<R>, Option<u64>), ClientError> {
        let request = proto::ListRegisterRequest {
            kind: R::KIND.to_wire(),
            holder: holder.map_or(0, |holder| holder.0),
            from_number: from,
            limit,
        };
        let rpc = self.nodes.call(Patience::READ, &request, |mut stub, request| {
            let request = self.authorized(request);
            async move { stub.list_register(request).await }
        });
        let page = rpc.await?;
        let records = page.records.iter().map(|record| R::decode(record));
        let next = (page.next_number > from).then_some(page.next_number);
        Ok((records.collect::<Result<_, _>>().into_answer("a record of the register")?, next))
    }
}

impl DueDeadline {
    fn from_message(message: proto::DueDeadline) -> Result<Self, ClientError> {
        const WHAT: &str = "a deadline";
        let deadline = (!message.deadline.is_empty()).then_some(message.deadline);
        Ok(Self {
            due: BlockTime(message.due_ms),
            moved: (message.moved_ms != 0).then_some(BlockTime(message.moved_ms)),
            subject: Subject::from_message(&message.subject.into_answer(WHAT)?).into_answer(WHAT)?,
            deadline: deadline.map(|deadline| name(deadline, WHAT)).transpose()?,
            standing: DeadlineStanding::from_wire(message.standing).into_answer(WHAT)?,
            procedure: name(message.procedure, WHAT)?,
            profile: digest(&message.profile)?,
        })
    }
}
