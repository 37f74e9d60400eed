/** The CSMS's event stream over `fetch`: one connection, read until it ends; reconnecting is live/feed.ts's business. */
import type { Cancel } from "@wattward/kernel";
import { ApiProblem, readProblem } from "../api/problem.ts";
import type { Observation } from "../api/shapes.ts";
import { EventText } from "../live/event-text.ts";
import type { StreamHandlers } from "../live/feed.ts";

/** Events of one site, or of everything; of these kinds, or of all. */
export type EventsAsked = { readonly site?: string; readonly kinds?: readonly string[] };

/** Opens the events after `seq`. */
export function openEventStream(asked: EventsAsked, seq: number, handlers: StreamHandlers): Cancel {
  const abort = new AbortController();
  read(asked, seq, handlers, abort.signal).then(
    () => handlers.onBroken(undefined),
    (failure: unknown) => {
      if (!abort.signal.aborted) handlers.onBroken(failure);
    },
  );
  return () => abort.abort();
}

async function read(
  { site, kinds }: EventsAsked,
  seq: number,
  handlers: StreamHandlers,
  signal: AbortSignal,
): Promise<void> {
  const query = new URLSearchParams({
    ...(site === undefined ? {} : { site }),
    ...(kinds === undefined ? {} : { kinds: kinds.join(",") }),
  });
  const response = await fetch(`/api/v1/events?${query}`, {
    headers: { accept: "text/event-stream", "last-event-id": String(seq) },
    cache: "no-store",
    signal,
  });
  if (!response.ok || response.body === null) {
    throw readProblem(response.status, await response.json().catch(() => undefined));
  }
  handlers.onOpen();
  const text = new EventText();
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    handlers.onSign();
    for (const data of text.take(value)) handlers.onObservation(observationOf(data));
  }
}

/** The parser of what the CSMS wrote by its own schema `OutboxEntry`: only what ordering needs is checked again. */
function observationOf(data: string): Observation {
  const value: unknown = JSON.parse(data);
  if (typeof value === "object" && value !== null && "seq" in value && typeof value.seq === "number") {
    return value as Observation;
  }
  throw new ApiProblem({
    status: 200,
    code: "bad-event",
    sentence: "An event without its sequence arrived.",
  });
}
