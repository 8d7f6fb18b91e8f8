//! `bulla evidence deposit`.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bulla_client::{Client, DepositRequest, Signer, VerifiedReceipt};
use bulla_types::{
    BlockTime, CaptureMode, DigestAlgorithm, Digests, EvidenceLink, Identifier, Lang, MediaType,
    MediaTypeError, ReasonCode,
};
use serde::Serialize;
use serde_json::Value;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use super::Digest;
use crate::complaints::RECEIPT_WITHOUT_DEPOSIT;
use crate::context::Context;
use crate::failure::{Failure, exit};
use crate::messages::{DEPOSITING, DIGESTS, EVIDENCE_NUMBER, FILE};
use crate::output::{Show, facts};
use crate::recorded::Recorded;
use crate::text::Said;
use crate::waiting::{Wait, WaitArguments};
use crate::{documents, parse, progress, words};

/// Deposits on their way at the same time.
const IN_FLIGHT_MAX: usize = 64;

/// Deposit files as evidence and wait for verified receipts | 对文件存证并等待经核验的回执
#[derive(clap::Args)]
pub(super) struct Arguments {
    /// The files; only their digests leave this machine | 文件；只有摘要离开本机
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,
    /// Title; erasable, only its commitment goes into the log | 标题，可删除，日志中只有其承诺值
    #[arg(long, value_name = "TEXT", value_parser = parse::attached)]
    title: Option<String>,
    /// Description; erasable like the title | 说明，与标题一样可删除
    #[arg(long, value_name = "TEXT", value_parser = parse::attached)]
    description: Option<String>,
    /// Media type; by the file's name if not given | 媒体类型，默认按文件名判断
    #[arg(long, value_name = "TYPE/SUBTYPE")]
    media_type: Option<String>,
    /// How the data was obtained: original, collected, traded, other | 取得方式：original 原始、collected 采集、traded 交易、other 其他
    #[arg(long, default_value = "other", value_parser = words::Parser::<CaptureMode>::new())]
    mode: CaptureMode,
    /// When the data was captured, in UTC+8 unless it says otherwise | 取得时间，未注明时区的按 UTC+8
    #[arg(long, value_name = "TIME")]
    captured_at: Option<String>,
    /// Statement on source, method and tool; erasable like the title | 来源、方法与工具的说明，与标题一样可删除
    #[arg(long, value_name = "TEXT", value_parser = parse::attached)]
    statement: Option<String>,
    /// A link to an earlier deposit: supersedes, contains, derived-from, related | 与先前存证的关联：supersedes 替代、contains 包含、derived-from 派生、related 相关
    #[arg(long, value_name = "RELATION:NUMBER")]
    link: Vec<String>,
    /// Add a BLAKE3 digest to those of SHA-256 and SM3 | 在 SHA-256 与 SM3 之外增加 BLAKE3 摘要
    #[arg(long)]
    blake3: bool,
    #[command(flatten)]
    wait: WaitArguments,
}

impl Arguments {
    pub(super) fn run(self, context: &Context) -> Result<u8, Failure> {
        let signer = context.operator()?;
        let captured_at = self.captured_at.as_deref().map(parse::past).transpose()?;
        let media_type = self.media_type.as_deref().map(media_type).transpose()?;
        let (mut requests, mut deposits) = (Vec::new(), Vec::new());
        for (position, file) in self.files.iter().enumerate() {
            match self.request(file, media_type.as_ref(), captured_at) {
                Ok(request) => requests.push((position, request)),
                Err(failure) => deposits.push((position, Deposit::new(file, Vec::new(), Err(failure)))),
            }
        }
        if !requests.is_empty() {
            deposits.extend(context.run(self.deposit_all(context, signer, requests))?);
        }
        deposits.sort_by_key(|(position, _)| *position);
        context.show(&Deposits(deposits.into_iter().map(|(_, deposit)| deposit).collect()))
    }

    /// What to deposit of a file, links left out: they need the ledger's id.
    fn request(
        &self,
        file: &Path,
        media_type: Option<&MediaType>,
        captured_at: Option<BlockTime>,
    ) -> Result<DepositRequest, Failure> {
        let digests = documents::to_prove(file)?;
        let media_type = media_type.map_or_else(|| documents::media_type(file), |given| Ok(given.clone()))?;
        let mut wanted = documents::all(&digests);
        wanted.retain(|digest| self.blake3 || digest.algorithm != DigestAlgorithm::Blake3);
        Ok(DepositRequest {
            digests: Digests::new(wanted).map_err(|fault| Failure::internal(&fault))?,
            statement: self.statement.clone(),
            title: self.title.clone(),
            description: self.description.clone(),
            captured_at,
            ..DepositRequest::of(&digests, media_type, self.mode)
        })
    }

    /// Deposits what is asked of each file, by its position.
    async fn deposit_all(
        &self,
        context: &Context,
        signer: Signer,
        requests: Vec<(usize, DepositRequest)>,
    ) -> Result<Vec<(usize, Deposit)>, Failure> {
        let client = context.client().await?;
        let links = self.link.iter().map(|text| parse::link(text, client.ledger_id()));
        let links: Vec<EvidenceLink> = links.collect::<Result<_, _>>()?;
        let bar = progress::receipts(requests.len() as u64, context.say(DEPOSITING));
        let wait = Arc::new(self.wait.start());
        let room = Arc::new(Semaphore::new(IN_FLIGHT_MAX));
        let mut under_way = JoinSet::new();
        for (position, request) in requests {
            let request = DepositRequest { links: links.clone(), ..request };
            let (client, signer) = (client.clone(), signer.clone());
            let (room, wait) = (Arc::clone(&room), Arc::clone(&wait));
            under_way.spawn(async move {
                // The semaphore is never closed.
                let _permit = room.acquire().await;
                (position, deposit(&client, &signer, request, &wait).await)
            });
        }
        let mut deposits = Vec::new();
        while let Some(done) = under_way.join_next().await {
            let (position, (digests, receipt)) = done.map_err(|error| Failure::internal(&error))?;
            let fate = receipt.and_then(|receipt| Fate::recorded(&client, &receipt));
            deposits.push((position, Deposit::new(&self.files[position], digests, fate)));
            bar.inc(1);
        }
        bar.finish_and_clear();
        Ok(deposits)
    }
}

fn media_type(text: &str) -> Result<MediaType, Failure> {
    text.parse().map_err(|error: MediaTypeError| Failure::usage(Said::english(error).of_thing(text)))
}

/// The digests of what was deposited, and its receipt.
async fn deposit(
    client: &Client,
    signer: &Signer,
    request: DepositRequest,
    wait: &Wait,
) -> (Vec<Digest>, Result<VerifiedReceipt, Failure>) {
    let digests = Digest::list(&request.digests);
    let receipt = match client.transaction().signer(signer).action(request).build() {
        Ok(submission) => wait.submit(client, &submission).await,
        Err(error) => Err(error.into()),
    };
    (digests, receipt)
}

/// What became of each file, in the order given.
#[derive(Serialize)]
#[serde(transparent)]
struct Deposits(Vec<Deposit>);

#[derive(Serialize)]
struct Deposit {
    /// The file's name.
    file: String,
    path: PathBuf,
    /// Empty if the file could not be read.
    digests: Vec<Digest>,
    #[serde(flatten)]
    fate: Fate,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Fate {
    Recorded {
        /// The identifier of the deposit.
        evidence_number: String,
        #[serde(flatten)]
        recorded: Recorded,
    },
    Refused {
        /// As every failure.
        error: Value,
        #[serde(skip)]
        failure: Failure,
    },
}

impl Deposit {
    fn new(path: &Path, digests: Vec<Digest>, fate: Result<Fate, Failure>) -> Self {
        let fate =
            fate.unwrap_or_else(|failure| Fate::Refused { error: failure.json()["error"].take(), failure });
        Self { file: documents::name(path), path: path.to_owned(), digests, fate }
    }
}

impl Fate {
    fn recorded(client: &Client, receipt: &VerifiedReceipt) -> Result<Self, Failure> {
        let missing = || Failure::new(ReasonCode::Malformed, RECEIPT_WITHOUT_DEPOSIT);
        let number = receipt.evidence_numbers().next().ok_or_else(missing)?;
        let evidence_number = Identifier::evidence(&client.ledger_id(), number).to_string();
        Ok(Self::Recorded { evidence_number, recorded: Recorded::of(receipt) })
    }
}

impl Show for Deposits {
    fn text(&self, lang: Lang) -> String {
        let one = |deposit: &Deposit| match &deposit.fate {
            Fate::Recorded { evidence_number, recorded } => {
                let head = [
                    (FILE.of(lang), deposit.file.clone()),
                    (EVIDENCE_NUMBER.of(lang), evidence_number.clone()),
                ];
                let digests = (DIGESTS.of(lang), Digest::lines(&deposit.digests));
                facts(head.into_iter().chain(recorded.facts(lang)).chain([digests]))
            }
            Fate::Refused { failure, .. } => format!("{}\n{}", deposit.file, failure.text(lang)),
        };
        self.0.iter().map(one).collect::<Vec<_>>().join("\n\n")
    }

    fn exit(&self) -> u8 {
        let failures = self.0.iter().filter_map(|deposit| match &deposit.fate {
            Fate::Refused { failure, .. } => Some(failure.exit),
            Fate::Recorded { .. } => None,
        });
        failures.max().unwrap_or(exit::OK)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]

    use serde_json::{json, to_value};

    use super::*;

    fn of(fate: Fate) -> Deposit {
        Deposit { file: "合同.pdf".to_owned(), path: "a/合同.pdf".into(), digests: Vec::new(), fate }
    }

    fn recorded() -> Fate {
        Fate::Recorded {
            evidence_number: "E-4K7QPX-1024-53".to_owned(),
            recorded: Recorded {
                entry_index: 7,
                transaction_id: Some("ab".to_owned()),
                height: 3,
                time: "2026-07-01T09:30:00.000+08:00".to_owned(),
            },
        }
    }

    #[test]
    fn a_recorded_deposit_is_one_flat_object() {
        let expected = json!({
            "file": "合同.pdf", "path": "a/合同.pdf", "digests": [],
            "evidence_number": "E-4K7QPX-1024-53", "entry_index": 7, "transaction_id": "ab", "height": 3,
            "time": "2026-07-01T09:30:00.000+08:00",
        });
        assert_eq!(to_value(Deposits(vec![of(recorded())])).unwrap(), json!([expected]));
    }

    #[test]
    fn one_refused_file_fails_the_command_and_hides_no_other() {
        let refused = Failure::new(ReasonCode::MemberSuspended, "member 6");
        let refused = Deposit::new("a.pdf".as_ref(), Vec::new(), Err(refused));
        let deposits = Deposits(vec![of(recorded()), refused]);
        assert_eq!(deposits.exit(), exit::FAILED);
        let shown = to_value(&deposits).unwrap();
        assert_eq!(shown[0]["entry_index"], 7);
        assert_eq!(shown[1]["error"]["reason"], "MEMBER_SUSPENDED");
        assert!(deposits.text(Lang::En).contains("MEMBER_SUSPENDED"));
    }
}
