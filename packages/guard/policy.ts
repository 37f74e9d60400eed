/**
 * What the Modbus guard lets through, as data (ADR 17). Default deny: what no rule names is refused. A policy is checked whole before
 * it is in force; one that cannot be read leaves the last good one, and where there was none, nothing passes.
 *
 * Engineering values: a register has a type, so a rule speaks of watts and per cent, never of raw words.
 */
import type { Brand, DocumentFault } from "@wattward/kernel";

export type ClientName = Brand<string, "ClientName">;
export type DeviceName = Brand<string, "DeviceName">;

export type Policy = {
  readonly schema: 1;
  readonly clients: readonly Client[];
  readonly devices: readonly GuardedDevice[];
  readonly rules: readonly Rule[];
  /** Rules across registers of one device, in engineering values. */
  readonly crossRules: readonly CrossRule[];
  readonly learning?: Learning;
};

/** A master, and what proves it. Each proof names one client alone. */
export type Client = {
  readonly name: ClientName;
  readonly by:
    | { readonly kind: "socket"; readonly uid: number | "same" }
    /** SHA-256 of the public key of its certificate, hex; and the role that it must have, where one is wanted. */
    | { readonly kind: "certificate"; readonly spkiSha256: string; readonly role?: string }
    | { readonly kind: "address"; readonly address: string };
  /** Requests per second in the long run, and how many at once. */
  readonly perSecond: number;
  readonly burst: number;
};

export type GuardedDevice = {
  readonly name: DeviceName;
  /** Unit id at the guard, 1 to 247: its own among all devices of the site. */
  readonly unit: number;
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** Unit id at the device. */
  readonly deviceUnit: number;
  readonly answerMsMax: number;
  readonly registers: readonly TypedRegister[];
};

export type TypedRegister = {
  readonly name: string;
  /** Protocol address, from 0. */
  readonly address: number;
  readonly type: "uint16" | "int16" | "uint32" | "int32" | "uint64" | "float32" | "coil";
  /** `input`: in the table of input registers or discrete inputs (functions 4, 2), which is never written. Absent: holding registers, coils. */
  readonly table?: "input";
  /** High word first where a value has several registers, unless `little`. */
  readonly words?: "big" | "little";
  /** Value = raw × `scale`, or raw × 10^(content of `scaleFrom`, a SunSpec scale factor register). */
  readonly scale?: number;
  readonly scaleFrom?: number;
  readonly unit?: string;
  /** Raw content, unsigned, that means: not implemented. */
  readonly absent?: number;
  /** Of a setpoint: the register that brings it into force, 0 lets go of it. */
  readonly enable?: string;
  /** Of a setpoint: the register of the seconds after which the device lets go of it by itself, unless it is written again; 0: never. */
  readonly revertTime?: string;
};

export type Rule = {
  readonly client: ClientName | "any";
  readonly device: DeviceName;
  /** Codes 1 to 7, 11, 12, 15 to 17, 20, 22 to 24, 43 (identification alone). 8 and 21 pass for nobody. */
  readonly functions: readonly number[];
  /** Addresses of the functions' own table, both included; file numbers for 20; not looked at for functions that have no address. */
  readonly from: number;
  readonly to: number;
  /** For writes: each register written must be one of these, within its bounds. */
  readonly writes?: readonly WriteBound[];
  /** Requests that pass by this rule; of `any`, each client's. */
  readonly perMinuteMax?: number;
};

export type WriteBound = {
  readonly register: string;
  readonly min: number;
  readonly max: number;
  /**
   * Unit of the value per second, from the last value that passed and was not refused by the device, while it stands (else, and before
   * any, from what was read of it, else from 0); what was not used is kept up to 10 s. Towards 0 always; through 0 counts from 0.
   */
  readonly rampPerS?: number;
  /** A new value not sooner than so long after the last; towards 0 always. */
  readonly dwellMs?: number;
  /** Changes of direction in ten minutes; beyond it only towards 0. */
  readonly reversalsPer10MinMax?: number;
  /** Writes to the register by this rule, of all clients together. */
  readonly perMinuteMax?: number;
};

/**
 * While `when` holds, `limit` bounds a write; also one that brings about `when`, or that enables or renews what is limited. By the value in the same request, else by the last one that was read from the device or that
 * it acknowledged, not older than `freshMs`; unknown counts as holding. With `below` and `above` both, either holds.
 */
export type CrossRule = {
  readonly device: DeviceName;
  readonly when: { readonly register: string; readonly below?: number; readonly above?: number };
  readonly freshMs: number;
  readonly limit: { readonly register: string; readonly min: number; readonly max: number };
  readonly why: string;
};

/**
 * Until `untilMs` (wall time; a clock that was never synced ends it at once) reads of the listed devices pass without a rule, and are
 * written down as a proposal. A write needs its rule now as ever.
 */
export type Learning = { readonly devices: readonly DeviceName[]; readonly untilMs: number };

export type PolicyFault = DocumentFault & {
  /** From 1, where the policy was read from text. */
  readonly line?: number;
};
