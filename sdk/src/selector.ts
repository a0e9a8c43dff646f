/** How an element is named in an event: by id or classes, never by its text. */

/** `button#pay`, `img.product-photo`, or, when it has neither, below the nearest ancestor that has. */
export function selector(node: Node | null): string {
  let path = '';
  for (let element = node instanceof Element ? node : node?.parentElement; element; element = element.parentElement) {
    // A form's fields stand in for its properties of the same name, such as `id`.
    const [id, classes] = ['id', 'class'].map((name) => element.getAttribute(name)?.trim()) as [string?, string?];
    const own = id ? '#' + id : (classes?.match(/\S+/g) ?? []).slice(0, 3).map((name) => '.' + name).join('');
    path = element.localName + own + (path && '>' + path);
    if (own || path.length > 100) break;
  }
  return path;
}
