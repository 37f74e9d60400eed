/**
 * The operator of the simulation: real authorities and certificates, made once per process and kept, because making
 * keys costs more than an hour of a simulated site. They are issued on the simulated clock's first day.
 */

import { simulatedTime } from "@wattward/testing";
import { testAuthorities } from "../../apps/csms/gateway/testing/certificates.ts";

export type Chain = readonly Uint8Array[];
type TestAuthorities = Awaited<ReturnType<typeof testAuthorities>>;

let operator: Promise<TestAuthorities> | undefined;
const chains = new Map<string, Promise<Chain>>();

export const authorities = (): Promise<TestAuthorities> => (operator ??= testAuthorities(simulatedTime(), 1));

const kept = (name: string, make: (from: TestAuthorities) => Promise<{ chain: Chain }>): Promise<Chain> => {
  const known = chains.get(name) ?? authorities().then(async (from) => (await make(from)).chain);
  chains.set(name, known);
  return known;
};

/** Leaf first, in DER. The serial number is the station's id. */
export const stationChain = (id: string): Promise<Chain> =>
  kept(`station ${id}`, (from) => from.station(id, { days: 365 }));
export const siteChain = (id: string): Promise<Chain> => kept(`site ${id}`, (from) => from.site(id));
