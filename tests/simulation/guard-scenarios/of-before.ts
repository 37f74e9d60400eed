/** What was said before, or should have been (AT-M8). */
import { ModbusClient } from "@wattward/modbus";
import { EMS_UID, read } from "../../../apps/site/modbus-guard/testing/world.ts";
import { type Play, pduOf } from "./play.ts";

/** Works, counting, as masters do; then plays what it sent before, ids and all. */
export async function replays(play: Play): Promise<void> {
  const master = await play.raw("ems");
  const [worked, from] = [play.int(20, 60), play.int(0, 10)];
  const everyMs = play.paceMs(20, 600);
  const sent = Array.from({ length: worked }, () => pduOf(read(play.int(0, 60) * 10, play.int(1, 20))));
  play.mustTell = "replay";
  play.how = `${worked} requests, each ${everyMs} ms, from the ${from}th again`;
  for (const pdu of sent) {
    await master.ask({ unit: 1, pdu }, { waitMs: 400 });
    await play.pause(everyMs);
  }
  for (let i = Math.max(from, worked - 60); i < worked && play.goes; i++) {
    await master.ask({ unit: 1, pdu: sent[i]! }, { transaction: i + 1, waitMs: 400 });
    await play.pause(everyMs);
  }
}

/** The meter's answers are a recording. */
export async function recorded(play: Play): Promise<void> {
  const { meter } = play.w;
  const length = play.int(14, 90);
  play.attacker = "meter";
  play.mustTell = "replay";
  play.how = `the same ${length} answers again and again`;
  const tape = Array.from({ length }, () => play.int(0, 65_535));
  let n = 0;
  meter.answer = (request) => {
    if (request.kind !== "read-holding-registers" || request.address !== 0) return meter.bank.answer(request);
    const value = tape[n++ % length]!;
    const registers = Array.from({ length: request.quantity }, (_, i) => (value * (i + 1)) & 0xffff);
    return { kind: request.kind, registers };
  };
  await polled(play, { unit: 2, times: 4 * length + 60, everyMs: 100 });
}

/** Asks a device so often, beside whoever is at work. */
async function polled(
  play: Play,
  { unit, times, everyMs }: { readonly unit: number; readonly times: number; readonly everyMs: number },
): Promise<void> {
  const ems = new ModbusClient({
    dial: play.w.network.dialer("guard:socket", { address: "somebody", uid: EMS_UID }),
    ...{ clock: play.w.time, chance: play.w.chance },
    limits: { timeoutMs: 2_000 },
  });
  for (let n = 0; n < times && play.goes; n++) {
    await ems.request(unit, read(0, 100));
    await play.pause(everyMs);
  }
}

/**
 * The battery answers, and too late: after what it has by the policy, and before it is asked again, for then nobody listens any more (told
 * as a device that is lost).
 */
export async function late(play: Play): Promise<void> {
  const { battery } = play.w;
  const [lateMs, percent] = [play.int(600, 3_000), play.int(30, 100)];
  play.attacker = "battery";
  play.mustTell = "late-answer";
  play.batteryAlone = true;
  play.how = `${percent} % of its answers ${lateMs} ms late`;
  const usual = battery.answer;
  battery.answer = async (request) => {
    if (play.int(1, 100) <= percent) await play.pause(lateMs);
    return usual.call(battery, request);
  };
  await polled(play, { unit: 1, times: 15, everyMs: lateMs + 500 });
  battery.answer = usual;
}
