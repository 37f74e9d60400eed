/**
 * A second opinion on what may pass, written from the policy's words alone and by other means than the guard: it reads the bytes of the
 * PDU, walks the whole policy for each, decodes with DataView and BigInt. It says what must not pass; what it lets pass the guard may
 * still refuse.
 */
import type { Policy, Rule, TypedRegister } from "../policy.ts";

type Cells = ReadonlyMap<number, number>;
/** What the device has told or acknowledged: when, and the words (or bits) of each table. */
type Told = { readonly atMs: number; readonly words: readonly number[] };

const widths: Readonly<Record<string, number>> = {
  uint16: 1,
  int16: 1,
  uint32: 2,
  int32: 2,
  uint64: 4,
  float32: 2,
  coil: 1,
};

export class Oracle {
  private readonly policy: Policy;
  /** `unit table address` → the word as it was last told. */
  private readonly words = new Map<string, number>();
  /** `unit register` → as it was last told whole. */
  private readonly told = new Map<string, Told>();

  constructor(policy: Policy) {
    this.policy = policy;
  }

  /** The device told cells in a row. */
  tell(unit: number, table: string, address: number, cells: readonly number[], atMs: number): void {
    for (const [i, cell] of cells.entries()) this.words.set(`${unit} ${table} ${address + i}`, cell);
    for (const register of this.registers(unit)) {
      const at = register.address - address;
      const width = widths[register.type] ?? 1;
      if (tableName(register) === table && at >= 0 && at + width <= cells.length)
        this.told.set(`${unit} ${register.name}`, { atMs, words: cells.slice(at, at + width) });
    }
  }

  /** The fate of a write is not known: neither is what it wrote. */
  doubt(unit: number, table: string, addresses: readonly number[]): void {
    for (const register of this.registers(unit))
      if (tableName(register) === table && addresses.includes(register.address))
        this.told.delete(`${unit} ${register.name}`);
  }

  /** The cells that a PDU would write. A mask needs the word before it. */
  written(
    unit: number,
    pdu: Uint8Array,
  ): { readonly table: "holding" | "coil"; readonly cells: Cells } | undefined {
    const at = (i: number) => (pdu[i] ?? 0) * 256 + (pdu[i + 1] ?? 0);
    const row = (table: "holding" | "coil", from: number, values: readonly number[]) => ({
      table,
      cells: new Map(values.map((value, i) => [from + i, value])),
    });
    const many = (offset: number, count: number) =>
      Array.from({ length: count }, (_, i) => at(offset + 2 * i));
    switch (pdu[0]) {
      case 5:
        return row("coil", at(1), [at(3) === 0 ? 0 : 1]);
      case 6:
        return row("holding", at(1), [at(3)]);
      case 15:
        return row(
          "coil",
          at(1),
          Array.from({ length: at(3) }, (_, i) => ((pdu[6 + (i >> 3)] ?? 0) >> (i % 8)) & 1),
        );
      case 16:
        return row("holding", at(1), many(6, at(3)));
      case 22: {
        const before = this.words.get(`${unit} holding ${at(1)}`) ?? 0;
        return row("holding", at(1), [(before & at(3)) | (at(5) & ~at(3) & 0xffff)]);
      }
      case 23:
        return row("holding", at(5), many(10, at(7)));
      default:
        return undefined;
    }
  }

  /** Why this must not pass; undefined where the policy names it. */
  objection(client: string, unit: number, pdu: Uint8Array, nowMs: number): string | undefined {
    const [code = 0] = pdu;
    if ([8, 21].includes(code) || (code === 43 && pdu[1] !== 14)) return `function ${code} passes for nobody`;
    const device = this.policy.devices.find((one) => one.unit === unit);
    if (device === undefined) return "there is no such unit";
    const rules = this.policy.rules.filter(
      (rule) => rule.device === device.name && (rule.client === "any" || rule.client === client),
    );
    const written = this.written(unit, pdu);
    if (written !== undefined) {
      const { table, cells } = written;
      if (!rules.some((rule) => rule.functions.includes(code) && this.names(rule, unit, table, cells)))
        return "no rule names all that it writes, within its bounds";
      const across = this.across(unit, table, cells, nowMs);
      if (across !== undefined) return across;
      if (code !== 23) return undefined;
    }
    const { learning } = this.policy;
    if (
      code !== 23 &&
      learning?.devices.includes(device.name) &&
      nowMs < learning.untilMs &&
      [1, 2, 3, 4, 43].includes(code)
    )
      return undefined;
    const from = (pdu[1] ?? 0) * 256 + (pdu[2] ?? 0);
    const to = from + (pdu[3] ?? 0) * 256 + (pdu[4] ?? 0) - 1;
    const reads = (rule: Rule) =>
      rule.functions.includes(code) || (code === 23 && rule.functions.includes(3));
    return rules.some((rule) => reads(rule) && (code === 43 || (rule.from <= from && to <= rule.to)))
      ? undefined
      : "no rule names what it reads";
  }

  private names(rule: Rule, unit: number, table: "holding" | "coil", cells: Cells): boolean {
    const left = new Set(cells.keys());
    for (const address of left) if (address < rule.from || address > rule.to) return false;
    for (const register of this.registers(unit)) {
      if (tableName(register) !== table) continue;
      const addresses = addressesOf(register);
      if (!addresses.some((address) => cells.has(address))) continue;
      const bound = rule.writes?.find((one) => one.register === register.name);
      if (bound === undefined || !addresses.every((address) => cells.has(address))) return false;
      const value = this.value(
        unit,
        register,
        addresses.map((address) => cells.get(address) ?? 0),
      );
      if (value === undefined || value < bound.min || value > bound.max) return false;
      for (const address of addresses) left.delete(address);
    }
    return left.size === 0;
  }

  private across(unit: number, table: "holding" | "coil", cells: Cells, nowMs: number): string | undefined {
    const registers = this.registers(unit);
    const inRequest = (register: TypedRegister): number | undefined => {
      const addresses = addressesOf(register);
      if (tableName(register) !== table || !addresses.every((address) => cells.has(address)))
        return undefined;
      return this.value(
        unit,
        register,
        addresses.map((address) => cells.get(address) ?? 0),
      );
    };
    for (const rule of this.policy.crossRules) {
      if (this.policy.devices.find(({ name }) => name === rule.device)?.unit !== unit) continue;
      const [limited, deciding] = [rule.limit.register, rule.when.register].map((name) =>
        registers.find((one) => one.name === name),
      );
      // What a request changes the conditions of stands under them as well.
      const stays = deciding !== undefined && inRequest(deciding) !== undefined;
      const value = limited && (inRequest(limited) ?? (stays ? this.standing(unit, limited) : undefined));
      if (
        value === undefined ||
        deciding === undefined ||
        (value >= rule.limit.min && value <= rule.limit.max)
      )
        continue;
      const told = this.told.get(`${unit} ${deciding.name}`);
      const known =
        told !== undefined && nowMs - told.atMs <= rule.freshMs
          ? this.value(unit, deciding, told.words)
          : undefined;
      const decides = inRequest(deciding) ?? known;
      const free =
        decides !== undefined &&
        !(decides < (rule.when.below ?? -Infinity)) &&
        !(decides > (rule.when.above ?? Infinity));
      if (!free) return `${limited?.name} = ${value} while ${deciding.name} is ${decides ?? "not known"}`;
    }
    return undefined;
  }

  /** What a register is known to have, where nothing but itself brings that into force. */
  private standing(unit: number, register: TypedRegister): number | undefined {
    const told = this.told.get(`${unit} ${register.name}`);
    return told === undefined || register.enable !== undefined
      ? undefined
      : this.value(unit, register, told.words);
  }

  private registers(unit: number): readonly TypedRegister[] {
    return this.policy.devices.find((one) => one.unit === unit)?.registers ?? [];
  }

  private value(unit: number, register: TypedRegister, words: readonly number[]): number | undefined {
    const { type, scale = 1, scaleFrom, absent } = register;
    const view = new DataView(new ArrayBuffer(8));
    const ordered = register.words === "little" ? [...words].reverse() : words;
    for (const [i, word] of ordered.entries()) view.setUint16(2 * i, word);
    const raw = {
      ...{ coil: () => words[0] ?? 0, uint16: () => view.getUint16(0), int16: () => view.getInt16(0) },
      ...{
        uint32: () => view.getUint32(0),
        int32: () => view.getInt32(0),
        float32: () => view.getFloat32(0),
      },
      uint64: () => Number(view.getBigUint64(0)),
    }[type]();
    const unsigned = ordered.reduce((sum, word) => sum * 65536n + BigInt(word), 0n);
    if (
      !Number.isFinite(raw) ||
      raw > Number.MAX_SAFE_INTEGER ||
      (absent !== undefined && unsigned === BigInt(absent))
    )
      return undefined;
    if (scaleFrom === undefined) return rounded(raw * scale);
    const factor = this.words.get(`${unit} ${tableName(register)} ${scaleFrom}`);
    if (factor === undefined) return raw === 0 ? 0 : undefined;
    const exponent = (factor << 16) >> 16;
    return Math.abs(exponent) <= 10 ? rounded(raw * 10 ** exponent) : undefined;
  }
}

/** Binary fractions may differ in their last digit from one way of reckoning to another; bounds of the fuzz are whole. */
const rounded = (value: number) => Number(value.toPrecision(14));

const tableName = (register: TypedRegister): string =>
  register.type === "coil"
    ? register.table === "input"
      ? "discrete"
      : "coil"
    : (register.table ?? "holding");
const addressesOf = (register: TypedRegister): number[] =>
  Array.from({ length: widths[register.type] ?? 1 }, (_, i) => register.address + i);
