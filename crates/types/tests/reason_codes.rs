//! The reason codes and the page that lists them.
#![allow(clippy::unwrap_used)]

use std::collections::BTreeSet;
use std::fmt::Write;
use std::{env, fs};

use bulla_types::{Lang, ReasonCode};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/reason-codes.md");

fn page() -> String {
    let mut page = String::from(
        "# Reason codes\n\n\
         Every refusal, failed verification and failed start carries one of these codes: in gRPC as `reason` of \
         `google.rpc.ErrorInfo` with domain `bulla`, in HTTP and with `--json` as `reason`, in logs and reports. \
         A code is never renamed and never given another meaning; the sentences may be improved. The software \
         prints the sentence in the language asked for, followed by the facts of the case.\n\n\
         凡拒绝受理、验证不通过或启动失败，均附有下列代码之一。代码一经发布不再更名、不改含义，说明文字可以改进。\n",
    );
    for (group, codes) in ReasonCode::GROUPS {
        write!(page, "\n## {group}\n\n| Code | Meaning and remedy | 含义与处理 |\n|---|---|---|\n").unwrap();
        for code in *codes {
            let (en, zh) = (code.message(Lang::En), code.message(Lang::Zh));
            writeln!(page, "| `{code}` | {en} | {zh} |").unwrap();
        }
    }
    page
}

#[test]
fn the_page_lists_every_code_as_the_software_says_it() {
    if env::var_os("BULLA_WRITE_VECTORS").is_some() {
        fs::write(PAGE, page()).unwrap();
    }
    let found = fs::read_to_string(PAGE).unwrap();
    assert!(found == page(), "docs/reason-codes.md differs from the code: run with BULLA_WRITE_VECTORS=1");
}

fn codes() -> impl Iterator<Item = ReasonCode> {
    ReasonCode::GROUPS.iter().flat_map(|(_, codes)| codes.iter().copied())
}

#[test]
fn codes_are_unique_and_read_back() {
    let mut seen = BTreeSet::new();
    for code in codes() {
        assert!(seen.insert(code.as_str()), "{code} stands twice");
        assert!(code.as_str().bytes().all(|c| c.is_ascii_uppercase() || c == b'_'), "{code}");
        assert_eq!(code.as_str().parse(), Ok(code));
    }
    assert!("NO_SUCH_REASON".parse::<ReasonCode>().is_err());
}

#[test]
fn every_code_is_one_sentence_in_both_languages() {
    for code in codes() {
        let (en, zh) = (code.message(Lang::En), code.message(Lang::Zh));
        assert!(en.ends_with('.') && !en.contains(". "), "{code}: {en}");
        assert!(zh.ends_with('。') && zh.matches('。').count() == 1, "{code}: {zh}");
        assert!(!en.contains('|') && !zh.contains('|'), "{code} would break the table");
    }
}
