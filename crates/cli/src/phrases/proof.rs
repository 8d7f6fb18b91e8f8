//! Why a proof does not hold.

use super::Phrase;

pub(super) const PHRASES: &[Phrase] = &[
    // Anchors.
    ("the node's answer does not verify: {}", "节点的应答未通过核验：{>0}"),
    ("not a genesis: {}", "不是创世文件：{>0}"),
    ("the genesis has the digest {}, trusted is {}", "创世文件的摘要为 {0}，所信任的为 {1}"),
    ("has the digest {}, the anchor is of ledger {}", "摘要为 {0}，信任锚属于账本 {1}"),
    ("is of ledger {}, the anchor of {}", "属于账本 {0}，信任锚属于账本 {1}"),
    ("not the origin, size and root of a log", "不是日志的来源、大小与根"),
    ("no verifier key is given", "未给出核验公钥"),
    ("the verifier keys are not of one ledger", "各核验公钥不属于同一账本"),
    (
        "not a verifier key of the form <name>+<key id>+<base64 of an Ed25519 key>",
        "不是 <名称>+<密钥编号>+<Ed25519 公钥的 base64> 形式的核验公钥",
    ),
    ("the note has {} bytes; at most {} are read", "检查点有 {0} 字节，最多读取 {1} 字节"),
    ("the note cannot be trusted", "检查点没有可信的签名"),
    ("the note's text is not a checkpoint", "内容不是检查点"),
    ("the checkpoint is of log {}, not {}", "检查点属于日志 {0}，不是 {1}"),
    (
        "at size {} its root is {}, a certified header has {}",
        "日志大小为 {0} 时其根为 {1}，而经认证的区块头为 {2}",
    ),
    ("has {} entries, the receipt is for index {}", "有 {0} 个条目，而回执的索引为 {1}"),
    ("the entry is not in the log of the checkpoint: {}", "条目不在检查点的日志中：{>0}"),
    (
        "there is no inclusion path to the checkpoint's log size {}; fetch the receipt with it",
        "缺少到检查点日志大小 {0} 的包含路径，请按该检查点重新获取回执（receipt --checkpoint）",
    ),
    // Entries and headers.
    (
        "is {}, the block appended the entries from {} to before {}",
        "为 {0}，而该区块追加的条目为 {1} 至 {2} 之前",
    ),
    ("is {}, the header's {}", "为 {0}，区块头为 {1}"),
    ("the founding entry has index 0, and no other has", "创立条目的索引为 0，且仅此一个"),
    ("two blocks are certified at height {}: {} and {}", "高度 {0} 有两个经认证的区块：{1} 与 {2}"),
    ("is too early for its height after the genesis", "早于该高度可能的时间"),
    (
        "the certified headers of heights {} and {} contradict each other",
        "高度 {0} 与 {1} 的经认证区块头相互矛盾",
    ),
    ("no height can follow this one", "该高度之后不可能再有高度"),
    // Validators and certificates.
    ("height {} does not follow the change before it", "高度 {0} 未接续前一次变更"),
    ("hash to {}, the header brings {}", "哈希为 {0}，区块头所载为 {1}"),
    ("the validators stay the same: this is no change", "验证者未变，不构成变更"),
    ("names the validators {}, in force were {}", "所载验证者为 {0}，当时有效的为 {1}"),
    ("is of height {}, the header of {}", "高度为 {0}，区块头高度为 {1}"),
    ("names the block {}, the header hashes to {}", "所指区块为 {0}，区块头的哈希为 {1}"),
    (
        "the signatures are not in rising order of address, or validator {} signed twice",
        "签名未按地址升序排列，或验证者 {0} 重复签名",
    ),
    ("{} is not a validator at this height", "{0} 不是该高度的验证者"),
    ("the signature of validator {} is not valid", "验证者 {0} 的签名无效"),
    ("signed by power {} of {}; more than two thirds are needed", "签名的表决权为 {0}/{1}，须超过三分之二"),
    ("the signature of validator {} is superfluous", "验证者 {0} 的签名多余"),
    // Bundles, records, signers.
    ("the file has no bundle with the digest {}", "文件中没有摘要为 {0} 的信任包"),
    (
        "a change of validators after the header that the records are proved against",
        "验证者变更晚于证明各记录的区块头",
    ),
    ("the bundle is of height {}, the receipt of {}", "信任包的高度为 {0}，回执的高度为 {1}"),
    ("there is no record under {}", "没有 {0} 的记录"),
    ("the steps of {} are not in the log's order", "{0} 的各步未按日志次序排列"),
    ("{} was enrolled by entry {} or later", "{0} 由条目 {1} 或更晚的条目登记"),
    ("no step of {} before entry {}", "{0} 在条目 {1} 之前没有任何一步"),
    ("step {} of {}", "{1} 的第 {0} 步"),
    ("the record under {} holds another key", "{0} 的记录中是另一密钥"),
    ("the signature is not valid for this key and message", "签名与该密钥及内容不符"),
    ("the key is of member {}, not of {}", "密钥属于成员 {0}，不属于成员 {1}"),
    ("the member was suspended by entry {}", "成员已由条目 {0} 暂停"),
    ("the key was retired by entry {}", "密钥已由条目 {0} 停用"),
    ("the key was reported compromised by entry {}", "密钥已由条目 {0} 报告泄露"),
    // Paths.
    ("a log of {} entries has no entry {}", "{0} 个条目的日志中没有条目 {1}"),
    ("a log of {} entries cannot follow one of {}", "{0} 个条目的日志不能接续 {1} 个条目的日志"),
    ("the path has {} hashes where {} are needed", "路径有 {0} 个哈希，应为 {1} 个"),
    ("the path leads to root {}, not {}", "路径推导出的根为 {0}，应为 {1}"),
    ("the path leads to earlier root {}, not {}", "路径推导出的先前根为 {0}，应为 {1}"),
    ("the path has {} hashes; the tree is 256 deep", "路径有 {0} 个哈希，而树深为 256"),
    ("a proof of presence ends at the leaf of another record", "存在证明止于另一记录的叶节点"),
    ("a proof of absence ends at the leaf of the record itself", "不存在证明止于该记录自身的叶节点"),
    (
        "the other leaf leaves the record's path after {} bits, before the path's end at {}",
        "另一叶节点在第 {0} 位即离开该记录的路径，早于路径终点第 {1} 位",
    ),
    ("the proof leads to root {}, not {}", "证明推导出的根为 {0}，应为 {1}"),
    // Documents and tickets.
    ("no deposit of this file has its digest", "此文件中的存证均无该原件的摘要"),
    ("has the {} of deposit {}, but another {}", "{0} 与存证 {1} 相同，但 {2} 不同"),
    ("it is of another ledger", "属于另一账本"),
    ("its key is not the note key of a node", "其密钥不是节点的检查点密钥"),
    ("the signature is not valid", "签名无效"),
    // Said by `bulla verify`.
    ("--anchor: one genesis and one checkpoint at most", "--anchor：最多一个创世文件和一个检查点"),
    ("--note-key: there is no checkpoint to check", "--note-key：没有可核验的检查点"),
    ("--anchor: name the genesis or a checkpoint", "--anchor：请指定创世文件或检查点"),
];
