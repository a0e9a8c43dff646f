// "/" goes to search, "g" then a letter to a page, Escape closes what is open.
let leading = 0;

export function listenForKeys(): void {
  document.addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === 'Escape') {
      escape();
      return;
    }
    if (typing(event.target)) return;
    if (event.key === '/') {
      event.preventDefault();
      document.querySelector<HTMLInputElement>('#find')?.focus();
    } else if (event.key === 'g') {
      leading = event.timeStamp;
    } else if (event.timeStamp - leading < 1500) {
      leading = 0;
      document.querySelector<HTMLAnchorElement>(`.rail a[data-key="${CSS.escape(event.key)}"]`)?.click();
    }
  });
}

function escape(): void {
  for (const open of document.querySelectorAll<HTMLDetailsElement>('details.menu[open]')) open.open = false;
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

function typing(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName));
}
