/** Short notices in a corner, read aloud as they come. They live in the top dialog, or they would be hidden behind it. */

import { h, icon } from "./dom.js";

const box = h("div", { class: "toasts", role: "status", "aria-live": "polite" });
const STAY = 7000;

/** A notice takes the place of the one before it; errors stay side by side. */
export function toast(text, { kind = "error" } = {}) {
  const dialogs = [...document.querySelectorAll("dialog[open]")];
  (dialogs.at(-1) ?? document.body).append(box);
  if (kind === "notice") for (const old of box.querySelectorAll(".notice")) old.remove();
  const node = h("p", { class: `toast ${kind}` }, icon(kind === "error" ? "alert" : "check"), h("span", {}, text));
  box.append(node);
  setTimeout(() => node.remove(), STAY);
}

/** Brings the notices back to the page before a dialog goes away with them. */
export function rescueToasts(dialog) {
  if (dialog.contains(box)) document.body.append(box);
}

const live = h("div", { class: "hidden", "aria-live": "polite", role: "log" });

/** Says something to screen readers only. */
export function announce(text) {
  if (!live.isConnected) document.body.append(live);
  live.append(h("p", {}, text));
  while (live.children.length > 5) live.firstChild.remove();
}
