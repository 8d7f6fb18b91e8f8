# Every recipe only calls scripts/ or cargo.

default:
    @just --list

# Install system packages (idempotent).
setup:
    ./scripts/setup

# Start a ledger, deposit files, prove them offline.
demo *FILES:
    ./scripts/demo {{FILES}}

# Everything that CI runs.
test:
    ./scripts/test

fmt:
    cargo fmt --all

lint:
    cargo clippy --workspace --all-targets -- -D warnings

# Known vulnerabilities and withdrawn crates; needs the network.
advisories:
    cargo deny check advisories
