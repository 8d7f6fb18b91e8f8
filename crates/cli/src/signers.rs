//! Who signs acts of administration: the holder itself, or as many registration bodies as the ledger asks.

use std::path::{Path, PathBuf};

use bulla_client::{Client, Signer};
use bulla_types::{
    KeyRecord, KeyStatus, MemberNumber, MemberRecord, MemberStatus, Parameters, ReasonCode, StateKey,
};
use clap::Args;

use crate::commands::localnet::{Localnet, Node};
use crate::complaints::{NO_BODY_ABLE, NO_SIGNER, SIGNER_FORM};
use crate::context::Context;
use crate::failure::Failure;
use crate::mistake::Mistake;
use crate::waiting::WaitArguments;
use crate::{key_files, members};

/// Names signers on the command line.
#[derive(Args)]
pub(crate) struct SignerArguments {
    /// A signer: member number, identifier or credit code, and its ADMINISTER key file; once for each | 签名方：成员编号、标识或统一社会信用代码，与其管理密钥文件；每个签名方一次
    #[arg(long = "signer", value_name = "MEMBER:KEYFILE", value_parser = parse)]
    signers: Vec<SignerFile>,
    #[command(flatten)]
    pub(crate) wait: WaitArguments,
}

/// A member, as it is named, and the key file that it signs with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignerFile {
    member: String,
    key: PathBuf,
}

/// Whose signatures an act needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needed<'a> {
    /// One registration body, which none of these is.
    Body {
        /// Bodies that have done it.
        voted: &'a [MemberNumber],
    },
    /// As many registration bodies as the threshold says.
    Bodies,
    /// The same, for an act over this member.
    BodiesOver(MemberNumber),
    /// The member itself; registration bodies will do.
    Holder(MemberNumber),
    /// The member itself.
    Member(MemberNumber),
}

impl Needed<'_> {
    /// The member that the act concerns.
    fn concerned(self) -> Option<MemberNumber> {
        match self {
            Self::Bodies | Self::Body { .. } => None,
            Self::BodiesOver(member) | Self::Holder(member) | Self::Member(member) => Some(member),
        }
    }
}

impl SignerArguments {
    /// The signers that are named; else the configured member if it may sign for itself; else the
    /// registration bodies of the local network that is named; else the configured member, for whatever it
    /// may.
    pub(crate) async fn load(
        &self,
        context: &Context,
        client: &Client,
        needed: Needed<'_>,
    ) -> Result<Vec<Signer>, Failure> {
        if !self.signers.is_empty() {
            let mut signers = Vec::new();
            for SignerFile { member, key } in &self.signers {
                signers.push(Signer::new(members::find(client, member).await?, key_files::read(key)?));
            }
            return Ok(signers);
        }
        let config = context.config()?;
        let own = config.member.map(MemberNumber).zip(config.administer_key);
        match (own, context.localnet(), needed) {
            (Some((member, key)), _, Needed::Holder(itself) | Needed::Member(itself)) if member == itself => {
                signer(member, &key)
            }
            (_, Some(dir), Needed::Member(member)) => member_of(dir, member),
            (_, Some(dir), Needed::Body { voted }) => able(client, dir, None, voted, 1).await,
            (_, Some(dir), _) => bodies(client, dir, needed.concerned()).await,
            (Some((member, key)), None, _) => signer(member, &key),
            (None, None, _) => Err(Failure::config(NO_SIGNER)),
        }
    }
}

/// A member of a local network with its key there.
fn member_of(dir: &Path, member: MemberNumber) -> Result<Vec<Signer>, Failure> {
    let localnet = Localnet::read(dir)?;
    let mut nodes = localnet.validators();
    let node = nodes.find(|node| MemberNumber(node.member) == member);
    let node = node.ok_or_else(|| Failure::config(NO_SIGNER))?;
    signer(member, &node.administer_key(dir))
}

fn signer(member: MemberNumber, key: &Path) -> Result<Vec<Signer>, Failure> {
    Ok(vec![Signer::new(member, key_files::read(key)?)])
}

/// As many registration bodies of a local network as the threshold asks, of those that can sign. The ledger takes
/// nobody's own signature for what weakens him.
pub(crate) async fn bodies(
    client: &Client,
    dir: &Path,
    concerned: Option<MemberNumber>,
) -> Result<Vec<Signer>, Failure> {
    let parameters = client.record(&StateKey::Parameters).await?.read::<Parameters>()?;
    let threshold = parameters.map_or(0, |parameters| parameters.admin_threshold);
    let threshold = usize::try_from(threshold).unwrap_or(usize::MAX);
    able(client, dir, concerned, &[], threshold).await
}

/// So many registration bodies of a local network that can sign and are none of the others.
async fn able(
    client: &Client,
    dir: &Path,
    concerned: Option<MemberNumber>,
    others: &[MemberNumber],
    count: usize,
) -> Result<Vec<Signer>, Failure> {
    let localnet = Localnet::read(dir)?;
    let mut bodies = Vec::new();
    for node in concerned_last(localnet.validators(), concerned) {
        if bodies.len() == count {
            break;
        }
        let body = Signer::new(MemberNumber(node.member), key_files::read(&node.administer_key(dir))?);
        if !others.contains(&body.member()) && can_sign(client, &body).await? {
            bodies.push(body);
        }
    }
    if bodies.is_empty() {
        return Err(Failure::new(ReasonCode::ThresholdNotMet, NO_BODY_ABLE.with(&[&dir.display()])));
    }
    Ok(bodies)
}

fn concerned_last<'a>(
    nodes: impl Iterator<Item = &'a Node>,
    concerned: Option<MemberNumber>,
) -> Vec<&'a Node> {
    let mut nodes: Vec<_> = nodes.collect();
    nodes.sort_by_key(|node| Some(MemberNumber(node.member)) == concerned);
    nodes
}

/// Whether the member is active and its key in force.
async fn can_sign(client: &Client, signer: &Signer) -> Result<bool, Failure> {
    let member = client.record(&StateKey::Member(signer.member())).await?.read::<MemberRecord>()?;
    let key = client.record(&StateKey::Key(signer.key_id())).await?.read::<KeyRecord>()?;
    Ok(member.is_some_and(|member| member.status == MemberStatus::Active)
        && key.is_some_and(|key| key.status == KeyStatus::InForce && key.member == signer.member()))
}

fn parse(text: &str) -> Result<SignerFile, Mistake> {
    match text.split_once(':') {
        Some((member, key)) if !member.is_empty() && !key.is_empty() => {
            Ok(SignerFile { member: member.to_owned(), key: key.into() })
        }
        _ => Err(Mistake(SIGNER_FORM.into())),
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::{from_value, json};

    use super::*;

    #[test]
    fn a_signer_is_a_member_and_a_file() {
        for member in ["3", "M-4K7QPX-3-11", "91440300MA5FKQ8X1A"] {
            let expected = SignerFile { member: member.to_owned(), key: "C:/keys/a.pem".into() };
            assert_eq!(parse(&format!("{member}:C:/keys/a.pem")).ok(), Some(expected));
        }
        for text in ["3", "3:", ":a.pem", ""] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn whom_an_act_concerns_signs_only_if_no_other_can() {
        let node = |member: u64| -> Node {
            let ports = json!({ "grpc": 1, "http": 2, "network": 3, "consensus": 4 });
            let name = format!("validator-{member}");
            let node = json!({
                "name": name, "role": "validator", "member": member, "peer_id": "p", "ports": ports,
            });
            from_value(node).unwrap()
        };
        let nodes = [1, 2, 3, 4].map(node);
        let order = |concerned: Option<u64>| -> Vec<u64> {
            let nodes = concerned_last(nodes.iter(), concerned.map(MemberNumber));
            nodes.iter().map(|node| node.member).collect()
        };
        assert_eq!(order(None), [1, 2, 3, 4]);
        assert_eq!(order(Some(1)), [2, 3, 4, 1]);
        assert_eq!(order(Some(6)), [1, 2, 3, 4]);
    }
}
