import assert from "node:assert/strict";
import { test } from "node:test";
import { type LinearProgram, ProgramBuilder } from "../planner/linear-program.ts";
import { inProcessSolver } from "./in-process.ts";
import { workerSolver } from "./worker-solver.ts";

/** max x + 2y, x + y ≤ 4, both ≤ 3: (1, 3). */
function small(): LinearProgram {
  const program = new ProgramBuilder();
  const x = program.column(-1, 0, 3);
  const y = program.column(-2, 0, 3);
  program.row(Number.NEGATIVE_INFINITY, 4, [
    [x, 1],
    [y, 1],
  ]);
  return program.build();
}
const script = (source: string) => new URL(`data:text/javascript,${encodeURIComponent(source)}`);

test("solvers: the worker and this thread find the same optimum, again and again", async () => {
  for (const solver of [workerSolver(), await inProcessSolver()]) {
    for (let i = 0; i < 3; i++) assert.deepEqual([...((await solver.solve(small(), 10_000)) ?? [])], [1, 3]);
    await solver.close();
  }
});

test("solvers: infeasible, unbounded and absurd programs are no solution, and no fault", async () => {
  const solver = await inProcessSolver();
  const infeasible = new ProgramBuilder();
  infeasible.row(5, 5, [[infeasible.column(1, 0, 1), 1]]);
  assert.equal(await solver.solve(infeasible.build(), 1_000), undefined);
  const unbounded = new ProgramBuilder();
  unbounded.column(-1, 0, Number.POSITIVE_INFINITY);
  assert.equal(await solver.solve(unbounded.build(), 1_000), undefined);
  const absurd = new ProgramBuilder();
  absurd.column(Number.NaN, 1, 0);
  assert.equal(await solver.solve(absurd.build(), 1_000), undefined);
});

test("worker: a solver that hangs is ended at the deadline, and the next program has a new one", async () => {
  const solver = workerSolver(
    script(
      "import { parentPort } from 'node:worker_threads'; parentPort.on('message', () => { for (;;); });",
    ),
  );
  const startMs = performance.now();
  assert.equal(await solver.solve(small(), 300), undefined);
  assert.equal(await solver.solve(small(), 300), undefined);
  assert(performance.now() - startMs < 5_000);
  await solver.close();
});

test("worker: one that dies is no plan this time", async () => {
  const solver = workerSolver(script("process.exit(3);"));
  assert.equal(await solver.solve(small(), 5_000), undefined);
  await solver.close();
});

test("worker: an answer to an older program is not taken for the next one's", async () => {
  const solver = workerSolver(
    script(
      "import { parentPort } from 'node:worker_threads'; parentPort.on('message', ({ id }) => { parentPort.postMessage({ id: id - 1, x: new Float64Array([9, 9]) }); });",
    ),
  );
  assert.equal(await solver.solve(small(), 300), undefined);
  await solver.close();
});

test("worker: a second program meanwhile is refused, not queued", async () => {
  const solver = workerSolver();
  const [first, second] = await Promise.all([solver.solve(small(), 10_000), solver.solve(small(), 10_000)]);
  assert.deepEqual([...(first ?? [])], [1, 3]);
  assert.equal(second, undefined);
  await solver.close();
});
