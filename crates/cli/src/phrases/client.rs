//! What the client says of nodes and of what it is asked to send.

use super::Phrase;

pub(super) const PHRASES: &[Phrase] = &[
    ("no answer from the node at {}: {} ({})", "{0} 的节点无应答：{>1}（{>2}）"),
    ("the node address \"{}\" cannot be used: {}", "节点地址“{0}”不可用：{>1}"),
    ("the outcome of transaction {} is open: {}", "交易 {0} 的结果未定：{>1}"),
    ("nothing came back within {} s", "{0} 秒内没有应答"),
    ("no node is given", "未指定节点"),
    ("say which authorities certify nodes", "请在配置的 [tls] 中指定签发节点证书的机构"),
    ("it is not https, though transport security is asked for", "不是 https，而配置要求传输加密"),
    ("it is neither http nor https", "既不是 http 也不是 https"),
    ("an access token goes over TLS or to this machine only", "访问令牌只能经 TLS 或在本机发送"),
    ("the transaction breaks its format: {}", "交易格式不符：{>0}"),
    (
        "{} of action {} has {} bytes, at most {} are allowed",
        "操作 {1} 的 {0} 有 {2} 字节，最多允许 {3} 字节",
    ),
    ("the node's answer breaks the format of {}: {}", "节点应答中的 {>0} 格式不符：{>1}"),
    ("the node's answer is not to what was asked: {}", "节点所答非所问：{>0}"),
];
