// Hears of new problems at once: says so, and lets the parts of the page that show problems fetch themselves anew.
interface Notice {
  kind: string;
  sentence: string;
  problem_id: string;
}

/** When problems were last looked for: `age` ms ago, null for never yet; it is late beyond `allowed`. */
interface Checked {
  age: number | null;
  allowed: number;
  late: boolean;
}

let told: { checked: Checked; at: number } | undefined;

export function listenLive(): void {
  const address = document.querySelector<HTMLMetaElement>('meta[name="live"]')?.content;
  if (!address) return;
  const source = new EventSource(address);
  source.addEventListener('open', () => {
    state('live');
  });
  source.addEventListener('error', () => {
    state('waiting');
  });
  source.addEventListener('problem', (event: MessageEvent<string>) => {
    announce(JSON.parse(event.data) as Notice);
    document.body.dispatchEvent(new CustomEvent('afterclick:problem'));
  });
  source.addEventListener('checked', (event: MessageEvent<string>) => {
    told = { checked: JSON.parse(event.data) as Checked, at: performance.now() };
    sayChecked();
  });
  setInterval(sayChecked, 5000);
  source.addEventListener('data', () => {
    document.body.dispatchEvent(new CustomEvent('afterclick:data'));
  });
  addEventListener('pagehide', () => {
    source.close();
  });
}

function state(now: 'live' | 'waiting'): void {
  document.documentElement.dataset['live'] = now;
  for (const words of document.querySelectorAll('[data-live-words]')) {
    words.textContent = now === 'live' ? 'Live' : 'Reconnecting';
  }
}

// Ages go on between two messages, so that a stream that has died shows as late as well.
function sayChecked(): void {
  if (!told) return;
  const { age, allowed, late } = told.checked;
  const waited = performance.now() - told.at;
  const whole = age === null ? null : age + waited;
  for (const line of document.querySelectorAll('[data-checked]')) {
    line.textContent = whole === null ? 'problems not checked yet' : `problems checked ${ago(whole)}`;
    line.closest('.live')?.toggleAttribute('data-late', late || (whole ?? waited) > allowed);
  }
}

function ago(ms: number): string {
  const seconds = Math.floor(ms / 1000);
  if (seconds < 60) return `${String(seconds)}\u00a0s ago`;
  const minutes = Math.floor(seconds / 60);
  return minutes < 60 ? `${String(minutes)}\u00a0min ago` : `${String(Math.floor(minutes / 60))}\u00a0h ago`;
}

function announce(notice: Notice): void {
  const region = document.getElementById('announcements');
  if (!region || !notice.sentence) return;
  const line = document.createElement('p');
  const link = document.createElement('a');
  link.href = `/problems/${encodeURIComponent(notice.problem_id)}${location.search}`;
  link.textContent = notice.sentence;
  line.append(notice.problem_id ? link : notice.sentence);
  region.replaceChildren(line);
}

// htmx swaps the body on navigation; what it brings says "Connecting" until told otherwise.
document.addEventListener('htmx:after:settle', () => {
  const now = document.documentElement.dataset['live'];
  if (now === 'live' || now === 'waiting') state(now);
  sayChecked();
});
