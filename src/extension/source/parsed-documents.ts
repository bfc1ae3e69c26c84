import type * as vscode from 'vscode';
import { PythonCode } from '../../core/source/python-code.ts';

interface Parsed {
  readonly version: number;
  readonly code: PythonCode;
}

const parsedByDocument = new WeakMap<vscode.TextDocument, Parsed>();

/** The syntax tree of a document as it is now; parsed once a version. */
export function parseDocument(document: vscode.TextDocument): PythonCode {
  const known = parsedByDocument.get(document);
  if (known?.version === document.version) {
    return known.code;
  }
  const code = new PythonCode(document.getText());
  parsedByDocument.set(document, { version: document.version, code });
  return code;
}
