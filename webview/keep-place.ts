/** Scrolls to where the reader was, unfolds what was unfolded, gives back the focus. */
type ReturnToPlace = () => void;

/** Remembers where the reader is on a page that is about to be made anew. */
export function rememberPlace(root: HTMLElement): ReturnToPlace {
  const { scrollX, scrollY } = window;
  const tracksTop = root.querySelector('.tracks')?.scrollTop ?? 0;
  const unfolded = new Set(
    [...root.querySelectorAll('details')].filter(({ open }) => open).map(keyOfDetails),
  );
  const hadFocus = document.activeElement?.classList.contains('track-canvas') === true;
  return () => {
    for (const details of root.querySelectorAll('details')) {
      details.open ||= unfolded.has(keyOfDetails(details));
    }
    window.scrollTo({ left: scrollX, top: scrollY, behavior: 'instant' });
    const tracks = root.querySelector('.tracks');
    if (tracks !== null) {
      tracks.scrollTop = tracksTop;
    }
    if (hadFocus) {
      root.querySelector<HTMLElement>('.track-canvas')?.focus({ preventScroll: true });
    }
  };
}

/** By what it folds and of which finding. */
function keyOfDetails(details: HTMLDetailsElement): string {
  const finding = details.closest('.finding')?.querySelector('h3')?.textContent ?? '';
  return `${finding}\n${details.className}`;
}
