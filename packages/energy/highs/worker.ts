/** The worker's side: one program at a time, the answer under the number it came with. */
import { parentPort } from "node:worker_threads";
import type { LinearProgram } from "../planner/linear-program.ts";
import { HighsProgram } from "./program.ts";

export type Asked = { readonly id: number; readonly program: LinearProgram; readonly deadlineMs: number };
export type Answered = { readonly id: number; readonly x?: Float64Array };

const highs = await HighsProgram.load();
parentPort?.on("message", ({ id, program, deadlineMs }: Asked) => {
  const x = highs.solve(program, deadlineMs);
  parentPort?.postMessage(x === undefined ? { id } : ({ id, x } satisfies Answered));
});
