/** The left side: who the visitor is, the app, and the group messages, each with its unread mark. */

import { fingerprint, h, icon, replace, roving } from "./dom.js";
import { choosePerson } from "./people.js";
import { spokenMarkdown } from "./markdown.js";
import { spoken } from "./mrkdwn.js";

const HUES = 10;

/** A coloured square with initials; the bot has its sign. */
export function avatar(person, size = "") {
  if (person.bot) return h("span", { class: `avatar bot ${size}`, "aria-hidden": "true" }, botSign());
  const words = person.name.split(/\s+/);
  const initials = (words[0]?.[0] ?? "") + (words.length > 1 ? words.at(-1)[0] : "");
  const hue = [...person.id].reduce((sum, letter) => sum + letter.charCodeAt(0), 0) % HUES;
  return h("span", { class: `avatar hue-${hue} ${size}`, "aria-hidden": "true" }, initials);
}

function botSign() {
  const svg = icon("repeat");
  svg.setAttribute("class", "icon bot-sign");
  return svg;
}

export class Sidebar {
  constructor(store, node) {
    this.store = store;
    this.list = h("div", { class: "conversation-list" });
    this.who = h("section", { class: "who" });
    node.append(this.who, this.list);
    roving(this.list, ".conversation");
  }

  draw() {
    const { store } = this;
    this.drawWho();
    if (!store.snapshot) return;
    const focused = this.list.contains(document.activeElement) ? document.activeElement.dataset.channel : null;
    const { conversations } = store.snapshot;
    const direct = conversations.filter((item) => item.kind === "im");
    const groups = conversations.filter((item) => item.kind !== "im");
    replace(this.list,
      this.section(store.t("apps"), direct),
      this.section(store.t("groups"), groups, store.t("no_groups")));
    const current = this.list.querySelector("[aria-current]") ?? this.list.querySelector(".conversation");
    if (current) current.tabIndex = 0;
    if (focused) this.list.querySelector(`[data-channel="${focused}"]`)?.focus();
  }

  drawWho() {
    const { me, language, waiting } = this.store;
    const version = fingerprint([me, language, waiting]);
    if (version === this.version) return;
    this.version = version;
    const focused = this.who.contains(document.activeElement) ? document.activeElement.dataset.who : null;
    replace(this.who, this.whoNodes());
    if (focused) this.who.querySelector(`[data-who="${focused}"]`)?.focus();
  }

  whoNodes() {
    const { store } = this;
    const { person, t } = store;
    const quick = store.boot.quick.map(({ id, label }) => {
      const words = store.worded(label);
      return h("button", { type: "button", class: "chip", "aria-pressed": String(id === store.me), title: store.nameOf(id), data: { who: id }, on: { click: () => store.be(id) } }, words, id !== store.me && this.badge(store.waiting[id]));
    });
    return [
      h("button", { type: "button", class: "me", "aria-haspopup": "dialog", data: { who: "me" }, on: { click: () => choosePerson(store) } },
        avatar(person, "large"),
        h("span", { class: "me-words" },
          h("span", { class: "hidden" }, `${t("you_are")} `), h("span", { class: "me-name" }, person.name),
          h("span", { class: "me-job" }, [person.title, person.department].filter(Boolean).join("\u00a0· ")),
          store.boot.bots.length > 1 && h("span", { class: "platform" }, t(person.platform)),
          h("span", { class: "hidden" }, ` ${t("change_person")}`)),
        icon("down")),
      quick.length > 0 && h("div", { class: "chips", role: "group", "aria-label": t("quick") }, quick),
    ];
  }

  section(title, items, empty) {
    return h("section", {}, h("h2", { class: "side-title" }, title),
      items.length ? h("ul", {}, items.map((item) => h("li", {}, this.row(item)))) : h("p", { class: "side-empty" }, empty));
  }

  row(item) {
    const { store } = this;
    const shown = item.id === store.channel;
    const faces = item.kind === "im" ? avatar(store.people.get(store.bot.id)) : h("span", { class: "avatar members", "aria-hidden": "true" }, item.members.length);
    const preview = item.preview && (store.platform === "teams" ? spokenMarkdown(item.preview) : spoken(item.preview, store.context({ view: "preview" }, {})));
    return h("button", {
      type: "button", class: `conversation ${item.unread ? "unread" : ""}`, tabindex: "-1", "aria-current": shown ? "page" : null, data: { channel: item.id },
      on: { click: () => store.open(item.id).then(() => store.dispatchEvent(new Event("opened"))) },
    }, faces,
      h("span", { class: "conversation-words" }, h("span", { class: "conversation-name" }, item.name), preview && h("span", { class: "conversation-preview" }, preview)),
      this.badge(item.unread));
  }

  badge(unread) {
    return unread > 0 && h("span", { class: "badge" }, unread, h("span", { class: "hidden" }, ` ${this.store.t("unread_n", { n: "" })}`));
  }
}
