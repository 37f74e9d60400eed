/** The planner's solver: HiGHS in a worker (ADR 18). */
export {};
