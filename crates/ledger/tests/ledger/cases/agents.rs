//! For whom an agent may act, and how long (代理).

use bulla_ledger::StepRule;
use bulla_types::{CaseNumber, CertificateNumber, DocumentItem, ProfileDigest, ReasonCode, Role};

use crate::support::{Ledger, Party, Take, calendar_year, go_on, made_up, name, open};

const AGENCY: &str = include_str!("../../profiles/agency.toml");

/// A venue whose parties may act by agents, on 2025-10-10.
struct Agency {
    ledger: Ledger,
    profile: ProfileDigest,
    offeror: Party,
    offeree: Party,
    agent: Party,
    other_agent: Party,
}

impl Agency {
    fn new() -> Self {
        let mut ledger = Ledger::new();
        ledger.adopt_year(&calendar_year(2025));
        ledger.adopt_year(&calendar_year(2026));
        let profile = ledger.adopt(&made_up(AGENCY));
        let [offeror, offeree] = ["offeror", "offeree"].map(|name| ledger.enrol(name, Role::Subject));
        let [agent, other_agent] = ["agent", "other agent"].map(|name| ledger.enrol(name, Role::Agent));
        ledger.until("2025-10-10");
        Self { ledger, profile, offeror, offeree, agent, other_agent }
    }

    /// An offer that the agent makes for the offeror.
    fn offer(&self) -> Take {
        open(self.profile, "offer", "make")
            .by_agent("offeror", self.offeror.number, &self.agent)
            .naming("offeree", &self.offeree)
            .attached("price", "100")
            .attached("title", "asset")
    }

    /// The same, accepted by the offeree itself.
    fn accepted(&mut self, offer: &Take) -> CaseNumber {
        let case = self.ledger.take(offer).case;
        self.ledger.take(&go_on(case, "accept").by("offeree", &self.offeree));
        case
    }

    /// The settlement, by an agent for the offeror and by the offeree.
    fn settle(&self, case: CaseNumber, agent: &Party) -> Take {
        go_on(case, "settle")
            .with("offeree", &self.offeree)
            .by_agent("offeror", self.offeror.number, agent)
            .attached("settled_price", "100")
    }

    /// A certificate by which a member lets agents act for it, and the case that can take it back.
    fn authority(&mut self, member: &Party) -> (CaseNumber, CertificateNumber) {
        let grant = open(self.profile, "authorisation", "grant").by("principal", member);
        let granted = self.ledger.take(&grant);
        (granted.case, granted.certificates[0])
    }

    fn missing(&mut self, take: &Take, member: &Party, agent: &Party) {
        let rule = self.ledger.refuse_step(take, ReasonCode::MandateMissing);
        let (document, member, agent) = ("mandate".to_owned(), member.number, agent.number);
        assert_eq!(rule, StepRule::MandateMissing { document, member, agent });
    }
}

fn by_certificate(take: Take, certificate: CertificateNumber) -> Take {
    take.document("mandate", vec![DocumentItem::Certificate(certificate)])
}

#[test]
fn a_mandate_counts_for_the_member_for_whom_it_was_shown() {
    let mut story = Agency::new();
    let offer = story.offer().paper("mandate");
    let case = story.ledger.take(&offer).case;
    let (agent, offeree) = (story.agent.clone(), story.offeree.clone());
    let accept = go_on(case, "accept").by_agent("offeree", offeree.number, &agent);
    story.missing(&accept, &offeree, &agent);
    story.ledger.take(&accept.paper("mandate"));
    // Each has its own in hand now, and neither shows it again.
    let record = story.ledger.case(case);
    let of = |member: &Party| (member.number, agent.number, name("mandate"));
    assert!(record.mandates.keys().eq([&of(&story.offeror), &of(&offeree)]));
    let settle = go_on(case, "settle")
        .by_agent("offeree", offeree.number, &agent)
        .by_agent("offeror", story.offeror.number, &agent)
        .attached("settled_price", "100");
    story.ledger.take(&settle);
}

#[test]
fn a_mandate_counts_for_the_agent_who_showed_it() {
    let mut story = Agency::new();
    let offer = story.offer().paper("mandate");
    let case = story.accepted(&offer);
    let (offeror, other) = (story.offeror.clone(), story.other_agent.clone());
    let settle = story.settle(case, &other);
    story.missing(&settle, &offeror, &other);
    story.ledger.take(&settle.paper("mandate"));
}

#[test]
fn a_certificate_shows_the_mandate_of_who_holds_it() {
    let mut story = Agency::new();
    let (offeror, offeree, agent) = (story.offeror.clone(), story.offeree.clone(), story.agent.clone());
    let (_, of_other) = story.authority(&offeree);
    let offer = by_certificate(story.offer(), of_other);
    story.missing(&offer, &offeror, &agent);
    let (_, own) = story.authority(&offeror);
    let case = story.ledger.take(&by_certificate(story.offer(), own)).case;
    let mandates = story.ledger.case(case).mandates;
    assert_eq!(mandates[&(offeror.number, agent.number, name("mandate"))].certificates, [own].into());
}

#[test]
fn a_certificate_that_is_taken_back_lets_nobody_go_on() {
    let mut story = Agency::new();
    let (offeror, agent) = (story.offeror.clone(), story.agent.clone());
    let (authorisation, certificate) = story.authority(&offeror);
    let offer = by_certificate(story.offer(), certificate);
    let case = story.accepted(&offer);
    story.ledger.take(&go_on(authorisation, "withdraw").by("principal", &offeror));
    let settle = story.settle(case, &agent);
    story.missing(&settle, &offeror, &agent);
    let (_, anew) = story.authority(&offeror);
    story.ledger.take(&by_certificate(settle, anew));
}

#[test]
fn a_certificate_that_has_lapsed_lets_nobody_go_on() {
    let mut story = Agency::new();
    let (offeror, agent) = (story.offeror.clone(), story.agent.clone());
    let (_, certificate) = story.authority(&offeror);
    let offer = by_certificate(story.offer(), certificate);
    let case = story.accepted(&offer);
    story.ledger.until("2025-10-18");
    let settle = story.settle(case, &agent);
    story.missing(&settle, &offeror, &agent);
}
