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

  constructor({ clients, devices, rules, crossRules }: Policy) {
    for (const { name } of devices) {
      this.rules.set(name, new Map(clients.map((client) => [client.name, []])));
      this.cross.set(name, []);
    }
    for (const [i, rule] of rules.entries()) {
      const ready = readyRule(rule, `rules[${i}]`);
      // A rate of `any` is each client's: one that uses up its own takes nothing from another.
      for (const [client, list] of this.rules.get(rule.device) ?? none)
        if (rule.client === "any" || rule.client === client)
          list.push({ ...ready, ...windowOf(rule.perMinuteMax) });
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
}

const windowOf = (perMinuteMax: number | undefined) =>
  perMinuteMax === undefined ? {} : { window: new MinuteWindow(perMinuteMax) };

/** Without its rate; that of a register is the register's, whoever writes it. */
const readyRule = (rule: Rule, path: string): ReadyRule => ({
  path,
  rule,
  functions: new Set(rule.functions),
  bounds: new Map(
    (rule.writes ?? []).map((bound, i) => [
      bound.register,
      { path: `${path}.writes[${i}]`, bound, ...windowOf(bound.perMinuteMax) },
    ]),
  ),
});
