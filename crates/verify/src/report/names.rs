//! What records and fields say, in words of this ledger.

use std::collections::BTreeMap;

use bulla_types::{
    Digests, DocumentDigest, Encumbrance, FieldContent, FieldValue, FieldValues, Identifier, LedgerId,
    RecordFlag, RuleName, Share, Shares, Subject,
};

use super::record::{ContentReport, Contents, EncumbranceReport, FlagReport, HeldRightReport, ShareReport};

/// Names what records say, in the identifiers of their ledger.
pub(crate) struct Names<'a>(pub(crate) &'a LedgerId);

impl Names<'_> {
    pub(crate) fn of(&self, subject: Subject) -> Identifier {
        Identifier { ledger: self.0.into(), subject }
    }

    pub(crate) fn shares(&self, shares: &Shares) -> Vec<ShareReport> {
        let share =
            |share: &Share| ShareReport { member: self.of(Subject::Member(share.member)), ppm: share.ppm };
        shares.as_slice().iter().map(share).collect()
    }

    pub(crate) fn held_right(&self, right: &RuleName, held: &Shares) -> HeldRightReport {
        HeldRightReport { right: right.clone(), holders: self.shares(held) }
    }

    pub(crate) fn encumbrance(&self, laid: &Encumbrance) -> EncumbranceReport {
        EncumbranceReport {
            right: laid.right.clone(),
            holder: self.of(Subject::Member(laid.holder)),
            until_ms: laid.until.map(|until| until.0),
            case: self.of(Subject::Case(laid.case)),
            since_ms: laid.since.0,
        }
    }

    pub(crate) fn flags(&self, flags: &BTreeMap<RuleName, RecordFlag>) -> Vec<FlagReport> {
        let flag = |(name, flag): (&RuleName, &RecordFlag)| FlagReport {
            flag: name.clone(),
            suspends: flag.class.suspends(),
            case: self.of(Subject::Case(flag.case)),
            since_ms: flag.since.0,
        };
        flags.iter().map(flag).collect()
    }

    pub(crate) fn contents(&self, contents: &BTreeMap<RuleName, FieldContent>) -> Contents {
        contents.iter().map(|(name, found)| (name.to_string(), self.content(found))).collect()
    }

    pub(crate) fn content(&self, content: &FieldContent) -> ContentReport {
        match content {
            FieldContent::Clear(values) => ContentReport::Values(self.values(values)),
            FieldContent::Committed(commitment) => ContentReport::Commitment(commitment.0),
        }
    }

    pub(crate) fn values(&self, values: &FieldValues) -> Vec<String> {
        values.as_slice().iter().map(|value| self.value(value)).collect()
    }

    fn value(&self, value: &FieldValue) -> String {
        match value {
            FieldValue::Text(text) => text.clone(),
            FieldValue::Term(term) => term.to_string(),
            FieldValue::Integer(number) | FieldValue::Amount(number) => number.to_string(),
            FieldValue::Ratio(ppm) => format!("{ppm} ppm"),
            FieldValue::Date(date) => {
                format!("{:04}-{:02}-{:02}", date / 10_000, date / 100 % 100, date % 100)
            }
            FieldValue::Answer(answer) => if *answer { "yes" } else { "no" }.to_owned(),
            FieldValue::CreditCode(code) => code.to_string(),
            FieldValue::Digests(digests) => digests_text(digests),
            FieldValue::Member(number) => self.of(Subject::Member(*number)).to_string(),
            FieldValue::Account(number) => self.of(Subject::Account(*number)).to_string(),
            FieldValue::Registration(number) => self.of(Subject::Registration(*number)).to_string(),
            FieldValue::Certificate(number) => self.of(Subject::Certificate(*number)).to_string(),
            FieldValue::Case(number) => self.of(Subject::Case(*number)).to_string(),
            FieldValue::Shares(shares) => {
                let shares = self.shares(shares);
                let shares = shares.iter().map(|share| format!("{} {} ppm", share.member, share.ppm));
                shares.collect::<Vec<_>>().join(", ")
            }
        }
    }
}

/// Digests of one document, each with its algorithm.
pub(crate) fn digests_text(digests: &Digests) -> String {
    let digest = |digest: &DocumentDigest| format!("{}:{}", digest.algorithm, digest.value);
    digests.as_slice().iter().map(digest).collect::<Vec<_>>().join(" ")
}
