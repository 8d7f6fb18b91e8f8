//! What is wrong with plans, declarations and addresses, and what to do.

use crate::text::texts;

texts! {
    ADDRESS_FORM = "\"{0}\" is no address of a node; write HOST:PORT, or a multiaddr such as /ip4/203.0.113.7/tcp/7001, /dns/node-1.example/tcp/7001 or /ip4/203.0.113.7/udp/7001/quic-v1"
        "“{0}”不是节点地址，应写作“主机:端口”，或 multiaddr，如 /ip4/203.0.113.7/tcp/7001、/dns/node-1.example/tcp/7001、/ip4/203.0.113.7/udp/7001/quic-v1";
    ADDRESS_NOWHERE = "{0} names no machine that others could reach; write the address at which the other founders reach this node"
        "{0} 不指向任何可到达的机器，请写明其他创立成员到达本节点所用的地址";
    ADDRESS_OF_THIS_MACHINE = "{0} is reached from this machine alone; a ledger for use needs the address at which the other founders reach this node"
        "{0} 只能从本机到达；生产账本须写明其他创立成员到达本节点所用的地址";
    PEER_FORM = "\"{0}\" names no node; write its address with its identity, such as /ip4/203.0.113.7/tcp/7001/p2p/12D3KooW..., or the file of a founder's declaration"
        "“{0}”不指向任何节点，应写作带节点身份的地址，如 /ip4/203.0.113.7/tcp/7001/p2p/12D3KooW...，或创立声明文件";
    NO_NODE_DECLARED = "this founder declares no node; name another one" "该创立成员未声明节点，请指定其他成员的声明";
    TOO_MANY_DECLARATIONS = "{0} files are named; a ledger has at most {1} founders" "指定了 {0} 个文件，账本最多 {1} 个创立成员";
    NOT_A_DECLARATION = "this is not a founder's declaration; name the .declaration files that the founders have sent"
        "不是创立声明，请指定各创立成员送来的 .declaration 文件";
    OTHER_PLAN = "it was made for the plan with digest {0}, and this plan has {1}: let its founder compare the plans and declare anew, with declare --keep-keys"
        "该声明对应的方案摘要为 {0}，而本方案为 {1}：请该创立成员核对方案后用 declare --keep-keys 重新声明";
    NOT_A_FOUNDER = "the plan has no founder with the credit code {0}: leave the file out, or agree on a plan that has it"
        "方案中没有统一社会信用代码为 {0} 的创立成员：请去掉该文件，或另行商定方案";
    OTHER_KEYS = "the plan asks the keys {0} of this founder, each once, and the file holds others: let the founder declare anew"
        "方案要求该创立成员声明的密钥为：{0}，各一个，而文件所载不同：请该创立成员重新声明";
    NOT_SIGNED = "its {0} key has not signed this declaration: the file was altered on its way, or somebody declares a key that is not his; get it anew from the founder itself"
        "其{0}密钥没有为该声明签名：文件在传递中被改动，或有人声明了不属于自己的密钥；请直接向该创立成员重新索取";
    DECLARED_TWICE = "{0} has declared in {1} too: ask it which of the two holds, and leave the other out"
        "{0} 在 {1} 中也作了声明：请向其确认以哪一份为准，去掉另一份";
    KEY_TWICE = "the key {0} stands in {1} too: a key belongs to one founder; let both make keys of their own"
        "密钥 {0} 也出现在 {1} 中：一个密钥只属于一个创立成员，请双方各自生成密钥";
    ADDRESS_TWICE = "the address {0} stands in {1} too: let one of the two declare its own, with declare --keep-keys"
        "地址 {0} 也出现在 {1} 中：请其中一方用 declare --keep-keys 声明自己的地址";
    NOT_DECLARED = "no declaration of {0}: name their files too; a genesis has all founders of its plan or is none"
        "缺少以下创立成员的声明：{0}；请一并指定，缺一不能生成创世文件";
}
