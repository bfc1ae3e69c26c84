/** Scrolls to where the reader was, unfolds what was unfolded, gives back the focus and what was being typed. */
type ReturnToPlace = () => void;

/** Remembers where the reader is on a page that is about to be made anew. */
export function rememberPlace(root: HTMLElement): ReturnToPlace {
  const { scrollX, scrollY } = window;
  const tracksTop = root.querySelector('.tracks')?.scrollTop ?? 0;
  const unfolded = new Set(
    [...root.querySelectorAll('details')].filter(({ open }) => open).map(keyOfDetails),
  );
  const typeOn = rememberTyping(root);
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
    typeOn();
  };
}

/** Text fields are known by their labels. */
function rememberTyping(root: HTMLElement): () => void {
  const field = document.activeElement;
  const label = field?.getAttribute('aria-label') ?? null;
  if (!(field instanceof HTMLInputElement) || label === null) {
    return () => undefined;
  }
  const { value, selectionStart, selectionEnd } = field;
  return () => {
    const same = [...root.querySelectorAll('input')].find(
      (input) => input.getAttribute('aria-label') === label,
    );
    if (same !== undefined) {
      same.value = value;
      same.focus({ preventScroll: true });
      if (selectionStart !== null) {
        same.setSelectionRange(selectionStart, selectionEnd);
      }
    }
  };
}

/** By what it folds and of which finding. */
function keyOfDetails(details: HTMLDetailsElement): string {
  const finding = details.closest('.finding')?.querySelector('h3')?.textContent ?? '';
  return `${finding}\n${details.className}`;
}
