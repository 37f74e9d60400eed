/** The official schemas as data: what a message may be, so that one can be made, and then broken in a known way. */
import assert from "node:assert/strict";
import { actionsFrom, type OcppVersion, sendsFrom } from "@wattward/ocpp";
import * as schemas16 from "typed-ocpp/dist/ocpp16/schemas.js";
import * as schemas20 from "typed-ocpp/dist/ocpp20/schemas.js";
import * as schemas21 from "typed-ocpp/dist/ocpp21/schemas.js";

/** The keywords that the official files use and that mean something. */
export type Schema = {
  readonly type?: "object" | "array" | "string" | "integer" | "number" | "boolean";
  readonly properties?: Readonly<Record<string, Schema>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: Schema;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly enum?: readonly string[];
  readonly maxLength?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly multipleOf?: number;
  readonly format?: "date-time" | "uri";
  readonly $ref?: string;
};
type Root = Schema & { readonly definitions?: Readonly<Record<string, Schema>> };

const modules: Readonly<Record<OcppVersion, unknown>> = {
  "1.6": schemas16,
  "2.0.1": schemas20,
  "2.1": schemas21,
};

/** The payload of `name` (`<Action>Request`, `<Action>Response`, or a SEND's action), references resolved one level. */
export class Message {
  readonly version: OcppVersion;
  readonly name: string;
  readonly root: Schema;
  private readonly definitions: Readonly<Record<string, Schema>>;

  constructor(version: OcppVersion, name: string) {
    const root = (modules[version] as Readonly<Record<string, Root>>)[name];
    assert(root !== undefined, `OCPP ${version} has no schema ${name}`);
    this.version = version;
    this.name = name;
    this.root = root;
    this.definitions = root.definitions ?? {};
  }

  /** What a reference stands for, with what stands beside it. */
  resolved(schema: Schema): Schema {
    if (schema.$ref === undefined) return schema;
    const name = schema.$ref.replace("#/definitions/", "");
    const target = this.definitions[name];
    assert(target !== undefined, `${this.name} has no definition ${name}`);
    return target;
  }
}

/** What a station may say by itself, as CALL or SEND, with its message type. */
export const stationSays = (version: OcppVersion): readonly { action: string; type: 2 | 6 }[] => [
  ...[...actionsFrom(version, "station")].map((action) => ({ action, type: 2 as const })),
  ...[...sendsFrom(version, "station")].map((action) => ({ action, type: 6 as const })),
];
