import type { PickleBytes } from './pickle-bytes.ts';
import { PickleError, type PickleStack } from './pickle-stack.ts';
import { InertObject, type PickleValue } from './pickle-value.ts';

type Operation = (stack: PickleStack, bytes: PickleBytes) => void;

/** The highest protocol, of 2019. */
const MAX_PROTOCOL = 5;

const push =
  (value: () => PickleValue): Operation =>
  (stack) =>
    stack.push(value());

const read =
  (value: (bytes: PickleBytes) => PickleValue): Operation =>
  (stack, bytes) =>
    stack.push(value(bytes));

const tuple =
  (count: number): Operation =>
  (stack) => {
    const items: PickleValue[] = [];
    for (let i = 0; i < count; i++) {
      items.unshift(stack.pop());
    }
    stack.push(items);
  };

const refuse =
  (what: string): Operation =>
  () => {
    throw new PickleError(`it has ${what}`);
  };

/** Text of protocol 0, with the escapes of Python's `repr`. */
function quoted(bytes: PickleBytes): string {
  return bytes
    .latinLine()
    .replace(/^(['"])(.*)\1$/s, '$2')
    .replaceAll(/\\x([0-9a-f]{2})|\\([\\'"])/g, (_, code: string | undefined, same: string) =>
      code === undefined ? same : String.fromCharCode(parseInt(code, 16)),
    );
}

function escaped(bytes: PickleBytes): string {
  return bytes
    .latinLine()
    .replaceAll(/\\u([0-9a-f]{4})/gi, (_, code: string) => String.fromCharCode(parseInt(code, 16)));
}

function float(bytes: PickleBytes): number {
  const text = bytes.line();
  return text === 'nan' ? NaN : Number(text.replace(/^(-?)inf$/, '$1Infinity'));
}

function global(name: string): InertObject {
  return new InertObject(name.slice(0, 200), null);
}

/** Calls nothing: the name and what it would have been called with are kept as they are. */
function makeInert(stack: PickleStack, count: number): void {
  const parts: PickleValue[] = [];
  for (let i = 0; i < count; i++) {
    parts.unshift(stack.pop());
  }
  const callee = stack.pop();
  stack.push(new InertObject(callee instanceof InertObject ? callee.name : '', parts));
}

/** By the byte of the operation. https://github.com/python/cpython/blob/main/Lib/pickletools.py */
export const OPERATIONS: ReadonlyMap<number, Operation> = new Map(
  Object.entries({
    '\x80': (_, bytes) => {
      const protocol = bytes.uint8();
      if (protocol > MAX_PROTOCOL) {
        throw new PickleError(`it is of protocol ${protocol}, which is not known`);
      }
    },
    '\x95': (_, bytes) => void bytes.uint64(),

    '(': (stack) => stack.mark(),
    '0': (stack) => stack.drop(),
    '1': (stack) => void stack.popMark(),
    '2': (stack) => stack.duplicate(),

    N: push(() => null),
    '\x88': push(() => true),
    '\x89': push(() => false),
    I: read((bytes) => bytes.decimal()),
    L: read((bytes) => bytes.decimal()),
    K: read((bytes) => bytes.uint8()),
    M: read((bytes) => bytes.uint16()),
    J: read((bytes) => bytes.int32()),
    '\x8a': read((bytes) => bytes.integer(bytes.uint8())),
    '\x8b': read((bytes) => bytes.integer(bytes.uint32())),
    F: read(float),
    G: read((bytes) => bytes.float64()),

    S: read(quoted),
    V: read(escaped),
    U: read((bytes) => bytes.text(bytes.uint8())),
    T: read((bytes) => bytes.text(bytes.uint32())),
    X: read((bytes) => bytes.text(bytes.uint32())),
    '\x8c': read((bytes) => bytes.text(bytes.uint8())),
    '\x8d': read((bytes) => bytes.text(bytes.uint64())),
    C: read((bytes) => bytes.take(bytes.uint8())),
    B: read((bytes) => bytes.take(bytes.uint32())),
    '\x8e': read((bytes) => bytes.take(bytes.uint64())),
    '\x96': read((bytes) => bytes.take(bytes.uint64())),

    ')': push(() => []),
    ']': push(() => []),
    '}': push(() => new Map()),
    '\x8f': push(() => []),
    t: (stack) => stack.push(stack.popMark()),
    l: (stack) => stack.push(stack.popMark()),
    '\x91': (stack) => stack.push(stack.popMark()),
    '\x85': tuple(1),
    '\x86': tuple(2),
    '\x87': tuple(3),
    d: (stack) => {
      const items = stack.popMark();
      stack.push(new Map());
      stack.setItems(items);
    },
    a: (stack) => stack.append([stack.pop()]),
    e: (stack) => stack.append(stack.popMark()),
    '\x90': (stack) => stack.append(stack.popMark()),
    s: (stack) => {
      const value = stack.pop();
      stack.setItems([stack.pop(), value]);
    },
    u: (stack) => stack.setItems(stack.popMark()),

    p: (stack, bytes) => stack.remember(Number(bytes.decimal())),
    q: (stack, bytes) => stack.remember(bytes.uint8()),
    r: (stack, bytes) => stack.remember(bytes.uint32()),
    '\x94': (stack) => stack.remember(stack.memoSize),
    g: (stack, bytes) => stack.recall(Number(bytes.decimal())),
    h: (stack, bytes) => stack.recall(bytes.uint8()),
    j: (stack, bytes) => stack.recall(bytes.uint32()),

    c: read((bytes) => global(`${bytes.line()}.${bytes.line()}`)),
    '\x93': (stack) => {
      const name = stack.pop();
      const module = stack.pop();
      stack.push(
        global(
          `${typeof module === 'string' ? module : ''}.${typeof name === 'string' ? name : ''}`,
        ),
      );
    },
    i: (stack, bytes) => {
      const name = `${bytes.line()}.${bytes.line()}`;
      stack.push(new InertObject(name.slice(0, 200), stack.popMark()));
    },
    o: (stack) => {
      const [callee = null, ...parts] = stack.popMark();
      stack.push(new InertObject(callee instanceof InertObject ? callee.name : '', parts));
    },
    R: (stack) => makeInert(stack, 1),
    '\x81': (stack) => makeInert(stack, 1),
    '\x92': (stack) => makeInert(stack, 2),
    b: (stack) => stack.build(stack.pop()),
    P: read((bytes) => new InertObject('persistent id', bytes.line())),
    Q: (stack) => stack.push(new InertObject('persistent id', stack.pop())),
    '\x82': read((bytes) => new InertObject(`extension ${bytes.uint8()}`, null)),
    '\x83': read((bytes) => new InertObject(`extension ${bytes.uint16()}`, null)),
    '\x84': read((bytes) => new InertObject(`extension ${bytes.int32()}`, null)),
    '\x97': refuse('parts that are not in the file (out-of-band buffers)'),
    '\x98': () => undefined,
  } satisfies Record<string, Operation>).map(([code, operation]) => [
    code.charCodeAt(0),
    operation,
  ]),
);
