/** A message or dialog as Teams draws it: words, cards, files, and Teams' own question about a file. */

import { append, h, icon } from "./dom.js";
import { adaptiveCard } from "./adaptive.js";
import { markdown } from "./markdown.js";

const CONSENT = "application/vnd.microsoft.teams.card.file.consent";
const FILE = "application/vnd.microsoft.teams.card.file.info";

/** What stands in a message. `context` is that of `adaptiveCard`. */
export function teamsBody(message, context) {
  const body = h("div", { class: "message-body" }, message.text && h("div", { class: "text" }, ...markdown(message.text)));
  message.cards.forEach((card, i) => body.append(h("div", { class: "card-frame" }, adaptiveCard(card, context, `${i}/`))));
  message.attachments.forEach((attachment, i) => append(body, [drawn(attachment, `attachments/${i}`, context)]));
  return body;
}

function drawn(attachment, place, context) {
  if (attachment.contentType === CONSENT) return consent(attachment, place, context);
  if (attachment.contentType === FILE) return file(attachment, context);
  return h("img", { class: "picture", src: attachment.contentUrl, alt: attachment.name ?? "" });
}

function size(bytes, context) {
  const [unit, amount] = bytes < 1000 ? ["byte", bytes] : ["kilobyte", bytes / 1000];
  return new Intl.NumberFormat(context.locale, { style: "unit", unit, maximumFractionDigits: 0 }).format(amount);
}

function consent(attachment, place, context) {
  const { description, sizeInBytes } = attachment.content;
  const button = (words, action, style) => h("button", { type: "button", class: `button ${style}`, on: { click: (event) => context.press(`${place}/file/${action}`, {}, event.currentTarget) } }, words);
  return h("div", { class: "card-frame" }, h("div", { class: "adaptive" },
    h("div", { class: "file-line" }, h("span", { class: "file-icon" }, icon("file")),
      h("span", { class: "file-words" }, h("span", { class: "file-name" }, attachment.name), h("span", { class: "file-note" }, `${description ? `${description} · ` : ""}${size(sizeInBytes, context)}`))),
    h("div", { class: "ac-actions ac" }, button(context.t("allow"), "accept", "primary"), button(context.t("decline"), "decline", ""))));
}

function file(attachment, context) {
  return h("a", { class: "file", href: new URL(attachment.contentUrl).pathname, download: attachment.name },
    h("span", { class: "file-icon" }, icon("file")), h("span", { class: "file-words" }, h("span", { class: "file-name" }, attachment.name)),
    icon("download"), h("span", { class: "hidden" }, context.t("download")));
}
