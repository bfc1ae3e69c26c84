import type { SyntaxNode } from '@lezer/common';
import type { FileEffects } from './function-effects.ts';
import type { Draft } from './site-drafts.ts';
import type { TrainingIdiom } from './training-code.ts';

/** How a loop trains, by what computes its gradients. */
export function idiomOf(drafts: readonly Draft[], effects: FileEffects): TrainingIdiom {
  const gradients = drafts.filter(({ deed }) => deed.makes === 'gradients');
  const { packages } = effects.facts.code;
  if (gradients.length === 0 && packages.has('jax')) {
    return 'jax';
  }
  if (gradients.length === 0 && packages.has('tensorflow')) {
    return 'tensorflow';
  }
  const idioms = gradients.map(({ node }) => idiomOfCall(node, effects));
  return idioms.find((idiom) => idiom !== 'loop') ?? 'loop';
}

function idiomOfCall(node: SyntaxNode, { facts, roles }: FileEffects): TrainingIdiom {
  const callee = facts.code.calleeOf(node);
  const last = callee.at(-1);
  const target = node.firstChild;
  const role = target?.name === 'MemberExpression' ? roles.of(target.firstChild)?.role : null;
  if (last === 'gradient') {
    return 'tensorflow';
  }
  if (role === 'engine' || last === 'train_batch') {
    return 'deepspeed';
  }
  if (role === 'accelerator') {
    return /fabric/i.test(callee.join('.')) ? 'loop' : 'accelerate';
  }
  return isJax(node, callee, roles.of(target)?.role === 'gradient') ? 'jax' : 'loop';
}

function isJax(
  { firstChild }: SyntaxNode,
  callee: readonly string[],
  isGradient: boolean,
): boolean {
  return isGradient || callee.includes('jax') || firstChild?.name === 'CallExpression';
}
