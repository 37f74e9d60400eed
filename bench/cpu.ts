/**
 * What a message costs each thread of a program, from /proc (Linux): processor time does not depend on what else the
 * machine does, as messages a second do, so that two versions can be compared on a busy one. Elsewhere there are no figures.
 */
import { readdirSync, readFileSync } from "node:fs";

/** Of the kernel's clock (sysconf _SC_CLK_TCK), which is 100 wherever Node runs. */
const TICKS_PER_SECOND = 100;
/** Field numbers in /proc/PID/task/TID/stat after the name, from 0: time in user mode, and in the kernel for it. */
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;

/** Seconds by the names of process and thread; those of one name (V8's, libuv's) are one. */
export type ThreadSeconds = ReadonlyMap<string, number>;

export function threadSeconds(processes: Readonly<Record<string, number>>): ThreadSeconds {
  const seconds = new Map<string, number>();
  for (const [process, pid] of Object.entries(processes)) {
    for (const { thread, ticks } of threadsOf(pid)) {
      const name = `${process} ${thread}`;
      seconds.set(name, (seconds.get(name) ?? 0) + ticks / TICKS_PER_SECOND);
    }
  }
  return seconds;
}

/** Processor time of a process and of all threads that it ever had, seconds; 0 where nothing is known. */
export function processSeconds(pid: number): number {
  try {
    const fields = fieldsAfterName(readFileSync(`/proc/${pid}/stat`, "utf8"));
    return (Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS])) / TICKS_PER_SECOND;
  } catch {
    return 0; // It has ended, or this is no Linux.
  }
}

const fieldsAfterName = (stat: string): readonly string[] => stat.slice(stat.lastIndexOf(")") + 2).split(" ");

function threadsOf(pid: number): { thread: string; ticks: number }[] {
  try {
    return readdirSync(`/proc/${pid}/task`).map((id) => {
      const stat = readFileSync(`/proc/${pid}/task/${id}/stat`, "utf8");
      const [open, close] = [stat.indexOf("("), stat.lastIndexOf(")")];
      const fields = fieldsAfterName(stat);
      return {
        thread: stat.slice(open + 1, close),
        ticks: Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS]),
      };
    });
  } catch {
    return []; // A thread that has just ended, or no Linux: then there is nothing to tell.
  }
}

/** "62 µs of processor each (csms MainThread 45, csms core-writer 17)"; empty where nothing is known. */
export function costOf(before: ThreadSeconds, after: ThreadSeconds, messages: number): string {
  const each = [...after]
    .map(([name, seconds]) => ({ name, us: ((seconds - (before.get(name) ?? 0)) * 1e6) / messages }))
    .filter(({ us }) => us >= 0.5)
    .sort((a, b) => b.us - a.us);
  if (each.length === 0 || messages === 0) return "";
  const sum = each.reduce((total, { us }) => total + us, 0);
  const parts = each.map(({ name, us }) => `${name} ${us.toFixed(0)}`).join(", ");
  return `, ${sum.toFixed(0)} µs of processor each (${parts})`;
}
