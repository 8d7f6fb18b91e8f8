//! What failures of this program say beyond the sentence of their reason.

use crate::text::texts;

texts! {
    NOTHING_NAMED_TO_ASK = "no node is named; name one with --endpoint, or a client.toml with --config, BULLA_CONFIG or --localnet"
        "未指定节点：请用 --endpoint 指定，或用 --config、BULLA_CONFIG、--localnet 指定 client.toml";
    NO_GENESIS = "no genesis to verify answers against is named; see --genesis, and genesis in client.toml"
        "未指定用于核验应答的创世文件：见 --genesis，或 client.toml 中的 genesis";
    NO_OPERATOR = "nobody is named to sign; member and key in client.toml say who, see --config and --localnet"
        "未指定签名方：由 client.toml 中的 member 与 key 指定，见 --config 与 --localnet";
    NO_SIGNER = "nobody is named to sign; see --signer, --localnet, and member with administer_key in client.toml"
        "未指定签名方：见 --signer、--localnet，或 client.toml 中的 member 与 administer_key";
    NO_MEMBER = "no member is named; see --member, and member in client.toml"
        "未指定成员：见 --member，或 client.toml 中的 member";
    NO_BENCH_MEMBER = "bench enrols keys of its own and needs member and administer_key in client.toml for it"
        "bench 须登记自己的密钥，client.toml 中应有 member 与 administer_key";
    TOML_AT = "line {0}, column {1}: {2}" "第 {0} 行第 {1} 列：{2}";
    NOT_A_CHECKPOINT = "this is not a checkpoint: {0}" "不是检查点：{0}";
    EMPTY_PROVES_NOTHING = "the file is empty, and proves nothing" "文件为空，不能证明任何事项";
    FILE_EMPTY = "the file is empty" "文件为空";
    NOT_A_REGULAR_FILE = "it is {0}, not a regular file" "是{0}，不是普通文件";
    A_FOLDER = "a folder" "目录";
    A_PIPE = "a named pipe" "命名管道";
    A_SOCKET = "a socket" "套接字";
    A_DEVICE = "a device" "设备文件";
    OUTPUT_LOST = "standard output: {0}" "标准输出：{0}";
    FILE_TOO_LARGE = "the file has more than the {0} bytes that such a file can have" "文件超过此类文件可有的 {0} 字节";

    LINK_FORM = "--link {0}: write RELATION:NUMBER, such as supersedes:12" "--link {0}：应写作“关系:存证号”，如 supersedes:12";
    LINK_RELATION = "--link {0}: as the relation, {1}" "--link {0}：关系{1}";
    TIME_FORM = "\"{0}\" is not a time; write 2026-07-01, 2026-07-01 09:30[:00] (UTC+8) or 2026-07-01T09:30:00+08:00"
        "“{0}”不是时间，应写作 2026-07-01、2026-07-01 09:30[:00]（UTC+8）或 2026-07-01T09:30:00+08:00";
    TIME_TOO_EARLY = "\"{0}\" is not after 1970-01-01T00:00:00Z" "“{0}”不晚于 1970-01-01T00:00:00Z";
    TIME_TO_COME = "--captured-at: {0} has not come yet by this machine's clock" "--captured-at：按本机时钟，{0} 尚未到来";
    DATE_FORM = "a date such as 2026-07-01 is wanted" "应为日期，如 2026-07-01";
    DAYS_FALL = "{0} comes before {1}" "{0} 早于 {1}";
    DAYS_TOO_MANY = "from {0} to {1} are {2} days, at most {3} are allowed" "{0} 至 {1} 共 {2} 日，最多 {3} 日";
    YEAR_NOT_CARRIED = "this program carries no calendar of {0}, only of {1} to {2}; name a file that holds it"
        "程序未带 {0} 年的日历，只有 {1} 至 {2} 年；请指明日历文件";
    YEAR_NOT_ADOPTED = "the ledger has adopted no calendar of {0}, only of {1} to {2}" "账本未采用 {0} 年的日历，只有 {1} 至 {2} 年";
    NO_CALENDAR_ADOPTED = "the ledger has adopted no calendar yet" "账本尚未采用日历";
    YEAR_OF_FILE = "the calendar is of {0}, not of {1}" "这是 {0} 年的日历，不是 {1} 年的";
    NUMBER_OF_WHAT = "\"{0}\" does not say of what it is the number; write the identifier, such as R-4K7QPX-12-40" "“{0}”未说明是何种编号，请写标识，如 R-4K7QPX-12-40";
    NUMBER_TOO_LARGE = "\"{0}\" is larger than any number here" "“{0}”超出编号的最大值";
    NUMBERS_FROM_1 = "\"{0}\": numbers begin with 1" "“{0}”：编号从 1 开始";
    NAMES_ANOTHER_KIND = "\"{0}\" is {1}; wanted is {2}, {3}-..." "“{0}”是{1}，此处应为{2} {3}-…";
    OF_ANOTHER_LEDGER = "{0} is of ledger {1}, this is {2}" "{0} 属于账本 {1}，本账本为 {2}";
    NEVER_CHANGES = "{0} is a deposit, which never changes: its receipt proves it, see receipt" "{0} 是存证，内容不变，由回执证明，见 receipt";
    FOR_RECEIPTS = "--original, --openings and --bundles are for receipts, and this is a status proof" "--original、--openings 与 --bundles 用于回执，而此文件是状态证明";
    FOR_NO_FORK_PROOFS = "--at, --original, --openings and --bundles are of no use here: this is a fork proof" "此文件是分叉证明，不适用 --at、--original、--openings 与 --bundles";
    FOR_STATUS_PROOFS = "--at is for status proofs, and this file is none" "--at 用于状态证明，而此文件不是";
    NOT_THE_ENTRY_PROVED = "the node shows another entry than the one that its receipt proves" "节点所示条目与其回执所证明的条目不同";
    NOT_AN_ENTRY = "\"{0}\" is neither a log index, nor a transaction id of 64 hexadecimal digits, nor an evidence identifier"
        "“{0}”既不是日志索引、64 位十六进制的交易编号，也不是存证标识";
    TEXT_EMPTY = "there is no text" "没有文本";
    NOT_A_KEY = "\"{0}\" is neither a key id of 64 hexadecimal digits nor a key file" "“{0}”既不是 64 位十六进制的密钥编号，也不是密钥文件";
    NOT_A_DOCUMENT = "\"{0}\" is neither a file nor a digest of 64 hexadecimal digits" "“{0}”既不是文件，也不是 64 位十六进制的摘要";
    ONE_OF = "one of {0} is wanted" "应为以下之一：{0}";
    NUMBER_WITHIN = "a number from {0} to {1} is wanted" "应为 {0} 至 {1} 之间的数";
    POWER_FORM = "write KEY or KEY=POWER, such as consensus.pem=1; a power of 0 is --remove"
        "应写作“密钥”或“密钥=表决权”，如 consensus.pem=1；表决权为 0 请用 --remove";
    PARAMETER_UNKNOWN = "write FIELD=VALUE with one of the fields {0}" "应写作“参数=值”，参数为以下之一：{0}";
    PARAMETER_FIXED = "{0} stays as the ledger was founded with it" "{0} 自账本创设时固定，不能变更";
    PARAMETER_VALUE = "{0} cannot be \"{1}\"" "{0} 的值不能为“{1}”";
    NO_ROLE_LEFT = "no role would be left" "成员将不再具有任何角色";
    COSIGNER_FORM = "write MEMBER, or MEMBER:KEY with the id of the ADMINISTER key, such as 1:9f3a..." "应写作“成员”或“成员:密钥编号”，如 1:9f3a...";
    NO_ONE_ADMINISTER_KEY = "member {0} has not exactly one ADMINISTER key in force of those that it was enrolled with: write {0}:KEY with the id of the one that is to sign"
        "成员 {0} 准入时登记且仍有效的管理密钥不是恰好一个：请写作“{0}:密钥编号”，指明用于签名的密钥";
    DRAFT_NONE = "no draft is named" "未指定文件";
    DRAFT_SIGNED_ALREADY = "somebody has signed it already; make another draft" "已有人签名，请另行拟定";
    DRAFT_OTHER = "this is a draft of transaction {0}, not of {1}" "此文件属于交易 {0}，而不是 {1}";
    DRAFT_OTHER_LEDGER = "the draft is for ledger {0}, this is {1}" "该文件用于账本 {0}，本账本为 {1}";
    DRAFT_EXPIRED = "the draft could be recorded until {0}; make another one" "该文件最晚可在 {0} 记录，请重新拟定";
    DRAFT_UNSIGNED_BY = "not signed yet: {0}" "尚未签名：{0}";
    SIGNER_FORM = "write MEMBER:KEYFILE, such as 1:body-1.pem" "应写作“成员:密钥文件”，如 1:body-1.pem";
    LANGUAGE_FORM = "zh or en is wanted" "应为 zh 或 en";
    INVALID_VALUE = "the value '{0}' of '{1}' is not valid: {2}" "“{1}”的值“{0}”无效：{2}";

    NO_BODY_ABLE = "none of the registration bodies in {0} is active with its key in force; let others sign with --signer"
        "{0} 中没有处于有效状态且密钥有效的登记机构，请用 --signer 由其他登记机构签名";
    KEY_IS_RETIRED = "key {0} is retired already; nothing is left to do" "密钥 {0} 此前已停用，无须再次办理";
    KEY_IS_COMPROMISED = "key {0} is reported compromised already, which is more than retired"
        "密钥 {0} 此前已报告泄露，其效力不止于停用";
    PASSPHRASE_NEEDED = "{0} needs a passphrase, and there is no terminal to ask at; {1} gives it to scripts"
        "{0} 需要口令，而此处没有终端可供输入；脚本可通过 {1} 提供";
    PASSPHRASES_DIFFER = "the two passphrases differ; no key was made" "两次输入的口令不同，未生成密钥";

    KEY_OR_TOKEN_NEEDED = "name the key's file, or its token with --module, --token and --key" "请指定密钥文件，或用 --module、--token、--key 指明令牌中的密钥";
    KEY_NEEDED = "a member needs a key; see --operate-key and --administer-key" "成员须有密钥：见 --operate-key 与 --administer-key";
    CREDIT_CODE_NEEDED = "an organisation is enrolled with its --credit-code" "组织准入须给出 --credit-code";
    CREDIT_CODE_NOT_WANTED = "--credit-code: a natural person has none" "--credit-code：自然人没有统一社会信用代码";
    MEMBER_OF_CODE = "no member has the credit code {0}" "没有统一社会信用代码为 {0} 的成员";

    NODE_OF_ANOTHER_LEDGER = "the node at {0} is not of ledger {1}" "{0} 的节点不属于账本 {1}";
    NOT_YET_RECORDED = "transaction {0} is admitted and was not recorded within {1} s; until {2} it may still be: ask with `bulla receipt {0} -o FILE`"
        "交易 {0} 已受理，等待 {1} 秒仍未记录；在 {2} 之前仍可能被记录，查询：bulla receipt {0} -o 文件";
    NOT_YET_ADMITTED = "transaction {0} was sent, and for {1} s no node said whether it is admitted; until {2} it may be recorded: ask with `bulla receipt {0} -o FILE`"
        "交易 {0} 已发送，等待 {1} 秒没有节点答复是否受理；在 {2} 之前可能被记录，查询：bulla receipt {0} -o 文件";
    NODE_SAYS = "the node says: {0}" "节点报告：{0}";

    NO_LOCALNET = "there is no local network in {0}; `bulla localnet up --dir {0}` makes one" "{0} 中没有本地网络，可用 bulla localnet up --dir {0} 创建";
    NOT_EMPTY = "{0} is neither empty nor a local network; name a new folder" "{0} 既非空目录，也不是本地网络，请指定新目录";
    OTHER_NETWORK = "{0} holds a network of {1} validators and {2} observers from port {3} on, entries for {4}; name another folder for another network"
        "{0} 中已有的网络有 {1} 个验证节点和 {2} 个观察节点，起始端口 {3}，条目对{4}开放；新建网络请指定其他目录";
    FOR_EVERYBODY = "everybody" "所有人";
    FOR_MEMBERS = "members" "成员";
    NO_ROOM_FOR_PORTS = "--base-port {0} leaves no room for the three ports of each of {1} nodes" "--base-port {0} 之后容不下 {1} 个节点各三个端口";
    NO_FREE_PORTS = "only {0} of the {1} ports needed are free on 127.0.0.1 from {2} to {3}; name others with --base-port"
        "127.0.0.1 上 {2} 至 {3} 的空闲端口只有 {0} 个，需要 {1} 个；请用 --base-port 指定其他端口";
    PROGRAM_MISSING = "{0} is missing: bulla and bulla-node belong in one folder" "缺少 {0}：bulla 与 bulla-node 应在同一目录";
    NOT_READY_WITHIN = "not ready within {0} s; see the logs" "{0} 秒内未就绪，请查看日志";
    NODE_HAS_ENDED = "{0} has ended; its log is {1}" "{0} 已退出，日志见 {1}";

    RATE_0_SECONDS = "--rate 0: --duration is {0} seconds at most" "--rate 0：--duration 最多 {0} 秒";
    TOO_MANY_DEPOSITS = "--rate times --duration is {0} deposits; at most {1} are signed beforehand" "--rate 乘以 --duration 为 {0} 项存证，预先签名的最多 {1} 项";
    TOO_MANY_STEPS = "--rate times --duration is {0} steps; at most {1} are taken in one run" "--rate 乘以 --duration 为 {0} 个步骤，一次最多 {1} 个";
    NOT_MADE_READY = "of {1} cases that the load needs, {0} came to their end" "负载所需的 {1} 个案件中，{0} 个办理完毕";
    CASES_AT_A_RATE = "--cases goes by a rate: --rate is 1 or more" "--cases 按速率办理：--rate 至少为 1";
    CASES_SIGNERS = "--cases: --signers is {0} to {1}" "--cases：--signers 应为 {0} 至 {1}";
    CASES_ON_LOCALNET = "--cases enrols members and adopts profiles, and needs the keys of a local network; see --localnet" "--cases 须准入成员、采用规则配置，需要本地网络的密钥：见 --localnet";
    BENCH_KEY_ENDED = "key {0} of the bench has ended; remove {1} to begin with new ones" "bench 的密钥 {0} 已失效，删除 {1} 即可换用新密钥";
    RECEIPT_WITHOUT_DEPOSIT = "the receipt is of a transaction without a deposit" "回执中的交易没有存证";
}
