/** What may stand as CN or as a server's name in our certificates. */
import { type Fault, STATION_ID_CHARS_MAX, shown } from "@wattward/kernel";

/** X.520 gives a common name at most 64 characters; a station's serial becomes its id by default, so that limit holds. */
const serialPattern = /^[A-Za-z0-9*\-_=+|@.]+$/;
const ipv4Pattern = /^(25[0-5]|2[0-4]\d|1?\d?\d)(\.(25[0-5]|2[0-4]\d|1?\d?\d)){3}$/;
const dnsPattern = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?(\.[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?)*$/;

/** Names on one server certificate, at most: more is a sign of a key that serves too many. */
export const SERVER_NAMES_MAX = 20;
/** A common name (X.520 ub-common-name). */
const CN_CHARS_MAX = 64;

/**
 * A serial number is never in the form of a URL or an IP address, so that station and server certificates cannot be
 * confused (A00.FR.511).
 */
export function serialFault(serial: string): Fault<"bad-serial"> | undefined {
  const wrong = (why: string): Fault<"bad-serial"> => ({
    code: "bad-serial",
    sentence: `'${shown(serial)}' cannot name a station or site in a certificate: ${why}.`,
  });
  if (serial.length > STATION_ID_CHARS_MAX)
    return wrong(`it is longer than ${STATION_ID_CHARS_MAX} characters`);
  if (!serialPattern.test(serial)) return wrong("it may hold only A-Z a-z 0-9 * - _ = + | @ .");
  if (isIpAddress(serial)) return wrong("it has the form of an IP address");
  return undefined;
}

/** Host names in lower case and IP addresses; the first is the CN and so a host name of at most 64 characters. */
export function serverNamesFault(names: readonly string[]): Fault<"bad-name"> | undefined {
  const wrong = (sentence: string): Fault<"bad-name"> => ({ code: "bad-name", sentence });
  const [first] = names;
  if (first === undefined) return wrong("A server certificate needs at least one name.");
  if (names.length > SERVER_NAMES_MAX)
    return wrong(`A server certificate has at most ${SERVER_NAMES_MAX} names.`);
  const bad = names.find((name) => !isIpAddress(name) && !dnsPattern.test(name));
  if (bad !== undefined) {
    return wrong(
      `'${shown(bad)}' is no host name in lower case and no IP address; wildcards are not issued.`,
    );
  }
  if (isIpAddress(first) || first.length > CN_CHARS_MAX) {
    return wrong(`The first name of a server is its host name of at most ${CN_CHARS_MAX} characters.`);
  }
  return undefined;
}

export const isIpAddress = (name: string): boolean => ipv4Pattern.test(name) || ipv6Bytes(name) !== undefined;

/** Network-order bytes of an address in lower-case hexadecimal, undefined for anything else. */
export function ipAddressHex(name: string): string | undefined {
  if (ipv4Pattern.test(name)) {
    return name
      .split(".")
      .map((part) => Number(part).toString(16).padStart(2, "0"))
      .join("");
  }
  return ipv6Bytes(name);
}

function ipv6Bytes(name: string): string | undefined {
  if (!/^[0-9a-fA-F:]{2,39}$/.test(name) || !name.includes(":")) return undefined;
  const [head = "", tail, ...more] = name.split("::");
  if (more.length > 0) return undefined;
  const groups = (part: string) => (part === "" ? [] : part.split(":"));
  const before = groups(head);
  const after = tail === undefined ? [] : groups(tail);
  const missing = 8 - before.length - after.length;
  if (tail === undefined ? missing !== 0 : missing < 1) return undefined;
  const all = [...before, ...Array<string>(missing).fill("0"), ...after];
  return all.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))
    ? all.map((group) => group.toLowerCase().padStart(4, "0")).join("")
    : undefined;
}
