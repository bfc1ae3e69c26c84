import assert from 'node:assert/strict';
import { indexAnnotations as indexCode } from '../../../src/core/source/annotation-index.ts';
import { constantLength, matchesAnnotation } from '../../../src/core/source/annotation-site.ts';
import { PythonCode } from '../../../src/core/source/python-code.ts';

const indexAnnotations = (text: string): ReturnType<typeof indexCode> =>
  indexCode(new PythonCode(text));

describe('indexAnnotations', () => {
  const finds: readonly { name: string; code: string; parts: readonly string[]; line: number }[] = [
    {
      name: 'record_function',
      code: 'with record_function("forward"):\n  pass',
      parts: ['forward'],
      line: 1,
    },
    {
      name: 'a qualified name',
      code: '\nwith torch.profiler.record_function("a"): pass',
      parts: ['a'],
      line: 2,
    },
    { name: 'range_push', code: "nvtx.range_push('load')", parts: ['load'], line: 1 },
    { name: 'nvtx.range', code: "torch.cuda.nvtx.range('r')", parts: ['r'], line: 1 },
    {
      name: 'a decorator',
      code: '@nvtx.annotate("d", color="red")\ndef f(): pass',
      parts: ['d'],
      line: 1,
    },
    { name: 'a keyword', code: 'nvtx.annotate(color="red", message="m")', parts: ['m'], line: 1 },
    {
      name: 'the recorder',
      code: 'with sleuth.span("augment", "data"): pass',
      parts: ['augment'],
      line: 1,
    },
    {
      name: 'a renamed function',
      code: 'from a import record_function as rf\nrf("x")',
      parts: ['x'],
      line: 2,
    },
    { name: 'a renamed module', code: 'import nvtx as n\nn.annotate("x")', parts: ['x'], line: 2 },
    {
      name: 'an imported one',
      code: 'from nvtx import annotate\nannotate("x")',
      parts: ['x'],
      line: 2,
    },
    {
      name: 'a constant of the module',
      code: 'NAME = "## forward ##"\nwith record_function(NAME): pass',
      parts: ['## forward ##'],
      line: 2,
    },
    { name: 'a scope of JAX', code: 'with jax.named_scope("mlp"): pass', parts: ['mlp'], line: 1 },
    {
      name: 'a step of JAX',
      code: 'with jax.profiler.StepTraceAnnotation("train", step_num=i): pass',
      parts: ['train'],
      line: 1,
    },
    {
      name: 'a decorator of JAX',
      code: '@jax.profiler.annotate_function\ndef f(): pass\njax.profiler.annotate_function(f, name="g")',
      parts: ['g'],
      line: 3,
    },
    {
      name: 'a trace of TensorFlow',
      code: 'with tf.profiler.experimental.Trace("train", step_num=i, _r=1): pass',
      parts: ['train'],
      line: 1,
    },
    { name: 'a task of ITT', code: 'with itt.task("load"): pass', parts: ['load'], line: 1 },
    {
      name: 'an f-string',
      code: 'record_function(f"step {i} of {n}")',
      parts: ['step ', ' of ', ''],
      line: 1,
    },
    {
      name: 'doubled braces',
      code: 'record_function(f"{{a}} {i:>{w}}")',
      parts: ['{a} ', ''],
      line: 1,
    },
    { name: 'joined strings', code: 'record_function("a" \'b\')', parts: ['ab'], line: 1 },
    {
      name: 'escapes',
      code: String.raw`record_function("a\tb\"\x41\u00e9")`,
      parts: ['a\tb"Aé'],
      line: 1,
    },
    {
      name: 'raw strings',
      code: String.raw`record_function(r"a\tb")`,
      parts: [String.raw`a\tb`],
      line: 1,
    },
    { name: 'triple quotes', code: 'record_function("""a""")', parts: ['a'], line: 1 },
    { name: 'an empty string', code: 'record_function("")', parts: [''], line: 1 },
    {
      name: 'a call over lines',
      code: 'x = 1\nrecord_function(\n  "late"\n)',
      parts: ['late'],
      line: 2,
    },
  ];
  for (const { name, code, parts, line } of finds) {
    it(`finds ${name}`, () => {
      assert.deepEqual(indexAnnotations(code), [{ parts, line }]);
    });
  }

  const ignores: Readonly<Record<string, string>> = {
    'other calls': 'print("forward")',
    'a comment': '# record_function("forward")',
    'text that only looks like a call': 's = \'record_function("forward")\'',
    'a variable as name': 'record_function(name)',
    'a name that is given more than once': 'NAME = "a"\nNAME = "b"\nrecord_function(NAME)',
    'a name of another function': 'def f():\n  name = "a"\nrecord_function(name)',
    'annotate of other libraries': 'ax.annotate("peak", (1, 2))',
    'the range of Python': 'range("a")',
    'a second argument': 'record_function(name, "args")',
    'a keyword that is no name': 'nvtx.annotate(color="red")',
  };
  for (const [name, code] of Object.entries(ignores)) {
    it(`ignores ${name}`, () => {
      assert.deepEqual(indexAnnotations(code), []);
    });
  }

  it('numbers lines in the order of the text, nested and chained', () => {
    const code =
      'f(record_function("a"))\\\n  .span("b")\nrecord_function(\n  g(nvtx.range_push("c")))\n';
    assert.deepEqual(
      indexAnnotations(code).map(({ parts, line }) => [parts[0], line]),
      [
        ['a', 1],
        ['b', 2],
        ['c', 4],
      ],
    );
  });

  it('reads what it can of a file that is cut', () => {
    assert.deepEqual(indexAnnotations('with record_function("a"):\n  x = (1,\nwith record_fun'), [
      { parts: ['a'], line: 1 },
    ]);
  });
});

describe('matchesAnnotation', () => {
  const site = (...parts: string[]) => ({ parts, line: 1 });

  it('takes a plain literal only as a whole', () => {
    assert.ok(matchesAnnotation(site('forward'), 'forward'));
    assert.ok(!matchesAnnotation(site('forward'), 'forward 2'));
  });

  it('lets the fields of an f-string be anything', () => {
    const pattern = site('step ', ' of ', '');
    assert.ok(matchesAnnotation(pattern, 'step 3 of 10'));
    assert.ok(!matchesAnnotation(pattern, 'step 3'));
    assert.ok(!matchesAnnotation(pattern, 'a step 3 of 10'));
  });

  it('does not let two parts share the same characters', () => {
    assert.ok(!matchesAnnotation(site('ab', 'bc'), 'abc'));
    assert.ok(!matchesAnnotation(site('a', 'bb', 'b'), 'abb'));
  });

  it('never lets an f-string without constant text match', () => {
    assert.ok(!matchesAnnotation(site('', ''), 'anything'));
    assert.equal(constantLength(site('', '')), 0);
  });
});
