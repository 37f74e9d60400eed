/**
 * How processes that serve one database wake each other: "I have committed; look". Nothing else travels on it. What was
 * committed, for whom and by whom is read from the database, so a wake that is lost costs the time of a poll, one that is
 * forged or repeated costs a look, and a bus that is gone costs only latency (ADR 5).
 *
 * In one process the same port is {@link localBus}; on NATS it is adapters/nats-bus.ts.
 */
export interface Bus {
  /** Tells the others, soon. Never throws or waits: while the bus is away nothing is kept for later. */
  publish(): void;
  /** Called for each wake of another; returns how to stop. Must not throw. */
  subscribe(listener: () => void): () => void;
  /** Why others cannot be woken now, in a few words for a person; undefined while they can. */
  trouble(): string | undefined;
  close(): Promise<void>;
}

/** Buses of one process that hear each other, and not themselves: for tests, and for nodes in one simulation. */
export function localBus(): () => Bus {
  const members = new Set<{ heard: Set<() => void> }>();
  return () => {
    const own = { heard: new Set<() => void>() };
    members.add(own);
    return {
      publish() {
        for (const { heard } of members) if (heard !== own.heard) for (const wake of heard) wake();
      },
      subscribe(listener) {
        own.heard.add(listener);
        return () => void own.heard.delete(listener);
      },
      trouble: () => undefined,
      close: async () => void members.delete(own),
    };
  };
}

/** Nobody else is there. */
export const silentBus: Bus = {
  publish() {},
  subscribe: () => () => {},
  trouble: () => undefined,
  close: async () => {},
};
