import assert from 'node:assert/strict';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { LocationHow } from '../../src/core/model/source-candidate.ts';
import type { TrainingRun } from '../../src/extension/runs/training-run.ts';
import type { ResolvedPlace, SourceResolver } from '../../src/extension/source/source-resolver.ts';
import {
  activateExtension,
  closeAllEditors,
  makeFolder,
  removeFolder,
  waitForRun,
  writeScript,
  writeSpans,
} from './workspace.ts';

const FOLDER = 'places-test';

describe('places in the code', () => {
  let folder = '';
  let resolver: SourceResolver;
  let run: TrainingRun;

  before(async () => {
    const access = await activateExtension();
    resolver = access.resolver;
    folder = makeFolder(FOLDER);
    for (const one of ['first', 'second']) {
      mkdirSync(join(folder, one));
      writeScript(join(folder, one, 'twin.py'), 9);
    }
    mkdirSync(join(folder, 'pkg'));
    writeScript(join(folder, 'pkg', 'module.py'), 9);
    writeScript(join(folder, 'annotated.py'), 9, {
      5: 'with record_function(f"fold {k} of {n}"):',
    });
    mkdirSync(join(folder, 'traces'));
    writeSpans(join(folder, 'traces', 'places.rank0.spans.jsonl'), {
      rank: 0,
      worldSize: 1,
      steps: 5,
      spans: [],
    });
    run = await waitForRun(access.store, ({ group }) => group.folder === join(folder, 'traces'));
  });

  after(async () => {
    await closeAllEditors();
    removeFolder(FOLDER);
  });

  /** The index may have been made before, and hears of a new folder a little later. */
  async function waitForAnnotation(name: string): Promise<readonly ResolvedPlace[]> {
    for (;;) {
      const changed = new Promise<void>((done) => {
        const subscription = resolver.onDidChange(() => {
          subscription.dispose();
          done();
        });
      });
      const places = await resolver.resolveAnnotation(name);
      if (places.length > 0) {
        return places;
      }
      await changed;
    }
  }

  async function resolve(file: string, how: LocationHow = 'recorded'): Promise<string[]> {
    const places = await resolver.resolveLocation({ file, line: 3, how }, run);
    assert.ok(places.every((place) => place.how === how));
    return places.map(
      ({ path, line }) => `${path.slice(folder.length + 1).replaceAll('\\', '/')}:${line}`,
    );
  }

  it('are found by the longest common end', async () => {
    assert.deepEqual(await resolve('/cluster/second/twin.py'), ['second/twin.py:3']);
    assert.deepEqual(await resolve('D:\\Me\\First\\TWIN.py'), ['first/twin.py:3']);
  });

  it('are several where the name alone cannot tell', async () => {
    assert.deepEqual(await resolve('twin.py'), ['first/twin.py:3', 'second/twin.py:3']);
  });

  it('never lie outside the workspace and the folder of the trace', async () => {
    for (const file of [
      '/etc/passwd',
      '../../../../../../../../etc/passwd',
      '..\\..\\..\\etc\\passwd',
    ]) {
      assert.deepEqual(await resolve(file), [], file);
    }
  });

  it('are not the workspace’s own files of the name of library code', async () => {
    assert.deepEqual(await resolve('torch/nn/modules/module.py', 'stack'), []);
    assert.deepEqual(await resolve('/usr/lib/python3/dist-packages/pkg/module.py', 'stack'), []);
    assert.deepEqual(await resolve('other/pkg/module.py', 'stack'), ['pkg/module.py:3']);
  });

  it('are where the setting says, inside the workspace', async () => {
    const settings = vscode.workspace.getConfiguration('trainingSleuth');
    const set = async (map: object | undefined): Promise<void> =>
      await settings.update('sourceMap', map, vscode.ConfigurationTarget.Workspace);
    try {
      await set({ 'twin.py': `${FOLDER}/second/twin.py` });
      assert.deepEqual(await resolve('twin.py'), ['second/twin.py:3']);
      await set({ '/home/me/job': `${FOLDER}/first` });
      assert.deepEqual(await resolve('/home/me/job/twin.py'), ['first/twin.py:3']);
      await set({ 'twin.py': '/etc/passwd' });
      assert.deepEqual(await resolve('twin.py'), ['first/twin.py:3', 'second/twin.py:3']);
    } finally {
      await set(undefined);
    }
  });

  it('are told to be others when the source map is set', async () => {
    const settings = vscode.workspace.getConfiguration('trainingSleuth');
    const told = new Promise<void>((done) => {
      const subscription = resolver.onDidChange(() => {
        subscription.dispose();
        done();
      });
    });
    try {
      await settings.update('sourceMap', { x: 'y' }, vscode.ConfigurationTarget.Workspace);
      await told;
    } finally {
      await settings.update('sourceMap', undefined, vscode.ConfigurationTarget.Workspace);
    }
  });

  it('are where the code names the span', async () => {
    const places = await waitForAnnotation('fold 3 of 10');
    assert.deepEqual(
      places.map(({ path, line, how }) => [path, line, how]),
      [[join(folder, 'annotated.py'), 5, 'annotation']],
    );
    assert.deepEqual(await resolver.resolveAnnotation('fold 3'), []);
  });

  it('are neither in other people’s code nor in copies of notebooks, also those written later', async () => {
    for (const name of ['.venv', '.ipynb_checkpoints', 'own']) {
      mkdirSync(join(folder, name));
      const line = 'with record_function("written later"): pass';
      writeFileSync(join(folder, name, 'model.py'), line);
      const cells = [{ cell_type: 'code', source: line, metadata: {}, outputs: [] }];
      const notebook = { nbformat: 4, nbformat_minor: 5, metadata: {}, cells };
      writeFileSync(join(folder, name, 'try.ipynb'), JSON.stringify(notebook));
    }
    const paths = async (): Promise<readonly string[]> =>
      (await resolver.resolveAnnotation('written later')).map(({ path }) => path).sort();
    while ((await paths()).length < 2) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    const own = ['model.py', 'try.ipynb'].map((name) => join(folder, 'own', name));
    assert.deepEqual(await paths(), own);
    writeFileSync(join(folder, 'own', 'late.py'), 'with record_function("written last"): pass');
    await waitForAnnotation('written last');
    assert.deepEqual(await paths(), own);
  });

  it('move with what is typed above them, and are read anew when the file is saved', async () => {
    const uri = vscode.Uri.file(join(folder, 'annotated.py'));
    const document = await vscode.workspace.openTextDocument(uri);
    const type = async (line: number, text: string): Promise<void> => {
      const edit = new vscode.WorkspaceEdit();
      edit.insert(uri, new vscode.Position(line, 0), text);
      assert.ok(await vscode.workspace.applyEdit(edit));
    };
    const lines = async (): Promise<number[]> =>
      (await resolver.resolveAnnotation('fold 3 of 10')).map(({ line }) => line);
    await type(0, '# one\n# two\n');
    assert.deepEqual(await lines(), [7]);
    assert.deepEqual(await resolve('annotated.py'), ['annotated.py:5']);
    await type(8, '# below\n');
    assert.deepEqual(await lines(), [7]);
    const read = new Promise<void>((done) => {
      const subscription = resolver.onDidChange(() => {
        subscription.dispose();
        done();
      });
    });
    await document.save();
    await read;
    assert.deepEqual(await lines(), [7]);
    assert.deepEqual(await resolve('annotated.py'), ['annotated.py:5']);
  });

  it('appear when a script is written', async () => {
    assert.deepEqual(await resolver.resolveAnnotation('late'), []);
    writeFileSync(join(folder, 'late.py'), '\nrecord_function("late")\n');
    const places = await waitForAnnotation('late');
    assert.deepEqual(
      places.map(({ line }) => line),
      [2],
    );
  });
});
