// Hears of new problems at once: says so, and lets the parts of the page that show problems fetch themselves anew.
interface Notice {
  kind: string;
  sentence: string;
  problem_id: string;
}

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
});
