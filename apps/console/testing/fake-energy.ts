/** The energy of a site as the fake CSMS keeps it and answers for it. Undefined where the address is another's. */
import type {
  EnergyCheck,
  EnergyConfig,
  EnergyDocument,
  EnergyLimit,
  EnergyQuarter,
  EnergySnapshot,
  EnergyVersion,
  GuardRow,
  LiveEnergy,
  ModeChange,
  SiteEnergy,
} from "../api/energy-shapes.ts";
import type { Me } from "../api/shapes.ts";
import { quartersOf } from "./energy-course.ts";
import { daysOf } from "./energy-days.ts";
import { checkOf, config, DOCUMENT } from "./energy-document.ts";
import { energySnapshot, modesOf, refusalsOf } from "./energy-scenario.ts";
import type { Answered, Asked } from "./fake-csms.ts";
import type { FakeWorld } from "./world.ts";

type LimitAsked = { limitW: number | null; untilMs?: number; why: string };

export class FakeEnergy {
  readonly #nowMs: () => number;
  readonly #watchers = new Set<() => void>();
  /** Over the usual snapshot; undefined: none is told. */
  snapshot: Partial<EnergySnapshot> | undefined = {};
  /** When the site last told; as of now where it is undefined. */
  toldAtMs: number | undefined;
  withoutPlan = false;
  /** So many quarters of an hour have been told, at most. */
  pastQuarters = Number.POSITIVE_INFINITY;
  strategy: EnergyConfig["strategy"] = config.strategy;
  versions: (EnergyVersion & { readonly text: string })[];
  refusals: readonly GuardRow[];
  modes: readonly ModeChange[];
  limit: EnergyLimit | null = null;

  constructor(nowMs: () => number, text: string = DOCUMENT) {
    this.#nowMs = nowMs;
    const reason = "second deck";
    this.versions =
      text === ""
        ? []
        : [{ version: 7, atMs: nowMs() - 4 * 86_400_000, actor: "p2", reason, managed: true, text }];
    this.refusals = refusalsOf(nowMs());
    this.modes = modesOf(nowMs());
  }

  document(): SiteEnergy {
    const [newest] = this.versions;
    if (newest === undefined) return { document: null, check: null };
    return { document: this.#whole(newest), check: newest.managed ? checkOf(newest.text) : null };
  }

  #whole(version: EnergyVersion & { readonly text: string }): EnergyDocument {
    return {
      ...version,
      energy: version.managed ? { ...config, strategy: this.strategy } : null,
      guard: null,
    };
  }

  live(): LiveEnergy | null {
    const atMs = this.toldAtMs ?? this.#nowMs();
    if (this.snapshot === undefined) return null;
    const { plan, ...snapshot } = energySnapshot(atMs, this.snapshot);
    return { receivedAtMs: atMs, snapshot: { ...snapshot, ...(plan && !this.withoutPlan && { plan }) } };
  }

  /** The newest at once, then whenever the site tells. */
  #stream(write: (text: string) => void): () => void {
    const tell = () => {
      const live = this.live();
      if (live !== null) write(`event: energy\ndata: ${JSON.stringify(live)}\n\n`);
    };
    write("retry: 2000\n\n");
    tell();
    this.#watchers.add(tell);
    return () => void this.#watchers.delete(tell);
  }

  /** The site tells: to be called by who has a clock. */
  tell(): void {
    for (const watcher of this.#watchers) watcher();
  }

  #choose(me: Me, { strategy, why }: { strategy: EnergyConfig["strategy"]; why: string }): Answered {
    if (me.role === "viewer") return problem(403, "forbidden", "Your role may not do this.");
    const [newest] = this.versions;
    if (newest?.managed !== true) return problem(409, "energy-unmanaged", "Its energy is not managed.");
    this.strategy = strategy;
    const text = newest.text.replace(/^( *strategy:) \S+/m, `$1 ${strategy}`);
    return this.save(me, { text, base: newest.version, why });
  }

  save(me: Me, { text, base, why }: { text: string; base: number; why: string }): Answered {
    const newest = this.versions[0]?.version ?? 0;
    if (base !== newest) return problem(409, "energy-changed", `Version ${newest} is the newest.`);
    const fault = text === "" ? undefined : checkOf(text).faults[0];
    if (fault !== undefined)
      return problem(422, "energy-refused", `line ${fault.line}: ${fault.path} ${fault.sentence}`);
    const version = newest + 1;
    const row = { version, atMs: this.#nowMs(), actor: me.person, reason: why, managed: text !== "", text };
    this.versions = [row, ...this.versions];
    return json({ version, changed: true });
  }

  #limit(me: Me, { limitW, untilMs, why: reason }: LimitAsked): Answered {
    if (me.role !== "administrator") return problem(403, "forbidden", "Your role may not do this.");
    const atMs = this.#nowMs();
    if (limitW !== null && !(untilMs !== undefined && untilMs > atMs))
      return problem(422, "invalid-request", "A limit needs untilMs, after now.");
    this.limit = limitW === null ? null : { limitW, untilMs: untilMs!, atMs, actor: me.person, reason };
    const { limit } = this;
    const { externalLimit: _, ...others } = this.snapshot ?? {};
    this.snapshot =
      limit === null
        ? others
        : {
            ...others,
            externalLimit: { kind: "ordered", limitW: limit.limitW, untilWallMs: limit.untilMs },
          };
    this.tell();
    return json(limit);
  }

  #past(span: Parameters<typeof quartersOf>[1]): readonly EnergyQuarter[] {
    const all = quartersOf(this.#nowMs(), span);
    return all.slice(Math.max(0, all.length - this.pastQuarters));
  }

  answer(me: Me, asked: Asked, [part, which]: readonly (string | undefined)[]): Answered | undefined {
    const number = (name: string) => Number(asked.query.get(name));
    const span = { fromMs: number("fromMs"), toMs: number("toMs") };
    switch (part) {
      case undefined:
        if (asked.method === "GET") return json(this.document());
        return this.save(me, asked.body as { text: string; base: number; why: string });
      case "limit":
        return asked.method === "GET" ? json(this.limit) : this.#limit(me, asked.body as LimitAsked);
      case "live":
        return json(this.live());
      case "events":
        return { kind: "stream", open: (write) => this.#stream(write) };
      case "strategy":
        return this.#choose(me, asked.body as { strategy: EnergyConfig["strategy"]; why: string });
      case "check":
        return json(checkOf((asked.body as { text: string }).text) satisfies EnergyCheck);
      case "quarters":
        return json(this.#past(span));
      case "days":
        return json(daysOf(quartersOf(this.#nowMs(), span)));
      case "guard":
        return json(rowsOf(this.refusals, asked.query));
      case "modes":
        return json(rowsOf(this.modes, asked.query));
      case "versions": {
        const found = this.versions.find(({ version }) => version === Number(which));
        if (which !== undefined && found === undefined)
          return problem(404, "unknown-version", "There is no such version.");
        return json(
          found === undefined ? this.versions.map(({ text: _text, ...row }) => row) : this.#whole(found),
        );
      }
      default:
        return undefined;
    }
  }
}

function rowsOf<Row extends { readonly seq: number }>(rows: readonly Row[], query: URLSearchParams): Row[] {
  const before = Number(query.get("beforeSeq") ?? Number.POSITIVE_INFINITY);
  return rows.filter(({ seq }) => seq < before).slice(0, Number(query.get("most") ?? "100"));
}

export function energyAnswer(world: FakeWorld, me: Me | undefined, asked: Asked): Answered | undefined {
  const [site, place, ...part] = asked.path.replace("/api/v1/sites/", "").split("/").map(decodeURIComponent);
  if ((place !== "energy" && place !== "limit") || me === undefined) return undefined;
  const energy = world.energies.get(site ?? "") ?? new FakeEnergy(world.nowMs, "");
  world.energies.set(site ?? "", energy);
  if (asked.method === "PUT" && part.length === 0 && me.role !== "administrator")
    return problem(403, "forbidden", "Your role may not do this.");
  return energy.answer(me, asked, place === "limit" ? [place] : part);
}

const json = (body: unknown): Answered => ({ kind: "json", status: 200, body });

function problem(status: number, code: string, title: string): Answered {
  return { kind: "json", status, body: { type: `urn:wattward:problem:${code}`, title, status, code } };
}
