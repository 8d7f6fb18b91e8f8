//! Separate rights, bodies that decide together, the end of a record: what is found wrong, and how it reads.

use bulla_rules::profile::ProblemCode::{self, *};
use bulla_rules::profile::{Profile, Speaker};
use bulla_types::{Lang, proto};
use prost::Message;

use crate::support::{found, problems, sample, sample_with};

/// The sample with these words replaced has this defect at this path.
#[track_caller]
fn finds(changes: &[(&str, &str)], code: ProblemCode, path: &str) {
    let found = found(&sample_with(changes));
    assert!(found.contains(&(code, path.to_owned())), "{code:?} at {path} is not among {found:#?}");
}

const AGREE: &str = "procedures.give.steps.agree";

#[test]
fn a_right_that_nobody_can_hold_is_found() {
    let lay = "effects = [{ encumber = \"pledge\", holder = \"holder\", until = \"until\" }]";
    let unlaid = [(lay, "effects = [{ release = \"pledge\" }]")];
    finds(&unlaid, ConditionImpossible, &format!("{AGREE}.conditions[0]"));
    finds(&unlaid, ConditionImpossible, "parties.pledgee");
    let other = [("{ right = \"pledge\", on = \"subject\" }", "{ right = \"lien\", on = \"subject\" }")];
    finds(&other, NameUnknown, &format!("{AGREE}.conditions[0]"));
}

#[test]
fn a_right_is_looked_for_on_an_entry() {
    for on in ["case", "parent"] {
        let on = format!("{{ right = \"pledge\", on = \"{on}\" }}");
        let changes = [("{ right = \"pledge\", on = \"subject\" }", on.as_str())];
        finds(&changes, ScopeWrong, &format!("{AGREE}.conditions[0]"));
    }
    let of_text =
        [("{ right = \"pledge\", on = \"subject\" }", "{ right = \"pledge\", on = \"field.until\" }")];
    finds(&of_text, FieldNeverGiven, &format!("{AGREE}.conditions[0]"));
    finds(&of_text, FieldKindWrong, &format!("{AGREE}.conditions[0]"));
}

#[test]
fn the_holders_of_a_right_are_parties_of_cases_about_an_entry() {
    let in_first = [(
        "signed_by = \"partner\"\nto = \"filed\"",
        "signed_by = [\"partner\", \"pledgee\"]\nto = \"filed\"",
    )];
    finds(&in_first, PartyUnbound, "procedures.first.steps.apply");
}

#[test]
fn titles_are_given_and_nothing_else() {
    let pledge = [("rights = [\"holding\"]", "rights = [\"pledge\"]")];
    finds(&pledge, RightClassWrong, &format!("{AGREE}.effects[0]"));
}

#[test]
fn a_body_acts_by_someone_and_by_no_more_than_it_has() {
    let panel = "type = \"integer\"\nvalue = 1";
    finds(&[(panel, "type = \"integer\"\nvalue = 0")], StepImpossible, "parties.reviewer");
    finds(&[(panel, "type = \"integer\"\nvalue = 17")], StepImpossible, "parties.reviewer");
    let two_of_one = [
        (panel, "type = \"integer\"\nvalue = 2"),
        ("unset = \"原文不列名单\"", "value = [\"91000000MA0000601U\"]"),
    ];
    finds(&two_of_one, StepImpossible, "parties.reviewer");
    finds(&[("quorum = \"panel\"", "quorum = \"floor\"")], ValueKindWrong, "parties.reviewer");
    finds(&[("quorum = \"panel\"", "quorum = \"many\"")], NameUnknown, "parties.reviewer");
    let of_holders =
        [("bound = { holders_of = \"pledge\" }", "bound = { holders_of = \"pledge\", quorum = \"panel\" }")];
    finds(&of_holders, KeyUnknown, "parties.pledgee.bound.quorum");
}

#[test]
fn the_end_of_a_record_is_followed_where_there_is_one_and_leaves_it_alone() {
    let end = "procedures.give.steps.end";
    let without = [("on = { deadline = \"cure_end\" }\nfrom", "on = \"record_ended\"\nfrom")];
    finds(&without, TriggerWrong, "procedures.first.steps.late");
    for effect in [
        "{ end = \"entry\", manner = \"lapsed\" }",
        "{ void = \"certificate\" }",
        "{ transfer = \"holder\" }",
        "{ set_flag = \"objection\" }",
    ] {
        let text = format!("on = \"record_ended\"\nfrom = \"offered\"\nto = \"moot\"\neffects = [{effect}]");
        finds(&[("on = \"record_ended\"\nfrom = \"offered\"\nto = \"moot\"", &text)], StepImpossible, end);
    }
    let opening = [("on = \"record_ended\"\nfrom = \"offered\"\nto", "on = \"record_ended\"\nto")];
    finds(&opening, TriggerWrong, end);
}

#[test]
fn what_they_say_reads_as_sentences() {
    let profile = sample();
    let said = |lang| {
        let outline = Speaker::new(&profile, lang).outline();
        let told = |path: &str| outline[path].clone();
        [
            told("parties.reviewer.bound"),
            told("parties.pledgee.bound"),
            told("procedures.give.steps.ask.conditions[0]"),
            told("procedures.give.steps.agree.conditions[0]"),
            told("procedures.give.steps.agree.effects[0]"),
            told("procedures.give.steps.end.by"),
        ]
    };
    assert_eq!(
        said(Lang::En),
        [
            "members of: Reviewing bodies (unset), acting together: Members who decide together (1)",
            "all who hold the Pledge",
            "the Holder holds the title of the record",
            "there is a Pledge of the record",
            "transfer the Holding to Partner",
            "ledger (when the entry or account ends)",
        ]
    );
    assert_eq!(
        said(Lang::Zh),
        [
            "名单内成员：审查机构（未规定），共同办理的人数：合议人数（1）",
            "“质押”的全部权利人",
            "持有人享有所涉记录的“权利”",
            "所涉记录上有“质押”",
            "持有转移至相对人",
            "账本（所涉登记或账户终止时）",
        ]
    );
}

#[test]
fn bytes_that_say_something_else_are_refused_with_their_place() {
    use proto::rule_condition::Node;
    let message = || proto::Profile::decode(sample().encode().as_slice()).unwrap();
    let refused =
        |message: &proto::Profile| Profile::decode(&message.encode_to_vec()).unwrap_err().path().to_owned();
    let party = |name: &str| {
        message().parties.iter().position(|party| party.head.as_ref().unwrap().name == name).unwrap()
    };
    let mut quorum = message();
    quorum.parties[party("holder")].quorum = "panel".to_owned();
    assert_eq!(refused(&quorum), format!("parties[{}].quorum", party("holder")));
    let mut nobody = message();
    nobody.parties[party("pledgee")].bound_by = String::new();
    assert_eq!(refused(&nobody), format!("parties[{}].bound_by", party("pledgee")));
    let give =
        message().procedures.iter().position(|found| found.head.as_ref().unwrap().name == "give").unwrap();
    let mut both = message();
    let step = &mut both.procedures[give].steps[0];
    let Some(Node::RightHeld(right)) = &mut step.conditions[0].node else { panic!("{step:?}") };
    right.class = 2;
    assert_eq!(refused(&both), format!("procedures[{give}].steps[0].conditions[0].class"));
    let mut named = message();
    let end = named.procedures[give].steps.iter().position(|step| step.trigger.is_some()).unwrap();
    named.procedures[give].steps[end].trigger.as_mut().unwrap().of = "thing".to_owned();
    assert_eq!(refused(&named), format!("procedures[{give}].steps[{end}].trigger.of"));
}

#[test]
fn the_sample_with_all_of_it_has_no_defect() {
    assert_eq!(problems(crate::support::SAMPLE), []);
}
