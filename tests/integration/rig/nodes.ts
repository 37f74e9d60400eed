/**
 * Several central systems on one PostgreSQL and one NATS, all of them real, each in a folder of its own with a copy of
 * the first one's keys, as docs/nodes.md has it.
 *
 *     OUT/csms/   the first node     OUT/csms-2/, …   the others     OUT/stations/ID/
 */
import { cpSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { type NatsServer, natsServer } from "../../../apps/csms/store/testing/nats-server.ts";
import { type PostgresServer, postgresServer } from "../../../apps/csms/store/testing/postgres-server.ts";
import { DOMAIN, logOf, ready, startCsms } from "../../../demo/plant.ts";
import type { Csms } from "./operator.ts";
import { tailOf } from "./workplace.ts";

export type Ground = { readonly postgres: PostgresServer; readonly nats: NatsServer };

/** Both servers, or why the tests are skipped. */
export async function ground(): Promise<Ground | { readonly skip: string }> {
  const postgres = await postgresServer();
  if ("skip" in postgres) return postgres;
  const nats = await natsServer();
  return "skip" in nats ? nats : { postgres, nats };
}

export type Node = Csms & { readonly id: string };

type On = {
  readonly database: string;
  readonly nats: string | undefined;
  readonly ports?: Pick<Csms, "port" | "httpPort">;
};

/** Starts that node, with the first one's keys where it has none of its own, and waits until it listens. */
export async function nodeOn(out: string, id: string, { database, nats, ports }: On): Promise<Node> {
  mkdirSync(join(out, "logs"), { recursive: true, mode: 0o700 });
  if (id !== "csms") {
    for (const part of ["keys", "pki"])
      cpSync(join(out, "csms", part), join(out, id, part), { recursive: true, preserveTimestamps: true });
  }
  const said = tailOf(logOf(out, id));
  const place = { csms: ports?.port ?? 0, http: ports?.httpPort ?? 0, database, name: id, nats };
  const program = startCsms(out, place);
  const at = await ready(out, id, program, ["port", "httpPort"]);
  return {
    ...{ out, id, program, said },
    name: `csms.${DOMAIN}`,
    port: at["port"]!,
    httpPort: at["httpPort"]!,
  };
}

/** SIGKILL, and wait until it is gone. */
export async function killed({ program }: Node): Promise<void> {
  program.child.kill("SIGKILL");
  await program.exited;
}

export const readiness = async ({ httpPort }: Pick<Csms, "httpPort">) =>
  (await fetch(`http://localhost:${httpPort}/readyz`)).json() as Promise<{
    ready: boolean;
    reasons: string[];
    warnings?: string[];
  }>;
