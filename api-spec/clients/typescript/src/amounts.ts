/** Amounts are decimal text outside and whole minor units, as bigint, where one calculates with them. Floats never. */

const FORM = /^(-?)(0|[1-9][0-9]*)(?:\.([0-9]+))?$/;

/** `toMinor("12.5", 2)` is `1250n`. Throws where the text is no amount, or has more places than the community's `scale`. */
export function toMinor(amount: string, scale: number): bigint {
  const found = FORM.exec(amount);
  const places = found?.[3] ?? "";
  if (found === null || places.length > scale) throw new RangeError(`no amount with ${scale} places: ${amount}`);
  const minor = BigInt(found[2]! + places.padEnd(scale, "0"));
  return found[1] === "-" ? -minor : minor;
}

/** `fromMinor(1250n, 2)` is `"12.50"`. */
export function fromMinor(minor: bigint, scale: number): string {
  const digits = (minor < 0n ? -minor : minor).toString().padStart(scale + 1, "0");
  const whole = digits.slice(0, digits.length - scale);
  return (minor < 0n ? "-" : "") + whole + (scale > 0 ? `.${digits.slice(digits.length - scale)}` : "");
}
