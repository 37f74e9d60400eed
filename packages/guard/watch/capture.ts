/**
 * The watch over a capture, with or without a policy. Without one nobody is a stranger by name; but who answers as a device and then
 * asks as a master is one all the same.
 *
 * Times of its observations are those of the capture; their frames are packet numbers, from 1.
 */

import { EXCEPTION_BIT } from "@wattward/modbus";
import type { CapturedExchange, CapturedOddity, CapturedStep, OpenCapture } from "@wattward/modbus/capture";
import { contentOf } from "../device-state.ts";
import { exchangeOf } from "../exchange.ts";
import { readSpan } from "../functions.ts";
import { SURVEYED_MAX } from "./limits.ts";
import type { Observation } from "./observation.ts";
import { type Between, Watch } from "./watch.ts";

export type CaptureOptions = {
  /** Addresses that may ask; absent: nobody says. */
  readonly masters?: ReadonlySet<string>;
};

/** Each incident of a capture once, as it was at its end, in the order of their beginnings. */
export function watchCapture(capture: OpenCapture, options: CaptureOptions = {}): readonly Observation[] {
  const watch = new CaptureWatch(surveyed(capture), options);
  for (const step of capture.steps()) watch.step(step);
  return watch.close();
}

/** Who answers in a capture, known before it is watched. */
export type Survey = {
  /** Address and unit, as far as somebody is there. */
  readonly units: ReadonlySet<string>;
  readonly devices: ReadonlySet<string>;
};

/** Reads the capture once. */
export function surveyed(capture: OpenCapture): Survey {
  const [units, devices] = [new Set<string>(), new Set<string>()];
  for (const step of capture.steps()) {
    if (step.what !== "answer" || units.size >= SURVEYED_MAX) continue;
    const { exchange } = step;
    devices.add(exchange.device.address);
    const [code = 0, exception = 0] = exchange.answer?.pdu ?? [];
    // A gateway's exceptions 10 and 11 say that there is nobody.
    if (code < EXCEPTION_BIT || (exception !== 10 && exception !== 11)) units.add(unitKey(exchange));
  }
  return { units, devices };
}

/** The watch over a capture, fed with its steps. */
export class CaptureWatch {
  private readonly ended: Observation[] = [];
  private readonly watch = new Watch((observation) => {
    if (observation.phase === "ended") this.ended.push(observation);
  });
  private readonly survey: Survey;
  private readonly masters: ReadonlySet<string> | undefined;

  constructor(survey: Survey, { masters }: CaptureOptions) {
    this.survey = survey;
    this.masters = masters;
  }

  step(step: CapturedStep): void {
    if (step.what === "odd") odd(this.watch, step.oddity);
    else if (step.what === "answer") answered(this.watch, step.exchange);
    else this.asked(step.exchange);
  }

  close(): readonly Observation[] {
    this.watch.close();
    return this.ended.sort((a, b) => a.incident - b.incident);
  }

  private asked(event: CapturedExchange): void {
    const { watch, masters, survey } = this;
    const between = betweenOf(event);
    const frame = { nowMs: event.atMs, frame: event.packet };
    const address = event.master.address;
    if (masters !== undefined && !masters.has(address))
      watch.strangerTo(between, `${address} asks ${between.device}, and is no client`, frame);
    else if (masters === undefined && survey.devices.has(address) && address !== event.device.address)
      watch.strangerTo(between, `${address} asks ${between.device}, and is a device itself`, frame);
    const request = event.request.ok ? event.request.value : undefined;
    const exchange = () => exchangeOf(event, event.master.address);
    watch.asked({
      ...between,
      ...frame,
      ...{ unit: event.unit, pdu: event.pdu },
      under: { connection: `${event.master.port} ${event.device.address}`, transaction: event.transaction },
      known: survey.units.has(unitKey(event)),
      request,
      exchange,
    });
    // A tap does not see who refuses.
    if (request !== undefined) watch.wrote({ ...between, exchange }, request, frame);
  }
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
  if (event.kind === "unasked-answer" || event.kind === "late-answer")
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

const unitKey = ({ device, unit }: CapturedExchange) => `${device.address} ${unit}`;
