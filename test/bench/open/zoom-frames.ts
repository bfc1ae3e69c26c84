/**
 * Runs in a page, as text: `zoomFrames(selector, frames, deltaY)` sends the last element that fits one wheel event a
 * frame and gives for each frame the milliseconds since the one before.
 */
export const ZOOM_FRAMES = `
  window.zoomFrames = async (selector, frames, deltaY) => {
    const target = [...document.querySelectorAll(selector)].at(-1);
    const box = target.getBoundingClientRect();
    const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
    const at = { clientX: box.left + box.width * 0.4, clientY: box.top + Math.min(box.height / 2, 60) };
    for (let i = 0; i < 5; i++) await frame();
    const times = [];
    let last = await frame();
    for (let i = 0; i < frames; i++) {
      target.dispatchEvent(new WheelEvent('wheel', {
        bubbles: true, cancelable: true, view: window, ctrlKey: true, deltaY, ...at,
      }));
      const now = await frame();
      times.push(now - last);
      last = now;
    }
    return times;
  };`;
