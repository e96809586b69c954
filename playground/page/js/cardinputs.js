/** Inputs of Adaptive Cards. They are drawn by the same fields as elsewhere on the page; values are plain. */

import { h, icon, uid } from "./dom.js";
import { field, typedValue } from "./fields.js";
import { Picker } from "./picker.js";

const words = (text) => ({ type: "plain_text", text: String(text ?? ""), emoji: false });
const options = (element) => (element.choices ?? []).map((choice) => ({ text: words(choice.title), value: choice.value }));
const placeholder = (element) => (element.placeholder ? { placeholder: words(element.placeholder) } : {});

/** The field of the page that an input is drawn as. */
function asField(element) {
  const more = placeholder(element);
  switch (element.type) {
    case "Input.Text": return { type: "plain_text_input", multiline: element.isMultiline, max_length: element.maxLength, ...more };
    case "Input.Number": return { type: "number_input", ...more };
    case "Input.Date": return { type: "datepicker" };
    case "Input.Time": return { type: "timepicker" };
    case "Input.Toggle": return { type: "checkboxes", options: [{ text: words(element.title), value: element.valueOn ?? "true" }] };
    default: {
      const open = element.style === "expanded";
      if (element.isMultiSelect) return { type: open ? "checkboxes" : "multi_static_select", options: options(element), ...more };
      return { type: open ? "radio_buttons" : "static_select", options: options(element), ...more };
    }
  }
}

/** What stands in an input, in the shape that fields take. */
function kept(part, element, value) {
  const chosen = (one) => part.options.find((option) => option.value === one);
  switch (part.type) {
    case "datepicker": return { selected_date: value };
    case "timepicker": return { selected_time: value };
    case "radio_buttons": case "static_select": return { selected_option: chosen(value) ?? null };
    case "checkboxes": case "multi_static_select": return { selected_options: (value ?? []).map(chosen).filter(Boolean) };
    default: return { value };
  }
}

export function cardInput(element, context) {
  const made = element["choices.data"] ? looksUp(element, context) : simple(element, context);
  const error = context.errors?.[element.id];
  const errorId = uid("error");
  const label = [element.label ?? "", element.isRequired && h("span", { class: "required", "aria-hidden": "true" }, " *")];
  const under = error && h("p", { class: "field-error", id: errorId }, icon("alert"), h("span", {}, error));
  const wrong = error ? { class: "wrong", "aria-invalid": "true", "aria-describedby": errorId } : {};
  if (made.group) {
    return h("fieldset", { ...wrong, role: made.group === "radiogroup" ? "radiogroup" : null }, element.label && h("legend", {}, label), made.node, under);
  }
  if (error) {
    made.control.setAttribute("aria-invalid", "true");
    made.control.setAttribute("aria-describedby", errorId);
  }
  if (element.isRequired) made.control.setAttribute("aria-required", "true");
  return h("div", { class: error ? "wrong" : null }, h("label", { for: made.control.id }, label), made.node, under);
}

function simple(element, context) {
  const part = asField(element);
  return field(part, {
    ...context,
    kept: kept(part, element, context.state?.[element.id] ?? null),
    changed: (state) => context.changed(element.id, typedValue(state)),
  });
}

/** An input whose choices the bot looks up while one types. */
function looksUp(element, context) {
  const value = context.state?.[element.id];
  const chosen = [value ?? []].flat().map((one) => ({ label: context.titleOf?.(one) ?? one, value: one }));
  const picker = new Picker({
    placeholder: element.placeholder || context.t("choose"), t: context.t, multiple: element.isMultiSelect === true, choices: chosen, chosen,
    onChange: (found) => context.changed(element.id, element.isMultiSelect ? found.map((choice) => choice.value) : found[0]?.value ?? null),
  });
  picker.input.addEventListener("input", async () => {
    const typed = picker.input.value;
    const found = await context.search(element.id, typed);
    if (picker.input.value !== typed) return;
    picker.choices = found.map(({ title, value: one }) => ({ label: title, value: one, found: typed }));
    picker.open();
  });
  return { node: picker.node, control: picker.input };
}
