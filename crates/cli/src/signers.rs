//! Who signs acts of administration: the holder itself, or as many registration bodies as the ledger asks.

use std::path::{Path, PathBuf};

use bulla_client::Signer;
use bulla_types::MemberNumber;
use clap::Args;

use crate::commands::localnet::Localnet;
use crate::complaints::{NO_SIGNER, SIGNER_FORM};
use crate::context::{Context, read_genesis};
use crate::failure::Failure;
use crate::key_files;
use crate::mistake::Mistake;
use crate::waiting::WaitArguments;

/// Names signers on the command line.
#[derive(Args)]
pub(crate) struct SignerArguments {
    /// A signer: member number and its ADMINISTER key file, once for each | 签名方：成员编号与其管理密钥文件，每个签名方一次
    #[arg(long = "signer", value_name = "MEMBER:KEYFILE", value_parser = parse)]
    signers: Vec<SignerFile>,
    #[command(flatten)]
    pub(crate) wait: WaitArguments,
}

/// A member and the key file that it signs with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct SignerFile {
    member: MemberNumber,
    key: PathBuf,
}

/// Whose signatures an act needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needed {
    /// As many registration bodies as the threshold says.
    Bodies,
    /// The member itself; registration bodies will do.
    Holder(MemberNumber),
}

impl SignerArguments {
    /// The signers that are named; else the configured member if it may sign for itself; else the
    /// registration bodies of the local network that is named; else the configured member, for whatever it
    /// may.
    pub(crate) fn load(&self, context: &Context, needed: Needed) -> Result<Vec<Signer>, Failure> {
        if !self.signers.is_empty() {
            return self.signers.iter().map(SignerFile::load).collect();
        }
        let own = configured(context)?;
        match (own, context.localnet(), needed) {
            (Some(own), _, Needed::Holder(holder)) if own.member == holder => Ok(vec![own.load()?]),
            (_, Some(dir), _) => bodies(dir),
            (Some(own), None, _) => Ok(vec![own.load()?]),
            (None, None, _) => Err(Failure::config(NO_SIGNER)),
        }
    }
}

impl SignerFile {
    fn load(&self) -> Result<Signer, Failure> {
        Ok(Signer::new(self.member, key_files::read(&self.key)?))
    }
}

fn configured(context: &Context) -> Result<Option<SignerFile>, Failure> {
    let config = context.config()?;
    let member = config.member.map(MemberNumber);
    Ok(member.zip(config.administer_key).map(|(member, key)| SignerFile { member, key }))
}

/// As many registration bodies of a local network as its threshold asks.
fn bodies(dir: &Path) -> Result<Vec<Signer>, Failure> {
    let threshold = read_genesis(&Localnet::genesis(dir))?.genesis().parameters().admin_threshold;
    let localnet = Localnet::read(dir)?;
    let bodies = localnet.validators().take(usize::try_from(threshold).unwrap_or(usize::MAX));
    bodies
        .map(|node| SignerFile { member: MemberNumber(node.member), key: node.administer_key(dir) }.load())
        .collect()
}

fn parse(text: &str) -> Result<SignerFile, Mistake> {
    let form = || Mistake(SIGNER_FORM.into());
    let (member, key) = text.split_once(':').ok_or_else(form)?;
    let member = member.parse().ok().filter(|number| *number > 0).map(MemberNumber).ok_or_else(form)?;
    if key.is_empty() { Err(form()) } else { Ok(SignerFile { member, key: key.into() }) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signer_is_a_member_number_and_a_file() {
        let expected = SignerFile { member: MemberNumber(3), key: "C:/keys/a.pem".into() };
        assert_eq!(parse("3:C:/keys/a.pem").ok(), Some(expected));
        for text in ["3", "3:", ":a.pem", "0:a.pem", "M-4K7QPX-3-11:a.pem"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }
}
