//! Enums of the wire without their "unspecified" value.

/// Declares a domain enum whose numbers are those of the wire, for ever. 0 means missing, any other number
/// that is not listed the given fault.
macro_rules! wire_enum {
    (
        $(#[$meta:meta])*
        pub enum $name:ident: $unknown:expr => {
            $($(#[$variant_meta:meta])* $variant:ident = $number:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name {
            $($(#[$variant_meta])* $variant = $number,)+
        }

        impl $name {
            /// Every value, in rising order of number.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The number on the wire.
            #[must_use]
            pub const fn number(self) -> u8 {
                match self {
                    $(Self::$variant => $number,)+
                }
            }

            /// The value of this number on the wire.
            ///
            /// # Errors
            /// 0, which says nothing, and numbers that are not known.
            pub fn from_wire(number: i32) -> Result<Self, $crate::error::Fault> {
                match number {
                    0 => Err($crate::error::Fault::Missing),
                    $($number => Ok(Self::$variant),)+
                    other => Err($unknown(other)),
                }
            }

            /// The number as messages hold it.
            #[must_use]
            pub fn to_wire(self) -> i32 {
                i32::from(self.number())
            }
        }
    };
}

pub(crate) use wire_enum;

/// The fault of an enum that is not an algorithm.
pub(crate) fn unknown(number: i32) -> crate::error::Fault {
    crate::error::Fault::UnknownValue(number.into())
}

#[cfg(test)]
mod tests {
    use crate::{
        AccessToEntries, AttestationKind, Ballot, CaptureMode, CaseDeadlineStatus, CaseStatus,
        CertificateStatus, DeadlineStanding, DigestAlgorithm, FounderNode, KeyPurpose, KeyStatus,
        LedgerClass, LinkRelation, MemberKind, MemberStatus, ObjectStatus, ProfileStatus, ProposalStatus,
        RecordFlagClass, RegisterStatus, Role, SecondLog, SubjectKind, VoteType, proto,
    };

    macro_rules! numbers_are_those_of_the_wire {
        ($($name:ident)+) => {$(
            for number in -1..100 {
                let known = number != 0 && proto::$name::try_from(number).is_ok();
                assert_eq!($name::from_wire(number).is_ok(), known, "{} {number}", stringify!($name));
            }
            assert!($name::ALL.iter().all(|value| $name::from_wire(value.to_wire()) == Ok(*value)));
            assert!($name::ALL.is_sorted());
        )+};
    }

    #[test]
    fn numbers_are_those_of_the_wire() {
        numbers_are_those_of_the_wire! {
            AccessToEntries AttestationKind Ballot CaptureMode CaseDeadlineStatus CaseStatus CertificateStatus
            DeadlineStanding DigestAlgorithm FounderNode KeyPurpose KeyStatus LedgerClass LinkRelation MemberKind
            MemberStatus ObjectStatus ProfileStatus ProposalStatus RecordFlagClass RegisterStatus Role SecondLog SubjectKind
            VoteType
        }
    }
}
