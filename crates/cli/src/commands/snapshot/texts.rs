//! What these commands say.

use crate::text::texts;

texts! {
    CHUNKS = "Chunks of 1 MiB" "数据块（每块 1 MiB）";
    FIRST_ENTRY = "First entry in it" "所含首个条目";
    FOLDER = "Folder" "目录";
    SNAPSHOT = "Snapshot" "快照";

    MAKING = "making the snapshot" "正在制作快照";
    COMPARING = "comparing chunks" "正在比对数据块";
    RESTORING = "restoring" "正在恢复";

    MADE = "Made. Every node makes the same manifest and content at this height."
        "已制作。各节点在此高度制作的清单与内容相同。";
    NOT_EXAMINED = "This is what the snapshot says of itself: nothing was verified."
        "以上为快照的自述内容，未作核验。";
    LEADS_TO_GENESIS = "VERIFIED: its header was decided by the ledger's validators, and every chunk is the one that it names. Roots are compared when it is restored."
        "核验通过：其区块头由账本的验证者决定，各数据块与清单相符。各项根在恢复时比对。";
    RESTORED = "Restored: every root is that of the header. A node started on this folder goes on from here; it holds nothing that was recorded before."
        "已恢复：各项根与区块头相符。以此目录启动的节点由此继续；不含此前的记录。";
}
