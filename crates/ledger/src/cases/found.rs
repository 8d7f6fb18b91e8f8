//! What a condition finds in place of what it asks for: values that differ, certificates that do not stand so.

use std::fmt;

use bulla_rules::CivilDate;
use bulla_rules::profile::{
    CertificateRef, CertificateStanding, Condition, Content, FieldType, Operand, Profile, Reference,
};
use bulla_types::{
    BlockTime, CertificateNumber, CertificateRecord, CertificateStatus, DocumentDigest, FieldContent,
    FieldValue, MemberNumber, Share, Subject,
};

use crate::view::StateView;

use super::actors;
use super::case::Case;
use super::conditions;
use super::places;
use super::rule::Stop;
use super::run::{Acting, Run};

/// What is told of one refusal, at most.
const FOUND_MAX: usize = 8;
/// Values of one field that are told, members of one certificate, shares of one whole, each at most.
const VALUES_TOLD_MAX: usize = 4;

/// What is found. In words, as nodes tell it: `price says 100.00 CNY`, `Z-4 lapsed at TIME`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Found {
    /// A field says this, in clear.
    Says {
        /// The field, as the condition names it.
        field: String,
        /// Its values.
        values: String,
    },
    /// A field says nothing.
    Silent(String),
    /// A field stands as a commitment, and what it says is not told.
    Hidden(String),
    /// A value of the profile is this.
    Value {
        /// Its name.
        name: String,
        /// What it is.
        is: String,
    },
    /// How a certificate stands.
    Stands {
        /// The certificate.
        certificate: CertificateNumber,
        /// How.
        how: Standing,
    },
    /// A certificate is of another profile.
    OfProfile {
        /// The certificate.
        certificate: CertificateNumber,
        /// The profile that it was issued under.
        profile: String,
    },
    /// A certificate was issued to others.
    HeldBy {
        /// The certificate.
        certificate: CertificateNumber,
        /// To whom.
        holders: Vec<MemberNumber>,
    },
}

/// How a certificate stands at a time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// It is valid.
    Valid,
    /// It is suspended.
    Suspended,
    /// It is void.
    Void,
    /// Its term came then.
    Lapsed(Option<BlockTime>),
}

impl fmt::Display for Found {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let named = |number: &CertificateNumber| Subject::Certificate(*number);
        match self {
            Self::Says { field, values } => write!(f, "{field} says {values}"),
            Self::Silent(field) => write!(f, "{field} says nothing"),
            Self::Hidden(field) => write!(f, "{field} stands as a commitment"),
            Self::Value { name, is } => write!(f, "the value {name} is {is}"),
            Self::Stands { certificate, how } => match how {
                Standing::Valid => write!(f, "{} is valid", named(certificate)),
                Standing::Suspended => write!(f, "{} is suspended", named(certificate)),
                Standing::Void => write!(f, "{} is void", named(certificate)),
                Standing::Lapsed(Some(at)) => write!(f, "{} lapsed at {at}", named(certificate)),
                Standing::Lapsed(None) => write!(f, "{} has lapsed", named(certificate)),
            },
            Self::OfProfile { certificate, profile } => {
                write!(f, "{} is of profile {profile}", named(certificate))
            }
            Self::HeldBy { certificate, holders } => {
                let holders = holders.iter().map(|member| Subject::Member(*member).to_string());
                write!(f, "{} was issued to {}", named(certificate), few(holders.collect()))
            }
        }
    }
}

/// What a plain condition finds that does not hold.
pub(super) fn of<V: StateView>(
    case: &Case,
    acting: &Acting,
    condition: &Condition,
    found: &mut Vec<Found>,
    run: &mut Run<'_, '_, V>,
) -> Result<(), Stop> {
    let told = match condition {
        Condition::Same(left, right) => {
            vec![field(case, acting, left, run)?, field(case, acting, right, run)?]
        }
        Condition::Compare { field: left, other, .. } => {
            let right = match other {
                Operand::Field(right) => Some(field(case, acting, right, run)?),
                Operand::Value(name) => conditions::amount_of(&case.profile, name).map(|is| {
                    // What it is compared with says in which unit it is.
                    let is = number(is, &case.profile, left);
                    Found::Value { name: name.to_string(), is }
                }),
            };
            std::iter::once(field(case, acting, left, run)?).chain(right).collect()
        }
        Condition::Standing { certificate, standing } => stands(case, certificate, *standing, run)?,
        Condition::FromProfile { certificate, value } => {
            let mut told = Vec::new();
            for record in certificates(case, certificate, run)? {
                let profile = &run.state.profile(record.profile)?.id;
                match conditions::content_of(&case.profile, value) {
                    Some(Content::Profiles(recognised)) if recognised.contains(profile) => {}
                    _ => told
                        .push(Found::OfProfile { certificate: record.number, profile: profile.to_string() }),
                }
            }
            told
        }
        Condition::HeldBy { certificate, party } => {
            let members = actors::members(case, acting, party, run)?.unwrap_or_default();
            let records = certificates(case, certificate, run)?.into_iter();
            let others = records.filter(|record| !members.is_subset(&record.holders));
            others
                .map(|record| Found::HeldBy {
                    certificate: record.number,
                    holders: record.holders.into_iter().collect(),
                })
                .collect()
        }
        _ => Vec::new(),
    };
    // Commitments alone tell nothing.
    if told.iter().all(|told| matches!(told, Found::Hidden(_))) {
        return Ok(());
    }
    let room = FOUND_MAX.saturating_sub(found.len());
    found.extend(told.into_iter().take(room));
    Ok(())
}

fn certificates<V: StateView>(
    case: &Case,
    reference: &CertificateRef,
    run: &mut Run<'_, '_, V>,
) -> Result<Vec<CertificateRecord>, Stop> {
    let numbers = places::certificates(case, reference, run)?;
    let read = |number| places::certificate(number, run).map(|record| (*record).clone());
    Ok(numbers.into_iter().map(read).collect::<Result<_, _>>()?)
}

/// Certificates that stand otherwise than asked.
fn stands<V: StateView>(
    case: &Case,
    reference: &CertificateRef,
    asked: CertificateStanding,
    run: &mut Run<'_, '_, V>,
) -> Result<Vec<Found>, Stop> {
    let now = run.now();
    let mut told = Vec::new();
    for record in certificates(case, reference, run)? {
        let how = match record.status {
            CertificateStatus::Void => Standing::Void,
            _ if record.has_lapsed(now) => Standing::Lapsed(record.valid_until),
            CertificateStatus::Suspended => Standing::Suspended,
            CertificateStatus::InForce | CertificateStatus::Lapsed => Standing::Valid,
        };
        let as_asked = match asked {
            CertificateStanding::Valid => how == Standing::Valid,
            CertificateStanding::Lapsed => matches!(how, Standing::Lapsed(_)),
            CertificateStanding::Void => how == Standing::Void,
        };
        if !as_asked {
            told.push(Found::Stands { certificate: record.number, how });
        }
    }
    Ok(told)
}

fn field<V: StateView>(
    case: &Case,
    acting: &Acting,
    reference: &Reference,
    run: &mut Run<'_, '_, V>,
) -> Result<Found, Stop> {
    let field = reference.to_string();
    Ok(match conditions::field(case, acting, reference, run)? {
        None => Found::Silent(field),
        Some(FieldContent::Committed(_)) => Found::Hidden(field),
        Some(FieldContent::Clear(values)) => {
            let told = values.as_slice().iter().map(|value| told(value, &case.profile, reference));
            Found::Says { field, values: few(told.collect()) }
        }
    })
}

/// A clear value in a few words.
fn told(value: &FieldValue, profile: &Profile, reference: &Reference) -> String {
    match value {
        // No text stands in clear.
        FieldValue::Text(_) => "a text".to_owned(),
        FieldValue::Term(term) => term.to_string(),
        FieldValue::Integer(found) | FieldValue::Amount(found) => number(*found, profile, reference),
        FieldValue::Ratio(ppm) => number(u64::from(*ppm), profile, reference),
        FieldValue::Date(found) => {
            CivilDate::from_number(*found).map_or_else(|_| found.to_string(), |date| date.to_string())
        }
        FieldValue::Answer(answer) => answer.to_string(),
        FieldValue::CreditCode(code) => code.to_string(),
        FieldValue::Digests(digests) => {
            let told = |found: &DocumentDigest| format!("{} {}", found.algorithm, found.value);
            few(digests.as_slice().iter().map(told).collect())
        }
        FieldValue::Member(number) => Subject::Member(*number).to_string(),
        FieldValue::Account(number) => Subject::Account(*number).to_string(),
        FieldValue::Registration(number) => Subject::Registration(*number).to_string(),
        FieldValue::Certificate(number) => Subject::Certificate(*number).to_string(),
        FieldValue::Case(number) => Subject::Case(*number).to_string(),
        FieldValue::Shares(shares) => {
            let told = |share: &Share| {
                format!("{}={}", Subject::Member(share.member), percent(u64::from(share.ppm)))
            };
            few(shares.as_slice().iter().map(told).collect())
        }
    }
}

/// A number in the unit of a field.
fn number(found: u64, profile: &Profile, field: &Reference) -> String {
    match profile.fields.get(field.name.as_str()).map(|field| &field.of) {
        Some(FieldType::Amount { currency }) => format!("{}.{:02} {currency}", found / 100, found % 100),
        Some(FieldType::Ratio) => percent(found),
        _ => found.to_string(),
    }
}

/// Parts per million as a percentage.
fn percent(ppm: u64) -> String {
    let rest = format!("{:04}", ppm % 10_000);
    match rest.trim_end_matches('0') {
        "" => format!("{}%", ppm / 10_000),
        rest => format!("{}.{rest}%", ppm / 10_000),
    }
}

/// The first of a list, and how many more there are.
fn few(mut told: Vec<String>) -> String {
    let more = told.len().saturating_sub(VALUES_TOLD_MAX);
    told.truncate(VALUES_TOLD_MAX);
    let told = told.join(", ");
    if more == 0 { told } else { format!("{told} (+{more})") }
}
