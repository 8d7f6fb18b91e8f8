//! Profiles that contradict themselves: each defect is found, under its code and at its place.

use std::collections::BTreeSet;

use bulla_rules::profile::ProblemCode::{self, *};
use bulla_types::Lang;

use crate::support::{SAMPLE, found, problems, sample, sample_with};

/// The sample with these words replaced has this defect at this path.
#[track_caller]
fn finds(changes: &[(&str, &str)], code: ProblemCode, path: &str) {
    let found = found(&sample_with(changes));
    assert!(found.contains(&(code, path.to_owned())), "{code:?} at {path} is not among {found:#?}");
}

#[test]
fn the_sample_has_no_defect() {
    assert_eq!(problems(SAMPLE), []);
}

#[test]
fn what_is_unset_keeps_a_profile_from_being_adopted_only() {
    let unset = |text: &str| sample().check_adoptable().iter().any(|problem| problem.path == text);
    assert!(unset("values.term_rule") && unset("values.reviewers"));
    assert!(sample().check_adoptable().iter().all(|problem| problem.code == ValueUnset));
    assert_eq!(sample().check_adoptable().len(), 2);
}

#[test]
fn a_problem_has_line_column_article_and_words_in_both_languages() {
    let text = sample_with(&[("{ retain = \"keep\" }", "{ retain = \"kept\" }")]);
    let found = problems(&text);
    let problem = found.iter().find(|problem| problem.code == NameUnknown).unwrap();
    let place = problem.place.unwrap();
    let line = text.lines().nth(place.line - 1).unwrap();
    assert_eq!(line.chars().skip(place.column - 1).take(19).collect::<String>(), "{ retain = \"kept\" }");
    assert_eq!(problem.article.as_deref(), Some("3"));
    assert_eq!(problem.message(Lang::En), "There is no value named `kept`; define it or correct the name.");
    assert_eq!(problem.message(Lang::Zh), "没有名为“kept”的参数，请定义或更正名称。");
}

#[test]
fn every_problem_is_shown_at_once() {
    let text = sample_with(&[
        ("{ retain = \"keep\" }", "{ retain = \"kept\" }"),
        ("unique_by = [\"digest\"]", "unique_by = [\"name\"]"),
        ("met_by = [\"accept\", \"correct\"]", "met_by = []"),
    ]);
    let codes: Vec<_> = problems(&text).into_iter().map(|problem| problem.code).collect();
    for code in [NameUnknown, FieldNotClear, DeadlineWithoutStep, Unused] {
        assert!(codes.contains(&code), "{code:?} is not among {codes:?}");
    }
}

#[test]
fn a_name_that_nothing_bears_is_found() {
    let finish = "procedures.first.steps.finish";
    finds(
        &[("{ retain = \"keep\" }", "{ retain = \"kept\" }")],
        NameUnknown,
        &format!("{finish}.effects[1]"),
    );
    finds(
        &[("{ other_actor = \"accept\"", "{ other_actor = \"accepts\"")],
        NameUnknown,
        &format!("{finish}.conditions[1]"),
    );
    finds(
        &[("{ reached = \"notice_end\" }", "{ reached = \"notices\" }")],
        NameUnknown,
        &format!("{finish}.conditions[0]"),
    );
    finds(
        &[("from = \"asked\"\nto = \"given\"", "from = \"asks\"\nto = \"given\"")],
        NameUnknown,
        "procedures.check.steps.give",
    );
    finds(
        &[("on_lapse = [{ end = \"entry\"", "on_lapse = [{ set_flag = \"flagged\" }, { end = \"entry\"")],
        NameUnknown,
        "certificates.certificate.on_lapse[0]",
    );
    finds(&[("article = \"7\"", "article = \"7\"\nsource = \"other\"")], NameUnknown, "values.keep");
    finds(&[("mandate = \"mandate\"", "mandate = \"power\"")], NameUnknown, "parties.applicant");
    finds(
        &[("about = { entry = \"thing\" }", "about = { entry = \"things\" }")],
        NameUnknown,
        "procedures.cancel.about",
    );
}

#[test]
fn what_nothing_uses_is_found() {
    let extra = "[flags.spare]\nzh = \"备用\"\nen = \"Spare\"\narticle = \"4\"\non = \"case\"\nclass = \"notice\"\n\n";
    finds(&[("[flags.objection]", &format!("{extra}[flags.objection]"))], Unused, "flags.spare");
    finds(&[(", { retain = \"keep\" }", "")], Unused, "values.keep");
}

#[test]
fn a_profile_needs_its_main_source() {
    finds(&[("[sources.main]", "[sources.chief]")], SourceMainMissing, "sources");
}

#[test]
fn a_value_of_another_kind_is_found() {
    finds(
        &[("{ retain = \"keep\" }", "{ retain = \"rounds\" }")],
        ValueKindWrong,
        "procedures.first.steps.finish.effects[1]",
    );
    finds(
        &[("bound = { appointed = \"reviewers\", quorum = \"panel\" }", "bound = { appointed = \"keep\" }")],
        ValueKindWrong,
        "parties.reviewer",
    );
}

#[test]
fn a_field_of_another_kind_is_found() {
    let apply = "procedures.first.steps.apply.conditions";
    finds(&[("{ whole = \"shares\" }", "{ whole = \"kind\" }")], FieldKindWrong, &format!("{apply}[1]"));
    finds(
        &[("certificate = \"field.earlier\"", "certificate = \"field.kind\"")],
        FieldKindWrong,
        &format!("{apply}[4]"),
    );
    finds(
        &[(
            "{ same = [\"digest\", \"document.voucher.digest\"] }",
            "{ same = [\"kind\", \"document.voucher.digest\"] }",
        )],
        FieldKindWrong,
        &format!("{apply}[3]"),
    );
    finds(
        &[("{ compare = \"price\"", "{ compare = \"shares\"")],
        FieldKindWrong,
        "procedures.first.steps.apply.documents.consent",
    );
}

#[test]
fn a_term_that_its_vocabulary_lacks_is_found() {
    finds(
        &[("is = [\"set\", \"other\"]", "is = [\"set\", \"map\"]")],
        TermUnknown,
        "procedures.first.steps.accept.conditions[0]",
    );
    finds(&[("value = \"resume\"", "value = \"pause\"")], TermUnknown, "values.clock");
}

#[test]
fn free_text_never_stands_in_clear() {
    let changes =
        [("bytes_max = 256\ndisposition = \"attached\"", "bytes_max = 256\ndisposition = \"clear\"")];
    finds(&changes, TextClear, "fields.name");
}

#[test]
fn what_the_ledger_reads_must_be_clear() {
    finds(&[("unique_by = [\"digest\"]", "unique_by = [\"price\"]")], FieldNotClear, "objects.thing");
    finds(
        &[("{ field = \"kind\", is = [\"set\", \"other\"] }", "{ field = \"name\", is = \"set\" }")],
        FieldNotClear,
        "procedures.first.steps.accept.conditions[0]",
    );
    finds(
        &[(
            "{ same = [\"digest\", \"document.voucher.digest\"] }",
            "{ same = [\"name\", \"document.voucher.digest\"] }",
        )],
        FieldNotClear,
        "procedures.first.steps.apply.conditions[3]",
    );
}

#[test]
fn what_no_step_brings_cannot_be_read() {
    finds(
        &[("is = [\"set\", \"other\"] }", "is = [\"set\", \"other\"] }, { present = \"lost\" }")],
        FieldNeverGiven,
        "procedures.first.steps.accept.conditions[1]",
    );
    finds(
        &[("is = [\"set\", \"other\"] }", "is = [\"set\", \"other\"] }, { document = \"mandate\" }")],
        DocumentNeverGiven,
        "procedures.first.steps.accept.conditions[1]",
    );
}

#[test]
fn what_a_case_is_not_about_cannot_be_asked() {
    let accept = "procedures.first.steps.accept.conditions[1]";
    let with = |condition: &str| format!("is = [\"set\", \"other\"] }}, {condition}");
    finds(&[("is = [\"set\", \"other\"] }", &with("{ present = \"parent.kind\" }"))], ScopeWrong, accept);
    finds(&[("is = [\"set\", \"other\"] }", &with("{ valid = \"subject\" }"))], ScopeWrong, accept);
    finds(
        &[("is = [\"set\", \"other\"] }", &with("{ flag = \"objection\", on = \"parent\" }"))],
        ScopeWrong,
        accept,
    );
    finds(
        &[("is = [\"set\", \"other\"] }", &with("{ present = \"document.voucher.kind\" }"))],
        ScopeWrong,
        accept,
    );
    finds(
        &[("{ field = \"subject.kind\"", "{ field = \"subject.public\"")],
        ScopeWrong,
        "procedures.cancel.steps.ask.conditions[1]",
    );
    finds(
        &[("on_lapse = [{ end", "on_lapse = [{ retain = \"keep\" }, { end")],
        ScopeWrong,
        "certificates.certificate.on_lapse[0]",
    );
}

#[test]
fn a_condition_that_can_never_hold_is_found() {
    let accept = "procedures.first.steps.accept";
    let with = |conditions: &str| format!("conditions = [{conditions}]");
    let kinds = "conditions = [{ field = \"kind\", is = [\"set\", \"other\"] }]";
    let never = |conditions: &str| finds(&[(kinds, &with(conditions))], ConditionImpossible, accept);
    never("{ field = \"kind\", is = \"set\" }, { field = \"kind\", is = \"other\" }");
    never("{ field = \"kind\", is = \"set\" }, { not = { field = \"kind\", is = \"set\" } }");
    never("{ not = { field = \"kind\", is = [\"other\", \"set\"] } }");
    never("{ field = \"public\", is = \"true\" }, { all = [{ field = \"public\", is = \"false\" }] }");
    never("{ value = \"term_rule\", is = \"fixed\" }, { value = \"term_rule\", is = \"agreed\" }");
    never("{ any = [{ all = [{ taken = \"apply\" }, { not = { taken = \"apply\" } }] }] }");
    never("{ within = \"notice_end\" }, { reached = \"notice_end\" }");
}

#[test]
fn fields_with_several_items_may_have_several_terms() {
    let kinds = "conditions = [{ valid = \"kind.certificate\" }, { field = \"subject.kind\", is = \"set\" }]";
    let both = "conditions = [{ valid = \"kind.certificate\" }, { field = \"subject.kind\", is = \"set\" }, { field = \"lost\", is = \"set\" }, { field = \"lost\", is = \"other\" }]";
    assert_eq!(found(&sample_with(&[(kinds, both)])), []);
}

#[test]
fn a_procedure_without_a_first_step_is_found() {
    finds(
        &[("by = \"applicant\"\nto = \"asked\"", "by = \"applicant\"\nfrom = \"asked\"\nto = \"asked\"")],
        NoOpeningStep,
        "procedures.check",
    );
}

#[test]
fn a_state_that_no_way_leads_to_or_from_is_found() {
    let lost = [("held = { zh = \"中止\"", "lost = { zh = \"无\", en = \"Lost\" }\nheld = { zh = \"中止\"")];
    finds(&lost, StateUnreachable, "procedures.first.states.lost");
    finds(&lost, StateStuck, "procedures.first.states.lost");
    let stuck = [("from = \"asked\"\nto = \"given\"", "from = \"asked\"\nto = \"asked\"")];
    finds(&stuck, StateStuck, "procedures.check.states.asked");
}

#[test]
fn no_step_leaves_the_end() {
    let left = [("from = \"cure\"\nto = \"filed\"", "from = [\"cure\", \"ended\"]\nto = \"filed\"")];
    finds(&left, EndLeft, "procedures.first.states.ended");
}

#[test]
fn a_step_that_cannot_be_taken_is_found() {
    let nowhere = [("signed_by = \"partner\"\nto = \"filed\"", "signed_by = \"partner\"")];
    finds(&nowhere, StepImpossible, "procedures.first.steps.apply");
    let paper = [("on = { deadline = \"cure_end\" }", "on = { deadline = \"cure_end\" }\nreasons = true")];
    finds(&paper, StepImpossible, "procedures.first.steps.late");
}

#[test]
fn the_ledger_does_not_run_in_circles() {
    let circle = "[procedures.check.steps.turn]\nzh = \"转\"\nen = \"Turn\"\narticle = \"6\"\non = \"routing\"\nfrom = \"asked\"\n";
    let stays = format!("{circle}\n[procedures.check.steps.give]");
    finds(&[("[procedures.check.steps.give]", &stays)], RoutingCircle, "procedures.check.states.asked");
}

#[test]
fn two_steps_of_the_ledger_on_one_event_need_an_order() {
    let stops = [("results = \"upheld\" }", "results = [\"upheld\", \"dismissed\"] }")];
    finds(&stops, OrderAmbiguous, "procedures.first.steps.stop");
    let ordered = [stops[0], ("zh = \"终止\"\nen = \"Stop\"", "zh = \"终止\"\nen = \"Stop\"\norder = 2")];
    assert_eq!(found(&sample_with(&ordered)), []);
}

#[test]
fn a_trigger_that_cannot_occur_is_found() {
    let late = "procedures.first.steps.late";
    finds(&[("on = { deadline = \"cure_end\" }", "on = \"opened\"")], TriggerWrong, late);
    finds(&[("on = { deadline = \"cure_end\" }", "on = \"parent_ended\"")], TriggerWrong, late);
    finds(&[("on = { deadline = \"cure_end\" }", "on = { child_opened = \"check\" }")], TriggerWrong, late);
    finds(&[("on = { deadline = \"cure_end\" }", "on = { deadline = \"decide\" }")], DeadlineKindWrong, late);
    let opens = "{ retain = \"keep\" }, { open_case = \"objection\" }";
    finds(&[("{ retain = \"keep\" }", opens)], TriggerWrong, "procedures.first.steps.finish.effects[2]");
}

#[test]
fn a_case_about_another_ends_with_it() {
    let conditional =
        ("on = \"parent_ended\"", "on = \"parent_ended\"\nconditions = [{ taken = \"answer\" }]");
    finds(&[conditional], ChildOrphaned, "procedures.objection.states.open");
}

#[test]
fn no_case_is_about_itself() {
    let itself = [("about = { case = \"first\" }", "about = { case = \"objection\" }")];
    finds(&itself, AboutCircle, "procedures.objection.about");
    let each_other = [itself[0], ("about = { entry = \"thing\" }", "about = { case = \"objection\" }")];
    finds(&each_other, AboutCircle, "procedures.cancel.about");
}

#[test]
fn every_deadline_has_a_step() {
    let deadlines = "procedures.first.deadlines";
    finds(
        &[("met_by = [\"accept\", \"correct\"]\n", "")],
        DeadlineWithoutStep,
        &format!("{deadlines}.decide"),
    );
    finds(
        &[("on = { deadline = \"cure_end\" }", "on = \"routing\"")],
        DeadlineWithoutStep,
        &format!("{deadlines}.cure_end"),
    );
    let idle = "\n[procedures.first.deadlines.idle]\nzh = \"闲\"\nen = \"Idle\"\narticle = \"1\"\nkind = \"window\"\n\
                due = { after = \"notice\", from = \"opening\" }\nruns_in = [\"filed\"]\n\n[procedures.first.deadlines.cure_end]";
    finds(
        &[("[procedures.first.deadlines.cure_end]", idle)],
        DeadlineWithoutStep,
        &format!("{deadlines}.idle"),
    );
}

#[test]
fn a_deadline_is_of_the_kind_that_its_use_asks() {
    let ahead = "procedures.cancel.deadlines.ahead";
    finds(&[("due = { before = \"cure\"", "due = { after = \"cure\"")], DeadlineKindWrong, ahead);
    let notice = "procedures.first.deadlines.notice_end";
    finds(&[("on_return = { value = \"clock\" }", "met_by = \"finish\"")], DeadlineKindWrong, notice);
    finds(&[("runs_in = \"asked\"", "runs_in = \"done\"")], DeadlineKindWrong, ahead);
    finds(
        &[("met_by = [\"accept\", \"correct\"]", "met_by = [\"finish\"]")],
        DeadlineKindWrong,
        "procedures.first.deadlines.decide",
    );
    finds(
        &[("on_return = { value = \"clock\" }", "on_return = { value = \"term_rule\" }")],
        WordUnknown,
        notice,
    );
}

#[test]
fn a_validity_that_can_be_missing_is_found() {
    let fixed = "{ after = \"term\", from = { issue = \"certificate\" } }";
    let one_of = "{ after = \"term\", from = { issue = \"certificate\" }, when = { value = \"term_rule\", is = \"fixed\" } }";
    assert_eq!(found(&sample_with(&[(fixed, one_of)])), []);
    let agreed = (
        "{ field = \"until\", when = { value = \"term_rule\", is = \"agreed\" } }",
        "{ field = \"until\", when = { field = \"kind\", is = \"set\" } }",
    );
    finds(&[(fixed, one_of), agreed], DateUncertain, "certificates.certificate.validity");
    let other = "{ after = \"term\", from = { expiry = \"voucher\" } }";
    finds(&[(fixed, other)], DateUncertain, "certificates.certificate.validity");
}

#[test]
fn a_lapse_counted_from_an_optional_date_is_found() {
    let from_date = [(
        "due = { after = \"cure\", from = { state = \"cure\" } }",
        "due = { after = \"cure\", from = { field = \"until\" } }\nruns_in = \"cure\"",
    )];
    finds(&from_date, DateUncertain, "procedures.first.deadlines.cure_end");
    let given = [
        from_date[0],
        ("to = \"cure\"\nreasons = true", "to = \"cure\"\nreasons = true\nfields = [\"until\"]"),
    ];
    assert_eq!(found(&sample_with(&given)), []);
}

#[test]
fn a_party_that_can_be_no_one_is_found() {
    finds(
        &[("bound = { parent = \"applicant\" }", "bound = { parent = \"holder\" }")],
        PartyUnbound,
        "procedures.objection.steps.answer",
    );
    finds(
        &[("signed_by = \"partner\"", "signed_by = \"holder\"")],
        PartyUnbound,
        "procedures.first.steps.apply",
    );
    finds(
        &[("signed_by = \"partner\"", "signed_by = \"objector\"")],
        PartyUnbound,
        "procedures.first.steps.apply",
    );
}

#[test]
fn what_the_register_knows_of_a_party_is_compared_with_what_is_of_its_kind() {
    let (apply, path) = ("{ same = [\"digest\", \"document.voucher.digest\"] }", |index| {
        format!("procedures.first.steps.apply.conditions[{index}]")
    });
    let beside = |condition: &str| sample_with(&[(apply, &format!("{apply}, {condition}"))]);
    let same = |left: &str, right: &str| beside(&format!("{{ same = [\"{left}\", \"{right}\"] }}"));
    assert_eq!(found(&same("party.applicant.member", "party.registry.member")), []);
    let refused = [
        ("party.applicant.member", "party.nobody.member", NameUnknown),
        ("party.applicant.member", "party.holder.member", PartyUnbound),
        ("party.applicant.member", "party.registry.credit_code", FieldKindWrong),
        ("digest", "party.applicant.credit_code", FieldKindWrong),
    ];
    for (left, right, code) in refused {
        let found = found(&same(left, right));
        assert!(found.contains(&(code, path(4))), "{left}, {right}: {found:#?}");
    }
    for condition in [
        "{ present = \"party.applicant.member\" }",
        "{ field = \"party.applicant.member\", is = \"set\" }",
        "{ compare = \"party.applicant.member\", equal = \"party.registry.member\" }",
        "{ reached = \"party.applicant.member\" }",
        "{ flag = \"objection\", on = \"field.party.applicant.member\" }",
    ] {
        let found = found(&beside(condition));
        assert!(found.contains(&(ScopeWrong, path(4))), "{condition}: {found:#?}");
    }
    // The register knows neither a party's name nor where it lives.
    let told = found(&same("name", "party.applicant.name"));
    assert_eq!(told, [(ValueInvalid, format!("{}.same[1]", path(4)))]);
}

#[test]
fn a_hidden_field_is_not_compared_with_what_the_register_knows() {
    let field = "[fields.code]\nzh = \"代码\"\nen = \"Code\"\narticle = \"8\"\ntype = \"credit_code\"\n\
                 disposition = \"attached\"\n\n[fields.shares]";
    let apply = "{ same = [\"digest\", \"document.voucher.digest\"] }";
    for condition in ["same", "among"] {
        let compared = format!("{apply}, {{ {condition} = [\"party.applicant.credit_code\", \"code\"] }}");
        let changes = [
            ("[fields.shares]", field),
            ("optional_fields = [\"earlier\"]", "optional_fields = [\"earlier\", \"code\"]"),
            (apply, compared.as_str()),
        ];
        finds(&changes, FieldNotClear, "procedures.first.steps.apply.conditions[4]");
        let clear = field.replace("attached", "clear");
        let clear = [("[fields.shares]", clear.as_str()), changes[1], changes[2]];
        assert_eq!(found(&sample_with(&clear)), [], "{condition}");
    }
}

#[test]
fn an_effect_needs_the_record_that_it_changes() {
    let give = "procedures.check.steps.give.effects[0]";
    let instead =
        |effect: &str| [("effects = [{ issue = \"voucher\", to = \"applicant\" }]", effect.to_owned())];
    for effect in [
        "{ end = \"entry\", manner = \"revoked\" }",
        "{ set_flag = \"objection\" }",
        "{ transfer = \"applicant\" }",
        "{ amend = [\"name\"] }",
        "{ void = \"certificate\" }",
    ] {
        let changes = instead(&format!("effects = [{effect}]"));
        finds(&[(changes[0].0, &changes[0].1)], RecordMissing, give);
    }
}

#[test]
fn titles_are_recorded_and_encumbrances_laid_on_them() {
    finds(
        &[("rights = \"holding\"", "rights = \"pledge\"")],
        RightClassWrong,
        "procedures.first.steps.accept.effects[1]",
    );
    finds(
        &[("encumber = \"pledge\"", "encumber = \"holding\"")],
        RightClassWrong,
        "procedures.cancel.steps.pledge.effects[0]",
    );
}

#[test]
fn no_certificate_comes_before_the_end_of_publicity() {
    finds(
        &[("conditions = [{ reached = \"notice_end\" }, ", "conditions = [")],
        CertificateBeforePublicity,
        "procedures.first.steps.finish",
    );
    let either = "conditions = [{ any = [{ reached = \"notice_end\" }, { taken = \"hold\" }] }, ";
    finds(
        &[("conditions = [{ reached = \"notice_end\" }, ", either)],
        CertificateBeforePublicity,
        "procedures.first.steps.finish",
    );
}

#[test]
fn a_profile_that_fits_no_transaction_is_found() {
    let notes: String = (0..60)
        .map(|number| format!("[documents.extra{number}]\nzh = \"附\"\nen = \"Extra\"\narticle = \"1\"\nforms = [\"digest\"]\nnote = \"{}\"\n", "n".repeat(1000)))
        .collect();
    finds(&[("[documents.form]", &format!("{notes}[documents.form]"))], TooLarge, "");
}

#[test]
fn more_conditions_than_the_format_holds_are_found() {
    let many = vec!["{ not = { not = { field = \"kind\", is = \"set\" } } }"; 20].join(", ");
    finds(
        &[("{ free_object = \"thing\" },", &format!("{many}, {{ free_object = \"thing\" }},"))],
        FormBroken,
        "",
    );
}

#[test]
fn every_code_is_found_by_a_test() {
    let tests = [include_str!("defects.rs"), include_str!("form.rs"), include_str!("overlay.rs")].concat();
    let words: BTreeSet<_> = tests.split(|c: char| !c.is_alphanumeric()).collect();
    for code in ProblemCode::ALL {
        assert!(words.contains(format!("{code:?}").as_str()), "{code:?}");
    }
}
