//! What is wrong with a step, in words of both languages.

use std::fmt::Display;

use bulla_rules::profile::{Closed, DocumentForm};
use bulla_types::{Lang, SubjectKind};

use super::error::{Asked, ItemAt, StepError, StepFault};

impl StepError {
    /// One sentence that names the step, its article, and what is asked for.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        let Self { step, article, fault } = self;
        let fault = fault.message(lang);
        match (lang, article.is_empty()) {
            (Lang::Zh, true) => format!("步骤 {step}：{fault}"),
            (Lang::Zh, false) => format!("步骤 {step}（{article}）：{fault}"),
            (Lang::En, true) => format!("step {step}: {fault}"),
            (Lang::En, false) => format!("step {step} ({article}): {fault}"),
        }
    }
}

impl StepFault {
    /// What is wrong, in one sentence.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        match lang {
            Lang::Zh => self.zh(),
            Lang::En => self.en(),
        }
    }

    fn en(&self) -> String {
        let at = |item: &ItemAt| item.words(Lang::En);
        match self {
            Self::ProcedureUnknown { procedure, known } => {
                format!("the profile has no procedure {procedure}; it has {}", list(known))
            }
            Self::StepUnknown { possible } => format!("there is no such step; possible: {}", list(possible)),
            Self::Superseded => "the profile is not in force any more, no case is opened under it".to_owned(),
            Self::NotOpening { possible } => format!("it opens no case; those that do: {}", list(possible)),
            Self::LedgerStep => "the ledger takes this step by itself".to_owned(),
            Self::CaseEnded { state } => format!("the case has ended, in state {state}"),
            Self::OutOfOrder { state, .. } => format!("it is not taken in state {state}"),
            Self::OtherProfile => "the case runs under another profile".to_owned(),
            Self::AboutWrong { expected: None, .. } => {
                "a case of this procedure is about nothing that is on the ledger yet".to_owned()
            }
            Self::AboutWrong { expected: Some(kind), found: None } => {
                let (letter, kind) = (kind.letter(), kind_in(*kind, Lang::En));
                format!("a case of this procedure is about {kind}: say which, {letter}-…")
            }
            Self::AboutWrong { expected: Some(kind), found: Some(found) } => {
                let (letter, kind) = (kind.letter(), kind_in(*kind, Lang::En));
                let found = kind_in(found.kind(), Lang::En);
                format!("a case of this procedure is about {kind}, {letter}-…, and what is named is {found}")
            }
            Self::NotNamed(party) => format!("name the member that is {}", at(party)),
            Self::NamedSuperfluous { party, expected } => {
                format!("no member is named for {party}; named are: {}", list(expected))
            }
            Self::PartyOpen { expected } => format!("say as which party: {}", list(expected)),
            Self::PartyWrong { party, by, signed_by } => format!(
                "{party} has no part in it; it is taken by {}, signed besides by {}",
                list(by),
                list(signed_by)
            ),
            Self::ActorMissing(party) => format!("nobody acts as {}", at(party)),
            Self::MembersMissing { party, members } => {
                format!("{} acts together; missing: member {}", at(party), list(members))
            }
            Self::MemberWrong { party, member, expected } => {
                format!("{} is not member {member} but {}", at(party), list(expected))
            }
            Self::AgentNotAllowed(party) => format!("no agent may act for {}", at(party)),
            Self::MandateMissing(document) => format!("the agent's mandate is missing: {}", at(document)),
            Self::FieldUnknown { field, known } => {
                format!("it has no field {field}; it has {}", list(known))
            }
            Self::FieldMissing(field) => format!("the field {} is missing", at(field)),
            Self::FieldInvalid { field, found, asked } => {
                format!("the field {} must be {}, found \"{found}\"", at(field), asked.words(Lang::En))
            }
            Self::FieldTooMany { field, max } => format!("the field {} has at most {max} values", at(field)),
            Self::FieldRepeated(field) => format!("the field {} is said twice", at(field)),
            Self::FieldDiffers { field, other } => {
                format!("the field {} must say the same as {}, which says otherwise", at(field), at(other))
            }
            Self::FieldUnseen { field, other } => format!(
                "the field {} must say the same as {}, which cannot be read here: \"=\" takes it over unseen",
                at(field),
                at(other)
            ),
            Self::DocumentUnknown { document, known } => {
                format!("it has no document {document}; it has {}", list(known))
            }
            Self::DocumentMissing(document) => format!("the document {} is missing", at(document)),
            Self::DocumentsTooFew { document, needed } => {
                format!("at least {needed} of the document {} are needed", at(document))
            }
            Self::DocumentsTooMany { document, max } => {
                format!("at most {max} of the document {} are taken", at(document))
            }
            Self::DocumentForm { document, found, forms } => {
                format!(
                    "the document {} must be {}, found \"{found}\"",
                    at(document),
                    forms_in(forms, Lang::En)
                )
            }
            Self::DocumentEmpty(document) => {
                format!("the document {} is empty, and proves nothing", at(document))
            }
            Self::ReasonsMissing => "it gives reasons, and they are missing".to_owned(),
            Self::ReasonsUnexpected => "it gives no reasons".to_owned(),
        }
    }

    fn zh(&self) -> String {
        let at = |item: &ItemAt| item.words(Lang::Zh);
        match self {
            Self::ProcedureUnknown { procedure, known } => {
                format!("规则配置中没有程序 {procedure}，现有：{}", list(known))
            }
            Self::StepUnknown { possible } => format!("没有这一步骤，可办理：{}", list(possible)),
            Self::Superseded => "该规则配置已被新版本取代，不再据以立案".to_owned(),
            Self::NotOpening { possible } => format!("该步骤不能立案，立案步骤：{}", list(possible)),
            Self::LedgerStep => "该步骤由账本自行办理".to_owned(),
            Self::CaseEnded { state } => format!("案件已终结，状态为 {state}"),
            Self::OutOfOrder { state, .. } => format!("案件处于 {state} 状态，不能办理该步骤"),
            Self::OtherProfile => "案件适用另一规则配置".to_owned(),
            Self::AboutWrong { expected: None, .. } => "该程序的案件不针对账本上已有的事项".to_owned(),
            Self::AboutWrong { expected: Some(kind), found: None } => {
                format!("该程序的案件须针对{} {}-…，请指明", kind_in(*kind, Lang::Zh), kind.letter())
            }
            Self::AboutWrong { expected: Some(kind), found: Some(found) } => {
                let found = kind_in(found.kind(), Lang::Zh);
                let (letter, kind) = (kind.letter(), kind_in(*kind, Lang::Zh));
                format!("该程序的案件须针对{kind} {letter}-…，而所指明的是{found}")
            }
            Self::NotNamed(party) => format!("须指明{}是哪一成员", at(party)),
            Self::NamedSuperfluous { party, expected } => {
                format!("无须指明 {party}，须指明：{}", list(expected))
            }
            Self::PartyOpen { expected } => format!("请指明以何种身份办理：{}", list(expected)),
            Self::PartyWrong { party, by, signed_by } => {
                format!("{party} 不参与该步骤，办理人：{}，共同签署人：{}", list(by), list(signed_by))
            }
            Self::ActorMissing(party) => format!("缺少{}", at(party)),
            Self::MembersMissing { party, members } => {
                format!("{}须共同办理，缺少成员 {}", at(party), list(members))
            }
            Self::MemberWrong { party, member, expected } => {
                format!("{}不是成员 {member}，而是成员 {}", at(party), list(expected))
            }
            Self::AgentNotAllowed(party) => format!("{}不得由代理人办理", at(party)),
            Self::MandateMissing(document) => format!("缺少代理人的授权文件：{}", at(document)),
            Self::FieldUnknown { field, known } => format!("该步骤没有字段 {field}，现有：{}", list(known)),
            Self::FieldMissing(field) => format!("缺少字段{}", at(field)),
            Self::FieldInvalid { field, found, asked } => {
                format!("字段{}须为{}，而不是“{found}”", at(field), asked.words(Lang::Zh))
            }
            Self::FieldTooMany { field, max } => format!("字段{}最多 {max} 个值", at(field)),
            Self::FieldRepeated(field) => format!("字段{}重复", at(field)),
            Self::FieldDiffers { field, other } => {
                format!("字段{}须与{}一致，而后者并非如此", at(field), at(other))
            }
            Self::FieldUnseen { field, other } => {
                format!("字段{}须与{}一致，而后者在此不可读：填写“=”即照录", at(field), at(other))
            }
            Self::DocumentUnknown { document, known } => {
                format!("该步骤没有材料 {document}，现有：{}", list(known))
            }
            Self::DocumentMissing(document) => format!("缺少材料{}", at(document)),
            Self::DocumentsTooFew { document, needed } => format!("材料{}至少须有 {needed} 份", at(document)),
            Self::DocumentsTooMany { document, max } => format!("材料{}最多 {max} 份", at(document)),
            Self::DocumentForm { document, found, forms } => {
                format!("材料{}须为{}，而不是“{found}”", at(document), forms_in(forms, Lang::Zh))
            }
            Self::DocumentEmpty(document) => format!("材料{}为空文件，不能证明任何事项", at(document)),
            Self::ReasonsMissing => "须说明理由".to_owned(),
            Self::ReasonsUnexpected => "该步骤不说明理由".to_owned(),
        }
    }
}

impl ItemAt {
    /// Name, title and article.
    fn words(&self, lang: Lang) -> String {
        let (name, title, article) = (&self.name, self.title.in_lang(lang), &self.article);
        match lang {
            Lang::Zh => format!(" {name}（{title}，{article}）"),
            Lang::En => format!("{name} ({title}, {article})"),
        }
    }
}

impl Asked {
    /// What is asked for, as it follows "must be".
    #[must_use]
    pub fn words(&self, lang: Lang) -> String {
        match (self, lang) {
            (Self::Text { bytes_max }, Lang::En) => {
                format!("words of at most {bytes_max} bytes, in one line and in Unicode's form C")
            }
            (Self::Text { bytes_max }, Lang::Zh) => {
                format!("不超过 {bytes_max} 字节的文字，不分行，且为 Unicode 规范形式 C")
            }
            (Self::Term(terms), _) => {
                let terms: Vec<String> = terms
                    .iter()
                    .map(|term| format!("{} ({})", term.name, term.title.in_lang(lang)))
                    .collect();
                match lang {
                    Lang::En => format!("one of {}", terms.join(", ")),
                    Lang::Zh => format!("下列之一：{}", terms.join("、")),
                }
            }
            (Self::Integer, Lang::En) => "a whole number".to_owned(),
            (Self::Integer, Lang::Zh) => "整数".to_owned(),
            (Self::Ratio, Lang::En) => "a share such as 12.5%".to_owned(),
            (Self::Ratio, Lang::Zh) => "比例，例如 12.5%".to_owned(),
            (Self::Amount { currency }, Lang::En) => {
                format!("an amount in {currency} such as 5000000 or 0.05")
            }
            (Self::Amount { currency }, Lang::Zh) => format!("{currency} 金额，例如 5000000 或 0.05"),
            (Self::Date, Lang::En) => "a day such as 2026-01-31".to_owned(),
            (Self::Date, Lang::Zh) => "日期，例如 2026-01-31".to_owned(),
            (Self::Answer, Lang::En) => "yes or no".to_owned(),
            (Self::Answer, Lang::Zh) => "是或否".to_owned(),
            (Self::CreditCode, Lang::En) => "a unified social credit code".to_owned(),
            (Self::CreditCode, Lang::Zh) => "统一社会信用代码".to_owned(),
            (Self::Digests, Lang::En) => "digests such as sha256:…,sm3:…".to_owned(),
            (Self::Digests, Lang::Zh) => "摘要，例如 sha256:…,sm3:…".to_owned(),
            (Self::Number(kind), Lang::En) => {
                format!("the number or identifier {}-… of {}", kind.letter(), kind_in(*kind, Lang::En))
            }
            (Self::Number(kind), Lang::Zh) => {
                format!("{}的编号或标识 {}-…", kind_in(*kind, Lang::Zh), kind.letter())
            }
            (Self::ThisLedger(kind), Lang::En) => {
                format!("an identifier of {} on this ledger", kind_in(*kind, Lang::En))
            }
            (Self::ThisLedger(kind), Lang::Zh) => format!("本账本上{}的标识", kind_in(*kind, Lang::Zh)),
            (Self::Shares, Lang::En) => "members with shares such as 7=60%,9=40%".to_owned(),
            (Self::Shares, Lang::Zh) => "成员及份额，例如 7=60%,9=40%".to_owned(),
        }
    }
}

fn forms_in(forms: &[DocumentForm], lang: Lang) -> String {
    let form = |form: &DocumentForm| match (form, lang) {
        (DocumentForm::Digest, Lang::En) => "digests of a file".to_owned(),
        (DocumentForm::Digest, Lang::Zh) => "文件摘要".to_owned(),
        (DocumentForm::Evidence, Lang::En) => "a deposit of evidence E-…".to_owned(),
        (DocumentForm::Evidence, Lang::Zh) => "存证 E-…".to_owned(),
        (DocumentForm::Certificate(kind), Lang::En) => format!("a certificate {kind} Z-…"),
        (DocumentForm::Certificate(kind), Lang::Zh) => format!("证书 {kind} Z-…"),
        (DocumentForm::CertificateOf(class), Lang::En) => {
            format!("a certificate of class {} Z-…", class.label(Lang::En))
        }
        (DocumentForm::CertificateOf(class), Lang::Zh) => format!("{} Z-…", class.label(Lang::Zh)),
    };
    let forms: Vec<String> = forms.iter().map(form).collect();
    forms.join(match lang {
        Lang::En => " or ",
        Lang::Zh => "或",
    })
}

/// What a kind of thing is called.
#[must_use]
pub fn kind_in(kind: SubjectKind, lang: Lang) -> &'static str {
    let (en, zh) = match kind {
        SubjectKind::Member => ("a member", "成员"),
        SubjectKind::Evidence => ("a deposit of evidence", "存证"),
        SubjectKind::Account => ("an account", "账户"),
        SubjectKind::Case => ("a case", "案件"),
        SubjectKind::Object => ("an object", "登记对象"),
        SubjectKind::Registration => ("a registration", "登记"),
        SubjectKind::Certificate => ("a certificate", "证书"),
        SubjectKind::Proposal => ("a proposal", "提案"),
    };
    match lang {
        Lang::En => en,
        Lang::Zh => zh,
    }
}

/// Names or numbers, or a dash for none.
fn list<T: Display>(items: &[T]) -> String {
    if items.is_empty() {
        return "-".to_owned();
    }
    items.iter().map(T::to_string).collect::<Vec<_>>().join(", ")
}
