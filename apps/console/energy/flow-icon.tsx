/** What a ribbon of the power flow comes from or goes to, in a small picture; a battery shows how full it is. */
import styles from "./flow-icon.module.css";
import type { FlowName } from "./flow-picture.ts";

export function FlowIcon({ name, charge }: { name: FlowName; charge?: number | undefined }) {
  return (
    <svg
      className={styles.icon}
      data-flow={name}
      width="18"
      height="18"
      viewBox="0 0 18 18"
      aria-hidden="true"
    >
      {name === "battery" ? <Battery charge={charge} /> : pictures[name]}
    </svg>
  );
}

function Battery({ charge }: { charge: number | undefined }) {
  const height = charge === undefined ? 0 : Math.max(0.5, 9.4 * Math.min(1, Math.max(0, charge)));
  return (
    <>
      <path d="M5 4.2h8v11.6H5zM7.4 4V2.2h3.2V4" fill="none" stroke="currentColor" strokeWidth="1.5" />
      <path d={`M6.1 ${14.7 - height}h5.8V14.7H6.1z`} fill="currentColor" />
    </>
  );
}

const line = { fill: "none", stroke: "currentColor", strokeWidth: 1.5, strokeLinecap: "round" } as const;

const pictures = {
  solar: (
    <>
      <circle cx="9" cy="9" r="3.4" fill="currentColor" />
      <path
        d="M9 1.6v2M9 14.4v2M1.6 9h2M14.4 9h2M3.8 3.8l1.4 1.4M12.8 12.8l1.4 1.4M14.2 3.8l-1.4 1.4M5.2 12.8l-1.4 1.4"
        {...line}
      />
    </>
  ),
  grid: (
    <path
      d="M9 1.6L4.6 16.4M9 1.6l4.4 14.8M3 5.6h12M3.6 9.4h10.8M7.3 7.2l4.4 4.6M10.7 7.2l-4.4 4.6"
      {...line}
      strokeWidth={1.3}
    />
  ),
  cars: (
    <>
      <path
        d="M2.4 12.6V9.4l2-4.2h9.2l2 4.2v3.2M2.4 9.4h13.2M2 12.6h14v1.8H2z"
        {...line}
        strokeLinejoin="round"
      />
      <path d="M4.6 11h.1M13.3 11h.1" {...line} strokeWidth={1.8} />
    </>
  ),
  building: (
    <path
      d="M3.4 16V2.6h7.2V16M10.6 7h4V16M1.8 16h14.4M6 5.6h2M6 8.6h2M6 11.6h2"
      {...line}
      strokeLinejoin="round"
    />
  ),
} as const;
