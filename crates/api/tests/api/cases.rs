//! Profiles, cases, work lists, deadlines and the register, as a node tells them.

use bulla_client::{CasesOf, ClientError, Ended, ProfileRef, StepInstead};
use bulla_rules::CivilDate;
use bulla_types::{
    AccountRecord, BlockTime, CaseNumber, CaseStatus, CertificateRecord, EvidenceNumber, FieldValue,
    Identifier, MemberNumber, ObjectRecord, ProfileDigest, ProfileStatus, ReasonCode, RegistrationRecord,
    StateKey, Subject, SubjectKind, proto,
};
use proto::list_cases_request::Which;

use crate::office::{APPLICANT, Office, REGISTRY, register, registry};
use crate::served::{Served, Wire, reason};

fn numbers(cases: &[bulla_client::CaseSummary]) -> Vec<u64> {
    cases.iter().map(|case| case.number.0).collect()
}

#[tokio::test]
async fn the_law_in_force_is_read_by_digest_and_by_name() {
    let office = Office::on(Served::open().await).await;
    let (client, adopted) = (&office.client, &office.adopted);
    assert_eq!(adopted.profile, register());
    assert_eq!((adopted.status, adopted.version_in_force), (ProfileStatus::InForce, 1));
    let by_digest = client.profile(&ProfileRef::Digest(adopted.digest)).await.unwrap();
    assert_eq!(by_digest.bytes, adopted.bytes);
    let listed = client.profiles().await.unwrap();
    assert_eq!(listed.len(), 1);
    assert_eq!((listed[0].digest, &listed[0].title), (adopted.digest, &adopted.profile.title));
    let unknown = ProfileRef::Digest(ProfileDigest::from_bytes([1; 32]));
    assert_eq!(client.profile(&unknown).await.unwrap_err().reason(), Some(ReasonCode::NotFound));

    let head = client.calendar().await.unwrap().unwrap();
    assert_eq!((head.first_year, head.last_year), (2026, 2026));
    assert_eq!(client.calendar_year(2026).await.unwrap().year.year(), 2026);
    assert_eq!(client.calendar_year(2027).await.unwrap_err().reason(), Some(ReasonCode::NotFound));
}

#[tokio::test]
async fn a_case_is_told_with_its_past_what_it_says_and_what_may_happen_next() {
    let office = Office::on(Served::open().await).await;
    office.apply(1).await;
    let case = office.client.case(CaseNumber(1)).await.unwrap();
    assert_eq!(case.record.state, "review");
    assert_eq!(case.past.len(), 1);
    assert_eq!(case.past[0].step.as_ref().unwrap(), &"apply");
    assert_eq!(case.openings.len(), 1);
    assert_eq!(case.openings[0].field, "name");
    assert_eq!(case.openings[0].values.single(), Some(&FieldValue::Text("资产 1".to_owned())));
    let register = case.possible.iter().find(|step| step.step == "register").unwrap();
    assert_eq!(register.by[0].party, "registry");
    assert_eq!(register.by[0].members, [REGISTRY]);
    assert!(!register.until.is_empty() && register.missing.is_empty(), "{register:?}");

    office.decide(1, "give_back", Some("缺少材料")).await;
    let case = office.client.case(CaseNumber(1)).await.unwrap();
    assert_eq!((case.past.len(), case.record.state.as_str()), (2, "returned"));
    let wire = office.node.wire();
    let page = proto::GetCaseRequest { case_number: 1, from_step: 0, limit: 1 };
    let page: proto::GetCaseResponse = wire.call("GetCase", page).await.unwrap();
    assert_eq!((page.past.len(), page.next_step), (1, 1));
    let beyond = proto::GetCaseRequest { case_number: 1, from_step: u32::MAX, limit: u32::MAX };
    let beyond: proto::GetCaseResponse = wire.call("GetCase", beyond).await.unwrap();
    assert_eq!((beyond.past.len(), beyond.next_step), (0, 0));
}

#[tokio::test]
async fn a_case_is_on_the_work_list_of_its_parties_and_of_whom_the_profile_names_until_it_ends() {
    let office = Office::on(Served::open().await).await;
    office.apply(2).await;
    let work = async |member, ended| {
        office.client.cases(CasesOf::Member(member), ended, CaseNumber(1), 0).await.unwrap().cases
    };
    let of_registry = work(REGISTRY, Ended::LeftOut).await;
    assert_eq!(numbers(&of_registry), [1, 2]);
    let can: Vec<&str> = of_registry[0].possible.iter().map(bulla_types::RuleName::as_str).collect();
    assert_eq!(can, ["give_back", "register", "refuse"]);
    assert!(of_registry[0].next_deadline.is_some());
    let of_applicant = work(APPLICANT, Ended::LeftOut).await;
    assert_eq!(numbers(&of_applicant), [1, 2]);
    assert!(of_applicant[0].possible.is_empty(), "it is not the applicant's turn");
    assert!(work(MemberNumber(2), Ended::LeftOut).await.is_empty());

    office.decide(1, "refuse", Some("不符合条件")).await;
    assert_eq!(numbers(&work(REGISTRY, Ended::LeftOut).await), [2]);
    assert_eq!(numbers(&work(APPLICANT, Ended::LeftOut).await), [2]);
    let all = work(APPLICANT, Ended::Included).await;
    assert_eq!(numbers(&all), [1, 2]);
    assert_eq!((all[0].status, all[0].possible.len()), (CaseStatus::Ended, 0));
    let everyone = office.client.cases(CasesOf::Everyone, Ended::LeftOut, CaseNumber(1), 0).await.unwrap();
    assert_eq!(numbers(&everyone.cases), [2]);
}

#[tokio::test]
async fn lists_are_read_page_by_page() {
    let office = Office::on(Served::open().await).await;
    office.apply(5).await;
    for of in [CasesOf::Everyone, CasesOf::Member(APPLICANT), CasesOf::Member(REGISTRY)] {
        for ended in [Ended::LeftOut, Ended::Included] {
            let (mut from, mut read) = (Some(CaseNumber(1)), Vec::new());
            while let Some(number) = from {
                let page = office.client.cases(of, ended, number, 2).await.unwrap();
                assert!(page.cases.len() <= 2);
                read.extend(numbers(&page.cases));
                from = page.next;
            }
            assert_eq!(read, [1, 2, 3, 4, 5], "{of:?} {ended:?}");
            let huge = office.client.cases(of, ended, CaseNumber(3), u32::MAX).await.unwrap();
            assert_eq!((numbers(&huge.cases), huge.next), (vec![3, 4, 5], None));
        }
    }
    let all = office.client.deadlines(BlockTime(0), None, 0).await.unwrap();
    assert_eq!(all.len(), 5, "each has a term for the review");
    assert!(all.is_sorted_by_key(|due| due.due));
    assert_eq!(office.client.deadlines(BlockTime(0), None, 3).await.unwrap(), all[..3]);
    assert_eq!(office.client.deadlines(BlockTime(0), Some(all[0].due), 0).await.unwrap(), []);
    let wire = office.node.wire();
    let first = proto::ListDeadlinesRequest { limit: 4, ..Default::default() };
    let first: proto::ListDeadlinesResponse = wire.call("ListDeadlines", first).await.unwrap();
    assert_eq!(first.deadlines.len(), 4);
    let rest = proto::ListDeadlinesRequest { continuation: first.next, ..Default::default() };
    let rest: proto::ListDeadlinesResponse = wire.call("ListDeadlines", rest).await.unwrap();
    assert_eq!((rest.deadlines.len(), rest.next.len()), (1, 0));
}

#[tokio::test]
async fn what_a_suspension_has_moved_is_told_with_its_new_time_before_the_ledger_settles_it() {
    let office = Office::on(Served::open().await).await;
    office.apply(1).await;
    let client = &office.client;
    let listed = client.deadlines(BlockTime(0), None, 0).await.unwrap();
    assert_eq!((listed.len(), listed[0].moved), (1, None));
    let due = listed[0].due;
    let last_day = CivilDate::of(BlockTime(due.0 - 1)).unwrap();
    office.suspend(last_day).await;
    let listed = client.deadlines(BlockTime(0), None, 0).await.unwrap();
    let moved = listed[0].moved.unwrap();
    assert!(listed[0].due == due && moved > due, "{listed:?}");
    let case = client.case(CaseNumber(1)).await.unwrap();
    // The record itself is settled when the deadline would have come.
    assert_eq!(case.record.deadlines["review_end"].due, Some(due));
    assert_eq!((case.deadlines[0].deadline.as_str(), case.deadlines[0].due), ("review_end", moved));
    let cases = client.cases(CasesOf::Everyone, Ended::LeftOut, CaseNumber(1), 0).await.unwrap().cases;
    assert_eq!(cases[0].next_deadline.as_ref().unwrap().due, moved);
}

#[tokio::test]
async fn a_step_that_cannot_be_taken_now_is_no_work() {
    let office = Office::on(Served::open().await).await;
    office.apply(1).await;
    office.decide(1, "register", None).await;
    let case = office.client.case(CaseNumber(1)).await.unwrap();
    let issue = case.possible.iter().find(|step| step.step == "issue").unwrap();
    assert!(issue.missing[0].contains("; the deadline publicity_end (8) comes at "), "{:?}", issue.missing);
    let work =
        office.client.cases(CasesOf::Member(REGISTRY), Ended::LeftOut, CaseNumber(1), 0).await.unwrap();
    let can: Vec<&str> = work.cases[0].possible.iter().map(bulla_types::RuleName::as_str).collect();
    assert_eq!(can, ["refuse"]);
}

#[tokio::test]
async fn a_refused_opening_names_what_is_in_the_way_and_what_can_be_opened_about_it() {
    let office = Office::on(Served::open().await).await;
    office.apply(1).await;
    office.decide(1, "register", None).await;
    let submission = office.sign(&crate::office::applicant(), office.application(1));
    let ClientError::Refused(refusal) = office.client.submit(&submission).await.unwrap_err() else {
        panic!()
    };
    assert_eq!(refusal.known_reason(), Some(ReasonCode::ObjectRegistered));
    let step = *refusal.step.unwrap();
    assert!(step.rule.ends_with("; there is R-1 already"), "{}", step.rule);
    let about = Some(Subject::Registration(bulla_types::RegistrationNumber(1)));
    let opens = |found: &&StepInstead| found.opens.as_ref().is_some_and(|opens| opens.about == about);
    let offered: Vec<&str> = step.possible.iter().filter(opens).map(|found| found.step.as_str()).collect();
    assert!(offered.contains(&"change"), "{:?}", step.possible);
}

#[tokio::test]
async fn the_register_is_listed_whole_and_by_holder() {
    let office = Office::on(Served::open().await).await;
    office.apply(3).await;
    for case in 1..=3 {
        office.decide(case, "register", None).await;
    }
    let (client, holder) = (&office.client, Some(APPLICANT));
    let (accounts, _) = client.register::<AccountRecord>(holder, 1, 0).await.unwrap();
    assert_eq!(accounts.iter().map(|account| account.holder).collect::<Vec<_>>(), [APPLICANT]);
    for holder in [None, holder] {
        let (first, next) = client.register::<RegistrationRecord>(holder, 1, 2).await.unwrap();
        assert_eq!((first.len(), next), (2, Some(3)));
        let (rest, next) = client.register::<RegistrationRecord>(holder, 3, u32::MAX).await.unwrap();
        assert_eq!((rest.len(), next), (1, None));
    }
    assert!(client.register::<RegistrationRecord>(Some(REGISTRY), 1, 0).await.unwrap().0.is_empty());
    assert_eq!(client.register::<ObjectRecord>(None, 1, 0).await.unwrap().0.len(), 3);
    assert!(client.register::<CertificateRecord>(None, 1, 0).await.unwrap().0.is_empty());
    let refused = client.register::<ObjectRecord>(holder, 1, 0).await.unwrap_err();
    assert_eq!(refused.reason(), Some(ReasonCode::Malformed));
}

#[tokio::test]
async fn a_refused_step_comes_back_with_its_article_and_what_is_possible_instead() {
    let office = Office::on(Served::open().await).await;
    office.apply(1).await;
    let mut case = office.client.case(CaseNumber(1)).await.unwrap();
    // As a client would think that knows an older state of the case.
    case.record.state = "publicity".parse().unwrap();
    let issue = office.step(&case, "issue").actor("registry", REGISTRY).unwrap().finish().unwrap();
    let submission = office.sign(&registry(), issue);
    let refused = office.client.submit(&submission).await.unwrap_err();
    assert_eq!(refused.reason(), Some(ReasonCode::StepOutOfOrder));
    let ClientError::Refused(refusal) = refused else { panic!("{refused}") };
    let step = *refusal.step.unwrap();
    let article = &office.adopted.profile.procedures.get("registration").unwrap();
    let article = &article.steps.get("issue").unwrap().head.cite.article;
    assert_eq!((step.case, step.step.as_str(), &step.article), (Some(CaseNumber(1)), "issue", article));
    let (step_name, by) = ("register".to_owned(), vec!["registry".to_owned()]);
    let instead = StepInstead { opens: None, step: step_name, by };
    assert!(step.possible.contains(&instead), "{:?}", step.possible);

    let (sender, mut receiver) = office.client.submit_stream().await.unwrap();
    sender.send(7, &submission).await.unwrap();
    let Some(bulla_client::BulkEvent::Refused { refusal, .. }) = receiver.next().await.unwrap() else {
        panic!()
    };
    assert_eq!(refusal.step.unwrap().possible, step.possible);
}

async fn refused<Q, A>(wire: &Wire, method: &str, request: Q, expected: &str)
where
    Q: prost::Message + Clone + std::fmt::Debug + 'static,
    A: prost::Message + Default + std::fmt::Debug + 'static,
{
    let answer = wire.call::<Q, A>(method, request.clone()).await;
    assert_eq!(reason(&answer.unwrap_err()), expected, "{method} {request:?}");
}

#[tokio::test]
async fn hostile_questions_get_a_reason_and_nothing_else() {
    let office = Office::on(Served::open().await).await;
    office.apply(1).await;
    let wire = office.node.wire();
    for case_number in [0, 2, u64::MAX] {
        let request = proto::GetCaseRequest { case_number, ..Default::default() };
        refused::<_, proto::GetCaseResponse>(&wire, "GetCase", request, "NOT_FOUND").await;
    }
    let about = |kind: i32, number| Some(Which::About(proto::Subject { kind, number }));
    for (which, expected) in [
        (None, "MALFORMED"),
        (about(0, 1), "MALFORMED"),
        (about(99, 1), "MALFORMED"),
        (about(SubjectKind::Case.to_wire(), 0), "MALFORMED"),
        (about(SubjectKind::Member.to_wire(), 1), "MALFORMED"),
        (about(SubjectKind::Object.to_wire(), 1), "MALFORMED"),
        (Some(Which::Member(99)), "NOT_FOUND"),
    ] {
        let request = proto::ListCasesRequest { which, ..Default::default() };
        refused::<_, proto::ListCasesResponse>(&wire, "ListCases", request, expected).await;
    }
    for continuation in [&b"x"[..], &[0xff; 64], &[0; 18]] {
        let continuation = continuation.to_vec().into();
        let request = proto::ListDeadlinesRequest { continuation, ..Default::default() };
        refused::<_, proto::ListDeadlinesResponse>(&wire, "ListDeadlines", request, "MALFORMED").await;
    }
    for kind in [0, -1, 99, SubjectKind::Member.to_wire(), SubjectKind::Case.to_wire()] {
        let request = proto::ListRegisterRequest { kind, ..Default::default() };
        refused::<_, proto::ListRegisterResponse>(&wire, "ListRegister", request, "MALFORMED").await;
    }
    for digest in [vec![], vec![1; 31]] {
        let by = Some(proto::get_profile_request::By::Digest(digest.into()));
        let request = proto::GetProfileRequest { by };
        refused::<_, proto::GetProfileResponse>(&wire, "GetProfile", request, "MALFORMED").await;
    }
    let by = Some(proto::get_profile_request::By::Id("No Such Id".to_owned()));
    let request = proto::GetProfileRequest { by };
    refused::<_, proto::GetProfileResponse>(&wire, "GetProfile", request, "MALFORMED").await;
    let request = proto::GetCalendarRequest { year: u32::MAX };
    refused::<_, proto::GetCalendarResponse>(&wire, "GetCalendar", request, "NOT_FOUND").await;

    let nothing = Subject::Evidence(EvidenceNumber(77));
    let about =
        office.client.cases(CasesOf::Subject(nothing), Ended::Included, CaseNumber(1), 0).await.unwrap();
    assert!(about.cases.is_empty() && about.next.is_none());
    let last = CaseNumber(u64::MAX);
    let beyond = office.client.cases(CasesOf::Everyone, Ended::Included, last, u32::MAX).await.unwrap();
    assert!(beyond.cases.is_empty() && beyond.next.is_none());
}

#[tokio::test]
async fn a_closed_ledger_tells_strangers_the_law_and_nothing_of_cases() {
    let office = Office::on(Served::closed().await).await;
    office.apply(1).await;
    let wire = office.node.wire();
    let case = proto::GetCaseRequest { case_number: 1, ..Default::default() };
    refused::<_, proto::GetCaseResponse>(&wire, "GetCase", case, "UNAUTHENTICATED").await;
    let all = proto::ListCasesRequest { which: Some(Which::All(proto::AllCases {})), ..Default::default() };
    refused::<_, proto::ListCasesResponse>(&wire, "ListCases", all, "UNAUTHENTICATED").await;
    let due = proto::ListDeadlinesRequest::default();
    refused::<_, proto::ListDeadlinesResponse>(&wire, "ListDeadlines", due, "UNAUTHENTICATED").await;
    let accounts = proto::ListRegisterRequest { kind: SubjectKind::Account.to_wire(), ..Default::default() };
    refused::<_, proto::ListRegisterResponse>(&wire, "ListRegister", accounts, "UNAUTHENTICATED").await;
    let record = proto::GetRecordRequest { key: StateKey::Case(CaseNumber(1)).encode().into() };
    refused::<_, proto::GetRecordResponse>(&wire, "GetRecord", record, "UNAUTHENTICATED").await;
    for path in ["/v1/cases/1", "/v1/cases", "/v1/deadlines", "/v1/accounts", "/v1/certificates/1"] {
        assert_eq!(office.node.get(path, "").await, (403, "UNAUTHENTICATED".to_owned()), "{path}");
    }
    for path in ["/v1/profiles", "/v1/profiles/test-register", "/v1/calendar", "/v1/calendar/2026"] {
        assert_eq!(office.node.get(path, "").await.0, 200, "{path}");
    }
    assert_eq!(office.client.case(CaseNumber(1)).await.unwrap().openings.len(), 1);
    let proved = office.client.record(&StateKey::Case(CaseNumber(1))).await.unwrap();
    assert!(proved.value.is_some());
}

#[tokio::test]
async fn every_read_is_there_as_json() {
    let office = Office::on(Served::open().await).await;
    office.apply(2).await;
    office.decide(1, "register", None).await;
    let node = &office.node;
    let ledger = node.genesis().ledger_id();
    let identifier =
        |kind| Identifier { ledger: (&ledger).into(), subject: Subject::new(kind, 1) }.to_string();
    let digest = office.adopted.digest.to_string();
    for (path, says) in [
        ("/v1/profiles".to_owned(), "test-register"),
        (format!("/v1/profiles/{digest}"), "\"procedures\""),
        ("/v1/calendar/2026".to_owned(), "\"revision\":1"),
        (format!("/v1/cases/{}", identifier(SubjectKind::Case)), "资产 1"),
        ("/v1/cases/2".to_owned(), "\"possible\":[{"),
        (format!("/v1/cases?member={}&limit=1", identifier(SubjectKind::Member)), "\"nextNumber\":\"2\""),
        ("/v1/cases?ended=true".to_owned(), "\"number\":\"2\""),
        ("/v1/deadlines?limit=1".to_owned(), "\"next\":\""),
        ("/v1/accounts?holder=3".to_owned(), "\"holder\":\"3\""),
        (format!("/v1/accounts/{}", identifier(SubjectKind::Account)), "\"kind\":\"book\""),
        ("/v1/objects".to_owned(), "\"asset\""),
        ("/v1/objects/1".to_owned(), "\"asset\""),
        ("/v1/registrations?holder=3".to_owned(), "\"holding\""),
        ("/v1/registrations/1".to_owned(), "\"holding\""),
        ("/v1/certificates".to_owned(), "\"records\":[]"),
    ] {
        let (status, body) = node.get(&path, "").await;
        assert!(status == 200 && body.contains(says), "{path}: {status} {body}");
    }
    let case = identifier(SubjectKind::Case);
    for (path, expected) in [
        ("/v1/cases/9".to_owned(), (404, "NOT_FOUND")),
        ("/v1/cases/nine".to_owned(), (400, "IDENTIFIER_INVALID")),
        (format!("/v1/accounts/{case}"), (400, "IDENTIFIER_INVALID")),
        ("/v1/accounts/0".to_owned(), (404, "NOT_FOUND")),
        ("/v1/certificates/1".to_owned(), (404, "NOT_FOUND")),
        ("/v1/cases?member=1&about=C-1".to_owned(), (400, "MALFORMED")),
        ("/v1/deadlines?continuation=zz".to_owned(), (400, "MALFORMED")),
        ("/v1/deadlines?continuation=00".to_owned(), (400, "MALFORMED")),
        ("/v1/objects?holder=3".to_owned(), (400, "MALFORMED")),
        ("/v1/profiles/none".to_owned(), (404, "NOT_FOUND")),
        ("/v1/calendar/1969".to_owned(), (404, "NOT_FOUND")),
    ] {
        let (status, reason) = node.get(&path, "").await;
        assert_eq!((status, reason.as_str()), expected, "{path}");
    }
}
