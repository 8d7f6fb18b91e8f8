//! Where the programs under test are.

use std::env;
use std::path::PathBuf;

/// A program of the workspace, built beside the running test: `target/<profile>/<name>`, whatever the target
/// folder is called.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    let test = env::current_exe().unwrap();
    // Tests stand in `target/<profile>/deps`.
    let found = test.ancestors().skip(1).take(3).map(|folder| folder.join(name)).find(|path| path.is_file());
    found.unwrap_or_else(|| {
        panic!(
            "{name} is not built beside {}: run scripts/test, or `cargo build --workspace --bins` before",
            test.display()
        )
    })
}
