// Tables that sort by the column whose heading is pressed: numbers as numbers, the rest as words.
export function offerSorting(root: ParentNode): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>('table[data-sortable] th > button:not([data-ready])')) {
    button.dataset['ready'] = '';
    button.addEventListener('click', () => {
      sort(button);
    });
  }
}

function sort(button: HTMLButtonElement): void {
  const heading = button.closest('th');
  const table = button.closest('table');
  const body = table?.tBodies[0];
  if (!heading || !table || !body) return;
  const down = heading.getAttribute('aria-sort') !== 'descending';
  for (const other of table.querySelectorAll('th[aria-sort]')) other.removeAttribute('aria-sort');
  heading.setAttribute('aria-sort', down ? 'descending' : 'ascending');
  const rows = [...body.rows].sort((one, other) => compare(key(one, heading.cellIndex), key(other, heading.cellIndex)));
  body.append(...(down ? rows.reverse() : rows));
}

function key(row: HTMLTableRowElement, column: number): string {
  const cell = row.cells[column];
  return cell?.dataset['value'] ?? cell?.textContent?.trim() ?? '';
}

function compare(one: string, other: string): number {
  const numbers = [Number(one), Number(other)];
  if (one && other && !numbers.some(Number.isNaN)) return (numbers[0] ?? 0) - (numbers[1] ?? 0);
  return one.localeCompare(other, 'en', { numeric: true });
}
