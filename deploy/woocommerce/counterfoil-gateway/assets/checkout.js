// Shows the payment method in the checkout that is made of blocks. What the shop says of it comes from the settings.
(() => {
  const { createElement } = window.wp.element;
  const { decodeEntities } = window.wp.htmlEntities;
  const { title, description, supports } = window.wc.wcSettings.getSetting("counterfoil_data", {});
  const text = decodeEntities(title || "");
  const content = createElement("p", null, decodeEntities(description || ""));
  window.wc.wcBlocksRegistry.registerPaymentMethod({
    name: "counterfoil",
    label: createElement("span", null, text),
    ariaLabel: text,
    content,
    edit: content,
    canMakePayment: () => true,
    supports: { features: supports || ["products"] },
  });
})();
