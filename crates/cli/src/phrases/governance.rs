//! Validators, parameters, roles and expulsion.

use super::Phrase;

pub(super) const PHRASES: &[Phrase] = &[
    ("member {} was expelled", "成员 {0} 已被除名"),
    ("member {} has these roles already", "成员 {0} 已具有这些角色"),
    (
        "key {} is that of a validator, which must be replaced or removed first",
        "密钥 {0} 为在任验证节点所用，须先更换或移除该验证节点",
    ),
    (
        "raises the threshold: needs ADMINISTER keys of {} registration bodies that keep theirs, {} signed",
        "提高签名门槛：须有 {0} 个保有管理（ADMINISTER）密钥的登记机构签名，已有 {1} 个",
    ),
    (
        "key {} is for {}, a validator has a CONSENSUS key",
        "密钥 {0} 的用途为 {1}，验证节点须用共识（CONSENSUS）密钥",
    ),
    ("key {} is of member {}, which is no registration body", "密钥 {0} 属于成员 {1}，该成员不是登记机构"),
    ("member {} would have two validators", "成员 {0} 将有两个验证节点"),
    ("the validators would be none that the format takes: {}", "验证节点名册不符合格式：{>0}"),
    ("key {} is of no validator", "密钥 {0} 不属于任何验证节点"),
    ("the validator with key {} has the voting power {} already", "密钥为 {0} 的验证节点已有表决权 {1}"),
    ("no validator would be left", "将没有任何验证节点"),
    (
        "of the voting power {} only {} would be in the hands of present validators, needed are more than two thirds",
        "全部表决权 {0} 中仅有 {1} 由现任验证节点持有，须超过三分之二",
    ),
    (
        "the failure of one validator would stop the ledger, which it does not now: no validator may have a third of the voting power or more",
        "一个验证节点发生故障即会使账本停止，而目前不会：任一验证节点的表决权不得达到三分之一",
    ),
    (
        "the validators have changed {} times, as often as receipts have room for",
        "验证节点已变更 {0} 次，达到回执所能容纳的上限",
    ),
    ("made to replace the parameters {}, in force are {}", "拟替换的参数为 {0}，现行参数为 {1}"),
    ("protocol_version does not change with the parameters", "协议版本不随参数变更"),
    (
        "outage.longer_than_ms is less than twice heartbeat_ms: idle is no outage",
        "outage.longer_than_ms 小于 heartbeat_ms 的两倍：账本空闲不构成中断",
    ),
    (
        "second_log is fixed: entries before would be missing from it",
        "second_log 不能变更：此前的条目将不在第二日志中",
    ),
    ("key {} is none of those that are to sign", "密钥 {0} 不在应签名之列"),
    ("the key is none of those that are to sign", "该密钥不在应签名之列"),
    ("key {} has signed already", "密钥 {0} 已签名"),
    (
        "the signature does not verify: what was signed has been altered, or another key signed it",
        "签名无效：所签内容已被改动，或由其他密钥签名",
    ),
    (
        "the request id was made at {}, since the parameters were changed none before {} is taken",
        "请求编号生成于 {0}，参数变更后不再受理 {1} 之前的请求",
    ),
    ("nothing changes", "没有任何变更"),
    ("{} of {} would stop the ledger: at least {}", "{0} 为 {1} 将使账本停止：至少为 {2}"),
    ("{} of {} is too much: at most {}", "{0} 为 {1} 过大：最多为 {2}"),
    ("set {} of validators", "第 {0} 份验证节点名册"),
    ("set {} of parameters", "第 {0} 版账本参数"),
    ("sets of validators", "验证节点名册"),
    ("sets of parameters", "账本参数版本"),
    ("schedule of the protocol", "协议版本排期"),
    (
        "version {} of the protocol is not to be scheduled: {} is in force, at most {} may be",
        "协议版本 {0} 不能排定：现行版本为 {1}，最高可排定至 {2}",
    ),
    (
        "height {} comes too soon for another version of the protocol: this is {}, {} at the least",
        "高度 {0} 距现在过近，不能启用另一协议版本：目前为 {1}，最早为 {2}",
    ),
    ("version {} of the protocol is scheduled for height {} already", "协议版本 {0} 已排定于高度 {1}"),
    ("no version of the protocol is scheduled that could be taken back", "没有可撤销的协议版本排期"),
    (
        "height {} goes by version {} of the protocol, and this program knows versions up to {}: install a program that knows version {}",
        "高度 {0} 采用协议版本 {1}，本程序仅支持至版本 {2}：请安装支持版本 {3} 的程序",
    ),
    ("needs an ADMINISTER key of a registration body", "须有一个登记机构以管理（ADMINISTER）密钥签名"),
    ("there is no proposal {}", "没有提案 {0}"),
    ("proposal {} has ended: {}", "提案 {0} 已终结：{>1}"),
    ("proposal {} took votes until {}, block time is {}", "提案 {0} 的表决已于 {1} 截止，区块时间为 {2}"),
    ("votes on {}, proposal {} is {}", "所表决的提案摘要为 {0}，提案 {1} 的摘要为 {2}"),
    (
        "a proposal takes votes after block time {} until {} at the latest, not until {}",
        "表决截止时间须晚于区块时间 {0}，最迟为 {1}，不能为 {2}",
    ),
    ("member {} has voted on proposal {}", "成员 {0} 已对提案 {1} 表决"),
    ("proposal {} holds {} votes, as many as it can", "提案 {0} 已有 {1} 票，达到上限"),
    ("member {} has {} proposals open, as many as it may", "成员 {0} 有 {1} 项提案正在表决，达到上限"),
    (
        "needs an ADMINISTER key of member {}, who made proposal {}",
        "须由提出提案 {1} 的成员 {0} 以管理（ADMINISTER）密钥签名",
    ),
    ("act {} of proposal {}: {}", "提案 {1} 的第 {0} 项（自 0 起）：{>2}"),
    (
        "act {} of what is proposed could only be refused, now and later: {}",
        "所提事项第 {0} 项（自 0 起）无论何时执行都只会被拒绝：{>1}",
    ),
    ("proposal {}: {}", "提案 {0}：{>1}"),
    (
        "a proposal holds acts of administration, and none about proposals",
        "提案只能包含管理事项，且不得涉及提案本身",
    ),
    ("at most 4 actions of a transaction are about proposals", "一项交易中涉及提案的操作最多 4 项"),
    ("all are of one action", "应属于同一操作"),
    ("no vote is on this proposal", "文件中没有对该提案的表决"),
];
