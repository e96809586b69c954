/** The bar on top: the clock that the visitor moves, the colleagues' switch, language and theme of the page. */

import { h, icon, replace } from "./dom.js";
import { hour, longDay, shortDay } from "./times.js";
import { LANGUAGES } from "./words.js";
import { toast } from "./toasts.js";

const THEMES = ["auto", "light", "dark"];

export class Topbar {
  constructor(store, node) {
    this.store = store;
    this.now = h("div", { class: "clock-now", role: "timer", "aria-live": "off" });
    this.buttons = h("div", { class: "clock-buttons" });
    this.tools = h("div", { class: "tools" });
    this.clock = h("section", { class: "clock" }, this.now, this.buttons);
    node.append(this.clock, this.tools);
    applyTheme(store.settings.theme);
  }

  draw() {
    const { store } = this;
    const { t } = store;
    const moment = new Date(store.clock.now);
    this.clock.setAttribute("aria-label", t("clock"));
    replace(this.now, icon("clock"), h("time", { datetime: store.clock.now },
      h("span", { class: "clock-day wide" }, longDay(moment, store.place)), h("span", { class: "clock-day slim" }, shortDay(moment, store.place)), " ",
      h("strong", {}, hour(moment, store.place))));
    if (store.travel && this.soFar) this.soFar.textContent = this.answersSoFar();
    const state = `${store.language} ${store.travel ? "travel" : ""} ${store.clock.next_due} ${store.colleagues.enabled} ${store.settings.theme} ${store.me}`;
    if (state === this.state) return;
    this.state = state;
    const focused = document.activeElement?.dataset?.tool;
    replace(this.buttons, this.clockButtons());
    replace(this.tools, this.toolNodes());
    if (focused) document.querySelector(`[data-tool="${focused}"]`)?.focus();
  }

  clockButtons() {
    const { store } = this;
    const { t } = store;
    if (store.travel) {
      this.soFar = h("span", { class: "so-far" }, this.answersSoFar());
      return [h("span", { class: "travelling" }, h("span", { class: "spinner", "aria-hidden": "true" }), h("span", { role: "status" }, t("travelling")), this.soFar),
        h("button", { type: "button", class: "bar-button", data: { tool: "next" }, on: { click: () => store.stop() } }, t("stop"))];
    }
    const due = store.clock.next_due && new Date(store.clock.next_due);
    const when = due ? t("next_due", { when: `${longDay(due, store.place)} ${hour(due, store.place)}` }) : t("nothing_due");
    const button = (tool, body, words, short) => h("button", {
      type: "button", class: `bar-button ${tool === "next" ? "next" : ""}`, title: tool === "next" ? `${words}. ${when}` : null, "aria-label": words, data: { tool }, on: { click: () => this.move(body) },
    }, tool === "next" && icon("skip"), h("span", { class: short === words ? null : "wide" }, words), short !== words && h("span", { class: "slim" }, short));
    return [button("next", { next: true }, t("next"), t("next_short")), button("day", { days: 1 }, t("day"), t("day_short")), button("week", { days: 7 }, t("week"), t("week_short"))];
  }

  answersSoFar() {
    const { answers, t } = this.store;
    return answers > 1 ? t("answers_so_far", { n: answers }) : "";
  }

  async move(body) {
    const { store } = this;
    if (body.next && !store.clock.next_due) { toast(store.t("nothing_due"), { kind: "notice" }); return; }
    await store.move(body);
  }

  toolNodes() {
    const { store } = this;
    const { t } = store;
    const theme = store.settings.theme ?? "auto";
    const other = store.language === "it" ? "en" : "it";
    const nextTheme = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length];
    return [
      h("button", { type: "button", role: "switch", class: "switch", "aria-checked": String(store.colleagues.enabled), "aria-label": t("colleagues"), title: t("colleagues"), data: { tool: "colleagues" },
        on: { click: () => store.setColleagues(!store.colleagues.enabled) } }, h("span", { class: "knob", "aria-hidden": "true" }), h("span", { class: "switch-words" }, t("colleagues_short"))),
      h("button", { type: "button", class: "bar-button square", lang: store.language, "aria-label": t("language", { name: LANGUAGES[store.language] }), title: t("language", { name: LANGUAGES[store.language] }), data: { tool: "language" },
        on: { click: () => store.remember({ language: other }) } }, store.language.toUpperCase()),
      h("button", { type: "button", class: "bar-button square", "aria-label": `${t("theme")}: ${t(`theme_${theme}`)}`, title: `${t("theme")}: ${t(`theme_${theme}`)}`, data: { tool: "theme" },
        on: { click: () => { applyTheme(nextTheme); store.remember({ theme: nextTheme }); } } }, icon(isDark(theme) ? "moon" : "sun"), theme === "auto" && h("span", { class: "auto", "aria-hidden": "true" }, "A")),
    ];
  }
}

const isDark = (theme) => theme === "dark" || (theme !== "light" && matchMedia("(prefers-color-scheme: dark)").matches);

function applyTheme(theme) {
  document.documentElement.dataset.theme = theme ?? "auto";
}
