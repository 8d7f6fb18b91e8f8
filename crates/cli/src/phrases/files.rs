//! What is wrong with key files and data folders.

use super::Phrase;

pub(super) const PHRASES: &[Phrase] = &[
    // Key files.
    (
        "there is no key file {}; check the path, or make a key with `bulla key new`",
        "没有密钥文件 {0}，请检查路径，或用 bulla key new 生成密钥",
    ),
    (
        "{} exists already, and a key is never overwritten: choose another path or move the file",
        "{0} 已存在，密钥文件从不覆盖：请改用其他路径或移走该文件",
    ),
    (
        "{} is open to others (mode {}): run `chmod 600 {}`, and replace the key if others may have read it",
        "{0} 对他人开放（权限 {1}）：请执行 chmod 600 {2}，若他人可能已读取，请更换密钥",
    ),
    ("{} is not a regular file", "{0} 不是普通文件"),
    // Keys in tokens.
    ("the PKCS#11 library {} cannot be used: {}", "无法使用 PKCS#11 库 {0}：{1}"),
    (
        "no token of {} is labelled {}: check that it is plugged in and its label",
        "{0} 中没有标签为 {1} 的令牌，请检查令牌是否插好、标签是否正确",
    ),
    (
        "no PIN for the token {}: name a pin_file, or set {}",
        "没有令牌 {0} 的 PIN：请指定 PIN 文件，或设置 {1}",
    ),
    ("the key id {} is not hexadecimal", "密钥标识 {0} 不是十六进制"),
    (
        "the token {} holds {} Ed25519 {} keys labelled {}, not one: check the label, or say key_id",
        "令牌 {0} 中标签为 {3} 的 Ed25519 密钥（{2}）有 {1} 个，而不是一个：请检查标签，或指明密钥标识",
    ),
    (
        "the token {} holds a key labelled {} already: choose another label",
        "令牌 {0} 中已有标签为 {1} 的密钥，请换用其他标签",
    ),
    ("the token's public key is not an Ed25519 key: {}", "令牌给出的公钥不是 Ed25519 密钥：{0}"),
    ("the token {} refused to {}: {}", "令牌 {0} 拒绝了操作（{1}）：{2}"),
    (
        "the token {} refused the PIN, and is not tried again before the next start lest it lock itself",
        "令牌 {0} 拒绝了 PIN，为免令牌锁死，下次启动前不再尝试",
    ),
    (
        "the token {} made a signature that does not verify under its own public key",
        "令牌 {0} 生成的签名无法用其公钥验证",
    ),
    ("{} has {} bytes, more than any key file", "{0} 有 {1} 字节，超过任何密钥文件"),
    (
        "this is not PEM text; a key file begins with -----BEGIN PRIVATE KEY----- or -----BEGIN ENCRYPTED PRIVATE KEY-----",
        "不是 PEM 文本，密钥文件以 -----BEGIN PRIVATE KEY----- 或 -----BEGIN ENCRYPTED PRIVATE KEY----- 开头",
    ),
    (
        "the PEM block is labelled \"{}\", which is not a PKCS#8 private key",
        "PEM 块的标签为“{0}”，不是 PKCS#8 私钥",
    ),
    (
        "the PEM block does not hold a PKCS#8 private key; restore the file from its backup",
        "PEM 块中不是 PKCS#8 私钥，请从备份恢复该文件",
    ),
    (
        "the key's algorithm is {}, not Ed25519 (1.3.101.112); make a key with `bulla key new` or `openssl genpkey -algorithm ed25519`",
        "密钥算法为 {0}，不是 Ed25519（1.3.101.112），请用 bulla key new 或 openssl genpkey -algorithm ed25519 生成密钥",
    ),
    (
        "the file holds a public key that does not belong to its private key; restore the file from its backup",
        "文件中的公钥与私钥不匹配，请从备份恢复该文件",
    ),
    ("the key is encrypted: give its passphrase", "密钥已加密，请提供口令"),
    (
        "the passphrase is empty: choose one, or write the key without encryption",
        "口令为空：请设置口令，或用 --plain 不加密保存",
    ),
    ("the passphrase does not open this key (or the file is damaged)", "口令无法打开该密钥（或文件已损坏）"),
    (
        "the key's encryption is not PBES2 with scrypt and AES-256-CBC; convert it with `openssl pkcs8 -topk8 -v2 aes-256-cbc -scrypt`",
        "密钥的加密方式不是 PBES2（scrypt 与 AES-256-CBC），请用 openssl pkcs8 -topk8 -v2 aes-256-cbc -scrypt 转换",
    ),
    (
        "the key file asks for {} bytes of memory and {} bytes of mixing, beyond the limit; it was not made by a tool you should trust",
        "打开密钥文件需 {0} 字节内存和 {1} 字节混合运算，超出上限，生成它的工具不可信",
    ),
    // Why a node does not start.
    ("cannot listen on {}: {}", "无法监听 {0}：{>1}"),
    ("cannot read {}: {}", "无法读取 {0}：{>1}"),
    ("{} is no genesis: {}", "{0} 不是创世文件：{>1}"),
    ("{} ({}) is not the {} key of this node: {}", "{0}（{1}）不是本节点的{>2}密钥：{>3}"),
    ("it is the {} key of {}", "这是{1}的{>0}密钥"),
    (
        "the genesis {} knows none of the keys that this node is configured with: it is another ledger's, or the keys are another node's; the node of a new member names in network.peers whom it follows",
        "创世文件 {0} 中没有本节点所配置的任何密钥：创世文件属于另一账本，或密钥属于另一节点；新成员的节点须在 network.peers 中写明所跟随的节点",
    ),
    ("cannot listen on {} ({} in node.toml): {}", "无法监听 {0}（node.toml 中的 {1}）：{>2}"),
    (
        "the genesis of this ledger permits no other clock than the machine's: --clock is for ledgers for tests whose genesis has a test_clock",
        "本账本的创世文件只允许使用本机时钟：--clock 仅用于创世文件含 test_clock 的测试账本",
    ),
    ("{} is no clock file: {}", "{0} 不是时钟文件：{1}"),
    (
        "{}: the clock runs {} times as fast as the machine's; the genesis permits {} times",
        "{0}：时钟速度为本机的 {1} 倍，创世文件允许的上限为 {2} 倍",
    ),
    ("{} is not a multiaddr to listen on: {}", "{0} 不是可监听的 multiaddr 地址：{1}"),
    ("consensus ended: {}", "共识已中止：{>0}"),
    ("{} is not a valid node configuration: {}", "{0} 不是有效的节点配置：{>1}"),
    // Data folders.
    ("{} is in use{}", "{0} 正在使用{>1}"),
    (" by process {}", "（进程 {0}）"),
    ("{} holds no ledger", "{0} 不含账本"),
    ("{} is not a Bulla data folder: {}", "{0} 不是 Bulla 数据目录：{>1}"),
    ("it has no database", "其中没有数据库"),
    ("{} already holds ledger {}", "{0} 已有账本 {1}"),
    ("{} belongs to ledger {}, not to {}", "{0} 属于账本 {1}，不属于 {2}"),
    ("{} has schema {}; this software knows up to {}", "{0} 的数据版本为 {1}，本软件最高支持 {2}"),
    ("{} is damaged: {}", "{>0} 已损坏：{>1}"),
    ("the disk of {} is full: {} bytes free, {} needed", "{0} 所在磁盘已满：剩余 {1} 字节，需要 {2} 字节"),
    ("the database failed: {}", "数据库故障：{>0}"),
];
