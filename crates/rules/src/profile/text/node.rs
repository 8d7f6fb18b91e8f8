//! A text of TOML, walked part by part. Whatever is wrong is noted under the part's path, and reading goes on,
//! so that a person sees all mistakes at once.

use std::cell::RefCell;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use bulla_types::canonical;
use toml::Spanned;
use toml::de::DeValue;

use super::keys::Keys;
use super::places::Places;
use crate::civil_date::CivilDate;
use crate::profile::closed::Closed;
use crate::profile::ident::Ident;
use crate::profile::limits::NAMES_MAX;
use crate::profile::problem::{Problem, ProblemCode, Words};

/// What has been found out about a text so far.
#[derive(Default)]
pub(super) struct Reading {
    problems: RefCell<Vec<Problem>>,
    offsets: RefCell<BTreeMap<String, usize>>,
}

impl Reading {
    pub(super) fn note(&self, problem: Problem) {
        self.problems.borrow_mut().push(problem);
    }

    /// The result, if nothing was wrong; else every problem with its place.
    pub(super) fn finish<T>(self, text: &str, result: Option<T>) -> Result<(T, Places), Vec<Problem>> {
        let places = Places::new(text, self.offsets.into_inner());
        let mut problems = self.problems.into_inner();
        match result {
            Some(result) if problems.is_empty() => Ok((result, places)),
            _ => {
                problems.iter_mut().for_each(|problem| places.locate(problem));
                problems.sort_by_key(|problem| problem.place);
                Err(problems)
            }
        }
    }
}

/// All of them, if none is wrong. Every one is read before giving up on the whole.
pub(super) fn every<T>(items: impl Iterator<Item = Option<T>>) -> Option<Vec<T>> {
    items.collect::<Vec<_>>().into_iter().collect()
}

/// One value of the text.
pub(super) struct Node<'t> {
    reading: &'t Reading,
    path: String,
    value: &'t DeValue<'t>,
}

impl<'t> Node<'t> {
    pub(super) fn new(
        reading: &'t Reading,
        path: String,
        span: Range<usize>,
        value: &'t DeValue<'t>,
    ) -> Self {
        reading.offsets.borrow_mut().insert(path.clone(), span.start);
        Self { reading, path, value }
    }

    pub(super) fn path(&self) -> &str {
        &self.path
    }

    pub(super) fn problem(&self, code: ProblemCode, details: Vec<Words>) {
        self.reading.note(Problem::new(code, self.path.as_str(), details));
    }

    /// Notes a problem of a part within this one.
    pub(super) fn problem_at(&self, part: &str, code: ProblemCode, details: Vec<Words>) {
        self.reading.note(Problem::new(code, format!("{}.{part}", self.path), details));
    }

    /// Notes that another type should stand here.
    pub(super) fn expected<T>(&self, zh: &str, en: &str) -> Option<T> {
        let found = self.value.type_str();
        self.problem(ProblemCode::TypeWrong, vec![Words::of(zh, en), Words::same(found)]);
        None
    }

    pub(super) fn is_text(&self) -> bool {
        self.value.is_str()
    }

    pub(super) fn is_list(&self) -> bool {
        self.value.is_array()
    }

    pub(super) fn table(&self) -> Option<Keys<'t>> {
        match self.value.as_table() {
            Some(table) => Some(Keys::new(self.reading, self.path.clone(), table)),
            None => self.expected("表", "a table"),
        }
    }

    /// The named tables of a table, each with its name.
    pub(super) fn named(&self) -> Option<Vec<(Ident, Node<'t>)>> {
        self.table()?.named()
    }

    pub(super) fn list(&self) -> Option<Vec<Node<'t>>> {
        let Some(array) = self.value.as_array() else { return self.expected("列表", "a list") };
        if array.len() > NAMES_MAX {
            self.problem(ProblemCode::TooMany, vec![Words::same(array.len()), Words::same(NAMES_MAX)]);
            return None;
        }
        let item = |(index, value): (usize, &'t Spanned<DeValue<'t>>)| {
            Node::new(self.reading, format!("{}[{index}]", self.path), value.span(), value.get_ref())
        };
        Some(array.iter().enumerate().map(item).collect())
    }

    /// A list, or one item that stands for a list of itself.
    pub(super) fn items(self) -> Option<Vec<Node<'t>>> {
        if self.is_list() { self.list() } else { Some(vec![self]) }
    }

    pub(super) fn str(&self) -> Option<&'t str> {
        self.value.as_str().or_else(|| self.expected("文字", "a text"))
    }

    pub(super) fn text(&self, bytes_max: usize) -> Option<String> {
        let text = self.str()?;
        let fault = if text.is_empty() {
            Some(bulla_types::TextError::Empty)
        } else {
            canonical::text(text, bytes_max).err()
        };
        match fault {
            None => Some(text.to_owned()),
            Some(fault) => {
                self.problem(ProblemCode::TextInvalid, vec![Words::same(fault)]);
                None
            }
        }
    }

    pub(super) fn ident(&self) -> Option<Ident> {
        self.parse_as(ProblemCode::NameInvalid, |text| Ident::try_from(text).ok())
    }

    /// A text that must be read further; else it is not what the words say.
    pub(super) fn parse<T>(&self, zh: &str, en: &str, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.str()?;
        let parsed = read(text);
        if parsed.is_none() {
            self.problem(ProblemCode::ValueInvalid, vec![Words::same(text), Words::of(zh, en)]);
        }
        parsed
    }

    fn parse_as<T>(&self, code: ProblemCode, read: impl Fn(&str) -> Option<T>) -> Option<T> {
        let text = self.str()?;
        let parsed = read(text);
        if parsed.is_none() {
            self.problem(code, vec![Words::same(text)]);
        }
        parsed
    }

    pub(super) fn idents(&self) -> Option<Vec<Ident>> {
        let read = |node: Node<'t>| {
            let name = node.ident()?;
            let span_path = format!("{}.{name}", self.path);
            let offset = self.reading.offsets.borrow().get(node.path()).copied();
            self.reading.offsets.borrow_mut().extend(offset.map(|offset| (span_path, offset)));
            Some(name)
        };
        every(self.list()?.into_iter().map(read))
    }

    /// Names of which none may stand twice. One name stands for a list of itself.
    pub(super) fn ident_set(&self) -> Option<BTreeSet<Ident>> {
        if self.is_text() {
            return Some(BTreeSet::from([self.ident()?]));
        }
        let names = self.idents()?;
        let mut set = BTreeSet::new();
        for name in names {
            if let Some(twice) = set.replace(name) {
                self.problem(ProblemCode::Duplicate, vec![Words::same(twice)]);
                return None;
            }
        }
        Some(set)
    }

    pub(super) fn word<T: Closed>(&self) -> Option<T> {
        let text = self.str()?;
        let word = T::from_name(text);
        if word.is_none() {
            let known = T::ALL.iter().map(|word| word.name()).collect::<Vec<_>>().join(", ");
            self.problem(ProblemCode::WordUnknown, vec![Words::same(text), Words::same(known)]);
        }
        word
    }

    pub(super) fn integer(&self, max: u64) -> Option<u64> {
        let Some(integer) = self.value.as_integer() else { return self.expected("整数", "a whole number") };
        let number = u64::from_str_radix(integer.as_str(), integer.radix()).ok();
        let number = number.filter(|number| *number <= max);
        if number.is_none() {
            let range = Words::of(format!("0 至 {max} 的整数"), format!("a whole number from 0 to {max}"));
            self.problem(ProblemCode::ValueInvalid, vec![Words::same(integer), range]);
        }
        number
    }

    pub(super) fn small(&self, max: u32) -> Option<u32> {
        self.integer(max.into()).and_then(|number| u32::try_from(number).ok())
    }

    /// A number from 1.
    pub(super) fn counted(&self, max: u32) -> Option<u32> {
        let number = self.small(max)?;
        if number > 0 {
            return Some(number);
        }
        let range = Words::of(format!("1 至 {max} 的整数"), format!("a whole number from 1 to {max}"));
        self.problem(ProblemCode::ValueInvalid, vec![Words::same(number), range]);
        None
    }

    pub(super) fn boolean(&self) -> Option<bool> {
        self.value.as_bool().or_else(|| self.expected("true 或 false", "true or false"))
    }

    pub(super) fn date(&self) -> Option<CivilDate> {
        let Some(datetime) = self.value.as_datetime() else {
            return self.expected("日期，如 2025-01-28", "a date such as 2025-01-28");
        };
        let date = match (datetime.date, datetime.time, datetime.offset) {
            (Some(date), None, None) => CivilDate::new(date.year, date.month, date.day).ok(),
            _ => None,
        };
        date.or_else(|| self.expected("日期，如 2025-01-28", "a date such as 2025-01-28"))
    }
}
