/** The CSMS's event streams over `fetch`: one connection, read until it ends; reconnecting is the business of `live/`. */
import type { Cancel } from "@wattward/kernel";
import type { LiveEnergy } from "../api/energy-shapes.ts";
import { ApiProblem, readProblem } from "../api/problem.ts";
import type { Observation } from "../api/shapes.ts";
import { EventText } from "../live/event-text.ts";
import type { StreamHandlers } from "../live/feed.ts";
import type { StreamReader } from "../live/kept-stream.ts";

/** Events of one site, or of everything; of these kinds, or of all. */
export type EventsAsked = { readonly site?: string; readonly kinds?: readonly string[] };

/** Opens the events after `seq`. */
export function openEventStream({ site, kinds }: EventsAsked, seq: number, handlers: StreamHandlers): Cancel {
  const query = new URLSearchParams({
    ...(site === undefined ? {} : { site }),
    ...(kinds === undefined ? {} : { kinds: kinds.join(",") }),
  });
  const { onObservation, ...reader } = handlers;
  return open(
    { path: `/events?${query}`, headers: { "last-event-id": String(seq) } },
    { ...reader, onEvent: (data) => onObservation(observationOf(data)) },
  );
}

/** Opens what a site tells of its energy, about once a second, from now on. */
export function openEnergyStream(site: string, { onEvent, ...reader }: StreamReader<LiveEnergy>): Cancel {
  return open(
    { path: `/sites/${encodeURIComponent(site)}/energy/events`, headers: {} },
    { ...reader, onEvent: (data) => onEvent(liveEnergyOf(data)) },
  );
}

type Place = { readonly path: string; readonly headers: Readonly<Record<string, string>> };

function open(place: Place, reader: StreamReader<string>): Cancel {
  const abort = new AbortController();
  read(place, reader, abort.signal).then(
    () => reader.onBroken(undefined),
    (failure: unknown) => {
      if (!abort.signal.aborted) reader.onBroken(failure);
    },
  );
  return () => abort.abort();
}

async function read(
  { path, headers }: Place,
  reader: StreamReader<string>,
  signal: AbortSignal,
): Promise<void> {
  const response = await fetch(`/api/v1${path}`, {
    headers: { accept: "text/event-stream", ...headers },
    cache: "no-store",
    signal,
  });
  if (!response.ok || response.body === null) {
    throw readProblem(response.status, await response.json().catch(() => undefined));
  }
  reader.onOpen();
  const text = new EventText();
  const pieces = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await pieces.read();
    if (done) return;
    reader.onSign();
    for (const data of text.take(value)) reader.onEvent(data);
  }
}

/** The parser of what the CSMS wrote by its own schema `OutboxEntry`: only what ordering needs is checked again. */
function observationOf(data: string): Observation {
  const value: unknown = JSON.parse(data);
  if (typeof value === "object" && value !== null && "seq" in value && typeof value.seq === "number") {
    return value as Observation;
  }
  throw badEvent("An event without its sequence arrived.");
}

/** Likewise by `LiveEnergy`, whose snapshot the CSMS checked when the site told it. */
function liveEnergyOf(data: string): LiveEnergy {
  const value: unknown = JSON.parse(data);
  if (typeof value === "object" && value !== null && "snapshot" in value && value.snapshot !== null) {
    return value as LiveEnergy;
  }
  throw badEvent("An event without a snapshot arrived.");
}

const badEvent = (sentence: string) => new ApiProblem({ status: 200, code: "bad-event", sentence });
