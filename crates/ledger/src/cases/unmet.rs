//! A condition that does not hold, told so that a person can act on it: when its window opens and closes, what is in
//! the way, what would have to be there.

use std::fmt;

use bulla_rules::profile::{Condition, Ident, Reference};
use bulla_types::{BlockTime, CaseDeadlineStatus, DeadlineStanding, ReasonCode, Subject};

use crate::view::StateView;

use super::actors;
use super::case::Case;
use super::conditions;
use super::deadlines::{self, Span};
use super::effects;
use super::rule::Stop;
use super::run::{Acting, Run};
use super::wording;

/// A condition that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unmet {
    /// The condition, in English and with the names of the profile.
    pub condition: String,
    /// Its reason code.
    pub reason: ReasonCode,
    /// The deadlines that it asks about.
    pub deadlines: Vec<AskedDeadline>,
    /// What is on the register already and keeps it from holding.
    pub in_the_way: Option<Subject>,
    /// Kinds of accounts and certificates that a party would have to hold.
    pub wanted: Vec<Wanted>,
}

/// Something that a party would have to hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// An account of this kind.
    Account(String),
    /// A certificate of this kind.
    Certificate(String),
}

/// A deadline that a condition asks about, as it stands at a time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AskedDeadline {
    /// Its name.
    pub name: String,
    /// Article of the source.
    pub article: String,
    /// Whether something may be done until then; else it is to have come.
    pub is_window: bool,
    /// Whether it runs, or would.
    pub runs: bool,
    /// When it opens, if the source says so.
    pub opens: Option<BlockTime>,
    /// When it comes.
    pub due: Option<BlockTime>,
    /// Whether that can still move.
    pub standing: DeadlineStanding,
    /// The time for which this is told.
    pub now: BlockTime,
}

impl fmt::Display for Unmet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.condition)?;
        for deadline in &self.deadlines {
            write!(f, "; {deadline}")?;
        }
        match self.in_the_way {
            Some(subject) => write!(f, "; there is {subject} already"),
            None => Ok(()),
        }
    }
}

impl fmt::Display for AskedDeadline {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, article, now, .. } = self;
        let opens = self.opens.map(|opens| (opens, opens <= *now));
        let due = self.due.map(|due| (due, self.standing == DeadlineStanding::Settled && due <= *now));
        match (self.is_window, opens, due) {
            _ if !self.runs => write!(f, "{name} ({article}) does not run any more"),
            (_, None, None) => write!(f, "{name} ({article}) does not run yet"),
            (true, Some((opens, false)), None) => {
                write!(f, "the window {name} ({article}) opens at {opens}")
            }
            (true, Some((opens, true)), None) => {
                write!(f, "the window {name} ({article}) opened at {opens}")
            }
            (true, Some((opens, false)), Some((due, _))) => {
                write!(f, "the window {name} ({article}) opens at {opens} and closes at {due}")
            }
            (true, Some((opens, true)), Some((due, false))) => {
                write!(f, "the window {name} ({article}) opened at {opens} and closes at {due}")
            }
            (true, Some((opens, true)), Some((due, true))) => {
                write!(f, "the window {name} ({article}) opened at {opens} and closed at {due}")
            }
            (true, None, Some((due, false))) => write!(f, "the window {name} ({article}) closes at {due}"),
            (true, None, Some((due, true))) => write!(f, "the window {name} ({article}) closed at {due}"),
            (false, _, Some((due, false))) => write!(f, "the deadline {name} ({article}) comes at {due}"),
            (false, _, Some((due, true))) => write!(f, "the deadline {name} ({article}) came at {due}"),
            (false, Some(_), None) => write!(f, "{name} ({article}) does not run yet"),
        }?;
        match self.standing {
            DeadlineStanding::Settled => Ok(()),
            DeadlineStanding::Provisional => f.write_str(", provisionally"),
        }
    }
}

/// Tells why a condition of a case does not hold.
pub(super) fn explain<V: StateView>(
    case: &Case,
    acting: &Acting,
    condition: &Condition,
    run: &mut Run<'_, '_, V>,
) -> Result<Unmet, Stop> {
    let mut told = Unmet {
        condition: wording::of(condition),
        reason: wording::reason(condition),
        deadlines: Vec::new(),
        in_the_way: None,
        wanted: Vec::new(),
    };
    let mut leaves = Vec::new();
    asked_outright(condition, &mut leaves);
    for leaf in leaves {
        match leaf {
            Condition::HoldsAccount { kind, .. } => told.wanted.push(Wanted::Account(kind.to_string())),
            Condition::HoldsCertificate { kind, .. } => {
                told.wanted.push(Wanted::Certificate(kind.to_string()));
            }
            Condition::FreeObject(kind) => told.in_the_way = registered(case, kind, run)?,
            Condition::Not(inner) => {
                if let Condition::OpenCase { procedure, on } = &**inner {
                    told.in_the_way =
                        conditions::other_open_case(case, procedure, on, run)?.map(Subject::Case);
                }
            }
            Condition::FreeAccount { party, kind } => {
                for member in actors::members(case, acting, party, run)?.unwrap_or_default() {
                    let account = effects::account_taken(case, member, kind, run)?;
                    told.in_the_way = told.in_the_way.or(account.map(Subject::Account));
                }
            }
            _ => {}
        }
    }
    let mut references = Vec::new();
    condition.visit(&mut |condition| match condition {
        Condition::Within(reference) => references.push((reference, true)),
        Condition::Reached(reference) => references.push((reference, false)),
        _ => {}
    });
    for (reference, is_window) in references {
        told.deadlines.extend(asked(case, reference, is_window, run)?);
    }
    Ok(told)
}

/// What is asked outright, and not whether it fails.
fn asked_outright<'c>(condition: &'c Condition, found: &mut Vec<&'c Condition>) {
    match condition {
        Condition::All(arms) | Condition::Any(arms) => {
            arms.iter().for_each(|arm| asked_outright(arm, found));
        }
        Condition::Not(inner) if !matches!(**inner, Condition::OpenCase { .. }) => {}
        leaf => found.push(leaf),
    }
}

/// The registration of the object that a case describes.
pub(super) fn registered<V: StateView>(
    case: &Case,
    kind: &Ident,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<Subject>, Stop> {
    let Some(key) = effects::object_key(case, kind, run)? else { return Ok(None) };
    let object = run.state.object_of(key)?;
    Ok(object.and_then(|object| object.registration).map(Subject::Registration))
}

/// A deadline that is asked about, as it stands now.
pub(super) fn asked<V: StateView>(
    case: &Case,
    reference: &Reference,
    is_window: bool,
    run: &mut Run<'_, '_, V>,
) -> Result<Option<AskedDeadline>, Stop> {
    let Some(Span { rule, status, opens, due, standing }) = deadlines::span(case, reference, run)? else {
        return Ok(None);
    };
    let over = [CaseDeadlineStatus::Met, CaseDeadlineStatus::Left];
    Ok(Some(AskedDeadline {
        name: rule.head.name.to_string(),
        article: rule.head.cite.article.clone(),
        is_window,
        runs: !status.is_some_and(|status| over.contains(&status)),
        opens,
        due,
        standing,
        now: run.now(),
    }))
}
