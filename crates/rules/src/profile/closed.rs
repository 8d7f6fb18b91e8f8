//! Closed lists of words: one table gives the number on the wire, the name in a profile's text and the words
//! for people.

/// Declares an enum of a closed list. A number or name is never given another meaning.
macro_rules! closed {
    (
        $(#[$meta:meta])*
        $vis:vis enum $name:ident {
            $($(#[$variant_meta:meta])* $variant:ident = $number:literal $text:literal $zh:literal $en:literal,)+
        }
    ) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        $vis enum $name {
            $($(#[$variant_meta])* $variant = $number,)+
        }

        impl $crate::profile::closed::Closed for $name {
            const ALL: &'static [Self] = &[$(Self::$variant,)+];

            fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }

            fn label(self, lang: bulla_types::Lang) -> &'static str {
                match lang {
                    bulla_types::Lang::Zh => match self { $(Self::$variant => $zh,)+ },
                    bulla_types::Lang::En => match self { $(Self::$variant => $en,)+ },
                }
            }

            fn number(self) -> i32 {
                match self {
                    $(Self::$variant => $number,)+
                }
            }
        }
    };
}

use bulla_types::{Fault, Lang};
pub(crate) use closed;

/// A closed list of words.
pub trait Closed: Copy + Sized + 'static {
    /// Every word, in rising order of number.
    const ALL: &'static [Self];

    /// The word in a profile's text.
    fn name(self) -> &'static str;

    /// The word for people.
    fn label(self, lang: Lang) -> &'static str;

    /// The number on the wire.
    fn number(self) -> i32;

    /// The word of this name.
    #[must_use]
    fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|word| word.name() == name)
    }

    /// The word of this number.
    ///
    /// # Errors
    /// 0 is missing; any other number that is not listed is unknown.
    fn from_wire(number: i32) -> Result<Self, Fault> {
        if number == 0 {
            return Err(Fault::Missing);
        }
        let word = Self::ALL.iter().copied().find(|word| word.number() == number);
        word.ok_or(Fault::UnknownValue(number.into()))
    }
}
