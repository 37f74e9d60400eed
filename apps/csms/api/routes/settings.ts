/** Settings: what an operator may tune, with what each means. */
import type { Clock } from "@wattward/kernel";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Core } from "../../core/port.ts";
import { settings } from "../../core/settings.ts";
import { SettingRow } from "../people-shapes.ts";
import { problem } from "../problems.ts";
import { answer, route } from "../route.ts";
import { listOf } from "../shape.ts";
import { closed, Done } from "./fields.ts";

export function settingRoutes(app: FastifyInstance, { core, clock }: { core: Core; clock: Clock }): void {
  route(
    app,
    {
      method: "GET",
      url: "/api/v1/settings",
      access: { action: "read settings", resource: "setting", class: "read" },
      summary: "Every setting with its value, its default, its limits and what it means",
      answer: listOf(SettingRow),
    },
    async () => answer(await core.query("settings.all", undefined)),
  );

  route(
    app,
    {
      method: "PUT",
      url: "/api/v1/settings/:name",
      access: { action: "change a setting", resource: "setting", class: "manage" },
      summary: "A whole number within the setting's limits, from now on",
      params: Type.Object({ name: Type.String({ minLength: 1, maxLength: 64 }) }, closed),
      body: Type.Object({ value: Type.Integer() }, closed),
      answer: Done,
    },
    async ({ params: { name }, body: { value }, actor }) => {
      if (!Object.hasOwn(settings, name)) return problem("unknown-setting");
      const asked = { name, value, actor: actor.person, atMs: clock.now().wallMs };
      const done = await core.decide("setting.set", asked);
      if (done.kind === "set") return answer({ done: true });
      return problem("invalid-request", { field: "/value", detail: `${done.sentence}.` });
    },
  );
}
