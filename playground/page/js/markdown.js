/** The markdown subset that Teams draws in text blocks: bold, italic, links, lists, and escapes by a backslash. */

import { h } from "./dom.js";
import { link } from "./mrkdwn.js";

const TOKEN = /\\([!-/:-@[-`{-~])|\[([^\]\n]*)\]\(([^)\s]*)\)|\*\*(?! )(.+?)(?<! )\*\*|(?<![\p{L}\p{N}_])_(?! )([^_\n]+?)(?<! )_(?![\p{L}\p{N}_])/gsu;

/** Nodes for `text`. */
export function markdown(text) {
  return String(text).split("\n").flatMap((line, i) => [i ? h("br") : null, ...inline(line)]).filter(Boolean);
}

function inline(text) {
  const out = [];
  let at = 0;
  for (const found of text.matchAll(TOKEN)) {
    if (found.index > at) out.push(text.slice(at, found.index));
    out.push(token(found));
    at = found.index + found[0].length;
  }
  if (at < text.length) out.push(text.slice(at));
  return out;
}

function token([, escaped, label, url, bold, italic]) {
  if (escaped !== undefined) return escaped;
  if (label !== undefined) return link(url, ...inline(label));
  if (bold !== undefined) return h("strong", {}, ...inline(bold));
  return h("em", {}, ...inline(italic));
}

/** The words of `text` as they are read aloud. */
export const spokenMarkdown = (text) => markdown(text).map((node) => (typeof node === "string" ? node : node.tagName === "BR" ? " " : node.textContent)).join("").trim();
