// Buttons that copy: a snippet as it stands, or a table as tab-separated text.
export function offerCopies(root: ParentNode): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>('button[data-copy]:not([data-ready])')) {
    button.dataset['ready'] = '';
    button.addEventListener('click', () => {
      const source = document.getElementById(button.dataset['copy'] ?? '');
      if (!source) return;
      const text = source instanceof HTMLTableElement ? tabbed(source) : (source.textContent ?? '');
      void navigator.clipboard.writeText(text).then(() => {
        confirm(button);
      });
    });
  }
}

function tabbed(table: HTMLTableElement): string {
  return [...table.rows]
    .map((row) => [...row.cells].map((cell) => cell.textContent?.trim().replace(/\s+/g, ' ') ?? '').join('\t'))
    .join('\n');
}

function confirm(button: HTMLButtonElement): void {
  const words = button.querySelector('span') ?? button;
  const before = words.textContent;
  words.textContent = 'Copied';
  setTimeout(() => {
    words.textContent = before;
  }, 1500);
}
