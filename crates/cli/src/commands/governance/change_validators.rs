//! `bulla governance change-validators`.

use bulla_types::{Action, ChangeValidators, KeyId, ValidatorChange};

use crate::complaints::POWER_FORM;
use crate::context::Context;
use crate::failure::Failure;
use crate::mistake::Mistake;
use crate::signers::{Needed, SignerArguments};
use crate::{act, parse};

/// Add, remove and replace validators, or change their power, from the next height on | 增加、移除、更换验证节点或调整其表决权，自下一高度起生效
#[derive(clap::Args)]
#[command(group(clap::ArgGroup::new("changes").required(true).multiple(true)))]
pub(super) struct Arguments {
    /// A CONSENSUS key that a registration body has enrolled, by id or file, and the voting power that it shall have; =1 may be left out | 登记机构已登记的共识密钥（编号或文件）及其应有的表决权，“=1”可省略
    #[arg(long, value_name = "KEY[=POWER]", value_parser = set, num_args = 1.., group = "changes")]
    set: Vec<(String, u64)>,
    /// The key of a validator that shall be none any more, by id or file | 不再担任验证节点者的密钥（编号或文件）
    #[arg(long, value_name = "KEY", num_args = 1.., group = "changes")]
    remove: Vec<String>,
    #[command(flatten)]
    signers: SignerArguments,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let set = self.set.iter().map(|(key, power)| change(key, *power));
        let changes = set.chain(self.remove.iter().map(|key| change(key, 0)));
        let changes = changes.collect::<Result<Vec<_>, Failure>>()?;
        let action = Action::ChangeValidators(ChangeValidators::new(changes));
        let done = context.run(async {
            let client = context.client().await?;
            let signers = self.signers.load(context, &client, Needed::Bodies).await?;
            let act = act::begin(&client, &signers).action(action);
            act::carry_out(context, &client, act, &self.signers.wait).await
        })?;
        context.show(&done)
    }
}

fn change(key: &str, power: u64) -> Result<ValidatorChange, Failure> {
    let key_id: KeyId = parse::key(key)?;
    Ok(ValidatorChange { key_id, power })
}

/// `KEY` or `KEY=POWER`.
fn set(text: &str) -> Result<(String, u64), Mistake> {
    let (key, power) = match text.rsplit_once('=') {
        None => (text, 1),
        Some((key, power)) => (key, power.parse().map_err(|_| Mistake(POWER_FORM.into()))?),
    };
    if key.is_empty() || power == 0 {
        return Err(Mistake(POWER_FORM.into()));
    }
    Ok((key.to_owned(), power))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use super::*;

    #[test]
    fn a_key_has_a_power_of_one_unless_another_is_said() {
        assert_eq!(set("a.pem").ok(), Some(("a.pem".to_owned(), 1)));
        assert_eq!(set("keys/a=b.pem=3").ok(), Some(("keys/a=b.pem".to_owned(), 3)));
        for text in ["=3", "a.pem=0", "a.pem=", "a.pem=-1", ""] {
            assert!(set(text).is_err(), "{text}");
        }
    }
}
