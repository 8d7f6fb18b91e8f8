//! Texts for people, always in both languages.

use std::fmt::Display;

use bulla_types::Lang;
use serde::Serialize;

use crate::{phrases, when};

/// A fixed text. `{0}`, `{1}`, … stand for values.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Text {
    pub(crate) en: &'static str,
    pub(crate) zh: &'static str,
}

/// A text with its values.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub(crate) struct Said {
    pub(crate) en: String,
    pub(crate) zh: String,
}

/// What can stand in a text: the same in every language, or a text itself.
pub(crate) trait Value {
    /// As it reads in a language.
    fn in_lang(&self, lang: Lang) -> String;
}

impl<D: Display> Value for D {
    fn in_lang(&self, _: Lang) -> String {
        self.to_string()
    }
}

impl Value for Said {
    fn in_lang(&self, lang: Lang) -> String {
        self.of(lang).to_owned()
    }
}

impl Value for Text {
    fn in_lang(&self, lang: Lang) -> String {
        self.of(lang).to_owned()
    }
}

impl Text {
    /// The text in a language.
    pub(crate) fn of(self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.en,
            Lang::Zh => self.zh,
        }
    }

    /// The text in a language with its values.
    pub(crate) fn fill(self, lang: Lang, values: &[&dyn Value]) -> String {
        fill(self.of(lang), |place| Some(values.get(place.parse::<usize>().ok()?)?.in_lang(lang)))
    }

    /// The text in both languages with its values.
    pub(crate) fn with(self, values: &[&dyn Value]) -> Said {
        Said { en: self.fill(Lang::En, values), zh: self.fill(Lang::Zh, values) }
    }
}

impl Said {
    /// What is the same in every language: names, numbers, codes.
    pub(crate) fn name(name: impl Display) -> Self {
        Self { en: name.to_string(), zh: name.to_string() }
    }

    /// What other parts of the software say in English, put into Chinese by the phrase book.
    pub(crate) fn english(text: impl Display) -> Self {
        let en = when::readable(&text.to_string());
        Self { zh: phrases::in_chinese(&en), en }
    }

    /// Tells what it is about first.
    pub(crate) fn of_thing(self, thing: impl Display) -> Self {
        Self { en: format!("{thing}: {}", self.en), zh: format!("{thing}：{}", self.zh) }
    }

    /// The same with each line moved to the right by this.
    pub(crate) fn indented(&self, by: &str) -> Self {
        let moved =
            |text: &str| text.lines().map(|line| format!("{by}{line}")).collect::<Vec<_>>().join("\n");
        Self { en: moved(&self.en), zh: moved(&self.zh) }
    }

    /// The text in a language.
    pub(crate) fn of(&self, lang: Lang) -> &str {
        match lang {
            Lang::En => &self.en,
            Lang::Zh => &self.zh,
        }
    }

    /// Several, a line each.
    pub(crate) fn lines(parts: &[Self]) -> Self {
        let join = |lang| parts.iter().map(|part| part.of(lang)).collect::<Vec<_>>().join("\n");
        Self { en: join(Lang::En), zh: join(Lang::Zh) }
    }
}

impl From<Text> for Said {
    fn from(text: Text) -> Self {
        text.with(&[])
    }
}

impl From<&str> for Said {
    fn from(english: &str) -> Self {
        Self::english(english)
    }
}

impl From<String> for Said {
    fn from(english: String) -> Self {
        Self::english(english)
    }
}

/// A template with values in place of what stands in braces.
pub(crate) fn fill(template: &str, value: impl Fn(&str) -> Option<String>) -> String {
    let mut filled = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        filled.push_str(before);
        let place = after.split_once('}').and_then(|(place, after)| Some((value(place)?, after)));
        if let Some((value, after)) = place {
            filled.push_str(&value);
            rest = after;
        } else {
            filled.push('{');
            rest = after;
        }
    }
    filled + rest
}

/// Declares texts, English first.
macro_rules! texts {
    ($($name:ident = $en:literal $zh:literal;)+) => {
        $(pub(crate) const $name: $crate::text::Text = $crate::text::Text { en: $en, zh: $zh };)+

        #[test]
        fn every_text_is_there_in_both_languages_with_the_same_values() {
            for (name, text) in [$((stringify!($name), $name),)+] {
                $crate::text::tests::assert_whole(name, text);
            }
        }
    };
}

pub(crate) use texts;

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn assert_whole(name: &str, text: Text) {
        assert!(text.en.is_ascii() && !text.zh.is_ascii(), "{name}");
        for place in 0..8 {
            let mark = format!("{{{place}}}");
            assert_eq!(text.en.contains(&mark), text.zh.contains(&mark), "{name} {mark}");
        }
    }

    const SIGNED: Text = Text { en: "{0} of {1} signed", zh: "{1} 个中的 {0} 个已签名" };

    #[test]
    fn values_stand_where_each_language_wants_them() {
        assert_eq!(SIGNED.fill(Lang::En, &[&3, &4]), "3 of 4 signed");
        assert_eq!(SIGNED.with(&[&3, &4]).zh, "4 个中的 3 个已签名");
    }

    #[test]
    fn a_value_that_looks_like_a_place_stays_as_it_is() {
        assert_eq!(SIGNED.fill(Lang::En, &[&"{1}.pdf", &4]), "{1}.pdf of 4 signed");
        assert_eq!(fill("a {7} {x} {", |_| None), "a {7} {x} {");
    }

    #[test]
    fn a_text_within_a_text_is_of_the_same_language() {
        let why = Text { en: "because {0}", zh: "因为{0}" };
        assert_eq!(why.fill(Lang::Zh, &[&SIGNED.with(&[&3, &4])]), "因为4 个中的 3 个已签名");
        assert_eq!(SIGNED.with(&[&1, &2]).of_thing("a").of(Lang::Zh), "a：2 个中的 1 个已签名");
    }
}
