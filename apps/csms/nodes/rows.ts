/** How nodes are stored, and what they hold. */
import type { Row, Schema } from "../store/schema.ts";
import { each, statement } from "../store/statement.ts";

export type NodeRow = Row<"nodes">;

export const findNode = statement((db, p: { id: string }) =>
  db.selectFrom("nodes").selectAll().where("id", "=", p.id),
);
export const otherLiveNodes = statement((db, p: { id: string }) =>
  db.selectFrom("nodes").selectAll().where("alive", "=", 1).where("id", "<>", p.id).orderBy("id"),
);
/** A row where this very life of the node stands: asked by each of its commits. */
export const findStanding = statement((db, p: { id: string; incarnation: number }) =>
  db
    .selectFrom("nodes")
    .select("id")
    .where("id", "=", p.id)
    .where("incarnation", "=", p.incarnation)
    .where("alive", "=", 1),
);

const columns = ["id", "folder", "incarnation", "beats", "alive", "bus", "changed_at_ms"] as const;
export const writeNode = statement((db, p: Schema["nodes"]) =>
  db
    .insertInto("nodes")
    .values(each(p, columns))
    .onConflict((c) =>
      c.column("id").doUpdateSet({
        folder: p.folder,
        incarnation: p.incarnation,
        beats: p.beats,
        alive: p.alive,
        bus: p.bus,
        changed_at_ms: p.changed_at_ms,
      }),
    ),
);
export const stopNode = statement((db, p: { id: string; incarnation: number; atMs: number }) =>
  db
    .updateTable("nodes")
    .set({ alive: 0, changed_at_ms: p.atMs })
    .where("id", "=", p.id)
    .where("incarnation", "=", p.incarnation)
    .where("alive", "=", 1),
);
/** Only while its beats are those that stood still: a beat in this instant keeps it alive. */
export const buryNode = statement((db, p: { id: string; incarnation: number; beats: number; atMs: number }) =>
  db
    .updateTable("nodes")
    .set({ alive: 0, changed_at_ms: p.atMs })
    .where("id", "=", p.id)
    .where("incarnation", "=", p.incarnation)
    .where("beats", "=", p.beats)
    .where("alive", "=", 1),
);

export const linkedSites = statement((db, p: { node: string }) =>
  db.selectFrom("sites").select("id").where("node", "=", p.node).where("connected", "=", 1).orderBy("id"),
);
/** Connected there, and not through a site whose link is there too: those go with their site. */
export const directStations = statement((db, p: { node: string }) =>
  db
    .selectFrom("stations")
    .leftJoin("sites", "sites.id", "stations.site_id")
    .select(["stations.id", "stations.site_id"])
    .where("stations.node", "=", p.node)
    .where("stations.connected", "=", 1)
    .where((e) =>
      e.or([e("stations.route", "=", "direct"), e("sites.node", "is", null), e("sites.node", "<>", p.node)]),
    )
    .orderBy("stations.id"),
);
export const freeStations = statement((db, p: { node: string }) =>
  db.updateTable("stations").set({ connected: 0, node: null }).where("node", "=", p.node),
);
export const freeSites = statement((db, p: { node: string }) =>
  db.updateTable("sites").set({ connected: 0, node: null }).where("node", "=", p.node),
);
export const freeAllStations = statement((db, _: Record<never, never>) =>
  db
    .updateTable("stations")
    .set({ connected: 0, node: null })
    .where((e) => e.or([e("connected", "=", 1), e("node", "is not", null)])),
);
export const freeAllSites = statement((db, _: Record<never, never>) =>
  db
    .updateTable("sites")
    .set({ connected: 0, node: null })
    .where((e) => e.or([e("connected", "=", 1), e("node", "is not", null)])),
);
export const setStationNode = statement((db, p: { id: string; node: string }) =>
  db.updateTable("stations").set({ node: p.node }).where("id", "=", p.id),
);
export const setSiteNode = statement((db, p: { id: string; node: string }) =>
  db.updateTable("sites").set({ node: p.node }).where("id", "=", p.id),
);
