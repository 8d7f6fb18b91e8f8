//! Why a snapshot is not made or not used, and what a node lacks that joined from one.

use super::Phrase;

pub(super) const PHRASES: &[Phrase] = &[
    (
        "a snapshot needs the entries from {} on, and this node holds those from {} on; \
         it can be made once twice the request window has passed since this node's own snapshot",
        "快照需要自 {0} 起的条目，本节点只保存自 {1} 起的条目；自本节点所用快照起经过两倍请求时间窗后方可制作",
    ),
    ("{} is there already", "{0} 已存在"),
    ("another process makes {}", "另一进程正在制作 {0}"),
    (
        "there is no room for a snapshot at {}: {} bytes are free, {} needed",
        "{0} 所在磁盘没有制作快照的空间：可用 {1} 字节，需要 {2} 字节",
    ),
    ("the snapshot cannot be described: {}", "无法描述该快照：{>0}"),
    ("the manifest does not decode: {}", "清单无法解码：{>0}"),
    ("the manifest is of another header than the proof", "清单与证明的区块头不一致"),
    ("the proof does not hold: {}", "证明不成立：{>0}"),
    ("the content has {} bytes, the manifest says {}", "内容为 {0} 字节，清单所列为 {1} 字节"),
    ("chunk {} is not the one that the manifest names", "数据块 {0} 与清单不符"),
    ("the content is not that of a snapshot: {}", "内容不符合快照格式：{>0}"),
    ("{} of the content is {}, the header says {}", "内容的{>0}为 {1}，区块头所列为 {2}"),
    ("the log root", "日志根"),
    ("the second log root", "第二日志根"),
    (
        "entry {} has time {}; those of the request window begin at {}",
        "条目 {0} 的时间为 {1}，请求时间窗内的条目自 {2} 起",
    ),
    ("{} bytes are more than {} blocks bring", "{0} 字节超出 {1} 个区块所能产生的数据量"),
    ("it ends too early", "提前结束"),
    ("it goes on after byte {}", "在字节 {0} 之后仍有数据"),
    ("the records are not in rising order of key", "记录未按键递增排列"),
    ("not the manifest of a snapshot", "不是快照清单"),
    ("the digests are not 32 bytes each", "摘要长度不是 32 字节"),
    (
        "this folder was made from a snapshot of height {}: it holds no entry before index {}",
        "本数据目录由高度 {0} 的快照建立，不含索引 {1} 之前的条目",
    ),
    (
        "the folder was made from a snapshot of height {}: entries before {} are not here, and those after it are not executed again",
        "本数据目录由高度 {0} 的快照建立，不含索引 {1} 之前的条目，其后的条目未重新执行",
    ),
];
