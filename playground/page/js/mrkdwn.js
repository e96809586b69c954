/** Slack's mrkdwn as DOM nodes: bold, italic, strike, code, quotes, links, mentions, dates, emoji, line breaks. */

import { append, h } from "./dom.js";
import { withEmoji } from "./emoji.js";

const unescape = (text) => text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
const words = (text) => withEmoji(unescape(text));

/** A link that a page may safely follow, or `null`. */
export function safeUrl(url) {
  return /^(https?:|mailto:|tel:)/i.test(url) ? url : null;
}

export function link(url, ...children) {
  const href = safeUrl(url);
  if (!href) return h("span", {}, ...children);
  return h("a", { href, target: "_blank", rel: "noreferrer noopener" }, ...children);
}

/** Nodes for `text`. `names(id)` gives a person's name; `zone` and `locale` draw dates as the reader reads them. */
export function mrkdwn(text, context) {
  const parts = String(text).split(/```\n?([\s\S]*?)\n?```/);
  return parts.flatMap((part, i) => (i % 2 ? [h("pre", { class: "code-block" }, unescape(part))] : lines(part, context)));
}

function lines(text, context) {
  const out = [];
  let quote = null;
  let needsBreak = false;
  const trimmed = text.replace(/^\n+|\n+$/g, "");
  if (!trimmed) return [];
  for (const line of trimmed.split("\n")) {
    const quoted = line.match(/^(?:&gt;|>) ?(.*)$/);
    if (quoted) {
      if (!quote) out.push((quote = h("blockquote")));
      else quote.append(h("br"));
      append(quote, inline(quoted[1], context));
      needsBreak = false;
      continue;
    }
    if (needsBreak) out.push(h("br"));
    quote = null;
    const bullet = /^[•◦-] /.test(line);
    out.push(...(bullet ? [h("span", { class: "bullet" }, ...inline(line, context))] : inline(line, context)));
    needsBreak = !bullet;
  }
  return out;
}

const TOKEN = new RegExp(
  [
    "<([^<>\\n]+)>",
    "`([^`\\n]+)`",
    "(?<![\\p{L}\\p{N}*])\\*(?! )([^*\\n]+?)(?<! )\\*(?![\\p{L}\\p{N}*])",
    "(?<![\\p{L}\\p{N}_])_(?! )([^_\\n]+?)(?<! )_(?![\\p{L}\\p{N}_])",
    "(?<![\\p{L}\\p{N}~])~(?! )([^~\\n]+?)(?<! )~(?![\\p{L}\\p{N}~])",
  ].join("|"),
  "gu",
);

function inline(text, context) {
  const out = [];
  let at = 0;
  for (const found of text.matchAll(TOKEN)) {
    if (found.index > at) out.push(words(text.slice(at, found.index)));
    out.push(token(found, context));
    at = found.index + found[0].length;
  }
  if (at < text.length) out.push(words(text.slice(at)));
  return out;
}

function token([, angle, code, bold, italic, strike], context) {
  if (angle !== undefined) return angled(angle, context);
  if (code !== undefined) return h("code", {}, unescape(code));
  if (bold !== undefined) return h("strong", {}, ...inline(bold, context));
  if (italic !== undefined) return h("em", {}, ...inline(italic, context));
  return h("s", {}, ...inline(strike, context));
}

function angled(body, context) {
  const [target, label] = split(body);
  if (target.startsWith("@")) return mention(`@${context.names(target.slice(1)) ?? label ?? target.slice(1)}`);
  if (target.startsWith("#")) return mention(`#${label ?? target.slice(1)}`);
  if (target.startsWith("!date^")) return dateNode(target, label, context);
  if (target.startsWith("!subteam^")) return mention(label ?? "@group");
  if (target.startsWith("!")) return mention(`@${label ?? target.slice(1)}`);
  return link(unescape(target), words(label ?? target.replace(/^mailto:/, "")));
}

function split(body) {
  const bar = body.indexOf("|");
  return bar < 0 ? [body, undefined] : [body.slice(0, bar), body.slice(bar + 1)];
}

const mention = (text) => h("span", { class: "mention" }, words(text));

const DATE_FORMS = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date: { year: "numeric", month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  time: { hour: "numeric", minute: "2-digit" },
  time_secs: { hour: "numeric", minute: "2-digit", second: "2-digit" },
};

function dateNode(target, fallback, { zone, locale }) {
  const [, epoch, form, url] = target.split("^");
  const moment = new Date(Number(epoch) * 1000);
  if (Number.isNaN(moment.getTime())) return words(fallback ?? "");
  const text = form.replace(/\{(\w+?)(?:_pretty)?\}/g, (raw, name) =>
    DATE_FORMS[name] ? new Intl.DateTimeFormat(locale, { ...DATE_FORMS[name], timeZone: zone }).format(moment) : raw,
  );
  const node = h("time", { datetime: moment.toISOString(), title: fallback }, words(text));
  return url ? link(url, node) : node;
}

/** Nodes of a text object (`plain_text` or `mrkdwn`). */
export function textObject(object, context) {
  if (!object) return [];
  if (object.type === "mrkdwn") return mrkdwn(object.text, context);
  return plain(object.emoji === false ? object.text : withEmoji(object.text));
}

/** Plain words with their line breaks. */
export function plain(text) {
  return String(text)
    .split("\n")
    .flatMap((line, i) => (i ? [h("br"), line] : [line]));
}

/** What a person would read aloud of a mrkdwn text, for announcements and previews. */
export function spoken(text, context) {
  return mrkdwn(text, context)
    .map((node) => (typeof node === "string" ? node : node.tagName === "BR" ? " " : node.textContent))
    .join("")
    .trim();
}
