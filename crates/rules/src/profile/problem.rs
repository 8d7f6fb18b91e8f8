//! What is wrong with a profile: where, what, and what to do.

use std::fmt;

use bulla_types::Lang;

/// Declares the codes. A code is never renamed and never given another meaning. `{0}` and `{1}` stand for the
/// details of a problem.
macro_rules! codes {
    ($($variant:ident = $code:literal { en $en:literal zh $zh:literal })+) => {
        /// Stable code of a problem.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum ProblemCode {
            $(#[doc = $en] $variant,)+
        }

        impl ProblemCode {
            /// Every code, in the order of `docs/profiles.md`.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The code as it is written everywhere.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                }
            }

            /// One sentence for people, with places for details.
            #[must_use]
            pub const fn message(self, lang: Lang) -> &'static str {
                match lang {
                    Lang::En => match self { $(Self::$variant => $en,)+ },
                    Lang::Zh => match self { $(Self::$variant => $zh,)+ },
                }
            }
        }
    };
}

codes! {
    Syntax = "SYNTAX" {
        en "The text is not TOML: {0}."
        zh "文本不是合法的 TOML：{0}。"
    }
    KeyUnknown = "KEY_UNKNOWN" {
        en "There is no key `{0}` here; the keys are {1}."
        zh "此处没有“{0}”这一键，可用的键为：{1}。"
    }
    KeyMissing = "KEY_MISSING" {
        en "The key `{0}` is missing; add it."
        zh "缺少“{0}”，请补充。"
    }
    TypeWrong = "TYPE_WRONG" {
        en "Here should stand {0}; found {1}."
        zh "此处应为{0}，实为{1}。"
    }
    WordUnknown = "WORD_UNKNOWN" {
        en "`{0}` is none of the words allowed here: {1}."
        zh "“{0}”不在可用的词之内：{1}。"
    }
    NameInvalid = "NAME_INVALID" {
        en "`{0}` cannot be a name; a name starts with a lower-case letter and holds lower-case letters, digits and `_`."
        zh "“{0}”不能作名称；名称以小写字母开头，只含小写字母、数字和下划线。"
    }
    TextInvalid = "TEXT_INVALID" {
        en "The text breaks the rules of texts: {0}."
        zh "文字不符合要求：{0}。"
    }
    ValueInvalid = "VALUE_INVALID" {
        en "`{0}` is not {1}."
        zh "“{0}”不是{1}。"
    }
    Duplicate = "DUPLICATE" {
        en "`{0}` stands here twice; remove one."
        zh "“{0}”重复，请删去一处。"
    }
    TooMany = "TOO_MANY" {
        en "Here stand {0}, at most {1} are allowed."
        zh "此处有 {0} 项，最多 {1} 项。"
    }
    TooLarge = "TOO_LARGE" {
        en "The compiled profile has {0} bytes, at most {1} are allowed; shorten notes and titles."
        zh "编译后为 {0} 字节，最多 {1} 字节；请缩短说明和名称。"
    }
    FormBroken = "FORM_BROKEN" {
        en "The compiled profile breaks its format: {0}."
        zh "编译结果不符合格式：{0}。"
    }
    NameUnknown = "NAME_UNKNOWN" {
        en "There is no {0} named `{1}`; define it or correct the name."
        zh "没有名为“{1}”的{0}，请定义或更正名称。"
    }
    Unused = "UNUSED" {
        en "The {0} `{1}` is used nowhere; use it or remove it."
        zh "{0}“{1}”没有被使用，请使用或删去。"
    }
    SourceMainMissing = "SOURCE_MAIN_MISSING" {
        en "No source is named `main`; name the one that the profile is made from so."
        zh "没有名为 main 的依据，请将本配置的主要依据命名为 main。"
    }
    ValueKindWrong = "VALUE_KIND_WRONG" {
        en "The value `{0}` should be of kind {1} here."
        zh "此处的参数“{0}”应为{1}。"
    }
    FieldKindWrong = "FIELD_KIND_WRONG" {
        en "The field `{0}` should be {1} here."
        zh "此处的登记事项“{0}”应为{1}。"
    }
    TermUnknown = "TERM_UNKNOWN" {
        en "The vocabulary `{0}` has no term `{1}`; add it or correct the name."
        zh "词表“{0}”没有“{1}”这一项，请补充或更正。"
    }
    TextClear = "TEXT_CLEAR" {
        en "Free text never stands in clear; make the field `{0}` attached or committed."
        zh "自由文字不得以明文记载，请将“{0}”改为附带或承诺。"
    }
    FieldNotClear = "FIELD_NOT_CLEAR" {
        en "The ledger reads the field `{0}` here, so it must be clear."
        zh "账本在此读取“{0}”，该事项必须为明文。"
    }
    FieldNeverGiven = "FIELD_NEVER_GIVEN" {
        en "No step of the procedure `{1}` brings the field `{0}`; add it to a step."
        zh "程序“{1}”没有任何步骤提交“{0}”，请加入某一步骤。"
    }
    DocumentNeverGiven = "DOCUMENT_NEVER_GIVEN" {
        en "No step of the procedure `{1}` brings the document `{0}`; add it to a step."
        zh "程序“{1}”没有任何步骤提交材料“{0}”，请加入某一步骤。"
    }
    ScopeWrong = "SCOPE_WRONG" {
        en "`{0}` refers to what a case of this procedure is not about; correct it or change what the procedure is about."
        zh "“{0}”所指的对象与本程序的案件无关，请更正，或修改程序所关于的对象。"
    }
    ConditionImpossible = "CONDITION_IMPOSSIBLE" {
        en "This can never hold: {0}; correct the conditions."
        zh "此条件永远不能成立：{0}；请更正。"
    }
    NoOpeningStep = "NO_OPENING_STEP" {
        en "No step opens a case of the procedure `{0}`; add one without `from`."
        zh "程序“{0}”没有立案的步骤，请增加一个不含 from 的步骤。"
    }
    StateUnreachable = "STATE_UNREACHABLE" {
        en "No way leads to the state `{0}`; add a step to it or remove it."
        zh "没有步骤可以到达状态“{0}”，请增加步骤或删去该状态。"
    }
    StateStuck = "STATE_STUCK" {
        en "From the state `{0}` no end can be reached; add a step for a party or the clock."
        zh "从状态“{0}”无法到达任何终结状态，请增加由当事人或期限触发的步骤。"
    }
    EndLeft = "END_LEFT" {
        en "The case has ended in the state `{0}`, so no step can leave it; remove its result or the step."
        zh "案件已在状态“{0}”终结，不能再有步骤离开，请删去其结果或该步骤。"
    }
    StepImpossible = "STEP_IMPOSSIBLE" {
        en "The step can never be taken: {0}."
        zh "该步骤永远不能进行：{0}。"
    }
    RoutingCircle = "ROUTING_CIRCLE" {
        en "The ledger's own steps lead from the state `{0}` back to it without anyone acting; break the circle."
        zh "账本自动步骤从状态“{0}”无人办理便回到该状态，请打破循环。"
    }
    OrderAmbiguous = "ORDER_AMBIGUOUS" {
        en "The ledger would take this step and `{0}` on the same event with the same order; give them different orders."
        zh "本步骤与“{0}”由同一事件触发而次序相同，请设不同的 order。"
    }
    TriggerWrong = "TRIGGER_WRONG" {
        en "The ledger cannot take the step on this event: {0}."
        zh "账本不能因该事件进行此步骤：{0}。"
    }
    ChildOrphaned = "CHILD_ORPHANED" {
        en "When the parent case ends in the meantime, a case in the state `{0}` stays open; add a step on `parent_ended`."
        zh "主案件终结时，处于状态“{0}”的案件仍未了结，请增加由 parent_ended 触发的步骤。"
    }
    AboutCircle = "ABOUT_CIRCLE" {
        en "Cases of the procedure `{0}` would be about cases of its own without end; let them be about something else."
        zh "程序“{0}”的案件最终只关于自身的案件，请修改所关于的对象。"
    }
    DeadlineWithoutStep = "DEADLINE_WITHOUT_STEP" {
        en "No step depends on the deadline `{0}`; name it in a condition, a trigger or `met_by`."
        zh "没有步骤与期限“{0}”相关，请在条件、触发事件或 met_by 中引用。"
    }
    DeadlineKindWrong = "DEADLINE_KIND_WRONG" {
        en "The deadline `{0}` is of another kind than its use asks: {1}."
        zh "期限“{0}”的种类与用法不符：{1}。"
    }
    DateUncertain = "DATE_UNCERTAIN" {
        en "The date can be missing: {0}; name a date that is always there."
        zh "该日期可能无从计算：{0}；请指定一个必有的日期。"
    }
    PartyUnbound = "PARTY_UNBOUND" {
        en "The party `{0}` can be no one in the procedure `{1}`: {2}."
        zh "在程序“{1}”中无法确定当事人“{0}”：{2}。"
    }
    RecordMissing = "RECORD_MISSING" {
        en "A case of this procedure has no {0} to act on."
        zh "本程序的案件没有可供处理的{0}。"
    }
    RightClassWrong = "RIGHT_CLASS_WRONG" {
        en "The right `{0}` should be of class {1} here."
        zh "此处的权利“{0}”应为{1}。"
    }
    CertificateBeforePublicity = "CERTIFICATE_BEFORE_PUBLICITY" {
        en "The certificate could be issued before the publicity `{0}` ends; add the condition that it is reached."
        zh "证书可能在公示“{0}”期满前颁发，请增加公示期满的条件。"
    }
    ValueUnset = "VALUE_UNSET" {
        en "The source is silent on `{0}`, and a procedure needs it ({1}); set it in the overlay."
        zh "依据未规定“{0}”，而程序需要它（{1}）；请在补充规定中设定。"
    }
    OverlayBaseDiffers = "OVERLAY_BASE_DIFFERS" {
        en "The overlay is made for {0}, this is {1}; use the profile that it names or decide anew."
        zh "补充规定针对的是 {0}，而此处为 {1}；请使用所指的规则配置，或重新作出规定。"
    }
    OverlayValueGiven = "OVERLAY_VALUE_GIVEN" {
        en "The source gives the value `{0}` exactly, so no overlay can set it."
        zh "依据已明确规定“{0}”，补充规定不得另行设定。"
    }
    OverlayValueWeaker = "OVERLAY_VALUE_WEAKER" {
        en "The source says {1} for `{0}`; an overlay can only be stricter, in the same unit."
        zh "依据对“{0}”的要求为{1}，补充规定只能更严格，且单位相同。"
    }
    OverlayVocabularyClosed = "OVERLAY_VOCABULARY_CLOSED" {
        en "The source lists all terms of `{0}`, so no overlay can add one."
        zh "依据已穷尽列举“{0}”，补充规定不得增加。"
    }
}

/// Line and column in a text, both from 1; the column counts characters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// Line.
    pub line: usize,
    /// Column.
    pub column: usize,
}

/// Something wrong with a profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    /// Code.
    pub code: ProblemCode,
    /// Path of the part, as in `procedures.initial.steps.apply.conditions[0]`.
    pub path: String,
    /// Article that the part cites, if it does.
    pub article: Option<String>,
    /// Where it stands in the text, when there is one.
    pub place: Option<Place>,
    details: Vec<Words>,
}

/// A detail of a problem, in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    zh: String,
    en: String,
}

impl Words {
    /// A detail that reads the same in both languages.
    pub(super) fn same(text: impl fmt::Display) -> Self {
        let text = text.to_string();
        Self { zh: text.clone(), en: text }
    }

    /// A detail that differs.
    pub(super) fn of(zh: impl fmt::Display, en: impl fmt::Display) -> Self {
        Self { zh: zh.to_string(), en: en.to_string() }
    }
}

impl Problem {
    pub(super) fn new(code: ProblemCode, path: impl Into<String>, details: Vec<Words>) -> Self {
        Self { code, path: path.into(), article: None, place: None, details }
    }

    pub(super) fn citing(mut self, article: &str) -> Self {
        self.article = Some(article.to_owned());
        self
    }

    /// What is wrong and what to do.
    #[must_use]
    pub fn message(&self, lang: Lang) -> String {
        let mut message = self.code.message(lang).to_owned();
        for (index, words) in self.details.iter().enumerate() {
            let detail = if lang == Lang::Zh { &words.zh } else { &words.en };
            message = message.replace(&format!("{{{index}}}"), detail);
        }
        message
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}: {}", self.code.as_str(), self.path, self.message(Lang::En))
    }
}
