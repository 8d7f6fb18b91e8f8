//! Every limit of a format, in one place, with its unit last in its name.
//!
//! These are hard limits of the formats: no ledger parameter raises them. What a ledger sets below them
//! stands in [`Parameters`](crate::Parameters).

// --- Transactions -------------------------------------------------------------------------------------

/// Encoded transaction. Leaves room in an entry for height, time and outcomes:
/// see the assertion below.
pub const TRANSACTION_BYTES_MAX: usize = 60_000;
/// Signers of one transaction: more than any threshold of registration bodies that is in sight.
pub const SIGNERS_MAX: usize = 16;
/// Actions of one transaction. They succeed or fail together, so more would only make failure likelier.
pub const ACTIONS_MAX: usize = 16;
/// Actions of one transaction that are about proposals: the outcomes of what they carry out stand in its entry.
pub const PROPOSAL_ACTIONS_MAX: usize = 4;
/// Digests of one document, one per algorithm.
pub const DIGESTS_MAX: usize = 4;
/// Links of one deposit to earlier ones.
pub const LINKS_MAX: usize = 16;
/// Keys that one enrolment declares.
pub const KEYS_MAX: usize = 16;
/// Roles of one member; the roles that exist are fewer.
pub const ROLES_MAX: usize = 32;

// --- Steps of cases -----------------------------------------------------------------------------------

/// Parties that the opener of a case names.
pub const NAMED_PARTIES_MAX: usize = 32;
/// Fields of one step.
pub const STEP_FIELDS_MAX: usize = 64;
/// Values of one field.
pub const FIELD_ITEMS_MAX: usize = 64;
/// Categories of documents of one step.
pub const DOCUMENT_CATEGORIES_MAX: usize = 64;
/// Documents of one category in one step.
pub const DOCUMENT_ITEMS_MAX: usize = 64;
/// Shares of one whole.
pub const SHARES_MAX: usize = 64;
/// Numbers that one action is given.
pub const GIVEN_MAX: usize = 16;
/// Deadlines of one procedure.
pub const CASE_DEADLINES_MAX: usize = 32;

// --- Texts --------------------------------------------------------------------------------------------

/// A name in UTF-8: 85 Chinese characters, twice the longest name of an organisation met in a register.
pub const NAME_BYTES_MAX: usize = 256;
/// A media type, RFC 6838 §4.2 as the forms print it.
pub const MEDIA_TYPE_BYTES_MAX: usize = 127;
/// A name in a rule profile.
pub const RULE_NAME_BYTES_MAX: usize = 48;
/// Path of an attached field within its action.
pub const FIELD_PATH_BYTES_MAX: usize = 64;

// --- Openings -----------------------------------------------------------------------------------------

/// Value of one opening: a long description, not a document.
pub const OPENING_VALUE_BYTES_MAX: usize = 65_536;
/// Openings of one submission, by count.
pub const OPENINGS_MAX: usize = 64;
/// Openings of one submission, together, each as [`Opening::encoded_len`](crate::Opening::encoded_len) counts.
pub const OPENINGS_BYTES_MAX: usize = 262_144;
/// Longest encoding of the openings of one entry of a block, with its position.
pub const ENTRY_OPENINGS_BYTES_MAX: usize = OPENINGS_BYTES_MAX + 1024;
/// Encoded submission: a transaction, its openings and the framing of both.
pub const SUBMISSION_BYTES_MAX: usize = TRANSACTION_BYTES_MAX + OPENINGS_BYTES_MAX + 16;

/// Encoded draft: a body, its openings, and signatures of at most 150 bytes each with their framing.
pub const DRAFT_BYTES_MAX: usize = 340_000;
/// One signature of a draft, with its key.
pub const DRAFT_SIGNATURE_BYTES_MAX: usize = 512;

// --- Entries and blocks -------------------------------------------------------------------------------

/// Encoded entry. C2SP tlog-tiles entry bundles give an entry's length in 16 bits.
pub const ENTRY_BYTES_MAX: usize = 65_535;
/// Entries of one block.
pub const BLOCK_ENTRIES_MAX: usize = 20_000;
/// Bytes of the entries of one block, together. A block must reach all validators within a round.
pub const BLOCK_BYTES_MAX: usize = 8 * 1024 * 1024;
/// Profiles that one suspension of clocks names.
pub const SUSPENSION_PROFILES_MAX: usize = 16;
/// Days of one suspension of clocks: a year. A longer one is decided anew.
pub const SUSPENSION_DAYS_MAX: u32 = 366;
/// Suspensions of the clocks of the whole ledger, of those of one profile, or of one case.
pub const SUSPENSIONS_MAX: usize = 1_000;
/// Rights of others that lie on one registration.
pub const ENCUMBRANCES_MAX: usize = 64;
/// Cases that are open about one case at a time and that one member has opened: it may object to several things at
/// once, and keeps nobody else out of the few dozen that there may be.
pub const OPEN_CASES_OF_MEMBER_MAX: usize = 4;
/// Cases that are open about one record at a time, follow its end, and that one member has opened. Whoever holds a
/// record gives many others rights in it, and opens a case for each; half of what there may be is left to others.
pub const RECORD_FOLLOWERS_OF_MEMBER_MAX: usize = 32;
/// Events of deadlines in one block: what more is due waits for the next one.
pub const BLOCK_DEADLINES_MAX: usize = 1_000;
/// Openings that travel beside one block, together, counted likewise. Builders stop before it.
pub const BLOCK_OPENINGS_BYTES_MAX: usize = 16 * 1024 * 1024;
/// Encoded block: header, certificate, entries, openings and the framing of them all.
pub const BLOCK_ENCODED_BYTES_MAX: usize =
    BLOCK_BYTES_MAX + BLOCK_OPENINGS_BYTES_MAX + BLOCK_ENTRIES_MAX * 16 + CERTIFICATE_BYTES_MAX + 1024;

// --- Validators ---------------------------------------------------------------------------------------

/// Validators of one ledger. Every pair of them holds a connection and every certificate carries two
/// thirds of their signatures.
pub const VALIDATORS_MAX: usize = 128;
/// Changes of validators that one action makes.
pub const VALIDATOR_CHANGES_MAX: usize = 32;
/// Sum of all voting power, exclusive: 3 times it must fit 64 bits with room to spare.
pub const TOTAL_POWER_MAX: u64 = 1 << 60;
/// Encoded certificate: [`VALIDATORS_MAX`] signatures of at most 106 bytes, and the rest.
pub const CERTIFICATE_BYTES_MAX: usize = 16 * 1024;
/// Encoded validator set: [`VALIDATORS_MAX`] validators of at most 85 bytes.
pub const VALIDATOR_SET_BYTES_MAX: usize = 16 * 1024;
/// Encoded set of validators with its first height, as the state map holds it.
pub const VALIDATOR_SET_RECORD_BYTES_MAX: usize = VALIDATOR_SET_BYTES_MAX + 32;

// --- Proposals ----------------------------------------------------------------------------------------

/// Longest time for which a proposal takes votes, milliseconds: 366 days.
pub const PROPOSAL_TERM_MS_MAX: u64 = 366 * 24 * 60 * 60 * 1000;
/// Proposals that one registration body has open at a time.
pub const OPEN_PROPOSALS_OF_MEMBER_MAX: usize = 16;
/// Votes on one proposal: as many as founders.
pub const PROPOSAL_VOTES_MAX: usize = 256;

// --- Genesis and parameters ---------------------------------------------------------------------------

/// Encoded genesis.
pub const GENESIS_BYTES_MAX: usize = 1024 * 1024;
/// Founders of a ledger.
pub const FOUNDERS_MAX: usize = 256;
/// Short name of a founder: it stands in names of files.
pub const FOUNDER_LABEL_BYTES_MAX: usize = 32;
/// Encoded founding plan: [`FOUNDERS_MAX`] founders of under 700 bytes, and the rest.
pub const FOUNDING_PLAN_BYTES_MAX: usize = 256 * 1024;
/// Encoded declaration of a founder: [`KEYS_MAX`] keys of under 130 bytes, and the rest.
pub const FOUNDER_DECLARATION_BYTES_MAX: usize = 4 * 1024;
/// Address in a declaration: a multiaddr takes under 100.
pub const FOUNDER_ADDRESS_BYTES_MAX: usize = 256;
/// Encoded parameters.
pub const PARAMETERS_BYTES_MAX: usize = 1024;
/// Longest window for request ids, milliseconds: a day. Every node remembers the requests of a window.
pub const REQUEST_WINDOW_MS_MAX: u64 = 24 * 60 * 60 * 1000;
/// Widest bound between block time and a voter's clock, milliseconds: ten minutes.
pub const TIME_BOUND_MS_MAX: u64 = 10 * 60 * 1000;
/// Highest speed of the clock of a ledger for tests, milliseconds of the ledger for one of the machine: a day a
/// second.
pub const TEST_CLOCK_SPEED_MAX: u32 = 24 * 60 * 60;
/// Longest heartbeat, milliseconds: an hour. It bounds how stale "valid now" can be.
pub const HEARTBEAT_MS_MAX: u64 = 60 * 60 * 1000;
/// Longest interval between blocks, milliseconds: ten seconds, as long as a person waits.
pub const BLOCK_INTERVAL_MS_MAX: u32 = 10_000;
/// Longest time between two blocks that is no outage, milliseconds: a day.
pub const OUTAGE_LONGER_THAN_MS_MAX: u64 = 24 * 60 * 60 * 1000;
/// Longest time for which what fell due in an outage is held, milliseconds: 31 days.
pub const OUTAGE_HELD_MS_MAX: u64 = 31 * 24 * 60 * 60 * 1000;
/// Longest timeout of a step of consensus, milliseconds: ten minutes.
pub const TIMEOUT_MS_MAX: u32 = 10 * 60 * 1000;

// A ledger may be founded outside the next four; a change does not lead out of them, since the ledger might then
// accept no block or no transaction any more, among them the one that would take the change back.

/// Narrowest window for request ids that a change leads to, milliseconds: a minute.
pub const CHANGED_REQUEST_WINDOW_MS_MIN: u64 = 60 * 1000;
/// Narrowest bound between block time and a voter's clock that a change leads to, milliseconds.
pub const CHANGED_TIME_BOUND_MS_MIN: u64 = 500;
/// Shortest timeout of a step of consensus, and of what each round adds to it, that a change leads to,
/// milliseconds.
pub const CHANGED_TIMEOUT_MS_MIN: u32 = 50;
/// Fewest entries of a block that a change leads to: what falls due comes first in it.
pub const CHANGED_BLOCK_ENTRIES_MIN: u32 = 16;

/// Fewest heights between the block that schedules a version of the protocol and its first one: nodes say ahead that
/// they lack it, and it can be taken back. How much time the members need they decide; an idle ledger adds a height
/// a heartbeat.
pub const PROTOCOL_NOTICE_HEIGHTS_MIN: u64 = 10;
/// How many versions of the protocol a ledger goes up at once at most: a slip of the pen does not lead to one that no
/// program will ever know.
pub const PROTOCOL_VERSIONS_AT_ONCE_MAX: u32 = 8;

// --- State --------------------------------------------------------------------------------------------

/// Encoded key of the state map: the longest is the history of a key record.
pub const STATE_KEY_BYTES_MAX: usize = 64;
/// Encoded value of the state map: the largest are profiles and cases.
pub const STATE_VALUE_BYTES_MAX: usize = 64 * 1024;
/// Encoded record of a member, key, status, counter, owner or equivocation, or row of an index.
pub const RECORD_BYTES_MAX: usize = 4096;
/// Encoded record of a profile, calendar year, account, object, registration, certificate or case.
pub const REGISTER_RECORD_BYTES_MAX: usize = 60_000;
/// Fields that one record holds.
pub const RECORD_FIELDS_MAX: usize = 256;
/// Flags, rights, parties, kinds of certificates or publications that one record holds, each.
pub const RECORD_ROWS_MAX: usize = 64;
/// Categories of documents that a case has in hand.
pub const CASE_DOCUMENTS_MAX: usize = 128;
/// Steps that a case has taken, states that it has been in: as many as a procedure has.
pub const CASE_STEPS_MAX: usize = 64;
/// Times that a case has left the states in which one deadline runs.
pub const DAYS_AWAY_MAX: usize = 64;
/// Years whose calendar one deadline notes that it counts: more than any period of a source has. Of one that counts
/// more, the earliest are noted.
pub const YEARS_COUNTED_MAX: usize = 64;
/// Dates of the rule of one deadline.
pub const DEADLINE_ANCHORS_MAX: usize = 8;

// --- Proofs and receipts ------------------------------------------------------------------------------

/// Hashes of an inclusion path: a log holds fewer than 2^63 entries.
pub const INCLUSION_PATH_MAX: usize = 63;
/// Hashes of a path in the state map, whose keys have 256 bits.
pub const SIBLINGS_MAX: usize = 256;
/// Proofs to later log sizes that one receipt carries.
pub const LATER_INCLUSIONS_MAX: usize = 64;
/// Attestations of one receipt.
pub const ATTESTATIONS_MAX: usize = 64;
/// One attestation: a time-stamp token with its certificates, or a chain of evidence records.
pub const ATTESTATION_BYTES_MAX: usize = 262_144;
/// Encoded receipt.
pub const RECEIPT_BYTES_MAX: usize = 4 * 1024 * 1024;
/// Receipts of one file.
pub const RECEIPTS_MAX: usize = 65_536;
/// Bundles of one file.
pub const BUNDLES_MAX: usize = 4096;
/// Encoded trust bundle.
pub const BUNDLE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Changes of validators in one bundle.
pub const TRANSITIONS_MAX: usize = 4096;
/// Encoded change of validators: header, certificate, validators and the framing of them.
pub const TRANSITION_BYTES_MAX: usize = 2 * 1024 + CERTIFICATE_BYTES_MAX + VALIDATOR_SET_BYTES_MAX;
/// Record proofs in one bundle.
pub const RECORD_PROOFS_MAX: usize = 65_536;
/// Encoded receipt file.
pub const RECEIPT_FILE_BYTES_MAX: usize = 64 * 1024 * 1024;
/// Steps of the past of a record that one status proof carries.
pub const STATUS_STEPS_MAX: usize = 16_384;
/// The word that a status proof begins with.
pub const STATUS_PROOF_KIND_BYTES_MAX: usize = 20;
/// Encoded status proof: a bundle, and what it is about.
pub const STATUS_PROOF_BYTES_MAX: usize = BUNDLE_BYTES_MAX + 128;
/// The word that a fork proof begins with.
pub const FORK_PROOF_KIND_BYTES_MAX: usize = 18;
/// Encoded fork proof.
pub const FORK_PROOF_BYTES_MAX: usize = BUNDLE_BYTES_MAX;
/// Encoded admission ticket.
pub const TICKET_BYTES_MAX: usize = 1024;

// --- Snapshots ----------------------------------------------------------------------------------------

/// A chunk of a snapshot's content; the last one may be shorter. As much as one peer is asked for at a time.
pub const SNAPSHOT_CHUNK_BYTES: u64 = 1024 * 1024;
/// Chunks of one snapshot: 128 GiB.
pub const SNAPSHOT_CHUNKS_MAX: usize = 131_072;
/// Encoded manifest of a snapshot: 4 MiB of digests, and what stands before them.
pub const SNAPSHOT_MANIFEST_BYTES_MAX: usize = 512 + 32 * SNAPSHOT_CHUNKS_MAX;

/// Encoded outcome of one action, with its framing: a case, and numbers of at most ten bytes in five lists.
pub const OUTCOME_BYTES_MAX: usize = 6 + 11 + 5 * 3 + 10 * GIVEN_MAX;
/// Encoded outcome of an action about a proposal, with its framing: a number, a status, and outcomes of acts of
/// administration, of which the longest is a digest.
pub const PROPOSAL_OUTCOME_BYTES_MAX: usize = 6 + 11 + 2 + 36 * ACTIONS_MAX;

// A transaction that is accepted always fits its entry: the entry adds at most three scalars (4 + 11 + 11
// bytes), the framing of the transaction (4) and one outcome for each action.
const _: () = assert!(
    TRANSACTION_BYTES_MAX
        + 30
        + PROPOSAL_OUTCOME_BYTES_MAX * PROPOSAL_ACTIONS_MAX
        + OUTCOME_BYTES_MAX * (ACTIONS_MAX - PROPOSAL_ACTIONS_MAX)
        <= ENTRY_BYTES_MAX
);
const _: () = assert!(OUTCOME_BYTES_MAX <= PROPOSAL_OUTCOME_BYTES_MAX);
const _: () = assert!(63 * PROPOSAL_VOTES_MAX + 256 <= REGISTER_RECORD_BYTES_MAX);
const _: () = assert!(SUBMISSION_BYTES_MAX + SIGNERS_MAX * 256 <= DRAFT_BYTES_MAX);
const _: () = assert!(REGISTER_RECORD_BYTES_MAX <= STATE_VALUE_BYTES_MAX);
const _: () = assert!(STATUS_STEPS_MAX < RECORD_PROOFS_MAX);
const _: () = assert!(106 * VALIDATORS_MAX + 64 <= CERTIFICATE_BYTES_MAX);
const _: () = assert!(85 * VALIDATORS_MAX <= VALIDATOR_SET_BYTES_MAX);
