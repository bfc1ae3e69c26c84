import { Gallery } from './gallery.ts';

let opened: Promise<Gallery> | null = null;

/** The gallery for all suites of a process: one bundle, one browser, closed after the last test. */
export async function sharedGallery(): Promise<Gallery> {
  opened ??= Gallery.open();
  return await opened;
}

// Side by side with others it would run after the first suite, and the browser ends with its process.
if (process.env['MOCHA_WORKER_ID'] === undefined) {
  after(async () => {
    const gallery = await opened;
    await gallery?.close();
  });
}
