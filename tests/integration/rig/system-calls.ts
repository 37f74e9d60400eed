/**
 * What a process asked of the kernel, by `strace -f -ttt -yy`, and whether it kept its word: between the read of a
 * request and the first write of its answer, everything that was appended to the journal (or the database's log) has
 * been made durable.
 *
 *     24219 1795219131.341335 read(39</…TCP:[127.0.0.1:41199->127.0.0.1:54090]>, ""..., 65536) = 234
 *     24250 1795219131.342455 pwrite64(32</…/wattward.db-wal>, ""..., 24, 527392) = 24
 *     24250 1795219131.344193 fsync(32</…/wattward.db-wal> <unfinished ...>
 *     24250 1795219131.347763 <... fsync resumed>) = 0
 *     24219 1795219131.348168 write(39<TCP:[127.0.0.1:41199->127.0.0.1:54090]>, ""..., 36) = 36
 *
 * Order is that of the lines: one tracer sees a call's end before anything that the caller does after it. A call that
 * another thread's line interrupts has two lines, and counts as begun at the first and ended at the second.
 */
import { spawnSync } from "node:child_process";

/** Puts a program under the tracer; the process id stays the program's own (-D). */
export const traced = (file: string): string[] => [
  ...["strace", "-D", "-f", "--seccomp-bpf", "-ttt", "-yy", "-s", "0", "-o", file],
  ...["-e", `trace=${[...reads, ...writes, ...syncs].join(",")}`],
];

/** Why nothing can be traced here; false where it can. */
export function tracerMissing(): false | string {
  const { status } = spawnSync("strace", ["-D", "-f", "--seccomp-bpf", "-e", "trace=fsync", "true"]);
  return status === 0 ? false : "no strace that may trace a process on this machine";
}

const reads: ReadonlySet<string> = new Set(["read", "readv", "recvfrom", "recvmsg"]);
const writes: ReadonlySet<string> = new Set(["write", "writev", "sendto", "sendmsg", "pwrite64", "pwritev"]);
const syncs: ReadonlySet<string> = new Set(["fsync", "fdatasync"]);

export type SystemCall = {
  readonly name: string;
  /** Path of the file, or addresses of the socket, as `-yy` shows them. */
  readonly target: string;
  /** Bytes, or 0 of a sync that succeeded; below 0 it failed. */
  readonly result: number;
  /** Numbers of the lines. */
  readonly begun: number;
  readonly ended: number;
  /** Wall time at its beginning. */
  readonly atMs: number;
};

/** strace pads a process id of less than five digits. */
const begins = /^(\d+) +(\d+\.\d+) (\w+)\(\d+<(.*?)>(?:[,)]| <unfinished)/;
const resumes = /^(\d+) +\d+\.\d+ <\.\.\. (\w+) resumed>/;
const results = /= (-?\d+)(?: [A-Z]+ \(.*\))?$/;

/** Calls on files and sockets, in the order of their ends. */
export function readTrace(text: string): SystemCall[] {
  const calls: SystemCall[] = [];
  const unfinished = new Map<string, Omit<SystemCall, "result" | "ended">>();
  for (const [line, words] of text.split("\n").entries()) {
    const result = Number(results.exec(words)?.[1] ?? Number.NaN);
    const begin = begins.exec(words);
    if (begin !== null) {
      const [, thread = "", seconds, name = "", shown = ""] = begin;
      const call = { name, target: shown, begun: line, atMs: Number(seconds) * 1000 };
      if (Number.isNaN(result)) unfinished.set(thread, call);
      else calls.push({ ...call, result, ended: line });
      continue;
    }
    const [, thread = "", name] = resumes.exec(words) ?? [];
    const call = unfinished.get(thread);
    if (call === undefined || call.name !== name) continue;
    unfinished.delete(thread);
    if (!Number.isNaN(result)) calls.push({ ...call, result, ended: line });
  }
  return calls;
}

export type Watch = {
  /** The port on which the process listens for stations. */
  readonly port: number;
  /** Files that must be durable before an answer. */
  readonly journal: RegExp;
  /** Only requests that came within; outside are handshakes, boots and the end. */
  readonly fromMs: number;
  readonly toMs: number;
};

export type Judgement = {
  /** Requests that got an answer. */
  readonly answered: number;
  /** A sentence for each answer that left too early. */
  readonly violations: string[];
};

/** Stations must say one thing at a time, and nothing else may write to the journal meanwhile. */
export function judge(calls: readonly SystemCall[], watch: Watch): Judgement {
  const socketOf = new RegExp(`TCP(?:v6)?:\\[[^\\]]*:${watch.port}->`);
  const asked = new Map<string, SystemCall>();
  const violations: string[] = [];
  let answered = 0;
  for (const call of [...calls].sort((a, b) => a.begun - b.begun)) {
    if (!socketOf.test(call.target) || call.result <= 0) continue;
    if (reads.has(call.name)) {
      if (call.atMs >= watch.fromMs && call.atMs <= watch.toMs && !asked.has(call.target))
        asked.set(call.target, call);
      continue;
    }
    const request = asked.get(call.target);
    if (request === undefined) continue;
    asked.delete(call.target);
    answered++;
    const wrong = brokenWord(calls, { journal: watch.journal, request, answer: call });
    if (wrong !== undefined) violations.push(`the answer in line ${call.begun + 1} left ${wrong}`);
  }
  return { answered, violations };
}

type Exchange = { journal: RegExp; request: SystemCall; answer: SystemCall };

function brokenWord(
  calls: readonly SystemCall[],
  { journal, request, answer }: Exchange,
): string | undefined {
  const before = calls.filter(
    ({ target, begun }) => journal.test(target) && begun > request.ended && begun < answer.begun,
  );
  const appends = before.filter(({ name, result }) => writes.has(name) && result > 0);
  if (appends.length === 0) return "before anything was written down";
  const covered = ({ target, ended }: SystemCall) =>
    before.some(
      (sync) =>
        syncs.has(sync.name) &&
        sync.result === 0 &&
        sync.target === target &&
        sync.begun > ended &&
        sync.ended < answer.begun,
    );
  const bare = appends.find((append) => !covered(append));
  return bare && `before what was written in line ${bare.begun + 1} was durable`;
}
