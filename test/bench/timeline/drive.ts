/**
 * Runs in the page, as text. Each way of moving sends one event of the pointer, wheel or keyboard a frame
 * through the page's own handlers and measures the time from frame to frame, and for how long the page's
 * thread works on each.
 */
export const DRIVE = `
  const canvas = document.querySelector('.track-canvas');
  const box = canvas.getBoundingClientRect();
  const frame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const channel = new MessageChannel();
  const afterFrame = () => new Promise((resolve) => {
    channel.port1.onmessage = resolve;
    channel.port2.postMessage(null);
  });
  const wheel = (options, share = 0.4) => canvas.dispatchEvent(new WheelEvent('wheel', {
    bubbles: true, cancelable: true, view: window,
    clientX: box.left + box.width * share, clientY: box.top + 40, ...options,
  }));
  const key = (name) => document.dispatchEvent(new KeyboardEvent('keydown', { key: name, bubbles: true }));
  const sinus = (i) => 0.5 + 0.4 * Math.sin(i / 17);
  const ways = {
    'zooming in': (i) => wheel({ deltaY: -40 }, sinus(i)),
    'zooming out': (i) => wheel({ deltaY: 40 }, sinus(i)),
    'panning': (i) => wheel({ deltaX: Math.floor(i / 40) % 2 === 0 ? 24 : -24 }),
    'panning fast': (i) => wheel({ deltaX: Math.floor(i / 40) % 2 === 0 ? 160 : -160 }),
    'keys W and S': (i) => i % 12 === 0 ? key(Math.floor(i / 60) % 2 === 0 ? 'w' : 's') : undefined,
    'scrolling': (i) => { document.querySelector('.tracks').scrollTop += Math.floor(i / 60) % 2 === 0 ? 20 : -20; },
    'standing still': () => undefined,
  };
  window.driveTimeline = async (way, frames) => {
    for (let i = 0; i < 5; i++) await frame();
    const measured = [];
    let last = await frame();
    for (let i = 0; i < frames; i++) {
      ways[way](i);
      const now = await frame();
      await afterFrame();
      measured.push([now - last, performance.now() - now]);
      last = now;
    }
    await window.whenIdle();
    return measured;
  };`;

export type Way =
  | 'zooming in'
  | 'zooming out'
  | 'panning'
  | 'panning fast'
  | 'keys W and S'
  | 'scrolling'
  | 'standing still';
