/**
 * What a station's monitors and hard-wired notifications saw (2.0.1, 2.1 N07): each an observation and the newest value
 * of its variable. `AvailabilityState` of a connector, or of the station, is its status as well: 2.1 tells it so in
 * place of StatusNotification (G01), and 2.0.1 may.
 */
import type { RequestOf } from "@wattward/ocpp";
import type { Call, Version2 } from "../core/call.ts";
import { clipped, maskedToken, observe } from "../core/observations.ts";
import type { Tx } from "../store/writer.ts";
import { checkTransactions } from "../transactions/foreign.ts";
import { headOf } from "../transactions/record.ts";
import { storeStatus } from "./status.ts";
import { componentName, storeVariables, variableName } from "./variables.ts";

/** Events of one message that become observations: a monitor gone wild fills no outbox. */
const OBSERVED_MAX = 50;
/** Events of one message whose values are taken. */
const TAKEN_MAX = 500;

type Payload = RequestOf<Version2, "NotifyEvent">;
type Event = Payload["eventData"][number];

const states: ReadonlySet<string> = new Set(["Available", "Occupied", "Reserved", "Unavailable", "Faulted"]);

export async function takeEvents(tx: Tx, call: Call<Payload>): Promise<void> {
  const events = call.payload.eventData.slice(0, TAKEN_MAX);
  const transactions = events.flatMap(({ transactionId }) => transactionId ?? []);
  await checkTransactions(tx, call, transactions);
  for (const [n, event] of events.entries()) {
    const place = placeOf(event);
    if (place !== undefined) await takeState(tx, call, event, place);
    else if (n < OBSERVED_MAX) observeEvent(tx, call, event);
  }
  if (!call.live) return;
  const values = events.filter(({ variable }) => !holdsToken(variable.name));
  await storeVariables(
    tx,
    call.station.id,
    values.map(({ component, variable, actualValue }) => ({ component, variable, value: actualValue })),
    { source: "event", atMs: call.arrivedAtMs },
  );
}

/** `TokenReader` tells the token that it read: a key, not a fact. */
const holdsToken = (name: string): boolean => name.toLowerCase() === "token";

function observeEvent(tx: Tx, call: Call<object>, event: Event): void {
  const { component, variable, actualValue, trigger } = event;
  const data = {
    component: componentName(component),
    variable: variableName(variable),
    value: holdsToken(variable.name) ? maskedToken(actualValue) : clipped(actualValue),
    trigger,
  };
  observe(tx, { ...headOf(call), kind: "station.event", data });
}

type Place = { readonly evse: number; readonly connector: number };

/** Whose status it is; undefined where it is none: of an EVSE as a whole its connectors say as much. */
function placeOf({ component, variable, actualValue }: Event): Place | undefined {
  if (variable.name.toLowerCase() !== "availabilitystate" || !states.has(actualValue)) return undefined;
  const name = component.name.toLowerCase();
  if (name === "chargingstation") return { evse: 0, connector: 0 };
  const { id, connectorId } = component.evse ?? {};
  if (name !== "connector" || id === undefined || id <= 0) return undefined;
  return { evse: id, connector: connectorId ?? 1 };
}

/** One too many, or below 0, is not kept; the event is acknowledged like any other. */
async function takeState(tx: Tx, call: Call<object>, event: Event, place: Place): Promise<void> {
  const { actualValue: status, timestamp } = event;
  const refused = await storeStatus(tx, call, { ...place, status, errorCode: null, timestamp });
  if (refused !== undefined) observeEvent(tx, call, event);
}
