/**
 * Attacks on a guarded site with parameters that nobody chose (ATTACKS: AT-M1 to AT-M9, AT-M11, AT-M12; AT-M10 is the energy's to see): for
 * each seed another pace, order, count, register, value, function, unit, exception. What is drawn stays what its row of the catalogue
 * describes; who goes slower than its signal is refused all the same, and is not counted here.
 */
import { exceptionReply, type Reply, type Request } from "@wattward/modbus";
import { read, write } from "../../../apps/site/modbus-guard/testing/world.ts";
import { late, recorded, replays } from "./of-before.ts";
import { FOR_MS, LIMIT_W, type Play, pduOf, SETPOINT, shuffled } from "./play.ts";
import { forbiddenWrite, noModbus } from "./wrong.ts";

export const attackClasses = [
  ...["AT-M1", "AT-M2", "AT-M3", "AT-M4", "AT-M5", "AT-M6", "AT-M7", "AT-M8", "AT-M9", "AT-M11", "AT-M12"],
] as const;
export type Attack = (typeof attackClasses)[number];

export const attacks: Readonly<Record<Attack, (play: Play) => Promise<void>>> = {
  async "AT-M1"(play) {
    const master = await play.raw(play.pick("ems", "vendor"));
    const [count, everyMs] = [play.int(1, 15), play.paceMs(20, 6_000)];
    play.how = `${play.attacker}: ${count} writes, each ${everyMs} ms`;
    const requests = Array.from({ length: count }, () => forbiddenWrite(play));
    await play.each(
      requests,
      () => everyMs,
      (request) => master.ask({ unit: play.int(1, 2), pdu: pduOf(request) }, { waitMs: 1_000 }),
    );
  },
  async "AT-M2"(play) {
    const master = await play.raw("ems");
    const [count, everyMs] = [play.int(1, 12), play.paceMs(20, 6_000)];
    play.how = `${count} values, each ${everyMs} ms`;
    const values = Array.from({ length: count }, () => play.pick(1, -1) * play.int(LIMIT_W + 1, 32_767));
    await play.each(
      values,
      () => everyMs,
      (value) => {
        const registers = [value & 0xffff];
        const request: Request = play.pick(write(SETPOINT, value), {
          ...{ kind: "write-multiple-registers", address: SETPOINT, registers },
        });
        return master.ask({ unit: 1, pdu: pduOf(request) }, { waitMs: 1_000 });
      },
    );
  },
  async "AT-M3"(play) {
    const master = await play.raw("ems");
    const [halfMs, most] = [play.paceMs(150, 4_500), play.int(50, LIMIT_W)];
    const shape = play.pick("square", "uneven", "drifting");
    play.how = `${shape}, ±${most} W, turns each ${halfMs} ms`;
    for (let n = 0; play.goes; n++) {
      const sign = n % 2 === 0 ? 1 : -1;
      const drift = shape === "drifting" ? Math.round(Math.min(LIMIT_W - most, n * 20)) : 0;
      const by = shape === "uneven" ? play.int(Math.ceil(most / 2), most) : most;
      await master.ask({ unit: 1, pdu: pduOf(write(SETPOINT, sign * by + drift)) }, { waitMs: 1_000 });
      await play.pause(halfMs);
    }
  },
  async "AT-M4"(play) {
    const master = await play.raw(play.pick("ems", "vendor"));
    const [count, everyMs] = [play.int(4, 245), play.paceMs(5, 3_000)];
    const units = shuffled(
      play,
      Array.from({ length: 245 }, (_, i) => i + 3),
    ).slice(0, count);
    const asked = play.pick(
      units,
      [...units].sort((a, b) => a - b),
    );
    play.how = `${play.attacker}: ${count} units, each ${everyMs} ms`;
    const pdu = pduOf({
      kind: play.pick("read-holding-registers", "read-input-registers"),
      address: play.int(0, 65_000),
      quantity: 2,
    });
    await play.each(
      asked,
      () => everyMs,
      (unit) => master.ask({ unit, pdu }, { waitMs: 400 }),
    );
  },
  async "AT-M5"(play) {
    const master = await play.raw(play.pick("ems", "vendor"));
    const [count, everyMs, length] = [play.int(6, 127), play.paceMs(5, 7_000), play.int(1, 6)];
    const codes = shuffled(
      play,
      Array.from({ length: 127 }, (_, i) => i + 1),
    ).slice(0, count);
    play.how = `${play.attacker}: ${count} functions of ${length} bytes, each ${everyMs} ms`;
    await play.each(
      codes,
      () => everyMs,
      (code) => {
        const body = Array.from({ length: length - 1 }, () => play.int(0, 255));
        return master.ask({ unit: 1, pdu: Uint8Array.of(code, ...body) }, { waitMs: 400 });
      },
    );
  },
  async "AT-M6"(play) {
    const outside = play.pick(true, false);
    // Within what he may read a run of addresses alone tells, where he has no other work on the device.
    const master = await play.raw(outside ? play.pick("ems", "vendor") : "vendor");
    const kind = play.pick("read-holding-registers", "read-input-registers", "read-coils") as "read-coils";
    if (outside) {
      const [from, step, everyMs] = [play.int(1_000, 40_000), play.int(1, 125), play.paceMs(5, 8_000)];
      const at = Array.from({ length: play.int(8, 200) }, (_, i) => from + i * step);
      play.how = `${play.attacker}: ${at.length} from ${from} by ${step}, each ${everyMs} ms`;
      const order = play.pick(at, [...at].reverse(), shuffled(play, at));
      await play.each(
        order,
        () => everyMs,
        (address) => master.ask({ unit: 1, pdu: pduOf({ kind, address, quantity: 1 }) }, { waitMs: 400 }),
      );
      return;
    }
    const everyMs = play.paceMs(5, 1_500);
    const at = Array.from({ length: play.int(30, 160) }, (_, i) => i);
    play.how = `${play.attacker}: ${at.length} of its own registers, each ${everyMs} ms`;
    await play.each(
      at,
      () => everyMs,
      (address) => master.ask({ unit: 1, pdu: pduOf(read(address)) }, { waitMs: 400 }),
    );
  },
  async "AT-M7"(play) {
    if (play.pick(true, false)) return floods(play);
    const { battery } = play.w;
    const codes = [4, 5, 6, 7, 8, 10, 11];
    const [code, percent] = [play.pick(...codes), play.int(60, 100)];
    play.attacker = "battery";
    play.mustTell = "exception-storm";
    play.how = `exception ${code} to ${percent} % of what is asked`;
    const usual = battery.answer;
    battery.answer = (request): Reply | Promise<Reply> =>
      play.int(1, 100) <= percent ? exceptionReply(code) : usual.call(battery, request);
    await play.pause(FOR_MS - 20_000);
    battery.answer = usual;
  },
  async "AT-M8"(play) {
    return play.pick(replays, recorded, late)(play);
  },
  async "AT-M9"(play) {
    const address = `10.${play.int(0, 255)}.${play.int(1, 255)}.${play.int(1, 254)}`;
    const [times, everyMs] = [play.int(1, 12), play.paceMs(10, 5_000)];
    play.how = `${times} connections, each ${everyMs} ms`;
    for (let n = 0; n < times && play.goes; n++) {
      const master = await play.raw({ address });
      const pdu = pduOf(play.pick(read(play.int(0, 900)), write(SETPOINT, play.int(-100, 100))));
      await master.ask({ unit: 1, pdu }, { waitMs: 200 });
      await play.pause(everyMs);
    }
  },
  async "AT-M11"(play) {
    const [count, everyMs] = [play.int(1, 10), play.paceMs(10, 5_000)];
    const who = play.pick("ems", "vendor");
    play.how = `${who}: ${count}, each ${everyMs} ms`;
    for (let n = 0; n < count && play.goes; n++) {
      const master = await play.raw(who);
      await master.send(noModbus(play), 500);
      await play.pause(everyMs);
    }
  },
  async "AT-M12"(play) {
    const master = await play.raw(play.pick("ems", "vendor"));
    const [count, everyMs] = [play.int(1, 5), play.paceMs(10, 5_000)];
    play.how = `${play.attacker}: ${count}, each ${everyMs} ms`;
    await play.each(
      Array.from({ length: count }, () => play.pick(1, 4)),
      () => everyMs,
      (sub) => master.ask({ unit: 1, pdu: Uint8Array.of(8, 0, sub, play.pick(0, 255), 0) }, { waitMs: 400 }),
    );
  },
};

async function floods(play: Play): Promise<void> {
  const master = await play.raw("vendor");
  const [perSecond, seconds] = [play.int(120, 1_000), play.int(3, 20)];
  play.mustTell = "flood";
  play.how = `${perSecond} a second for ${seconds} s`;
  for (let n = 0; n < seconds * 10 && play.goes; n++) {
    for (let i = 0; i < perSecond / 10; i++)
      void master.ask({ unit: 1, pdu: pduOf(read(play.int(0, 100))) }, { waitMs: 1_000 });
    await play.pause(100);
  }
}
