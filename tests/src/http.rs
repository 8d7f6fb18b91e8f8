//! One HTTP request at a time, and no more of HTTP than a test needs.

use std::net::SocketAddr;

use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

/// A node's answer.
#[derive(Debug, Clone)]
pub struct Response {
    /// The status code.
    pub status: u16,
    /// The headers, as they were sent.
    pub head: String,
    /// The content.
    pub body: Vec<u8>,
}

impl Response {
    /// The content as JSON.
    #[must_use]
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| panic!("{error}: {self:?}"))
    }
}

/// Gets a path of a node.
///
/// # Errors
/// When the node cannot be reached.
pub async fn get(address: SocketAddr, path: &str) -> std::io::Result<Response> {
    get_with(address, path, "").await
}

/// Gets a path, with further header lines, each ended by CR LF.
///
/// # Errors
/// When the node cannot be reached.
pub async fn get_with(address: SocketAddr, path: &str, headers: &str) -> std::io::Result<Response> {
    let mut stream = TcpStream::connect(address).await?;
    // HTTP/1.0: one answer, not in chunks, then the connection ends.
    let request = format!("GET {path} HTTP/1.0\r\nHost: {address}\r\n{headers}\r\n");
    stream.write_all(request.as_bytes()).await?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await?;
    let end =
        answer.windows(4).position(|window| window == b"\r\n\r\n").ok_or(std::io::ErrorKind::InvalidData)?;
    let head = String::from_utf8_lossy(&answer[..end]).into_owned();
    let status = head.split(' ').nth(1).and_then(|code| code.parse().ok());
    let status = status.ok_or(std::io::ErrorKind::InvalidData)?;
    Ok(Response { status, head, body: answer[end + 4..].to_vec() })
}

/// What a node counts under this name.
pub async fn metric(address: SocketAddr, name: &str) -> u64 {
    let text = String::from_utf8(get(address, "/metrics").await.unwrap().body).unwrap();
    let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
    line.unwrap_or_else(|| panic!("no {name} in:\n{text}")).parse().unwrap()
}
