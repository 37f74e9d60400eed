/**
 * The watch over a capture, with or without a policy. Without one nobody is a stranger by name; but who answers as a device and then
 * asks as a master is one all the same.
 *
 * Times of its observations are those of the capture; their frames are packet numbers, from 1.
 */

import { EXCEPTION_BIT } from "@wattward/modbus";
import type { CapturedEvent, CapturedExchange, CapturedOddity } from "@wattward/modbus/capture";
import { contentOf } from "../device-state.ts";
import { exchangeOf } from "../exchange.ts";
import { readSpan } from "../functions.ts";
import type { Observation } from "./observation.ts";
import { type Between, Watch } from "./watch.ts";

export type CaptureOptions = {
  /** Addresses that may ask; absent: nobody says. */
  readonly masters?: ReadonlySet<string>;
};

/** Each incident of a capture once, as it was at its end, in the order of their beginnings. */
export function watchCapture(
  events: readonly CapturedEvent[],
  { masters }: CaptureOptions = {},
): readonly Observation[] {
  const ended: Observation[] = [];
  const watch = new Watch((observation) => {
    if (observation.phase === "ended") ended.push(observation);
  });
  const answering = unitsThatAnswer(events);
  const serving = new Set(events.flatMap((event) => (isAnswered(event) ? [event.device.address] : [])));
  // Asked and answered, in the order in which it happened: requests may be sent before the answer to the one before.
  for (const { event, what } of inOrder(events)) {
    if (what === "answer") answered(watch, event);
    else if (event.kind !== "exchange") odd(watch, event);
    else {
      const between = betweenOf(event);
      const frame = { nowMs: event.atMs, frame: event.packet };
      const address = event.master.address;
      if (masters !== undefined && !masters.has(address))
        watch.strangerTo(between, `${address} asks ${between.device}, and is no client`, frame);
      else if (masters === undefined && serving.has(address) && address !== event.device.address)
        watch.strangerTo(between, `${address} asks ${between.device}, and is a device itself`, frame);
      const request = event.request.ok ? event.request.value : undefined;
      const exchange = () => exchangeOf(event, event.master.address);
      watch.asked({
        ...between,
        ...frame,
        ...{ unit: event.unit, pdu: event.pdu },
        under: { connection: `${event.master.port} ${event.device.address}`, transaction: event.transaction },
        known: answering.has(unitKey(event)),
        request,
        exchange,
      });
      // A tap does not see who refuses.
      if (request !== undefined) watch.wrote({ ...between, exchange }, request, frame);
    }
  }
  watch.close();
  return ended.sort((a, b) => a.incident - b.incident);
}

type Step =
  | { readonly event: CapturedEvent; readonly what: "request" }
  | { readonly event: CapturedExchange; readonly what: "answer" };

function inOrder(events: readonly CapturedEvent[]): Step[] {
  const steps = events.flatMap((event): (Step & { packet: number })[] => [
    { event, what: "request", packet: event.packet },
    ...(isAnswered(event)
      ? [{ event, what: "answer" as const, packet: event.answer?.packet ?? event.packet }]
      : []),
  ]);
  return steps.sort((a, b) => a.packet - b.packet);
}

function answered(watch: Watch, event: CapturedExchange): void {
  const { answer, request } = event;
  if (answer === undefined) return;
  const frame = { nowMs: answer.atMs, frame: answer.packet };
  const between = betweenOf(event);
  const [code = 0, exception = 0] = answer.pdu;
  if (code >= EXCEPTION_BIT) {
    watch.excepted({ ...between, exchange: () => exchangeOf(event, event.master.address) }, exception, frame);
    return;
  }
  if (answer.reply?.ok === false) {
    watch.malformed(
      between,
      `${between.device} answers what was not asked: ${answer.reply.fault.sentence}`,
      frame,
    );
    return;
  }
  const reply = answer.reply?.value;
  const asked = request.ok ? request.value : undefined;
  if (asked === undefined || reply === undefined || reply.kind === "exception") return;
  const content = contentOf(asked, reply);
  const span = content && readSpan(asked);
  if (content === undefined || span === undefined) return;
  watch.read(between, `${content.table} ${span.from} to ${span.to}`, content.words, frame);
}

function odd(watch: Watch, event: CapturedOddity): void {
  const frame = { nowMs: event.atMs, frame: event.packet };
  const [master, device] = [event.master.address, event.device.address];
  if (event.kind === "unasked-answer")
    watch.stray(event.kind, { master, device: `${device} unit ${event.unit}` }, frame);
  else if (event.kind === "malformed")
    watch.malformed(
      { master, device },
      `what ${event.by === "master" ? master : device} sends is no Modbus (${event.reason})`,
      frame,
    );
}

const betweenOf = ({ master, device, unit }: CapturedExchange): Between => ({
  master: master.address,
  device: `${device.address} unit ${unit}`,
});

const isAnswered = (
  event: CapturedEvent,
): event is CapturedExchange & { answer: NonNullable<CapturedExchange["answer"]> } =>
  event.kind === "exchange" && event.answer !== undefined;

const unitKey = ({ device, unit }: CapturedExchange) => `${device.address} ${unit}`;

/** A gateway's exceptions 10 and 11 say that there is nobody. */
function unitsThatAnswer(events: readonly CapturedEvent[]): ReadonlySet<string> {
  const units = new Set<string>();
  for (const event of events) {
    if (!isAnswered(event)) continue;
    const [code = 0, exception = 0] = event.answer.pdu;
    if (code < EXCEPTION_BIT || (exception !== 10 && exception !== 11)) units.add(unitKey(event));
  }
  return units;
}
