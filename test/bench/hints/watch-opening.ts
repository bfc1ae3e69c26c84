/**
 * Runs in a page, as text: `watchOpening(text, hint)` gives the milliseconds from the frame in which lines with the
 * text are in the editor to that in which a hint is at one of them.
 */
export const WATCH_OPENING = `
  window.watchOpening = async (text, hint) => {
    const lines = () => [...document.querySelectorAll('.monaco-editor .view-line')].map((line) => line.textContent);
    const until = async (isThere) => {
      while (!lines().some(isThere)) await new Promise((resolve) => requestAnimationFrame(resolve));
      return performance.now();
    };
    const shownMs = await until((line) => line.includes(text));
    return (await until((line) => line.includes(text) && line.includes(hint))) - shownMs;
  };`;
