/** What the supervisor and its children say to each other over Node's channel between processes. */

/** A child that does not beat for the time in its row of the table hangs, and is killed. */
export const BEAT_EVERY_MS = 1_000;
/** Of a child that is starting: nothing beats before it is loaded. */
export const STARTING_MS_MAX = 15_000;
/**
 * Of the local controller. It waits for no disk (all of that is in other threads), but its log is a pipe that is written at once, and
 * whoever reads it may wait for one; so may a page of its own memory. Longer than such a stall, for its death costs every station its
 * connection; and with a start and the stations' return well below half a grant's life (30 s), so that no car notices.
 */
export const SILENT_LOCAL_MS_MAX = 6_000;
/** Of those whose death only changes the mode, which is to be declared soon (ADR 16). */
export const SILENT_SOON_MS_MAX = 3_000;
/** sysexits' EX_CONFIG: starting it again would change nothing, a person must act. */
export const EXIT_CANNOT_RUN = 78;

export type ChildMessage =
  | { readonly kind: "beat" }
  | { readonly kind: "listening"; readonly port: number }
  /** The listener of a security profile with passwords has opened on this port, or closed. */
  | { readonly kind: "password-port"; readonly profile: 1 | 2; readonly port: number | undefined }
  /** Transparent mode: what became of each station's own connection to the CSMS, by station. */
  | { readonly kind: "upstreams"; readonly stations: object }
  | ObservedMessage
  | WallMessage
  | { readonly kind: "cannot-run"; readonly sentence: string };

/** What the guard observes begins with this, and the guard alone may begin so (modbus-guard/observations.ts). */
export const GUARD_KINDS = "modbus.";
/** Something seen that the CSMS is to hear of: the supervisor hands it on to the local controller, which has the link. */
export type ObservedMessage = { readonly kind: "observed"; readonly what: string; readonly detail: string };

/** The wall time that the CSMS told the local controller, for the processes that do not speak with it; told while it is trusted. */
export type WallMessage = { readonly kind: "wall"; readonly wallMs: number };
export const WALL_EVERY_MS = 10_000;
/** Of one child, in all its lives: more is not handed on. Whoever hears it has a share of its own to pass up (link/witness.ts). */
export const HANDED_ON_RATE = { burst: 100, perSecond: 5 } as const;
/** Of an observation, its kind and its detail together; longer than any that the guard makes. */
export const OBSERVED_CHARS_MAX = 8_192;
/** What the supervisor hands on from one child to another. */
export type HandedOn = ObservedMessage | WallMessage;

/** A child is ours, yet what it says is read strictly: a later version's words are ignored. */
export function parseChildMessage(value: unknown): ChildMessage | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const [kind, port, sentence] = [fields.get("kind"), fields.get("port"), fields.get("sentence")];
  if (kind === "beat") return { kind };
  if (kind === "listening" && typeof port === "number") return { kind, port };
  const profile = fields.get("profile");
  if (kind === "password-port" && (profile === 1 || profile === 2))
    return { kind, profile, port: typeof port === "number" ? port : undefined };
  const stations = fields.get("stations");
  if (kind === "upstreams" && typeof stations === "object" && stations !== null) return { kind, stations };
  if (kind === "observed" || kind === "wall") return parseHandedOn(value);
  if (kind === "cannot-run" && typeof sentence === "string") return { kind, sentence };
  return undefined;
}

/** For the child that it is handed on to. */
export function parseHandedOn(value: unknown): HandedOn | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const fields = new Map<string, unknown>(Object.entries(value));
  const [kind, what, detail] = [fields.get("kind"), fields.get("what"), fields.get("detail")];
  const wallMs = fields.get("wallMs");
  if (kind === "wall" && typeof wallMs === "number" && Number.isFinite(wallMs)) return { kind, wallMs };
  if (kind !== "observed" || typeof what !== "string" || typeof detail !== "string") return undefined;
  return what.length + detail.length <= OBSERVED_CHARS_MAX ? { kind, what, detail } : undefined;
}
