/** Starts the page: loads who is there, joins the parts, draws on every change. */

import { get } from "./api.js";
import { Composer } from "./composer.js";
import { Conversation } from "./conversation.js";
import { Modal } from "./modal.js";
import { Sidebar } from "./sidebar.js";
import { Store } from "./store.js";
import { Topbar } from "./topbar.js";

const part = (id) => document.getElementById(id);

async function start() {
  const store = new Store(await get("boot"));
  const asked = new URLSearchParams(location.search).get("me");
  const wanted = store.boot.people.find((person) => person.id === asked || person.email === asked);
  const centre = part("centre");
  const parts = [new Topbar(store, part("topbar")), new Sidebar(store, part("sidebar")), new Conversation(store, centre), new Composer(store, part("composer")), new Modal(store)];
  const draw = () => {
    document.documentElement.lang = store.language;
    document.body.dataset.platform = store.platform;
    const waiting = store.snapshot?.conversations.reduce((sum, item) => sum + item.unread, 0);
    document.title = `${waiting ? `(${waiting}) ` : ""}${store.bot.name} · ${store.person.name}`;
    part("skip").textContent = store.t("skip");
    for (const one of parts) one.draw();
  };
  store.addEventListener("change", draw);
  store.addEventListener("clock", () => {
    parts[0].draw();
    parts[1].drawWho();
  });
  store.addEventListener("opened", () => { document.body.dataset.shows = "centre"; });
  store.addEventListener("back", () => { document.body.dataset.shows = "sidebar"; });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) store.refresh(); });
  await store.be(wanted?.id ?? store.me);
  document.body.dataset.ready = "1";
}

start();
