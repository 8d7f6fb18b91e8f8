//! Gathers what a step says, hands in and is signed by.

use std::collections::{BTreeMap, BTreeSet};

use bulla_rules::profile::{Procedure, Step};
use bulla_types::{
    CaseRef, Commitment, DocumentItem, FieldValue, LedgerId, MemberNumber, NamedParty, OpenCase, RuleName,
    StepActor, Subject,
};

use crate::cases::CaseReport;
use crate::rules::AdoptedProfile;

use super::actors::Acting;
use super::documents::Documents;
use super::error::{ItemAt, StepError, StepFault};
use super::fields::{Fields, Said};
use super::names::name;
use super::place::{self, Place, Setting};
use super::request::StepRequest;

/// Gathers a step of a case. Every call refuses what the profile does not allow; [`finish`](Self::finish) refuses what
/// is missing.
#[derive(Debug, Clone)]
pub struct StepBuilder<'p> {
    setting: Setting<'p>,
    about: Option<Subject>,
    named: BTreeMap<RuleName, MemberNumber>,
    party: Option<RuleName>,
    actors: BTreeSet<StepActor>,
    fields: Fields,
    documents: Documents,
    reasons: Option<String>,
}

impl<'p> StepBuilder<'p> {
    /// A step that opens a case of a procedure.
    ///
    /// # Errors
    /// The profile has no such procedure or step, the step opens no case, or the profile is superseded.
    pub fn opening(
        ledger: LedgerId,
        adopted: &'p AdoptedProfile,
        procedure: &str,
        step: &str,
    ) -> Result<Self, StepError> {
        let (procedure, step) = place::opening(adopted, procedure, step)?;
        Ok(Self::at(Setting { ledger, adopted, procedure, step, place: Place::New }))
    }

    /// A step of a case, under the profile that the case runs under.
    ///
    /// # Errors
    /// The profile is another one, the case has ended, or the step is not taken in its state.
    pub fn of_case(
        ledger: LedgerId,
        adopted: &'p AdoptedProfile,
        case: &'p CaseReport,
        step: &str,
    ) -> Result<Self, StepError> {
        let (procedure, step) = place::of_case(adopted, &case.record, step)?;
        Ok(Self::at(Setting { ledger, adopted, procedure, step, place: Place::Case(case) }))
    }

    fn at(setting: Setting<'p>) -> Self {
        Self {
            setting,
            about: None,
            named: BTreeMap::new(),
            party: None,
            actors: BTreeSet::new(),
            fields: Fields::default(),
            documents: Documents::default(),
            reasons: None,
        }
    }

    /// The step, as the profile has it.
    #[must_use]
    pub fn step(&self) -> &'p Step {
        self.setting.step
    }

    /// The procedure.
    #[must_use]
    pub fn procedure(&self) -> &'p Procedure {
        self.setting.procedure
    }

    /// What the new case is about.
    ///
    /// # Errors
    /// The procedure is about something of another kind, or about nothing; the case is open already.
    pub fn about(mut self, subject: Subject) -> Result<Self, StepError> {
        let checked = match self.setting.place {
            Place::New => place::check_about(self.setting.procedure, Some(subject)),
            Place::Case(_) => Err(StepFault::AboutWrong { expected: None, found: Some(subject) }),
        };
        checked.map_err(|fault| self.setting.error(fault))?;
        self.about = Some(subject);
        Ok(self)
    }

    /// Names the member that is a party of the new case.
    ///
    /// # Errors
    /// The opener names nobody for this party.
    pub fn name_party(mut self, party: &str, member: MemberNumber) -> Result<Self, StepError> {
        let expected = self.named_parties();
        let name = party.parse().ok().filter(|_| expected.iter().any(|known| known == party));
        let Some(name) = name else {
            return Err(self
                .setting
                .error(StepFault::NamedSuperfluous { party: party.to_owned(), expected }));
        };
        self.named.insert(name, member);
        Ok(self)
    }

    /// Says as which party the step is taken. It need not be said where only one can take it, or only one acts.
    ///
    /// # Errors
    /// No name of a party.
    pub fn party(mut self, party: &str) -> Result<Self, StepError> {
        self.party = Some(self.party_name(party)?);
        Ok(self)
    }

    /// Adds a member that acts as a party: the one that takes the step, or one that signs besides.
    ///
    /// # Errors
    /// No name of a party.
    pub fn actor(self, party: &str, member: MemberNumber) -> Result<Self, StepError> {
        self.add_actor(party, member, None)
    }

    /// Adds a member that acts as a party by an agent, who signs in its place.
    ///
    /// # Errors
    /// No name of a party.
    pub fn actor_by_agent(
        self,
        party: &str,
        member: MemberNumber,
        agent: MemberNumber,
    ) -> Result<Self, StepError> {
        self.add_actor(party, member, Some(agent))
    }

    fn add_actor(
        mut self,
        party: &str,
        member: MemberNumber,
        agent: Option<MemberNumber>,
    ) -> Result<Self, StepError> {
        let party = self.party_name(party)?;
        self.actors.insert(StepActor { party, member, agent });
        Ok(self)
    }

    /// Adds a value of a field, read from text as the field's type asks for. Several, for a field that takes them, by
    /// several calls.
    ///
    /// # Errors
    /// The step has no such field, the text is not what the field asks for, or the field has too many values.
    pub fn field(mut self, name: &str, text: &str) -> Result<Self, StepError> {
        let added = self.fields.add_text(name, text, &self.setting);
        added.map_err(|fault| self.setting.error(fault))?;
        Ok(self)
    }

    /// The same with a value at hand.
    ///
    /// # Errors
    /// As [`field`](Self::field).
    pub fn value(mut self, name: &str, value: FieldValue) -> Result<Self, StepError> {
        let added = self.fields.add_value(name, value, &self.setting);
        added.map_err(|fault| self.setting.error(fault))?;
        Ok(self)
    }

    /// Lets a field that stands as a commitment say what was committed to before, in this case or elsewhere. Within the
    /// case it follows from the profile where both must say the same, and `=` in place of a text says it too.
    ///
    /// # Errors
    /// The step has no such field, the field stands in clear, or was said already.
    pub fn take_over(mut self, name: &str, commitment: Commitment) -> Result<Self, StepError> {
        let added = self.fields.take_over(name, commitment, &self.setting);
        added.map_err(|fault| self.setting.error(fault))?;
        Ok(self)
    }

    /// Adds a document, read from text: an identifier `E-…` or `Z-…`, a plain number where the category leaves no
    /// doubt what it numbers, or digests as in `sha256:…,sm3:…`.
    ///
    /// # Errors
    /// The step has no such document, or it cannot be handed in in this form.
    pub fn document(mut self, category: &str, text: &str) -> Result<Self, StepError> {
        let added = self.documents.add_text(category, text, &self.setting);
        added.map_err(|fault| self.setting.error(fault))?;
        Ok(self)
    }

    /// The same with a document at hand.
    ///
    /// # Errors
    /// As [`document`](Self::document).
    pub fn document_item(mut self, category: &str, item: DocumentItem) -> Result<Self, StepError> {
        let added = self.documents.add(category, item, &self.setting);
        added.map_err(|fault| self.setting.error(fault))?;
        Ok(self)
    }

    /// Gives the reasons (理由); they are attached.
    ///
    /// # Errors
    /// The step gives no reasons.
    pub fn reasons(mut self, reasons: &str) -> Result<Self, StepError> {
        if !self.setting.step.reasons {
            return Err(self.setting.error(StepFault::ReasonsUnexpected));
        }
        self.reasons = Some(reasons.to_owned());
        Ok(self)
    }

    /// The step, with everything that it must bring in any case.
    ///
    /// # Errors
    /// Someone or something is missing: see [`StepFault`].
    pub fn finish(self) -> Result<StepRequest, StepError> {
        let (fields, acting) = self.check().map_err(|fault| self.setting.error(fault))?;
        let case = match self.setting.place.number() {
            Some(number) => CaseRef::Number(number),
            None => CaseRef::Open(OpenCase {
                profile: self.setting.adopted.digest,
                procedure: name(&self.setting.procedure.head.name),
                about: self.about,
                parties: self.named.into_iter().map(|(party, member)| NamedParty { party, member }).collect(),
            }),
        };
        Ok(StepRequest {
            case,
            step: name(&self.setting.step.head.name),
            party: acting.party,
            actors: acting.actors,
            fields,
            documents: self.documents.into_documents(),
            reasons: self.reasons,
        })
    }

    fn check(&self) -> Result<(Vec<(RuleName, Said)>, Acting), StepFault> {
        self.check_opening()?;
        let acting = self.setting.act(self.party.as_ref(), &self.actors, &self.documents)?;
        let fields = self.fields.finish(&self.setting)?;
        self.documents.require(&self.setting)?;
        if self.setting.step.reasons && self.reasons.is_none() {
            return Err(StepFault::ReasonsMissing);
        }
        Ok((fields, acting))
    }

    /// Checks what a new case is about, and that its parties are named.
    fn check_opening(&self) -> Result<(), StepFault> {
        if let Place::Case(_) = self.setting.place {
            return Ok(());
        }
        place::check_about(self.setting.procedure, self.about)?;
        let expected = self.setting.procedure.named_parties(&self.setting.adopted.profile);
        let missing = expected.into_iter().find(|party| !self.named.contains_key(party.as_str()));
        match missing.and_then(|party| self.setting.adopted.profile.parties.get(party.as_str())) {
            Some(party) => Err(StepFault::NotNamed(ItemAt::of(&party.head))),
            None => Ok(()),
        }
    }

    fn named_parties(&self) -> Vec<String> {
        match self.setting.place {
            Place::New => {
                let named = self.setting.procedure.named_parties(&self.setting.adopted.profile);
                named.iter().map(ToString::to_string).collect()
            }
            Place::Case(_) => Vec::new(),
        }
    }

    fn party_name(&self, party: &str) -> Result<RuleName, StepError> {
        party.parse().map_err(|_| {
            let expected =
                self.setting.adopted.profile.parties.iter().map(|known| known.head.name.to_string());
            self.setting.error(StepFault::PartyOpen { expected: expected.collect() })
        })
    }
}
