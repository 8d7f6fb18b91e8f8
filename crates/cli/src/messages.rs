//! Every text for people that is not an error or a name of a value, in both languages. Errors are the reason
//! codes of `bulla-types` with what `complaints` adds, names are in `words`, help stands with the definition of
//! each command.

use crate::text::texts;

texts! {
    ERROR = "error" "错误";
    NOT_VERIFIED = "NOT VERIFIED" "核验不通过";
    YES = "yes" "是";
    NO = "no" "否";

    HELP_USAGE = "Usage: " "用法：";
    HELP_COMMAND = "COMMAND" "命令";
    HELP_DEFAULT = "[default: {0}]" "[默认：{0}]";
    HELP_VALUES = "[one of: {0}]" "[可用：{0}]";
    HELP_COMMANDS = "Commands" "命令";
    HELP_ARGUMENTS = "Arguments" "参数";
    HELP_OPTIONS = "Options" "选项";
    HELP_EVERYWHERE = "Options of every command" "通用选项";
    HELP_SHOWN = "Print help" "显示帮助";
    HELP_VERSION = "Print version" "显示版本";

    ADDRESS = "Validator address" "验证者地址";
    ANCHOR = "Anchor" "信任锚";
    BLOCK_HASH = "Block hash" "区块哈希";
    BLOCK_HEIGHT = "Block height" "区块高度";
    CAPTURED_AT = "Captured at" "取得时间";
    CREDIT_CODE = "Credit code" "统一社会信用代码";
    DECIDED_BY = "Decided by" "决定方";
    DEPOSITOR = "Deposited by" "存证方";
    DESCRIPTION = "Description" "说明";
    DIGESTS = "Digests" "摘要";
    EFFECTIVE_FROM = "Not to be trusted since" "不可信起始时间";
    ENTRY_INDEX = "Entry index" "条目索引";
    EVENT = "Act" "事项";
    EVIDENCE_NUMBER = "Evidence number" "存证号";
    EXPECTED = "Expected" "应为";
    FILE = "File" "文件";
    FOUND = "Found" "实为";
    HEALTH = "Health" "状态";
    HELD_FROM = "Entries held from" "所存首个条目";
    HELD_SINCE_SNAPSHOT = "{0}; joined from a snapshot: records are answered with their whole past, earlier entries, receipts and openings are not [HISTORY_NOT_HELD], ask a node that holds from 0" "{0}；由快照加入：各项记录连同全部历史均可查询，此前的条目、回执与附带内容不可查询 [HISTORY_NOT_HELD]，请向自 0 起保存的节点查询";
    HEIGHT = "Height" "高度";
    JOINING = "Joining" "加入进度";
    JOIN_ASKING = "asking which snapshots the peers have" "正在询问其他节点有哪些快照";
    JOIN_FETCHING = "fetching the snapshot of height {0}: {1} of {2} bytes" "正在获取高度 {0} 的快照：{1}/{2} 字节";
    JOIN_BUILDING = "building the data folder of the snapshot of height {0}: {1} of {2} bytes" "正在由高度 {0} 的快照建立数据目录：{1}/{2} 字节";
    KEY_ID = "Key id" "密钥编号";
    TOKEN = "Token" "令牌";
    KIND = "Kind" "主体类型";
    LATER_LOGS = "Also in later logs" "亦包含于后续日志";
    LATER_LOGS_CLAIMED = "Claimed for later logs" "声称包含于后续日志（未核验）";
    LEDGER = "Ledger" "账本";
    LINKS = "Links" "关联";
    LOG_ROOT = "Log root" "日志根";
    LOG_SIZE = "Log size" "日志大小";
    MEDIA_TYPE = "Media type" "媒体类型";
    MEMBER = "Member" "成员";
    MEMPOOL = "Waiting transactions" "待处理交易";
    NAME = "Name" "名称";
    NODE = "Node" "节点";
    NODE_CLOCK = "Node's clock" "节点时钟";
    NUMBER = "Number" "编号";
    OBTAINED = "Obtained" "取得方式";
    ORIGINAL = "Original" "原件";
    PEER = "Peer id" "节点标识";
    PEERS_OF = "Connected peers" "已连接节点";
    PLACE = "Place" "位置";
    POWER = "Voting power" "表决权";
    PUBLIC_KEY = "Public key" "公钥";
    PURPOSE = "Purpose" "用途";
    REACHED = "Connected" "已连接";
    RECORDS_AS_OF = "Records as of height" "成员与密钥记录截至高度";
    ROLE = "Role" "角色";
    ROLES = "Roles" "角色";
    SIGNED_BY = "Signed by" "签名方";
    SIZE_BYTES = "Size in bytes" "大小（字节）";
    SOFTWARE = "Software" "软件版本";
    STATEMENT = "Statement" "来源说明";
    STATE_ROOT = "State root" "状态根";
    STATUS = "Status" "状态";
    TIME = "Time (UTC+8)" "时间（UTC+8）";
    TITLE = "Title" "标题";
    TRANSACTION = "Transaction" "交易编号";
    WHAT = "What is wrong" "问题";

    ACCOUNT = "Account" "账户";
    CASE = "Case" "案件";
    CASE_OR_CERTIFICATE = "Case or certificate" "案件或证书";
    CERTIFICATE = "Certificate" "证书";
    CERTIFIES = "Certifies" "证明事项";
    DEADLINE = "Deadline" "期限";
    DUE = "Due before" "届满时间";
    FIELDS = "Fields" "登记事项";
    FLAGS = "Flags" "标识";
    HOLDER = "Holder" "持有人";
    HOLDERS = "Holders" "持有人";
    ISSUED = "Issued" "颁发时间";
    KEPT_BY_OWNER = "(committed: its owner keeps it)" "（承诺：由本人保管）";
    KIND_OF = "Kind" "种类";
    NOTHING_DUE = "Nothing falls due." "没有将届满的期限。";
    NOT_OPEN = "(not open to you)" "（未对您公开）";
    OF_CASE = "Of case" "所属案件";
    PROCEDURE = "Procedure" "程序";
    PROCEDURE_OR_KIND = "Procedure or kind" "程序或证书种类";
    PROFILE = "Profile" "规则配置";
    PROFILE_VERSION = "{0}, {1}, version {2}" "{0} · {1} 第 {2} 版";
    REGISTRATION = "Registration" "登记";
    VALID_NOW = "Valid now" "现在有效";
    VALID_UNTIL = "Valid until" "有效期至";
    WITHIN = "Belongs to" "所属账户";
    WITHOUT_TERM = "without end" "无期限";

    PROPOSAL = "Proposal" "提案";
    VOTES_UNTIL = "Votes are taken until" "表决截止";
    TO_VOTE = "To vote" "表决命令";

    DRAFT_ACTS = "What is decided" "决定事项";
    DRAFT_OF_TIME = "For the time of" "拟记录时间";
    DRAFT_NOT_AFTER = "Not recorded after" "最晚记录时间";
    DRAFT_SIGNERS = "Signers" "签名方";
    DRAFT_SIGNED = "signed" "已签名";
    DRAFT_UNSIGNED = "not signed yet" "尚未签名";

    CLOCKS = "Not counted for" "适用范围";
    EVERY_CASE = "every case" "全部案件";
    FIRST_DAY = "First day" "首日";
    LAST_DAY = "Last day" "末日";
    NOTHING_SUSPENDED = "No suspension of clocks has been adopted." "尚未采用期间中止决定。";

    CALENDAR = "Calendar" "日历";
    MOVED_FROM = "moved by a suspension of clocks from {0}" "因期间中止由 {0} 顺延";
    CALENDAR_OF = "As it stands" "出处";
    OF_THE_LEDGER = "on the ledger, adopted and proved" "账本采用（经证明）";
    OF_THE_PROGRAM = "in this program; what a ledger has adopted, it says itself: --localnet, --config" "程序自带；账本采用的日历请用 --localnet 或 --config 查看";
    OF_FILES = "in the files named" "所指定的文件";
    YEAR = "Year" "年份";
    REVISION = "Revision" "版次";
    YEAR_DIGEST = "Digest" "摘要";
    SETTLED_THROUGH = "Settled through" "确定至";
    WORKING_DAYS = "Working days" "工作日";
    SOURCES = "Sources" "依据";
    HOLIDAY = "Holiday" "节日";
    DAYS_OFF = "Days off" "放假";
    DAYS = "Days" "天数";
    MAKE_UP_DAYS = "Worked instead" "调休上班";
    FROM_DAY = "From (not counted)" "自（当日不计入）";
    THROUGH_DAY = "Through" "至";
    COUNTED_WORKING_DAYS = "Working days" "工作日";
    COUNTED_DAYS = "Natural days" "自然日";
    DAY = "Day" "日期";
    WORKED = "Worked" "上班";
    PROVISIONAL = "Provisional: no calendar settles all of these days yet; without one, weekends alone were left out."
        "暂定：其中有日期尚无确定的日历；没有日历的，仅扣除周末。";

    VALIDATOR = "validator" "验证节点";
    OBSERVER = "observer" "观察节点";

    FOUNDED_IN = "founded a test ledger in {0}" "已在 {0} 创建测试账本";
    STARTING = "waiting for the nodes: {0}" "等待节点就绪：{0}";
    ALL_READY = "all nodes are ready" "所有节点已就绪";
    STOP_WITH_CTRL_C = "Ctrl-C stops the network" "按 Ctrl-C 停止网络";
    STOPPED = "stopped: {0}" "已停止：{0}";
    NOTHING_RUNS = "no node is running" "没有正在运行的节点";
    NODE_ENDED = "{0} has ended; see {1}" "{0} 已退出，请查看 {1}";
    USE_CONFIG = "to use it: export BULLA_CONFIG={0}" "使用方法：export BULLA_CONFIG={0}";
    NOBODY_READY = "no node is ready; the one at {0} says: {1}" "没有就绪的节点；{0} 的节点报告：{1}";
    PROCESS = "Process" "进程";
    STOPPED_NODE = "stopped" "已停止";
    SILENT_NODE = "no answer" "无应答";

    PASSPHRASE_AGAIN = "once more" "再次输入";
    DEPOSITING = "deposited, waiting for receipts" "正在存证，等待回执";
    AWAITING_RECEIPT = "submitted, waiting for the receipt" "已提交，等待回执";
    NOT_DEPOSITED = "The node knows no deposit of this document. That is not a proof that there is none."
        "该节点未找到此文件的存证，但这并不证明不存在。";
    KEYS_AT_ENROLMENT = "Keys from enrolment" "准入时登记的密钥";
    KEYS_WITHHELD = "Only members may read the entry that names them: ask with an access token." "记载密钥的条目仅成员可以查阅，请凭访问令牌查询。";

    BLOCKS = "Blocks" "区块";
    ENTRIES = "Entries" "条目";
    TILES = "Tiles" "哈希瓦片";
    STATE_RECORDS = "Records of the state" "状态记录";
    OPENINGS = "Openings" "附带内容";
    PROPOSALS = "Proposals" "提案";
    REQUESTS = "Requests remembered" "保留的请求";
    ROWS = "Rows" "数据行";
    INDEX_ROWS_ADDED = "Rows of indexes added" "补回的索引行";
    INDEX_ROWS_REMOVED = "Rows of indexes removed" "删去的索引行";
    FSCK_FILES = "reading files" "正在读取文件";
    FSCK_CHAIN = "checking blocks" "正在检查区块";
    FSCK_STATE = "checking the state" "正在检查状态";
    FSCK_REPLAY = "executing the log again" "正在重新执行日志";
    CLEAN = "In good order." "数据完好。";
    DAMAGE = "DAMAGED: restore this node from its peers." "数据已损坏：请从其他节点恢复。";
    FINDINGS_LEFT_OUT = "and {0} more" "另有 {0} 项";

    BACKED_UP_AT = "Made (UTC+8)" "生成时间（UTC+8）";
    BACKUPS_REMOVED = "Older ones removed" "已清理的旧备份";
    BACKUP_FOLDER = "Backup" "备份";
    BACKUP_SHARED = "of it shared with the one before" "其中与上一备份共用";
    BACKUP_SOUND = "In good order: it can be put back." "备份完好，可用于恢复。";
    BACKUP_UNUSABLE = "NOT USABLE" "不可用";
    DATA_FOLDER = "Data folder" "数据目录";
    MADE_BY = "Made by" "生成程序";
    NO_BACKUPS = "There is no backup here." "此处没有备份。";
    READING_BACKUP = "reading and copying" "正在读取与复制";
    RESTORED_WHAT_NEXT = "Checked and put in place. No node may run with the same keys anywhere else. A validator started on it follows the ledger first, and signs only above what the others have decided and what it may have signed."
        "已核验并就位。不得有其他节点使用相同密钥运行。验证节点由此启动后先跟随账本，只在越过其他节点已决定及自身可能已签署的高度之后才签署。";

    ENROLLING_SIGNERS = "enrolling signers" "正在登记签名密钥";
    SIGNING = "signing" "正在签名";
    MEASURING = "committed" "已提交";
    BENCH_PER_SECOND = "Committed a second" "每秒提交";
    BENCH_LATENCY = "Latency in ms" "延迟（毫秒）";
    BENCH_OFFERED = "Offered" "已发送";
    BENCH_COMMITTED = "Committed" "已提交";
    BENCH_ERRORS = "Errors" "错误";
    BENCH_CPU = "CPU us an entry, all nodes" "每条目 CPU 微秒（全部节点）";
    BENCH_DISK = "Disk bytes an entry, all nodes" "每条目磁盘字节（全部节点）";
    BENCH_FSYNC = "Synced write, p50 us" "同步写中位数（微秒）";
    BENCH_LOAD = "Load" "负载";
    BENCH_LOAD_VALUE = "rate {0}, {1} s, {2} signers, {3} endpoints, entries of {4} bytes, submissions of {5}"
        "速率 {0}，{1} 秒，{2} 个签名密钥，{3} 个节点，条目 {4} 字节，提交 {5} 字节";
    BENCH_MACHINE = "Machine" "机器";
    BENCH_STEP = "Step" "步骤";
    BENCH_P50 = "p50 ms" "p50 毫秒";
    BENCH_P99 = "p99 ms" "p99 毫秒";
    BENCH_ENTRY_BYTES = "Entry bytes" "条目字节";
    BENCH_MACHINE_VALUE = "{0}, {1} cores, {2} MiB, {3}" "{0}，{1} 核，内存 {2} MiB，{3}";

    TEST_LEDGER = "TEST LEDGER: what it records counts for nothing outside of trials."
        "测试账本（TEST）：其记录仅供试验，不具实际效力。";
    VERIFIED = "VERIFIED: everything below was checked against the anchor, but for what is named as declared or not examined."
        "核验通过：以下内容除标明“声明”或“未检查”者外，均已对照信任锚核验。";
    RECEIPT_OF = "Receipt {0} of {1}" "回执 {0} / {1}";
    ANCHOR_GENESIS = "genesis of {0}, {1} old by this machine's clock" "创世文件，创世时间 {0}，按本机时钟距今 {1}";
    ANCHOR_CHECKPOINT = "checkpoint of log size {0}, root {1}" "检查点，日志大小 {0}，根 {1}";
    ANCHOR_AS_GIVEN = "trusted as given: no signature was checked" "按所给内容直接信任，未核验签名";
    DISTANCE = "From the anchor" "距信任锚";
    ANCHORED_BY_GENESIS = "{0} after the genesis, over {1} changes of validators" "创世后 {0}，其间验证者变更 {1} 次";
    ANCHORED_BY_CHECKPOINT = "{0} entries followed it up to the checkpoint" "至检查点为止，其后又有 {0} 个条目";
    TIME_BETWEEN = "by the voters' clocks proposed between {0} and {1}" "按投票者时钟，提出于 {0} 至 {1} 之间";
    TIME_UNBOUNDED = "as its builder states; the bound is not known from this anchor" "由出块者声明，此信任锚下误差范围未知";
    DECIDED = "{0} of {1} validators with power {2} of {3}, round {4}" "{1} 个验证者中的 {0} 个签名，表决权 {2}/{3}，第 {4} 轮";
    FOUNDING = "founding of the ledger" "账本创立";
    DEADLINE_REACHED = "deadline {1} of {0} came due at {2}" "{0} 的第 {1} 号期限于 {2} 届满";
    DEADLINE_SETTLED = "deadline {1} of {0} is due at {2} by the calendar and suspensions in force" "{0} 的第 {1} 号期限按现行日历和期间中止决定于 {2} 届满";
    OUTAGE_ENDED = "the ledger stood still since {0}; what fell due is recorded from {1} on" "账本自 {0} 起停机；其间届满的事项自 {1} 起记录";
    CYCLE_ENDED = "a cycle of reports ended at {0}: procedure {1} of profile {2}" "报告周期于 {0} 届满：规则配置 {2} 的第 {1} 号程序";
    EQUIVOCATION = "validator {0} voted twice at height {1}, round {2} ({3})" "验证者 {0} 在高度 {1} 第 {2} 轮重复投票（{3}）";
    NOT_STRICT = "this signature holds under ZIP-215 only; some tools refuse it" "该签名仅在 ZIP-215 规则下有效，部分工具会拒绝";
    LATER_CHANGE = "later: {0} at {1}, entry {2}" "其后：{1} 变更为{0}，条目 {2}";
    REACHES_BACK = "REACHES BACK to this entry" "追溯至本条目之前";
    ORIGINAL_MATCHES = "is the document of {0}, by {1}" "与存证 {0} 一致（{1}）";
    PROVED = "Proved" "已证明";
    CONDITIONAL = "Proved under a condition" "附条件证明";
    CONDITION = "(if the keys of the validators of then were safe until today: a checkpoint alone does not say)"
        "（条件：当时验证者的密钥至今安全；仅凭检查点无法判断）";
    LATER_LEFT_OUT = "{0} by now; this file does not say since when: fetch the receipt anew"
        "现状态为{0}；本文件未载明起始时间，请重新获取回执";
    DECLARED = "Declared only" "仅为声明";
    NOT_EXAMINED = "Not examined" "未检查";
}
