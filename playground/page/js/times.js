/** Moments as the person whom the visitor plays reads them: in that person's zone and language. */

const formats = new Map();

function format(locale, zone, options) {
  const key = JSON.stringify([locale, zone, options]);
  if (!formats.has(key)) formats.set(key, new Intl.DateTimeFormat(locale, { ...options, timeZone: zone }));
  return formats.get(key);
}

const CLOCK = { weekday: "long", day: "numeric", month: "long", year: "numeric" };
const SHORT = { weekday: "short", day: "numeric", month: "short" };
const HOUR = { hour: "2-digit", minute: "2-digit" };

export const longDay = (moment, { locale, zone }) => format(locale, zone, CLOCK).format(moment);
export const shortDay = (moment, { locale, zone }) => format(locale, zone, SHORT).format(moment);
export const hour = (moment, { locale, zone }) => format(locale, zone, HOUR).format(moment);
export const dayKey = (moment, { zone }) => format("en-CA", zone, { year: "numeric", month: "2-digit", day: "2-digit" }).format(moment);

const PARTS = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

/** Epoch seconds as the value of a `datetime-local` input in `zone`. */
export function epochToLocal(epoch, zone) {
  const parts = Object.fromEntries(format("en-CA", zone, PARTS).formatToParts(new Date(epoch * 1000)).map((part) => [part.type, part.value]));
  return `${parts.year}-${parts.month}-${parts.day}T${parts.hour}:${parts.minute}`;
}

/** The value of a `datetime-local` input, read in `zone`, as epoch seconds. */
export function localToEpoch(value, zone) {
  const wished = Date.parse(`${value}:00Z`) / 1000;
  let epoch = wished;
  for (let i = 0; i < 2; i += 1) epoch += wished - Date.parse(`${epochToLocal(epoch, zone)}:00Z`) / 1000;
  return epoch;
}
