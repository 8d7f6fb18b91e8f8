//! How a date follows from events, periods and dates that fields name.

use super::closed::closed;
use super::condition::Condition;
use super::ident::Ident;
use super::reference::Reference;

closed! {
    /// Which of several dates counts.
    pub enum Take {
        /// 以先到者为准.
        Earliest = 1 "earliest" "以先到者为准" "the earliest",
        /// 以后到者为准.
        Latest = 2 "latest" "以后到者为准" "the latest",
    }
}

closed! {
    /// Which way a period is counted.
    pub enum Direction {
        /// 之后.
        After = 1 "after" "之后" "after",
        /// 之前.
        Before = 2 "before" "之前" "before",
    }
}

/// From where a date is counted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Anchor {
    /// The case was opened.
    Opened,
    /// The case entered this state, last.
    State(Ident),
    /// The step was taken, last.
    Step(Ident),
    /// The day that a field of kind date names.
    Field(Reference),
    /// The certificate of this kind on the case's record was issued; within the rules of a kind, that kind.
    Issued(Ident),
    /// The certificate of this kind on the case's record expires.
    Expires(Ident),
}

/// One date.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateTerm {
    /// From where it is counted. While the event has not happened or the field is absent, the term does not
    /// count.
    pub anchor: Anchor,
    /// Which way.
    pub direction: Direction,
    /// How far: a value of kind period; `None`: the anchor's own day.
    pub period: Option<Ident>,
    /// The term counts while this holds.
    pub when: Option<Condition>,
}

/// The earliest or latest of some dates.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DateRule {
    /// Which of those that count.
    pub take: Take,
    /// At least one.
    pub terms: Vec<DateTerm>,
}
