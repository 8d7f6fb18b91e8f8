//! A data asset is registered by people with nothing but the command line.

use std::ffi::OsStr;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use bulla_tests::LIMIT;
use bulla_tests::bulla::Answer;
use bulla_tests::localnet::Localnet;
use serde_json::Value;

const PROFILE: &str = "cn-tj-tjifa-003-2022-test";
/// The unified social credit code of the applicant.
const APPLICANT: &str = "91000000MA00008017";
/// A Friday; the Saturday after it is worked.
const OPENED: &str = "2025-10-10T09:00+08:00";
/// Three years after the certificate, and a day.
const LAPSED: &str = "2028-10-16T09:00+08:00";
/// The first working day after three of publicity.
const PUBLICISED: &str = "2025-10-15T09:00+08:00";

fn repository(file: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../profiles").join(file).display().to_string()
}

/// A ledger with the register's rules, and the members whom they need.
struct Register<'a> {
    localnet: Localnet<'a>,
    folder: &'a Path,
}

impl<'a> Register<'a> {
    fn up(folder: &'a Path) -> Self {
        let network = ["--validators", "1", "--observers", "0", "--clock", OPENED];
        let register = Self { localnet: Localnet::up_with(folder, &network), folder };
        fs::write(register.path("paper.pdf"), "一份材料").unwrap();
        fs::write(register.path("asset.csv"), "路口,流量\n1,42\n").unwrap();
        register.localnet.done("calendar adopt 2025 2026");
        let (profile, overlay) =
            (repository("cn-tj-tjifa-003-2022.toml"), repository("overlays/cn-tj-tjifa-003-2022-test.toml"));
        let adopted = register.localnet.done(&format!("profile adopt {profile} --overlay {overlay}"));
        assert_eq!(adopted["profile"]["name"], PROFILE);
        let key = register.path("applicant");
        register.localnet.done(&format!("key new {} --plain", key.display()));
        register.localnet.done(&format!(
            "member enrol --name applicant --role subject --credit-code {APPLICANT} --operate-key {}",
            key.display()
        ));
        register
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(name)
    }

    /// How somebody signs.
    fn signer(&self, name: &str) -> String {
        let of_network = |name: &str| self.path("members").join(name).join("operate.pem");
        let (member, key) = match name {
            "applicant" => (APPLICANT, self.path(name)),
            "deidentifier" => ("91000000MA0000601U", of_network("service-institution-1")),
            "structurer" => ("91000000MA0000602Y", of_network("service-institution-2")),
            "platform" => ("1", of_network("validator-1")),
            other => panic!("{other}"),
        };
        format!("{member}:{}", key.display())
    }

    /// Fills in the form of a step and takes it; the evidence service is the one that is configured.
    fn take(&self, template: &[&str], signer: Option<&str>, given: &[(&str, &str)]) -> Answer {
        let words = [&["registration", "template"][..], template].concat();
        let form = self.localnet.run(&words);
        assert_eq!(form.code, 0, "{template:?}: {:#}", form.json);
        let path = self.path("form.toml");
        fs::write(&path, filled(form.json["form"].as_str().unwrap(), given)).unwrap();
        let command = if form.json["case"].is_null() { "open" } else { "step" };
        let signer = signer.map(|name| ["--sign-as".to_owned(), self.signer(name)]);
        let from: [&OsStr; 4] = ["registration".as_ref(), command.as_ref(), "--from".as_ref(), path.as_ref()];
        let words: Vec<_> = from.into_iter().chain(signer.iter().flatten().map(OsStr::new)).collect();
        self.localnet.run(&words)
    }

    /// The same, and it is taken.
    fn taken(&self, template: &[&str], signer: Option<&str>, given: &[(&str, &str)]) -> Value {
        let answer = self.take(template, signer, given);
        assert_eq!(answer.code, 0, "{template:?}: {:#}", answer.json);
        answer.json
    }

    /// The voucher that a procedure leads to.
    fn voucher(&self, procedure: &str, step: &str, issuer: Option<&str>, given: &[(&str, &str)]) -> String {
        let asset: [(&str, &str); 2] =
            [("asset_digest", "\"asset.csv\""), ("credit_code", &format!("\"{APPLICANT}\""))];
        let submit = ["--profile", PROFILE, "--procedure", procedure];
        let submitted = self.taken(&submit, Some("applicant"), &[&asset[..], given].concat());
        let case = text(&submitted["case"]);
        let issued = self.taken(&[step, "--case", &case], issuer, given);
        text(&issued["certificates"][0])
    }
}

/// A form with these values, and something harmless in what else must be there.
fn filled(form: &str, given: &[(&str, &str)]) -> String {
    let line = |line: &str| {
        let bare = line.strip_prefix("# ").unwrap_or(line);
        let name = bare.split_once(" = ").map_or("", |(name, _)| name);
        match given.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => format!("{name} = {value}\n"),
            None if line.starts_with('#') => format!("{line}\n"),
            None if line.ends_with(" = \"\"") => format!("{name} = \"测试\"\n"),
            None if line.ends_with(" = []") => format!("{name} = [\"paper.pdf\"]\n"),
            None => format!("{line}\n"),
        }
    };
    form.lines().map(line).collect()
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value:#}")).to_owned()
}

#[test]
fn an_asset_is_registered_publicised_and_certified_from_the_command_line_alone() {
    let folder = tempfile::tempdir().unwrap();
    let register = Register::up(folder.path());
    let localnet = &register.localnet;
    let deposited = localnet.done(&format!("evidence deposit {}", register.path("asset.csv").display()));
    let evidence = format!("[\"{}\"]", text(&deposited[0]["evidence_number"]));

    let stored = [
        ("acquisition", "\"collected\""),
        ("collection_declaration", "[\"paper.pdf\"]"),
        ("evidence_report", &*evidence),
    ];
    let certificate = register.voucher("evidence_storage", "issue_report", None, &stored);
    let deidentified = register.voucher("deidentification", "issue_voucher", Some("deidentifier"), &[]);
    let structured = register.voucher("structuring", "issue_voucher", Some("structurer"), &[]);
    let vouchers = [&certificate, &deidentified, &structured].map(|voucher| format!("[\"{voucher}\"]"));
    let paper = "[\"paper.pdf\"]";
    let application: [(&str, &str); 18] = [
        ("asset_digest", "\"asset.csv\""),
        ("credit_code", &format!("\"{APPLICANT}\"")),
        ("asset_form", "\"dataset\""),
        ("intended_users", "\"enterprise\""),
        ("acquisition", "\"collected\""),
        ("update_cycle", "\"daily\""),
        ("evidence_stored", "true"),
        ("deidentified", "true"),
        ("structured", "true"),
        ("collection_declaration", paper),
        ("evidence_report", &evidence),
        ("evidence_certificate", &vouchers[0]),
        ("deidentification_plan", paper),
        ("deidentification_report", paper),
        ("deidentification_voucher", &vouchers[1]),
        ("structuring_plan", paper),
        ("structuring_report", paper),
        ("structuring_voucher", &vouchers[2]),
    ];
    let apply = ["--profile", PROFILE, "--procedure", "initial_registration"];
    let missing: Vec<_> = application.iter().copied().filter(|(name, _)| *name != "asset_form").collect();
    let refused = register.take(&apply, Some("applicant"), &missing);
    assert_eq!(refused.code, 1, "{:#}", refused.json);
    let opened = register.taken(&apply, Some("applicant"), &application);
    let case = text(&opened["case"]);
    assert_eq!(opened["state"]["name"], "under_review");

    let work = localnet.done("registration work --member 1");
    let mine = work["cases"].as_array().unwrap().iter().find(|line| line["case"] == *case).unwrap();
    let possible = mine["possible"].as_array().unwrap();
    assert!(possible.iter().any(|step| step["name"] == "register"), "{mine:#}");

    let wrong = register.take(&["register", "--case", &case], Some("applicant"), REGISTER);
    assert_eq!((wrong.code, &wrong.json["error"]["reason"]), (1, &"PARTY_WRONG".into()), "{:#}", wrong.json);
    let registered = register.taken(&["register", "--case", &case], Some("platform"), REGISTER);
    let registration = localnet.done(&format!("registration show {}", text(&registered["registrations"][0])));
    assert_eq!(registration["holders"][0]["share"], "100%", "{registration:#}");
    assert_eq!(registration["kind"]["name"], "data_asset");

    let issue = ["issue_certificate", "--case", &case];
    let early = register.take(&issue, Some("platform"), &[]);
    assert_eq!((early.code, &early.json["error"]["reason"]), (1, &"TOO_EARLY".into()), "{:#}", early.json);
    let step = &early.json["error"]["step"];
    assert_eq!(
        (&step["case"], &step["step"]["article"]),
        (&case.clone().into(), &"8.1.2".into()),
        "{step:#}"
    );
    // Which deadline, by which article, and when it comes, in the time of the statutes.
    let rule = text(&step["rule"]["zh"]);
    let comes = "2025-10-15T00:00:00.000+08:00";
    assert!(rule.contains("公示期满") && rule.contains(comes), "{step:#}");
    let is_issue = |step: &&Value| step["step"]["name"] == "issue_certificate";
    let possible = step["possible"].as_array().unwrap();
    assert!(!possible.iter().any(|step| is_issue(&step)), "what is refused is not offered: {step:#}");
    let shown = localnet.done(&format!("registration show {case}"));
    assert!(!shown["next"].as_array().unwrap().iter().any(|step| is_issue(&step)), "{:#}", shown["next"]);
    let not_now = shown["not_now"].as_array().unwrap().iter().find(is_issue).unwrap();
    assert_eq!(not_now["after"][0]["due"], comes, "{not_now:#}");

    let due = localnet.done("deadlines --until 2025-10-14");
    assert!(due.as_array().unwrap().iter().any(|due| due["deadline"]["name"] == "publicity_end"), "{due:#}");
    assert_eq!(localnet.is("clock", &["--set", PUBLICISED]).code, 0);
    let issued = register.taken(&issue, Some("platform"), &[]);
    let show_certificate = format!("certificate show {}", text(&issued["certificates"][0]));
    let certificate = localnet.done(&show_certificate);
    assert_eq!((&certificate["valid"], &certificate["kind"]["name"]), (&true.into(), &"confirmation".into()));
    assert_eq!(
        (&certificate["ledger_class"], &certificate["holders"][0]["name"]),
        (&"test".into(), &"applicant".into())
    );
    register.taken(&["archive", "--case", &case], Some("platform"), &[]);

    let shown = localnet.done(&format!("registration show {case}"));
    assert_eq!((&shown["status"], &shown["result"]["zh"]), (&"ended".into(), &"完成登记和确权".into()));
    assert!(shown["next"].as_array().unwrap().is_empty());
    let name =
        shown["fields"].as_array().unwrap().iter().find(|field| field["field"]["name"] == "asset_name");
    assert_eq!(name.unwrap()["values"][0], "测试", "attached fields are opened to whoever may read");
    assert_eq!(shown["past"].as_array().unwrap().len(), 4, "{:#}", shown["past"]);
    let venue = localnet.run(&["trade", "show", &case]);
    assert_eq!((venue.code, &venue.json["error"]["reason"]), (2, &"COMMAND_INVALID".into()));
    let accounts = localnet.done(&format!("account list --holder {APPLICANT}"));
    assert_eq!(accounts.as_array().unwrap().len(), 2, "{accounts:#}");

    assert_eq!(localnet.is("clock", &["--set", LAPSED]).code, 0);
    let since = Instant::now();
    // The ledger records the lapse by itself.
    while localnet.done(&show_certificate)["status"] != "lapsed" {
        assert!(since.elapsed() < LIMIT, "{:#}", localnet.done(&show_certificate));
    }
    let lapsed = localnet.done(&show_certificate);
    assert_eq!((&lapsed["valid"], &lapsed["valid_until"]), (&false.into(), &certificate["valid_until"]));
}

/// What the register decides.
const REGISTER: &[(&str, &str)] =
    &[("asset_type", "\"dataset\""), ("certified_acquisition", "\"collected\"")];
