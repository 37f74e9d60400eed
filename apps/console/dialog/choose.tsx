/** One of a few, each with a sentence of what it means. */
import { useId } from "react";
import styles from "./dialog.module.css";

type Props = {
  readonly legend: string;
  readonly options: readonly { readonly value: string; readonly name: string; readonly note: string }[];
  readonly value: string;
  readonly onChange: (value: string) => void;
  readonly disabled?: boolean;
  /** The dialog that it stands in begins here. */
  readonly first?: boolean;
};

export function Choose({ legend, options, value, onChange, disabled = false, first = false }: Props) {
  const group = useId();
  return (
    <fieldset className={styles.choose} disabled={disabled}>
      <legend className={styles.legend}>{legend}</legend>
      {options.map((option) => (
        <label key={option.value} className={styles.choice}>
          <input
            type="radio"
            name={group}
            value={option.value}
            checked={option.value === value}
            data-autofocus={first && option.value === value ? true : undefined}
            onChange={() => onChange(option.value)}
            aria-describedby={`${group}-${option.value}`}
          />
          <span className={styles.name}>{option.name}</span>
          <span id={`${group}-${option.value}`} className={styles.note}>
            {option.note}
          </span>
        </label>
      ))}
    </fieldset>
  );
}
