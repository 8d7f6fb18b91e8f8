//! What stands in the way of a backup.

use super::Phrase;

pub(super) const PHRASES: &[Phrase] = &[
    // Making one.
    ("another backup is being made into {}", "另一备份正在写入 {0}"),
    ("the ledger has no block yet: there is nothing to back up", "账本尚无区块，没有可备份的内容"),
    (
        "{} is within the data folder {}, and would be lost with it",
        "{0} 位于数据目录 {1} 之内，会随其一同丢失",
    ),
    ("it was stopped before its end", "中途停止"),
    (
        "node.toml has no [backup] folder; add it, or name a folder with --to",
        "node.toml 中没有 [backup] 目录；请添加，或用 --to 指定目录",
    ),
    ("{} is not an absolute path", "{0} 不是绝对路径"),
    ("the backup ended unexpectedly: {}", "备份意外终止：{>0}"),
    (
        "no node runs on {}: start it, or name the folder that its node.toml has as data",
        "没有节点在 {0} 上运行：请启动节点，或指定其 node.toml 中的 data 目录",
    ),
    (
        "the node on {} went away before it answered, or does not let this user call; see its log",
        "{0} 上的节点在答复前已退出，或不接受本用户的请求，请查看其日志",
    ),
    // Taking one.
    ("{} is not a backup that can be used: {}", "{0} 不是可用的备份：{>1}"),
    ("{} is of ledger {}, not of {}", "{0} 属于账本 {1}，不属于 {2}"),
    ("{} does not hold together: {}", "{0} 内容不自洽：{>1}"),
    ("{}, and {} more findings", "{>0}；另有 {1} 项"),
    (
        "{} exists already, and a backup is only put where nothing is",
        "{0} 已存在，备份只能恢复到尚不存在的位置",
    ),
    ("it is longer than the {} bytes that a manifest can have", "超过清单可有的 {0} 字节"),
    ("it is cut off or altered: its digest does not match", "不完整或被改动：摘要不符"),
    ("it has version {}; this software knows version {}", "格式版本为 {0}，本软件支持版本 {1}"),
    ("its files have schema {}; this software reads schema {}", "其数据版本为 {0}，本软件支持版本 {1}"),
    ("it breaks the format: {}", "不符合格式：{>0}"),
    ("there is no folder with a manifest and db", "没有含 manifest 与 db 的目录"),
    ("there is no manifest", "没有清单"),
    ("it is not in its one spelling", "不是唯一的规范写法"),
    ("it is of no block", "未指明区块"),
    ("its files do not rise by name", "文件未按名称递增排列"),
    ("it does not name {}", "未列出 {0}"),
    ("{} is not the name of a file of a backup", "{0} 不是备份中文件的名称"),
    ("it is not a regular file", "不是普通文件"),
    ("it has {} bytes where the manifest says {}", "有 {0} 字节，清单所载为 {1} 字节"),
    ("its digest is not the one in the manifest", "摘要与清单所载不符"),
    ("it founds ledger {}", "其创立的账本为 {0}"),
    ("it is not of the block that the manifest names", "与清单所指的区块不符"),
    ("it has blocks that the manifest does not name", "含有清单未载明的区块"),
    ("the manifest does not name it", "清单中没有该文件"),
    ("it is longer than such a file can be", "超过此类文件可有的长度"),
];
