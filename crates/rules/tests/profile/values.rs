//! Which values are of which type.

use bulla_rules::profile::{CertificateClass, Closed, FieldType, Profile};
use bulla_types::{
    AccountNumber, CaseNumber, CertificateNumber, CreditCode, DigestAlgorithm, Digests, DocumentDigest,
    FieldValue, MemberNumber, RegistrationNumber, Shares,
};

use crate::support::sample;

/// A value of each type, and the type.
fn of_each_type(profile: &Profile) -> Vec<(FieldType, FieldValue)> {
    let vocabulary = profile.vocabularies.as_slice().first().unwrap();
    let term = vocabulary.terms[0].name.as_str().parse().unwrap();
    let digest = DocumentDigest { algorithm: DigestAlgorithm::Sha256, value: bulla_crypto::sha256(&[b"a"]) };
    let member = MemberNumber(7);
    vec![
        (FieldType::Text { bytes_max: 6 }, FieldValue::Text("数据".to_owned())),
        (FieldType::Term { vocabulary: vocabulary.head.name.clone() }, FieldValue::Term(term)),
        (FieldType::Integer, FieldValue::Integer(0)),
        (FieldType::Ratio, FieldValue::Ratio(1)),
        (FieldType::Amount { currency: "CNY".to_owned() }, FieldValue::Amount(1)),
        (FieldType::Date, FieldValue::Date(20_260_228)),
        (FieldType::Boolean, FieldValue::Answer(false)),
        (FieldType::CreditCode, FieldValue::CreditCode(CreditCode::parse(b"91350100M000100Y43").unwrap())),
        (FieldType::Digest, FieldValue::Digests(Digests::new(vec![digest]).unwrap())),
        (FieldType::Member, FieldValue::Member(member)),
        (FieldType::Account, FieldValue::Account(AccountNumber(1))),
        (FieldType::Entry, FieldValue::Registration(RegistrationNumber(1))),
        (
            FieldType::Certificate { class: CertificateClass::ALL[0] },
            FieldValue::Certificate(CertificateNumber(1)),
        ),
        (FieldType::Case, FieldValue::Case(CaseNumber(1))),
        (FieldType::Shares, FieldValue::Shares(Shares::whole(member))),
    ]
}

#[test]
fn a_type_holds_values_of_its_own_kind_and_no_others() {
    let profile = sample();
    let all = of_each_type(&profile);
    for (of, own) in &all {
        for (_, value) in &all {
            assert_eq!(of.holds(value, &profile), own == value, "{of:?} {value:?}");
        }
    }
}

#[test]
fn a_value_of_the_kind_is_also_whole_in_itself() {
    let profile = sample();
    let vocabulary = profile.vocabularies.as_slice()[0].head.name.clone();
    for (of, value) in [
        (FieldType::Text { bytes_max: 5 }, FieldValue::Text("数据".to_owned())),
        (FieldType::Text { bytes_max: 9 }, FieldValue::Text("a\u{7}".to_owned())),
        (FieldType::Term { vocabulary }, FieldValue::Term("no_such_term".parse().unwrap())),
        (FieldType::Date, FieldValue::Date(20_260_229)),
    ] {
        assert!(!of.holds(&value, &profile), "{of:?} {value:?}");
    }
}
