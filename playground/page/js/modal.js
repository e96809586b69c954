/** The person's open modal: the view on top of the stack, in one dialog that is drawn anew as the bot updates it. */

import { fingerprint, h, icon, replace, uid } from "./dom.js";
import { adaptiveCard } from "./adaptive.js";
import { blocks } from "./blocks.js";
import { showJson } from "./dialogs.js";
import { rescueToasts } from "./toasts.js";
import { avatar } from "./sidebar.js";

const WRONG = "[aria-invalid] input, [aria-invalid]";

export class Modal {
  constructor(store) {
    this.store = store;
    this.dialog = null;
    this.version = "";
    this.ids = [];
  }

  draw() {
    const view = this.store.snapshot?.views.at(-1);
    if (!view) { this.hide(); return; }
    const version = fingerprint([view, this.store.language]);
    if (version === this.version) return;
    const ids = view.cards ? [] : view.blocks.map((block) => block.block_id);
    const other = this.viewId !== view.id || !ids.some((id) => this.ids.includes(id));
    Object.assign(this, { version, viewId: view.id, ids });
    if (!this.dialog) this.show();
    const focus = other ? null : this.whereFocusIs();
    const scroll = other ? 0 : (this.body?.scrollTop ?? 0);
    this.fill(view);
    this.body.scrollTop = scroll;
    this.focus(view, focus);
  }

  show() {
    this.dialog = h("dialog", { class: "modal", on: { cancel: (event) => { event.preventDefault(); this.cancel(); } } });
    document.body.append(this.dialog);
    this.dialog.showModal();
  }

  hide() {
    if (!this.dialog) return;
    rescueToasts(this.dialog);
    this.dialog.close();
    this.dialog.remove();
    if (document.activeElement === document.body) document.querySelector(".composer textarea")?.focus();
    this.dialog = null;
    this.version = "";
    this.viewId = null;
    this.ids = [];
  }

  fill(view) {
    const { store } = this;
    const { t } = store;
    const titleId = uid("title");
    this.dialog.setAttribute("aria-labelledby", titleId);
    this.submitButton = view.submit && h("button", { type: "submit", class: "button primary" }, view.submit.text);
    this.body = h("div", { class: "modal-body" }, this.content(view));
    replace(this.dialog, h("form", { class: "modal-form", novalidate: true, on: { submit: (event) => { event.preventDefault(); this.submit(view); } } },
      h("header", { class: "dialog-head" }, avatar(store.people.get(store.bot.id)), h("h2", { id: titleId }, view.title?.text ?? (view.title || store.bot.name)),
        h("button", { type: "button", class: "json-button", "aria-label": t("show_json"), title: t("show_json"), on: { click: () => showJson(t("json_of_view"), [[t("whole"), view]], t) } }, "{ }"),
        h("button", { type: "button", class: "icon-button", "aria-label": t("close"), on: { click: () => this.cancel() } }, icon("close"))),
      this.body,
      h("footer", { class: "dialog-buttons" },
        (view.close || view.submit || store.snapshot.views.length > 1) && h("button", { type: "button", class: "button", on: { click: () => store.close(view, false) } }, view.close?.text ?? t("close")),
        this.submitButton)));
  }

  content(view) {
    const where = { view: view.id };
    return view.cards ? adaptiveCard(view.cards[0], this.store.cardContext(where, view)) : blocks(view.blocks, this.store.context(where, view));
  }

  cancel() {
    const view = this.store.snapshot?.views.at(-1);
    if (view) this.store.close(view, true);
  }

  async submit(view) {
    if (this.submitButton?.getAttribute("aria-busy") === "true") return;
    this.submitButton?.setAttribute("aria-busy", "true");
    const version = this.version;
    await this.store.submit(view);
    if (version !== this.version) return;
    this.submitButton?.removeAttribute("aria-busy");
    this.body.querySelector(WRONG)?.focus();
  }

  whereFocusIs() {
    const active = document.activeElement;
    if (!this.body?.contains(active)) return null;
    const block = active.closest(".block");
    if (!block) return null;
    const controls = [...block.querySelectorAll("input, select, textarea, button, a")];
    return { block: block.dataset.block, control: controls.indexOf(active) };
  }

  focus(view, was) {
    const wrong = this.body.querySelector(WRONG);
    const again = was && this.blockNode(was.block)?.querySelectorAll("input, select, textarea, button, a")[was.control];
    const wished = this.body.querySelector("[data-focus]");
    const first = this.body.querySelector("input, select, textarea, .button") ?? this.submitButton ?? this.dialog.querySelector(".icon-button");
    (wrong ?? again ?? wished ?? first)?.focus();
  }

  blockNode(id) {
    return [...this.body.querySelectorAll(".block")].find((node) => node.dataset.block === id);
  }
}
