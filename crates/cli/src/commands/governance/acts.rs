//! What the registration bodies can decide, apart from who signs it and when.

use bulla_client::{ChangeRolesRequest, Client, TransactionBuilder};
use bulla_types::{
    Action, ChangeKeyStatus, ChangeParameters, ChangeValidators, KeyChange, MemberNumber, MemberRecord,
    ReasonCode, Role, Roles, StateKey, ValidatorChange,
};
use clap::{ArgGroup, Args};

use super::fields::Setting;
use super::parameters;
use crate::complaints::{NO_ROLE_LEFT, POWER_FORM};
use crate::failure::Failure;
use crate::mistake::Mistake;
use crate::over::Over;
use crate::text::{Said, texts};
use crate::{parse, words};

texts! {
    PARAMETER_TWICE = "{0} is named twice; name each parameter once" "参数 {0} 重复，每个参数只列一次";
}

/// Add, remove and replace validators, or change their power, from the next height on | 增加、移除、更换验证节点或调整其表决权，自下一高度起生效
#[derive(Args)]
#[command(group(ArgGroup::new("changes").required(true).multiple(true)))]
pub(super) struct Validators {
    /// A CONSENSUS key that a registration body has enrolled, by id or file, and the voting power that it shall have; =1 may be left out | 登记机构已登记的共识密钥（编号或文件）及其应有的表决权，“=1”可省略
    #[arg(long, value_name = "KEY[=POWER]", value_parser = set, num_args = 1.., group = "changes")]
    set: Vec<(String, u64)>,
    /// The key of a validator that shall be none any more, by id or file | 不再担任验证节点者的密钥（编号或文件）
    #[arg(long, value_name = "KEY", num_args = 1.., group = "changes")]
    remove: Vec<String>,
}

impl Validators {
    /// Adds the change to an act.
    pub(super) fn add(&self, act: TransactionBuilder) -> Result<TransactionBuilder, Failure> {
        let set = self.set.iter().map(|(key, power)| change(key, *power));
        let changes = set.chain(self.remove.iter().map(|key| change(key, 0)));
        let changes = changes.collect::<Result<Vec<_>, Failure>>()?;
        Ok(act.action(Action::ChangeValidators(ChangeValidators::new(changes))))
    }
}

fn change(key: &str, power: u64) -> Result<ValidatorChange, Failure> {
    Ok(ValidatorChange { key_id: parse::key(key)?, power })
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

/// Change parameters, from the next height on; those that are not named stay | 变更账本参数，自下一高度起生效；未列出的参数不变
#[derive(Args)]
pub(super) struct SetParameters {
    /// A parameter and the value that it shall have, such as block_entries_max=5000 | 参数及其新值，如 block_entries_max=5000
    #[arg(value_name = "FIELD=VALUE", required = true, value_parser = Setting::parse)]
    settings: Vec<Setting>,
}

impl SetParameters {
    pub(super) async fn add(
        &self,
        client: &Client,
        act: TransactionBuilder,
    ) -> Result<TransactionBuilder, Failure> {
        if let Some(name) = Setting::twice(&self.settings) {
            return Err(Failure::usage(PARAMETER_TWICE.with(&[&name])));
        }
        let present = parameters::read(client).await?;
        let (former, mut parameters) = (present.hash(), present);
        let invalid = |said| Failure::new(ReasonCode::ParametersInvalid, said);
        for setting in &self.settings {
            setting.apply(&mut parameters).map_err(invalid)?;
        }
        parameters.check().map_err(|error| invalid(Said::english(error)))?;
        Ok(act.action(Action::ChangeParameters(ChangeParameters { former, parameters })))
    }
}

/// Grant roles to a member and take them away | 授予或撤销成员的角色
#[derive(Args)]
#[command(group(ArgGroup::new("change").required(true).multiple(true)))]
pub(super) struct ChangeRoles {
    #[command(flatten)]
    over: Over,
    /// A role that it shall have | 授予的角色
    #[arg(long, value_name = "ROLE", num_args = 1.., group = "change", value_parser = words::Parser::<Role>::new())]
    grant: Vec<Role>,
    /// A role that it shall have no more | 撤销的角色
    #[arg(long, value_name = "ROLE", num_args = 1.., group = "change", value_parser = words::Parser::<Role>::new())]
    revoke: Vec<Role>,
}

impl ChangeRoles {
    pub(super) async fn member(&self, client: &Client) -> Result<MemberNumber, Failure> {
        self.over.member(client).await
    }

    pub(super) async fn add(
        &self,
        client: &Client,
        act: TransactionBuilder,
    ) -> Result<TransactionBuilder, Failure> {
        let member = self.member(client).await?;
        let record = client.record(&StateKey::Member(member)).await?.read::<MemberRecord>()?;
        let record = record.ok_or_else(|| Failure::new(ReasonCode::MemberUnknown, Said::name(member)))?;
        let stay = record.roles.iter().filter(|role| !self.revoke.contains(role));
        let roles = Roles::new(stay.chain(self.grant.iter().copied()))
            .ok_or_else(|| Failure::new(ReasonCode::RoleMissing, NO_ROLE_LEFT))?;
        Ok(act.action(ChangeRolesRequest { member, roles, grounds: self.over.grounds() }))
    }
}

// A key that is to end.
#[derive(Args)]
pub(super) struct RetireKey {
    /// Key id or key file | 密钥编号或密钥文件
    #[arg(value_name = "KEY")]
    key: String,
}

impl RetireKey {
    pub(super) fn add(&self, act: TransactionBuilder) -> Result<TransactionBuilder, Failure> {
        let key_id = parse::key(&self.key)?;
        Ok(act.action(Action::ChangeKeyStatus(ChangeKeyStatus { key_id, change: KeyChange::Retire })))
    }
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
