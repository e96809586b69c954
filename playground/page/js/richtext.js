/** A `rich_text` block as DOM nodes. */

import { h } from "./dom.js";
import { EMOJI } from "./emoji.js";
import { link, plain } from "./mrkdwn.js";

export function richText(block, context) {
  return h("div", { class: "rich" }, block.elements.map((part) => section(part, context)));
}

function section(part, context) {
  const leaves = () => (part.elements ?? []).flatMap((leaf) => inline(leaf, context));
  if (part.type === "rich_text_quote") return h("blockquote", {}, leaves());
  if (part.type === "rich_text_preformatted") return h("pre", { class: "code-block" }, leaves());
  if (part.type === "rich_text_list") {
    const items = part.elements.map((item) => h("li", {}, section(item, context)));
    return h(part.style === "ordered" ? "ol" : "ul", { class: `rich-list indent-${Math.min(part.indent ?? 0, 4)}`, start: part.offset ? part.offset + 1 : null }, items);
  }
  return h("div", {}, leaves());
}

function inline(leaf, context) {
  if (leaf.type === "text") return styled(plain(leaf.text), leaf.style);
  if (leaf.type === "link") return styled([link(leaf.url, leaf.text ?? leaf.url)], leaf.style);
  if (leaf.type === "emoji") return [EMOJI.get(leaf.name) ?? `:${leaf.name}:`];
  if (leaf.type === "user") return [h("span", { class: "mention" }, `@${context.names(leaf.user_id) ?? leaf.user_id}`)];
  if (leaf.type === "broadcast") return [h("span", { class: "mention" }, `@${leaf.range}`)];
  if (leaf.type === "date") return [leaf.fallback ?? new Date(leaf.timestamp * 1000).toISOString()];
  return [leaf.text ?? ""];
}

function styled(nodes, style = {}) {
  let out = nodes;
  for (const [name, tag] of [["code", "code"], ["strike", "s"], ["italic", "em"], ["bold", "strong"]]) {
    if (style?.[name]) out = [h(tag, {}, out)];
  }
  return out;
}
