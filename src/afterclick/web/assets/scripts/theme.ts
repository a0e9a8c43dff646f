// Light, dark or as the system says; kept in a cookie so that the server draws the right one at once.
export function offerThemes(): void {
  document.addEventListener('click', (event) => {
    const button = event.target instanceof Element ? event.target.closest<HTMLElement>('[data-set-theme]') : null;
    const theme = button?.dataset['setTheme'];
    if (!theme) return;
    document.documentElement.dataset['theme'] = theme;
    document.cookie = `theme=${theme}; path=/; max-age=31536000; samesite=lax`;
    for (const one of document.querySelectorAll<HTMLElement>('[data-set-theme]')) {
      one.setAttribute('aria-pressed', String(one.dataset['setTheme'] === theme));
    }
    document.dispatchEvent(new CustomEvent('afterclick:theme'));
  });
}
