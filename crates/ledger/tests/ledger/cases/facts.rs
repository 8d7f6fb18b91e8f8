//! Conditions on what the register of members knows of a party.

use bulla_fixtures::stage::code_of;
use bulla_ledger::StepRule;
use bulla_rules::profile::PartyFact;
use bulla_types::{FieldValue, Outcome, ReasonCode, Role, Shares, StateKey, Subject};

use super::story::Register;
use crate::support::{Party, Take, go_on, made_up, open};

const REGISTER: &str = include_str!("../../profiles/register.toml");

const FIELDS: &str = r#"
[fields.holder_code]
zh = "代码"
en = "Code of the holder"
article = "4"
type = "credit_code"
items_max = 4
disposition = "clear"

[fields.invited]
zh = "受邀人"
en = "Those invited"
article = "4"
type = "member"
items_max = 4
disposition = "clear"
"#;

/// The small register with this condition of an application, which may say a code and whom it invites.
fn asking(condition: &str) -> Register {
    let (fields, asked) = ("[fields.name]\n", "conditions = [{ free_object = \"asset\" }]");
    let may = format!("optional_fields = [\"holder_code\", \"invited\"]\nconditions = [{condition}]");
    // An application and its supplement ask the same.
    assert!(REGISTER.matches(fields).count() == 1 && REGISTER.contains(asked));
    let text = REGISTER.replace(fields, &format!("{FIELDS}\n{fields}")).replacen(asked, &may, 1);
    Register::under(&made_up(&text))
}

fn code(name: &str) -> FieldValue {
    FieldValue::CreditCode(code_of(name))
}

fn person(story: &mut Register) -> Party {
    let request = story.ledger.administered().enrol_person("person", [Role::Subject]);
    let [Outcome::MemberNumber(number)] = request.recorded()[..] else { panic!() };
    Party { number, name: "person".to_owned() }
}

fn unmet(story: &mut Register, take: &Take) -> String {
    story.ledger.refuse_step(take, ReasonCode::ValuesDiffer).to_string()
}

#[test]
fn a_code_is_that_under_which_the_party_is_enrolled() {
    let mut story = asking("{ same = [\"holder_code\", \"party.applicant.credit_code\"] }");
    let application = story.application("asset");
    let told = "does not hold: holder_code is the same as party.applicant.credit_code";
    assert_eq!(unmet(&mut story, &application), told, "no code is not the same code");
    let others = application.clone().field("holder_code", code("other"));
    assert_eq!(unmet(&mut story, &others), told);
    let both = application.clone().values("holder_code", vec![code("applicant"), code("other")]);
    assert_eq!(unmet(&mut story, &both), told);
    story.ledger.take(&application.field("holder_code", code("applicant")));
}

#[test]
fn a_member_without_a_code_is_told_so() {
    let mut story = asking("{ same = [\"holder_code\", \"party.applicant.credit_code\"] }");
    let person = person(&mut story);
    let application = story.application("asset").without_actors().by("applicant", &person);
    let rule =
        story.ledger.refuse_step(&application.field("holder_code", code("other")), ReasonCode::PartyWrong);
    let (party, member) = ("applicant".to_owned(), person.number);
    assert_eq!(rule, StepRule::FactMissing { party, member, fact: PartyFact::CreditCode });
    let told =
        "applicant must have a unified social credit code in the register of members, and member 7 has none";
    assert_eq!(rule.to_string(), told);
}

#[test]
fn what_a_member_lacks_leaves_another_way_open() {
    let or = "{ any = [{ member_kind = \"applicant\", is = [\"natural_person\"] }, \
              { same = [\"holder_code\", \"party.applicant.credit_code\"] }] }";
    let mut story = asking(or);
    let person = person(&mut story);
    let application = story.application("asset");
    story.ledger.refuse_step(&application, ReasonCode::ConditionNotMet);
    story.ledger.take(&application.without_actors().by("applicant", &person));
}

#[test]
fn who_is_invited_may_act() {
    let mut story = asking("{ among = [\"party.applicant.member\", \"invited\"] }");
    let (applicant, other) = (story.applicant.number, story.other.number);
    let application = story.application("asset");
    let invites = |members: &[bulla_types::MemberNumber]| {
        let members = members.iter().copied().map(FieldValue::Member).collect();
        application.clone().values("invited", members)
    };
    story.ledger.refuse_step(&application, ReasonCode::ConditionNotMet);
    story.ledger.refuse_step(&invites(&[other]), ReasonCode::ConditionNotMet);
    story.ledger.take(&invites(&[other, applicant]));
}

/// Those who hold an entry together are several members: all of them count, in the order of their numbers.
#[test]
fn of_several_members_all_are_known() {
    let offer = "conditions = [{ valid = \"kind.certificate\" }]\nto = \"offered\"\n";
    assert_eq!(REGISTER.matches(offer).count(), 1);
    let may = "optional_fields = [\"holder_code\"]\nto = \"offered\"\n\
               conditions = [{ same = [\"holder_code\", \"party.holder.credit_code\"] }]\n";
    let field = &FIELDS[..FIELDS.find("[fields.invited]").unwrap()];
    let text = REGISTER.replace("[fields.name]\n", &format!("{field}\n[fields.name]\n")).replace(offer, may);
    let mut story = Register::under(&made_up(&text));
    story.certified("asset");
    let entry = Subject::Registration(bulla_types::RegistrationNumber(1));
    let (applicant, other) = (story.applicant.clone(), story.other.clone());
    // Who acquires holds an account.
    story.applicant = other.clone();
    let case = story.apply("another asset");
    story.register(case);
    let half = |party: &Party| bulla_types::Share { member: party.number, ppm: 500_000 };
    let shares = FieldValue::Shares(Shares::new(vec![half(&applicant), half(&other)]).unwrap());
    let agree = open(story.profile, "transfer", "agree")
        .about(entry)
        .naming("acquirer", &other)
        .by("holder", &applicant)
        .with("acquirer", &other)
        .field("shares", shares);
    let transfer = story.ledger.take(&agree).case;
    story.ledger.take(&go_on(transfer, "carry_out").by("registry", &story.registry));
    let both = open(story.profile, "surrender", "offer")
        .about(entry)
        .by("holder", &applicant)
        .with("holder", &other);
    let turned = both.clone().values("holder_code", vec![code("other"), code("applicant")]);
    story.ledger.refuse_step(&turned, ReasonCode::ValuesDiffer);
    let one = both.clone().field("holder_code", code("applicant"));
    story.ledger.refuse_step(&one, ReasonCode::ValuesDiffer);
    let case = story.ledger.take(&both.values("holder_code", vec![code("applicant"), code("other")])).case;
    assert!(story.ledger.view.record::<bulla_types::CaseRecord>(StateKey::Case(case)).is_some());
}
