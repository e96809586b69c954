/**
 * Adaptive Cards as Teams draws them, as DOM nodes.
 *
 * `context`: `t` words, `zone`, `locale`; `state` what stands in inputs by id, `errors` the client's words under them;
 * `changed(id, value)` hears typing and choosing, `press(place, action, node)` sends an action by its place in the card,
 * `search(id, words)` gives `{title, value}` for an input whose choices the bot looks up, `pictureUrl(url)`.
 */

import { h, uid } from "./dom.js";
import { safeUrl } from "./mrkdwn.js";
import { markdown } from "./markdown.js";
import { cardInput } from "./cardinputs.js";

const KINDS = {
  TextBlock: textBlock, RichTextBlock: richText, Image: picture, ImageSet: pictures, Container: container, ColumnSet: columns,
  FactSet: facts, ActionSet: actionSet, Table: table,
};
const STYLES = { positive: "primary", destructive: "danger" };
const slug = (word) => String(word).replace(/[^a-z0-9]+/gi, "-").toLowerCase();

/** The card as one node; `prefix` stands before the places of its actions. */
export function adaptiveCard(card, context, prefix = "") {
  const node = h("div", { class: "adaptive", role: "group", lang: card.lang ?? null });
  append(node, card.body, `${prefix}body`, context);
  if (card.actions?.length) node.append(buttons(card.actions, `${prefix}actions`, context));
  return node;
}

function append(node, elements, path, context) {
  const made = (elements ?? []).map((element, i) => drawn(element, `${path}/${i}`, context));
  made.forEach((one, i) => { if (elements[i].color === "attention" && elements[i - 1]?.type.startsWith("Input.")) points(one, made[i - 1]); });
  node.append(...made);
}

/** Words in the colour of attention right below an input say what is wrong with it: also to who hears the page. */
function points(words, input) {
  words.id = uid("wrong");
  input.classList.add("wrong");
  const control = input.matches("fieldset") ? input : input.querySelector("input, select, textarea");
  control?.setAttribute("aria-invalid", "true");
  control?.setAttribute("aria-describedby", words.id);
}

function drawn(element, path, context) {
  const kind = element.type.startsWith("Input.") ? cardInput : KINDS[element.type] ?? unknown;
  const node = kind(element, context, path);
  node.classList.add("ac", `ac-${slug(element.type)}`, `spacing-${slug(element.spacing ?? "default")}`);
  if (element.separator) node.classList.add("ac-separator");
  if (element.id) node.dataset.card = element.id;
  if (element.isVisible === false) node.hidden = true;
  return node;
}

const unknown = (element) => h("p", { class: "unknown" }, `[${element.type}]`);

function look(element) {
  return ["size", "weight", "color"].filter((name) => element[name]).map((name) => `${name}-${slug(element[name])}`).concat(element.isSubtle ? ["subtle"] : []).join(" ");
}

function textBlock(element) {
  const tag = element.style === "heading" ? "h3" : "p";
  return h(tag, { class: `${look(element)} align-${slug(element.horizontalAlignment ?? "left")} ${element.wrap ? "" : "one-line"}` }, ...markdown(element.text));
}

function richText(element) {
  return h("p", {}, element.inlines.map((run) => (typeof run === "string" ? run : h("span", { class: `${look(run)} ${run.italic ? "italic" : ""}` }, run.text))));
}

function picture(element, context) {
  const img = h("img", { class: `picture size-${slug(element.size ?? "auto")}`, src: context.pictureUrl(element.url), alt: element.altText ?? "", loading: "lazy" });
  img.addEventListener("error", () => img.replaceWith(h("span", { class: "alt" }, `${context.t("picture")}: ${element.altText ?? ""}`)));
  return h("div", {}, img);
}

function pictures(element, context) {
  return h("div", {}, element.images.map((image) => picture(image, context)));
}

function container(element, context, path) {
  const node = h("div", { class: `fill-${slug(element.style ?? "default")}` });
  append(node, element.items, `${path}/items`, context);
  return node;
}

function columns(element, context, path) {
  return h("div", {}, (element.columns ?? []).map((column, i) => {
    const wide = column.width === "stretch" || column.width === undefined;
    const node = h("div", { class: `ac-column ${wide ? "stretch" : ""} middle-${slug(column.verticalContentAlignment ?? "top")}` });
    append(node, column.items, `${path}/columns/${i}/items`, context);
    return node;
  }));
}

function facts(element) {
  return h("dl", {}, element.facts.map((fact) => h("div", { class: "fact" }, h("dt", {}, ...markdown(fact.title)), h("dd", {}, ...markdown(fact.value)))));
}

function table(element, context, path) {
  const cell = (row, r) => (part, c) => {
    const node = h(element.firstRowAsHeader !== false && r === 0 ? "th" : "td");
    append(node, part.items, `${path}/rows/${r}/cells/${c}/items`, context);
    return node;
  };
  return h("div", {}, h("table", {}, element.rows.map((row, r) => h("tr", {}, row.cells.map(cell(row, r))))));
}

function actionSet(element, context, path) {
  return buttons(element.actions, `${path}/actions`, context);
}

function buttons(actions, path, context) {
  const node = h("div", { class: "ac-actions" });
  actions.forEach((action, i) => node.append(...button(action, `${path}/${i}`, context)));
  return node;
}

function button(action, place, context) {
  const look = `button ${STYLES[action.style] ?? ""}`;
  if (action.type === "Action.OpenUrl") return [linkButton(action, look, context)];
  if (action.type === "Action.ShowCard") return folded(action, place, look, context);
  const press = (event) => {
    const node = event.currentTarget;
    if (action.type === "Action.ToggleVisibility") toggle(action, node);
    else context.press(place, action, node);
  };
  return [h("button", { type: "button", class: look, title: action.tooltip, data: { action: place }, on: { click: press } }, action.title ?? "")];
}

function linkButton(action, look, context) {
  const href = safeUrl(action.url);
  const open = (event) => {
    if (!context.deepLink?.(action.url)) return;
    event.preventDefault();
  };
  return h("a", { class: look, href, target: "_blank", rel: "noreferrer noopener", role: "button", on: { click: open } }, action.title ?? "");
}

function folded(action, place, look, context) {
  const id = uid("card");
  const inner = h("div", { id, class: "ac-folded", hidden: true }, adaptiveCard(action.card, context, `${place}/card/`));
  const opener = h("button", { type: "button", class: look, "aria-expanded": "false", "aria-controls": id, on: { click: () => {
    inner.hidden = !inner.hidden;
    opener.setAttribute("aria-expanded", String(!inner.hidden));
  } } }, action.title ?? "");
  return [opener, inner];
}

/** Shows and hides what the action names, and brings the focus to what it showed. */
function toggle(action, node) {
  const card = node.closest(".adaptive");
  for (const target of action.targetElements) {
    const [id, wished] = typeof target === "string" ? [target, undefined] : [target.elementId, target.isVisible];
    const found = [...card.querySelectorAll("[data-card]")].find((other) => other.dataset.card === id);
    if (!found) continue;
    found.hidden = wished === undefined ? !found.hidden : !wished;
    if (!found.hidden) found.querySelector("button, input")?.focus();
    else if (found.contains(node)) card.querySelector("button")?.focus();
  }
}
