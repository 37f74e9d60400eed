/** A station on its bench that takes commands: what it answers, and what the central system then hears. */
import assert from "node:assert/strict";
import type { OcppVersion } from "@wattward/ocpp";
import { bench, card, one, someCar } from "./bench.ts";

/** A command as a test writes it: action and payload. */
export type Words = readonly unknown[];

export async function opened(version: OcppVersion, options: Parameters<typeof bench>[1] = {}) {
  const b = await bench(version, options);
  await b.powerOn();
  /** The reply's whole frame. */
  const command = async ([action, payload]: Words) => {
    const reply = await b.during(b.csms.command("S1", action as string, payload as object));
    assert.deepEqual(b.failures, []);
    return reply;
  };
  /** The payload of its CALLRESULT. */
  const ask = async (action: string, payload: object) => {
    const reply = await command([action, payload]);
    assert.equal(reply[0], 3, JSON.stringify(reply));
    return reply[2] as { readonly [field: string]: unknown };
  };
  const status = async (words: Words) => ((await command(words))[2] as { status?: string }).status;
  const lastEnd = () => {
    const ends = b.csms.heard.filter(
      ({ action, payload }) => action === "StopTransaction" || payload.eventType === "Ended",
    );
    return ends.at(-1)!;
  };
  /** Plugs a car in and charges it. */
  const charge = async () => {
    b.station.plug(one, someCar());
    await b.time.advance(1_000);
    assert.equal(await b.during(b.station.card(one, card)), "started");
    await b.time.advance(3_000);
  };
  const powerW = async () => {
    await b.time.advance(2_000);
    return Math.round(b.station.evses[0]!.powerW);
  };
  /** The transaction's id on the wire. */
  const wireId = () => b.station.notebook.transactions.at(-1)?.wireId;
  return { ...b, command, ask, status, lastEnd, charge, powerW, wireId };
}

export type Opened = Awaited<ReturnType<typeof opened>>;

/** With a car that charges, and few readings. */
export async function charging(version: OcppVersion): Promise<Opened> {
  const b = await opened(version, { settings: { sampleS: 300 } });
  await b.charge();
  return b;
}

/** The last state that was told of an EVSE's connector, however its version tells it. */
export function told({ csms }: Pick<Opened, "csms">, evse = 1): unknown {
  const states = csms.of("StatusNotification", "NotifyEvent").map(({ payload }) => {
    const [event] = (payload.eventData ?? []) as readonly {
      actualValue: string;
      component: { evse: { id: number } };
    }[];
    return event === undefined
      ? { at: payload.evseId ?? payload.connectorId, is: payload.status ?? payload.connectorStatus }
      : { at: event.component.evse.id, is: event.actualValue };
  });
  return states.filter(({ at }) => at === evse).at(-1)?.is;
}
