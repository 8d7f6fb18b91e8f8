//! What is registered (登记): of which object, which rights, held by whom.

use bulla_client::Client;
use bulla_rules::profile::ProfileKind;
use bulla_types::{
    Lang, ObjectRecord, RecordKey, RegisterStatus, RegistrationNumber, RegistrationRecord, Share, StateKey,
    Subject,
};
use serde::Serialize;

use super::kind;
use super::texts::{CHANGED_BY, OBJECT, RIGHTS};
use crate::failure::Failure;
use crate::history::{self, Step};
use crate::lookup::{Lookup, Person};
use crate::messages::{ACCOUNT, FLAGS, HOLDERS, OF_CASE, PROFILE, REGISTRATION, STATUS};
use crate::output::{Show, facts};
use crate::records::{self, CertificateView, FieldView, FlagView, ProfileView};
use crate::titled::{Titled, joined};
use crate::words::{Word, of_code};

/// A registration with its past, proved.
#[derive(Serialize)]
pub(super) struct Registered {
    registration: String,
    number: u64,
    status: &'static str,
    object: String,
    kind: Titled,
    rights: Vec<Titled>,
    holders: Vec<Holder>,
    /// Rights that others hold.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    apart: Vec<HeldRight>,
    account: Option<String>,
    /// Case that recorded it, and the one that changed it last.
    case: String,
    changed_by: String,
    profile: ProfileView,
    fields: Vec<FieldView>,
    flags: Vec<FlagView>,
    certificates: Vec<CertificateView>,
    history: Vec<Step>,
}

#[derive(Serialize)]
struct Holder {
    #[serde(flatten)]
    person: Person,
    /// Of all rights alike that do not stand apart.
    share: String,
}

#[derive(Serialize)]
struct HeldRight {
    right: Titled,
    holders: Vec<Holder>,
}

impl Registered {
    pub(super) async fn read(
        client: &Client,
        number: RegistrationNumber,
        wanted: ProfileKind,
    ) -> Result<Self, Failure> {
        let key = StateKey::Registration(number);
        let record = client.record(&key).await?.read::<RegistrationRecord>()?;
        let record = record.ok_or_else(|| records::unknown(&Subject::Registration(number).to_string()))?;
        let mut lookup = Lookup::new(client);
        let profile = lookup.profile(record.profile).await?;
        kind::require(&profile, wanted)?;
        lookup.meet(record.all_holders()).await?;
        let object = client.record(&StateKey::Object(record.object)).await?.read::<ObjectRecord>()?;
        let key = RecordKey::Registration(number);
        let history = history::read::<RegisterStatus>(client, key, record.history_count).await?;
        let mut cases = records::cases_behind(client, record.changed_by).await;
        if record.case != record.changed_by {
            cases.extend(records::cases_behind(client, record.case).await);
        }
        let people = lookup.people();
        let holder = |share: &Share| Holder {
            person: people.person(share.member),
            share: records::percent(share.ppm),
        };
        let apart = record.apart.iter().map(|(right, held)| HeldRight {
            right: Titled::right(&profile, right.as_str()),
            holders: held.as_slice().iter().map(holder).collect(),
        });
        Ok(Self {
            registration: people.identifier(Subject::Registration(number)),
            number: number.0,
            status: record.status.code(),
            object: people.identifier(Subject::Object(record.object)),
            kind: object
                .map_or_else(|| Titled::bare(""), |object| Titled::object(&profile, object.kind.as_str())),
            rights: record.rights.iter().map(|right| Titled::right(&profile, right.as_str())).collect(),
            holders: record.holders.as_slice().iter().map(holder).collect(),
            apart: apart.collect(),
            account: record.account.map(|number| people.identifier(Subject::Account(number))),
            case: people.identifier(Subject::Case(record.case)),
            changed_by: people.identifier(Subject::Case(record.changed_by)),
            profile: ProfileView::new(&profile, record.profile),
            fields: records::fields(&record.contents, &profile, people, &cases.iter().collect::<Vec<_>>()),
            flags: records::flags(&record.flags, &profile, people),
            certificates: records::certificates(&record.certificates, &profile, people),
            history,
        })
    }
}

impl Show for Registered {
    fn text(&self, lang: Lang) -> String {
        let lines = |lines: Vec<String>| lines.join("\n");
        let rights = joined(self.rights.iter().map(|right| right.in_lang(lang).to_owned()), lang);
        let holder = |holder: &Holder| format!("{} {}", holder.person.line(), holder.share);
        let apart = self.apart.iter().flat_map(|held| {
            let right = held.right.in_lang(lang);
            held.holders.iter().map(move |of| format!("{right}: {}", holder(of)))
        });
        let head = [
            (REGISTRATION.of(lang), self.registration.clone()),
            (STATUS.of(lang), of_code::<RegisterStatus>(self.status, lang)),
            (OBJECT.of(lang), format!("{} {}", self.kind.in_lang(lang), self.object)),
            (RIGHTS.of(lang), rights),
            (HOLDERS.of(lang), lines(self.holders.iter().map(holder).chain(apart).collect())),
            (ACCOUNT.of(lang), self.account.clone().unwrap_or_default()),
            (OF_CASE.of(lang), self.case.clone()),
            (CHANGED_BY.of(lang), self.changed_by.clone()),
            (PROFILE.of(lang), self.profile.line(lang)),
            (FLAGS.of(lang), lines(self.flags.iter().map(|flag| flag.line(lang)).collect())),
        ];
        let certificates = self.certificates.iter().map(|certificate| certificate.row(lang));
        let fields = self.fields.iter().map(|field| field.row(lang));
        let known = facts(head.into_iter().chain(certificates).chain(fields));
        format!("{known}\n\n{}", history::table::<RegisterStatus>(&self.history, lang))
    }
}
