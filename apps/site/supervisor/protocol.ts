/** What the supervisor and its children say to each other over Node's channel between processes. */

/** A child that does not beat for {@link SILENT_MS_MAX} hangs, and is killed. */
export const BEAT_EVERY_MS = 1_000;
export const SILENT_MS_MAX = 15_000;
/** sysexits' EX_CONFIG: starting it again would change nothing, a person must act. */
export const EXIT_CANNOT_RUN = 78;

export type ChildMessage =
  | { readonly kind: "beat" }
  | { readonly kind: "listening"; readonly port: number }
  /** The listener of a security profile with passwords has opened on this port, or closed. */
  | { readonly kind: "password-port"; readonly profile: 1 | 2; readonly port: number | undefined }
  /** Transparent mode: what became of each station's own connection to the CSMS, by station. */
  | { readonly kind: "upstreams"; readonly stations: object }
  | { readonly kind: "cannot-run"; readonly sentence: string };

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
  if (kind === "cannot-run" && typeof sentence === "string") return { kind, sentence };
  return undefined;
}
