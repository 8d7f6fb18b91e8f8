#[test]
fn dump() {
    for name in ["cn-tj-tjifa-003-2022", "cn-gz-trade-2022"] {
        let text = std::fs::read_to_string(format!("{}/../../profiles/{name}.toml", env!("CARGO_MANIFEST_DIR"))).unwrap();
        match bulla_rules::profile::text::parse(&text) {
            Ok((profile, _)) => {
                let bytes = profile.encode();
                println!("{name}: {} bytes", bytes.len());
                assert_eq!(bulla_rules::profile::Profile::decode(&bytes).unwrap(), profile);
            }
            Err(problems) => {
                for p in problems { println!("{name}:{:?} {p}", p.place); }
            }
        }
    }
}
