// What the service really sends, taken by the official library of Standard Webhooks for JavaScript.
import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { Webhook, WebhookVerificationError } from "standardwebhooks";

import { Counterfoil } from "./dist/index.js";

const { url, logins } = JSON.parse(process.env.COUNTERFOIL_TEST_SITE);
const [merchantLogin, memberLogin] = ["0002", "0003"].map((number) => logins.find(({ account }) => account.endsWith(number)));

async function signIn({ email, password }) {
  const tokens = await new Counterfoil({ url }).createSession({ body: { email, password } });
  return new Counterfoil({ url, token: tokens.access_token });
}

const received = [];
const waiting = [];
const receiver = createServer((request, response) => {
  const chunks = [];
  request.on("data", (chunk) => chunks.push(chunk));
  request.on("end", () => {
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString() });
    response.writeHead(204).end();
    for (const look of waiting) look();
  });
});
await once(receiver.listen(0, "127.0.0.1"), "listening");

/** The first message of this type, verified; and how it came. */
async function message(webhook, type) {
  const limit = AbortSignal.timeout(20_000);
  for (;;) {
    for (const { headers, body } of received) {
      const event = webhook.verify(body, headers);
      if (event.type === type) return { event, headers, body };
    }
    await new Promise((resolve, reject) => {
      waiting.push(resolve);
      limit.addEventListener("abort", () => reject(new Error(`no ${type}; there are ${received.map(({ body }) => body)}`)));
    });
  }
}

const [merchant, member] = [await signIn(merchantLogin), await signIn(memberLogin)];
const endpoint = await merchant.createWebhookEndpoint({
  body: { url: `http://127.0.0.1:${receiver.address().port}/hook`, events: ["payment.completed"], account: merchantLogin.account },
});
const webhook = new Webhook(endpoint.secret);
await merchant.testWebhookEndpoint({ id: endpoint.id });
await message(webhook, "webhook.test");

const payment = await member.createPayment({
  body: { payer: memberLogin.account, payee: merchantLogin.account, amount: "1.50", description: "Told", allow_duplicate: true },
  idempotencyKey: randomUUID(),
});
const { event, headers, body } = await message(webhook, "payment.completed");
assert.equal(event.data.id, payment.id);
assert.equal(event.data.amount, "1.50");
assert.ok(Number.isInteger(event.event_seq), body);
assert.ok(!headers["webhook-id"].includes(".") && headers["content-type"].startsWith("application/json"), JSON.stringify(headers));
assert.ok(Buffer.byteLength(body) < 20_000);
assert.throws(() => new Webhook(`whsec_${Buffer.alloc(32).toString("base64")}`).verify(body, headers), WebhookVerificationError);

// While the secret changes, both verify; and what is told again has its old id.
const { secret } = await merchant.rotateWebhookSecret({ id: endpoint.id });
received.length = 0;
await merchant.replayWebhooks({ id: endpoint.id, body: { since: new Date(Date.now() - 60_000).toISOString() } });
const again = await message(new Webhook(secret), "payment.completed");
assert.deepEqual(webhook.verify(again.body, again.headers), again.event);
assert.equal(again.headers["webhook-id"], headers["webhook-id"]);
assert.equal(again.event.data.id, payment.id);

await merchant.deleteWebhookEndpoint({ id: endpoint.id });
receiver.closeAllConnections();
receiver.close();
console.log("standardwebhooks for JavaScript: what the service sends");
