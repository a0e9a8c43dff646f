// Loads the chart code only when a chart comes near the screen; until then its table and reserved space stand there.
const seen = new IntersectionObserver(
  (entries) => {
    const shown = entries.filter((entry) => entry.isIntersecting).map((entry) => entry.target as HTMLElement);
    if (!shown.length) return;
    for (const element of shown) seen.unobserve(element);
    void import('./charts').then(({ draw }) => {
      for (const element of shown) if (element.isConnected) draw(element);
    });
  },
  { rootMargin: '200px' },
);

export function showCharts(root: ParentNode): void {
  for (const element of root.querySelectorAll<HTMLElement>('[data-chart]:not([data-drawn])')) {
    element.dataset['drawn'] = '';
    seen.observe(element);
  }
}
