/** What the parts of a bar mean, each beside a patch of its colour; colours by `data-part` come from `className`. For eyes alone. */
import styles from "./key.module.css";

type Props = {
  readonly className: string | undefined;
  readonly parts: readonly { readonly part: string; readonly name: string }[];
};

export function Key({ className = "", parts }: Props) {
  return (
    <span className={`${styles.key} ${className}`} aria-hidden="true">
      {parts.map(({ part, name }) => (
        <span key={part} data-part={part}>
          {name}
        </span>
      ))}
    </span>
  );
}
