/** The centre: the open conversation with its messages, or the app's Home tab. */

import { append, fingerprint, h, icon, reconcile, replace, roving } from "./dom.js";
import { blocks } from "./blocks.js";
import { showJson } from "./dialogs.js";
import { spokenMarkdown } from "./markdown.js";
import { mrkdwn, spoken } from "./mrkdwn.js";
import { teamsBody } from "./teams.js";
import { avatar } from "./sidebar.js";
import { dayKey, hour, longDay } from "./times.js";
import { announce } from "./toasts.js";

const TOGETHER = 5 * 60;
const NEAR_END = 120;

export class Conversation {
  constructor(store, node) {
    this.store = store;
    this.head = h("header", { class: "conversation-head" });
    this.list = h("ol", { class: "messages" });
    this.scroller = h("div", { class: "scroller", tabindex: "-1" }, this.list);
    this.home = h("div", { class: "home-tab" });
    node.prepend(this.head, this.scroller, this.home);
    roving(this.list, ".message");
    this.shown = null;
    this.atEnd = true;
    this.scroller.addEventListener("scroll", () => { this.atEnd = this.scroller.scrollHeight - this.scroller.scrollTop - this.scroller.clientHeight < NEAR_END; });
    new ResizeObserver(() => this.keepEnd()).observe(this.list);
  }

  draw() {
    const { store } = this;
    if (!store.snapshot) return;
    const isHome = store.tab === "home";
    this.drawHead();
    this.scroller.hidden = isHome;
    this.home.hidden = !isHome;
    if (isHome) this.drawHome();
    else this.drawMessages();
  }

  drawHead() {
    const { store } = this;
    const { conversation, t } = store;
    const version = fingerprint([conversation?.id, store.tab, store.language, conversation?.members]);
    if (this.head.dataset.version === version) return;
    this.head.dataset.version = version;
    const focused = document.activeElement?.dataset?.tab;
    const back = h("button", { type: "button", class: "icon-button back", "aria-label": t("back"), on: { click: () => store.dispatchEvent(new Event("back")) } }, icon("back"));
    const direct = conversation?.kind === "im";
    const face = direct ? avatar(store.people.get(store.bot.id)) : h("span", { class: "avatar members", "aria-hidden": "true" }, conversation?.members.length);
    const others = conversation?.members.map((id) => store.nameOf(id)).join(", ");
    replace(this.head, back, face,
      h("div", { class: "head-words" }, h("h1", {}, conversation?.name ?? ""), !direct && h("p", {}, others)),
      direct && store.platform === "slack" && this.tabs());
    if (focused) this.head.querySelector(`[data-tab="${focused}"]`)?.focus();
  }

  tabs() {
    const { store } = this;
    const tab = (name) => h("button", {
      type: "button", role: "tab", class: "tab", "aria-selected": String(store.tab === name), tabindex: store.tab === name ? "0" : "-1", data: { tab: name },
      "aria-controls": "centre", on: { click: () => store.open(store.channel, name) },
    }, store.t(name));
    const row = h("div", { class: "tabs", role: "tablist", "aria-label": store.t("tabs", { name: store.bot.name }) }, tab("messages"), tab("home"));
    row.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowRight" && event.key !== "ArrowLeft") return;
      const other = row.querySelector('[aria-selected="false"]');
      other.focus();
      other.click();
    });
    return row;
  }

  drawHome() {
    const { store } = this;
    const { home } = store.snapshot;
    const version = fingerprint([home, store.language]);
    if (this.home.dataset.version === version) return;
    this.home.dataset.version = version;
    if (!home) {
      replace(this.home, h("p", { class: "empty" }, store.t("home_empty")));
      return;
    }
    replace(this.home, h("div", { class: "home-page" }, this.jsonButton(() => showJson(store.t("json_of_view"), [[store.t("whole"), home]], store.t)),
      blocks(home.blocks, store.context({ view: home.id }, home))));
  }

  drawMessages() {
    const { store } = this;
    const { messages } = store.snapshot;
    const same = this.shown === `${store.me}/${store.channel}`;
    if (!same) {
      this.list.replaceChildren();
      this.atEnd = true;
    }
    if (same) this.announceNew(messages);
    this.known = new Set(messages.map((message) => message.ts));
    this.shown = `${store.me}/${store.channel}`;
    reconcile(this.list, this.rows(messages), { key: (row) => row.key, version: (row) => row.version, render: (row) => row.render() });
    const rows = [...this.list.querySelectorAll(".message")];
    if (rows.length && !rows.some((row) => row.tabIndex === 0)) rows.at(-1).tabIndex = 0;
    this.keepEnd();
  }

  /** Who reads the newest goes on reading the newest, also when pictures arrive later: a long one from its beginning. */
  keepEnd() {
    if (!this.atEnd) return;
    const { list, scroller } = this;
    const last = list.lastElementChild;
    const isLong = Boolean(last) && last.offsetHeight > scroller.clientHeight;
    const begun = isLong && this.long === last.dataset.key;
    this.long = isLong ? last.dataset.key : null;
    if (isLong && !begun) last.scrollIntoView({ block: "start" });
    else if (!isLong) scroller.scrollTop = scroller.scrollHeight;
  }

  announceNew(messages) {
    const { store } = this;
    for (const message of messages) {
      if (this.known.has(message.ts) || message.user === store.me) continue;
      announce(store.t("new_message", { name: this.author(message).name, text: this.spoken(message) }));
    }
  }

  spoken(message) {
    if (message.cards) return message.summary || spokenMarkdown(message.text);
    return spoken(message.text, this.store.context({ view: "spoken" }, {}));
  }

  rows(messages) {
    const { store } = this;
    if (!messages.length) {
      const render = () => h("li", { class: "empty" }, h("strong", {}, store.t("no_messages")), h("span", {}, store.t("no_messages_hint")));
      return [{ key: "empty", version: store.language, render }];
    }
    const rows = [];
    let before = null;
    for (const message of messages) {
      const moment = new Date(message.at * 1000);
      const day = dayKey(moment, store.place);
      const fresh = !before || before.day !== day;
      if (fresh) rows.push({ key: `day-${day}`, version: store.language, render: () => h("li", { class: "day" }, h("span", {}, longDay(moment, store.place))) });
      const joined = !fresh && before.user === message.user && !message.ephemeral && !before.ephemeral && message.at - before.at < TOGETHER;
      rows.push({ key: message.ts, version: fingerprint([message, joined, store.language]), render: () => this.message(message, moment, joined) });
      before = { day, user: message.user, at: message.at, ephemeral: message.ephemeral };
    }
    return rows;
  }

  author(message) {
    return this.store.people.get(message.user) ?? { id: message.user, name: message.user };
  }

  message(message, moment, joined) {
    const { store } = this;
    const author = this.author(message);
    const time = h("time", { datetime: moment.toISOString(), class: "message-time" }, hour(moment, store.place));
    return h("li", { class: `message ${joined ? "joined" : ""} ${message.ephemeral ? "ephemeral" : ""} ${message.user === store.me ? "mine" : ""}`, tabindex: "-1" },
      joined ? h("span", { class: "gutter", "aria-hidden": "true" }, time.cloneNode(true)) : avatar(author, "large"),
      h("div", { class: "message-words" },
        message.ephemeral && h("p", { class: "only-you" }, icon("eye"), store.t("only_you")),
        h("p", { class: joined ? "hidden" : "message-head" }, h("span", { class: "author" }, author.name), author.bot && h("span", { class: "tag" }, store.t("app")), time),
        this.body(message),
        message.edited && h("p", { class: "edited" }, `(${store.t("edited")})`)),
      this.jsonButton(() => this.showBehind(message)));
  }

  body(message) {
    const where = { channel: message.channel, ts: message.ts };
    if (message.cards) return teamsBody(message, this.store.cardContext(where, message));
    const context = this.store.context(where, message);
    const words = message.blocks?.length
      ? h("div", { class: "blocks" }, blocks(message.blocks, context))
      : message.text && h("div", { class: "text" }, ...mrkdwn(message.text, context));
    const files = (message.files ?? []).map((file) => this.file(file));
    return append(h("div", { class: "message-body" }), [words, files]);
  }

  file(file) {
    const address = file.url_private;
    if (file.mimetype.startsWith("image/")) {
      return h("figure", { class: "file-picture" }, h("figcaption", {}, file.title),
        h("a", { href: address, target: "_blank", rel: "noopener" }, h("img", { class: "picture", src: address, alt: file.alt_txt || file.title })));
    }
    const [unit, amount] = file.size < 1000 ? ["byte", file.size] : ["kilobyte", file.size / 1000];
    const size = new Intl.NumberFormat(this.store.place.locale, { style: "unit", unit, maximumFractionDigits: 0 }).format(amount);
    return h("a", { class: "file", href: address, download: file.name },
      h("span", { class: "file-icon" }, icon(file.name.endsWith(".ics") ? "calendar" : "file")),
      h("span", { class: "file-words" }, h("span", { class: "file-name" }, file.title), h("span", { class: "file-note" }, `${file.alt_txt ? `${file.alt_txt} · ` : ""}${size}`)),
      icon("download"), h("span", { class: "hidden" }, this.store.t("download")));
  }

  jsonButton(show) {
    return h("button", { type: "button", class: "json-button", "aria-label": this.store.t("show_json"), title: this.store.t("show_json"), on: { click: show } }, "{ }");
  }

  async showBehind(message) {
    const { store } = this;
    const { state, ephemeral, channel, ...payload } = message;
    const exchanges = (await store.guarded(() => store.exchanges(channel, message.ts)))?.exchanges ?? [];
    const calls = exchanges.map((exchange) => [`${exchange.direction === "from_bot" ? "←" : "→"} ${exchange.name}`, { request: exchange.request, status: exchange.status, answer: exchange.answer }]);
    showJson(store.t("json_of_message"), [[store.t("whole"), payload], ...calls], store.t);
  }
}

