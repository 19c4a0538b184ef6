//! Background work as such: what one kind of it does to the others.

use counterfoil::jobs::{Doing, Runner, Work};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};

use crate::support::both_engines;

struct Panicking;

impl Work for Panicking {
    fn name(&self) -> &'static str {
        "panicking"
    }

    fn do_one(&self) -> Doing<'_> {
        Box::pin(async { panic!("on purpose") })
    }
}

struct Telling(UnboundedSender<()>);

impl Work for Telling {
    fn name(&self) -> &'static str {
        "telling"
    }

    fn do_one(&self) -> Doing<'_> {
        Box::pin(async { Ok(self.0.send(()).is_ok()) })
    }
}

both_engines! {
    fn a_panic_in_one_kind_of_work_ends_no_other(app: &TestApp) {
        let (told, mut hear) = unbounded_channel();
        app.block_on(async {
            let runner = Runner::new(app.services()).with(Panicking).with(Telling(told)).start();
            for _ in 0..3 {
                hear.recv().await.expect("the other kind of work goes on, round after round");
            }
            drop(hear);
            runner.stop().await;
        });
    }
}
