import type { ExportKind, ExportWish } from '../../protocol/export-schemas.ts';

export interface FileType {
  /** In the save dialog. */
  readonly label: string;
  readonly extension: string;
}

const FILE_TYPES: Readonly<Record<ExportKind, FileType>> = {
  png: { label: 'PNG', extension: 'png' },
  svg: { label: 'SVG', extension: 'svg' },
  html: { label: 'HTML', extension: 'html' },
  markdown: { label: 'Markdown', extension: 'md' },
  csv: { label: 'CSV', extension: 'csv' },
  chrome: { label: 'Chrome trace (Perfetto)', extension: 'json' },
};

const MAX_NAME_CHARACTERS = 80;

export function fileTypeOf(kind: ExportKind): FileType {
  return FILE_TYPES[kind];
}

/** Of the run, without what a file system refuses: `resnet-aug.steps.csv`. */
export function defaultFileName(runName: string, wish: ExportWish): string {
  const base = runName
    .replace(/[^\p{L}\p{N}._-]+/gu, '-')
    .replace(/^[-.]+|[-.]+$/g, '')
    .slice(0, MAX_NAME_CHARACTERS);
  return [base || 'run', ...partOf(wish), fileTypeOf(wish.kind).extension].join('.');
}

function partOf(wish: ExportWish): string[] {
  switch (wish.kind) {
    case 'png':
    case 'svg':
      return ['timeline'];
    case 'csv':
      return [wish.table];
    case 'chrome':
      return ['window'];
    case 'html':
    case 'markdown':
      return ['report'];
  }
}
