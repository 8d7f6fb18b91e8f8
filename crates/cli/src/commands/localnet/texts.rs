//! What the commands of a local network say of its clock.

use crate::text::texts;

texts! {
    CLOCK = "Clock (TEST)" "时钟（测试）";
    RUNS = "{0}, {1} times as fast as this machine" "{0}，速度为本机的 {1} 倍";
    STANDS = "{0}, standing still until the network is started" "{0}，已停住，网络启动后继续";
    BEHIND = "the newest block is of {0}: until the clock has come there, blocks follow each other by a millisecond"
        "最新区块时间为 {0}：在时钟走到该时刻之前，区块时间逐块只增加一毫秒";
    NEXT_DEADLINE = "Next deadline" "下一期限";
    NOT_FOLLOWED = "{0} has not followed the clock within {1} s; see {2}" "{0} 未在 {1} 秒内跟上时钟，见 {2}";
    STILL_RECORDING = "deadlines of the time that has passed are still being recorded" "已过时段内的到期事项仍在记录中";

    NO_TEST_CLOCK = "the ledger in {0} goes by the time of the world; `bulla localnet up --clock TIME` in a new folder founds one with a clock of its own"
        "{0} 中的账本使用真实时间；可在新目录中用 bulla localnet up --clock TIME 创建自有时钟的测试账本";
    CLOCK_IS_SET = "{0} holds a network that goes on by its own clock; set it with `bulla localnet clock --dir {0}`"
        "{0} 中的网络沿用原有时钟；调整请用 bulla localnet clock --dir {0}";
    TOO_FAR_AHEAD = "{0} is more than {1} years ahead of this machine's clock, and a ledger's time never goes back; the latest is {2}"
        "{0} 超前本机时钟 {1} 年以上，而账本时间不能倒退；最晚可设为 {2}";
    SPAN_FORM = "\"{0}\" is not a span of time; write 3y, 6mo, 2w, 15d, 12h, 30min or 45s"
        "“{0}”不是时间长度；应写作 3y（年）、6mo（月）、2w（周）、15d（天）、12h（小时）、30min（分）或 45s（秒）";
    SPAN_TOO_LONG = "so much later there is no calendar" "超出历法可表示的范围";
}
