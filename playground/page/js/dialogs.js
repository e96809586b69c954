/** Dialogs of the page itself: a question to confirm, and the JSON behind what is shown. */

import { h, icon, uid } from "./dom.js";
import { textObject } from "./mrkdwn.js";

/** Whether the person agrees to Block Kit's `confirm` object; true when there is none. */
export function confirmed(confirm, context) {
  if (!confirm) return Promise.resolve(true);
  return new Promise((resolve) => {
    const titleId = uid("title");
    const answer = (value) => () => { dialog.close(value); };
    const dialog = h("dialog", { class: "small-dialog", "aria-labelledby": titleId, on: { close: () => { dialog.remove(); resolve(dialog.returnValue === "yes"); } } },
      h("h2", { id: titleId }, ...textObject(confirm.title, context)),
      h("p", { class: "text" }, ...textObject(confirm.text, context)),
      h("div", { class: "dialog-buttons" },
        h("button", { type: "button", class: "button", on: { click: answer("no") } }, ...textObject(confirm.deny, context)),
        h("button", { type: "button", class: `button ${confirm.style === "danger" ? "danger" : "primary"}`, on: { click: answer("yes") } }, ...textObject(confirm.confirm, context))));
    document.body.append(dialog);
    dialog.showModal();
  });
}

/** The builders' drawer: `parts` is a list of `[heading, JSON value]`. */
export function showJson(title, parts, t) {
  const titleId = uid("title");
  const close = () => dialog.close();
  const dialog = h("dialog", { class: "drawer", "aria-labelledby": titleId, on: { close: () => dialog.remove(), click: (event) => event.target === dialog && close() } },
    h("div", { class: "drawer-inner" },
      h("header", { class: "dialog-head" }, h("h2", { id: titleId }, title),
        h("button", { type: "button", class: "icon-button", "aria-label": t("close"), on: { click: close } }, icon("close"))),
      h("div", { class: "drawer-body" }, parts.map(([heading, value]) => jsonPart(heading, value, t)))));
  document.body.append(dialog);
  dialog.showModal();
}

function jsonPart(heading, value, t) {
  const text = JSON.stringify(value, null, 2);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    label.textContent = t("copied");
  };
  const label = h("span", {}, t("copy"));
  return h("section", { class: "json-part" },
    h("div", { class: "json-head" }, h("h3", {}, heading), h("button", { type: "button", class: "quiet-button", on: { click: copy } }, icon("copy"), label)),
    h("pre", { class: "json", tabindex: "0", "aria-label": heading }, coloured(text)));
}

const JSON_TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|\b(true|false|null)\b|(-?\d+(?:\.\d+)?)/g;

function coloured(text) {
  const out = [];
  let at = 0;
  for (const found of text.matchAll(JSON_TOKEN)) {
    out.push(text.slice(at, found.index));
    const [whole, string, colon, word] = found;
    const kind = string ? (colon ? "key" : "string") : word ? "word" : "number";
    out.push(h("span", { class: `json-${kind}` }, string ?? whole), colon ?? "");
    at = found.index + whole.length;
  }
  out.push(text.slice(at));
  return out;
}
