/**
 * Block Kit layout blocks as DOM nodes.
 *
 * `context`: `t` words, `names(id)`, `zone`, `locale`, `people`, `conversations`; `state` the values kept so far;
 * `changed(block, element, state)` hears typing and choosing, `act(block, element, state, node)` sends a press;
 * `errors` the words under fields by block_id; `pictureUrl(url)` where a picture is fetched from.
 */

import { h, icon, uid } from "./dom.js";
import { field, TYPES } from "./fields.js";
import { mrkdwn, safeUrl, textObject } from "./mrkdwn.js";
import { confirmed } from "./dialogs.js";
import { richText } from "./richtext.js";
import { showAt } from "./picker.js";

const LAYOUTS = {
  section, header, context: contextBlock, divider: () => h("hr"), actions, image, input, rich_text: richText,
  markdown: (block, context) => h("div", { class: "text" }, ...mrkdwn(block.text, context)),
  video: (block, context) => h("p", { class: "text" }, h("a", { href: safeUrl(block.title_url ?? block.video_url) }, ...textObject(block.title, context))),
  table,
};

/** Nodes of `blocks`, in order; a block of a kind that is not known shows its name. */
export function blocks(list, context) {
  return list.map((block) => {
    const node = (LAYOUTS[block.type] ?? unknown)(block, context);
    node.classList.add("block", `block-${block.type}`);
    node.dataset.block = block.block_id ?? "";
    return node;
  });
}

const unknown = (block) => h("p", { class: "unknown" }, `[${block.type}]`);

function header(block, context) {
  return h("h3", {}, ...textObject(block.text, context));
}

function section(block, context) {
  const words = h("div", { class: "section-words" },
    block.text && h("div", { class: "text" }, ...textObject(block.text, context)),
    block.fields && h("div", { class: "fields" }, block.fields.map((part) => h("div", { class: "text" }, ...textObject(part, context)))));
  const name = block.text ? spokenOf(block.text) : undefined;
  return h("div", {}, words, block.accessory && h("div", { class: "accessory" }, element(block, block.accessory, context, name)));
}

const spokenOf = (object) => object.text.replace(/<[^|>]*\|([^>]*)>/g, "$1").replace(/[*_~`]/g, "").split("\n")[0];

function contextBlock(block, context) {
  return h("div", {}, block.elements.map((part) =>
    part.type === "image" ? picture(part, "context-image", context) : h("span", { class: "text" }, ...textObject(part, context))));
}

function actions(block, context) {
  return h("div", { role: "group" }, block.elements.map((part) => element(block, part, context)));
}

function image(block, context) {
  return h("figure", {}, block.title && h("figcaption", {}, ...textObject(block.title, context)), picture(block, "picture", context));
}

function picture(source, kind, context) {
  const address = source.image_url ?? source.slack_file?.url ?? `/files/${source.slack_file?.id ?? ""}/picture`;
  const img = h("img", { class: kind, src: context.pictureUrl(address), alt: source.alt_text ?? "", loading: "lazy" });
  img.addEventListener("error", () => img.replaceWith(h("span", { class: "alt" }, `${context.t("picture")}: ${source.alt_text ?? ""}`)));
  return img;
}

function table(block, context) {
  const cell = (part, i, row) => h(row ? "td" : "th", {}, part.type === "rich_text" ? richText(part, context) : part.text ?? "");
  return h("div", {}, h("table", {}, block.rows.map((row, r) => h("tr", {}, row.map((part, i) => cell(part, i, r))))));
}

function input(block, context) {
  const errorId = uid("error");
  const hintId = uid("hint");
  const made = make(block, block.element, context, block.dispatch_action === true);
  if (!made) return unknown(block.element);
  const error = context.errors?.[block.block_id];
  const described = [error && errorId, block.hint && hintId].filter(Boolean).join(" ");
  const optional = block.optional && h("span", { class: "optional" }, ` (${context.t("optional")})`);
  const label = [...textObject(block.label, context), optional];
  const under = [
    error && h("p", { class: "field-error", id: errorId }, icon("alert"), h("span", {}, error)),
    block.hint && h("p", { class: "hint", id: hintId }, ...textObject(block.hint, context)),
  ];
  if (made.group) {
    const attributes = { class: error ? "wrong" : null, role: made.group === "radiogroup" ? "radiogroup" : null, "aria-describedby": described || null, "aria-invalid": error ? "true" : null };
    return h("fieldset", attributes, h("legend", {}, label), made.node, under);
  }
  if (described) made.control.setAttribute("aria-describedby", described);
  if (error) made.control.setAttribute("aria-invalid", "true");
  if (!block.optional) made.control.setAttribute("aria-required", "true");
  return h("div", { class: error ? "wrong" : null }, h("label", { for: made.control.id }, label), made.node, under);
}

function element(block, part, context, label) {
  if (part.type === "image") return picture(part, "accessory-image", context);
  if (part.type === "button" || part.type === "workflow_button") return button(block, part, context);
  if (part.type === "overflow") return overflow(block, part, context);
  if (!TYPES[part.type]) return h("span", { class: "unknown" }, `[${part.type}]`);
  const made = make(block, part, context, true);
  if (made.control && !made.group) made.control.setAttribute("aria-label", label ?? part.placeholder?.text ?? part.type.replaceAll("_", " "));
  if (made.group) {
    made.node.setAttribute("role", made.group);
    made.node.setAttribute("aria-label", label ?? context.t("choose"));
  }
  return made.node;
}

function make(block, part, context, acts) {
  const kept = context.state?.[block.block_id]?.[part.action_id];
  const typed = part.type.endsWith("_input");
  const made = field(part, {
    ...context,
    kept,
    changed: async (state, { typing = false } = {}) => {
      context.changed(block, part, state);
      if (!acts || typing || typed) return;
      if (await confirmed(part.confirm, context)) context.act(block, part, state, made.node);
    },
  });
  if (made && acts && typed) onEnter(made.control, () => context.act(block, part, { type: part.type, value: made.control.value }, made.node));
  if (made?.control && part.focus_on_load) made.control.dataset.focus = "1";
  return made;
}

function onEnter(control, send) {
  control.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      send();
    }
  });
}

function button(block, part, context) {
  const words = textObject(part.text, context);
  const look = `button ${part.style ?? ""}`;
  const press = async (event) => {
    const node = event.currentTarget;
    if (await confirmed(part.confirm, context)) context.act(block, part, { type: "button", value: part.value ?? null }, node);
  };
  const href = part.url && safeUrl(part.url);
  if (href) {
    return h("a", { class: look, href, target: "_blank", rel: "noreferrer noopener", "aria-label": part.accessibility_label, on: { click: press } }, words);
  }
  return h("button", { type: "button", class: look, "aria-label": part.accessibility_label, data: { action: part.action_id }, on: { click: press } }, words);
}

function overflow(block, part, context) {
  const menu = h("ul", { class: "listbox menu", role: "menu", popover: "auto" });
  const opener = h("button", {
    type: "button", class: "button overflow", "aria-haspopup": "menu", "aria-label": context.t("more_choices"),
    on: { click: () => { showAt(menu, opener, { width: "own" }); menu.querySelector("button, a").focus(); } },
  }, icon("more"));
  for (const option of part.options) {
    const choose = async () => {
      menu.hidePopover();
      opener.focus();
      if (await confirmed(part.confirm, context)) context.act(block, part, { type: "overflow", selected_option: option }, opener);
    };
    menu.append(h("li", { role: "none" }, h("button", { type: "button", role: "menuitem", class: "option", on: { click: choose } },
      h("span", { class: "option-label" }, ...textObject(option.text, context)),
      option.description && h("span", { class: "option-note" }, ...textObject(option.description, context)))));
  }
  menu.addEventListener("keydown", (event) => {
    const items = [...menu.querySelectorAll("button")];
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    items[(items.indexOf(document.activeElement) + step + items.length) % items.length].focus();
  });
  return h("span", { class: "overflow-box" }, opener, menu);
}
