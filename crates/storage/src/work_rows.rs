//! Rows of the work list: whom each open case may call upon, both ways round. What they are the rules say; here they
//! are kept in step.

use std::collections::BTreeSet;

use bulla_types::{CalledUpon, CaseNumber, CreditCode, MemberNumber};

/// Who ‖ case u64.
const CALLED: u8 = 1;
/// Case u64 ‖ who.
const CASE: u8 = 2;

/// Who: u64.
const MEMBER: u8 = 1;
/// Who: 18 characters.
const CODE: u8 = 2;

/// The rows of a case, of both kinds.
pub(crate) fn of_case(case: CaseNumber, called: &CalledUpon) -> BTreeSet<Vec<u8>> {
    let members = called.members.iter().map(|number| member(*number));
    let all: Vec<_> = members.chain(called.codes.iter().map(code)).collect();
    let there = all.iter().map(|who| work(who, case));
    let back = all.iter().map(|who| [&of(case)[..], who].concat());
    there.chain(back).collect()
}

pub(crate) fn member(number: MemberNumber) -> Vec<u8> {
    [&[MEMBER][..], &number.0.to_be_bytes()].concat()
}

pub(crate) fn code(code: &CreditCode) -> Vec<u8> {
    [&[CODE][..], code.as_bytes()].concat()
}

/// The row of a case among those of someone.
pub(crate) fn work(who: &[u8], case: CaseNumber) -> Vec<u8> {
    [&works_of(who)[..], &case.0.to_be_bytes()].concat()
}

/// Beginning of the rows of someone.
pub(crate) fn works_of(who: &[u8]) -> Vec<u8> {
    [&[CALLED][..], who].concat()
}

/// Beginning of the rows of a case.
pub(crate) fn of(case: CaseNumber) -> Vec<u8> {
    [&[CASE][..], &case.0.to_be_bytes()].concat()
}

/// Reads whom a row of a case names into `called`; `None` when it is no such row.
pub(crate) fn read_into(row: &[u8], called: &mut CalledUpon) -> Option<()> {
    let (who, rest) = row.get(9..)?.split_first()?;
    match *who {
        MEMBER => called.members.insert(MemberNumber(u64::from_be_bytes(rest.try_into().ok()?))),
        CODE => called.codes.insert(CreditCode::parse(rest).ok()?),
        _ => return None,
    };
    Some(())
}

/// The case that a row is of.
pub(crate) fn case_of(row: &[u8]) -> Option<CaseNumber> {
    let number = match *row.first()? {
        CALLED => row.last_chunk(),
        CASE => row.get(1..)?.first_chunk(),
        _ => None,
    };
    number.copied().map(u64::from_be_bytes).map(CaseNumber)
}
