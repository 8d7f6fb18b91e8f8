//! Verifying a segment that came from anywhere, without a store.

use std::io::{self, Read};

use bulla_crypto::Hash;
use bulla_merkle::log::{Frontier, LogHash, Sha256Log, TreeHead, verify_inclusion};
use bulla_types::{Canonical, CommitCertificate, Header, LedgerId, ValidatorSet, limits};

use super::{MAGIC, SEGMENT_ENTRIES, SEGMENT_LEVELS, SUITE, SegmentError, VERSION};

/// What a verified segment holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Segment {
    /// Its number; its first entry has index `number` · 65,536.
    pub number: u64,
    /// Root over its entries: the node of the log at level 16 and index `number`.
    pub root: Hash,
    /// The header that covers it.
    pub header: Header,
}

/// Checks that a segment holds the entries that these validators decided for its part of the log, and hands
/// each to `entry`, with its index. Reads one entry at a time; at most about 4 GiB in all.
///
/// What `entry` is given is proved only when this returns without error.
///
/// # Errors
/// [`SegmentError`]: what does not hold.
pub fn verify_segment(
    segment: &mut dyn Read,
    ledger_id: &LedgerId,
    validators: &ValidatorSet,
    entry: &mut dyn FnMut(u64, &[u8]),
) -> Result<Segment, SegmentError> {
    let (number, header) = read_head(segment, ledger_id)?;
    let first = number
        .checked_mul(SEGMENT_ENTRIES.into())
        .filter(|first| header.log_size_after.checked_sub(*first) >= Some(SEGMENT_ENTRIES.into()))
        .ok_or(SegmentError::Malformed("the header does not cover the segment"))?;
    check_decided(&header, &read_certificate(segment)?, ledger_id, validators)?;
    let path = read_path(segment)?;

    let mut frontier = Frontier::<Sha256Log>::new();
    let mut first_leaf = None;
    for index in (first..).take(SEGMENT_ENTRIES as usize) {
        let length = u16::from_be_bytes(read(segment)?);
        let mut bytes = vec![0; length.into()];
        segment.read_exact(&mut bytes)?;
        let leaf = Sha256Log::leaf(&bytes);
        first_leaf.get_or_insert(leaf);
        frontier.push(leaf);
        entry(index, &bytes);
    }
    check_end(segment)?;
    let first_leaf = first_leaf.unwrap_or_else(Sha256Log::empty);
    let head = TreeHead { size: header.log_size_after, root: header.log_root };
    verify_inclusion::<Sha256Log>(head, first, first_leaf, &path)?;
    // The first entry of a complete subtree has its siblings to the right, as far as the subtree goes; so
    // the lower part of the path leads to the subtree's root.
    let (below, _) =
        path.split_at_checked(SEGMENT_LEVELS).ok_or(SegmentError::Malformed("the path is too short"))?;
    let expected = below.iter().fold(first_leaf, |node, right| Sha256Log::node(&node, right));
    let computed = frontier.root();
    if expected != computed {
        return Err(SegmentError::OtherEntries { expected, computed });
    }
    Ok(Segment { number, root: computed, header })
}

fn read_head(segment: &mut dyn Read, expected: &LedgerId) -> Result<(u64, Header), SegmentError> {
    if &read::<8>(segment)? != MAGIC {
        return Err(SegmentError::NotASegment);
    }
    let (version, suite) = (u16::from_be_bytes(read(segment)?), u16::from_be_bytes(read(segment)?));
    if (version, suite) != (VERSION, SUITE) {
        return Err(SegmentError::Unknown { version, suite });
    }
    let found = LedgerId::from_bytes(read(segment)?);
    let number = u64::from_be_bytes(read(segment)?);
    let header = Header::decode(&read::<{ Header::BYTES }>(segment)?)
        .map_err(|_| SegmentError::Malformed("the header does not decode"))?;
    for found in [found, header.ledger_id] {
        if found != *expected {
            return Err(SegmentError::OtherLedger { expected: *expected, found });
        }
    }
    Ok((number, header))
}

fn read_certificate(segment: &mut dyn Read) -> Result<CommitCertificate, SegmentError> {
    let length = usize::try_from(u32::from_be_bytes(read(segment)?)).unwrap_or(usize::MAX);
    if length > limits::CERTIFICATE_BYTES_MAX {
        return Err(SegmentError::Malformed("the certificate is too long"));
    }
    let mut bytes = vec![0; length];
    segment.read_exact(&mut bytes)?;
    CommitCertificate::decode(&bytes).map_err(|_| SegmentError::Malformed("the certificate does not decode"))
}

fn check_decided(
    header: &Header,
    certificate: &CommitCertificate,
    ledger_id: &LedgerId,
    validators: &ValidatorSet,
) -> Result<(), SegmentError> {
    if validators.hash() != header.validators_hash {
        return Err(SegmentError::OtherValidators { named: header.validators_hash });
    }
    if (certificate.height, certificate.block_hash) != (header.height, header.hash()) {
        return Err(SegmentError::Malformed("the certificate is of another block"));
    }
    Ok(certificate.verify(ledger_id, validators)?)
}

fn read_path(segment: &mut dyn Read) -> Result<Vec<Hash>, SegmentError> {
    let [length] = read(segment)?;
    (0..length).map(|_| Ok(Hash::from_bytes(read(segment)?))).collect()
}

fn check_end(segment: &mut dyn Read) -> Result<(), SegmentError> {
    match segment.read_exact(&mut [0]) {
        Err(error) if error.kind() == io::ErrorKind::UnexpectedEof => Ok(()),
        Err(error) => Err(error.into()),
        Ok(()) => Err(SegmentError::Trailing),
    }
}

fn read<const N: usize>(segment: &mut dyn Read) -> io::Result<[u8; N]> {
    let mut bytes = [0; N];
    segment.read_exact(&mut bytes)?;
    Ok(bytes)
}
