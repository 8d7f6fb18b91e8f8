//! Effects.

use std::collections::BTreeMap;

use bulla_types::{Fault, proto};

use super::Wire;
use super::condition::{read_optional, write_optional_condition};
use super::date_rule::date_rule;
use super::lists::{list, name_set, names, rising, write_all, write_names};
use super::words::{ident, optional_ident, write_optional};
use crate::profile::closed::Closed;
use crate::profile::effect::{Act, Documents, Effect, EndManner, Holders, RecordTarget};
use crate::profile::form::{At, FormError};
use crate::profile::ident::Ident;
use crate::profile::limits::NAMES_MAX;

use proto::rule_effect::Act as Message;

impl Wire for Effect {
    type Message = proto::RuleEffect;

    fn read(message: proto::RuleEffect) -> Result<Self, FormError> {
        let when = read_optional(message.when).at("when")?;
        Ok(Self { when, act: read_act(message.act.ok_or(Fault::Missing).at("act")?)? })
    }

    fn write(&self) -> proto::RuleEffect {
        proto::RuleEffect {
            when: write_optional_condition(self.when.as_ref()),
            act: Some(write_act(&self.act)),
        }
    }
}

fn read_act(message: Message) -> Result<Act, FormError> {
    Ok(match message {
        Message::OpenAccount(account) => Act::OpenAccount {
            party: ident(&account.party).at("party")?,
            kind: ident(&account.kind).at("kind")?,
            contents: names(account.contents, 0).at("contents")?,
        },
        Message::RecordEntry(entry) => Act::RecordEntry {
            object: ident(&entry.object).at("object")?,
            rights: name_set(entry.rights, 0).at("rights")?,
            holders: holders(&entry.holder, &entry.shares)?,
            account: optional_ident(&entry.account).at("account")?,
            contents: names(entry.contents, 0).at("contents")?,
        },
        Message::Amend(fields) => Act::Amend(names(fields.names, 1).at("names")?),
        Message::Transfer(transfer) => Act::Transfer {
            to: holders(&transfer.holder, &transfer.shares)?,
            rights: name_set(transfer.rights, 0).at("rights")?,
        },
        Message::Encumber(right) => Act::Encumber {
            right: ident(&right.right).at("right")?,
            holder: ident(&right.holder).at("holder")?,
            until: optional_ident(&right.until).at("until")?,
        },
        Message::Release(right) => Act::Release(ident(&right)?),
        Message::End(end) => Act::End {
            target: RecordTarget::from_wire(end.target).at("target")?,
            manner: EndManner::from_wire(end.manner).at("manner")?,
            scope: optional_ident(&end.scope).at("scope")?,
        },
        Message::Issue(issue) => Act::Issue {
            certificate: ident(&issue.certificate).at("certificate")?,
            to: name_set(issue.to, 1).at("to")?,
        },
        Message::Void(certificate) => Act::Void(ident(&certificate)?),
        Message::Extend(extend) => Act::Extend {
            certificate: ident(&extend.certificate).at("certificate")?,
            until: date_rule(extend.take, extend.until)?,
        },
        Message::SetFlag(flag) => Act::SetFlag(ident(&flag)?),
        Message::ClearFlag(flag) => Act::ClearFlag(ident(&flag)?),
        Message::Publish(publish) => Act::Publish {
            fields: names(publish.fields, 1).at("fields")?,
            until: optional_ident(&publish.until).at("until")?,
        },
        Message::ReturnDocuments(documents) if documents.names.is_empty() => {
            Act::ReturnDocuments(Documents::All)
        }
        Message::ReturnDocuments(documents) => {
            Act::ReturnDocuments(Documents::Of(name_set(documents.names, 1).at("names")?))
        }
        Message::OpenCase(open) => Act::OpenCase {
            procedure: ident(&open.procedure).at("procedure")?,
            parties: parties(open.parties).at("parties")?,
        },
        Message::Retain(value) => Act::Retain(ident(&value)?),
        Message::Erase(fields) => Act::Erase(names(fields.names, 1).at("names")?),
    })
}

fn holders(holder: &str, shares: &str) -> Result<Holders, FormError> {
    match (holder, shares) {
        (holder, "") => Ok(Holders::Party(ident(holder).at("holder")?)),
        ("", shares) => Ok(Holders::Shares(ident(shares).at("shares")?)),
        _ => Err(Fault::Unexpected("one party holds, or shares are given")).at("shares"),
    }
}

fn parties(pairs: Vec<proto::RulePair>) -> Result<BTreeMap<Ident, Ident>, FormError> {
    let read = |pair: proto::RulePair| Ok((ident(&pair.left).at("left")?, ident(&pair.right).at("right")?));
    let pairs = list(pairs, 0..=NAMES_MAX, read)?;
    let names: Vec<_> = pairs.iter().map(|(name, _)| name).collect();
    rising(&names)?;
    Ok(pairs.into_iter().collect())
}

fn write_act(act: &Act) -> Message {
    let in_order = |fields: &[Ident]| proto::RuleNameList { names: write_names(fields) };
    match act {
        Act::OpenAccount { party, kind, contents } => Message::OpenAccount(proto::RuleOpenAccount {
            party: party.to_string(),
            kind: kind.to_string(),
            contents: write_names(contents),
        }),
        Act::RecordEntry { object, rights, holders, account, contents } => {
            let (holder, shares) = write_holders(holders);
            Message::RecordEntry(proto::RuleRecordEntry {
                object: object.to_string(),
                rights: write_names(rights),
                holder,
                shares,
                account: write_optional(account.as_ref()),
                contents: write_names(contents),
            })
        }
        Act::Amend(fields) => Message::Amend(in_order(fields)),
        Act::Transfer { to: holders, rights } => {
            let (holder, shares) = write_holders(holders);
            Message::Transfer(proto::RuleTransfer { holder, shares, rights: write_names(rights) })
        }
        Act::Encumber { right, holder, until } => Message::Encumber(proto::RuleEncumber {
            right: right.to_string(),
            holder: holder.to_string(),
            until: write_optional(until.as_ref()),
        }),
        Act::Release(right) => Message::Release(right.to_string()),
        Act::End { target, manner, scope } => Message::End(proto::RuleEnd {
            target: target.number(),
            manner: manner.number(),
            scope: write_optional(scope.as_ref()),
        }),
        Act::Issue { certificate, to } => {
            Message::Issue(proto::RuleIssue { certificate: certificate.to_string(), to: write_names(to) })
        }
        Act::Void(certificate) => Message::Void(certificate.to_string()),
        Act::Extend { certificate, until } => Message::Extend(proto::RuleExtend {
            certificate: certificate.to_string(),
            take: until.take.number(),
            until: write_all(&until.terms),
        }),
        Act::SetFlag(flag) => Message::SetFlag(flag.to_string()),
        Act::ClearFlag(flag) => Message::ClearFlag(flag.to_string()),
        Act::Publish { fields, until } => Message::Publish(proto::RulePublish {
            fields: write_names(fields),
            until: write_optional(until.as_ref()),
        }),
        Act::ReturnDocuments(Documents::All) => Message::ReturnDocuments(in_order(&[])),
        Act::ReturnDocuments(Documents::Of(categories)) => {
            Message::ReturnDocuments(proto::RuleNameList { names: write_names(categories) })
        }
        Act::OpenCase { procedure, parties } => {
            let pair = |(left, right): (&Ident, &Ident)| proto::RulePair {
                left: left.to_string(),
                right: right.to_string(),
            };
            Message::OpenCase(proto::RuleOpen {
                procedure: procedure.to_string(),
                parties: parties.iter().map(pair).collect(),
            })
        }
        Act::Retain(value) => Message::Retain(value.to_string()),
        Act::Erase(fields) => Message::Erase(in_order(fields)),
    }
}

fn write_holders(holders: &Holders) -> (String, String) {
    match holders {
        Holders::Party(party) => (party.to_string(), String::new()),
        Holders::Shares(field) => (String::new(), field.to_string()),
    }
}
