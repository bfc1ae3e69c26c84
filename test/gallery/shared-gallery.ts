import { Gallery } from './gallery.ts';

let opened: Promise<Gallery> | null = null;

/** The gallery for all suites of a run: one bundle, one browser, closed after the last test. */
export async function sharedGallery(): Promise<Gallery> {
  opened ??= Gallery.open();
  return await opened;
}

after(async () => {
  const gallery = await opened;
  await gallery?.close();
});
