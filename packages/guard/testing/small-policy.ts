/** A policy that a person can check by hand: one battery, two clients. Data as a file would have it, to be changed by tests. */
import assert from "node:assert/strict";
import { checkPolicy } from "../check-policy.ts";
import type { Policy } from "../policy.ts";

/** The registers of the battery: a setpoint in watts, per cent scaled by a factor, 32 and 64 bits, floating point, a coil, an input. */
export const registers = [
  { name: "setpoint", address: 10, type: "int16", scale: 10, unit: "W", absent: 0x8000 },
  { name: "percent", address: 11, type: "int16", scaleFrom: 20, unit: "%" },
  { name: "limit", address: 12, type: "uint32", unit: "W" },
  { name: "swapped", address: 14, type: "int32", words: "little" },
  { name: "counter", address: 16, type: "uint64" },
  { name: "factor", address: 20, type: "int16" },
  { name: "float", address: 22, type: "float32" },
  { name: "charge", address: 30, type: "uint16", scale: 0.1, unit: "%" },
  { name: "mode", address: 31, type: "uint16" },
  { name: "contactor", address: 10, type: "coil" },
  { name: "sun", address: 10, type: "uint16", table: "input" },
];

export const policyData = () => ({
  schema: 1,
  clients: [
    { name: "energy", by: { kind: "socket", uid: "same" }, perSecond: 1000, burst: 1000 },
    { name: "vendor", by: { kind: "address", address: "192.0.2.7" }, perSecond: 10, burst: 5 },
  ],
  devices: [
    {
      ...{ name: "battery", unit: 1, host: "192.0.2.50", port: 502, tls: false, deviceUnit: 3 },
      ...{ answerMsMax: 1000, registers },
    },
  ],
  rules: [
    { client: "any", device: "battery", functions: [1, 2, 3, 4], from: 0, to: 99 },
    {
      ...{ client: "energy", device: "battery", functions: [5, 6, 15, 16, 22, 23], from: 0, to: 99 },
      writes: [
        { register: "setpoint", min: -5000, max: 5000 },
        { register: "percent", min: -100, max: 100 },
        { register: "limit", min: 0, max: 100_000 },
        { register: "swapped", min: -70_000, max: 70_000 },
        { register: "counter", min: 0, max: 1e12 },
        { register: "float", min: -1, max: 1 },
        { register: "mode", min: 0, max: 3 },
        { register: "contactor", min: 0, max: 1 },
      ],
    },
  ],
  crossRules: [] as object[],
});

/** The same, checked, with some of it replaced. */
export function smallPolicy(
  change: (data: ReturnType<typeof policyData>) => object = (data) => data,
): Policy {
  const checked = checkPolicy(change(policyData()));
  assert(checked.ok, JSON.stringify(checked));
  return checked.value;
}

/** With these bounds for the setpoint alone. */
export const withBounds = (bounds: object): Policy =>
  smallPolicy((data) => ({
    ...data,
    rules: [
      data.rules[0],
      { ...data.rules[1], writes: [{ register: "setpoint", min: -5000, max: 5000, ...bounds }] },
    ],
  }));
