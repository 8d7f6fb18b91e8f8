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
];
