import assert from 'node:assert/strict';
import { PythonCode } from '../../../src/core/source/python-code.ts';
import type { TrainingLoop } from '../../../src/core/source/training-code.ts';
import { findTrainingLoops } from '../../../src/core/source/training-loops.ts';
import { TRAINING_SCRIPTS } from '../../support/scripts.ts';

function loopsOf(...lines: readonly string[]): readonly TrainingLoop[] {
  return findTrainingLoops(new PythonCode(`${lines.join('\n')}\n`));
}

function mainLines({ sites }: TrainingLoop): Record<string, number> {
  return Object.fromEntries(
    sites.filter(({ isMain }) => isMain).map(({ phase, line }) => [phase, line]),
  );
}

const SCRIPTS = TRAINING_SCRIPTS.flatMap(({ name, idiom, texts }) =>
  texts.filter(({ cell }) => cell === null).map((text) => ({ name, idiom, ...text })),
);

describe('findTrainingLoops', () => {
  it('tells the line of at least 95 % of the phases of the scripts', () => {
    const misses: string[] = [];
    let phases = 0;
    for (const { name, text, phases: truth } of SCRIPTS) {
      const [loop] = findTrainingLoops(new PythonCode(text));
      const lines = mainLines(loop);
      for (const [phase, right] of truth) {
        phases += 1;
        if (!right.includes(lines[phase])) {
          misses.push(`${name} ${phase}: ${lines[phase]}, not ${right.join(' ')}`);
        }
      }
    }
    assert.ok(misses.length <= 0.05 * phases, misses.join('\n'));
  });

  for (const { name, idiom, text, phases } of SCRIPTS) {
    it(`finds one loop in ${name}, and no wrong line that is shown as sure`, () => {
      const loops = findTrainingLoops(new PythonCode(text));
      const wrong = loops
        .flatMap(({ sites }) => sites)
        .filter(
          ({ certainty, phase, line }) =>
            certainty === 'sure' && !phases.get(phase)?.includes(line),
        );
      assert.deepEqual(
        loops.map((loop) => loop.idiom),
        [idiom],
      );
      assert.deepEqual(
        wrong.map(({ phase, line, what }) => `${phase} ${line} ${what}`),
        [],
      );
    });
  }

  it('takes the loop that updates weights, not the one of its micro-batches', () => {
    const [loop, ...others] = loopsOf(
      'while True:',
      '    for micro in range(4):',
      '        x, y = get_batch()',
      '        loss = model(x, y)',
      '        loss.backward()',
      '    optimizer.step()',
    );
    assert.equal(others.length, 0);
    assert.deepEqual(
      { line: loop.line, batches: loop.batches, certainty: loop.certainty, ...mainLines(loop) },
      {
        line: 1,
        batches: null,
        certainty: 'sure',
        data: 3,
        forward: 4,
        loss: 4,
        backward: 5,
        optimizer: 6,
      },
    );
  });

  it('goes into helpers of the file, by name, by self and by an alias', () => {
    const [loop] = loopsOf(
      'class Run:',
      '    def one(self, batch):',
      '        self.loss(batch).backward()',
      '        self.opt.step()',
      '    def go(self):',
      '        for batch in self.loader:',
      '            self.one(batch)',
    );
    assert.equal(loop.line, 6);
    assert.equal(loop.functionName, 'go');
    assert.equal(mainLines(loop)['backward'], 3);
    assert.equal(mainLines(loop)['optimizer'], 4);
  });

  it('charges a compiled step to its call', () => {
    const [loop] = loopsOf(
      'import jax, optax',
      '@jax.jit',
      'def step(state, batch):',
      '    grads = jax.grad(loss_fn)(state.params, batch)',
      '    return state.apply_gradients(grads=grads)',
      'for batch in loader:',
      '    state = step(state, batch)',
    );
    assert.equal(loop.idiom, 'jax');
    assert.deepEqual(mainLines(loop), { data: 6, forward: 7, loss: 7, backward: 7, optimizer: 7 });
  });

  it('finds the parts of a GradientTape', () => {
    const [loop] = loopsOf(
      'import tensorflow as tf',
      'for images, labels in dataset:',
      '    with tf.GradientTape() as tape:',
      '        loss = loss_fn(labels, model(images))',
      '    gradients = tape.gradient(loss, model.trainable_variables)',
      '    optimizer.apply_gradients(zip(gradients, model.trainable_variables))',
    );
    assert.equal(loop.idiom, 'tensorflow');
    assert.deepEqual(mainLines(loop), { data: 2, forward: 4, loss: 4, backward: 5, optimizer: 6 });
  });

  it('takes no loop that evaluates, steps an environment or tunes nothing', () => {
    const loops = loopsOf(
      'for batch in loader:',
      '    with torch.no_grad():',
      '        loss = model(batch)',
      'for action in actions:',
      '    env.step(action)',
      'for batch in loader:',
      '    prof.step()',
    );
    assert.deepEqual(loops, []);
  });

  it('finds the validation of an epoch around the loop', () => {
    const [loop] = loopsOf(
      'for epoch in range(9):',
      '    for batch in train_loader:',
      '        model(batch).backward()',
      '        optimizer.step()',
      '    model.eval()',
      '    for batch in val_loader:',
      '        model(batch)',
    );
    const site = loop.sites.find(({ phase }) => phase === 'validation');
    assert.equal(loop.line, 2);
    assert.deepEqual([site?.line, site?.isInLoop, site?.certainty], [6, false, 'sure']);
  });

  it('points at the validation of each epoch, not at the one that comes instead of training', () => {
    const [loop] = loopsOf(
      'if args.evaluate:',
      '    evaluate(model)',
      'for epoch in range(9):',
      '    for batch in train_loader:',
      '        model(batch).backward()',
      '        optimizer.step()',
      '    evaluate(model)',
    );
    assert.equal(mainLines(loop)['validation'], 7);
  });

  it('says likely where only a name tells', () => {
    const [loop] = loopsOf(
      'def go(net, it, opt):',
      '    for b in it:',
      '        net(b).backward()',
      '        opt.step()',
    );
    const forward = loop.sites.find(({ phase }) => phase === 'forward');
    assert.equal(forward?.certainty, 'likely');
    assert.equal(loop.sites.find(({ phase }) => phase === 'data')?.certainty, 'likely');
  });

  it('reads code that is cut off anywhere', () => {
    const text = SCRIPTS.find(({ name }) => name === 'trainer_class')?.text ?? '';
    for (let end = 0; end < text.length; end += 61) {
      findTrainingLoops(new PythonCode(text.slice(0, end)));
      findTrainingLoops(new PythonCode(text.slice(end)));
    }
    for (const hostile of [
      'a'.concat('.b'.repeat(50_000), '()'),
      '('.repeat(50_000),
      '[1,'.repeat(50_000),
    ]) {
      assert.deepEqual(findTrainingLoops(new PythonCode(hostile)), []);
    }
  });

  it('follows functions that call each other in circles and long chains', () => {
    const chain = Array.from({ length: 5_000 }, (_, i) => `def f${i}(x): f${i + 1}(x)`);
    const [loop] = loopsOf(
      ...chain,
      'def g():',
      ' for b in loader:',
      '  g()',
      '  b.backward()',
      '  optimizer.step()',
    );
    assert.equal(loop.line, 5_002);
  });
});
