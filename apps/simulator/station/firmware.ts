/**
 * What runs on a station's computer in one life: it puts the parts together and routes events between them.
 *
 *     cable, card ─▶ bay ─▶ queue ─┐
 *                     └─▶ status ──┼─▶ link ─▶ wire        central system's commands: link ─▶ dialect ─▶ commands
 *               registration ──────┘
 *
 * It keeps nothing that must survive: that is in flash before anyone hears of it.
 */
import type { Chance, EvseId, JsonObject, Log, Wire } from "@wattward/kernel";
import { actionsFrom, type CallOutcome } from "@wattward/ocpp";
import { ProfileShelf } from "../charging/profile-shelf.ts";
import type { Evse } from "../evse/evse.ts";
import type { Notebook } from "../truth/notebook.ts";
import { Bay } from "./bay.ts";
import { Cards } from "./cards.ts";
import { Commands } from "./commands.ts";
import type { Conduct } from "./conduct.ts";
import { Connection } from "./connection.ts";
import type { BootReason, ConnectorState, Dialect, OutCall, StationFacts, Token } from "./dialect.ts";
import { Errands } from "./errands.ts";
import { EventStreams } from "./event-streams.ts";
import type { Flash } from "./flash.ts";
import type { Life } from "./life.ts";
import type { Line } from "./line.ts";
import { Link, type LinkReply } from "./link.ts";
import { newMessageId, TransactionQueue } from "./queue.ts";
import type { Recorder } from "./recorder.ts";
import { Registration } from "./registration.ts";
import { Reservations } from "./reservations.ts";
import { Settings, type SettingValues } from "./settings.ts";
import type { StationClock } from "./station-clock.ts";

export type FirmwareParts = {
  readonly life: Life;
  readonly clock: StationClock;
  readonly flash: Flash;
  readonly evses: readonly Evse[];
  readonly line: Line;
  readonly path: string;
  readonly dialect: Dialect;
  readonly facts: StationFacts;
  readonly reason: BootReason;
  readonly settings: SettingValues;
  readonly repeatUnder: "same-id" | "new-id";
  readonly queueMax: number | undefined;
  readonly overloaded: "refuse" | "close";
  readonly conduct: Conduct;
  /** It lets cars give back (V2X). */
  readonly bidirectional: boolean;
  readonly lookMs: number;
  readonly chance: Chance;
  readonly ids: Chance;
  readonly notebook: Notebook;
  readonly recorder: Recorder;
  readonly log: Log;
  /** Ends this life and begins the next. */
  restart(reason: BootReason): void;
};

export class Firmware {
  readonly bays: readonly Bay[];
  readonly queue: TransactionQueue;
  private readonly settings: Settings;
  private readonly profiles: ProfileShelf;
  private readonly reservations: Reservations;
  private readonly cards: Cards;
  readonly streams: EventStreams;
  private readonly registration: Registration;
  private readonly parts: FirmwareParts;
  private readonly connection: Connection;
  private readonly commands: Commands;
  /** The last word on each connector that the central system has, or is about to get. */
  private readonly told = new Map<EvseId, string>();
  private nextEventId = 1;

  constructor(parts: FirmwareParts) {
    this.parts = parts;
    const { chance, clock, dialect, evses, flash, ids, life, line, log, notebook, path } = parts;
    this.settings = new Settings(flash, { ...parts.settings, connectors: evses.length });
    const { settings } = this;
    this.cards = new Cards({ flash, life, settings, clock });
    this.profiles = new ProfileShelf({
      ...{ flash, life, clock, settings, evses, bidirectional: parts.bidirectional },
      ...dialect.profiles,
    });
    this.reservations = new Reservations({
      ...{ flash, life, clock },
      lapsed: ({ id }, why) => {
        const call = dialect.reservationEnded?.(id, why);
        if (call !== undefined && this.online) life.run(async () => void (await this.call(call)));
      },
      changed: () => this.tellStates(),
    });
    this.streams = new EventStreams({
      ...{ life, clock, words: dialect.streams },
      intervalS: () => settings.number("streamS"),
      value: () => String(Math.round(evses[0]?.powerW ?? 0)),
      ask: (call) => this.call(call),
      tell: (send) => this.connection.link?.tell(send),
    });
    this.queue = new TransactionQueue({
      life,
      flash,
      dialect,
      settings,
      notebook,
      ids,
      repeatUnder: parts.repeatUnder,
      queueMax: parts.queueMax,
      ready: () => this.online,
      send: (call, options) => this.call(call, options),
      answered: ({ evse, reference }, { accepted }) => {
        if (accepted === false) this.refusedCard(evse, reference);
      },
    });
    this.bays = evses.map((evse) => this.bay(evse));
    this.registration = new Registration({
      life,
      clock,
      dialect,
      settings,
      log,
      notebook,
      facts: parts.facts,
      reason: parts.reason,
      call: (call) => this.call(call),
      accepted: () => this.cameOnline(),
    });
    this.connection = new Connection({
      life,
      dialer: line,
      path,
      version: dialect.version,
      settings,
      chance,
      notebook,
      log,
      open: (wire) => this.open(wire),
      opened: () => (this.registration.accepted ? this.cameOnline() : this.registration.notify()),
      lost: () => {
        this.registration.lost();
        this.streams.offline();
        this.profiles.wentOffline();
        life.run(() => this.queue.wentOffline());
      },
    });
    const { bays, cards, profiles, queue, registration, reservations, streams } = this;
    const send = (call: OutCall) => life.run(async () => void (await this.call(call)));
    this.commands = new Commands({
      ...{ life, clock, flash, dialect, settings, bays, queue, registration },
      ...{ cards, profiles, reservations, streams, errands: new Errands(life, send) },
      held: (bay, token) => this.held(bay, token),
      ask: (call) => this.call(call),
      send,
      tellStates: (all, evse) => this.tellStates(all, evse),
      restart: parts.restart,
    });
  }

  /** Takes up what was going on before, then connects. */
  async start(interrupted: "power-loss" | "reboot", then: "end" | "resume"): Promise<void> {
    for (const bay of this.bays) await bay.recover(interrupted, then);
    this.profiles.wentOffline();
    this.connection.start();
  }

  /** There is a connection, and the central system has accepted this station. */
  get online(): boolean {
    return this.connection.link !== undefined && this.registration.accepted;
  }

  get connected(): boolean {
    return this.connection.link !== undefined;
  }

  bayOf(evse: EvseId): Bay | undefined {
    return this.bays.find((bay) => bay.evse.id === evse);
  }

  /** The driver wants to charge with priority, or no longer (K22). */
  priority(evse: EvseId, active: boolean): "changed" | "refused" {
    const { dialect, life } = this.parts;
    const reference = this.bayOf(evse)?.transaction?.reference;
    if (reference === undefined || this.profiles.prioritise(evse, active) !== "changed") return "refused";
    const call = dialect.priorityCharging?.(reference, active);
    if (call !== undefined) life.run(async () => void (await this.call(call)));
    return "changed";
  }

  /** Heartbeats without need: `perS` a second, or as many as are answered, for `forMs` or as long as it runs. */
  rush(perS: number, forMs: number): void {
    const { life } = this.parts;
    const calm = life.every(1000 / perS, () => this.registration.beat());
    life.after(forMs, calm);
  }

  private async call(call: OutCall, options: Parameters<Link["call"]>[2] = {}): Promise<CallOutcome> {
    const { link } = this.connection;
    if (link === undefined) return { kind: "closed" };
    const timeoutMs = this.settings.number("messageTimeoutS") * 1000;
    const outcome = await this.parts.life.hold(link.call(call, timeoutMs, options));
    if (outcome.kind === "error" && outcome.code === "SecurityError") this.registration.doubt();
    return outcome;
  }

  /** Tells the state of connectors: of those whose state the central system does not know, or of all. */
  private tellStates(all = false, only?: EvseId): void {
    if (!all && !this.online) return;
    for (const { evse, state } of this.bays) {
      if (only !== undefined && evse.id !== only) continue;
      if (all || this.told.get(evse.id) !== this.parts.dialect.word(state))
        this.tellState(evse.id, state, all ? "notification" : "usual");
    }
  }

  /** `notification`: the message that was asked for, whatever is usual here. */
  private tellState(evse: EvseId, state: ConnectorState, as: "usual" | "notification"): void {
    const { dialect, life } = this.parts;
    const word = dialect.word(state);
    this.told.set(evse, word);
    life.run(async () => {
      const outcome = await this.call(this.statusCall(evse, state, as));
      // Not heard: to be told again at the next occasion.
      if (outcome.kind !== "result" && this.told.get(evse) === word) this.told.delete(evse);
    });
  }

  private statusCall(evse: EvseId, state: ConnectorState, as: "usual" | "notification"): OutCall {
    const { clock, dialect } = this.parts;
    const atMs = clock.nowMs();
    const event = as === "usual" && this.settings.flag("statusByEvent") ? dialect.statusEvent : undefined;
    return event?.(evse, state, { atMs, eventId: this.nextEventId++ }) ?? dialect.status(evse, state, atMs);
  }

  /** Whether this card may charge: by the central system, or without it by what the station remembers (1.6 §3.5). */
  private async authorise(token: Token): Promise<boolean> {
    const { dialect, life } = this.parts;
    const { settings, cards } = this;
    const known = cards.known(token.id);
    if (this.online && !(known === "accepted" && settings.flag("localPreAuthorize"))) {
      const outcome = await this.call(dialect.authorize(token));
      if (outcome.kind === "result") {
        const accepted = dialect.readAuthorize(outcome.payload);
        await life.hold(cards.learn(token.id, accepted));
        return accepted;
      }
      if (outcome.kind === "error" || outcome.kind === "invalid") return false;
    }
    if (known !== undefined) return known === "accepted" && settings.flag("localAuthorizeOffline");
    return settings.flag("offlineUnknown");
  }

  private bay(evse: Evse): Bay {
    const { bidirectional, clock, conduct, dialect, flash, ids, life, lookMs, notebook } = this.parts;
    const { profiles, queue, reservations, settings } = this;
    return new Bay({
      evse,
      life,
      clock,
      flash,
      dialect,
      settings,
      profiles,
      reservations,
      queue,
      notebook,
      ids,
      conduct,
      bidirectional,
      lookMs,
      held: (bay, token) => this.held(bay, token),
      offline: () => !this.connected,
      authorise: (token) => this.authorise(token),
      changed: () => {
        this.tellStates();
        this.commands.bayChanged();
      },
      agreed: (id, car) => {
        const call = dialect.evNeeds?.(id, car);
        if (call !== undefined) life.run(async () => void (await this.call(call)));
      },
    });
  }

  /** For another card: this EVSE, or so many of the free ones that none is left for this one (H01.FR.07). */
  private held(bay: Bay, token: Token): boolean {
    const { bays, reservations } = this;
    const own = reservations.of(bay.evse.id);
    if (own !== undefined) return own.token.toLowerCase() !== token.id.toLowerCase();
    const free = bays.filter((each) => each.free && reservations.of(each.evse.id) === undefined);
    return reservations.elsewhere(token.id) >= free.length;
  }

  private open(wire: Wire): Link {
    const { conduct, dialect, ids, life, log, notebook, recorder } = this.parts;
    return new Link({
      wire,
      life,
      recorder,
      notebook,
      conduct,
      log,
      version: dialect.version,
      newId: () => newMessageId(ids),
      onCall: (action, payload) => this.answer(action, payload),
      onClosed: () => this.connection.closed(),
    });
  }

  private cameOnline(): void {
    this.tellStates();
    this.registration.schedule();
    this.streams.online();
    if (this.online) this.profiles.cameOnline();
    this.queue.wake();
  }

  private async answer(action: string, payload: JsonObject): Promise<LinkReply> {
    const { dialect } = this.parts;
    if (this.registration.rejected) return dialect.whileRejected;
    const command = dialect.commands.get(action);
    if (command !== undefined) {
      const reply = await command(payload, this.commands);
      if (reply.kind !== "error" || this.parts.overloaded === "refuse") return reply;
      // A fault of stations in the field: what is too much for them costs them the connection.
      this.connection.link?.terminate();
      return { kind: "silence" };
    }
    const known = actionsFrom(dialect.version, "csms").has(action);
    const code = known ? "NotSupported" : "NotImplemented";
    return { kind: "error", code, description: `${action} is not something this station does` };
  }

  private refusedCard(evse: EvseId, reference: string): void {
    if (!this.settings.flag("stopOnInvalid")) return;
    this.parts.life.run(async () => this.bayOf(evse)?.stop("deauthorized", reference));
  }
}
