/**
 * The strict parser of a policy: its form here, what its parts say of each other in `check-references.ts`. Every fault is noted with
 * its path, nothing is repaired, and a policy with a fault is none.
 */
import { DocumentReader, failed, ok, type Result, readAddress } from "@wattward/kernel";
import { checkReferences, Notes } from "./check-references.ts";
import { checkSense } from "./check-sense.ts";
import { rulable } from "./functions.ts";
import { hostFault, isOneHost } from "./host.ts";
import {
  ADDRESS_MAX,
  CLIENTS_MAX,
  CROSS_RULES_MAX,
  DEVICES_MAX,
  HOUR_MS,
  LEARNING_UNTIL_MS_MAX,
  NAME_CHARS_MAX,
  PER_MINUTE_MAX,
  REGISTERS_MAX,
  REVERSALS_MAX,
  RULES_MAX,
  SCALE_MIN,
  SENTENCE_CHARS_MAX,
  VALUE_MAX,
  WRITES_MAX,
} from "./limits.ts";
import type {
  Client,
  ClientName,
  CrossRule,
  DeviceName,
  GuardedDevice,
  Learning,
  Policy,
  PolicyFault,
  Rule,
  TypedRegister,
  WriteBound,
} from "./policy.ts";
import { rawMax } from "./values.ts";

/** Reads a policy from data; the faults are its author's, in the order of their paths' appearance. */
export function checkPolicy(value: unknown): Result<Policy, readonly PolicyFault[]> {
  const notes = new Notes();
  const { faults } = notes;
  const root = new DocumentReader(value, "", faults);
  root.object("schema", "clients", "devices", "rules", "crossRules", "learning");
  const list = <T>(name: string, max: number, read: (item: DocumentReader) => T) =>
    root.at(name).list(max).map(read);
  const policy: Policy = {
    schema: root.at("schema").oneOf(1),
    clients: list("clients", CLIENTS_MAX, clientOf),
    devices: list("devices", DEVICES_MAX, deviceOf),
    rules: list("rules", RULES_MAX, ruleOf),
    crossRules: list("crossRules", CROSS_RULES_MAX, crossRuleOf),
    ...root.optional("learning", learningOf),
  };
  checkReferences(policy, notes);
  if (faults.length === 0) checkSense(policy, notes.note);
  return faults.length === 0 ? ok(policy) : failed(faults);
}

const name = (r: DocumentReader) => r.text(NAME_CHARS_MAX);

function clientOf(r: DocumentReader): Client {
  r.object("name", "by", "perSecond", "burst");
  if (r.at("name").is("any")) r.at("name").fault("means every client in a rule: choose another");
  return {
    name: name(r.at("name")) as ClientName,
    by: proofOf(r.at("by")),
    perSecond: r.at("perSecond").number(0.1, 10_000),
    burst: r.at("burst").whole(1, 10_000),
  };
}

function proofOf(r: DocumentReader): Client["by"] {
  if (r.absent) {
    r.fault("is missing");
    return { kind: "socket", uid: "same" };
  }
  const kind = r.at("kind").oneOf("socket", "certificate", "address");
  switch (kind) {
    case "socket": {
      r.object("kind", "uid");
      const uid = r.at("uid");
      return { kind, uid: uid.is("same") ? "same" : uid.whole(0, 0xffff_fffe) };
    }
    case "certificate": {
      r.object("kind", "spkiSha256", "role");
      const spki = r.at("spkiSha256");
      const hash = spki.text(64).toLowerCase();
      if (!/^[0-9a-f]{64}$/.test(hash)) spki.fault("is not a SHA-256 in hexadecimal, 64 digits");
      return { kind, spkiSha256: hash, ...r.optional("role", (role) => role.text(NAME_CHARS_MAX)) };
    }
    case "address": {
      r.object("kind", "address");
      const address = r.at("address");
      const text = address.text(NAME_CHARS_MAX);
      const bytes = readAddress(text);
      if (bytes === undefined) address.fault("is not one IP address");
      else if (!isOneHost(bytes)) address.fault("is an address that no client has");
      return { kind, address: text };
    }
  }
}

function deviceOf(r: DocumentReader): GuardedDevice {
  r.object("name", "unit", "host", "port", "tls", "deviceUnit", "answerMsMax", "registers");
  return {
    name: name(r.at("name")) as DeviceName,
    unit: r.at("unit").whole(1, 247),
    host: hostOf(r.at("host")),
    port: r.at("port").whole(1, 65_535),
    tls: r.at("tls").boolean(),
    deviceUnit: r.at("deviceUnit").whole(0, 255),
    answerMsMax: r.at("answerMsMax").whole(10, 60_000),
    registers: r.at("registers").list(REGISTERS_MAX).map(registerOf),
  };
}

function hostOf(r: DocumentReader): string {
  const host = r.text(253);
  const fault = host === "" ? undefined : hostFault(host);
  if (fault !== undefined) r.fault(fault);
  return host;
}

function registerOf(r: DocumentReader): TypedRegister {
  r.object(
    ...["name", "address", "type", "table", "words", "scale", "scaleFrom", "unit", "absent"],
    ...["enable", "revertTime"],
  );
  const register: TypedRegister = {
    name: name(r.at("name")),
    address: r.at("address").whole(0, ADDRESS_MAX),
    type: r.at("type").oneOf("uint16", "int16", "uint32", "int32", "uint64", "float32", "coil"),
    ...r.optional("table", (table) => table.oneOf("input")),
    ...r.optional("words", (words) => words.oneOf("big", "little")),
    ...r.optional("scale", scaleOf),
    ...r.optional("scaleFrom", (address) => address.whole(0, ADDRESS_MAX)),
    ...r.optional("unit", (unit) => unit.text(NAME_CHARS_MAX)),
    ...r.optional("enable", name),
    ...r.optional("revertTime", name),
  };
  if (register.type === "coil")
    for (const member of ["words", "scale", "scaleFrom", "absent"])
      if (!r.at(member).absent) r.at(member).fault("means nothing for a coil");
  return { ...register, ...r.optional("absent", (absent) => absent.whole(0, rawMax(register))) };
}

function scaleOf(r: DocumentReader): number {
  const scale = r.number(-1e10, 1e10);
  if (Math.abs(scale) < SCALE_MIN) r.fault("is 0, or so near to it that no value is left");
  return scale;
}

function ruleOf(r: DocumentReader): Rule {
  r.object("client", "device", "functions", "from", "to", "writes", "perMinuteMax");
  const functions = r
    .at("functions")
    .list(rulable.size)
    .map((code) => functionOf(code));
  if (functions.length === 0 && !r.at("functions").absent)
    r.at("functions").fault("names no function: the rule lets nothing pass");
  if (new Set(functions).size !== functions.length) r.at("functions").fault("names a function twice");
  const from = r.at("from").whole(0, ADDRESS_MAX);
  return {
    client: name(r.at("client")) as Rule["client"],
    device: name(r.at("device")) as DeviceName,
    functions,
    from,
    to: r.at("to").whole(from, ADDRESS_MAX),
    ...r.optional("writes", (writes) => writes.list(WRITES_MAX).map(boundOf)),
    ...r.optional("perMinuteMax", perMinuteOf),
  };
}

function functionOf(r: DocumentReader): number {
  const code = r.whole(1, 127);
  if (!rulable.has(code))
    r.fault(
      code === 8 || code === 21
        ? `names function ${code}, which passes for nobody`
        : `names function ${code}; a rule may name ${[...rulable].join(", ")}`,
    );
  return code;
}

const perMinuteOf = (r: DocumentReader) => r.whole(1, PER_MINUTE_MAX);

/** `min` and `max`, and `max` not below `min`. */
function spanOf(r: DocumentReader): { readonly min: number; readonly max: number } {
  const min = r.at("min").number(-VALUE_MAX, VALUE_MAX);
  const max = r.at("max").number(-VALUE_MAX, VALUE_MAX);
  if (max < min) r.at("max").fault(`is below min, ${min}`);
  return { min, max };
}

function boundOf(r: DocumentReader): WriteBound {
  r.object("register", "min", "max", "rampPerS", "dwellMs", "reversalsPer10MinMax", "perMinuteMax");
  return {
    register: name(r.at("register")),
    ...spanOf(r),
    ...r.optional("rampPerS", (ramp) => {
      const perS = ramp.number(0, VALUE_MAX);
      if (perS === 0) ramp.fault("is 0: the value could only go towards 0");
      return perS;
    }),
    ...r.optional("dwellMs", (dwell) => dwell.whole(0, HOUR_MS)),
    ...r.optional("reversalsPer10MinMax", (most) => most.whole(0, REVERSALS_MAX)),
    ...r.optional("perMinuteMax", perMinuteOf),
  };
}

function crossRuleOf(r: DocumentReader): CrossRule {
  r.object("device", "when", "freshMs", "limit", "why");
  const when = r.at("when").object("register", "below", "above");
  const bound = r.at("limit").object("register", "min", "max");
  const threshold = (member: DocumentReader) => member.number(-VALUE_MAX, VALUE_MAX);
  if (when.at("below").absent && when.at("above").absent) when.fault("says neither below nor above");
  return {
    device: name(r.at("device")) as DeviceName,
    when: {
      register: name(when.at("register")),
      ...when.optional("below", threshold),
      ...when.optional("above", threshold),
    },
    freshMs: r.at("freshMs").whole(100, HOUR_MS),
    limit: { register: name(bound.at("register")), ...spanOf(bound) },
    why: r.at("why").text(SENTENCE_CHARS_MAX),
  };
}

function learningOf(r: DocumentReader): Learning {
  r.object("devices", "untilMs");
  const devices = r
    .at("devices")
    .list(DEVICES_MAX)
    .map((device) => name(device) as DeviceName);
  if (devices.length === 0 && !r.at("devices").absent)
    r.at("devices").fault("names no device: nothing is learnt");
  return { devices, untilMs: r.at("untilMs").whole(0, LEARNING_UNTIL_MS_MAX) };
}
