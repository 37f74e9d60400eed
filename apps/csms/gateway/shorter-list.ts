/**
 * One measurand too many, and a 1.6 station rejects the whole ChangeConfiguration (QUIRKS 40). It is asked how long the
 * list may be (`…MaxLength`, 1.6 §9.1), told a shorter one, and asked what it kept. The outcome says all three: what was
 * asked for is never shortened in silence.
 */
import type { Json, JsonObject } from "@wattward/kernel";
import type { Judged } from "./outcome.ts";
import type { StationLink } from "./station-link.ts";

const lists: ReadonlySet<string> = new Set([
  "MeterValuesAlignedData",
  "MeterValuesSampledData",
  "StopTxnAlignedData",
  "StopTxnSampledData",
]);
/** Lists that are tried after the first, where the station does not say how long one may be. */
const TRIES_MAX = 4;

type Refused = { readonly action: string; readonly payload: JsonObject };

/** Undefined where the refused command was no such list; then the refusal stands as it is. */
export async function retriedShorter(
  link: Pick<StationLink, "call" | "version">,
  { action, payload }: Refused,
  timeoutMs: number,
): Promise<Judged | undefined> {
  const { key, value } = payload;
  if (link.version !== "1.6" || action !== "ChangeConfiguration") return undefined;
  if (typeof key !== "string" || typeof value !== "string" || !lists.has(key)) return undefined;
  const asked = value.split(",");
  const read = async (name: string) =>
    valueIn(await link.call("GetConfiguration", { key: [name] }, { timeoutMs }));
  const told = Number((await read(`${key}MaxLength`)) ?? Number.NaN);
  let length = Number.isInteger(told) && told > 0 && told < asked.length ? told : asked.length - 1;
  for (let tries = 0; tries < TRIES_MAX && length > 0; tries += 1, length -= 1) {
    const set = asked.slice(0, length).join(",");
    const outcome = await link.call(action, { key, value: set }, { timeoutMs });
    const status = outcome.kind === "result" ? outcome.payload["status"] : undefined;
    if (status === undefined) return undefined;
    if (status !== "Accepted" && status !== "RebootRequired") continue;
    const kept = (await read(key)) ?? null;
    return { state: "accepted", outcome: { status, asked: value, set, kept } };
  }
  return undefined;
}

function valueIn(outcome: Awaited<ReturnType<StationLink["call"]>>): string | undefined {
  const keys: Json | undefined = outcome.kind === "result" ? outcome.payload["configurationKey"] : undefined;
  const [first] = Array.isArray(keys) ? (keys as readonly JsonObject[]) : [];
  const value = first?.["value"];
  return typeof value === "string" ? value : undefined;
}
