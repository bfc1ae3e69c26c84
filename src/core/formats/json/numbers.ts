import { DOT, MINUS, QUOTE, ZERO, isDigit } from './bytes.ts';

/** A decimal number in two exact parts: microseconds and nanoseconds, as a rule. */
export interface DecimalParts {
  whole: number;
  /** Thousandths of a unit, rounded, of the same sign as the number. */
  milli: number;
}

/** As many digits always fit the exact integers of a double. */
const EXACT_DIGITS = 15;

/** Below 2^53, with one digit more than always fits. */
const MAX_EXACT = 9e15;

/** Larger exponents belong to no time that a computer measured. */
const MAX_EXPONENT = 40;

/**
 * Reads `12`, `"12.345"`, `-1.2e3`, in quotes or not, without losing a thousandth.
 * False if it is no number.
 */
export function readDecimal(
  bytes: Uint8Array,
  from: number,
  to: number,
  out: DecimalParts,
): boolean {
  const isQuoted = bytes[from] === QUOTE;
  const start = isQuoted ? from + 1 : from;
  const end = isQuoted ? to - 1 : to;
  const isNegative = bytes[start] === MINUS;
  if (!readPlain(bytes, isNegative ? start + 1 : start, end, out)) {
    return readUnusual(bytes, start, end, out);
  }
  if (isNegative) {
    out.whole = -out.whole;
    out.milli = -out.milli;
  }
  return true;
}

/** Digits, or digits with decimals, of no more than a double holds exactly. */
function readPlain(bytes: Uint8Array, start: number, end: number, out: DecimalParts): boolean {
  let whole = 0;
  let p = start;
  while (p < end && isDigit(bytes[p])) {
    whole = whole * 10 + (bytes[p++] - ZERO);
  }
  if (p === start || p - start > EXACT_DIGITS + 1 || whole > MAX_EXACT) {
    return false;
  }
  out.whole = whole;
  out.milli = 0;
  if (p < end && bytes[p] === DOT) {
    out.milli = readThousandths(bytes, p + 1, end);
    p = skipDigits(bytes, p + 1, end);
  }
  return p === end;
}

/** As `readDecimal`, of a number of thousandths: `1500` is 1 and 500. */
export function readThousandthsAsDecimal(
  bytes: Uint8Array,
  from: number,
  to: number,
  out: DecimalParts,
): boolean {
  const isRead = readDecimal(bytes, from, to, out);
  if (!isRead || Math.abs(out.whole) <= MAX_EXACT) {
    const value = out.whole + Math.round(out.milli / 1000);
    out.whole = Math.trunc(value / 1000);
    out.milli = value % 1000;
    return isRead;
  }
  const value = BigInt(/-?\d+/.exec(asciiText(bytes, from, to))?.[0] ?? 0);
  out.whole = Number(value / 1000n);
  out.milli = Number(value % 1000n);
  return true;
}

/** A number as a double; NaN if it is none. */
export function readNumber(bytes: Uint8Array, from: number, to: number): number {
  let value = 0;
  for (let p = from; p < to; p++) {
    if (!isDigit(bytes[p]) || p - from >= EXACT_DIGITS) {
      return readAnyNumber(bytes, from, to);
    }
    value = value * 10 + (bytes[p] - ZERO);
  }
  return to > from ? value : NaN;
}

function skipDigits(bytes: Uint8Array, start: number, end: number): number {
  let p = start;
  while (p < end && isDigit(bytes[p])) {
    p++;
  }
  return p;
}

/** The first three decimals, rounded by the fourth, if all bytes are digits. */
function readThousandths(bytes: Uint8Array, start: number, end: number): number {
  let milli = 0;
  for (let p = start; p < start + 3; p++) {
    milli = milli * 10 + (p < end ? bytes[p] - ZERO : 0);
  }
  return start + 3 < end && bytes[start + 3] >= ZERO + 5 ? milli + 1 : milli;
}

function readAnyNumber(bytes: Uint8Array, from: number, to: number): number {
  const isQuoted = bytes[from] === QUOTE;
  const text = asciiText(bytes, isQuoted ? from + 1 : from, isQuoted ? to - 1 : to);
  return /^\s*[-+]?(\d|0x)/i.test(text) ? Number(text) : NaN;
}

function readUnusual(bytes: Uint8Array, start: number, end: number, out: DecimalParts): boolean {
  const match = /^(-?)(\d*)(?:\.(\d*))?(?:[eE]([-+]?\d{1,4}))?$/.exec(asciiText(bytes, start, end));
  const [, sign, units = '', decimals = '', exponentText = '0'] = match ?? [];
  const exponent = Number(exponentText);
  if (match === null || units + decimals === '' || Math.abs(exponent) > MAX_EXPONENT) {
    return false;
  }
  const shift = exponent - decimals.length + 3;
  const digits = BigInt(units + decimals);
  const milli =
    shift >= 0 ? digits * 10n ** BigInt(shift) : roundedQuotient(digits, 10n ** BigInt(-shift));
  const signedMilli = sign === '-' ? -milli : milli;
  out.whole = Number(signedMilli / 1000n);
  out.milli = Number(signedMilli % 1000n);
  return true;
}

function roundedQuotient(dividend: bigint, divisor: bigint): bigint {
  return (dividend + divisor / 2n) / divisor;
}

/** Text of a number; what is longer than any number gives the empty text. */
function asciiText(bytes: Uint8Array, start: number, end: number): string {
  return end - start > 400 ? '' : String.fromCharCode(...bytes.subarray(start, end));
}
