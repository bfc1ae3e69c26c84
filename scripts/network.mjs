const PROBE_TIMEOUT_MS = 4_000;

/**
 * Whether a server answers at all, whatever it says.
 * @param {string} url
 */
export async function isReachable(url) {
  try {
    await globalThis.fetch(url, {
      method: 'HEAD',
      signal: globalThis.AbortSignal.timeout(PROBE_TIMEOUT_MS),
    });
    return true;
  } catch {
    return false;
  }
}
