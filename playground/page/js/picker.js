/** A searchable list of options, for one choice or several: the combobox pattern of the ARIA practices guide. */

import { h, icon, replace, uid } from "./dom.js";

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();

/** Shows `list` in the top layer, just under (or over) `anchor`, as wide as it. */
export function showAt(list, anchor, { width = "match" } = {}) {
  list.showPopover();
  const place = () => {
    const box = anchor.getBoundingClientRect();
    const below = window.innerHeight - box.bottom - 12;
    const above = box.top - 12;
    const up = below < 180 && above > below;
    list.style.maxHeight = `${Math.min(320, up ? above : below)}px`;
    if (width === "match") list.style.width = `${box.width}px`;
    const left = Math.min(box.left, window.innerWidth - list.offsetWidth - 8);
    list.style.left = `${Math.max(8, left)}px`;
    list.style.top = up ? `${box.top - list.offsetHeight - 4}px` : `${box.bottom + 4}px`;
  };
  place();
  return place;
}

/**
 * `choices` is a list of `{label, value, note, group, option}`; `chosen` the values at the start; `onChange(choices)`
 * hears every change.
 */
export class Picker {
  constructor({ choices = [], chosen = [], multiple = false, max = Infinity, placeholder, onChange, t }) {
    Object.assign(this, { choices, multiple, max, placeholder, onChange, t });
    this.chosen = chosen.filter(Boolean);
    this.shown = [];
    this.active = -1;
    this.build();
    this.drawTokens();
  }

  build() {
    const listId = uid("list");
    this.input = h("input", {
      id: uid("pick"), type: "text", role: "combobox", autocomplete: "off", spellcheck: "false",
      "aria-expanded": "false", "aria-controls": listId, "aria-autocomplete": "list",
      on: {
        input: () => this.open(),
        keydown: (event) => this.onKey(event),
        focus: () => this.input.select(),
        click: () => this.open(),
        blur: () => this.close(),
      },
    });
    this.tokens = h("span", { class: "tokens" });
    this.list = h("ul", {
      id: listId, role: "listbox", class: "listbox", popover: "manual",
      "aria-multiselectable": this.multiple ? "true" : null,
      on: { mousedown: (event) => event.preventDefault() },
    });
    this.field = h("div", { class: "picker-field", on: { click: () => this.input.focus() } }, this.tokens, this.input, icon("down"));
    this.node = h("div", { class: "picker" }, this.field, this.list);
  }

  open() {
    const query = fold(this.multiple || this.input.value !== this.singleLabel() ? this.input.value.trim() : "");
    this.shown = this.choices.filter((choice) => !query || fold(`${choice.label} ${choice.note ?? ""}`).includes(query));
    const at = this.shown.findIndex((choice) => this.has(choice));
    this.active = query || at < 0 ? (this.shown.length ? 0 : -1) : at;
    this.drawList();
    if (!document.contains(this.list)) return;
    this.place ??= showAt(this.list, this.field);
    this.place();
    this.input.setAttribute("aria-expanded", "true");
    this.onScroll ??= (event) => event.target !== this.list && this.place?.();
    window.addEventListener("scroll", this.onScroll, true);
    this.showActive();
  }

  close() {
    if (!this.place) return;
    this.place = null;
    if (this.list.matches(":popover-open")) this.list.hidePopover();
    window.removeEventListener("scroll", this.onScroll, true);
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.input.value = this.multiple ? "" : this.singleLabel();
  }

  has(choice) {
    return this.chosen.some((other) => other.value === choice.value);
  }

  singleLabel() {
    return this.multiple ? "" : (this.chosen[0]?.label ?? "");
  }

  toggle(choice) {
    if (!choice) return;
    if (!this.multiple) this.chosen = [choice];
    else if (this.has(choice)) this.chosen = this.chosen.filter((other) => other.value !== choice.value);
    else if (this.chosen.length < this.max) this.chosen = [...this.chosen, choice];
    else return;
    this.input.value = this.singleLabel();
    this.drawTokens();
    this.onChange(this.chosen);
    if (this.multiple) this.redraw();
    else this.close();
  }

  redraw() {
    const at = this.active;
    if (!this.place) return;
    this.shown = this.choices;
    this.active = Math.min(at, this.shown.length - 1);
    this.drawList();
    this.place();
    this.showActive();
  }

  drawTokens() {
    this.input.value = this.singleLabel();
    this.input.placeholder = this.chosen.length && this.multiple ? "" : (this.placeholder ?? "");
    this.field.classList.toggle("filled", this.chosen.length > 0);
    if (!this.multiple) return;
    replace(this.tokens, this.chosen.map((choice) =>
      h("span", { class: "token" }, choice.label,
        h("button", {
          type: "button", "aria-label": `${this.t("remove")} ${choice.label}`,
          on: { click: () => { this.toggle(choice); this.input.focus(); }, mousedown: (event) => event.preventDefault() },
        }, icon("close"))),
    ));
  }

  drawList() {
    const rows = [];
    let group;
    this.shown.forEach((choice, i) => {
      if (choice.group !== group) rows.push(h("li", { class: "group", role: "presentation" }, (group = choice.group)));
      rows.push(h("li", {
        id: `${this.list.id}-${i}`, role: "option", class: "option", "aria-selected": String(this.has(choice)),
        on: { click: () => { this.active = i; this.toggle(choice); } },
      }, h("span", { class: "option-label" }, choice.label), choice.note && h("span", { class: "option-note" }, choice.note),
        this.has(choice) && icon("check")));
    });
    if (!rows.length) rows.push(h("li", { class: "none", role: "presentation" }, this.t("nothing_found")));
    if (this.chosen.length >= this.max) rows.push(h("li", { class: "none", role: "presentation" }, this.t("at_most", { n: this.max })));
    replace(this.list, rows);
  }

  showActive() {
    for (const row of this.list.querySelectorAll(".active")) row.classList.remove("active");
    const row = this.active < 0 ? null : this.list.querySelector(`#${this.list.id}-${this.active}`);
    if (!row) return this.input.removeAttribute("aria-activedescendant");
    row.classList.add("active");
    row.scrollIntoView({ block: "nearest" });
    return this.input.setAttribute("aria-activedescendant", row.id);
  }

  onKey(event) {
    const isOpen = Boolean(this.place);
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      if (!isOpen) { this.open(); return; }
      const step = event.key === "ArrowDown" ? 1 : -1;
      this.active = (this.active + step + this.shown.length) % Math.max(1, this.shown.length);
      this.showActive();
    } else if (event.key === "Enter" && isOpen) {
      event.preventDefault();
      this.toggle(this.shown[this.active]);
    } else if (event.key === "Escape" && isOpen) {
      event.preventDefault();
      event.stopPropagation();
      this.close();
    } else if (event.key === "Backspace" && this.multiple && !this.input.value && this.chosen.length) {
      this.toggle(this.chosen.at(-1));
    }
  }
}
