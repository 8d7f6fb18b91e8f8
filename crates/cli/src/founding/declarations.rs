//! The declarations of a plan's founders, with the files that they came in.

use std::path::{Path, PathBuf};

use bulla_types::{
    Canonical, DecodeError, FounderDeclaration, FoundingError, FoundingPlan, Genesis, KeyPurpose,
    PlannedFounder, ReasonCode,
    limits::{FOUNDER_DECLARATION_BYTES_MAX, FOUNDERS_MAX},
};

use super::address::Address;
use super::texts::{
    ADDRESS_TWICE, DECLARED_TWICE, KEY_TWICE, NOT_A_DECLARATION, NOT_A_FOUNDER, NOT_DECLARED, NOT_SIGNED,
    OTHER_KEYS, OTHER_PLAN, TOO_MANY_DECLARATIONS,
};
use crate::failure::Failure;
use crate::files;
use crate::text::Said;
use crate::words::Word;

/// Declarations as they were read.
pub(crate) struct Declarations {
    paths: Vec<PathBuf>,
    read: Vec<FounderDeclaration>,
}

impl Declarations {
    /// Reads files in any order.
    pub(crate) fn read(paths: Vec<PathBuf>) -> Result<Self, Failure> {
        if paths.len() > FOUNDERS_MAX {
            return Err(Failure::usage(TOO_MANY_DECLARATIONS.with(&[&paths.len(), &FOUNDERS_MAX])));
        }
        let read = paths.iter().map(|path| read(path)).collect::<Result<_, _>>()?;
        Ok(Self { paths, read })
    }

    /// The genesis that they give with their plan.
    pub(crate) fn genesis(&self, plan_file: &Path, plan: &FoundingPlan) -> Result<Genesis, Failure> {
        let genesis = plan.genesis(&self.read).map_err(|error| self.refused(plan_file, plan, error))?;
        for (path, declaration) in self.paths.iter().zip(&self.read) {
            if let Some(text) = declaration.address() {
                let checked = address(text).and_then(|address| address.check_for(plan.class()));
                checked.map_err(|why| invalid(path, why))?;
            }
        }
        Ok(genesis)
    }

    /// What a founder has declared.
    pub(crate) fn of(&self, founder: &PlannedFounder) -> Option<&FounderDeclaration> {
        self.read.iter().find(|declaration| declaration.credit_code() == founder.credit_code)
    }

    /// The nodes of the other founders, in the order of the plan: addresses with the identity that must answer there.
    pub(crate) fn peers_of(&self, plan: &FoundingPlan, own: &PlannedFounder) -> Result<Vec<String>, Failure> {
        let others = plan.founders().iter().filter(|founder| founder.credit_code != own.credit_code);
        let pinned = others.filter_map(|founder| {
            let declared = self.of(founder)?;
            Some((declared.address()?, declared.key(KeyPurpose::Peer)?))
        });
        pinned.map(|(address, peer)| super::peer::pinned(address, &peer.key)).collect()
    }

    /// Names the file, what is wrong, and what is to be done.
    fn refused(&self, plan_file: &Path, plan: &FoundingPlan, error: FoundingError) -> Failure {
        let name = |credit_code| {
            let founder = plan.founders().iter().find(|founder| founder.credit_code == credit_code);
            founder.map_or_else(|| credit_code.to_string(), called)
        };
        let file = |at: usize| self.paths[at].display().to_string();
        let (at, why) = match error {
            FoundingError::OtherPlan { at, found, expected } => (at, OTHER_PLAN.with(&[&found, &expected])),
            FoundingError::NotAFounder { at, credit_code } => (at, NOT_A_FOUNDER.with(&[&credit_code])),
            FoundingError::OtherKeys { at, expected } => {
                let list = |lang| expected.iter().map(|key| key.of(lang)).collect::<Vec<_>>().join(", ");
                let list = Said { en: list(bulla_types::Lang::En), zh: list(bulla_types::Lang::Zh) };
                (at, OTHER_KEYS.with(&[&list]))
            }
            FoundingError::NotPossessed { at, purpose } => {
                let detail = NOT_SIGNED.with(&[&purpose.name()]).of_thing(file(at));
                return Failure::new(ReasonCode::PossessionInvalid, detail);
            }
            FoundingError::FounderTwice { at, before, credit_code } => {
                (at, DECLARED_TWICE.with(&[&name(credit_code), &file(before)]))
            }
            FoundingError::KeyTwice { at, before, key_id } => (at, KEY_TWICE.with(&[&key_id, &file(before)])),
            FoundingError::AddressTwice { at, before, address } => {
                (at, ADDRESS_TWICE.with(&[&address, &file(before)]))
            }
            FoundingError::Missing { founders } => {
                let names: Vec<_> = founders.iter().map(|index| called(&plan.founders()[*index])).collect();
                let detail = NOT_DECLARED.with(&[&names.join(", ")]).of_thing(plan_file.display());
                return Failure::new(ReasonCode::DeclarationInvalid, detail);
            }
            FoundingError::Genesis(error) => {
                let detail = Said::english(error).of_thing(plan_file.display());
                return Failure::new(ReasonCode::GenesisInvalid, detail);
            }
        };
        invalid(&self.paths[at], why)
    }
}

/// How a founder is spoken of.
fn called(founder: &PlannedFounder) -> String {
    format!("{} ({})", founder.label, founder.name)
}

/// Reads a declaration.
pub(super) fn read(path: &Path) -> Result<FounderDeclaration, Failure> {
    let bytes = files::read(path, FOUNDER_DECLARATION_BYTES_MAX)?;
    if !FounderDeclaration::is_begun_by(&bytes) {
        return Err(invalid(path, NOT_A_DECLARATION.into()));
    }
    FounderDeclaration::decode(&bytes).map_err(|error: DecodeError| {
        let reason = match error.reason() {
            known @ (ReasonCode::WeakKey | ReasonCode::UnknownVersion) => known,
            _ => ReasonCode::DeclarationInvalid,
        };
        Failure::new(reason, Said::english(error).of_thing(path.display()))
    })
}

/// The address in a declaration, in the one way to write it.
fn address(text: &str) -> Result<Address, Said> {
    let address: Address = text.parse()?;
    if address.to_string() == text { Ok(address) } else { Err(super::texts::ADDRESS_FORM.with(&[&text])) }
}

fn invalid(path: &Path, why: Said) -> Failure {
    Failure::new(ReasonCode::DeclarationInvalid, why.of_thing(path.display()))
}
