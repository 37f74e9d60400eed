/** The two ends of a simulated connection, and the link that both of its directions share. */
import { type Chance, type Clock, type Peer, sleep, type Wire, type WireHandlers } from "@wattward/kernel";

const RETRANSMIT_MS = 200;

/** Conditions of a link; set the fields at any time. */
export type Link = {
  delayMsMin: number;
  delayMsMax: number;
  /** Share of messages, in per cent, that must be sent again: each costs a retransmission time-out. */
  lossPercent: number;
  readonly isCut: boolean;
  cut(): void;
  heal(): void;
  /** Ends every wire on the link at once, told to both ends as 1006. */
  reset(): void;
  /** Waits one way's delay; false if the link was still cut after `limitMs`. */
  reached(limitMs: number): Promise<boolean>;
  readonly sides: Set<Side>;
  /** Runs when a packet sent now would arrive, never before an earlier one of the same `lane`. */
  carry(lane: Lane, arrive: () => void): void;
};

/** One direction of one wire: keeps its packets in order. */
export type Lane = { freeAtMs: number; held: (() => void)[] };

export type Side = {
  readonly wire: Wire;
  /** The process of this end was killed: it hears nothing more, the other end learns of it by the link. */
  die(): void;
  joins(sides: Set<Side>): void;
};

export function linkBetween(clock: Clock, chance: Chance): Link {
  let cut = false;
  const waiting: (() => void)[] = [];
  const link: Link = {
    delayMsMin: 1,
    delayMsMax: 5,
    lossPercent: 0,
    sides: new Set(),
    get isCut() {
      return cut;
    },
    cut() {
      cut = true;
    },
    heal() {
      cut = false;
      for (const resume of waiting.splice(0)) resume();
    },
    reset() {
      for (const side of [...link.sides]) side.wire.terminate();
    },
    async reached(limitMs) {
      await sleep(clock, chance.int(link.delayMsMin, link.delayMsMax));
      if (!cut) return true;
      await sleep(clock, limitMs);
      return !cut;
    },
    carry(lane, arrive) {
      const send = () => {
        let delayMs = chance.int(link.delayMsMin, link.delayMsMax);
        while (link.lossPercent > 0 && chance.int(1, 100) <= Math.min(90, link.lossPercent))
          delayMs += RETRANSMIT_MS;
        const nowMs = clock.now().monotonicMs;
        lane.freeAtMs = Math.max(lane.freeAtMs, nowMs + delayMs);
        clock.after(lane.freeAtMs - nowMs, () => {
          if (cut || lane.held.length > 0) hold(arrive);
          else arrive();
        });
      };
      const hold = (packet: () => void) => {
        if (lane.held.push(packet) === 1) waiting.push(() => release(lane));
      };
      send();
    },
  };
  const release = (lane: Lane) => {
    for (const packet of lane.held.splice(0)) packet();
  };
  return link;
}

export function wirePair(
  link: Link,
  names: { protocol: string; clientPeer: Peer; serverName: string },
): [Side, Side] {
  const near = end(link, names.protocol, { address: names.serverName });
  const far = end(link, names.protocol, names.clientPeer);
  near.connect(far);
  far.connect(near);
  return [near, far];
}

type End = Side & {
  connect(other: End): void;
  arrive(text: string): void;
  over(code: number, reason: string): void;
  /** The other end's ping has arrived: it is read, and answered, in its turn. */
  pinged(answered: () => void): void;
  /** The other end's close has arrived: the reply travels back by this end's own lane. */
  reply(arrived: () => void): void;
};

/** One end: what it sends goes by its lane; what arrives waits while it is paused or nobody listens yet. */
function end(link: Link, protocol: string, peer: Peer): End {
  const lane: Lane = { freeAtMs: 0, held: [] };
  /** Messages, and control frames: a paused socket reads neither. */
  const inbox: (string | (() => void))[] = [];
  let other: End | undefined;
  let handlers: WireHandlers | undefined;
  let state: "open" | "closing" | "closed" = "open";
  let paused = false;
  let dead = false;
  let inFlightBytes = 0;
  let ended: { code: number; reason: string } | undefined;
  const groups: Set<Side>[] = [link.sides];

  function drain(): void {
    while (!dead && !paused && handlers !== undefined && inbox.length > 0) {
      const next = inbox.shift()!;
      if (typeof next === "string") handlers.message(next);
      else next();
    }
    if (!dead && handlers !== undefined && ended !== undefined && (inbox.length === 0 || paused)) {
      const { code, reason } = ended;
      ended = undefined;
      handlers.closed(code, reason);
    }
  }

  function over(code: number, reason: string): void {
    if (state === "closed") return;
    state = "closed";
    for (const group of groups) group.delete(self);
    ended = { code, reason };
    queueMicrotask(drain);
  }

  const farewell = (code: number, reason: string) => link.carry(lane, () => other?.over(code, reason));

  const control = (read: () => void) => {
    if (state === "closed") return;
    inbox.push(read);
    drain();
  };

  const self: End = {
    pinged: (answered) => control(() => link.carry(lane, answered)),
    connect(to) {
      other = to;
      link.sides.add(self);
    },
    joins(sides) {
      sides.add(self);
      groups.push(sides);
    },
    arrive(text) {
      if (state === "closed") return;
      inbox.push(text);
      drain();
    },
    over,
    die() {
      dead = true;
      if (state !== "closed") farewell(1006, "");
      state = "closed";
      for (const group of groups) group.delete(self);
    },
    wire: {
      peer,
      protocol,
      get bufferedBytes() {
        return inFlightBytes;
      },
      send(text) {
        if (state !== "open" || dead) return;
        inFlightBytes += text.length;
        link.carry(lane, () => {
          inFlightBytes -= text.length;
          other?.arrive(text);
        });
      },
      pause: () => void (paused = true),
      resume() {
        paused = false;
        queueMicrotask(drain);
      },
      ping: () => link.carry(lane, () => other?.pinged(() => control(() => handlers?.pong?.()))),
      close(code, reason) {
        if (state !== "open") return;
        state = "closing";
        link.carry(lane, () => {
          other?.over(code, reason);
          other?.reply(() => over(code, reason));
        });
      },
      terminate() {
        if (state === "closed") return;
        farewell(1006, "");
        over(1006, "terminated");
      },
      listen(given) {
        handlers = given;
        queueMicrotask(drain);
      },
    },
    reply: (arrived) => link.carry(lane, arrived),
  };
  return self;
}
