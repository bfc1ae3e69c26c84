import type { EmbeddedRun } from '../core/export/embed-run.ts';
import { unpackEmbedded } from '../core/export/embedded-bytes.ts';

/** The run in the text of an element: base64 of gzip, as `report-page.ts` writes it. */
export async function readEmbedded(element: HTMLElement | null): Promise<EmbeddedRun> {
  const text = element?.textContent ?? '';
  element?.replaceChildren();
  const packed = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  const stream = new Blob([packed]).stream().pipeThrough(new DecompressionStream('gzip'));
  return unpackEmbedded(new Uint8Array(await new Response(stream).arrayBuffer()));
}
