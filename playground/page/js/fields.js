/**
 * The interactive elements of Block Kit. `field(element, context)` returns `{node, control, group}`: what to show, what a
 * label points at, and whether it is a group of controls. Each change calls `context.changed(state)` with the state of
 * the element in the shape that Slack sends it; `context.kept` is such a state from before, or `undefined`.
 */

import { h, uid } from "./dom.js";
import { textObject } from "./mrkdwn.js";
import { Picker } from "./picker.js";
import { localToEpoch, epochToLocal } from "./times.js";

export const TYPES = {
  static_select: oneOf, multi_static_select: manyOf, users_select: oneUser, multi_users_select: manyUsers,
  checkboxes: boxes, radio_buttons: boxes, datepicker: date, timepicker: time, datetimepicker: moment,
  plain_text_input: text, number_input: text, email_text_input: text, url_text_input: text,
};

export function field(element, context) {
  return TYPES[element.type]?.(element, context) ?? null;
}

const asText = (object) => object?.text ?? "";

function choicesOf(element) {
  const one = (group) => (option) => ({ label: asText(option.text), value: option.value, note: asText(option.description) || undefined, group, option });
  if (element.option_groups) return element.option_groups.flatMap((group) => group.options.map(one(asText(group.label))));
  return (element.options ?? []).map(one(undefined));
}

const optionChoice = (option) => option && { label: asText(option.text), value: option.value, option };

function picker(settings, element, context) {
  const made = new Picker({ placeholder: asText(element.placeholder) || context.t("choose"), t: context.t, ...settings });
  return { node: made.node, control: made.input };
}

function oneOf(element, context) {
  const initial = context.kept ? context.kept.selected_option : element.initial_option;
  if (element.type === "static_select" && !choicesOf(element).some((choice) => choice.note)) return nativeSelect(element, context, initial);
  return picker({
    choices: choicesOf(element), chosen: [optionChoice(initial)],
    onChange: ([choice]) => context.changed({ type: element.type, selected_option: choice.option }),
  }, element, context);
}

function nativeSelect(element, context, initial) {
  const choices = choicesOf(element);
  const row = (choice) => h("option", { value: choice.value, selected: choice.value === initial?.value }, choice.label);
  const groups = [...new Set(choices.map((choice) => choice.group))];
  const rows = groups.map((group) => {
    const own = choices.filter((choice) => choice.group === group).map(row);
    return group ? h("optgroup", { label: group }, own) : own;
  });
  const control = h("select", {
    id: uid("select"), class: "select",
    on: { change: () => context.changed({ type: element.type, selected_option: choices.find((c) => c.value === control.value)?.option ?? null }) },
  }, h("option", { value: "", selected: !initial }, asText(element.placeholder) || context.t("choose")), rows);
  return { node: control, control };
}

function manyOf(element, context) {
  const initial = context.kept ? context.kept.selected_options : element.initial_options;
  return picker({
    multiple: true, max: element.max_selected_items ?? Infinity, choices: choicesOf(element),
    chosen: (initial ?? []).map(optionChoice),
    onChange: (chosen) => context.changed({ type: element.type, selected_options: chosen.map((choice) => choice.option) }),
  }, element, context);
}

const people = (context) => context.people.map((person) => ({ label: person.name, value: person.id, note: person.title }));

function oneUser(element, context) {
  const all = people(context);
  const initial = context.kept ? context.kept.selected_user : element.initial_user;
  return picker({
    choices: all, chosen: all.filter((choice) => choice.value === initial),
    onChange: ([choice]) => context.changed({ type: element.type, selected_user: choice.value }),
  }, element, context);
}

function manyUsers(element, context) {
  const all = people(context);
  const initial = (context.kept ? context.kept.selected_users : element.initial_users) ?? [];
  return picker({
    multiple: true, max: element.max_selected_items ?? Infinity, choices: all, chosen: all.filter((choice) => initial.includes(choice.value)),
    onChange: (chosen) => context.changed({ type: element.type, selected_users: chosen.map((choice) => choice.value) }),
  }, element, context);
}

/** What a person would type to get this state: text, option values, ids. The server speaks this shape. */
export function typedValue(state) {
  if ("selected_options" in state) return state.selected_options.map((option) => option.value);
  if ("selected_option" in state) return state.selected_option?.value ?? null;
  const [value] = Object.entries(state).filter(([name]) => name !== "type").map(([, content]) => content);
  return value ?? null;
}

function boxes(element, context) {
  const single = element.type === "radio_buttons";
  const initial = single
    ? [context.kept ? context.kept.selected_option : element.initial_option]
    : (context.kept ? context.kept.selected_options : element.initial_options) ?? [];
  const picked = new Set(initial.filter(Boolean).map((option) => option.value));
  const name = uid("choice");
  const read = () => element.options.filter((_, i) => inputs[i].checked);
  const onChange = () => {
    const selected = read();
    context.changed(single ? { type: element.type, selected_option: selected[0] ?? null } : { type: element.type, selected_options: selected });
  };
  const inputs = element.options.map((option) =>
    h("input", { type: single ? "radio" : "checkbox", name, value: option.value, checked: picked.has(option.value), on: { change: onChange } }));
  const rows = element.options.map((option, i) =>
    h("label", { class: "choice" }, inputs[i], h("span", { class: "choice-text" },
      h("span", { class: "choice-label" }, ...textObject(option.text, context)),
      option.description && h("span", { class: "choice-note" }, ...textObject(option.description, context)))));
  return { node: h("div", { class: "choices" }, rows), control: inputs[0], group: single ? "radiogroup" : "group" };
}

function native(type, key) {
  return (element, context) => {
    const value = (context.kept ? context.kept[`selected_${key}`] : element[`initial_${key}`]) ?? "";
    const control = h("input", {
      id: uid(type), type, class: "input narrow", value,
      on: { change: () => context.changed({ type: element.type, [`selected_${key}`]: control.value || null }) },
    });
    return { node: control, control };
  };
}

function date(element, context) { return native("date", "date")(element, context); }
function time(element, context) { return native("time", "time")(element, context); }

function moment(element, context) {
  const epoch = context.kept ? context.kept.selected_date_time : element.initial_date_time;
  const control = h("input", {
    id: uid("moment"), type: "datetime-local", class: "input narrow", value: epoch ? epochToLocal(epoch, context.zone) : "",
    on: { change: () => context.changed({ type: element.type, selected_date_time: control.value ? localToEpoch(control.value, context.zone) : null }) },
  });
  return { node: control, control };
}

const MODES = { number_input: "decimal", email_text_input: "email", url_text_input: "url" };

function text(element, context) {
  const value = (context.kept ? context.kept.value : element.initial_value) ?? "";
  const settings = {
    id: uid("text"), class: "input", value, placeholder: asText(element.placeholder) || null, inputmode: MODES[element.type] ?? null,
    on: {
      input: () => context.changed({ type: element.type, value: control.value || null }, { typing: true }),
      change: () => context.changed({ type: element.type, value: control.value || null }),
    },
  };
  const control = element.multiline ? h("textarea", { ...settings, rows: 4 }) : h("input", { ...settings, type: "text" });
  const limit = element.type === "plain_text_input" && element.max_length;
  if (!limit) return { node: control, control };
  const count = h("span", { class: "count", "aria-hidden": "true" });
  const draw = () => {
    const left = limit - [...control.value].length;
    count.textContent = left < Math.max(20, limit / 5) ? String(left) : "";
    count.classList.toggle("over", left < 0);
  };
  control.addEventListener("input", draw);
  draw();
  return { node: h("span", { class: "counted" }, control, count), control };
}
