//! Who may act in a case and who may read it: agents, parties that are named, what stays with its owner, clocks of
//! one case, ledgers that are closed.

use std::ffi::OsString;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::time::{Duration, SystemTime};

use bulla_crypto::{SecretKey, key_file};
use bulla_tests::bulla::bulla;
use bulla_tests::http;
use bulla_types::{AccessToken, BlockTime, CaseNumber, LedgerId, MemberNumber, StateKey};
use serde_json::{Value, json};

use crate::agency::{MEMBERS, Venue, text, words};

#[test]
fn agents_act_by_mandate_openings_are_shown_to_a_court_and_the_clocks_of_one_case_stand_still() {
    let folder = tempfile::tempdir().unwrap();
    let venue = Venue::up(folder.path(), &[]);
    agents_need_a_mandate_and_parties_a_name(&venue);
    what_was_committed_to_is_shown_to_a_court(&venue);
    a_damaged_status_proof_is_refused_whatever_is_asked(&venue);
    an_authority_counts_until_it_is_withdrawn_or_over(&venue);
    the_clocks_of_one_case_stand_still(&venue);
}

fn agents_need_a_mandate_and_parties_a_name(venue: &Venue<'_>) {
    let mandate = venue.mandate();
    let by = |named: &str, openings: &str| venue.offer(openings, &["--named", named, "--document", &mandate]);
    let unmandated = venue.offer("no.bin", &["--named", "offeree=8"]);
    venue.refused("MANDATE_MISSING", &words(&unmandated), &["offeror/agent"]);
    venue.refused("ROLE_MISSING", &words(&by("offeree=8", "no.bin")), &["offeror/offeree"]);
    venue.refused(
        "PARTY_WRONG",
        &words(&venue.offer("no.bin", &["--document", &mandate])),
        &["offeror/agent"],
    );
    venue.refused("MEMBER_UNKNOWN", &words(&by("offeree=99", "no.bin")), &["offeror/agent"]);
    venue.refused("PARTY_WRONG", &words(&by("nobody=8", "no.bin")), &["offeror/agent"]);
    venue.refused("ROLE_MISSING", &words(&by("offeree=1", "no.bin")), &["offeror/agent"]);
    assert!(!venue.path("no.bin").exists(), "openings of a refused step are not kept");

    let made = venue.done(&words(&by("offeree=91000000MA0000802A", "openings.bin")), &["offeror/agent"]);
    let case = text(&made["case"]);
    let shown = venue.done(&["trade", "show", &case], &[]);
    let party = |name: &str| {
        let parties = shown["parties"].as_array().unwrap();
        parties.iter().find(|party| party["party"]["name"] == name).unwrap()["members"][0]["number"].clone()
    };
    assert_eq!((party("offeror"), party("offeree")), (json!(7), json!(8)), "{:#}", shown["parties"]);
    let work = |member: &str| venue.done(&["trade", "work", "--member", member], &[])["cases"].clone();
    assert_eq!(work("8")[0]["possible"][0]["name"], "accept");
    assert_eq!(work("9"), json!([]), "an agent is no party");

    let accept = ["trade", "step", &case, "accept"];
    venue.refused("PARTY_WRONG", &accept, &["offeror"]);
    venue.refused("PARTY_WRONG", &[&accept[..], &["--party", "offeree"]].concat(), &[]);
    venue.done(&accept, &["offeree"]);
    let settle = ["trade", "step", &case, "settle", "--field"];
    // The price stands as a commitment, which a later field takes over unseen.
    venue.refused(
        "FIELD_INVALID",
        &[&settle[..], &["settled_price=1250000"]].concat(),
        &["offeror/agent", "offeree"],
    );
    let settled = venue.done(&[&settle[..], &["settled_price=="]].concat(), &["offeror/agent", "offeree"]);
    assert_eq!(settled["state"]["name"], "settled");
}

fn what_was_committed_to_is_shown_to_a_court(venue: &Venue<'_>) {
    let [openings, receipt, other, genesis] =
        ["openings.bin", "offer.bulla", "other.bulla", "genesis.bin"].map(|name| venue.path(name));
    assert_eq!(fs::metadata(&openings).unwrap().permissions().mode() & 0o777, 0o600);
    let shown = venue.done(&["trade", "show", "1"], &[]);
    let price = shown["fields"].as_array().unwrap().iter().find(|field| field["field"]["name"] == "price");
    assert_eq!(price.unwrap()["values"], Value::Null, "the ledger does not keep it");
    let index = shown["past"][0]["entry_index"].as_u64().unwrap();
    for (index, file) in [(index, &receipt), (index + 1, &other)] {
        venue.done(&["receipt", &index.to_string(), "-o", &file.display().to_string()], &[]);
    }

    // Without a network: the receipt, the genesis and the openings are all that is seen.
    let verify = |receipt: &Path, openings: &Path| {
        let [verify, anchor, option] = ["verify", "--anchor", "--openings"].map(OsString::from);
        bulla([verify, receipt.into(), anchor, genesis.clone().into(), option, openings.into()])
    };
    let verified = verify(&receipt, &openings);
    assert_eq!(verified.code, 0, "{:#}", verified.json);
    let opened = &verified.json["report"]["openings"][0];
    assert_eq!(opened["entry_index"], index);
    let fields = json!([
        { "action": 0, "path": "fields.price", "values": ["125000000"] },
        { "action": 0, "path": "fields.purpose", "values": ["绝密"] },
    ]);
    assert_eq!(opened["fields"], fields);
    let taken = &verified.json["report"]["receipts"][0]["content"]["actions"][0]["taken"];
    let actor = &taken["actors"][0];
    assert_eq!((&taken["step"], &actor["party"]), (&json!("make"), &json!("offeror")), "{taken:#}");
    assert!(text(&actor["member"]).contains("-7-") && text(&actor["agent"]).contains("-9-"), "{taken:#}");
    assert!(text(&taken["documents"]["mandate"][0]).starts_with("SHA-256:"), "{taken:#}");
    assert!(taken["fields"]["price"]["commitment"].is_string(), "a commitment: {taken:#}");

    let of_another = verify(&other, &openings);
    assert_eq!(
        (of_another.code, &of_another.json["error"]["reason"]),
        (4, &json!("OPENING_MISMATCH")),
        "{:#}",
        of_another.json
    );
    let good = fs::read(&openings).unwrap();
    let altered = venue.path("altered.bin");
    for at in 0..good.len() {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        fs::write(&altered, &bytes).unwrap();
        let refused = verify(&receipt, &altered);
        assert_eq!(refused.code, 4, "byte {at}: {:#}", refused.json);
    }
}

/// A file that is damaged in its first field is neither receipt nor status proof: refused, and not the command line's fault.
fn a_damaged_status_proof_is_refused_whatever_is_asked(venue: &Venue<'_>) {
    let [proof, altered, genesis] =
        ["case.status", "altered.status", "genesis.bin"].map(|name| venue.path(name).display().to_string());
    let case = text(&venue.done(&["trade", "show", "1"], &[])["case"]);
    venue.done(&["status-proof", &case, "-o", &proof], &[]);
    let verify = |file: &str| bulla(["verify", file, "--anchor", &genesis, "--at", "2025-10-14"]);
    assert_eq!(verify(&proof).code, 0);
    let good = fs::read(&proof).unwrap();
    for at in 0..32 {
        let mut bytes = good.clone();
        bytes[at] ^= 1;
        fs::write(&altered, &bytes).unwrap();
        let refused = verify(&altered);
        assert_eq!(
            (refused.code, &refused.json["verified"]),
            (4, &json!(false)),
            "byte {at}: {:#}",
            refused.json
        );
    }
}

fn an_authority_counts_until_it_is_withdrawn_or_over(venue: &Venue<'_>) {
    let (authority, granting) = venue.authority();
    let by = |authority: &str, openings: &str| {
        venue.offer(openings, &["--named", "offeree=8", "--document", &format!("mandate={authority}")])
    };
    venue.done(&words(&by(&authority, "first.bin")), &["offeror/agent"]);
    venue.done(&["trade", "step", &granting, "withdraw"], &["offeror"]);
    venue.refused("CERTIFICATE_NOT_VALID", &words(&by(&authority, "late.bin")), &["offeror/agent"]);

    let (authority, _) = venue.authority();
    assert_eq!(venue.localnet.is("clock", &["--advance", "8d"]).code, 0);
    venue.refused("CERTIFICATE_NOT_VALID", &words(&by(&authority, "late.bin")), &["offeror/agent"]);
    assert!(!venue.path("late.bin").exists());
}

fn the_clocks_of_one_case_stand_still(venue: &Venue<'_>) {
    let set = |time: &str| assert_eq!(venue.localnet.is("clock", &["--set", time]).code, 0);
    set("2025-10-27T09:00");
    let open = |openings: &str| {
        let made = venue.done(&words(&venue.offer(openings, &["--named", "offeree=8"])), &["offeror"]);
        text(&made["case"])
    };
    let (stopped, other) = (open("stopped.bin"), open("running.bin"));
    let due = |case: &str| {
        let shown = venue.done(&["trade", "show", case], &[]);
        text(&shown["next"][0]["until"][0]["due"])
    };
    let suspend = |case: &str| {
        let days = ["clocks", "suspend", "--from", "2025-10-28", "--until", "2025-10-29"];
        [&days[..], &["--case", case, "--authority", "测试决定"]].concat().join(" ")
    };
    assert_eq!(due(&stopped), "2025-10-31T00:00:00.000+08:00");
    let suspended = venue.localnet.done(&suspend(&stopped));
    assert_eq!((&suspended["scope"], &suspended["case"]), (&json!("case"), &json!(stopped)));
    assert_eq!(due(&stopped), "2025-11-04T00:00:00.000+08:00");
    assert_eq!(due(&other), "2025-10-31T00:00:00.000+08:00", "the clocks of another case go on");
    for ended in ["1", "99"] {
        assert_eq!(venue.localnet.refused(&suspend(ended))["reason"], "SUSPENSION_INVALID");
    }
    assert_eq!(venue.localnet.done("clocks list")[0]["case"], json!(stopped));

    set("2025-10-31T09:00");
    let state = |case: &str| text(&venue.done(&["trade", "show", case], &[])["state"]["name"]);
    assert_eq!((state(&stopped), state(&other)), ("made".to_owned(), "expired".to_owned()));
    venue.refused("CASE_ENDED", &["trade", "step", &other, "accept"], &["offeree"]);
    venue.done(&["trade", "step", &stopped, "accept"], &["offeree"]);
}

/// What of a closed ledger is for members, by a command each; none of them writes anything.
const FOR_MEMBERS: [&str; 12] = [
    "trade show 1",
    "trade list",
    "trade work --member 8",
    "deadlines --until 2026-12-31",
    "certificate list",
    "account list",
    "evidence show 1",
    "status-proof {case} -o /dev/null",
    "status-proof {certificate} -o /dev/null",
    "certificate show {certificate}",
    "trade template accept --case 1",
    "receipt 1 -o /dev/null",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_closed_ledger_shows_cases_certificates_and_work_to_members_alone() {
    let folder = tempfile::tempdir().unwrap();
    let venue = Venue::up(folder.path(), &["--closed"]);
    let made = venue.done(&words(&venue.offer("openings.bin", &["--named", "offeree=8"])), &["offeror"]);
    let (case, (certificate, _)) = (text(&made["case"]), venue.authority());
    venue.done(&["evidence", "deposit", &venue.key("other")], &[]);
    let node = venue.localnet.is("status", &[]).json["nodes"][0].take();
    let [grpc, http] = ["grpc", "http"].map(|name| text(&node[name]));
    let commands =
        FOR_MEMBERS.map(|command| command.replace("{case}", &case).replace("{certificate}", &certificate));

    // A party, its counterparty and any other member may read.
    let config = |name: &str| {
        let number = 7 + MEMBERS.iter().position(|(known, ..)| *known == name).unwrap();
        let path = venue.path(&format!("{name}.toml"));
        let key = venue.key(name);
        let written = format!(
            "endpoints = [\"{grpc}\"]\ngenesis = \"genesis.bin\"\nmember = {number}\nkey = \"{key}\"\n"
        );
        fs::write(&path, written).unwrap();
        path.display().to_string()
    };
    let by = |config: &str, command: &str| bulla(command.split(' ').chain(["--config", config]));
    for member in ["offeror", "offeree", "other"].map(config) {
        for command in &commands {
            let answer = by(&member, command);
            assert_eq!(answer.code, 0, "{member}: {command}: {:#}", answer.json);
        }
    }
    // A stranger may not, whatever it is that is asked.
    let genesis = venue.path("genesis.bin").display().to_string();
    let stranger =
        |command: &str| bulla(command.split(' ').chain(["--endpoint", &grpc, "--genesis", &genesis]));
    for command in &commands {
        let answer = stranger(command);
        let found = (answer.code, &answer.json["error"]["reason"]);
        assert_eq!(found, (1, &json!("UNAUTHENTICATED")), "{command}: {:#}", answer.json);
    }
    // Nor one who signs a step in the name of a member: what is refused before the rules are asked says nothing.
    let accept = format!("trade step 1 accept --sign-as 8:{}", venue.key("other"));
    assert_eq!(stranger(&accept).json["error"]["reason"], "UNAUTHENTICATED");
    for open in ["profile list", "member list", "status", "checkpoint -o /dev/null", "member show 1"] {
        assert_eq!(stranger(open).code, 0, "{open}");
    }
    // Who was enrolled by an entry is shown without the keys that the entry names.
    let enrolled = stranger("member show 8");
    assert_eq!((enrolled.code, &enrolled.json["keys"]), (0, &Value::Null), "{:#}", enrolled.json);
    over_http(&venue, &http, &certificate).await;

    // A member that is suspended reads no more.
    venue.localnet.done("member suspend 8");
    let answer = by(&config("offeree"), "trade show 1");
    assert_eq!(answer.json["error"]["reason"], "MEMBER_SUSPENDED", "{:#}", answer.json);
}

/// The same, with tokens of every kind.
async fn over_http(venue: &Venue<'_>, address: &str, certificate: &str) {
    let address = address.strip_prefix("http://").unwrap().parse().unwrap();
    let record = hex::encode(StateKey::Case(CaseNumber(1)).encode());
    let paths = [
        "/v1/cases/1".to_owned(),
        "/v1/cases?member=8".to_owned(),
        "/v1/deadlines".to_owned(),
        "/v1/accounts".to_owned(),
        "/v1/objects".to_owned(),
        "/v1/registrations".to_owned(),
        "/v1/certificates/1".to_owned(),
        format!("/v1/status-proofs/{certificate}"),
        format!("/v1/records/{record}"),
        "/v1/entries/1".to_owned(),
        "/v1/receipts/1".to_owned(),
        "/v1/evidence?number=1".to_owned(),
    ];
    let ledger = venue.ledger_id();
    let key = key_file::read(&venue.path("offeree.pem"), None).unwrap();
    let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH).unwrap();
    let at = |time: Duration| BlockTime(u64::try_from(time.as_millis()).unwrap());
    let minute = Duration::from_secs(60);
    let soon = at(now + minute);
    let stranger = SecretKey::from_seed(&[7; 32]);
    let (offeree, offeror) = (MemberNumber(8), MemberNumber(7));
    let tokens = [
        ("a counterparty", AccessToken::issue(&ledger, offeree, &key, soon), None),
        (
            "expired",
            AccessToken::issue(&ledger, offeree, &key, at(now - Duration::from_secs(1))),
            Some("EXPIRED"),
        ),
        ("too long", AccessToken::issue(&ledger, offeree, &key, at(now + 20 * minute)), Some("EXPIRED")),
        ("another's key", AccessToken::issue(&ledger, offeror, &key, soon), Some("KEY_UNKNOWN")),
        ("no member's key", AccessToken::issue(&ledger, offeree, &stranger, soon), Some("KEY_UNKNOWN")),
        (
            "of another ledger",
            AccessToken::issue(&LedgerId::from_bytes([9; 32]), offeree, &key, soon),
            Some("SIGNATURE_INVALID"),
        ),
    ];
    for path in &paths {
        let refused = http::get(address, path).await.unwrap();
        assert_eq!((refused.status, &refused.json()["reason"]), (403, &json!("UNAUTHENTICATED")), "{path}");
        for (who, token, refusal) in &tokens {
            let header = format!("Authorization: Bulla {token}\r\n");
            let answer = http::get_with(address, path, &header).await.unwrap();
            match refusal {
                None => assert_eq!(answer.status, 200, "{path}: {who}: {answer:?}"),
                Some(reason) => assert_eq!(answer.json()["reason"], json!(reason), "{path}: {who}"),
            }
        }
    }
    for path in [
        "/v1/profiles",
        "/v1/calendar",
        "/v1/members",
        "/v1/status",
        "/v1/genesis",
        "/checkpoint",
        "/metrics",
    ] {
        assert_eq!(http::get(address, path).await.unwrap().status, 200, "{path}");
    }
}
