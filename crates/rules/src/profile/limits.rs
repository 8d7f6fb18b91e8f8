//! Every limit of profiles, in one place, with its unit last in its name.

/// Encoded profile: its adoption must fit a transaction of 60,000 bytes with sixteen signatures.
pub const PROFILE_BYTES_MAX: usize = 56_000;
/// Text of a profile or overlay, as people write it.
pub const PROFILE_TEXT_BYTES_MAX: usize = 512 * 1024;
/// Identifier of a profile.
pub const PROFILE_ID_BYTES_MAX: usize = 64;

/// Name within a profile.
pub const IDENT_BYTES_MAX: usize = 48;
/// Title in one language.
pub const TITLE_BYTES_MAX: usize = 256;
/// Article or clause.
pub const ARTICLE_BYTES_MAX: usize = 64;
/// Note, ground of an unset value, basis of an overlay.
pub const NOTE_BYTES_MAX: usize = 1024;

/// Sources of one profile.
pub const SOURCES_MAX: usize = 8;
/// Values of one profile.
pub const VALUES_MAX: usize = 128;
/// Vocabularies of one profile.
pub const VOCABULARIES_MAX: usize = 64;
/// Terms of one vocabulary.
pub const TERMS_MAX: usize = 64;
/// Fields of one profile.
pub const FIELDS_MAX: usize = 256;
/// Categories of documents of one profile.
pub const DOCUMENTS_MAX: usize = 128;
/// Parties of one profile.
pub const PARTIES_MAX: usize = 32;
/// Kinds of accounts, objects, rights, flags or certificates of one profile, each.
pub const KINDS_MAX: usize = 32;
/// Procedures of one profile.
pub const PROCEDURES_MAX: usize = 32;
/// States of one procedure.
pub const STATES_MAX: usize = 32;
/// Steps of one procedure.
pub const STEPS_MAX: usize = 64;
/// Deadlines of one procedure.
pub const DEADLINES_MAX: usize = 32;

/// Names in one list, where nothing narrower is said.
pub const NAMES_MAX: usize = 64;
/// Effects of one step.
pub const EFFECTS_MAX: usize = 32;
/// Nodes of one condition, or of all conditions of one step together.
pub const CONDITION_NODES_MAX: usize = 64;
/// How deep conditions stand within each other.
pub const CONDITION_DEPTH_MAX: usize = 8;
/// Terms of one date rule.
pub const DATE_TERMS_MAX: usize = 8;
/// Items of one field, documents of one category.
pub const ITEMS_MAX: u32 = 64;
/// Order of a step.
pub const ORDER_MAX: u32 = 1000;
/// Steps that the ledger takes one after another on one event: more is a circle.
pub const ROUTING_STEPS_MAX: usize = 16;
