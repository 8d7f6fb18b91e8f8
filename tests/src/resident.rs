//! What a process holds of the machine's memory.

use std::fs;

use rustix::process::Pid;

/// Memory that the process holds, in bytes.
#[must_use]
pub fn resident_bytes(process: Pid) -> u64 {
    let status = fs::read_to_string(format!("/proc/{}/status", process.as_raw_nonzero())).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
    1024 * line.split_whitespace().next().unwrap().parse::<u64>().unwrap()
}
