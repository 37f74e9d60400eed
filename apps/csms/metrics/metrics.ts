/**
 * What the central system counts and measures, in one table: the names are those of Prometheus (unit last, `_total`
 * for counters), the labels are few and bounded: never a station's id. Gateway, core and API write through the
 * {@link Metrics} port; the adapter on prom-client is prometheus.ts.
 */

type MetricSpec = {
  readonly kind: "counter" | "gauge" | "histogram";
  readonly help: string;
  readonly labels: readonly string[];
  /** Upper bounds; histograms only. */
  readonly buckets?: readonly number[];
};

const secondsBuckets = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10];
const sizeBuckets = [1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024];

export const metricTable = {
  wattward_stations_connected: {
    kind: "gauge",
    help: "Stations with a live socket, by route",
    labels: ["route"],
  },
  wattward_site_links_connected: { kind: "gauge", help: "Open site links", labels: [] },
  wattward_transactions_open: { kind: "gauge", help: "Open transactions", labels: [] },
  wattward_outbox_head: { kind: "gauge", help: "Highest outbox sequence committed", labels: [] },
  wattward_event_streams_open: { kind: "gauge", help: "Open server-sent event streams", labels: [] },
  wattward_nodes_alive: {
    kind: "gauge",
    help: "Nodes that serve this database, this one included, as seen from here",
    labels: [],
  },
  wattward_node_fenced_total: {
    kind: "counter",
    help: "Times that this node lost its lease and closed its sockets",
    labels: [],
  },
  wattward_bus_connected: {
    kind: "gauge",
    help: "1 while other nodes can be woken; 0: they look by themselves, twice a second",
    labels: [],
  },
  wattward_messages_total: {
    kind: "counter",
    help: "OCPP calls and sends received, by version, action (known ones) and outcome (result, error, refused; of sends taken, dropped)",
    labels: ["version", "action", "outcome"],
  },
  wattward_answers_disputed_total: {
    kind: "counter",
    help: "Answers of ours that a station could not read (CALLRESULTERROR), by version",
    labels: ["version"],
  },
  wattward_commands_total: {
    kind: "counter",
    help: "Commands to stations that ended, by action and state",
    labels: ["action", "state"],
  },
  wattward_connections_refused_total: {
    kind: "counter",
    help: "Upgrades and TLS handshakes refused, by reason",
    labels: ["reason"],
  },
  wattward_decisions_total: {
    kind: "counter",
    help: "Decisions of the core, by name and outcome (done, full, closed, broken)",
    labels: ["decision", "outcome"],
  },
  wattward_decision_seconds: {
    kind: "histogram",
    help: "From asking for a decision to its commit",
    labels: ["decision"],
    buckets: secondsBuckets,
  },
  wattward_commit_seconds: {
    kind: "histogram",
    help: "Duration of a commit, fdatasync included",
    labels: [],
    buckets: secondsBuckets,
  },
  wattward_commit_decisions: {
    kind: "histogram",
    help: "Decisions grouped in one commit",
    labels: [],
    buckets: sizeBuckets,
  },
  wattward_message_log_dropped_total: {
    kind: "counter",
    help: "Frames that the message log left out, by reason (behind, share, off, store)",
    labels: ["reason"],
  },
  wattward_storage_mb: {
    kind: "gauge",
    help: "MiB free where the data folder is, or used by the database on its server",
    labels: ["measure"],
  },
  wattward_http_requests_total: {
    kind: "counter",
    help: "HTTP requests, by method, route and status",
    labels: ["method", "route", "status"],
  },
  wattward_http_request_seconds: {
    kind: "histogram",
    help: "HTTP requests, by route",
    labels: ["route"],
    buckets: secondsBuckets,
  },
} as const satisfies Record<string, MetricSpec>;

type Table = typeof metricTable;
export type MetricName = keyof Table;
type NamesOf<K extends MetricSpec["kind"]> = {
  [N in MetricName]: Table[N]["kind"] extends K ? N : never;
}[MetricName];
export type LabelsOf<N extends MetricName> = { readonly [L in Table[N]["labels"][number]]: string };

/** Nothing here throws, waits or answers: measuring never changes what is measured. */
export interface Metrics {
  count<N extends NamesOf<"counter">>(name: N, labels: LabelsOf<N>, by?: number): void;
  set<N extends NamesOf<"gauge">>(name: N, labels: LabelsOf<N>, value: number): void;
  observe<N extends NamesOf<"histogram">>(name: N, labels: LabelsOf<N>, value: number): void;
}

/** The other side: everything as text, for a scrape. */
export interface MetricsText {
  readonly contentType: string;
  text(): Promise<string>;
}

/** For tests, and for parts that run without anyone looking. */
export const silentMetrics: Metrics = { count() {}, set() {}, observe() {} };

/** One measurement as plain data, to cross a thread. */
export type Measurement = {
  readonly verb: "count" | "set" | "observe";
  readonly name: MetricName;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
};

/** Metrics of a worker: each measurement is posted to the thread that holds the real ones, see `record`. */
export const forwardedMetrics = (post: (measurement: Measurement) => void): Metrics => ({
  count: (name, labels, by = 1) => post({ verb: "count", name, labels, value: by }),
  set: (name, labels, value) => post({ verb: "set", name, labels, value }),
  observe: (name, labels, value) => post({ verb: "observe", name, labels, value }),
});
