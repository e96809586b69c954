/** Where the person writes. In Slack a line that starts with / is a command; in Teams commands are plain words. Both are offered. */

import { h, icon, replace, uid } from "./dom.js";

const MOST = 40;

export class Composer {
  constructor(store, node) {
    this.store = store;
    this.node = node;
    const listId = uid("completions");
    this.list = h("ul", { id: listId, role: "listbox", class: "completions", hidden: true, on: { mousedown: (event) => event.preventDefault() } });
    this.text = h("textarea", {
      rows: 1, role: "combobox", "aria-expanded": "false", "aria-controls": listId, "aria-autocomplete": "list", autocomplete: "off",
      on: { input: () => this.typed(), keydown: (event) => this.onKey(event), blur: () => this.hide() },
    });
    this.button = h("button", { type: "submit", class: "send" }, icon("send"));
    this.chosen = h("input", { type: "file", hidden: true, on: { change: () => this.sendFile() } });
    this.attach = h("button", { type: "button", class: "attach", on: { click: () => this.chosen.click() } }, icon("attach"));
    this.form = h("form", { class: "composer", on: { submit: (event) => { event.preventDefault(); this.send(); } } }, this.list, this.text, this.chosen, this.attach, this.button);
    node.append(this.form);
    this.offered = [];
    this.active = -1;
    this.drafts = new Map();
  }

  draw() {
    const { store } = this;
    const { t, conversation } = store;
    this.node.hidden = store.tab === "home" || !conversation;
    if (!conversation) return;
    const place = `${store.me}/${store.channel}`;
    if (place !== this.place) {
      this.drafts.set(this.place, this.text.value);
      this.text.value = this.drafts.get(place) ?? "";
      this.place = place;
      this.fit();
    }
    const gone = store.person.deleted;
    this.text.disabled = gone;
    this.button.disabled = gone;
    this.attach.hidden = gone || conversation.kind !== "im";
    this.attach.title = t("send_file");
    this.attach.setAttribute("aria-label", t("send_file"));
    this.text.placeholder = gone ? t("read_only") : t(this.plain ? "write_to_plainly" : "write_to", { name: conversation.name });
    this.text.setAttribute("aria-label", t("message"));
    this.list.setAttribute("aria-label", t("commands"));
    this.button.setAttribute("aria-label", t("send"));
  }

  typed() {
    this.fit();
    const line = this.text.value;
    const offers = line && !line.includes("\n") && (this.plain || line.startsWith("/"));
    this.offered = offers ? this.commands().filter((command) => command.toLowerCase().startsWith(line.toLowerCase()) && command !== line).slice(0, MOST) : [];
    this.active = -1;
    this.drawList();
  }

  get plain() { return this.store.platform === "teams"; }

  commands() {
    const all = this.store.boot.completions[this.store.language] ?? [];
    return this.plain ? [...new Set(all.map((line) => line.split(" ").slice(1).join(" ")))].filter(Boolean) : all;
  }

  fit() {
    this.text.style.height = "auto";
    if (this.text.value) this.text.style.height = `${Math.min(this.text.scrollHeight, 200)}px`;
    else this.text.scrollTop = 0;
  }

  drawList() {
    const { id } = this.list;
    this.list.hidden = !this.offered.length;
    this.text.setAttribute("aria-expanded", String(this.offered.length > 0));
    replace(this.list, this.offered.map((command, i) =>
      h("li", { id: `${id}-${i}`, role: "option", class: `option ${i === this.active ? "active" : ""}`, "aria-selected": String(i === this.active), on: { click: () => this.take(command) } }, command)));
    if (this.active >= 0) this.text.setAttribute("aria-activedescendant", `${id}-${this.active}`);
    else this.text.removeAttribute("aria-activedescendant");
    this.list.children[this.active]?.scrollIntoView({ block: "nearest" });
  }

  hide() {
    this.offered = [];
    this.drawList();
  }

  take(command) {
    this.text.value = command;
    this.hide();
    this.text.focus();
  }

  onKey(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && this.offered.length) {
      event.preventDefault();
      const n = this.offered.length;
      this.active = this.active < 0 ? (step > 0 ? 0 : n - 1) : (this.active + step + n) % n;
      this.drawList();
    } else if (event.key === "Tab" && !event.shiftKey && this.offered.length) {
      event.preventDefault();
      this.take(this.offered[Math.max(0, this.active)]);
    } else if (event.key === "Escape" && this.offered.length) {
      event.preventDefault();
      this.hide();
    } else if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      if (this.active >= 0) this.take(this.offered[this.active]);
      else this.send();
    }
  }

  async send() {
    const line = this.text.value.trim();
    if (!line) return;
    this.text.value = "";
    this.hide();
    this.fit();
    const result = await (line.startsWith("/") && !this.plain ? this.store.command(line) : this.store.say(line));
    if (result === null) this.text.value = line;
  }

  async sendFile() {
    const [file] = this.chosen.files;
    if (!file) return;
    await this.store.sendFile(file);
    this.chosen.value = "";
  }
}
