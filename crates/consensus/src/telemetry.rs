//! What the engine logs and measures.

use std::collections::BTreeMap;

/// Directives of a `tracing` filter that keep the engine's own log readable. Put them before directives of
/// one's own, which override them.
///
/// At `info` the engine logs every vote.
pub const LOG_FILTER: &str = "arc_malachitebft_engine=warn,arc_malachitebft_core_consensus=warn,\
    arc_malachitebft_core_driver=warn,arc_malachitebft_sync=warn,arc_malachitebft_app=warn,\
    libp2p=warn,ractor=warn";

/// The engine's metrics in Prometheus' text format, of every node in this process, each under its label as
/// `moniker`. Of a node whose consensus was started again, those of the last start.
#[must_use]
pub fn metrics() -> String {
    let mut text = String::new();
    malachitebft_app::metrics::export(&mut text);
    newest(&text)
}

/// What is said of one metric: its description, then its samples, in order, and the place of each by name and
/// labels.
#[derive(Default)]
struct Family<'t> {
    description: Vec<&'t str>,
    samples: Vec<(&'t str, &'t str)>,
    places: BTreeMap<&'t str, usize>,
}

impl<'t> Family<'t> {
    fn take(&mut self, sample: &'t str, value: &'t str) {
        let place = *self.places.entry(sample).or_insert(self.samples.len());
        match self.samples.get_mut(place) {
            Some(known) => known.1 = value,
            None => self.samples.push((sample, value)),
        }
    }
}

/// The engine registers its metrics with each start and never takes them back: of equal samples the last one is
/// that of the start that runs.
fn newest(text: &str) -> String {
    let mut families: BTreeMap<&str, Family<'_>> = BTreeMap::new();
    let mut name = "";
    for line in text.lines().filter(|line| *line != "# EOF") {
        if let Some(said) = line.strip_prefix("# ") {
            name = said.split(' ').nth(1).unwrap_or_default();
            let description = &mut families.entry(name).or_default().description;
            if !description.contains(&line) {
                description.push(line);
            }
        } else if let Some((sample, value)) = line.rsplit_once(' ') {
            families.entry(name).or_default().take(sample, value);
        }
    }
    let mut merged = String::new();
    for family in families.values() {
        family.description.iter().for_each(|line| merged.extend([line, "\n"]));
        family.samples.iter().for_each(|(sample, value)| merged.extend([sample, " ", value, "\n"]));
    }
    merged.push_str("# EOF\n");
    merged
}

#[cfg(test)]
mod tests {
    use super::newest;

    #[test]
    fn of_metrics_that_were_registered_twice_the_last_ones_are_told() {
        let twice = "# HELP a Times.\n# TYPE a counter\na_total{moniker=\"n\"} 7\n# HELP b Height.\n# TYPE b gauge\n\
            b{moniker=\"n\"} 3\n# HELP a Times.\n# TYPE a counter\na_total{moniker=\"n\"} 1\n# EOF\n";
        let once = "# HELP a Times.\n# TYPE a counter\na_total{moniker=\"n\"} 1\n# HELP b Height.\n# TYPE b gauge\n\
            b{moniker=\"n\"} 3\n# EOF\n";
        assert_eq!(newest(twice), once);
        assert_eq!(newest(once), once);
    }
}
