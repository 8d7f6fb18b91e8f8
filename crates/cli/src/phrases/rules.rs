//! What the ledger's rules and a node's service refuse.

use super::Phrase;

pub(super) const PHRASES: &[Phrase] = &[
    // The request.
    ("action {}: {}", "操作 {0}：{>1}"),
    ("made for ledger {}, this is {}", "属于账本 {0}，本账本为 {1}"),
    ("the transaction is for ledger {}, this is {}", "交易属于账本 {0}，本账本为 {1}"),
    ("transaction {} is already recorded at log index {}", "交易 {0} 已记录于日志索引 {1}"),
    ("transaction {} is on the ledger at index {}", "交易 {0} 已记录于日志索引 {1}"),
    (
        "the request id was used for transaction {}, recorded at log index {}",
        "该请求编号已用于交易 {0}，记录于日志索引 {1}",
    ),
    (
        "request id {} was used by its first signer for another transaction, {}",
        "请求编号 {0} 已被第一签名方用于另一交易 {1}",
    ),
    (
        "the request id was made at {}, more than {} ms from block time {}",
        "请求编号生成于 {0}，与区块时间 {2} 相差超过 {1} 毫秒",
    ),
    ("valid until {}, block time is {}", "有效期至 {0}，区块时间为 {1}"),
    ("the transaction expired at {}, it is {}", "交易有效期至 {0}，现为 {1}"),
    // The signers.
    ("member {} has no key {}", "成员 {0} 没有密钥 {1}"),
    ("the signature of member {} with key {} is not valid", "成员 {0} 用密钥 {1} 所作的签名无效"),
    ("member {} is suspended and signs nothing", "成员 {0} 已被暂停，不能签名"),
    ("key {} is no longer in force: {}", "密钥 {0} 已失效：{>1}"),
    (
        "nothing here is signed with key {} of member {}, which is for {}",
        "此交易没有需由成员 {1} 的密钥 {0} 签名的内容，该密钥用途为{>2}",
    ),
    ("needs the OPERATE key of a member", "需要成员的业务（OPERATE）密钥签名"),
    (
        "no signer has a role that may do this, member {} among them",
        "签名方（含成员 {0}）均无此项操作所需的角色",
    ),
    (
        "needs an ADMINISTER key of member {}, or those of the registration bodies",
        "需要成员 {0} 的管理（ADMINISTER）密钥，或由登记机构签名",
    ),
    (
        "needs ADMINISTER keys of {} registration bodies, {} signed",
        "需要 {0} 个登记机构的管理（ADMINISTER）密钥签名，已有 {1} 个",
    ),
    (
        "takes from a registration body its power to administer: needs ADMINISTER keys of {} bodies that keep theirs, {} signed",
        "此操作使一登记机构失去管理权：须有 {0} 个仍保有管理权的登记机构签名，已有 {1} 个",
    ),
    // Deposits, members, keys.
    ("links to evidence {}, which is not an earlier deposit", "所关联的存证 {0} 不是已有存证"),
    ("there is no member {}", "没有编号为 {0} 的成员"),
    ("member {} is already {}", "成员 {0} 已处于“{>1}”状态"),
    ("credit code {} is that of member {}", "统一社会信用代码 {0} 属于成员 {1}"),
    ("a natural person is no registration body", "自然人不能担任登记机构"),
    ("there is no key {}", "没有密钥 {0}"),
    ("key {} is already enrolled, for member {}", "密钥 {0} 已登记在成员 {1} 名下"),
    ("the holder of key {} does not prove to have it", "未能证明持有密钥 {0}"),
    (
        "key {} is reported compromised since {}, a report can only reach further back",
        "密钥 {0} 已报告自 {1} 起泄露，再次报告只能追溯到更早",
    ),
    ("reports a compromise since {}, block time is {}", "所报告的泄露起始时间 {0} 晚于区块时间 {1}"),
    // The service.
    ("the mempool has no room; retry after {} ms", "待处理队列已满，请在 {0} 毫秒后重试"),
    ("the state could not be read: {}", "无法读取状态：{>0}"),
    ("the node is shutting down", "节点正在关闭"),
    ("nothing is admitted until there is room", "腾出空间之前不受理任何请求"),
    ("nobody would believe this node's tickets", "本节点出具的受理回执不会被采信"),
    (
        "the transaction is admitted and not yet committed; ask for its receipt later, or submit it again",
        "交易已受理、尚未记录，请稍后查询回执，或再次提交",
    ),
    ("entry {}, or log size {}", "条目 {0}，或日志大小 {1}"),
    ("entry {}", "条目 {>0}"),
    ("of transaction {}", "（交易 {0}）"),
    ("of evidence number {}", "（存证号 {0}）"),
    ("evidence number {}", "存证号 {0}"),
    ("state key: {}", "状态键：{>0}"),
    ("no block is committed yet", "尚无已提交的区块"),
    ("no such proof in a log of {} entries", "{0} 个条目的日志中没有此证明"),
    (
        "this ledger opens its entries to members: send an access token",
        "本账本的条目仅对成员开放，请出示访问令牌",
    ),
    ("access token: {}", "访问令牌：{>0}"),
    ("no such member", "没有该成员"),
    ("the member is suspended", "成员已被暂停"),
    ("the member has no such key", "成员没有该密钥"),
    ("the key is retired", "密钥已停用"),
    ("the key is reported compromised", "密钥已报告泄露"),
    ("its signature is not valid", "其签名无效"),
];
