import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { detectorSettings } from '../../../src/core/detectors/registry.ts';
import {
  ANY_RUN_EDITOR,
  COMMANDS,
  CONTEXT_KEYS,
  DETECTOR_SETTINGS,
  EXTENSION_NAME,
  HEAT_BACKGROUNDS,
  HEAT_COLORS,
  LINK_COMMANDS,
  RUN_EDITOR,
  RUNS_VIEW,
  SETTINGS,
  SETTINGS_SECTION,
} from '../../../src/extension/ids.ts';
import { readManifest } from '../../../src/extension/manifest.ts';

const MANIFEST = new URL('../../../package.json', import.meta.url);

interface Manifest {
  version: string;
  contributes: {
    commands: { command: string; title: string; category: string }[];
    customEditors: {
      viewType: string;
      priority: string;
      selector: { filenamePattern: string }[];
    }[];
    menus: Record<string, { command: string; when?: string }[]>;
    colors: { id: string; description: string; defaults: Record<string, string> }[];
    views: Record<string, { id: string; icon: string }[]>;
    viewsWelcome: { view: string; when: string; contents: string }[];
    configuration: { title: string; properties: Record<string, unknown> }[];
  };
}

function readPackage(): Manifest {
  return JSON.parse(readFileSync(MANIFEST, 'utf8')) as Manifest;
}

/** The thresholds as the manifest should list them, in the order of the registry. */
function expectedThresholds(): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(detectorSettings()).flatMap(([id, options]) =>
      Object.entries(options).map(([option, { default: value, description, minimum, maximum }]) => [
        `${DETECTOR_SETTINGS}${id}.${option}`,
        { type: 'number', default: value, minimum, maximum, description },
      ]),
    ),
  );
}

describe('package.json', () => {
  before('UPDATE_GOLDEN=1 rewrites the thresholds', () => {
    if (process.env['UPDATE_GOLDEN'] === '1') {
      const manifest = readPackage();
      const [general] = manifest.contributes.configuration;
      manifest.contributes.configuration = [
        general,
        { title: 'Detectors', properties: expectedThresholds() },
      ];
      writeFileSync(MANIFEST, `${JSON.stringify(manifest, null, 2)}\n`);
    }
  });

  it('lists exactly the commands that the code registers', () => {
    const listed = readPackage().contributes.commands.map(({ command }) => command);
    assert.deepEqual(listed, [...Object.values(COMMANDS), ...Object.values(LINK_COMMANDS)]);
  });

  it('titles commands in title case under one category', () => {
    const small = new Set(['of', 'on', 'the', 'to', 'and', 'a', 'as']);
    for (const { title, category } of readPackage().contributes.commands) {
      assert.equal(category, EXTENSION_NAME);
      for (const [index, word] of title.split(' ').entries()) {
        const isSmall = index > 0 && small.has(word);
        assert.equal(isSmall ? word : word.charAt(0).toUpperCase() + word.slice(1), word, title);
      }
    }
  });

  it('keeps commands that need arguments out of the palette', () => {
    const hidden = readPackage().contributes.menus['commandPalette'];
    assert.deepEqual(
      hidden,
      Object.values(LINK_COMMANDS).map((command) => ({ command, when: 'false' })),
    );
  });

  it('lists exactly the settings that the code reads', () => {
    const [general, detectors] = readPackage().contributes.configuration;
    assert.deepEqual(
      Object.keys(general.properties).sort(),
      Object.values(SETTINGS)
        .map((name) => `${SETTINGS_SECTION}.${name}`)
        .sort(),
    );
    assert.deepEqual(detectors.properties, expectedThresholds());
  });

  it('tells the extension the thresholds and the version', () => {
    const manifest = readPackage();
    assert.deepEqual(readManifest(manifest), {
      version: manifest.version,
      detectorSettings: Object.keys(expectedThresholds()),
    });
  });

  it('opens trace files by default, and any JSON, Parquet, SQLite, log or metrics on request', () => {
    const editors = readPackage().contributes.customEditors;
    assert.deepEqual(
      editors.map(({ viewType, priority, selector }) => [
        viewType,
        priority,
        selector.map(({ filenamePattern }) => filenamePattern),
      ]),
      [
        [
          RUN_EDITOR,
          'default',
          [
            '*.pt.trace.json',
            '*.pt.trace.json.gz',
            '*.spans.jsonl',
            '*.xplane.pb',
            '*.xplane.pb.gz',
          ],
        ],
        [
          ANY_RUN_EDITOR,
          'option',
          [
            '*.json',
            '*.json.gz',
            '*.json.zst',
            '*.json.zip',
            '*.jsonl',
            '*.parquet',
            '*.sqlite',
            '*.db',
            '*.nsys-rep',
            '*.pftrace',
            '*.pftrace.gz',
            '*.perfetto-trace',
            '*.perfetto-trace.gz',
            '*_dump_*',
            '*trace_rank_*',
            '*.{pkl,pickle}',
            '*.log',
            '*.out',
            '*.txt',
            '*.csv',
            '*.tsv',
            '*.prom',
            '*.statsd',
            'events.out.tfevents.*',
          ],
        ],
      ],
    );
  });

  it('uses only context keys and commands that the code has', () => {
    const text = JSON.stringify(readPackage().contributes);
    const known = new Set<string>([
      RUN_EDITOR,
      ANY_RUN_EDITOR,
      RUNS_VIEW,
      ...Object.values(COMMANDS),
      ...Object.values(LINK_COMMANDS),
      ...Object.values(CONTEXT_KEYS),
      ...Object.values(HEAT_COLORS),
      ...Object.values(HEAT_BACKGROUNDS),
      ...Object.values(SETTINGS).map((name) => `${SETTINGS_SECTION}.${name}`),
      ...Object.keys(expectedThresholds()),
    ]);
    for (const [name] of text.matchAll(/trainingSleuth\.[\w.-]+\w/g)) {
      assert.ok(known.has(name), `${name} is not a name of the code`);
    }
  });

  it('gives each color of the code a default for each kind of theme', () => {
    const { colors } = readPackage().contributes;
    assert.deepEqual(
      colors.map(({ id }) => id),
      [...Object.values(HEAT_COLORS), ...Object.values(HEAT_BACKGROUNDS)],
    );
    for (const { id, defaults } of colors) {
      const kinds = ['dark', 'light', 'highContrast', 'highContrastLight'];
      assert.deepEqual(Object.keys(defaults), kinds, id);
      assert.ok(
        Object.values(defaults).every((color) => /^#([0-9a-f]{6}|[0-9a-f]{8})$/.test(color)),
        id,
      );
    }
  });

  it('has the pictures that it names', () => {
    const views = Object.values(readPackage().contributes.views).flat();
    for (const { icon } of views) {
      assert.ok(existsSync(new URL(`../../../${icon}`, import.meta.url)), icon);
    }
  });
});
