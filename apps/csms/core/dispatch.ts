/**
 * From a CALL to its handler: who may speak, what is known, what is served.
 *
 *   - a station that is not accepted may boot, and answer what it was asked for (QUIRKS 17; 2.0.1 B02.FR.09,
 *     B03.FR.07: SecurityError);
 *   - an accepted one may speak without a new boot: the accepted state outlives the connection (QUIRKS 17);
 *   - 2.0.1 that has never booted: SecurityError until it has (B01.FR.10).
 */
import type { Json } from "@wattward/kernel";
import { actionsFrom, type OcppVersion } from "@wattward/ocpp";
import { routes16 } from "../ocpp16/routes.ts";
import { routes21, sends21 } from "../ocpp21/routes.ts";
import { routes201 } from "../ocpp201/routes.ts";
import { askForBoot } from "../stations/ask-for-boot.ts";
import { wasAskedFor } from "../stations/asked-for.ts";
import { setSeen } from "../stations/rows.ts";
import type { Tx } from "../store/writer.ts";
import { countOf } from "../tolerance/deviations.ts";
import { noticedIn } from "../tolerance/noticed.ts";
import { setAside } from "../tolerance/set-aside.ts";
import { type Call, type Handler, refusal, type SendHandler } from "./call.ts";
import type { World } from "./decision.ts";
import type { SendTaken, StationAnswer } from "./port.ts";

/** Handlers by action. The gateway has held each payload against its schema: that is where it gets its type. */
const tables: Readonly<Record<OcppVersion, ReadonlyMap<string, Handler<never>>>> = {
  "1.6": new Map(Object.entries(routes16)),
  "2.0.1": new Map(Object.entries(routes201)),
  "2.1": new Map(Object.entries(routes21)),
};
const sends: ReadonlyMap<string, SendHandler<never>> = new Map(Object.entries(sends21));

/**
 * A station's `seen_at_ms` may lag by this much, and by as much as the gateway keeps heartbeats to itself (pulse.ts): a
 * write for every heartbeat would be a commit for every heartbeat.
 */
const SEEN_EVERY_MS = 10_000;

export async function dispatch(tx: Tx, call: Call, world: World): Promise<StationAnswer> {
  const unheard = mayNotSpeak(call);
  if (unheard !== undefined && !(await wasAskedFor(tx, call))) return unheard;
  if (call.fault !== undefined) return setAside(tx, call, call.fault);
  const odd = outOfRange(call);
  if (odd !== undefined)
    return refusal("PropertyConstraintViolation", `${odd} is beyond any number kept here`);
  await see(tx, call);
  if (!call.repeated) await countOf(tx, call, [...(call.deviations ?? []), ...noticedIn(call)]);
  await askForBoot(tx, call, world);
  const handler = tables[call.version].get(call.action);
  if (handler !== undefined) return handler(tx, call as Call<never>, world);
  const known = (["station", "csms"] as const).some((side) =>
    actionsFrom(call.version, side).has(call.action),
  );
  return known
    ? refusal("NotSupported", `${call.action} is not served here`)
    : refusal("NotImplemented", `OCPP ${call.version} has no such action`);
}

/** A SEND on its way: who may not speak, and what makes no sense, is dropped, for nobody waits for an answer. */
export async function dispatchSend(tx: Tx, send: Call, world: World): Promise<SendTaken> {
  const unheard = mayNotSpeak(send);
  if (unheard?.kind === "error") return { kind: "dropped", why: unheard.description };
  const odd = outOfRange(send);
  if (odd !== undefined) return { kind: "dropped", why: `${odd} is beyond any number kept here` };
  const handler = send.version === "2.1" ? sends.get(send.action) : undefined;
  if (handler === undefined) return { kind: "dropped", why: `OCPP ${send.version} has no such message` };
  await see(tx, send);
  return handler(tx, send as Call<never>, world);
}

function mayNotSpeak({ station, version, action }: Call): StationAnswer | undefined {
  if (action === "BootNotification") return undefined;
  if (station.admission !== "accepted") {
    return refusal("SecurityError", "this station is not accepted; only BootNotification is answered");
  }
  if (version !== "1.6" && station.booted_at_ms === null) {
    return refusal("SecurityError", "send BootNotification first");
  }
  return undefined;
}

/**
 * Far beyond any register, and small enough that a difference of two, or a sum of several, is still exact: a sum past
 * 2⁵³ could be written to the database, and never be read again.
 */
const NUMBER_MAX = 1e15;

/** What anything may stand in, or is judged where it is read: a register that is noise is no reason to refuse a stop. */
const unjudged: ReadonlySet<string> = new Set([
  "costDetails",
  "customData",
  "meterValue",
  "transactionData",
  "transactionLimit",
]);

/** JSON lets a number be 1e300, whole or not. The place of one that is beyond all; undefined where none is. */
function outOfRange({ action, payload }: Call): string | undefined {
  // A vendor's own data is not read here.
  return oddIn(payload, action === "DataTransfer" ? ["data"] : []);
}

/** Nesting is bounded before a frame is parsed. */
function oddIn(value: Json, besides: readonly string[] = []): string | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  for (const [name, inner] of Object.entries(value) as [string, Json][]) {
    if (unjudged.has(name) || besides.includes(name)) continue;
    if (typeof inner === "number" && Math.abs(inner) > NUMBER_MAX) return name;
    const odd = oddIn(inner);
    if (odd !== undefined) return `${name}/${odd}`;
  }
  return undefined;
}

async function see(tx: Tx, { station, version, arrivedAtMs, live }: Call): Promise<void> {
  const fresh = arrivedAtMs - (station.seen_at_ms ?? 0) < SEEN_EVERY_MS && station.ocpp_version === version;
  if (live && !fresh) await tx.run(setSeen, { id: station.id, atMs: arrivedAtMs, version });
}
