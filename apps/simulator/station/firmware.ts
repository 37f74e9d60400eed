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
import type { Evse } from "../evse/evse.ts";
import type { Notebook } from "../truth/notebook.ts";
import { Bay } from "./bay.ts";
import { Commands } from "./commands.ts";
import { Connection } from "./connection.ts";
import type { BootReason, ConnectorState, Dialect, OutCall, StationFacts, Token } from "./dialect.ts";
import type { Flash } from "./flash.ts";
import type { Life } from "./life.ts";
import { Limits } from "./limits.ts";
import type { Line } from "./line.ts";
import { Link, type LinkReply } from "./link.ts";
import { newMessageId, TransactionQueue } from "./queue.ts";
import type { Recorder } from "./recorder.ts";
import { Registration } from "./registration.ts";
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
  private readonly limits = new Limits();
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
        life.run(() => this.queue.wentOffline());
      },
    });
    const { bays, limits, queue, registration } = this;
    this.commands = new Commands({
      ...{ life, clock, flash, dialect, settings, bays, limits, queue, registration },
      send: (call) => life.run(async () => void (await this.call(call))),
      tellStates: (all, evse) => this.tellStates(all, evse),
      restart: parts.restart,
    });
  }

  /** Takes up what was going on before, then connects. */
  async start(interrupted: "power-loss" | "reboot", then: "end" | "resume"): Promise<void> {
    for (const bay of this.bays) await bay.recover(interrupted, then);
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
    const { dialect, flash, life } = this.parts;
    if (this.online) {
      const outcome = await this.call(dialect.authorize(token));
      if (outcome.kind === "result") {
        const accepted = dialect.readAuthorize(outcome.payload);
        await life.hold(flash.commit([[`card/${token.id}`, accepted]]));
        return accepted;
      }
      if (outcome.kind === "error" || outcome.kind === "invalid") return false;
    }
    const remembered = flash.get(`card/${token.id}`);
    return typeof remembered === "boolean" ? remembered : this.settings.flag("offlineUnknown");
  }

  private bay(evse: Evse): Bay {
    const { clock, dialect, flash, ids, life, notebook } = this.parts;
    const { limits, queue, settings } = this;
    return new Bay({
      evse,
      life,
      clock,
      flash,
      dialect,
      settings,
      limits,
      queue,
      notebook,
      ids,
      offline: () => !this.connected,
      authorise: (token) => this.authorise(token),
      changed: () => {
        this.tellStates();
        this.commands.bayChanged();
      },
    });
  }

  private open(wire: Wire): Link {
    const { dialect, ids, life, log, notebook, recorder } = this.parts;
    return new Link({
      wire,
      life,
      recorder,
      notebook,
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
    this.queue.wake();
  }

  private async answer(action: string, payload: JsonObject): Promise<LinkReply> {
    const { dialect } = this.parts;
    if (this.registration.rejected) return dialect.whileRejected;
    const command = dialect.commands.get(action);
    if (command !== undefined) return command(payload, this.commands);
    const known = actionsFrom(dialect.version, "csms").has(action);
    const code = known ? "NotSupported" : "NotImplemented";
    return { kind: "error", code, description: `${action} is not something this station does` };
  }

  private refusedCard(evse: EvseId, reference: string): void {
    if (!this.settings.flag("stopOnInvalid")) return;
    this.parts.life.run(async () => this.bayOf(evse)?.stop("deauthorized", reference));
  }
}
