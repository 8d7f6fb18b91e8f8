//! Finding records of the register, and the work of members.

use bulla_types::{
    BlockTime, CalledUpon, CaseNumber, CreditCode, MemberNumber, StateKey, Subject, SubjectKind,
};

use super::{KeyValue, View, damaged};
use crate::{
    column::{self, Column},
    error::Result,
    register_rows::{self, DueRow},
    work_rows,
};

impl View<'_> {
    /// Numbers of the records of a kind that a member holds or held last, rising, from `from` on. The iterator ends
    /// with its first error; so do all here.
    pub fn held(
        &self,
        holder: MemberNumber,
        kind: SubjectKind,
        from: u64,
    ) -> impl Iterator<Item = Result<u64>> + use<'_> {
        let first = register_rows::held(holder, Subject::new(kind, from));
        let kind = first.get(..10).unwrap_or_default();
        let rows = self.scan(Column::ByRegister, &first, &column::after_prefix(kind));
        rows.map(|row| number(Column::ByRegister, row))
    }

    /// Cases about something or, for a member, whose party it is or was: rising, from `from` on.
    pub fn cases_of(
        &self,
        of: Subject,
        from: CaseNumber,
    ) -> impl Iterator<Item = Result<CaseNumber>> + use<'_> {
        let (first, all) = (register_rows::case_of(of, from), register_rows::cases_of(of));
        let rows = self.scan(Column::ByRegister, &first, &column::after_prefix(&all));
        rows.map(|row| number(Column::ByRegister, row).map(CaseNumber))
    }

    /// Open cases, rising, from `from` on.
    pub fn open_cases(&self, from: CaseNumber) -> impl Iterator<Item = Result<CaseNumber>> + use<'_> {
        let rows = self.scan(Column::ByRegister, &register_rows::open(from), &register_rows::after_open());
        rows.map(|row| number(Column::ByRegister, row).map(CaseNumber))
    }

    /// What falls due at or after a time, in that order.
    pub fn due_from(&self, time: BlockTime) -> impl Iterator<Item = Result<DueRow>> + use<'_> {
        self.due(&register_rows::due_at(time))
    }

    /// What falls due from a row on, in that order.
    pub fn due_from_row(&self, row: &DueRow) -> impl Iterator<Item = Result<DueRow>> + use<'_> {
        self.due(&row.key())
    }

    fn due(&self, first: &[u8]) -> impl Iterator<Item = Result<DueRow>> + use<'_> {
        let rows = self.scan(Column::ByRegister, first, &register_rows::after_due());
        rows.map(|row| {
            let (key, _) = row?;
            DueRow::of_key(&key).ok_or_else(|| damaged(Column::ByRegister, &key, "nothing that falls due"))
        })
    }

    /// Open cases that may call upon a member, by its number: rising, from `from` on.
    pub fn work_of_member(
        &self,
        member: MemberNumber,
        from: CaseNumber,
    ) -> impl Iterator<Item = Result<CaseNumber>> + use<'_> {
        self.work(&work_rows::member(member), from)
    }

    /// Open cases that may call upon whoever has a unified social credit code: rising, from `from` on.
    pub fn work_of_code(
        &self,
        code: &CreditCode,
        from: CaseNumber,
    ) -> impl Iterator<Item = Result<CaseNumber>> + use<'_> {
        self.work(&work_rows::code(code), from)
    }

    fn work(&self, who: &[u8], from: CaseNumber) -> impl Iterator<Item = Result<CaseNumber>> + use<'_> {
        let (first, all) = (work_rows::work(who, from), work_rows::works_of(who));
        let rows = self.scan(Column::WorkList, &first, &column::after_prefix(&all));
        rows.map(|row| number(Column::WorkList, row).map(CaseNumber))
    }

    /// Whom an open case may call upon, as the work list has it.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn called_upon(&self, case: CaseNumber) -> Result<CalledUpon> {
        let mut called = CalledUpon::default();
        for row in self.scan_prefix(Column::WorkList, &work_rows::of(case)) {
            let (key, _) = row?;
            work_rows::read_into(&key, &mut called)
                .ok_or_else(|| damaged(Column::WorkList, &key, "it names nobody"))?;
        }
        Ok(called)
    }

    /// Whether there is a record that calls for a row of the register. One that cannot be read calls for none.
    pub(crate) fn accounts_for(&self, row: &[u8]) -> Result<bool> {
        let Some(key) = register_rows::accountable(row) else { return Ok(false) };
        let Some(value) = self.state(&StateKey::encode(&key))? else { return Ok(false) };
        Ok(register_rows::of_record(&key, &value).is_ok_and(|rows| rows.contains(row)))
    }
}

fn number(column: Column, row: Result<KeyValue>) -> Result<u64> {
    let (key, _) = row?;
    register_rows::last_number(&key).ok_or_else(|| damaged(column, &key, "it ends with no number"))
}
