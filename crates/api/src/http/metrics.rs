//! The node's metrics and, behind them, those of its doors.

use std::fmt::Write;

use crate::node_api::NodeApi;

const END: &str = "# EOF\n";

pub(super) fn text(api: &NodeApi) -> String {
    let node = api.vitals.metrics();
    let mut text = String::from(node.strip_suffix(END).unwrap_or(&node));
    let doors = [("grpc", &api.doors.grpc), ("http", &api.doors.http)];
    for (door, counters) in doors {
        for (name, value) in counters.values() {
            // Writing to a string cannot fail.
            let _ = writeln!(text, "# TYPE bulla_{door}_{name} counter\nbulla_{door}_{name}_total {value}");
        }
    }
    text.push_str(END);
    text
}
