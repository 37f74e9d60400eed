/** Masters and devices on benign days: nothing of it may be told as an attack. */
import { exceptionReply, exceptions, type Request } from "@wattward/modbus";
import { read, write } from "../../../apps/site/modbus-guard/testing/world.ts";
import { LIMIT_W, type Play, SETPOINT } from "./play.ts";

const BATTERY = 1;

/** Setpoints of a controller that follows a load: now and then, and rarely back. */
export async function emsAtWork(play: Play): Promise<void> {
  const { w } = play;
  const ems = w.ems();
  const ask = async (unit: number, request: Request) => {
    if (play.batteryAlone && unit === BATTERY) return;
    const { kind } = await ems.request(unit, request);
    play.honest.asked++;
    if (kind === "response") play.honest.served++;
  };
  const everyMs = play.int(200, 2_000);
  const [blocks, steps] = [play.int(1, 3), play.int(8, 40)];
  let [watts, direction] = [play.int(-3_000, 3_000), play.pick(1, -1)];
  for (let turn = 0; play.goes; turn++) {
    w.meter.bank.registers[3] = play.int(0, 65_535);
    for (let block = 0; block < blocks; block++) await ask(2, read(block * 100, 100));
    await ask(BATTERY, read(0, 125));
    if (turn % steps === 0) {
      if (play.int(0, 5) === 0) direction = -direction;
      watts = Math.max(-LIMIT_W, Math.min(LIMIT_W, watts + direction * play.int(0, 800)));
      await ask(BATTERY, write(SETPOINT, watts));
    }
    await play.pause(everyMs);
  }
}

/** A vendor's master at its work, with what happens to people who know their trade: a mistake, a restart, a look at what is there. */
export async function vendorAtWork(play: Play): Promise<void> {
  const { w } = play;
  let vendor = w.vendor();
  while (play.goes) {
    await vendor.request(1, read(play.int(0, 10) * 10, play.int(1, 90)));
    const happens = play.int(0, 60);
    if (happens === 0) await vendor.request(1, read(play.int(200, 900)));
    if (happens === 1) await vendor.request(play.int(3, 9), read(0));
    if (happens === 2) vendor = w.vendor();
    if (happens === 3) for (let n = 0; n < 10; n++) await vendor.request(1, read(n * 20, 20));
    await play.pause(play.int(1_000, 12_000));
  }
}

/** Devices have days too: busy once or twice, gone for a while. */
export async function devicesAtWork(play: Play): Promise<void> {
  const { battery } = play.w;
  const usual = battery.answer;
  await play.pause(play.int(5_000, 30_000));
  let busy = play.int(0, 2);
  battery.answer = (request) =>
    busy-- > 0 ? exceptionReply(exceptions.serverDeviceBusy) : usual.call(battery, request);
  await play.pause(play.int(20_000, 40_000));
  battery.answer = () => new Promise(() => {});
  await play.pause(play.int(500, 5_000));
  battery.answer = usual;
}
