/**
 * Times on the wire: RFC 3339, which OCPP 2.0.1 asks for (Part 2 §3.1), and the other offsets of ISO 8601, which 1.6
 * allows (§3.15; QUIRKS 2): `Z`, `+02:00`, `+0200`, `+02`. More than the three decimals of 2.0.1 are read, then cut. A
 * time without a zone is refused: it names no instant.
 */

//                 year     month   day     hour    minute  second   fraction       offset
const pattern = /^(\d{4})-(\d\d)-(\d\d)[Tt](\d\d):(\d\d):(\d\d)(\.\d{1,12})?([Zz]|[+-]\d\d(?::?\d\d)?)$/;

/** The last instant that RFC 3339 can write; of a later one `Date` makes an exception, where it is shown or answered. */
export const INSTANT_MS_MAX = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/** Milliseconds since 1970 UTC (a fraction beyond them is cut), or undefined where the text names no instant. */
export function dateTimeMs(text: string): number | undefined {
  const found = pattern.exec(text);
  if (found === null) return undefined;
  const [year, month, day, hour, minute, second] = found.slice(1, 7).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const offset = offsetMinutes(found[8] as string);
  if (month < 1 || month > 12 || day < 1 || day > daysIn(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 60 || offset === undefined) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(
    hour,
    minute - offset,
    second,
    Number((found[7] ?? ".0").slice(0, 4).padEnd(4, "0").slice(1)),
  );
  // A leap second ends a UTC day; it is read as the second that follows.
  if (second === 60 && (date.getUTCHours() !== 0 || date.getUTCMinutes() !== 0)) return undefined;
  return date.getTime();
}

/** An instant in the form that OCPP asks for (RFC 3339 §5.6): the offset has minutes and a colon, or is `Z`. */
export const isRfc3339 = (text: string): boolean =>
  /(?:[Zz]|[+-]\d\d:\d\d)$/.test(text) && dateTimeMs(text) !== undefined;

function offsetMinutes(zone: string): number | undefined {
  if (zone === "Z" || zone === "z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = zone.length > 3 ? Number(zone.slice(-2)) : 0;
  if (hours > 23 || minutes > 59) return undefined;
  return (zone[0] === "-" ? -1 : 1) * (hours * 60 + minutes);
}

const daysIn = (year: number, month: number): number =>
  month === 2 ? (isLeap(year) ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
