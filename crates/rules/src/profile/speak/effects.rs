//! Effects, actors and needs in words.

use bulla_types::Lang;

use super::{Speaker, say};
use crate::profile::closed::Closed;
use crate::profile::effect::{Act, Documents, Effect, Holders};
use crate::profile::step::{Actor, Need, Step, Trigger};

impl Speaker<'_> {
    /// An effect.
    #[must_use]
    pub fn effect(&self, effect: &Effect) -> String {
        let act = self.act(&effect.act);
        match &effect.when {
            None => act,
            Some(when) => {
                let when = self.condition(when);
                say!(self.lang, "{act}（如{when}）", "{act} (if {when})")
            }
        }
    }

    fn act(&self, act: &Act) -> String {
        let lang = self.lang;
        match act {
            Act::OpenAccount { party, kind, .. } => {
                let (party, kind) = (self.party(party), self.account(kind));
                say!(lang, "为{party}开立{kind}", "open a {kind} for the {party}")
            }
            Act::RecordEntry { object, rights, holders, account, .. } => {
                let rights = self.list(rights, |right| self.right(right).to_owned());
                let (object, holders) = (self.object(object), self.holders(holders));
                let of =
                    if rights.is_empty() { String::new() } else { say!(lang, "的{rights}", ": {rights}") };
                let booked = account.as_ref().map(|account| self.account(account));
                let booked = booked.map(|account| say!(lang, "，记入{account}", ", booked in the {account}"));
                let booked = booked.unwrap_or_default();
                say!(
                    lang,
                    "登记{object}{of}，权益人为{holders}{booked}",
                    "record the {object}{of}, held by {holders}{booked}"
                )
            }
            Act::Amend(fields) => {
                let fields = self.fields(fields);
                say!(lang, "变更登记事项：{fields}", "amend: {fields}")
            }
            Act::Transfer { to, rights } if rights.is_empty() => {
                let holders = self.holders(to);
                say!(lang, "权益转移至{holders}", "transfer to {holders}")
            }
            Act::Transfer { to, rights } => {
                let rights = self.list(rights, |right| self.right(right).to_owned());
                let holders = self.holders(to);
                say!(lang, "{rights}转移至{holders}", "transfer the {rights} to {holders}")
            }
            Act::Encumber { right, holder, .. } => {
                let (right, holder) = (self.right(right), self.party(holder));
                say!(lang, "为{holder}设立{right}", "lay a {right} of the {holder} on it")
            }
            Act::Release(right) => {
                let right = self.right(right);
                say!(lang, "解除{right}", "release the {right}")
            }
            Act::End { target, manner, scope } => {
                let (target, manner) = (target.label(lang), manner.label(lang));
                let scope = scope.as_ref().map(|field| self.field(field));
                let scope =
                    scope.map(|field| say!(lang, "（限于{field}）", " (only {field})")).unwrap_or_default();
                say!(lang, "{manner}{target}{scope}", "the {target} is {manner}{scope}")
            }
            Act::Issue { certificate, to } => {
                let (certificate, to) = (self.certificate(certificate), self.parties(to));
                say!(lang, "向{to}颁发{certificate}", "issue the {certificate} to {to}")
            }
            Act::Void(certificate) => {
                let certificate = self.certificate(certificate);
                say!(lang, "{certificate}作废", "void the {certificate}")
            }
            Act::Extend { certificate, until } => {
                let (certificate, until) = (self.certificate(certificate), self.date_rule(until));
                say!(lang, "{certificate}延期至{until}", "extend the {certificate} until {until}")
            }
            Act::SetFlag(flag) => {
                let flag = self.flag(flag);
                say!(lang, "标注“{flag}”", "flag \"{flag}\"")
            }
            Act::ClearFlag(flag) => {
                let flag = self.flag(flag);
                say!(lang, "取消标注“{flag}”", "take off the flag \"{flag}\"")
            }
            Act::Publish { fields, until } => {
                let fields = self.fields(fields);
                let until = until.clone().map(crate::profile::Reference::of_case);
                let until = until.map(|until| self.deadline(&until));
                let until =
                    until.map(|until| say!(lang, "，至“{until}”", ", until \"{until}\"")).unwrap_or_default();
                say!(lang, "公示：{fields}{until}", "publish {fields}{until}")
            }
            Act::ReturnDocuments(Documents::All) => say!(lang, "退回全部材料", "return all documents"),
            Act::ReturnDocuments(Documents::Of(categories)) => {
                let documents = self.list(categories, |category| self.document(category).to_owned());
                say!(lang, "退回{documents}", "return {documents}")
            }
            Act::OpenCase { procedure, .. } => {
                let procedure = self.procedure(procedure);
                say!(lang, "启动{procedure}", "open a case of \"{procedure}\"")
            }
            Act::Retain(period) => {
                let period = self.value(period);
                say!(lang, "保存：{period}", "retain: {period}")
            }
            Act::Erase(fields) => {
                let fields = self.fields(fields);
                say!(lang, "可以删除{fields}", "{fields} may be erased")
            }
        }
    }

    fn holders(&self, holders: &Holders) -> String {
        match holders {
            Holders::Party(party) => self.party(party).to_owned(),
            Holders::Shares(field) => {
                let field = self.field(field);
                say!(self.lang, "{field}所列各方", "those of \"{field}\"")
            }
        }
    }

    /// Who takes a step.
    #[must_use]
    pub fn actor(&self, step: &Step) -> String {
        let lang = self.lang;
        match &step.by {
            Actor::Parties(parties) => parties
                .iter()
                .map(|party| self.party(party))
                .collect::<Vec<_>>()
                .join(if lang == Lang::Zh { "或" } else { " or " }),
            Actor::Ledger(trigger) => {
                let trigger = self.trigger(trigger);
                say!(lang, "账本（{trigger}）", "ledger ({trigger})")
            }
        }
    }

    fn trigger(&self, trigger: &Trigger) -> String {
        let lang = self.lang;
        match trigger {
            Trigger::Routing => say!(lang, "条件成立时", "as soon as the conditions hold"),
            Trigger::Deadline(deadline) => {
                let deadline = self.deadline(&crate::profile::Reference::of_case(deadline.clone()));
                say!(lang, "“{deadline}”届满时", "when \"{deadline}\" has come")
            }
            Trigger::ChildOpened(procedure) => {
                let procedure = self.procedure(procedure);
                say!(lang, "{procedure}立案时", "when a case of \"{procedure}\" is opened")
            }
            Trigger::ChildEnded { procedure, results } => {
                let of = self.profile.procedures.get(procedure.as_str());
                let results = self.list(results, |state| self.state_of(of, state).to_owned());
                let procedure = self.procedure(procedure);
                say!(lang, "{procedure}终结时：{results}", "when a case of \"{procedure}\" ends: {results}")
            }
            Trigger::ParentEnded => say!(lang, "主案件终结时", "when the parent case ends"),
            Trigger::RecordEnded => say!(lang, "所涉登记或账户终止时", "when the entry or account ends"),
            Trigger::Opened => say!(lang, "由其他案件启动", "opened by another case"),
            Trigger::Cycle(cycle) => {
                let cycle = cycle.label(lang);
                say!(lang, "每{cycle}末", "at the end of each {cycle}")
            }
        }
    }

    /// A thing that a step brings, with when it must.
    #[must_use]
    pub fn need(&self, what: &str, need: &Need) -> String {
        let lang = self.lang;
        match need {
            Need::Required => what.to_owned(),
            Need::Optional => say!(lang, "{what}（可选）", "{what} (optional)"),
            Need::RequiredWhen(when) => {
                let when = self.condition(when);
                say!(lang, "{what}（如{when}）", "{what} (if {when})")
            }
        }
    }
}
