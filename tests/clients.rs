//! What shops build with: the client libraries, the plugin, the guides and the example shop, against the real program on both
//! engines. `tests/clients/run` says what there is and installs what it needs.

use std::path::Path;
use std::process::Command;

#[test]
fn what_shops_build_with_works_with_the_program() {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/clients/run");
    let done = Command::new(script)
        .env("COUNTERFOIL_TEST_BINARY", env!("CARGO_BIN_EXE_counterfoil"))
        .output()
        .expect("the script can be run");
    let told = [done.stdout, done.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned());
    assert!(done.status.success(), "{}\n{}", told[0], told[1]);
}
