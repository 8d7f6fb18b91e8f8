//! Kinds of records.

use bulla_types::{Fault, proto};

use super::Wire;
use super::lists::{list, name_set, names, words, write_all, write_names};
use super::words::{head, optional_ident, write_optional};
use crate::profile::closed::Closed;
use crate::profile::form::{At, FormError};
use crate::profile::ident::Ident;
use crate::profile::limits::EFFECTS_MAX;
use crate::profile::records::{
    AccountKind, AccountNumber, CertificateClass, CertificateKind, CertificateSubject, FlagClass, FlagKind,
    FlagTarget, ObjectKind, RightClass, RightKind,
};

impl Wire for AccountKind {
    type Message = proto::RuleAccount;

    fn read(message: proto::RuleAccount) -> Result<Self, FormError> {
        let for_each: Vec<Ident> = name_set(message.for_each, 0).at("for_each")?.into_iter().collect();
        let number = match (message.one_per_holder, for_each.is_empty()) {
            (true, _) => AccountNumber::OneForEach(for_each),
            (false, true) => AccountNumber::Any,
            (false, false) => {
                return Err(Fault::Unexpected("only with one account for each holder")).at("for_each");
            }
        };
        Ok(Self { head: head(message.head)?, within: optional_ident(&message.within).at("within")?, number })
    }

    fn write(&self) -> proto::RuleAccount {
        let (one_per_holder, for_each) = match &self.number {
            AccountNumber::OneForEach(fields) => (true, write_names(fields)),
            AccountNumber::Any => (false, Vec::new()),
        };
        proto::RuleAccount {
            head: Some(self.head.write()),
            within: write_optional(self.within.as_ref()),
            one_per_holder,
            for_each,
        }
    }
}

impl Wire for ObjectKind {
    type Message = proto::RuleObject;

    fn read(message: proto::RuleObject) -> Result<Self, FormError> {
        let unique_by = name_set(message.unique_by, 1).at("unique_by")?.into_iter().collect();
        Ok(Self { head: head(message.head)?, unique_by })
    }

    fn write(&self) -> proto::RuleObject {
        proto::RuleObject { head: Some(self.head.write()), unique_by: write_names(&self.unique_by) }
    }
}

impl Wire for RightKind {
    type Message = proto::RuleRight;

    fn read(message: proto::RuleRight) -> Result<Self, FormError> {
        Ok(Self { class: RightClass::from_wire(message.class).at("class")?, head: head(message.head)? })
    }

    fn write(&self) -> proto::RuleRight {
        proto::RuleRight { head: Some(self.head.write()), class: self.class.number() }
    }
}

impl Wire for FlagKind {
    type Message = proto::RuleFlag;

    fn read(message: proto::RuleFlag) -> Result<Self, FormError> {
        Ok(Self {
            on: FlagTarget::from_wire(message.on).at("on")?,
            class: FlagClass::from_wire(message.class).at("class")?,
            head: head(message.head)?,
        })
    }

    fn write(&self) -> proto::RuleFlag {
        proto::RuleFlag { head: Some(self.head.write()), on: self.on.number(), class: self.class.number() }
    }
}

impl Wire for CertificateKind {
    type Message = proto::RuleCertificate;

    fn read(message: proto::RuleCertificate) -> Result<Self, FormError> {
        Ok(Self {
            class: CertificateClass::from_wire(message.class).at("class")?,
            subject: CertificateSubject::from_wire(message.subject).at("subject")?,
            contents: names(message.contents, 0).at("contents")?,
            validity: message.validity.map(Wire::read).transpose().at("validity")?,
            on_lapse: list(message.on_lapse, 0..=EFFECTS_MAX, Wire::read).at("on_lapse")?,
            voided_by: words(&message.voided_by).at("voided_by")?,
            head: head(message.head)?,
        })
    }

    fn write(&self) -> proto::RuleCertificate {
        proto::RuleCertificate {
            head: Some(self.head.write()),
            class: self.class.number(),
            subject: self.subject.number(),
            contents: write_names(&self.contents),
            validity: self.validity.as_ref().map(Wire::write),
            on_lapse: write_all(&self.on_lapse),
            voided_by: self.voided_by.iter().map(|event| event.number()).collect(),
        }
    }
}
