//! A node that lies to whoever reads it: what the command line claims to have checked, it has.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use bulla_tests::bulla::{Answer, bulla};
use bulla_tests::liar::Liar;
use bytes::Bytes;
use serde_json::{Value, json};

use crate::agency::{Venue, text, words};

/// Commands whose answer is proved.
const PROVED: [&str; 9] = [
    "certificate show {certificate}",
    "member show 7",
    "member key show {key}",
    "evidence show 1",
    "receipt 1 -o /dev/null",
    "status-proof {certificate} -o /dev/null --at 2025-10-14",
    "status-proof {case} -o /dev/null",
    "clocks list",
    "checkpoint -o /dev/null",
];

/// Bytes of each answer that are altered, spread over it.
const PLACES: usize = 6;

/// What is said of the newest block, which is another when it is asked again.
fn lasting(mut answer: Value) -> Value {
    if let Some(object) = answer.as_object_mut() {
        object.remove("at");
        object.remove("report");
        object.remove("size_bytes");
    }
    answer
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_altered_answer_of_a_node_passes_for_what_is_proved() {
    let folder = tempfile::tempdir().unwrap();
    let venue = Venue::up(folder.path(), &[]);
    let made = venue.done(&words(&venue.offer("openings.bin", &["--named", "offeree=8"])), &["offeror"]);
    let (case, (certificate, _)) = (text(&made["case"]), venue.authority());
    venue.done(&["evidence", "deposit", &venue.key("other"), "--title", "标题"], &[]);
    venue.localnet.done("clocks suspend --from 2025-11-03 --until 2025-11-04 --case 1 --authority 测试决定");
    let key = text(&venue.localnet.done(&format!("key show {}", venue.key("offeree")))["key_id"]);
    let node = venue.localnet.is("status", &[]).json["nodes"][0].take();
    let liar = Liar::before(node["grpc"].as_str().unwrap());
    let genesis = venue.path("genesis.bin").display().to_string();
    let endpoint = liar.endpoint();
    let ask =
        |command: &str| bulla(command.split(' ').chain(["--endpoint", &endpoint, "--genesis", &genesis]));

    for command in PROVED {
        let mut noticed = 0;
        let command =
            command.replace("{certificate}", &certificate).replace("{case}", &case).replace("{key}", &key);
        liar.is_honest();
        let honest = ask(&command);
        assert_eq!(honest.code, 0, "{command}: {:#}", honest.json);
        let honest = lasting(honest.json);
        for (number, (method, answer)) in liar.answered().into_iter().enumerate() {
            // Whether a node is ready, and what its clock shows, is its own word.
            if method == "GetStatus" {
                continue;
            }
            for place in 0..PLACES.min(answer.len()) {
                let at = place * answer.len() / PLACES.min(answer.len());
                liar.lies(once(number, at));
                let told = ask(&command);
                drop(liar.answered());
                let what = format!("{command}: byte {at} of answer {number}, of {method}");
                if told.code == 0 {
                    assert_eq!(lasting(told.json), honest, "{what}");
                } else {
                    assert_noticed(&told, &what);
                    noticed += 1;
                }
            }
        }
        assert!(noticed * 2 > PLACES, "{command}: {noticed} lies are noticed");
    }
    liar.is_honest();
    drop(liar.answered());

    // True answers to another question are none.
    let (other, granting) = venue.authority();
    let show = |certificate: &str| ask(&format!("certificate show {certificate}"));
    let honest = show(&other).json;
    assert_eq!(honest["status"], "in_force");
    let of_other = liar.answered();
    liar.lies(said_before(of_other.clone()));
    assert_noticed(&show(&certificate), "the answers about another certificate");

    // What was true once is, of that time: a node that keeps back what is new cannot pass it for newer.
    liar.is_honest();
    let withdrawn = venue.done(&["trade", "step", &granting, "withdraw"], &["offeror"]);
    assert_eq!(show(&other).json["status"], "void");
    liar.lies(said_before(of_other));
    let told = show(&other);
    assert_eq!((told.code, &told.json["status"]), (0, &json!("in_force")));
    assert!(text(&told.json["at"]) < text(&withdrawn["time"]), "{:#}", told.json);
    assert_eq!(told.json["at"], honest["at"]);
}

/// Alters one byte of one answer, by its place among those given from now on.
fn once(number: usize, at: usize) -> impl Fn(&str, Bytes) -> Bytes {
    let given = AtomicUsize::new(0);
    move |_, answer| {
        let place = given.fetch_add(1, Ordering::SeqCst);
        match answer.get(at) {
            Some(byte) if place == number => {
                let mut altered = answer.to_vec();
                altered[at] = byte ^ 1;
                altered.into()
            }
            _ => answer,
        }
    }
}

/// Says again what was said before, in its order; passes on what was not.
fn said_before(answers: Vec<(String, Bytes)>) -> impl Fn(&str, Bytes) -> Bytes {
    let left = Mutex::new(answers);
    move |method, answer| {
        let mut left = left.lock().unwrap();
        match left.iter().position(|(known, _)| known == method) {
            Some(place) => left.remove(place).1,
            None => answer,
        }
    }
}

/// It is refused with a reason, not with a crash.
fn assert_noticed(told: &Answer, what: &str) {
    let reason = text(&told.json["error"]["reason"]);
    assert!([1, 4].contains(&told.code), "{what}: {:#}", told.json);
    assert_ne!(json!(reason), json!("INTERNAL"), "{what}: {:#}", told.json);
}
