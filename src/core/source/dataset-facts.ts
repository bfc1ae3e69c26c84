import type { SyntaxNode } from '@lezer/common';
import { findClass } from './data-loaders.ts';
import { argumentOf } from './edit-call.ts';
import { dottedNames, type PythonCode } from './python-code.ts';
import { assignmentsTo, callsBelow, methodOf, nodesBelow, scopeOf } from './python-scope.ts';
import { isCopyToDevice, mentionsDevice } from './device-copies.ts';

/** What the tree tells of the data that a loader loads. */
export interface DatasetFacts {
  /** Every worker would give all of it, as nothing splits it among them. */
  readonly repeatsInWorkers: boolean;
  /** Its samples are on a device already: they can be neither sent between processes nor pinned. */
  readonly isOnDevice: boolean;
}

export function datasetFacts(loader: SyntaxNode, code: PythonCode): DatasetFacts {
  const dataset = argumentOf(loader, code, 'dataset', 0);
  const made = dataset === null ? [] : [dataset, ...valuesOfName(dataset, code)];
  const classes = made
    .flatMap((value) => (value.name === 'CallExpression' ? [value] : []))
    .flatMap((call) => findClass(methodOf(call, code), code) ?? []);
  const collate = argumentOf(loader, code, 'collate_fn', 6);
  const collates = collate === null ? [] : functionsNamed(collate, code);
  return {
    repeatsInWorkers:
      classes.some((definition) => isIterable(definition, code)) ||
      (classes.length === 0 && made.some((value) => /iterable|stream/i.test(code.textOf(value)))),
    isOnDevice: [...made, ...classes, ...collates].some((node) => holdsDeviceTensors(node, code)),
  };
}

function valuesOfName(node: SyntaxNode, code: PythonCode): readonly SyntaxNode[] {
  if (node.name !== 'VariableName') {
    return [];
  }
  for (let scope = scopeOf(node); ; scope = scopeOf(scope)) {
    const values = assignmentsTo(code.textOf(node), scope, code).map(({ value }) => value);
    if (values.length > 0 || scope.name === 'Script') {
      return values;
    }
  }
}

function functionsNamed(node: SyntaxNode, code: PythonCode): readonly SyntaxNode[] {
  const name = dottedNames(node, code).at(-1) ?? '';
  return nodesBelow(code.tree.topNode, ['FunctionDefinition']).filter((definition) => {
    const own = definition.getChild('VariableName');
    return own !== null && code.textOf(own) === name;
  });
}

function isIterable(definition: SyntaxNode, code: PythonCode): boolean {
  const methods = (definition.getChild('Body')?.getChildren('FunctionDefinition') ?? [])
    .flatMap((method) => method.getChild('VariableName') ?? [])
    .map((name) => code.textOf(name));
  const bases = definition.getChild('ArgList');
  const isNamedSo =
    bases !== null && /Iter(able)?DataPipe|IterableDataset/.test(code.textOf(bases));
  const isSplit = callsBelow(definition).some((call) => methodOf(call, code) === 'get_worker_info');
  return (
    (isNamedSo || (methods.includes('__iter__') && !methods.includes('__getitem__'))) && !isSplit
  );
}

function holdsDeviceTensors(node: SyntaxNode, code: PythonCode): boolean {
  return callsBelow(node).some((call) => {
    const device = argumentOf(call, code, 'device');
    return isCopyToDevice(call, code) || (device !== null && mentionsDevice(device, code));
  });
}
