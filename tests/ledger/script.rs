//! A world in which everything repeats itself: time stands still within a step, and the ids of a fold depend on the
//! step alone, also where the same batch is folded twice.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};

use counterfoil::domain::account::{AccountKind, AccountStatus, Limits};
use counterfoil::domain::amount::{Amount, Scale};
use counterfoil::domain::approval::ApprovalRules;
use counterfoil::domain::command::{Action, Admit, Command, OpenAccount};
use counterfoil::domain::community::Community;
use counterfoil::domain::fees::FeeRules;
use counterfoil::domain::fold::Outcome;
use counterfoil::domain::ids::{AccountId, CommunityId, IdSource, MemberId, SessionId, UserId};
use counterfoil::domain::member::Role;
use counterfoil::domain::records::Head;
use counterfoil::domain::time::{Clock, Timestamp};
use counterfoil::http::JsonAnswers;
use counterfoil::ledger::{Ledger, LedgerContext, LedgerSettings, SubmitError};
use counterfoil::storage::users::User;
use counterfoil::storage::{Database, Engine, communities, heads, users};
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::by_hand::{ByHand, either};
use crate::commands::{Hand, by_service, payment_id};
use crate::gate::{Gate, all};
use crate::support::{PUBLIC_URL, TestDatabase};

/// 2026-09-21T14:13:20Z.
const BEGINNING: i64 = 1_790_000_000_000_000;
const SECOND: i64 = 1_000_000;

/// The clock. The ledger asks for the time when it begins a fold.
#[derive(Default)]
pub struct Steps {
    step: AtomicI64,
    folds: AtomicU64,
}

impl Clock for Steps {
    fn now(&self) -> Timestamp {
        self.folds.fetch_add(1, Ordering::SeqCst);
        Timestamp::from_micros(BEGINNING + self.step.load(Ordering::SeqCst) * SECOND)
    }
}

/// Ids that begin anew with each step, and with each source: the ledger takes another where it folds a batch again.
struct StepIds {
    steps: Arc<Steps>,
    step: i64,
    drawn: u64,
}

impl IdSource for StepIds {
    fn random_16(&mut self) -> [u8; 16] {
        let step = self.steps.step.load(Ordering::SeqCst);
        if self.step != step {
            (self.step, self.drawn) = (step, 0);
        }
        let mut hasher = Sha256::new();
        hasher.update(step.to_be_bytes());
        hasher.update(self.drawn.to_be_bytes());
        self.drawn += 1;
        hasher.finalize()[..16].try_into().unwrap()
    }
}

/// A ledger over a database, alone in its world.
pub struct World {
    pub database: TestDatabase,
    ledger: Option<Ledger>,
    steps: Arc<Steps>,
    community_id: CommunityId,
    runtime: tokio::runtime::Runtime,
    opened: Option<Database>,
    settings: LedgerSettings,
}

impl World {
    /// A community, its commons account and four members with a login each: Ada (an admin), Bob, Cyd and Dan.
    pub fn new(engine: Engine) -> Self {
        let database = TestDatabase::new(engine);
        let opened = database.open();
        let steps = Arc::new(Steps::default());
        let now = steps.now();
        let community = Community {
            id: CommunityId::from_uuid(Uuid::from_u128(7)),
            code: "RIVER".parse().unwrap(),
            name: "River".into(),
            unit: "shell".into(),
            symbol: "§".into(),
            scale: Scale::try_from(2).unwrap(),
            default_credit_limit: Amount::ZERO,
            step_up_above: None,
            time_zone: counterfoil::domain::zone::Zone::UTC,
            approval_rules: ApprovalRules::default(),
            settings_version: 1,
            limit_policy_version: 0,
            fees: FeeRules::default(),
            test_of: None,
        };
        let mut conn = opened.connect_writer().unwrap();
        communities::insert(&mut conn, &community, now).unwrap();
        heads::insert(&mut conn, &Head::new(community.id, now)).unwrap();
        for number in 1..=5 {
            let id = UserId::from_uuid(Uuid::from_u128(100 + number));
            let user = User {
                id,
                email: format!("{number}@river.example"),
                name: String::new(),
                password_hash: String::new(),
            };
            users::insert(&mut conn, &user, now).unwrap();
        }
        let settings = LedgerSettings { queue_max: 256, batch_max: 64, writers: 2 };
        let ledger = Some(start(&opened, settings, &steps));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        Self { database, ledger, steps, community_id: community.id, runtime, opened: Some(opened), settings }
    }

    /// How often a fold was begun, or begun again.
    pub fn folds(&self) -> u64 {
        self.steps.folds.load(Ordering::SeqCst)
    }

    /// From here on every batch finds that another process has moved the head: a trigger does what that would do.
    pub fn always_be_overtaken(&self) {
        let sqlite = "CREATE TRIGGER overtaken AFTER UPDATE OF seq ON heads BEGIN \
             UPDATE heads SET version = version + 1 WHERE community_id = NEW.community_id; END";
        let postgres = "CREATE FUNCTION overtake() RETURNS trigger LANGUAGE plpgsql AS \
             'BEGIN NEW.version := NEW.version + 1; RETURN NEW; END'; \
             CREATE TRIGGER overtaken BEFORE UPDATE ON heads FOR EACH ROW EXECUTE FUNCTION overtake()";
        ByHand::on(&self.database).run(either(self.database.engine(), sqlite, postgres));
    }

    /// The ledger ends.
    pub fn stop(&mut self) {
        if let Some(ledger) = self.ledger.take() {
            ledger.stop();
        }
        self.opened = None;
    }

    fn ledger(&self) -> &Ledger {
        self.ledger.as_ref().expect("the ledger is stopped")
    }

    /// The ledger ends and begins again, and remembers nothing.
    pub fn forget_everything(&mut self) {
        self.stop();
        let opened = self.database.open();
        self.ledger = Some(start(&opened, self.settings, &self.steps));
        self.opened = Some(opened);
    }

    /// One command in a step of its own.
    pub fn run(&self, command: Command) -> Result<Outcome, SubmitError> {
        self.steps.step.fetch_add(1, Ordering::SeqCst);
        self.runtime.block_on(self.ledger().submit(command))
    }

    /// Several commands as one batch, in a step of their own.
    pub fn run_together(&self, commands: Vec<Command>) -> Vec<Result<Outcome, SubmitError>> {
        self.steps.step.fetch_add(1, Ordering::SeqCst);
        let number = self.steps.step.load(Ordering::SeqCst);
        let plug =
            self.hand(4).in_session(u128::from(number.unsigned_abs())).end_session(self.time(1_000_000));
        self.runtime.block_on(async {
            let gate = Gate::shut(&self.database, self.ledger(), plug).await;
            let waiting = gate.enqueue(self.ledger(), commands).await;
            gate.open().await;
            all(waiting).await
        })
    }

    /// Requests: accepted, declined, taken back, too late, and paid by a standing order.
    fn ask(&self, run: &mut impl FnMut(Command) -> Result<Outcome, SubmitError>) {
        let [ada, bob, cyd] = [1, 2, 3].map(|number| self.hand(number));
        let later = self.time(100_000);
        let asked = payment_id(&run(bob.request(&ada, 2_00, later, Some("r1"))));
        run(bob.request(&ada, 2_00, later, Some("r1"))).unwrap();
        run(cyd.accept(asked, None)).unwrap();
        run(ada.accept(asked, Some("r2"))).unwrap();
        run(ada.accept(asked, Some("r2"))).unwrap();
        run(ada.decline(asked, Some("r3"))).unwrap();
        let asked = payment_id(&run(bob.request(&ada, 3_00, later, None)));
        run(ada.decline(asked, None)).unwrap();
        let asked = payment_id(&run(bob.request(&ada, 500_00, later, None)));
        run(ada.accept(asked, Some("r4"))).unwrap();
        run(bob.cancel(asked, Some("r5"))).unwrap();
        let asked = payment_id(&run(bob.request(&ada, 1, self.soon(), None)));
        run(ada.accept(asked, None)).unwrap();
        run(ada.expire(asked)).unwrap();
        run(ada.expire(asked)).unwrap();
        run(ada.trust(&bob, Some(5_00))).unwrap();
        run(bob.request(&ada, 5_00, later, Some("r6"))).unwrap();
        run(bob.request(&ada, 5_01, later, None)).unwrap();
        run(ada.trust(&cyd, Some(1))).unwrap();
        run(ada.trust(&cyd, None)).unwrap();
    }

    /// A moment that is over once the command after the next one comes.
    fn soon(&self) -> Timestamp {
        self.time(self.steps.step.load(Ordering::SeqCst) + 2)
    }

    /// A moment so many seconds after the beginning.
    pub fn time(&self, seconds: i64) -> Timestamp {
        Timestamp::from_micros(BEGINNING + seconds * SECOND)
    }

    /// A person: 1 is Ada, 2 Bob, 3 Cyd, 4 Dan; 5 has a login but no account.
    pub fn hand(&self, number: u128) -> Hand {
        Hand {
            community_id: self.community_id,
            user_id: UserId::from_uuid(Uuid::from_u128(100 + number)),
            session_id: SessionId::from_uuid(Uuid::from_u128(200 + number)),
            account_id: AccountId::from_uuid(Uuid::from_u128(300 + number)),
        }
    }

    fn admission(&self, number: u128, name: &str, credit_limit: i64, ceiling: Option<i64>) -> Command {
        let hand = self.hand(number);
        by_service(
            self.community_id,
            Action::Admit(Admit {
                member_id: MemberId::from_uuid(Uuid::from_u128(400 + number)),
                account_id: hand.account_id,
                name: name.into(),
                user_id: hand.user_id,
                role: if number == 1 { Role::Admin } else { Role::Member },
                limits: Limits {
                    credit_limit: Amount::from_minor(credit_limit),
                    ceiling: ceiling.map(Amount::from_minor),
                },
                limits_by: counterfoil::domain::command::LimitsBy::Difference,
                reason: String::new(),
            }),
        )
    }

    /// Opens the accounts.
    pub fn populate(&self) -> Vec<Result<Outcome, SubmitError>> {
        let commons = OpenAccount {
            account_id: self.hand(0).account_id,
            kind: AccountKind::Commons,
            name: "Commons".into(),
            limits: Limits { credit_limit: Amount::ZERO, ceiling: None },
        };
        let mut outcomes = vec![self.run(by_service(self.community_id, Action::OpenAccount(commons)))];
        outcomes.push(self.run(self.admission(1, "Ada", 100_00, None)));
        outcomes.push(self.run(self.admission(2, "Bob's \"Bakery\"", 100_00, None)));
        outcomes.push(self.run(self.admission(3, "Cyd", 10_00, Some(50_00))));
        outcomes.push(self.run(self.admission(4, "Dan", 0, None)));
        outcomes
    }

    /// A life of the ledger in which every kind of command and every kind of answer comes about.
    pub fn live(&self) -> Vec<Result<Outcome, SubmitError>> {
        let [ada, bob, cyd, dan, stranger] = [1, 2, 3, 4, 5].map(|number| self.hand(number));
        let mut seen = self.populate();
        let mut run = |command: Command| {
            let outcome = self.run(command);
            seen.push(outcome.clone());
            outcome
        };
        // Paying, repeating, reusing, and every reason for a refusal.
        run(ada.pay_for(&bob, 10_00, "Rye \"loaves\"\n§ 👩‍👧", Some("k1"))).unwrap();
        run(ada.pay_for(&bob, 10_00, "Rye \"loaves\"\n§ 👩‍👧", Some("k1"))).unwrap();
        run(ada.pay(&bob, 11_00, Some("k1"))).unwrap();
        run(bob.pay(&cyd, 5_00, None)).unwrap();
        run(cyd.pay(&ada, 15_01, Some("k2"))).unwrap();
        run(cyd.pay(&ada, 15_01, Some("k2"))).unwrap();
        run(cyd.pay(&cyd, 1, Some("k3"))).unwrap();
        run(cyd.pay_from(&ada, &bob, 1, Some("k4"))).unwrap();
        run(stranger.pay_from(&ada, &bob, 1, Some("k5"))).unwrap();
        run(ada.pay(&stranger, 1, Some("k6"))).unwrap();
        run(ada.pay(&cyd, 50_00, Some("k7"))).unwrap();
        // Limits and status.
        run(bob.set_limits(&cyd, 20_00, None, None)).unwrap();
        run(ada.set_limits(&cyd, 20_00, None, Some(99))).unwrap();
        run(ada.set_limits(&cyd, 20_00, Some(100_00), Some(2))).unwrap();
        run(ada.pay(&cyd, 50_00, Some("k8"))).unwrap();
        run(ada.pay(&cyd, 50_00, Some("k7"))).unwrap();
        run(ada.set_status(&dan, AccountStatus::Frozen)).unwrap();
        run(ada.pay(&dan, 1, Some("k9"))).unwrap();
        run(ada.set_status(&dan, AccountStatus::Active)).unwrap();
        run(ada.pay(&dan, 1, Some("k10"))).unwrap();
        run(ada.set_status(&dan, AccountStatus::Closed)).unwrap();
        // Holds: captured in part, voided, too much, too late.
        let later = self.time(100_000);
        let held = run(bob.authorise(&cyd, 30_00, later, Some("h1")));
        run(cyd.capture(payment_id(&held), Some(30_01), Some("h2"))).unwrap();
        run(cyd.capture(payment_id(&held), Some(12_34), Some("h3"))).unwrap();
        run(cyd.capture(payment_id(&held), None, Some("h3"))).unwrap();
        run(cyd.capture(payment_id(&held), None, None)).unwrap();
        let held = run(bob.authorise(&cyd, 20_00, later, None));
        run(ada.set_limits(&bob, 0, None, None)).unwrap();
        run(bob.pay(&ada, 1_00, Some("h4"))).unwrap();
        run(cyd.void(payment_id(&held), Some("h5"))).unwrap();
        run(cyd.void(payment_id(&held), None)).unwrap();
        let held = run(ada.authorise(&bob, 1, self.soon(), None));
        run(bob.capture(payment_id(&held), None, None)).unwrap();
        run(dan.void(payment_id(&held), None)).unwrap();
        self.ask(&mut run);
        // A session that ends.
        run(ada.end_session(later)).unwrap();
        run(ada.pay(&bob, 1, Some("s1"))).unwrap();
        run(ada.pay_for(&bob, 10_00, "Rye \"loaves\"\n§ 👩‍👧", Some("k1"))).unwrap();
        let ada = ada.in_session(900);
        run(ada.pay(&bob, 1, Some("s1"))).unwrap();
        // Batches, with repetitions and refusals inside them.
        for round in 0..6_i64 {
            let key = |name: &str| format!("b{round}-{name}");
            let commands = vec![
                ada.pay(&bob, 1_00 + round, Some(&key("a"))),
                ada.pay(&bob, 1_00 + round, Some(&key("a"))),
                bob.pay(&ada, 50 + round, Some(&key("b"))),
                cyd.pay(&dan, 1_00, Some(&key("c"))),
                cyd.pay(&ada, 99_00, Some(&key("d"))),
                cyd.pay(&ada, 99_00, Some(&key("d"))),
                ada.pay(&bob, 7, Some(&key("a"))),
                ada.pay(&bob, 7, Some("k1")),
                dan.pay(&cyd, 50, None),
                stranger.pay_from(&ada, &bob, 1, Some(&key("e"))),
                cyd.authorise(&dan, 10, later, Some(&key("f"))),
                ada.set_limits(&cyd, 20_00 + round, Some(100_00), None),
                dan.pay(&ada, 9_99, Some(&key("g"))),
            ];
            seen.extend(self.run_together(commands));
        }
        seen
    }

    /// Every row of every table, in one form for both engines; without the heads' versions, which count attempts, and
    /// with the events one by one, because where one batch ends and the next begins is a matter of moments.
    pub fn rows(&self) -> Vec<String> {
        let mut by_hand = ByHand::on(&self.database);
        let mut rows = Vec::new();
        for (table, columns) in columns(self.database.engine(), &mut by_hand) {
            let columns: Vec<_> = columns.into_iter().filter(|_| !table.starts_with("__diesel")).collect();
            if !columns.is_empty() {
                rows.extend(by_hand.texts(&format!(
                    "SELECT '{table} ' || {} AS value FROM {table}",
                    columns.join(" || ' ' || ")
                )));
            }
        }
        let mut rows: Vec<_> = rows.into_iter().flat_map(|row| single_events(&row)).collect();
        rows.sort();
        rows
    }
}

impl Drop for World {
    fn drop(&mut self) {
        self.stop();
    }
}

fn start(opened: &Database, settings: LedgerSettings, steps: &Arc<Steps>) -> Ledger {
    let ids = Arc::clone(steps);
    let context = LedgerContext {
        clock: Arc::clone(steps) as Arc<dyn Clock>,
        ids: Arc::new(move || Box::new(StepIds { steps: Arc::clone(&ids), step: -1, drawn: 0 })),
        format: Arc::new(JsonAnswers::new(PUBLIC_URL.to_owned())),
    };
    Ledger::start(opened, settings, &context).unwrap()
}

/// A row of events, taken apart; any other row as it is.
fn single_events(row: &str) -> Vec<String> {
    let [table, community, _, first, events] = row.split(' ').collect::<Vec<_>>()[..] else {
        return vec![row.to_owned()];
    };
    if table != "event_batches" {
        return vec![row.to_owned()];
    }
    let events = events.as_bytes().chunks(50).map(|event| String::from_utf8_lossy(event).into_owned());
    let first: i64 = first.parse().unwrap();
    events.zip(first..).map(|(event, seq)| format!("events {community} {seq:05} {event}")).collect()
}

/// Each table's columns as expressions that give the same text on both engines.
fn columns(engine: Engine, by_hand: &mut ByHand) -> Vec<(String, Vec<String>)> {
    let sqlite = "SELECT m.name || ' ' || c.name || ' ' || c.type AS value FROM sqlite_master m, pragma_table_info(m.name) c \
         WHERE m.type = 'table' ORDER BY m.name, c.cid";
    let postgres = "SELECT table_name || ' ' || column_name || ' ' || data_type AS value FROM information_schema.columns \
         JOIN information_schema.tables USING (table_schema, table_name) \
         WHERE table_schema = 'public' AND table_type = 'BASE TABLE' ORDER BY table_name, ordinal_position";
    let mut found = Vec::<(String, Vec<String>)>::new();
    for line in by_hand.texts(either(engine, sqlite, postgres)) {
        let [table, column, kind] = line.splitn(3, ' ').collect::<Vec<_>>().try_into().unwrap();
        if (table, column) == ("heads", "version") {
            continue;
        }
        let text = match kind {
            // hex() makes an empty text of nothing.
            "BLOB" => format!("CASE WHEN {column} IS NOT NULL THEN lower(hex({column})) END"),
            "uuid" => format!("replace({column}::text, '-', '')"),
            "bytea" => format!("encode({column}, 'hex')"),
            "boolean" => format!("{column}::int::text"),
            _ => format!("CAST({column} AS TEXT)"),
        };
        if found.last().is_none_or(|(last, _)| last != table) {
            found.push((table.to_owned(), Vec::new()));
        }
        found.last_mut().unwrap().1.push(format!("coalesce({text}, '-')"));
    }
    found
}
