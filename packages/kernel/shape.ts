/**
 * Shapes of JSON objects as tables of rules, one per field. Exact: a missing, a wrong and an unknown field are all
 * refused, so `__proto__` and fields of a later version are too. Nothing is converted: what passes is the parsed value.
 */

/**
 * Says what is wrong with a value, or nothing where it is right. The text continues a path: " must be …", or
 * ".field must be …", "[3] must be …" where the fault lies deeper.
 */
export type Rule = (value: unknown) => string | undefined;

/** A rule for a field that may be absent. */
export type Optional = { readonly optional: Rule };

/** Every field of T has its rule: a field added to the type and forgotten here does not compile. */
export type Shape<T> = {
  readonly [F in keyof T]-?: undefined extends T[F] ? Optional | Rule : Rule;
};

export const optional = (rule: Rule): Optional => ({ optional: rule });

/** An object with exactly these fields. */
export function object<T>(shape: Shape<T>): Rule {
  const rules = new Map<string, Rule | Optional>(Object.entries(shape));
  return (value) => {
    if (typeof value !== "object" || value === null || Array.isArray(value)) return " must be an object";
    // Its own fields alone, `__proto__` among them where the text has it.
    for (const name of Object.keys(value))
      if (!rules.has(name)) return ` has an unknown field '${name.slice(0, 40)}'`;
    for (const [name, rule] of rules) {
      const wrong = fieldFault(rule, value, name);
      if (wrong !== undefined) return `.${name}${wrong}`;
    }
    return undefined;
  };
}

function fieldFault(rule: Rule | Optional, given: object, name: string) {
  const has = Object.hasOwn(given, name);
  if (typeof rule === "function") return has ? rule(Reflect.get(given, name)) : " is missing";
  return has ? rule.optional(Reflect.get(given, name)) : undefined;
}

/** One of several objects, told apart by the text in field `tag`. */
export function taggedBy<Tag extends string>(tag: string, cases: { readonly [K in Tag]: Rule }): Rule {
  const rules = new Map<string, Rule>(Object.entries(cases));
  return (value) => {
    if (typeof value !== "object" || value === null) return " must be an object";
    const name: unknown = new Map<string, unknown>(Object.entries(value)).get(tag);
    const rule = typeof name === "string" ? rules.get(name) : undefined;
    return rule === undefined ? `.${tag} must be one of ${[...rules.keys()].join(", ")}` : rule(value);
  };
}

/** A list of one length. */
export function tuple(rule: Rule, length: number): Rule {
  const some = list(rule, length);
  return (value) =>
    Array.isArray(value) && value.length !== length ? ` must have ${length} entries` : some(value);
}

export function list(rule: Rule, lengthMax: number): Rule {
  return (value) => {
    if (!Array.isArray(value)) return " must be a list";
    if (value.length > lengthMax) return ` must have at most ${lengthMax} entries`;
    for (const [i, entry] of value.entries()) {
      const wrong = rule(entry);
      if (wrong !== undefined) return `[${i}]${wrong}`;
    }
    return undefined;
  };
}

/** `rule`, and then what only the whole object can show. `holds` is called on a value that passed `rule`. */
export const such =
  <T>(rule: Rule, holds: (value: T) => boolean, says: string): Rule =>
  (value) =>
    rule(value) ?? (holds(value as T) ? undefined : ` must be such that ${says}`);

export const boolean: Rule = (value) => (typeof value === "boolean" ? undefined : " must be true or false");

/** Any number, min…max; JSON has no others. */
export const number =
  (min = -Number.MAX_VALUE, max = Number.MAX_VALUE): Rule =>
  (value) =>
    typeof value === "number" && value >= min && value <= max
      ? undefined
      : ` must be a number from ${min} to ${max}`;

/** A whole number that survives a round trip, min…max. */
export const whole =
  (min: number, max = Number.MAX_SAFE_INTEGER): Rule =>
  (value) =>
    typeof value === "number" && Number.isSafeInteger(value) && value >= min && value <= max
      ? undefined
      : ` must be a whole number from ${min} to ${max}`;

export const text =
  (charsMax: number, charsMin = 0): Rule =>
  (value) =>
    typeof value === "string" && value.length >= charsMin && value.length <= charsMax
      ? undefined
      : ` must be text of ${charsMin} to ${charsMax} characters`;

export const matching =
  (pattern: RegExp, says: string): Rule =>
  (value) =>
    typeof value === "string" && pattern.test(value) ? undefined : ` must be ${says}`;

export const oneOf =
  (...words: readonly string[]): Rule =>
  (value) =>
    typeof value === "string" && words.includes(value) ? undefined : ` must be one of ${words.join(", ")}`;

export const exactly =
  (only: string | number): Rule =>
  (value) =>
    value === only ? undefined : ` must be ${only}`;
