//! What `bulla network` says.

use crate::text::texts;

texts! {
    LEDGER_BEGINS = "Begins" "起始时间";
    PLAN_DIGEST = "Digest of the plan" "方案摘要";
    LEDGER_ID = "Ledger id" "账本标识";
    FOUNDER = "Founder" "创立成员";
    LABEL = "Label" "短名";
    POWER = "Power" "表决权";
    NODE_RUN = "Node" "节点";
    BODIES_SIGN = "Acts of administration" "管理事项";
    BODIES_SIGN_VALUE = "signed by {0} of {1} registration bodies" "须 {1} 个登记机构中的 {0} 个签名";
    VALIDATORS = "Validators" "验证节点";
    VALIDATORS_VALUE = "{0}, of which any {1} can stand still while the ledger goes on" "{0} 个；其中任意 {1} 个停机时账本仍可运行";
    DEPOSITORS = "May deposit evidence" "可存证的角色";
    ENTRIES_FOR = "Entries are read by" "条目读取范围";
    CLOCK_UP_TO = "Clock for tests" "测试时钟";
    CLOCK_UP_TO_VALUE = "at most {0} times as fast as the machines'" "至多为本机时钟的 {0} 倍";
    COMPARE_PLAN = "Every founder must see this same digest of the plan." "各创立成员看到的方案摘要必须相同。";
    COMPARE_LEDGER = "Read this id to each other, on the phone or face to face: every founder must have the same."
        "请通过电话或当面逐段核对此标识：各创立成员必须一致。";
    DECLARATION = "Declaration" "创立声明";
    KEYS_IN = "Private keys" "私钥";
    SEND_DECLARATION = "Send the declaration to the others; the private keys stay here." "请将创立声明送交其他成员；私钥留在本机。";
    GENESIS_FILE = "Genesis" "创世文件";
    ADDRESS_DECLARED = "Address of the node" "节点地址";
    OWN_KEYS = "Own keys" "本方密钥";
    OWN_KEYS_VALUE = "{0}: all in {1}, as declared" "{0}：均在 {1} 中，与声明一致";
    GENESIS_HOLDS = "The genesis is that of this plan and these declarations." "创世文件与本方案及各创立声明一致。";
    WRITTEN = "Written" "已写入";
    START_WITH = "Start the node" "启动节点";
    PINNED_ADDRESS = "Address for others" "供其他节点填写的地址";
    COMPARE_JOINED = "Compare the ledger id with one from a source you trust: all else hangs on it. The private keys stay here."
        "请与可信来源的账本标识核对：其余一切以此为准。私钥留在本机。";
    NO_NODE = "By the plan this founder runs no node." "按方案，该创立成员不运行节点。";

    NO_SUCH_FOUNDER = "the plan has no founder \"{0}\"; its founders are {1}" "方案中没有创立成员“{0}”；创立成员有：{1}";
    ADDRESS_NEEDED = "by the plan {0} runs a node: say with --address where the other founders reach it"
        "按方案，{0} 运行节点：请用 --address 说明其他创立成员到达该节点的地址";
    ADDRESS_NOT_WANTED = "--address: by the plan {0} runs no node" "--address：按方案，{0} 不运行节点";
    KEYS_ARE_THERE = "there are keys in it already, and keys are never overwritten; sign with them by --keep-keys, or name another folder with --dir"
        "其中已有密钥，密钥从不覆盖；请用 --keep-keys 以现有密钥签名，或用 --dir 指定其他目录";
    GENESIS_NEEDED = "name the genesis that was received with --genesis" "请用 --genesis 指定收到的创世文件";
    GENESIS_IS_ANOTHER = "its ledger id is {0}; plan and declarations give {1}. They differ in: {2}. Find out who has another plan or other declarations before any node is started"
        "其账本标识为 {0}，而方案与各声明得出 {1}。不同之处：{2}。请在启动节点之前查明哪一方的方案或声明不同";
    IN_CLASS = "the class" "类别";
    IN_NAME = "the name" "名称";
    IN_TIME = "the time" "起始时间";
    IN_PARAMETERS = "the parameters" "参数";
    IN_CLOCK = "the clock for tests" "测试时钟";
    IN_COUNT = "the number of founders" "创立成员数";
    IN_FOUNDER = "founder {0} ({1})" "创立成员 {0}（{1}）";
    IN_BYTES = "the form of the file" "文件形式";
    KEY_IS_ANOTHER = "this is not the {0} key that {1} has declared: put the right file back, or declare anew with the keys that are there (declare --keep-keys), before a genesis is made"
        "这不是 {1} 所声明的{0}密钥：请放回正确的文件，或在生成创世文件之前用现有密钥重新声明（declare --keep-keys）";
    ADDRESSES_NEEDED = "say where clients reach the node: --grpc and --http, such as 127.0.0.1:7000 and 127.0.0.1:8080"
        "请说明客户端到达节点的地址：--grpc 与 --http，如 127.0.0.1:7000 与 127.0.0.1:8080";
    ADDRESSES_NOT_WANTED = "--grpc, --http and --listen: by the plan {0} runs no node" "--grpc、--http、--listen：按方案，{0} 不运行节点";
    LISTEN_NEEDED = "the declared address {0} is a name: say with --listen which address of this machine it stands for"
        "所声明的地址 {0} 是名称：请用 --listen 说明它对应本机的哪个地址";
    SAME_ADDRESS = "--grpc and --http are both {0}; a port serves one of them" "--grpc 与 --http 均为 {0}，一个端口只能用于其中之一";
    IS_DIFFERENT = "it is there already, with other content, and is not overwritten; move it away first"
        "文件已存在且内容不同，未予覆盖；请先将其移走";
    BEGINS_LATER = "by this machine's clock the ledger begins in {0}; nodes wait until then" "按本机时钟，账本在 {0}后起始；节点将等到那时";
}
