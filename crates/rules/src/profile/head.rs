//! What every named thing of a profile begins with.

use bulla_types::Lang;

use super::closed::closed;
use super::ident::Ident;
use super::table::Named;

closed! {
    /// How strongly the source binds to a rule.
    pub enum Force {
        /// 应当.
        Must = 1 "must" "应当" "must",
        /// 宜.
        Should = 2 "should" "宜" "should",
        /// 可以.
        May = 3 "may" "可以" "may",
        /// 样式: it stands in a form or template only.
        Template = 4 "template" "样式" "template",
        /// 推定: the source is silent; this is read into it, and the note says why.
        Inference = 5 "inference" "推定" "inference",
    }
}

/// A text in both languages, each 1 to 256 bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Title {
    /// 中文, in the words of the source.
    pub zh: String,
    /// English.
    pub en: String,
}

impl Title {
    /// The text in this language.
    #[must_use]
    pub fn in_lang(&self, lang: Lang) -> &str {
        match lang {
            Lang::Zh => &self.zh,
            Lang::En => &self.en,
        }
    }
}

/// Where a rule stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Citation {
    /// Id of the source.
    pub source: Ident,
    /// Article or clause, as the source numbers it.
    pub article: String,
    /// How strongly the source binds to it.
    pub force: Force,
}

/// Name, words and origin of one thing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Head {
    /// By which the profile refers to it.
    pub name: Ident,
    /// What people call it.
    pub title: Title,
    /// Where it stands.
    pub cite: Citation,
    /// What a reader must know beyond the source, in Chinese.
    pub note: Option<String>,
}

impl Named for Ident {
    fn name(&self) -> &Ident {
        self
    }
}

macro_rules! named_by_head {
    ($($kind:ty),+ $(,)?) => {$(
        impl $crate::profile::table::Named for $kind {
            fn name(&self) -> &$crate::profile::ident::Ident {
                &self.head.name
            }
        }
    )+};
}

pub(crate) use named_by_head;
