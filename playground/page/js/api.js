/** What the page asks of the playground's server, and the stream of what changed. */

async function answer(response) {
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw Object.assign(new Error(body.error ?? response.statusText), { status: response.status });
  return body;
}

export const get = async (path) => answer(await fetch(`/playground/${path}`, { headers: { accept: "application/json" } }));

export const post = async (path, body = {}) =>
  answer(await fetch(`/playground/${path}`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify(body) }));

/** Listens as one person; `on(change)` hears every change. Returns a function that stops listening. */
export function listen(user, on) {
  const source = new EventSource(`/playground/events?user=${encodeURIComponent(user)}`);
  source.onmessage = (event) => on(JSON.parse(event.data));
  return () => source.close();
}

/** Pictures of the bot come through the playground, as Slack fetches them for its readers. */
export const pictureUrl = (url) => (/^https?:/i.test(url) ? `/playground/picture?url=${encodeURIComponent(url)}` : url);
