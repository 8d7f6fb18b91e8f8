//! What is made public, handed back and kept (公示、退回、保存).

use bulla_rules::StoppedDays;
use bulla_rules::profile::{Anchor, DateRule, DateTerm, Direction, Documents, Ident, Take};
use bulla_types::{BlockTime, Publication, RuleName};

use crate::view::StateView;

use super::super::case::{Case, name};
use super::super::reckoning;
use super::super::rule::Stop;
use super::super::run::Run;

/// Opens fields to everyone. A publicity that is repeated takes the place of the former.
pub(super) fn publish(case: &mut Case, fields: &[Ident], until: Option<&Ident>, now: BlockTime) {
    let fields: Vec<RuleName> = fields.iter().map(name).collect();
    let publication = Publication { fields, until: until.map(name), since: now };
    let publications = &mut case.record.publications;
    publications.retain(|other| other.fields != publication.fields || other.until != publication.until);
    publications.push(publication);
}

/// Hands documents back: they count as not handed in, and mandates among them as not shown.
pub(super) fn return_documents(case: &mut Case, documents: &Documents) {
    match documents {
        Documents::All => {
            case.record.documents.clear();
            case.record.mandates.clear();
        }
        Documents::Of(categories) => {
            case.record.documents.retain(|category, _| !categories.contains(category.as_str()));
            case.record.mandates.retain(|(_, _, category), _| !categories.contains(category.as_str()));
        }
    }
}

/// Openings and documents of the case are kept for a period from now on. A longer one stands.
pub(super) fn retain<V: StateView>(
    case: &mut Case,
    period: &Ident,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    let term = DateTerm {
        anchor: Anchor::Opened,
        direction: Direction::After,
        period: Some(period.clone()),
        when: None,
    };
    let rule = DateRule { take: Take::Latest, terms: vec![term] };
    let found = reckoning::reckon(
        &case.profile,
        &rule,
        &[Some(run.now())],
        &StoppedDays::NONE,
        period.as_str(),
        run,
    )?;
    case.record.retain_until = case.record.retain_until.max(found.map(|found| found.due));
    Ok(())
}
