//! What the commands on proposals say.

use crate::text::texts;

texts! {
    ACTS = "What is proposed" "提案内容";
    ACTS_WITHHELD = "Only the entry holds them now, and this node does not show it: ask with an access token, or a node that holds it."
        "现仅由条目记载，而该节点未予出示：请凭访问令牌查询，或向持有该条目的节点查询。";
    APPROVALS = "Approvals" "同意";
    APPROVED_BY = "{0} of {1} that are needed" "{0} 票，需要 {1} 票";
    REJECTIONS = "Rejections" "反对";
    REJECTED_BY = "{0}; {1} reject it" "{0} 票，达到 {1} 票即否决";
    GROUNDS = "Grounds" "理由";
    GROUNDS_OF_VOTES = "Grounds of votes" "表决理由";
    PROPOSED_BY = "Proposed by" "提出机构";
    PROPOSED_AT = "Proposed at" "提出时间";
    ENDED_AT = "Ended at" "终结时间";
    DIGEST = "Digest" "摘要";
    BODY = "Registration body" "登记机构";
    VOTE = "Vote" "表决";
    COUNTS = "Counts" "计入";
    NO_PROPOSALS = "No proposal is open." "没有表决中的提案。";
    NEVER_PROPOSED = "Nothing has been proposed yet." "尚无提案。";

    CARRIES_OUT = "With this vote the proposal is carried out at once, all of it or nothing." "此票使提案通过，全部内容立即执行；任何一项不能执行的，全部不执行。";
    STILL_NEEDED = "After this vote {0} more are needed, until {1}." "此票之后还需 {0} 票同意，截止 {1}。";
    REJECTS_IT = "With this vote the proposal is rejected, and nobody can vote on it any more." "此票使提案被否决，不能再行表决。";
    STILL_OPEN = "After this vote the proposal stays open until {0}; {1} more rejections end it." "此票之后提案继续表决至 {0}，再有 {1} 票反对即否决。";
    NOT_CAST = "The vote is not recorded, and the proposal stays open until {0}. Remove the cause and vote again; or reject it with `bulla governance vote {1} --reject`, or have it withdrawn."
        "此票未被记录，提案继续表决至 {0}。请消除原因后重新表决，或以 bulla governance vote {1} --reject 反对，或由提出机构撤回。";
    REFUSED_ACT = "What stands in the way: {0}" "不能执行的事项：{0}";
    ASK_VOTE = "Vote so? [y/N] " "确认如此表决？[y/N] ";
    NOT_CONFIRMED = "nothing was signed or sent" "未签名，未提交";
    COSIGNER_NO_MEMBER = "--by names member {0}, and there is none of this number; see `bulla member list`"
        "--by 所列成员 {0} 不存在，见 bulla member list";
    COSIGNER_STANDING = "--by names member {0}, which is {1}: what its keys sign is refused; name another member"
        "--by 所列成员 {0} 的状态为“{1}”，其密钥的签名不被接受，请改列其他成员";
    COSIGNER_HAS_NO_KEY = "--by names key {1}, and member {0} has none such on this ledger; compare it with `bulla key show` where the key is kept, and a new one is enrolled first (`bulla member key add`)"
        "--by 所列密钥 {1} 不是成员 {0} 在本账本上的密钥；请与保存该密钥处 bulla key show 的结果核对，新密钥须先登记（bulla member key add）";
    COSIGNER_ENDED = "--by names key {1} of member {0}, which is {2} and signs nothing any more; name one in force, as {0}:KEY"
        "--by 所列成员 {0} 的密钥 {1} 的状态为“{2}”，不能再签名；请写作“{0}:密钥编号”，指明有效的密钥";
    COSIGNER_OF_OTHER_PURPOSE = "--by names key {1} of member {0}, whose purpose is {2}, and this is signed with ADMINISTER keys; name one, as {0}:KEY"
        "--by 所列成员 {0} 的密钥 {1} 的用途为“{2}”，而此项须以管理（ADMINISTER）密钥签名；请写作“{0}:密钥编号”，指明管理密钥";
    COSIGNERS_TOO_FEW = "{0} registration bodies must sign this, and --by names {1} that can (whom the act takes from them does not count); name as many, or have it voted on with --propose"
        "此项须由 {0} 个登记机构签名，--by 所列能签名的为 {1} 个（因此项而不再是登记机构的不计入）；请补足，或用 --propose 提交表决";
    COSIGNERS_BODY = "a registration body signs a proposal or vote, and --by names none" "提案或表决须由登记机构签名，而 --by 未列出登记机构";
    COSIGNERS_PROPOSER = "member {0} made proposal {1} and alone withdraws it: --by {0}" "提案 {1} 由成员 {0} 提出，只能由其撤回：--by {0}";
    COSIGNERS_HOLDER = "member {0} itself signs this, or {1} registration bodies, and --by names neither" "此项须由成员 {0} 本身或 {1} 个登记机构签名，而 --by 均未列出";
    LEDGER_NEEDED = "this is written with what the ledger says, and no node is named: see --endpoint, --config" "拟定此项须查询账本，而未指定节点：见 --endpoint、--config";
    NUMBER_NEEDED_OFFLINE = "{0}: no node is named to look a credit code up; write the member's number" "{0}：未指定可供查询统一社会信用代码的节点，请写成员编号";
    KEY_NEEDED_OFFLINE = "no node is named to look the key of member {0} up; write {0}:KEY with the id of its ADMINISTER key" "未指定可供查询成员 {0} 密钥的节点，请写作“{0}:密钥编号”，指明其管理密钥";
    HAS_ENDED = "proposal {0}: {1}" "提案 {0}：{1}";
    TOOK_VOTES_UNTIL = "proposal {0} took votes until {1}; propose it again" "提案 {0} 的表决已于 {1} 截止，请重新提出";
    NO_SUCH_PROPOSAL = "there is no proposal {0}; see `bulla governance proposals --all`" "没有提案 {0}，见 bulla governance proposals --all";
}
