//! What a member was enrolled with.

use bulla_client::{Client, EntryRef};
use bulla_types::{
    Action, Content, KeyDeclaration, KeyId, KeyPurpose, KeyRecord, KeyStatus, MemberNumber, MemberRecord,
    MemberStatus, ReasonCode, RecordKey, StateKey,
};

use crate::complaints::NO_ONE_ADMINISTER_KEY;
use crate::failure::Failure;
use crate::history::{self, Step};
use crate::text::Said;

/// What the entry of a member's enrolment says beyond its record.
pub(crate) struct Enrolment {
    pub(crate) keys: Vec<KeyId>,
    /// A natural person's name, if the node shows it.
    pub(crate) person: Option<String>,
}

impl Enrolment {
    /// `None` where the asker may not read entries.
    pub(crate) async fn read(
        client: &Client,
        number: MemberNumber,
        history: &[Step],
    ) -> Result<Option<Self>, Failure> {
        let ids = |keys: &[KeyDeclaration]| keys.iter().map(KeyDeclaration::key_id).collect();
        let Some(transaction) = history.first().and_then(|step| step.transaction) else {
            let position = usize::try_from(number.0 - 1).unwrap_or(usize::MAX);
            let founder = client.genesis().genesis().founders().get(position);
            let keys = founder.map_or_else(Vec::new, |f| ids(&f.member.keys));
            return Ok(Some(Self { keys, person: None }));
        };
        let stored = match client.entry(EntryRef::Transaction(transaction)).await {
            Err(refused) if refused.reason() == Some(ReasonCode::Unauthenticated) => return Ok(None),
            stored => stored?,
        };
        let Content::Transaction(transaction) = &stored.entry.content else {
            return Ok(Some(Self { keys: Vec::new(), person: None }));
        };
        let gave = bulla_types::Outcome::MemberNumber(number);
        let mut actions = (0_u32..).zip(transaction.body().actions.iter().zip(&stored.entry.outcomes));
        let enrolment = actions.find_map(|(position, (action, outcome))| match action {
            Action::EnrolMember(enrolment) if *outcome == gave => Some((position, enrolment)),
            _ => None,
        });
        let Some((position, enrolment)) = enrolment else {
            return Ok(Some(Self { keys: Vec::new(), person: None }));
        };
        let opening = stored.openings.iter().find(|o| o.action == position && o.path.as_str() == "person");
        let person = opening.map(|opening| String::from_utf8_lossy(&opening.value).into_owned());
        Ok(Some(Self { keys: ids(&enrolment.keys), person }))
    }
}

/// The ADMINISTER key of a member that was enrolled with one that is still in force, and with no other. The ledger has
/// no list by member of keys enrolled later: those are named.
pub(crate) async fn administer_key(client: &Client, number: MemberNumber) -> Result<KeyId, Failure> {
    let record = client.record(&StateKey::Member(number)).await?.read::<MemberRecord>()?;
    let record = record.ok_or_else(|| Failure::new(ReasonCode::MemberUnknown, Said::name(number)))?;
    let history =
        history::read::<MemberStatus>(client, RecordKey::Member(number), record.history_count).await?;
    let enrolment = Enrolment::read(client, number, &history).await?;
    let mut found = Vec::new();
    for key_id in enrolment.map_or_else(Vec::new, |enrolment| enrolment.keys) {
        let key = client.record(&StateKey::Key(key_id)).await?.read::<KeyRecord>()?;
        let signs =
            |key: KeyRecord| key.purpose == KeyPurpose::Administer && key.status == KeyStatus::InForce;
        if key.is_some_and(signs) {
            found.push(key_id);
        }
    }
    match found.as_slice() {
        [key_id] => Ok(*key_id),
        _ => Err(Failure::usage(NO_ONE_ADMINISTER_KEY.with(&[&number]))),
    }
}
