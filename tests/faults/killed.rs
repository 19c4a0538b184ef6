//! A server that is killed in the middle of its work, and started again.

use counterfoil::storage::Engine;

use crate::journal::Site;
use crate::program::{self, Program};

const ROUNDS: usize = 4;

fn kill_and_start_again(engine: Engine) {
    let mut site = Site::new(engine);
    let (mut server, mut address) = Program::serve(program::serve(&site.database));
    site.sign_in(address);
    let mut lines = Vec::new();
    for round in 0..ROUNDS {
        let load = site.load(address, &format!("kill-{round}"));
        load.wait_for(25 + 10 * round);
        server.kill();
        lines.extend(load.lines());
        (server, address) = Program::serve(program::serve(&site.database));
        // What was found out in earlier rounds stays found.
        site.reckon(address, &lines);
        site.verify();
    }
    let acknowledged =
        lines.iter().filter(|line| line.answer.as_ref().is_ok_and(|answer| answer.status == 201)).count();
    assert!(acknowledged > 25 * ROUNDS, "{acknowledged}");
    assert!(lines.iter().any(|line| line.answer.is_err()), "nobody was cut off");
    server.signal("TERM");
    server.wait().expect_code(0);
}

#[test]
fn what_sqlite_acknowledged_survives_kill_9() {
    kill_and_start_again(Engine::Sqlite);
}

#[test]
fn what_postgres_acknowledged_survives_kill_9() {
    kill_and_start_again(Engine::Postgres);
}
