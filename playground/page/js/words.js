/** The page's own words, in English and Italian. Words of the bot come from the bot. */

const WORDS = {
  en: {
    you_are: "You are", change_person: "Change person", find_person: "Find a colleague by name, job or department", who: "Who would you like to be?",
    quick: "Quick picks", everybody: "Everybody", deactivated: "deactivated", people_found: "{n} people", unread_n: "{n} unread",
    apps: "App", groups: "Group messages", no_groups: "No group messages yet", home: "Home", messages: "Messages", home_empty: "Nothing on the Home tab yet.",
    write_to: "Write to {name}, or / for a command", send: "Send", commands: "Commands", message: "Message",
    send_file: "Send a file", file_too_large: "That file is too large for the playground.",
    no_messages: "No messages yet", no_messages_hint: "Type / below to see what the app can do, or move the clock on.",
    only_you: "Only visible to you", edited: "edited", app: "App", show_json: "Show the JSON behind this", json_of_message: "Behind this message", json_of_view: "Behind this view",
    blocks: "Blocks", whole: "The whole object", copy: "Copy", copied: "Copied", close: "Close", optional: "optional", choose: "Choose…", remove: "Remove",
    nothing_found: "Nothing found", at_most: "At most {n}", more_choices: "More choices", picture: "Picture", download: "Download",
    next: "To the next thing that happens", next_short: "Next", day: "+1 day", day_short: "+1 day", week: "+1 week", week_short: "+1 week", stop: "Stop", travelling: "Time passes…", arrived: "It is now {when}.",
    answers_1: "Colleagues answered once.", answers_n: "Colleagues answered {n} times.", answers_so_far: "{n} answers",
    nothing_due: "Nothing is waiting to happen.", clock: "Clock", next_due: "Next: {when}", colleagues: "Colleagues answer by themselves", colleagues_short: "Colleagues answer",
    theme: "Theme", theme_auto: "as the system", theme_light: "light", theme_dark: "dark", language: "Page language: {name}", back: "Back to conversations",
    new_message: "New message from {name}: {text}", no_connection: "The playground does not answer. Is it still running?", skip: "Skip to the conversation",
    stale: "That is no longer there: the page has been brought up to date.", read_only: "Deactivated people cannot write.",
    busy: "Time is already passing.", tabs: "Tabs of {name}",
    slack: "Slack", teams: "Teams", write_to_plainly: "Write to {name}: help, for example", allow: "Allow", decline: "Decline",
    deep_link: "Teams would now open a chat with {people}: “{text}”",
  },
  it: {
    you_are: "Sei", change_person: "Cambia persona", find_person: "Cerca per nome, ruolo o funzione", who: "Chi vuoi essere?",
    quick: "Scelte rapide", everybody: "Tutte le persone", deactivated: "disattivata", people_found: "{n} persone", unread_n: "{n} da leggere",
    apps: "App", groups: "Messaggi di gruppo", no_groups: "Ancora nessun messaggio di gruppo", home: "Home", messages: "Messaggi", home_empty: "La scheda Home è ancora vuota.",
    write_to: "Scrivi a {name}, oppure / per un comando", send: "Invia", commands: "Comandi", message: "Messaggio",
    send_file: "Invia un file", file_too_large: "Il file è troppo grande per il playground.",
    no_messages: "Ancora nessun messaggio", no_messages_hint: "Scrivi / qui sotto per vedere che cosa sa fare l’app, oppure manda avanti l’orologio.",
    only_you: "Visibile solo a te", edited: "modificato", app: "App", show_json: "Mostra il JSON", json_of_message: "Dietro questo messaggio", json_of_view: "Dietro questa vista",
    blocks: "Blocchi", whole: "L’oggetto intero", copy: "Copia", copied: "Copiato", close: "Chiudi", optional: "facoltativo", choose: "Scegli…", remove: "Togli",
    nothing_found: "Nessun risultato", at_most: "Al massimo {n}", more_choices: "Altre scelte", picture: "Immagine", download: "Scarica",
    next: "Al prossimo avvenimento", next_short: "Avanti", day: "+1 giorno", day_short: "+1 g", week: "+1 settimana", week_short: "+1 sett.", stop: "Ferma", travelling: "Il tempo passa…", arrived: "Ora è {when}.",
    answers_1: "I colleghi hanno risposto una volta.", answers_n: "I colleghi hanno risposto {n} volte.", answers_so_far: "{n} risposte",
    nothing_due: "Non c’è nulla in attesa.", clock: "Orologio", next_due: "Prossimo: {when}", colleagues: "I colleghi rispondono da soli", colleagues_short: "I colleghi rispondono",
    theme: "Tema", theme_auto: "come il sistema", theme_light: "chiaro", theme_dark: "scuro", language: "Lingua della pagina: {name}", back: "Torna alle conversazioni",
    new_message: "Nuovo messaggio da {name}: {text}", no_connection: "Il playground non risponde. È ancora in funzione?", skip: "Vai alla conversazione",
    stale: "Non c’è più: la pagina è stata aggiornata.", read_only: "Le persone disattivate non possono scrivere.",
    busy: "Il tempo sta già passando.", tabs: "Schede di {name}",
    slack: "Slack", teams: "Teams", write_to_plainly: "Scrivi a {name}: per esempio aiuto", allow: "Consenti", decline: "Rifiuta",
    deep_link: "Teams aprirebbe ora una chat con {people}: «{text}»",
  },
};

export const LANGUAGES = { en: "English", it: "Italiano" };

/** `t("unread_n", {n: 3})` in the language asked for. */
export function wordsOf(language) {
  const own = WORDS[language] ?? WORDS.en;
  return (key, values = {}) => own[key].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}
