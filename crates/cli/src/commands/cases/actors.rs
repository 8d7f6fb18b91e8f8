//! Who takes a step: which members, as which parties, signed with which keys.

use std::path::PathBuf;

use bulla_client::{Client, PossibleStep, Signer};
use bulla_rules::profile::{Actor, Step};
use bulla_types::MemberNumber;
use clap::Args;

use super::texts::{ACTOR_FORM, NAME_ONE_OF, NAME_THE_PARTY};
use crate::context::Context;
use crate::failure::Failure;
use crate::mistake::Mistake;
use crate::{key_files, members};

/// Names them on the command line.
#[derive(Args)]
pub(super) struct ActorArguments {
    /// Who acts, its OPERATE key file, and as which party: applicant=7:operate.pem; once for each who signs; an agent after a stroke, 7/12:agent.pem; by default the configured member | 由谁办理：成员及其业务密钥文件，可注明身份，如 applicant=7:operate.pem；每个签名方一次；代理人写在斜线后，如 7/12:agent.pem；默认为配置中的成员
    #[arg(long = "sign-as", value_name = "[PARTY=]MEMBER[/AGENT]:KEYFILE", value_parser = parse)]
    actors: Vec<Named>,
    /// As which party, where several may take the step | 以何身份办理（可由多方办理的步骤）
    #[arg(long, value_name = "PARTY")]
    pub(super) party: Option<String>,
}

/// Somebody who acts, as he is named.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Named {
    party: Option<String>,
    member: String,
    agent: Option<String>,
    key: PathBuf,
}

/// Everyone who acts in a step.
pub(super) struct Acting {
    /// As which party the step is taken.
    pub(super) party: String,
    pub(super) actors: Vec<(String, MemberNumber, Option<MemberNumber>)>,
    pub(super) signers: Vec<Signer>,
}

impl ActorArguments {
    /// Who acts, with the keys read. `possible` is what the node says of the step in an open case.
    pub(super) async fn load(
        &self,
        context: &Context,
        client: &Client,
        step: &Step,
        party: Option<&str>,
        possible: Option<&PossibleStep>,
    ) -> Result<Acting, Failure> {
        let mut found = Vec::new();
        let mut signers: Vec<Signer> = Vec::new();
        for Named { party, member, agent, key } in &self.actors {
            let member = members::find(client, member).await?;
            let agent = match agent {
                Some(agent) => Some(members::find(client, agent).await?),
                None => None,
            };
            let signer = Signer::new(agent.unwrap_or(member), key_files::read(key)?);
            if signers.iter().all(|other| other.key_id() != signer.key_id()) {
                signers.push(signer);
            }
            found.push((party.clone(), member, agent));
        }
        if found.is_empty() {
            let operator = context.operator()?;
            found.push((None, operator.member(), None));
            signers.push(operator);
        }
        let named: Vec<_> = found.iter().map(|(party, member, _)| (party.as_deref(), *member)).collect();
        let (party, parties) = assign(step, self.party.as_deref().or(party), possible, &named)?;
        let actors = parties.into_iter().zip(found).map(|(party, (_, member, agent))| (party, member, agent));
        Ok(Acting { party, actors: actors.collect(), signers })
    }
}

/// As which party the step is taken, and as which each of these members acts.
fn assign(
    step: &Step,
    party: Option<&str>,
    possible: Option<&PossibleStep>,
    members: &[(Option<&str>, MemberNumber)],
) -> Result<(String, Vec<String>), Failure> {
    let by: Vec<String> = match &step.by {
        Actor::Parties(parties) => parties.iter().map(ToString::to_string).collect(),
        Actor::Ledger(_) => Vec::new(),
    };
    let cosigners: Vec<String> = step.signed_by.iter().map(ToString::to_string).collect();
    let known = |member: MemberNumber| {
        let parties = possible.into_iter().flat_map(|step| step.by.iter().chain(&step.signed_by));
        let mut parties = parties.filter(|party| party.members.contains(&member));
        parties.next().map(|party| party.party.to_string())
    };
    let told = members.iter().map(|(party, member)| party.map(str::to_owned).or_else(|| known(*member)));
    let mut told: Vec<Option<String>> = told.collect();
    let taker = party.map(str::to_owned);
    let taker = taker.or_else(|| told.iter().flatten().find(|party| by.contains(party)).cloned());
    let taker = taker.or_else(|| if let [only] = by.as_slice() { Some(only.clone()) } else { None });
    let taker = taker.ok_or_else(|| Failure::usage(NAME_ONE_OF.with(&[&"--party", &by.join(", ")])))?;
    for place in 0..told.len() {
        if told[place].is_some() {
            continue;
        }
        let left = cosigners.iter().filter(|party| !told.iter().flatten().any(|taken| taken == *party));
        let left: Vec<&String> = left.collect();
        let taken = told.iter().flatten().any(|party| *party == taker);
        told[place] = Some(match left.as_slice() {
            // Nobody takes it yet, or nobody signs besides: all members of the party act together.
            _ if !taken && (place == 0 || left.is_empty()) => taker.clone(),
            [] if cosigners.is_empty() => taker.clone(),
            [only] => (*only).clone(),
            _ => return Err(Failure::usage(NAME_THE_PARTY.with(&[&members[place].1]))),
        });
    }
    Ok((taker, told.into_iter().flatten().collect()))
}

fn parse(text: &str) -> Result<Named, Mistake> {
    let read = || {
        let (who, key) = text.split_once(':')?;
        let (party, member) =
            who.split_once('=').map_or((None, who), |(party, member)| (Some(party), member));
        let (member, agent) =
            member.split_once('/').map_or((member, None), |(member, agent)| (member, Some(agent)));
        let whole = ![Some(key), Some(member), party, agent].contains(&Some(""));
        let [party, agent] = [party, agent].map(|text| text.map(str::to_owned));
        whole.then(|| Named { party, member: member.to_owned(), agent, key: key.into() })
    };
    read().ok_or_else(|| Mistake(ACTOR_FORM.into()))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bulla_client::StepParty;

    use super::super::testing::venue;
    use super::*;

    #[test]
    fn who_acts_is_a_member_with_a_key_and_perhaps_a_party_and_an_agent() {
        let named = |party: Option<&str>, member: &str, agent: Option<&str>| Named {
            party: party.map(str::to_owned),
            member: member.to_owned(),
            agent: agent.map(str::to_owned),
            key: "C:/a.pem".into(),
        };
        for (text, expected) in [
            ("7:C:/a.pem", named(None, "7", None)),
            ("seller=M-4K7QPX-6-80:C:/a.pem", named(Some("seller"), "M-4K7QPX-6-80", None)),
            ("7/12:C:/a.pem", named(None, "7", Some("12"))),
            ("seller=7/12:C:/a.pem", named(Some("seller"), "7", Some("12"))),
        ] {
            assert_eq!(parse(text).ok(), Some(expected), "{text}");
        }
        for text in ["", "7", "7:", ":a", "=7:a", "seller=:a", "7/:a"] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn who_acts_as_which_party_follows_from_the_profile_and_the_case() {
        let profile = venue();
        let step = |procedure: &str, step: &str| {
            profile.procedures.get(procedure).unwrap().steps.get(step).unwrap().clone()
        };
        let contract = step("trade", "sign_contract");
        let assigned = |possible: Option<&PossibleStep>, members: &[(Option<&str>, u64)]| {
            let members: Vec<_> =
                members.iter().map(|(party, member)| (*party, MemberNumber(*member))).collect();
            assign(&contract, None, possible, &members)
                .map(|(taker, parties)| (taker, parties.join(" ")))
                .ok()
        };
        let both = |parties: &str| Some(("seller".to_owned(), parties.to_owned()));
        assert_eq!(assigned(None, &[(None, 7), (None, 8)]), both("seller demander"));
        assert_eq!(assigned(None, &[(Some("demander"), 8), (None, 7)]), both("demander seller"));
        assert_eq!(assigned(None, &[(None, 7)]), both("seller"));
        assert_eq!(assigned(None, &[(None, 7), (None, 8), (None, 9)]), None);
        let party = |party: &str, member| StepParty {
            party: party.parse().unwrap(),
            members: vec![MemberNumber(member)],
        };
        let possible = PossibleStep {
            step: "sign_contract".parse().unwrap(),
            by: vec![party("seller", 7)],
            signed_by: vec![party("demander", 8)],
            fields: Vec::new(),
            documents: Vec::new(),
            until: Vec::new(),
            after: Vec::new(),
            missing: Vec::new(),
        };
        assert_eq!(assigned(Some(&possible), &[(None, 8), (None, 7)]), both("demander seller"));
        // All holders of a record act as one party.
        let inquire = step("trade", "inquire");
        let holders = [(None, MemberNumber(7)), (None, MemberNumber(8))];
        assert_eq!(assign(&inquire, None, None, &holders).unwrap().1, ["demander", "demander"]);
    }
}
