//! The roles, and what belongs to them.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicUsize, Ordering};

use serde_json::json;

use crate::support::{App, Caller, Person, Reply, TestApp, claims, session_of};

/// Who asks, in the order of the table's columns.
pub const ROLES: [&str; 20] = [
    "anonymous",
    "expired",
    "revoked",
    "member",
    "applied",
    "frozen",
    "closed",
    "reader",
    "payer",
    "machine",
    "till",
    "refunds",
    "viewer",
    "teller",
    "broker",
    "admin",
    "office",
    "elsewhere",
    "superadmin",
    "stale",
];

/// Which roles are keys of the shop's account, and what each is for.
const KEYS: [(&str, &str); 3] = [("till", "take_payments"), ("refunds", "refund"), ("viewer", "read_only")];

/// What apps may be allowed to see.
const READING: &str = "accounts:read payments:read members:read";
/// What an admin's app may be allowed.
const OFFICE: &str = "accounts:read payments:read payments:write members:read limits:write";
/// What an app may be allowed that only pays.
const PAYING: &str = "payments:write";

/// Names of one member's things, for paths and bodies.
#[derive(Debug, Clone)]
pub struct Things {
    /// The code of their community.
    pub community: String,
    /// Their account's code.
    pub account: String,
    /// The code of somebody else's account in the same community.
    pub neighbour: String,
    /// A payment of theirs.
    pub payment: String,
    /// A payment to them.
    pub received: String,
    /// A schedule of theirs, and one that will be cancelled.
    pub schedules: [String; 2],
    /// A session of theirs; an app's session has a grant of the same name.
    pub session: String,
    /// An OAuth client of theirs.
    pub client: String,
    /// A mail of their community.
    pub mail: String,
    /// An application to their community that will be approved.
    pub approvable: String,
    /// An application to their community that will be refused.
    pub refusable: String,
    /// An invitation to their community.
    pub invitation: String,
    /// What an admin of their community asked for and another will agree to.
    pub agreeable: String,
    /// What an admin of their community asked for and another will refuse.
    pub declinable: String,
    /// Their member's id.
    pub member: String,
    /// Their role.
    pub role: &'static str,
    /// A webhook's endpoint of theirs, and a message to it.
    pub webhook: String,
    pub delivery: String,
}

impl Things {
    /// The same id for everything.
    pub fn all(id: &str, community: &str, account: &str, neighbour: &str) -> Self {
        Self {
            community: community.to_owned(),
            account: account.to_owned(),
            neighbour: neighbour.to_owned(),
            payment: id.to_owned(),
            received: id.to_owned(),
            schedules: [id.to_owned(), id.to_owned()],
            session: id.to_owned(),
            client: id.to_owned(),
            mail: id.to_owned(),
            approvable: id.to_owned(),
            refusable: id.to_owned(),
            invitation: id.to_owned(),
            agreeable: id.to_owned(),
            declinable: id.to_owned(),
            member: id.to_owned(),
            role: "member",
            webhook: id.to_owned(),
            delivery: id.to_owned(),
        }
    }
}

/// Two communities, and someone in each role.
pub struct World<'a> {
    app: &'a TestApp,
    people: BTreeMap<&'static str, Person>,
    callers: BTreeMap<&'static str, Caller>,
    things: BTreeMap<&'static str, Things>,
    client: App,
    machine: App,
    office: App,
    /// How many names were used that have to be new each time.
    names: AtomicUsize,
}

impl<'a> World<'a> {
    /// Everyone in their places.
    pub fn new(app: &'a TestApp) -> Self {
        app.found("LAKE", 2);
        app.found("HILL", 2);
        let expired = app.member("eve");
        expired.tokens();
        app.clock.advance(3_600);
        let stale = app.newcomer("stale").with_admin_rights().join();
        let mut people = BTreeMap::from([("expired", expired), ("admin", app.admin()), ("stale", stale)]);
        for role in
            ["revoked", "member", "applied", "frozen", "closed", "group", "dora", "broker", "agent", "shop"]
        {
            people.insert(role, app.member(role));
        }
        people.insert("elsewhere", app.newcomer("elsewhere").of("LAKE").with_admin_rights().join());
        people.insert("other", app.newcomer("other").of("LAKE").join());
        // Both belong to LAKE alone: what they may in RIVER comes from their roles.
        for role in ["teller", "superadmin"] {
            people.insert(role, app.newcomer(role).of("LAKE").join());
        }
        let owner = &people["member"];
        let (client, machine) =
            (app.register(owner, false), app.register_as(owner, true, &["client_credentials"]));
        let office = app.register_office(&people["admin"]);
        let (callers, things, names) = (BTreeMap::new(), BTreeMap::new(), AtomicUsize::new(0));
        let mut world = Self { app, people, callers, things, client, machine, office, names };
        world.hand_out();
        world.give_roles();
        world
    }

    /// Gives everyone their things and a session.
    fn hand_out(&mut self) {
        let joining = ["RIVER", "LAKE"].map(|code| (code, self.open_to_all(code)));
        let joining = BTreeMap::from(joining);
        let asked = BTreeMap::from([("RIVER", self.ask_for("stale")), ("LAKE", self.ask_for("elsewhere"))]);
        for (role, person) in &self.people {
            let river = person.community == "RIVER";
            let neighbour = &self.people[match (river, *role) {
                (true, "group") => "dora",
                (true, _) => "group",
                (false, "other") => "elsewhere",
                (false, _) => "other",
            }];
            let fresh = person.again();
            let payment = self.app.pay(&fresh, neighbour, "0.01");
            let received = self.app.pay(&neighbour.again(), &fresh, "1.00");
            let [approvable, refusable, invitation] = joining[person.community.as_str()].clone();
            let [agreeable, declinable] = asked[person.community.as_str()].clone();
            let (webhook, delivery) = endpoint(&fresh);
            let things = Things {
                webhook,
                delivery,
                agreeable,
                declinable,
                approvable,
                refusable,
                invitation,
                community: person.community.clone(),
                account: person.code.clone(),
                neighbour: neighbour.code.clone(),
                payment: payment["id"].as_str().unwrap().to_owned(),
                received: received["id"].as_str().unwrap().to_owned(),
                schedules: [(); 2].map(|()| self.plan(&fresh, &neighbour.code)),
                session: session_of(&fresh.tokens().access).to_string(),
                client: self.app.register(&fresh, false).id,
                mail: crate::mails::write_in(self.app, &person.community, "zoe@lake.example"),
                member: member_id(&fresh),
                role: match *role {
                    "admin" | "stale" | "elsewhere" => "admin",
                    "broker" | "agent" => "broker",
                    _ => "member",
                },
            };
            self.things.insert(*role, things);
        }
        for role in ROLES {
            self.callers.insert(role, self.fresh_caller(role));
        }
    }

    /// A schedule of tomorrow and later.
    fn plan(&self, payer: &Person, payee: &str) -> String {
        let body = json!({
            "payer": payer.code, "payee": payee, "amount": "0.01", "starts_on": self.day_after(1), "unit": "month",
        });
        let key = crate::support::fresh_key();
        let made = payer.post_with("/api/v1/schedules", &[("Idempotency-Key", key.as_str())], &body);
        made.expect(201).body["id"].as_str().unwrap().to_owned()
    }

    /// The day on which the app lives, so many days later.
    pub fn day_after(&self, days: i64) -> String {
        crate::schedules::day(self.app, days)
    }

    /// Lets everybody ask to join a community that has terms: two applications to it, and an invitation.
    fn open_to_all(&self, code: &str) -> [String; 3] {
        let admin = self.people[if code == "RIVER" { "admin" } else { "elsewhere" }].again();
        let path = format!("/api/v1/communities/{code}");
        let policy = json!({"joining": "open", "members_may_invite": false, "reason": "Decided"});
        admin.patch(&path, &policy).expect(200);
        let terms = json!({"title": "Our agreement", "text": "We trade with each other."});
        admin.post(&format!("{path}/agreements"), &terms).expect(201);
        let id = |made: Reply| made.expect(201).body["id"].as_str().unwrap().to_owned();
        let asking = json!({"name": "Nia", "agreement_version": self.terms(code)});
        let [one, other] = ["nia", "nils"].map(|name| {
            let applicant = match self.app.known_member("HILL", name) {
                Some(person) => person,
                None => self.app.newcomer(name).of("HILL").join(),
            };
            id(applicant.post(&format!("{path}/applications"), &asking))
        });
        let invited = json!({"email": self.fresh_address()});
        [one, other, id(admin.post(&format!("{path}/invitations"), &invited))]
    }

    /// Two things that an admin asks for in their community and that need another admin.
    fn ask_for(&self, admin: &str) -> [String; 2] {
        let admin = self.people[admin].again();
        let rules = json!({"limits_above": "1000000.00", "reversals_above": null, "reason": "Decided"});
        admin.put(&format!("/api/v1/communities/{}/approval-rules", admin.community), &rules).expect(200);
        let high = json!({"credit_limit": "2000000.00", "ceiling": null, "reason": "Asked for"});
        [(); 2].map(|()| {
            let asked = admin.put(&format!("/api/v1/accounts/{}/limits", admin.code), &high).expect(202);
            asked.body["id"].as_str().unwrap().to_owned()
        })
    }

    /// The version of a community's terms.
    pub fn terms(&self, code: &str) -> Option<i64> {
        let page = self.app.anonymous().get(&format!("/api/v1/communities/{code}/agreements"));
        page.body["data"][0]["version"].as_i64()
    }

    /// Gives roles, and takes away what is to be gone.
    fn give_roles(&self) {
        let admin = self.people["admin"].again();
        let path = |role: &str, what: &str| {
            format!("/api/v1/communities/RIVER/members/{}/{what}", self.things[role].member)
        };
        for broker in ["broker", "agent"] {
            admin.put(&path(broker, "role"), &json!({"role": "broker", "reason": "Elected"})).expect(200);
        }
        let member = self.people["member"].again();
        let account = format!("/api/v1/accounts/{}", member.code);
        let terms = json!({"rights": ["see", "take", "pay"], "per_payment": "5", "per_day": null});
        member.put(&format!("{account}/tellers/{}", self.teller()), &terms).expect(200);
        member.send("PUT", &format!("{account}/brokers/{}", self.broker()), &[], None).expect(204);
        self.leave_and_stay();
        let superadmin = &self.people["superadmin"].email;
        assert!(self.app.block_on(self.app.services().set_superadmin(superadmin, true)).unwrap());
        admin
            .put(&path("frozen", "status"), &json!({"status": "frozen", "reason": "Lost phone"}))
            .expect(200);
        // What an account owes must be settled before its member can be closed, and applications are another part.
        for (name, status) in [("applied", 1), ("closed", 5)] {
            crate::session_list::db_set_member_status(self.app, status, &format!("name = '{name}'"));
        }
        // The ledger remembers what it has looked up.
        self.app.restart();
    }

    /// Lets all who may begin to leave, and stay after all: so there is something to be seen of each.
    fn leave_and_stay(&self) {
        for (role, person) in &self.people {
            if ["elsewhere", "expired", "frozen", "closed", "applied"].contains(role) {
                continue;
            }
            let admin = if person.community == "RIVER" { "admin" } else { "elsewhere" };
            let member = &self.things[role].member;
            let path = format!("/api/v1/communities/{}/members/{member}/status", person.community);
            for status in ["leaving", "active"] {
                let body = json!({"status": status, "reason": "Decided"});
                self.people[admin].again().put(&path, &body).expect(200);
            }
        }
    }

    /// Whose role it is, with their things; the member's where the role has nothing.
    pub fn in_role(&self, role: &str) -> (&Person, &Things) {
        let owner = if is_key(role) { "shop" } else { role };
        let role = if self.things.contains_key(owner) { owner } else { "member" };
        (&self.people[role], &self.things[role])
    }

    /// The member id of the broker.
    pub fn broker(&self) -> String {
        self.things["broker"].member.clone()
    }

    /// The user id of the teller.
    pub fn teller(&self) -> String {
        self.people["teller"].user_id.to_string()
    }

    /// A user to be let be a teller of the account, or to be one no longer: then it is one.
    pub fn passing_teller(&self, things: &Things, is_there: bool) -> String {
        let passing = self.people["dora"].user_id.to_string();
        if let Some(owner) = self.owner(things).filter(|_| is_there) {
            let path = format!("/api/v1/accounts/{}/tellers/{passing}", things.account);
            let terms = json!({"rights": ["see"], "per_payment": null, "per_day": null});
            owner.put(&path, &terms).expect(200);
        }
        passing
    }

    /// A broker to be let act for the account, or to act no longer: then it does. `LAKE` has none.
    pub fn passing_broker(&self, things: &Things, is_there: bool) -> String {
        let passing = self.things["agent"].member.clone();
        if let Some(owner) = self.owner(things).filter(|owner| is_there && owner.community == "RIVER") {
            let path = format!("/api/v1/accounts/{}/brokers/{passing}", things.account);
            owner.send("PUT", &path, &[], None).expect(204);
        }
        passing
    }

    /// A passkey of whoever has these things, added where they have none.
    pub fn passing_passkey(&self, things: &Things) -> String {
        let owner = self.things.iter().find(|(_, own)| own.account == things.account);
        let Some((role, _)) = owner else { return things.session.clone() };
        let owner = self.people[role].again();
        let known = owner.get("/api/v1/me/passkeys").expect(200);
        let id =
            known.data().first().map_or_else(|| crate::passkeys::add(&owner).1, |first| first["id"].clone());
        id.as_str().unwrap().to_owned()
    }

    /// The app that all of them use.
    pub const fn app(&self) -> &TestApp {
        self.app
    }

    /// Whose account has this code.
    pub fn person_of(&self, code: &str) -> Option<&Person> {
        self.people.values().find(|person| person.code == code)
    }

    /// The account's owner, where they may say who acts at it.
    fn owner(&self, things: &Things) -> Option<Person> {
        let (role, _) = self.things.iter().find(|(_, own)| own.account == things.account)?;
        let may_act = !["frozen", "closed", "applied"].contains(role);
        may_act.then(|| self.people[role].again())
    }

    /// What belongs to the member who let the teller and the broker act.
    pub fn given(&self) -> Things {
        self.things["member"].clone()
    }

    /// An address that has no login and no invitation.
    pub fn fresh_address(&self) -> String {
        format!("nobody{}@lake.example", self.names.fetch_add(1, Ordering::Relaxed))
    }

    /// A code that no community has.
    pub fn fresh_code(&self) -> String {
        let number = self.names.fetch_add(1, Ordering::Relaxed);
        let letter = |digit: usize| char::from(b'A' + u8::try_from(digit % 26).unwrap());
        format!("MEADOW{}{}", letter(number / 26), letter(number))
    }

    /// Someone in this role, in the session that everything but its end happens in.
    pub fn caller(&self, role: &str) -> Caller {
        self.callers[role].clone()
    }

    /// Someone in this role, in a session of their own.
    pub fn fresh_caller(&self, role: &str) -> Caller {
        let member = &self.people["member"];
        match role {
            "anonymous" => self.app.anonymous(),
            "expired" => self.app.anonymous().with_token(&self.people[role].tokens().access),
            "revoked" => {
                let person = self.people[role].again();
                person.delete("/api/v1/sessions/current").expect(204);
                (*person).clone()
            }
            // Signed in an hour ago: whatever needs a fresh proof asks for it.
            "stale" => self.app.db_with_old_proof(&self.people[role].again()),
            "reader" => self.app.bearer(&self.app.allowed(member, &self.client, READING, &[])),
            "office" => self.app.bearer(&self.app.allowed(&self.people["admin"], &self.office, OFFICE, &[])),
            "payer" => self.app.bearer(&self.app.allowed(member, &self.client, PAYING, &[])),
            "machine" => {
                let form = [("grant_type", "client_credentials"), ("scope", READING)];
                self.app.bearer(&self.machine.ask(self.app, "/oauth/token", &form).expect(200).body)
            }
            // A key is no session: it is the same one for everything.
            role if is_key(role) => self.callers.get(role).cloned().unwrap_or_else(|| self.key(role)),
            role => (*self.people[role].again()).clone(),
        }
    }

    /// Whoever has a key of the shop's that is for this.
    fn key(&self, role: &str) -> Caller {
        let shop = self.people["shop"].again();
        let what = KEYS.iter().find(|(name, _)| *name == role).unwrap().1;
        let asked = json!({"name": "Counter", "account": shop.code, "role": what});
        let made = shop.post("/api/v1/api-keys", &asked).expect(201).body;
        self.app.anonymous().with_token(made["key"].as_str().unwrap())
    }

    /// What belongs to someone in this role; who has nothing is asked about the member's.
    pub fn own(&self, role: &str, needs_session: bool) -> Things {
        self.with_session(self.owner_of(role), needs_session)
    }

    /// The person for whom someone in this role acts.
    fn owner_of<'r>(&self, role: &'r str) -> &'r str {
        match role {
            "office" => "admin",
            role if is_key(role) => "shop",
            role if self.people.contains_key(role) => role,
            _ => "member",
        }
    }

    /// The same, with an OAuth client that is there to be removed.
    pub fn own_with_fresh_client(&self, role: &str) -> Things {
        let name = self.owner_of(role);
        let client = self.app.register(&self.people[name].again(), false).id;
        Things { client, ..self.things[name].clone() }
    }

    /// What belongs to another member of `RIVER`.
    pub fn group(&self, needs_session: bool) -> Things {
        self.with_session("group", needs_session)
    }

    /// What belongs to a member of `LAKE`.
    pub fn other(&self, needs_session: bool) -> Things {
        self.with_session("other", needs_session)
    }

    /// The app that members allow things.
    pub const fn client(&self) -> &App {
        &self.client
    }

    /// Things with a fresh app's session, which is there to be ended.
    fn with_session(&self, name: &str, needs_session: bool) -> Things {
        let things = self.things[name].clone();
        if !needs_session {
            return things;
        }
        let tokens = self.app.allowed(&self.people[name], &self.client, READING, &[]);
        let session = claims(tokens["access_token"].as_str().unwrap())["sid"].as_str().unwrap().to_owned();
        Things { session, ..things }
    }
}

fn is_key(role: &str) -> bool {
    KEYS.iter().any(|(name, _)| *name == role)
}

fn member_id(person: &Person) -> String {
    let me = person.get("/api/v1/me").expect(200).body;
    let memberships = me["memberships"].as_array().unwrap();
    let own = memberships.iter().find(|place| place["community"]["code"] == person.community.as_str());
    own.unwrap()["member"]["id"].as_str().unwrap().to_owned()
}

/// An endpoint of a person's account, and a test that waits for it.
pub fn endpoint(person: &Person) -> (String, String) {
    let id = |made: Reply, status| made.expect(status).body["id"].as_str().unwrap().to_owned();
    let body = json!({"url": "https://shop.example/", "events": ["*"], "account": person.code});
    let webhook = id(person.post("/api/v1/webhook-endpoints", &body), 201);
    let test = person.post(&format!("/api/v1/webhook-endpoints/{webhook}/test"), &json!({}));
    (webhook, id(test, 202))
}
