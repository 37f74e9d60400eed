/**
 * Who is asking: finds the live session behind a cookie or a bearer token. The database holds the absolute end of each
 * session; the idle end of cookies is kept here, in memory, so that a read costs no write: after a restart a session's
 * idle time counts from the start of the process.
 */
import type { Clock } from "@wattward/kernel";
import type { Actor } from "../../access/allow.ts";
import type { Core } from "../../core/port.ts";
import { csrfOf, secretHash } from "./secrets.ts";

export const sessionLimits = {
  /** A browser signs in again after this, whatever it does. */
  cookieMs: 12 * 3600_000,
  /** … or after this long without a request. */
  cookieIdleMs: 60 * 60_000,
  tokenDaysMax: 366,
  tokenDaysDefault: 90,
  /** Idle times remembered; the one used longest ago is forgotten first. */
  rememberedMax: 10_000,
  /** Longer than any secret of ours: what is longer is not looked up. */
  secretCharsMax: 128,
} as const;

export type Session = {
  readonly hash: string;
  readonly actor: Actor;
  /** Empty for tokens, which no browser sends by itself. */
  readonly csrf: string;
};

export type Sessions = {
  find(credentials: { cookie: string | undefined; bearer: string | undefined }): Promise<Session | undefined>;
  /** Is this session still open? For streams, which outlive their request; an open stream counts as use. */
  alive(session: Session): Promise<boolean>;
  /** To be told of every session opened and closed, so that idle times are right. */
  opened(hash: string): void;
  closed(hash: string): void;
};

export function createSessions(core: Core, clock: Clock): Sessions {
  const lastUseMs = new Map<string, number>();
  const startedMs = clock.now().monotonicMs;

  const idle = (hash: string) =>
    clock.now().monotonicMs - (lastUseMs.get(hash) ?? startedMs) > sessionLimits.cookieIdleMs;
  const used = (hash: string) => {
    lastUseMs.delete(hash);
    lastUseMs.set(hash, clock.now().monotonicMs);
    if (lastUseMs.size > sessionLimits.rememberedMax) lastUseMs.delete(lastUseMs.keys().next().value!);
  };
  const get = (hash: string) => core.query("session.get", { hash, nowMs: clock.now().wallMs });

  return {
    async find({ cookie, bearer }) {
      // A token was put there on purpose; a cookie comes by itself.
      const secret = bearer ?? cookie;
      if (secret === undefined || secret === "" || secret.length > sessionLimits.secretCharsMax)
        return undefined;
      const hash = secretHash(secret);
      const row = await get(hash);
      const via = bearer === undefined ? "cookie" : "token";
      if (row === undefined || row.kind !== via) return undefined;
      if (via === "cookie") {
        if (idle(hash)) return undefined;
        used(hash);
      }
      const actor: Actor = { person: row.person, name: row.name, role: row.role, via };
      return { hash, actor, csrf: via === "cookie" ? csrfOf(secret) : "" };
    },
    async alive({ hash, actor }) {
      if (actor.via === "cookie") {
        if (idle(hash)) return false;
        used(hash);
      }
      return (await get(hash)) !== undefined;
    },
    opened: used,
    closed: (hash) => void lastUseMs.delete(hash),
  };
}
