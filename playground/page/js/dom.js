/** Builds DOM nodes. Data becomes text nodes and attributes only, never markup. */

const SVG = "http://www.w3.org/2000/svg";

/** `h("p", {class: "x", on: {click}}, "words", node)`: an element. `null` and `false` props and children are left out. */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(node, name, value);
  append(node, children);
  return node;
}

function setProp(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "on") {
    for (const [event, handler] of Object.entries(value)) node.addEventListener(event, handler);
  } else if (name === "data") {
    Object.assign(node.dataset, value);
  } else if (name === "value" || name === "checked" || name === "selected") {
    node[name] = value;
  } else {
    node.setAttribute(name, value === true ? "" : String(value));
  }
}

export function append(node, children) {
  for (const child of children.flat(Infinity)) {
    if (child === null || child === undefined || child === false) continue;
    node.append(child instanceof Node ? child : document.createTextNode(String(child)));
  }
  return node;
}

export function replace(node, ...children) {
  node.replaceChildren();
  return append(node, children);
}

let counter = 0;
/** An id that no other node of the page has. */
export const uid = (prefix = "n") => `${prefix}-${++counter}`;

const ICONS = {
  search: "M10.5 4a6.5 6.5 0 1 0 4.1 11.6l4.4 4.4 1.4-1.4-4.4-4.4A6.5 6.5 0 0 0 10.5 4Zm0 2a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9Z",
  close: "m6.4 5 5.6 5.6L17.6 5 19 6.4 13.4 12l5.6 5.6-1.4 1.4-5.6-5.6L6.4 19 5 17.6l5.6-5.6L5 6.4 6.4 5Z",
  send: "M3 20.5v-6.7L12 12 3 10.2V3.5l19 8.5-19 8.5Z",
  home: "m12 3.2 9 7.6-1.3 1.5-1.2-1V20h-5.2v-5.4h-2.6V20H5.5v-8.7l-1.2 1L3 10.8l9-7.6Z",
  chat: "M4 4h16a1.5 1.5 0 0 1 1.5 1.5v10A1.5 1.5 0 0 1 20 17h-8.6L6 21v-4H4a1.5 1.5 0 0 1-1.5-1.5v-10A1.5 1.5 0 0 1 4 4Zm.5 2v9H8v2l2.7-2h8.8V6h-15Z",
  group: "M9 5a3.5 3.5 0 1 1 0 7 3.5 3.5 0 0 1 0-7Zm7.5 2a2.8 2.8 0 1 1 0 5.6 2.8 2.8 0 0 1 0-5.6ZM9 13.5c3.6 0 6.5 1.9 6.5 4.3V19h-13v-1.2c0-2.4 2.9-4.3 6.5-4.3Zm8.3.6c2.4.2 4.2 1.6 4.2 3.4V19h-4.3v-1.2c0-1.4-.6-2.6-1.6-3.6.5-.1 1.1-.1 1.7-.1Z",
  hash: "M9.3 4h2l-.5 4h4l.5-4h2l-.5 4H20v2h-3.5l-.5 4h3.5v2h-3.7l-.5 4h-2l.5-4h-4l-.5 4h-2l.5-4H4.5v-2h3.5l.5-4H5V8h3.8l.5-4Zm1.2 6-.5 4h4l.5-4h-4Z",
  eye: "M12 5c5 0 8.7 4.3 10 7-1.3 2.7-5 7-10 7S3.3 14.7 2 12c1.3-2.7 5-7 10-7Zm0 2c-3.6 0-6.4 2.8-7.7 5 1.3 2.2 4.1 5 7.7 5s6.4-2.8 7.7-5C18.4 9.8 15.6 7 12 7Zm0 2a3 3 0 1 1 0 6 3 3 0 0 1 0-6Z",
  sun: "M11 2h2v3h-2V2Zm0 17h2v3h-2v-3ZM2 11h3v2H2v-2Zm17 0h3v2h-3v-2ZM4.2 5.6l1.4-1.4 2.1 2.1-1.4 1.4-2.1-2.1Zm12.1 12.1 1.4-1.4 2.1 2.1-1.4 1.4-2.1-2.1Zm2.1-13.5 1.4 1.4-2.1 2.1-1.4-1.4 2.1-2.1ZM6.3 16.3l1.4 1.4-2.1 2.1-1.4-1.4 2.1-2.1ZM12 7a5 5 0 1 1 0 10 5 5 0 0 1 0-10Z",
  moon: "M13 3a9 9 0 1 0 8 13.2A7.5 7.5 0 0 1 13 3Z",
  clock: "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18Zm0 2a7 7 0 1 0 0 14 7 7 0 0 0 0-14Zm-1 2h2v4.6l3.2 1.9-1 1.7L11 12.7V7Z",
  skip: "M4 5.5 12 12l-8 6.5v-13Zm9 0L21 12l-8 6.5v-13Z",
  back: "m14.7 5 1.4 1.4L10.5 12l5.6 5.6-1.4 1.4-7-7 7-7Z",
  down: "m6.4 9 5.6 5.6L17.6 9 19 10.4l-7 7-7-7L6.4 9Z",
  check: "m9.5 18.4-5.7-5.7 1.5-1.5 4.2 4.2 9.2-9.2 1.5 1.5L9.5 18.4Z",
  file: "M6 3h8l5 5v13H6a1.5 1.5 0 0 1-1.5-1.5v-15A1.5 1.5 0 0 1 6 3Zm7 2H6.5v14H17V9h-4V5Z",
  calendar: "M7 3h2v2h6V3h2v2h2.5A1.5 1.5 0 0 1 21 6.5v13a1.5 1.5 0 0 1-1.5 1.5h-15A1.5 1.5 0 0 1 3 19.5v-13A1.5 1.5 0 0 1 4.5 5H7V3ZM5 10v9h14v-9H5Z",
  attach: "M16.5 6v10.5a4.5 4.5 0 0 1-9 0V6a3 3 0 0 1 6 0v9.5a1.5 1.5 0 0 1-3 0V7H9v8.5a3 3 0 0 0 6 0V6a4.5 4.5 0 0 0-9 0v10.5a6 6 0 0 0 12 0V6h-1.5Z",
  download: "M11 4h2v8l3-3 1.4 1.4L12 15.8l-5.4-5.4L8 9l3 3V4ZM5 18h14v2H5v-2Z",
  alert: "M12 3.5 22.5 21h-21L12 3.5Zm-1 6.5v5h2v-5h-2Zm0 6.5v2h2v-2h-2Z",
  more: "M5 10a2 2 0 1 1 0 4 2 2 0 0 1 0-4Zm7 0a2 2 0 1 1 0 4 2 2 0 0 1 0-4Zm7 0a2 2 0 1 1 0 4 2 2 0 0 1 0-4Z",
  repeat: "M6 10h9.5l-2.7-2.7 1.3-1.3L19.3 11.2l-.8.8H6Zm12 4H8.5l2.7 2.7-1.3 1.3L4.7 12.800l.8-.8H18Z",
  copy: "M8 3h11a1 1 0 0 1 1 1v13h-2V5H8V3ZM5 7h9.5a1 1 0 0 1 1 1v12a1 1 0 0 1-1 1H5a1 1 0 0 1-1-1V8a1 1 0 0 1 1-1Zm1 2v10h7.5V9H6Z",
};

/** A drawn sign, hidden from screen readers: the control around it carries the label. */
export function icon(name) {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const path = document.createElementNS(SVG, "path");
  path.setAttribute("d", ICONS[name]);
  path.setAttribute("fill-rule", "evenodd");
  svg.append(path);
  return svg;
}

/** Makes the children of `list` match `items`; a node whose key and version did not change is kept as it is. */
export function reconcile(list, items, { key, version, render }) {
  const kept = new Map([...list.children].map((node) => [node.dataset.key, node]));
  let at = list.firstElementChild;
  for (const item of items) {
    const [itemKey, itemVersion] = [key(item), version(item)];
    let node = kept.get(itemKey);
    if (node && node.dataset.version !== itemVersion) {
      const fresh = tagged(render(item), itemKey, itemVersion);
      const focused = node.contains(document.activeElement);
      if (node === at) at = node.nextElementSibling;
      node.replaceWith(fresh);
      list.insertBefore(fresh, at);
      if (focused) fresh.focus({ preventScroll: true });
      node = fresh;
    } else if (!node) {
      node = tagged(render(item), itemKey, itemVersion);
      list.insertBefore(node, at);
    } else if (node === at) {
      at = at.nextElementSibling;
    } else {
      list.insertBefore(node, at);
    }
    kept.delete(itemKey);
  }
  for (const node of kept.values()) node.remove();
}

function tagged(node, key, version) {
  node.dataset.key = key;
  node.dataset.version = version;
  return node;
}

/** A short fingerprint of any JSON value, for `reconcile`. */
export function fingerprint(value) {
  const text = JSON.stringify(value) ?? "";
  let hash = 5381;
  for (let i = 0; i < text.length; i += 1) hash = ((hash * 33) ^ text.charCodeAt(i)) >>> 0;
  return `${text.length}.${hash.toString(36)}`;
}

/** Arrow keys, Home and End move focus among the elements that match `selector` inside `box`. */
export function roving(box, selector) {
  box.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity }[event.key];
    if (step === undefined || !event.target.matches(selector)) return;
    const all = [...box.querySelectorAll(selector)];
    const next = Math.max(0, Math.min(all.length - 1, all.indexOf(event.target) + step));
    event.preventDefault();
    for (const item of all) item.tabIndex = item === all[next] ? 0 : -1;
    all[next].focus();
  });
}
