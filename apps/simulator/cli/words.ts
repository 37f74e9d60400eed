/** What the simulator's command lines have in common: how their words are read, and what is said of wrong ones. */

/** The caller's mistake, as a sentence. */
export class Wrong extends Error {}

/** Where a central system is reached; `connect`: where TCP goes instead. */
export type Address = {
  readonly url: string;
  readonly connect: { readonly host: string; readonly port: number } | undefined;
};

/** A day: longer spans are typing errors. */
const SECONDS_MAX = 86_400;

export function whole(name: string, text: string, least: number, most = SECONDS_MAX): number {
  const value = /^\d{1,10}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= least && value <= most) return value;
  throw new Wrong(`${name} is a whole number from ${least} to ${most}; '${text}' is not.`);
}

/** Where else one central system is: `--url A,B --connect C,D`, one place for each address. */
export function addressesOf(urls: string | undefined, connects: string | undefined): Address[] {
  const places = connects?.split(",").map(hostAndPort) ?? [];
  const named = (urls?.split(",") ?? []).map(url);
  const [first] = named;
  if (places.length > 1 && places.length !== named.length)
    throw new Wrong("--connect names one place for each --url.");
  if (named.some((other) => new URL(other).protocol !== new URL(first ?? other).protocol))
    throw new Wrong("--url names addresses of one kind: wss:// or ws://.");
  return named.map((each, i) => ({ url: each, connect: places[i] ?? places[0] }));
}

function url(text: string): string {
  const scheme = URL.canParse(text) ? new URL(text).protocol : "";
  if (scheme === "wss:" || scheme === "ws:") return text;
  throw new Wrong(`--url begins with wss:// (or ws://, without TLS); '${text}' does not.`);
}

export function hostAndPort(text: string): { host: string; port: number } {
  const [, host, port = ""] = /^(.+):(\d+)$/.exec(text) ?? [];
  if (host === undefined) throw new Wrong(`--connect is HOST:PORT; '${text}' is not.`);
  return { host: host.replace(/^\[(.*)\]$/, "$1"), port: whole("--connect HOST:PORT", port, 1, 65_535) };
}
