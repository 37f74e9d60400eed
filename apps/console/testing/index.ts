/** The console's test door: a fake CSMS with scripted worlds, and its server. */
export { type FakeServer, serveFake } from "./adapters/http.ts";
export { COOKIE, CSRF, FakeCsms, INVITATION } from "./fake-csms.ts";
export { FakeEnergy } from "./fake-energy.ts";
export { type Scenario, SITE, scenarios } from "./scenarios.ts";
export { DOUBTFUL, RUNNING, SESSIONS, WHOLE } from "./session-scenario.ts";
export { FakeWorld, type Happening } from "./world.ts";
