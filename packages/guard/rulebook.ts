/** A policy's rules, made ready to be asked: by client and device, in the order of the policy, each with its path and its rates. */

import type { ClientName, CrossRule, DeviceName, Policy, Rule, WriteBound } from "./policy.ts";
import { MinuteWindow } from "./windows.ts";

export type ReadyBound = {
  readonly path: string;
  readonly bound: WriteBound;
  readonly window?: MinuteWindow;
};
export type ReadyRule = {
  readonly path: string;
  readonly rule: Rule;
  readonly functions: ReadonlySet<number>;
  readonly bounds: ReadonlyMap<string, ReadyBound>;
  readonly window?: MinuteWindow;
};
export type ReadyCrossRule = { readonly path: string; readonly cross: CrossRule };

const none: readonly never[] = [];

export class Rulebook {
  private readonly rules = new Map<DeviceName, Map<ClientName, ReadyRule[]>>();
  private readonly cross = new Map<DeviceName, ReadyCrossRule[]>();
  private readonly bounds = new Map<DeviceName, Map<string, ReadyBound>>();
  private readonly windows = new Map<string, MinuteWindow>();

  /** What was used up of a rate under `before` is used up here. */
  constructor({ clients, devices, rules, crossRules }: Policy, before?: Rulebook) {
    for (const { name } of devices) {
      this.rules.set(name, new Map(clients.map((client) => [client.name, []])));
      this.cross.set(name, []);
      this.bounds.set(name, new Map());
    }
    for (const [i, rule] of rules.entries()) {
      const ready = this.readyRule(rule, `rules[${i}]`, before);
      const bounds = this.bounds.get(rule.device);
      for (const [name, bound] of ready.bounds) if (!bounds?.has(name)) bounds?.set(name, bound);
      // A rate of `any` is each client's: one that uses up its own takes nothing from another.
      for (const [client, list] of this.rules.get(rule.device) ?? none)
        if (rule.client === "any" || rule.client === client)
          list.push({ ...ready, ...this.rateOf(rule, client, before) });
    }
    for (const [i, cross] of crossRules.entries())
      this.cross.get(cross.device)?.push({ path: `crossRules[${i}]`, cross });
  }

  of(client: ClientName, device: DeviceName): readonly ReadyRule[] {
    return this.rules.get(device)?.get(client) ?? none;
  }

  crossOf(device: DeviceName): readonly ReadyCrossRule[] {
    return this.cross.get(device) ?? none;
  }

  /** The first bound that a register has, whoever's it is. */
  boundOf(device: DeviceName, register: string): ReadyBound | undefined {
    return this.bounds.get(device)?.get(register);
  }

  /** Without its rate; that of a register is the register's, whoever writes it. */
  private readyRule(rule: Rule, path: string, before: Rulebook | undefined): ReadyRule {
    const { client, device, functions, writes = [] } = rule;
    const of = `${client} ${device}`;
    const bounds = writes.map((bound, i): [string, ReadyBound] => [
      bound.register,
      {
        path: `${path}.writes[${i}]`,
        bound,
        ...this.windowOf(`${of} ${bound.register}`, bound.perMinuteMax, before),
      },
    ]);
    return { path, rule, functions: new Set(functions), bounds: new Map(bounds) };
  }

  private rateOf(
    { device, functions, from, to, perMinuteMax }: Rule,
    client: ClientName,
    before: Rulebook | undefined,
  ) {
    return this.windowOf(`${client} ${device} ${from} ${to} ${functions.join()}`, perMinuteMax, before);
  }

  /** Rules that bound the same in two places have a window each. */
  private windowOf(key: string, perMinuteMax: number | undefined, before: Rulebook | undefined) {
    if (perMinuteMax === undefined) return {};
    let name = key;
    while (this.windows.has(name)) name += " again";
    const window = new MinuteWindow(perMinuteMax, before?.windows.get(name));
    this.windows.set(name, window);
    return { window };
  }
}
