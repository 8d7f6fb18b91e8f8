//! `bulla governance protocol` and `schedule-protocol`: the version of the protocol (协议版本) that the ledger goes by.

use bulla_client::{Client, TransactionBuilder};
use bulla_types::{
    Action, Height, Identifier, KeyId, KeyRecord, Lang, MemberNumber, ProtocolAtHeight,
    ProtocolScheduleRecord, ScheduleProtocol, StateKey, ValidatorSet, proto,
};
use clap::{ArgGroup, Args};
use serde::Serialize;

use super::parameters;
use crate::context::Context;
use crate::decision::DecisionArguments;
use crate::failure::Failure;
use crate::messages::{MEMBER, NO, OBSERVER, PEER, REACHED, ROLE, VALIDATOR, YES};
use crate::numbers::within;
use crate::output::{Show, facts, table};
use crate::signers::Needed;
use crate::text::texts;

texts! {
    IN_FORCE = "Version in force" "现行版本";
    SCHEDULED = "Scheduled" "排期";
    AT_HEIGHT = "version {0} from height {1} on" "自高度 {1} 起采用版本 {0}";
    NOTHING_SCHEDULED = "nothing" "无";
    KNOWS_UP_TO = "Knows up to" "支持至版本";
    NOT_TOLD = "not heard" "未获知";
    THIS_NODE = "this node" "本节点";
    LACK_IT = "Lack it" "尚不支持";
}

/// Schedule the version of the protocol that the ledger goes by from a height on, or take a schedule back; nodes that lack it stop before that height | 排定账本自某高度起采用的协议版本，或撤销排期；不支持该版本的节点在该高度前停止
#[derive(Args)]
#[command(group(ArgGroup::new("schedule").required(true)))]
pub(super) struct Schedule {
    /// The version, which the programs of the members must know when the height comes; see governance protocol | 版本号；到达该高度时各成员的程序须支持该版本，见 governance protocol
    #[arg(value_name = "VERSION", group = "schedule", requires = "at_height", value_parser = within::<u32>(1, u32::MAX.into()))]
    version: Option<u32>,
    /// The first height of that version | 采用该版本的首个高度
    #[arg(long, value_name = "HEIGHT", requires = "version", value_parser = within::<u64>(1, u64::MAX))]
    at_height: Option<u64>,
    /// Take back what is scheduled and has not come | 撤销尚未到来的排期
    #[arg(long, group = "schedule")]
    cancel: bool,
}

impl Schedule {
    /// Adds it to an act.
    pub(super) fn add(&self, act: TransactionBuilder) -> TransactionBuilder {
        let scheduled = self.version.zip(self.at_height);
        let scheduled =
            scheduled.map(|(version, height)| ProtocolAtHeight { version, height: Height(height) });
        act.action(Action::ScheduleProtocol(ScheduleProtocol { scheduled }))
    }
}

/// Schedule the version of the protocol that the ledger goes by from a height on, or take a schedule back; nodes that lack it stop before that height | 排定账本自某高度起采用的协议版本，或撤销排期；不支持该版本的节点在该高度前停止
#[derive(Args)]
pub(super) struct ScheduleArguments {
    #[command(flatten)]
    schedule: Schedule,
    #[command(flatten)]
    decision: DecisionArguments,
}

impl ScheduleArguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let done = context.run(async {
            let client = context.client().await?;
            let act = self.decision.begin(context, &client, Needed::Bodies).await?;
            self.decision.carry_out(context, &client, self.schedule.add(act)).await
        })?;
        context.show(&done)
    }
}

/// Show the version of the protocol in force, the one that is scheduled, and which nodes know it | 显示现行协议版本、已排定的版本，以及各节点程序支持的版本
#[derive(Args)]
pub(super) struct Arguments {}

impl Arguments {
    #[allow(clippy::unused_self, reason = "as every command")]
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let protocol = context.run(async { Protocol::read(&context.client().await?).await })?;
        context.show(&protocol)
    }
}

/// What is in force and what is scheduled are proved; what nodes know is their own word.
#[derive(Serialize)]
struct Protocol {
    /// Of the next height.
    version: u32,
    scheduled: Option<Scheduled>,
    nodes: Vec<Node>,
}

#[derive(Serialize)]
struct Scheduled {
    version: u32,
    height: u64,
    /// Members whose validators do not say that they know it.
    validators_lacking: Vec<String>,
}

#[derive(Serialize)]
struct Node {
    /// Absent when the node that was asked is an observer: it does not say whose it is.
    member: Option<String>,
    peer_id: String,
    validator: bool,
    connected: bool,
    /// `None` when it was not heard of.
    newest_protocol_known: Option<u32>,
}

impl Protocol {
    async fn read(client: &Client) -> Result<Self, Failure> {
        let version = parameters::read(client).await?.protocol_version;
        let record = client.record(&StateKey::ProtocolSchedule).await?;
        let schedule = record.read::<ProtocolScheduleRecord>()?;
        let status = client.status().await?;
        let own = own_member(client, &status).await?;
        let nodes = Node::all(client, own, &status);
        let scheduled = schedule.and_then(|schedule| schedule.pending_after(Height(status.height + 1)));
        let scheduled = scheduled.map(|scheduled| Scheduled::new(scheduled, &nodes));
        Ok(Self { version, scheduled, nodes })
    }
}

impl Scheduled {
    fn new(ProtocolAtHeight { version, height }: ProtocolAtHeight, nodes: &[Node]) -> Self {
        let lacks = |node: &&Node| {
            node.validator && node.newest_protocol_known.is_none_or(|newest_known| newest_known < version)
        };
        let lacking = nodes.iter().filter(lacks).filter_map(|node| node.member.clone());
        Self { version, height: height.0, validators_lacking: lacking.collect() }
    }
}

/// Whose validator the node is that was asked.
async fn own_member(
    client: &Client,
    status: &proto::GetStatusResponse,
) -> Result<Option<MemberNumber>, Failure> {
    let set = client.record(&StateKey::Validators).await?.read::<ValidatorSet>()?;
    let mut validators = set.iter().flat_map(ValidatorSet::validators);
    let own = validators.find(|validator| validator.address().as_bytes()[..] == status.address[..]);
    let Some(own) = own else { return Ok(None) };
    let key = client.record(&StateKey::Key(KeyId::of(own.key()))).await?.read::<KeyRecord>()?;
    Ok(key.map(|key| key.member))
}

impl Node {
    /// The one that was asked, then those that it knows.
    fn all(client: &Client, own: Option<MemberNumber>, status: &proto::GetStatusResponse) -> Vec<Self> {
        let named = |number| Identifier::member(&client.ledger_id(), number).to_string();
        let asked = Self {
            member: own.map(named),
            peer_id: String::new(),
            validator: status.validator,
            connected: true,
            newest_protocol_known: Some(status.newest_protocol_known),
        };
        let peers = status.peers.iter().map(|peer| Self {
            member: Some(named(MemberNumber(peer.member))),
            peer_id: peer.peer_id.clone(),
            validator: peer.validator,
            connected: peer.connected,
            newest_protocol_known: (peer.newest_protocol_known > 0).then_some(peer.newest_protocol_known),
        });
        [asked].into_iter().chain(peers).collect()
    }

    fn row(&self, lang: Lang) -> [String; 5] {
        let member = self.member.clone().unwrap_or_else(|| THIS_NODE.of(lang).to_owned());
        let role = if self.validator { VALIDATOR } else { OBSERVER };
        let reached = if self.connected { YES } else { NO };
        let known = self.newest_protocol_known;
        let known = known.map_or_else(|| NOT_TOLD.of(lang).to_owned(), |version| version.to_string());
        [member, role.of(lang).to_owned(), reached.of(lang).to_owned(), known, self.peer_id.clone()]
    }
}

impl Show for Protocol {
    fn text(&self, lang: Lang) -> String {
        let scheduled = match &self.scheduled {
            None => NOTHING_SCHEDULED.of(lang).to_owned(),
            Some(scheduled) => AT_HEIGHT.fill(lang, &[&scheduled.version, &scheduled.height]),
        };
        let lacking = self.scheduled.iter().flat_map(|scheduled| scheduled.validators_lacking.clone());
        let lacking: Vec<String> = lacking.collect();
        let head = facts([
            (IN_FORCE.of(lang), self.version.to_string()),
            (SCHEDULED.of(lang), scheduled),
            (LACK_IT.of(lang), lacking.join("\n")),
        ]);
        let heading = [MEMBER, ROLE, REACHED, KNOWS_UP_TO, PEER].map(|text| text.of(lang));
        let nodes = table(heading, self.nodes.iter().map(|node| node.row(lang)));
        format!("{head}\n\n{nodes}")
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bulla_client::{ClientError, NodeRefusal};
    use bulla_ledger::{Cause, Refusal};
    use bulla_types::ReasonCode;

    use super::*;
    use crate::golden::assert_golden;
    use crate::{help, mistake};

    /// As a node tells it.
    fn refused(cause: Cause) -> Failure {
        let refusal = Refusal { action: Some(0), cause };
        let reason = refusal.reason();
        ClientError::Refused(NodeRefusal {
            reason: reason.as_str().to_owned(),
            message: format!("{} ({refusal})", reason.message(Lang::En)),
            retry_after: None,
            transient: false,
            step: None,
        })
        .into()
    }

    #[test]
    fn a_schedule_that_is_refused_is_told_in_both_languages_with_what_is_wrong() {
        let scheduled = |version, height| ProtocolAtHeight { version, height: Height(height) };
        let unchanged = |scheduled| refused(Cause::ProtocolScheduleUnchanged { scheduled });
        let by_ledger = [
            (
                ReasonCode::ProtocolVersionInvalid,
                refused(Cause::ProtocolVersionInvalid { version: 1, in_force: 1, max: 9 }),
            ),
            (
                ReasonCode::ProtocolNoticeTooShort,
                refused(Cause::ProtocolNoticeTooShort {
                    height: Height(105),
                    present: Height(100),
                    first: Height(110),
                }),
            ),
            (ReasonCode::ProtocolScheduleUnchanged, unchanged(Some(scheduled(2, 500)))),
            (ReasonCode::ProtocolScheduleUnchanged, unchanged(None)),
        ];
        for (reason, failure) in &by_ledger {
            assert_eq!(failure.reason, *reason);
        }
        let lines = [
            "",
            "2",
            "--at-height 500",
            "2 --at-height 500 --cancel",
            "0 --at-height 500",
            "2 --at-height 0",
        ];
        for (lang, file) in [(Lang::En, "schedule_protocol.en.txt"), (Lang::Zh, "schedule_protocol.zh.txt")] {
            let mut told: Vec<String> = by_ledger.iter().map(|(_, failure)| failure.text(lang)).collect();
            for line in lines {
                let line = format!("bulla governance schedule-protocol {line}");
                let refused = help::command(lang).try_get_matches_from(line.split_whitespace()).unwrap_err();
                told.push(format!("$ {}\n{}", line.trim_end(), mistake::failure(&refused).text(lang)));
            }
            let told = told.join("\n\n") + "\n";
            assert!(!told.contains("原文"), "{told}");
            assert_golden(file, &told);
        }
    }

    fn node(member: Option<&str>, validator: bool, newest_protocol_known: Option<u32>) -> Node {
        let member = member.map(ToOwned::to_owned);
        Node { member, peer_id: String::new(), validator, connected: true, newest_protocol_known }
    }

    #[test]
    fn validators_that_lack_the_version_or_were_not_heard_of_are_named_and_observers_are_not() {
        let nodes = [
            node(Some("M-0"), true, Some(1)),
            node(None, false, Some(1)),
            node(Some("M-1"), true, Some(2)),
            node(Some("M-2"), true, Some(1)),
            node(Some("M-3"), true, None),
            node(Some("M-4"), false, Some(1)),
        ];
        let scheduled = Scheduled::new(ProtocolAtHeight { version: 2, height: Height(9) }, &nodes);
        assert_eq!(scheduled.validators_lacking, ["M-0", "M-2", "M-3"]);
        let protocol = Protocol { version: 1, scheduled: Some(scheduled), nodes: nodes.into() };
        for (lang, words) in [(Lang::En, "version 2 from height 9 on"), (Lang::Zh, "自高度 9 起采用版本 2")]
        {
            let text = protocol.text(lang);
            assert!(text.contains(words) && text.contains(THIS_NODE.of(lang)), "{text}");
        }
    }
}
