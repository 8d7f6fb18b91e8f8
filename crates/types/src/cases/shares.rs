//! Who holds how much (权益人及份额).

use crate::error::{DecodeError, Fault};
use crate::field::{At, list, rising};
use crate::limits::SHARES_MAX;
use crate::number::{MemberNumber, within};
use crate::proto;

/// A member's part of a whole.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Share {
    /// The member.
    pub member: MemberNumber,
    /// Its part, 1 to 1,000,000 parts per million.
    pub ppm: u32,
}

/// One to 64 shares, rising by member.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Shares(Vec<Share>);

impl Shares {
    /// The whole, in parts per million.
    pub const WHOLE_PPM: u32 = 1_000_000;

    /// One member holds the whole.
    #[must_use]
    pub fn whole(member: MemberNumber) -> Self {
        Self(vec![Share { member, ppm: Self::WHOLE_PPM }])
    }

    /// Sorts shares by member.
    ///
    /// # Errors
    /// None, too many, a member twice, or a share that is nothing or more than the whole.
    pub fn new(mut shares: Vec<Share>) -> Result<Self, DecodeError> {
        shares.sort();
        Self::from_messages(&to_messages(&shares))
    }

    /// The shares, rising by member.
    #[must_use]
    pub fn as_slice(&self) -> &[Share] {
        &self.0
    }

    /// Their members, rising.
    pub fn members(&self) -> impl Iterator<Item = MemberNumber> {
        self.0.iter().map(|share| share.member)
    }

    /// Whether they sum to the whole.
    #[must_use]
    pub fn are_whole(&self) -> bool {
        let sum: u64 = self.0.iter().map(|share| u64::from(share.ppm)).sum();
        sum == u64::from(Self::WHOLE_PPM)
    }

    fn from_messages(messages: &[proto::Share]) -> Result<Self, DecodeError> {
        let shares = list(messages, "shares", 1..=SHARES_MAX, |share| {
            let member = MemberNumber::from_wire(share.member).at("member")?;
            let ppm = within(share.share_ppm, 1, Self::WHOLE_PPM).at("share_ppm")?;
            Ok::<_, DecodeError>(Share { member, ppm })
        })?;
        rising(&shares, "shares", |share| share.member)?;
        Ok(Self(shares))
    }

    pub(crate) fn from_message(message: &proto::Shares) -> Result<Self, DecodeError> {
        Self::from_messages(&message.shares)
    }

    /// Shares that must sum to the whole.
    pub(crate) fn whole_from_message(message: &proto::Shares) -> Result<Self, DecodeError> {
        let shares = Self::from_message(message)?;
        if shares.are_whole() { Ok(shares) } else { Err(Fault::Rule("the shares sum to 1,000,000").into()) }
    }

    pub(crate) fn to_message(&self) -> proto::Shares {
        proto::Shares { shares: to_messages(&self.0) }
    }
}

fn to_messages(shares: &[Share]) -> Vec<proto::Share> {
    shares.iter().map(|share| proto::Share { member: share.member.0, share_ppm: share.ppm }).collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    fn share(member: u64, ppm: u32) -> Share {
        Share { member: MemberNumber(member), ppm }
    }

    #[test]
    fn shares_are_sorted_by_member_and_may_fall_short_of_the_whole() {
        let shares = Shares::new(vec![share(9, 400_000), share(2, 600_000)]).unwrap();
        assert_eq!(shares.members().collect::<Vec<_>>(), [MemberNumber(2), MemberNumber(9)]);
        assert!(shares.are_whole());
        assert!(!Shares::new(vec![share(2, 999_999)]).unwrap().are_whole());
        assert!(Shares::whole(MemberNumber(1)).are_whole());
    }

    #[test]
    fn a_member_has_one_share_and_none_is_empty_or_more_than_the_whole() {
        for shares in [vec![], vec![share(2, 0)], vec![share(2, 1_000_001)], vec![share(2, 5), share(2, 6)]] {
            assert!(Shares::new(shares.clone()).is_err(), "{shares:?}");
        }
    }
}
