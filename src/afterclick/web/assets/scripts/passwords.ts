// Fields for passwords: shown when asked, and judged by the server while one is typed.
interface Strength {
  score: number;
  words: string;
}

export function offerPasswords(root: ParentNode): void {
  for (const button of root.querySelectorAll<HTMLButtonElement>('button[data-reveal]:not([data-ready])')) {
    button.dataset['ready'] = '';
    button.addEventListener('click', () => {
      reveal(button);
    });
  }
  for (const field of root.querySelectorAll<HTMLInputElement>('input[data-strength]:not([data-ready])')) {
    field.dataset['ready'] = '';
    let waiting = 0;
    field.addEventListener('input', () => {
      clearTimeout(waiting);
      waiting = setTimeout(() => void judge(field), 300);
    });
  }
  for (const field of root.querySelectorAll<HTMLInputElement>('input[data-own-timezone]')) {
    if (field.value === field.dataset['ownTimezone']) field.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
  }
}

function reveal(button: HTMLButtonElement): void {
  const field = document.getElementById(button.dataset['reveal'] ?? '');
  if (!(field instanceof HTMLInputElement)) return;
  const shown = field.type === 'text';
  field.type = shown ? 'password' : 'text';
  button.textContent = shown ? 'Show' : 'Hide';
  button.setAttribute('aria-pressed', String(!shown));
}

async function judge(field: HTMLInputElement): Promise<void> {
  const asked = field.value;
  const about = (field.dataset['strength'] ?? '').split(' ').map(valueOf).join(' ');
  const body = new URLSearchParams({ password: asked, about, token: field.dataset['token'] ?? '' });
  const answer = await fetch('/strength', { method: 'POST', body });
  if (!answer.ok || field.value !== asked) return;
  show((await answer.json()) as Strength);
}

function valueOf(id: string): string {
  const field = document.getElementById(id);
  return field instanceof HTMLInputElement ? field.value : '';
}

function show({ score, words }: Strength): void {
  const meter = document.querySelector<HTMLMeterElement>('#strength-meter');
  const said = document.getElementById('strength');
  if (meter) meter.value = words ? Math.min(score, 2) + 0.5 : score;
  if (said) said.textContent = words || (score > 3 ? 'Strong: it would take years to guess.' : 'Good enough.');
}
