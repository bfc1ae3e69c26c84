/** A whole number below the limit. */
export type Pick = (limit: number) => number;

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]|[^\s"{}[\]:,]+|\s+/gs;

/** What breaks readers: numbers at their limits, words of other languages, texts that structure JSON. */
const ODD_TOKENS: readonly string[] = [
  ...['0', '-1', '1e400', '-0.0', '9007199254740993', '18446744073709551616', '1e15', '4294967296'],
  ...['1623142623460230.123', '"1623142623460230.123"', '.5', '1e-400', '0x1f', '1'.repeat(500)],
  ...['NaN', '-Infinity', 'N/A', 'None', 'null', 'true', 'undefined', 'tru'],
  ...['""', '"', "'a'", '"\\ud800"', '"\\u00"', '"\\x"', '"\\', '"\u0000"', '"é🔥"', '"\ufeff"'],
  ...['{}', '[]', '{', '}', '[', ']', ',', ':', ',,', '[[[[', '}}}}', '{"a":', '{{', '][', '}{'],
  ...[
    '"ph"',
    '"X"',
    '"B"',
    '"E"',
    '"b"',
    '"e"',
    '"s"',
    '"f"',
    '"C"',
    '"M"',
    '"i"',
    '"Z"',
    '"args"',
  ],
  ...['"ts"', '"dur"', '"pid"', '"tid"', '"id"', '"name"', '"cat"', '"traceEvents"', '"kernel"'],
  ...['"distributedInfo"', '"baseTimeNanoseconds"', '"deviceProperties"', '"correlation"'],
  ...['"type"', '"t"', '"run"', '"span"', '"step"', '"counter"', '"value"', '"rank"', '"lane"'],
  ...['\n', '\r\n', '\u0000', '\ufeff', '//', '/*', '#', '\\', '[INFO] ', '\f', '\u2028'],
];

type TextMutation = (tokens: string[], pick: Pick) => void;

/** Each changes a list of tokens, which is not empty. */
const TEXT_MUTATIONS: readonly TextMutation[] = [
  (tokens, pick) => tokens.splice(pick(tokens.length), 1 + pick(3)),
  (tokens, pick) => tokens.splice(pick(tokens.length), 0, oddToken(pick)),
  (tokens, pick) => (tokens[pick(tokens.length)] = oddToken(pick)),
  (tokens, pick) => {
    const [a, b] = [pick(tokens.length), pick(tokens.length)];
    [tokens[a], tokens[b]] = [tokens[b], tokens[a]];
  },
  // A value, mostly, in place of another.
  (tokens, pick) => (tokens[pick(tokens.length)] = tokens[pick(tokens.length)]),
  // A run of tokens moves, or comes twice.
  (tokens, pick) => {
    const start = pick(tokens.length);
    const run = tokens.slice(start, start + 1 + pick(60));
    if (pick(2) === 0) {
      tokens.splice(start, run.length);
    }
    tokens.splice(pick(tokens.length + 1), 0, ...run);
  },
  (tokens, pick) => {
    const token = tokens[pick(tokens.length)];
    const at = pick(tokens.length);
    tokens.splice(at, 0, ...Array<string>(1 + pick(2_000)).fill(token));
  },
  (tokens) => tokens.push(...tokens.slice(0, 20_000)),
  (tokens, pick) => (tokens.length = 1 + pick(tokens.length)),
  (tokens, pick) => tokens.splice(0, pick(tokens.length)),
  // Digits and letters of one token.
  (tokens, pick) => {
    const at = pick(tokens.length);
    const token = tokens[at];
    const cut = pick(token.length + 1);
    tokens[at] = token.slice(0, cut) + String.fromCharCode(pick(256)) + token.slice(cut + pick(2));
  },
];

type ByteMutation = (bytes: Uint8Array, pick: Pick) => Uint8Array;

const ODD_BYTES: readonly number[] = [
  0, 1, 0x0a, 0x20, 0x22, 0x5c, 0x7b, 0x7d, 0x7f, 0x80, 0xc3, 0xff,
];

const BYTE_MUTATIONS: readonly ByteMutation[] = [
  (bytes, pick) => {
    bytes[pick(bytes.length)] ^= 1 << pick(8);
    return bytes;
  },
  (bytes, pick) => {
    bytes[pick(bytes.length)] = ODD_BYTES[pick(ODD_BYTES.length)];
    return bytes;
  },
  // The last bytes hold what a Parquet file says of itself.
  (bytes, pick) => {
    bytes[Math.max(0, bytes.length - 1 - pick(600))] = pick(256);
    return bytes;
  },
  (bytes, pick) => bytes.slice(0, pick(bytes.length + 1)),
  (bytes, pick) => {
    const start = pick(bytes.length);
    bytes.copyWithin(pick(bytes.length), start, start + 1 + pick(200));
    return bytes;
  },
  (bytes, pick) => {
    const start = pick(bytes.length);
    return bytes.fill(ODD_BYTES[pick(ODD_BYTES.length)], start, start + 1 + pick(100));
  },
];

export function mutateText(text: string, count: number, pick: Pick): string {
  const tokens = text.match(TOKEN) ?? [];
  for (let i = 0; i < count && tokens.length > 0 && tokens.length < 200_000; i++) {
    TEXT_MUTATIONS[pick(TEXT_MUTATIONS.length)](tokens, pick);
  }
  return tokens.join('');
}

export function mutateBytes(original: Uint8Array, count: number, pick: Pick): Uint8Array {
  let bytes: Uint8Array = new Uint8Array(original);
  for (let i = 0; i < count && bytes.length > 0; i++) {
    bytes = BYTE_MUTATIONS[pick(BYTE_MUTATIONS.length)](bytes, pick);
  }
  return bytes;
}

function oddToken(pick: Pick): string {
  return ODD_TOKENS[pick(ODD_TOKENS.length)];
}
