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
    HAS_ENDED = "proposal {0}: {1}" "提案 {0}：{1}";
    TOOK_VOTES_UNTIL = "proposal {0} took votes until {1}; propose it again" "提案 {0} 的表决已于 {1} 截止，请重新提出";
    NO_SUCH_PROPOSAL = "there is no proposal {0}; see `bulla governance proposals --all`" "没有提案 {0}，见 bulla governance proposals --all";
}
