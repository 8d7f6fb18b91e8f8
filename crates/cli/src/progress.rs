//! Progress of long work, on stderr and only where a person looks at it.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How often something moves while nothing is known to.
const TICK: Duration = Duration::from_millis(120);

/// Work of a known number of bytes.
pub(crate) fn bytes(total: u64, label: &str) -> ProgressBar {
    bar(total, label, "{msg} {bar:30} {binary_bytes}/{binary_total_bytes} {eta}")
}

/// Work of a known number of steps.
pub(crate) fn steps(total: u64, label: &str) -> ProgressBar {
    bar(total, label, "{msg} {bar:30} {human_pos}/{human_len} {eta}")
}

/// Receipts that are waited for: how many have come, and how long it has taken.
pub(crate) fn receipts(total: u64, label: &str) -> ProgressBar {
    let progress = bar(total, label, "{spinner} {msg} {human_pos}/{human_len} {elapsed}");
    progress.enable_steady_tick(TICK);
    progress
}

/// Work of which only the present state is known: its message.
pub(crate) fn waiting(label: &str) -> ProgressBar {
    let progress = ProgressBar::new_spinner().with_message(label.to_owned());
    progress.enable_steady_tick(TICK);
    progress
}

fn bar(total: u64, label: &str, template: &str) -> ProgressBar {
    // A template that does not parse would show as the default bar; all are literals above.
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    ProgressBar::new(total).with_style(style.progress_chars("=> ")).with_message(label.to_owned())
}
