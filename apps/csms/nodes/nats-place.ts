/**
 * Where NATS is, as an operator writes it: one URL, or several of one cluster with commas between.
 *
 *     nats://127.0.0.1:4222      tls://nats-1.example:4222,tls://nats-2.example:4222      nats://user@host:4222?tls=off
 *
 * To another machine it is TLS with a verified certificate, unless the URL says `tls=off` in so many words. A password
 * comes from NATS_PASSWORD or stands in the URL; it is in no message and no log.
 */
import { failed, ok, type Result } from "@wattward/kernel";

export type NatsPlace = {
  /** host:port of each server. */
  readonly servers: readonly string[];
  readonly tls: boolean;
  readonly user?: string;
  readonly password?: string;
  /** For people: without a password. */
  readonly shown: string;
};

const SERVERS_MAX = 16;
const DEFAULT_PORT = "4222";
const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]"]);

/** No sentence repeats what was given, because it may hold a password. */
export function natsPlace(text: string): Result<NatsPlace, { sentence: string }> {
  const parts = text.split(",");
  if (parts.length > SERVERS_MAX) return no(`it names more than ${SERVERS_MAX} servers`);
  const urls: URL[] = [];
  for (const part of parts) {
    const known = /^(nats|tls):\/\//i.test(part) && URL.canParse(part);
    if (!known) return no("it is no address of NATS: write nats://HOST:PORT, or tls://HOST:PORT");
    urls.push(new URL(part));
  }
  const [first] = urls;
  if (first === undefined || urls.some(({ hostname }) => hostname === "")) return no("it names no host");
  if (urls.some(({ pathname }) => pathname !== "/" && pathname !== ""))
    return no("it has a path, and NATS has none");
  const off = first.searchParams.get("tls");
  if (off !== null && off !== "off") return no("tls is off, or left out");
  const local = urls.every(({ hostname }) => LOOPBACK.has(hostname));
  const asked = urls.some(({ protocol }) => protocol === "tls:");
  const servers = urls.map(({ hostname, port }) => `${hostname}:${port || DEFAULT_PORT}`);
  const tls = asked || (!local && off === null);
  return ok({
    servers,
    tls,
    ...(first.username !== "" && { user: decodeURIComponent(first.username) }),
    ...(first.password !== "" && { password: decodeURIComponent(first.password) }),
    shown: servers.map((server) => `${tls ? "tls" : "nats"}://${server}`).join(","),
  });
}

const no = (sentence: string) => failed({ sentence });
