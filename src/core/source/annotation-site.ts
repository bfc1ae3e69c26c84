import type { AnnotationSite } from '../model/code-unit.ts';

/** Whether a recorded name can come from this call; an f-string without constant text never does. */
export function matchesAnnotation(site: AnnotationSite, name: string): boolean {
  const first = site.parts[0] ?? '';
  if (site.parts.length === 1) {
    return name === first;
  }
  const last = site.parts.at(-1) ?? '';
  if (constantLength(site) === 0 || !name.startsWith(first) || !name.endsWith(last)) {
    return false;
  }
  let position = first.length;
  for (const part of site.parts.slice(1, -1)) {
    const found = name.indexOf(part, position);
    if (found < 0) {
      return false;
    }
    position = found + part.length;
  }
  return position <= name.length - last.length;
}

/** Characters that a name must share with the call; more is surer. */
export function constantLength(site: AnnotationSite): number {
  return site.parts.reduce((sum, part) => sum + part.length, 0);
}
