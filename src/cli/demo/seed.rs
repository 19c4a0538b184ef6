//! Members, a merchant, an admin and weeks of history for the demonstration, all through the real write path.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use anyhow::{Context, ensure};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use tokio::task::JoinSet;

use super::super::runtime;
use super::site::Login;
use crate::auth::passwords;
use crate::config::Settings;
use crate::domain::account::{Account, Limits};
use crate::domain::amount::{Amount, Scale};
use crate::domain::command::Pay;
use crate::domain::community::Community;
use crate::domain::ids::AccountId;
use crate::domain::joining::Joining;
use crate::domain::member::Role;
use crate::domain::time::{Clock, Timestamp};
use crate::domain::zone::Zone;
use crate::services::Services;
use crate::services::setup::{NewCommunity, NewMembership};
use crate::storage::Database;

/// The demonstration's community.
pub const COMMUNITY: &str = "RIVER";
/// How far back the history begins, in seconds.
const HISTORY_SECONDS: i64 = 60 * 86_400;
/// How long before now the history ends, in seconds.
const HISTORY_END_SECONDS: i64 = 600;
/// How many logins get a password of their own. Hashing takes tens of milliseconds, so further ones share one.
const OWN_PASSWORDS: usize = 20;
/// How many payments of a long history are posted at once.
const CONCURRENT_MAX: u32 = 512;
/// How many steps in time a history has at least.
const STEPS: u32 = 400;
/// A member's credit limit, in minor units.
const CREDIT_LIMIT: Amount = Amount::from_minor(10_000);
/// The merchant's credit limit, in minor units.
const MERCHANT_CREDIT_LIMIT: Amount = Amount::from_minor(50_000);
/// The largest payment of the history, in minor units.
const PAYMENT_MAX_MINOR: i64 = 2_500;
/// How far below zero the history leaves anybody at most, in minor units: whoever tries the demonstration can pay.
const HISTORY_DEBT_MAX: i64 = 5_000;
/// How often a payer with room for a payment is looked for by chance, before the richest one pays.
const DRAWS_MAX: usize = 16;

const NAMES: [&str; 14] = [
    "Ada Brook",
    "River Bakery",
    "Ben Ford",
    "Carla Mills",
    "Dimitri Vale",
    "Edith Waters",
    "Farid Bridge",
    "Greta Shore",
    "Hugo Banks",
    "Ines Delta",
    "Jonas Reed",
    "Kaya Spring",
    "Lena Weir",
    "Mateo Poole",
];

const GOODS: [&str; 12] = [
    "Rye loaves",
    "Bicycle repair",
    "Garden help",
    "Two jars of honey",
    "Guitar lesson",
    "Childcare, one evening",
    "Firewood",
    "Haircut",
    "Translation",
    "Apples, a crate",
    "Roof patching",
    "Eggs and milk",
];

/// A clock that stands still until it is moved.
struct HistoryClock(AtomicI64);

impl Clock for HistoryClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_micros(self.0.load(Ordering::Relaxed))
    }
}

/// Founds the community and gives the logins: the admin first, then the merchant, then the others.
pub async fn seed(
    database: &Database,
    settings: &Settings,
    members: u32,
    payments: u32,
) -> anyhow::Result<Vec<Login>> {
    let end = runtime::system_clock().now().plus_seconds(-HISTORY_END_SECONDS);
    let start = end.plus_seconds(HISTORY_END_SECONDS - HISTORY_SECONDS);
    let clock = Arc::new(HistoryClock(AtomicI64::new(start.micros())));
    let history: Arc<dyn Clock> = Arc::<HistoryClock>::clone(&clock);
    let services = runtime::start_services(database, settings, "http://localhost", history)?;
    let found = services.communities().await?;
    ensure!(
        found.is_empty(),
        "the database has a community already, but its passwords are not here; give --data with the folder that holds them"
    );
    let community = services
        .found_community(NewCommunity {
            code: COMMUNITY.parse().context("the demonstration's code")?,
            name: "River Valley Exchange".into(),
            unit: "shell".into(),
            symbol: "§".into(),
            scale: Scale::try_from(2)?,
            time_zone: Zone::UTC,
            default_credit_limit: CREDIT_LIMIT,
        })
        .await?;
    services.choose_joining(community.id, Joining::Open, true).await?;
    let (logins, accounts) = admit_all(&services, &community, members).await?;
    post_history(&services, &community, &accounts, payments, &clock, end).await?;
    let ledger = services.ledger().clone();
    tokio::task::spawn_blocking(move || ledger.stop()).await?;
    Ok(logins)
}

async fn admit_all(
    services: &Arc<Services>,
    community: &Community,
    members: u32,
) -> anyhow::Result<(Vec<Login>, Vec<Account>)> {
    let (mut logins, mut accounts) = (Vec::new(), Vec::new());
    let mut shared: Option<(String, String)> = None;
    for number in 0..usize::try_from(members)? {
        let name =
            NAMES.get(number).map_or_else(|| format!("Member {}", number + 1), |name| (*name).to_owned());
        let (password, hash) = if let (Some(shared), false) = (&shared, number < OWN_PASSWORDS) {
            shared.clone()
        } else {
            let password = random_password(services);
            let hashed = password.clone();
            let hash = tokio::task::spawn_blocking(move || passwords::hash(&hashed)).await??;
            if number >= OWN_PASSWORDS {
                shared = Some((password.clone(), hash.clone()));
            }
            (password, hash)
        };
        let email = format!("{}@river.example", name.to_lowercase().replace(' ', "."));
        let user_id = services.create_user(&email, &name, hash).await?;
        let role = if number == 0 { Role::Admin } else { Role::Member };
        let credit_limit = if number == 1 { MERCHANT_CREDIT_LIMIT } else { CREDIT_LIMIT };
        let limits = Limits { credit_limit, ceiling: None };
        let account = services.admit(community.id, NewMembership { user_id, name, role, limits }).await?;
        let roles =
            if role == Role::Admin { vec!["member".into(), "admin".into()] } else { vec!["member".into()] };
        logins.push(Login { email, password, account: account.code.to_string(), roles });
        accounts.push(account);
    }
    Ok((logins, accounts))
}

/// Twenty letters and digits in groups: 100 bits, easy to copy by hand.
fn random_password(services: &Services) -> String {
    const ALPHABET: [char; 32] = [
        'a', 'b', 'c', 'd', 'e', 'f', 'g', 'h', 'i', 'j', 'k', 'm', 'n', 'p', 'q', 'r', 's', 't', 'u', 'v',
        'w', 'x', 'y', 'z', '2', '3', '4', '5', '6', '7', '8', '9',
    ];
    let mut ids = services.fresh_ids();
    let bytes = [ids.random_16(), ids.random_16()].concat();
    let letters: Vec<char> =
        bytes.iter().take(20).filter_map(|byte| ALPHABET.get(usize::from(byte % 32)).copied()).collect();
    letters.chunks(5).map(|group| group.iter().collect::<String>()).collect::<Vec<_>>().join("-")
}

async fn post_history(
    services: &Arc<Services>,
    community: &Community,
    accounts: &[Account],
    payments: u32,
    clock: &HistoryClock,
    end: Timestamp,
) -> anyhow::Result<()> {
    let seed = u64::from_be_bytes(services.fresh_ids().random_16()[..8].try_into()?);
    let mut trade = Trade::new(seed, accounts.iter().map(|account| account.id).collect())?;
    let at_once = (payments / STEPS).clamp(1, CONCURRENT_MAX);
    let start = clock.now().micros();
    let mut posted = 0_u32;
    while posted < payments {
        let passed = (i128::from(end.micros() - start) * i128::from(posted)) / i128::from(payments);
        clock.0.store(start + i64::try_from(passed)?, Ordering::Relaxed);
        let mut waiting = JoinSet::new();
        let some = trade.some_payments(at_once.min(payments - posted));
        ensure!(!some.is_empty(), "nobody has room for more history");
        for pay in some {
            let (services, community_id) = (Arc::clone(services), community.id);
            waiting.spawn(async move { services.post_history(community_id, pay).await });
        }
        while let Some(result) = waiting.join_next().await {
            result??;
            posted += 1;
        }
        if payments > CONCURRENT_MAX * STEPS && posted % 50_000 < at_once {
            eprintln!("{posted} of {payments} payments of history");
        }
    }
    Ok(())
}

/// Random payments that leave everybody something to spend.
struct Trade {
    random: StdRng,
    accounts: Vec<AccountId>,
    /// What each account has, in minor units.
    balances: Vec<i64>,
}

impl Trade {
    fn new(seed: u64, accounts: Vec<AccountId>) -> anyhow::Result<Self> {
        ensure!(accounts.len() > 1, "a history needs two members");
        let balances = vec![0; accounts.len()];
        Ok(Self { random: StdRng::seed_from_u64(seed), accounts, balances })
    }

    /// At most so many, and at least one: as many as can be posted in any order.
    fn some_payments(&mut self, most: u32) -> Vec<Pay> {
        let (mut payments, mut coming) = (Vec::new(), Vec::new());
        for _ in 0..most {
            let amount = self.amount();
            let Some(payer) = self.payer(amount) else { break };
            let mut payee = self.random.random_range(0..self.accounts.len() - 1);
            if payee >= payer {
                payee += 1;
            }
            let (Some(&payer_id), Some(&payee_id)) = (self.accounts.get(payer), self.accounts.get(payee))
            else {
                break;
            };
            if let Some(balance) = self.balances.get_mut(payer) {
                *balance -= amount;
            }
            coming.push((payee, amount));
            let goods = GOODS.get(self.random.random_range(0..GOODS.len())).copied().unwrap_or_default();
            payments.push(Pay {
                payer_id,
                payee_id,
                amount: Amount::from_minor(amount),
                description: goods.to_owned(),
                // The service pays, which repeats on purpose.
                allow_duplicate: true,
            });
        }
        // What comes in may come last, so nobody spends it before all of these are posted.
        for (payee, amount) in coming {
            if let Some(balance) = self.balances.get_mut(payee) {
                *balance += amount;
            }
        }
        payments
    }

    fn amount(&mut self) -> i64 {
        if self.accounts.len() > NAMES.len() {
            // Many payments among many members: small amounts let many be posted at once.
            self.random.random_range(1..=10)
        } else {
            self.random.random_range(1..=PAYMENT_MAX_MINOR / 50) * 50
        }
    }

    /// Somebody whom such a payment leaves above the lowest balance; none where there is nobody.
    fn payer(&mut self, amount: i64) -> Option<usize> {
        for _ in 0..DRAWS_MAX {
            let drawn = self.random.random_range(0..self.accounts.len());
            if self.has_room(drawn, amount) {
                return Some(drawn);
            }
        }
        let richest = (0..self.accounts.len()).max_by_key(|place| self.balances.get(*place));
        richest.filter(|place| self.has_room(*place, amount))
    }

    fn has_room(&self, place: usize, amount: i64) -> bool {
        self.balances.get(place).is_some_and(|balance| balance - amount >= -HISTORY_DEBT_MAX)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    #[test]
    fn a_history_leaves_everybody_something_to_spend_in_whichever_order_it_is_posted() {
        for (members, at_once) in [(2, 1), (4, 1), (14, 512), (100, 512)] {
            let id = |number: u32| format!("00000000-0000-0000-0000-{number:012}").parse().unwrap();
            let mut trade = Trade::new(u64::from(members), (0..members).map(id).collect()).unwrap();
            let mut balances: HashMap<AccountId, i64> = HashMap::new();
            for _ in 0..300 {
                let some = trade.some_payments(at_once);
                assert!(!some.is_empty(), "{members} members come to a standstill");
                for pay in &some {
                    assert_ne!(pay.payer_id, pay.payee_id);
                    *balances.entry(pay.payer_id).or_default() -= pay.amount.minor();
                }
                let lowest = balances.values().min().copied().unwrap_or(0);
                assert!(lowest >= -HISTORY_DEBT_MAX, "{members} members: {lowest}");
                for pay in &some {
                    *balances.entry(pay.payee_id).or_default() += pay.amount.minor();
                }
            }
        }
    }
}
