/**
 * The form of a policy as a JSON Schema (2020-12), for editors; `wattward guard schema` prints it. The guard itself reads by the strict parser
 * (`check-policy.ts`), which also knows what the parts say of each other; a test holds that the two agree on the form.
 */
import { rulable } from "./functions.ts";
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

type Schema = { readonly [keyword: string]: unknown };
type Members = { readonly [name: string]: Schema };

/** All of `required`, some of `optional`, and nothing else. */
const object = (description: string, required: Members, optional: Members = {}): Schema => ({
  type: "object",
  description,
  properties: { ...required, ...optional },
  required: Object.keys(required),
  additionalProperties: false,
});
const list = (items: Schema, maxItems: number, minItems = 0): Schema => ({
  type: "array",
  items,
  ...{ minItems, maxItems },
});
const text = (description: string, maxLength = NAME_CHARS_MAX): Schema => ({
  type: "string",
  description,
  ...{ minLength: 1, maxLength, pattern: "\\S" },
});
const whole = (description: string, minimum: number, maximum: number): Schema => ({
  ...{ type: "integer", description, minimum, maximum },
});
const number = (description: string, minimum = -VALUE_MAX, maximum = VALUE_MAX): Schema => ({
  ...{ type: "number", description, minimum, maximum },
});
const address = (description: string): Schema => whole(description, 0, ADDRESS_MAX);
const perMinuteMax = whole("so often a minute at most", 1, PER_MINUTE_MAX);

const by: Schema = {
  oneOf: [
    object("on the guard's unix socket, by the user that it runs as", {
      kind: { const: "socket" },
      uid: { oneOf: [{ const: "same" }, whole("user id", 0, 0xffff_fffe)] },
    }),
    object(
      "over Modbus/TCP Security",
      {
        kind: { const: "certificate" },
        spkiSha256: {
          type: "string",
          description: "SHA-256 of its public key",
          pattern: "^[0-9a-fA-F]{64}$",
        },
      },
      { role: text("the role that the certificate must have") },
    ),
    object("by its address, where nothing better can be had", {
      kind: { const: "address" },
      address: text("one IP address"),
    }),
  ],
};

const client = object("a master, and what proves it", {
  name: { ...text("as rules name it"), not: { const: "any" } },
  by,
  perSecond: number("requests a second in the long run", 0.1, 10_000),
  burst: whole("requests at once", 1, 10_000),
});

const register = object(
  "a register with a type: rules speak of its engineering value",
  {
    name: text("as rules name it"),
    address: address("protocol address, from 0"),
    type: { enum: ["uint16", "int16", "uint32", "int32", "uint64", "float32", "coil"] },
  },
  {
    table: {
      const: "input",
      description: "of the input registers or discrete inputs, which are never written",
    },
    words: { enum: ["big", "little"], description: "which word comes first (big)" },
    scale: {
      ...number("value = raw × scale; not 0", -1e10, 1e10),
      not: { exclusiveMinimum: -SCALE_MIN, exclusiveMaximum: SCALE_MIN },
    },
    scaleFrom: address("value = raw × 10^(content of this register), as SunSpec's scale factors"),
    unit: text("for people"),
    absent: { type: "integer", minimum: 0, description: "raw content that means: not implemented" },
    enable: text("of a setpoint: the register that brings it into force, 0 lets go of it"),
    revertTime: text(
      "of a setpoint: the register of the seconds after which the device lets go of it by itself, 0 never",
    ),
  },
);

const device = object("a device behind the guard", {
  name: text("as rules name it"),
  unit: whole("unit id at the guard", 1, 247),
  host: text("where it is", 253),
  port: whole("Modbus/TCP 502, Security 802", 1, 65_535),
  tls: { type: "boolean" },
  deviceUnit: whole("unit id at the device", 0, 255),
  answerMsMax: whole("how long an answer may take, ms", 10, 60_000),
  registers: list(register, REGISTERS_MAX),
});

const bound = object(
  "a register that may be written, and within what",
  { register: text("its name"), min: number("least value"), max: number("highest value") },
  {
    rampPerS: { type: "number", exclusiveMinimum: 0, maximum: VALUE_MAX, description: "change a second" },
    dwellMs: whole("a new value not sooner than so long after the last, ms", 0, HOUR_MS),
    reversalsPer10MinMax: whole("changes of direction in ten minutes", 0, REVERSALS_MAX),
    perMinuteMax,
  },
);

const rule = object(
  "what passes; all else is denied",
  {
    client: text("a client's name, or any"),
    device: text("a device's name"),
    functions: { ...list({ enum: [...rulable] }, rulable.size, 1), uniqueItems: true },
    from: address("first address"),
    to: address("last address"),
  },
  { writes: list(bound, WRITES_MAX), perMinuteMax },
);

const crossRule = object("while `when` holds, `limit` bounds a write", {
  device: text("a device's name"),
  when: {
    ...object("what is looked at", { register: text("its name") }, { below: number(""), above: number("") }),
    anyOf: [{ required: ["below"] }, { required: ["above"] }],
  },
  freshMs: whole("how old what is known of it may be, ms; unknown counts as holding", 100, HOUR_MS),
  limit: object("the bound", { register: text("its name"), min: number("least"), max: number("highest") }),
  why: text("for whoever reads the refusal", SENTENCE_CHARS_MAX),
});

const learning = object("reads of these pass until then, writes never", {
  devices: list(text("a device's name"), DEVICES_MAX, 1),
  untilMs: whole("wall time, ms since 1970", 0, LEARNING_UNTIL_MS_MAX),
});

export const policySchema: Schema = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Policy of Wattward's Modbus guard",
  ...object(
    "What the guard lets through",
    {
      schema: { const: 1 },
      clients: list(client, CLIENTS_MAX),
      devices: list(device, DEVICES_MAX),
      rules: list(rule, RULES_MAX),
      crossRules: list(crossRule, CROSS_RULES_MAX),
    },
    { learning },
  ),
};
