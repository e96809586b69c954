/** "Who would you like to be?": a searchable dialog over everybody of the workspace. */

import { h, icon, replace, uid } from "./dom.js";
import { avatar } from "./sidebar.js";
import { rescueToasts } from "./toasts.js";

const fold = (text) => text.normalize("NFD").replace(/\p{M}/gu, "").toLowerCase();
const haystack = (person, hint) => fold([person.name, person.title, person.department, hint, person.email, person.platform].filter(Boolean).join(" "));

export async function choosePerson(store) {
  const { t } = store;
  const unread = (await store.guarded(() => store.unread()))?.unread ?? {};
  const [titleId, listId] = [uid("title"), uid("people")];
  let shown = [];
  let active = 0;
  const search = h("input", {
    type: "text", class: "input", role: "combobox", "aria-expanded": "true", "aria-controls": listId, "aria-autocomplete": "list", autocomplete: "off", spellcheck: "false",
    "aria-label": t("find_person"), placeholder: t("find_person"), on: { input: () => draw(), keydown: (event) => onKey(event) },
  });
  const list = h("ul", { id: listId, role: "listbox", class: "people", "aria-label": t("everybody") });
  const count = h("p", { class: "people-count", role: "status" });
  const dialog = h("dialog", { class: "people-dialog", "aria-labelledby": titleId, on: {
    close: () => { rescueToasts(dialog); dialog.remove(); }, click: (event) => event.target === dialog && dialog.close() } },
    h("div", { class: "people-inner" },
      h("header", { class: "dialog-head" }, h("h2", { id: titleId }, t("who")),
        h("button", { type: "button", class: "icon-button", "aria-label": t("close"), on: { click: () => dialog.close() } }, icon("close"))),
      h("div", { class: "search" }, icon("search"), search), count, list));

  const pick = (person) => {
    dialog.close();
    store.be(person.id);
  };
  const row = (person, i) => h("li", { id: `${listId}-${i}`, role: "option", class: "person", "aria-selected": String(person.id === store.me), on: { click: () => pick(person) } },
    avatar(person),
    h("span", { class: "person-words" }, h("span", { class: "person-name" }, person.name, person.deleted && h("span", { class: "tag" }, t("deactivated"))),
      h("span", { class: "person-job" }, [person.title, person.department].filter(Boolean).join(" · "))),
    store.boot.bots.length > 1 && h("span", { class: "platform" }, t(person.platform)),
    person.hint && h("span", { class: "tag" }, store.worded(person.hint)),
    unread[person.id] && h("span", { class: "badge" }, unread[person.id], h("span", { class: "hidden" }, ` ${t("unread_n", { n: "" })}`)));
  const draw = () => {
    const words = fold(search.value).split(/\s+/).filter(Boolean);
    shown = store.boot.people.filter((person) => words.every((word) => haystack(person, store.worded(person.hint)).includes(word)));
    active = 0;
    replace(list, shown.map(row));
    count.textContent = t("people_found", { n: shown.length });
    mark();
  };
  const mark = () => {
    for (const node of list.querySelectorAll(".active")) node.classList.remove("active");
    const node = list.children[active];
    node?.classList.add("active");
    node?.scrollIntoView({ block: "nearest" });
    if (node) search.setAttribute("aria-activedescendant", node.id);
    else search.removeAttribute("aria-activedescendant");
  };
  const onKey = (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }[event.key];
    if (step) {
      event.preventDefault();
      active = Math.max(0, Math.min(shown.length - 1, active + step));
      mark();
    } else if (event.key === "Enter" && shown[active]) {
      event.preventDefault();
      pick(shown[active]);
    }
  };
  draw();
  document.body.append(dialog);
  dialog.showModal();
  search.focus();
}
