/** What the page knows, and the only code that talks to the server. Fires "change" after each new snapshot. */

import * as api from "./api.js";
import { typedValue } from "./fields.js";
import { longDay, hour } from "./times.js";
import { announce, toast } from "./toasts.js";
import { wordsOf } from "./words.js";

const REMEMBERED = "playground";
const MOST_BYTES = 30e6;
const LOCALES = { en: "en-GB", it: "it-IT" };

export class Store extends EventTarget {
  constructor(boot) {
    super();
    this.boot = boot;
    this.people = new Map(boot.people.map((person) => [person.id, person]));
    for (const bot of boot.bots) this.people.set(bot.id, { ...bot, bot: true });
    this.clock = boot.clock;
    this.colleagues = boot.colleagues;
    this.travel = boot.travel;
    this.answers = boot.answers;
    this.waiting = boot.waiting;
    this.typed = new Map();
    this.settings = { language: null, me: null, ...JSON.parse(localStorage.getItem(REMEMBERED) ?? "{}") };
    this.me = this.people.has(this.settings.me) ? this.settings.me : (boot.quick[0]?.id ?? boot.people[0].id);
    this.tab = "messages";
    this.channel = null;
    this.snapshot = null;
  }

  get person() { return this.people.get(this.me); }
  get language() { return this.settings.language ?? (this.person.locale.startsWith("it") ? "it" : "en"); }
  get t() { return wordsOf(this.language); }
  get platform() { return this.person.platform; }
  get bot() { return this.boot.bots.find((bot) => bot.platform === this.platform); }
  get conversation() { return this.snapshot?.conversations.find((item) => item.id === this.channel); }
  /** Where dates are read: the clock of the person, the words of the page around them. */
  get place() { return { zone: this.person.tz, locale: LOCALES[this.language] }; }

  remember(settings) {
    Object.assign(this.settings, settings);
    localStorage.setItem(REMEMBERED, JSON.stringify(this.settings));
    this.changed();
  }

  changed() { this.dispatchEvent(new Event("change")); }

  /** Words in one language, or in several by their codes, as this page speaks. */
  worded(words) { return typeof words === "string" ? words : (words[this.language] ?? words.en); }

  nameOf(id) { return this.people.get(id)?.name; }

  async be(id) {
    this.stopListening?.();
    this.me = id;
    this.channel = null;
    this.tab = "messages";
    this.snapshot = null;
    this.typed.clear();
    this.settings.me = id;
    localStorage.setItem(REMEMBERED, JSON.stringify(this.settings));
    await this.guarded(() => api.post(`${id}/be`));
    this.stopListening = api.listen(id, (change) => this.heard(change));
    await this.refresh();
  }

  heard(change) {
    this.clock = change.clock;
    this.colleagues = change.colleagues;
    const arrived = this.travel && !change.travel;
    this.travel = change.travel;
    this.answers = change.answers;
    this.waiting = change.waiting;
    this.dispatchEvent(new Event("clock"));
    if (arrived) this.arrive(change.trouble);
    if (arrived && this.tab === "home") this.open(this.channel, "home");
    else if (change.draw || arrived) this.refresh();
  }

  arrive(trouble) {
    const moment = new Date(this.clock.now);
    const now = this.t("arrived", { when: `${longDay(moment, this.place)}, ${hour(moment, this.place)}` });
    if (this.answers) toast(`${now} ${this.t(this.answers === 1 ? "answers_1" : "answers_n", { n: this.answers })}`, { kind: "notice" });
    else announce(now);
    if (trouble) toast(trouble);
  }

  /** One refresh at a time; one more when something was asked for meanwhile. */
  async refresh() {
    if (this.refreshing) { this.again = true; return; }
    this.refreshing = true;
    do {
      this.again = false;
      await this.guarded(() => this.fetchSnapshot());
    } while (this.again);
    this.refreshing = false;
  }

  async fetchSnapshot() {
    const [me, channel, looking] = [this.me, this.channel, this.tab === "messages" && !document.hidden];
    const snapshot = await api.get(`${me}?channel=${encodeURIComponent(channel ?? "")}&read=${looking ? 1 : 0}`);
    if (me !== this.me || (channel && channel !== this.channel)) { this.again = true; return; }
    this.before = this.snapshot;
    this.snapshot = snapshot;
    this.channel = snapshot.channel;
    this.changed();
  }

  async open(channel, tab = "messages") {
    this.channel = channel;
    this.tab = tab;
    if (tab === "home") await this.guarded(() => api.post(`${this.me}/open_home`));
    await this.refresh();
  }

  /** Does something as the person and draws what came of it; errors that Slack shows become notices. */
  async act(verb, body) {
    const result = await this.guarded(() => api.post(`${this.me}/${verb}`, body));
    for (const words of result?.toasts ?? []) toast(words);
    await this.refresh();
    return result;
  }

  say(text) { return this.act("say", { channel: this.channel, text }); }

  /** Sends the app a file, as bytes in text. */
  async sendFile(file) {
    if (file.size > MOST_BYTES) { toast(this.t("file_too_large")); return null; }
    const read = await new Promise((done) => Object.assign(new FileReader(), { onload: ({ target }) => done(target.result) }).readAsDataURL(file));
    return this.act("send_file", { name: file.name, content: read.slice(read.indexOf(",") + 1) });
  }

  command(line) {
    const [, command, text] = line.match(/^(\S+)\s*([\s\S]*)$/);
    return this.act("command", { channel: this.channel, command, text });
  }

  press(where, block, element, state) {
    const value = element.type === "button" ? null : typedValue(state);
    const values = this.valuesOf(where, element.type.endsWith("_input") ? null : element.action_id);
    return this.act("press", { where, block_id: block.block_id, action_id: element.action_id, value, values });
  }

  /** Sends an action of an Adaptive Card by its place, with what was typed into the card. */
  pressCard(where, place) {
    return this.act("press", { where, action_id: place, block_id: place, values: this.cardValues(where) });
  }

  async search(where, name, words) {
    return (await this.guarded(() => api.post(`${this.me}/search`, { where, name, words })))?.found ?? [];
  }

  cardValues(where) { return Object.fromEntries(this.typedIn(where)); }

  async submit(view) {
    return this.act("submit", { view: view.id, values: this.valuesOf({ view: view.id }) });
  }

  close(view, everything) { return this.act("close", { view: view.id, everything }); }

  typedIn(where) {
    const key = where.view ?? `${where.channel}:${where.ts}`;
    if (!this.typed.has(key)) this.typed.set(key, new Map());
    return this.typed.get(key);
  }

  keep(where, block, element, state) {
    this.typedIn(where).set(`${block.block_id}\n${element.action_id}`, { block, element, state });
  }

  /** Typed values by action or block, as the server takes them; `except` leaves one action out. */
  valuesOf(where, except = null) {
    const entries = [...this.typedIn(where).values()].filter(({ element }) => element.action_id !== except);
    return Object.fromEntries(entries.map(({ block, element, state }) =>
      [block.type === "actions" ? element.action_id : block.block_id, typedValue(state)]));
  }

  /** The server's state with what is typed here over it. Typed values of fields that went away are forgotten. */
  stateOf(where, blocks, state) {
    const merged = structuredClone(state ?? {});
    const typed = this.typedIn(where);
    for (const [key, { block, element, state: value }] of typed) {
      const still = blocks.find((other) => other.block_id === block.block_id && elementsOf(other).some((e) => e?.action_id === element.action_id && e.type === element.type));
      if (still) (merged[block.block_id] ??= {})[element.action_id] = value;
      else typed.delete(key);
    }
    return merged;
  }

  /** What `blocks()` needs to draw a message or view and to send what happens in it. */
  context(where, shown) {
    return {
      t: this.t, ...this.place, people: this.boot.people.filter((person) => !person.deleted), names: (id) => this.nameOf(id), pictureUrl: api.pictureUrl,
      state: this.stateOf(where, shown.blocks ?? [], shown.state?.values), errors: shown.errors,
      changed: (block, element, state) => this.keep(where, block, element, state),
      act: async (block, element, state, node) => {
        if (node.getAttribute("aria-busy") === "true") return;
        node.setAttribute("aria-busy", "true");
        await this.press(where, block, element, state);
        node.removeAttribute("aria-busy");
      },
    };
  }

  /** What `adaptiveCard()` needs to draw the cards of a message or dialog and to send what happens in them. */
  cardContext(where, shown) {
    return {
      t: this.t, ...this.place, people: [], pictureUrl: api.pictureUrl,
      state: { ...shown.state, ...this.cardValues(where) }, errors: shown.errors,
      changed: (id, value) => this.typedIn(where).set(id, value),
      search: (id, words) => this.search(where, id, words),
      deepLink: (url) => this.deepLink(url),
      press: async (place, _action, node) => {
        if (node.getAttribute("aria-busy") === "true") return;
        node.setAttribute("aria-busy", "true");
        const result = await this.pressCard(where, place);
        if (result?.ok) this.typedIn(where).clear();
        node.removeAttribute("aria-busy");
      },
    };
  }

  /** Whether the address is one that Teams itself would open: then the page says what would open. */
  deepLink(url) {
    const found = new URL(url);
    if (found.hostname !== "teams.microsoft.com" || !found.pathname.startsWith("/l/chat/")) return false;
    const people = (found.searchParams.get("users") ?? "").split(",").map((email) => this.boot.people.find((one) => one.email === email)?.name ?? email);
    toast(this.t("deep_link", { people: people.join(", "), text: found.searchParams.get("message") ?? "" }), { kind: "notice" });
    return true;
  }

  async move(body) {
    await this.guarded(() => api.post("clock", body), { 409: this.t("busy") });
  }

  stop() { return this.guarded(() => api.post("clock", { stop: true })); }
  setColleagues(enabled) { return this.guarded(() => api.post("colleagues", { enabled })); }
  unread() { return api.get("unread"); }
  exchanges(channel, ts) { return api.get(`exchanges?channel=${encodeURIComponent(channel)}&ts=${ts}`); }

  async guarded(work, words = {}) {
    try {
      return await work();
    } catch (error) {
      toast(words[error.status] ?? (error.status === 409 ? this.t("stale") : error.status ? error.message : this.t("no_connection")));
      return null;
    }
  }
}

const elementsOf = (block) => [block.element, block.accessory, ...(block.elements ?? [])];
