//! Languages of messages to people.

/// A language that every message to people exists in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Lang {
    /// 中文.
    Zh,
    /// English.
    #[default]
    En,
}
