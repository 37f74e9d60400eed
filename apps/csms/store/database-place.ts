/**
 * Where a database is: a file of SQLite, or a PostgreSQL server by its URL, as libpq writes it:
 *
 *     postgres://user@host:5432/name?sslmode=verify-full     postgres://user@%2Frun%2Fpostgresql/name
 *
 * A password may stand in the URL or in PGPASSWORD; it is in no message, no log and no file of ours. To another machine
 * it travels over verified TLS unless the URL says `sslmode=disable` in so many words.
 */
import { failed, ok, type Result } from "@wattward/kernel";

export type DatabasePlace =
  | { readonly kind: "file"; readonly path: string }
  | {
      readonly kind: "server";
      /** For the driver; may hold a password. */
      readonly url: string;
      /** The same without a password: for people, and to be kept. */
      readonly shown: string;
    };

const SERVER = /^postgres(ql)?:\/\//i;
/** `no-verify`, `prefer` and the like would look encrypted, and trust whoever answers. */
const sslModes: ReadonlySet<string> = new Set(["disable", "verify-full"]);
const LOOPBACK: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "[::1]", ""]);

/** A path, or the URL of a server, whatever looks like one. Throws TypeError on a URL that {@link serverPlace} refuses. */
export function placeOf(database: string): DatabasePlace {
  if (!SERVER.test(database)) return { kind: "file", path: database };
  const place = serverPlace(database);
  if (!place.ok) throw new TypeError(place.fault.sentence);
  return place.value;
}

/** Reads what a person gave as the URL of a database. No sentence repeats it, because it may hold a password. */
export function serverPlace(text: string): Result<DatabasePlace & { kind: "server" }, UrlFault> {
  if (!SERVER.test(text) || !URL.canParse(text)) {
    return no("it is no URL of a database: write postgres://USER@HOST:PORT/NAME");
  }
  const url = new URL(text);
  const name = decodeURIComponent(url.pathname.slice(1));
  if (!/^[^/\0]{1,63}$/.test(name)) return no("it names no database: write postgres://USER@HOST:PORT/NAME");
  const host = url.searchParams.get("host") ?? decodeURIComponent(url.hostname);
  const local = LOOPBACK.has(host) || host.startsWith("/");
  const mode = url.searchParams.get("sslmode") ?? (local ? undefined : "verify-full");
  if (mode !== undefined && !sslModes.has(mode)) {
    return no(
      `sslmode is verify-full (with sslrootcert=FILE for a CA of your own), or disable; not '${mode.slice(0, 20)}'`,
    );
  }
  if (mode !== undefined) url.searchParams.set("sslmode", mode);
  const shown = new URL(url);
  shown.password = "";
  shown.searchParams.delete("password");
  return ok({ kind: "server", url: url.href, shown: shown.href });
}

type UrlFault = { readonly code: "bad-url"; readonly sentence: string };
const no = (sentence: string) => failed<UrlFault>({ code: "bad-url", sentence });
