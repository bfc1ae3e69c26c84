/**
 * Runs in the page, as text; gives what somebody would stumble over, one line each: controls without a name,
 * text that is cut with nothing to tell the rest, text that hardly stands out, a page wider than its editor.
 */
export const FIND_FAULTS = `(() => {
  const faults = [];
  const nameOf = (element) => element.tagName.toLowerCase() + [...element.classList].map((name) => '.' + name).join('');
  const isSeen = (element) => element.checkVisibility({ checkOpacity: true, checkVisibilityCSS: true }) && element.getClientRects().length > 0;
  const labelOf = (element) => (element.getAttribute('aria-label') ?? element.getAttribute('title') ?? element.textContent ?? '').trim()
    || [...(element.labels ?? [])].map((label) => label.textContent).join(' ').trim();

  const overflow = document.documentElement.scrollWidth - document.documentElement.clientWidth;
  if (overflow > 0) faults.push('the page is ' + overflow + ' px too wide');

  for (const element of document.querySelectorAll('button, a, input, select, textarea, summary, [tabindex], vscode-button, [role=button], [role=menuitem], canvas')) {
    if (!isSeen(element) || element.closest('[aria-hidden=true]')) continue;
    if (element.tabIndex > 0) faults.push(nameOf(element) + ' jumps the order of Tab');
    if (element.tagName === 'CANVAS' && element.getAttribute('role') === null && element.getAttribute('aria-hidden') === null) faults.push(nameOf(element) + ' has no role');
    if (labelOf(element) === '') faults.push(nameOf(element) + ' has no name');
  }
  const ids = [...document.querySelectorAll('[id]')].map(({ id }) => id);
  for (const id of new Set(ids.filter((each, i) => ids.indexOf(each) !== i))) faults.push('the id ' + id + ' is there twice');
  let level = 0;
  for (const heading of document.querySelectorAll('h1, h2, h3, h4, h5')) {
    if (!isSeen(heading)) continue;
    const own = Number(heading.tagName[1]);
    if (own > level + 1) faults.push('heading "' + heading.textContent.slice(0, 40) + '" skips a level');
    level = own;
  }

  const parse = (color) => {
    const values = (color.match(/[\\d.]+/g) ?? []).map(Number);
    return color.startsWith('color(srgb') ? values.map((value, i) => (i < 3 ? value * 255 : value)) : values;
  };
  const over = ([r, g, b, a = 1], under) => [r, g, b].map((value, i) => value * a + under[i] * (1 - a));
  const groundOf = (element) => {
    const layers = [];
    for (let at = element; at !== null; at = at.parentElement) layers.push(parse(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((under, layer) => over(layer, under), [255, 255, 255]);
  };
  const luminance = (color) => color.map((value) => value / 255).map((value) => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4)
    .reduce((sum, value, i) => sum + value * [0.2126, 0.7152, 0.0722][i], 0);
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
    const element = node.parentElement;
    if (element === null || node.data.trim() === '' || !isSeen(element) || element.closest('.only-read, script, style') !== null) continue;
    const text = '"' + node.data.trim().slice(0, 40) + '" in ' + nameOf(element);
    const style = getComputedStyle(element);
    const isCut = style.overflow !== 'visible' && element.scrollWidth > element.clientWidth + 1 && style.overflowX !== 'auto';
    if (isCut && !element.closest('[title]') && !element.closest('[aria-label]')) faults.push(text + ' is cut');
    const ground = groundOf(element);
    const ink = over(parse(style.color), ground);
    const [dark, light] = [luminance(ink), luminance(ground)].sort((a, b) => a - b);
    const contrast = (light + 0.05) / (dark + 0.05);
    if (contrast < 4.5 && element.closest('[disabled], [aria-disabled=true]') === null) faults.push(text + ' has a contrast of ' + contrast.toFixed(1));
  }
  return [...new Set(faults)];
})()`;
