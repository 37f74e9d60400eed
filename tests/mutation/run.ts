/**
 * Mutants against the central system as it is, on simulated time: real gateway, real session, real core and store.
 *
 * Eight stations of one version send, by seed: valid messages, damaged ones, damaged frames, the same message twice,
 * answers that nobody asked for; some are held strictly. A ninth behaves, and must be answered in the same 300 ms as if
 * it were alone. Now and then a socket is cut in the middle, and a command is sent whose answer is a mutant too. After
 * each thousand everything that people read is read.
 *
 * Right is: an answer under the message's own id with the code that the version asks for, or a result where the
 * message is valid or a named repair makes it so; no error in our log, nothing unreadable afterwards, nobody harmed.
 */
import assert from "node:assert/strict";
import type { Json, JsonObject } from "@wattward/kernel";
import { actionsFrom, type OcppVersion, subprotocols } from "@wattward/ocpp";
import { seededChance } from "@wattward/testing";
import { type Bench, bench, type RawStation } from "../../apps/csms/quirks/testing/bench.ts";
import { damaged, pick } from "./damage.ts";
import { damagedFrame, strayAnswer } from "./frames.ts";
import { type Mutant, wrongWith } from "./judge.ts";
import { type Reader, reader } from "./reads.ts";
import { Message, stationSays } from "./schema.ts";
import { validPayload } from "./valid.ts";

export type Figures = {
  readonly version: OcppVersion;
  readonly seed: number;
  mutants: number;
  answered: Record<string, number>;
  reconnects: number;
  commands: number;
  /** Pages read, and how often all of them were. */
  reads: number;
  /** How often each kind of damage was done. */
  readonly damage: Record<string, number>;
  /** Sentences; empty where all is well. At most {@link FINDINGS_MAX}. */
  readonly findings: string[];
};

const STATIONS = 8;
/** Frames a station sends before it waits: fewer than its burst allows. */
const BATCH = 12;
const FINDINGS_MAX = 20;
const READ_EVERY = 1_000;
/** Wire ids of transactions that messages name: few, so that they meet. */
const TRANSACTIONS = ["1", "2", "3", "17", "99999", "tx-a", "tx-b", "tx-c"];

type Member = { readonly id: string; readonly strict: boolean; peer: RawStation; recent: string[] };

export async function mutate(version: OcppVersion, count: number, seed: number): Promise<Figures> {
  const run = await Run.begin(version, seed);
  while (run.figures.mutants < count && run.figures.findings.length < FINDINGS_MAX) await run.step();
  return run.end();
}

class Run {
  readonly figures: Figures;
  private readonly world: Bench;
  private readonly reader: Reader;
  private readonly members: Member[] = [];
  private readonly chance: ReturnType<typeof seededChance>;
  private bystander!: RawStation;
  private ids = 0;
  private logSeen = 0;
  private nextRead = READ_EVERY;

  private constructor(version: OcppVersion, seed: number, world: Bench, read: Reader) {
    this.chance = seededChance(seed);
    this.world = world;
    this.reader = read;
    this.figures = {
      version,
      seed,
      mutants: 0,
      answered: {},
      reconnects: 0,
      commands: 0,
      reads: 0,
      damage: {},
      findings: [],
    };
  }

  static async begin(version: OcppVersion, seed: number): Promise<Run> {
    const world = await bench();
    const run = new Run(version, seed, world, await reader(world));
    for (let n = 1; n <= STATIONS; n++) {
      const strict = n % 2 === 0;
      await world.add(`M-${n}`, { strict });
      run.members.push({ id: `M-${n}`, strict, peer: await run.booted(`M-${n}`), recent: [] });
    }
    await world.add("BYSTANDER");
    run.bystander = await run.booted("BYSTANDER");
    return run;
  }

  async step(): Promise<void> {
    const sent = this.members.map((member) => {
      const mutants = Array.from({ length: BATCH }, () => this.send(member));
      return { member, mutants: mutants.flat(), from: member.peer.received.length };
    });
    const beat = `beat-${this.ids++}`;
    const [answer] = await this.bystander.say(`[2,"${beat}","Heartbeat",{}]`);
    if (answer?.[0] !== 3) this.found(`the bystander was answered ${JSON.stringify(answer)}`);
    for (const { member, mutants, from } of sent) this.judge(member, mutants, from);
    for (const member of this.members) await this.mend(member);
    this.readLog();
    await this.command();
    if (this.figures.mutants < this.nextRead) return;
    this.nextRead += READ_EVERY;
    await this.readAll();
  }

  async end(): Promise<Figures> {
    await this.readAll();
    // What was asked of stations ends some time, however they answered.
    await this.world.time.advance(3 * 3_600_000);
    const open = (await this.world.core.query("commands.list", { most: 200 })).filter(
      ({ state }) => state === "requested" || state === "sent",
    );
    for (const { action, state } of open) this.found(`the command ${action} is ${state} for ever`);
    this.readLog();
    await this.reader.close();
    await this.world.close();
    return this.figures;
  }

  /** One message; a repetition, a stray answer or a damaged frame is not judged by its own id. */
  private send(member: Member): Mutant[] {
    const { chance } = this;
    this.figures.mutants++;
    const dice = chance.int(1, 100);
    if (dice <= 6) return this.raw(member, strayAnswer(chance, idsBetween(member)));
    if (dice <= 10 && member.recent.length > 0) return this.raw(member, pick(chance, member.recent));
    const mutant = this.mutant(dice <= 35);
    const kind = mutant.what.split(/(?:^| )(?:at \/|\(|'|→|-?\d|")/)[0] ?? "";
    this.figures.damage[kind] = (this.figures.damage[kind] ?? 0) + 1;
    const frame = JSON.stringify([mutant.type, mutant.id, mutant.action, mutant.payload]);
    if (dice >= 94) return this.raw(member, damagedFrame(frame, chance));
    member.recent = [frame, ...member.recent].slice(0, 8);
    this.raw(member, frame);
    return [mutant];
  }

  private raw(member: Member, text: string): [] {
    member.peer.wire.send(text);
    return [];
  }

  private mutant(honest: boolean): Mutant {
    const { chance, figures } = this;
    const { action, type } = pick(chance, stationSays(figures.version));
    const message = new Message(figures.version, type === 6 ? action : `${action}Request`);
    const nowMs = this.world.time.now().wallMs;
    const payload = validPayload(message, { chance, nowMs, transactions: TRANSACTIONS });
    const id = `m-${this.ids++}`;
    if (honest) return { id, action, type, payload, what: "valid", code: undefined };
    return { id, action, type, ...damaged(message, payload, chance) };
  }

  private judge(member: Member, mutants: readonly Mutant[], from: number): void {
    const { version } = this.figures;
    const frames = member.peer.received.slice(from).map((text) => JSON.parse(text) as Json[]);
    // A stray CALLRESULTERROR before 2.1 is told under its own id that there is no such thing: no answer to a mutant.
    const told = frames.filter(([type, , code]) => type !== 2 && code !== "MessageTypeNotSupported");
    const answers = new Map(told.map((frame) => [String(frame[1]), frame]));
    // Whoever was cut off gets no more answers.
    if (member.peer.closed !== undefined) return;
    for (const mutant of mutants) {
      const answer = answers.get(mutant.id);
      const kind = answer?.[0] === 3 ? "result" : String(answer?.[2] ?? "none");
      this.figures.answered[kind] = (this.figures.answered[kind] ?? 0) + 1;
      const wrong = wrongWith(mutant, answer, { version, strict: member.strict });
      if (wrong === undefined) continue;
      const payload = JSON.stringify(mutant.payload).slice(0, 600);
      this.found(`${mutant.action} (${mutant.what}): ${wrong}\n    ${payload}`);
    }
  }

  /** A socket that the gateway closed, or that chance cuts: it comes back, and boots. */
  private async mend(member: Member): Promise<void> {
    if (member.peer.closed === undefined && this.chance.int(0, 60) > 0) return;
    if (member.peer.closed === undefined) member.peer.wire.terminate();
    await this.world.time.advance(1_000);
    member.peer = await this.booted(member.id);
    this.figures.reconnects++;
  }

  private async booted(id: string): Promise<RawStation> {
    const { version } = this.figures;
    const peer = await this.world.connect(id, [subprotocols[version]]);
    const [answer] = await peer.say(boot(version));
    assert.match(JSON.stringify(answer), /"Accepted"/, `the boot of ${id}`);
    peer.answering((action) => this.answerTo(action));
    return peer;
  }

  /** What a station answers to a command: a valid answer, a damaged one, or none. */
  private answerTo(action: string): Json | undefined {
    const { chance, figures } = this;
    if (chance.int(0, 9) === 0) return undefined;
    const message = new Message(figures.version, `${action}Response`);
    const nowMs = this.world.time.now().wallMs;
    const valid = validPayload(message, { chance, nowMs, transactions: TRANSACTIONS });
    return chance.int(0, 1) === 0 ? valid : damaged(message, valid, chance).payload;
  }

  private async command(): Promise<void> {
    const { chance, figures, world } = this;
    const action = pick(chance, [...actionsFrom(figures.version, "csms")]);
    const message = new Message(figures.version, `${action}Request`);
    const atMs = world.time.now().wallMs;
    const payload: JsonObject = validPayload(message, { chance, nowMs: atMs, transactions: TRANSACTIONS });
    const { id } = pick(chance, this.members);
    const asked = { station: id as never, action, payload, actor: "test", reason: "mutation", atMs };
    const said = await world.core.decide("command.request", { ...asked, expiresAtMs: atMs + 600_000 });
    if (said.kind === "requested") figures.commands++;
  }

  private async readAll(): Promise<void> {
    const { pages, wrong } = await this.reader.readAll(this.members.map(({ id }) => id));
    this.figures.reads += pages;
    for (const sentence of wrong) this.found(sentence);
  }

  /** Our own errors: a handler that threw, an answer of ours that is invalid, a store that failed. */
  private readLog(): void {
    const { log } = this.world;
    for (; this.logSeen < log.length; this.logSeen++) {
      const { event, fields } = log[this.logSeen]!;
      if (ourFaults.test(event)) this.found(`log: ${event} ${JSON.stringify(fields).slice(0, 400)}`);
    }
  }

  private found(sentence: string): void {
    if (this.figures.findings.length < FINDINGS_MAX) this.figures.findings.push(sentence);
  }
}

/** Of its own last messages, and of what it was asked lately: answers to those come twice, late, or of another kind. */
function idsBetween({ recent, peer }: Member): string[] {
  const frames = [...recent, ...peer.received.slice(-ASKED_LATELY)].map((text) => JSON.parse(text) as Json[]);
  return frames.filter(([type]) => type === 2 || type === 6).map(([, id]) => String(id));
}
/** Frames received last that are looked through for commands. */
const ASKED_LATELY = 20;

const ourFaults = /-failed$|own-|^decision|broken|not-(read|tended|told|stored)/;

const boot = (version: OcppVersion): string =>
  version === "1.6"
    ? '[2,"boot","BootNotification",{"chargePointVendor":"V","chargePointModel":"M"}]'
    : '[2,"boot","BootNotification",{"reason":"PowerUp","chargingStation":{"vendorName":"V","model":"M"}}]';
