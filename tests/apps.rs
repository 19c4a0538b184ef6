//! The service with other people's programs, each against a demonstration that is served by the real program: OAuth with client
//! libraries from PyPI and npm and with Chromium without JavaScript, passkeys with Chromium and an authenticator, and statements with
//! what bookkeeping programs read them with. `tests/oauth/run` installs what they need.

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};

/// A demonstration that is served as long as this lives.
struct Site {
    program: Child,
    announcement: String,
}

impl Site {
    /// At a name, because browsers have no passkeys for addresses.
    fn serve_at_localhost() -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        let public_url = format!("http://localhost:{}", free.port());
        Self::serve_with(&free.to_string(), &[("COUNTERFOIL_PUBLIC_URL", &public_url)])
    }

    fn serve() -> Self {
        Self::serve_with("127.0.0.1:0", &[])
    }

    fn serve_with(listen: &str, settings: &[(&str, &str)]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_counterfoil"));
        for (name, _) in std::env::vars().filter(|(name, _)| name.starts_with("COUNTERFOIL_")) {
            command.env_remove(name);
        }
        command.envs(settings.iter().copied());
        command.args(["demo", "--json", "--listen", listen, "--members", "4", "--payments", "20"]);
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
    passes_at(&Site::serve(), check);
}

fn passes_at(site: &Site, check: &str) {
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

#[test]
fn chromium_with_an_authenticator_uses_passkeys() {
    passes_at(&Site::serve_at_localhost(), "passkeys");
}

#[test]
fn bookkeeping_programs_read_statements() {
    passes("statements");
}
