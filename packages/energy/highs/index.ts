/** The planner's solver: HiGHS in a worker (ADR 18), or in this thread where time is simulated. */
export { inProcessSolver } from "./in-process.ts";
export { workerSolver } from "./worker-solver.ts";
