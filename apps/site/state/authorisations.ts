/**
 * May this token charge, while nobody can be asked? Local list, then cache, then the bundle's policy (1.6 §3.5.1 and
 * §3.5.3; 2.0.1 C10, C12, C13, C15): the list wins over the cache, because the operator wrote it.
 *
 * The cache holds what the CSMS last answered, under a salted hash of the token: a copy of the file alone is no list of
 * cards. (A short UID can still be guessed by trying them all; the file is 0600 like all others.) Bounded, oldest out
 * first. With a clock of unknown quality no date decides, so that a site that boots in 1970 charges (ADR 20).
 */
import { createHash } from "node:crypto";
import { type Chance, type Disk, hex, type Instant, type Log } from "@wattward/kernel";
import type { Bundle, LocalListEntry } from "@wattward/sitelink";
import { fieldsOf, isCount, keep, readKept } from "./kept.ts";

/** In the words of 2.0.1, which has all of 1.6's. */
export type TokenStatus = "Accepted" | "Blocked" | "Expired" | "Invalid";
export type TokenVerdict = {
  readonly status: TokenStatus;
  readonly from: "list" | "cache" | "policy";
  readonly expiresAtMs?: number;
};

export const CACHE_TOKENS_MAX = 2_000;
const CACHE = "state/authorisations.json";

type Cached = { readonly status: TokenStatus; readonly learntAtMs: number; readonly expiresAtMs?: number };

export class Authorisations {
  private readonly salt: string;
  private readonly cache: Map<string, Cached>;
  private list: { readonly bundle: Bundle; readonly tokens: ReadonlyMap<string, LocalListEntry> } | undefined;
  private changed = false;

  private constructor(salt: string, cache: Map<string, Cached>) {
    this.salt = salt;
    this.cache = cache;
  }

  static async open(disk: Disk, log: Log, chance: Chance): Promise<Authorisations> {
    const kept = await readKept(disk, log, { path: CACHE, parse: parseCache });
    return new Authorisations(kept?.salt ?? hex(chance, 16), new Map(kept?.tokens));
  }

  /** What a token gets now. Without a bundle there is no policy, and no token is let in. */
  verdict(token: string, bundle: Bundle | undefined, now: Instant): TokenVerdict {
    if (bundle === undefined) return { status: "Invalid", from: "policy" };
    const dated = now.quality !== "unknown";
    const expired = (atMs: number | undefined) => dated && atMs !== undefined && atMs < now.wallMs;

    const listed = this.listOf(bundle).get(token.toLowerCase());
    if (listed !== undefined) {
      const status = expired(listed.expiresAtMs) ? "Expired" : listed.status;
      return { status, from: "list", ...until(listed) };
    }
    const cached = this.cache.get(this.keyOf(token));
    // Learnt in the future, by a clock that was set back since, is as old as it is ahead: its age is not known.
    const ageMs = cached === undefined ? 0 : Math.abs(now.wallMs - cached.learntAtMs);
    if (cached !== undefined && (!dated || ageMs <= bundle.policy.cacheMsMax)) {
      const status = expired(cached.expiresAtMs) && cached.status === "Accepted" ? "Expired" : cached.status;
      return { status, from: "cache", ...until(cached) };
    }
    return {
      status: bundle.policy.unknownTokenOffline === "accept" ? "Accepted" : "Invalid",
      from: "policy",
    };
  }

  /** The CSMS has answered about a token; `status` in either version's words, others are not remembered. */
  learn(token: string, answer: { status: unknown; expiresAtMs?: number | undefined }, now: Instant): void {
    if (!isStatus(answer.status)) return;
    const key = this.keyOf(token);
    this.cache.delete(key);
    this.cache.set(key, { status: answer.status, learntAtMs: now.wallMs, ...until(answer) });
    if (this.cache.size > CACHE_TOKENS_MAX) this.cache.delete(this.cache.keys().next().value ?? "");
    this.changed = true;
  }

  async save(disk: Disk, log: Log): Promise<void> {
    if (!this.changed) return;
    this.changed = !(await keep(disk, log, CACHE, { salt: this.salt, tokens: [...this.cache] }));
  }

  /** The local list by token, made once for each bundle: it may hold 20,000. */
  private listOf(bundle: Bundle): ReadonlyMap<string, LocalListEntry> {
    if (this.list?.bundle !== bundle) {
      const tokens = new Map(bundle.localList.map((entry) => [entry.token.toLowerCase(), entry]));
      this.list = { bundle, tokens };
    }
    return this.list.tokens;
  }

  private keyOf(token: string): string {
    return createHash("sha256").update(`${this.salt} ${token.toLowerCase()}`).digest("base64url");
  }
}

const until = ({ expiresAtMs }: { expiresAtMs?: number | undefined }) =>
  expiresAtMs === undefined ? {} : { expiresAtMs };

const statuses: readonly unknown[] = ["Accepted", "Blocked", "Expired", "Invalid"] satisfies TokenStatus[];
const isStatus = (value: unknown): value is TokenStatus => statuses.includes(value);

function parseCache(value: unknown): { salt: string; tokens: (readonly [string, Cached])[] } | undefined {
  const fields = fieldsOf(value);
  const [salt, tokens] = [fields.get("salt"), fields.get("tokens")];
  if (typeof salt !== "string" || !Array.isArray(tokens)) return undefined;
  const parsed: (readonly [string, Cached])[] = [];
  for (const pair of tokens.slice(-CACHE_TOKENS_MAX)) {
    if (!Array.isArray(pair) || typeof pair[0] !== "string") return undefined;
    const entry = fieldsOf(pair[1]);
    const [status, learntAtMs, expiresAtMs] = [
      entry.get("status"),
      entry.get("learntAtMs"),
      entry.get("expiresAtMs"),
    ];
    if (!isStatus(status) || !isCount(learntAtMs)) return undefined;
    parsed.push([pair[0], { status, learntAtMs, ...(isCount(expiresAtMs) && { expiresAtMs }) }]);
  }
  return { salt, tokens: parsed };
}
