//! Registration bodies that vote at their own times, each by its own node and configuration.

use std::fs;
use std::path::Path;

use bulla_tests::bulla::{Answer, bulla};
use bulla_tests::localnet::Localnet;
use serde_json::{Value, json};

/// A registration body of a local network at its own machine: its node, its key.
struct Body<'a> {
    folder: &'a Path,
    number: u64,
}

/// The four registration bodies of a network.
fn bodies(folder: &Path) -> [Body<'_>; 4] {
    let localnet = fs::read_to_string(folder.join("localnet.json")).unwrap();
    let localnet: Value = serde_json::from_str(&localnet).unwrap();
    [1, 2, 3, 4].map(|number| {
        let body = Body { folder, number };
        let port = &localnet["nodes"][usize::try_from(number).unwrap() - 1]["ports"]["grpc"];
        let config = format!(
            "endpoints = ['http://127.0.0.1:{port}']\ngenesis = 'genesis.bin'\nmember = {number}\n\
             administer_key = '{}'\n",
            body.key(),
        );
        fs::write(body.config(), config).unwrap();
        body
    })
}

impl Body<'_> {
    fn key(&self) -> String {
        self.file(&format!("members/validator-{}/administer.pem", self.number))
    }

    fn config(&self) -> String {
        self.file(&format!("body-{}.toml", self.number))
    }

    fn file(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    fn run(&self, command: &str) -> Answer {
        let arguments = command.split(' ').chain(["--config"]).map(str::to_owned);
        bulla(arguments.chain([self.config()]))
    }

    fn done(&self, command: &str) -> Value {
        let answer = self.run(command);
        assert_eq!(answer.code, 0, "{command}: {:#}", answer.json);
        answer.json
    }

    fn refused(&self, command: &str) -> Value {
        let mut answer = self.run(command);
        assert_eq!(answer.code, 1, "{command}: {:#}", answer.json);
        answer.json["error"].take()
    }

    /// What became of the only proposal that this act is about.
    fn decides(&self, command: &str) -> Value {
        let mut done = self.done(command);
        let proposals = done["proposals"].as_array().unwrap_or_else(|| panic!("{done:#}"));
        assert_eq!(proposals.len(), 1, "{done:#}");
        done["proposals"][0].take()
    }

    fn proposal(&self, number: u64) -> Value {
        self.done(&format!("governance proposal {number}"))
    }
}

/// Runs `bulla` with nothing configured: no network, no ledger.
fn offline(command: &str) -> Value {
    let answer = bulla(command.split(' '));
    assert_eq!(answer.code, 0, "{command}: {:#}", answer.json);
    answer.json
}

fn reason(refused: &Value) -> &str {
    refused["reason"].as_str().unwrap()
}

fn in_chinese(said: &Value) -> &str {
    said["zh"].as_str().unwrap_or_else(|| panic!("{said:#}"))
}

#[test]
fn one_body_proposes_a_member_another_votes_a_third_by_a_file_and_the_member_is_there() {
    let folder = tempfile::tempdir().unwrap();
    let _localnet = Localnet::up(folder.path());
    let [first, second, third, fourth] = bodies(folder.path());
    let keys = ["operate", "administer", "peer"].map(|name| first.file(&format!("{name}.pem")));
    keys.iter().for_each(|key| drop(offline(&format!("key new {key} --plain"))));

    let proposed = first.decides(&format!(
        "member enrol --name 某市互联网法院 --credit-code 91440300MA5FKQ8X16 --role judicial \
         --operate-key {} --administer-key {} --peer-key {} --propose --propose-grounds 司法观察节点",
        keys[0], keys[1], keys[2],
    ));
    assert_eq!((&proposed["number"], &proposed["status"]), (&json!(1), &json!("open")));
    assert_eq!(first.refused("member show 91440300MA5FKQ8X16")["reason"], "MEMBER_UNKNOWN");

    // Another body, by another node, sees it, with what is to be decided and what is needed.
    let listed = second.done("governance proposals");
    assert_eq!(listed.as_array().unwrap().len(), 1, "{listed:#}");
    let name = proposed["proposal"].as_str().unwrap();
    let shown = second.done(&format!("governance proposal {name}"));
    assert!(in_chinese(&shown["acts"][0]).contains("准入成员 某市互联网法院"), "{shown:#}");
    assert_eq!(in_chinese(&shown["grounds"]), "司法观察节点");
    assert_eq!(
        (&shown["approvals"], &shown["approvals_needed"], &shown["rejections_deciding"]),
        (&json!(1), &json!(3), &json!(2))
    );
    assert_eq!(second.decides("governance vote 1 --approve")["status"], "open");
    assert_eq!(reason(&second.refused("governance vote 1 --reject")), "VOTE_CAST");

    // The third votes on a machine without a network; whoever has the file submits it.
    let (draft, signed) = (third.file("vote.draft"), third.file("signed.draft"));
    let drafted =
        third.done(&format!("governance draft -o {draft} --by 3 vote 1 --approve --grounds 资质已核实"));
    let read = offline(&format!("governance show {draft}"));
    assert_eq!(read["acts"], drafted["acts"]);
    let words = in_chinese(&read["acts"][0]);
    assert!(words.contains("同意提案 1") && words.contains("准入成员 某市互联网法院"), "{words}");
    let (of_vote, of_proposal) = (words.find("grounds：资质已核实"), words.find("提案理由：司法观察节点"));
    assert!(
        of_vote.is_some() && of_vote < of_proposal,
        "grounds are read where there is no network: {words}"
    );
    offline(&format!("governance sign {draft} --key {} -o {signed}", third.key()));
    let decided = fourth.done(&format!("governance submit {signed}"));
    assert_eq!(decided["proposals"][0]["status"], "carried_out", "{decided:#}");
    let member = first.done("member show 91440300MA5FKQ8X16");
    assert_eq!((&member["status"], &decided["number"]), (&json!("active"), &member["number"]));

    // It takes no vote any more, is listed with all, and tells what happened.
    assert_eq!(reason(&fourth.refused("governance vote 1 --approve")), "PROPOSAL_ENDED");
    assert_eq!(reason(&first.refused("governance withdraw 1")), "PROPOSAL_ENDED");
    assert_eq!(first.done("governance proposals"), json!([]));
    assert_eq!(first.done("governance proposals --all")[0]["status"], "carried_out");
    let ended = fourth.proposal(1);
    assert_eq!((&ended["acts"], &ended["grounds"]), (&shown["acts"], &shown["grounds"]));
    assert_eq!(ended["votes"].as_array().unwrap().len(), 3);
    assert!(ended["votes"].as_array().unwrap().iter().all(|vote| vote["time"].is_string()), "{ended:#}");
    assert_eq!(ended["ended_at"], ended["votes"][2]["time"]);
    let grounds = ended["votes"].as_array().unwrap().iter().map(|vote| vote.get("grounds").map(in_chinese));
    assert_eq!(grounds.collect::<Vec<_>>(), [None, None, Some("资质已核实")], "{ended:#}");
}

#[test]
fn proposals_end_by_rejection_by_withdrawal_and_by_their_time() {
    let folder = tempfile::tempdir().unwrap();
    let localnet = Localnet::up_with(folder.path(), &["--clock", "2030-03-01T09:00+08:00"]);
    let [first, second, third, fourth] = bodies(folder.path());

    let proposed = first.decides("governance set-parameters block_entries_max=500 --propose");
    assert_eq!(proposed["number"], 1);
    let words = first.proposal(1);
    let words = in_chinese(&words["acts"][0]);
    assert!(words.contains("block_entries_max 由") && words.ends_with("变更为 500"), "{words}");
    assert_eq!(second.decides("governance vote 1 --reject")["status"], "open");
    assert_eq!(third.decides("governance vote 1 --reject")["status"], "rejected");
    assert_eq!(reason(&fourth.refused("governance vote 1 --approve")), "PROPOSAL_ENDED");
    assert_ne!(fourth.done("governance parameters")["block_entries_max"], "500");

    assert_eq!(second.decides("governance expel 6 --propose")["number"], 2);
    let refused = first.refused("governance withdraw 2");
    assert!(in_chinese(&refused["detail"]).contains("成员 2"), "only its proposer: {refused:#}");
    assert_eq!(second.decides("governance withdraw 2")["status"], "withdrawn");
    assert_eq!(reason(&third.refused("governance vote 2 --approve")), "PROPOSAL_ENDED");

    let proposed =
        third.decides("member suspend 6 --propose --propose-until 2030-03-08 --propose-grounds 停业");
    assert_eq!((&proposed["number"], &proposed["status"]), (&json!(3), &json!("open")));
    assert_eq!(fourth.proposal(3)["status"], "open");
    let clock = localnet.is("clock", &["--set", "2030-03-09T09:00+08:00"]);
    assert_eq!(clock.code, 0, "{:#}", clock.json);
    assert_eq!(fourth.proposal(3)["status"], "expired");
    assert_eq!(fourth.done("governance proposals"), json!([]));
    assert_eq!(reason(&fourth.refused("governance vote 3 --approve")), "PROPOSAL_EXPIRED");
    assert_eq!(fourth.done("member show 6")["status"], "active");
    assert_eq!(reason(&fourth.refused("governance proposal 4")), "PROPOSAL_UNKNOWN");
}

#[test]
fn a_deciding_vote_whose_act_is_refused_names_the_act_and_leaves_the_proposal_open() {
    let folder = tempfile::tempdir().unwrap();
    let localnet = Localnet::up(folder.path());
    let [first, second, third, fourth] = bodies(folder.path());

    // What could only be refused is refused when it is proposed, not when the third one votes.
    let refused = first.refused("governance schedule-protocol 1 --at-height 1000000 --propose");
    assert_eq!(reason(&refused), "PROTOCOL_VERSION_INVALID", "{refused:#}");
    assert!(in_chinese(&refused["detail"]).contains("所提事项第 0 项"), "{refused:#}");
    assert_eq!(first.done("governance proposals --all"), json!([]));

    // Two acts in one proposal, signed without a network.
    let (one, both) = (first.file("one.draft"), first.file("both.draft"));
    first.done(&format!("governance draft -o {one} --by 1 --propose suspend 6"));
    let drafted = first
        .done(&format!("governance draft -o {both} --add-to {one} set-parameters block_entries_max=500"));
    let words = in_chinese(&drafted["acts"][0]);
    assert!(words.contains("暂停成员 6") && words.contains("block_entries_max=500"), "{words}");
    offline(&format!("governance sign {both} --key {}", first.key()));
    assert_eq!(first.decides(&format!("governance submit {both}"))["number"], 1);
    assert_eq!(first.proposal(1)["acts"].as_array().unwrap().len(), 2);
    assert_eq!(second.decides("governance vote 1 --approve")["status"], "open");

    // Meanwhile the parameters become others.
    localnet.done("governance set-parameters block_entries_max=600");
    let refused = third.refused("governance vote 1 --approve");
    assert_eq!(reason(&refused), "PARAMETERS_CHANGED", "{refused:#}");
    let detail = in_chinese(&refused["detail"]);
    assert!(
        detail.contains("提案 1")
            && detail.contains("block_entries_max 由 600 变更为 500")
            && detail.contains("继续表决"),
        "{detail}"
    );
    let open = fourth.proposal(1);
    assert_eq!((&open["status"], &open["approvals"]), (&json!("open"), &json!(2)));
    assert_eq!(fourth.done("member show 6")["status"], "active", "all or nothing");

    // They come back, and the vote is taken.
    let former = first.done("governance parameters");
    assert_eq!(former["block_entries_max"], "600");
    localnet.done("governance set-parameters block_entries_max=10000");
    assert_eq!(third.decides("governance vote 1 --approve")["status"], "carried_out");
    assert_eq!(fourth.done("member show 6")["status"], "suspended");
    assert_eq!(fourth.done("governance parameters")["block_entries_max"], "500");
}
