//! The kinds of steps that a load takes, each as a member would fill it in.

use bulla_types::{DocumentItem, EvidenceNumber, FieldValue, ProfileDigest, RequestId, Subject};

use super::form::{Form, digests, name, term};
use super::people::Cast;
use super::rules::Rules;
use super::story::{Memory, Parts};

/// The deposit whose report all cases hand in.
pub(super) const REPORT: EvidenceNumber = EvidenceNumber(1);

/// Price of every trade, in minor units.
const PRICE: FieldValue = FieldValue::Amount(1_250_000);

/// What the steps of all stories draw on.
pub(super) struct Stage {
    pub(super) rules: Rules,
    pub(super) cast: Cast,
}

macro_rules! scenes {
    ($($scene:ident = $procedure:literal $step:literal $name:literal;)+) => {
        /// A kind of step.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        pub(in super::super) enum Scene {
            $($scene,)+
        }

        impl Scene {
            /// Procedure and step.
            fn of_profile(self) -> (&'static str, &'static str) {
                match self {
                    $(Self::$scene => ($procedure, $step),)+
                }
            }

            /// Its name in a report.
            pub(in super::super) fn name(self) -> &'static str {
                match self {
                    $(Self::$scene => $name,)+
                }
            }
        }
    };
}

scenes! {
    SubmitEvidence = "evidence_storage" "submit" "evidence_storage.submit";
    IssueReport = "evidence_storage" "issue_report" "evidence_storage.issue_report";
    SubmitDeidentification = "deidentification" "submit" "deidentification.submit";
    IssueDeidentification = "deidentification" "issue_voucher" "deidentification.issue_voucher";
    SubmitStructuring = "structuring" "submit" "structuring.submit";
    IssueStructuring = "structuring" "issue_voucher" "structuring.issue_voucher";
    Apply = "initial_registration" "apply" "initial_registration.apply";
    Return = "initial_registration" "return_for_supplement" "initial_registration.return_for_supplement";
    Resubmit = "initial_registration" "resubmit" "initial_registration.resubmit";
    Register = "initial_registration" "register" "initial_registration.register";
    IssueCertificate = "initial_registration" "issue_certificate" "initial_registration.issue_certificate";
    Archive = "initial_registration" "archive" "initial_registration.archive";
    Object = "objection" "file" "objection.file";
    Reply = "objection" "reply" "objection.reply";
    Dismiss = "objection" "dismiss" "objection.dismiss";
    ApplyAsParty = "party_registration" "apply" "party_registration.apply";
    RegisterParty = "party_registration" "register" "party_registration.register";
    RefuseParty = "party_registration" "refuse" "party_registration.refuse";
    ApplyForItem = "item_registration" "apply" "item_registration.apply";
    RegisterItem = "item_registration" "register" "item_registration.register";
    RefuseItem = "item_registration" "refuse" "item_registration.refuse";
    Inquire = "trade" "inquire" "trade.inquire";
    Propose = "trade" "propose" "trade.propose";
    SignContract = "trade" "sign_contract" "trade.sign_contract";
    Instruct = "trade" "instruct" "trade.instruct";
    Settle = "trade" "settle" "trade.settle";
    Deliver = "trade" "deliver" "trade.deliver";
    ConfirmDelivery = "trade" "confirm_delivery" "trade.confirm_delivery";
    FileTrade = "trade" "file" "trade.file";
}

/// What a person would write. A test holds the names against those that the tests of the ledger use, which a release
/// cannot: they come with keys that everybody knows.
pub(super) const APPLICATION_TEXTS: [(&str, &str); 18] = [
    ("asset_name", "港口集装箱周转时长日报"),
    ("applicant_name", "测试数据主体"),
    ("legal_representative", "张三"),
    ("address", "天津市滨海新区测试路 1 号"),
    ("telephone", "022-00000000"),
    ("postcode", "300450"),
    ("registered_capital", "人民币伍佰万元"),
    ("registered_address", "天津市滨海新区测试路 1 号"),
    ("business_scope", "数据处理服务；互联网数据服务；信息技术咨询服务"),
    ("business_term", "长期"),
    ("bank", "测试银行滨海支行"),
    ("corporate_account", "0000 0000 0000 0000"),
    ("keywords", "集装箱"),
    ("industry", "水上运输业"),
    ("asset_brief", "各作业区每日集装箱平均周转时长，按航线和箱型汇总，不含货主信息。"),
    ("storage_medium", "对象存储"),
    ("scenarios", "运力调度、供应链金融风险评估"),
    ("data_kind", "企业数据，一般数据"),
];

pub(super) const APPLICATION_PAPERS: [&str; 11] = [
    "application_form",
    "business_licence",
    "representative_id",
    "title_declaration",
    "security_proof",
    "compliance_proof",
    "collection_declaration",
    "deidentification_plan",
    "deidentification_report",
    "structuring_plan",
    "structuring_report",
];

const CONTRACT_TEXTS: [(&str, &str); 6] = [
    ("data_content", "日报全量"),
    ("data_purpose", "研究"),
    ("data_quality", "完整率不低于百分之九十九"),
    ("trade_mode", "一次性授权"),
    ("security_duties", "各方按数据安全法承担责任"),
    ("confidentiality", "合同内容不得向第三方披露"),
];

/// A step of one story: who plays in it, and what came of the steps before.
pub(super) struct Part<'s> {
    pub(super) stage: &'s Stage,
    pub(super) parts: &'s Parts,
    pub(super) memory: &'s Memory,
    pub(super) request_id: RequestId,
}

impl Scene {
    /// The step, filled in.
    pub(super) fn form<'s>(self, part: &Part<'s>) -> Form<'s> {
        let cast = &part.stage.cast;
        match self {
            Self::SubmitEvidence | Self::SubmitDeidentification | Self::SubmitStructuring => {
                self.submission(part)
            }
            Self::IssueReport => part
                .on(self)
                .by("evidence_provider", &cast.evidence_provider)
                .text("chain_filing_number", "津网信备00000000000000000号")
                .document("evidence_report", DocumentItem::Evidence(REPORT)),
            Self::IssueDeidentification => part
                .on(self)
                .by("deidentification_agency", &cast.deidentifier)
                .paper("deidentification_report"),
            Self::IssueStructuring => {
                part.on(self).by("structuring_agency", &cast.structurer).paper("structuring_report")
            }
            Self::Apply => part.application(part.open(self, part.stage.rules.register)),
            Self::Resubmit => part.application(part.on(self)),
            Self::Return | Self::Register | Self::IssueCertificate | Self::Archive => self.by_platform(part),
            Self::Object | Self::Reply | Self::Dismiss => self.of_objection(part),
            Self::ApplyAsParty | Self::RegisterParty | Self::RefuseParty => self.of_party(part),
            Self::ApplyForItem | Self::RegisterItem | Self::RefuseItem => self.of_item(part),
            _ => self.of_trade(part),
        }
    }

    fn submission<'s>(self, part: &Part<'s>) -> Form<'s> {
        let form = part.open(self, part.stage.rules.register).by("applicant", part.applicant());
        let form = part
            .asset(form)
            .text("asset_name", "港口集装箱周转时长日报")
            .text("applicant_name", "测试数据主体");
        match self {
            Self::SubmitEvidence => form
                .clear("acquisition", term("collected"))
                .papers(&["title_declaration", "collection_declaration"]),
            Self::SubmitDeidentification => form.paper("deidentification_plan"),
            _ => form.paper("structuring_plan"),
        }
    }

    fn by_platform<'s>(self, part: &Part<'s>) -> Form<'s> {
        let form = part.on(self).by("platform", &part.stage.cast.platform);
        match self {
            Self::Return => form.text("deficiencies", "合规证明未加盖公章"),
            Self::Register => form
                .clear("asset_type", term("dataset"))
                .clear("certified_acquisition", term("collected"))
                .text("permitted_use", "研究、运力调度"),
            Self::Archive => form.paper("archive_file"),
            _ => form,
        }
    }

    fn of_objection<'s>(self, part: &Part<'s>) -> Form<'s> {
        match self {
            Self::Object => part
                .open(self, part.stage.rules.register)
                .about(part.case())
                .by("objector", part.other())
                .text("objection_grounds", "该数据资产系本单位采集")
                .papers(&["objection_material", "interest_proof"]),
            Self::Reply => part
                .on(self)
                .by("respondent", part.applicant())
                .text("objection_reply", "数据来源合法，附采集记录"),
            _ => part.on(self).by("platform", &part.stage.cast.platform).reasons("异议人未证明其权利"),
        }
    }

    fn of_party<'s>(self, part: &Part<'s>) -> Form<'s> {
        match self {
            Self::ApplyAsParty => part
                .open(self, part.stage.rules.venue)
                .by("applicant", part.applicant())
                .clear_list("capacities", vec![term("demander"), term("vendor")])
                .text("party_name", "测试数据主体")
                .text("party_contact", "022-00000000")
                .papers(&["identity_proof", "protection_proof", "source_statement", "capability_proof"]),
            Self::RefuseParty => part.on(self).by("centre", &part.stage.cast.centre).reasons("证明材料不全"),
            _ => part.on(self).by("centre", &part.stage.cast.centre),
        }
    }

    fn of_item<'s>(self, part: &Part<'s>) -> Form<'s> {
        match self {
            Self::ApplyForItem => part
                .open(self, part.stage.rules.venue)
                .by("offeror", part.applicant())
                .text("item_name", "港口集装箱周转时长日报")
                .clear("item_kind", term("data"))
                .clear("item_voucher", term("element"))
                .clear("registration", FieldValue::Certificate(part.memory.certificate()))
                .clear_list("delivery_modes", vec![term("interface"), term("dataset")])
                .text("item_brief", "各作业区每日集装箱平均周转时长")
                .papers(&["source_statement", "compliance_assessment"]),
            Self::RefuseItem => part
                .on(self)
                .by("centre", &part.stage.cast.centre)
                .clear("refusal_ground", term("requirements"))
                .reasons("评估材料不符合登记标准"),
            _ => part.on(self).by("centre", &part.stage.cast.centre),
        }
    }

    fn of_trade<'s>(self, part: &Part<'s>) -> Form<'s> {
        let (seller, demander) = (part.applicant(), part.other());
        match self {
            Self::Inquire => part
                .open(self, part.stage.rules.venue)
                .about(Subject::Registration(part.memory.item()))
                .by("demander", demander)
                .text("use_scope", "研究"),
            Self::Propose => part
                .on(self)
                .by("seller", seller)
                .clear("pricing", term("negotiated"))
                .attached("price", PRICE)
                .text("use_scope", "研究")
                .text("trade_mode", "一次性授权")
                .text("use_term", "一年"),
            Self::SignContract => {
                let form = part
                    .on(self)
                    .by("seller", seller)
                    .with("demander", demander)
                    .committed("contract_amount", part.memory.price())
                    .clear("delivery_mode", term("dataset"))
                    .paper("contract");
                CONTRACT_TEXTS.iter().fold(form, |form, (field, words)| form.text(field, words))
            }
            Self::Instruct => {
                part.on(self).by("demander", demander).committed("instructed_amount", part.memory.price())
            }
            Self::Settle => part
                .on(self)
                .by("operator", &part.stage.cast.operator)
                .committed("settled_amount", part.memory.price())
                .paper("custody_statement"),
            Self::Deliver => part.on(self).by("seller", seller).paper("delivered_data"),
            Self::ConfirmDelivery => part.on(self).by("demander", demander),
            _ => part.on(self).by("centre", &part.stage.cast.centre).paper("filing"),
        }
    }
}

impl<'s> Part<'s> {
    fn applicant(&self) -> &'s super::people::Person {
        &self.stage.cast.subjects[self.parts.applicant]
    }

    fn other(&self) -> &'s super::people::Person {
        &self.stage.cast.subjects[self.parts.other]
    }

    fn case(&self) -> Subject {
        Subject::Case(self.memory.case())
    }

    fn open(&self, scene: Scene, profile: ProfileDigest) -> Form<'s> {
        let (procedure, step) = scene.of_profile();
        Form::open(self.request_id, profile, procedure, step)
    }

    fn on(&self, scene: Scene) -> Form<'s> {
        Form::go_on(self.request_id, self.memory.case(), scene.of_profile().1)
    }

    fn asset(&self, form: Form<'s>) -> Form<'s> {
        let asset = digests(&[&self.parts.asset]);
        form.clear("asset_digest", FieldValue::Digests(asset)).code("credit_code", self.applicant().code)
    }

    fn application(&self, form: Form<'s>) -> Form<'s> {
        let form = self.asset(form.by("applicant", self.applicant()));
        let form = APPLICATION_TEXTS.iter().fold(form, |form, (field, words)| form.text(field, words));
        let vouchers = ["evidence_certificate", "deidentification_voucher", "structuring_voucher"];
        let form = vouchers.iter().zip(self.memory.vouchers()).fold(form, |form, (category, voucher)| {
            form.document(category, DocumentItem::Certificate(*voucher))
        });
        ["evidence_stored", "deidentified", "structured"]
            .iter()
            .fold(form, |form, field| form.clear(field, FieldValue::Answer(true)))
            .clear("asset_form", term("dataset"))
            .clear("intended_users", FieldValue::Term(name("enterprise")))
            .clear("acquisition", term("collected"))
            .clear("update_cycle", term("daily"))
            .document("evidence_report", DocumentItem::Evidence(REPORT))
            .papers(&APPLICATION_PAPERS)
    }
}
