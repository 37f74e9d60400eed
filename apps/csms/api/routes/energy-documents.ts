/** What people write of a site's energy: its document with every version, the check without saving, the strategy alone. */
import { type Clock, siteId } from "@wattward/kernel";
import type { FastifyInstance } from "fastify";
import { Type } from "typebox";
import type { Core } from "../../core/port.ts";
import type { DocumentCheck } from "../../energy/check-document.ts";
import { DOCUMENT_CHARS_MAX, WHY_CHARS_MAX } from "../../energy/limits.ts";
import { type StrategySaved, saveDocument, saveStrategy } from "../../energy/save-document.ts";
import { EnergyCheck, EnergyDocument, EnergyVersion, SiteEnergy } from "../energy-shapes.ts";
import { apiLimits } from "../limits.ts";
import { type ProblemValue, problem } from "../problems.ts";
import { answer, route } from "../route.ts";
import { listOf, ref } from "../shape.ts";
import { closed, Most, SiteIdText } from "./fields.ts";

export type EnergyDocumentPorts = { readonly core: Core; readonly clock: Clock };

const url = "/api/v1/sites/:site/energy";
const params = Type.Object({ site: SiteIdText }, closed);
const Text = Type.String({
  maxLength: DOCUMENT_CHARS_MAX,
  description: "YAML or JSON: docs/energy.md. Empty, the site's energy is no longer managed.",
});
const Why = Type.String({ minLength: 1, maxLength: WHY_CHARS_MAX, description: "Kept with the version." });
const VersionNumber = Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER });
const Changed = Type.Object(
  { version: Type.Integer({ description: "In force from now on." }), changed: Type.Boolean() },
  closed,
);

export function energyDocumentRoutes(app: FastifyInstance, { core, clock }: EnergyDocumentPorts): void {
  route(
    app,
    {
      method: "GET",
      url,
      access: { action: "read a site's energy document", resource: "energy", class: "read" },
      summary: "The newest document, and how it stands against the inventory",
      params,
      answer: ref(SiteEnergy),
    },
    async ({ params }) => {
      const site = siteId(params.site);
      if (!site.ok) return problem("unknown-site", { detail: site.fault.sentence });
      const found = await core.query("energy.document", { site: site.value });
      if (found === undefined) return problem("unknown-site");
      const { document } = found;
      const check =
        document === null || !document.managed
          ? null
          : shown(await core.query("energy.check", { site: site.value, text: document.text }));
      return answer({ document, check });
    },
  );

  route(
    app,
    {
      method: "PUT",
      url,
      access: { action: "set a site's energy document", resource: "energy", class: "dangerous" },
      summary: "A new version; refused where it is faulty, or not made from the newest",
      params,
      body: Type.Object(
        {
          text: Text,
          base: Type.Integer({
            minimum: 0,
            description: "The version that it was made from; 0: there was none.",
          }),
          why: Why,
        },
        closed,
      ),
      bodyBytesMax: apiLimits.documentBytesMax,
      answer: Changed,
    },
    async ({ params, body, actor }) => {
      const site = siteId(params.site);
      if (!site.ok) return problem("unknown-site", { detail: site.fault.sentence });
      const { text, base, why: reason } = body;
      const who = { site: site.value, actor: actor.person, reason, atMs: clock.now().wallMs };
      const { saved, check } = await saveDocument(core, { ...who, text, base });
      return told(saved, check);
    },
  );

  route(
    app,
    {
      method: "POST",
      url: `${url}/check`,
      access: { action: "check a site's energy document", resource: "energy", class: "configure" },
      summary: "What is wrong with a document, and what it would mean; changes nothing",
      params,
      body: Type.Object({ text: Text }, closed),
      bodyBytesMax: apiLimits.documentBytesMax,
      answer: ref(EnergyCheck),
    },
    async ({ params, body }) => {
      const site = siteId(params.site);
      if (!site.ok) return problem("unknown-site", { detail: site.fault.sentence });
      return answer(shown(await core.query("energy.check", { site: site.value, text: body.text })));
    },
  );

  route(
    app,
    {
      method: "PUT",
      url: `${url}/strategy`,
      access: { action: "choose a site's strategy", resource: "energy", class: "configure" },
      summary: "A new version of the document that differs in its strategy alone",
      params,
      body: Type.Object(
        {
          strategy: Type.Union([
            Type.Literal("fairness"),
            Type.Literal("cost"),
            Type.Literal("self-consumption"),
            Type.Literal("guaranteed-energy"),
          ]),
          why: Why,
        },
        closed,
      ),
      answer: Changed,
    },
    async ({ params, body, actor }) => {
      const site = siteId(params.site);
      if (!site.ok) return problem("unknown-site", { detail: site.fault.sentence });
      const { strategy, why: reason } = body;
      const who = { site: site.value, actor: actor.person, reason, atMs: clock.now().wallMs };
      const { saved, check } = await saveStrategy(core, { ...who, strategy });
      return told(saved, check);
    },
  );

  route(
    app,
    {
      method: "GET",
      url: `${url}/versions`,
      access: { action: "list versions of a site's energy document", resource: "energy", class: "read" },
      summary: "Every version, newest first: who, when and why",
      params,
      query: Type.Object({ before: Type.Optional(VersionNumber), most: Type.Optional(Most) }, closed),
      answer: listOf(EnergyVersion),
    },
    async ({ params, query }) => {
      const site = siteId(params.site);
      if (!site.ok) return problem("unknown-site", { detail: site.fault.sentence });
      const { before, most = apiLimits.rowsDefault } = query;
      const asked = { site: site.value, most, ...(before !== undefined && { beforeVersion: before }) };
      const versions = await core.query("energy.versions", asked);
      return versions === undefined ? problem("unknown-site") : answer(versions);
    },
  );

  route(
    app,
    {
      method: "GET",
      url: `${url}/versions/:version`,
      access: { action: "read a version of a site's energy document", resource: "energy", class: "read" },
      summary: "One version, as it was written",
      params: Type.Object(
        { site: SiteIdText, version: Type.String({ pattern: "^[1-9][0-9]{0,8}$" }) },
        closed,
      ),
      answer: ref(EnergyDocument),
    },
    async ({ params }) => {
      const site = siteId(params.site);
      if (!site.ok) return problem("unknown-site", { detail: site.fault.sentence });
      const found = await core.query("energy.document", {
        site: site.value,
        version: Number(params.version),
      });
      if (found === undefined) return problem("unknown-site");
      return found.document === null ? problem("unknown-version") : answer(found.document);
    },
  );
}

const shown = ({ compiled, ...check }: DocumentCheck) => ({
  ...check,
  energy: compiled === undefined ? null : JSON.parse(compiled.energy),
  guard: compiled?.guard === undefined ? null : JSON.parse(compiled.guard),
});

function told(
  saved: StrategySaved,
  check: DocumentCheck | undefined,
): ReturnType<typeof done> | ProblemValue {
  switch (saved.kind) {
    case "set":
    case "unchanged":
      return done(saved.version, saved.kind === "set");
    case "conflict":
      return problem("energy-changed", { detail: `Version ${saved.version} is the newest.` });
    case "unknown-site":
      return problem("unknown-site");
    case "no-document":
      return problem("energy-unmanaged");
    case "refused":
      return problem("energy-refused", {
        detail: `Station ${saved.station} is no longer at this site.`,
        field: "/text",
      });
    case "faulty":
      return problem("energy-refused", { detail: faultsIn(check), field: "/text" });
  }
}

const done = (version: number, changed: boolean) => answer({ version, changed });

/** The first few; all of them has the check. */
const FAULTS_SHOWN = 5;
function faultsIn(check: DocumentCheck | undefined): string {
  const faults = check?.faults ?? [];
  const lines = faults.slice(0, FAULTS_SHOWN).map(({ line, path, sentence }) => {
    const where = line === null ? "" : `line ${line}: `;
    return `${where}${path === "" ? "" : `${path} `}${sentence}`;
  });
  const more = faults.length > FAULTS_SHOWN ? `; and ${faults.length - FAULTS_SHOWN} more` : "";
  return `${lines.join("; ")}${more}`;
}
