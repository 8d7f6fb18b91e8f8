//! What a fork proof shows, for people: that there are two histories, and who signed both.

use bulla_types::{BlockTime, Lang, LedgerClass};
use bulla_verify::report::{DoubleSignerReport, ForkReport, ForkedBlockReport, VotesReport};

use super::text::{self, Fact, lines};
use crate::messages::{
    ADDRESS, BLOCK_HASH, BLOCK_HEIGHT, DECIDED, DECIDED_BY, LOG_ROOT, STATE_ROOT, TEST_LEDGER, TIME,
};
use crate::output::facts;
use crate::text::texts;
use crate::when;

texts! {
    FORKED = "THE LEDGER HAS FORKED: two certified blocks stand at height {0}. Each is below, with who decided it."
        "账本已分叉：高度 {0} 存在两个已认证区块，两者及其决定方如下。";
    BLOCK_OF_TWO = "Block {0} of 2" "区块 {0}（共 2 个）";
    BUILT_BY = "Built by" "建块方";
    SIGNED_BOTH = "Signed both, by their own keys: {0} validators with power {1} of {2}, more than a third. Others may have: a certificate holds no signature that could be left out."
        "以自己的密钥对两者均签名：{0} 个验证者，表决权 {1}/{2}，超过三分之一。证书只含必需的签名，双重签名者可能不止于此。";
    SIGNER = "{0}  power {1}  {2}" "{0}  表决权 {1}  {2}";
    KEY_OF_LATER = "(a key enrolled after the founding)" "（创世之后登记的密钥）";
    DIGEST_OF_FORK = "Digest of this proof" "本证明摘要";
}

pub(super) fn report(report: &ForkReport, lang: Lang) -> String {
    let mut parts = Vec::new();
    if report.ledger.class == LedgerClass::Test {
        parts.push(text::banner(TEST_LEDGER.of(lang)));
    }
    parts.push(text::banner(&FORKED.fill(lang, &[&report.height])));
    let mut head = text::head(&report.ledger, &report.anchor, lang);
    head.extend([
        (BLOCK_HEIGHT.of(lang), report.height.to_string()),
        (DIGEST_OF_FORK.of(lang), report.digest.to_string()),
    ]);
    parts.push(facts(head));
    for (number, of_two) in (1..).zip(&report.blocks) {
        let number: u8 = number;
        parts.push(BLOCK_OF_TWO.fill(lang, &[&number]));
        parts.push(facts(block(of_two, lang)));
    }
    let ForkReport { signed_both, signed_both_power, total_power, .. } = report;
    parts.push(SIGNED_BOTH.fill(lang, &[&signed_both.len(), signed_both_power, total_power]));
    parts.push(facts([(ADDRESS.of(lang), lines(signed_both.iter().map(|signed| signer(signed, lang))))]));
    parts.join("\n\n")
}

fn block(block: &ForkedBlockReport, lang: Lang) -> Vec<Fact> {
    let VotesReport { round, validators, signatures, signed_power, total_power } = &block.votes;
    vec![
        (BLOCK_HASH.of(lang), block.block_hash.to_string()),
        (TIME.of(lang), when::show(BlockTime(block.time_ms))),
        (BUILT_BY.of(lang), block.builder.to_string()),
        (LOG_ROOT.of(lang), block.log_root.to_string()),
        (STATE_ROOT.of(lang), block.state_root.to_string()),
        (
            DECIDED_BY.of(lang),
            DECIDED.fill(lang, &[signatures, validators, signed_power, total_power, round]),
        ),
    ]
}

fn signer(signer: &DoubleSignerReport, lang: Lang) -> String {
    let founder = signer.founder.as_deref().unwrap_or_else(|| KEY_OF_LATER.of(lang));
    SIGNER.fill(lang, &[&signer.address, &signer.power, &founder])
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use bulla_fixtures::{Ledger, certificate, validator_keys};
    use bulla_types::{ForkProof, Header};
    use bulla_verify::{Anchor, verify_fork};

    use super::*;

    fn told(lang: Lang) -> String {
        let ledger = Ledger::found();
        let validators = ledger.genesis.validators();
        let decided = |header: Header| {
            let certificate = certificate(&header, &validator_keys(validators)).minimised(validators);
            (header, certificate)
        };
        let header = ledger.header(1).clone();
        let other = Header { time: BlockTime(header.time.0 + 1), ..header.clone() };
        let blocks = [decided(header), decided(other)];
        let file = ForkProof::new(ledger.genesis.clone(), Vec::new(), blocks).unwrap().encode();
        report(&verify_fork(&file, &Anchor::Ledger(ledger.id)).unwrap(), lang)
    }

    #[test]
    fn that_the_ledger_has_forked_comes_first_and_who_signed_both_last() {
        let text = told(Lang::En);
        let place = |part: &str| text.find(part).unwrap_or_else(|| panic!("{part}: {text}"));
        let parts = ["TEST LEDGER", "HAS FORKED", "Block 1 of 2", "Block 2 of 2", "Signed both", "power 1"];
        assert!(parts.map(place).is_sorted(), "{text}");
    }

    #[test]
    fn it_is_told_in_chinese_with_the_names_of_the_founders() {
        let text = told(Lang::Zh);
        assert!(text.contains("账本已分叉：高度 1") && text.contains("表决权 3/4"), "{text}");
        assert!(!text.contains("创世之后登记的密钥"), "{text}");
    }
}
