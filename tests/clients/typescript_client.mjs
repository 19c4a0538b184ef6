// The TypeScript client against the running service.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { connect, createServer } from "node:net";

import { Counterfoil, ProblemError, toMinor } from "./dist/index.js";

const site = JSON.parse(process.env.COUNTERFOIL_TEST_SITE);
const login = (number) => site.logins.find(({ account }) => account.endsWith(number));
const [merchantLogin, memberLogin] = [login("0002"), login("0003")];

async function signIn({ email, password }, url = site.url) {
  const tokens = await new Counterfoil({ url }).createSession({ body: { email, password } });
  return { url, token: tokens.access_token };
}

const settings = await signIn(memberLogin);
const api = new Counterfoil(settings);
const merchant = new Counterfoil(await signIn(merchantLogin));
const { scale } = await api.getCommunity({ code: site.community });
const key = (name) => `${name}-${randomUUID()}`;
const balance = async () => toMinor((await api.getAccount({ account: memberLogin.account })).balance, scale);

function pay(amount, description, client = api, idempotencyKey = key("pay"), options = {}) {
  const body = { payer: memberLogin.account, payee: merchantLogin.account, amount, description, allow_duplicate: true };
  return client.createPayment({ body, idempotencyKey }, options);
}

async function refused(code, call) {
  let found;
  await assert.rejects(call, (error) => ((found = error), ProblemError.is(error, code)));
  return found;
}

// A payment, and the same once more.
let before = await balance();
const once = key("bread");
const seen = [];
const onResponse = (status, headers) => seen.push([status, headers.get("idempotency-replayed")]);
const first = await pay("1.25", "Bread", api, once, { onResponse });
assert.deepEqual(await pay("1.25", "Bread", api, once, { onResponse }), first);
assert.deepEqual(seen, [[201, null], [201, "true"]]);
assert.equal(await balance(), before - 125n);
assert.equal((await api.getPayment({ id: first.id })).amount, "1.25");

// The answer is lost twice on its way: the client finds out by the key, and paid once.
const service = new URL(site.url);
let toLose = 2;
const sockets = [];
const network = createServer((client) => {
  const onward = connect(Number(service.port), service.hostname);
  const loses = toLose-- > 0;
  sockets.push(client, onward);
  client.pipe(onward);
  if (loses) onward.once("data", () => client.destroy());
  else onward.pipe(client);
  for (const end of [client, onward]) end.on("error", () => [client, onward].forEach((socket) => socket.destroy()));
});
await new Promise((done) => network.listen(0, "127.0.0.1", done));
const shaky = new Counterfoil({ ...settings, url: `http://127.0.0.1:${network.address().port}`, sleep: async () => {} });
before = await balance();
const payment = await pay("2.00", "Rye loaves", shaky);
assert.equal(payment.state, "completed");
assert.ok(toLose < 0, "no answer was lost");
assert.equal(await balance(), before - 200n);
network.close();
for (const socket of sockets) socket.destroy();

// What is refused is an error with its code, and with what the service tells of it.
const poor = await refused("insufficient_credit", pay("999999.00", "Mill"));
assert.equal(poor.problem.available, (await api.getAccount({ account: memberLogin.account })).available);
await refused("idempotency_key_reused", pay("3.00", "Bread", api, once));
const wrong = await refused("validation_failed", pay("1.234", "Bread"));
assert.deepEqual(wrong.problem.errors.map(({ pointer }) => pointer), ["/amount"]);
await refused("not_found", api.getPayment({ id: randomUUID() }));
await refused("unauthenticated", new Counterfoil({ url: site.url, token: "cfk_no_such_key" }).getMe());

// All pages, nothing twice, nothing left out.
for (let number = 0; number < 5; number += 1) await pay("0.01", `Page ${number}`);
const collect = async (limit) => {
  const ids = [];
  for await (const { id } of api.eachPayments({ limit })) ids.push(id);
  return ids;
};
const ids = await collect(2);
assert.equal(new Set(ids).size, ids.length);
assert.ok(ids.includes(first.id) && ids.includes(payment.id));
assert.deepEqual(ids, await collect(100));

// What has not changed is not sent again.
let etag;
await api.getAccount({ account: memberLogin.account }, { onResponse: (_, headers) => (etag = headers.get("etag")) });
assert.equal(await api.getAccount({ account: memberLogin.account, ifNoneMatch: etag }), null);

// Set aside, and taken in part by the payee, who gives some of it back.
const held = await api.createPayment({
  body: { payer: memberLogin.account, payee: merchantLogin.account, amount: "4.00", description: "Order 1", capture: "manual", allow_duplicate: true },
  idempotencyKey: key("hold"),
});
assert.equal(held.state, "authorised");
assert.equal((await merchant.capturePayment({ id: held.id, body: { amount: "3.00" }, idempotencyKey: key("capture") })).state, "completed");
await merchant.createRefund({ id: held.id, body: { amount: "1.00", reason: "One loaf too few" }, idempotencyKey: key("refund") });
await refused("conflict", merchant.createRefund({ id: held.id, body: { amount: "2.01" }, idempotencyKey: key("refund") }));

// Other things than JSON.
const statement = await api.getStatementAs({ account: memberLogin.account, accept: "text/csv", from: "2020-01-01", to: "2030-01-01" });
assert.match(new TextDecoder().decode(statement), /^id,date/);

await api.deleteSession();
await refused("unauthenticated", api.getMe());
console.log("TypeScript: payments, lost answers, problems, pages, documents");
