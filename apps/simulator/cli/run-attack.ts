/**
 * `wattward simulator attack AT-M5 --to HOST:PORT`: one of the catalogue's attacks on Modbus against whatever listens there. Prints what came
 * of it; exit code 0 where it was contained, 1 where something was done that must not be, or nobody listens there: that contains nothing.
 */
import { parseArgs } from "node:util";
import { failed, ok, type Result } from "@wattward/kernel";
import { systemClock } from "@wattward/kernel/node";
import { type MasterWay, masterDial } from "../adapters/master-link.ts";
import { type AttackId, type AttackReport, attack, attackIds, attackSays } from "../masters/attacks.ts";
import { RawMaster } from "../masters/raw-master.ts";
import { hostAndPort, Wrong, whole } from "./words.ts";

export type AttackWords = {
  readonly id: AttackId;
  readonly way: MasterWay;
  readonly unit: number;
  readonly setpoint: number;
  readonly forS: number;
  readonly json: boolean;
};

/** OutWRte of model 124 of the simulated battery: after models 1, 103, 120 and 121. */
const SETPOINT = "40194";

export function readAttack(args: readonly string[]): Result<AttackWords, string> {
  try {
    const { positionals, values } = parseArgs({
      args: [...args],
      allowPositionals: true,
      options: {
        to: { type: "string" },
        unit: { type: "string", default: "1" },
        setpoint: { type: "string", default: SETPOINT },
        for: { type: "string", default: "30" },
        from: { type: "string" },
        identity: { type: "string" },
        "server-name": { type: "string" },
        json: { type: "boolean", default: false },
      },
    });
    const id = attackIds.find((each) => each === positionals[0]);
    if (id === undefined || positionals.length !== 1)
      return failed(
        `name one attack:\n${attackIds.map((each) => `  ${each}  ${attackSays[each]}\n`).join("")}`,
      );
    if (values.to === undefined || !/^.+:\d+$/.test(values.to))
      return failed("--to HOST:PORT is missing: whom to attack.");
    const { from, identity, "server-name": serverName } = values;
    const way = {
      ...hostAndPort(values.to),
      ...(from !== undefined && { from }),
      ...(identity !== undefined && { identity }),
      ...(serverName !== undefined && { serverName }),
    };
    const unit = whole("--unit", values.unit, 0, 255);
    const setpoint = whole("--setpoint", values.setpoint, 0, 0xffff);
    return ok({ id, way, unit, setpoint, forS: whole("--for", values.for, 1, 3600), json: values.json });
  } catch (error) {
    // parseArgs and the readers throw for the caller's mistakes alone.
    if (error instanceof TypeError || error instanceof Wrong) return failed(error.message);
    throw error;
  }
}

export async function runAttack({ forS, id, json, setpoint, unit, way }: AttackWords): Promise<number> {
  process.stderr.write(`${id} ${attackSays[id]}; for ${forS} s at most\n`);
  let reached = false;
  const report = await playAttack(id, way, { unit, setpoint, forMs: forS * 1000 }, () => (reached = true));
  // Whoever shows a certificate may have been refused for it.
  if (!reached && way.identity === undefined) {
    process.stderr.write(`wattward simulator attack: nobody listens at ${way.host}:${way.port}\n`);
    return 1;
  }
  process.stdout.write(json ? `${JSON.stringify(report)}\n` : `${said(report)}\n`);
  return report.contained ? 0 : 1;
}

/** On real sockets and real time; `reached` with each connection that is open. */
export async function playAttack(
  id: AttackId,
  way: MasterWay,
  options: { readonly unit: number; readonly setpoint: number; readonly forMs: number },
  reached: () => void = () => {},
): Promise<AttackReport> {
  const clock = systemClock();
  const dial = await masterDial(way);
  return attack(id, options, {
    clock,
    async connect() {
      const link = await dial();
      if (!link.ok) return undefined;
      reached();
      return new RawMaster(link.value, clock);
    },
  });
}

function said({ accepted, attack, closed, contained, exceptions, read, sent, silent }: AttackReport): string {
  const refused = Object.entries(exceptions).map(([code, count]) => `${count} × exception ${code}`);
  const what = contained ? "contained" : "NOT contained";
  return `${attack}: ${sent} sent; ${read} read, ${accepted} writes done, ${refused.join(", ") || "no exception"}, ${silent} unanswered, ${closed} times closed: ${what}`;
}
