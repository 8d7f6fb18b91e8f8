//! Rows by which records of the register are found: who holds them, which cases are about what and whose they are,
//! which are open, what falls due. A pure function of each record, used to write the rows and to check them.

use std::collections::BTreeSet;

use bulla_types::{
    AccountRecord, BlockTime, Canonical, CaseDeadlineStatus, CaseNumber, CaseRecord, CertificateRecord,
    DecodeError, MemberNumber, RegistrationRecord, RuleName, StateKey, Subject, SubjectKind,
};

/// Holder u64 ‖ subject 9.
const HELD: u8 = 1;
/// Subject 9, what the case is about or a member that is a party of it ‖ case u64.
const CASE_OF: u8 = 2;
/// Case u64, of open ones.
const OPEN: u8 = 3;
/// Due u64 ms ‖ subject 9 ‖ name of the deadline.
const DUE: u8 = 4;

/// Bytes of a subject: kind u8 ‖ number u64.
const SUBJECT_BYTES: usize = 9;

/// Something that falls due. Rows sort in the order in which they do.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DueRow {
    /// When.
    pub due: BlockTime,
    /// Of what: a case or a certificate.
    pub subject: Subject,
    /// Name of the deadline; `None` for the term of a certificate.
    pub deadline: Option<RuleName>,
}

/// Whether records of this kind have rows.
pub(crate) fn has_rows(key: &StateKey) -> bool {
    matches!(
        key,
        StateKey::Account(_) | StateKey::Registration(_) | StateKey::Certificate(_) | StateKey::Case(_)
    )
}

/// The rows of a record of the state map; none for kinds that are not found this way.
pub(crate) fn of_record(key: &StateKey, value: &[u8]) -> Result<BTreeSet<Vec<u8>>, DecodeError> {
    let mut rows = BTreeSet::new();
    match key {
        StateKey::Account(number) => {
            let account = AccountRecord::decode(value)?;
            rows.insert(held(account.holder, Subject::Account(*number)));
        }
        StateKey::Registration(number) => {
            let registration = RegistrationRecord::decode(value)?;
            let subject = Subject::Registration(*number);
            rows.extend(registration.all_holders().into_iter().map(|holder| held(holder, subject)));
        }
        StateKey::Certificate(number) => {
            let certificate = CertificateRecord::decode(value)?;
            let subject = Subject::Certificate(*number);
            rows.extend(certificate.holders.iter().map(|holder| held(*holder, subject)));
            let term = certificate.valid_until.filter(|_| certificate.status.stands());
            rows.extend(term.map(|due| DueRow { due, subject, deadline: None }.key()));
        }
        StateKey::Case(number) => case_rows(*number, &CaseRecord::decode(value)?, &mut rows),
        _ => {}
    }
    Ok(rows)
}

fn case_rows(number: CaseNumber, case: &CaseRecord, rows: &mut BTreeSet<Vec<u8>>) {
    rows.extend(case.about.map(|about| case_of(about, number)));
    let parties = case.parties.values().flatten();
    rows.extend(parties.map(|member| case_of(Subject::Member(*member), number)));
    if !case.is_open() {
        return;
    }
    rows.insert(open(number));
    for (name, deadline) in &case.deadlines {
        let due = deadline.due.filter(|_| deadline.status == CaseDeadlineStatus::Running);
        let row = |due| DueRow { due, subject: Subject::Case(number), deadline: Some(name.clone()) };
        rows.extend(due.map(|due| row(due).key()));
    }
}

pub(crate) fn held(holder: MemberNumber, record: Subject) -> Vec<u8> {
    [&held_by(holder)[..], &subject(record)].concat()
}

pub(crate) fn held_by(holder: MemberNumber) -> Vec<u8> {
    [&[HELD][..], &holder.0.to_be_bytes()].concat()
}

pub(crate) fn case_of(of: Subject, case: CaseNumber) -> Vec<u8> {
    [&cases_of(of)[..], &case.0.to_be_bytes()].concat()
}

pub(crate) fn cases_of(of: Subject) -> Vec<u8> {
    [&[CASE_OF][..], &subject(of)].concat()
}

pub(crate) fn open(case: CaseNumber) -> Vec<u8> {
    [&[OPEN][..], &case.0.to_be_bytes()].concat()
}

pub(crate) fn due_at(due: BlockTime) -> Vec<u8> {
    [&[DUE][..], &due.0.to_be_bytes()].concat()
}

/// The first key after those of all that falls due.
pub(crate) fn after_due() -> [u8; 1] {
    [DUE + 1]
}

/// The first key after those of open cases.
pub(crate) fn after_open() -> [u8; 1] {
    [OPEN + 1]
}

fn subject(subject: Subject) -> [u8; SUBJECT_BYTES] {
    let mut bytes = [subject.kind().number(); SUBJECT_BYTES];
    bytes[1..].copy_from_slice(&subject.number().to_be_bytes());
    bytes
}

/// The number at the end of a key.
pub(crate) fn last_number(key: &[u8]) -> Option<u64> {
    key.last_chunk().copied().map(u64::from_be_bytes)
}

impl DueRow {
    /// The row as bytes that sort as it does, to go on from.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let name = self.deadline.as_ref().map_or("", RuleName::as_str);
        [&self.due.0.to_be_bytes()[..], &subject(self.subject), name.as_bytes()].concat()
    }

    /// Reads [`encode`](Self::encode) back; bytes from anywhere.
    #[must_use]
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (due, rest) = bytes.split_first_chunk()?;
        let ([kind], rest) = rest.split_first_chunk()?;
        let (number, name) = rest.split_first_chunk()?;
        let kind = SubjectKind::from_wire((*kind).into()).ok()?;
        let number = u64::from_be_bytes(*number);
        let deadline = match kind {
            SubjectKind::Certificate if name.is_empty() => None,
            SubjectKind::Case => Some(std::str::from_utf8(name).ok()?.parse().ok()?),
            _ => return None,
        };
        let due = BlockTime(u64::from_be_bytes(*due));
        (number > 0).then(|| Self { due, subject: Subject::new(kind, number), deadline })
    }

    pub(crate) fn key(&self) -> Vec<u8> {
        [&[DUE][..], &self.encode()].concat()
    }

    pub(crate) fn of_key(key: &[u8]) -> Option<Self> {
        key.strip_prefix(&[DUE]).and_then(Self::decode)
    }
}

/// The record that accounts for a row.
pub(crate) fn accountable(row: &[u8]) -> Option<StateKey> {
    let (kind, rest) = row.split_first()?;
    let of_subject = |subject: Subject| match subject {
        Subject::Account(number) => Some(StateKey::Account(number)),
        Subject::Registration(number) => Some(StateKey::Registration(number)),
        Subject::Certificate(number) => Some(StateKey::Certificate(number)),
        Subject::Case(number) => Some(StateKey::Case(number)),
        _ => None,
    };
    match *kind {
        HELD => {
            let [kind, number @ ..]: &[u8; SUBJECT_BYTES] = rest.last_chunk()?;
            let kind = SubjectKind::from_wire((*kind).into()).ok()?;
            of_subject(Subject::new(kind, u64::from_be_bytes(*number.first_chunk()?)))
        }
        CASE_OF | OPEN => Some(StateKey::Case(CaseNumber(last_number(rest)?))),
        DUE => of_subject(DueRow::decode(rest)?.subject),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bulla_types::CertificateNumber;

    use super::*;

    #[test]
    fn what_falls_due_reads_back_and_sorts_as_its_bytes() {
        let term =
            DueRow { due: BlockTime(7), subject: Subject::Certificate(CertificateNumber(3)), deadline: None };
        let review = DueRow {
            due: BlockTime(7),
            subject: Subject::Case(CaseNumber(9)),
            deadline: Some("review".parse().unwrap()),
        };
        let later = DueRow { due: BlockTime(8), ..review.clone() };
        for row in [&term, &review, &later] {
            assert_eq!(DueRow::decode(&row.encode()).as_ref(), Some(row));
            assert_eq!(DueRow::of_key(&row.key()).as_ref(), Some(row));
        }
        assert!(review.encode() < term.encode() && term.encode() < later.encode());
    }

    #[test]
    fn bytes_that_name_nothing_due_are_not_read() {
        let row =
            DueRow { due: BlockTime(7), subject: Subject::Case(CaseNumber(9)), deadline: None }.encode();
        for bytes in [&b""[..], b"garbage", &row, &row[..17], &[0xff; 40]] {
            assert_eq!(DueRow::decode(bytes), None, "{bytes:?}");
        }
    }

    #[test]
    fn each_row_names_the_record_that_accounts_for_it() {
        let account = Subject::new(SubjectKind::Account, 5);
        let case = CaseNumber(9);
        assert_eq!(
            accountable(&held(MemberNumber(1), account)),
            Some(StateKey::Account(bulla_types::AccountNumber(5)))
        );
        for row in [case_of(account, case), open(case)] {
            assert_eq!(accountable(&row), Some(StateKey::Case(case)));
        }
        assert_eq!(accountable(&[9]), None);
    }
}
