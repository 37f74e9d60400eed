/**
 * The OpenAPI document: generated from the routes themselves, checked in as openapi.json beside this file, compared in
 * a test. `node apps/csms/api/write-openapi.ts` writes it anew.
 */
import fastifySwagger from "@fastify/swagger";
import type { FastifyInstance } from "fastify";
import { shapes } from "./shape.ts";

/** To be called before any route is added. */
export async function describeApi(app: FastifyInstance): Promise<void> {
  for (const shape of shapes) app.addSchema(shape);
  await app.register(fastifySwagger, {
    openapi: {
      openapi: "3.1.0",
      info: {
        title: "Wattward",
        version: "1",
        description:
          "Instants are milliseconds since 1970 UTC, power W, energy Wh, all whole numbers; unknown is null. " +
          "Faults are problem details (RFC 9457). With a cookie, whatever is not GET needs the header x-wattward-csrf.",
      },
      components: {
        securitySchemes: {
          session: { type: "apiKey", in: "cookie", name: "__Host-wattward" },
          token: { type: "http", scheme: "bearer" },
        },
      },
      security: [{ session: [] }, { token: [] }],
    },
    refResolver: { buildLocalReference: (schema, _base, _fragment, i) => String(schema.$id ?? `schema${i}`) },
    // The document says what each route puts at stake.
    transform: ({ schema, url, route }) => ({
      schema: { ...schema, "x-wattward-access": route.config?.access },
      url,
    }),
  });
  app.route({
    method: "GET",
    url: "/api/v1/openapi.json",
    config: { access: { action: "read the API's description", resource: "openapi", class: "read" } },
    schema: {
      operationId: "getOpenapiJson",
      summary: "This document",
      tags: ["openapi"],
      response: { 200: { description: "OpenAPI 3.1", type: "object", additionalProperties: true } },
    },
    handler: async () => app.swagger(),
  });
}
