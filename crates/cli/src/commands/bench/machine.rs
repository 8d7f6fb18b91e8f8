//! The machine that a figure was measured on.

use std::fs;
use std::num::NonZero;
use std::thread;

use serde::Serialize;

#[derive(Debug, Serialize)]
pub(super) struct Machine {
    /// As it names itself.
    pub(super) cpu: String,
    pub(super) cores: usize,
    pub(super) memory_bytes: u64,
    pub(super) kernel: String,
}

impl Machine {
    /// What can be found out of this one.
    pub(super) fn this() -> Self {
        let read = |path| fs::read_to_string(path).unwrap_or_default();
        let memory_kib =
            field(&read("/proc/meminfo"), "MemTotal").and_then(|value| value.split(' ').next()?.parse().ok());
        Self {
            cpu: field(&read("/proc/cpuinfo"), "model name")
                .unwrap_or_else(|| std::env::consts::ARCH.to_owned()),
            cores: thread::available_parallelism().map_or(1, NonZero::get),
            memory_bytes: memory_kib.unwrap_or(0_u64) * 1024,
            kernel: format!("{} {}", std::env::consts::OS, read("/proc/sys/kernel/osrelease").trim_end()),
        }
    }
}

/// The first value under this name in lines of `name : value`.
fn field(text: &str, name: &str) -> Option<String> {
    let mut fields = text.lines().filter_map(|line| line.split_once(':'));
    fields.find(|(found, _)| found.trim() == name).map(|(_, value)| value.trim().to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_is_found_by_its_name() {
        let text = "processor\t: 0\nmodel name\t: Some CPU @ 2.5GHz\nprocessor\t: 1\nmodel name\t: Other\n";
        assert_eq!(field(text, "model name").as_deref(), Some("Some CPU @ 2.5GHz"));
        assert_eq!(field(text, "cache"), None);
    }
}
