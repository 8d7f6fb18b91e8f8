//! Texts of another form than a profile has.

use bulla_rules::profile::ProblemCode::{self, *};
use bulla_rules::profile::text;

use crate::support::{SAMPLE, found, problems, sample_with};

#[track_caller]
fn finds(changes: &[(&str, &str)], code: ProblemCode, path: &str) {
    let found = found(&sample_with(changes));
    assert!(found.contains(&(code, path.to_owned())), "{code:?} at {path} is not among {found:#?}");
}

#[test]
fn what_is_not_toml_is_refused_with_its_line() {
    let problems = problems("[profile]\nid = \n");
    assert_eq!(problems[0].code, Syntax);
    assert_eq!(problems[0].place.unwrap().line, 2);
}

#[test]
fn a_thing_named_twice_is_refused() {
    assert_eq!(problems(&format!("{SAMPLE}\n[procedures.check]\n"))[0].code, Syntax);
    finds(
        &[(
            "terms = [{ name = \"fixed\", zh = \"固定\", en = \"fixed\" }, { name = \"agreed\"",
            "terms = [{ name = \"fixed\", zh = \"固定\", en = \"fixed\" }, { name = \"fixed\"",
        )],
        Duplicate,
        "vocabularies.term_rule.terms[1]",
    );
    finds(
        &[("optional_fields = [\"earlier\"]", "optional_fields = [\"earlier\", \"kind\"]")],
        Duplicate,
        "procedures.first.steps.apply.optional_fields",
    );
    finds(
        &[("is = [\"set\", \"other\"]", "is = [\"set\", \"set\"]")],
        Duplicate,
        "procedures.first.steps.accept.conditions[0].is",
    );
    finds(
        &[("roles = [\"subject\"]", "roles = [\"subject\", \"subject\"]")],
        Duplicate,
        "parties.applicant.roles[1]",
    );
    finds(
        &[("unset = \"原文未规定\"", "unset = \"原文未规定\"\nvalue = \"fixed\"")],
        Duplicate,
        "values.term_rule",
    );
}

#[test]
fn an_unknown_key_is_refused_and_the_known_ones_are_named() {
    finds(
        &[("per_holder = \"one\"", "per_holder = \"one\"\nlimit = 3")],
        KeyUnknown,
        "accounts.account.limit",
    );
    let text = sample_with(&[("per_holder = \"one\"", "per_holder = \"one\"\nlimit = 3")]);
    let message = problems(&text)[0].message(bulla_types::Lang::En);
    assert!(message.contains("per_holder") && message.contains("within"), "{message}");
}

#[test]
fn a_missing_key_is_refused() {
    finds(
        &[("bound = { appointed = \"reviewers\", quorum = \"panel\" }\n", "")],
        KeyMissing,
        "parties.reviewer",
    );
    finds(&[("article = \"7\"\nforce = \"must\"", "article = \"7\"")], KeyMissing, "values.keep");
    finds(&[("{ days = 10, roll = \"to_working_day\" }", "{ days = 10 }")], KeyMissing, "values.cure.value");
    finds(
        &[("{ reached = \"notice_end\" }", "{ never = \"notice_end\" }")],
        KeyMissing,
        "procedures.first.steps.finish.conditions[0]",
    );
    finds(
        &[("{ retain = \"keep\" }", "{ forget = \"keep\" }")],
        KeyMissing,
        "procedures.first.steps.finish.effects[1]",
    );
}

#[test]
fn another_type_is_refused() {
    finds(&[("per_holder = \"one\"", "per_holder = 1")], TypeWrong, "accounts.account.per_holder");
    finds(
        &[("effective_to = 2028-12-31", "effective_to = \"2028-12-31\"")],
        TypeWrong,
        "sources.main.effective_to",
    );
    finds(
        &[("effective_to = 2028-12-31", "effective_to = 2028-12-31T00:00:00Z")],
        TypeWrong,
        "sources.main.effective_to",
    );
    finds(
        &[("signed_by = \"partner\"", "by_all = 1\nsigned_by = []")],
        KeyUnknown,
        "procedures.first.steps.apply.by_all",
    );
}

#[test]
fn a_word_that_is_not_on_the_list_is_refused() {
    finds(&[("class = \"encumbrance\"", "class = \"burden\"")], WordUnknown, "rights.pledge.class");
    finds(
        &[("roles = [\"registration_body\"]", "roles = [\"registrar\"]")],
        WordUnknown,
        "parties.registry.roles[0]",
    );
}

#[test]
fn names_texts_and_values_keep_their_rules() {
    finds(&[("[rights.holding]", "[rights.Holding]")], NameInvalid, "rights.Holding");
    finds(
        &[(
            "zh = \"质押\"\nen = \"Pledge\"\narticle = \"9\"",
            "zh = \"质押\"\nen = \"Cafe\u{301}\"\narticle = \"9\"",
        )],
        TextInvalid,
        "rights.pledge.en",
    );
    finds(&[("en = \"Holding\"", "en = \"\"")], TextInvalid, "rights.holding.en");
    finds(
        &[(
            "currency = \"CNY\"\ndisposition = \"attached\"\n\n[fields.appraisal]",
            "currency = \"yuan\"\ndisposition = \"attached\"\n\n[fields.appraisal]",
        )],
        ValueInvalid,
        "fields.price.currency",
    );
    finds(
        &[("value = { working_days = 3 }", "value = { working_days = 0 }")],
        ValueInvalid,
        "values.notice.value.working_days",
    );
    finds(&[("id = \"sample\"", "id = \"Sample_1\"")], ValueInvalid, "profile.id");
    finds(
        &[("id = \"sample\"\nversion = 1", "id = \"sample\"\nversion = 0")],
        ValueInvalid,
        "profile.version",
    );
    finds(
        &[("effective_to = 2028-12-31", "effective_to = 2023-12-31")],
        ValueInvalid,
        "sources.main.effective_to",
    );
    finds(
        &[("value = [\"sample-a\", \"sample-b\"]", "value = [\"sample-a\", \"sample b\"]")],
        ValueInvalid,
        "values.registers.value[1]",
    );
}

#[test]
fn too_long_a_text_and_too_deep_a_condition_are_refused() {
    let long = format!("{SAMPLE}# {}", "x".repeat(1 << 20));
    assert_eq!(text::parse(&long).unwrap_err()[0].code, TooMany);
    let deep = (0..9).fold("{ taken = \"accept\" }".to_owned(), |inner, _| format!("{{ not = {inner} }}"));
    let changes = [("{ reached = \"notice_end\" }", deep.as_str())];
    assert!(found(&sample_with(&changes)).iter().any(|(code, _)| *code == TooMany));
}

#[test]
fn everything_wrong_with_the_form_is_shown_at_once() {
    let text = sample_with(&[
        ("class = \"encumbrance\"", "class = \"burden\""),
        (
            "{ reached = \"notice_end\" }, { other_actor = \"accept\", level = \"key\" }",
            "{ reached = 1 }, { other_actor = \"accept\", level = \"person\" }",
        ),
        ("per_holder = \"one\"", "per_holder = \"two\""),
    ]);
    let codes: Vec<_> = problems(&text).into_iter().map(|problem| problem.code).collect();
    assert_eq!(codes, [ValueInvalid, WordUnknown, TypeWrong, WordUnknown]);
}
