/** How an element is named in an event: by id or classes, never by its text. */

/** `button#pay`, `img.product-photo`, or, when it has neither, below the nearest ancestor that has. */
export function selector(node: Node | null): string {
  let path = '';
  for (let element = node instanceof Element ? node : node?.parentElement; element; element = element.parentElement) {
    const own = element.id ? '#' + element.id : Array.from(element.classList, (name) => '.' + name).slice(0, 3).join('');
    path = element.localName + own + (path && '>' + path);
    if (own || path.length > 100) break;
  }
  return path;
}
