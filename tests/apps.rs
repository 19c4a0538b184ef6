//! OAuth with other people's programs: client libraries from PyPI and npm, and Chromium without JavaScript, each against
//! a demonstration that is served by the real program. `tests/oauth/run` installs what they need.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A demonstration that is served as long as this lives.
struct Site {
    program: Child,
    announcement: String,
}

impl Site {
    fn serve() -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_counterfoil"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("COUNTERFOIL_")) {
            command.env_remove(name);
        }
        command.args(["demo", "--json", "--listen", "127.0.0.1:0", "--members", "4", "--payments", "20"]);
        let mut program = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut announcement = String::new();
        BufReader::new(program.stdout.take().unwrap()).read_line(&mut announcement).unwrap();
        assert!(announcement.starts_with('{'), "{announcement}");
        Self { program, announcement }
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        drop(self.program.kill());
        drop(self.program.wait());
    }
}

fn passes(check: &str) {
    let site = Site::serve();
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/oauth/run");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("oauth");
    let done = Command::new(script)
        .arg(check)
        .arg(folder)
        .env("COUNTERFOIL_TEST_SITE", site.announcement.trim())
        .output()
        .unwrap();
    let said = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert!(done.status.success(), "{}\n{}", said(&done.stdout), said(&done.stderr));
}

#[test]
fn authlib_and_pyjwt_go_every_way() {
    passes("python");
}

#[test]
fn oauth4webapi_and_openid_client_go_every_way() {
    passes("node");
}

#[test]
fn chromium_without_javascript_goes_the_members_way() {
    passes("browser");
}
