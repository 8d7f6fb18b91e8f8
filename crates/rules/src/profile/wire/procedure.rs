//! Procedures, states, deadlines.

use std::collections::BTreeSet;

use bulla_types::{Fault, proto};

use super::Wire;
use super::lists::{name_set, table, write_all, write_names};
use super::words::{head, ident, optional_ident, title};
use crate::deadline::DeadlineKind;
use crate::profile::closed::Closed;
use crate::profile::form::{At, FormError};
use crate::profile::ident::Ident;
use crate::profile::limits::{DEADLINES_MAX, STATES_MAX, STEPS_MAX};
use crate::profile::procedure::{About, ClockReturn, Deadline, OnReturn, Procedure, State};

use proto::{AboutKind, RuleDeadlineKind};

impl Wire for Procedure {
    type Message = proto::RuleProcedure;

    fn read(message: proto::RuleProcedure) -> Result<Self, FormError> {
        Ok(Self {
            head: head(message.head)?,
            about: message.about.ok_or_else(|| Fault::Missing.into()).and_then(About::read).at("about")?,
            states: table(message.states, 1..=STATES_MAX).at("states")?,
            steps: table(message.steps, 1..=STEPS_MAX).at("steps")?,
            deadlines: table(message.deadlines, 0..=DEADLINES_MAX).at("deadlines")?,
        })
    }

    fn write(&self) -> proto::RuleProcedure {
        proto::RuleProcedure {
            head: Some(self.head.write()),
            about: Some(self.about.write()),
            states: write_all(&self.states),
            steps: write_all(&self.steps),
            deadlines: write_all(&self.deadlines),
        }
    }
}

impl Wire for About {
    type Message = proto::RuleAbout;

    fn read(message: proto::RuleAbout) -> Result<Self, FormError> {
        let kind = AboutKind::try_from(message.kind);
        let kind = kind.map_err(|_| Fault::UnknownValue(message.kind.into())).at("kind")?;
        let nothing = message.of.is_empty();
        let some = |of: Vec<String>| name_set(of, 1).at("of");
        Ok(match kind {
            AboutKind::Unspecified => return Err(Fault::Missing).at("kind"),
            AboutKind::Nothing if nothing => Self::Nothing,
            AboutKind::Evidence if nothing => Self::Evidence,
            AboutKind::Nothing | AboutKind::Evidence => {
                return Err(Fault::Unexpected("this is about no kind")).at("of");
            }
            AboutKind::NewObject => match message.of.as_slice() {
                [kind] => Self::NewObject(ident(kind).at("of")?),
                _ => return Err(Fault::Rule("one kind of object is registered")).at("of"),
            },
            AboutKind::Entry => Self::Entry(some(message.of)?),
            AboutKind::Account => Self::Account(some(message.of)?),
            AboutKind::Certificate => Self::Certificate(some(message.of)?),
            AboutKind::Case => Self::Case(some(message.of)?),
        })
    }

    fn write(&self) -> proto::RuleAbout {
        let message = |kind: AboutKind, of: Vec<String>| proto::RuleAbout { kind: kind.into(), of };
        let set = |of: &BTreeSet<Ident>| write_names(of);
        match self {
            Self::Nothing => message(AboutKind::Nothing, Vec::new()),
            Self::NewObject(kind) => message(AboutKind::NewObject, vec![kind.to_string()]),
            Self::Entry(of) => message(AboutKind::Entry, set(of)),
            Self::Account(of) => message(AboutKind::Account, set(of)),
            Self::Certificate(of) => message(AboutKind::Certificate, set(of)),
            Self::Case(of) => message(AboutKind::Case, set(of)),
            Self::Evidence => message(AboutKind::Evidence, Vec::new()),
        }
    }
}

impl Wire for State {
    type Message = proto::RuleState;

    fn read(message: proto::RuleState) -> Result<Self, FormError> {
        Ok(Self {
            name: ident(&message.name).at("name")?,
            title: title(message.title).at("title")?,
            result: message.result.map(Wire::read).transpose().at("result")?,
        })
    }

    fn write(&self) -> proto::RuleState {
        proto::RuleState {
            name: self.name.to_string(),
            title: Some(self.title.write()),
            result: self.result.as_ref().map(Wire::write),
        }
    }
}

impl Wire for Deadline {
    type Message = proto::RuleDeadline;

    fn read(message: proto::RuleDeadline) -> Result<Self, FormError> {
        let kind = match RuleDeadlineKind::try_from(message.kind) {
            Ok(RuleDeadlineKind::Duty) => DeadlineKind::Duty,
            Ok(RuleDeadlineKind::Window) => DeadlineKind::Window,
            Ok(RuleDeadlineKind::Lapse) => DeadlineKind::Lapse,
            Ok(RuleDeadlineKind::Backward) => DeadlineKind::Backward,
            Ok(RuleDeadlineKind::Unspecified) => return Err(Fault::Missing).at("kind"),
            Err(_) => return Err(Fault::UnknownValue(message.kind.into())).at("kind"),
        };
        let on_return = match (message.on_return, optional_ident(&message.on_return_value)) {
            (_, Err(fault)) => return Err(fault).at("on_return_value"),
            (0, Ok(Some(value))) => OnReturn::Value(value),
            (_, Ok(Some(_))) => {
                return Err(Fault::Unexpected("fixed or by a value")).at("on_return_value");
            }
            (number, Ok(None)) => OnReturn::Fixed(ClockReturn::from_wire(number).at("on_return")?),
        };
        let due = message.due.ok_or_else(|| Fault::Missing.into()).and_then(Wire::read).at("due")?;
        Ok(Self {
            head: head(message.head)?,
            kind,
            opens: message.opens.map(Wire::read).transpose().at("opens")?,
            due,
            runs_in: name_set(message.runs_in, 1).at("runs_in")?,
            on_return,
            met_by: name_set(message.met_by, 0).at("met_by")?,
        })
    }

    fn write(&self) -> proto::RuleDeadline {
        let kind = match self.kind {
            DeadlineKind::Duty => RuleDeadlineKind::Duty,
            DeadlineKind::Window => RuleDeadlineKind::Window,
            DeadlineKind::Lapse => RuleDeadlineKind::Lapse,
            DeadlineKind::Backward => RuleDeadlineKind::Backward,
        };
        let (on_return, on_return_value) = match &self.on_return {
            OnReturn::Fixed(what) => (what.number(), String::new()),
            OnReturn::Value(value) => (0, value.to_string()),
        };
        proto::RuleDeadline {
            head: Some(self.head.write()),
            kind: kind.into(),
            opens: self.opens.as_ref().map(Wire::write),
            due: Some(self.due.write()),
            runs_in: write_names(&self.runs_in),
            on_return,
            on_return_value,
            met_by: write_names(&self.met_by),
        }
    }
}
