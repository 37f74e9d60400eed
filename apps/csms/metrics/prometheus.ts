/** {@link Metrics} on prom-client: one registry of its own, so that two systems in one process do not mix. */
import { Counter, collectDefaultMetrics, Gauge, Histogram, Registry } from "prom-client";
import { type Measurement, type MetricName, type Metrics, type MetricsText, metricTable } from "./metrics.ts";

export type PrometheusMetrics = Metrics &
  MetricsText & {
    /** Takes a measurement that another thread made. */
    record(measurement: Measurement): void;
    /** Runs before each scrape: for gauges that are cheaper to read than to keep. Its failure leaves them as they were. */
    beforeScrape(refresh: () => Promise<void>): void;
  };

/** `processMetrics`: CPU, memory, event loop and files of this process too; they start timers, so not in tests. */
export function prometheusMetrics({ processMetrics }: { processMetrics: boolean }): PrometheusMetrics {
  const registry = new Registry();
  if (processMetrics) collectDefaultMetrics({ register: registry });
  const counters = new Map<MetricName, Counter>();
  const gauges = new Map<MetricName, Gauge>();
  const histograms = new Map<MetricName, Histogram>();
  for (const [key, spec] of Object.entries(metricTable)) {
    const name = key as MetricName;
    const config = { name, help: spec.help, labelNames: [...spec.labels], registers: [registry] };
    if (spec.kind === "counter") counters.set(name, new Counter(config));
    else if (spec.kind === "gauge") gauges.set(name, new Gauge(config));
    else histograms.set(name, new Histogram({ ...config, buckets: [...spec.buckets] }));
  }
  const refreshers: (() => Promise<void>)[] = [];

  const metrics: Metrics = {
    count: (name, labels, by = 1) => counters.get(name)?.inc(labels, by),
    set: (name, labels, value) => gauges.get(name)?.set(labels, value),
    observe: (name, labels, value) => histograms.get(name)?.observe(labels, value),
  };
  return {
    ...metrics,
    record({ verb, name, labels, value }) {
      if (verb === "count") counters.get(name)?.inc(labels, value);
      else if (verb === "set") gauges.get(name)?.set(labels, value);
      else histograms.get(name)?.observe(labels, value);
    },
    beforeScrape: (refresh) => void refreshers.push(refresh),
    contentType: registry.contentType,
    async text() {
      await Promise.allSettled(refreshers.map((refresh) => refresh()));
      return registry.metrics();
    },
  };
}
