// What the shop plugin's script tells the checkout that is made of blocks.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { runInNewContext } from "node:vm";

const script = await readFile(process.argv[2], "utf8");

function registered(settings) {
  const told = [];
  const createElement = (tag, _, text) => ({ tag, text });
  const window = {
    wp: { element: { createElement }, htmlEntities: { decodeEntities: (text) => text.replace("&amp;", "&") } },
    wc: {
      wcSettings: { getSetting: (name, otherwise) => (name === "counterfoil_data" ? (settings ?? otherwise) : otherwise) },
      wcBlocksRegistry: { registerPaymentMethod: (method) => told.push(method) },
    },
  };
  runInNewContext(script, { window });
  assert.equal(told.length, 1);
  return told[0];
}

const method = registered({ title: "Bread &amp; more", description: "You approve it there.", supports: ["products", "refunds"] });
assert.equal(method.name, "counterfoil");
assert.equal(method.ariaLabel, "Bread & more");
assert.deepEqual(method.content, { tag: "p", text: "You approve it there." });
assert.deepEqual(method.supports.features, ["products", "refunds"]);
assert.ok(method.canMakePayment());
// Without settings it says nothing, and breaks nothing.
assert.equal(registered(undefined).ariaLabel, "");
console.log("WooCommerce: the checkout's script");
